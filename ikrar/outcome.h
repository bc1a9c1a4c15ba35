/* SPDX-License-Identifier: Apache-2.0 */
/* What became of alerts, gathered from their verdicts: for comparing two
 * histories. Pure. */
#ifndef IKRAR_OUTCOME_H
#define IKRAR_OUTCOME_H

#include "core/json.h"
#include "judge/table.h"
#include "model/event.h"

struct outcome {
	uint8_t id[EVENT_ID_SIZE];
	char rule[CODE_MAX], object[CODE_MAX], occasion[OCCASION_MAX];
	enum rule_kind kind;
	uint32_t scope, opening;
	uint64_t opened_ms, ended_ms; /* ended 0: open */
	bool is_withdrawn;
	char reason[WORD_MAX];  /* of the end */
	struct figures figures; /* of the last verdict that is no end */
};

struct outcomes {
	struct outcome *at;
	unsigned count, cap;
	struct lookup by_id;
};

void outcomes_note(struct outcomes *outcomes, const struct event *verdict);
void outcomes_clear(struct outcomes *outcomes);
bool outcome_is_equal(const struct outcome *a, const struct outcome *b);

/* Goes through both by rule, object and opening: `fn` gets NULL for the one
 * that has not this alert. */
typedef void (*outcome_pair_fn)(
    void *context, const struct outcome *before, const struct outcome *after);
void outcomes_pair(const struct outcomes *before, const struct outcomes *after,
    outcome_pair_fn fn, void *context);

/* A pair as an object: what it is, and each side that there is. */
void outcome_put(struct json *json, const struct outcome *before,
    const struct outcome *after);

#endif
