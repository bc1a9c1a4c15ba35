/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/contacts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cyaml/cyaml.h>

enum {
	FILE_BYTES_MAX = 1 << 20,
	ADDRESS_MAX = 254,
	SECRET_MIN = 24, /* bytes: what Standard Webhooks asks for */
	OTHERS = 077,
	SAID_MAX = 128,
	BAD_LINES_MAX = 10,
};

static const char secret_prefix[] = "whsec_";

/* The file, as written. */
struct line {
	char *seat, *term, *channel, *mail, *url, *secret;
};

struct sheet {
	struct line *contacts;
	unsigned contacts_count;
};

static const cyaml_schema_field_t line_fields[] = {
    CYAML_FIELD_STRING_PTR(
	"seat", CYAML_FLAG_POINTER, struct line, seat, 1, WORD_MAX - 1),
    CYAML_FIELD_STRING_PTR("term", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	struct line, term, 1, WORD_MAX - 1),
    CYAML_FIELD_STRING_PTR(
	"channel", CYAML_FLAG_POINTER, struct line, channel, 1, WORD_MAX - 1),
    CYAML_FIELD_STRING_PTR("mail", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	struct line, mail, 1, ADDRESS_MAX),
    CYAML_FIELD_STRING_PTR("url", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	struct line, url, 1, CONTACT_URL_MAX - 1),
    CYAML_FIELD_STRING_PTR("secret", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	struct line, secret, 1, 2 * CONTACT_SECRET_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t line_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct line, line_fields),
};

static const cyaml_schema_field_t sheet_fields[] = {
    CYAML_FIELD_SEQUENCE("contacts", CYAML_FLAG_POINTER, struct sheet, contacts,
	&line_schema, 0, CONTACTS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t sheet_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sheet, sheet_fields),
};

/* cyaml says what is wrong, then where, from the inside out: the first two
 * lines are kept. It words some mistakes only as a warning. */
static void __attribute__((format(printf, 3, 0)))
on_log(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	char *said = context;
	char text[SAID_MAX], *line = text;
	size_t len = strlen(said);

	vsnprintf(text, sizeof text, format, arguments);
	text[strcspn(text, "\n")] = '\0';
	line += strspn(line, " ");
	if (level < CYAML_LOG_WARNING || strstr(line, "Backtrace") != NULL ||
	    strstr(said, " | ") != NULL)
		return;
	snprintf(
	    said + len, SAID_MAX - len, "%s%s", len > 0 ? " | " : "", line);
}

/* Behind what stands there; what does not fit is not said. */
static void __attribute__((format(printf, 2, 0)))
add_words(char to[CONTACT_WHY_MAX], const char *format, va_list arguments)
{
	size_t used = strlen(to);
	const char *between = used == 0 ? "" : "; ";
	char text[CONTACT_WHY_MAX];
	int len = vsnprintf(text, sizeof text, format, arguments);

	if (len > 0 && used + strlen(between) + (size_t)len < CONTACT_WHY_MAX)
		snprintf(
		    to + used, CONTACT_WHY_MAX - used, "%s%s", between, text);
}

/* Both texts take the same arguments. */
static enum err __attribute__((format(printf, 2, 4), format(printf, 3, 4)))
bad(struct contact_why *why, const char *id, const char *en, ...)
{
	va_list arguments;

	va_start(arguments, en);
	add_words(why->id, id, arguments);
	va_end(arguments);
	va_start(arguments, en);
	add_words(why->en, en, arguments);
	va_end(arguments);
	return ERR_INVALID;
}

bool
mail_address_is_valid(const char *address)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      ".!#$%&'*+-/=?^_`{|}~";
	size_t local = strspn(address, allowed);
	size_t domain;

	if (local == 0 || address[local] != '@')
		return false;
	domain = strspn(address + local + 1, allowed);
	return domain > 0 && address[local + 1 + domain] == '\0' &&
	       local + 1 + domain <= ADDRESS_MAX;
}

static bool
url_is_valid(const char *url)
{
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return false;
	for (; *url != '\0'; url++)
		if (*url <= ' ' || *url >= 0x7f)
			return false;
	return true;
}

static bool
take_secret(struct contact *contact, const char *text)
{
	size_t prefix = sizeof secret_prefix - 1;

	if (strncmp(text, secret_prefix, prefix) != 0)
		return false;
	text += prefix;
	return base64_get(contact->secret, sizeof contact->secret,
		   &contact->secret_len, text, strlen(text)) == OK &&
	       contact->secret_len >= SECRET_MIN;
}

static enum err
take_target(struct contact *contact, const struct line *line, unsigned n,
    struct contact_why *why)
{
	if ((line->mail == NULL) == (line->url == NULL))
		return bad(why, "kontak %u: isi mail atau url, salah satu saja",
		    "contact %u: give either mail or url", n);
	contact->kind = line->mail != NULL ? CONTACT_MAIL : CONTACT_WEBHOOK;
	if (line->mail != NULL) {
		if (!mail_address_is_valid(line->mail))
			return bad(why,
			    "kontak %u: mail bukan satu alamat biasa seperti "
			    "kantor@contoh.go.id",
			    "contact %u: mail is not one plain address such as "
			    "kantor@contoh.go.id",
			    n);
		(void)text_copy(
		    contact->address, sizeof contact->address, line->mail);
	} else {
		if (!url_is_valid(line->url))
			return bad(why,
			    "kontak %u: url harus http:// atau https:// tanpa "
			    "spasi",
			    "contact %u: url must be http:// or https:// "
			    "without blanks",
			    n);
		(void)text_copy(
		    contact->address, sizeof contact->address, line->url);
	}
	if (line->secret == NULL)
		return OK;
	if (contact->kind == CONTACT_MAIL ||
	    !take_secret(contact, line->secret))
		return bad(why,
		    "kontak %u: secret hanya untuk url, yaitu whsec_ dan "
		    "base64 "
		    "dari 24 sampai 64 byte",
		    "contact %u: secret belongs to a url and is whsec_ and "
		    "base64 of 24 to 64 bytes",
		    n);
	return OK;
}

static enum err
take_line(struct contact *contact, const struct line *line, unsigned n,
    struct contact_why *why)
{
	const char *term = line->term != NULL ? line->term : "";

	if (!word_is_valid(line->seat) || !word_is_valid(line->channel) ||
	    (term[0] != '\0' && !word_is_valid(term)))
		return bad(why,
		    "kontak %u: seat, term dan channel memakai huruf kecil, "
		    "angka "
		    "dan _ . / + -",
		    "contact %u: seat, term and channel are small letters, "
		    "digits and _ . / + -",
		    n);
	(void)text_copy(contact->seat, sizeof contact->seat, line->seat);
	(void)text_copy(contact->term, sizeof contact->term, term);
	(void)text_copy(
	    contact->channel, sizeof contact->channel, line->channel);
	return take_target(contact, line, n, why);
}

static enum err
check_file(const char *path, struct contact_why *why)
{
	struct stat found;

	if (stat(path, &found) != 0)
		return bad(why, "tidak dapat dibaca: %s", "cannot be read: %s",
		    strerror(errno));
	if (!S_ISREG(found.st_mode))
		return bad(why, "bukan berkas", "is not a file");
	if ((found.st_mode & OTHERS) != 0)
		return bad(why,
		    "dapat dibaca orang lain; jalankan chmod 600 atasnya",
		    "may be read by others: chmod 600 it");
	if (found.st_size > FILE_BYTES_MAX)
		return bad(
		    why, "lebih besar dari 1 MiB", "is larger than 1 MiB");
	return OK;
}

static enum err
check_new(const struct contacts *made, unsigned n, struct contact_why *why)
{
	const struct contact *row = &made->rows[n];

	for (unsigned i = 0; i < n; i++)
		if (row->seat[0] != '\0' &&
		    strcmp(made->rows[i].seat, row->seat) == 0 &&
		    strcmp(made->rows[i].term, row->term) == 0 &&
		    strcmp(made->rows[i].channel, row->channel) == 0)
			return bad(why, "kontak %u mengulang kontak %u",
			    "contact %u repeats contact %u", n + 1, i + 1);
	return OK;
}

static enum err
take_sheet(struct contacts *contacts, const struct sheet *sheet,
    struct contact_why *why)
{
	struct contacts made = {.count = sheet->contacts_count};
	unsigned bad_count = 0;

	made.rows = xcalloc(made.count + 1, sizeof *made.rows);
	for (unsigned i = 0; i < made.count && bad_count < BAD_LINES_MAX; i++)
		bad_count += take_line(&made.rows[i], &sheet->contacts[i],
				 i + 1, why) != OK ||
			     check_new(&made, i, why) != OK;
	if (bad_count == 0) {
		*contacts = made;
		return OK;
	}
	contacts_clear(&made);
	return ERR_INVALID;
}

enum err
contacts_load(
    struct contacts *contacts, const char *path, struct contact_why *why)
{
	char said[SAID_MAX] = "";
	cyaml_config_t config = {.log_fn = on_log,
	    .log_ctx = said,
	    .mem_fn = cyaml_mem,
	    .log_level = CYAML_LOG_WARNING,
	    .flags = CYAML_CFG_NO_ALIAS};
	struct sheet *sheet = NULL;
	cyaml_err_t result;
	enum err err;

	*why = (struct contact_why){0};
	if (check_file(path, why) != OK)
		return ERR_INVALID;
	result = cyaml_load_file(
	    path, &config, &sheet_schema, (cyaml_data_t **)&sheet, NULL);
	if (result != CYAML_OK)
		return bad(why,
		    "bukan susunan contacts (seat, term, channel, mail, url, "
		    "secret): %s: %s",
		    "is no list of contacts (seat, term, channel, mail, url, "
		    "secret): %s: %s",
		    cyaml_strerror(result), said);
	err = take_sheet(contacts, sheet, why);
	cyaml_free(&config, &sheet_schema, sheet, 0);
	return err;
}

void
contacts_clear(struct contacts *contacts)
{
	if (contacts->rows != NULL)
		explicit_bzero(
		    contacts->rows, contacts->count * sizeof *contacts->rows);
	free(contacts->rows);
	*contacts = (struct contacts){0};
}

const struct contact *
contacts_find(const struct contacts *contacts, const char *seat,
    const char *term, const char *channel)
{
	const struct contact *any = NULL;

	for (unsigned i = 0; i < contacts->count; i++) {
		const struct contact *row = &contacts->rows[i];

		if (strcmp(row->seat, seat) != 0 ||
		    strcmp(row->channel, channel) != 0)
			continue;
		if (strcmp(row->term, term) == 0)
			return row;
		if (row->term[0] == '\0')
			any = row;
	}
	return any;
}
