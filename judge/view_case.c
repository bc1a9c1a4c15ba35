/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reviews make of an incident. They are put into an order that does not
 * depend on their arrival (case_order.c) and taken one after the other; a step
 * that is not allowed from where the case stands then changes nothing, and
 * stays in the log.
 *
 * - It takes the keys of two nodes to verify. Nobody here finds anything
 *   proven: that takes the number of somebody else's decision.
 * - A report of something told before is set apart (GANDA), unless another body
 *   has decided on it; a person can say that it is a case of its own (BEDA),
 *   then it stands where it stood.
 * - An objection is noted at any point and moves nothing.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

#define FROM(step) (1u << (step))
#define FROM_ANY ((1u << STEPS) - 1)
#define FROM_UNDECIDED                                                   \
	(FROM(STEP_REPORTED) | FROM(STEP_DITERIMA) |                     \
	    FROM(STEP_TIDAK_MEMENUHI_SYARAT) | FROM(STEP_DIVERIFIKASI) | \
	    FROM(STEP_DITERUSKAN) | FROM(STEP_DIHENTIKAN))

/* From where each step is allowed. */
static const uint32_t allowed_from[STEPS] = {
    [STEP_DITERIMA] = FROM(STEP_REPORTED),
    [STEP_TIDAK_MEMENUHI_SYARAT] = FROM(STEP_REPORTED) | FROM(STEP_DITERIMA),
    [STEP_DIVERIFIKASI] = FROM(STEP_REPORTED) | FROM(STEP_DITERIMA),
    [STEP_DITERUSKAN] = FROM(STEP_DIVERIFIKASI),
    [STEP_TERBUKTI] = FROM(STEP_DIVERIFIKASI) | FROM(STEP_DITERUSKAN),
    [STEP_TIDAK_TERBUKTI] = FROM(STEP_DIVERIFIKASI) | FROM(STEP_DITERUSKAN),
    [STEP_DIHENTIKAN] = FROM(STEP_REPORTED) | FROM(STEP_DITERIMA) |
			FROM(STEP_DIVERIFIKASI) | FROM(STEP_DITERUSKAN),
    [STEP_TINDAK_LANJUT] = FROM(STEP_TERBUKTI),
    [STEP_SELESAI] = FROM(STEP_TERBUKTI) | FROM(STEP_TIDAK_TERBUKTI) |
		     FROM(STEP_DIHENTIKAN) | FROM(STEP_TINDAK_LANJUT),
    [STEP_KEBERATAN] = FROM_ANY,
    [STEP_GANDA] = FROM_UNDECIDED,
    [STEP_BEDA] = FROM_ANY,
};

bool
view_step_is_allowed(uint32_t stands, uint32_t step)
{
	return stands < STEPS && step < STEPS &&
	       (allowed_from[step] & FROM(stands)) != 0;
}

/* What the reviews so far have made of it. */
struct fold {
	uint32_t step, ended, apart, twin;
	uint32_t keys[CASE_KEYS];
	uint32_t key_count;
	uint32_t flags;
	bool is_in_doubt; /* decisions contradict each other */
};

static bool
note_key(struct fold *fold, uint32_t node)
{
	for (uint32_t i = 0; i < fold->key_count; i++)
		if (fold->keys[i] == node)
			return false;
	fold->keys[fold->key_count++] = node;
	if (fold->key_count == CASE_KEYS)
		fold->step = STEP_DIVERIFIKASI;
	return true;
}

static void
move(struct fold *fold, uint32_t step)
{
	if (step == STEP_SELESAI)
		fold->ended = fold->step;
	fold->step = step;
}

/* Without somebody else's decision, and while two contradict each other,
 * nothing is decided. */
static bool
decide(struct fold *fold, const struct review_row *review)
{
	if ((review->flags & HAS_DECISION) == 0)
		return false;
	fold->is_in_doubt = (review->flags & IS_IN_DOUBT) != 0;
	if (!fold->is_in_doubt)
		move(fold, review->step);
	return !fold->is_in_doubt;
}

/* false: it changes nothing. */
static bool
fold_take(struct fold *fold, const struct review_row *review)
{
	uint32_t step = review->step;

	if (!view_step_is_allowed(fold->step, step))
		return false;
	switch (step) {
	case STEP_DIVERIFIKASI:
		return note_key(fold, review->node);
	case STEP_KEBERATAN:
		fold->flags |= HAS_OBJECTION;
		return true;
	case STEP_GANDA:
		if ((review->flags & HAS_TWIN) == 0 || fold->is_in_doubt)
			return false;
		fold->apart = fold->step;
		fold->twin = review->twin;
		fold->step = STEP_GANDA;
		return true;
	case STEP_BEDA:
		if (fold->step == STEP_GANDA)
			fold->step = fold->apart;
		fold->twin = NO_ROW;
		fold->flags |= IS_OWN_CASE;
		return true;
	case STEP_TERBUKTI:
	case STEP_TIDAK_TERBUKTI:
		return decide(fold, review);
	case STEP_DIHENTIKAN:
		if (fold->is_in_doubt)
			return false;
		break;
	}
	move(fold, step);
	return true;
}

/* ---- in their order */

/* All of one incident, in the order that counts; returns how many. */
static uint32_t
collect(const struct view *view, const struct incident_row *row,
    struct review_row to[REVIEWS_MAX + 1])
{
	uint32_t count = 0;

	for (uint32_t i = row->first_review; i != NO_ROW;
	     i = review_at(view, i)->next)
		to[count++] = *review_at(view, i);
	reviews_sort(to, count);
	return count;
}

/* Says of each review whether it had an effect. */
static void
fold_all(struct fold *fold, struct review_row *reviews, uint32_t count)
{
	*fold = (struct fold){.twin = NO_ROW};
	for (uint32_t i = 0; i < count; i++) {
		if (view_step_is_allowed(fold->step, reviews[i].step))
			reviews_contradict(reviews, count, i);
		if (fold_take(fold, &reviews[i]))
			reviews[i].flags |= HAS_EFFECT;
	}
}

/* ---- entries */

static uint32_t
find_incident(const struct view *view, const struct record_id *id)
{
	uint32_t node = node_find(view, id->node);
	uint32_t record =
	    node == NO_ROW ? NO_ROW : record_find(view, node, id->seq);

	if (record == NO_ROW || (record & IS_INCIDENT) == 0)
		return NO_ROW;
	return record & ~IS_INCIDENT;
}

static bool
is_same(const struct record_id *a, const struct record_id *b)
{
	return a->seq == b->seq && memcmp(a->node, b->node, EVENT_ID_SIZE) == 0;
}

/* `seen` is what the writer had seen. */
static void
review_fill(const struct view *view, const struct event *event, uint64_t seen,
    struct review_row *row)
{
	const struct reviewed *body = &event->reviewed;

	row->order = seen;
	row->seq = event->seq;
	row->node = node_find(view, event->node);
	row->incident = find_incident(view, &body->target);
	row->next = NO_ROW;
	row->step = body->step;
	row->twin = NO_ROW;
	if (body->decision[0] != '\0')
		row->flags |= HAS_DECISION;
	if (body->duplicate_of.seq == 0 ||
	    is_same(&body->duplicate_of, &body->target))
		return;
	row->flags |= HAS_TWIN;
	row->twin = find_incident(view, &body->duplicate_of);
}

static void
case_put(struct view *view, uint32_t incident, const struct fold *fold,
    const struct entry *entry)
{
	struct incident_row *row = incident_at(view, incident);
	uint32_t state = incident_state(view, incident);
	uint32_t own = row->flags & IS_OWN_CASE;
	bool moves = row->step != fold->step;
	bool is_twin = row->step == STEP_GANDA || fold->step == STEP_GANDA;

	row->step = fold->step;
	row->ended = fold->ended;
	row->apart = fold->apart;
	row->twin = fold->twin;
	memcpy(row->keys, fold->keys, sizeof row->keys);
	row->key_count = fold->key_count;
	row->flags &= ~(uint32_t)(HAS_OBJECTION | IS_OWN_CASE);
	row->flags |= fold->flags;
	if (moves) {
		row->step_since_ms = entry->received_at_ms;
		row->step_index = entry->index;
		case_moved(view, incident, CAUSE_REVIEWED);
	}
	if (is_twin)
		twins_look(view, CAUSE_REVIEWED);
	if (incident_state(view, incident) != state ||
	    (row->flags & IS_OWN_CASE) != own)
		touch_repeat(view, incident, CAUSE_REVIEWED);
}

void
incident_reviewed(struct view *view, const struct entry *entry)
{
	const struct event *event = entry->event;
	struct review_row reviews[REVIEWS_MAX + 1];
	struct review_row *review, made = {0};
	struct incident_row *row;
	struct fold fold;

	review_fill(view, event,
	    node_at(view, node_find(view, event->node))->seen_size, &made);
	if (made.incident == NO_ROW)
		return;
	row = incident_at(view, made.incident);
	if (row->review_count >= REVIEWS_MAX)
		return;
	made.index = entry->index;
	made.received_ms = entry->received_at_ms;
	made.next = row->first_review;
	review = table_add(&view->tables[TABLE_REVIEWS]);
	*review = made;
	row->first_review = row_count(view, TABLE_REVIEWS) - 1;
	row->review_count++;
	fold_all(&fold, reviews, collect(view, row, reviews));
	case_put(view, made.incident, &fold, entry);
}

/* STATE_REPORTED, STATE_VERIFIED, or 0. */
static uint32_t
state_of_step(uint32_t step)
{
	switch (step) {
	case STEP_REPORTED:
	case STEP_DITERIMA:
		return STATE_REPORTED;
	case STEP_DIVERIFIKASI:
	case STEP_DITERUSKAN:
	case STEP_TERBUKTI:
	case STEP_TINDAK_LANJUT:
		return STATE_VERIFIED;
	}
	return 0;
}

uint32_t
incident_state(const struct view *view, uint32_t incident)
{
	const struct incident_row *row = incident_at(view, incident);
	uint32_t step = row->step;

	if ((row->flags & (IS_WITHDRAWN | IS_MADE_UP)) != 0)
		return 0;
	if (step == STEP_GANDA &&
	    incident_extra_at(view, incident)->is_apart == 0)
		step = row->apart;
	return state_of_step(step == STEP_SELESAI ? row->ended : step);
}

bool
reviews_are_sound(const struct view *view)
{
	uint32_t nodes = row_count(view, TABLE_NODES);
	uint32_t incidents = row_count(view, TABLE_INCIDENTS);
	uint32_t reviews = row_count(view, TABLE_REVIEWS);

	for (uint32_t i = 0; i < reviews; i++) {
		const struct review_row *row = review_at(view, i);

		/* Chains lead back in time: so they end. */
		if (row->node >= nodes || row->incident >= incidents ||
		    (row->next != NO_ROW && row->next >= i))
			return false;
	}
	for (uint32_t i = 0; i < incidents; i++) {
		const struct incident_row *row = incident_at(view, i);
		uint32_t count = 0;

		if (row->first_review != NO_ROW && row->first_review >= reviews)
			return false;
		for (uint32_t k = row->first_review;
		     k != NO_ROW && count <= REVIEWS_MAX;
		     k = review_at(view, k)->next)
			count++;
		if (count != row->review_count || count > REVIEWS_MAX ||
		    row->step >= STEPS || row->key_count > CASE_KEYS)
			return false;
		for (uint32_t k = 0; k < row->key_count; k++)
			if (row->keys[k] >= nodes)
				return false;
		if (row->twin != NO_ROW && row->twin >= incidents)
			return false;
	}
	return true;
}

/* ---- what there is to see */

static void
put_id(const struct view *view, uint32_t incident, struct record_id *id)
{
	const struct incident_row *row = incident_at(view, incident);

	memcpy(id->node, node_at(view, row->node)->id, EVENT_ID_SIZE);
	id->seq = row->seq;
}

void
view_case(const struct view *view, unsigned n, struct view_case *to)
{
	const struct incident_row *row = incident_at(view, n);

	*to = (struct view_case){.index = row->index,
	    .received_ms = row->received_ms,
	    .node = row->node,
	    .incident = row->incident,
	    .step = row->step,
	    .step_since_ms = row->step_since_ms,
	    .step_index = row->step_index,
	    .counts_as = incident_state(view, n),
	    .key_count = row->key_count,
	    .review_count = row->review_count,
	    .twin = row->twin == NO_ROW ? VIEW_NO_CASE : row->twin,
	    .is_withdrawn = (row->flags & IS_WITHDRAWN) != 0,
	    .is_corrected = (row->flags & IS_CORRECTED) != 0,
	    .has_objection = (row->flags & HAS_OBJECTION) != 0,
	    .is_own_case = (row->flags & IS_OWN_CASE) != 0,
	    .is_made_up = (row->flags & IS_MADE_UP) != 0,
	    .is_held = incident_extra_at(view, n)->is_held != 0};
	put_id(view, n, &to->id);
	memcpy(to->keys, row->keys, sizeof to->keys);
}

unsigned
view_case_by_id(const struct view *view, const struct record_id *id)
{
	uint32_t found = find_incident(view, id);

	return found == NO_ROW ? VIEW_NO_CASE : found;
}

unsigned
view_reviews(
    const struct view *view, unsigned n, struct view_review to[REVIEWS_MAX])
{
	struct review_row reviews[REVIEWS_MAX + 1];
	uint32_t count = collect(view, incident_at(view, n), reviews);
	struct fold fold;

	fold_all(&fold, reviews, count);
	for (uint32_t i = 0; i < count; i++)
		to[i] = (struct view_review){.index = reviews[i].index,
		    .received_ms = reviews[i].received_ms,
		    .node = reviews[i].node,
		    .step = reviews[i].step,
		    .has_effect = (reviews[i].flags & HAS_EFFECT) != 0};
	return count;
}

static bool
may_be_a_twin(const struct incident_row *row)
{
	return (row->flags & (IS_WITHDRAWN | IS_OWN_CASE | IS_MADE_UP)) == 0 &&
	       row->step != STEP_GANDA;
}

unsigned
view_case_twins(
    const struct view *view, unsigned n, unsigned to[CASE_TWINS_MAX])
{
	const struct incident_row *row = incident_at(view, n);
	const struct incident *one = &row->incident;
	unsigned count = 0;

	if (!may_be_a_twin(row))
		return 0;
	for (uint32_t i = extra_at(view, row->unit)->first_incident;
	     i != NO_ROW && count < CASE_TWINS_MAX;
	     i = incident_extra_at(view, i)->next) {
		const struct incident *other = &incident_at(view, i)->incident;

		if (i != n && may_be_a_twin(incident_at(view, i)) &&
		    strcmp(one->act, other->act) == 0 &&
		    one->happened_from_day <= other->happened_to_day &&
		    other->happened_from_day <= one->happened_to_day)
			to[count++] = i;
	}
	return count;
}

bool
view_review_counts(const struct view *view, const struct event *event)
{
	struct review_row reviews[REVIEWS_MAX + 1];
	struct review_row made = {0};
	uint32_t node = node_find(view, event->node), count;
	struct fold fold;

	if (node == NO_ROW)
		return false;
	review_fill(
	    view, event, node_seen(view, node_at(view, node), event), &made);
	if (made.incident == NO_ROW)
		return false;
	made.index = view->size;
	count = collect(view, incident_at(view, made.incident), reviews);
	reviews[count++] = made;
	reviews_sort(reviews, count);
	fold_all(&fold, reviews, count);
	for (uint32_t i = 0; i < count; i++)
		if (reviews[i].node == made.node && reviews[i].seq == made.seq)
			return (reviews[i].flags & HAS_EFFECT) != 0;
	return false;
}
