/* SPDX-License-Identifier: Apache-2.0 */
/* An admin gives units more time, or expects nothing of one. */
#include "aggregator/verb_campaign.h"

#include "aggregator/verb_admin.h"
#include "core/tell.h"
#include "model/calendar.h"

#include <stdio.h>

struct settings {
	struct reading_words words;
	struct decided decided;
	char *unit, *wilayah, *until;
	bool lift;
};

#define UNIT_OPTION(is_required)                                               \
	{                                                                      \
		.name = "unit", .letter = 'u', .type = CONF_TEXT,              \
		.offset = offsetof(struct settings, unit), .argument = "KODE", \
		.required = (is_required), .help_id = "Unit ini.",             \
		.help_en = "This unit."                                        \
	}

static enum err
check_unit(const struct admin *admin, const char *code)
{
	const struct view_unit *unit =
	    view_unit_by_code(admin_view(admin), code);

	if (unit != NULL && unit->is_active)
		return OK;
	tell("Tidak ada unit %.40s dalam daftar unit wilayah ini.",
	    "There is no unit %.40s on this region's register.", code);
	return ERR_INVALID;
}

/* Some unit must lie there: else a code was mistyped. */
static enum err
check_wilayah(const struct admin *admin, const char *wilayah)
{
	const struct view *view = admin_view(admin);

	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (unit->is_active &&
		    wilayah_is_within(unit->row.wilayah, wilayah))
			return OK;
	}
	tell("Tidak ada unit di wilayah %.40s.",
	    "No unit lies in the wilayah %.40s.", wilayah);
	return ERR_INVALID;
}

static enum err
check_campaign(const struct admin *admin, const char *id)
{
	if (verb_campaign_find(admin, id) == NULL)
		return ERR_INVALID;
	return OK;
}

/* ---- extend */

static enum err
take_until(uint64_t *until_ms, const struct admin *admin, const char *id,
    const char *text)
{
	const struct view_campaign *campaign =
	    view_campaign_by_id(admin_view(admin), id);
	const struct reading *reading = admin_reading(admin);
	char due[CALENDAR_TEXT_MAX];

	if (calendar_ms_get(until_ms, text, reading->hours) != OK) {
		tell("--until %.40s bukan waktu; tulis misalnya "
		     "2024-10-05T16:00 (waktu %s).",
		    "--until %.40s is no time; write for example "
		    "2024-10-05T16:00 (zone %s).",
		    text, reading->zone);
		return ERR_INVALID;
	}
	if (*until_ms > campaign->row.due_ms)
		return OK;
	calendar_ms_put(due, campaign->row.due_ms, reading->zone);
	tell("--until %.40s tidak lebih lama daripada tenggat kegiatan, %s.",
	    "--until %.40s gives no more time than the campaign does, until "
	    "%s.",
	    text, due);
	return ERR_INVALID;
}

static enum err
check_place(const struct admin *admin, const struct settings *settings)
{
	if ((settings->unit == NULL) == (settings->wilayah == NULL)) {
		tell("Tulis salah satu: --unit KODE atau --wilayah KODE.",
		    "Write one of --unit CODE and --wilayah CODE.");
		return ERR_INVALID;
	}
	return settings->unit != NULL ? check_unit(admin, settings->unit)
				      : check_wilayah(admin, settings->wilayah);
}

static enum err
extend(struct admin *admin, const void *given, const struct conf_texts *rest)
{
	const struct settings *settings = given;
	struct event event = {.kind = EVENT_DEADLINE_EXTENDED};
	struct deadline_extended *body = &event.extended;
	char until[CALENDAR_TEXT_MAX], what[160];
	const char *where =
	    settings->unit != NULL ? settings->unit : settings->wilayah;
	enum err err = check_campaign(admin, rest->at[0]);

	if (err == OK)
		err = check_place(admin, settings);
	if (err == OK)
		err = take_until(
		    &body->until_ms, admin, rest->at[0], settings->until);
	if (err == OK)
		err = decided_reason(
		    body->reason, &settings->decided, "extension");
	if (err == OK)
		err = decided_reference(body->reference, &settings->decided);
	if (err != OK)
		return err;
	(void)text_copy(body->campaign, CODE_MAX, rest->at[0]);
	if (settings->unit != NULL)
		(void)text_copy(body->unit, CODE_MAX, settings->unit);
	else
		(void)text_copy(body->wilayah, WILAYAH_MAX, settings->wilayah);
	calendar_ms_put(until, body->until_ms, admin_reading(admin)->zone);
	snprintf(what, sizeof what,
	    "%s: %s diperpanjang sampai/extended until %s", body->campaign,
	    where, until);
	return decided_record(admin, &event, what);
}

int
verb_campaign_extend(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct settings),
	    UNIT_OPTION(false),
	    {.name = "wilayah",
		.letter = 'w',
		.type = CONF_TEXT,
		.offset = offsetof(struct settings, wilayah),
		.argument = "KODE",
		.help_id = "Semua unit di wilayah ini, juga yang datang "
			   "kemudian.",
		.help_en = "All units in this wilayah, those that come later "
			   "too."},
	    {.name = "until",
		.type = CONF_TEXT,
		.offset = offsetof(struct settings, until),
		.argument = "WAKTU",
		.required = true,
		.help_id = "Tenggat yang baru, misalnya 2024-10-11T16:00, "
			   "menurut zona wilayah; masa tenggangnya ikut "
			   "bergeser.",
		.help_en = "The new due date, as 2024-10-11T16:00, in the "
			   "region's zone; the end of its grace moves with "
			   "it."},
	    REASON_OPTION(struct settings, decided,
		"Alasan: BENCANA, JARINGAN (terputus), LIBUR (tenggat jatuh "
		"pada hari libur), SURAT (diminta dengan surat).",
		"Why: BENCANA (a disaster), JARINGAN (the network was down), "
		"LIBUR (it fell on a holiday), SURAT (asked for by letter)."),
	    REFERENCE_OPTION(struct settings, decided),
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "campaign extend",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Memberi satu unit, atau semua unit di satu wilayah, "
		       "waktu lebih lama dalam suatu kegiatan.",
	    .help_en = "Gives a unit, or all units of a wilayah, more time in "
		       "a campaign.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};

	return admin_run(
	    &(struct admin_line){&command, &settings, argc, argv}, extend);
}

/* ---- excuse */

static enum err
excuse(struct admin *admin, const void *given, const struct conf_texts *rest)
{
	const struct settings *settings = given;
	struct event event = {.kind = EVENT_UNIT_EXCUSED};
	struct unit_excused *body = &event.excused;
	char what[160];
	enum err err = check_campaign(admin, rest->at[0]);

	if (err == OK)
		err = check_unit(admin, settings->unit);
	if (err == OK)
		err =
		    decided_reason(body->reason, &settings->decided, "excuse");
	if (err == OK)
		err = decided_reference(body->reference, &settings->decided);
	if (err != OK)
		return err;
	(void)text_copy(body->campaign, CODE_MAX, rest->at[0]);
	(void)text_copy(body->unit, CODE_MAX, settings->unit);
	body->lifted = settings->lift;
	snprintf(what, sizeof what, "%s: %s %s", body->campaign, body->unit,
	    body->lifted ? "diharapkan lagi/expected again"
			 : "dikecualikan/excused");
	return decided_record(admin, &event, what);
}

int
verb_campaign_excuse(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct settings),
	    UNIT_OPTION(true),
	    REASON_OPTION(struct settings, decided,
		"Alasan: DILEBUR (ke unit lain), KOSONG (tidak berpegawai), "
		"BENCANA, SURAT (diminta dengan surat).",
		"Why: DILEBUR (merged into another unit), KOSONG (it has no "
		"staff), BENCANA (a disaster), SURAT (asked for by letter)."),
	    REFERENCE_OPTION(struct settings, decided),
	    {.name = "lift",
		.type = CONF_FLAG,
		.offset = offsetof(struct settings, lift),
		.help_id = "Mencabut pengecualian: unit itu diharapkan lagi.",
		.help_en = "Lifts it: the unit is expected again."},
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "campaign excuse",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Mengecualikan satu unit: dalam kegiatan itu ia tidak "
		       "ditunggu.",
	    .help_en = "Excuses a unit: nothing is expected of it in that "
		       "campaign.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};

	return admin_run(
	    &(struct admin_line){&command, &settings, argc, argv}, excuse);
}
