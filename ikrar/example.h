/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An example of what rules shall do, written by an admin: a small region, what
 * happened in it, a moment, and the alerts that must be open then. It is
 * played by the same view and judge as a region.
 *
 * Every kecamatan of its units has a collector that reports every six hours
 * and whenever a mark has passed, unless it is said to be silent. What a
 * silent one records comes in together when it is heard again.
 */
#ifndef IKRAR_EXAMPLE_H
#define IKRAR_EXAMPLE_H

#include "model/event.h"

enum { EXAMPLE_EVENTS_MAX = 1000, EXAMPLE_EXPECTS_MAX = 256 };

struct example_silence {
	char wilayah[WILAYAH_MAX];
	uint64_t from_ms, to_ms; /* UINT64_MAX: for ever */
};

/* What happened. Its frame is made when it is played. */
struct example_event {
	uint64_t at_ms;
	struct event event;
	char label[WORD_MAX];  /* of the record it makes; empty: none */
	char target[WORD_MAX]; /* the record it speaks of; empty: none */
	/* The alert it closes; of a fault the wilayah of the node; empty: none.
	 */
	char rule[CODE_MAX], object[CODE_MAX];
	const char *text; /* where it stands in the file */
};

struct example_expect {
	char rule[CODE_MAX], object[CODE_MAX];
	bool has_count, has_unheard, has_verified;
	uint32_t count, unheard, verified;
};

struct example {
	char name[NAME_MAX_BYTES];
	char wilayah[WILAYAH_MAX];
	struct unit_row *units;
	struct campaign_row *campaigns;
	struct example_silence *silences;
	struct example_event *events; /* in the order of their times */
	struct example_expect *expects;
	uint32_t unit_count, campaign_count, silence_count, event_count;
	uint32_t expect_count;
	uint64_t when_ms;
};

/* What became of it. */
struct example_result {
	bool is_ok;
	struct text_buf difference; /* lines; empty when it is ok */
	/* An event that the region would refuse; NULL: none. Nothing was
	 * compared then. */
	const struct example_event *refused;
	enum reject word;
};

/* What stands beside the examples: the texts that hold for all of them. */
struct example_texts {
	const struct rule_row *rules;
	uint32_t rule_count;
	const struct calendar_row *calendar;
	uint32_t calendar_count;
};

void example_run(struct example_result *result, const struct example *example,
    const struct example_texts *texts);
void example_result_clear(struct example_result *result);

#endif
