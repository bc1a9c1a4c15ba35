/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes stand between lines of dashes as they came, so that they can be cut
 * out and given to any tool that reads signed notes.
 */
#include "collector/evidence.h"

#include "collector/sentence.h"
#include "core/file.h"
#include "node/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 30, FILE_MODE = 0644 };

static void
put_fact(struct text_buf *out, const char *label, const char *value)
{
	text_buf_add(out, "%-*s %s\n", LABEL_WIDTH, label, value);
}

static void
put_note(struct text_buf *out, const char *text)
{
	text_buf_add(out, "-----\n%s-----\n", text);
}

static void
put_front(struct text_buf *out, const struct home *home)
{
	const struct node_region *region = &home->region;
	char hex[NODE_HEX_SIZE], vkey[NOTE_VKEY_MAX], when[CALENDAR_TEXT_MAX];

	text_buf_add(out,
	    "BUKTI: LOG WILAYAH BERTENTANGAN DENGAN DIRINYA SENDIRI\n"
	    "EVIDENCE: THE REGION'S LOG CONTRADICTS ITSELF\n\n"
	    "Simpul ini memeriksa setiap kepala log yang diperlihatkan "
	    "wilayah. Kepala di\nbawah ini ditandatangani kunci log wilayah, "
	    "tetapi tidak cocok dengan kepala\nyang sudah diperiksa di sini: "
	    "log itu diubah, dipotong, atau bercabang.\nSerahkan teks ini "
	    "seutuhnya kepada inspektorat.\n"
	    "(Each head below is signed by the region's log key and does not "
	    "fit one that this\nnode had verified: the log was altered, cut or "
	    "forked. Hand all of it to the\ninspectorate.)\n\n");
	hex_put(hex, home->keys.id, sizeof home->keys.id);
	put_fact(out, "Simpul / node", hex);
	put_fact(out, "Wilayah", region->wilayah);
	put_fact(out, "Log / log origin", region->origin);
	home_time(home, when, home->now_ms);
	put_fact(out, "Ditulis / written", when);
	note_vkey(vkey, region->origin, region->log_key);
	text_buf_add(out, "Kunci log / log key\n  %s\n", vkey);
}

/* A head that was verified here, if it is still on the disk. */
static bool
put_kept(struct text_buf *out, const struct home *home, uint64_t epoch,
    uint64_t size)
{
	char text[CHECKPOINT_MAX];

	if (size == 0 || spool_head_text(home->spool, epoch, size, text) != OK)
		return false;
	text_buf_add(out,
	    "Kepala yang diperiksa di sini / head verified here, %" PRIu64
	    " entri\n",
	    size);
	put_note(out, text);
	return true;
}

static void
put_consistency(struct text_buf *out, const struct spool_evidence *evidence)
{
	struct bytes rest = evidence->consistency;
	char hex[2 * HASH_SIZE + 1];

	text_buf_add(out,
	    "Katanya lanjutan dari / said to go on from: %" PRIu64 " entri\n"
	    "Bukti konsistensinya / its consistency proof (%zu)\n",
	    evidence->from_size, rest.len / HASH_SIZE);
	for (; rest.len >= HASH_SIZE; rest.len -= HASH_SIZE) {
		hex_put(hex, rest.at, HASH_SIZE);
		text_buf_add(out, "  %s\n", hex);
		rest.at += HASH_SIZE;
	}
}

/* The refused head, and what it can be held against: the head of the same
 * size, the one that it says it continues, and the largest. */
static void
put_evidence(struct text_buf *out, const struct home *home, unsigned n,
    const struct spool_evidence *evidence)
{
	const struct spool_status *status = &home->status;
	char when[CALENDAR_TEXT_MAX];
	struct checkpoint head = {0};
	uint64_t epoch = 0;

	home_time(home, when, evidence->noted_ms);
	text_buf_add(
	    out, "\nBUKTI / EVIDENCE %u, dicatat / noted %s\n", n + 1, when);
	if (check_open_head(&head, &epoch, &home->region, evidence->text) != OK)
		text_buf_add(out,
		    "Tanda tangannya tidak dapat diperiksa lagi. / Its "
		    "signature cannot be checked here.\n");
	text_buf_add(out,
	    "Kepala yang ditolak / the head that was refused, %" PRIu64
	    " entri\n",
	    head.size);
	put_note(out, evidence->text);
	put_consistency(out, evidence);
	(void)put_kept(out, home, epoch, head.size);
	if (evidence->from_size != head.size)
		(void)put_kept(out, home, epoch, evidence->from_size);
	if (status->seen_size != head.size &&
	    status->seen_size != evidence->from_size)
		(void)put_kept(
		    out, home, status->seen_epoch, status->seen_size);
}

/* How many there are. The proof lives in the spool until the next one. */
static unsigned
put_all(struct text_buf *out, const struct home *home)
{
	struct spool_evidence evidence;
	unsigned n = 0;

	while (n < SPOOL_EVIDENCE_MAX &&
	       spool_evidence(home->spool, n, &evidence) == OK) {
		struct text_buf proof = {0};

		/* What is read next would end the proof. */
		text_buf_add_bytes(
		    &proof, evidence.consistency.at, evidence.consistency.len);
		evidence.consistency = bytes_of(proof.at, proof.len);
		spool_row_done(home->spool);
		put_evidence(out, home, n++, &evidence);
		text_buf_clear(&proof);
	}
	return n;
}

static int
write_out(const char *path, const char *text)
{
	enum err err = file_write_new(path, bytes_of_text(text), FILE_MODE);

	if (err == OK) {
		printf("Ditulis / written: %s\n", path);
		return 0;
	}
	if (err == ERR_DUP)
		tell("--out: %s sudah ada dan tidak ditimpa; pilih nama lain.",
		    "--out: %s is there already and stays; choose another name",
		    path);
	else
		tell("--out: %s tidak dapat ditulis: %s.",
		    "--out: %s cannot be written: %s", path, strerror(errno));
	return 1;
}

static int
print(const struct home *home, const char *path)
{
	struct text_buf out = {0};
	int exit_code = 0;

	put_front(&out, home);
	home_say_drill(home->region.drill);
	if (put_all(&out, home) == 0)
		printf("Tidak ada bukti di simpul ini: semua kepala log yang "
		       "diperlihatkan wilayah\ncocok. / This node keeps no "
		       "evidence against its region.\n");
	else if (path == NULL)
		fputs(out.at, stdout);
	else
		exit_code = write_out(path, out.at);
	text_buf_clear(&out);
	return exit_code;
}

int
evidence_print(const struct evidence_words *words)
{
	struct home home;
	int exit_code;

	if (home_open(&home, &words->home) != OK)
		return 1;
	exit_code = print(&home, words->out);
	home_close(&home);
	return exit_code;
}
