/* SPDX-License-Identifier: Apache-2.0 */
#include "report/rule_text.h"

#include "model/catalog.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
	SENTENCE_MAX = 512,
	ANCHOR_GRACE_END = 2, /* of CATALOG_ANCHOR */
	SIGNED_READ = 1,      /* of CATALOG_SIGNED */
	SIGNED_HEAD = 2,
	STATE_REPORTED = 1,
	STATE_VERIFIED = 2,
	BASIS_POINTS = 100,
	SCOPE_ACT = 5, /* of CATALOG_SCOPE */
	SCOPE_SUBJECT = 6,
};

struct writer {
	struct text_buf *out;
	enum tongue tongue;
};

/* Both of the same arguments. */
static void say(const struct writer *to, const char *id, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

static void
say(const struct writer *to, const char *id, const char *en, ...)
{
	char text[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, en);
	if (to->tongue == TONGUE_ID)
		vsnprintf(text, sizeof text, id, arguments);
	else
		vsnprintf(text, sizeof text, en, arguments);
	va_end(arguments);
	text_buf_add(to->out, "%s", text);
}

const char *
rule_text_word(enum tongue tongue, unsigned catalog, uint32_t number)
{
	unsigned count;
	const struct catalog_row *rows =
	    catalog_rows((enum catalog)catalog, &count);

	if (number < 1 || number > count)
		return "";
	return tongue == TONGUE_ID ? rows[number - 1].id : rows[number - 1].en;
}

static const char *
separator(const struct writer *to, unsigned n, unsigned count)
{
	if (n == 0)
		return "";
	if (n + 1 < count)
		return ", ";
	return to->tongue == TONGUE_ID ? " dan " : " and ";
}

/* "36 jam": of what divides it, the largest. */
static void
add_duration(const struct writer *to, uint64_t ms)
{
	static const struct {
		uint64_t ms;
		const char *id, *en;
	} units[] = {{86400000, "hari", "day"}, {3600000, "jam", "hour"},
	    {60000, "menit", "minute"}, {1000, "detik", "second"},
	    {1, "milidetik", "millisecond"}};
	unsigned n = 0;

	while (ms % units[n].ms != 0)
		n++;
	text_buf_add(to->out, "%" PRIu64 " %s%s", ms / units[n].ms,
	    to->tongue == TONGUE_ID ? units[n].id : units[n].en,
	    to->tongue == TONGUE_EN && ms != units[n].ms ? "s" : "");
}

static void
add_share(const struct writer *to, uint32_t bp)
{
	if (bp % BASIS_POINTS == 0)
		text_buf_add(to->out, "%" PRIu32, bp / BASIS_POINTS);
	else
		text_buf_add(to->out, "%" PRIu32 "%c%02" PRIu32,
		    bp / BASIS_POINTS, to->tongue == TONGUE_ID ? ',' : '.',
		    bp % BASIS_POINTS);
}

void
rule_text_add_mark(
    struct text_buf *out, enum tongue tongue, const struct mark *mark)
{
	const struct writer to = {out, tongue};
	uint64_t offset = mark->offset_ms < 0 ? 0 - (uint64_t)mark->offset_ms
					      : (uint64_t)mark->offset_ms;

	if (offset != 0) {
		add_duration(&to, offset);
		if (mark->offset_ms < 0)
			say(&to, " sebelum ", " before ");
		else
			say(&to, " sesudah ", " after ");
	}
	if (mark->anchor == ANCHOR_GRACE_END)
		say(&to, "akhir masa tenggang", "the end of grace");
	else
		say(&to, "tenggat", "the due date");
}

/* ---- unsigned_units */

static void
add_measure(const struct writer *to, const struct unsigned_units *rule)
{
	if (rule->counts == SIGNED_READ) {
		say(to, "ikrar sudah dibacakan di unit itu",
		    "the ikrar was read in the unit");
	} else if (rule->counts == SIGNED_HEAD) {
		say(to, "pimpinan unit sudah menandatangani pakta integritas",
		    "the head of the unit has signed the pakta integritas");
	} else {
		say(to, "tanda tangan pakta integritas mencapai ",
		    "signatures of the pakta integritas reach ");
		add_share(to, rule->signed_bp);
		say(to, " persen pegawai unit itu",
		    " percent of the unit's staff");
	}
}

static void
add_threshold(const struct writer *to, const struct unsigned_units *rule)
{
	if (rule->min_units > 0)
		say(to, "sedikitnya %" PRIu32 " unit",
		    "at least %" PRIu32 " unit(s)", rule->min_units);
	if (rule->min_units > 0 && rule->min_bp > 0)
		say(to, " atau ", " or ");
	if (rule->min_bp > 0) {
		say(to, "sedikitnya ", "at least ");
		add_share(to, rule->min_bp);
		say(to, " persen unit", " percent of the units");
	}
}

static void
add_unit_kinds(const struct writer *to, uint32_t kinds)
{
	uint32_t max = catalog_max(CATALOG_UNIT_KIND);
	unsigned count = 0, n = 0;

	for (uint32_t i = 1; i <= max; i++)
		count += (kinds >> i) & 1;
	if (count == 0)
		return;
	say(to, " Hanya jenis unit ", " Of these kinds of unit only: ");
	for (uint32_t i = 1; i <= max; i++) {
		if (((kinds >> i) & 1) == 0)
			continue;
		text_buf_add(to->out, "%s%s", separator(to, n, count),
		    rule_text_word(to->tongue, CATALOG_UNIT_KIND, i));
		n++;
	}
	text_buf_add(to->out, ".");
}

static void
add_unsigned(const struct writer *to, const struct unsigned_units *rule)
{
	say(to, "Kegiatan %s, dihitung per %s: peringatan dibuka bila ",
	    "Campaign %s, counted by %s: an alert opens when ", rule->campaign,
	    rule_text_word(to->tongue, CATALOG_SCOPE, rule->scope));
	add_threshold(to, rule);
	say(to, " diketahui belum memenuhi ukuran. Ukurannya: ",
	    " are known not to meet the measure. The measure: ");
	add_measure(to, rule);
	say(to, ". Dinilai pada ", ". Judged at ");
	for (uint32_t i = 0; i < rule->mark_count; i++) {
		text_buf_add(to->out, "%s", separator(to, i, rule->mark_count));
		rule_text_add_mark(to->out, to->tongue, &rule->at[i]);
	}
	say(to,
	    ", lalu setiap hari sampai pencatatan dikunci. Kecamatan yang "
	    "belum ada kabarnya ditunggu paling lama ",
	    ", then daily until recording is locked. Kecamatan not heard from "
	    "are waited for at most ");
	add_duration(to, rule->settle_ms);
	say(to, "; unitnya tidak dihitung belum, melainkan belum diketahui.",
	    "; their units do not count as unsigned but as not known.");
	add_unit_kinds(to, rule->unit_kinds);
	if (rule->clear_units > 0)
		say(to,
		    " Sekali terbuka, peringatan bertahan selama sedikitnya "
		    "%" PRIu32 " unit belum.",
		    " Once open, it stays while at least %" PRIu32
		    " are without.",
		    rule->clear_units);
}

/* ---- repeat_incidents */

static void
add_act_list(
    const struct writer *to, unsigned count, const char (*acts)[ACT_CODE_MAX])
{
	for (unsigned i = 0; i < count; i++) {
		const struct act_row *act = act_by_code(acts[i]);

		text_buf_add(to->out, "%s%s (%s)", separator(to, i, count),
		    acts[i],
		    act == NULL               ? ""
		    : to->tongue == TONGUE_ID ? act->id
					      : act->en);
	}
	text_buf_add(to->out, ".");
}

static void
add_acts(const struct writer *to, const struct repeat_incidents *rule)
{
	if (rule->act_count == 0) {
		say(to, " Semua jenis perbuatan dihitung.",
		    " Acts of all kinds count.");
		return;
	}
	say(to, " Perbuatan yang dihitung: ", " Acts that count: ");
	for (uint32_t i = 0; i < rule->act_count; i++) {
		const struct act_row *act = act_by_code(rule->acts[i]);

		text_buf_add(to->out, "%s%s (%s)",
		    separator(to, i, rule->act_count), rule->acts[i],
		    act == NULL               ? ""
		    : to->tongue == TONGUE_ID ? act->id
					      : act->en);
	}
	text_buf_add(to->out, ".");
}

static void
add_repeat(const struct writer *to, const struct repeat_incidents *rule)
{
	say(to,
	    "Peringatan dibuka bila dalam %" PRIu32 " hari, menurut tanggal "
	    "kejadian, ada sedikitnya %" PRIu32 " kasus dugaan",
	    "An alert opens when within %" PRIu32 " days, by when they "
	    "happened, there are at least %" PRIu32 " alleged cases",
	    rule->within_days, rule->count);
	if (rule->scope == SCOPE_SUBJECT)
		say(to, " atas satu orang", " against one person");
	else if (rule->scope == SCOPE_ACT)
		say(to, " dari satu jenis perbuatan", " of one kind of act");
	else
		say(to, " di satu %s", " in one %s",
		    rule_text_word(to->tongue, CATALOG_SCOPE, rule->scope));
	if (rule->min_sources > 1)
		say(to, " dari sedikitnya %" PRIu32 " sumber yang berbeda",
		    " from at least %" PRIu32 " different sources",
		    rule->min_sources);
	say(to,
	    ". Beberapa laporan atas perbuatan yang sama di unit yang sama "
	    "pada tanggal yang sama dihitung satu kasus.",
	    ". Several reports of the same act in the same unit on the same "
	    "dates count as one case.");
	add_acts(to, rule);
	if (rule->states == STATE_VERIFIED)
		say(to, " Hanya yang sudah diverifikasi dihitung.",
		    " Only what was verified counts.");
	else if (rule->states == STATE_REPORTED)
		say(to, " Hanya yang belum diverifikasi dihitung.",
		    " Only what is not yet verified counts.");
	say(to, " Waktu saja tidak mengakhirinya.",
	    " Time alone does not end it.");
}

/* ---- nodes */

static void
add_node_kinds(const struct writer *to, uint32_t kinds)
{
	uint32_t max = catalog_max(CATALOG_NODE_KIND);
	unsigned count = 0, n = 0;

	for (uint32_t i = 1; i <= max; i++)
		count += (kinds >> i) & 1;
	if (count == 0) {
		say(to, "simpul kecamatan", "a collector");
		return;
	}
	for (uint32_t i = 1; i <= max; i++) {
		if (((kinds >> i) & 1) == 0)
			continue;
		text_buf_add(to->out, "%s%s", separator(to, n, count),
		    rule_text_word(to->tongue, CATALOG_NODE_KIND, i));
		n++;
	}
}

static void
add_silent(const struct writer *to, const struct node_silent *rule)
{
	say(to, "Peringatan dibuka bila ", "An alert opens when ");
	add_node_kinds(to, rule->node_kinds);
	if (rule->wilayah[0] != '\0')
		say(to, " di wilayah %s", " in wilayah %s", rule->wilayah);
	say(to, " tidak mengirim apa pun selama ", " has sent nothing for ");
	add_duration(to, rule->after_ms);
	if (rule->sensitive_after_ms > 0) {
		say(to, ", pada masa rawan selama ",
		    ", in sensitive stages for ");
		add_duration(to, rule->sensitive_after_ms);
	}
	say(to, ". Berakhir bila simpul itu terdengar lagi.",
	    ". It ends when the node is heard again.");
}

static void
add_chain(const struct writer *to, const struct chain_broken *rule)
{
	say(to,
	    "Peringatan dibuka bila rantai catatan suatu simpul bercabang, "
	    "atau tanda tangannya tidak sah",
	    "An alert opens when the chain of a node's records forks, or its "
	    "signature is not valid");
	if (rule->clock_ms > 0) {
		say(to, ", atau jamnya selisih lebih dari ",
		    ", or its clock is off by more than ");
		add_duration(to, rule->clock_ms);
	}
	say(to,
	    ". Waktu saja tidak mengakhirinya: orang menutupnya, atau simpul "
	    "itu dicabut.",
	    ". Time alone does not end it: a person closes it, or the node is "
	    "revoked.");
}

/* ---- cases and bursts */

static void
add_case(const struct writer *to, const struct case_deadline *rule)
{
	say(to, "Peringatan dibuka bila sebuah laporan insiden ",
	    "An alert opens when a reported incident ");
	if (rule->step == 0)
		say(to, "belum ditelaah siapa pun", "was looked at by nobody");
	else
		say(to, "berhenti pada langkah \"%s\"",
		    "has stayed at the step \"%s\"",
		    rule_text_word(to->tongue, CATALOG_STEP, rule->step));
	say(to, " selama %" PRIu32 " %s, dihitung %s.",
	    " for %" PRIu32 " %s, counted %s.", rule->days,
	    rule_text_word(to->tongue, CATALOG_CLOCK, rule->clock),
	    rule_text_word(to->tongue, CATALOG_CASE_ANCHOR, rule->anchor));
	if (rule->act_count > 0) {
		say(to, " Hanya perbuatan ", " Of these acts only: ");
		add_act_list(to, rule->act_count, rule->acts);
	}
	say(to, " Berakhir bila laporan itu ditangani.",
	    " It ends when the case moves on.");
}

static void
add_burst(const struct writer *to, const struct burst *rule)
{
	say(to,
	    "Peringatan dibuka bila satu simpul mencatat lebih dari %" PRIu32
	    " laporan tentang satu unit dalam ",
	    "An alert opens when one node records more than %" PRIu32
	    " reports on one unit within ",
	    rule->count);
	add_duration(to, rule->within_ms);
	say(to,
	    ". Laporan itu ditahan dari hitungan sampai orang memutuskan "
	    "apakah nyata atau dibuat-buat.",
	    ". Those reports are kept out of the counts until a person decides "
	    "whether they are real.");
}

/* ---- all */

void
rule_text_add(
    struct text_buf *out, enum tongue tongue, const struct rule_row *rule)
{
	const struct writer to = {out, tongue};

	switch (rule->kind) {
	case RULE_UNSIGNED_UNITS_1:
		add_unsigned(&to, &rule->unsigned_units);
		break;
	case RULE_REPEAT_INCIDENTS_1:
		add_repeat(&to, &rule->repeat_incidents);
		break;
	case RULE_NODE_SILENT_1:
		add_silent(&to, &rule->node_silent);
		break;
	case RULE_CASE_DEADLINE_1:
		add_case(&to, &rule->case_deadline);
		break;
	case RULE_BURST_1:
		add_burst(&to, &rule->burst);
		break;
	case RULE_CHAIN_BROKEN_1:
		add_chain(&to, &rule->chain_broken);
		break;
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	if (rule->severity != 0)
		say(&to, " Tingkat: %s.", " Severity: %s.",
		    rule_text_word(tongue, CATALOG_SEVERITY, rule->severity));
	say(&to, " Yang diberi tahu: %s.", " Who is told: %s.",
	    rule_text_word(tongue, CATALOG_ROLE, rule->tell));
}
