/* SPDX-License-Identifier: Apache-2.0 */
/*
 * routes.yaml: which alerts take which way. A tree; an alert goes from the root
 * into the first child that it matches, and on from there; where no child
 * matches it stays, and the settings of that node hold, which it has from its
 * parents as far as it has none of its own. Beside the tree: whose own units
 * are which, and when each seat gets its daily digest.
 *
 * The file holds no address and no secret.
 */
#ifndef NOTIFIER_ROUTES_H
#define NOTIFIER_ROUTES_H

#include "notifier/outline.h"
#include "notifier/plan.h"
#include "notifier/route.h"

enum {
	ROUTES_MAX = 256,
	ROUTES_OWN_MAX = 1024,
	ROUTES_DIGESTS_MAX = 64,
	ROUTES_NAME_MAX = 64, /* "route 2.1" */
};

/* What an alert must be; empty or zero: anything. */
struct routes_match {
	char wilayah[WILAYAH_MAX]; /* it lies in there */
	char rule[CODE_MAX];
	char unit[CODE_MAX]; /* one of its units' codes begins so */
	enum rule_kind kind;
	uint32_t severity;
};

struct routes_node {
	char name[ROUTES_NAME_MAX];
	unsigned line; /* of the file */
	struct routes_match match;
	struct plan_route route;
	unsigned child, next; /* numbers of nodes; 0: none */
};

struct routes_own {
	char seat[WORD_MAX];
	char unit[CODE_MAX]; /* a code, or the beginning of codes before a * */
	bool is_prefix;
};

struct routes_digest {
	char seat[WORD_MAX];
	uint32_t minute; /* of the local day */
};

struct routes {
	struct routes_node *nodes; /* the first is the root */
	unsigned count;
	struct routes_own *owns;
	unsigned own_count;
	struct routes_digest digests[ROUTES_DIGESTS_MAX];
	unsigned digest_count;
	char helpdesk[NAME_MAX_BYTES]; /* whom to call; empty: not said */
};

/* `why` says where and what. Clear the routes on OK. */
enum err routes_load(struct routes *routes, const char *path,
    struct outline_why *why) MUST_CHECK;
void routes_clear(struct routes *routes);

/* Where the alert lies: its place, or what route_wilayah finds. */
void routes_place(const struct verdict *verdict, const char *region,
    char wilayah[WILAYAH_MAX]);
const struct routes_node *routes_find(const struct routes *routes,
    const struct verdict *verdict, const char *region);

bool routes_has_digest(const struct routes *routes, const char *seat);

/* ---- the reader's own office */

enum routes_conflict {
	ROUTES_CLEAR,
	ROUTES_PARTLY, /* some of the units are the seat's own */
	ROUTES_WHOLE,  /* all of them: past this seat */
};
bool routes_is_own(
    const struct routes *routes, const char *seat, const char *unit);
/* Whether there are units of its own at all. */
bool routes_has_own(const struct routes *routes, const char *seat);
enum routes_conflict routes_conflict(const struct routes *routes,
    const char *seat, const struct verdict *verdict);

#endif
