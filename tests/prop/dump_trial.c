/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories of wild_history.h under other rules, as `ikrar rules try` plays
 * them, for the reference judge:
 *     dump_trial SEED COUNT
 * {"seed":n,"from_ms":m,"rules":[a RulesChanged]}, then the entries, then
 * {"alerts":[...]} as `rules try --json` has them.
 */
#include "tests/prop/dump.h"
#include "tests/prop/wild_history.h"

#include "ikrar/trial.h"

struct dump {
	struct wild *wild;
	struct trial *trial;
	struct outcomes recorded;
	struct rule_row rules[RULES_HERE];
	uint32_t rule_count;
	uint64_t from_ms;
};

/* Some of the last rules as they are, some stricter or milder, some others. */
static void
other_rules(struct dump *dump)
{
	const struct history *history = dump->wild->history;

	for (unsigned i = 0; i < history->rule_count; i++) {
		struct rule_row *rule = &dump->rules[dump->rule_count++];
		unsigned id;

		*rule = history->rules[i];
		if (one_in(4))
			continue;
		if (one_in(2)) {
			wild_threshold(rule);
			continue;
		}
		(void)sscanf(rule->id, "R%u", &id);
		wild_rule(rule, id);
	}
	if (one_in(2))
		dump->from_ms =
		    STORY_START + below(WILD_DAYS * 24) * STORY_HOUR + 1;
}

static void
take_entry(struct dump *dump, size_t n)
{
	const struct story *story = dump->wild->history->story;
	const struct story_entry *kept = &story->entries[n];
	struct stored stored = {.index = n,
	    .leaf = {.author = kept->author,
		.received_at_ms = kept->received_at_ms,
		.event = bytes_of(kept->bytes, kept->len)}};

	story_must(wire_unpack(story->wire, stored.leaf.event, &stored.event) ==
		       REJECT_NONE,
	    __func__, event_kind_name(kept->kind));
	if (event_is_verdict(stored.event.kind))
		outcomes_note(&dump->recorded, &stored.event);
	trial_take(dump->trial, &stored.leaf);
	dump_entry(&stored);
}

static void
put_pair(
    void *context, const struct outcome *before, const struct outcome *after)
{
	if (before == NULL || after == NULL || !outcome_is_equal(before, after))
		outcome_put(context, before, after);
}

static void
print_outcomes(const struct dump *dump)
{
	struct json json = {0};

	json_object_begin(&json, NULL);
	json_array_begin(&json, "alerts");
	outcomes_pair(
	    &dump->recorded, trial_outcomes(dump->trial), put_pair, &json);
	json_end(&json);
	json_end(&json);
	dump_json(&json);
}

static void
dump_one(uint64_t seed)
{
	struct dump dump = {.wild = wild_of(seed)};
	const struct story *story = dump.wild->history->story;

	other_rules(&dump);
	dump.trial = trial_new(dump.rules, dump.rule_count, dump.from_ms);
	dump_head(&seed, dump.from_ms, dump.rules, dump.rule_count);
	for (size_t i = 0; i < story->entry_count; i++)
		take_entry(&dump, i);
	print_outcomes(&dump);
	outcomes_clear(&dump.recorded);
	trial_free(dump.trial);
	wild_free(dump.wild);
}

int
main(int argc, char **argv)
{
	uint64_t seed, count;

	if (argc != 3 || u64_get(&seed, argv[1], 1, UINT32_MAX) != OK ||
	    u64_get(&count, argv[2], 1, UINT32_MAX) != OK) {
		(void)fprintf(stderr, "dump_trial SEED COUNT\n");
		return 64;
	}
	for (uint64_t i = 0; i < count; i++)
		dump_one(seed + i);
	return 0;
}
