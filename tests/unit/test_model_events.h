/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One valid event of each kind, and random ones. Rows stand in the struct
 * beside the event, so that a test can spoil them. Fields are set one by one
 * in zeroed memory: then also the padding is zero and events can be compared
 * with memcmp.
 */
#ifndef TESTS_UNIT_TEST_MODEL_EVENTS_H
#define TESTS_UNIT_TEST_MODEL_EVENTS_H

#include <stdlib.h>
#include <string.h>

#include "model/catalog.h"
#include "model/event.h"
#include "model/row.h"

struct sample {
	struct event event;
	struct unit_row units[EVENT_ROWS_MAX + 1];
	struct campaign_row campaigns[EVENT_ROWS_MAX + 1];
	struct calendar_row calendar[EVENT_ROWS_MAX + 1];
	struct rule_row rules[EVENT_ROWS_MAX + 1];
	struct seat_row seats[EVENT_ROWS_MAX + 1];
	struct alert_unit alert_units[VERDICT_UNITS_MAX + 1];
	struct alert_unit removed[VERDICT_UNITS_MAX + 1];
	uint64_t evidence[VERDICT_EVIDENCE_MAX + 1];
};

static const enum event_kind all_kinds[] = {EVENT_PLEDGE_MADE,
    EVENT_INCIDENT_REPORTED, EVENT_CORRECTED, EVENT_WITHDRAWN,
    EVENT_INCIDENT_REVIEWED, EVENT_ROSTER_CHANGED, EVENT_CAMPAIGN_CHANGED,
    EVENT_CALENDAR_CHANGED, EVENT_RULES_CHANGED, EVENT_OFFICE_CHANGED,
    EVENT_NODE_INVITED, EVENT_NODE_CONFIRMED, EVENT_NODE_REVOKED,
    EVENT_NODE_VOUCHED, EVENT_NODE_REPORTED, EVENT_ALERT_DELIVERED,
    EVENT_ALERT_FAILED, EVENT_ALERT_ACKNOWLEDGED, EVENT_ALERT_SILENCED,
    EVENT_ALERT_ESCALATED, EVENT_DEADLINE_EXTENDED, EVENT_UNIT_EXCUSED,
    EVENT_ALERT_CLOSED, EVENT_CAMPAIGN_CLOSED, EVENT_CLOCK_ACCEPTED,
    EVENT_LOG_RECOVERED, EVENT_LOG_STARTED, EVENT_TICKED, EVENT_REFUSED,
    EVENT_NODE_ENROLLED, EVENT_NODE_FAULTED, EVENT_ALERT_OPENED,
    EVENT_ALERT_RAISED, EVENT_ALERT_CORRECTED, EVENT_ALERT_WITHDRAWN,
    EVENT_ALERT_RESOLVED};

enum { ALL_KINDS = sizeof all_kinds / sizeof all_kinds[0] };

/* xorshift64*: the same on every machine. */
struct chance {
	uint64_t state;
};

static inline uint64_t
seed_of_environment(void)
{
	const char *text = getenv("SEED");

	return text == NULL ? 20241001 : strtoull(text, NULL, 10);
}

static inline uint64_t
chance_next(struct chance *chance)
{
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return chance->state * 2685821657736338717ull;
}

/* from .. to, both included */
static inline uint64_t
chance_within(struct chance *chance, uint64_t from, uint64_t to)
{
	return from + (chance_next(chance) >> 11) % (to - from + 1);
}

static inline bool
chance_is(struct chance *chance)
{
	return chance_within(chance, 0, 1) == 1;
}

static inline void
chance_bytes(struct chance *chance, uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)chance_within(chance, 1, 255);
}

/* At most 15 digits in all, so that no run of 16 comes about. */
static inline void
chance_text(struct chance *chance, char *text, size_t cap, const char *first,
    const char *letters)
{
	size_t len = chance_within(chance, 1, cap - 1);

	memset(text, 0, cap);
	text[0] = first[chance_within(chance, 0, strlen(first) - 1)];
	for (size_t i = 1; i < len; i++)
		text[i] =
		    letters[chance_within(chance, 0, strlen(letters) - 1)];
}

static inline void
chance_code(struct chance *chance, char code[CODE_MAX])
{
	chance_text(chance, code, CODE_MAX, "ABCDEFGHIJKLMNOPQRSTUVWXYZ019",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
}

static inline void
chance_word(struct chance *chance, char word[WORD_MAX])
{
	chance_text(chance, word, WORD_MAX, "abcdefghijklmnopqrstuvwxyz09",
	    "abcdefghijklmnopqrstuvwxyz19_./+-");
}

static inline void
chance_reference(struct chance *chance, char reference[REFERENCE_MAX])
{
	chance_text(chance, reference, REFERENCE_MAX, "ABCXYZ/",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ/");
}

static inline void
chance_name(struct chance *chance, char name[NAME_MAX_BYTES])
{
	static const char *const names[] = {"Dinas Kesehatan",
	    "Kelurahan Soka\"an\"", "Puskesmas Bangkala, Barat", "SD Negeri 12",
	    "Kantor Camat Ma\xe2\x80\x99rang", "\xf0\x9f\x8c\xbf", "A"};

	memset(name, 0, NAME_MAX_BYTES);
	text_copy(name, NAME_MAX_BYTES, names[chance_within(chance, 0, 6)]);
}

static inline void
chance_wilayah(struct chance *chance, char wilayah[WILAYAH_MAX])
{
	static const char *const codes[] = {
	    "73", "73.04", "73.71.01", "73.71.01.1001"};

	memset(wilayah, 0, WILAYAH_MAX);
	text_copy(wilayah, WILAYAH_MAX, codes[chance_within(chance, 0, 3)]);
}

static inline uint32_t
chance_of(struct chance *chance, enum catalog catalog)
{
	return (uint32_t)chance_within(chance, 1, catalog_max(catalog));
}

static inline uint32_t
chance_u32(struct chance *chance, uint32_t from, uint32_t to)
{
	return (uint32_t)chance_within(chance, from, to);
}

static inline uint64_t
chance_ms(struct chance *chance)
{
	return chance_within(chance, 1, 4102444800000);
}

static inline void
chance_pledge(struct chance *chance, struct pledge *pledge)
{
	chance_code(chance, pledge->unit);
	chance_code(chance, pledge->campaign);
	chance_bytes(chance, pledge->ceremony, sizeof pledge->ceremony);
	pledge->act = chance_of(chance, CATALOG_ACT);
	pledge->form = chance_of(chance, CATALOG_FORM);
	pledge->points = chance_u32(chance, 1, 15);
	chance_code(chance, pledge->template);
	chance_bytes(chance, pledge->template_sha256, EVENT_HASH_SIZE);
	pledge->made_at_ms = chance_ms(chance);
	pledge->witnesses = chance_u32(chance, 0, 255);
	pledge->head_signed = true;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		struct count *count = &pledge->counts[i];

		count->is_set = chance_is(chance);
		if (!count->is_set)
			continue;
		count->present = chance_u32(chance, 0, 1000000);
		count->signatures = chance_u32(chance, 0, 1000000);
	}
	pledge->has_sheet = chance_is(chance);
	if (pledge->has_sheet)
		chance_bytes(chance, pledge->sheet_sha256, EVENT_HASH_SIZE);
}

static inline void
chance_incident(struct chance *chance, struct incident *incident)
{
	unsigned count;
	const struct act_row *acts = act_rows(&count);
	uint32_t from = chance_u32(chance, 1, 20000);

	chance_code(chance, incident->unit);
	text_copy(incident->act, sizeof incident->act,
	    acts[chance_within(chance, 0, count - 2)].code);
	incident->happened_from_day = from;
	incident->happened_to_day = from + chance_u32(chance, 0, 9);
	incident->known_day = from + chance_u32(chance, 0, 9);
	incident->reported_day = from + chance_u32(chance, 9, 400);
	incident->source = chance_of(chance, CATALOG_SOURCE);
	incident->subject = chance_of(chance, CATALOG_SUBJECT);
	incident->evidence_count = chance_u32(chance, 0, EVIDENCE_MAX);
	for (uint32_t i = 0; i < incident->evidence_count; i++)
		chance_bytes(chance, incident->evidence[i], EVENT_HASH_SIZE);
	incident->has_subject_tag = chance_is(chance);
	if (incident->has_subject_tag)
		chance_bytes(chance, incident->subject_tag, EVENT_HASH_SIZE);
}

static inline void
chance_target(struct chance *chance, struct record_id *target)
{
	if (chance_is(chance))
		chance_bytes(chance, target->node, sizeof target->node);
	target->seq = chance_within(chance, 1, UINT64_MAX >> 12);
}

static inline void
chance_part(struct chance *chance, struct part *part)
{
	part->version = chance_u32(chance, 1, UINT32_MAX);
	part->parts = chance_u32(chance, 1, 4096);
	part->part = chance_u32(chance, 1, part->parts);
	chance_bytes(chance, part->sha256, EVENT_HASH_SIZE);
}

static inline void
chance_unit(struct chance *chance, struct unit_row *unit)
{
	chance_code(chance, unit->code);
	chance_name(chance, unit->name);
	unit->kind = chance_of(chance, CATALOG_UNIT_KIND);
	chance_wilayah(chance, unit->wilayah);
	if (chance_is(chance))
		text_copy(unit->parent, sizeof unit->parent, "DINKES-1");
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		unit->heads[i] = chance_u32(chance, 0, 1000000);
}

static inline void
chance_campaign(struct chance *chance, struct campaign_row *campaign)
{
	chance_code(chance, campaign->id);
	chance_name(chance, campaign->name);
	campaign->due_ms = chance_within(chance, 1, 1000000000000);
	campaign->grace_end_ms =
	    campaign->due_ms + chance_within(chance, 0, 1000000000);
	campaign->lock_ms =
	    campaign->grace_end_ms + chance_within(chance, 0, 1000000000);
}

static inline void
chance_calendar(struct chance *chance, struct calendar_row *row)
{
	if (chance_is(chance)) {
		row->kind = CALENDAR_HOLIDAY;
		row->holiday.day = chance_u32(chance, 1, 47482);
		row->holiday.collective_leave = chance_is(chance);
		return;
	}
	row->kind = CALENDAR_STAGE;
	chance_code(chance, row->stage.id);
	row->stage.from_day = chance_u32(chance, 1, 40000);
	row->stage.to_day = row->stage.from_day + chance_u32(chance, 0, 99);
	row->stage.phase = chance_of(chance, CATALOG_PHASE);
	row->stage.sensitive = chance_is(chance);
}

static inline void
chance_unsigned(
    struct chance *chance, struct unsigned_units *body, bool tells_admin)
{
	chance_code(chance, body->campaign);
	body->scope = chance_u32(chance, 1, 4);
	body->unit_kinds = chance_u32(chance, 0, 0x7fff) << 1;
	body->min_units = chance_u32(chance, 1, 1000);
	body->min_bp = chance_u32(chance, 0, 10000);
	body->counts = chance_of(chance, CATALOG_SIGNED);
	if (body->counts == 3)
		body->signed_bp = chance_u32(chance, 1, 10000);
	body->mark_count = chance_u32(chance, 1, RULE_MARKS_MAX);
	for (uint32_t i = 0; i < body->mark_count; i++) {
		body->at[i].anchor = 2;
		body->at[i].offset_ms =
		    (int64_t)chance_within(chance, 0, 34560000000);
	}
	if (tells_admin)
		body->at[0].offset_ms = -body->at[0].offset_ms;
	body->settle_ms = chance_within(chance, 0, 2592000000);
	body->clear_units = chance_u32(chance, 0, body->min_units - 1);
}

static inline uint32_t
chance_acts(struct chance *chance, char acts[RULE_ACTS_MAX][ACT_CODE_MAX])
{
	uint32_t count = chance_u32(chance, 0, RULE_ACTS_MAX);

	for (uint32_t i = 0; i < count; i++)
		text_copy(acts[i], ACT_CODE_MAX, i % 2 == 0 ? "APK" : "HOX");
	return count;
}

static inline void
chance_repeat(struct chance *chance, struct repeat_incidents *body)
{
	body->count = chance_u32(chance, 1, 60);
	body->within_days = chance_u32(chance, 1, 3660);
	body->scope = chance_u32(chance, 1, 6);
	body->min_sources = chance_u32(chance, 0, 9);
	body->act_count = chance_acts(chance, body->acts);
	body->states = chance_u32(chance, 1, 3);
}

static inline void
chance_silent(struct chance *chance, struct node_silent *body)
{
	if (chance_is(chance))
		chance_wilayah(chance, body->wilayah);
	body->node_kinds = chance_u32(chance, 0, 0x3f) << 1;
	body->after_ms = chance_within(chance, 1, 34560000000);
	body->sensitive_after_ms = chance_within(chance, 0, body->after_ms);
}

static inline void
chance_deadline(struct chance *chance, struct case_deadline *body)
{
	body->step = chance_u32(chance, 0, 11);
	if (!step_is_a_standing(body->step))
		body->step = 0;
	body->days = chance_u32(chance, 1, 3660);
	body->clock = chance_of(chance, CATALOG_CLOCK);
	body->anchor = chance_of(chance, CATALOG_CASE_ANCHOR);
	body->act_count = chance_acts(chance, body->acts);
}

static inline void
chance_rule(struct chance *chance, struct rule_row *rule)
{
	chance_code(chance, rule->id);
	rule->tell = chance_of(chance, CATALOG_ROLE);
	rule->severity = chance_u32(chance, 0, 3);
	rule->kind = (enum rule_kind)chance_within(
	    chance, RULE_NONE + 1, RULE_KINDS - 1);
	switch (rule->kind) {
	case RULE_NONE:
	case RULE_KINDS:
		return;
	case RULE_UNSIGNED_UNITS_1:
		chance_unsigned(chance, &rule->unsigned_units, rule->tell == 1);
		return;
	case RULE_REPEAT_INCIDENTS_1:
		chance_repeat(chance, &rule->repeat_incidents);
		return;
	case RULE_NODE_SILENT_1:
		chance_silent(chance, &rule->node_silent);
		return;
	case RULE_CASE_DEADLINE_1:
		chance_deadline(chance, &rule->case_deadline);
		return;
	case RULE_BURST_1:
		rule->burst.count = chance_u32(chance, 1, 1000000);
		rule->burst.within_ms = chance_within(chance, 1, 2592000000);
		return;
	case RULE_CHAIN_BROKEN_1:
		rule->chain_broken.clock_ms =
		    chance_within(chance, 0, 2592000000);
		return;
	}
}

static inline void
chance_seat(struct chance *chance, struct seat_row *seat)
{
	chance_word(chance, seat->id);
	chance_wilayah(chance, seat->wilayah);
	seat->role = chance_of(chance, CATALOG_ROLE);
	chance_name(chance, seat->title);
	text_copy(
	    seat->zone, sizeof seat->zone, chance_is(chance) ? "WITA" : "WIB");
	text_copy(seat->language, sizeof seat->language,
	    chance_is(chance) ? "id" : "en");
	seat->channel_count = chance_u32(chance, 0, SEAT_CHANNELS_MAX);
	for (uint32_t i = 0; i < seat->channel_count; i++)
		chance_word(chance, seat->channels[i]);
	seat->term_count = chance_u32(chance, 0, SEAT_TERMS_MAX);
	for (uint32_t i = 0; i < seat->term_count; i++) {
		struct term *term = &seat->terms[i];

		chance_word(chance, term->id);
		term->kind = chance_of(chance, CATALOG_TERM_KIND);
		term->from_ms = chance_within(chance, 1, 1000000000000);
		if (chance_is(chance))
			term->to_ms = term->from_ms + chance_u32(chance, 1, 9);
	}
}

static inline void
chance_alert_unit(struct chance *chance, struct alert_unit *unit)
{
	chance_code(chance, unit->code);
	chance_name(chance, unit->name);
	chance_wilayah(chance, unit->wilayah);
	if (chance_is(chance))
		chance_word(chance, unit->why);
}

static inline void
chance_matter(struct chance *chance, struct verdict *verdict)
{
	if (verdict->kind == RULE_NODE_SILENT_1 ||
	    verdict->kind == RULE_CHAIN_BROKEN_1)
		chance_bytes(chance, verdict->node, sizeof verdict->node);
	if (verdict->kind == RULE_NODE_SILENT_1 ||
	    verdict->kind == RULE_CASE_DEADLINE_1)
		verdict->since_ms = chance_ms(chance);
	if (verdict->kind == RULE_CASE_DEADLINE_1)
		verdict->step = chance_of(chance, CATALOG_STEP);
}

static inline void
chance_verdict(struct chance *chance, struct sample *sample)
{
	struct verdict *verdict = &sample->event.verdict;
	uint32_t *figures = &verdict->figures.expected;
	static const uint32_t scopes[RULE_KINDS][2] = {
	    {0, 0}, {1, 4}, {1, 6}, {7, 7}, {8, 8}, {1, 1}, {7, 7}};

	chance_bytes(chance, verdict->alert, sizeof verdict->alert);
	chance_code(chance, verdict->rule);
	verdict->kind = (enum rule_kind)chance_within(
	    chance, RULE_NONE + 1, RULE_KINDS - 1);
	verdict->rules_version = chance_u32(chance, 1, 99);
	verdict->tell = chance_of(chance, CATALOG_ROLE);
	chance_code(chance, verdict->campaign);
	verdict->scope = chance_u32(
	    chance, scopes[verdict->kind][0], scopes[verdict->kind][1]);
	verdict->severity = chance_u32(chance, 0, 3);
	if (chance_is(chance))
		chance_wilayah(chance, verdict->place);
	chance_matter(chance, verdict);
	text_copy(verdict->object, sizeof verdict->object, "73.71.01");
	chance_name(chance, verdict->object_name);
	chance_word(chance, verdict->occasion);
	verdict->opening = chance_u32(chance, 1, 9);
	verdict->judged_at_ms = chance_ms(chance);
	verdict->mark = chance_next(chance);
	for (unsigned i = 0; i < sizeof(struct figures) / sizeof *figures; i++)
		figures[i] = chance_u32(chance, 0, UINT32_MAX);
	verdict->unit_count = chance_u32(chance, 0, 40);
	verdict->removed_count = chance_u32(chance, 0, 40);
	verdict->evidence_count = chance_u32(chance, 0, VERDICT_EVIDENCE_MAX);
	for (uint32_t i = 0; i < verdict->unit_count; i++)
		chance_alert_unit(chance, &sample->alert_units[i]);
	for (uint32_t i = 0; i < verdict->removed_count; i++)
		chance_alert_unit(chance, &sample->removed[i]);
	for (uint32_t i = 0; i < verdict->evidence_count; i++)
		sample->evidence[i] = chance_next(chance);
	verdict->units = verdict->unit_count == 0 ? NULL : sample->alert_units;
	verdict->removed = verdict->removed_count == 0 ? NULL : sample->removed;
	verdict->evidence =
	    verdict->evidence_count == 0 ? NULL : sample->evidence;
	chance_word(chance, verdict->reason);
	verdict->window_from_day = chance_u32(chance, 0, 20000);
	verdict->window_to_day =
	    verdict->window_from_day + chance_u32(chance, 0, 99);
	if (verdict->kind != RULE_UNSIGNED_UNITS_1)
		return;
	verdict->counts = chance_u32(chance, 1, 3);
	if (verdict->counts == 3)
		verdict->signed_bp = chance_u32(chance, 1, 10000);
}

static inline void
chance_rows(struct chance *chance, struct sample *sample)
{
	struct event *event = &sample->event;
	uint32_t count = chance_u32(chance, 1, 20);

	for (uint32_t i = 0; i < count; i++) {
		chance_unit(chance, &sample->units[i]);
		chance_campaign(chance, &sample->campaigns[i]);
		chance_calendar(chance, &sample->calendar[i]);
		chance_rule(chance, &sample->rules[i]);
		chance_seat(chance, &sample->seats[i]);
	}
	chance_part(chance, &event->roster.part);
	if (event->kind == EVENT_ROSTER_CHANGED)
		event->roster.rows = sample->units;
	else if (event->kind == EVENT_CAMPAIGN_CHANGED)
		event->campaign.rows = sample->campaigns;
	else if (event->kind == EVENT_CALENDAR_CHANGED)
		event->calendar.rows = sample->calendar;
	else if (event->kind == EVENT_RULES_CHANGED)
		event->rules.rows = sample->rules;
	else
		event->office.rows = sample->seats;
	event->roster.row_count = count;
}

static inline void
chance_named(struct chance *chance, struct event *event)
{
	struct node_named *named = &event->named;

	chance_bytes(chance, named->node, sizeof named->node);
	if (event->kind == EVENT_NODE_REVOKED) {
		named->accept_up_to = chance_next(chance);
		text_copy(named->reason, sizeof named->reason, "HILANG");
	} else if (event->kind == EVENT_NODE_VOUCHED) {
		text_copy(named->reason, sizeof named->reason, "BERKAS");
		chance_reference(chance, named->reference);
	}
}

static inline void
chance_told(struct chance *chance, struct event *event)
{
	struct alert_told *told = &event->told;

	chance_bytes(chance, told->alert, sizeof told->alert);
	told->verdict = chance_next(chance);
	chance_word(chance, told->seat);
	chance_word(chance, told->term);
	chance_word(chance, told->channel);
	told->attempts = chance_u32(chance, 1, 1000);
	if (event->kind == EVENT_ALERT_FAILED)
		chance_word(chance, told->word);
}

static inline void
chance_acknowledged(
    struct chance *chance, struct alert_acknowledged *acknowledged)
{
	chance_bytes(chance, acknowledged->alert, sizeof acknowledged->alert);
	acknowledged->verdict = chance_next(chance);
	chance_word(chance, acknowledged->seat);
	chance_word(chance, acknowledged->term);
	text_copy(acknowledged->channel, sizeof acknowledged->channel,
	    chance_is(chance) ? "link" : "command");
	acknowledged->until_ms = chance_ms(chance);
}

static inline void
chance_silenced(struct chance *chance, struct alert_silenced *silenced)
{
	if (chance_is(chance))
		chance_bytes(chance, silenced->alert, sizeof silenced->alert);
	chance_code(chance, silenced->rule);
	if (chance_is(chance))
		chance_wilayah(chance, silenced->wilayah);
	chance_word(chance, silenced->seat);
	silenced->until_ms = chance_ms(chance);
	text_copy(silenced->reason, sizeof silenced->reason, "LATIHAN");
	chance_reference(chance, silenced->reference);
	chance_word(chance, silenced->author);
	silenced->lifted = chance_is(chance);
}

static inline void
chance_escalated(struct chance *chance, struct alert_escalated *escalated)
{
	chance_bytes(chance, escalated->alert, sizeof escalated->alert);
	escalated->verdict = chance_next(chance);
	chance_word(chance, escalated->seat);
	chance_word(chance, escalated->term);
	escalated->step = chance_u32(chance, 1, ESCALATION_STEPS);
}

static inline void
chance_extended(struct chance *chance, struct deadline_extended *extended)
{
	chance_code(chance, extended->campaign);
	if (chance_is(chance))
		chance_code(chance, extended->unit);
	else
		chance_wilayah(chance, extended->wilayah);
	extended->until_ms = chance_ms(chance);
	text_copy(extended->reason, sizeof extended->reason, "BENCANA");
	chance_reference(chance, extended->reference);
}

static inline void
chance_excused(struct chance *chance, struct unit_excused *excused)
{
	chance_code(chance, excused->campaign);
	chance_code(chance, excused->unit);
	excused->lifted = chance_is(chance);
	text_copy(excused->reason, sizeof excused->reason, "DILEBUR");
	chance_reference(chance, excused->reference);
}

static inline void
chance_alert_closed(struct chance *chance, struct alert_closed *closed)
{
	chance_bytes(chance, closed->alert, sizeof closed->alert);
	text_copy(closed->reason, sizeof closed->reason, "SELESAI");
	chance_reference(chance, closed->reference);
}

static inline void
chance_campaign_closed(struct chance *chance, struct campaign_closed *closed)
{
	chance_code(chance, closed->campaign);
	chance_reference(chance, closed->reference);
}

static inline void
chance_withdrawn(struct chance *chance, struct withdrawn *withdrawn)
{
	chance_target(chance, &withdrawn->target);
	text_copy(withdrawn->reason, sizeof withdrawn->reason, "SALAH_INPUT");
	chance_reference(chance, withdrawn->reference);
}

static inline void
chance_reviewed(struct chance *chance, struct reviewed *reviewed)
{
	chance_target(chance, &reviewed->target);
	reviewed->step = chance_of(chance, CATALOG_STEP);
	if (chance_is(chance))
		text_copy(
		    reviewed->reason, sizeof reviewed->reason, "BUKTI_KURANG");
	chance_reference(chance, reviewed->reference);
	chance_reference(chance, reviewed->decision);
	if (reviewed->step == 11) {
		chance_bytes(chance, reviewed->duplicate_of.node,
		    sizeof reviewed->duplicate_of.node);
		reviewed->duplicate_of.seq = 77;
	}
}

static inline void
chance_started(struct chance *chance, struct log_started *started)
{
	text_copy(
	    started->origin, sizeof started->origin, "ikrar/73.04/1/latihan");
	chance_wilayah(chance, started->wilayah);
	chance_bytes(chance, started->log_key, 32);
	chance_bytes(chance, started->admin_sign_key, 32);
	chance_bytes(chance, started->admin_link_key, 32);
	started->drill = chance_is(chance);
}

static inline void
chance_refused(struct chance *chance, struct event_refused *refused)
{
	chance_bytes(chance, refused->node, sizeof refused->node);
	refused->seq = chance_within(chance, 1, 1u << 30);
	chance_bytes(chance, refused->event_hash, EVENT_HASH_SIZE);
	refused->word = (enum reject)chance_within(
	    chance, REJECT_PREFIX, REJECT_VERSION_ORDER);
	refused->has_stamp = chance_is(chance);
	if (refused->has_stamp)
		chance_bytes(chance, refused->stamp, EVENT_STAMP_SIZE);
}

static inline void
chance_enrolled(struct chance *chance, struct node_enrolled *enrolled)
{
	chance_bytes(chance, enrolled->node, sizeof enrolled->node);
	enrolled->kind = chance_of(chance, CATALOG_NODE_KIND);
	chance_wilayah(chance, enrolled->wilayah);
	chance_bytes(chance, enrolled->sign_key, 32);
	chance_bytes(chance, enrolled->link_key, 32);
	if (chance_is(chance))
		chance_bytes(chance, enrolled->code_sha256, EVENT_HASH_SIZE);
	enrolled->pending = chance_is(chance);
}

static inline void
chance_faulted(struct chance *chance, struct node_faulted *faulted)
{
	chance_bytes(chance, faulted->node, sizeof faulted->node);
	faulted->word = (enum reject)chance_within(
	    chance, REJECT_BAD_SIGNATURE, REJECT_DIVERGED);
	faulted->seq = chance_next(chance);
}

static inline void
chance_recovered(struct chance *chance, struct log_recovered *recovered)
{
	text_copy(recovered->old_origin, ORIGIN_MAX, "ikrar/73.71/1/latihan");
	text_copy(recovered->origin, ORIGIN_MAX, "ikrar/73.71/2/latihan");
	recovered->entries = 1 + chance_next(chance) / 2;
	chance_bytes(chance, recovered->root, sizeof recovered->root);
	if (!chance_is(chance))
		return;
	text_copy(recovered->lost_origin, ORIGIN_MAX, "ikrar/73.71/1/latihan");
	recovered->lost_size = recovered->entries + 1;
	recovered->has_lost_root = true;
	chance_bytes(chance, recovered->lost_root, sizeof recovered->lost_root);
}

static inline void
chance_invited(struct chance *chance, struct node_invited *invited)
{
	chance_bytes(chance, invited->code_sha256, EVENT_HASH_SIZE);
	invited->kind = chance_of(chance, CATALOG_NODE_KIND);
	chance_wilayah(chance, invited->wilayah);
	invited->expires_ms = chance_ms(chance);
	invited->confirm = chance_is(chance);
}

static inline void
chance_corrected(struct chance *chance, struct corrected *corrected)
{
	chance_target(chance, &corrected->target);
	if (chance_is(chance)) {
		corrected->kind = EVENT_PLEDGE_MADE;
		chance_pledge(chance, &corrected->pledge);
	} else {
		corrected->kind = EVENT_INCIDENT_REPORTED;
		chance_incident(chance, &corrected->incident);
	}
}

static inline void
chance_recipients(struct chance *chance, struct recipients_changed *changed)
{
	chance_part(chance, &changed->part);
	changed->part.part = changed->part.parts = 1;
	changed->row_count = chance_u32(chance, 1, RECIPIENTS_MAX);
	for (uint32_t i = 0; i < changed->row_count; i++) {
		struct recipient_row *row = &changed->rows[i];

		chance_word(chance, row->id);
		chance_bytes(chance, row->seal_key, sizeof row->seal_key);
		chance_bytes(chance, row->sign_key, sizeof row->sign_key);
	}
	changed->is_signed = changed->part.version > 1;
	if (!changed->is_signed)
		return;
	chance_bytes(chance, changed->signer, sizeof changed->signer);
	chance_bytes(chance, changed->signature, sizeof changed->signature);
}

/* What becomes of campaigns, units and alerts. */
static inline void
chance_decided(struct chance *chance, struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_ALERT_ACKNOWLEDGED:
		chance_acknowledged(chance, &event->acknowledged);
		return;
	case EVENT_ALERT_SILENCED:
		chance_silenced(chance, &event->silenced);
		return;
	case EVENT_ALERT_ESCALATED:
		chance_escalated(chance, &event->escalated);
		return;
	case EVENT_DEADLINE_EXTENDED:
		chance_extended(chance, &event->extended);
		return;
	case EVENT_UNIT_EXCUSED:
		chance_excused(chance, &event->excused);
		return;
	case EVENT_ALERT_CLOSED:
		chance_alert_closed(chance, &event->alert_closed);
		return;
	case EVENT_CAMPAIGN_CLOSED:
		chance_campaign_closed(chance, &event->campaign_closed);
		return;
	}
}

/* Of the log itself, and what is said of it. */
static inline void
chance_of_log(struct chance *chance, struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_LOG_STARTED:
		chance_started(chance, &event->started);
		return;
	case EVENT_TICKED:
		event->until_ms = chance_ms(chance);
		return;
	case EVENT_REFUSED:
		chance_refused(chance, &event->refused);
		return;
	case EVENT_NODE_ENROLLED:
		chance_enrolled(chance, &event->enrolled);
		return;
	case EVENT_CLOCK_ACCEPTED:
		event->clock_ms = chance_ms(chance);
		return;
	case EVENT_LOG_RECOVERED:
		chance_recovered(chance, &event->recovered);
		return;
	case EVENT_NODE_FAULTED:
		chance_faulted(chance, &event->faulted);
		return;
	}
}

static inline void
chance_body(struct chance *chance, struct sample *sample)
{
	struct event *event = &sample->event;

	switch (event->kind) {
	case EVENT_NONE:
		return;
	case EVENT_PLEDGE_MADE:
		chance_pledge(chance, &event->pledge);
		return;
	case EVENT_INCIDENT_REPORTED:
		chance_incident(chance, &event->incident);
		return;
	case EVENT_CORRECTED:
		chance_corrected(chance, &event->corrected);
		return;
	case EVENT_WITHDRAWN:
		chance_withdrawn(chance, &event->withdrawn);
		return;
	case EVENT_INCIDENT_REVIEWED:
		chance_reviewed(chance, &event->reviewed);
		return;
	case EVENT_ROSTER_CHANGED:
	case EVENT_CAMPAIGN_CHANGED:
	case EVENT_CALENDAR_CHANGED:
	case EVENT_RULES_CHANGED:
	case EVENT_OFFICE_CHANGED:
		chance_rows(chance, sample);
		return;
	case EVENT_RECIPIENTS_CHANGED:
		chance_recipients(chance, &event->recipients);
		return;
	case EVENT_NODE_INVITED:
		chance_invited(chance, &event->invited);
		return;
	case EVENT_NODE_CONFIRMED:
	case EVENT_NODE_REVOKED:
	case EVENT_NODE_VOUCHED:
		chance_named(chance, event);
		return;
	case EVENT_NODE_REPORTED:
		text_copy(event->software, sizeof event->software,
		    "ikrar-collector/0.1.0");
		return;
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
		chance_told(chance, event);
		return;
	case EVENT_ALERT_ACKNOWLEDGED:
	case EVENT_ALERT_SILENCED:
	case EVENT_ALERT_ESCALATED:
	case EVENT_DEADLINE_EXTENDED:
	case EVENT_UNIT_EXCUSED:
	case EVENT_ALERT_CLOSED:
	case EVENT_CAMPAIGN_CLOSED:
		chance_decided(chance, event);
		return;
	case EVENT_LOG_STARTED:
	case EVENT_TICKED:
	case EVENT_REFUSED:
	case EVENT_NODE_ENROLLED:
	case EVENT_CLOCK_ACCEPTED:
	case EVENT_LOG_RECOVERED:
	case EVENT_NODE_FAULTED:
		chance_of_log(chance, event);
		return;
	case EVENT_ALERT_OPENED:
	case EVENT_ALERT_RAISED:
	case EVENT_ALERT_CORRECTED:
	case EVENT_ALERT_WITHDRAWN:
	case EVENT_ALERT_RESOLVED:
		chance_verdict(chance, sample);
		return;
	}
}

static inline void
chance_event(struct chance *chance, enum event_kind kind, struct sample *sample)
{
	struct event *event = &sample->event;

	memset(sample, 0, sizeof *sample);
	event->version = EVENT_VERSION;
	event->kind = kind;
	event->recorded_at_ms = chance_next(chance);
	event->seen_epoch = chance_within(chance, 0, 3);
	event->seen_size = chance_next(chance);
	chance_wilayah(chance, event->wilayah);
	if (!event_is_own(kind)) {
		chance_bytes(chance, event->node, sizeof event->node);
		event->seq = chance_within(chance, 1, UINT64_MAX >> 12);
	}
	chance_body(chance, sample);
}

#endif
