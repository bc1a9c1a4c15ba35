/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/lacks.h"

#include "model/wilayah.h"

#include <stdlib.h>
#include <string.h>

/* The units of exactly one wilayah. */
struct place {
	char wilayah[WILAYAH_MAX];
	uint32_t expected;
	uint32_t pledged[LACKS_MAX];
};

struct lacks {
	struct place *places; /* in the order of their codes */
	unsigned place_count;
	unsigned campaign_count;
	const struct view_campaign *campaigns[LACKS_MAX]; /* while counting */
	char ids[LACKS_MAX][CODE_MAX];
	bool is_made;
	uint64_t made_ms, size, roster_version, campaign_version;
};

struct lacks *
lacks_new(void)
{
	return xcalloc(1, sizeof(struct lacks));
}

void
lacks_free(struct lacks *lacks)
{
	if (lacks == NULL)
		return;
	free(lacks->places);
	free(lacks);
}

static int
by_wilayah(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->wilayah, y->wilayah);
}

static void
pick_campaigns(struct lacks *lacks, const struct view *view)
{
	unsigned count = 0;

	for (unsigned i = 0; i < view_campaign_count(view); i++) {
		const struct view_campaign *campaign = view_campaign(view, i);

		if (campaign->lock_index != UINT64_MAX || count == LACKS_MAX)
			continue;
		lacks->campaigns[count] = campaign;
		(void)text_copy(lacks->ids[count], CODE_MAX, campaign->row.id);
		count++;
	}
	lacks->campaign_count = count;
}

static void
count_unit(const struct lacks *lacks, const struct view *view,
    const struct view_unit *unit, struct place *place)
{
	struct unit_progress progress;

	(void)text_copy(
	    place->wilayah, sizeof place->wilayah, unit->row.wilayah);
	place->expected = 1;
	for (unsigned i = 0; i < lacks->campaign_count; i++) {
		view_unit_progress(view, unit, lacks->campaigns[i], &progress);
		place->pledged[i] = progress.status != UNIT_NONE;
	}
}

static void
merge(struct place *into, const struct place *place)
{
	into->expected += place->expected;
	for (unsigned i = 0; i < LACKS_MAX; i++)
		into->pledged[i] += place->pledged[i];
}

static void
count_all(struct lacks *lacks, const struct view *view)
{
	unsigned count = 0, kept = 0;
	struct place *places;

	pick_campaigns(lacks, view);
	free(lacks->places);
	places = xcalloc(view_unit_count(view) + 1, sizeof *places);
	for (unsigned i = 0; i < view_unit_count(view); i++)
		if (view_unit(view, i)->is_active)
			count_unit(
			    lacks, view, view_unit(view, i), &places[count++]);
	qsort(places, count, sizeof *places, by_wilayah);
	for (unsigned i = 0; i < count; i++) {
		if (kept > 0 && by_wilayah(&places[kept - 1], &places[i]) == 0)
			merge(&places[kept - 1], &places[i]);
		else
			places[kept++] = places[i];
	}
	lacks->places = places;
	lacks->place_count = kept;
}

static void
refresh(struct lacks *lacks, const struct view *view, uint64_t monotonic_ms)
{
	const struct view_region *region = view_region(view);
	bool is_young = monotonic_ms - lacks->made_ms < LACKS_EVERY_MS;

	if (lacks->is_made && lacks->roster_version == region->roster_version &&
	    lacks->campaign_version == region->campaign_version &&
	    (lacks->size == view_size(view) || is_young))
		return;
	count_all(lacks, view);
	lacks->is_made = true;
	lacks->made_ms = monotonic_ms;
	lacks->size = view_size(view);
	lacks->roster_version = region->roster_version;
	lacks->campaign_version = region->campaign_version;
}

/* The first place that is not before `wilayah`. What lies within it follows
 * without a gap, for a dot sorts before any digit. */
static unsigned
first_place(const struct lacks *lacks, const char *wilayah)
{
	unsigned from = 0, to = lacks->place_count;

	while (from < to) {
		unsigned middle = from + (to - from) / 2;

		if (strcmp(lacks->places[middle].wilayah, wilayah) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

uint32_t
lacks_of(struct lacks *lacks, const struct view *view, const char *wilayah,
    uint64_t monotonic_ms, struct lack rows[LACKS_MAX])
{
	struct place sum = {0};

	refresh(lacks, view, monotonic_ms);
	for (unsigned i = first_place(lacks, wilayah);
	     i < lacks->place_count &&
	     wilayah_is_within(lacks->places[i].wilayah, wilayah);
	     i++)
		merge(&sum, &lacks->places[i]);
	if (sum.expected == 0)
		return 0;
	for (unsigned i = 0; i < lacks->campaign_count; i++) {
		rows[i] = (struct lack){
		    .expected = sum.expected, .pledged = sum.pledged[i]};
		(void)text_copy(rows[i].campaign, CODE_MAX, lacks->ids[i]);
	}
	return lacks->campaign_count;
}
