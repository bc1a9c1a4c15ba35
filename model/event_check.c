/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each field of an event may hold, whoever wrote it: event_check. The
 * rules, in prose:
 *
 * - Events of the log itself have neither node nor number, all others both.
 *   A wilayah is a code; the log's own events may leave it empty.
 * - Times lie between 1970 and 2100. Days of an incident are in order.
 * - Enumerations hold a number of their table (model/catalog.h), never 0.
 * - A name, code, reference or software that hides an NIP or NIK is refused
 *   with its own word, so that a clerk reads why.
 * - The sealed part is there whole or not at all.
 */
#include "model/event.h"

#include <string.h>

#include "model/origin.h"
#include "model/row.h"

enum { PARTS_MAX = 4096 };

/* ---- pieces */

static enum reject
must(bool is_valid)
{
	return is_valid ? REJECT_NONE : REJECT_FIELD;
}

static bool
is_zero(const uint8_t *at, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= at[i];
	return any == 0;
}

static bool
is_word_or_empty(const char *word)
{
	return word[0] == '\0' || word_is_valid(word);
}

static bool
is_reason_or_empty(const char *reason)
{
	return reason[0] == '\0' || reason_is_valid(reason);
}

/* ---- what a kecamatan records */

static bool
counts_are_valid(const struct pledge *pledge)
{
	bool has_any = pledge->head_signed || pledge->act == 1;

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (count->present > COUNT_MAX || count->signatures > COUNT_MAX)
			return false;
		has_any = has_any || count->is_set;
	}
	return has_any;
}

static enum reject
check_pledge(const struct pledge *pledge)
{
	uint32_t points = pledge->points;

	if (!catalog_has(CATALOG_ACT, pledge->act) ||
	    !catalog_has(CATALOG_FORM, pledge->form) || points == 0 ||
	    points >> catalog_max(CATALOG_POINT) != 0 ||
	    pledge->witnesses >> catalog_max(CATALOG_WITNESS) != 0 ||
	    is_zero(pledge->ceremony, sizeof pledge->ceremony) ||
	    is_zero(pledge->template_sha256, sizeof pledge->template_sha256) ||
	    !time_is_valid(pledge->made_at_ms) || !counts_are_valid(pledge))
		return REJECT_FIELD;
	return FIRST(code_check(pledge->unit), code_check(pledge->campaign),
	    code_check(pledge->template));
}

/* All of it or none. A commit of zeros commits to nothing. */
static bool
sealed_part_is_whole(const struct incident *incident)
{
	bool has_commit = !is_zero(incident->commit, sizeof incident->commit);
	bool has_hash =
	    !is_zero(incident->blob_hash, sizeof incident->blob_hash);

	if (!incident->is_sealed)
		return incident->blob_size == 0;
	return has_commit && has_hash && incident->blob_size >= 1 &&
	       incident->blob_size <= BLOB_MAX;
}

static enum reject
check_incident(const struct incident *incident)
{
	if (act_by_code(incident->act) == NULL ||
	    !day_is_valid(incident->happened_from_day) ||
	    incident->happened_from_day > incident->happened_to_day ||
	    incident->happened_to_day > incident->reported_day ||
	    !day_is_valid(incident->known_day) ||
	    incident->known_day > incident->reported_day ||
	    !day_is_valid(incident->reported_day) ||
	    !catalog_has(CATALOG_SOURCE, incident->source) ||
	    !catalog_has(CATALOG_SUBJECT, incident->subject) ||
	    incident->evidence_count > EVIDENCE_MAX ||
	    (incident->has_subject_tag &&
		is_zero(incident->subject_tag, sizeof incident->subject_tag)))
		return REJECT_FIELD;
	if (!sealed_part_is_whole(incident) ||
	    (strcmp(incident->act, "LLN") == 0 && !incident->is_sealed))
		return REJECT_NOT_SEALED;
	return code_check(incident->unit);
}

static enum reject
check_corrected(const struct corrected *corrected)
{
	if (corrected->target.seq == 0)
		return REJECT_FIELD;
	if (corrected->kind == EVENT_PLEDGE_MADE)
		return check_pledge(&corrected->pledge);
	if (corrected->kind == EVENT_INCIDENT_REPORTED)
		return check_incident(&corrected->incident);
	return REJECT_FIELD;
}

static enum reject
check_withdrawn(const struct withdrawn *withdrawn)
{
	if (withdrawn->target.seq == 0 ||
	    !reason_has_use(withdrawn->reason, "withdrawal"))
		return REJECT_FIELD;
	return reference_check(withdrawn->reference);
}

/* Proven or not proven is never found here: it quotes a decision. */
static enum reject
check_step(const struct reviewed *reviewed)
{
	const char *step = catalog_word(CATALOG_STEP, reviewed->step);
	const struct record_id *other = &reviewed->duplicate_of;
	bool names_other =
	    other->seq != 0 || !is_zero(other->node, sizeof other->node);
	bool is_itself =
	    other->seq == reviewed->target.seq &&
	    memcmp(other->node, reviewed->target.node, sizeof other->node) == 0;

	if (step == NULL)
		return REJECT_FIELD;
	if (strcmp(step, "GANDA") == 0)
		return must(other->seq != 0 && !is_itself);
	if (names_other)
		return REJECT_FIELD;
	if ((strcmp(step, "TERBUKTI") == 0 ||
		strcmp(step, "TIDAK_TERBUKTI") == 0) &&
	    reviewed->decision[0] == '\0')
		return REJECT_NO_DECISION;
	return REJECT_NONE;
}

static enum reject
check_reviewed(const struct reviewed *reviewed)
{
	if (reviewed->target.seq == 0 || !is_reason_or_empty(reviewed->reason))
		return REJECT_FIELD;
	return FIRST(check_step(reviewed), reference_check(reviewed->reference),
	    reference_check(reviewed->decision));
}

static enum reject
check_software(const char *software)
{
	if (!is_word_or_empty(software))
		return REJECT_FIELD;
	return has_digit_run(software) ? REJECT_DIGITS : REJECT_NONE;
}

/* ---- what an admin records */

/* A whole may be empty, a part of several may not. */
static bool
part_is_valid(const struct part *part, uint32_t rows)
{
	return part->version >= 1 && part->part >= 1 &&
	       part->part <= part->parts && part->parts <= PARTS_MAX &&
	       rows <= EVENT_ROWS_MAX && (rows >= 1 || part->parts == 1);
}

#define ROWS_CHECK(name, type, row_check)                                    \
	static enum reject name(const struct type *changed)                  \
	{                                                                    \
		enum reject word =                                           \
		    must(part_is_valid(&changed->part, changed->row_count)); \
                                                                             \
		for (uint32_t i = 0;                                         \
		     word == REJECT_NONE && i < changed->row_count; i++)     \
			word = row_check(&changed->rows[i]);                 \
		return word;                                                 \
	}
ROWS_CHECK(check_roster, roster_changed, unit_row_check)
ROWS_CHECK(check_campaigns, campaign_changed, campaign_row_check)
ROWS_CHECK(check_calendar, calendar_changed, calendar_row_check)
ROWS_CHECK(check_rules, rules_changed, rule_row_check)
ROWS_CHECK(check_office, office_changed, seat_row_check)

/* Later versions are signed, the first is not: nobody could have. */
static enum reject
check_recipients(const struct recipients_changed *recipients)
{
	enum reject word =
	    must(part_is_valid(&recipients->part, recipients->row_count) &&
		 recipients->part.parts == 1 && recipients->row_count >= 1 &&
		 recipients->row_count <= RECIPIENTS_MAX);

	for (uint32_t i = 0; word == REJECT_NONE && i < recipients->row_count;
	     i++)
		word = recipient_row_check(&recipients->rows[i]);
	if (word == REJECT_NONE &&
	    recipients->is_signed != (recipients->part.version > 1))
		word = REJECT_NOT_RECIPIENT;
	return word;
}

static enum reject
check_invited(const struct node_invited *invited)
{
	return must(
	    !is_zero(invited->code_sha256, sizeof invited->code_sha256) &&
	    catalog_has(CATALOG_NODE_KIND, invited->kind) &&
	    wilayah_is_valid(invited->wilayah) &&
	    time_is_valid(invited->expires_ms));
}

/* Each of the three kinds holds only its own fields. */
static enum reject
check_named(enum event_kind kind, const struct node_named *named)
{
	bool is_reason;

	if (kind == EVENT_NODE_REVOKED)
		is_reason = reason_has_use(named->reason, "revocation");
	else if (kind == EVENT_NODE_VOUCHED)
		is_reason = reason_has_use(named->reason, "vouching");
	else
		is_reason = named->reason[0] == '\0';
	if (!is_reason || is_zero(named->node, sizeof named->node) ||
	    (kind != EVENT_NODE_REVOKED && named->accept_up_to != 0) ||
	    (kind != EVENT_NODE_VOUCHED && named->reference[0] != '\0'))
		return REJECT_FIELD;
	return reference_check(named->reference);
}

static enum reject
check_extended(const struct deadline_extended *extended)
{
	bool has_unit = extended->unit[0] != '\0';
	bool has_wilayah = extended->wilayah[0] != '\0';

	if (has_unit == has_wilayah ||
	    (has_wilayah && !wilayah_is_valid(extended->wilayah)) ||
	    !time_is_valid(extended->until_ms) ||
	    !reason_has_use(extended->reason, "extension"))
		return REJECT_FIELD;
	return FIRST(code_check(extended->campaign),
	    code_or_empty_check(extended->unit),
	    reference_check(extended->reference));
}

static enum reject
check_excused(const struct unit_excused *excused)
{
	if (!reason_has_use(excused->reason, "excuse"))
		return REJECT_FIELD;
	return FIRST(code_check(excused->campaign), code_check(excused->unit),
	    reference_check(excused->reference));
}

static enum reject
check_campaign_closed(const struct campaign_closed *closed)
{
	return FIRST(
	    code_check(closed->campaign), reference_check(closed->reference));
}

static enum reject
check_alert_closed(const struct alert_closed *closed)
{
	if (is_zero(closed->alert, sizeof closed->alert) ||
	    !reason_has_use(closed->reason, "closing"))
		return REJECT_FIELD;
	return reference_check(closed->reference);
}

/* ---- what the notifier records */

static enum reject
check_told(enum event_kind kind, const struct alert_told *told)
{
	bool is_word = kind == EVENT_ALERT_FAILED ? word_is_valid(told->word)
						  : told->word[0] == '\0';

	return must(is_word && !is_zero(told->alert, sizeof told->alert) &&
		    word_is_valid(told->seat) && is_word_or_empty(told->term) &&
		    word_is_valid(told->channel) && told->attempts >= 1 &&
		    told->attempts <= COUNT_MAX);
}

static enum reject
check_acknowledged(const struct alert_acknowledged *acknowledged)
{
	return must(!is_zero(acknowledged->alert, sizeof acknowledged->alert) &&
		    word_is_valid(acknowledged->seat) &&
		    is_word_or_empty(acknowledged->term) &&
		    (strcmp(acknowledged->channel, "link") == 0 ||
			strcmp(acknowledged->channel, "command") == 0) &&
		    time_is_valid(acknowledged->until_ms));
}

static enum reject
check_silenced(const struct alert_silenced *silenced)
{
	bool has_alert = !is_zero(silenced->alert, sizeof silenced->alert);
	bool has_wilayah = silenced->wilayah[0] != '\0';

	if ((!has_alert && !has_wilayah && silenced->rule[0] == '\0') ||
	    (has_wilayah && !wilayah_is_valid(silenced->wilayah)) ||
	    !is_word_or_empty(silenced->seat) ||
	    !time_is_valid(silenced->until_ms) ||
	    !reason_has_use(silenced->reason, "silence") ||
	    !word_is_valid(silenced->author))
		return REJECT_FIELD;
	return FIRST(code_or_empty_check(silenced->rule),
	    reference_check(silenced->reference));
}

static enum reject
check_escalated(const struct alert_escalated *escalated)
{
	return must(!is_zero(escalated->alert, sizeof escalated->alert) &&
		    word_is_valid(escalated->seat) &&
		    is_word_or_empty(escalated->term) && escalated->step >= 1 &&
		    escalated->step <= ESCALATION_STEPS);
}

/* ---- what the log itself records */

/* ikrar/<wilayah>/<epoch>, of a drill region with a word behind it. */
static bool
origin_is_valid(const char *origin)
{
	size_t len = strspn(origin, "abcdefghijklmnopqrstuvwxyz0123456789./-");

	return strncmp(origin, "ikrar/", 6) == 0 && len > 6 &&
	       len < ORIGIN_MAX && origin[len] == '\0';
}

static enum reject
check_started(const struct log_started *started)
{
	return must(origin_is_valid(started->origin) &&
		    wilayah_is_valid(started->wilayah) &&
		    !is_zero(started->log_key, 32) &&
		    !is_zero(started->admin_sign_key, 32) &&
		    !is_zero(started->admin_link_key, 32));
}

static enum reject
check_refused(const struct event_refused *refused)
{
	return must(!is_zero(refused->node, sizeof refused->node) &&
		    refused->seq != 0 && refused->word < REJECT_COUNT &&
		    !reject_is_batch(refused->word));
}

static enum reject
check_enrolled(const struct node_enrolled *enrolled)
{
	return must(!is_zero(enrolled->node, sizeof enrolled->node) &&
		    catalog_has(CATALOG_NODE_KIND, enrolled->kind) &&
		    wilayah_is_valid(enrolled->wilayah) &&
		    !is_zero(enrolled->sign_key, 32) &&
		    !is_zero(enrolled->link_key, 32));
}

static enum reject
check_faulted(const struct node_faulted *faulted)
{
	return must(!is_zero(faulted->node, sizeof faulted->node) &&
		    faulted->word != REJECT_NONE &&
		    reject_is_batch(faulted->word));
}

static enum reject
check_recovered(const struct log_recovered *recovered)
{
	uint64_t epoch, before, lost;
	bool has_lost = recovered->lost_size > 0;

	return must(
	    origin_epoch(recovered->old_origin, &before) == OK &&
	    origin_epoch(recovered->origin, &epoch) == OK && epoch > before &&
	    recovered->entries > 0 &&
	    !is_zero(recovered->root, sizeof recovered->root) &&
	    has_lost == recovered->has_lost_root &&
	    has_lost == (recovered->lost_origin[0] != '\0') &&
	    (!has_lost || (origin_epoch(recovered->lost_origin, &lost) == OK &&
			      lost < epoch)));
}

static enum reject
check_alert_units(const struct alert_unit *units, uint32_t count)
{
	enum reject word = must(count <= VERDICT_UNITS_MAX);

	for (uint32_t i = 0; word == REJECT_NONE && i < count; i++)
		word = FIRST(code_check(units[i].code),
		    name_or_empty_check(units[i].name),
		    must(wilayah_is_valid(units[i].wilayah) &&
			 is_word_or_empty(units[i].why)));
	return word;
}

/* What it takes to be signed belongs to one kind of rule, a share to one kind
 * of measure. */
static bool
measure_is_valid(const struct verdict *verdict)
{
	const char *counts = catalog_word(CATALOG_SIGNED, verdict->counts);

	if (verdict->kind != RULE_UNSIGNED_UNITS_1)
		return verdict->counts == 0 && verdict->signed_bp == 0;
	if (counts == NULL)
		return false;
	if (strcmp(counts, "share") == 0)
		return verdict->signed_bp >= 1 && verdict->signed_bp <= 10000;
	return verdict->signed_bp == 0;
}

/* What only rules of some kinds say. */
static bool
matter_is_valid(const struct verdict *verdict)
{
	bool is_of_node = verdict->kind == RULE_NODE_SILENT_1 ||
			  verdict->kind == RULE_CHAIN_BROKEN_1;
	bool is_of_case = verdict->kind == RULE_CASE_DEADLINE_1;
	bool has_since = verdict->kind == RULE_NODE_SILENT_1 || is_of_case;

	return (is_of_node || is_zero(verdict->node, sizeof verdict->node)) &&
	       (verdict->place[0] == '\0' ||
		   wilayah_is_valid(verdict->place)) &&
	       (verdict->since_ms == 0 ||
		   (has_since && time_is_valid(verdict->since_ms))) &&
	       (verdict->step == 0 ||
		   (is_of_case && catalog_has(CATALOG_STEP, verdict->step)));
}

static enum reject
check_verdict(const struct verdict *verdict)
{
	if (is_zero(verdict->alert, sizeof verdict->alert) ||
	    rule_kind_name(verdict->kind)[0] == '\0' ||
	    verdict->rules_version == 0 ||
	    !catalog_has(CATALOG_ROLE, verdict->tell) ||
	    verdict->severity > catalog_max(CATALOG_SEVERITY) ||
	    !scope_is_of_kind(verdict->scope, verdict->kind) ||
	    !word_is_valid(verdict->occasion) || verdict->opening == 0 ||
	    !time_is_valid(verdict->judged_at_ms) ||
	    verdict->evidence_count > VERDICT_EVIDENCE_MAX ||
	    !is_word_or_empty(verdict->reason) ||
	    verdict->window_from_day > verdict->window_to_day ||
	    !measure_is_valid(verdict) || !matter_is_valid(verdict))
		return REJECT_FIELD;
	return FIRST(code_check(verdict->rule),
	    code_or_empty_check(verdict->campaign), code_check(verdict->object),
	    name_or_empty_check(verdict->object_name),
	    check_alert_units(verdict->units, verdict->unit_count),
	    check_alert_units(verdict->removed, verdict->removed_count));
}

/* ---- all */

static bool
frame_is_valid(const struct event *event)
{
	bool has_node = !is_zero(event->node, sizeof event->node);

	if (event->version != EVENT_VERSION)
		return false;
	if (event_is_own(event->kind))
		return !has_node && event->seq == 0 &&
		       (event->wilayah[0] == '\0' ||
			   wilayah_is_valid(event->wilayah));
	return has_node && event->seq != 0 && wilayah_is_valid(event->wilayah);
}

enum reject
event_check(const struct event *event)
{
	if (!frame_is_valid(event))
		return REJECT_FIELD;
	switch (event->kind) {
	case EVENT_NONE:
		return REJECT_FIELD;
	case EVENT_PLEDGE_MADE:
		return check_pledge(&event->pledge);
	case EVENT_INCIDENT_REPORTED:
		return check_incident(&event->incident);
	case EVENT_CORRECTED:
		return check_corrected(&event->corrected);
	case EVENT_WITHDRAWN:
		return check_withdrawn(&event->withdrawn);
	case EVENT_INCIDENT_REVIEWED:
		return check_reviewed(&event->reviewed);
	case EVENT_ROSTER_CHANGED:
		return check_roster(&event->roster);
	case EVENT_CAMPAIGN_CHANGED:
		return check_campaigns(&event->campaign);
	case EVENT_CALENDAR_CHANGED:
		return check_calendar(&event->calendar);
	case EVENT_RULES_CHANGED:
		return check_rules(&event->rules);
	case EVENT_OFFICE_CHANGED:
		return check_office(&event->office);
	case EVENT_RECIPIENTS_CHANGED:
		return check_recipients(&event->recipients);
	case EVENT_NODE_INVITED:
		return check_invited(&event->invited);
	case EVENT_NODE_CONFIRMED:
	case EVENT_NODE_REVOKED:
	case EVENT_NODE_VOUCHED:
		return check_named(event->kind, &event->named);
	case EVENT_NODE_REPORTED:
		return check_software(event->software);
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
		return check_told(event->kind, &event->told);
	case EVENT_ALERT_ACKNOWLEDGED:
		return check_acknowledged(&event->acknowledged);
	case EVENT_ALERT_SILENCED:
		return check_silenced(&event->silenced);
	case EVENT_ALERT_ESCALATED:
		return check_escalated(&event->escalated);
	case EVENT_DEADLINE_EXTENDED:
		return check_extended(&event->extended);
	case EVENT_UNIT_EXCUSED:
		return check_excused(&event->excused);
	case EVENT_ALERT_CLOSED:
		return check_alert_closed(&event->alert_closed);
	case EVENT_CAMPAIGN_CLOSED:
		return check_campaign_closed(&event->campaign_closed);
	case EVENT_CLOCK_ACCEPTED:
		return must(event->clock_ms > 0);
	case EVENT_LOG_STARTED:
		return check_started(&event->started);
	case EVENT_TICKED:
		return must(time_is_valid(event->until_ms));
	case EVENT_REFUSED:
		return check_refused(&event->refused);
	case EVENT_NODE_ENROLLED:
		return check_enrolled(&event->enrolled);
	case EVENT_NODE_FAULTED:
		return check_faulted(&event->faulted);
	case EVENT_LOG_RECOVERED:
		return check_recovered(&event->recovered);
	case EVENT_ALERT_OPENED:
	case EVENT_ALERT_RAISED:
	case EVENT_ALERT_CORRECTED:
	case EVENT_ALERT_WITHDRAWN:
	case EVENT_ALERT_RESOLVED:
		return check_verdict(&event->verdict);
	}
	return REJECT_FIELD;
}
