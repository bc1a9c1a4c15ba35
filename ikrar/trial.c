/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/trial.h"

#include "model/wire.h"

#include <stdlib.h>
#include <string.h>

struct trial {
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	struct rule_row *rows;
	uint32_t row_count;
	uint64_t from_ms, in_force_ms;
	/* How long this history was when recorded entry n came. */
	uint32_t *places;
	uint64_t taken, cap;
	struct outcomes outcomes;
	struct event event; /* the entry that is taken */
};

struct trial *
trial_new(const struct rule_row *rows, uint32_t count, uint64_t from_ms)
{
	struct trial *trial = xcalloc(1, sizeof *trial);

	trial->view = view_new();
	trial->judge = judge_new();
	trial->wire = wire_new();
	trial->rows = xcalloc(count + 1, sizeof *trial->rows);
	if (count > 0)
		memcpy(trial->rows, rows, count * sizeof *rows);
	trial->row_count = count;
	trial->from_ms = from_ms;
	trial->in_force_ms = UINT64_MAX;
	return trial;
}

void
trial_free(struct trial *trial)
{
	if (trial == NULL)
		return;
	outcomes_clear(&trial->outcomes);
	free(trial->places);
	free(trial->rows);
	wire_free(trial->wire);
	judge_free(trial->judge);
	view_free(trial->view);
	free(trial);
}

static void
note_place(struct trial *trial)
{
	if (trial->taken == trial->cap) {
		trial->cap = trial->cap * 2 + 1024;
		trial->places =
		    xrealloc(trial->places, trial->cap, sizeof *trial->places);
	}
	trial->places[trial->taken++] = (uint32_t)view_size(trial->view);
}

/* What the first `size` recorded entries have become. */
static uint64_t
place_of(const struct trial *trial, uint64_t size)
{
	return size < trial->taken ? trial->places[size]
				   : view_size(trial->view);
}

/* ---- inputs */

static void
input(struct trial *trial, enum author author, uint64_t received_at_ms,
    const struct event *event)
{
	struct entry entry = {.index = view_size(trial->view),
	    .author = author,
	    .received_at_ms = received_at_ms,
	    .event = event};
	const struct entry cause = entry;
	struct event verdict;

	view_apply(trial->view, &entry);
	judge_start(trial->judge, trial->view, &cause);
	while (judge_next(trial->judge, trial->view, &verdict)) {
		outcomes_note(&trial->outcomes, &verdict);
		entry = (struct entry){.index = view_size(trial->view),
		    .author = AUTHOR_LOG,
		    .received_at_ms = received_at_ms,
		    .event = &verdict};
		view_apply(trial->view, &entry);
	}
}

static void
tick(struct trial *trial, uint64_t now_ms)
{
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_TICKED,
	    .recorded_at_ms = now_ms,
	    .until_ms = now_ms};

	if (view_next_due_ms(trial->view) <= now_ms)
		input(trial, AUTHOR_LOG, now_ms, &event);
}

/* ---- the rules */

static void
put_rows(struct trial *trial, struct rules_changed *rules)
{
	*rules = (struct rules_changed){
	    .part = {.version =
			 (uint32_t)view_region(trial->view)->rules_version + 1,
		.part = 1,
		.parts = 1},
	    .row_count = trial->row_count,
	    .rows = trial->rows};
}

/* As if the first admin had loaded them: nothing else of it moves. */
static void
come_into_force(struct trial *trial)
{
	const struct view_node *admin = view_node(trial->view, 0);
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_RULES_CHANGED,
	    .seq = admin->mark,
	    .recorded_at_ms = admin->last_recorded_ms,
	    .seen_epoch = view_region(trial->view)->epoch,
	    .seen_size = admin->seen_size};

	memcpy(event.node, admin->id, EVENT_ID_SIZE);
	put_rows(trial, &event.rules);
	tick(trial, trial->from_ms);
	input(trial, AUTHOR_NODE, trial->from_ms, &event);
	trial->in_force_ms = trial->from_ms;
}

/* A recorded change of rules says no more than that its node was there. */
static void
pass_over(struct event *event)
{
	event->kind = EVENT_NODE_REPORTED;
	memset(event->software, 0, sizeof event->software);
}

static void
change_rules(struct trial *trial, uint64_t received_at_ms)
{
	struct event *event = &trial->event;
	const struct part *part = &event->rules.part;

	if (trial->from_ms > 0 && trial->in_force_ms == UINT64_MAX)
		return;
	if (trial->in_force_ms != UINT64_MAX || part->part != part->parts) {
		pass_over(event);
		return;
	}
	put_rows(trial, &event->rules);
	trial->in_force_ms = received_at_ms;
}

/* ---- entries */

static void
count_anew(const struct trial *trial, struct event *event)
{
	event->seen_size = place_of(trial, event->seen_size);
	if (event->kind == EVENT_LOG_RECOVERED)
		event->recovered.entries =
		    place_of(trial, event->recovered.entries);
}

void
trial_take(struct trial *trial, const struct leaf *leaf)
{
	struct event *event = &trial->event;
	enum reject word = wire_unpack(trial->wire, leaf->event, event);

	note_place(trial);
	if (word != REJECT_NONE ||
	    (leaf->author == AUTHOR_LOG && event_is_verdict(event->kind)))
		return;
	if (trial->from_ms > 0 && trial->in_force_ms == UINT64_MAX &&
	    leaf->received_at_ms >= trial->from_ms && trial->taken > 1)
		come_into_force(trial);
	if (event->kind != EVENT_TICKED)
		tick(trial, leaf->received_at_ms);
	count_anew(trial, event);
	if (event->kind == EVENT_RULES_CHANGED)
		change_rules(trial, leaf->received_at_ms);
	input(trial, leaf->author, leaf->received_at_ms, event);
}

uint64_t
trial_from_ms(const struct trial *trial)
{
	return trial->in_force_ms;
}

const struct outcomes *
trial_outcomes(const struct trial *trial)
{
	return &trial->outcomes;
}

const struct view *
trial_view(const struct trial *trial)
{
	return trial->view;
}
