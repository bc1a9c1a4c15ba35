/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finished log says of its pledges, counted again in another style than
 * judge/'s: all entries are read, then every question is answered by looking
 * at all records. For one campaign.
 */
#ifndef TESTS_PROP_NAIVE_PLEDGES_H
#define TESTS_PROP_NAIVE_PLEDGES_H

#include "tests/support/log_builder.h"

enum { NAIVE_OPS_MAX = 64, NAIVE_RECORDS_MAX = 4096, NAIVE_UNITS_MAX = 256 };

struct naive_node {
	uint8_t id[EVENT_ID_SIZE];
	char wilayah[WILAYAH_MAX];
	uint32_t kind;
	bool is_active;
	uint64_t seen;
};

/* One thing that was said about a record, the first of all by the record. */
struct naive_word {
	bool is_withdrawal;
	struct pledge pledge;
	uint64_t seen;  /* of the log, for certain */
	uint64_t order; /* as the writer's node had seen it */
	unsigned node;
	uint64_t seq;
};

struct naive_record {
	unsigned node;
	uint64_t seq;
	unsigned word_count;
	struct naive_word words[NAIVE_OPS_MAX];
};

struct naive {
	struct naive_node nodes[STORY_NODES_MAX];
	unsigned node_count;
	struct naive_record *records;
	unsigned record_count;
	struct unit_row units[NAIVE_UNITS_MAX]; /* the roster in force */
	unsigned unit_count, staged_count;
	struct unit_row staged[NAIVE_UNITS_MAX];
	struct campaign_row campaign;
	uint64_t grace_index;
	uint64_t index;
};

/* What a unit has shown. */
struct naive_shown {
	bool is_read, is_head_signed;
	uint32_t signatures[EMPLOYMENT_KINDS];
};

static inline unsigned
naive_node_of(const struct naive *naive, const uint8_t *id)
{
	for (unsigned i = 0; i < naive->node_count; i++)
		if (memcmp(naive->nodes[i].id, id, EVENT_ID_SIZE) == 0)
			return i;
	return STORY_NODES_MAX;
}

static inline void
naive_enrol(
    struct naive *naive, const uint8_t *id, uint32_t kind, const char *wilayah)
{
	struct naive_node *node = &naive->nodes[naive->node_count++];

	memcpy(node->id, id, EVENT_ID_SIZE);
	node->kind = kind;
	node->is_active = true;
	node->seen = naive->index + 1;
	(void)text_copy(node->wilayah, WILAYAH_MAX, wilayah);
}

static inline void
naive_word(struct naive *naive, unsigned writer, const struct event *event,
    struct naive_word *word)
{
	const struct naive_node *node = &naive->nodes[writer];

	word->node = writer;
	word->seq = event->seq;
	word->order = node->seen;
	word->seen = node->seen;
	/* Nobody waits for others than active collectors. */
	if ((node->kind != KIND_COLLECTOR || !node->is_active) &&
	    word->seen < naive->index)
		word->seen = naive->index;
}

static inline void
naive_pledge(struct naive *naive, unsigned writer, const struct event *event)
{
	struct naive_record *record = &naive->records[naive->record_count++];

	story_must(naive->record_count < NAIVE_RECORDS_MAX, __func__, "");
	record->node = writer;
	record->seq = event->seq;
	record->word_count = 1;
	record->words[0].pledge = event->pledge;
	naive_word(naive, writer, event, &record->words[0]);
}

static inline void
naive_change(struct naive *naive, unsigned writer, const struct event *event)
{
	bool is_withdrawal = event->kind == EVENT_WITHDRAWN;
	const struct record_id *target =
	    is_withdrawal ? &event->withdrawn.target : &event->corrected.target;
	unsigned owner = naive_node_of(naive, target->node);

	for (unsigned i = 0; i < naive->record_count; i++) {
		struct naive_record *record = &naive->records[i];
		struct naive_word *word;

		if (record->node != owner || record->seq != target->seq)
			continue;
		story_must(record->word_count < NAIVE_OPS_MAX, __func__, "");
		word = &record->words[record->word_count++];
		word->is_withdrawal = is_withdrawal;
		if (!is_withdrawal)
			word->pledge = event->corrected.pledge;
		naive_word(naive, writer, event, word);
	}
}

static inline void
naive_roster(struct naive *naive, const struct roster_changed *roster)
{
	if (roster->part.part == 1)
		naive->staged_count = 0;
	for (uint32_t i = 0; i < roster->row_count; i++)
		naive->staged[naive->staged_count++] = roster->rows[i];
	if (roster->part.part != roster->part.parts)
		return;
	memcpy(naive->units, naive->staged, sizeof naive->units);
	naive->unit_count = naive->staged_count;
}

static inline void
naive_own(struct naive *naive, const struct event *event)
{
	if (event->kind == EVENT_LOG_STARTED) {
		struct hash id = hash_node(event->started.admin_sign_key);

		naive_enrol(naive, id.at, KIND_ADMIN, event->started.wilayah);
	} else if (event->kind == EVENT_NODE_ENROLLED) {
		naive_enrol(naive, event->enrolled.node, event->enrolled.kind,
		    event->enrolled.wilayah);
	} else if (event->kind == EVENT_TICKED &&
		   event->until_ms >= naive->campaign.grace_end_ms &&
		   naive->grace_index == UINT64_MAX) {
		naive->grace_index = naive->index;
	}
}

static inline void
naive_take(struct naive *naive, const struct event *event)
{
	unsigned writer = naive_node_of(naive, event->node);

	if (event_is_own(event->kind)) {
		naive_own(naive, event);
		return;
	}
	if (event->seen_epoch == 1 &&
	    event->seen_size > naive->nodes[writer].seen)
		naive->nodes[writer].seen = event->seen_size;
	if (event->kind == EVENT_PLEDGE_MADE)
		naive_pledge(naive, writer, event);
	else if ((event->kind == EVENT_CORRECTED &&
		     event->corrected.kind == EVENT_PLEDGE_MADE) ||
		 event->kind == EVENT_WITHDRAWN)
		naive_change(naive, writer, event);
	else if (event->kind == EVENT_ROSTER_CHANGED)
		naive_roster(naive, &event->roster);
	else if (event->kind == EVENT_CAMPAIGN_CHANGED)
		naive->campaign = event->campaign.rows[0];
	else if (event->kind == EVENT_NODE_REVOKED)
		naive->nodes[naive_node_of(naive, event->named.node)]
		    .is_active = false;
}

static inline struct naive *
naive_new(const struct story *story)
{
	struct naive *naive = xcalloc(1, sizeof *naive);
	struct event event;

	naive->records = xcalloc(NAIVE_RECORDS_MAX, sizeof *naive->records);
	naive->grace_index = UINT64_MAX;
	naive->campaign.grace_end_ms = UINT64_MAX;
	for (size_t i = 0; i < story->entry_count; i++) {
		const struct story_entry *kept = &story->entries[i];

		story_must(
		    wire_unpack(story->wire, bytes_of(kept->bytes, kept->len),
			&event) == REJECT_NONE,
		    __func__, "");
		naive->index = i;
		naive_take(naive, &event);
	}
	return naive;
}

static inline void
naive_free(struct naive *naive)
{
	free(naive->records);
	free(naive);
}

/* ---- questions */

/* The word that stands among those that had seen at most so much; NULL: none,
 * or one of them withdrew it. */
static inline const struct naive_word *
naive_newest(const struct naive_record *record, uint64_t seen)
{
	const struct naive_word *best = NULL;

	if (record->words[0].seen > seen)
		return NULL;
	for (unsigned i = 1; i < record->word_count; i++) {
		const struct naive_word *word = &record->words[i];

		if (word->seen > seen)
			continue;
		if (word->is_withdrawal)
			return NULL;
		if (best == NULL || word->order > best->order ||
		    (word->order == best->order &&
			(word->node > best->node ||
			    (word->node == best->node &&
				word->seq > best->seq))))
			best = word;
	}
	return best == NULL ? &record->words[0] : best;
}

/* A record in one reading, for one unit. */
struct naive_line {
	const struct naive_record *record;
	const uint8_t *node_id;
	struct pledge pledge;
	bool stands;                      /* nothing late took it */
	bool sets[EMPLOYMENT_KINDS];      /* in the timely reading */
	bool keeps[EMPLOYMENT_KINDS];     /* and after what came late */
	uint32_t least[EMPLOYMENT_KINDS]; /* ever said */
};

static inline int
naive_later_first(const void *a, const void *b)
{
	const struct naive_line *first = a, *second = b;
	int order;

	if (first->pledge.made_at_ms != second->pledge.made_at_ms)
		return first->pledge.made_at_ms > second->pledge.made_at_ms ? -1
									    : 1;
	order = memcmp(second->node_id, first->node_id, EVENT_ID_SIZE);
	if (order != 0)
		return order;
	return first->record->seq > second->record->seq ? -1 : 1;
}

static inline void
naive_lower(const struct naive *naive, struct naive_line *line)
{
	for (unsigned i = 1; i < line->record->word_count; i++) {
		const struct naive_word *word = &line->record->words[i];
		const struct pledge *said = &word->pledge;
		bool takes;

		if (word->seen <= naive->grace_index)
			continue;
		takes = word->is_withdrawal ||
			strcmp(said->unit, line->pledge.unit) != 0 ||
			said->act != line->pledge.act ||
			said->made_at_ms > naive->campaign.due_ms;
		if (takes)
			line->stands = false;
		line->pledge.head_signed =
		    line->pledge.head_signed && !takes && said->head_signed;
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
			if (takes || !said->counts[k].is_set)
				line->keeps[k] = false;
			else if (said->counts[k].signatures < line->least[k])
				line->least[k] = said->counts[k].signatures;
		}
	}
}

static inline unsigned
naive_lines(const struct naive *naive, const char *unit, bool timely,
    struct naive_line *lines)
{
	unsigned count = 0;

	for (unsigned i = 0; i < naive->record_count; i++) {
		const struct naive_record *record = &naive->records[i];
		const struct naive_word *word = naive_newest(
		    record, timely ? naive->grace_index : UINT64_MAX);
		struct naive_line *line = &lines[count];

		if (word == NULL || strcmp(word->pledge.unit, unit) != 0 ||
		    (timely &&
			word->pledge.made_at_ms > naive->campaign.due_ms))
			continue;
		*line = (struct naive_line){.record = record,
		    .node_id = naive->nodes[record->node].id,
		    .pledge = word->pledge,
		    .stands = true};
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
			const struct count *said = &word->pledge.counts[k];

			line->sets[k] = line->keeps[k] = said->is_set;
			line->least[k] = said->signatures;
		}
		if (timely)
			naive_lower(naive, line);
		count++;
	}
	qsort(lines, count, sizeof *lines, naive_later_first);
	return count;
}

static inline void
naive_show(const struct naive *naive, const char *unit, bool timely,
    struct naive_shown *shown)
{
	struct naive_line *lines = xcalloc(NAIVE_RECORDS_MAX, sizeof *lines);
	unsigned count = naive_lines(naive, unit, timely, lines);

	*shown = (struct naive_shown){0};
	for (unsigned i = 0; i < count; i++) {
		if (lines[i].pledge.act == PLEDGE_IKRAR && lines[i].stands)
			shown->is_read = true;
		if (lines[i].pledge.act == PLEDGE_PAKTA &&
		    lines[i].pledge.head_signed)
			shown->is_head_signed = true;
	}
	for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
		uint32_t least = UINT32_MAX;

		for (unsigned i = 0; i < count; i++) {
			if (lines[i].pledge.act != PLEDGE_PAKTA ||
			    !lines[i].sets[k])
				continue;
			if (lines[i].least[k] < least)
				least = lines[i].least[k];
			if (lines[i].keeps[k]) {
				shown->signatures[k] = least;
				break;
			}
		}
	}
	free(lines);
}

static inline bool
naive_fulfils(const struct naive *naive, const struct unsigned_units *rule,
    const struct unit_row *unit, bool timely)
{
	struct naive_shown shown;
	uint64_t heads = 0, signatures = 0;

	naive_show(naive, unit->code, timely, &shown);
	if (rule->counts == IF_READ)
		return shown.is_read;
	if (rule->counts == IF_HEAD)
		return shown.is_head_signed;
	for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++)
		if (unit->heads[k] > 0) {
			heads += unit->heads[k];
			signatures += shown.signatures[k];
		}
	if (heads == 0)
		return shown.is_read || shown.is_head_signed;
	return signatures * 10000 >= rule->signed_bp * heads;
}

#endif
