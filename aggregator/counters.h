/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon counts: one counter for each word of REJECT_TABLE
 * ("reject_gap", ...; "reject_ok" counts batches known before), and these.
 */
#ifndef AGGREGATOR_COUNTERS_H
#define AGGREGATOR_COUNTERS_H

#include "model/event.h"

#define COUNTER_TABLE(X)                     \
	X(COUNTER_MESSAGES, "messages")      \
	X(COUNTER_BATCHES, "batches")        \
	X(COUNTER_EVENTS, "events")          \
	X(COUNTER_REFUSED, "events_refused") \
	X(COUNTER_BLOBS, "blobs")            \
	X(COUNTER_RECEIPTS, "receipts")      \
	X(COUNTER_COMMITS, "commits")        \
	X(COUNTER_ENTRIES, "entries")        \
	X(COUNTER_VERDICTS, "verdicts")      \
	X(COUNTER_ALERTS, "alerts")          \
	X(COUNTER_TICKS, "ticks")            \
	X(COUNTER_JOINS, "joins")            \
	X(COUNTER_FAULTS, "faults")          \
	X(COUNTER_PAGES, "pages")            \
	X(COUNTER_UNSENT, "answers_unsent")  \
	X(COUNTER_MALFORMED, "malformed")    \
	X(COUNTER_HANDSHAKES_REFUSED, "handshakes_refused")

enum counter {
#define COUNTER_ENUM(name, word) name,
	COUNTER_TABLE(COUNTER_ENUM)
#undef COUNTER_ENUM
	    COUNTER_REJECT, /* + enum reject */
	COUNTER_COUNT = COUNTER_REJECT + REJECT_COUNT,
};

/* For stat_new. */
extern const char *const counter_names[];

#endif
