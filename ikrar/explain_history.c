/* SPDX-License-Identifier: Apache-2.0 */
/* In both languages at once: a line is an entry of the log. */
#include "ikrar/explain.h"

#include <inttypes.h>
#include <string.h>

#include "model/catalog.h"

enum { SHORT_ID = 8 /* hex digits */ };

static void
put_local(struct text_buf *out, const struct explain *explain, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put(text, ms, explain->zone);
	text_buf_add(out, "%s", text);
}

static const char *
verdict_text(enum event_kind kind)
{
	switch ((int)kind) {
	case EVENT_ALERT_OPENED:
		return "dibuka/opened";
	case EVENT_ALERT_RAISED:
		return "bertambah/raised";
	case EVENT_ALERT_CORRECTED:
		return "dibetulkan/corrected";
	case EVENT_ALERT_WITHDRAWN:
		return "ditarik/withdrawn";
	}
	return "selesai/resolved";
}

static const char *
reason_text(const char *word)
{
	static const char *const words[][2] = {
	    {"on_time", "ternyata tepat waktu/was on time after all"},
	    {"late", "sudah, terlambat/done, late"},
	    {"all_signed", "semua sudah/all have"},
	    {"withdrawn", "ditarik, dibetulkan atau dinyatakan "
			  "buatan/withdrawn, corrected or found made up"},
	    {"excused", "dikecualikan/excused"},
	    {"extended", "tenggatnya diperpanjang/its deadline was extended"},
	    {"held", "laporan ditahan karena terlalu banyak sekaligus/reports "
		     "are held, too many at once"},
	    {"reviewed", "menurut telaah kasus/by the review of a case"},
	    {"closed", "ditutup orang yang berhak/closed by a person entitled "
		       "to"},
	    {"campaign_closed", "kegiatannya ditutup/its campaign was closed"},
	    {"contact", "simpul itu terdengar lagi/the node was heard again"},
	    {"revoked", "simpul itu dicabut/the node was revoked"},
	    {"moved", "kasus itu pindah langkah/the case moved on"},
	    {"fork", "rantai catatannya bercabang/its chain of records forks"},
	    {"bad_signature", "tanda tangannya tidak sah/its signature is not "
			      "valid"},
	    {"clock_ahead", "jamnya terlalu cepat/its clock is ahead"},
	    {"clock_behind", "jamnya terlalu lambat/its clock is behind"},
	    {"roster_changed", "daftar unit berubah/the roster changed"},
	    {"rule_changed", "aturan berubah/the rules changed"}};

	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], word) == 0)
			return words[i][1];
	return word;
}

static void
put_figures(struct text_buf *out, const struct verdict *verdict)
{
	const struct figures *figures = &verdict->figures;

	switch (verdict->kind) {
	case RULE_UNSIGNED_UNITS_1:
		text_buf_add(out,
		    "; unit %" PRIu32 ": tepat/on time %" PRIu32
		    ", lambat/late %" PRIu32 ", belum/not %" PRIu32
		    ", sunyi/unheard %" PRIu32
		    ", dikecualikan/excused %" PRIu32,
		    figures->expected, figures->on_time, figures->late,
		    figures->unsigned_known, figures->unheard,
		    figures->excused);
		break;
	case RULE_BURST_1:
		text_buf_add(out,
		    "; ditahan/held %" PRIu32 ", simpul/nodes %" PRIu32,
		    figures->reported, figures->nodes);
		break;
	case RULE_REPEAT_INCIDENTS_1:
		text_buf_add(out,
		    "; dilaporkan/reported %" PRIu32
		    ", diverifikasi/verified %" PRIu32,
		    figures->reported, figures->verified);
		break;
	case RULE_CASE_DEADLINE_1:
		text_buf_add(
		    out, "; batas/limit %" PRIu32 " hari/days", figures->days);
		break;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
}

static void
put_verdict(struct text_buf *out, const struct explain *explain,
    const struct dossier_verdict *row)
{
	const struct verdict *verdict = &row->verdict;

	text_buf_add(out, "  %8" PRIu64 "  ", row->index);
	put_local(out, explain, verdict->judged_at_ms);
	text_buf_add(out, "  %s", verdict_text(row->kind));
	if (row->kind == EVENT_ALERT_OPENED &&
	    verdict->kind == RULE_UNSIGNED_UNITS_1)
		text_buf_add(out, " (%s)", verdict->occasion);
	if (verdict->reason[0] != '\0')
		text_buf_add(out, ": %s", reason_text(verdict->reason));
	put_figures(out, verdict);
	text_buf_add(out, "\n");
	for (uint32_t i = 0; i < verdict->removed_count; i++)
		text_buf_add(out, "            - %s (%s): %s\n",
		    verdict->removed[i].name, verdict->removed[i].code,
		    reason_text(verdict->removed[i].why));
}

/* What a row is, to who does not know the names of events. */
static const char *
kind_text(enum event_kind kind)
{
	static const struct {
		enum event_kind kind;
		const char *text;
	} kinds[] = {{EVENT_PLEDGE_MADE, "ikrar atau pakta/pledge"},
	    {EVENT_INCIDENT_REPORTED, "laporan insiden/report of an incident"},
	    {EVENT_CORRECTED, "pembetulan/correction"},
	    {EVENT_WITHDRAWN, "penarikan/withdrawal"},
	    {EVENT_INCIDENT_REVIEWED, "telaah/review"},
	    {EVENT_TICKED, "saatnya tiba/its time came"},
	    {EVENT_NODE_FAULTED, "kiriman ditolak/a push was refused"},
	    {EVENT_REFUSED, "catatan ditolak/a record was refused"},
	    {EVENT_NODE_REPORTED, "kabar simpul/the node reported"},
	    {EVENT_DEADLINE_EXTENDED, "perpanjangan/extension"},
	    {EVENT_UNIT_EXCUSED, "pengecualian/excuse"}};

	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return kinds[i].text;
	return event_kind_name(kind);
}

static void
put_basis(struct text_buf *out, const struct explain *explain,
    const struct dossier_basis *basis)
{
	char id[2 * EVENT_ID_SIZE + 1];
	struct explain_row row;

	explain_row(explain, basis, &row);
	text_buf_add(out, "  %8" PRIu64 "  ", basis->index);
	put_local(out, explain, basis->received_at_ms);
	text_buf_add(out, "  %s", kind_text(basis->event.kind));
	if (row.node != NULL) {
		hex_put(id, row.node, EVENT_ID_SIZE);
		text_buf_add(out, ", simpul/node %.*s", SHORT_ID, id);
	} else {
		text_buf_add(out, ", log wilayah/the region's log");
	}
	if (row.day[0] != '\0')
		text_buf_add(out, ", %s", row.day);
	if (row.unit[0] != '\0')
		text_buf_add(out, ", %s %s",
		    catalog_word(CATALOG_SCOPE, row.scope), row.unit);
	if (row.act[0] != '\0')
		text_buf_add(out, ", %s", row.act);
	if (row.subject != 0)
		text_buf_add(
		    out, ", %s", catalog_word(CATALOG_SUBJECT, row.subject));
	if (row.step != 0)
		text_buf_add(out, ", %s", catalog_word(CATALOG_STEP, row.step));
	if (row.cell.is_small)
		text_buf_add(out, " (kurang dari 5 orang/fewer than 5 people)");
	text_buf_add(out, "\n");
}

/* "SURAT (diminta dengan surat/asked for by letter)" */
static void
put_reason(
    struct text_buf *out, const char *use, const char *word, const char *paper)
{
	unsigned count;
	const struct reason_row *rows = reason_rows(&count);

	text_buf_add(out, "%s", word);
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].use, use) == 0 &&
		    strcmp(rows[i].word, word) == 0)
			text_buf_add(out, " (%s/%s)", rows[i].id, rows[i].en);
	if (paper[0] != '\0')
		text_buf_add(out, ", surat/letter %s", paper);
}

static void
put_told(struct text_buf *out, const struct event *event)
{
	const struct alert_told *told = &event->told;

	text_buf_add(out,
	    "%s, putusan/verdict %" PRIu64 " -> %s%s%s, %s, "
	    "percobaan/attempts %" PRIu32 "%s%s",
	    event->kind == EVENT_ALERT_DELIVERED ? "disampaikan/delivered"
						 : "GAGAL/failed",
	    told->verdict, told->seat, told->term[0] == '\0' ? "" : "/",
	    told->term, told->channel, told->attempts,
	    told->word[0] == '\0' ? "" : ": ", told->word);
}

static void
put_acknowledged(struct text_buf *out, const struct explain *explain,
    const struct alert_acknowledged *acknowledged)
{
	text_buf_add(out,
	    "kantor itu sudah tahu/acknowledged, putusan/verdict %" PRIu64
	    ": %s%s%s (lewat/by %s); tidak diingatkan lagi sampai/not reminded "
	    "until ",
	    acknowledged->verdict, acknowledged->seat,
	    acknowledged->term[0] == '\0' ? "" : "/", acknowledged->term,
	    acknowledged->channel);
	put_local(out, explain, acknowledged->until_ms);
}

static void
put_silenced(struct text_buf *out, const struct explain *explain,
    const struct alert_silenced *silenced)
{
	if (silenced->lifted) {
		text_buf_add(out, "tidak disenyapkan lagi/silence lifted: ");
		put_reason(
		    out, "silence", silenced->reason, silenced->reference);
		return;
	}
	text_buf_add(out,
	    "disenyapkan oleh/silenced by %s%s%s: ", silenced->author,
	    silenced->seat[0] == '\0' ? "" : " untuk/for ", silenced->seat);
	put_reason(out, "silence", silenced->reason, silenced->reference);
	text_buf_add(out, ", sampai/until ");
	put_local(out, explain, silenced->until_ms);
}

/* By whom: the node of an admin or a reviewer, never a name. */
static void
put_closed(struct text_buf *out, const struct event *event)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, event->node, EVENT_ID_SIZE);
	text_buf_add(
	    out, "ditutup oleh simpul/closed by node %.*s: ", SHORT_ID, id);
	put_reason(out, "closing", event->alert_closed.reason,
	    event->alert_closed.reference);
}

static void
put_telling(struct text_buf *out, const struct explain *explain,
    const struct dossier_telling *row)
{
	const struct event *event = &row->event;

	text_buf_add(out, "  %8" PRIu64 "  ", row->index);
	put_local(out, explain, row->received_at_ms);
	text_buf_add(out, "  ");
	if (event->kind == EVENT_ALERT_ACKNOWLEDGED)
		put_acknowledged(out, explain, &event->acknowledged);
	else if (event->kind == EVENT_ALERT_SILENCED)
		put_silenced(out, explain, &event->silenced);
	else if (event->kind == EVENT_ALERT_ESCALATED)
		text_buf_add(out,
		    "diteruskan ke yang lebih tinggi/escalated, langkah/step "
		    "%" PRIu32 " -> %s%s%s",
		    event->escalated.step, event->escalated.seat,
		    event->escalated.term[0] == '\0' ? "" : "/",
		    event->escalated.term);
	else if (event->kind == EVENT_ALERT_CLOSED)
		put_closed(out, event);
	else
		put_told(out, event);
	text_buf_add(out, "\n");
}

void
explain_history(struct text_buf *out, const struct explain *explain)
{
	const struct dossier *dossier = explain->dossier;

	text_buf_add(out, "\nRIWAYAT / HISTORY (%s)\n\n", explain->zone);
	text_buf_add(out, "Putusan/verdicts: %u\n", dossier->verdict_count);
	for (unsigned i = 0; i < dossier->verdict_count; i++)
		put_verdict(out, explain, &dossier->verdicts[i]);
	text_buf_add(out, "\nDasarnya/what it rests on: %u\n",
	    dossier->basis_count + dossier->basis_beyond);
	for (unsigned i = 0; i < dossier->basis_count; i++)
		put_basis(out, explain, &dossier->basis[i]);
	if (dossier->basis_beyond > 0)
		text_buf_add(out, "  + %u lagi/more\n", dossier->basis_beyond);
	text_buf_add(out, "\nPenyampaian dan tindakan/telling and action: %u\n",
	    dossier->telling_count + dossier->telling_beyond);
	for (unsigned i = 0; i < dossier->telling_count; i++)
		put_telling(out, explain, &dossier->telling[i]);
	if (dossier->telling_beyond > 0)
		text_buf_add(
		    out, "  + %u lagi/more\n", dossier->telling_beyond);
}
