/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which the reviews of an incident count, whatever the order in
 * which they came: by what the writer had seen, then the writer, then the
 * writer's number. Two things follow from what each had not seen, so that
 * nobody undoes what others did by saying that he did not know of it:
 *
 * - What one reviewer alone can end a case with comes behind all that had not
 *   seen it. Two keys, or a decision, then stand.
 * - Of two decisions that contradict each other, by writers who had not seen
 *   each other's, neither counts, until somebody decides who has seen both, and
 *   nobody sets the case aside. But one that a third had seen, and the other
 *   not, stands.
 */
#include "judge/case_parts.h"

#include <stdlib.h>

static int
compare_reviews(const void *a, const void *b)
{
	const struct review_row *first = a, *second = b;

	if (first->order != second->order)
		return first->order < second->order ? -1 : 1;
	if (first->node != second->node)
		return first->node < second->node ? -1 : 1;
	return first->seq < second->seq ? -1 : first->seq > second->seq;
}

static bool
is_against(const struct review_row *review)
{
	switch (review->step) {
	case STEP_TIDAK_MEMENUHI_SYARAT:
	case STEP_DIHENTIKAN:
	case STEP_GANDA:
		return true;
	}
	return false;
}

/* Reviews that wait for somebody who had seen them. */
struct held {
	struct review_row rows[REVIEWS_MAX + 1];
	uint32_t count;
};

static bool
holds(const struct held *held, uint32_t node)
{
	for (uint32_t i = 0; i < held->count; i++)
		if (held->rows[i].node == node)
			return true;
	return false;
}

/* Those that stand in the first `seen` entries; returns how many. */
static uint32_t
release(struct held *held, uint64_t seen, struct review_row *to)
{
	uint32_t kept = 0, count = 0;

	for (uint32_t i = 0; i < held->count; i++)
		if (held->rows[i].index < seen)
			to[count++] = held->rows[i];
		else
			held->rows[kept++] = held->rows[i];
	held->count = kept;
	return count;
}

/* What is against the case, and what its writer said behind that, goes behind
 * all reviews of others that had not seen it. Who has seen how much grows along
 * the order, so all that come behind the first who had seen it had too. */
static void
hold_back(struct review_row *reviews, uint32_t count)
{
	struct held held = {.count = 0};
	uint32_t used = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct review_row review = reviews[i];

		used += release(&held, review.order, &reviews[used]);
		if (is_against(&review) || holds(&held, review.node))
			held.rows[held.count++] = review;
		else
			reviews[used++] = review;
	}
	(void)release(&held, NEVER, &reviews[used]);
}

void
reviews_sort(struct review_row *reviews, uint32_t count)
{
	qsort(reviews, count, sizeof *reviews, compare_reviews);
	hold_back(reviews, count);
}

/* ---- decisions */

static bool
is_decision(const struct review_row *review)
{
	return (review->step == STEP_TERBUKTI ||
		   review->step == STEP_TIDAK_TERBUKTI) &&
	       (review->flags & HAS_DECISION) != 0;
}

static bool
contradict(const struct review_row *a, const struct review_row *b)
{
	return is_decision(a) && is_decision(b) && a->step != b->step &&
	       a->node != b->node && a->order <= b->index &&
	       b->order <= a->index;
}

/* Had a third, who spoke of the case, seen it and not the other? */
static bool
is_known_without(const struct review_row *reviews, uint32_t count,
    const struct review_row *one, const struct review_row *other)
{
	for (uint32_t i = 0; i < count; i++)
		if (reviews[i].node != one->node &&
		    reviews[i].node != other->node &&
		    reviews[i].order > one->index &&
		    reviews[i].order <= other->index)
			return true;
	return false;
}

void
reviews_contradict(struct review_row *reviews, uint32_t count, uint32_t at)
{
	struct review_row *one = &reviews[at];

	for (uint32_t i = at + 1; i < count; i++) {
		struct review_row *other = &reviews[i];
		bool is_known, is_other_known;

		if (!contradict(one, other))
			continue;
		is_known = is_known_without(reviews, count, one, other);
		is_other_known = is_known_without(reviews, count, other, one);
		if (!is_known || is_other_known)
			one->flags |= IS_IN_DOUBT;
		if (is_known || !is_other_known)
			other->flags |= IS_IN_DOUBT;
	}
}
