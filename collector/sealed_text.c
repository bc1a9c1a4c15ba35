/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file comes from any editor: a byte order mark before it and the line
 * ends of Windows are taken. Spaces around keys and values, empty lines and
 * keys without a value count for nothing, keys may be in capitals. The
 * narrative keeps its lines; what is blank before and behind it goes.
 */
#include "collector/sealed_text.h"

#include "core/utf8.h"
#include "model/event.h"

#include <string.h>
#include <strings.h>

static const char *const key_words[SEALED_KEYS] = {
    "nama", "nip", "jabatan", "tempat", "waktu", "pelapor", "kontak", "uraian"};

static const char mark[] = "\xef\xbb\xbf";

struct parsing {
	char *at;
	unsigned line;
	unsigned seen; /* also keys without a value */
	struct bytes values[SEALED_KEYS];
	struct sentence *why;
};

#define REFUSE(parsing, ...) \
	(sentence_set((parsing)->why, __VA_ARGS__), ERR_INVALID)

const char *
sealed_key_word(enum sealed_key key)
{
	CHECK(key < SEALED_KEYS);
	return key_words[key];
}

/* ---- characters */

/* "\r\n" becomes "\n"; the new length. */
static size_t
drop_returns(char *at, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++)
		if (at[i] != '\r' || at[i + 1] != '\n')
			at[used++] = at[i];
	explicit_bzero(at + used, len - used);
	return used;
}

static enum err
check_characters(struct parsing *parsing, const char *file, size_t len)
{
	const uint8_t *at = (const uint8_t *)file;
	const uint8_t *end = at + len;
	unsigned line = 1;

	while (at < end) {
		uint32_t point = utf8_next(&at);

		if (point == UINT32_MAX)
			return REFUSE(parsing,
			    "--sealed: baris %u bukan UTF-8. Simpan berkasnya "
			    "sebagai UTF-8, lalu ulangi.",
			    "--sealed: line %u is not UTF-8: save the file as "
			    "UTF-8",
			    line);
		if (point == '\n')
			line++;
		else if (!utf8_is_printable(point))
			return REFUSE(parsing,
			    "--sealed: baris %u berisi tanda yang tidak "
			    "terlihat (Tab atau tanda kendali). Ketik ulang "
			    "baris itu dengan spasi.",
			    "--sealed: line %u holds a character that cannot "
			    "be seen (a tab or a control): type it anew",
			    line);
	}
	return OK;
}

/* ---- lines */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n';
}

static struct bytes
trimmed(const char *at, size_t len)
{
	while (len > 0 && is_blank(at[0])) {
		at++;
		len--;
	}
	while (len > 0 && is_blank(at[len - 1]))
		len--;
	return bytes_of(at, len);
}

static enum sealed_key
key_of(struct bytes word)
{
	unsigned i = 0;

	while (i < SEALED_KEYS &&
	       (strlen(key_words[i]) != word.len ||
		   strncasecmp(key_words[i], (const char *)word.at, word.len) !=
		       0))
		i++;
	return (enum sealed_key)i;
}

static enum err
refuse_key(struct parsing *parsing)
{
	return REFUSE(parsing,
	    "--sealed: baris %u tidak dimulai dengan kunci yang dikenal. Tulis "
	    "\"kunci: isi\" dengan kunci nama, nip, jabatan, tempat, waktu, "
	    "pelapor atau kontak, dan ceritanya terakhir sesudah \"uraian:\".",
	    "--sealed: line %u begins with no known key; write \"key: value\" "
	    "with nama, nip, jabatan, tempat, waktu, pelapor or kontak, and "
	    "the narrative last, behind \"uraian:\"",
	    parsing->line);
}

static enum err
take_line(struct parsing *parsing, char *line, size_t len)
{
	char *colon = memchr(line, ':', len);
	enum sealed_key key;

	if (trimmed(line, len).len == 0)
		return OK;
	if (colon == NULL)
		return refuse_key(parsing);
	key = key_of(trimmed(line, (size_t)(colon - line)));
	if (key == SEALED_KEYS)
		return refuse_key(parsing);
	if ((parsing->seen >> key & 1) != 0)
		return REFUSE(parsing,
		    "--sealed: baris %u menyebut %s sekali lagi. Sebut satu "
		    "kali saja.",
		    "--sealed: line %u names %s once more", parsing->line,
		    key_words[key]);
	parsing->seen |= 1u << key;
	colon++;
	/* The narrative is all that follows. */
	len =
	    key == SEALED_URAIAN ? strlen(colon) : len - (size_t)(colon - line);
	parsing->values[key] = trimmed(colon, len);
	return OK;
}

static enum err
take_lines(struct parsing *parsing)
{
	while (
	    *parsing->at != '\0' && (parsing->seen >> SEALED_URAIAN & 1) == 0) {
		char *line = parsing->at;
		size_t len = strcspn(line, "\n");

		parsing->line++;
		if (take_line(parsing, line, len) != OK)
			return ERR_INVALID;
		parsing->at += len + (line[len] == '\n');
	}
	return OK;
}

/* ---- the canonical text */

static void
add(struct sealed_text *text, size_t *used, const void *at, size_t len)
{
	if (*used + len <= sizeof text->at)
		memcpy(text->at + *used, at, len);
	*used += len;
}

static enum err
put_values(struct parsing *parsing, struct sealed_text *text)
{
	size_t used = 0;

	for (unsigned i = 0; i < SEALED_KEYS; i++) {
		const struct bytes *value = &parsing->values[i];

		if (value->len == 0)
			continue;
		text->keys |= 1u << i;
		add(text, &used, key_words[i], strlen(key_words[i]));
		add(text, &used, i == SEALED_URAIAN ? ":\n" : ": ", 2);
		add(text, &used, value->at, value->len);
		add(text, &used, "\n", 1);
	}
	if (used == 0)
		return REFUSE(parsing,
		    "--sealed: tidak ada isinya. Tulis paling sedikit satu "
		    "baris, misalnya \"uraian: ...\".",
		    "--sealed: there is nothing in it; write one line at "
		    "least, such as \"uraian: ...\"");
	if (used > sizeof text->at)
		return REFUSE(parsing,
		    "--sealed: isinya %zu byte, paling banyak %u. Ringkaskan "
		    "uraiannya.",
		    "--sealed: it has %zu bytes, %u at most: shorten the "
		    "narrative",
		    used, SEAL_TEXT_MAX);
	text->len = used;
	return OK;
}

enum err
sealed_text_get(
    struct sealed_text *text, char *file, size_t len, struct sentence *why)
{
	struct parsing parsing = {.at = file, .why = why};
	enum err err;

	CHECK(file[len] == '\0');
	*text = (struct sealed_text){0};
	len = drop_returns(file, len);
	if (strncmp(file, mark, sizeof mark - 1) == 0)
		parsing.at += sizeof mark - 1;
	/* A NUL stops nothing here: it is no printable character. */
	err = check_characters(
	    &parsing, parsing.at, len - (size_t)(parsing.at - file));
	if (err == OK)
		err = take_lines(&parsing);
	if (err == OK)
		err = put_values(&parsing, text);
	if (err != OK)
		sealed_text_clear(text);
	return err;
}

void
sealed_text_clear(struct sealed_text *text)
{
	explicit_bzero(text, sizeof *text);
}
