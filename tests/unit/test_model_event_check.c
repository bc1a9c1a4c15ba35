/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line a rule: what is changed in a valid event, and the word that must
 * come of it.
 */
#include "model/event.h"

#include <criterion/criterion.h>

#include "tests/unit/test_model_events.h"

static struct sample sample;
static struct event *const e = &sample.event;

static void
prepare(enum event_kind kind)
{
	struct chance chance = {seed_of_environment()};

	chance_event(&chance, kind, &sample);
	cr_assert_eq(event_check(e), REJECT_NONE, "the sample itself, SEED=%lu",
	    (unsigned long)seed_of_environment());
}

/* `change` may be several statements. */
#define IS(word, kind_, ...)                                                 \
	do {                                                                 \
		prepare(kind_);                                              \
		__VA_ARGS__;                                                 \
		cr_expect_eq(event_check(e), word, "%s: %s: got %s", #kind_, \
		    #__VA_ARGS__, reject_word(event_check(e)));              \
	} while (0)
#define BITES(...) IS(REJECT_FIELD, __VA_ARGS__)
#define PASSES(...) IS(REJECT_NONE, __VA_ARGS__)
#define SET(field, text) text_copy(field, sizeof(field), text)
#define ZERO(field) memset(&(field), 0, sizeof(field))

static const char nip[] = "198001012005011001";

Test(event_check, passes_a_random_event_of_every_kind)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < 200 * ALL_KINDS; i++) {
		chance_event(&chance, all_kinds[i % ALL_KINDS], &sample);
		cr_assert_eq(event_check(e), REJECT_NONE, "%s: %s, SEED=%lu",
		    event_kind_name(e->kind), reject_word(event_check(e)),
		    (unsigned long)seed_of_environment());
	}
}

Test(event_check, wants_a_frame_of_a_node)
{
	BITES(EVENT_PLEDGE_MADE, e->version = 0);
	BITES(EVENT_PLEDGE_MADE, e->version = 2);
	BITES(EVENT_PLEDGE_MADE, ZERO(e->node));
	BITES(EVENT_PLEDGE_MADE, e->seq = 0);
	BITES(EVENT_PLEDGE_MADE, e->wilayah[0] = '\0');
	BITES(EVENT_PLEDGE_MADE, SET(e->wilayah, "7304"));
	BITES(EVENT_PLEDGE_MADE, e->kind = EVENT_NONE);
	BITES(EVENT_PLEDGE_MADE, e->kind = (enum event_kind)31);
}

Test(event_check, wants_a_frame_of_the_log_for_its_own_events)
{
	BITES(EVENT_TICKED, e->node[15] = 1);
	BITES(EVENT_TICKED, e->seq = 1);
	BITES(EVENT_TICKED, SET(e->wilayah, "x"));
	PASSES(EVENT_TICKED, e->wilayah[0] = '\0');
	BITES(EVENT_ALERT_OPENED, e->seq = 1);
	BITES(EVENT_ALERT_RESOLVED, e->node[0] = 1);
}

Test(event_check, wants_each_field_of_a_pledge)
{
	struct pledge *p = &e->pledge;

	BITES(EVENT_PLEDGE_MADE, p->unit[0] = '\0');
	BITES(EVENT_PLEDGE_MADE, SET(p->unit, "lower"));
	BITES(EVENT_PLEDGE_MADE, p->campaign[0] = '\0');
	BITES(EVENT_PLEDGE_MADE, ZERO(p->ceremony));
	BITES(EVENT_PLEDGE_MADE, p->act = 0);
	BITES(EVENT_PLEDGE_MADE, p->act = 3);
	BITES(EVENT_PLEDGE_MADE, p->form = 0);
	BITES(EVENT_PLEDGE_MADE, p->form = 7);
	BITES(EVENT_PLEDGE_MADE, p->points = 0);
	BITES(EVENT_PLEDGE_MADE, p->points = 16);
	BITES(EVENT_PLEDGE_MADE, p->template[0] = '\0');
	BITES(EVENT_PLEDGE_MADE, ZERO(p->template_sha256));
	BITES(EVENT_PLEDGE_MADE, p->made_at_ms = 0);
	BITES(EVENT_PLEDGE_MADE, p->made_at_ms = 4102444800001);
	BITES(EVENT_PLEDGE_MADE, p->witnesses = 256);
	BITES(EVENT_PLEDGE_MADE, p->counts[0].present = 1000001);
	BITES(EVENT_PLEDGE_MADE, p->counts[2].signatures = 1000001);
	PASSES(EVENT_PLEDGE_MADE, p->witnesses = 255);
	PASSES(EVENT_PLEDGE_MADE, p->points = 15);
}

Test(event_check, wants_a_pact_to_count_somebody)
{
	struct pledge *p = &e->pledge;

	BITES(EVENT_PLEDGE_MADE, ZERO(p->counts), p->head_signed = false,
	    p->act = 2);
	PASSES(EVENT_PLEDGE_MADE, ZERO(p->counts), p->head_signed = false,
	    p->act = 1);
	PASSES(EVENT_PLEDGE_MADE, ZERO(p->counts), p->head_signed = true,
	    p->act = 2);
	PASSES(EVENT_PLEDGE_MADE, ZERO(p->counts), p->head_signed = false,
	    p->act = 2, p->counts[1].is_set = true);
}

Test(event_check, wants_each_field_of_an_incident)
{
	struct incident *i = &e->incident;

	BITES(EVENT_INCIDENT_REPORTED, i->unit[0] = '\0');
	BITES(EVENT_INCIDENT_REPORTED, SET(i->act, "ZZZ"));
	BITES(EVENT_INCIDENT_REPORTED, i->act[0] = '\0');
	BITES(EVENT_INCIDENT_REPORTED, i->happened_from_day = 0);
	BITES(EVENT_INCIDENT_REPORTED,
	    i->happened_from_day = i->happened_to_day + 1);
	BITES(
	    EVENT_INCIDENT_REPORTED, i->happened_to_day = i->reported_day + 1);
	BITES(EVENT_INCIDENT_REPORTED, i->known_day = 0);
	BITES(EVENT_INCIDENT_REPORTED, i->known_day = i->reported_day + 1);
	BITES(EVENT_INCIDENT_REPORTED, i->reported_day = 47483);
	BITES(EVENT_INCIDENT_REPORTED, i->source = 0);
	BITES(EVENT_INCIDENT_REPORTED, i->source = 9);
	BITES(EVENT_INCIDENT_REPORTED, i->subject = 0);
	BITES(EVENT_INCIDENT_REPORTED, i->subject = 7);
	BITES(EVENT_INCIDENT_REPORTED, i->evidence_count = 9);
}

Test(event_check, takes_the_sealed_part_whole_or_not_at_all)
{
	struct incident *i = &e->incident;

	IS(REJECT_NOT_SEALED, EVENT_INCIDENT_REPORTED, SET(i->act, "LLN"));
	IS(REJECT_NOT_SEALED, EVENT_INCIDENT_REPORTED, i->is_sealed = true);
	IS(REJECT_NOT_SEALED, EVENT_INCIDENT_REPORTED, i->blob_size = 1);
	BITES(EVENT_INCIDENT_REPORTED, i->has_subject_tag = true,
	    ZERO(i->subject_tag));
	PASSES(EVENT_INCIDENT_REPORTED, i->has_subject_tag = true,
	    memset(i->subject_tag, 7, EVENT_HASH_SIZE));
}

Test(event_check, wants_each_field_of_a_correction)
{
	struct corrected *c = &e->corrected;

	BITES(EVENT_CORRECTED, c->target.seq = 0);
	BITES(EVENT_CORRECTED, c->kind = EVENT_NONE);
	BITES(EVENT_CORRECTED, c->kind = EVENT_WITHDRAWN);
	BITES(EVENT_CORRECTED, c->kind = EVENT_PLEDGE_MADE, ZERO(c->pledge));
	BITES(EVENT_CORRECTED, c->kind = EVENT_INCIDENT_REPORTED,
	    ZERO(c->incident));
	PASSES(EVENT_CORRECTED, ZERO(c->target.node));
}

Test(event_check, wants_each_field_of_a_withdrawal)
{
	struct withdrawn *w = &e->withdrawn;

	BITES(EVENT_WITHDRAWN, w->target.seq = 0);
	BITES(EVENT_WITHDRAWN, w->reason[0] = '\0');
	BITES(EVENT_WITHDRAWN, SET(w->reason, "HILANG"));
	BITES(EVENT_WITHDRAWN, SET(w->reference, "two words"));
	PASSES(EVENT_WITHDRAWN, w->reference[0] = '\0');
	IS(REJECT_DIGITS, EVENT_WITHDRAWN, SET(w->reference, nip));
}

Test(event_check, wants_each_field_of_a_review)
{
	struct reviewed *r = &e->reviewed;

#define STEP(n) (ZERO(r->duplicate_of), r->step = (n))
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), r->target.seq = 0);
	BITES(EVENT_INCIDENT_REVIEWED, STEP(0));
	BITES(EVENT_INCIDENT_REVIEWED, STEP(13));
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), SET(r->reason, "free text"));
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), SET(r->reference, "a"));
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), SET(r->decision, "a"));
	IS(REJECT_DIGITS, EVENT_INCIDENT_REVIEWED, STEP(3),
	    SET(r->reference, nip));
	IS(REJECT_DIGITS, EVENT_INCIDENT_REVIEWED, STEP(3),
	    SET(r->decision, "19800101.200501.1-001"));
	PASSES(EVENT_INCIDENT_REVIEWED, STEP(3), r->reason[0] = '\0');
}

Test(event_check, finds_nobody_guilty_without_a_decision)
{
	struct reviewed *r = &e->reviewed;

	IS(REJECT_NO_DECISION, EVENT_INCIDENT_REVIEWED, STEP(5),
	    r->decision[0] = '\0');
	IS(REJECT_NO_DECISION, EVENT_INCIDENT_REVIEWED, STEP(6),
	    r->decision[0] = '\0');
	PASSES(EVENT_INCIDENT_REVIEWED, STEP(5), SET(r->decision, "PTS/9/24"));
	PASSES(EVENT_INCIDENT_REVIEWED, STEP(4), r->decision[0] = '\0');
}

Test(event_check, wants_the_other_report_of_a_double_and_only_then)
{
	struct reviewed *r = &e->reviewed;

	BITES(EVENT_INCIDENT_REVIEWED, STEP(11));
	BITES(EVENT_INCIDENT_REVIEWED, STEP(11), r->duplicate_of = r->target);
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), r->duplicate_of.seq = 1);
	BITES(EVENT_INCIDENT_REVIEWED, STEP(3), r->duplicate_of.node[0] = 1);
	BITES(EVENT_INCIDENT_REVIEWED, STEP(5), SET(r->decision, "PTS/9"),
	    r->duplicate_of.seq = 1);
	PASSES(EVENT_INCIDENT_REVIEWED, STEP(11),
	    r->duplicate_of.seq = r->target.seq + 1);
#undef STEP
}

Test(event_check, wants_parts_in_order)
{
	struct part *p = &e->roster.part;

	BITES(EVENT_ROSTER_CHANGED, p->version = 0);
	BITES(EVENT_ROSTER_CHANGED, p->part = 0);
	BITES(EVENT_ROSTER_CHANGED, p->part = p->parts + 1);
	BITES(EVENT_ROSTER_CHANGED, p->parts = 4097);
	BITES(EVENT_ROSTER_CHANGED, e->roster.row_count = 257);
	BITES(EVENT_ROSTER_CHANGED, e->roster.row_count = 0, p->parts = 2,
	    p->part = 1);
	PASSES(EVENT_ROSTER_CHANGED, e->roster.row_count = 0, p->parts = 1,
	    p->part = 1);
	BITES(EVENT_CAMPAIGN_CHANGED, e->campaign.part.version = 0);
	BITES(EVENT_RULES_CHANGED, e->rules.part.version = 0);
	BITES(EVENT_OFFICE_CHANGED, e->office.part.version = 0);
}

Test(event_check, wants_each_field_of_a_unit)
{
	struct unit_row *u = &sample.units[0];

	BITES(EVENT_ROSTER_CHANGED, SET(u->code, "kode"));
	BITES(EVENT_ROSTER_CHANGED, u->name[0] = '\0');
	BITES(EVENT_ROSTER_CHANGED, SET(u->name, "dua\nbaris"));
	BITES(EVENT_ROSTER_CHANGED, u->kind = 0);
	BITES(EVENT_ROSTER_CHANGED, u->kind = 16);
	BITES(EVENT_ROSTER_CHANGED, u->wilayah[0] = '\0');
	BITES(EVENT_ROSTER_CHANGED, SET(u->parent, "induk"));
	BITES(EVENT_ROSTER_CHANGED, SET(u->parent, u->code));
	BITES(EVENT_ROSTER_CHANGED, u->heads[0] = 1000001);
	BITES(EVENT_ROSTER_CHANGED, u->heads[1] = 1000001);
	BITES(EVENT_ROSTER_CHANGED, u->heads[2] = 1000001);
	PASSES(EVENT_ROSTER_CHANGED, u->parent[0] = '\0');
	IS(REJECT_DIGITS, EVENT_ROSTER_CHANGED, SET(u->code, nip));
	IS(REJECT_DIGITS, EVENT_ROSTER_CHANGED, SET(u->parent, nip));
	IS(REJECT_DIGITS, EVENT_ROSTER_CHANGED,
	    SET(u->name, "Camat 19800101 200501 1 001"));
}

Test(event_check, wants_each_field_of_a_campaign)
{
	struct campaign_row *c = &sample.campaigns[0];

	BITES(EVENT_CAMPAIGN_CHANGED, c->id[0] = '\0');
	BITES(EVENT_CAMPAIGN_CHANGED, c->name[0] = '\0');
	BITES(EVENT_CAMPAIGN_CHANGED, c->due_ms = 0);
	BITES(EVENT_CAMPAIGN_CHANGED, c->due_ms = c->grace_end_ms + 1);
	BITES(EVENT_CAMPAIGN_CHANGED, c->grace_end_ms = c->lock_ms + 1);
	BITES(EVENT_CAMPAIGN_CHANGED, c->lock_ms = 4102444800001);
	PASSES(
	    EVENT_CAMPAIGN_CHANGED, c->due_ms = c->grace_end_ms = c->lock_ms);
	IS(REJECT_DIGITS, EVENT_CAMPAIGN_CHANGED, SET(c->name, nip));
}

/* The kind of a random rule is random: here each has its own. */
static struct rule_row *
rule_of(enum rule_kind kind)
{
	struct chance chance = {seed_of_environment()};
	struct rule_row *rule = &sample.rules[0];

	do {
		memset(rule, 0, sizeof *rule);
		chance_rule(&chance, rule);
	} while (rule->kind != kind);
	return rule;
}

#define UNSIGNED rule_of(RULE_UNSIGNED_UNITS_1)
#define REPEAT rule_of(RULE_REPEAT_INCIDENTS_1)

Test(event_check, wants_each_field_of_a_rule)
{
	BITES(EVENT_RULES_CHANGED, SET(UNSIGNED->id, "rule"));
	BITES(EVENT_RULES_CHANGED, UNSIGNED->tell = 0);
	BITES(EVENT_RULES_CHANGED, UNSIGNED->tell = 3);
	BITES(EVENT_RULES_CHANGED, UNSIGNED->kind = RULE_NONE);
	IS(REJECT_DIGITS, EVENT_RULES_CHANGED, SET(UNSIGNED->id, nip));
}

Test(event_check, wants_each_field_of_a_rule_on_unsigned_units)
{
	struct unsigned_units *u = &sample.rules[0].unsigned_units;

	BITES(EVENT_RULES_CHANGED, UNSIGNED, SET(u->campaign, ""));
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->scope = 0);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->scope = 5);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->unit_kinds = 1);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->unit_kinds = 1 << 16);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->unit_kinds = 1 << 15);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->min_units = u->min_bp = 0);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->min_units = 0, u->min_bp = 1);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->min_bp = 10001);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->counts = 0);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->counts = 4);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->counts = 3, u->signed_bp = 0);
	BITES(
	    EVENT_RULES_CHANGED, UNSIGNED, u->counts = 3, u->signed_bp = 10001);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->counts = 1, u->signed_bp = 1);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->counts = 3, u->signed_bp = 1);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->mark_count = 0);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->mark_count = 9);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->at[0].anchor = 0);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->at[0].anchor = 3);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->at[0].offset_ms = 34560000001);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->at[0].offset_ms = -34560000001);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, u->settle_ms = 2592000001);
}

Test(event_check, tells_the_head_nothing_before_grace_end)
{
	struct rule_row *r = &sample.rules[0];
	struct mark *at = &r->unsigned_units.at[0];

	BITES(EVENT_RULES_CHANGED, UNSIGNED, r->tell = 2,
	    *at = (struct mark){1, 86400000});
	BITES(EVENT_RULES_CHANGED, UNSIGNED, r->tell = 2,
	    *at = (struct mark){2, -1});
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, r->tell = 2,
	    r->unsigned_units.mark_count = 1, *at = (struct mark){2, 0});
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, r->tell = 1,
	    *at = (struct mark){1, -1});
}

Test(event_check, wants_each_field_of_a_rule_on_repeated_incidents)
{
	struct repeat_incidents *r = &sample.rules[0].repeat_incidents;

	BITES(EVENT_RULES_CHANGED, REPEAT, r->count = 0);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->count = 1000001);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->within_days = 0);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->within_days = 3661);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->scope = 0);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->scope = 7);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->scope = 6);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->min_sources = 1000001);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->act_count = 25);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->act_count = 1,
	    SET(r->acts[0], "ZZZ"));
	BITES(EVENT_RULES_CHANGED, REPEAT, r->states = 0);
	BITES(EVENT_RULES_CHANGED, REPEAT, r->states = 4);
}

Test(event_check, wants_each_field_of_a_seat)
{
	struct seat_row *s = &sample.seats[0];

	BITES(EVENT_OFFICE_CHANGED, SET(s->id, "Bupati"));
	BITES(EVENT_OFFICE_CHANGED, SET(s->wilayah, "0"));
	BITES(EVENT_OFFICE_CHANGED, s->role = 0);
	BITES(EVENT_OFFICE_CHANGED, s->role = 3);
	BITES(EVENT_OFFICE_CHANGED, s->title[0] = '\0');
	BITES(EVENT_OFFICE_CHANGED, SET(s->zone, "WIX"));
	BITES(EVENT_OFFICE_CHANGED, SET(s->language, "nl"));
	BITES(EVENT_OFFICE_CHANGED, s->channel_count = 5);
	BITES(EVENT_OFFICE_CHANGED, s->channel_count = 1,
	    SET(s->channels[0], "A@B"));
	BITES(EVENT_OFFICE_CHANGED, s->term_count = 9);
	IS(REJECT_DIGITS, EVENT_OFFICE_CHANGED, SET(s->title, nip));
}

Test(event_check, wants_each_field_of_a_term)
{
	struct seat_row *s = &sample.seats[0];
	const struct term good = {"pj-1", 2, 5, 6};

#define TERM (s->term_count = 1, s->terms[0] = good)
	PASSES(EVENT_OFFICE_CHANGED, TERM);
	PASSES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].to_ms = 0);
	BITES(EVENT_OFFICE_CHANGED, TERM, SET(s->terms[0].id, "Pj 1"));
	BITES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].kind = 0);
	BITES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].kind = 4);
	BITES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].from_ms = 0);
	BITES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].from_ms = 6);
	BITES(EVENT_OFFICE_CHANGED, TERM, s->terms[0].to_ms = 4102444800001);
#undef TERM
}

Test(event_check, wants_each_field_of_an_invitation)
{
	struct node_invited *i = &e->invited;

	BITES(EVENT_NODE_INVITED, ZERO(i->code_sha256));
	BITES(EVENT_NODE_INVITED, i->kind = 0);
	BITES(EVENT_NODE_INVITED, i->kind = 7);
	BITES(EVENT_NODE_INVITED, i->wilayah[0] = '\0');
	BITES(EVENT_NODE_INVITED, i->expires_ms = 0);
}

Test(event_check, wants_only_the_fields_of_its_kind_of_a_named_node)
{
	struct node_named *n = &e->named;

	BITES(EVENT_NODE_CONFIRMED, ZERO(n->node));
	BITES(EVENT_NODE_CONFIRMED, n->accept_up_to = 1);
	BITES(EVENT_NODE_CONFIRMED, SET(n->reason, "HILANG"));
	BITES(EVENT_NODE_CONFIRMED, SET(n->reference, "A/1"));
	BITES(EVENT_NODE_REVOKED, ZERO(n->node));
	BITES(EVENT_NODE_REVOKED, SET(n->reason, "BATAL"));
	BITES(EVENT_NODE_REVOKED, SET(n->reference, "A/1"));
	BITES(EVENT_NODE_VOUCHED, ZERO(n->node));
	BITES(EVENT_NODE_VOUCHED, n->accept_up_to = 1);
	BITES(EVENT_NODE_VOUCHED, SET(n->reason, "HILANG"));
	BITES(EVENT_NODE_VOUCHED, SET(n->reference, "a"));
	IS(REJECT_DIGITS, EVENT_NODE_VOUCHED, SET(n->reference, nip));
}

Test(event_check, wants_software_to_be_one_word)
{
	BITES(EVENT_NODE_REPORTED, SET(e->software, "a\nb"));
	BITES(EVENT_NODE_REPORTED, SET(e->software, "nama orang"));
	BITES(EVENT_NODE_REPORTED, SET(e->software, "\xc3\xa9"));
	PASSES(EVENT_NODE_REPORTED, e->software[0] = '\0');
	IS(REJECT_DIGITS, EVENT_NODE_REPORTED, SET(e->software, nip));
}

Test(event_check, wants_each_field_of_a_delivery)
{
	struct alert_told *t = &e->told;

	BITES(EVENT_ALERT_DELIVERED, ZERO(t->alert));
	BITES(EVENT_ALERT_DELIVERED, t->seat[0] = '\0');
	BITES(EVENT_ALERT_DELIVERED, SET(t->term, "A b"));
	BITES(EVENT_ALERT_DELIVERED, t->channel[0] = '\0');
	BITES(EVENT_ALERT_DELIVERED, t->attempts = 0);
	BITES(EVENT_ALERT_DELIVERED, t->attempts = 1000001);
	BITES(EVENT_ALERT_DELIVERED, SET(t->word, "bounced"));
	BITES(EVENT_ALERT_FAILED, t->word[0] = '\0');
	BITES(EVENT_ALERT_FAILED, SET(t->word, "No such user"));
	PASSES(EVENT_ALERT_DELIVERED, t->term[0] = '\0');
}

Test(event_check, wants_each_field_of_a_start)
{
	struct log_started *s = &e->started;

	BITES(EVENT_LOG_STARTED, SET(s->origin, "ikrar/"));
	BITES(EVENT_LOG_STARTED, SET(s->origin, "other/73/1"));
	BITES(EVENT_LOG_STARTED, SET(s->origin, "ikrar/73 /1"));
	BITES(EVENT_LOG_STARTED, s->wilayah[0] = '\0');
	BITES(EVENT_LOG_STARTED, ZERO(s->log_key));
	BITES(EVENT_LOG_STARTED, ZERO(s->admin_sign_key));
	BITES(EVENT_LOG_STARTED, ZERO(s->admin_link_key));
	BITES(EVENT_TICKED, e->until_ms = 0);
	BITES(EVENT_TICKED, e->until_ms = 4102444800001);
}

Test(event_check, wants_each_field_of_what_the_log_says_of_nodes)
{
	BITES(EVENT_REFUSED, ZERO(e->refused.node));
	BITES(EVENT_REFUSED, e->refused.seq = 0);
	BITES(EVENT_REFUSED, e->refused.word = REJECT_NONE);
	BITES(EVENT_REFUSED, e->refused.word = REJECT_GAP);
	BITES(EVENT_REFUSED, e->refused.word = REJECT_COUNT);
	BITES(EVENT_NODE_ENROLLED, ZERO(e->enrolled.node));
	BITES(EVENT_NODE_ENROLLED, e->enrolled.kind = 0);
	BITES(EVENT_NODE_ENROLLED, e->enrolled.kind = 7);
	BITES(EVENT_NODE_ENROLLED, e->enrolled.wilayah[0] = '\0');
	BITES(EVENT_NODE_ENROLLED, ZERO(e->enrolled.sign_key));
	BITES(EVENT_NODE_ENROLLED, ZERO(e->enrolled.link_key));
	BITES(EVENT_NODE_FAULTED, ZERO(e->faulted.node));
	BITES(EVENT_NODE_FAULTED, e->faulted.word = REJECT_NONE);
	BITES(EVENT_NODE_FAULTED, e->faulted.word = REJECT_PREFIX);
	BITES(EVENT_NODE_FAULTED, e->faulted.word = REJECT_COUNT);
}

/* Nothing that only one kind of rule says. */
static void
make_kind(enum rule_kind kind, uint32_t scope)
{
	struct verdict *v = &e->verdict;

	v->kind = kind;
	v->scope = scope;
	v->counts = kind == RULE_UNSIGNED_UNITS_1;
	v->signed_bp = 0;
	ZERO(v->node);
	v->since_ms = 0;
	v->step = 0;
}
#define OF_KIND(kind, scope) make_kind(kind, scope)

Test(event_check, keeps_the_matter_of_a_verdict_to_its_kind_of_rule)
{
	struct verdict *v = &e->verdict;

#define SILENT OF_KIND(RULE_NODE_SILENT_1, 7)
#define DEADLINE OF_KIND(RULE_CASE_DEADLINE_1, 8)
	PASSES(EVENT_ALERT_OPENED, SILENT, v->node[0] = 1, v->since_ms = 1);
	PASSES(EVENT_ALERT_OPENED, OF_KIND(RULE_CHAIN_BROKEN_1, 7),
	    v->node[0] = 1);
	PASSES(EVENT_ALERT_OPENED, OF_KIND(RULE_BURST_1, 1));
	PASSES(EVENT_ALERT_OPENED, DEADLINE, v->since_ms = 1, v->step = 11);
	BITES(EVENT_ALERT_OPENED, SILENT, v->scope = 4);
	BITES(EVENT_ALERT_OPENED, SILENT, v->step = 1);
	BITES(EVENT_ALERT_OPENED, SILENT, v->since_ms = 4102444800001);
	BITES(EVENT_ALERT_OPENED, DEADLINE, v->node[0] = 1);
	BITES(EVENT_ALERT_OPENED, DEADLINE, v->scope = 7);
	BITES(EVENT_ALERT_OPENED, DEADLINE, v->step = 13);
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_BURST_1, 2));
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_BURST_1, 1), v->since_ms = 1);
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_UNSIGNED_UNITS_1, 5));
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_REPEAT_INCIDENTS_1, 7));
	BITES(EVENT_ALERT_OPENED, v->severity = 4);
	BITES(EVENT_ALERT_OPENED, SET(v->place, "x"));
#undef SILENT
#undef DEADLINE
}

Test(event_check, wants_each_field_of_a_calendar)
{
	struct calendar_row *r = &sample.calendar[0];

#define HOLIDAY (ZERO(*r), r->kind = CALENDAR_HOLIDAY, r->holiday.day = 1)
#define STAGE                                                       \
	(ZERO(*r), r->kind = CALENDAR_STAGE, SET(r->stage.id, "A"), \
	    r->stage.from_day = 1, r->stage.to_day = 1, r->stage.phase = 1)
	PASSES(EVENT_CALENDAR_CHANGED, HOLIDAY);
	PASSES(EVENT_CALENDAR_CHANGED, HOLIDAY, r->holiday.day = 47482);
	BITES(EVENT_CALENDAR_CHANGED, HOLIDAY, r->holiday.day = 0);
	BITES(EVENT_CALENDAR_CHANGED, HOLIDAY, r->holiday.day = 47483);
	BITES(EVENT_CALENDAR_CHANGED, HOLIDAY, r->kind = CALENDAR_NONE);
	PASSES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.phase = 2);
	BITES(EVENT_CALENDAR_CHANGED, STAGE, SET(r->stage.id, "a"));
	BITES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.from_day = 2);
	BITES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.from_day = 0);
	BITES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.to_day = 47483);
	BITES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.phase = 0);
	BITES(EVENT_CALENDAR_CHANGED, STAGE, r->stage.phase = 3);
	BITES(EVENT_CALENDAR_CHANGED, e->calendar.part.version = 0);
	IS(REJECT_DIGITS, EVENT_CALENDAR_CHANGED, STAGE, SET(r->stage.id, nip));
#undef HOLIDAY
#undef STAGE
}

Test(event_check, wants_each_field_of_an_extension)
{
	struct deadline_extended *x = &e->extended;

#define UNIT (SET(x->unit, "SD-1"), SET(x->wilayah, ""))
	PASSES(EVENT_DEADLINE_EXTENDED, UNIT);
	PASSES(EVENT_DEADLINE_EXTENDED, UNIT, x->reference[0] = '\0');
	BITES(EVENT_DEADLINE_EXTENDED, UNIT, SET(x->wilayah, "73"));
	BITES(EVENT_DEADLINE_EXTENDED, UNIT, SET(x->unit, ""));
	BITES(EVENT_DEADLINE_EXTENDED, UNIT, SET(x->unit, "sd"));
	BITES(EVENT_DEADLINE_EXTENDED, SET(x->unit, ""), SET(x->wilayah, "7"));
	BITES(EVENT_DEADLINE_EXTENDED, SET(x->campaign, ""));
	BITES(EVENT_DEADLINE_EXTENDED, x->until_ms = 0);
	BITES(EVENT_DEADLINE_EXTENDED, x->until_ms = 4102444800001);
	BITES(EVENT_DEADLINE_EXTENDED, SET(x->reason, "DILEBUR"));
	BITES(EVENT_DEADLINE_EXTENDED, SET(x->reference, "a"));
	IS(REJECT_DIGITS, EVENT_DEADLINE_EXTENDED, SET(x->reference, nip));
#undef UNIT
}

Test(event_check, wants_each_field_of_an_excuse_and_of_a_closing)
{
	struct unit_excused *x = &e->excused;
	struct alert_closed *a = &e->alert_closed;
	struct campaign_closed *c = &e->campaign_closed;

	BITES(EVENT_UNIT_EXCUSED, SET(x->campaign, ""));
	BITES(EVENT_UNIT_EXCUSED, SET(x->unit, ""));
	BITES(EVENT_UNIT_EXCUSED, SET(x->reason, "JARINGAN"));
	BITES(EVENT_UNIT_EXCUSED, SET(x->reference, "a"));
	BITES(EVENT_ALERT_CLOSED, ZERO(a->alert));
	BITES(EVENT_ALERT_CLOSED, SET(a->reason, "BATAL"));
	BITES(EVENT_ALERT_CLOSED, SET(a->reference, "a"));
	BITES(EVENT_CAMPAIGN_CLOSED, SET(c->campaign, ""));
	BITES(EVENT_CAMPAIGN_CLOSED, SET(c->reference, "a"));
	IS(REJECT_DIGITS, EVENT_CAMPAIGN_CLOSED, SET(c->reference, nip));
}

Test(event_check, wants_each_field_of_what_becomes_of_an_alert)
{
	struct alert_acknowledged *k = &e->acknowledged;
	struct alert_escalated *x = &e->escalated;
	struct alert_silenced *s = &e->silenced;

	BITES(EVENT_ALERT_ACKNOWLEDGED, ZERO(k->alert));
	BITES(EVENT_ALERT_ACKNOWLEDGED, SET(k->seat, ""));
	BITES(EVENT_ALERT_ACKNOWLEDGED, SET(k->term, "A"));
	BITES(EVENT_ALERT_ACKNOWLEDGED, SET(k->channel, "mail"));
	BITES(EVENT_ALERT_ACKNOWLEDGED, k->until_ms = 0);
	BITES(EVENT_ALERT_ESCALATED, ZERO(x->alert));
	BITES(EVENT_ALERT_ESCALATED, SET(x->seat, ""));
	BITES(EVENT_ALERT_ESCALATED, SET(x->term, "A"));
	BITES(EVENT_ALERT_ESCALATED, x->step = 0);
	BITES(EVENT_ALERT_ESCALATED, x->step = 5);
	BITES(EVENT_ALERT_SILENCED, ZERO(s->alert), ZERO(s->rule),
	    ZERO(s->wilayah));
	PASSES(EVENT_ALERT_SILENCED, ZERO(s->alert), ZERO(s->rule),
	    SET(s->wilayah, "73"));
	PASSES(EVENT_ALERT_SILENCED, s->alert[0] = 1, ZERO(s->rule),
	    ZERO(s->wilayah), ZERO(s->seat));
	BITES(EVENT_ALERT_SILENCED, SET(s->rule, "a"));
	BITES(EVENT_ALERT_SILENCED, SET(s->wilayah, "x"));
	BITES(EVENT_ALERT_SILENCED, SET(s->seat, "A"));
	BITES(EVENT_ALERT_SILENCED, s->until_ms = 0);
	BITES(EVENT_ALERT_SILENCED, SET(s->reason, "SELESAI"));
	BITES(EVENT_ALERT_SILENCED, SET(s->reference, "a"));
	BITES(EVENT_ALERT_SILENCED, SET(s->author, ""));
}

Test(event_check, wants_each_field_of_a_rule_on_nodes_cases_and_bursts)
{
	struct rule_row *r = &sample.rules[0];
	struct node_silent *n = &r->node_silent;
	struct case_deadline *c = &r->case_deadline;

#define SILENT rule_of(RULE_NODE_SILENT_1)
#define DEADLINE rule_of(RULE_CASE_DEADLINE_1)
#define BURST rule_of(RULE_BURST_1)
	BITES(EVENT_RULES_CHANGED, SILENT, r->severity = 4);
	PASSES(EVENT_RULES_CHANGED, SILENT, r->severity = 0);
	BITES(EVENT_RULES_CHANGED, SILENT, SET(n->wilayah, "x"));
	BITES(EVENT_RULES_CHANGED, SILENT, n->node_kinds = 1);
	BITES(EVENT_RULES_CHANGED, SILENT, n->node_kinds = 1 << 7);
	PASSES(EVENT_RULES_CHANGED, SILENT, n->node_kinds = 1 << 6);
	BITES(EVENT_RULES_CHANGED, SILENT,
	    n->after_ms = n->sensitive_after_ms = 0);
	BITES(EVENT_RULES_CHANGED, SILENT, n->after_ms = 34560000001);
	BITES(EVENT_RULES_CHANGED, SILENT,
	    n->sensitive_after_ms = n->after_ms + 1);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->step = 13);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->step = 12);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->step = 10);
	PASSES(EVENT_RULES_CHANGED, DEADLINE, c->step = 11);
	PASSES(EVENT_RULES_CHANGED, DEADLINE, c->step = 0);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->days = 0);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->days = 3661);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->clock = 0);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->clock = 3);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->anchor = 0);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->anchor = 3);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->act_count = 25);
	BITES(EVENT_RULES_CHANGED, DEADLINE, c->act_count = 1,
	    SET(c->acts[0], "ZZZ"));
	BITES(EVENT_RULES_CHANGED, BURST, r->burst.count = 0);
	BITES(EVENT_RULES_CHANGED, BURST, r->burst.count = 1000001);
	BITES(EVENT_RULES_CHANGED, BURST, r->burst.within_ms = 0);
	BITES(EVENT_RULES_CHANGED, BURST, r->burst.within_ms = 2592000001);
	BITES(EVENT_RULES_CHANGED, rule_of(RULE_CHAIN_BROKEN_1),
	    r->chain_broken.clock_ms = 2592000001);
	BITES(EVENT_RULES_CHANGED, UNSIGNED,
	    r->unsigned_units.clear_units = r->unsigned_units.min_units);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, r->unsigned_units.min_units = 0,
	    r->unsigned_units.min_bp = 1,
	    r->unsigned_units.clear_units = 1000000);
	BITES(EVENT_RULES_CHANGED, UNSIGNED, r->unsigned_units.min_units = 0,
	    r->unsigned_units.min_bp = 1,
	    r->unsigned_units.clear_units = 1000001);
#undef SILENT
#undef DEADLINE
#undef BURST
}

Test(event_check, wants_each_field_of_a_verdict)
{
	struct verdict *v = &e->verdict;

	BITES(EVENT_ALERT_OPENED, ZERO(v->alert));
	BITES(EVENT_ALERT_OPENED, v->rule[0] = '\0');
	BITES(EVENT_ALERT_OPENED, v->kind = RULE_NONE);
	BITES(EVENT_ALERT_OPENED, v->kind = RULE_KINDS);
	BITES(EVENT_ALERT_OPENED, v->rules_version = 0);
	BITES(EVENT_ALERT_OPENED, v->tell = 0);
	BITES(EVENT_ALERT_OPENED, v->tell = 3);
	BITES(EVENT_ALERT_OPENED, SET(v->campaign, "x"));
	BITES(EVENT_ALERT_OPENED, v->scope = 0);
	BITES(EVENT_ALERT_OPENED, v->scope = 9);
	BITES(EVENT_ALERT_OPENED, v->object[0] = '\0');
	BITES(EVENT_ALERT_OPENED, SET(v->object_name, "\t"));
	BITES(EVENT_ALERT_OPENED, SET(v->occasion, ""));
	BITES(EVENT_ALERT_OPENED, v->opening = 0);
	BITES(EVENT_ALERT_OPENED, v->judged_at_ms = 0);
	BITES(EVENT_ALERT_OPENED, v->evidence_count = 257);
	BITES(EVENT_ALERT_OPENED, v->unit_count = 257);
	BITES(EVENT_ALERT_OPENED, v->removed_count = 257);
	BITES(EVENT_ALERT_RESOLVED, SET(v->reason, "Free Text"));
	BITES(EVENT_ALERT_RESOLVED, v->window_from_day = v->window_to_day + 1);
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_REPEAT_INCIDENTS_1, 1),
	    v->counts = 1);
	PASSES(EVENT_ALERT_OPENED, OF_KIND(RULE_REPEAT_INCIDENTS_1, 6));
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_UNSIGNED_UNITS_1, 1),
	    v->counts = 0);
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_UNSIGNED_UNITS_1, 1),
	    v->counts = 3, v->signed_bp = 0);
	BITES(EVENT_ALERT_OPENED, OF_KIND(RULE_UNSIGNED_UNITS_1, 1),
	    v->counts = 2, v->signed_bp = 1);
	IS(REJECT_DIGITS, EVENT_ALERT_RAISED, SET(v->object_name, nip));
	PASSES(EVENT_ALERT_RAISED, v->object_name[0] = '\0');
}

Test(event_check, wants_each_field_of_a_unit_in_a_verdict)
{
	struct verdict *v = &e->verdict;
	struct alert_unit *u = &sample.alert_units[0];
	struct alert_unit *r = &sample.removed[0];
	const struct alert_unit good = {"SD-1", "SD 1", "73.71.01", "late"};

#define UNIT (v->units = u, v->unit_count = 1, *u = good)
	PASSES(EVENT_ALERT_CORRECTED, UNIT);
	BITES(EVENT_ALERT_CORRECTED, UNIT, SET(u->code, "sd"));
	BITES(EVENT_ALERT_CORRECTED, UNIT, SET(u->name, "\x01"));
	BITES(EVENT_ALERT_CORRECTED, UNIT, SET(u->wilayah, "sd"));
	BITES(EVENT_ALERT_CORRECTED, UNIT, SET(u->why, "A"));
	BITES(EVENT_ALERT_CORRECTED, v->removed = r, v->removed_count = 1,
	    *r = good, r->code[0] = 'a');
	IS(REJECT_DIGITS, EVENT_ALERT_CORRECTED, UNIT, SET(u->name, nip));
#undef UNIT
}

/* ---- the limits themselves are allowed */

Test(event_check, takes_what_a_kecamatan_records_at_its_limits)
{
	struct pledge *p = &e->pledge;
	struct incident *i = &e->incident;

	PASSES(EVENT_PLEDGE_MADE, p->made_at_ms = 1);
	PASSES(EVENT_PLEDGE_MADE, p->made_at_ms = 4102444800000);
	PASSES(EVENT_PLEDGE_MADE, p->counts[0].present = 1000000,
	    p->counts[0].signatures = 1000000);
	PASSES(EVENT_INCIDENT_REPORTED, i->evidence_count = 8);
	PASSES(EVENT_INCIDENT_REPORTED, i->happened_from_day = 1,
	    i->happened_to_day = 1, i->known_day = 1, i->reported_day = 1);
	PASSES(EVENT_INCIDENT_REPORTED, i->happened_from_day = 47482,
	    i->happened_to_day = 47482, i->known_day = 47482,
	    i->reported_day = 47482);
	PASSES(EVENT_NODE_REPORTED, SET(e->software, "a/+.9"));
}

static void
fill_rows(void)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < EVENT_ROWS_MAX; i++)
		chance_unit(&chance, &sample.units[i]);
}

Test(event_check, takes_what_an_admin_records_at_its_limits)
{
	struct part *p = &e->roster.part;
	struct campaign_row *c = &sample.campaigns[0];

	PASSES(EVENT_ROSTER_CHANGED, p->version = 1, p->part = 1, p->parts = 1);
	PASSES(EVENT_ROSTER_CHANGED, p->part = 4096, p->parts = 4096);
	PASSES(EVENT_ROSTER_CHANGED, p->parts = 2, p->part = 1,
	    e->roster.row_count = 1);
	PASSES(EVENT_ROSTER_CHANGED, fill_rows(), e->roster.row_count = 256);
	PASSES(EVENT_ROSTER_CHANGED, sample.units[0].heads[0] = 1000000);
	PASSES(EVENT_CAMPAIGN_CHANGED, c->due_ms = c->grace_end_ms);
	PASSES(EVENT_CAMPAIGN_CHANGED,
	    c->due_ms = c->grace_end_ms = c->lock_ms = 4102444800000);
}

Test(event_check, takes_rules_at_their_limits)
{
	struct unsigned_units *u = &sample.rules[0].unsigned_units;
	struct repeat_incidents *r = &sample.rules[0].repeat_incidents;

	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->min_bp = 10000);
	PASSES(
	    EVENT_RULES_CHANGED, UNSIGNED, u->counts = 3, u->signed_bp = 10000);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->mark_count = 1);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->settle_ms = 2592000000);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, sample.rules[0].tell = 1,
	    u->at[0].offset_ms = -34560000000);
	PASSES(EVENT_RULES_CHANGED, UNSIGNED, u->at[0].offset_ms = 34560000000);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->count = 1);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->count = 1000000);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->within_days = 1);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->within_days = 3660);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->min_sources = 1000000);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->states = 1);
	PASSES(EVENT_RULES_CHANGED, REPEAT, r->states = 3);
}

static void
fill_seat(void)
{
	struct seat_row *s = &sample.seats[0];

	s->channel_count = SEAT_CHANNELS_MAX;
	for (unsigned i = 0; i < SEAT_CHANNELS_MAX; i++)
		SET(s->channels[i], "mail");
	s->term_count = SEAT_TERMS_MAX;
	for (unsigned i = 0; i < SEAT_TERMS_MAX; i++)
		s->terms[i] = (struct term){"pj", 3, 5, 6};
}

static void
fill_alert_units(void)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < VERDICT_UNITS_MAX; i++)
		chance_alert_unit(&chance, &sample.alert_units[i]);
	e->verdict.units = sample.alert_units;
	e->verdict.unit_count = VERDICT_UNITS_MAX;
}

Test(event_check, takes_seats_deliveries_and_verdicts_at_their_limits)
{
	struct alert_told *t = &e->told;

	PASSES(EVENT_OFFICE_CHANGED, fill_seat());
	PASSES(EVENT_ALERT_DELIVERED, t->attempts = 1);
	PASSES(EVENT_ALERT_DELIVERED, t->attempts = 1000000);
	PASSES(EVENT_ALERT_OPENED, fill_alert_units());
	PASSES(EVENT_ALERT_OPENED, e->verdict.evidence = sample.evidence,
	    e->verdict.evidence_count = 256);
	PASSES(EVENT_LOG_STARTED,
	    SET(e->started.origin, "ikrar/abcdefghijklmnopqrstuvwxyz012345678"
				   "9./-73.04/1/aaaaaaaaaa"));
	PASSES(EVENT_NODE_FAULTED, e->faulted.word = REJECT_BAD_SIGNATURE);
	PASSES(EVENT_REFUSED, e->refused.word = REJECT_PREFIX);
}
