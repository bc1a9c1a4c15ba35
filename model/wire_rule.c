/* SPDX-License-Identifier: Apache-2.0 */
#include "model/wire_rule.h"

#include "proto/event.pb-c.h"

static uint32_t
rule_number(const char *word)
{
	enum rule_kind kind = rule_kind_by_name(word);

	return kind == RULE_NONE ? UINT32_MAX : (uint32_t)kind;
}

static const char *
rule_word(uint32_t number)
{
	return rule_kind_name((enum rule_kind)number);
}

static const struct shape_words rule_words = {rule_number, rule_word};

#define M Ikrar__V1__Mark
#define S struct mark
static const struct shape_field mark_fields[] = {
    ENUM(Ikrar__V1__Anchor, anchor), I64(offset_ms)};
#undef M
#undef S
SHAPE(mark, mark, struct mark);

#define M Ikrar__V1__UnsignedUnits
#define S struct unsigned_units
static const struct shape_field unsigned_units_fields[] = {TEXT(campaign),
    ENUM(Ikrar__V1__Scope, scope), U32(unit_kinds), U32(min_units), U32(min_bp),
    ENUM(Ikrar__V1__Signed, counts), U32(signed_bp),
    ARRAY(at, mark_count, &mark_shape), U64(settle_ms), U32(clear_units)};
#undef M
#undef S
SHAPE(unsigned_units, unsigned_units, struct unsigned_units);

SHAPE_LONE(act_code, ActCode, act_code, SHAPE_TEXT, char *, code, ACT_CODE_MAX);

#define M Ikrar__V1__RepeatIncidents
#define S struct repeat_incidents
static const struct shape_field repeat_incidents_fields[] = {U32(count),
    U32(within_days), ENUM(Ikrar__V1__Scope, scope), U32(min_sources),
    ARRAY(acts, act_count, &act_code_shape), U32(states)};
#undef M
#undef S
SHAPE(repeat_incidents, repeat_incidents, struct repeat_incidents);

#define M Ikrar__V1__NodeSilent
#define S struct node_silent
static const struct shape_field node_silent_fields[] = {
    TEXT(wilayah), U32(node_kinds), U64(after_ms), U64(sensitive_after_ms)};
#undef M
#undef S
SHAPE(node_silent, node_silent, struct node_silent);

#define M Ikrar__V1__CaseDeadline
#define S struct case_deadline
static const struct shape_field case_deadline_fields[] = {
    ENUM(Ikrar__V1__Step, step), U32(days), ENUM(Ikrar__V1__Clock, clock),
    ENUM(Ikrar__V1__CaseAnchor, anchor),
    ARRAY(acts, act_count, &act_code_shape)};
#undef M
#undef S
SHAPE(case_deadline, case_deadline, struct case_deadline);

#define M Ikrar__V1__Burst
#define S struct burst
static const struct shape_field burst_fields[] = {U32(count), U64(within_ms)};
#undef M
#undef S
SHAPE(burst, burst, struct burst);

SHAPE_LONE(chain_broken, ChainBroken, chain_broken, SHAPE_U64, uint64_t,
    clock_ms, sizeof(struct chain_broken));

#define RULE_CASE(arm, field)                                        \
	{                                                            \
		IKRAR__V1__RULE_ROW__BODY_##arm, RULE_##arm##_1,     \
		    &field##_shape, offsetof(struct rule_row, field) \
	}
static const struct shape_case rule_cases[] = {
    RULE_CASE(UNSIGNED_UNITS, unsigned_units),
    RULE_CASE(REPEAT_INCIDENTS, repeat_incidents),
    RULE_CASE(NODE_SILENT, node_silent),
    RULE_CASE(CASE_DEADLINE, case_deadline),
    RULE_CASE(BURST, burst),
    RULE_CASE(CHAIN_BROKEN, chain_broken),
    {0},
};
#define M Ikrar__V1__RuleRow
#define S struct rule_row
static const struct shape_field rule_row_fields[] = {TEXT(id),
    WORD(enum rule_kind, kind, &rule_words), ENUM(Ikrar__V1__Role, tell),
    ENUM(Ikrar__V1__Severity, severity),
    ONEOF(unsigned_units, body_case, enum rule_kind, kind, rule_cases)};
#undef M
#undef S
SHAPE_SHARED(rule_row, rule_row, struct rule_row);

#define M Ikrar__V1__Figures
#define S struct figures
static const struct shape_field figures_fields[] = {U32(expected), U32(on_time),
    U32(late), U32_AS(unsigned_, unsigned_known), U32(unheard), U32(reported),
    U32(verified), U32(sources), U32(threshold), U32(threshold_bp),
    U32(excused), U32(extended), U32(nodes), U32(days)};
#undef M
#undef S
SHAPE(figures, figures, struct figures);

#define M Ikrar__V1__AlertUnit
#define S struct alert_unit
static const struct shape_field alert_unit_fields[] = {
    TEXT(code), TEXT(name), TEXT(wilayah), TEXT(why)};
#undef M
#undef S
SHAPE(alert_unit, alert_unit, struct alert_unit);

SHAPE_LONE(entry_index, EntryIndex, entry_index, SHAPE_U64, uint64_t, index,
    sizeof(uint64_t));

#define M Ikrar__V1__Verdict
#define S struct verdict
static const struct shape_field verdict_fields[] = {BLOB(alert), TEXT(rule),
    WORD(enum rule_kind, kind, &rule_words), U32(rules_version),
    ENUM(Ikrar__V1__Role, tell), TEXT(campaign), ENUM(Ikrar__V1__Scope, scope),
    TEXT(object), TEXT(object_name), TEXT(occasion), U32(opening),
    U64(judged_at_ms), U64(mark), ONE(figures, &figures_shape),
    ROWS(units, unit_count, VERDICT_UNITS_MAX, &alert_unit_shape),
    ROWS(removed, removed_count, VERDICT_UNITS_MAX, &alert_unit_shape),
    ROWS(evidence, evidence_count, VERDICT_EVIDENCE_MAX, &entry_index_shape),
    TEXT(reason), U32(window_from_day), U32(window_to_day),
    ENUM(Ikrar__V1__Signed, counts), U32(signed_bp),
    ENUM(Ikrar__V1__Severity, severity), BLOB_ZERO(node), TEXT(place),
    U64(since_ms), ENUM(Ikrar__V1__Step, step)};
#undef M
#undef S
SHAPE_SHARED(verdict, verdict, struct verdict);
