/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/parts.h"

#include "model/wire.h"
#include "trust/hash.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROW_BYTES_MAX = 4096,
	ROW_EXTRA = 4, /* a row's tag and length within its event */
	/* What an event holds besides its rows: at most so much. */
	EVENT_EXTRA = 512,
	PART_BYTES = EVENT_MAX - EVENT_EXTRA,
};

struct cutting {
	enum event_kind kind;
	const uint8_t *rows;
	size_t row_size;
};

static size_t
row_size_of(enum event_kind kind)
{
	switch ((int)kind) {
	case EVENT_ROSTER_CHANGED:
		return sizeof(struct unit_row);
	case EVENT_CAMPAIGN_CHANGED:
		return sizeof(struct campaign_row);
	case EVENT_CALENDAR_CHANGED:
		return sizeof(struct calendar_row);
	case EVENT_RULES_CHANGED:
		return sizeof(struct rule_row);
	}
	CHECK(kind == EVENT_OFFICE_CHANGED);
	return sizeof(struct seat_row);
}

static size_t
pack(const struct cutting *cutting, uint32_t n, uint8_t at[ROW_BYTES_MAX])
{
	const void *row = cutting->rows + n * cutting->row_size;

	switch ((int)cutting->kind) {
	case EVENT_ROSTER_CHANGED:
		return wire_pack_unit_row(row, at, ROW_BYTES_MAX);
	case EVENT_CAMPAIGN_CHANGED:
		return wire_pack_campaign_row(row, at, ROW_BYTES_MAX);
	case EVENT_CALENDAR_CHANGED:
		return wire_pack_calendar_row(row, at, ROW_BYTES_MAX);
	case EVENT_RULES_CHANGED:
		return wire_pack_rule_row(row, at, ROW_BYTES_MAX);
	}
	return wire_pack_seat_row(row, at, ROW_BYTES_MAX);
}

/* Rows lie in all five bodies under their own names. */
static void
put_rows(struct event *event, const void *rows, uint32_t count)
{
	switch ((int)event->kind) {
	case EVENT_ROSTER_CHANGED:
		event->roster.rows = rows;
		event->roster.row_count = count;
		return;
	case EVENT_CAMPAIGN_CHANGED:
		event->campaign.rows = rows;
		event->campaign.row_count = count;
		return;
	case EVENT_CALENDAR_CHANGED:
		event->calendar.rows = rows;
		event->calendar.row_count = count;
		return;
	case EVENT_RULES_CHANGED:
		event->rules.rows = rows;
		event->rules.row_count = count;
		return;
	}
	event->office.rows = rows;
	event->office.row_count = count;
}

static struct part *
part_of(struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_ROSTER_CHANGED:
		return &event->roster.part;
	case EVENT_CAMPAIGN_CHANGED:
		return &event->campaign.part;
	case EVENT_CALENDAR_CHANGED:
		return &event->calendar.part;
	case EVENT_RULES_CHANGED:
		return &event->rules.part;
	}
	return &event->office.part;
}

static void
add_part(struct parts *parts, const struct cutting *cutting, uint32_t from,
    uint32_t to)
{
	struct event *event;

	parts->events =
	    xrealloc(parts->events, parts->count + 1, sizeof *parts->events);
	event = &parts->events[parts->count++];
	memset(event, 0, sizeof *event);
	event->kind = cutting->kind;
	put_rows(event, cutting->rows + from * cutting->row_size, to - from);
}

void
parts_make(struct parts *parts, enum event_kind kind, const void *rows,
    uint32_t row_count)
{
	struct cutting cutting = {kind, rows, row_size_of(kind)};
	struct hasher *hasher = hasher_new();
	uint8_t row[ROW_BYTES_MAX];
	struct hash whole;
	uint32_t from = 0;
	size_t bytes = 0;

	*parts = (struct parts){0};
	for (uint32_t i = 0; i < row_count; i++) {
		size_t len = pack(&cutting, i, row);

		CHECK(len > 0);
		hasher_add(hasher, bytes_of(row, len));
		if (i - from == EVENT_ROWS_MAX ||
		    bytes + len + ROW_EXTRA > PART_BYTES) {
			add_part(parts, &cutting, from, i);
			from = i;
			bytes = 0;
		}
		bytes += len + ROW_EXTRA;
	}
	add_part(parts, &cutting, from, row_count);
	whole = hasher_end(hasher);
	hasher_free(hasher);
	for (unsigned i = 0; i < parts->count; i++) {
		struct part *part = part_of(&parts->events[i]);

		part->part = i + 1;
		part->parts = parts->count;
		memcpy(part->sha256, whole.at, sizeof part->sha256);
	}
}

void
parts_number(struct parts *parts, uint32_t version)
{
	for (unsigned i = 0; i < parts->count; i++)
		part_of(&parts->events[i])->version = version;
}

void
parts_clear(struct parts *parts)
{
	free(parts->events);
	*parts = (struct parts){0};
}
