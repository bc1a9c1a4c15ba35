/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/log_rule.h"

#include "aggregator/log_field.h"

#define S struct unsigned_units
static const struct field unsigned_fields[] = {TEXT(campaign),
    CHOICE(scope, CATALOG_SCOPE),
    WORDS(FIELD_KINDS, unit_kinds, CATALOG_UNIT_KIND), U32(min_units),
    U32(min_bp), CHOICE(counts, CATALOG_SIGNED), U32(signed_bp), U64(settle_ms),
    U32(clear_units), {0}};
#undef S

#define S struct mark
static const struct field mark_fields[] = {
    CHOICE(anchor, CATALOG_ANCHOR), I64(offset_ms), {0}};
#undef S

#define S struct repeat_incidents
static const struct field repeat_fields[] = {U32(count), U32(within_days),
    CHOICE(scope, CATALOG_SCOPE), U32(min_sources), {0}};
#undef S

#define S struct node_silent
static const struct field silent_fields[] = {TEXT(wilayah),
    WORDS(FIELD_KINDS, node_kinds, CATALOG_NODE_KIND), U64(after_ms),
    U64(sensitive_after_ms), {0}};
#undef S

#define S struct case_deadline
static const struct field deadline_fields[] = {CHOICE(step, CATALOG_STEP),
    U32(days), CHOICE(clock, CATALOG_CLOCK),
    CHOICE(anchor, CATALOG_CASE_ANCHOR), {0}};
#undef S

#define S struct burst
static const struct field burst_fields[] = {U32(count), U64(within_ms), {0}};
#undef S

#define S struct chain_broken
static const struct field broken_fields[] = {U64(clock_ms), {0}};
#undef S

#define S struct rule_row
static const struct field rule_fields[] = {TEXT(id), RULE_KIND(kind),
    CHOICE(tell, CATALOG_ROLE), CHOICE(severity, CATALOG_SEVERITY), {0}};
#undef S

static void
put_unsigned(struct json *json, const struct unsigned_units *rule)
{
	json_object_begin(json, "unsigned_units");
	log_put_fields(json, unsigned_fields, rule);
	json_array_begin(json, "at");
	for (uint32_t i = 0; i < rule->mark_count; i++)
		log_put_object(json, NULL, mark_fields, &rule->at[i]);
	json_end(json);
	json_end(json);
}

static void
put_acts(struct json *json, const char acts[RULE_ACTS_MAX][ACT_CODE_MAX],
    uint32_t count)
{
	json_array_begin(json, "acts");
	for (uint32_t i = 0; i < count; i++)
		json_text(json, NULL, acts[i]);
	json_end(json);
}

static void
put_repeat(struct json *json, const struct repeat_incidents *rule)
{
	json_object_begin(json, "repeat_incidents");
	log_put_fields(json, repeat_fields, rule);
	put_acts(json, rule->acts, rule->act_count);
	json_array_begin(json, "states");
	if ((rule->states & 1) != 0)
		json_text(json, NULL, "reported");
	if ((rule->states & 2) != 0)
		json_text(json, NULL, "verified");
	json_end(json);
	json_end(json);
}

static void
put_deadline(struct json *json, const struct case_deadline *rule)
{
	json_object_begin(json, "case_deadline");
	log_put_fields(json, deadline_fields, rule);
	put_acts(json, rule->acts, rule->act_count);
	json_end(json);
}

static void
put_rule_body(struct json *json, const struct rule_row *rule)
{
	switch (rule->kind) {
	case RULE_UNSIGNED_UNITS_1:
		put_unsigned(json, &rule->unsigned_units);
		break;
	case RULE_REPEAT_INCIDENTS_1:
		put_repeat(json, &rule->repeat_incidents);
		break;
	case RULE_NODE_SILENT_1:
		log_put_object(
		    json, "node_silent", silent_fields, &rule->node_silent);
		break;
	case RULE_CASE_DEADLINE_1:
		put_deadline(json, &rule->case_deadline);
		break;
	case RULE_BURST_1:
		log_put_object(json, "burst", burst_fields, &rule->burst);
		break;
	case RULE_CHAIN_BROKEN_1:
		log_put_object(
		    json, "chain_broken", broken_fields, &rule->chain_broken);
		break;
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
}

void
log_put_rule(struct json *json, const struct rule_row *rule)
{
	json_object_begin(json, NULL);
	log_put_fields(json, rule_fields, rule);
	put_rule_body(json, rule);
	json_end(json);
}
