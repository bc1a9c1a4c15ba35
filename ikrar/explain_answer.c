/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of whom, and how one objects, for each kind of rule. Nothing
 * is asked of an alert that has ended, and no action against a person ever. */
#include "ikrar/explain_page.h"

#include "model/catalog.h"

/* Of CATALOG_ROLE and CATALOG_NODE_KIND. */
enum { ROLE_HEAD = 2, KIND_COLLECTOR = 1 };
enum { REVIEW_DAYS = 7 };

/* ---- what is asked */

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
		page_say(page, "sebelum pencatatan ditutup",
		    "before recording ends");
		return;
	}
	page_say(page, "sebelum ", "before ");
	page_say_time(page, campaign->row.lock_ms);
}

static void
say_asked_of_units(const struct page *page)
{
	if (page->explain->alert->tell == ROLE_HEAD)
		page_say(page,
		    ": minta pimpinan unit di atas melengkapi yang kurang dan "
		    "kecamatannya mencatatnya, ",
		    ": ask the heads of the units above to complete what is "
		    "missing and their kecamatan to record it, ");
	else
		page_say(page,
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

	page_say(page,
	    ": minta Inspektorat meninjau laporan ini paling lambat ",
	    ": have the inspectorate review these reports, at the latest by ");
	page_say_time(page,
	    dossier->verdicts[0].verdict.judged_at_ms + REVIEW_DAYS * day_ms);
	page_say(page,
	    ". Jangan ambil tindakan terhadap siapa pun atas dasar peringatan "
	    "ini.\n",
	    ". Take no action against anybody on the strength of this "
	    "alert.\n");
}

static void
say_asked_of_case(const struct page *page)
{
	page_say(page,
	    ": minta penelaah Inspektorat mencatat langkah berikutnya hari "
	    "ini; batasnya sudah lewat. Lihat: ikrar-aggregator case show %s. "
	    "Jangan ambil tindakan terhadap siapa pun atas dasar peringatan "
	    "ini.\n",
	    ": have the inspectorate's reviewer record its next step today; "
	    "the limit has passed. See: ikrar-aggregator case show %s. Take no "
	    "action against anybody on the strength of this alert.\n",
	    page->explain->alert->object);
}

static void
say_asked_of_burst(const struct page *page)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, page->explain->alert->id, EVENT_ID_SIZE);
	page_say(page,
	    ": tanyakan kepada kecamatan yang mencatat apakah laporan sebanyak "
	    "itu nyata, lalu putuskan: ikrar-aggregator alert close %.12s "
	    "--reason NYATA (semuanya dihitung) atau BUATAN (tidak pernah "
	    "dihitung). Tidak ada tenggatnya; sampai diputuskan tidak satu pun "
	    "dihitung.\n",
	    ": ask the kecamatan that recorded them whether so many reports "
	    "are real, then decide: ikrar-aggregator alert close %.12s "
	    "--reason NYATA (all of them count) or BUATAN (they never count). "
	    "There is no deadline; until it is decided none of them counts.\n",
	    id);
}

static void
say_asked_of_silence(const struct page *page)
{
	const struct view_node *node = page_node(page);

	page_say(page,
	    ": telepon pemegang perangkat itu hari ini dan periksa perangkat "
	    "serta jaringannya.",
	    ": phone whoever holds that device today and look after it and "
	    "its link.");
	if (node != NULL && node->kind == KIND_COLLECTOR)
		page_say(page,
		    " Unit di wilayahnya belum diketahui, bukan belum "
		    "berikrar.",
		    " The units of its wilayah are not known, which is not "
		    "unsigned.");
	text_buf_add(page->out, "\n");
}

static void
say_asked_of_fault(const struct page *page)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, page->explain->alert->id, EVENT_ID_SIZE);
	if (page_is_of_clock(page))
		page_say(page,
		    ": telepon pemegang perangkat itu hari ini dan minta "
		    "jamnya dibetulkan",
		    ": phone whoever holds that device today and have its "
		    "clock set");
	else
		page_say(page,
		    ": telepon pemegang perangkat itu sekarang dan jangan "
		    "pakai perangkatnya sampai jelas (disalin, dipulihkan dari "
		    "cadangan, atau kuncinya dicuri)",
		    ": phone whoever holds that device now, and leave it alone "
		    "until it is clear what happened (copied, restored from a "
		    "backup, or its key was stolen)");
	page_say(page,
	    "; lalu tutup: ikrar-aggregator alert close %.12s --reason SELESAI "
	    "atau KELIRU.\n",
	    "; then close it: ikrar-aggregator alert close %.12s --reason "
	    "SELESAI (dealt with) or KELIRU (mistaken).\n",
	    id);
}

static void
say_asked_now(const struct page *page)
{
	switch (page_kind(page)) {
	case RULE_REPEAT_INCIDENTS_1:
		say_asked_of_cases(page);
		return;
	case RULE_BURST_1:
		say_asked_of_burst(page);
		return;
	case RULE_CASE_DEADLINE_1:
		say_asked_of_case(page);
		return;
	case RULE_NODE_SILENT_1:
		say_asked_of_silence(page);
		return;
	case RULE_CHAIN_BROKEN_1:
		say_asked_of_fault(page);
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	say_asked_of_units(page);
}

void
page_say_asked(const struct page *page)
{
	const struct explain *explain = page->explain;

	if (explain->alert->state == ALERT_WITHDRAWN) {
		page_say(page,
		    "Peringatan ini ditarik: abaikan, dan hentikan apa yang "
		    "dilakukan karenanya, sekarang juga.\n",
		    "This alert was withdrawn: disregard it and stop what was "
		    "done because of it, at once.\n");
	} else if (explain->alert->state == ALERT_RESOLVED) {
		page_say(page, "Sudah selesai; tidak ada lagi yang diminta.\n",
		    "It is over; nothing more is asked.\n");
	} else {
		say_seats(page);
		say_asked_now(page);
	}
}

/* ---- 6: objections */

/* Of nodes, whether it is silent or at fault. */
static void
say_objection_of_node(const struct page *page)
{
	page_say(page,
	    "Pemegang perangkat itu menghubungi admin wilayah; catatan di "
	    "perangkatnya dan tanda terimanya membuktikan apa yang sudah "
	    "dikirim.",
	    "Whoever holds that device calls the regional admin; the records "
	    "on it and their receipts prove what was sent.");
	if (page_kind(page) == RULE_NODE_SILENT_1)
		page_say(page,
		    " Begitu kirimannya sampai, peringatan ini berakhir "
		    "sendiri.",
		    " As soon as something of it arrives, this alert ends by "
		    "itself.");
	text_buf_add(page->out, "\n");
}

static void
say_objection_of_case(const struct page *page)
{
	page_say(page,
	    "Penelaah yang sudah menangani kasus itu mencatat langkahnya "
	    "(ikrar-aggregator case ...); dengan itu peringatan ini berakhir. "
	    "Siapa yang dilaporkan berkeberatan kepada Inspektorat, yang "
	    "mencatatnya (case object). Laporan yang keliru ditarik atau "
	    "dibetulkan oleh kecamatan yang mencatatnya.\n",
	    "A reviewer who has dealt with the case records its step "
	    "(ikrar-aggregator case ...); this alert ends with it. Who was "
	    "reported objects to the inspectorate, which records that (case "
	    "object). A mistaken report is withdrawn or corrected by the "
	    "kecamatan that recorded it.\n");
}

static void
say_objection_of_burst(const struct page *page)
{
	page_say(page,
	    "Kecamatan yang mencatatnya menjelaskan kepada admin wilayah atau "
	    "Inspektorat mengapa laporan sebanyak itu nyata, atau menarik yang "
	    "keliru; bila yang tersisa tidak lagi terlalu banyak, peringatan "
	    "ini berakhir dan laporan itu dihitung.\n",
	    "The kecamatan that recorded them tells the regional admin or the "
	    "inspectorate why so many reports are real, or withdraws the "
	    "mistaken ones; when those left are no longer too many, this alert "
	    "ends and they count.\n");
}

static void
say_objection_of_cases(const struct page *page)
{
	page_say(page,
	    "Sampaikan keberatan kepada Inspektorat wilayah; penelaahnya "
	    "mencatat keberatan itu dan hasil telaahnya. Laporan yang keliru "
	    "ditarik atau dibetulkan oleh kecamatan yang mencatatnya. Bila "
	    "jumlah kasus turun di bawah ambang, peringatan berakhir dan semua "
	    "yang diberi tahu mendapat kabar.\n",
	    "Object to the inspectorate of the region; its reviewer records "
	    "the objection and what the review found. A mistaken report is "
	    "withdrawn or corrected by the kecamatan that recorded it. When "
	    "the cases fall below the threshold the alert ends, and all who "
	    "were told are told so.\n");
}

static void
say_objection_of_units(const struct page *page)
{
	page_say(page,
	    "Unit yang sebenarnya sudah berikrar meminta kecamatannya mencatat "
	    "atau membetulkannya; yang dibuat tepat waktu mengeluarkan unit "
	    "itu dari peringatan dan semua yang diberi tahu mendapat kabar. "
	    "Daftar unit, kegiatan atau aturan yang keliru dibetulkan admin "
	    "wilayah, yang juga mencatat perpanjangan dan pengecualian.\n",
	    "A unit that did pledge asks its kecamatan to record or correct "
	    "it; a pledge made on time takes the unit out of the alert, and "
	    "all who were told are told so. A mistake in roster, campaign or "
	    "rule is mended by the regional admin, who also records extensions "
	    "and excuses.\n");
}

static void
say_objection_of_kind(const struct page *page)
{
	switch (page_kind(page)) {
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
		say_objection_of_node(page);
		return;
	case RULE_CASE_DEADLINE_1:
		say_objection_of_case(page);
		return;
	case RULE_BURST_1:
		say_objection_of_burst(page);
		return;
	case RULE_REPEAT_INCIDENTS_1:
		say_objection_of_cases(page);
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	say_objection_of_units(page);
}

void
page_say_objection(const struct page *page)
{
	say_objection_of_kind(page);
	if (page->explain->alert->state == ALERT_OPEN)
		page_say(page,
		    "   Peringatan yang keliru ditutup orang yang berhak "
		    "dengan alasan KELIRU, dan itu tercatat.\n",
		    "   A mistaken alert is closed by those entitled to, with "
		    "reason KELIRU, and that is on record.\n");
	page_say(page,
	    "   Siapa pun dapat memeriksa log ini: ikrar verify LOG, ikrar "
	    "replay LOG.\n",
	    "   Anybody can check this log: ikrar verify LOG, ikrar replay "
	    "LOG.\n");
}
