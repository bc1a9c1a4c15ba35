/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region's log in virtual time, for tests of judge/: nodes record events,
 * each passes the gate and view_check, is applied and judged, and the verdicts
 * follow it. All bytes are kept, so a story can be told again.
 */
#ifndef TESTS_SUPPORT_LOG_BUILDER_H
#define TESTS_SUPPORT_LOG_BUILDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "model/catalog.h"
#include "model/wire.h"
#include "trust/hash.h"

enum {
	STORY_NODES_MAX = 64,
	STORY_SECOND = 1000,
	STORY_HOUR = 3600 * 1000,
	STORY_DAY = 24 * STORY_HOUR,
	/* proto/event.proto */
	KIND_COLLECTOR = 1,
	KIND_ADMIN,
	KIND_REVIEWER,
	KIND_NOTIFIER,
	KIND_FOLLOWER,
	PLEDGE_IKRAR = 1,
	PLEDGE_PAKTA = 2,
	BY_UNIT = 1,
	BY_KECAMATAN,
	BY_OPD,
	BY_REGION,
	BY_ACT,
	BY_SUBJECT,
	AT_DUE = 1,
	AT_GRACE_END = 2,
	IF_READ = 1,
	IF_HEAD,
	IF_SHARE,
	TELL_ADMIN = 1,
	TELL_HEAD = 2,
	DINAS = 4,
	KECAMATAN = 7,
	KELURAHAN = 8,
};

#define STORY_START UINT64_C(1727740800000) /* 2024-10-01T00:00Z */
enum { STORY_START_DAY = 19997 };

struct story_node {
	uint8_t id[EVENT_ID_SIZE];
	char wilayah[WILAYAH_MAX];
	uint64_t seq;
	uint64_t seen; /* of the log, when it records */
};

struct story_entry {
	enum author author;
	uint64_t received_at_ms;
	enum event_kind kind;
	size_t len;
	uint8_t *bytes;
};

/* A verdict, as it was said. */
struct said {
	enum event_kind kind;
	uint64_t index;
	struct verdict verdict;
	struct alert_unit units[VERDICT_UNITS_MAX];
	struct alert_unit removed[VERDICT_UNITS_MAX];
	uint64_t evidence[VERDICT_EVIDENCE_MAX];
};

struct story {
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	uint64_t now_ms;
	struct story_node nodes[STORY_NODES_MAX];
	unsigned node_count;
	struct story_entry *entries;
	size_t entry_count, entry_cap;
	struct said *said;
	size_t said_count, said_cap;
	uint32_t roster_version, campaign_version, rules_version;
	uint32_t calendar_version;
	bool is_silent; /* applies only: verdicts are not asked for */
};

/* A story that cannot be told as it was written ends the test. */
static inline void
story_must(bool holds, const char *what, const char *why)
{
	if (holds)
		return;
	(void)fprintf(stderr, "story: %s: %s\n", what, why);
	abort();
}

static inline void
story_keep(struct story *story, const struct story_entry *kept)
{
	if (story->entry_count == story->entry_cap) {
		story->entry_cap = story->entry_cap * 2 + 64;
		story->entries = xrealloc(
		    story->entries, story->entry_cap, sizeof *story->entries);
	}
	story->entries[story->entry_count++] = *kept;
}

/* Packs, unpacks as everybody else will read it, applies. The event lives in
 * the wire's memory until the next call. */
static inline uint64_t
story_append(struct story *story, enum author author, const struct event *event)
{
	static uint8_t at[EVENT_MAX];
	size_t len = wire_pack(event, at, sizeof at);
	struct story_entry kept = {
	    author, story->now_ms, event->kind, len, xcalloc(len + 1, 1)};
	struct entry entry = {.index = view_size(story->view),
	    .author = author,
	    .received_at_ms = story->now_ms};
	struct event *read = xcalloc(1, sizeof *read);
	enum reject word;

	story_must(len > 0, event_kind_name(event->kind), "does not fit");
	memcpy(kept.bytes, at, len);
	word = wire_unpack(story->wire, bytes_of(at, len), read);
	story_must(word == REJECT_NONE, event_kind_name(event->kind),
	    reject_word(word));
	entry.event = read;
	view_apply(story->view, &entry);
	story_keep(story, &kept);
	free(read);
	return entry.index;
}

static inline void
story_say(struct story *story, const struct event *event, uint64_t index)
{
	const struct verdict *verdict = &event->verdict;
	struct said *said;

	if (story->said_count == story->said_cap) {
		story->said_cap = story->said_cap * 2 + 16;
		story->said =
		    xrealloc(story->said, story->said_cap, sizeof *story->said);
	}
	said = &story->said[story->said_count++];
	memset(said, 0, sizeof *said);
	said->kind = event->kind;
	said->index = index;
	said->verdict = *verdict;
	if (verdict->unit_count > 0)
		memcpy(said->units, verdict->units,
		    verdict->unit_count * sizeof *said->units);
	if (verdict->removed_count > 0)
		memcpy(said->removed, verdict->removed,
		    verdict->removed_count * sizeof *said->removed);
	if (verdict->evidence_count > 0)
		memcpy(said->evidence, verdict->evidence,
		    verdict->evidence_count * sizeof *said->evidence);
}

static inline uint64_t
story_input(struct story *story, enum author author, const struct event *event)
{
	uint64_t index = story_append(story, author, event);
	struct entry input = {.index = index,
	    .author = author,
	    .received_at_ms = story->now_ms,
	    .event = event};
	struct event verdict;

	if (story->is_silent)
		return index;
	judge_start(story->judge, story->view, &input);
	while (judge_next(story->judge, story->view, &verdict)) {
		story_must(event_check(&verdict) == REJECT_NONE, __func__, "");
		story_say(story, &verdict, view_size(story->view));
		(void)story_append(story, AUTHOR_LOG, &verdict);
	}
	return index;
}

static inline void
story_id(uint8_t id[EVENT_ID_SIZE], unsigned n)
{
	struct hash hash = hash_bytes(bytes_of(&n, sizeof n));

	memcpy(id, hash.at, EVENT_ID_SIZE);
}

/* `wilayah` with or without a confirmation to wait for. */
static inline unsigned
story_enrol(
    struct story *story, uint32_t kind, const char *wilayah, bool pending)
{
	unsigned n = story->node_count++;
	struct story_node *node = &story->nodes[n];
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_NODE_ENROLLED,
	    .recorded_at_ms = story->now_ms};

	story_id(node->id, n);
	(void)text_copy(node->wilayah, WILAYAH_MAX, wilayah);
	memcpy(event.enrolled.node, node->id, EVENT_ID_SIZE);
	event.enrolled.kind = kind;
	(void)text_copy(event.enrolled.wilayah, WILAYAH_MAX, wilayah);
	memset(event.enrolled.sign_key, 0x40 + (int)n, 32);
	memset(event.enrolled.link_key, 0x80 + (int)n, 32);
	event.enrolled.pending = pending;
	(void)story_input(story, AUTHOR_LOG, &event);
	node->seen = 0;
	return n;
}

static inline unsigned
story_node(struct story *story, uint32_t kind, const char *wilayah)
{
	return story_enrol(story, kind, wilayah, false);
}

/* Node 0 is an admin of the region. */
static inline struct story *
story_new(const char *wilayah)
{
	struct story *story = xcalloc(1, sizeof *story);
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_LOG_STARTED,
	    .recorded_at_ms = STORY_START};
	struct hash hash;

	story->view = view_new();
	story->judge = judge_new();
	story->wire = wire_new();
	story->now_ms = STORY_START;
	(void)snprintf(event.started.origin, ORIGIN_MAX, "ikrar/%s/1", wilayah);
	(void)text_copy(event.started.wilayah, WILAYAH_MAX, wilayah);
	memset(event.started.log_key, 1, 32);
	/* The first admin: its id is made of its key. */
	memset(event.started.admin_sign_key, 2, 32);
	memset(event.started.admin_link_key, 3, 32);
	(void)story_input(story, AUTHOR_LOG, &event);
	hash = hash_node(event.started.admin_sign_key);
	memcpy(story->nodes[0].id, hash.at, EVENT_ID_SIZE);
	(void)text_copy(story->nodes[0].wilayah, WILAYAH_MAX, wilayah);
	story->node_count = 1;
	return story;
}

static inline void
story_free(struct story *story)
{
	for (size_t i = 0; i < story->entry_count; i++)
		free(story->entries[i].bytes);
	free(story->entries);
	free(story->said);
	view_free(story->view);
	judge_free(story->judge);
	wire_free(story->wire);
	free(story);
}

/* The node hears of the log as it is now. */
static inline void
story_sync(struct story *story, unsigned n)
{
	story->nodes[n].seen = view_size(story->view);
}

static inline void
story_frame(struct story *story, unsigned n, struct event *event)
{
	const struct story_node *node = &story->nodes[n];

	event->version = EVENT_VERSION;
	memcpy(event->node, node->id, EVENT_ID_SIZE);
	event->seq = node->seq + 1;
	event->recorded_at_ms = story->now_ms;
	if (event->wilayah[0] == '\0')
		(void)text_copy(event->wilayah, WILAYAH_MAX, node->wilayah);
	if (event->seen_size == 0 && node->seen > 0) {
		event->seen_epoch = 1;
		event->seen_size = node->seen;
	}
}

/* What the region says to this event of the node; taken when it is taken. */
static inline enum reject
story_record(struct story *story, unsigned n, struct event *event)
{
	enum reject word;

	story_frame(story, n, event);
	story_must(event_check(event) == REJECT_NONE,
	    event_kind_name(event->kind), reject_word(event_check(event)));
	word = view_check(story->view, event, story->now_ms);
	if (word == REJECT_NONE) {
		story->nodes[n].seq = event->seq;
		(void)story_input(story, AUTHOR_NODE, event);
	}
	return word;
}

static inline void
story_take(struct story *story, unsigned n, struct event *event)
{
	enum reject word = story_record(story, n, event);

	story_must(word == REJECT_NONE, event_kind_name(event->kind),
	    reject_word(word));
}

static inline void
story_tick(struct story *story, uint64_t until_ms)
{
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_TICKED,
	    .until_ms = until_ms};

	story->now_ms = until_ms;
	event.recorded_at_ms = until_ms;
	(void)story_input(story, AUTHOR_LOG, &event);
}

/* As the aggregator does: a Ticked whenever a timer is due until then. */
static inline void
story_until(struct story *story, uint64_t until_ms)
{
	for (uint64_t due = view_next_due_ms(story->view); due <= until_ms;
	     due = view_next_due_ms(story->view))
		story_tick(story, due > story->now_ms ? due : story->now_ms);
	story->now_ms = until_ms;
}

/* The node hears of the log and says so. */
static inline void
story_report(struct story *story, unsigned n)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	story_sync(story, n);
	(void)text_copy(event.software, SOFTWARE_MAX, "test");
	story_take(story, n, &event);
}

/* ---- texts */

static inline struct unit_row
a_unit(const char *code, const char *wilayah, uint32_t pns)
{
	struct unit_row row = {.kind = KELURAHAN, .heads = {pns, 0, 0}};

	(void)text_copy(row.code, CODE_MAX, code);
	(void)snprintf(row.name, NAME_MAX_BYTES, "Unit %s", code);
	(void)text_copy(row.wilayah, WILAYAH_MAX, wilayah);
	return row;
}

static inline enum reject
story_try_roster(
    struct story *story, const struct unit_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_ROSTER_CHANGED};
	struct part *part = &event.roster.part;
	struct hasher *hasher = hasher_new();
	enum reject word = REJECT_NONE;
	struct hash hash;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t at[512];

		hasher_add(hasher,
		    bytes_of(at, wire_pack_unit_row(&rows[i], at, sizeof at)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(part->sha256, hash.at, HASH_SIZE);
	part->version = story->roster_version + 1;
	part->parts =
	    count == 0 ? 1 : (count + EVENT_ROWS_MAX - 1) / EVENT_ROWS_MAX;
	for (part->part = 1; part->part <= part->parts; part->part++) {
		uint32_t first = (part->part - 1) * EVENT_ROWS_MAX;

		event.roster.rows = rows + first;
		event.roster.row_count = count - first < EVENT_ROWS_MAX
					     ? count - first
					     : EVENT_ROWS_MAX;
		event.seq = 0;
		word = story_record(story, 0, &event);
		if (word != REJECT_NONE)
			return word;
	}
	story->roster_version++;
	return word;
}

static inline void
story_roster(struct story *story, const struct unit_row *rows, uint32_t count)
{
	enum reject word = story_try_roster(story, rows, count);

	story_must(word == REJECT_NONE, __func__, reject_word(word));
}

static inline struct campaign_row
a_campaign(const char *id)
{
	struct campaign_row row = {.due_ms = STORY_START + 7 * STORY_DAY,
	    .grace_end_ms = STORY_START + UINT64_C(10) * STORY_DAY,
	    .lock_ms = STORY_START + UINT64_C(24) * STORY_DAY};

	(void)text_copy(row.id, CODE_MAX, id);
	(void)text_copy(row.name, NAME_MAX_BYTES, "Ikrar");
	return row;
}

static inline void
story_campaigns(
    struct story *story, const struct campaign_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_CAMPAIGN_CHANGED};
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t at[512];

		hasher_add(hasher, bytes_of(at, wire_pack_campaign_row(
						    &rows[i], at, sizeof at)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	event.campaign.part = (struct part){
	    .version = ++story->campaign_version, .part = 1, .parts = 1};
	memcpy(event.campaign.part.sha256, hash.at, HASH_SIZE);
	event.campaign.rows = rows;
	event.campaign.row_count = count;
	story_take(story, 0, &event);
}

static inline struct rule_row
a_rule(const char *id, uint32_t scope, uint32_t tell)
{
	struct rule_row row = {.kind = RULE_UNSIGNED_UNITS_1, .tell = tell};
	struct unsigned_units *body = &row.unsigned_units;

	(void)text_copy(row.id, CODE_MAX, id);
	(void)text_copy(body->campaign, CODE_MAX, "PILKADA");
	body->scope = scope;
	body->min_units = 1;
	body->counts = IF_HEAD;
	body->mark_count = 1;
	body->at[0].anchor = AT_GRACE_END;
	body->settle_ms = 2 * STORY_HOUR;
	return row;
}

static inline struct rule_row
a_repeat_rule(const char *id, uint32_t scope, uint32_t count)
{
	struct rule_row row = {
	    .kind = RULE_REPEAT_INCIDENTS_1, .tell = TELL_HEAD};

	(void)text_copy(row.id, CODE_MAX, id);
	row.repeat_incidents = (struct repeat_incidents){.count = count,
	    .within_days = 30,
	    .scope = scope,
	    .min_sources = 1,
	    .states = 3};
	return row;
}

static inline void
story_rules(struct story *story, const struct rule_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_RULES_CHANGED};
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t at[2048];

		hasher_add(hasher,
		    bytes_of(at, wire_pack_rule_row(&rows[i], at, sizeof at)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	event.rules.part = (struct part){
	    .version = ++story->rules_version, .part = 1, .parts = 1};
	memcpy(event.rules.part.sha256, hash.at, HASH_SIZE);
	event.rules.rows = rows;
	event.rules.row_count = count;
	story_take(story, 0, &event);
}

static inline struct calendar_row
a_holiday(int day)
{
	struct calendar_row row = {.kind = CALENDAR_HOLIDAY};

	row.holiday.day = (uint32_t)(STORY_START_DAY + day);
	return row;
}

static inline struct calendar_row
a_stage(const char *id, int from, int to, uint32_t phase, bool sensitive)
{
	struct calendar_row row = {.kind = CALENDAR_STAGE};

	(void)text_copy(row.stage.id, CODE_MAX, id);
	row.stage.from_day = (uint32_t)(STORY_START_DAY + from);
	row.stage.to_day = (uint32_t)(STORY_START_DAY + to);
	row.stage.phase = phase;
	row.stage.sensitive = sensitive;
	return row;
}

static inline void
story_calendar(
    struct story *story, const struct calendar_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_CALENDAR_CHANGED};
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t at[512];

		hasher_add(hasher, bytes_of(at, wire_pack_calendar_row(
						    &rows[i], at, sizeof at)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	event.calendar.part = (struct part){
	    .version = ++story->calendar_version, .part = 1, .parts = 1};
	memcpy(event.calendar.part.sha256, hash.at, HASH_SIZE);
	event.calendar.rows = rows;
	event.calendar.row_count = count;
	story_take(story, 0, &event);
}

/* ---- what people decide */

/* For a unit, or with a wilayah for all that lie in it; the other is NULL. */
static inline struct event
an_extension_of(const char *unit, const char *wilayah, uint64_t until_ms)
{
	struct event event = {.kind = EVENT_DEADLINE_EXTENDED};
	struct deadline_extended *body = &event.extended;

	(void)text_copy(body->campaign, CODE_MAX, "PILKADA");
	(void)text_copy(body->unit, CODE_MAX, unit == NULL ? "" : unit);
	(void)text_copy(
	    body->wilayah, WILAYAH_MAX, wilayah == NULL ? "" : wilayah);
	(void)text_copy(body->reason, REASON_MAX, "BENCANA");
	body->until_ms = until_ms;
	return event;
}

static inline struct event
an_excuse_of(const char *unit, bool lifted)
{
	struct event event = {.kind = EVENT_UNIT_EXCUSED};

	(void)text_copy(event.excused.campaign, CODE_MAX, "PILKADA");
	(void)text_copy(event.excused.unit, CODE_MAX, unit);
	(void)text_copy(event.excused.reason, REASON_MAX, "DILEBUR");
	event.excused.lifted = lifted;
	return event;
}

static inline struct event
a_closing_of(const uint8_t alert[EVENT_ID_SIZE], const char *reason)
{
	struct event event = {.kind = EVENT_ALERT_CLOSED};

	memcpy(event.alert_closed.alert, alert, EVENT_ID_SIZE);
	(void)text_copy(event.alert_closed.reason, REASON_MAX, reason);
	return event;
}

static inline struct event
a_campaign_closing(const char *campaign)
{
	struct event event = {.kind = EVENT_CAMPAIGN_CLOSED};

	(void)text_copy(event.campaign_closed.campaign, CODE_MAX, campaign);
	return event;
}

/* ---- records */

/* The head signed; so many PNS signed. */
static inline struct event
a_pakta(const char *unit, uint64_t made_at_ms, uint32_t signatures)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE};
	struct pledge *pledge = &event.pledge;

	(void)text_copy(pledge->unit, CODE_MAX, unit);
	(void)text_copy(pledge->campaign, CODE_MAX, "PILKADA");
	(void)text_copy(pledge->template, CODE_MAX, "IKRAR-4-POIN");
	memset(pledge->template_sha256, 7, EVENT_HASH_SIZE);
	memset(pledge->ceremony, 8, EVENT_ID_SIZE);
	pledge->act = PLEDGE_PAKTA;
	pledge->form = 2;
	pledge->points = 15;
	pledge->made_at_ms = made_at_ms;
	pledge->head_signed = true;
	pledge->counts[EMPLOYMENT_PNS] = (struct count){
	    .is_set = true, .present = signatures, .signatures = signatures};
	return event;
}

static inline struct event
an_ikrar(const char *unit, uint64_t made_at_ms)
{
	struct event event = a_pakta(unit, made_at_ms, 0);

	event.pledge.act = PLEDGE_IKRAR;
	event.pledge.head_signed = false;
	return event;
}

static inline struct event
a_withdrawal(const struct story *story, unsigned owner, uint64_t seq)
{
	struct event event = {.kind = EVENT_WITHDRAWN};

	memcpy(
	    event.withdrawn.target.node, story->nodes[owner].id, EVENT_ID_SIZE);
	event.withdrawn.target.seq = seq;
	(void)text_copy(event.withdrawn.reason, REASON_MAX, "SALAH_INPUT");
	return event;
}

static inline struct event
a_correction(const struct story *story, unsigned owner, uint64_t seq,
    const struct event *to)
{
	struct event event = {.kind = EVENT_CORRECTED};

	memcpy(
	    event.corrected.target.node, story->nodes[owner].id, EVENT_ID_SIZE);
	event.corrected.target.seq = seq;
	event.corrected.kind = to->kind;
	if (to->kind == EVENT_PLEDGE_MADE)
		event.corrected.pledge = to->pledge;
	else
		event.corrected.incident = to->incident;
	return event;
}

/* Days from the story's start. */
static inline struct event
an_incident(const char *unit, const char *act, int from, int to)
{
	struct event event = {.kind = EVENT_INCIDENT_REPORTED};
	struct incident *incident = &event.incident;

	(void)text_copy(incident->unit, CODE_MAX, unit);
	(void)text_copy(incident->act, ACT_CODE_MAX, act);
	incident->happened_from_day = (uint32_t)(STORY_START_DAY + from);
	incident->happened_to_day = (uint32_t)(STORY_START_DAY + to);
	incident->known_day = incident->happened_to_day;
	incident->reported_day = incident->happened_to_day;
	incident->source = 1;
	incident->subject = 1;
	incident->evidence_count = 1;
	memset(incident->evidence[0], 9, EVENT_HASH_SIZE);
	return event;
}

/* Told twice: the same as what `seq` of `owner` tells. */
static inline struct event
a_twin(const struct story *story, unsigned owner, uint64_t seq, uint64_t of)
{
	struct event event = {.kind = EVENT_INCIDENT_REVIEWED};

	memcpy(
	    event.reviewed.target.node, story->nodes[owner].id, EVENT_ID_SIZE);
	event.reviewed.target.seq = seq;
	event.reviewed.step = catalog_number(CATALOG_STEP, "GANDA");
	memcpy(event.reviewed.duplicate_of.node, story->nodes[owner].id,
	    EVENT_ID_SIZE);
	event.reviewed.duplicate_of.seq = of;
	return event;
}

static inline struct event
a_review(
    const struct story *story, unsigned owner, uint64_t seq, const char *step)
{
	struct event event = {.kind = EVENT_INCIDENT_REVIEWED};

	memcpy(
	    event.reviewed.target.node, story->nodes[owner].id, EVENT_ID_SIZE);
	event.reviewed.target.seq = seq;
	event.reviewed.step = catalog_number(CATALOG_STEP, step);
	if (strstr(step, "TERBUKTI") != NULL)
		(void)text_copy(
		    event.reviewed.decision, REFERENCE_MAX, "BKN/1/2024");
	return event;
}

/* ---- reading */

static inline const struct said *
story_last(const struct story *story)
{
	return story->said_count == 0 ? NULL
				      : &story->said[story->said_count - 1];
}

static inline bool
said_unit(const struct said *said, const char *code)
{
	for (uint32_t i = 0; i < said->verdict.unit_count; i++)
		if (strcmp(said->units[i].code, code) == 0)
			return true;
	return false;
}

static inline const char *
said_why(const struct said *said, const char *code)
{
	for (uint32_t i = 0; i < said->verdict.removed_count; i++)
		if (strcmp(said->removed[i].code, code) == 0)
			return said->removed[i].why;
	return "";
}

static inline unsigned
story_open_alerts(const struct story *story)
{
	unsigned open = 0;

	for (unsigned i = 0; i < view_alert_count(story->view); i++)
		open += view_alert(story->view, i)->state == ALERT_OPEN;
	return open;
}

#endif
