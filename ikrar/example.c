/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/example.h"

#include "judge/judge.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	NODE_MAX = 256,
	REPORT_MS = 6 * 60 * 60 * 1000,
	DAY_MS = 24 * 60 * 60 * 1000,
	ANCHOR_GRACE_END = 2, /* of CATALOG_ANCHOR */
};

struct example_node {
	uint8_t id[EVENT_ID_SIZE];
	char wilayah[WILAYAH_MAX];
	uint64_t seq, seen;
	bool is_collector, is_silent;
};

struct stage_play {
	const struct example *example;
	struct example_result *result;
	struct view *view;
	struct judge *judge;
	uint64_t now_ms;
	struct example_node nodes[NODE_MAX]; /* 0: admin, 1 and 2: reviewers */
	unsigned node_count;
	struct record_id *records; /* by event; seq 0: not taken */
	bool *is_taken;
};

/* ---- entries */

static void
input(struct stage_play *play, enum author author, const struct event *event)
{
	struct entry entry = {.index = view_size(play->view),
	    .author = author,
	    .received_at_ms = play->now_ms,
	    .event = event};
	const struct entry cause = entry;
	struct event verdict;

	view_apply(play->view, &entry);
	judge_start(play->judge, play->view, &cause);
	while (judge_next(play->judge, play->view, &verdict)) {
		entry = (struct entry){.index = view_size(play->view),
		    .author = AUTHOR_LOG,
		    .received_at_ms = play->now_ms,
		    .event = &verdict};
		view_apply(play->view, &entry);
	}
}

static void
own(struct stage_play *play, struct event *event)
{
	event->version = EVENT_VERSION;
	event->recorded_at_ms = play->now_ms;
	(void)text_copy(event->wilayah, WILAYAH_MAX, play->example->wilayah);
	input(play, AUTHOR_LOG, event);
}

static enum reject
record(struct stage_play *play, struct example_node *node, struct event *event)
{
	enum reject word;

	event->version = EVENT_VERSION;
	memcpy(event->node, node->id, EVENT_ID_SIZE);
	event->seq = node->seq + 1;
	event->recorded_at_ms = play->now_ms;
	event->seen_epoch = node->seen > 0 ? 1 : 0;
	event->seen_size = node->seen;
	(void)text_copy(event->wilayah, WILAYAH_MAX, node->wilayah);
	word = event_check(event);
	if (word == REJECT_NONE)
		word = view_check(play->view, event, play->now_ms);
	if (word != REJECT_NONE)
		return word;
	node->seq++;
	input(play, AUTHOR_NODE, event);
	return REJECT_NONE;
}

static void
report(struct stage_play *play, struct example_node *node)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	node->seen = view_size(play->view);
	(void)text_copy(event.software, SOFTWARE_MAX, "contoh");
	(void)record(play, node, &event);
}

static void
report_all(struct stage_play *play)
{
	for (unsigned i = 0; i < play->node_count; i++)
		if (play->nodes[i].is_collector && !play->nodes[i].is_silent)
			report(play, &play->nodes[i]);
}

/* ---- the region */

static struct example_node *
add_node(struct stage_play *play, const char *kind, const char *wilayah)
{
	struct example_node *node = &play->nodes[play->node_count];
	struct event event = {.kind = EVENT_NODE_ENROLLED};
	struct node_enrolled *enrolled = &event.enrolled;

	be32_put(node->id, play->node_count + 1);
	(void)text_copy(node->wilayah, WILAYAH_MAX, wilayah);
	node->is_collector = strcmp(kind, "collector") == 0;
	memcpy(enrolled->node, node->id, EVENT_ID_SIZE);
	enrolled->kind = catalog_number(CATALOG_NODE_KIND, kind);
	(void)text_copy(enrolled->wilayah, WILAYAH_MAX, wilayah);
	be32_put(enrolled->sign_key, play->node_count + 1);
	be32_put(enrolled->link_key, play->node_count + 1);
	own(play, &event);
	play->node_count++;
	return node;
}

static void
add_admin(struct stage_play *play)
{
	struct event event = {.kind = EVENT_LOG_STARTED};
	struct text_buf origin = {0};

	text_buf_add(&origin, "ikrar/%s/1", play->example->wilayah);
	(void)text_copy(event.started.origin, ORIGIN_MAX, origin.at);
	(void)text_copy(
	    event.started.wilayah, WILAYAH_MAX, play->example->wilayah);
	text_buf_clear(&origin);
	own(play, &event);
	memcpy(play->nodes[0].id, view_node(play->view, 0)->id, EVENT_ID_SIZE);
	(void)text_copy(
	    play->nodes[0].wilayah, WILAYAH_MAX, play->example->wilayah);
	play->node_count = 1;
}

/* One for each kecamatan, in the order of the units. */
static void
add_collectors(struct stage_play *play)
{
	for (uint32_t i = 0; i < play->example->unit_count; i++) {
		char district[WILAYAH_MAX];
		bool is_there = false;

		wilayah_district(play->example->units[i].wilayah, district);
		for (unsigned k = 0; k < play->node_count; k++)
			is_there =
			    is_there ||
			    (play->nodes[k].is_collector &&
				strcmp(play->nodes[k].wilayah, district) == 0);
		if (!is_there && play->node_count < NODE_MAX)
			(void)add_node(play, "collector", district);
	}
}

/* The texts as one part each: what the region would refuse in them was refused
 * when the file was read. */
static void
load_texts(struct stage_play *play, const struct example_texts *texts)
{
	const struct example *example = play->example;
	const struct part whole = {.version = 1, .part = 1, .parts = 1};
	struct event event = {.kind = EVENT_ROSTER_CHANGED};

	event.version = EVENT_VERSION;
	memcpy(event.node, play->nodes[0].id, EVENT_ID_SIZE);
	event.recorded_at_ms = play->now_ms;
	event.seq = ++play->nodes[0].seq;
	event.roster =
	    (struct roster_changed){whole, example->unit_count, example->units};
	input(play, AUTHOR_NODE, &event);
	event.kind = EVENT_CAMPAIGN_CHANGED;
	event.seq = ++play->nodes[0].seq;
	event.campaign = (struct campaign_changed){
	    whole, example->campaign_count, example->campaigns};
	input(play, AUTHOR_NODE, &event);
	event.kind = EVENT_CALENDAR_CHANGED;
	event.seq = ++play->nodes[0].seq;
	event.calendar = (struct calendar_changed){
	    whole, texts->calendar_count, texts->calendar};
	input(play, AUTHOR_NODE, &event);
	event.kind = EVENT_RULES_CHANGED;
	event.seq = ++play->nodes[0].seq;
	event.rules =
	    (struct rules_changed){whole, texts->rule_count, texts->rules};
	input(play, AUTHOR_NODE, &event);
}

/* A day before anything can happen: no mark may be past when the rules are
 * loaded. */
static uint64_t
start_ms(const struct example *example, const struct example_texts *texts)
{
	const struct rule_row *rules = texts->rules;
	uint32_t count = texts->rule_count;
	uint64_t start = example->when_ms, earliest = 0;

	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; rules[i].kind == RULE_UNSIGNED_UNITS_1 &&
				     k < rules[i].unsigned_units.mark_count;
		     k++) {
			int64_t offset =
			    rules[i].unsigned_units.at[k].offset_ms;

			if (offset < 0 && (uint64_t)-offset > earliest)
				earliest = (uint64_t)-offset;
		}
	for (uint32_t i = 0; i < example->campaign_count; i++)
		if (example->campaigns[i].due_ms - earliest < start)
			start = example->campaigns[i].due_ms - earliest;
	for (uint32_t i = 0; i < example->event_count; i++)
		if (example->events[i].at_ms < start)
			start = example->events[i].at_ms;
	return start - DAY_MS;
}

/* ---- what happens */

static struct example_node *
writer_of(struct stage_play *play, const struct event *event)
{
	const char *unit = NULL;
	const struct unit_row *row = NULL;
	struct example_node *found = &play->nodes[0];

	if (event->kind == EVENT_INCIDENT_REVIEWED)
		return &play->nodes[1];
	if (event->kind == EVENT_PLEDGE_MADE)
		unit = event->pledge.unit;
	else if (event->kind == EVENT_INCIDENT_REPORTED)
		unit = event->incident.unit;
	for (uint32_t i = 0; unit != NULL && i < play->example->unit_count; i++)
		if (strcmp(play->example->units[i].code, unit) == 0)
			row = &play->example->units[i];
	for (unsigned i = 0; row != NULL && i < play->node_count; i++)
		if (play->nodes[i].is_collector &&
		    wilayah_is_within(row->wilayah, play->nodes[i].wilayah) &&
		    (found == &play->nodes[0] ||
			strlen(play->nodes[i].wilayah) >
			    strlen(found->wilayah)))
			found = &play->nodes[i];
	return found;
}

static const struct record_id *
record_of(const struct stage_play *play, const char *label)
{
	for (uint32_t i = 0; i < play->example->event_count; i++)
		if (label[0] != '\0' &&
		    strcmp(play->example->events[i].label, label) == 0)
			return &play->records[i];
	return NULL;
}

static const struct view_alert *
find_open(const struct view *view, const char *rule, const char *object)
{
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		if (alert->state == ALERT_OPEN &&
		    strcmp(alert->rule, rule) == 0 &&
		    strcmp(alert->object, object) == 0)
			return alert;
	}
	return NULL;
}

/* An alert that is not open has no id: the region refuses to close it. */
static void
put_target(const struct stage_play *play, const struct example_event *row,
    struct event *event)
{
	const struct record_id *target = record_of(play, row->target);
	const struct view_alert *alert =
	    find_open(play->view, row->rule, row->object);

	if (event->kind == EVENT_WITHDRAWN && target != NULL)
		event->withdrawn.target = *target;
	else if (event->kind == EVENT_INCIDENT_REVIEWED && target != NULL)
		event->reviewed.target = *target;
	else if (event->kind == EVENT_ALERT_CLOSED && alert != NULL)
		memcpy(event->alert_closed.alert, alert->id, EVENT_ID_SIZE);
}

/* What the region refused of a node, it says itself. */
static bool
fault(struct stage_play *play, const struct example_event *row)
{
	struct event event = row->event;

	for (unsigned i = 0; i < play->node_count; i++) {
		const struct example_node *node = &play->nodes[i];

		if (!node->is_collector ||
		    strcmp(node->wilayah, row->object) != 0)
			continue;
		memcpy(event.faulted.node, node->id, EVENT_ID_SIZE);
		event.faulted.seq = node->seq + 1;
		own(play, &event);
		return true;
	}
	return false;
}

static void
happen(struct stage_play *play, uint32_t number)
{
	const struct example_event *row = &play->example->events[number];
	struct event event = row->event;
	struct example_node *node = writer_of(play, &event);
	enum reject word;

	if (event.kind == EVENT_NODE_FAULTED) {
		play->is_taken[number] = true;
		if (!fault(play, row) && play->result->refused == NULL) {
			play->result->refused = row;
			play->result->word = REJECT_UNKNOWN_NODE;
		}
		return;
	}
	if (node->is_silent)
		return;
	play->is_taken[number] = true;
	if (row->at_ms == play->now_ms)
		node->seen = view_size(play->view);
	put_target(play, row, &event);
	word = record(play, node, &event);
	if (word != REJECT_NONE && play->result->refused == NULL) {
		play->result->refused = row;
		play->result->word = word;
	}
	memcpy(play->records[number].node, node->id, EVENT_ID_SIZE);
	play->records[number].seq = node->seq;
}

static bool
is_silent(const struct stage_play *play, const struct example_node *node)
{
	for (uint32_t i = 0; i < play->example->silence_count; i++) {
		const struct example_silence *silence =
		    &play->example->silences[i];

		if (wilayah_is_within(node->wilayah, silence->wilayah) &&
		    play->now_ms >= silence->from_ms &&
		    play->now_ms < silence->to_ms)
			return true;
	}
	return false;
}

/* ---- time */

static uint64_t
next_ms(const struct stage_play *play)
{
	const struct example *example = play->example;
	uint64_t next = play->now_ms + REPORT_MS;

	if (example->when_ms < next)
		next = example->when_ms;
	for (uint32_t i = 0; i < example->event_count; i++)
		if (example->events[i].at_ms > play->now_ms &&
		    example->events[i].at_ms < next)
			next = example->events[i].at_ms;
	for (uint32_t i = 0; i < example->silence_count; i++) {
		const struct example_silence *silence = &example->silences[i];

		if (silence->from_ms > play->now_ms && silence->from_ms < next)
			next = silence->from_ms;
		if (silence->to_ms > play->now_ms && silence->to_ms < next)
			next = silence->to_ms;
	}
	return next;
}

/* As the region does; and whoever is not silent hears of it and answers. */
static void
tick_until(struct stage_play *play, uint64_t until_ms)
{
	for (uint64_t due = view_next_due_ms(play->view); due <= until_ms;
	     due = view_next_due_ms(play->view)) {
		struct event event = {.kind = EVENT_TICKED};

		if (due > play->now_ms)
			play->now_ms = due;
		event.until_ms = play->now_ms;
		own(play, &event);
		report_all(play);
	}
	play->now_ms = until_ms;
}

/* What a silent node had recorded comes in before what it has to say now. */
static void
step(struct stage_play *play)
{
	for (unsigned i = 0; i < play->node_count; i++)
		play->nodes[i].is_silent = play->nodes[i].is_collector &&
					   is_silent(play, &play->nodes[i]);
	for (uint32_t i = 0; i < play->example->event_count &&
			     play->example->events[i].at_ms <= play->now_ms;
	     i++)
		if (!play->is_taken[i])
			happen(play, i);
	report_all(play);
}

/* ---- what was expected */

/* What `count` means of a rule of each kind. */
static uint32_t
count_of(const struct view *view, const struct view_alert *alert)
{
	const struct figures *figures = &alert->figures;
	enum rule_kind kind = RULE_NONE;

	for (unsigned i = 0; i < view_rule_count(view); i++)
		if (strcmp(view_rule(view, i)->id, alert->rule) == 0)
			kind = view_rule(view, i)->kind;
	switch (kind) {
	case RULE_UNSIGNED_UNITS_1:
		return figures->unsigned_known;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
		return figures->nodes;
	case RULE_CASE_DEADLINE_1:
		return figures->days;
	case RULE_REPEAT_INCIDENTS_1:
	case RULE_BURST_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	return figures->reported + figures->verified;
}

static void
compare_figure(struct text_buf *out, const struct example_expect *expect,
    const char *what, uint32_t wanted, uint32_t found)
{
	if (wanted != found)
		text_buf_add(out,
		    "  %s %s: %s %" PRIu32 ", diharapkan/expected %" PRIu32
		    "\n",
		    expect->rule, expect->object, what, found, wanted);
}

static void
compare_expect(struct text_buf *out, const struct view *view,
    const struct example_expect *expect)
{
	const struct view_alert *alert =
	    find_open(view, expect->rule, expect->object);

	if (alert == NULL) {
		text_buf_add(out,
		    "  %s %s: diharapkan terbuka, tetapi tidak / expected to "
		    "be open, but is not\n",
		    expect->rule, expect->object);
		return;
	}
	if (expect->has_count)
		compare_figure(
		    out, expect, "count", expect->count, count_of(view, alert));
	if (expect->has_unheard)
		compare_figure(out, expect, "unheard", expect->unheard,
		    alert->figures.unheard);
	if (expect->has_verified)
		compare_figure(out, expect, "verified", expect->verified,
		    alert->figures.verified);
}

static bool
is_expected(const struct example *example, const struct view_alert *alert)
{
	for (uint32_t i = 0; i < example->expect_count; i++)
		if (strcmp(example->expects[i].rule, alert->rule) == 0 &&
		    strcmp(example->expects[i].object, alert->object) == 0)
			return true;
	return false;
}

static void
compare(struct text_buf *out, const struct stage_play *play)
{
	const struct example *example = play->example;

	for (uint32_t i = 0; i < example->expect_count; i++)
		compare_expect(out, play->view, &example->expects[i]);
	for (unsigned i = 0; i < view_alert_count(play->view); i++) {
		const struct view_alert *alert = view_alert(play->view, i);

		if (alert->state == ALERT_OPEN && !is_expected(example, alert))
			text_buf_add(out,
			    "  %s %s: terbuka (count %" PRIu32
			    "), tetapi tidak diharapkan / open, but not "
			    "expected\n",
			    alert->rule, alert->object,
			    count_of(play->view, alert));
	}
}

/* ---- all */

void
example_run(struct example_result *result, const struct example *example,
    const struct example_texts *texts)
{
	struct stage_play *play = xcalloc(1, sizeof *play);

	*result = (struct example_result){0};
	play->example = example;
	play->result = result;
	play->view = view_new();
	play->judge = judge_new();
	play->records =
	    xcalloc(example->event_count + 1, sizeof *play->records);
	play->is_taken =
	    xcalloc(example->event_count + 1, sizeof *play->is_taken);
	play->now_ms = start_ms(example, texts);
	add_admin(play);
	(void)add_node(play, "reviewer", example->wilayah);
	(void)add_node(play, "reviewer", example->wilayah);
	add_collectors(play);
	load_texts(play, texts);
	while (play->now_ms < example->when_ms) {
		tick_until(play, next_ms(play));
		step(play);
	}
	if (result->refused == NULL)
		compare(&result->difference, play);
	result->is_ok = result->refused == NULL && result->difference.len == 0;
	view_free(play->view);
	judge_free(play->judge);
	free(play->records);
	free(play->is_taken);
	free(play);
}

void
example_result_clear(struct example_result *result)
{
	text_buf_clear(&result->difference);
}
