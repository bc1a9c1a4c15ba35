/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/template.h"

#include "core/file.h"
#include "core/utf8.h"
#include "notifier/sentence.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGES = 2,
	PATH_BYTES_MAX = 4096,
	NUMBER_MAX = 24,
	FIELD_MAX = 12,
	BEYOND_UTF16 = 0x10000,
};

static const char text_field[] = "text";
static const char main_begin[] = "<main", main_end[] = "</main>";

/* The kinds that have a template, and their file names. */
static const struct {
	enum contact_kind kind;
	const char *files[LANGUAGES]; /* enum language */
} named[] = {
    {CONTACT_MAIL, {"mail.id.txt", "mail.en.txt"}},
    {CONTACT_TELEGRAM, {"telegram.id.txt", "telegram.en.txt"}},
    {CONTACT_EXEC, {"exec.id.txt", "exec.en.txt"}},
};
enum { NAMED = sizeof named / sizeof named[0] };

enum state { IS_BUILT_IN, IS_GOOD, IS_BROKEN };

struct one {
	enum state state;
	char *source; /* of a good one */
};

struct templates {
	struct one ones[NAMED][LANGUAGES];
	struct template_fault faults[NAMED * LANGUAGES];
	unsigned fault_count;
	uint64_t fallbacks;
};

static const char *
subject_of(const struct letter_input *input, const struct letter *letter)
{
	(void)input;
	return letter->subject;
}

static const char *
title_of(const struct letter_input *input, const struct letter *letter)
{
	(void)letter;
	return input->seat->title;
}

static const char *
seat_of(const struct letter_input *input, const struct letter *letter)
{
	(void)letter;
	return input->seat->id;
}

static const char *
rule_of(const struct letter_input *input, const struct letter *letter)
{
	(void)letter;
	return input->verdict->rule;
}

static const char *
object_of(const struct letter_input *input, const struct letter *letter)
{
	(void)letter;
	return input->verdict->object_name[0] != '\0'
		   ? input->verdict->object_name
		   : input->verdict->object;
}

static const char *
kind_of(const struct letter_input *input, const struct letter *letter)
{
	(void)letter;
	return letter_kind_word(input->kind);
}

/* {{entry}} and {{text}} have no function: they are made where they are put. */
static const struct {
	const char *name;
	const char *(*value)(
	    const struct letter_input *, const struct letter *);
} fields[] = {
    {"text", NULL},
    {"entry", NULL},
    {"subject", subject_of},
    {"title", title_of},
    {"seat", seat_of},
    {"rule", rule_of},
    {"object", object_of},
    {"kind", kind_of},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* The field whose "{{name}}" begins at `at`, and what stands behind it.
 * FIELDS: it is none. */
static unsigned
field_at(const char *at, const char **behind)
{
	size_t len;

	at += 2;
	len = strcspn(at, "}{\n");
	*behind = at + len + 2;
	if (len > FIELD_MAX || strncmp(at + len, "}}", 2) != 0)
		return FIELDS;
	for (unsigned i = 0; i < FIELDS; i++)
		if (strlen(fields[i].name) == len &&
		    strncmp(fields[i].name, at, len) == 0)
			return i;
	return FIELDS;
}

static void __attribute__((format(printf, 3, 5), format(printf, 4, 5)))
fault(struct templates *templates, const char *file, const char *id,
    const char *en, ...)
{
	struct template_fault *made =
	    &templates->faults[templates->fault_count++];
	va_list arguments;

	(void)text_copy(made->file, sizeof made->file, file);
	va_start(arguments, en);
	vsnprintf(made->id, sizeof made->id, id, arguments);
	va_end(arguments);
	va_start(arguments, en);
	vsnprintf(made->en, sizeof made->en, en, arguments);
	va_end(arguments);
}

static unsigned
line_at(const char *source, const char *at)
{
	unsigned line = 1;

	for (; source < at; source++)
		line += *source == '\n';
	return line;
}

static bool
is_text(const char *source, const char **bad)
{
	const uint8_t *at = (const uint8_t *)source;

	while (*at != '\0') {
		const uint8_t *before = at;
		uint32_t point = utf8_next(&at);

		if (point != '\n' &&
		    (point == UINT32_MAX || !utf8_is_printable(point))) {
			*bad = (const char *)before;
			return false;
		}
	}
	return true;
}

/* What is wrong is told once a file: the first that is found. */
static bool
check(struct templates *templates, const char *file, const char *source)
{
	const char *at = source, *behind;
	unsigned texts = 0;

	if (!is_text(source, &at)) {
		fault(templates, file, "baris %u: bukan teks UTF-8 biasa",
		    "line %u: is no plain UTF-8 text", line_at(source, at));
		return false;
	}
	for (at = source; (at = strstr(at, "{{")) != NULL; at = behind) {
		unsigned field = field_at(at, &behind);

		if (field == FIELDS) {
			fault(templates, file,
			    "baris %u: {{...}} tidak dikenal atau tidak "
			    "ditutup; lihat ikrar-notifier(8)",
			    "line %u: an unknown or unclosed {{...}}; see "
			    "ikrar-notifier(8)",
			    line_at(source, at));
			return false;
		}
		texts += fields[field].value == NULL &&
			 strcmp(fields[field].name, text_field) == 0;
	}
	if (texts == 1)
		return true;
	fault(templates, file, "{{text}} harus ada tepat satu kali, bukan %u",
	    "{{text}} must stand in it exactly once, not %u times", texts);
	return false;
}

static void
open_one(
    struct templates *templates, const char *dir, unsigned n, unsigned language)
{
	const char *file = named[n].files[language];
	struct one *one = &templates->ones[n][language];
	char path[PATH_BYTES_MAX];
	enum err err = ERR_INVALID;

	one->source = xcalloc(TEMPLATE_BYTES_MAX, 1);
	if (file_path(path, sizeof path, dir, file))
		err = file_read_text(path, one->source, TEMPLATE_BYTES_MAX);
	if (err == OK && check(templates, file, one->source)) {
		one->state = IS_GOOD;
		return;
	}
	free(one->source);
	one->source = NULL;
	if (err == ERR_NOTFOUND)
		return;
	one->state = IS_BROKEN;
	if (err == ERR_IO)
		fault(templates, file, "tidak dapat dibaca: %s",
		    "cannot be read: %s", strerror(errno));
	else if (err != OK)
		fault(templates, file, "lebih dari %d byte, atau bukan teks",
		    "is longer than %d bytes, or no text",
		    TEMPLATE_BYTES_MAX - 1);
}

struct templates *
templates_open(const char *dir)
{
	struct templates *templates;

	if (dir == NULL)
		return NULL;
	templates = xcalloc(1, sizeof *templates);
	for (unsigned n = 0; n < NAMED; n++)
		for (unsigned i = 0; i < LANGUAGES; i++)
			open_one(templates, dir, n, i);
	return templates;
}

void
templates_close(struct templates *templates)
{
	if (templates == NULL)
		return;
	for (unsigned n = 0; n < NAMED; n++)
		for (unsigned i = 0; i < LANGUAGES; i++)
			free(templates->ones[n][i].source);
	free(templates);
}

const struct template_fault *
templates_faults(const struct templates *templates, unsigned *count)
{
	*count = templates != NULL ? templates->fault_count : 0;
	return templates != NULL ? templates->faults : NULL;
}

uint64_t
templates_fallbacks(const struct templates *templates)
{
	return templates != NULL ? templates->fallbacks : 0;
}

/* ---- what is made of them */

static enum language
language_of(const struct letter_input *input)
{
	return strcmp(input->seat->language, "en") == 0 ? LANGUAGE_EN
							: LANGUAGE_ID;
}

static const struct one *
one_of(const struct templates *templates, enum contact_kind kind,
    const struct letter_input *input)
{
	for (unsigned n = 0; templates != NULL && n < NAMED; n++)
		if (named[n].kind == kind)
			return &templates->ones[n][language_of(input)];
	return NULL;
}

/* From `at` on to the end or to {{text}}, which is where the return points
 * behind; NULL at the end. */
static const char *
put_source(struct text_buf *out, const char *at,
    const struct letter_input *input, const struct letter *letter)
{
	const char *mark;

	while ((mark = strstr(at, "{{")) != NULL) {
		const char *behind;
		unsigned field = field_at(mark, &behind);

		CHECK(field < FIELDS);
		text_buf_add_bytes(out, at, (size_t)(mark - at));
		at = behind;
		if (fields[field].value != NULL)
			text_buf_add(
			    out, "%s", fields[field].value(input, letter));
		else if (strcmp(fields[field].name, text_field) == 0)
			return at;
		else
			text_buf_add(out, "%" PRIu64, input->index);
	}
	text_buf_add(out, "%s", at);
	return NULL;
}

static unsigned
units_of(uint32_t point)
{
	return point >= BEYOND_UTF16 ? 2 : 1;
}

static unsigned
count_units(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	unsigned units = 0;

	while (*at != '\0') {
		uint32_t point = utf8_next(&at);

		if (point == UINT32_MAX)
			break;
		units += units_of(point);
	}
	return units;
}

/* As much of the text as fits, up to the end of a line, and a word that it is
 * not all. */
static void
put_cut(struct text_buf *out, const char *text, unsigned room,
    enum language language)
{
	struct text_buf note = {0};
	const uint8_t *at = (const uint8_t *)text;
	const char *end = text;
	unsigned units = 0;

	if (count_units(text) <= room) {
		text_buf_add(out, "%s", text);
		return;
	}
	text_buf_add(&note, "\n");
	SAY(&note, language, SAY_CUT, NULL);
	text_buf_add(&note, "\n");
	room = room > count_units(note.at) ? room - count_units(note.at) : 0;
	while (*at != '\0') {
		uint32_t point = utf8_next(&at);

		units += units_of(point);
		if (point == UINT32_MAX || units > room)
			break;
		if (point == '\n')
			end = (const char *)at;
	}
	text_buf_add_bytes(out, text, (size_t)(end - text));
	text_buf_add(out, "%s", note.at);
	text_buf_clear(&note);
}

/* What the built-in text of a kind is, in at most `room` of its units. */
static void
put_built_in(struct text_buf *out, enum contact_kind kind, unsigned room,
    const struct letter_input *input, const struct letter *letter)
{
	struct text_buf text = {0};

	if (kind == CONTACT_EXEC) {
		text_buf_add(out, "%s", letter->brief);
	} else if (kind == CONTACT_TELEGRAM) {
		text_buf_add(&text, "%s\n\n", letter->subject);
		text_buf_add_bytes(&text, letter->body.at, letter->first_len);
		put_cut(out, text.at, room, language_of(input));
	} else {
		text_buf_add(out, "%s", letter->body.at);
	}
	text_buf_clear(&text);
}

/* The office's words must not hide what kind of message it is. */
static void
put_marks(struct text_buf *out, enum contact_kind kind,
    const struct letter_input *input)
{
	if (kind == CONTACT_EXEC)
		return; /* the 160 characters begin with it, or hold it */
	if (input->is_drill) {
		SAY(out, LANGUAGE_ID, SAY_DRILL_TAG, NULL);
		text_buf_add(out, "\n\n");
	}
	if (input->is_test) {
		SAY(out, LANGUAGE_ID, SAY_TEST_TAG, NULL);
		text_buf_add(out, "\n\n");
	}
}

static void
put_own(struct text_buf *out, const struct one *one, enum contact_kind kind,
    const struct letter_input *input, const struct letter *letter)
{
	struct text_buf before = {0}, after = {0};
	const char *rest;
	unsigned room = TELEGRAM_UNITS_MAX, used;

	text_buf_add(&before, "%s", "");
	text_buf_add(&after, "%s", "");
	put_marks(&before, kind, input);
	rest = put_source(&before, one->source, input, letter);
	CHECK(rest != NULL);
	(void)put_source(&after, rest, input, letter);
	used = count_units(before.at) + count_units(after.at);
	room = used < room / 2 ? room - used : room / 2;
	text_buf_add(out, "%s", before.at);
	put_built_in(out, kind, room, input, letter);
	text_buf_add(out, "%s", after.at);
	text_buf_clear(&before);
	text_buf_clear(&after);
}

/* One line; false: too long for one short message. */
static bool
fold_brief(struct text_buf *out, size_t from)
{
	while (out->len > from && out->at[out->len - 1] == '\n')
		out->at[--out->len] = '\0';
	for (size_t i = from; i < out->len; i++)
		if (out->at[i] == '\n')
			out->at[i] = ' ';
	return count_units(out->at + from) < LETTER_BRIEF_MAX;
}

void
templates_put(struct templates *templates, struct text_buf *out,
    enum contact_kind kind, const struct letter_input *input,
    const struct letter *letter)
{
	const struct one *one = one_of(templates, kind, input);
	size_t from = out->len;

	if (one != NULL && one->state == IS_GOOD) {
		put_own(out, one, kind, input, letter);
		if (kind == CONTACT_EXEC && fold_brief(out, from))
			return;
		if (kind == CONTACT_TELEGRAM &&
		    count_units(out->at + from) <= TELEGRAM_UNITS_MAX)
			return;
		if (kind == CONTACT_MAIL)
			return;
		out->len = from; /* does not fit with these words */
		out->at[from] = '\0';
	}
	if (one != NULL && one->state != IS_BUILT_IN)
		templates->fallbacks++;
	put_built_in(out, kind, TELEGRAM_UNITS_MAX, input, letter);
}

/* The office's words as one paragraph whose lines are kept. */
static void
put_paragraph(struct text_buf *out, const char *text)
{
	if (text[strspn(text, " \n")] == '\0')
		return;
	text_buf_add(out, "<p style=\"margin:0 0 16px;white-space:pre-line\">");
	for (; *text != '\0'; text++)
		if (*text == '<')
			text_buf_add(out, "&lt;");
		else if (*text == '&')
			text_buf_add(out, "&amp;");
		else
			text_buf_add_bytes(out, text, 1);
	text_buf_add(out, "</p>\n");
}

void
templates_put_html(const struct templates *templates, struct text_buf *out,
    const struct letter_input *input, const struct letter *letter)
{
	const struct one *one = one_of(templates, CONTACT_MAIL, input);
	const char *html = letter->html.at;
	struct text_buf words = {0};
	const char *begin, *end, *rest;

	if (one == NULL || one->state != IS_GOOD) {
		text_buf_add(out, "%s", html);
		return;
	}
	begin = strchr(strstr(html, main_begin), '\n') + 1;
	end = strstr(begin, main_end);
	text_buf_add_bytes(out, html, (size_t)(begin - html));
	text_buf_add(&words, "%s", "");
	put_marks(&words, CONTACT_MAIL, input);
	rest = put_source(&words, one->source, input, letter);
	put_paragraph(out, words.at);
	text_buf_add_bytes(out, begin, (size_t)(end - begin));
	text_buf_clear(&words);
	text_buf_add(&words, "%s", "");
	(void)put_source(&words, rest, input, letter);
	put_paragraph(out, words.at);
	text_buf_add(out, "%s", end);
	text_buf_clear(&words);
}
