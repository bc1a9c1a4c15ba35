/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/example_event.h"

#include "model/calendar.h"
#include "model/row.h"
#include "sheet/yaml_value.h"

#include <string.h>

enum { POINTS_ALL = 15 };

#define TEXT(of, member)                              \
	{                                             \
		.name = #member, .type = YAML_TEXT,   \
		.offset = offsetof(struct of, member) \
	}
#define NEEDED(of, member)                                                 \
	{                                                                  \
		.name = #member, .type = YAML_TEXT,                        \
		.offset = offsetof(struct of, member), .is_required = true \
	}

const struct yaml_field example_event_fields[] = {NEEDED(event_text, at),
    NEEDED(event_text, what), TEXT(event_text, unit),
    TEXT(event_text, campaign), TEXT(event_text, head), TEXT(event_text, pns),
    TEXT(event_text, pppk), TEXT(event_text, non_asn), TEXT(event_text, made),
    TEXT(event_text, act), TEXT(event_text, happened), TEXT(event_text, source),
    TEXT(event_text, subject), TEXT(event_text, step),
    TEXT(event_text, decision), TEXT(event_text, of), TEXT(event_text, as),
    TEXT(event_text, until), TEXT(event_text, wilayah),
    TEXT(event_text, reason), TEXT(event_text, rule), TEXT(event_text, object),
    {0}};

struct event_reading {
	const struct example_reader *reading;
	const struct event_text *text;
	struct example_event *to;
};

static enum err
choice_or(struct yaml_file *file, const char *at, enum catalog catalog,
    uint32_t *number)
{
	if (at != NULL)
		return yaml_choice(file, at, catalog, number);
	if (*number == 0)
		*number = 1;
	return OK;
}

static enum err
needs(const struct event_reading *it, const char *at, const char *key)
{
	if (at != NULL)
		return OK;
	return yaml_file_refuse(it->reading->file, it->text->what,
	    "kejadian %.24s: kunci %s belum diisi",
	    "event %.24s: the key %s is missing", it->text->what, key);
}

static enum err
take_unit(const struct event_reading *it, char to[CODE_MAX])
{
	const struct example *example = it->reading->to;

	if (needs(it, it->text->unit, "unit") != OK ||
	    yaml_code(it->reading->file, it->text->unit, to) != OK)
		return ERR_INVALID;
	for (uint32_t i = 0; i < example->unit_count; i++)
		if (strcmp(example->units[i].code, to) == 0)
			return OK;
	return yaml_file_refuse(it->reading->file, it->text->unit,
	    "unit %s tidak ada dalam units", "there is no %s in units", to);
}

static enum err
take_count(const struct event_reading *it, const char *at, struct count *count)
{
	enum err err;

	if (at == NULL)
		return OK;
	err = yaml_number(
	    it->reading->file, at, 0, COUNT_MAX, &count->signatures);
	count->present = count->signatures;
	count->is_set = true;
	return err;
}

static enum err
take_yes(const struct event_reading *it, const char *at, bool *to)
{
	*to = at != NULL && strcmp(at, "ya") == 0;
	if (at == NULL || *to || strcmp(at, "tidak") == 0)
		return OK;
	return yaml_file_refuse(it->reading->file, at,
	    "\"%.40s\": tulis ya atau tidak", "\"%.40s\": write ya or tidak",
	    at);
}

/* One campaign needs no name. */
static enum err
take_campaign_of(const struct event_reading *it, char to[CODE_MAX])
{
	const struct example *example = it->reading->to;

	if (it->text->campaign != NULL)
		return yaml_code(it->reading->file, it->text->campaign, to);
	if (example->campaign_count != 1)
		return needs(it, NULL, "campaign");
	return text_copy(to, CODE_MAX, example->campaigns[0].id) ? OK
								 : ERR_INVALID;
}

static enum err
take_pledge(const struct event_reading *it)
{
	struct event *event = &it->to->event;
	struct pledge *pledge = &event->pledge;
	const struct event_text *text = it->text;
	struct yaml_file *file = it->reading->file;

	event->kind = EVENT_PLEDGE_MADE;
	pledge->act = catalog_number(CATALOG_ACT, text->what);
	pledge->form = 1;
	pledge->points = POINTS_ALL;
	pledge->made_at_ms = it->to->at_ms;
	(void)text_copy(pledge->template, CODE_MAX, "CONTOH");
	memset(pledge->template_sha256, 1, EVENT_HASH_SIZE);
	memset(pledge->ceremony, 1, EVENT_ID_SIZE);
	if (take_unit(it, pledge->unit) != OK)
		return ERR_INVALID;
	{
		const enum err errs[] = {take_campaign_of(it, pledge->campaign),
		    take_yes(it, text->head, &pledge->head_signed),
		    take_count(it, text->pns, &pledge->counts[EMPLOYMENT_PNS]),
		    take_count(
			it, text->pppk, &pledge->counts[EMPLOYMENT_PPPK]),
		    take_count(
			it, text->non_asn, &pledge->counts[EMPLOYMENT_NON_ASN]),
		    text->made == NULL
			? OK
			: yaml_time(file, text->made, it->reading->hours,
			      &pledge->made_at_ms)};

		return yaml_all(errs, sizeof errs / sizeof *errs);
	}
}

/* "2024-10-01", or "2024-10-01..2024-10-03". */
static enum err
take_happened(const struct event_reading *it, struct incident *incident)
{
	const char *at = it->text->happened;
	char from[CALENDAR_TEXT_MAX];
	const char *dots = at == NULL ? NULL : strstr(at, "..");
	bool is_fine;

	incident->happened_to_day =
	    calendar_day_of_ms(it->to->at_ms, it->reading->hours);
	incident->happened_from_day = incident->happened_to_day;
	if (at == NULL)
		return OK;
	is_fine = text_copy(from, sizeof from, at) || dots != NULL;
	if (dots != NULL && (size_t)(dots - at) < sizeof from)
		from[dots - at] = '\0';
	is_fine = is_fine &&
		  calendar_day_get(&incident->happened_from_day, from) == OK &&
		  calendar_day_get(&incident->happened_to_day,
		      dots == NULL ? from : dots + 2) == OK;
	if (is_fine)
		return OK;
	return yaml_file_refuse(it->reading->file, at,
	    "\"%.40s\": tulis tanggal seperti 2024-10-01, atau "
	    "2024-10-01..2024-10-03",
	    "\"%.40s\": write a date such as 2024-10-01, or "
	    "2024-10-01..2024-10-03",
	    at);
}

static enum err
take_act(const struct event_reading *it, struct incident *incident)
{
	const struct act_row *act = act_by_code(it->text->act);

	if (act != NULL)
		return text_copy(incident->act, ACT_CODE_MAX, act->code)
			   ? OK
			   : ERR_INVALID;
	return yaml_file_refuse(it->reading->file, it->text->act,
	    "\"%.40s\" bukan kode perbuatan", "\"%.40s\" is no code of an act",
	    it->text->act);
}

static enum err
take_incident(const struct event_reading *it)
{
	struct event *event = &it->to->event;
	struct incident *incident = &event->incident;
	const struct event_text *text = it->text;
	struct yaml_file *file = it->reading->file;

	event->kind = EVENT_INCIDENT_REPORTED;
	if (take_unit(it, incident->unit) != OK ||
	    needs(it, text->act, "act") != OK ||
	    take_happened(it, incident) != OK || take_act(it, incident) != OK ||
	    choice_or(file, text->source, CATALOG_SOURCE, &incident->source) !=
		OK ||
	    choice_or(
		file, text->subject, CATALOG_SUBJECT, &incident->subject) != OK)
		return ERR_INVALID;
	incident->reported_day =
	    calendar_day_of_ms(it->to->at_ms, it->reading->hours);
	incident->known_day = incident->happened_to_day;
	return OK;
}

/* The record must stand above: events are in the order of their times. */
static enum err
take_target(const struct event_reading *it)
{
	const struct example *example = it->reading->to;
	const char *of = it->text->of;

	if (needs(it, of, "of") != OK ||
	    yaml_word(it->reading->file, of, it->to->target) != OK)
		return ERR_INVALID;
	for (uint32_t i = 0; i < example->event_count; i++)
		if (strcmp(example->events[i].label, it->to->target) == 0)
			return OK;
	return yaml_file_refuse(it->reading->file, of,
	    "tidak ada catatan \"as: %.24s\" di atas",
	    "there is no record \"as: %.24s\" above", of);
}

static enum err
take_review(const struct event_reading *it)
{
	struct reviewed *reviewed = &it->to->event.reviewed;
	const struct event_text *text = it->text;

	it->to->event.kind = EVENT_INCIDENT_REVIEWED;
	if (needs(it, text->step, "step") != OK || take_target(it) != OK ||
	    yaml_choice(it->reading->file, text->step, CATALOG_STEP,
		&reviewed->step) != OK)
		return ERR_INVALID;
	if (text->decision == NULL ||
	    (reference_is_valid(text->decision) &&
		text_copy(reviewed->decision, REFERENCE_MAX, text->decision)))
		return OK;
	return yaml_file_refuse(it->reading->file, text->decision,
	    "\"%.40s\" bukan nomor putusan",
	    "\"%.40s\" is no number of a decision", text->decision);
}

static enum err
take_withdrawal(const struct event_reading *it)
{
	struct withdrawn *withdrawn = &it->to->event.withdrawn;

	it->to->event.kind = EVENT_WITHDRAWN;
	(void)text_copy(withdrawn->reason, REASON_MAX, "SALAH_INPUT");
	return take_target(it);
}

/* ---- what an admin decides */

static enum err
take_reason(const struct event_reading *it, const char *use,
    const char *fallback, char to[REASON_MAX])
{
	const char *at = it->text->reason;
	unsigned count;
	const struct reason_row *rows = reason_rows(&count);
	struct text_buf choices = {0};

	if (at == NULL)
		return text_copy(to, REASON_MAX, fallback) ? OK : ERR_INVALID;
	if (reason_has_use(at, use) && text_copy(to, REASON_MAX, at))
		return OK;
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].use, use) == 0)
			text_buf_add(&choices, "%s%s",
			    choices.len == 0 ? "" : ", ", rows[i].word);
	(void)yaml_file_refuse(it->reading->file, at,
	    "\"%.40s\" bukan alasannya; pilihan: %s",
	    "\"%.40s\" is no reason for it; choose of: %s", at, choices.at);
	text_buf_clear(&choices);
	return ERR_INVALID;
}

static enum err
take_extension(const struct event_reading *it)
{
	struct deadline_extended *body = &it->to->event.extended;
	const struct event_text *text = it->text;
	struct yaml_file *file = it->reading->file;

	it->to->event.kind = EVENT_DEADLINE_EXTENDED;
	if (text->wilayah != NULL && text->unit == NULL) {
		if (wilayah_level(text->wilayah) == WILAYAH_NONE ||
		    !text_copy(body->wilayah, WILAYAH_MAX, text->wilayah))
			return yaml_file_refuse(file, text->wilayah,
			    "\"%.40s\" bukan kode wilayah",
			    "\"%.40s\" is no code of a wilayah", text->wilayah);
	} else if (take_unit(it, body->unit) != OK) {
		return ERR_INVALID;
	}
	if (needs(it, text->until, "until") != OK ||
	    yaml_time(file, text->until, it->reading->hours, &body->until_ms) !=
		OK ||
	    take_campaign_of(it, body->campaign) != OK)
		return ERR_INVALID;
	return take_reason(it, "extension", "SURAT", body->reason);
}

static enum err
take_excuse(const struct event_reading *it)
{
	struct unit_excused *body = &it->to->event.excused;

	it->to->event.kind = EVENT_UNIT_EXCUSED;
	if (take_unit(it, body->unit) != OK ||
	    take_campaign_of(it, body->campaign) != OK)
		return ERR_INVALID;
	return take_reason(it, "excuse", "SURAT", body->reason);
}

static enum err
take_closing(const struct event_reading *it)
{
	struct alert_closed *body = &it->to->event.alert_closed;
	const struct event_text *text = it->text;
	struct yaml_file *file = it->reading->file;

	it->to->event.kind = EVENT_ALERT_CLOSED;
	if (needs(it, text->rule, "rule") != OK ||
	    needs(it, text->object, "object") != OK ||
	    yaml_code(file, text->rule, it->to->rule) != OK ||
	    yaml_code(file, text->object, it->to->object) != OK)
		return ERR_INVALID;
	return take_reason(it, "closing", "SELESAI", body->reason);
}

/* ---- what the region finds */

static enum err
take_fault(const struct event_reading *it)
{
	const struct event_text *text = it->text;
	struct yaml_file *file = it->reading->file;
	struct node_faulted *body = &it->to->event.faulted;

	it->to->event.kind = EVENT_NODE_FAULTED;
	body->word = REJECT_FORK;
	if (needs(it, text->wilayah, "wilayah") != OK)
		return ERR_INVALID;
	if (wilayah_level(text->wilayah) == WILAYAH_NONE ||
	    !text_copy(it->to->object, CODE_MAX, text->wilayah))
		return yaml_file_refuse(file, text->wilayah,
		    "\"%.40s\" bukan kode wilayah",
		    "\"%.40s\" is no code of a wilayah", text->wilayah);
	if (text->reason == NULL ||
	    strcmp(text->reason, reject_word(REJECT_FORK)) == 0)
		return OK;
	body->word = REJECT_BAD_SIGNATURE;
	if (strcmp(text->reason, reject_word(REJECT_BAD_SIGNATURE)) == 0)
		return OK;
	return yaml_file_refuse(file, text->reason,
	    "\"%.40s\" tidak dikenal; pilihan: fork, bad_signature",
	    "\"%.40s\" is unknown; choose of: fork, bad_signature",
	    text->reason);
}

static const struct what {
	const char *word;
	enum err (*take)(const struct event_reading *it);
} whats[] = {
    {"ikrar", take_pledge},
    {"pakta", take_pledge},
    {"incident", take_incident},
    {"review", take_review},
    {"withdraw", take_withdrawal},
    {"extend", take_extension},
    {"excuse", take_excuse},
    {"close", take_closing},
    {"fault", take_fault},
};

static enum err
take_what(const struct event_reading *it)
{
	struct text_buf choices = {0};

	for (unsigned i = 0; i < sizeof whats / sizeof *whats; i++) {
		if (strcmp(whats[i].word, it->text->what) == 0) {
			text_buf_clear(&choices);
			return whats[i].take(it);
		}
		text_buf_add(
		    &choices, "%s%s", i == 0 ? "" : ", ", whats[i].word);
	}
	(void)yaml_file_refuse(it->reading->file, it->text->what,
	    "\"%.40s\" tidak dikenal; pilihan: %s",
	    "\"%.40s\" is unknown; choose of: %s", it->text->what, choices.at);
	text_buf_clear(&choices);
	return ERR_INVALID;
}

enum err
example_event_take(const struct example_reader *reader,
    const struct event_text *text, struct example_event *to)
{
	const struct event_reading event = {reader, text, to}, *it = &event;
	const struct example *example = it->reading->to;
	struct yaml_file *file = it->reading->file;

	it->to->text = text->what;
	if (yaml_time(file, text->at, it->reading->hours, &it->to->at_ms) != OK)
		return ERR_INVALID;
	if (example->event_count > 0 &&
	    it->to->at_ms < example->events[example->event_count - 1].at_ms)
		return yaml_file_refuse(file, text->at,
		    "lebih awal daripada kejadian di atasnya; tulis menurut "
		    "waktu",
		    "before the event above it; write them in their order");
	if (text->as != NULL && yaml_word(file, text->as, it->to->label) != OK)
		return ERR_INVALID;
	return take_what(it);
}
