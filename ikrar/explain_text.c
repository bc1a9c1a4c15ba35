/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/explain_page.h"

#include "model/catalog.h"
#include "report/rule_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECTORS_MAX = 12 };

/* ---- 1: the rule */

static void
say_rule(const struct page *page)
{
	const struct dossier *dossier = page->explain->dossier;

	page_say(page, "\n1. Aturan mana?\n", "\n1. Which rule?\n");
	if (!dossier->has_rule) {
		page_say(page,
		    "   Aturan %s; teksnya tidak ada dalam log ini.\n",
		    "   Rule %s; its text is not in this log.\n",
		    page->explain->alert->rule);
		return;
	}
	page_say(page, "   Aturan %s (%s). ", "   Rule %s (%s). ",
	    dossier->rule.id, rule_kind_name(dossier->rule.kind));
	rule_text_add(page->out, page->tongue, &dossier->rule);
	page_say(page,
	    "\n   Saat peringatan dibuka berlaku versi %" PRIu32
	    " dari aturan wilayah; aturan ini berbunyi demikian sejak versi "
	    "%" PRIu32 ", ",
	    "\n   When the alert opened, version %" PRIu32
	    " of the region's rules was in force; this rule has read so since "
	    "version %" PRIu32 ", ",
	    dossier->rule_version, dossier->rule_since_version);
	page_say_time(page, dossier->rule_since_ms);
	page_say(page, " (entri %" PRIu64 ").\n", " (entry %" PRIu64 ").\n",
	    dossier->rule_since_index);
}

/* ---- 2: the object */

/* What the object of these is, which is no place and no unit. */
static void
say_object_kind(const struct page *page)
{
	const struct view_alert *alert = page->explain->alert;
	const char *scope = catalog_word(CATALOG_SCOPE, alert->scope);
	const struct act_row *act = act_by_code(alert->object);

	if (scope == NULL)
		return;
	if (strcmp(scope, "act") == 0 && act != NULL)
		page_say(page, "   Perbuatan itu: %s.\n",
		    "   That act is: %s.\n",
		    page->tongue == TONGUE_ID ? act->id : act->en);
	else if (strcmp(scope, "subject") == 0)
		page_say(page,
		    "   Huruf-huruf itu penanda satu orang; siapa orangnya "
		    "tidak dapat dibaca darinya dan tidak ada dalam log ini.\n",
		    "   Those letters mark one person; who it is cannot be "
		    "read from them and is not in this log.\n");
	else if (strcmp(scope, "case") == 0)
		page_say(page,
		    "   Itu satu laporan dugaan pelanggaran; isinya, sejauh "
		    "boleh diceritakan, ada di RIWAYAT.\n",
		    "   That is one report of an alleged breach; what may be "
		    "told of it stands under HISTORY.\n");
	else if (strcmp(scope, "node") == 0)
		page_say(page,
		    "   Simpul adalah perangkat yang mengirim catatan ke log "
		    "wilayah.\n",
		    "   A node is a device that sends records to the region's "
		    "log.\n");
}

static void
say_where(const struct page *page)
{
	const char *region = view_region(page->explain->view)->wilayah;
	const struct view_alert *alert = page->explain->alert;
	char place[WILAYAH_MAX];

	explain_place(page->explain->view, alert, place);
	if (alert->place[0] != '\0')
		(void)text_copy(place, sizeof place, alert->place);
	if (strcmp(alert->object, region) != 0)
		page_say(page, ", wilayah %s", ", in wilayah %s",
		    place[0] != '\0' ? place : region);
	text_buf_add(page->out, ".\n");
}

static void
say_object(const struct page *page)
{
	const struct explain *explain = page->explain;
	const struct verdict *last = &dossier_last(explain->dossier)->verdict;
	const struct view_campaign *campaign =
	    view_campaign_by_id(explain->view, last->campaign);

	page_say(page, "\n2. Unit atau objek mana?\n",
	    "\n2. Which unit or object?\n");
	text_buf_add(page->out, "   %s %s",
	    rule_text_word(page->tongue, CATALOG_SCOPE, explain->alert->scope),
	    explain->alert->object);
	if (last->object_name[0] != '\0')
		text_buf_add(page->out, ", %s", last->object_name);
	say_where(page);
	say_object_kind(page);
	if (last->campaign[0] != '\0')
		page_say(page, "   Kegiatan %s%s%s.\n", "   Campaign %s%s%s.\n",
		    last->campaign, campaign != NULL ? ", " : "",
		    campaign != NULL ? campaign->row.name : "");
	for (uint32_t i = 0; i < last->unit_count; i++)
		text_buf_add(page->out, "   - %s, %s, %s\n",
		    last->units[i].code, last->units[i].name,
		    last->units[i].wilayah);
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
	page_say(page, "   - simpul %.8s, wilayah %s: ",
	    "   - node %.8s, wilayah %s: ", id, node->wilayah);
	if (node->last_logged_ms == 0)
		page_say(page, "belum pernah", "never");
	else
		page_say_time(page, node->last_logged_ms);
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
	if (count == 0)
		page_say(page, "   Tidak ada simpul yang terdaftar di sana.\n",
		    "   No node is enrolled there.\n");
	else
		page_say(page,
		    "   Entri terakhir dari %u simpul yang bersangkutan, yang "
		    "paling lama dahulu:\n",
		    "   The last entry of the node(s) concerned, %u in number, "
		    "the oldest first:\n",
		    count);
	for (unsigned i = 0; i < count && i < COLLECTORS_MAX; i++)
		say_collector(page, nodes[i]);
	if (count > COLLECTORS_MAX)
		page_say(page, "   - dan %u lagi, semuanya lebih baru\n",
		    "   - and %u more, all of them newer\n",
		    count - COLLECTORS_MAX);
	free(nodes);
}

static void
say_age(const struct page *page)
{
	const struct explain *explain = page->explain;

	page_say(page, "\n4. Seberapa tua datanya?\n",
	    "\n4. How old are the data?\n");
	page_say(page, "   Terakhir dinilai ", "   Last judged ");
	page_say_time(
	    page, dossier_last(explain->dossier)->verdict.judged_at_ms);
	page_say(page, "; log ini sampai ", "; this log goes to ");
	page_say_time(page, view_region(explain->view)->last_received_ms);
	text_buf_add(page->out, ".\n");
	say_collectors(page);
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
	page_say(page, "PERINGATAN %s (%.8s): %s\n", "ALERT %s (%.8s): %s\n",
	    id, id, states[alert->state][page->tongue == TONGUE_EN]);
	say_rule(page);
	say_object(page);
	page_say(page, "\n3. Angka mana?\n", "\n3. Which figures?\n");
	page_say_figures(page);
	say_age(page);
	page_say(page, "\n5. Apa yang diminta dari siapa, sampai kapan?\n   ",
	    "\n5. What is asked of whom, by when?\n   ");
	page_say_asked(page);
	page_say(page, "\n6. Bagaimana berkeberatan?\n   ",
	    "\n6. How can one object?\n   ");
	page_say_objection(page);
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
