/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes record for days without a link, people decide and review meanwhile,
 * and then all of it arrives: in whatever order it does, in the end the same
 * alerts are open, on the same groups, with the same members, and coverage is
 * the same. Each node's own order is kept, and nothing comes before what it
 * refers to. SEED=n plays one, ROUNDS=n so many.
 */
#include "tests/prop/wild_history.h"

#include <criterion/criterion.h>

enum { ROUNDS = 200, ORDERS = 4, RECORDS = 140, ADMIN = 0 };

/* ---- what is recorded */

static const struct event *
spooled_incident(const struct history *history, unsigned *owner)
{
	for (unsigned tries = 0; tries < 20; tries++) {
		const struct spool *spool;
		const struct event *event;

		*owner = below(history->story->node_count);
		spool = &history->spools[*owner];
		if (spool->count == 0)
			continue;
		event = &spool->events[below(spool->count)];
		if (event->kind == EVENT_INCIDENT_REPORTED)
			return event;
	}
	return NULL;
}

static void
record_review(struct wild *wild, unsigned n)
{
	const struct story *story = wild->history->story;
	struct event event = {.kind = EVENT_INCIDENT_REVIEWED};
	unsigned owner;
	const struct event *incident = spooled_incident(wild->history, &owner);

	if (incident == NULL)
		return;
	memcpy(
	    event.reviewed.target.node, story->nodes[owner].id, EVENT_ID_SIZE);
	event.reviewed.target.seq = incident->seq;
	event.reviewed.step = one_in(3) ? 3 : 1 + below(12);
	incident = spooled_incident(wild->history, &owner);
	if (event.reviewed.step == 11 && incident != NULL) {
		memcpy(event.reviewed.duplicate_of.node, story->nodes[owner].id,
		    EVENT_ID_SIZE);
		event.reviewed.duplicate_of.seq = incident->seq;
	}
	if (event.reviewed.step == 5 || event.reviewed.step == 6)
		(void)text_copy(
		    event.reviewed.decision, REFERENCE_MAX, "BKN/1/2024");
	if (event_check(&event) != REJECT_FIELD)
		wild_spool(wild, n, &event);
}

static void
record_decision(struct wild *wild, unsigned n)
{
	struct history *history = wild->history;
	const char *unit = history->units[below(history->unit_count)].code;
	struct event event = an_excuse_of(unit, one_in(3));

	if (one_in(2))
		event = an_extension_of(unit, NULL,
		    STORY_START + DAYS(4) + below(16) * DAYS(1) / 2);
	wild_spool(wild, n, &event);
}

static void
record_anything(struct wild *wild, unsigned n)
{
	uint32_t kind = view_node(wild->history->story->view, n)->kind;

	if (kind == KIND_REVIEWER)
		record_review(wild, n);
	else if (kind == KIND_COLLECTOR)
		wild_record(wild, n);
	else if (one_in(3))
		record_decision(wild, n);
	if (one_in(10))
		story_sync(wild->history->story, n);
}

/* ---- how it arrives */

static bool
is_there(const struct view *view, const struct record_id *id)
{
	struct view_record record;

	return view_record(view, id, &record);
}

static bool
may_come(const struct view *view, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_WITHDRAWN:
		return is_there(view, &event->withdrawn.target);
	case EVENT_CORRECTED:
		return is_there(view, &event->corrected.target);
	case EVENT_INCIDENT_REVIEWED:
		return is_there(view, &event->reviewed.target) &&
		       (event->reviewed.duplicate_of.seq == 0 ||
			   is_there(view, &event->reviewed.duplicate_of));
	}
	return true;
}

/* What was withdrawn before is refused, as it makes no difference. */
static void
arrive(struct history *history, unsigned left)
{
	struct story *story = history->story;

	for (unsigned tries = 0; left > 0 && tries < 1000000; tries++) {
		unsigned n = below(story->node_count);
		struct spool *spool = &history->spools[n];
		struct event *event = &spool->events[spool->first];

		if (spool->first == spool->count ||
		    !may_come(story->view, event))
			continue;
		if (view_check(story->view, event, story->now_ms) ==
		    REJECT_NONE)
			(void)story_input(story, AUTHOR_NODE, event);
		story->nodes[n].seq = event->seq;
		spool->first++;
		left--;
	}
	cr_assert(left == 0, "seed %llu", (unsigned long long)history->seed);
}

static void
all_report(struct story *story)
{
	unsigned first = below(story->node_count);

	for (unsigned i = 0; i < story->node_count; i++)
		story_report(story, (first + i) % story->node_count);
}

/* An alert with clear_units remembers that it was open: where looks fall
 * between the arrivals, that depends on what came first, and has to. */
static void
forget_what_was_open(struct history *history)
{
	for (unsigned i = 0; i < history->rule_count; i++)
		if (history->rules[i].kind == RULE_UNSIGNED_UNITS_1)
			history->rules[i].unsigned_units.clear_units = 0;
	story_rules(history->story, history->rules, history->rule_count);
}

/* Marks have passed when it comes, or not. */
static struct wild *
wild_in_order(uint64_t seed, uint64_t order)
{
	struct wild *wild = wild_new(seed);
	struct history *history = wild->history;
	struct story *story = history->story;
	unsigned second = story_node(story, KIND_ADMIN, "73.71"), left = 0;
	bool is_late = one_in(2);

	if (is_late)
		forget_what_was_open(history);
	story_until(story, STORY_START + DAYS(1 + below(6)));
	history->spools[ADMIN].seq = story->nodes[ADMIN].seq;
	cr_assert(second < STORY_NODES_MAX);
	for (unsigned n = 1; n < story->node_count; n++)
		if (one_in(4))
			wild->clock_ms[n] = -(int64_t)DAYS(1 + below(9));
	for (unsigned i = 0; i < RECORDS; i++)
		record_anything(wild, below(story->node_count));
	if (is_late)
		story_until(story, STORY_START + DAYS(8 + below(8)));
	chance = (seed * 7919 + order) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (unsigned n = 0; n < story->node_count; n++)
		left += history->spools[n].count;
	arrive(history, left);
	all_report(story);
	story->now_ms += DAYS(14);
	story_tick(story, story->now_ms);
	all_report(story);
	story_until(story, story->now_ms + DAYS(2));
	return wild;
}

/* ---- what must be the same */

static const struct view_alert *
open_like(const struct view *view, const struct view_alert *like)
{
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		if (alert->state == ALERT_OPEN &&
		    strcmp(alert->rule, like->rule) == 0 &&
		    strcmp(alert->object, like->object) == 0)
			return alert;
	}
	return NULL;
}

static const struct said *
said_last(const struct story *story, const struct view_alert *alert)
{
	for (size_t i = story->said_count; i > 0; i--)
		if (memcmp(story->said[i - 1].verdict.alert, alert->id,
			EVENT_ID_SIZE) == 0)
			return &story->said[i - 1];
	return NULL;
}

static bool
same_members(const struct said *a, const struct said *b)
{
	if (a->verdict.unit_count != b->verdict.unit_count)
		return false;
	for (uint32_t i = 0; i < a->verdict.unit_count; i++)
		if (!said_unit(b, a->units[i].code))
			return false;
	return true;
}

/* Of incidents the cases: another report of one is not told again. */
static bool
same_figures(const struct figures *a, const struct figures *b)
{
	return a->unsigned_known == b->unsigned_known &&
	       a->reported + a->verified == b->reported + b->verified;
}

static void
check_alerts(const struct history *a, const struct history *b)
{
	const struct view *view = a->story->view;

	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);
		const struct view_alert *other;

		if (alert->state != ALERT_OPEN)
			continue;
		other = open_like(b->story->view, alert);
		cr_assert(other != NULL, "seed %llu: %s %s",
		    (unsigned long long)a->seed, alert->rule, alert->object);
		cr_assert(same_figures(&alert->figures, &other->figures) &&
			      same_members(said_last(a->story, alert),
				  said_last(b->story, other)),
		    "seed %llu: %s %s", (unsigned long long)a->seed,
		    alert->rule, alert->object);
	}
}

static void
check_coverage(const struct history *a, const struct history *b)
{
	for (unsigned i = 0; i < 2; i++) {
		struct coverage_query query = {.campaign = wild_campaigns[i]};
		struct coverage first, second;

		view_coverage(a->story->view, &query, &first);
		view_coverage(b->story->view, &query, &second);
		cr_assert(memcmp(&first, &second, sizeof first) == 0,
		    "seed %llu: %s", (unsigned long long)a->seed,
		    wild_campaigns[i]);
	}
}

/* A promise is worth what was tried: alerts of each kind were open. */
static unsigned tried[RULE_KINDS];

static void
note_tried(const struct story *story)
{
	for (size_t i = 0; i < story->said_count; i++)
		tried[story->said[i].verdict.kind]++;
}

Test(prop_order, does_not_matter_for_what_is_open_in_the_end)
{
	uint64_t only = number_of("SEED", 0);
	uint64_t rounds = only != 0 ? 1 : number_of("ROUNDS", ROUNDS);

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t seed = only != 0 ? only : i + 1;
		struct wild *first = wild_in_order(seed, 1);

		for (uint64_t order = 2; order <= ORDERS; order++) {
			struct wild *other = wild_in_order(seed, order);

			check_alerts(first->history, other->history);
			check_alerts(other->history, first->history);
			check_coverage(first->history, other->history);
			wild_free(other);
		}
		note_tried(first->history->story);
		wild_free(first);
	}
	for (unsigned i = RULE_NONE + 1; only == 0 && i < RULE_KINDS; i++)
		cr_expect(tried[i] >= 10, "%s: %u",
		    rule_kind_name((enum rule_kind)i), tried[i]);
}
