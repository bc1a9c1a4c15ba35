/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/contacts.h"

#include "notifier/contacts_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_BYTES_MAX = 1 << 20,
	ADDRESS_MAX = 254,
	SECRET_MIN = 24, /* bytes: what Standard Webhooks asks for */
	OTHERS = 077,
	BAD_LINES_MAX = 10,
	CONTACT_NAME_MAX = 48,
};

static const char secret_prefix[] = "whsec_";
static const char telegram_api[] = "https://api.telegram.org";
static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* One contact on its way in. */
struct taking {
	const struct contacts_entry *entry;
	struct contact *contact;
	unsigned n;
	struct contact_why *why;
};

/* Behind what stands there; what does not fit is not said. */
static void __attribute__((format(printf, 3, 0)))
add_words(char to[CONTACT_WHY_MAX], const char *before, const char *format,
    va_list arguments)
{
	size_t used = strlen(to);
	const char *between = used == 0 ? "" : "; ";
	char text[CONTACT_WHY_MAX];
	int len = vsnprintf(text, sizeof text, format, arguments);

	if (len > 0 && used + strlen(between) + strlen(before) + (size_t)len <
			   CONTACT_WHY_MAX)
		snprintf(to + used, CONTACT_WHY_MAX - used, "%s%s%s", between,
		    before, text);
}

/* Both texts take the same arguments. */
static enum err __attribute__((format(printf, 2, 4), format(printf, 3, 4)))
bad_file(struct contact_why *why, const char *id, const char *en, ...)
{
	va_list arguments;

	va_start(arguments, en);
	add_words(why->id, "", id, arguments);
	va_end(arguments);
	va_start(arguments, en);
	add_words(why->en, "", en, arguments);
	va_end(arguments);
	return ERR_INVALID;
}

/* The same of one contact, which is named before it. */
static enum err __attribute__((format(printf, 2, 4), format(printf, 3, 4)))
bad(const struct taking *taking, const char *id, const char *en, ...)
{
	char name[CONTACT_NAME_MAX];
	va_list arguments;

	snprintf(name, sizeof name, "kontak %u (baris %u): ", taking->n,
	    taking->entry->line);
	va_start(arguments, en);
	add_words(taking->why->id, name, id, arguments);
	va_end(arguments);
	snprintf(name, sizeof name, "contact %u (line %u): ", taking->n,
	    taking->entry->line);
	va_start(arguments, en);
	add_words(taking->why->en, name, en, arguments);
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

/* ---- one field each; the value is there, and is one word unless the table
 * says that it is a list */

static enum err
take_word_of(struct taking *taking, const struct contacts_field *field,
    char to[WORD_MAX])
{
	if (word_is_valid(field->values[0]) &&
	    text_copy(to, WORD_MAX, field->values[0]))
		return OK;
	return bad(taking, "%s memakai huruf kecil, angka dan _ . / + -",
	    "%s is made of small letters, digits and _ . / + -", field->name);
}

static enum err
take_seat(struct taking *taking, const struct contacts_field *field)
{
	return take_word_of(taking, field, taking->contact->seat);
}

static enum err
take_term(struct taking *taking, const struct contacts_field *field)
{
	return take_word_of(taking, field, taking->contact->term);
}

static enum err
take_channel(struct taking *taking, const struct contacts_field *field)
{
	return take_word_of(taking, field, taking->contact->channel);
}

static enum err
take_fallback(struct taking *taking, const struct contacts_field *field)
{
	return take_word_of(taking, field, taking->contact->fallback_for);
}

static enum err
take_mail(struct taking *taking, const struct contacts_field *field)
{
	if (mail_address_is_valid(field->values[0])) {
		(void)text_copy(taking->contact->address, CONTACT_URL_MAX,
		    field->values[0]);
		return OK;
	}
	return bad(taking,
	    "mail bukan satu alamat biasa seperti kantor@contoh.go.id",
	    "mail is not one plain address such as kantor@contoh.go.id");
}

static enum err
take_url(struct taking *taking, const struct contacts_field *field)
{
	if (url_is_valid(field->values[0]) &&
	    text_copy(
		taking->contact->address, CONTACT_URL_MAX, field->values[0]))
		return OK;
	return bad(taking, "%s harus http:// atau https:// tanpa spasi",
	    "%s must be http:// or https:// without blanks", field->name);
}

/* A number such as -1001234567890, or @name of a public channel. */
static enum err
take_chat(struct taking *taking, const struct contacts_field *field)
{
	const char *chat = field->values[0];
	size_t lead = *chat == '@' || *chat == '-' ? 1 : 0;
	size_t digits = strspn(chat + lead, "0123456789");
	size_t name = strspn(chat + lead, letters_and_digits);

	while (*chat == '@' && chat[lead + name] == '_')
		name += 1 + strspn(chat + lead + name + 1, letters_and_digits);
	if (((*chat != '@' && digits > 0 && chat[lead + digits] == '\0') ||
		(*chat == '@' && name > 0 && chat[lead + name] == '\0')) &&
	    text_copy(taking->contact->chat, CONTACT_CHAT_MAX, chat)) {
		if (taking->contact->address[0] == '\0')
			(void)text_copy(taking->contact->address,
			    CONTACT_URL_MAX, telegram_api);
		return OK;
	}
	return bad(taking,
	    "telegram ialah nomor obrolan dalam tanda kutip, seperti "
	    "\"-1001234\", atau \"@nama\"",
	    "telegram is the number of a chat in quotes, such as \"-1001234\", "
	    "or \"@name\"");
}

/* It becomes a part of the URL's path. */
static enum err
take_token(struct taking *taking, const struct contacts_field *field)
{
	const char *token = field->values[0];
	size_t number = strspn(token, "0123456789");
	const char *at = token + number;

	if (number > 0 && *at == ':') {
		at++;
		while (
		    *at != '\0' && (strchr(letters_and_digits, *at) != NULL ||
				       *at == '_' || *at == '-'))
			at++;
		if (*at == '\0' && at > token + number + 1 &&
		    text_copy(taking->contact->token, CONTACT_TOKEN_MAX, token))
			return OK;
	}
	return bad(taking,
	    "token bukan token bot dari @BotFather (angka:huruf-dan-angka)",
	    "token is not a bot's token from @BotFather (digits:letters)");
}

static enum err
take_exec(struct taking *taking, const struct contacts_field *field)
{
	struct contact *contact = taking->contact;

	if (field->values[0][0] != '/')
		return bad(taking,
		    "exec ialah daftar [/jalur/program, argumen...]; "
		    "programnya "
		    "harus dengan jalur lengkap",
		    "exec is a list [/path/program, argument...]; the program "
		    "needs its whole path");
	contact->argv = xcalloc(field->count + 1, sizeof *contact->argv);
	for (unsigned i = 0; i < field->count; i++)
		contact->argv[i] = xstrdup(field->values[i]);
	return OK;
}

static bool
secret_get(struct contact_secret *secret, const char *text)
{
	size_t prefix = sizeof secret_prefix - 1;

	if (strncmp(text, secret_prefix, prefix) != 0)
		return false;
	text += prefix;
	return base64_get(secret->at, sizeof secret->at, &secret->len, text,
		   strlen(text)) == OK &&
	       secret->len >= SECRET_MIN;
}

static enum err
take_secret(struct taking *taking, const struct contacts_field *field)
{
	struct contact *contact = taking->contact;

	if (field->count > CONTACT_SECRETS_MAX)
		return bad(taking, "secret: paling banyak %d",
		    "secret: at most %d of them", CONTACT_SECRETS_MAX);
	for (unsigned i = 0; i < field->count; i++)
		if (!secret_get(&contact->secrets[contact->secret_count++],
			field->values[i]))
			return bad(taking,
			    "secret ialah whsec_ dan base64 dari 24 sampai 64 "
			    "byte, atau daftar yang demikian",
			    "secret is whsec_ and base64 of 24 to 64 bytes, or "
			    "a list of such");
	return OK;
}

static enum err
take_private(struct taking *taking, const struct contacts_field *field)
{
	taking->contact->allow_private = strcmp(field->values[0], "true") == 0;
	if (taking->contact->allow_private ||
	    strcmp(field->values[0], "false") == 0)
		return OK;
	return bad(taking, "private ialah true atau false",
	    "private is true or false");
}

static enum err
take_rate(struct taking *taking, const struct contacts_field *field)
{
	uint64_t rate;

	if (u64_get(&rate, field->values[0], 1, CONTACT_RATE_MAX) != OK)
		return bad(taking, "rate ialah 1 sampai %d pesan per menit",
		    "rate is 1 to %d messages a minute", CONTACT_RATE_MAX);
	taking->contact->per_minute = (uint32_t)rate;
	return OK;
}

/* ---- which fields there are, and which kind may have them */

#define OF(kind) (1U << (kind))
#define OF_ALL (OF(CONTACT_KINDS) - 1)
#define OF_POSTS \
	(OF(CONTACT_WEBHOOK) | OF(CONTACT_ALERTMANAGER) | OF(CONTACT_TELEGRAM))

/* The first CONTACT_KINDS rows make a contact what it is. */
static const struct field {
	const char *name;
	enum err (*take)(struct taking *, const struct contacts_field *);
	unsigned kinds;
	bool is_list, is_needed;
} fields[] = {
    [CONTACT_MAIL] = {"mail", take_mail, OF(CONTACT_MAIL), false, false},
    [CONTACT_WEBHOOK] = {"url", take_url, OF(CONTACT_WEBHOOK), false, false},
    [CONTACT_ALERTMANAGER] = {"alertmanager", take_url,
	OF(CONTACT_ALERTMANAGER), false, false},
    [CONTACT_TELEGRAM] = {"telegram", take_chat, OF(CONTACT_TELEGRAM), false,
	false},
    [CONTACT_EXEC] = {"exec", take_exec, OF(CONTACT_EXEC), true, false},
    {"seat", take_seat, OF_ALL, false, true},
    {"channel", take_channel, OF_ALL, false, true},
    {"term", take_term, OF_ALL, false, false},
    {"fallback_for", take_fallback, OF_ALL, false, false},
    {"rate", take_rate, OF_ALL, false, false},
    {"secret", take_secret, OF(CONTACT_WEBHOOK), true, false},
    {"private", take_private, OF_POSTS, false, false},
    {"api", take_url, OF(CONTACT_TELEGRAM), false, false},
    {"token", take_token, OF(CONTACT_TELEGRAM), false, true},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

const char *
contact_kind_word(enum contact_kind kind)
{
	return kind == CONTACT_WEBHOOK ? "webhook" : fields[kind].name;
}

static enum err
take_kind(struct taking *taking)
{
	unsigned found = 0;

	for (unsigned i = 0; i < CONTACT_KINDS; i++)
		if (contacts_entry_field(taking->entry, fields[i].name) !=
		    NULL) {
			taking->contact->kind = (enum contact_kind)i;
			found++;
		}
	if (found == 1)
		return OK;
	return bad(taking,
	    "isi satu saja dari mail, url, alertmanager, telegram, exec",
	    "give exactly one of mail, url, alertmanager, telegram, exec");
}

static enum err
check_names(struct taking *taking)
{
	for (unsigned i = 0; i < taking->entry->count; i++) {
		const char *name = taking->entry->fields[i].name;
		unsigned n = 0;

		while (n < FIELDS && strcmp(fields[n].name, name) != 0)
			n++;
		if (n == FIELDS)
			return bad(taking, "isian %.20s tidak dikenal",
			    "%.20s is not a known field", name);
		if ((fields[n].kinds & OF(taking->contact->kind)) == 0)
			return bad(taking, "%s bukan untuk kontak %s",
			    "%s does not belong to a contact of kind %s", name,
			    contact_kind_word(taking->contact->kind));
	}
	return OK;
}

static enum err
take_field(struct taking *taking, const struct field *field)
{
	const struct contacts_field *given =
	    contacts_entry_field(taking->entry, field->name);

	if ((field->kinds & OF(taking->contact->kind)) == 0)
		return OK;
	if (given == NULL && !field->is_needed)
		return OK;
	if (given == NULL || given->count == 0 || given->values[0][0] == '\0')
		return bad(
		    taking, "%s belum diisi", "%s is missing", field->name);
	if (given->count > 1 && !field->is_list)
		return bad(taking, "%s hanya satu isi, bukan daftar",
		    "%s is one value, not a list", field->name);
	return field->take(taking, given);
}

static enum err
take_entry(struct taking *taking)
{
	if (take_kind(taking) != OK || check_names(taking) != OK)
		return ERR_INVALID;
	for (unsigned i = 0; i < FIELDS; i++)
		if (take_field(taking, &fields[i]) != OK)
			return ERR_INVALID;
	return OK;
}

static bool
is_same_seat(const struct contact *a, const struct contact *b)
{
	return strcmp(a->seat, b->seat) == 0 && strcmp(a->term, b->term) == 0;
}

static enum err
check_new(const struct contacts *made, struct taking *taking)
{
	const struct contact *row = taking->contact;

	for (unsigned i = 0; i + 1 < taking->n; i++)
		if (is_same_seat(&made->rows[i], row) &&
		    strcmp(made->rows[i].channel, row->channel) == 0)
			return bad(taking, "mengulang kontak %u",
			    "repeats contact %u", i + 1);
	return OK;
}

/* From channel to channel: the end must be one that is always used. */
static enum err
check_fallback(const struct contacts *made, struct taking *taking)
{
	const struct contact *row = taking->contact;

	for (unsigned steps = 0; row->fallback_for[0] != '\0'; steps++) {
		const struct contact *before = contacts_find(
		    made, row->seat, row->term, row->fallback_for);

		if (before == NULL)
			return bad(taking,
			    "fallback_for menyebut saluran yang tidak punya "
			    "kontak untuk jabatan ini",
			    "fallback_for names a channel that has no contact "
			    "for this seat");
		if (steps == made->count)
			return bad(taking, "fallback_for berputar",
			    "fallback_for runs in a circle");
		row = before;
	}
	return OK;
}

static enum err
take_file(struct contacts *contacts, const struct contacts_file *file,
    struct contact_why *why)
{
	struct contacts made = {.count = file->count};
	unsigned bad_count = 0;

	made.rows = xcalloc(made.count + 1, sizeof *made.rows);
	for (int check = 0; check < 2 && bad_count == 0; check++)
		for (unsigned i = 0;
		     i < made.count && bad_count < BAD_LINES_MAX; i++) {
			struct taking taking = {.entry = &file->entries[i],
			    .contact = &made.rows[i],
			    .n = i + 1,
			    .why = why};

			if (check == 0)
				bad_count += take_entry(&taking) != OK;
			else
				bad_count +=
				    check_new(&made, &taking) != OK ||
				    check_fallback(&made, &taking) != OK;
		}
	if (bad_count == 0) {
		*contacts = made;
		return OK;
	}
	contacts_clear(&made);
	return ERR_INVALID;
}

static enum err
check_file(const char *path, struct contact_why *why)
{
	struct stat found;

	if (stat(path, &found) != 0)
		return bad_file(why, "tidak dapat dibaca: %s",
		    "cannot be read: %s", strerror(errno));
	if (!S_ISREG(found.st_mode))
		return bad_file(why, "bukan berkas", "is not a file");
	if ((found.st_mode & OTHERS) != 0)
		return bad_file(why,
		    "dapat dibaca orang lain; jalankan chmod 600 atasnya",
		    "may be read by others: chmod 600 it");
	if (found.st_size > FILE_BYTES_MAX)
		return bad_file(
		    why, "lebih besar dari 1 MiB", "is larger than 1 MiB");
	return OK;
}

enum err
contacts_load(
    struct contacts *contacts, const char *path, struct contact_why *why)
{
	struct contacts_file_why file_why;
	struct contacts_file file;
	enum err err;

	*why = (struct contact_why){0};
	if (check_file(path, why) != OK)
		return ERR_INVALID;
	err = contacts_file_read(&file, path, CONTACTS_MAX, &file_why);
	if (err == OK)
		err = take_file(contacts, &file, why);
	else
		/* Of the two each language prints its own. */
		err =
		    bad_file(why, "%s%.0s", "%.0s%s", file_why.id, file_why.en);
	contacts_file_clear(&file);
	return err;
}

void
contacts_clear(struct contacts *contacts)
{
	for (unsigned i = 0; i < contacts->count; i++) {
		char **argv = contacts->rows[i].argv;

		for (unsigned n = 0; argv != NULL && argv[n] != NULL; n++) {
			explicit_bzero(argv[n], strlen(argv[n]));
			free(argv[n]);
		}
		free(argv);
	}
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
