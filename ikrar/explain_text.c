/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/explain.h"

#include "model/catalog.h"
#include "report/rule_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SENTENCE_MAX = 1024,
	COLLECTORS_MAX = 12,
	ROLE_HEAD = 2, /* of CATALOG_ROLE */
	REVIEW_DAYS = 7,
};

/* One half, in one language. */
struct page {
	struct text_buf *out;
	const struct explain *explain;
	enum tongue tongue;
};

/* Both of the same arguments. */
static void say(const struct page *page, const char *id, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

static void
say(const struct page *page, const char *id, const char *en, ...)
{
	char text[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, en);
	if (page->tongue == TONGUE_ID)
		vsnprintf(text, sizeof text, id, arguments);
	else
		vsnprintf(text, sizeof text, en, arguments);
	va_end(arguments);
	text_buf_add(page->out, "%s", text);
}

static void
say_time(const struct page *page, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put_long(
	    text, ms, page->explain->zone, page->tongue == TONGUE_EN);
	text_buf_add(page->out, "%s", text);
}

static enum rule_kind
kind_of(const struct explain *explain)
{
	return dossier_last(explain->dossier)->verdict.kind;
}

static bool
is_on_reports(enum rule_kind kind)
{
	return kind == RULE_REPEAT_INCIDENTS_1 || kind == RULE_BURST_1 ||
	       kind == RULE_CASE_DEADLINE_1;
}

/* ---- 1: the rule */

static void
say_rule(const struct page *page)
{
	const struct dossier *dossier = page->explain->dossier;

	say(page, "\n1. Aturan mana?\n", "\n1. Which rule?\n");
	if (!dossier->has_rule) {
		say(page, "   Aturan %s; teksnya tidak ada dalam log ini.\n",
		    "   Rule %s; its text is not in this log.\n",
		    page->explain->alert->rule);
		return;
	}
	say(page, "   Aturan %s (%s). ", "   Rule %s (%s). ", dossier->rule.id,
	    rule_kind_name(dossier->rule.kind));
	rule_text_add(page->out, page->tongue, &dossier->rule);
	say(page,
	    "\n   Saat peringatan dibuka berlaku versi %" PRIu32
	    " dari aturan wilayah; aturan ini berbunyi demikian sejak versi "
	    "%" PRIu32 ", ",
	    "\n   When the alert opened, version %" PRIu32
	    " of the region's rules was in force; this rule has read so since "
	    "version %" PRIu32 ", ",
	    dossier->rule_version, dossier->rule_since_version);
	say_time(page, dossier->rule_since_ms);
	say(page, " (entri %" PRIu64 ").\n", " (entry %" PRIu64 ").\n",
	    dossier->rule_since_index);
}

/* ---- 2: the object */

static void
say_object(const struct page *page)
{
	const struct explain *explain = page->explain;
	const struct verdict *last = &dossier_last(explain->dossier)->verdict;
	const struct view_campaign *campaign =
	    view_campaign_by_id(explain->view, last->campaign);

	say(page, "\n2. Unit atau objek mana?\n",
	    "\n2. Which unit or object?\n");
	text_buf_add(page->out, "   %s %s",
	    rule_text_word(page->tongue, CATALOG_SCOPE, explain->alert->scope),
	    explain->alert->object);
	if (last->object_name[0] != '\0')
		text_buf_add(page->out, ", %s", last->object_name);
	if (strcmp(explain->alert->object,
		view_region(explain->view)->wilayah) != 0)
		say(page, ", wilayah %s", ", in region %s",
		    view_region(explain->view)->wilayah);
	text_buf_add(page->out, ".\n");
	if (last->campaign[0] != '\0')
		say(page, "   Kegiatan %s%s%s.\n", "   Campaign %s%s%s.\n",
		    last->campaign, campaign != NULL ? ", " : "",
		    campaign != NULL ? campaign->row.name : "");
	for (uint32_t i = 0; i < last->unit_count; i++)
		text_buf_add(page->out, "   - %s, %s, %s\n",
		    last->units[i].code, last->units[i].name,
		    last->units[i].wilayah);
}

/* ---- 3: the figures */

static void
say_count(
    const struct page *page, const char *id, const char *en, uint32_t value)
{
	text_buf_add(page->out, "   %-44s %6" PRIu32 "\n",
	    page->tongue == TONGUE_ID ? id : en, value);
}

static void
say_not_guilty(const struct page *page)
{
	say(page,
	    "   Dilaporkan bukan berarti bersalah: hanya putusan badan yang "
	    "berwenang yang menyatakan terbukti.\n",
	    "   Reported does not mean guilty: only the decision of the "
	    "competent body proves a case.\n");
}

static void
say_cases(const struct page *page, const struct verdict *verdict)
{
	const struct figures *figures = &verdict->figures;
	char from[CALENDAR_TEXT_MAX], to[CALENDAR_TEXT_MAX];

	say_count(page, "kasus dilaporkan, belum diverifikasi",
	    "cases reported, not yet verified", figures->reported);
	say_count(
	    page, "kasus diverifikasi", "cases verified", figures->verified);
	say_count(
	    page, "laporan semuanya", "reports in all", figures->expected);
	say_count(
	    page, "sumber yang berbeda", "different sources", figures->sources);
	say_count(
	    page, "ambang (kasus)", "threshold (cases)", figures->threshold);
	if (verdict->window_to_day != 0) {
		calendar_day_put(from, verdict->window_from_day);
		calendar_day_put(to, verdict->window_to_day);
		say(page, "   Kejadian %s sampai %s.\n",
		    "   Happened from %s to %s.\n", from, to);
	}
	say_not_guilty(page);
}

static void
say_coverage(const struct page *page, const struct figures *figures)
{
	say_count(
	    page, "unit yang diharapkan", "units expected", figures->expected);
	say_count(page, "tepat waktu", "on time", figures->on_time);
	say_count(page, "terlambat", "late", figures->late);
	say_count(page, "diketahui belum", "known not to have",
	    figures->unsigned_known);
	say_count(page, "dikecualikan", "excused", figures->excused);
	say_count(page, "tenggatnya diperpanjang", "with an extension",
	    figures->extended);
	say_count(page, "belum terdengar (bukan \"belum\")",
	    "unheard (which is not \"not\")", figures->unheard);
	if (figures->threshold > 0)
		say_count(page, "ambang (unit)", "threshold (units)",
		    figures->threshold);
	if (figures->threshold_bp > 0)
		say_count(page, "ambang (perseratus persen)",
		    "threshold (hundredths of a percent)",
		    figures->threshold_bp);
}

/* The end of a repeat says no figures of its own. */
static const struct verdict *
with_figures(const struct dossier *dossier)
{
	for (unsigned i = dossier->verdict_count; i > 0; i--) {
		const struct verdict *verdict =
		    &dossier->verdicts[i - 1].verdict;

		if (verdict->kind != RULE_REPEAT_INCIDENTS_1 ||
		    verdict->window_to_day != 0)
			return verdict;
	}
	return &dossier_last(dossier)->verdict;
}

static void
say_since(const struct page *page, const char *id, const char *en,
    const struct verdict *verdict)
{
	if (verdict->since_ms == 0)
		return;
	say(page, "   %s", "   %s", page->tongue == TONGUE_ID ? id : en);
	say_time(page, verdict->since_ms);
	text_buf_add(page->out, ".\n");
}

static void
say_case(const struct page *page, const struct verdict *verdict)
{
	say_count(page, "hari tanpa gerak", "days without a move",
	    verdict->figures.days);
	say_count(page, "batasnya (hari)", "the limit (days)",
	    verdict->figures.threshold);
	if (verdict->step != 0)
		text_buf_add(page->out, "   %s: %s\n",
		    page->tongue == TONGUE_ID ? "langkah terakhir"
					      : "the last step",
		    rule_text_word(page->tongue, CATALOG_STEP, verdict->step));
	say_since(
	    page, "Belum bergerak sejak ", "Has not moved since ", verdict);
	say_not_guilty(page);
}

static void
say_node(const struct page *page, const struct verdict *verdict)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, verdict->node, EVENT_ID_SIZE);
	say(page, "   Simpul %.8s%s%s.\n", "   Node %.8s%s%s.\n", id,
	    verdict->place[0] == '\0' ? "" : ", ", verdict->place);
	say_since(page, "Terakhir terdengar ", "Last heard ", verdict);
}

static void
say_figures(const struct page *page)
{
	const struct verdict *verdict = with_figures(page->explain->dossier);

	say(page, "\n3. Angka mana?\n", "\n3. Which figures?\n");
	switch (verdict->kind) {
	case RULE_REPEAT_INCIDENTS_1:
	case RULE_BURST_1:
		say_cases(page, verdict);
		return;
	case RULE_CASE_DEADLINE_1:
		say_case(page, verdict);
		return;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
		say_node(page, verdict);
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	say_coverage(page, &verdict->figures);
}

/* ---- 4: the age of the data */

static int
by_last_entry(const void *a, const void *b)
{
	const struct view_node *const *first = a, *const *second = b;

	if ((*first)->last_logged_ms != (*second)->last_logged_ms)
		return (*first)->last_logged_ms < (*second)->last_logged_ms ? -1
									    : 1;
	return memcmp((*first)->id, (*second)->id, EVENT_ID_SIZE);
}

static void
say_collector(const struct page *page, const struct view_node *node)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, node->id, EVENT_ID_SIZE);
	say(page, "   - simpul %.8s, kecamatan %s: ",
	    "   - node %.8s, kecamatan %s: ", id, node->wilayah);
	if (node->last_logged_ms == 0)
		say(page, "belum pernah", "never");
	else
		say_time(page, node->last_logged_ms);
	text_buf_add(page->out, "\n");
}

static void
say_collectors(const struct page *page)
{
	const struct view *view = page->explain->view;
	const struct view_node **nodes =
	    xcalloc(view_node_count(view) + 1, sizeof *nodes);
	unsigned count = 0;

	for (unsigned i = 0; i < view_node_count(view); i++)
		if (explain_concerns(page->explain, view_node(view, i)))
			nodes[count++] = view_node(view, i);
	qsort(nodes, count, sizeof *nodes, by_last_entry);
	say(page,
	    "   Entri terakhir dari %u simpul yang bersangkutan, yang paling "
	    "lama dahulu:\n",
	    "   The last entry of the %u nodes concerned, the oldest first:\n",
	    count);
	for (unsigned i = 0; i < count && i < COLLECTORS_MAX; i++)
		say_collector(page, nodes[i]);
	if (count > COLLECTORS_MAX)
		say(page, "   - dan %u lagi, semuanya lebih baru\n",
		    "   - and %u more, all of them newer\n",
		    count - COLLECTORS_MAX);
	free(nodes);
}

static void
say_age(const struct page *page)
{
	const struct explain *explain = page->explain;

	say(page, "\n4. Seberapa tua datanya?\n",
	    "\n4. How old are the data?\n");
	say(page, "   Terakhir dinilai ", "   Last judged ");
	say_time(page, dossier_last(explain->dossier)->verdict.judged_at_ms);
	say(page, "; log ini sampai ", "; this log goes to ");
	say_time(page, view_region(explain->view)->last_received_ms);
	text_buf_add(page->out, ".\n");
	say_collectors(page);
}

/* ---- 5: what is asked */

/* Of which seats the rule tells; a seat has a title and no name. */
static void
say_seats(const struct page *page)
{
	const struct explain *explain = page->explain;
	unsigned told = 0;

	for (unsigned i = 0; i < view_seat_count(explain->view); i++) {
		const struct seat_row *seat = view_seat(explain->view, i);

		if (seat->role != explain->alert->tell)
			continue;
		text_buf_add(page->out, "%s%s (%s)", told == 0 ? "" : "; ",
		    seat->title, seat->id);
		told++;
	}
	if (told == 0)
		text_buf_add(page->out, "%s",
		    rule_text_word(
			page->tongue, CATALOG_ROLE, explain->alert->tell));
}

static void
say_until_lock(const struct page *page)
{
	const struct explain *explain = page->explain;
	const struct view_campaign *campaign = view_campaign_by_id(
	    explain->view, dossier_last(explain->dossier)->verdict.campaign);

	if (campaign == NULL) {
		say(page, "sebelum pencatatan ditutup",
		    "before recording ends");
		return;
	}
	say(page, "sebelum ", "before ");
	say_time(page, campaign->row.lock_ms);
}

static void
say_asked_of_units(const struct page *page)
{
	if (page->explain->alert->tell == ROLE_HEAD)
		say(page,
		    ": minta pimpinan unit di atas melengkapi yang kurang dan "
		    "kecamatannya mencatatnya, ",
		    ": ask the heads of the units above to complete what is "
		    "missing and their kecamatan to record it, ");
	else
		say(page,
		    ": ingatkan unit di atas dan kecamatannya, dan periksa "
		    "simpul yang belum terdengar, ",
		    ": remind the units above and their kecamatan, and look "
		    "after nodes not heard from, ");
	say_until_lock(page);
	text_buf_add(page->out, ".\n");
}

static void
say_asked_of_cases(const struct page *page)
{
	const struct dossier *dossier = page->explain->dossier;
	const uint64_t day_ms = 24 * 60 * 60 * 1000;

	say(page, ": minta Inspektorat meninjau laporan ini paling lambat ",
	    ": have the inspectorate review these reports, at the latest by ");
	say_time(page,
	    dossier->verdicts[0].verdict.judged_at_ms + REVIEW_DAYS * day_ms);
	say(page,
	    ". Jangan ambil tindakan terhadap siapa pun atas dasar peringatan "
	    "ini.\n",
	    ". Take no action against anybody on the strength of this "
	    "alert.\n");
}

static void
say_asked_now(const struct page *page)
{
	switch (kind_of(page->explain)) {
	case RULE_REPEAT_INCIDENTS_1:
		say_asked_of_cases(page);
		return;
	case RULE_BURST_1:
		say(page,
		    ": periksa apakah laporan sebanyak itu nyata, lalu tutup "
		    "peringatan ini dengan alasan NYATA atau BUATAN; sebelum "
		    "itu tidak satu pun dihitung.\n",
		    ": find out whether so many reports are real, and close "
		    "this alert with reason NYATA or BUATAN; until then none "
		    "of them counts.\n");
		return;
	case RULE_CASE_DEADLINE_1:
		say(page,
		    ": lanjutkan kasus ini ke langkah berikutnya sekarang; "
		    "batasnya sudah lewat.\n",
		    ": move this case to its next step now; its limit has "
		    "passed.\n");
		return;
	case RULE_NODE_SILENT_1:
		say(page,
		    ": telepon kecamatan itu hari ini dan periksa perangkat "
		    "serta jaringannya. Unit di bawahnya belum diketahui, "
		    "bukan "
		    "belum berikrar.\n",
		    ": phone that kecamatan today and look after its device "
		    "and its link. The units beneath it are not known, which "
		    "is not unsigned.\n");
		return;
	case RULE_CHAIN_BROKEN_1:
		say(page,
		    ": telepon pemegang perangkat itu sekarang dan jangan "
		    "pakai "
		    "perangkatnya sampai jelas; lalu tutup peringatan ini "
		    "dengan alasannya.\n",
		    ": phone whoever holds that device now and leave it alone "
		    "until it is clear; then close this alert with the "
		    "reason.\n");
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	say_asked_of_units(page);
}

static void
say_asked(const struct page *page)
{
	const struct explain *explain = page->explain;

	say(page, "\n5. Apa yang diminta dari siapa, sampai kapan?\n   ",
	    "\n5. What is asked of whom, by when?\n   ");
	if (explain->alert->state == ALERT_WITHDRAWN) {
		say(page,
		    "Peringatan ini ditarik: abaikan, dan hentikan apa yang "
		    "dilakukan karenanya, sekarang juga.\n",
		    "This alert was withdrawn: disregard it and stop what was "
		    "done because of it, at once.\n");
	} else if (explain->alert->state == ALERT_RESOLVED) {
		say(page, "Sudah selesai; tidak ada lagi yang diminta.\n",
		    "It is over; nothing more is asked.\n");
	} else {
		say_seats(page);
		say_asked_now(page);
	}
}

/* ---- 6: objections */

static void
say_objection(const struct page *page)
{
	say(page, "\n6. Bagaimana berkeberatan?\n   ",
	    "\n6. How can one object?\n   ");
	if (kind_of(page->explain) == RULE_NODE_SILENT_1 ||
	    kind_of(page->explain) == RULE_CHAIN_BROKEN_1)
		say(page,
		    "Pemegang perangkat itu menghubungi admin wilayah; catatan "
		    "di perangkatnya dan tanda terimanya membuktikan apa yang "
		    "sudah dikirim.\n",
		    "Whoever holds that device calls the regional admin; the "
		    "records on it and their receipts prove what was sent.\n");
	else if (is_on_reports(kind_of(page->explain)))
		say(page,
		    "Sampaikan keberatan kepada Inspektorat wilayah; "
		    "peninjaunya mencatat langkah KEBERATAN atau hasil "
		    "tinjauannya. Laporan yang keliru ditarik atau dibetulkan "
		    "oleh kecamatan yang mencatatnya. Bila jumlahnya turun di "
		    "bawah ambang, peringatan berakhir dan semua yang diberi "
		    "tahu mendapat kabar.\n",
		    "Object to the inspectorate of the region; its reviewer "
		    "records the step KEBERATAN or what the review found. A "
		    "mistaken report is withdrawn or corrected by the "
		    "kecamatan that recorded it. Below the threshold the alert "
		    "ends, and all who were told are told so.\n");
	else
		say(page,
		    "Unit yang sebenarnya sudah berikrar meminta kecamatannya "
		    "mencatat atau membetulkannya; yang dibuat tepat waktu "
		    "mengeluarkan unit itu dari peringatan dan semua yang "
		    "diberi tahu mendapat kabar. Daftar unit, kegiatan atau "
		    "aturan yang keliru dibetulkan admin wilayah.\n",
		    "A unit that did pledge asks its kecamatan to record or "
		    "correct it; a pledge made on time takes the unit out of "
		    "the alert, and all who were told are told so. A mistake "
		    "in roster, campaign or rule is mended by the regional "
		    "admin.\n");
	say(page,
	    "   Peringatan yang keliru ditutup orang yang berhak dengan alasan "
	    "KELIRU, dan itu tercatat.\n",
	    "   A mistaken alert is closed by those entitled to, with reason "
	    "KELIRU, and that is on record.\n");
	say(page,
	    "   Siapa pun dapat memeriksa log ini: ikrar verify LOG, ikrar "
	    "replay LOG.\n",
	    "   Anybody can check this log: ikrar verify LOG, ikrar replay "
	    "LOG.\n");
}

/* ---- all */

static void
say_part(const struct page *page)
{
	static const char *const states[][2] = {
	    [ALERT_OPEN] = {"terbuka", "open"},
	    [ALERT_RESOLVED] = {"selesai", "resolved"},
	    [ALERT_WITHDRAWN] = {"ditarik", "withdrawn"}};
	const struct view_alert *alert = page->explain->alert;
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, alert->id, EVENT_ID_SIZE);
	say(page, "PERINGATAN %s (%.8s): %s\n", "ALERT %s (%.8s): %s\n", id, id,
	    states[alert->state][page->tongue == TONGUE_EN]);
	say_rule(page);
	say_object(page);
	say_figures(page);
	say_age(page);
	say_asked(page);
	say_objection(page);
}

void
explain_text(struct text_buf *out, const struct explain *explain)
{
	const struct page indonesian = {out, explain, TONGUE_ID};
	const struct page english = {out, explain, TONGUE_EN};

	if (view_region(explain->view)->drill)
		text_buf_add(out, "LATIHAN: ini bukan data sungguhan. / DRILL: "
				  "not real data.\n\n");
	say_part(&indonesian);
	text_buf_add(out, "\n");
	say_part(&english);
	explain_history(out, explain);
}
