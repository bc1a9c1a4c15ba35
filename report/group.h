/* SPDX-License-Identifier: Apache-2.0 */
/* The groups of units that a region's coverage is shown by. Pure. */
#ifndef REPORT_GROUP_H
#define REPORT_GROUP_H

#include "judge/view.h"

/* Kecamatan, OPD or kinds that have units now, in the order of their codes
 * (kinds: of their numbers); names from the roster. Pointers live as long as
 * the view. */
struct group {
	char code[CODE_MAX];
	const char *name;   /* NULL: none known */
	uint32_t unit_kind; /* 0: it is no kind */
};
enum group_by { GROUP_KECAMATAN, GROUP_OPD, GROUP_KIND, GROUP_BYS };
struct group_list {
	enum group_by by;
	struct group *at;
	unsigned count;
};
void group_list_make(
    struct group_list *groups, const struct view *view, enum group_by by);
void group_list_clear(struct group_list *groups);

/* Of every group in one campaign, in their order; free() them. */
struct coverage *group_coverages(const struct view *view,
    const struct group_list *groups, const char *campaign);

#endif
