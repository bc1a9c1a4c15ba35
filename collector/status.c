/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/show.h"

#include "collector/daemon.h"
#include "collector/link_words.h"
#include "collector/recipients.h"
#include "collector/status_inner.h"
#include "core/loop.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { AGE_MAX = 64, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };
enum { CLOCK_FAR_MS = 60 * 1000, MIB = 1024 * 1024 };
enum { LABEL_COLUMNS = 24, LINE_COLUMNS = 80, LINE_MAX = 1024 };

/* 1 January 2020: no clock that was ever set says less. */
static const uint64_t clock_least_ms = 1577836800000;

struct status_tally
status_tally_of(const struct spool_status *status)
{
	uint64_t sent = status->sent_seq;
	uint64_t marked = status->marked_count;

	/* What the daemon said last may be older than the receipt. */
	if (sent < status->receipted_seq)
		sent = status->receipted_seq;
	if (sent > status->last_seq)
		sent = status->last_seq;
	if (marked > status->refused_count)
		marked = status->refused_count;
	return (struct status_tally){.stored = status->last_seq - sent,
	    .sent = sent - status->receipted_seq,
	    .receipted = status->receipted_seq - status->refused_count,
	    .refused = status->refused_count,
	    .refused_open = status->refused_count - marked};
}

enum link_state
status_link_of(const struct spool_status *status, bool is_running)
{
	if (!is_running || status->link_state > LINK_READY)
		return LINK_CLOSED;
	return (enum link_state)status->link_state;
}

bool
status_is_busy(const struct home *home, bool is_running)
{
	return home->status.busy_until_ms > home->now_ms &&
	       status_link_of(&home->status, is_running) == LINK_READY;
}

/* ---- lines of at most 80 columns, broken between words */

/* Characters, not bytes. */
static size_t
columns_of(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

static void
put_words(const char *text)
{
	size_t used = LABEL_COLUMNS;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		size_t columns = columns_of(text, len);

		if (used > LABEL_COLUMNS && used + 1 + columns > LINE_COLUMNS) {
			printf("\n%*s", LABEL_COLUMNS, "");
			used = LABEL_COLUMNS;
		}
		if (used > LABEL_COLUMNS) {
			putchar(' ');
			used++;
		}
		printf("%.*s", (int)len, text);
		used += columns;
		text += len + strspn(text + len, " ");
	}
	putchar('\n');
}

static void say(const char *label, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* On a line of its own, unbroken: it is copied. */
static void
say_command(const struct home *home, const char *verb)
{
	printf("%*sikrar-collector %s --dir %s\n", LABEL_COLUMNS, "", verb,
	    home->words->dir);
}

/* An empty label: more of the line above. */
static void
say(const char *label, const char *format, ...)
{
	char text[LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	printf("%-*s", LABEL_COLUMNS, label);
	put_words(text);
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

/* What a person does about a halt. */
static const struct {
	enum reject word;
	const char *id, *en;
} advices[] = {
    {REJECT_FORK,
	"Folder ini tidak cocok dengan yang pernah dikirim, mungkin kembali "
	"dari cadangan lama. Minta kode baru kepada admin wilayah, lalu: "
	"ikrar-collector rejoin KODE.",
	"this directory does not match what was sent, perhaps an old backup: "
	"ask the regional admin for a new code, then: ikrar-collector rejoin "
	"CODE"},
    {REJECT_REVOKED,
	"Simpul ini dicabut oleh admin wilayah. Hubungi admin wilayah. Untuk "
	"memulai lagi di sini: ikrar-collector rejoin KODE.",
	"the regional admin revoked this node; to begin anew here: "
	"ikrar-collector rejoin CODE"},
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
    {REJECT_ROLLBACK,
	"Log wilayah dikembalikan dari cadangan lama. Admin wilayah harus "
	"menjalankan recover; sesudah itu yang hilang dikirim ulang sendiri.",
	"the region's log was put back from an older backup: its admin runs "
	"recover, then what is lost is sent again by itself"},
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
	say("", "%s Catatan tetap aman dan dapat ditambah.", id);
	say("", "(%s)", en);
}

/* ---- records */

static void
say_records(const struct home *home)
{
	struct status_tally tally = status_tally_of(&home->status);

	say("Catatan / records",
	    "%" PRIu64 ": tersimpan %" PRIu64 ", terkirim %" PRIu64
	    ", diterima %" PRIu64 ", ditolak %" PRIu64,
	    home->status.last_seq, tally.stored, tally.sent, tally.receipted,
	    tally.refused);
	if (tally.stored + tally.sent > 0)
		say("",
		    "%" PRIu64 " belum dijamin wilayah; tetap aman di disk ini "
		    "/ not yet held by the region, safe on this disk",
		    tally.stored + tally.sent);
	if (tally.refused_open == 0)
		return;
	say("",
	    "%" PRIu64 " yang ditolak belum ditangani / refused, to be dealt "
	    "with:",
	    tally.refused_open);
	say_command(home, "quarantine list");
}

static void
say_age(const struct home *home, char age[AGE_MAX], uint64_t then_ms)
{
	age_text(age, home->now_ms > then_ms ? home->now_ms - then_ms : 0);
}

static void
say_lacks(struct home *home)
{
	struct spool_lacks lacks;
	char age[AGE_MAX];

	spool_lacks(home->spool, &lacks);
	if (lacks.said_ms == 0) {
		say("Kekurangan / lacking",
		    "wilayah belum mengatakannya / the region has not said "
		    "yet");
		return;
	}
	say_age(home, age, lacks.said_ms);
	say("Kekurangan / lacking",
	    "menurut wilayah, %s yang lalu / as the region said then:", age);
	for (uint32_t i = 0; i < lacks.count; i++) {
		const struct lack *row = &lacks.rows[i];

		if (row->pledged >= row->expected)
			say("",
			    "%s: %" PRIu32 " unit sudah semua / none is "
			    "missing",
			    row->campaign, row->expected);
		else
			say("",
			    "%s: %" PRIu32 " dari %" PRIu32 " unit belum ada "
			    "ikrar atau pakta / units without a pledge",
			    row->campaign, row->expected - row->pledged,
			    row->expected);
	}
	if (lacks.count == 0)
		say("", "tidak ada kegiatan yang berjalan / no campaign runs");
}

/* ---- the link */

static void
say_busy(const struct home *home)
{
	uint64_t s = (home->status.busy_until_ms - home->now_ms) / 1000 + 1;

	if (home->status.busy_word == REJECT_CLOCK)
		say("",
		    "Jam di komputer wilayah sedang diperiksa; dicoba lagi "
		    "dalam %" PRIu64 " detik. / The region's clock is being "
		    "checked; tried again by then.",
		    s);
	else
		say("",
		    "WILAYAH SIBUK: diminta kembali; dicoba lagi dalam "
		    "%" PRIu64 " detik. / The region is busy; tried again by "
		    "then.",
		    s);
}

/* It was let in once: the region's log must be older than this node now. */
static void
say_forgotten(const struct home *home)
{
	say("",
	    "Log wilayah mungkin dipulihkan dari cadangan yang dibuat sebelum "
	    "simpul ini bergabung: yang dahulu diterima belum ada lagi di "
	    "sana. Minta kode undangan, lalu bergabung lagi di folder ini; "
	    "kunci dan catatan tetap, semuanya dikirim ulang. / The region's "
	    "log may have been put back from before this node joined: join "
	    "again here, all records are pushed anew.");
	say_command(home, "join KODE");
}

/* Where the region went meanwhile nobody can have told this node. */
static void
say_moved(const struct home *home)
{
	say("",
	    "Sudah lama putus. Bila wilayah pindah komputer selama itu, minta "
	    "alamat barunya kepada admin dan jalankan sekali dengan alamat "
	    "itu; sesudah tersambung ia diingat. / Away for long: if the "
	    "region has moved meanwhile, ask its admin for the new address "
	    "and give it once; it is kept then.");
	say_command(home, "run --endpoint tcp://ALAMAT:PORT");
}

static bool
is_long_away(const struct home *home)
{
	uint64_t then_ms = home->status.last_contact_ms;

	return then_ms != 0 && home->now_ms > then_ms &&
	       home->now_ms - then_ms >= (uint64_t)DAY_S * 1000;
}

static void
say_unlinked(const struct home *home, enum link_state state)
{
	for (unsigned i = 0; i < home->region.endpoint_count; i++)
		say("", "alamat / address: %s", home->region.endpoints[i]);
	if (home->status.is_unknown)
		say_forgotten(home);
	else if (is_long_away(home) &&
		 (state == LINK_REFUSED || state == LINK_DEAD ||
		     state == LINK_WRONG_KEY))
		say_moved(home);
}

static void
say_link(const struct home *home, bool is_running)
{
	enum link_state state = status_link_of(&home->status, is_running);

	if (is_running) {
		say("Sambungan / link", "%s / %s", link_words(state)->id,
		    link_words(state)->en);
	} else {
		say("Sambungan / link",
		    "penghubung tidak berjalan; jalankan / start it:");
		say_command(home, "run");
		if (home->status.is_unknown)
			say_forgotten(home);
	}
	if (is_running && state != LINK_READY)
		say_unlinked(home, state);
	if (status_is_busy(home, is_running))
		say_busy(home);
}

static void
say_contact(const struct home *home, bool is_running)
{
	const struct spool_status *status = &home->status;
	char age[AGE_MAX], when[CALENDAR_TEXT_MAX];

	if (status->last_contact_ms == 0) {
		say("Kontak / contact", "belum pernah / never");
		return;
	}
	say_age(home, age, status->last_contact_ms);
	home_time(home, when, status->last_contact_ms);
	say("Kontak / contact", "terakhir / last %s (%s yang lalu)", when, age);
	if (status_link_of(status, is_running) != LINK_READY)
		say("",
		    "putus selama %s; catatan tetap disimpan dan dikirim nanti "
		    "/ records are kept and sent later",
		    age);
}

/* ---- the clock */

static void
say_clock(const struct home *home)
{
	int64_t offset = home->status.clock_offset_ms;
	uint64_t apart = (uint64_t)(offset < 0 ? -offset : offset);
	char age[AGE_MAX], when[CALENDAR_TEXT_MAX];

	if (home->now_ms < clock_least_ms) {
		home_time(home, when, home->now_ms);
		say("Jam / clock",
		    "SALAH: jam komputer ini menunjukkan %s. Setel tanggal dan "
		    "jamnya; catatan tetap dapat dibuat. / Wrong: set this "
		    "computer's date.",
		    when);
		return;
	}
	if (home->status.last_contact_ms == 0)
		return;
	if (apart <= CLOCK_FAR_MS) {
		say("Jam / clock",
		    "cocok dengan wilayah / agrees (selisih %" PRId64 " ms)",
		    offset);
		return;
	}
	age_text(age, apart);
	say("Jam / clock",
	    "SELISIH: pada kontak terakhir komputer ini %s %s dari wilayah; "
	    "setel jamnya. / This computer was %s by that much: set its clock.",
	    age, offset > 0 ? "terlambat" : "terlalu cepat",
	    offset > 0 ? "slow" : "fast");
}

/* ---- the rest */

static void
say_slice(const char *label, uint64_t version)
{
	if (version == 0)
		say(label, "belum datang / not here yet");
	else
		say(label, "versi %" PRIu64, version);
}

static void
say_recipients(const struct home *home)
{
	char names[RECIPIENTS_NAMES_MAX];
	struct spool_recipients set;

	spool_recipients(home->spool, &set);
	recipients_names(names, &set);
	if (set.count > 0)
		say("Penerima / recipients", "versi %" PRIu64 ": %s",
		    set.version, names);
	else
		say("Penerima / recipients", "%s",
		    set.is_pinned ? "belum datang / not here yet"
				  : "belum dipastikan / not confirmed:");
	if (set.count == 0 && !set.is_pinned)
		say_command(home, "recipients");
	if (set.refused_version != 0)
		say("",
		    "PERHATIAN: daftar penerima versi %" PRIu64 " dari wilayah "
		    "tidak dipercaya dan tidak dipakai. Telepon inspektorat. / "
		    "Not believed: phone the inspectorate.",
		    set.refused_version);
}

static void
say_room(struct home *home)
{
	uint64_t left = spool_free_bytes(home->spool) / MIB;

	if (left >= SPOOL_WARN_FREE_MIB)
		return;
	say("Disk",
	    "HAMPIR PENUH: sisa %" PRIu64 " MiB. %s Hapus berkas yang tidak "
	    "perlu sampai sisa %d MiB. / Almost full: %s",
	    left,
	    left >= SPOOL_LEAST_FREE_MIB
		? "Ikrar dan pakta tidak dapat disimpan, insiden masih."
		: "Tidak ada yang dapat disimpan.",
	    SPOOL_WARN_FREE_MIB,
	    left >= SPOOL_LEAST_FREE_MIB ? "incidents only."
					 : "nothing can be stored.");
}

static void
say_evidence(const struct home *home)
{
	if (home->status.evidence_count == 0)
		return;
	say("",
	    "Bukti di disk ini: %" PRIu64 " kepala log yang "
	    "bertentangan; untuk inspektorat: / Evidence kept: contradicting "
	    "heads; for the inspectorate:",
	    home->status.evidence_count);
	say_command(home, "evidence --out BERKAS");
}

/* What the region had received and then lost. */
static void
say_recovery(const struct spool_status *status)
{
	if (status->epoch == 0)
		return;
	say("Log wilayah / log",
	    "dipulihkan dari cadangan: %" PRIu64 " entri tetap (epoch %" PRIu64
	    ") / recovered from a backup",
	    status->recovered_entries, status->epoch);
	if (status->receipted_seq < status->again_seq)
		say("PERINGATAN / ALARM",
		    "catatan %" PRIu64 "-%" PRIu64 " dulu diterima, belum "
		    "diterima lagi / not received again yet",
		    status->receipted_seq + 1, status->again_seq);
}

static void
print_status(struct home *home, bool is_running)
{
	char hex[NODE_HEX_SIZE];

	hex_put(hex, home->keys.id, sizeof home->keys.id);
	home_say_drill(home->region.drill);
	say("Simpul / node", "%s", hex);
	say("Wilayah", "%s di %s", home->region.wilayah, home->region.origin);
	say_records(home);
	say_lacks(home);
	say_link(home, is_running);
	say_contact(home, is_running);
	say_clock(home);
	say_room(home);
	say_slice("Daftar unit / roster", home->status.roster_version);
	say_slice("Kegiatan / campaigns", home->status.campaign_version);
	say_recipients(home);
	if (home->status.halted != REJECT_NONE)
		say_halt(home->status.halted);
	say_evidence(home);
	say_recovery(&home->status);
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
		status_print_json(&home, is_running);
	else
		print_status(&home, is_running);
	home_close(&home);
	return 0;
}
