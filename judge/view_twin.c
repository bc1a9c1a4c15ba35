/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports that a person called told twice (GANDA). Such a one is out of the
 * count while the report that it is told twice of is there. If that was
 * withdrawn or found made up, it counts as it stood before. Of reports that
 * name each other in a circle the first (by node and number) counts. So what
 * happened never vanishes, and what is found does not depend on the order in
 * which the reviews came.
 *
 * All incidents are gone through; only where one is called told twice, or may
 * no longer be.
 */
#include "judge/case_parts.h"

#include <stdlib.h>

static bool
is_gone(const struct incident_row *row)
{
	return (row->flags & (IS_WITHDRAWN | IS_MADE_UP)) != 0;
}

/* NO_ROW: it stands for itself. */
static uint32_t
told_of(const struct view *view, uint32_t incident)
{
	const struct incident_row *row = incident_at(view, incident);

	if (row->step != STEP_GANDA || row->twin == NO_ROW || is_gone(row) ||
	    is_gone(incident_at(view, row->twin)))
		return NO_ROW;
	return row->twin;
}

static bool
is_before(const struct incident_row *a, const struct incident_row *b)
{
	return a->node != b->node ? a->node < b->node : a->seq < b->seq;
}

static uint32_t
first_of_circle(const struct view *view, uint32_t start)
{
	uint32_t first = start;

	for (uint32_t at = told_of(view, start); at != start;
	     at = told_of(view, at))
		if (is_before(incident_at(view, at), incident_at(view, first)))
			first = at;
	return first;
}

/* Each is passed once: `walks` says on which walk. */
static void
find_circles(const struct view *view, uint32_t *walks, bool *is_first)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_INCIDENTS); i++) {
		uint32_t at = i;

		for (; at != NO_ROW && walks[at] == 0; at = told_of(view, at))
			walks[at] = i + 1;
		if (at != NO_ROW && walks[at] == i + 1)
			is_first[first_of_circle(view, at)] = true;
	}
}

void
twins_look(struct view *view, enum cause cause)
{
	uint32_t count = row_count(view, TABLE_INCIDENTS);
	uint32_t *walks = xcalloc((size_t)count + 1, sizeof *walks);
	bool *is_first = xcalloc((size_t)count + 1, sizeof *is_first);

	find_circles(view, walks, is_first);
	view->derived.twins = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct incident_extra *extra = incident_extra_at(view, i);
		bool is_apart = told_of(view, i) != NO_ROW && !is_first[i];
		uint32_t state = incident_state(view, i);

		view->derived.twins += is_apart;
		extra->is_apart = is_apart;
		/* What had been dismissed before did not count either. */
		if (incident_state(view, i) != state)
			touch_repeat(view, i, cause);
	}
	free(walks);
	free(is_first);
}

void
twin_gone(struct view *view)
{
	if (view->derived.twins > 0)
		twins_look(view, CAUSE_MARK);
}
