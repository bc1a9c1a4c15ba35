/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as a list of blocks, and its two forms: plain text in lines of 72
 * characters, and HTML with the same words for a mail client on a phone:
 * nothing in it is fetched from anywhere, nothing runs. Pure.
 */
#ifndef NOTIFIER_BLOCK_H
#define NOTIFIER_BLOCK_H

#include "notifier/sentence.h"

enum block_kind {
	BLOCK_PART,   /* from here on in this language */
	BLOCK_BANNER, /* this is a drill, or a test */
	BLOCK_LEAD,   /* what has happened */
	BLOCK_CALM,   /* the same, when nothing more is asked */
	BLOCK_TEXT,
	BLOCK_HEADING,
	BLOCK_FIGURE, /* a label and a value */
	BLOCK_ITEM,
	BLOCK_GAP,
	BLOCK_DIVIDER, /* between the two languages */
};

struct block {
	enum block_kind kind;
	enum language language; /* of a part */
	char *text, *value;     /* NULL: none */
};

struct blocks {
	struct block *rows;
	unsigned count;
};

/* Copies both texts. */
void blocks_add(struct blocks *blocks, enum block_kind kind, const char *text,
    const char *value);
void blocks_add_part(struct blocks *blocks, enum language language);
void blocks_clear(struct blocks *blocks);

/* Plain text; returns how long the first of its two parts is. */
size_t blocks_put_text(const struct blocks *blocks, struct text_buf *out);
/* A whole document. */
void blocks_put_html(
    const struct blocks *blocks, struct text_buf *out, const char *title);

#endif
