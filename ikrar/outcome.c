/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/outcome.h"

#include "model/catalog.h"
#include "report/sum_json.h"

#include <stdlib.h>
#include <string.h>

static struct outcome *
outcome_find(const struct outcomes *outcomes, const uint8_t id[EVENT_ID_SIZE])
{
	uint32_t hash = be32_get(id), at = hash, number;

	while (lookup_next(&outcomes->by_id, hash, &at, &number))
		if (memcmp(outcomes->at[number].id, id, EVENT_ID_SIZE) == 0)
			return &outcomes->at[number];
	return NULL;
}

static struct outcome *
outcome_open(struct outcomes *outcomes, const struct verdict *verdict)
{
	struct outcome *new;

	if (outcomes->count == outcomes->cap) {
		outcomes->cap = 2 * outcomes->cap + 64;
		outcomes->at =
		    xrealloc(outcomes->at, outcomes->cap, sizeof *outcomes->at);
	}
	lookup_add(&outcomes->by_id, be32_get(verdict->alert), outcomes->count);
	new = &outcomes->at[outcomes->count++];
	*new = (struct outcome){.kind = verdict->kind,
	    .scope = verdict->scope,
	    .opening = verdict->opening,
	    .opened_ms = verdict->judged_at_ms};
	memcpy(new->id, verdict->alert, EVENT_ID_SIZE);
	(void)text_copy(new->rule, CODE_MAX, verdict->rule);
	(void)text_copy(new->object, CODE_MAX, verdict->object);
	(void)text_copy(new->occasion, OCCASION_MAX, verdict->occasion);
	return new;
}

void
outcomes_note(struct outcomes *outcomes, const struct event *event)
{
	const struct verdict *verdict = &event->verdict;
	bool is_end = event->kind == EVENT_ALERT_WITHDRAWN ||
		      event->kind == EVENT_ALERT_RESOLVED;
	struct outcome *outcome = event->kind == EVENT_ALERT_OPENED
				      ? outcome_open(outcomes, verdict)
				      : outcome_find(outcomes, verdict->alert);

	if (outcome == NULL)
		return;
	if (!is_end) {
		outcome->figures = verdict->figures;
		return;
	}
	outcome->ended_ms = verdict->judged_at_ms;
	outcome->is_withdrawn = event->kind == EVENT_ALERT_WITHDRAWN;
	(void)text_copy(outcome->reason, WORD_MAX, verdict->reason);
}

void
outcomes_clear(struct outcomes *outcomes)
{
	free(outcomes->at);
	lookup_clear(&outcomes->by_id);
	*outcomes = (struct outcomes){0};
}

bool
outcome_is_equal(const struct outcome *a, const struct outcome *b)
{
	return a->opened_ms == b->opened_ms && a->ended_ms == b->ended_ms &&
	       a->is_withdrawn == b->is_withdrawn &&
	       strcmp(a->reason, b->reason) == 0 &&
	       memcmp(&a->figures, &b->figures, sizeof a->figures) == 0;
}

/* The id tells apart what else is alike. */
static int
compare(const void *a, const void *b)
{
	const struct outcome *first = a, *second = b;
	int order = strcmp(first->rule, second->rule);

	if (order == 0)
		order = strcmp(first->object, second->object);
	if (order == 0 && first->opening != second->opening)
		order = first->opening < second->opening ? -1 : 1;
	return order != 0 ? order
			  : memcmp(first->id, second->id, EVENT_ID_SIZE);
}

static struct outcome *
sorted(const struct outcomes *outcomes)
{
	struct outcome *copy = xcalloc(outcomes->count + 1, sizeof *copy);

	if (outcomes->count > 0) {
		memcpy(copy, outcomes->at, outcomes->count * sizeof *copy);
		qsort(copy, outcomes->count, sizeof *copy, compare);
	}
	return copy;
}

void
outcomes_pair(const struct outcomes *before, const struct outcomes *after,
    outcome_pair_fn fn, void *context)
{
	struct outcome *was = sorted(before), *is = sorted(after);
	unsigned i = 0, k = 0;

	while (i < before->count || k < after->count) {
		int order;

		if (i == before->count)
			order = 1;
		else if (k == after->count)
			order = -1;
		else
			order = compare(&was[i], &is[k]);
		fn(context, order <= 0 ? &was[i] : NULL,
		    order >= 0 ? &is[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	free(was);
	free(is);
}

static void
put_side(struct json *json, const char *name, const struct outcome *outcome)
{
	json_object_begin(json, name);
	json_u64(json, "opened_ms", outcome->opened_ms);
	if (outcome->ended_ms == 0)
		json_null_put(json, "ended_ms");
	else
		json_u64(json, "ended_ms", outcome->ended_ms);
	json_text(json, "state",
	    outcome->ended_ms == 0  ? "open"
	    : outcome->is_withdrawn ? "withdrawn"
				    : "resolved");
	json_text(json, "reason", outcome->reason);
	sum_json_figures(json, &outcome->figures);
	json_end(json);
}

void
outcome_put(struct json *json, const struct outcome *before,
    const struct outcome *after)
{
	const struct outcome *any = before != NULL ? before : after;

	json_object_begin(json, NULL);
	json_text(json, "what",
	    before == NULL  ? "added"
	    : after == NULL ? "removed"
			    : "changed");
	json_hex(json, "alert", any->id, sizeof any->id);
	json_text(json, "rule", any->rule);
	json_text(json, "scope", catalog_word(CATALOG_SCOPE, any->scope));
	json_text(json, "object", any->object);
	json_text(json, "occasion", any->occasion);
	json_u64(json, "opening", any->opening);
	if (before != NULL)
		put_side(json, "before", before);
	if (after != NULL)
		put_side(json, "after", after);
	json_end(json);
}
