/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small region in which everything happens that a log can hold: besides
 * what random_history.h knows, rules, campaigns and rosters that change while
 * alerts are open, incidents that are corrected, nodes that wait to be
 * confirmed or are vouched for, clocks that lie, and days without a Ticked.
 */
#ifndef TESTS_PROP_WILD_HISTORY_H
#define TESTS_PROP_WILD_HISTORY_H

#include "tests/prop/random_history.h"

enum { WILD_DAYS = 26, WILD_UNITS = 8 };

static const char *const wild_campaigns[] = {"PILKADA", "PILEG"};
static const char *const wild_acts[] = {"APK", "SOS", "DKL"};

/* What a history has besides its story. */
struct wild {
	struct history *history;
	struct campaign_row campaigns[2];
	int64_t clock_ms[STORY_NODES_MAX]; /* how far a node's clock is off */
	bool is_pending[STORY_NODES_MAX];
	unsigned reviewers[2];
};

/* ---- texts */

static inline void
wild_unit(struct history *history, unsigned n)
{
	struct unit_row *row = &history->units[n];

	random_wilayah(history, row->wilayah);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		row->heads[i] = below(one_in(3) ? 9 : 4);
	row->kind = one_in(3) ? DINAS : KELURAHAN;
	memset(row->parent, 0, sizeof row->parent);
	if (n > 0 && one_in(3))
		(void)text_copy(
		    row->parent, CODE_MAX, history->units[below(n)].code);
}

static inline void
wild_roster(struct wild *wild)
{
	struct history *history = wild->history;
	unsigned n = below(history->unit_count);

	if (one_in(3) && history->unit_count < WILD_UNITS)
		add_unit(history);
	else if (one_in(2))
		wild_unit(history, n);
	else
		history->is_gone[n] = !history->is_gone[n] && one_in(2);
	send_roster(history);
}

static inline void
wild_repeat(struct rule_row *rule, const char *id)
{
	uint32_t count = 1 + below(3);

	*rule = a_repeat_rule(id, 1 + below(6), count);
	rule->tell = one_in(2) ? TELL_HEAD : TELL_ADMIN;
	rule->repeat_incidents.within_days = 1 + below(15);
	rule->repeat_incidents.min_sources = 1 + below(2);
	if (one_in(3)) {
		rule->repeat_incidents.act_count = 1;
		(void)text_copy(rule->repeat_incidents.acts[0], ACT_CODE_MAX,
		    wild_acts[below(3)]);
	}
	if (one_in(4))
		rule->repeat_incidents.states = 1 + below(2);
}

/* Fewer than what opens. */
static inline void
wild_clear(struct unsigned_units *rule)
{
	if (rule->min_units > 0 && rule->clear_units >= rule->min_units)
		rule->clear_units = rule->min_units - 1;
}

static inline void
wild_unsigned(struct rule_row *rule, const char *id)
{
	random_unsigned(rule, id);
	(void)text_copy(
	    rule->unsigned_units.campaign, CODE_MAX, wild_campaigns[one_in(4)]);
	rule->unsigned_units.clear_units = below(3);
	wild_clear(&rule->unsigned_units);
}

static inline void
wild_silent(struct node_silent *rule)
{
	rule->after_ms = (12 + below(60)) * (uint64_t)STORY_HOUR;
	if (one_in(2))
		rule->sensitive_after_ms = (4 + below(8)) * STORY_HOUR;
	if (one_in(3))
		(void)text_copy(rule->wilayah, WILAYAH_MAX, "73.71.01");
	if (one_in(4))
		rule->node_kinds = 1u << KIND_REVIEWER | 1u << KIND_COLLECTOR;
}

static inline void
wild_deadline(struct case_deadline *rule)
{
	static const uint32_t steps[] = {0, 0, 1, 3, 4, 5, 11};

	rule->step = steps[below(7)];
	rule->days = 1 + below(5);
	rule->clock = 1 + below(2);
	rule->anchor = 1 + below(2);
	if (one_in(4)) {
		rule->act_count = 1;
		(void)text_copy(
		    rule->acts[0], ACT_CODE_MAX, wild_acts[below(3)]);
	}
}

static inline void
wild_body(struct rule_row *rule)
{
	switch (rule->kind) {
	case RULE_NODE_SILENT_1:
		wild_silent(&rule->node_silent);
		break;
	case RULE_CASE_DEADLINE_1:
		wild_deadline(&rule->case_deadline);
		break;
	case RULE_BURST_1:
		rule->burst.count = 1 + below(3);
		rule->burst.within_ms = (1 + below(30)) * STORY_HOUR;
		break;
	case RULE_CHAIN_BROKEN_1:
		rule->chain_broken.clock_ms =
		    below(3) * (uint64_t)STORY_DAY / 2;
		break;
	default:
		break;
	}
}

static inline void
wild_rule(struct rule_row *rule, unsigned n)
{
	static const enum rule_kind kinds[] = {RULE_NODE_SILENT_1,
	    RULE_CASE_DEADLINE_1, RULE_BURST_1, RULE_CHAIN_BROKEN_1,
	    RULE_CASE_DEADLINE_1, RULE_BURST_1};
	char id[CODE_MAX];

	(void)snprintf(id, sizeof id, "R%u", n);
	if (one_in(3)) {
		wild_repeat(rule, id);
	} else if (one_in(2)) {
		wild_unsigned(rule, id);
	} else {
		*rule = (struct rule_row){.kind = kinds[below(6)],
		    .tell = one_in(2) ? TELL_HEAD : TELL_ADMIN,
		    .severity = below(4)};
		(void)text_copy(rule->id, CODE_MAX, id);
		wild_body(rule);
	}
}

/* An id that no rule has; one of old comes back as another rule. */
static inline unsigned
free_rule(const struct history *history)
{
	char id[CODE_MAX];

	for (unsigned i = 0;; i++) {
		bool is_taken = false;

		(void)snprintf(id, sizeof id, "R%u", i);
		for (unsigned k = 0; k < history->rule_count; k++)
			is_taken =
			    is_taken || strcmp(history->rules[k].id, id) == 0;
		if (!is_taken)
			return i;
	}
}

static inline void
wild_threshold(struct rule_row *rule)
{
	struct unsigned_units *body = &rule->unsigned_units;

	if (rule->kind == RULE_REPEAT_INCIDENTS_1)
		rule->repeat_incidents.count = 1 + below(3);
	else
		wild_body(rule);
	if (rule->kind != RULE_UNSIGNED_UNITS_1)
		return;
	body->min_units = 1 + below(3);
	wild_clear(body);
	if (one_in(2)) {
		body->counts = IF_READ;
		body->signed_bp = 0;
	}
}

static inline void
wild_rules(struct wild *wild)
{
	struct history *history = wild->history;
	unsigned n = below(history->rule_count), id;

	if (one_in(4) && history->rule_count > 1) {
		history->rules[n] = history->rules[--history->rule_count];
	} else if (one_in(3) && history->rule_count < RULES_HERE) {
		id = free_rule(history);
		wild_rule(&history->rules[history->rule_count++], id);
	} else if (one_in(4)) {
		(void)sscanf(history->rules[n].id, "R%u", &id);
		wild_rule(&history->rules[n], id);
	} else {
		wild_threshold(&history->rules[n]);
	}
	story_rules(history->story, history->rules, history->rule_count);
}

static inline void
wild_dates(struct campaign_row *row)
{
	row->due_ms = STORY_START + DAYS(4) + below(8) * DAYS(1) / 2;
	row->grace_end_ms = row->due_ms + below(8) * DAYS(1) / 2;
	row->lock_ms = row->grace_end_ms + (4 + below(40)) * DAYS(1) / 2;
}

static inline void
wild_campaign(struct wild *wild)
{
	if (one_in(3))
		wild_dates(&wild->campaigns[below(2)]);
	story_campaigns(wild->history->story, wild->campaigns, 1 + below(2));
}

/* ---- what nodes record */

/* Mostly one that the node may write for now. */
static inline const struct unit_row *
wild_unit_of(const struct history *history, unsigned n)
{
	const struct unit_row *row = NULL;

	for (unsigned i = 0; i < 6; i++) {
		row = pick_unit(history, n);
		if (row != NULL && !history->is_gone[row - history->units])
			return row;
	}
	return row;
}

static inline void
wild_spool(struct wild *wild, unsigned n, struct event *event)
{
	struct spool *spool = &wild->history->spools[n];
	unsigned count = spool->count;
	uint64_t hours;

	spool_add(wild->history, n, event);
	if (spool->count == count)
		return;
	event = &spool->events[count];
	event->recorded_at_ms += (uint64_t)wild->clock_ms[n];
	hours = event->recorded_at_ms / STORY_HOUR;
	if (event_incident(event) != NULL)
		event->recorded_at_ms = hours * STORY_HOUR;
	story_must(event_check(event) == REJECT_NONE, __func__,
	    reject_word(event_check(event)));
}

static inline struct event
wild_incident(const struct history *history, const struct unit_row *unit)
{
	int day = (int)((history->story->now_ms - STORY_START) / STORY_DAY);
	int from = day - (int)below(12), to = from + (int)below(3);
	struct event event = an_incident(
	    unit->code, wild_acts[below(3)], from, to < day ? to : day);

	event.incident.source = 1 + below(3);
	event.incident.subject = 1 + below(6);
	event.incident.known_day -= below(3);
	event.incident.has_subject_tag = one_in(2);
	if (event.incident.has_subject_tag)
		memset(event.incident.subject_tag, 0x10 + (int)below(3),
		    EVENT_HASH_SIZE);
	event.incident.evidence_count = below(2);
	memset(event.incident.evidence, 5, EVENT_HASH_SIZE);
	if (event.incident.evidence_count == 0)
		memset(event.incident.evidence, 0, EVENT_HASH_SIZE);
	return event;
}

static inline struct event
wild_pledge(const struct history *history, const struct unit_row *unit)
{
	struct event event = random_pledge(history, unit);

	if (one_in(5))
		(void)text_copy(
		    event.pledge.campaign, CODE_MAX, wild_campaigns[1]);
	if (one_in(4))
		event.pledge.counts[EMPLOYMENT_NON_ASN] =
		    (struct count){true, 3, below(4)};
	return event;
}

/* A correction may leave a kind of employment out. */
static inline void
wild_counts(struct pledge *pledge)
{
	pledge->counts[below(3)].is_set = false;
	pledge->head_signed =
	    pledge->act == PLEDGE_PAKTA &&
	    (one_in(2) || (!pledge->counts[EMPLOYMENT_PNS].is_set &&
			      !pledge->counts[EMPLOYMENT_PPPK].is_set));
}

static inline void
wild_change(struct wild *wild, unsigned n)
{
	const struct history *history = wild->history;
	const struct unit_row *unit = wild_unit_of(history, n);
	const struct event *target;
	struct event event, said;
	unsigned owner;

	if (!pick_target(history, n, &owner, &target))
		return;
	event = a_withdrawal(history->story, owner, target->seq);
	if (unit != NULL && !one_in(3)) {
		bool is_pledge = target->kind == EVENT_PLEDGE_MADE;

		said = is_pledge ? wild_pledge(history, unit)
				 : wild_incident(history, unit);
		if (is_pledge && !one_in(3)) {
			said.pledge = target->pledge;
			said.pledge.counts[EMPLOYMENT_PNS] =
			    (struct count){true, 4, below(5)};
			wild_counts(&said.pledge);
		} else if (!is_pledge && one_in(2)) {
			memcpy(said.incident.unit, target->incident.unit,
			    CODE_MAX);
		}
		event = a_correction(history->story, owner, target->seq, &said);
	}
	wild_spool(wild, n, &event);
}

static inline void
wild_record(struct wild *wild, unsigned n)
{
	const struct unit_row *unit = wild_unit_of(wild->history, n);
	struct event event;

	if (one_in(4)) {
		wild_change(wild, n);
		return;
	}
	if (unit == NULL)
		return;
	if (!one_in(4)) {
		event = wild_pledge(wild->history, unit);
		wild_spool(wild, n, &event);
		return;
	}
	for (unsigned i = one_in(4) ? 2 + below(3) : 1; i > 0; i--) {
		event = wild_incident(wild->history, unit);
		wild_spool(wild, n, &event);
	}
}

/* ---- what reviewers and the log itself record */

static inline void
wild_review(struct wild *wild)
{
	struct story *story = wild->history->story;
	unsigned count = view_incident_count(story->view);
	struct event event = {.kind = EVENT_INCIDENT_REVIEWED};
	unsigned n = wild->reviewers[below(2)];
	struct view_case found;

	if (count == 0)
		return;
	view_case(story->view, below(count), &found);
	event.reviewed.target = found.id;
	event.reviewed.step = 1 + below(12);
	if (one_in(3))
		event.reviewed.step = 3;
	if (event.reviewed.step == 11) {
		view_case(story->view, below(count), &found);
		event.reviewed.duplicate_of = found.id;
	}
	if (event.reviewed.step == 5 || event.reviewed.step == 6)
		(void)text_copy(
		    event.reviewed.decision, REFERENCE_MAX, "BKN/1/2024");
	story_frame(story, n, &event);
	if (event_check(&event) == REJECT_NONE)
		(void)story_record(story, n, &event);
	if (one_in(2))
		story_sync(story, n);
}

static inline void
wild_fault(struct wild *wild, unsigned n)
{
	struct story *story = wild->history->story;
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_NODE_FAULTED,
	    .recorded_at_ms = story->now_ms};

	memcpy(event.faulted.node, story->nodes[n].id, EVENT_ID_SIZE);
	event.faulted.word = one_in(2) ? REJECT_FORK : REJECT_BAD_SIGNATURE;
	event.faulted.seq = story->nodes[n].seq + 1;
	(void)story_input(story, AUTHOR_LOG, &event);
}

/* ---- what people decide */

static inline const char *
wild_campaign_id(void)
{
	return wild_campaigns[one_in(4)];
}

static inline void
wild_extend(struct wild *wild)
{
	const struct history *history = wild->history;
	const struct unit_row *unit =
	    &history->units[below(history->unit_count)];
	char wilayah[WILAYAH_MAX];
	uint64_t until =
	    history->story->now_ms + below(16) * DAYS(1) / 2 - DAYS(3);
	struct event event;

	put_district(wilayah, below(history->kecamatan));
	event = one_in(2) ? an_extension_of(unit->code, NULL, until)
			  : an_extension_of(NULL, wilayah, until);
	(void)text_copy(event.extended.campaign, CODE_MAX, wild_campaign_id());
	(void)story_record(history->story, 0, &event);
}

static inline void
wild_excuse(struct wild *wild)
{
	const struct history *history = wild->history;
	bool is_lifted = one_in(3);
	struct event event = an_excuse_of(
	    history->units[below(history->unit_count)].code, is_lifted);

	(void)text_copy(event.excused.campaign, CODE_MAX, wild_campaign_id());
	(void)story_record(history->story, 0, &event);
}

/* An open alert if one is found. */
static inline void
wild_close_alert(struct wild *wild)
{
	static const char *const reasons[] = {
	    "SELESAI", "NYATA", "BUATAN", "KELIRU"};
	const struct view *view = wild->history->story->view;
	const struct view_alert *alert = NULL;
	struct event event;

	for (unsigned i = 0; i < 8 && view_alert_count(view) > 0; i++) {
		alert = view_alert(view, below(view_alert_count(view)));
		if (alert->state == ALERT_OPEN)
			break;
	}
	if (alert == NULL)
		return;
	event = a_closing_of(alert->id, reasons[below(4)]);
	(void)story_record(wild->history->story, 0, &event);
}

static inline void
wild_close_campaign(struct wild *wild)
{
	struct event event = a_campaign_closing(wild_campaign_id());

	(void)story_record(wild->history->story, 0, &event);
}

static inline void
wild_calendar(struct wild *wild)
{
	struct calendar_row rows[4];
	int day = (int)below(WILD_DAYS);

	rows[0] = a_holiday(day);
	rows[1] = a_holiday(day + 1 + (int)below(5));
	day = (int)below(WILD_DAYS);
	rows[2] = a_stage("TENANG", day, day + (int)below(5), 1, true);
	rows[3] = a_stage("KAMPANYE", day - 5, day + 5, 2, one_in(4));
	story_calendar(wild->history->story, rows, 1 + below(4));
}

static inline void
wild_decide(struct wild *wild)
{
	switch (below(8)) {
	case 0:
	case 1:
		wild_extend(wild);
		break;
	case 2:
	case 3:
		wild_excuse(wild);
		break;
	case 4:
		if (one_in(16))
			wild_close_campaign(wild);
		break;
	case 5:
		wild_calendar(wild);
		break;
	case 6:
		wild_close_alert(wild);
		break;
	}
}

/* ---- what admins do */

static inline void
wild_named(struct wild *wild, unsigned n, enum event_kind kind)
{
	struct event event = {.kind = kind};

	memcpy(
	    event.named.node, wild->history->story->nodes[n].id, EVENT_ID_SIZE);
	if (kind == EVENT_NODE_VOUCHED)
		(void)text_copy(event.named.reason, REASON_MAX, "BERKAS");
	(void)story_record(wild->history->story, 0, &event);
}

static inline void
wild_new_node(struct wild *wild)
{
	struct story *story = wild->history->story;
	char wilayah[WILAYAH_MAX];
	bool is_pending = one_in(3);
	unsigned n;

	if (story->node_count > 14)
		return;
	put_district(wilayah, below(wild->history->kecamatan));
	n = story_enrol(story, KIND_COLLECTOR, wilayah, is_pending);
	wild->is_pending[n] = is_pending;
}

static inline void
wild_confirm(struct wild *wild, unsigned n)
{
	if (!wild->is_pending[n] || wild->history->spools[n].is_revoked)
		return;
	wild_named(wild, n, EVENT_NODE_CONFIRMED);
	wild->is_pending[n] = false;
}

static inline void
wild_admin(struct wild *wild)
{
	struct history *history = wild->history;
	unsigned n = 1 + below(history->story->node_count - 1);

	if (one_in(2)) {
		wild_decide(wild);
		return;
	}
	switch (below(12)) {
	case 0:
		if (one_in(2))
			wild_roster(wild);
		break;
	case 1:
		if (!wild->is_pending[n])
			revoke(history, n);
		break;
	case 2:
		wild_new_node(wild);
		break;
	case 3:
		if (one_in(2))
			wild_rules(wild);
		break;
	case 4:
		if (one_in(6))
			wild_campaign(wild);
		break;
	case 5:
		wild_named(wild, n, EVENT_NODE_VOUCHED);
		break;
	case 6:
	case 7:
		wild_confirm(wild, n);
		break;
	default:
		change_as_admin(history);
		break;
	}
}

/* ---- a history */

static inline struct wild *
wild_new(uint64_t seed)
{
	struct wild *wild = xcalloc(1, sizeof *wild);
	struct history *history = xcalloc(1, sizeof *history);
	char wilayah[WILAYAH_MAX];

	chance = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	(void)below(2);
	wild->history = history;
	history->seed = seed;
	history->story = story_new("73.71");
	history->spools = xcalloc(STORY_NODES_MAX, sizeof *history->spools);
	history->kecamatan = 1 + below(3);
	for (unsigned i = 0; i < history->kecamatan; i++) {
		put_district(wilayah, i);
		(void)add_collector(history, wilayah);
		if (one_in(3))
			(void)add_collector(history, wilayah);
	}
	if (one_in(4))
		(void)add_collector(history, "73.71");
	for (unsigned i = 0; i < 2; i++)
		wild->reviewers[i] =
		    story_node(history->story, KIND_REVIEWER, "73.71");
	for (unsigned i = 1 + below(WILD_UNITS - 2); i > 0; i--)
		add_unit(history);
	wild_unsigned(&history->rules[history->rule_count++], "R0");
	wild_repeat(&history->rules[history->rule_count++], "R1");
	for (unsigned i = 2; i < RULES_HERE; i++)
		wild_rule(&history->rules[history->rule_count++], i);
	for (unsigned i = 0; i < 2; i++) {
		wild->campaigns[i] = a_campaign(wild_campaigns[i]);
		wild_dates(&wild->campaigns[i]);
	}
	send_roster(history);
	story_campaigns(history->story, wild->campaigns, 2);
	story_rules(history->story, history->rules, history->rule_count);
	return wild;
}

static inline void
wild_free(struct wild *wild)
{
	history_free(wild->history);
	free(wild);
}

static inline void
wild_step(struct wild *wild)
{
	struct history *history = wild->history;
	unsigned n = 1 + below(history->story->node_count - 1);
	struct spool *spool = &history->spools[n];

	if (one_in(6)) {
		wild_admin(wild);
	} else if (one_in(12)) {
		wild_review(wild);
	} else if (one_in(250)) {
		wild_fault(wild, n);
	} else if (wild->is_pending[n] || !is_collector(history, n)) {
		return;
	} else if (spool->is_revoked) {
		if (one_in(4))
			bring_bundle(history, n);
	} else if (one_in(8)) {
		spool->is_down = !spool->is_down;
		if (one_in(4))
			wild->clock_ms[n] =
			    ((int64_t)below(9) - 4) * (STORY_DAY / 4);
	} else if (one_in(2)) {
		wild_record(wild, n);
	} else if (!spool->is_down) {
		talk(history, n);
	}
}

/* The region was down for days; what is sent first comes before the Ticked
 * or behind it. */
static inline void
wild_stop(struct wild *wild)
{
	struct story *story = wild->history->story;

	story->now_ms += (1 + below(6)) * DAYS(1) / 2;
	if (one_in(3))
		wild_step(wild);
	story_tick(story, story->now_ms);
}

static inline struct wild *
wild_of(uint64_t seed)
{
	struct wild *wild = wild_new(seed);
	struct story *story = wild->history->story;

	while (story->now_ms < STORY_START + DAYS(WILD_DAYS)) {
		for (unsigned i = below(16); i > 0; i--)
			wild_step(wild);
		if (one_in(16))
			wild_stop(wild);
		story_until(story, story->now_ms + below(20 * STORY_HOUR));
	}
	return wild;
}

#endif
