/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of events and refusals, the grammar of short texts, and the leaf.
 * What each body may hold is in model/event_check.c.
 */
#include "model/event.h"

#include "core/utf8.h"

#include <string.h>

enum { DIGIT_RUN = 16 };

/* ---- kinds */

static const struct {
	enum event_kind kind;
	const char *name;
} kinds[] = {
    {EVENT_PLEDGE_MADE, "PledgeMade"},
    {EVENT_INCIDENT_REPORTED, "IncidentReported"},
    {EVENT_CORRECTED, "Corrected"},
    {EVENT_WITHDRAWN, "Withdrawn"},
    {EVENT_INCIDENT_REVIEWED, "IncidentReviewed"},
    {EVENT_ROSTER_CHANGED, "RosterChanged"},
    {EVENT_CAMPAIGN_CHANGED, "CampaignChanged"},
    {EVENT_CALENDAR_CHANGED, "CalendarChanged"},
    {EVENT_RULES_CHANGED, "RulesChanged"},
    {EVENT_OFFICE_CHANGED, "OfficeChanged"},
    {EVENT_RECIPIENTS_CHANGED, "RecipientsChanged"},
    {EVENT_NODE_INVITED, "NodeInvited"},
    {EVENT_NODE_CONFIRMED, "NodeConfirmed"},
    {EVENT_NODE_REVOKED, "NodeRevoked"},
    {EVENT_NODE_VOUCHED, "NodeVouched"},
    {EVENT_NODE_REPORTED, "NodeReported"},
    {EVENT_ALERT_DELIVERED, "AlertDelivered"},
    {EVENT_ALERT_FAILED, "AlertFailed"},
    {EVENT_ALERT_ACKNOWLEDGED, "AlertAcknowledged"},
    {EVENT_ALERT_SILENCED, "AlertSilenced"},
    {EVENT_ALERT_ESCALATED, "AlertEscalated"},
    {EVENT_CLOCK_ACCEPTED, "ClockAccepted"},
    {EVENT_DEADLINE_EXTENDED, "DeadlineExtended"},
    {EVENT_UNIT_EXCUSED, "UnitExcused"},
    {EVENT_ALERT_CLOSED, "AlertClosed"},
    {EVENT_CAMPAIGN_CLOSED, "CampaignClosed"},
    {EVENT_LOG_STARTED, "LogStarted"},
    {EVENT_TICKED, "Ticked"},
    {EVENT_REFUSED, "EventRefused"},
    {EVENT_NODE_ENROLLED, "NodeEnrolled"},
    {EVENT_NODE_FAULTED, "NodeFaulted"},
    {EVENT_LOG_RECOVERED, "LogRecovered"},
    {EVENT_ALERT_OPENED, "AlertOpened"},
    {EVENT_ALERT_RAISED, "AlertRaised"},
    {EVENT_ALERT_CORRECTED, "AlertCorrected"},
    {EVENT_ALERT_WITHDRAWN, "AlertWithdrawn"},
    {EVENT_ALERT_RESOLVED, "AlertResolved"},
};

const char *
event_kind_name(enum event_kind kind)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "None";
}

bool
event_is_verdict(enum event_kind kind)
{
	return kind >= EVENT_ALERT_OPENED && kind <= EVENT_ALERT_RESOLVED;
}

bool
event_is_own(enum event_kind kind)
{
	return kind >= EVENT_LOG_STARTED;
}

static const char *const rule_kinds[RULE_KINDS] = {
    [RULE_NONE] = "",
    [RULE_UNSIGNED_UNITS_1] = "unsigned_units/1",
    [RULE_REPEAT_INCIDENTS_1] = "repeat_incidents/1",
    [RULE_NODE_SILENT_1] = "node_silent/1",
    [RULE_CASE_DEADLINE_1] = "case_deadline/1",
    [RULE_BURST_1] = "burst/1",
    [RULE_CHAIN_BROKEN_1] = "chain_broken/1",
};

const char *
rule_kind_name(enum rule_kind kind)
{
	return kind < RULE_KINDS ? rule_kinds[kind] : "";
}

enum rule_kind
rule_kind_by_name(const char *name)
{
	for (unsigned i = RULE_NONE + 1; i < RULE_KINDS; i++)
		if (strcmp(name, rule_kinds[i]) == 0)
			return (enum rule_kind)i;
	return RULE_NONE;
}

/* ---- grammar */

enum {
	CLASS_DIGIT = 1,
	CLASS_UPPER = 2,
	CLASS_LOWER = 4,
	CLASS_CODE = 8,       /* . _ - */
	CLASS_WORD = 16,      /* _ . / + - */
	CLASS_REFERENCE = 32, /* . / - */
	CLASS_REASON = 64,    /* _ */
};

static const uint8_t classes[256] = {
    ['0' ... '9'] = CLASS_DIGIT,
    ['A' ... 'Z'] = CLASS_UPPER,
    ['a' ... 'z'] = CLASS_LOWER,
    ['.'] = CLASS_CODE | CLASS_WORD | CLASS_REFERENCE,
    ['-'] = CLASS_CODE | CLASS_WORD | CLASS_REFERENCE,
    ['_'] = CLASS_CODE | CLASS_WORD | CLASS_REASON,
    ['/'] = CLASS_WORD | CLASS_REFERENCE,
    ['+'] = CLASS_WORD,
};

static size_t
run_of(const char *text, uint8_t allowed)
{
	size_t len = 0;

	while ((classes[(uint8_t)text[len]] & allowed) != 0)
		len++;
	return len;
}

/* 1 to max - 1 characters of `allowed`, the first of them of `first`. */
static bool
is_made_of(const char *text, size_t max, uint8_t first, uint8_t allowed)
{
	size_t len;

	if ((classes[(uint8_t)text[0]] & first) == 0)
		return false;
	len = run_of(text, allowed);
	return text[len] == '\0' && len < max;
}

bool
code_is_valid(const char *code)
{
	return is_made_of(code, CODE_MAX, CLASS_DIGIT | CLASS_UPPER,
	    CLASS_DIGIT | CLASS_UPPER | CLASS_CODE);
}

bool
word_is_valid(const char *word)
{
	return is_made_of(word, WORD_MAX, CLASS_DIGIT | CLASS_LOWER,
	    CLASS_DIGIT | CLASS_LOWER | CLASS_WORD);
}

bool
reason_is_valid(const char *reason)
{
	return is_made_of(reason, REASON_MAX, CLASS_UPPER | CLASS_REASON,
	    CLASS_UPPER | CLASS_REASON);
}

bool
reference_is_valid(const char *reference)
{
	size_t len =
	    run_of(reference, CLASS_DIGIT | CLASS_UPPER | CLASS_REFERENCE);

	return reference[len] == '\0' && len < REFERENCE_MAX;
}

bool
has_digit_run(const char *text)
{
	static const bool skipped[UINT8_MAX + 1] = {[' '] = true,
	    ['.'] = true,
	    ['-'] = true,
	    ['/'] = true,
	    ['_'] = true};
	unsigned run = 0;

	for (; *text != '\0'; text++) {
		if (*text >= '0' && *text <= '9') {
			if (++run == DIGIT_RUN)
				return true;
		} else if (!skipped[(uint8_t)*text])
			run = 0;
	}
	return false;
}

bool
name_is_valid(const char *name)
{
	const uint8_t *at = (const uint8_t *)name;
	size_t len = strnlen(name, NAME_MAX_BYTES);

	if (len == 0 || len == NAME_MAX_BYTES || name[0] == ' ' ||
	    name[len - 1] == ' ')
		return false;
	while (*at != '\0') {
		uint32_t point = utf8_next(&at);

		if (point == UINT32_MAX || !utf8_is_printable(point))
			return false;
	}
	return !has_digit_run(name);
}

const struct incident *
event_incident(const struct event *event)
{
	if (event->kind == EVENT_INCIDENT_REPORTED)
		return &event->incident;
	if (event->kind == EVENT_CORRECTED &&
	    event->corrected.kind == EVENT_INCIDENT_REPORTED)
		return &event->corrected.incident;
	return NULL;
}

const struct incident *
event_sealed(const struct event *event)
{
	const struct incident *incident = event_incident(event);

	return incident != NULL && incident->is_sealed ? incident : NULL;
}

/* ---- the leaf:
 * u8 version | u8 author | u64 received | u16 n | event | u8 s | stamp */

size_t
leaf_size(const struct leaf *leaf)
{
	return ENTRY_HEAD + leaf->event.len + 1 + leaf->stamp.len;
}

void
leaf_put(uint8_t *at, const struct leaf *leaf)
{
	CHECK(leaf->event.len > 0 && leaf->event.len <= EVENT_MAX);
	CHECK(leaf->stamp.len == 0 || leaf->stamp.len == EVENT_STAMP_SIZE);
	at[0] = ENTRY_VERSION;
	at[1] = (uint8_t)leaf->author;
	be64_put(at + 2, leaf->received_at_ms);
	be16_put(at + 10, (uint16_t)leaf->event.len);
	memcpy(at + ENTRY_HEAD, leaf->event.at, leaf->event.len);
	at += ENTRY_HEAD + leaf->event.len;
	*at++ = (uint8_t)leaf->stamp.len;
	if (leaf->stamp.len > 0)
		memcpy(at, leaf->stamp.at, leaf->stamp.len);
}

enum err
leaf_get(struct leaf *leaf, struct bytes bytes)
{
	size_t event_len, stamp_len;

	if (bytes.len < ENTRY_HEAD + 1 || bytes.at[0] != ENTRY_VERSION ||
	    bytes.at[1] > AUTHOR_NODE)
		return ERR_INVALID;
	event_len = be16_get(bytes.at + 10);
	if (event_len == 0 || event_len > EVENT_MAX ||
	    bytes.len < ENTRY_HEAD + event_len + 1)
		return ERR_INVALID;
	stamp_len = bytes.at[ENTRY_HEAD + event_len];
	if (bytes.len != ENTRY_HEAD + event_len + 1 + stamp_len ||
	    (stamp_len != 0 && stamp_len != EVENT_STAMP_SIZE) ||
	    (stamp_len != 0 && bytes.at[1] == AUTHOR_LOG))
		return ERR_INVALID;
	*leaf = (struct leaf){
	    .author = (enum author)bytes.at[1],
	    .received_at_ms = be64_get(bytes.at + 2),
	    .event = bytes_of(bytes.at + ENTRY_HEAD, event_len),
	    .stamp = bytes_of(bytes.at + bytes.len - stamp_len, stamp_len),
	};
	return OK;
}
