/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the directory, beside a running daemon or without one. */
#include "notifier/home.h"

#include "core/json.h"
#include "core/log.h"
#include "model/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *const state_words[] = {"promised", "sent", "settled"};

struct tally {
	const struct home *home;
	struct json *json; /* NULL: in words */
	unsigned rows, settled, failing, dead;
	char faults[LEDGER_FAULTS_MAX]; /* of templates */
	uint64_t built_in;
};

/* The daemon listens on DIR/wake: a socket that nobody holds any more cannot
 * be connected to. */
bool
home_daemon_runs(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, len;
	bool runs;

	len =
	    snprintf(address.sun_path, sizeof address.sun_path, "%s/wake", dir);
	if (len < 0 || (size_t)len >= sizeof address.sun_path)
		return false;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	runs = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return runs;
}

static void
row_to_json(struct json *json, const struct ledger_row *row)
{
	json_object_begin(json, NULL);
	json_hex(json, "alert", row->key.alert, EVENT_ID_SIZE);
	json_u64(json, "entry", row->key.index);
	json_text(json, "seat", row->key.target.seat);
	json_text(json, "term", row->key.target.term);
	json_text(json, "channel", row->key.target.channel);
	json_text(json, "state", state_words[row->state]);
	json_u64(json, "attempts", row->attempts);
	json_text(json, "answer", row->answer);
	json_bool(json, "failed", row->failure_told);
	json_bool(json, "stopped", row->is_stopped);
	json_u64(json, "restarts", row->restarts);
	json_u64(json, "promised_ms", row->promised_ms);
	json_u64(json, "settled_ms", row->settled_ms);
	json_u64(json, "next_ms", row->next_ms);
	json_end(json);
}

static void
row_in_words(const struct home *home, const struct ledger_row *row)
{
	char next[CALENDAR_TEXT_MAX] = "-";

	if (row->next_ms > 0)
		calendar_ms_put(next, row->next_ms, home->zone);
	printf("  entri %" PRIu64 " -> %s %s %s: %s, %u percobaan / attempts, "
	       "jawaban / answer %s, berikutnya / next %s\n",
	    row->key.index, row->key.target.seat,
	    row->key.target.term[0] != '\0' ? row->key.target.term : "-",
	    row->key.target.channel,
	    row->failure_told ? "gagal / failed" : "menunggu / waiting",
	    row->attempts, row->answer[0] != '\0' ? row->answer : "-", next);
}

static void
on_row(void *context, const struct ledger_row *row)
{
	struct tally *tally = context;
	bool is_settled = row->state == LEDGER_SETTLED;

	tally->rows++;
	tally->settled += is_settled;
	/* A bundle is one letter, however many it carries. */
	if (row->bundle == 0) {
		tally->failing += row->failure_told && !is_settled;
		tally->dead += ledger_row_is_dead(row);
	}
	if (tally->json != NULL)
		row_to_json(tally->json, row);
	else if (!is_settled)
		row_in_words(tally->home, row);
}

static void
take_rows(struct tally *tally)
{
	if (tally->home->ledger == NULL)
		return;
	ledger_each_row(tally->home->ledger, on_row, tally);
	ledger_faults(tally->home->ledger, tally->faults);
	tally->built_in = ledger_built_in(tally->home->ledger);
}

/* It was let in once: the region's log must be older than it now. */
static void
say_forgotten(void)
{
	printf("TIDAK DIKENAL / NOT KNOWN: log wilayah mungkin dipulihkan dari "
	       "cadangan sebelum pemberitahu ini bergabung. Bergabung lagi di "
	       "folder ini: ikrar-notifier join KODE --dir DIR; kunci dan "
	       "catatan tetap, semuanya dikirim ulang.\n"
	       "The region's log may have been put back from before this "
	       "notifier joined: join again here, all records are pushed "
	       "anew.\n");
}

static void
status_in_words(const struct home *home, const struct spool_status *spool,
    const struct ledger_cursor *cursor, bool runs)
{
	struct tally tally = {.home = home};
	enum link_state state =
	    runs ? (enum link_state)spool->link_state : LINK_CLOSED;

	if (home->is_drill)
		printf("LATIHAN / DRILL\n");
	printf("wilayah / region: %s\n", home->region.origin);
	printf("daemon: %s\n", runs ? "jalan / running" : "mati / not running");
	printf("sambungan / link: %s / %s\n", link_state_text(state),
	    link_state_word(state));
	if (spool->is_unknown)
		say_forgotten();
	if (spool->halted != REJECT_NONE)
		printf("BERHENTI / HALTED: %s (%s)\n",
		    reject_text_id(spool->halted),
		    reject_text_en(spool->halted));
	printf("dibaca sampai / read up to: %" PRIu64 "%s\n", cursor->next,
	    cursor->is_caught_up ? "" : " (mengejar / catching up)");
	printf("belum selesai / not settled:\n");
	take_rows(&tally);
	if (tally.settled == tally.rows)
		printf("  tidak ada / none\n");
	printf("dijanjikan / promised: %u, selesai / settled: %u, gagal / "
	       "failing: %u\n",
	    tally.rows, tally.settled, tally.failing);
	if (tally.dead > 0)
		printf("surat mati / dead letters: %u (ikrar-notifier dead "
		       "list)\n",
		    tally.dead);
	if (tally.faults[0] != '\0')
		printf("templat rusak / broken templates: %s; %" PRIu64
		       " pesan memakai teks bawaan / messages in the built-in "
		       "text\n",
		    tally.faults, tally.built_in);
	printf("diterima wilayah / receipted: %" PRIu64 " dari / of %" PRIu64
	       "\n",
	    spool->receipted_seq, spool->last_seq);
}

static void
status_as_json(const struct home *home, const struct spool_status *spool,
    const struct ledger_cursor *cursor, bool runs)
{
	struct json json = {0};
	struct tally tally = {.home = home, .json = &json};

	json_object_begin(&json, NULL);
	json_text(&json, "origin", home->region.origin);
	json_hex(&json, "node", home->keys.id, NODE_ID_SIZE);
	json_bool(&json, "drill", home->is_drill);
	json_bool(&json, "running", runs);
	json_text(
	    &json, "link", link_state_word((enum link_state)spool->link_state));
	json_text(&json, "halted", reject_word(spool->halted));
	json_bool(&json, "forgotten", spool->is_unknown);
	json_u64(&json, "next", cursor->next);
	json_bool(&json, "caught_up", cursor->is_caught_up);
	json_u64(&json, "last_seq", spool->last_seq);
	json_u64(&json, "receipted_seq", spool->receipted_seq);
	json_array_begin(&json, "rows");
	take_rows(&tally);
	json_end(&json);
	json_u64(&json, "promised", tally.rows);
	json_u64(&json, "settled", tally.settled);
	json_u64(&json, "failing", tally.failing);
	json_u64(&json, "dead", tally.dead);
	json_text(&json, "broken_templates", tally.faults);
	json_u64(&json, "built_in_texts", tally.built_in);
	json_end(&json);
	puts(json.text.at);
	json_clear(&json);
}

int
verb_status(const struct settings *settings)
{
	struct spool_status spool = {0};
	struct ledger_cursor cursor = {0};
	struct home home;
	bool runs;

	if (home_open(&home, settings, true) != OK)
		return 1;
	runs = home_daemon_runs(settings->dir);
	if (home.spool != NULL)
		spool_status(home.spool, &spool);
	if (home.ledger != NULL)
		ledger_cursor(home.ledger, &cursor);
	if (settings->is_json)
		status_as_json(&home, &spool, &cursor, runs);
	else
		status_in_words(&home, &spool, &cursor, runs);
	home_close(&home);
	return 0;
}

/* Healthy: the daemon is there and has not stopped for a person. A region or a
 * mail server that is away is not this program's illness. */
int
verb_healthcheck(const struct settings *settings)
{
	struct spool_status spool = {0};
	struct home home;
	bool runs;

	if (home_open(&home, settings, true) != OK)
		return 1;
	if (home.spool != NULL)
		spool_status(home.spool, &spool);
	runs = home.spool != NULL && home_daemon_runs(settings->dir);
	home_close(&home);
	if (!runs)
		tell("Pemberitahu tidak berjalan di %s. Jalankan: "
		     "ikrar-notifier run --dir %s ...",
		    "no notifier runs on %s; start it: ikrar-notifier run "
		    "--dir %s ...",
		    settings->dir, settings->dir);
	else if (spool.halted != REJECT_NONE)
		tell("Pemberitahu berhenti: %s (%s).",
		    "the notifier has halted: %s (%s)",
		    reject_text_id(spool.halted), reject_word(spool.halted));
	else
		printf("sehat / healthy\n");
	return runs && spool.halted == REJECT_NONE ? 0 : 1;
}
