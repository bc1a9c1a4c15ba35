/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML file as a tree of words, lists and maps, each with its place in the
 * file. What the words mean is not known here. No aliases, no tags, one
 * document, bounded in size, depth and number of nodes.
 */
#ifndef NOTIFIER_OUTLINE_H
#define NOTIFIER_OUTLINE_H

#include "core/err.h"

#include <stdbool.h>

enum {
	OUTLINE_DEPTH_MAX = 16,
	OUTLINE_NODES_MAX = 20000,
	OUTLINE_WHY_MAX = 200,
};

enum outline_kind { OUTLINE_WORD, OUTLINE_LIST, OUTLINE_MAP };

struct outline {
	enum outline_kind kind;
	unsigned line, column; /* from 1 */
	char *key;             /* within a map; NULL: elsewhere */
	char *word;            /* of a word */
	unsigned count;        /* of a list or map */
	struct outline *first, *next;
};

/* One sentence with its place, in each language. */
struct outline_why {
	char id[OUTLINE_WHY_MAX], en[OUTLINE_WHY_MAX];
};
/* ERR_IO: it cannot be opened; ERR_INVALID: no such tree. Neither is logged;
 * `why` says it. */
enum err outline_read(struct outline **root, const char *path,
    struct outline_why *why) MUST_CHECK;
void outline_free(struct outline *root);

/* NULL: not there. */
const struct outline *outline_at(const struct outline *map, const char *key);
/* Fills `why`; both texts take the same arguments. ERR_INVALID. */
enum err outline_bad(struct outline_why *why, const struct outline *at,
    const char *id, const char *en, ...) __attribute__((format(printf, 3, 5)))
__attribute__((format(printf, 4, 5)));

#endif
