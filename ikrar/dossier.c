/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/dossier.h"

#include "ikrar/log_dir.h"
#include "model/wire.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_BYTES_MAX = 4096 };

/* One entry of the log, taken apart. */
struct seen {
	uint64_t index;
	struct leaf leaf;
	const struct event *event;
};

/* The rule while its versions go by. */
struct rule_now {
	const char *id;
	bool is_there, is_staged;
	struct rule_row row, staged;
	uint32_t version, since_version;
	uint64_t since_index, since_ms;
};

struct reader {
	struct dossier *dossier;
	char place[WILAYAH_MAX]; /* where the alert lies; empty: not known */
	struct rule_now rule;
	struct seen seen;
};

static enum err
each_entry(
    struct reader *reader, const char *dir, void (*take)(struct reader *reader))
{
	static struct event event;
	struct wire *wire = wire_new();
	struct log_dir *log = NULL;
	struct bytes bytes;
	enum err err = log_dir_open(&log, dir);

	reader->seen = (struct seen){.event = &event};
	if (err == OK)
		err = log_dir_next(log, &bytes);
	while (err == OK) {
		if (leaf_get(&reader->seen.leaf, bytes) != OK ||
		    wire_unpack(wire, reader->seen.leaf.event, &event) !=
			REJECT_NONE) {
			err = ERR_INVALID;
			break;
		}
		take(reader);
		reader->seen.index++;
		err = log_dir_next(log, &bytes);
	}
	log_dir_close(log);
	wire_free(wire);
	return err == ERR_NOTFOUND && reader->seen.index > 0 ? OK : err;
}

/* ---- the rule */

static bool
rows_are_equal(const struct rule_row *a, const struct rule_row *b)
{
	uint8_t first[ROW_BYTES_MAX], second[ROW_BYTES_MAX];
	size_t len = wire_pack_rule_row(a, first, sizeof first);

	return len > 0 && wire_pack_rule_row(b, second, sizeof second) == len &&
	       memcmp(first, second, len) == 0;
}

static void
rule_takes_effect(struct rule_now *rule, const struct seen *seen)
{
	bool is_same = rule->is_there && rule->is_staged &&
		       rows_are_equal(&rule->row, &rule->staged);

	rule->version = seen->event->rules.part.version;
	rule->is_there = rule->is_staged;
	if (is_same || !rule->is_there)
		return;
	rule->row = rule->staged;
	rule->since_version = rule->version;
	rule->since_index = seen->index;
	rule->since_ms = seen->leaf.received_at_ms;
}

static void
take_rules(struct reader *reader)
{
	const struct rules_changed *rules = &reader->seen.event->rules;
	struct rule_now *rule = &reader->rule;

	if (rules->part.part == 1)
		rule->is_staged = false;
	for (uint32_t i = 0; i < rules->row_count; i++) {
		if (strcmp(rules->rows[i].id, rule->id) != 0)
			continue;
		rule->staged = rules->rows[i];
		rule->is_staged = true;
	}
	if (rules->part.part == rules->part.parts)
		rule_takes_effect(rule, &reader->seen);
}

static void
keep_rule(struct dossier *dossier, const struct rule_now *rule)
{
	dossier->has_rule = rule->is_there;
	if (!rule->is_there)
		return;
	dossier->rule = rule->row;
	dossier->rule_version = rule->version;
	dossier->rule_since_version = rule->since_version;
	dossier->rule_since_index = rule->since_index;
	dossier->rule_since_ms = rule->since_ms;
}

/* ---- verdicts and telling */

static void *
copy_of(const void *rows, size_t count, size_t size)
{
	void *copy = xcalloc(count + 1, size);

	if (count > 0)
		memcpy(copy, rows, count * size);
	return copy;
}

static void
add_verdict(struct dossier *dossier, const struct seen *seen)
{
	struct dossier_verdict *row;
	struct verdict *to;

	if (dossier->verdict_count == dossier->verdict_cap) {
		dossier->verdict_cap = 2 * dossier->verdict_cap + 8;
		dossier->verdicts = xrealloc(dossier->verdicts,
		    dossier->verdict_cap, sizeof *dossier->verdicts);
	}
	row = &dossier->verdicts[dossier->verdict_count++];
	*row = (struct dossier_verdict){.index = seen->index,
	    .received_at_ms = seen->leaf.received_at_ms,
	    .kind = seen->event->kind,
	    .verdict = seen->event->verdict};
	to = &row->verdict;
	to->units = copy_of(to->units, to->unit_count, sizeof *to->units);
	to->removed =
	    copy_of(to->removed, to->removed_count, sizeof *to->removed);
	to->evidence =
	    copy_of(to->evidence, to->evidence_count, sizeof *to->evidence);
}

static void
add_telling(struct dossier *dossier, const struct seen *seen)
{
	if (dossier->telling_count == DOSSIER_TELLING_MAX) {
		dossier->telling_beyond++;
		return;
	}
	if (dossier->telling == NULL)
		dossier->telling =
		    xcalloc(DOSSIER_TELLING_MAX, sizeof *dossier->telling);
	dossier->telling[dossier->telling_count++] =
	    (struct dossier_telling){.index = seen->index,
		.received_at_ms = seen->leaf.received_at_ms,
		.event = *seen->event};
}

static bool
is_of(const struct dossier *dossier, const uint8_t alert[EVENT_ID_SIZE])
{
	return memcmp(dossier->alert, alert, EVENT_ID_SIZE) == 0;
}

/* A silence may name the alert, its rule or where it lies. */
static bool
silences(const struct reader *reader, const struct alert_silenced *silenced)
{
	static const uint8_t none[EVENT_ID_SIZE];

	if (memcmp(silenced->alert, none, sizeof none) != 0)
		return is_of(reader->dossier, silenced->alert);
	if (silenced->rule[0] != '\0' &&
	    strcmp(silenced->rule, reader->rule.id) != 0)
		return false;
	return silenced->wilayah[0] == '\0' ||
	       (reader->place[0] != '\0' &&
		   wilayah_is_within(reader->place, silenced->wilayah));
}

static bool
tells_of(const struct reader *reader, const struct event *event)
{
	const struct dossier *dossier = reader->dossier;

	switch ((int)event->kind) {
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
		return is_of(dossier, event->told.alert);
	case EVENT_ALERT_ACKNOWLEDGED:
		return is_of(dossier, event->acknowledged.alert);
	case EVENT_ALERT_ESCALATED:
		return is_of(dossier, event->escalated.alert);
	case EVENT_ALERT_CLOSED:
		return is_of(dossier, event->alert_closed.alert);
	case EVENT_ALERT_SILENCED:
		return silences(reader, &event->silenced);
	}
	return false;
}

static void
take_alert(struct reader *reader)
{
	struct dossier *dossier = reader->dossier;
	const struct event *event = reader->seen.event;

	if (event->kind == EVENT_RULES_CHANGED) {
		take_rules(reader);
	} else if (event_is_verdict(event->kind)) {
		if (!is_of(dossier, event->verdict.alert))
			return;
		if (reader->place[0] == '\0')
			(void)text_copy(reader->place, sizeof reader->place,
			    event->verdict.place);
		if (event->kind == EVENT_ALERT_OPENED)
			keep_rule(dossier, &reader->rule);
		add_verdict(dossier, &reader->seen);
	} else if (tells_of(reader, event)) {
		add_telling(dossier, &reader->seen);
	}
}

/* ---- what it rests on */

static bool
is_evidence(const struct dossier *dossier, uint64_t index)
{
	for (unsigned i = 0; i < dossier->verdict_count; i++) {
		const struct verdict *verdict = &dossier->verdicts[i].verdict;

		/* Of a repeat there is no mark, and entry 0 is none. */
		if (verdict->mark == index && index != 0)
			return true;
		for (uint32_t k = 0; k < verdict->evidence_count; k++)
			if (verdict->evidence[k] == index)
				return true;
	}
	return false;
}

/* A pledge of a unit that left the alert is why it left. */
static bool
is_of_unit_that_left(const struct dossier *dossier, const char *unit)
{
	for (unsigned i = 0; i < dossier->verdict_count; i++) {
		const struct verdict *verdict = &dossier->verdicts[i].verdict;

		for (uint32_t k = 0; k < verdict->removed_count; k++)
			if (strcmp(verdict->removed[k].code, unit) == 0)
				return true;
	}
	return false;
}

static struct record_id
target_of(const struct event *event, const struct record_id *target)
{
	static const uint8_t own[EVENT_ID_SIZE];
	struct record_id id = *target;

	if (memcmp(id.node, own, sizeof own) == 0)
		memcpy(id.node, event->node, sizeof id.node);
	return id;
}

/* The record that an event makes or speaks of; false: of none. */
static bool
record_of(const struct event *event, struct record_id *id)
{
	switch ((int)event->kind) {
	case EVENT_PLEDGE_MADE:
	case EVENT_INCIDENT_REPORTED:
		memcpy(id->node, event->node, sizeof id->node);
		id->seq = event->seq;
		return true;
	case EVENT_CORRECTED:
		*id = target_of(event, &event->corrected.target);
		return true;
	case EVENT_WITHDRAWN:
		*id = target_of(event, &event->withdrawn.target);
		return true;
	case EVENT_INCIDENT_REVIEWED:
		*id = target_of(event, &event->reviewed.target);
		return true;
	}
	return false;
}

static bool
is_known_record(const struct dossier *dossier, const struct record_id *id)
{
	for (unsigned i = 0; i < dossier->basis_count; i++)
		if (dossier->basis[i].record.seq == id->seq &&
		    memcmp(dossier->basis[i].record.node, id->node,
			EVENT_ID_SIZE) == 0)
			return true;
	return false;
}

static bool
is_basis(const struct dossier *dossier, const struct seen *seen,
    struct record_id *record)
{
	const struct event *event = seen->event;
	bool has_record = record_of(event, record);

	if (is_evidence(dossier, seen->index))
		return true;
	if (event->kind == EVENT_DEADLINE_EXTENDED)
		return is_of_unit_that_left(dossier, event->extended.unit);
	if (event->kind == EVENT_UNIT_EXCUSED)
		return is_of_unit_that_left(dossier, event->excused.unit);
	if (!has_record)
		return false;
	if (event->kind == EVENT_PLEDGE_MADE)
		return is_of_unit_that_left(dossier, event->pledge.unit);
	return event->kind != EVENT_INCIDENT_REPORTED &&
	       is_known_record(dossier, record);
}

static void
take_basis(struct reader *reader)
{
	struct dossier *dossier = reader->dossier;
	const struct seen *seen = &reader->seen;
	struct record_id record = {.seq = 0};

	if (!is_basis(dossier, seen, &record))
		return;
	if (dossier->basis_count == DOSSIER_BASIS_MAX) {
		dossier->basis_beyond++;
		return;
	}
	dossier->basis[dossier->basis_count++] =
	    (struct dossier_basis){.index = seen->index,
		.received_at_ms = seen->leaf.received_at_ms,
		.author = seen->leaf.author,
		.event = *seen->event,
		.record = record};
}

/* ---- all */

enum err
dossier_read(struct dossier *dossier, const char *dir,
    const struct view_alert *alert, const char *place)
{
	struct reader reader = {
	    .dossier = dossier, .rule = {.id = alert->rule}};
	enum err err;

	(void)text_copy(reader.place, sizeof reader.place, place);
	*dossier = (struct dossier){0};
	memcpy(dossier->alert, alert->id, EVENT_ID_SIZE);
	dossier->basis = xcalloc(DOSSIER_BASIS_MAX, sizeof *dossier->basis);
	err = each_entry(&reader, dir, take_alert);
	if (err == OK)
		err = each_entry(&reader, dir, take_basis);
	return err == OK && dossier->verdict_count == 0 ? ERR_INVALID : err;
}

void
dossier_clear(struct dossier *dossier)
{
	for (unsigned i = 0; i < dossier->verdict_count; i++) {
		const struct verdict *verdict = &dossier->verdicts[i].verdict;

		free((void *)(uintptr_t)verdict->units);
		free((void *)(uintptr_t)verdict->removed);
		free((void *)(uintptr_t)verdict->evidence);
	}
	free(dossier->verdicts);
	free(dossier->basis);
	free(dossier->telling);
	*dossier = (struct dossier){0};
}

const struct dossier_verdict *
dossier_last(const struct dossier *dossier)
{
	CHECK(dossier->verdict_count > 0);
	return &dossier->verdicts[dossier->verdict_count - 1];
}
