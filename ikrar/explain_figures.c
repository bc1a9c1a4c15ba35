/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of each kind of rule. They are those of the newest verdict that
 * says any: what an alert rested on while it was open stays readable when it
 * has ended. */
#include "ikrar/explain_page.h"

#include <inttypes.h>
#include <string.h>

#include "model/catalog.h"

/* Of struct view_case; of CATALOG_CASE_ANCHOR. */
enum { COUNTS_REPORTED = 1, COUNTS_VERIFIED = 2 };
enum { ANCHOR_KNOWN = 2 };

/* ---- counts */

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
	page_say(page,
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
		page_say(page,
		    "   Dihitung menurut hari kejadian, %s sampai %s.\n",
		    "   Counted by the day of what happened, %s to %s.\n", from,
		    to);
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

/* ---- cases that do not move */

/* Where the case stands at the end of the log. */
static void
say_case_now(const struct page *page)
{
	const struct view *view = page->explain->view;
	unsigned n = view_case_by_name(view, page->explain->alert->object);
	struct view_case now;

	if (n == VIEW_NO_CASE)
		return;
	view_case(view, n, &now);
	if (now.is_withdrawn)
		page_say(page, "   Laporan itu sudah ditarik.\n",
		    "   The report was withdrawn.\n");
	else if (now.step == 0)
		page_say(page,
		    "   Pada akhir log ini: dilaporkan, belum ditelaah.\n",
		    "   At the end of this log: reported, not looked at.\n");
	else
		page_say(page, "   Pada akhir log ini langkahnya: %s.\n",
		    "   At the end of this log its step is: %s.\n",
		    rule_text_word(page->tongue, CATALOG_STEP, now.step));
	if (now.counts_as == COUNTS_REPORTED)
		page_say(page, "   Dugaannya dilaporkan, belum diverifikasi.\n",
		    "   The allegation is reported, not verified.\n");
	else if (now.counts_as == COUNTS_VERIFIED)
		page_say(page, "   Dugaannya diverifikasi.\n",
		    "   The allegation is verified.\n");
}

static void
say_case(const struct page *page, const struct verdict *verdict)
{
	const struct dossier *dossier = page->explain->dossier;
	const struct case_deadline *rule = &dossier->rule.case_deadline;
	uint64_t since_ms = explain_since_ms(page->explain, verdict);

	say_count(
	    page, "batasnya (hari)", "the limit (days)", verdict->figures.days);
	if (dossier->has_rule)
		page_say(page, "   Dihitung dalam %s, ", "   Counted in %s, ",
		    rule_text_word(page->tongue, CATALOG_CLOCK, rule->clock));
	else
		page_say(page, "   Dihitung ", "   Counted ");
	if (dossier->has_rule && rule->anchor == ANCHOR_KNOWN)
		page_say(page, "sejak perbuatan itu diketahui, ",
		    "since the act was known, ");
	else
		page_say(page, "sejak kasus itu masuk ke langkahnya, ",
		    "since the case came into its step, ");
	if (since_ms != 0)
		page_say_day(page, since_ms);
	else
		page_say(page,
		    "hari yang tidak disebut karena orangnya sedikit",
		    "a day not told because the people are few");
	page_say(page, "; lewat pada ", "; passed on ");
	page_say_time(page, dossier->verdicts[0].verdict.judged_at_ms);
	text_buf_add(page->out, ".\n");
	if (verdict->step == 0)
		page_say(page,
		    "   Selama itu belum ada penelaah yang mencatat langkah.\n",
		    "   In that time no reviewer has recorded a step.\n");
	else
		page_say(page, "   Selama itu langkahnya tetap: %s.\n",
		    "   In that time its step stayed: %s.\n",
		    rule_text_word(page->tongue, CATALOG_STEP, verdict->step));
	say_case_now(page);
	say_not_guilty(page);
}

/* ---- a rush of reports */

static void
say_burst(const struct page *page, const struct verdict *verdict)
{
	bool is_open = page->explain->alert->state == ALERT_OPEN;

	if (is_open)
		say_count(page, "laporan yang ditahan, tidak dihitung",
		    "reports held, which do not count",
		    verdict->figures.reported);
	else
		say_count(page, "laporan yang ditahan waktu itu",
		    "reports held at that time", verdict->figures.reported);
	say_count(page, "simpul yang mencatatnya begitu cepat",
	    "nodes that recorded so fast", verdict->figures.nodes);
	say_count(page, "biasa: paling banyak (laporan)",
	    "usual: at most (reports)", verdict->figures.threshold);
	if (is_open)
		page_say(page,
		    "   Ditahan bukan berarti dibuat-buat: itu diputuskan "
		    "orang.\n",
		    "   Held does not mean made up: a person decides that.\n");
	else if (strcmp(page->explain->alert->closed_reason, "BUATAN") == 0)
		page_say(page,
		    "   Diputuskan orang: dibuat-buat; tidak pernah "
		    "dihitung.\n",
		    "   A person decided: made up; they never count.\n");
	else if (page->explain->alert->closed_reason[0] != '\0')
		page_say(page, "   Diputuskan orang; laporan itu dihitung.\n",
		    "   A person decided; those reports count.\n");
	say_not_guilty(page);
}

/* ---- nodes */

static void
say_node(const struct page *page, const struct verdict *verdict)
{
	const struct view_node *node = page_node(page);
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, verdict->node, EVENT_ID_SIZE);
	page_say(page, "   Simpul %.8s%s%s%s%s, satu perangkat.\n",
	    "   Node %.8s%s%s%s%s, one device.\n", id, node == NULL ? "" : ", ",
	    node == NULL
		? ""
		: rule_text_word(page->tongue, CATALOG_NODE_KIND, node->kind),
	    verdict->place[0] == '\0' ? "" : ", wilayah ", verdict->place);
}

static void
say_silence(const struct page *page, const struct verdict *verdict)
{
	const struct explain *explain = page->explain;
	const struct dossier_verdict *last = dossier_last(explain->dossier);

	say_node(page, verdict);
	page_say(page, "   Entri terakhir sebelum ia diam: ",
	    "   Its last entry before it fell silent: ");
	page_say_time(page, verdict->since_ms);
	page_say(page, ".\n   Dinyatakan diam ", ".\n   Found silent ");
	page_say_time(page, explain->dossier->verdicts[0].verdict.judged_at_ms);
	if (strcmp(last->verdict.reason, "contact") == 0) {
		page_say(page, "; terdengar lagi ", "; heard again ");
		page_say_time(page, last->verdict.judged_at_ms);
	}
	text_buf_add(page->out, ".\n");
	page_say(page,
	    "   Yang tidak terdengar hanya tidak diketahui; itu bukan "
	    "kelalaian siapa pun.\n",
	    "   What is not heard is not known, no more; it is nobody's "
	    "neglect.\n");
}

static void
say_fault(const struct page *page, const struct verdict *verdict)
{
	static const struct {
		const char *word, *id, *en;
	} faults[] = {
	    {"fork",
		"dua catatan yang berbeda memakai nomor yang sama: rantainya "
		"bercabang",
		"two different records have one number: its chain forks"},
	    {"bad_signature", "tanda tangan kirimannya tidak sah",
		"the signature on what it sent is not valid"},
	    {"clock_ahead",
		"jamnya terlalu cepat: ia menulis waktu yang belum tiba",
		"its clock is ahead: it wrote a time still to come"},
	    {"clock_behind",
		"jamnya terlalu lambat: ia menulis waktu sebelum ia terdaftar",
		"its clock is behind: it wrote a time before it was "
		"enrolled"}};
	const struct verdict *first =
	    &page->explain->dossier->verdicts[0].verdict;

	say_node(page, verdict);
	for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++)
		if (strcmp(faults[i].word, first->occasion) == 0)
			page_say(page, "   Yang terjadi: %s.\n",
			    "   What happened: %s.\n",
			    page->tongue == TONGUE_ID ? faults[i].id
						      : faults[i].en);
	page_say(page, "   Diketahui ", "   Found on ");
	page_say_time(page, first->judged_at_ms);
	page_say(page, ". Apa sebabnya tidak dapat dibaca dari log.\n",
	    ". Why, the log cannot say.\n");
}

void
page_say_figures(const struct page *page)
{
	const struct verdict *verdict = with_figures(page->explain->dossier);

	switch (verdict->kind) {
	case RULE_REPEAT_INCIDENTS_1:
		say_cases(page, verdict);
		return;
	case RULE_BURST_1:
		say_burst(page, verdict);
		return;
	case RULE_CASE_DEADLINE_1:
		say_case(page, verdict);
		return;
	case RULE_NODE_SILENT_1:
		say_silence(page, verdict);
		return;
	case RULE_CHAIN_BROKEN_1:
		say_fault(page, verdict);
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	say_coverage(page, &verdict->figures);
}
