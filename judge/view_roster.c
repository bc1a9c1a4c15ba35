/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The units of the roster, in three orders: as they came (their numbers), by
 * code, and by where they lie. And the groups that each rule looks at: the
 * units themselves, their kecamatan, their topmost OPD, or the whole region.
 *
 * A unit that leaves the roster keeps its number and its pledges; it is only
 * no longer expected. The orders and groups are made again when the roster or
 * the rules change, in n log n.
 */
#include "judge/view_parts.h"

#include <stdlib.h>
#include <string.h>

uint32_t
unit_find(const struct view *view, const char *code)
{
	uint32_t hash = hash_of_text(code, 0), at = hash, number;

	while (lookup_next(&view->derived.unit_by_code, hash, &at, &number))
		if (strcmp(unit_at(view, number)->row.code, code) == 0)
			return number;
	return NO_ROW;
}

static uint32_t
unit_add(struct view *view, const char *code)
{
	struct view_unit *unit = table_add(&view->tables[TABLE_UNITS]);
	uint32_t number = row_count(view, TABLE_UNITS) - 1;

	(void)text_copy(unit->row.code, sizeof unit->row.code, code);
	lookup_add(&view->derived.unit_by_code, hash_of_text(code, 0), number);
	return number;
}

void
roster_take(struct view *view)
{
	const struct table *staged = &view->tables[TABLE_STAGED_UNITS];

	for (uint32_t i = 0; i < row_count(view, TABLE_UNITS); i++)
		unit_at(view, i)->is_active = false;
	for (uint32_t i = 0; i < staged->count; i++) {
		const struct unit_row *row = table_at(staged, i);
		uint32_t number = unit_find(view, row->code);
		struct view_unit *unit;

		if (number == NO_ROW)
			number = unit_add(view, row->code);
		unit = unit_at(view, number);
		memcpy(&unit->row, row, sizeof *row);
		unit->is_active = true;
	}
	roster_index(view);
	groups_index(view);
	exempt_roster_changed(view);
	touch_open_alerts(view, CAUSE_ROSTER);
}

/* ---- orders */

static int
compare_codes(const void *a, const void *b, void *context)
{
	const struct view *view = context;

	return strcmp(unit_at(view, *(const uint32_t *)a)->row.code,
	    unit_at(view, *(const uint32_t *)b)->row.code);
}

static int
compare_places(const void *a, const void *b, void *context)
{
	const struct view *view = context;
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
	int order = strcmp(unit_at(view, first)->row.wilayah,
	    unit_at(view, second)->row.wilayah);

	if (order != 0)
		return order;
	return extra_at(view, first)->rank < extra_at(view, second)->rank ? -1
									  : 1;
}

static void
index_order(struct view *view)
{
	uint32_t count = row_count(view, TABLE_UNITS);
	struct table *order = &view->derived.order;

	table_resize(order, count);
	for (uint32_t i = 0; i < count; i++)
		*(uint32_t *)table_at(order, i) = i;
	if (count > 0)
		qsort_r(
		    order->at, count, sizeof(uint32_t), compare_codes, view);
	for (uint32_t i = 0; i < count; i++)
		extra_at(view, number_at(order, i))->rank = i;
}

static void
index_places(struct view *view)
{
	uint32_t count = row_count(view, TABLE_UNITS);
	struct table *by_place = &view->derived.by_place;
	struct table *places = &view->derived.places;
	char district[WILAYAH_MAX], before[WILAYAH_MAX] = "";
	uint32_t districts = 0;
	struct place *place = NULL;

	table_resize(by_place, count);
	for (uint32_t i = 0; i < count; i++)
		*(uint32_t *)table_at(by_place, i) = i;
	if (count > 0)
		qsort_r(by_place->at, count, sizeof(uint32_t), compare_places,
		    view);
	places->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t unit = number_at(by_place, i);
		const char *wilayah = unit_at(view, unit)->row.wilayah;

		if (place == NULL || strcmp(place->wilayah, wilayah) != 0) {
			place = table_add(places);
			place->first = i;
			(void)text_copy(
			    place->wilayah, sizeof place->wilayah, wilayah);
			wilayah_district(wilayah, district);
			districts += strcmp(district, before) != 0;
			memcpy(before, district, sizeof before);
			place->district = districts;
		}
		extra_at(view, unit)->place = places->count - 1;
	}
}

/* A parent that is not on the roster is none. */
static uint32_t
parent_of(const struct view *view, uint32_t unit)
{
	const char *code = unit_at(view, unit)->row.parent;
	uint32_t parent = code[0] == '\0' ? NO_ROW : unit_find(view, code);

	if (parent == NO_ROW || !unit_at(view, parent)->is_active)
		return NO_ROW;
	return parent;
}

static uint32_t
topmost_of(const struct view *view, uint32_t unit)
{
	uint32_t top = unit;

	for (unsigned i = 0; i < PARENTS_MAX; i++) {
		uint32_t parent = extra_at(view, top)->parent;

		if (parent == NO_ROW)
			return top;
		top = parent;
	}
	return unit;
}

void
roster_index(struct view *view)
{
	uint32_t count = row_count(view, TABLE_UNITS);
	uint32_t known = view->derived.unit_extras.count;

	table_resize(&view->derived.unit_extras, count);
	for (uint32_t i = known; i < count; i++) {
		extra_at(view, i)->first_tally = NO_ROW;
		extra_at(view, i)->first_excuse = NO_ROW;
		extra_at(view, i)->first_incident = NO_ROW;
	}
	if (view->derived.unit_by_code.count < count)
		for (uint32_t i = 0; i < count; i++)
			lookup_add(&view->derived.unit_by_code,
			    hash_of_text(unit_at(view, i)->row.code, 0), i);
	index_order(view);
	index_places(view);
	for (uint32_t i = 0; i < count; i++)
		extra_at(view, i)->parent = parent_of(view, i);
	for (uint32_t i = 0; i < count; i++)
		extra_at(view, i)->opd = topmost_of(view, i);
}

const struct view_unit *
view_unit_opd(const struct view *view, const struct view_unit *unit)
{
	uint32_t number = (uint32_t)(unit - unit_at(view, 0));

	return unit_at(view, extra_at(view, number)->opd);
}

void
place_range(const struct view *view, const char *wilayah, uint32_t *first,
    uint32_t *end)
{
	const struct table *places = &view->derived.places;
	uint32_t units = view->derived.by_place.count;
	uint32_t low = 0, high = places->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(place_at(view, middle)->wilayah, wilayah) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = low < places->count ? place_at(view, low)->first : units;
	while (low < places->count &&
	       wilayah_is_within(place_at(view, low)->wilayah, wilayah))
		low++;
	*end = low < places->count ? place_at(view, low)->first : units;
}

/* ---- groups */

void
unit_object(const struct view *view, uint32_t unit, uint32_t scope,
    char object[CODE_MAX])
{
	const struct view_unit *row = unit_at(view, unit);
	char district[WILAYAH_MAX];

	if (scope == SCOPE_UNIT) {
		(void)text_copy(object, CODE_MAX, row->row.code);
	} else if (scope == SCOPE_KECAMATAN) {
		wilayah_district(row->row.wilayah, district);
		(void)text_copy(object, CODE_MAX, district);
	} else if (scope == SCOPE_OPD) {
		row = unit_at(view, extra_at(view, unit)->opd);
		(void)text_copy(object, CODE_MAX, row->row.code);
	} else {
		(void)text_copy(object, CODE_MAX, view->region.wilayah);
	}
}

/* Ranks and districts ascend as the codes do. */
uint32_t
unit_object_key(const struct view *view, uint32_t unit, uint32_t scope)
{
	const struct unit_extra *extra = extra_at(view, unit);

	if (scope == SCOPE_UNIT)
		return extra->rank;
	if (scope == SCOPE_KECAMATAN)
		return place_at(view, extra->place)->district;
	if (scope == SCOPE_OPD)
		return extra_at(view, extra->opd)->rank;
	return 0;
}

uint32_t
object_key(const struct view *view, uint32_t scope, const char *object)
{
	uint32_t unit, first, end;
	char found[CODE_MAX];

	if (scope == SCOPE_REGION)
		return 0;
	if (scope == SCOPE_KECAMATAN) {
		place_range(view, object, &first, &end);
		if (first == end)
			return NO_ROW;
		unit = number_at(&view->derived.by_place, first);
		unit_object(view, unit, scope, found);
		return strcmp(found, object) == 0
			   ? unit_object_key(view, unit, scope)
			   : NO_ROW;
	}
	unit = unit_find(view, object);
	return unit == NO_ROW ? NO_ROW : extra_at(view, unit)->rank;
}

static int
compare_keys(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static bool
rule_wants(const struct unsigned_units *rule, const struct view_unit *unit)
{
	return unit->is_active &&
	       (rule->unit_kinds == 0 ||
		   (rule->unit_kinds >> unit->row.kind & 1) != 0);
}

/* The wanted units, each as key and rank; returns how many. */
static uint32_t
group_keys(
    const struct view *view, const struct unsigned_units *rule, uint64_t *keys)
{
	const struct table *order = &view->derived.order;
	uint32_t count = 0;

	for (uint32_t i = 0; i < order->count; i++) {
		uint32_t unit = number_at(order, i);

		if (rule_wants(rule, unit_at(view, unit)))
			keys[count++] =
			    (uint64_t)unit_object_key(view, unit, rule->scope)
				<< 32 |
			    i;
	}
	qsort(keys, count, sizeof *keys, compare_keys);
	return count;
}

static void
index_rule(struct view *view, const struct unsigned_units *rule,
    struct rule_groups *groups)
{
	uint32_t units = view->derived.order.count;
	uint64_t *keys = xcalloc((size_t)units + 1, sizeof *keys);
	uint32_t count = group_keys(view, rule, keys);

	table_resize(&groups->group_of, units);
	for (uint32_t i = 0; i < units; i++)
		*(uint32_t *)table_at(&groups->group_of, i) = NO_ROW;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t unit =
		    number_at(&view->derived.order, (uint32_t)keys[i]);

		if (i == 0 || keys[i] >> 32 != keys[i - 1] >> 32)
			number_add(&groups->starts, i);
		number_add(&groups->units, unit);
		*(uint32_t *)table_at(&groups->group_of, unit) =
		    groups->starts.count - 1;
	}
	number_add(&groups->starts, count);
	free(keys);
}

void
groups_clear(struct view *view)
{
	for (uint32_t i = 0; i < view->derived.groups.count; i++) {
		struct rule_groups *groups = groups_at(view, i);

		table_clear(&groups->units);
		table_clear(&groups->starts);
		table_clear(&groups->group_of);
	}
	view->derived.groups.count = 0;
}

void
groups_index(struct view *view)
{
	groups_clear(view);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		struct rule_groups *groups = table_add(&view->derived.groups);
		const struct rule_row *rule = rule_at(view, i);

		table_init(&groups->units, sizeof(uint32_t));
		table_init(&groups->starts, sizeof(uint32_t));
		table_init(&groups->group_of, sizeof(uint32_t));
		if (rule->kind == RULE_UNSIGNED_UNITS_1)
			index_rule(view, &rule->unsigned_units, groups);
	}
}

uint32_t
group_count(const struct view *view, uint32_t rule)
{
	uint32_t starts = groups_at(view, rule)->starts.count;

	return starts == 0 ? 0 : starts - 1;
}

void
group_object(const struct view *view, uint32_t rule, uint32_t group,
    char object[CODE_MAX])
{
	const struct rule_groups *groups = groups_at(view, rule);
	uint32_t first = number_at(&groups->starts, group);

	unit_object(view, number_at(&groups->units, first),
	    rule_scope(rule_at(view, rule)), object);
}

uint32_t
group_find(const struct view *view, uint32_t rule, const char *object)
{
	uint32_t low = 0, high = group_count(view, rule);
	char found[CODE_MAX];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order;

		group_object(view, rule, middle, found);
		order = strcmp(found, object);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_ROW;
}

/* ---- what there is to see */

unsigned
view_unit_count(const struct view *view)
{
	return row_count(view, TABLE_UNITS);
}

const struct view_unit *
view_unit(const struct view *view, unsigned n)
{
	return unit_at(view, number_at(&view->derived.order, n));
}

const struct view_unit *
view_unit_by_code(const struct view *view, const char *code)
{
	uint32_t number = unit_find(view, code);

	return number == NO_ROW ? NULL : unit_at(view, number);
}
