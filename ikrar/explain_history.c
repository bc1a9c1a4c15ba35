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
	    {"withdrawn", "laporan ditarik atau tidak dihitung lagi/reports "
			  "withdrawn or no longer counted"},
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
	case RULE_REPEAT_INCIDENTS_1:
	case RULE_BURST_1:
		text_buf_add(out,
		    "; dilaporkan/reported %" PRIu32
		    ", diverifikasi/verified %" PRIu32,
		    figures->reported, figures->verified);
		break;
	case RULE_CASE_DEADLINE_1:
		text_buf_add(out, "; %" PRIu32 " hari/days", figures->days);
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
	if (row->kind == EVENT_ALERT_OPENED)
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

static void
put_basis(struct text_buf *out, const struct explain *explain,
    const struct dossier_basis *basis)
{
	char id[2 * EVENT_ID_SIZE + 1] = "log";
	struct explain_row row;

	explain_row(explain, basis, &row);
	if (row.node != NULL)
		hex_put(id, row.node, EVENT_ID_SIZE);
	id[SHORT_ID] = '\0';
	text_buf_add(out, "  %8" PRIu64 "  ", basis->index);
	put_local(out, explain, basis->received_at_ms);
	text_buf_add(out, "  %s, simpul/node %s", row.kind, id);
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
	    "diakui/acknowledged, putusan/verdict %" PRIu64 ": %s%s%s (%s), "
	    "sampai/until ",
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
		text_buf_add(out, "tidak dibisukan lagi/silence lifted: %s %s",
		    silenced->reason, silenced->reference);
		return;
	}
	text_buf_add(out, "dibisukan/silenced: %s%s%s, %s %s, sampai/until ",
	    silenced->author, silenced->seat[0] == '\0' ? "" : " -> ",
	    silenced->seat, silenced->reason, silenced->reference);
	put_local(out, explain, silenced->until_ms);
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
		    "dinaikkan/escalated, langkah/step %" PRIu32 " -> %s%s%s",
		    event->escalated.step, event->escalated.seat,
		    event->escalated.term[0] == '\0' ? "" : "/",
		    event->escalated.term);
	else if (event->kind == EVENT_ALERT_CLOSED)
		text_buf_add(out, "ditutup/closed: %s %s",
		    event->alert_closed.reason, event->alert_closed.reference);
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
