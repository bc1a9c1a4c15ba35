/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the regional admin has to do today, most urgent first, each with the
 * command that deals with it. Only reads: whoever has done it finds the line
 * gone.
 */
#include "aggregator/verbs.h"

#include "aggregator/case_shown.h"
#include "aggregator/state_json.h"
#include "core/loop.h"
#include "core/tell.h"
#include "judge/view_calendar.h"
#include "model/catalog.h"
#include "report/rule_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1, TEXT_MAX = 512, ID_HEX = 2 * EVENT_ID_SIZE };

static const uint64_t day_ms = UINT64_C(24) * 60 * 60 * 1000;
static const uint64_t owed_ms = 15 * 60 * 1000;
enum { DEADLINE_DAYS = 3, REFUSED_DAYS = 7 };

struct settings {
	struct reading_words words;
	bool json;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Sebagai JSON.",
	.help_en = "As JSON."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "today",
    .help_id = "Daftar kerja hari ini: siapa yang ditelepon, laporan ganda, "
	       "lonjakan yang ditahan, tenggat kasus, peringatan yang belum "
	       "sampai, simpul yang menunggu, catatan yang ditolak.",
    .help_en = "Today's worklist: whom to phone, duplicates, bursts held, "
	       "deadlines of cases, alerts not delivered, nodes that wait, "
	       "records refused.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

struct today {
	const struct reading *reading;
	const char *dir; /* for the commands */
	uint64_t now_ms;
	struct json *json; /* NULL: as text */
	unsigned count;
};

struct item {
	const char *kind;  /* phone, duplicate, ... */
	const char *title; /* Telepon / phone */
	const char *object, *place;
	uint64_t at_ms; /* since or by then; 0: none */
	char text[TEXT_MAX];
	char command[TEXT_MAX];
};

static void write_to(char to[TEXT_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void
write_to(char to[TEXT_MAX], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(to, TEXT_MAX, format, arguments);
	va_end(arguments);
}

static void
put_item(struct today *today, const struct item *item)
{
	struct json *json = today->json;
	char at[CALENDAR_TEXT_MAX] = "";

	today->count++;
	if (json != NULL) {
		json_object_begin(json, NULL);
		json_text(json, "kind", item->kind);
		json_text(json, "object", item->object);
		json_text(json, "place", item->place);
		json_u64(json, "at_ms", item->at_ms);
		json_text(json, "text", item->text);
		json_text(json, "command", item->command);
		json_end(json);
		return;
	}
	if (item->at_ms != 0)
		calendar_ms_put(at, item->at_ms, today->reading->zone);
	printf("%s: %s %s%s%s\n    %s\n    -> %s\n", item->title, item->object,
	    item->place, at[0] == '\0' ? "" : ", ", at, item->text,
	    item->command);
}

/* ---- nodes */

static const char *
district_name(const struct view *view, const char *wilayah)
{
	uint32_t office = catalog_number(CATALOG_UNIT_KIND, "KECAMATAN");
	char district[WILAYAH_MAX];

	wilayah_district(wilayah, district);
	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (unit->is_active && unit->row.kind == office &&
		    strcmp(unit->row.wilayah, district) == 0)
			return unit->row.name;
	}
	return "";
}

/* Is an alert of that kind open on the node? */
static bool
is_alerted(
    const struct view *view, const struct view_node *node, enum rule_kind kind)
{
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		if (alert->state == ALERT_OPEN &&
		    view_alert_kind(view, alert) == kind &&
		    memcmp(alert->node, node->id, EVENT_ID_SIZE) == 0)
			return true;
	}
	return false;
}

static void
node_item(struct today *today, const struct view_node *node, struct item *item)
{
	char hex[ID_HEX + 1];

	hex_put(hex, node->id, EVENT_ID_SIZE);
	item->place = node->wilayah;
	item->object = district_name(today->reading->view, node->wilayah);
	if (item->command[0] == '\0')
		write_to(item->command,
		    "ikrar-aggregator node show %s --dir %s", hex, today->dir);
	put_item(today, item);
}

/* Silent by a rule, or a deadline was not heard past. */
static void
put_unheard(struct today *today, const struct view_node *node)
{
	const struct view *view = today->reading->view;
	bool silent = is_alerted(view, node, RULE_NODE_SILENT_1);
	struct item item = {.kind = "phone",
	    .title = "Telepon / phone",
	    .at_ms = node->last_logged_ms};

	if (!silent && !view_report_wanted(view, node))
		return;
	write_to(item.text, "%s",
	    silent ? "simpul diam: tidak terdengar terlalu lama / the node is "
		     "silent"
		   : "belum terdengar melewati tenggat / not heard past a "
		     "deadline yet");
	node_item(today, node, &item);
}

static void
put_fault(struct today *today, const struct view_node *node)
{
	struct item item = {.kind = "fault", .title = "Telepon / phone"};

	if (!is_alerted(today->reading->view, node, RULE_CHAIN_BROKEN_1))
		return;
	write_to(item.text,
	    "rantai, tanda tangan atau jamnya salah; sesudah jelas, tutup "
	    "peringatannya / its chain, signature or clock is at fault; close "
	    "its alert when it is clear");
	node_item(today, node, &item);
}

static void
put_pending(struct today *today, const struct view_node *node)
{
	struct item item = {.kind = "confirm", .title = "Sahkan / confirm"};
	char hex[ID_HEX + 1];

	hex_put(hex, node->id, EVENT_ID_SIZE);
	write_to(item.text,
	    "cocokkan enam kata lewat telepon, lalu node confirm %s / compare "
	    "the six words by telephone, then confirm",
	    hex);
	node_item(today, node, &item);
}

static void
put_refused(struct today *today, const struct view_node *node)
{
	struct item item = {.kind = "refused",
	    .title = "Ditolak / refused",
	    .at_ms = node->refused_ms};

	if (node->refused_count == 0 ||
	    node->refused_ms + REFUSED_DAYS * day_ms <= today->now_ms)
		return;
	write_to(item.text,
	    "%" PRIu32 " catatan ditolak, terakhir %s (%s); lihat di "
	    "kecamatannya / records refused: look there",
	    node->refused_count,
	    reject_text_id((enum reject)node->refused_word),
	    reject_word((enum reject)node->refused_word));
	write_to(item.command, "ikrar-collector quarantine list --dir DIR");
	node_item(today, node, &item);
}

static void
put_node(struct today *today, const struct view_node *node)
{
	if (node->state == NODE_PENDING)
		put_pending(today, node);
	if (node->state != NODE_ENROLLED)
		return;
	put_unheard(today, node);
	put_fault(today, node);
	put_refused(today, node);
}

/* ---- alerts */

/* Who was never told of it need not be told of its end. */
static bool
is_owed(const struct view_alert *alert, uint64_t now_ms)
{
	return alert->told_index < alert->last_index &&
	       (alert->state == ALERT_OPEN || alert->told_index != 0) &&
	       alert->last_ms + owed_ms <= now_ms;
}

static void
put_burst(struct today *today, const struct view_alert *alert)
{
	struct item item = {.kind = "burst",
	    .title = "Lonjakan / burst",
	    .object = alert->object,
	    .place = alert->rule};
	char hex[ID_HEX + 1];

	hex_put(hex, alert->id, EVENT_ID_SIZE);
	write_to(item.text,
	    "%" PRIu32 " laporan ditahan dan tidak dihitung; periksa, lalu "
	    "putuskan: NYATA (dihitung) atau BUATAN (tidak pernah) / reports "
	    "are held: real, or BUATAN, made up",
	    alert->figures.reported);
	write_to(item.command,
	    "ikrar-aggregator alert close %s --reason NYATA --dir %s", hex,
	    today->dir);
	put_item(today, &item);
}

static void
put_alert(struct today *today, const struct view_alert *alert)
{
	struct item item = {.object = alert->object, .place = alert->rule};

	if (alert->state == ALERT_OPEN &&
	    view_alert_kind(today->reading->view, alert) == RULE_BURST_1)
		put_burst(today, alert);
	if (!is_owed(alert, today->now_ms))
		return;
	item.kind = "undelivered";
	item.title = "Belum sampai / undelivered";
	item.at_ms = alert->last_ms;
	write_to(item.text,
	    "untuk %s: 15 menit belum sampai / to the %s: not delivered for "
	    "15 minutes",
	    rule_text_word(TONGUE_ID, CATALOG_ROLE, alert->tell),
	    rule_text_word(TONGUE_EN, CATALOG_ROLE, alert->tell));
	write_to(item.command, "ikrar-notifier status --dir DIR");
	put_item(today, &item);
}

/* ---- cases */

static void
put_deadline(struct today *today, unsigned n, unsigned rule)
{
	const struct view *view = today->reading->view;
	uint64_t due = view_case_due_ms(view, rule, n);
	char name[CODE_MAX];
	struct view_case at;
	struct item item = {.kind = "deadline",
	    .title = "Tenggat kasus / case deadline",
	    .object = name,
	    .place = view_rule(view, rule)->id,
	    .at_ms = due};

	if (due == UINT64_MAX || due > today->now_ms + DEADLINE_DAYS * day_ms)
		return;
	view_case(view, n, &at);
	view_case_name(view, n, name);
	write_to(item.text, "%s: posisi/stands %s",
	    due <= today->now_ms ? "lewat / overdue" : "segera / soon",
	    case_step_word(at.step));
	write_to(item.command, "ikrar-aggregator case show %s --dir %s", name,
	    today->dir);
	put_item(today, &item);
}

/* Each pair once, from its later report. */
static void
put_twins(struct today *today, unsigned n)
{
	const struct view *view = today->reading->view;
	unsigned twins[CASE_TWINS_MAX];
	unsigned count = view_case_twins(view, n, twins);
	char name[CODE_MAX], other[CODE_MAX];
	struct item item = {.kind = "duplicate",
	    .title = "Mungkin ganda / maybe told twice",
	    .object = name,
	    .place = other};

	view_case_name(view, n, name);
	for (unsigned i = 0; i < count; i++) {
		if (twins[i] > n)
			continue;
		view_case_name(view, twins[i], other);
		write_to(item.text,
		    "unit, perbuatan dan tanggal sama; dihitung sekali sampai "
		    "penelaah memutuskan; bila bukan: case distinct %s / "
		    "counted once until a reviewer decides; if not: case "
		    "distinct",
		    name);
		write_to(item.command,
		    "ikrar-aggregator case duplicate %s --of %s --node DIR "
		    "--dir %s",
		    name, other, today->dir);
		put_item(today, &item);
	}
}

/* ---- all */

static void
put_all(struct today *today)
{
	const struct view *view = today->reading->view;

	for (unsigned i = 0; i < view_alert_count(view); i++)
		put_alert(today, view_alert(view, i));
	for (unsigned i = 0; i < view_incident_count(view); i++)
		for (unsigned k = 0; k < view_rule_count(view); k++)
			put_deadline(today, i, k);
	for (unsigned i = 0; i < view_incident_count(view); i++)
		put_twins(today, i);
	for (unsigned i = 0; i < view_node_count(view); i++)
		put_node(today, view_node(view, i));
}

static void
put_json(struct today *today)
{
	struct json json = {0};

	today->json = &json;
	json_object_begin(&json, NULL);
	json_bool(&json, "drill", today->reading->started.drill);
	json_array_begin(&json, "items");
	put_all(today);
	json_end(&json);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
	today->json = NULL;
}

static enum err
read_now(const struct settings *settings, struct today *today)
{
	const struct reading *reading = today->reading;

	if (reading->started.drill && settings->words.clock == NULL) {
		today->now_ms = view_region(reading->view)->last_received_ms;
		return OK;
	}
	if (loop_clock_ms(settings->words.clock, &today->now_ms) == OK)
		return OK;
	tell("Berkas jam %s tidak dapat dibaca: isinya harus milidetik sejak "
	     "1970.",
	    "The clock file %s cannot be read: it holds milliseconds since "
	    "1970.",
	    settings->words.clock);
	return ERR_INVALID;
}

int
verb_today(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	struct today today = {.reading = &reading};
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	today.dir = settings.words.dir;
	if (err == OK)
		err = read_now(&settings, &today);
	if (err == OK && settings.json) {
		put_json(&today);
	} else if (err == OK) {
		reading_say_drill(&reading);
		put_all(&today);
		if (today.count == 0)
			printf("Tidak ada yang menunggu hari ini. / Nothing "
			       "waits today.\n");
	}
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
