/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/show.h"

#include "collector/daemon.h"
#include "collector/recipients.h"
#include "core/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AGE_MAX = 64, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };
enum { CLOCK_FAR_MS = 5 * 60 * 1000 };

struct tally {
	uint64_t stored, sent, receipted, refused;
};

static struct tally
tally_of(const struct spool_status *status)
{
	uint64_t sent = status->sent_seq;

	/* What the daemon said last may be older than the receipt. */
	if (sent < status->receipted_seq)
		sent = status->receipted_seq;
	if (sent > status->last_seq)
		sent = status->last_seq;
	return (struct tally){.stored = status->last_seq - sent,
	    .sent = sent - status->receipted_seq,
	    .receipted = status->receipted_seq - status->refused_count,
	    .refused = status->refused_count};
}

/* What a person does about a halt. */
static const struct {
	enum reject word;
	const char *id, *en;
} advices[] = {
    {REJECT_FORK,
	"Folder ini tidak cocok dengan yang pernah dikirim, mungkin kembali "
	"dari cadangan lama. Hubungi admin wilayah dan bergabung lagi dengan "
	"--dir yang baru.",
	"this directory does not match what was sent, perhaps an old backup: "
	"tell the regional admin and join anew"},
    {REJECT_REVOKED,
	"Simpul ini dicabut oleh admin wilayah. Hubungi admin wilayah.",
	"the regional admin revoked this node"},
    {REJECT_UNKNOWN_NODE,
	"Simpul ini belum disetujui, atau wilayah tidak mengenalnya. Hubungi "
	"admin wilayah; sesudah disetujui pengiriman mulai sendiri dalam "
	"beberapa menit.",
	"this node awaits confirmation, or the region does not know it: tell "
	"the regional admin; once confirmed it sends within minutes"},
    {REJECT_VERSION, "Perbarui program ini.", "update this program"},
    {REJECT_DIVERGED,
	"Wilayah memperlihatkan log yang bertentangan dengan yang pernah "
	"diperlihatkannya kepada simpul ini: catatan yang sudah diterima "
	"mungkin dihapus atau diubah di sana, atau log itu dikembalikan dari "
	"cadangan. Telepon inspektorat dahulu, baru admin wilayah. Jangan "
	"menghapus folder simpul ini: buktinya tersimpan di dalamnya.",
	"the region shows a log that contradicts what it has shown this node "
	"before: received records may have been deleted or changed there, or "
	"it was restored from a backup; phone the inspectorate first, then the "
	"regional admin; do not delete this node's directory, it holds the "
	"evidence; the records stay safe here"},
    {REJECT_CLOCK, "Jam di komputer wilayah sedang diperiksa. Tunggu.",
	"the region's clock is being checked: wait"},
};

static void
say_halt(enum reject halted)
{
	const char *id = "Hubungi admin wilayah.";
	const char *en = "tell the regional admin";

	for (unsigned i = 0; i < sizeof advices / sizeof advices[0]; i++) {
		if (advices[i].word != halted)
			continue;
		id = advices[i].id;
		en = advices[i].en;
	}
	printf("PENGIRIMAN BERHENTI / HALTED: %s (%s)\n",
	    halted < REJECT_COUNT ? reject_text_id(halted) : "?",
	    halted < REJECT_COUNT ? reject_word(halted) : "?");
	printf("  %s Catatan tetap aman dan dapat ditambah.\n  (%s)\n", id, en);
}

/* "2 hari 3 jam" */
static void
age_text(char text[AGE_MAX], uint64_t ms)
{
	uint64_t s = ms / 1000;

	if (s >= DAY_S)
		snprintf(text, AGE_MAX, "%" PRIu64 " hari %" PRIu64 " jam",
		    s / DAY_S, s % DAY_S / HOUR_S);
	else if (s >= HOUR_S)
		snprintf(text, AGE_MAX, "%" PRIu64 " jam %" PRIu64 " menit",
		    s / HOUR_S, s % HOUR_S / MINUTE_S);
	else if (s >= MINUTE_S)
		snprintf(text, AGE_MAX, "%" PRIu64 " menit", s / MINUTE_S);
	else
		snprintf(text, AGE_MAX, "kurang dari semenit");
}

static enum link_state
state_of(const struct spool_status *status, bool is_running)
{
	if (!is_running || status->link_state > LINK_READY)
		return LINK_CLOSED;
	return (enum link_state)status->link_state;
}

static void
say_link(const struct home *home, bool is_running)
{
	const struct spool_status *status = &home->status;
	enum link_state state = state_of(status, is_running);
	char age[AGE_MAX], when[CALENDAR_TEXT_MAX];
	uint64_t since = 0;

	if (is_running)
		printf("Sambungan / link        %s\n", link_state_text(state));
	else
		printf("Sambungan / link        penghubung tidak berjalan; "
		       "jalankan: ikrar-collector run --dir %s\n",
		    home->words->dir);
	if (status->last_contact_ms == 0) {
		printf("Kontak / contact        belum pernah / never\n");
		return;
	}
	if (home->now_ms > status->last_contact_ms)
		since = home->now_ms - status->last_contact_ms;
	age_text(age, since);
	home_time(home, when, status->last_contact_ms);
	printf(
	    "Kontak / contact        terakhir %s (%s yang lalu)\n", when, age);
	if (state != LINK_READY)
		printf("                        putus selama %s; catatan tetap "
		       "disimpan dan dikirim nanti\n",
		    age);
}

static void
say_clock(const struct spool_status *status)
{
	int64_t offset = status->clock_offset_ms;
	uint64_t apart = (uint64_t)(offset < 0 ? -offset : offset);
	char age[AGE_MAX];

	if (status->last_contact_ms == 0 || apart < CLOCK_FAR_MS) {
		if (status->last_contact_ms != 0)
			printf("Jam / clock             cocok dengan wilayah "
			       "(selisih %" PRId64 " ms)\n",
			    offset);
		return;
	}
	age_text(age, apart);
	printf("Jam / clock             komputer ini %s %s dari wilayah; "
	       "perbaiki jamnya\n",
	    age, offset > 0 ? "terlambat" : "terlalu cepat");
}

static void
say_slices(const struct spool_status *status)
{
	if (status->roster_version == 0)
		printf("Daftar unit / roster    belum datang / not here yet\n");
	else
		printf("Daftar unit / roster    versi %" PRIu64 "\n",
		    status->roster_version);
	if (status->campaign_version == 0)
		printf("Kegiatan / campaigns    belum datang / not here yet\n");
	else
		printf("Kegiatan / campaigns    versi %" PRIu64 "\n",
		    status->campaign_version);
}

static void
say_recipients(const struct home *home)
{
	char names[RECIPIENTS_NAMES_MAX];
	struct spool_recipients set;

	spool_recipients(home->spool, &set);
	recipients_names(names, &set);
	if (set.count > 0)
		printf("Penerima / recipients   versi %" PRIu64 ": %s\n",
		    set.version, names);
	else
		printf("Penerima / recipients   %s; lihat ikrar-collector "
		       "recipients --dir %s\n",
		    set.is_pinned ? "belum datang / not here yet"
				  : "belum dipastikan / not confirmed",
		    home->words->dir);
	if (set.refused_version != 0)
		printf("                        PERHATIAN: daftar penerima "
		       "versi %" PRIu64 " dari wilayah tidak dipercaya\n"
		       "                        dan tidak dipakai. Telepon "
		       "inspektorat. / Not believed: phone the\n"
		       "                        inspectorate.\n",
		    set.refused_version);
}

static void
say_evidence(const struct spool_status *status)
{
	if (status->evidence_count > 0)
		printf("  Bukti di disk ini: %" PRIu64 " kepala log yang "
		       "bertentangan. / Evidence kept: contradicting heads.\n",
		    status->evidence_count);
}

static void
print_status(const struct home *home, bool is_running)
{
	struct tally tally = tally_of(&home->status);
	char hex[NODE_HEX_SIZE];

	hex_put(hex, home->keys.id, sizeof home->keys.id);
	home_say_drill(home->region.drill);
	printf("Simpul / node           %s\n", hex);
	printf("Wilayah                 %s di %s\n", home->region.wilayah,
	    home->region.origin);
	printf("Catatan / records       %" PRIu64 ": tersimpan %" PRIu64
	       ", terkirim %" PRIu64 ", diterima %" PRIu64 ", ditolak %" PRIu64
	       "\n",
	    home->status.last_seq, tally.stored, tally.sent, tally.receipted,
	    tally.refused);
	if (tally.refused > 0)
		printf("                        lihat yang ditolak: "
		       "ikrar-collector list --dir %s\n",
		    home->words->dir);
	say_link(home, is_running);
	say_clock(&home->status);
	say_slices(&home->status);
	say_recipients(home);
	if (home->status.halted != REJECT_NONE)
		say_halt(home->status.halted);
	say_evidence(&home->status);
}

static void
json_status(const struct home *home, bool is_running)
{
	const struct spool_status *status = &home->status;
	struct tally tally = tally_of(status);
	struct json json = {0};

	json_object_begin(&json, NULL);
	json_hex(&json, "node", home->keys.id, sizeof home->keys.id);
	json_text(&json, "wilayah", home->region.wilayah);
	json_text(&json, "origin", home->region.origin);
	json_bool(&json, "drill", home->region.drill);
	json_u64(&json, "last_seq", status->last_seq);
	json_u64(&json, "receipted_seq", status->receipted_seq);
	json_u64(&json, "stored", tally.stored);
	json_u64(&json, "sent", tally.sent);
	json_u64(&json, "received", tally.receipted);
	json_u64(&json, "refused", tally.refused);
	json_bool(&json, "running", is_running);
	json_text(&json, "link", link_state_word(state_of(status, is_running)));
	if (status->halted == REJECT_NONE)
		json_null_put(&json, "halted");
	else
		json_text(&json, "halted",
		    status->halted < REJECT_COUNT ? reject_word(status->halted)
						  : "?");
	json_u64(&json, "seen_epoch", status->seen_epoch);
	json_u64(&json, "seen_size", status->seen_size);
	json_u64(&json, "last_recorded_ms", status->last_recorded_ms);
	json_u64(&json, "last_receipt_ms", status->last_receipt_ms);
	json_u64(&json, "last_contact_ms", status->last_contact_ms);
	json_i64(&json, "clock_offset_ms", status->clock_offset_ms);
	json_u64(&json, "roster_version", status->roster_version);
	json_u64(&json, "campaign_version", status->campaign_version);
	json_u64(&json, "recipients_version", status->recipients_version);
	json_u64(&json, "recipients_refused", status->recipients_refused);
	json_u64(&json, "evidence", status->evidence_count);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

int
show_status(const struct show_words *words)
{
	struct home home;
	bool is_running;

	if (home_open(&home, &words->home) != OK)
		return 1;
	is_running = daemon_is_running(words->home.dir);
	if (words->json)
		json_status(&home, is_running);
	else
		print_status(&home, is_running);
	home_close(&home);
	return 0;
}
