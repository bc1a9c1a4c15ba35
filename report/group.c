/* SPDX-License-Identifier: Apache-2.0 */
#include "report/group.h"

#include "model/catalog.h"

#include <stdlib.h>
#include <string.h>

static int
by_code(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return strcmp(x->code, y->code);
}

static struct group *
add_group(struct group_list *groups, const char *code)
{
	struct group *group = &groups->at[groups->count++];

	(void)text_copy(group->code, sizeof group->code, code);
	return group;
}

static void
sort_groups(struct group_list *groups)
{
	unsigned kept = 0;

	qsort(groups->at, groups->count, sizeof *groups->at, by_code);
	for (unsigned i = 0; i < groups->count; i++)
		if (kept == 0 ||
		    by_code(&groups->at[kept - 1], &groups->at[i]) != 0)
			groups->at[kept++] = groups->at[i];
	groups->count = kept;
}

/* A kecamatan is called as its own office is. */
static void
name_districts(struct group_list *groups, const struct view *view)
{
	uint32_t office = catalog_number(CATALOG_UNIT_KIND, "KECAMATAN");

	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);
		struct group asked = {0};
		struct group *group;

		if (!unit->is_active || unit->row.kind != office)
			continue;
		(void)text_copy(
		    asked.code, sizeof asked.code, unit->row.wilayah);
		group = bsearch(
		    &asked, groups->at, groups->count, sizeof asked, by_code);
		if (group != NULL)
			group->name = unit->row.name;
	}
}

static void
make_kecamatan(struct group_list *groups, const struct view *view)
{
	groups->at = xcalloc(view_unit_count(view) + 1, sizeof *groups->at);
	groups->count = 0;
	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);
		char district[WILAYAH_MAX];

		if (!unit->is_active)
			continue;
		wilayah_district(unit->row.wilayah, district);
		if (wilayah_level(district) == WILAYAH_DISTRICT)
			(void)add_group(groups, district);
	}
	sort_groups(groups);
	name_districts(groups, view);
}

static void
make_opd(struct group_list *groups, const struct view *view)
{
	groups->at = xcalloc(view_unit_count(view) + 1, sizeof *groups->at);
	groups->count = 0;
	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (unit->is_active && unit->row.parent[0] == '\0')
			add_group(groups, unit->row.code)->name =
			    unit->row.name;
	}
}

static void
make_kinds(struct group_list *groups, const struct view *view)
{
	unsigned kinds;
	const struct catalog_row *rows =
	    catalog_rows(CATALOG_UNIT_KIND, &kinds);
	bool *is_there = xcalloc(kinds + 1, sizeof *is_there);

	for (unsigned i = 0; i < view_unit_count(view); i++)
		if (view_unit(view, i)->is_active &&
		    view_unit(view, i)->row.kind <= kinds)
			is_there[view_unit(view, i)->row.kind] = true;
	groups->at = xcalloc(kinds + 1, sizeof *groups->at);
	groups->count = 0;
	for (unsigned i = 0; i < kinds; i++) {
		struct group *group;

		if (!is_there[rows[i].number])
			continue;
		group = add_group(groups, rows[i].word);
		group->unit_kind = rows[i].number;
		group->name = rows[i].id;
	}
	free(is_there);
}

void
group_list_make(
    struct group_list *groups, const struct view *view, enum group_by by)
{
	groups->by = by;
	switch (by) {
	case GROUP_KECAMATAN:
		make_kecamatan(groups, view);
		return;
	case GROUP_OPD:
		make_opd(groups, view);
		return;
	case GROUP_KIND:
	case GROUP_BYS:
		break;
	}
	make_kinds(groups, view);
}

void
group_list_clear(struct group_list *groups)
{
	free(groups->at);
	*groups = (struct group_list){0};
}

/* Where a unit is counted; NULL: nowhere. */
static const struct group *
group_of(const struct view *view, const struct group_list *groups,
    const struct view_unit *unit)
{
	struct group asked = {0};

	if (groups->by == GROUP_KIND) {
		for (unsigned i = 0; i < groups->count; i++)
			if (groups->at[i].unit_kind == unit->row.kind)
				return &groups->at[i];
		return NULL;
	}
	if (groups->by == GROUP_KECAMATAN)
		wilayah_district(unit->row.wilayah, asked.code);
	else
		(void)text_copy(asked.code, sizeof asked.code,
		    view_unit_opd(view, unit)->row.code);
	return bsearch(
	    &asked, groups->at, groups->count, sizeof asked, by_code);
}

struct coverage *
group_coverages(const struct view *view, const struct group_list *groups,
    const char *campaign)
{
	const struct view_campaign *row = view_campaign_by_id(view, campaign);
	struct coverage *coverages =
	    xcalloc(groups->count + 1, sizeof *coverages);

	for (unsigned i = 0; row != NULL && i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);
		const struct group *group =
		    unit->is_active ? group_of(view, groups, unit) : NULL;
		struct unit_progress progress;

		if (group == NULL)
			continue;
		view_unit_progress(view, unit, row, &progress);
		coverage_add(&coverages[group - groups->at], row, &progress);
	}
	return coverages;
}
