/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/block.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_COLUMNS = 46 };

static const char divider[] = "----------------------------------------";
static const char *const language_codes[] = {"id", "en"};

void
blocks_add(struct blocks *blocks, enum block_kind kind, const char *text,
    const char *value)
{
	struct block *made;

	blocks->rows =
	    xrealloc(blocks->rows, blocks->count + 1, sizeof *blocks->rows);
	made = &blocks->rows[blocks->count++];
	*made = (struct block){.kind = kind};
	if (text != NULL)
		made->text = xstrdup(text);
	if (value != NULL)
		made->value = xstrdup(value);
}

void
blocks_add_part(struct blocks *blocks, enum language language)
{
	blocks_add(blocks, BLOCK_PART, NULL, NULL);
	blocks->rows[blocks->count - 1].language = language;
}

void
blocks_clear(struct blocks *blocks)
{
	for (unsigned i = 0; i < blocks->count; i++) {
		free(blocks->rows[i].text);
		free(blocks->rows[i].value);
	}
	free(blocks->rows);
	*blocks = (struct blocks){0};
}

static void
put_text(const struct block *block, struct text_buf *out)
{
	struct text_buf line = {0};

	switch (block->kind) {
	case BLOCK_PART:
		break;
	case BLOCK_BANNER:
	case BLOCK_LEAD:
	case BLOCK_CALM:
	case BLOCK_TEXT:
		sentence_wrap(out, block->text, 0);
		break;
	case BLOCK_HEADING:
		text_buf_add(out, "\n%s:\n", block->text);
		break;
	case BLOCK_FIGURE:
		text_buf_add(out, "  %-*s %6s\n", LABEL_COLUMNS, block->text,
		    block->value);
		break;
	case BLOCK_ITEM:
		text_buf_add(&line, "- %s", block->text);
		sentence_wrap(out, line.at, 2);
		break;
	case BLOCK_GAP:
		text_buf_add(out, "\n");
		break;
	case BLOCK_DIVIDER:
		text_buf_add(out, "\n%s\n\n", divider);
		break;
	}
	text_buf_clear(&line);
}

size_t
blocks_put_text(const struct blocks *blocks, struct text_buf *out)
{
	size_t first_len = 0;

	for (unsigned i = 0; i < blocks->count; i++) {
		if (blocks->rows[i].kind == BLOCK_DIVIDER)
			first_len = out->len;
		put_text(&blocks->rows[i], out);
	}
	return first_len > 0 ? first_len : out->len;
}

/* ---- HTML. Styles stand at each element: many mail clients drop all others.
 * Colours have a contrast of 7 to 1 and more. */

static const char page_begin[] =
    "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light\">\n<title>";
static const char page_body[] =
    "</title>\n</head>\n<body style=\"margin:0;padding:0;background:#eef1f0;"
    "color:#1c2b33\">\n<main style=\"max-width:600px;margin:0 auto;"
    "padding:16px;background:#ffffff;font-family:system-ui,-apple-system,"
    "'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5\">\n";
static const char page_end[] = "</main>\n</body>\n</html>\n";

/* What stands around a block's text. */
static const struct {
	const char *before, *after;
} marks[] = {
    [BLOCK_BANNER] = {"<p role=\"note\" style=\"margin:0 0 16px;"
		      "padding:10px 12px;background:#fff3cd;border:2px solid "
		      "#7a5200;color:#4a3200;font-weight:bold\">",
	"</p>\n"},
    [BLOCK_LEAD] = {"<p style=\"margin:16px 0;padding:8px 12px;border-left:6px "
		    "solid #a4161a;font-size:18px;font-weight:bold\">",
	"</p>\n"},
    [BLOCK_CALM] = {"<p style=\"margin:16px 0;padding:8px 12px;border-left:6px "
		    "solid #0b5d4e;font-size:18px;font-weight:bold\">",
	"</p>\n"},
    [BLOCK_TEXT] = {"<p style=\"margin:0 0 6px\">", "</p>\n"},
    [BLOCK_HEADING] = {"<h2 style=\"margin:20px 0 6px;font-size:17px\">",
	"</h2>\n"},
    [BLOCK_ITEM] = {"<li style=\"margin:0 0 4px\">", "</li>\n"},
    [BLOCK_FIGURE] = {"<tr><th scope=\"row\" style=\"padding:4px 12px 4px 0;"
		      "border-bottom:1px solid #d5dddb;text-align:left;"
		      "font-weight:normal\">",
	"</th>"},
};

static void
put_escaped(struct text_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '<')
			text_buf_add(out, "&lt;");
		else if (text[i] == '>')
			text_buf_add(out, "&gt;");
		else if (text[i] == '&')
			text_buf_add(out, "&amp;");
		else if (text[i] == '"')
			text_buf_add(out, "&quot;");
		else
			text_buf_add_bytes(out, &text[i], 1);
}

/* A word that is an address of the web can be tapped; its text is the address
 * itself, so that nobody is led elsewhere than it says. */
static void
put_words(struct text_buf *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (strncmp(text, "https://", 8) == 0 ||
		    strncmp(text, "http://", 7) == 0) {
			text_buf_add(out, "<a href=\"");
			put_escaped(out, text, len);
			text_buf_add(out, "\" style=\"color:#0b4f78;"
					  "overflow-wrap:anywhere\">");
			put_escaped(out, text, len);
			text_buf_add(out, "</a>");
		} else {
			put_escaped(out, text, len);
		}
		text += len;
		len = strspn(text, " ");
		text_buf_add_bytes(out, text, len);
		text += len;
	}
}

/* Lists and tables surround their rows. */
static void
put_around(struct text_buf *out, enum block_kind before, enum block_kind now)
{
	if (before == now)
		return;
	if (before == BLOCK_ITEM)
		text_buf_add(out, "</ul>\n");
	if (before == BLOCK_FIGURE)
		text_buf_add(out, "</table>\n");
	if (now == BLOCK_ITEM)
		text_buf_add(
		    out, "<ul style=\"margin:0 0 8px;padding-left:22px\">\n");
	if (now == BLOCK_FIGURE)
		text_buf_add(out,
		    "<table style=\"width:100%%;border-collapse:collapse;"
		    "margin:0 0 8px\">\n");
}

static void
put_html(struct text_buf *out, const struct block *block, bool *is_in_part)
{
	switch (block->kind) {
	case BLOCK_PART:
		if (*is_in_part)
			text_buf_add(out, "</section>\n");
		text_buf_add(out, "<section lang=\"%s\">\n",
		    language_codes[block->language]);
		*is_in_part = true;
		break;
	case BLOCK_GAP:
		text_buf_add(out, "<div style=\"height:10px\"></div>\n");
		break;
	case BLOCK_DIVIDER:
		text_buf_add(out,
		    "<hr style=\"margin:24px 0;border:0;border-top:2px solid "
		    "#8a9a96\">\n");
		break;
	case BLOCK_BANNER:
	case BLOCK_LEAD:
	case BLOCK_CALM:
	case BLOCK_TEXT:
	case BLOCK_HEADING:
	case BLOCK_FIGURE:
	case BLOCK_ITEM:
		text_buf_add(out, "%s", marks[block->kind].before);
		put_words(out, block->text);
		text_buf_add(out, "%s", marks[block->kind].after);
		break;
	}
	if (block->kind != BLOCK_FIGURE)
		return;
	text_buf_add(out,
	    "<td style=\"padding:4px 0;border-bottom:1px solid #d5dddb;"
	    "text-align:right;font-weight:bold\">");
	put_words(out, block->value);
	text_buf_add(out, "</td></tr>\n");
}

void
blocks_put_html(
    const struct blocks *blocks, struct text_buf *out, const char *title)
{
	enum block_kind before = BLOCK_GAP;
	bool is_in_part = false;

	CHECK(blocks->count > 0);
	text_buf_add(out, page_begin, language_codes[blocks->rows[0].language]);
	put_escaped(out, title, strlen(title));
	text_buf_add(out, page_body);
	for (unsigned i = 0; i < blocks->count; i++) {
		put_around(out, before, blocks->rows[i].kind);
		put_html(out, &blocks->rows[i], &is_in_part);
		before = blocks->rows[i].kind;
	}
	put_around(out, before, BLOCK_GAP);
	text_buf_add(out, "%s%s", is_in_part ? "</section>\n" : "", page_end);
}
