/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region lived through at random: ceremonies, corrections, withdrawals,
 * nodes that are down for days, revoked and new nodes, a growing and shrinking
 * roster. All of it comes from one seed.
 */
#ifndef TESTS_PROP_RANDOM_HISTORY_H
#define TESTS_PROP_RANDOM_HISTORY_H

#include "tests/support/log_builder.h"
#include "tests/support/recipients.h"

enum {
	QUEUE_MAX = 512,
	KECAMATAN_MAX = 4,
	UNITS_MAX_HERE = 40,
	DAYS_IN_ALL = 20,
	RULES_HERE = 4,
};

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)
#define HEAD_MARK (STORY_START + DAYS(10))

/* ---- chance: asked once in an expression at most, for the compiler may
 * choose in which order arguments are made. */

static uint64_t chance;

static inline uint32_t
below(uint32_t limit)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (uint32_t)((chance >> 11) % limit);
}

static inline bool
one_in(uint32_t count)
{
	return below(count) == 0;
}

static inline uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t number;

	if (text == NULL || u64_get(&number, text, 1, UINT64_MAX) != OK)
		return otherwise;
	return number;
}

/* ---- a region and its nodes' spools */

struct spool {
	struct event events[QUEUE_MAX];
	unsigned first, count; /* not delivered yet: first..count-1 */
	uint64_t seq;          /* of the last recorded */
	bool is_down, is_revoked;
};

struct history {
	uint64_t seed;
	struct story *story;
	struct spool *spools; /* by node */
	unsigned kecamatan;
	struct unit_row units[UNITS_MAX_HERE];
	unsigned unit_count;
	bool is_gone[UNITS_MAX_HERE]; /* left the roster */
	struct rule_row rules[RULES_HERE];
	unsigned rule_count;
};

static inline void
put_district(char wilayah[WILAYAH_MAX], unsigned n)
{
	(void)snprintf(wilayah, WILAYAH_MAX, "73.71.%02u", n % 90 + 1);
}

static inline void
random_wilayah(const struct history *history, char wilayah[WILAYAH_MAX])
{
	unsigned district = below(history->kecamatan) % 90 + 1;

	(void)snprintf(wilayah, WILAYAH_MAX,
	    one_in(2) ? "73.71.%02u" : "73.71.%02u.1001", district);
}

static inline void
add_unit(struct history *history)
{
	unsigned n = history->unit_count++;
	char code[CODE_MAX], wilayah[WILAYAH_MAX];
	struct unit_row *row = &history->units[n];

	random_wilayah(history, wilayah);
	(void)snprintf(code, sizeof code, "U%02u", n);
	*row = a_unit(code, wilayah, below(4));
	row->heads[EMPLOYMENT_PPPK] = below(3);
	row->kind = one_in(3) ? DINAS : KELURAHAN;
	if (n > 0 && one_in(3))
		(void)text_copy(
		    row->parent, CODE_MAX, history->units[below(n)].code);
}

static inline void
send_roster(struct history *history)
{
	struct unit_row rows[UNITS_MAX_HERE];
	unsigned count = 0;

	for (unsigned i = 0; i < history->unit_count; i++)
		if (!history->is_gone[i])
			rows[count++] = history->units[i];
	story_roster(history->story, rows, count);
}

static inline void
random_unsigned(struct rule_row *rule, const char *id)
{
	bool is_head = one_in(2);
	struct unsigned_units *body = &rule->unsigned_units;

	*rule = a_rule(id, 1 + below(4), is_head ? TELL_HEAD : TELL_ADMIN);
	body->min_units = below(4);
	body->min_bp = body->min_units == 0 || one_in(2) ? 1 + below(9000) : 0;
	body->counts = 1 + below(3);
	body->signed_bp = body->counts == IF_SHARE ? 1 + below(10000) : 0;
	body->unit_kinds = one_in(3) ? 1u << DINAS : 0;
	body->settle_ms = below(48) * (uint64_t)STORY_HOUR;
	body->mark_count = 1 + below(2);
	for (uint32_t i = 0; i < body->mark_count; i++) {
		body->at[i].anchor =
		    is_head || one_in(2) ? AT_GRACE_END : AT_DUE;
		body->at[i].offset_ms =
		    ((int64_t)below(is_head ? 4 : 7) - (is_head ? 0 : 3)) *
		    STORY_DAY;
	}
}

static inline void
add_rule(struct history *history)
{
	unsigned n = history->rule_count++;
	char id[CODE_MAX];

	(void)snprintf(id, sizeof id, "R%u", n);
	random_unsigned(&history->rules[n], id);
}

static inline unsigned
add_collector(struct history *history, const char *wilayah)
{
	return story_node(history->story, KIND_COLLECTOR, wilayah);
}

static inline struct history *
history_new(uint64_t seed)
{
	struct history *history = xcalloc(1, sizeof *history);
	struct campaign_row campaign = a_campaign("PILKADA");
	char wilayah[WILAYAH_MAX];

	chance = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	(void)below(2);
	history->seed = seed;
	history->story = story_new("73.71");
	history->spools = xcalloc(STORY_NODES_MAX, sizeof *history->spools);
	history->kecamatan = 1 + below(KECAMATAN_MAX);
	for (unsigned i = 0; i < history->kecamatan; i++) {
		put_district(wilayah, i);
		(void)add_collector(history, wilayah);
		if (one_in(2))
			(void)add_collector(history, wilayah);
	}
	if (one_in(3))
		(void)add_collector(history, "73.71");
	for (unsigned i = 3 + below(20); i > 0; i--)
		add_unit(history);
	while (history->rule_count < 1 + below(RULES_HERE - 1))
		add_rule(history);
	history->rules[history->rule_count++] =
	    a_repeat_rule("Z", 1 + below(4), 2);
	campaign.lock_ms = STORY_START + DAYS(60);
	send_roster(history);
	story_campaigns(history->story, &campaign, 1);
	story_rules(history->story, history->rules, history->rule_count);
	return history;
}

static inline void
history_free(struct history *history)
{
	story_free(history->story);
	free(history->spools);
	free(history);
}

/* ---- what collectors do */

static inline bool
is_collector(const struct history *history, unsigned n)
{
	return view_node(history->story->view, n)->kind == KIND_COLLECTOR;
}

/* A unit that this node may write for; NULL: it found none. */
static inline const struct unit_row *
pick_unit(const struct history *history, unsigned n)
{
	const struct unit_row *row =
	    &history->units[below(history->unit_count)];

	return wilayah_is_within(row->wilayah, history->story->nodes[n].wilayah)
		   ? row
		   : NULL;
}

static inline struct event
random_pledge(const struct history *history, const struct unit_row *unit)
{
	/* Few moments, so that some are equal. */
	uint64_t now = history->story->now_ms;
	uint64_t made = now - below(12) * (uint64_t)STORY_DAY / 2;
	struct event event = one_in(3) ? an_ikrar(unit->code, made)
				       : a_pakta(unit->code, made, below(5));

	event.pledge.head_signed =
	    event.pledge.act == PLEDGE_PAKTA && one_in(2);
	if (one_in(2))
		event.pledge.counts[EMPLOYMENT_PPPK] =
		    (struct count){true, 2, below(4)};
	if (one_in(4) && event.pledge.act == PLEDGE_IKRAR)
		event.pledge.counts[EMPLOYMENT_PNS].is_set = false;
	return event;
}

static inline void
spool_add(struct history *history, unsigned n, struct event *event)
{
	struct spool *spool = &history->spools[n];
	struct story_node *node = &history->story->nodes[n];
	uint64_t taken = node->seq;

	if (spool->count == QUEUE_MAX)
		return;
	node->seq = spool->seq;
	story_frame(history->story, n, event);
	spool->seq = event->seq;
	node->seq = taken;
	spool->events[spool->count++] = *event;
}

/* One of its own records, or of an earlier node of the same wilayah. */
static inline bool
pick_target(const struct history *history, unsigned n, unsigned *owner,
    const struct event **target)
{
	const struct spool *spool;

	*owner = n;
	if (one_in(3)) {
		*owner = 1 + below(history->story->node_count - 1);
		if (*owner >= n || strcmp(history->story->nodes[*owner].wilayah,
				       history->story->nodes[n].wilayah) != 0)
			*owner = n;
	}
	spool = &history->spools[*owner];
	if (spool->count == 0)
		return false;
	*target = &spool->events[below(spool->count)];
	return (*target)->kind == EVENT_PLEDGE_MADE ||
	       (*target)->kind == EVENT_INCIDENT_REPORTED;
}

static inline void
record_change(struct history *history, unsigned n)
{
	const struct unit_row *unit = pick_unit(history, n);
	const struct event *target;
	struct event event, said;
	unsigned owner;

	if (!pick_target(history, n, &owner, &target))
		return;
	event = a_withdrawal(history->story, owner, target->seq);
	if (target->kind == EVENT_PLEDGE_MADE && unit != NULL && one_in(2)) {
		said = random_pledge(history, unit);
		if (!one_in(3)) {
			memcpy(said.pledge.unit, target->pledge.unit, CODE_MAX);
			said.pledge.act = target->pledge.act;
			said.pledge.counts[EMPLOYMENT_PNS].is_set = true;
			said.pledge.made_at_ms = target->pledge.made_at_ms;
		}
		event = a_correction(history->story, owner, target->seq, &said);
	}
	spool_add(history, n, &event);
}

static inline void
record_something(struct history *history, unsigned n)
{
	const struct unit_row *unit = pick_unit(history, n);
	struct event event;
	int day = (int)((history->story->now_ms - STORY_START) / STORY_DAY);

	if (one_in(4)) {
		record_change(history, n);
		return;
	}
	if (unit == NULL)
		return;
	if (one_in(8))
		event =
		    an_incident(unit->code, "APK", day - (int)below(9), day);
	else
		event = random_pledge(history, unit);
	spool_add(history, n, &event);
}

/* As the aggregator takes a batch: what is refused is proven refused. */
static inline void
deliver(struct history *history, unsigned n)
{
	struct story *story = history->story;
	struct spool *spool = &history->spools[n];

	for (; spool->first < spool->count; spool->first++) {
		struct event *event = &spool->events[spool->first];
		enum reject word =
		    view_check(story->view, event, story->now_ms);
		struct event refused = {.version = EVENT_VERSION,
		    .kind = EVENT_REFUSED,
		    .recorded_at_ms = story->now_ms};

		story->nodes[n].seq = event->seq;
		if (word == REJECT_NONE) {
			(void)story_input(story, AUTHOR_NODE, event);
			continue;
		}
		story_must(!reject_is_batch(word), __func__, reject_word(word));
		memcpy(refused.refused.node, event->node, EVENT_ID_SIZE);
		refused.refused.seq = event->seq;
		refused.refused.word = word;
		(void)story_input(story, AUTHOR_LOG, &refused);
	}
}

/* Everything of the spool, then a receipt, then a report if one is wanted. */
static inline void
talk(struct history *history, unsigned n)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	deliver(history, n);
	story_sync(history->story, n);
	if (!view_report_wanted(
		history->story->view, view_node(history->story->view, n)))
		return;
	spool_add(history, n, &event);
	deliver(history, n);
}

/* ---- what admins do */

/* Another collector of exactly the same wilayah stays. */
static inline bool
may_be_revoked(const struct history *history, unsigned n)
{
	for (unsigned i = 1; i < history->story->node_count; i++)
		if (i != n && is_collector(history, i) &&
		    !history->spools[i].is_revoked &&
		    strcmp(history->story->nodes[i].wilayah,
			history->story->nodes[n].wilayah) == 0)
			return true;
	return strcmp(history->story->nodes[n].wilayah, "73.71") == 0;
}

static inline void
revoke(struct history *history, unsigned n)
{
	struct event event = {.kind = EVENT_NODE_REVOKED};

	if (!is_collector(history, n) || history->spools[n].is_revoked ||
	    !may_be_revoked(history, n))
		return;
	memcpy(event.named.node, history->story->nodes[n].id, EVENT_ID_SIZE);
	(void)text_copy(event.named.reason, REASON_MAX, "HILANG");
	event.named.accept_up_to = one_in(2) ? 0 : history->spools[n].count;
	story_take(history->story, 0, &event);
	history->spools[n].is_revoked = true;
}

/* What it had recorded comes on a stick, as far as it was granted. */
static inline void
bring_bundle(struct history *history, unsigned n)
{
	struct spool *spool = &history->spools[n];
	uint64_t granted = view_node(history->story->view, n)->accept_up_to;
	unsigned count = spool->count;

	while (spool->count > spool->first &&
	       spool->events[spool->count - 1].seq > granted)
		spool->count--;
	deliver(history, n);
	spool->first = spool->count = count;
}

static inline void
change_as_admin(struct history *history)
{
	unsigned owner = 1 + below(history->story->node_count - 1);
	const struct spool *spool = &history->spools[owner];
	const struct event *target;
	struct event event, said;

	if (spool->count == 0)
		return;
	target = &spool->events[below(spool->count)];
	if (target->kind != EVENT_PLEDGE_MADE)
		return;
	said = *target;
	said.pledge.counts[EMPLOYMENT_PNS] = (struct count){true, 4, below(5)};
	said.pledge.head_signed = said.pledge.act == PLEDGE_PAKTA;
	event = one_in(3)
		    ? a_withdrawal(history->story, owner, target->seq)
		    : a_correction(history->story, owner, target->seq, &said);
	(void)story_record(history->story, 0, &event);
	if (one_in(2))
		story_sync(history->story, 0);
}

static inline void
change_roster(struct history *history)
{
	if (one_in(2) && history->unit_count < UNITS_MAX_HERE)
		add_unit(history);
	else
		history->is_gone[below(history->unit_count)] = true;
	send_roster(history);
}

/* Signed by anybody, a recipient in force or not. */
static inline void
change_recipients(struct history *history)
{
	const struct view_region *region = view_region(history->story->view);
	uint32_t version = (uint32_t)region->recipients_version + 1;
	uint32_t count = 1 + below(RECIPIENTS_MAX);
	struct event event =
	    recipients_of(version, (uint8_t)(1 + below(4)), count);

	if (version > 1)
		recipients_signed(
		    &event, region->origin, (uint8_t)(1 + below(12)));
	(void)story_record(history->story, 0, &event);
}

static inline void
admin_does_something(struct history *history)
{
	char wilayah[WILAYAH_MAX];
	unsigned n = 1 + below(history->story->node_count - 1);

	switch (below(7)) {
	case 0:
		change_roster(history);
		break;
	case 1:
		revoke(history, n);
		break;
	case 2:
		if (history->story->node_count + 8 > STORY_NODES_MAX)
			break;
		put_district(wilayah, below(history->kecamatan));
		(void)add_collector(history, wilayah);
		break;
	case 3:
		change_recipients(history);
		break;
	default:
		change_as_admin(history);
		break;
	}
}

/* ---- a history */

static inline void
one_step(struct history *history)
{
	unsigned n = 1 + below(history->story->node_count - 1);
	struct spool *spool = &history->spools[n];

	if (one_in(12)) {
		admin_does_something(history);
	} else if (spool->is_revoked) {
		if (one_in(4))
			bring_bundle(history, n);
	} else if (one_in(6)) {
		spool->is_down = !spool->is_down;
	} else if (one_in(2)) {
		record_something(history, n);
	} else if (!spool->is_down) {
		talk(history, n);
	}
}

static inline void
all_talk(struct history *history)
{
	for (unsigned n = 1; n < history->story->node_count; n++)
		if (!history->spools[n].is_revoked)
			talk(history, n);
}

static inline struct history *
history_of(uint64_t seed)
{
	struct history *history = history_new(seed);
	uint64_t end = STORY_START + DAYS(DAYS_IN_ALL);

	while (history->story->now_ms < end) {
		for (unsigned i = below(6); i > 0; i--)
			one_step(history);
		story_until(history->story,
		    history->story->now_ms + below(10 * STORY_HOUR));
	}
	/* All come home; then the daily looks see all of it. */
	all_talk(history);
	story_until(history->story, history->story->now_ms + DAYS(3));
	all_talk(history);
	story_until(history->story, history->story->now_ms + DAYS(2));
	return history;
}

#endif
