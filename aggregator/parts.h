/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A long text of an admin (roster, campaigns, calendar, rules, offices) as the
 * events that carry it: as few parts as the limits of an event allow, each with
 * the hash of the whole.
 */
#ifndef AGGREGATOR_PARTS_H
#define AGGREGATOR_PARTS_H

#include "model/event.h"

struct parts {
	struct event *events; /* kind and body are filled */
	unsigned count;
};

/* `rows` are unit_row, campaign_row, calendar_row, rule_row or seat_row, as
 * `kind` says; they have passed their check and outlive the parts. No rows: one
 * part. */
void parts_make(struct parts *parts, enum event_kind kind, const void *rows,
    uint32_t row_count);
/* The version is 1 behind the one in force. */
void parts_number(struct parts *parts, uint32_t version);
void parts_clear(struct parts *parts);

#endif
