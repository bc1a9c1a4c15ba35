/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines stay within 80 columns, so that the text fits an A4 page as it is:
 * each hash stands on a line of its own.
 */
#include "collector/receipt.h"

#include "collector/enter.h"
#include "collector/facts.h"
#include "collector/sentence.h"
#include "core/file.h"
#include "node/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 32, LABEL_WIDTH = 30 };

/* One receipt at work; the proof lives in the spool until it is done with. */
struct showing {
	struct home home;
	uint64_t seq;
	struct event event;
	enum record_state state;
	enum reject word; /* of a refused record */
	struct hash event_hash;
	struct record_proof proof;
	struct checkpoint checkpoint;
	struct leaf leaf;
	struct hash leaf_hash;
	bool proves_refusal;     /* the leaf is the region's word against it */
	bool proof_is_of_record; /* the leaf is the record itself */
	struct bytes stamp;
	uint8_t stamp_space[STAMP_SIZE];
};

/* ---- finding and verifying */

static enum err
load_record(struct showing *showing)
{
	struct home *home = &showing->home;
	struct spool_row row;
	enum err err = home_event(home, showing->seq, &row, &showing->event);

	if (err == OK) {
		showing->state = row.state;
		showing->word = row.word;
		showing->event_hash = row.event_hash;
	}
	spool_row_done(home->spool);
	if (err == OK)
		return OK;
	if (err == ERR_NOTFOUND)
		tell("Tidak ada catatan nomor %" PRIu64
		     "; yang terakhir nomor %" PRIu64 ".",
		    "there is no record %" PRIu64 "; the last is %" PRIu64,
		    showing->seq, home->status.last_seq);
	else
		tell("Catatan %" PRIu64
		     " tidak dapat dibaca; lihat baris di atas.",
		    "record %" PRIu64 " cannot be read: see the line above",
		    showing->seq);
	return err;
}

/* The stamp stands in the entry, or in the refusal that the entry is. */
static bool
take_leaf(struct showing *showing)
{
	struct event refusal;

	if (leaf_get(&showing->leaf, showing->proof.leaf) != OK)
		return false;
	showing->leaf_hash = hash_leaf(showing->proof.leaf);
	showing->stamp = showing->leaf.stamp;
	showing->proof_is_of_record = showing->leaf.author == AUTHOR_NODE &&
				      showing->proof.hash_count == 0;
	if (showing->leaf.author == AUTHOR_NODE)
		return true;
	if (wire_unpack(showing->home.wire, showing->leaf.event, &refusal) !=
		REJECT_NONE ||
	    refusal.kind != EVENT_REFUSED)
		return false;
	memcpy(showing->stamp_space, refusal.refused.stamp,
	    sizeof showing->stamp_space);
	showing->stamp = bytes_of(showing->stamp_space,
	    refusal.refused.has_stamp ? sizeof showing->stamp_space : 0);
	showing->proves_refusal = refusal.refused.seq == showing->seq;
	return true;
}

static bool
is_proven(struct showing *showing)
{
	const struct record_proof *proof = &showing->proof;
	const struct node_region *region = &showing->home.region;
	struct hash head = record_proof_head(proof);
	uint64_t epoch;

	return check_open_head(&showing->checkpoint, &epoch, region,
		   proof->checkpoint) == OK &&
	       take_leaf(showing) &&
	       tlog_inclusion_is_valid(&proof->inclusion, proof->index,
		   showing->checkpoint.size, &showing->leaf_hash,
		   &showing->checkpoint.root) &&
	       (showing->stamp.len == 0 ||
		   stamp_is_valid(showing->stamp.at, proof->node,
		       proof->seq + proof->hash_count, &head,
		       showing->home.keys.sign.public_key));
}

static int
tell_no_proof(const struct showing *showing, enum err err)
{
	if (err == ERR_NOTFOUND) {
		tell("Catatan %" PRIu64 " belum diterima wilayah (%s), jadi "
		     "belum ada tanda terimanya. Jalankan penghubung sampai "
		     "tersambung, lalu ulangi.",
		    "record %" PRIu64 " has not been received yet (%s): run "
		    "the daemon until it is connected, then try again",
		    showing->seq, record_state_word(showing->state));
		return RECEIPT_LATER_EXIT;
	}
	if (err == ERR_FULL)
		tell("Tanda terima catatan %" PRIu64
		     " terlalu panjang: lebih dari %u catatan sampai cap "
		     "berikutnya. Hubungi admin wilayah.",
		    "the receipt of record %" PRIu64
		    " is too long: more than %u records up to the next stamp",
		    showing->seq, PROOF_EVENTS_MAX);
	else
		tell("Tanda terima catatan %" PRIu64
		     " di disk ini rusak. Hubungi admin wilayah.",
		    "the receipt of record %" PRIu64
		    " on this disk is damaged: tell the regional admin",
		    showing->seq);
	return 1;
}

/* ---- on paper */

static void
put_fact(struct text_buf *out, const char *label, const char *value)
{
	text_buf_add(out, "%-*s %s\n", LABEL_WIDTH, label, value);
}

static void
put_number(struct text_buf *out, const char *label, uint64_t number)
{
	text_buf_add(out, "%-*s %" PRIu64 "\n", LABEL_WIDTH, label, number);
}

static void
put_hex(struct text_buf *out, struct bytes bytes)
{
	char hex[2 * LINE_BYTES + 1];

	while (bytes.len > 0) {
		size_t len = bytes.len < LINE_BYTES ? bytes.len : LINE_BYTES;

		hex_put(hex, bytes.at, len);
		text_buf_add(out, "  %s\n", hex);
		bytes = bytes_of(bytes.at + len, bytes.len - len);
	}
}

static void
put_hash(struct text_buf *out, const char *label, const struct hash *hash)
{
	text_buf_add(out, "%s\n", label);
	put_hex(out, bytes_of(hash->at, sizeof hash->at));
}

static void
put_hashes(struct text_buf *out, const char *label, const struct hash *hashes,
    unsigned count)
{
	text_buf_add(out, "%s (%u)\n", label, count);
	for (unsigned i = 0; i < count; i++)
		put_hex(out, bytes_of(hashes[i].at, sizeof hashes[i].at));
}

static const char *
word_id(const struct showing *showing)
{
	return showing->word < REJECT_COUNT ? reject_text_id(showing->word)
					    : "?";
}

static const char *
word_en(const struct showing *showing)
{
	return showing->word < REJECT_COUNT ? reject_text_en(showing->word)
					    : "?";
}

/* The leaf is the last event of the push; the hashes lead there. */
static void
put_claim_within(struct text_buf *out, const struct showing *showing)
{
	uint64_t last = showing->proof.seq + showing->proof.hash_count;

	text_buf_add(out,
	    "Yang terbukti: rantai catatan simpul ini sampai nomor %" PRIu64
	    ", dengan catatan\nini di dalamnya, ada di log wilayah dan tidak "
	    "dapat diubah tanpa ketahuan.\nBahwa catatan ini diambil dan "
	    "tidak ditolak ialah kata wilayah; ikrar verify\ndengan ekspor "
	    "log menyebut penolakannya bila ada.\n",
	    last);
	text_buf_add(out,
	    "(Proven: this node's chain up to record %" PRIu64
	    ", this record within it, stands\nin the region's log and cannot "
	    "be altered unseen. That this record was taken and\nnot refused "
	    "is the region's word; ikrar verify with an export of the log "
	    "names a\nrefusal.)\n\n",
	    last);
}

/* What the paper proves. */
static void
put_claim(struct text_buf *out, const struct showing *showing)
{
	const char *word =
	    showing->word < REJECT_COUNT ? reject_word(showing->word) : "?";

	text_buf_add(out, "TANDA TERIMA CATATAN / RECEIPT OF A RECORD\n\n");
	if (showing->state != RECORD_REFUSED && !showing->proof_is_of_record) {
		put_claim_within(out, showing);
		return;
	}
	if (showing->state != RECORD_REFUSED) {
		text_buf_add(out,
		    "Catatan ini ada di log wilayah dan tidak dapat dihapus "
		    "atau diubah\ntanpa ketahuan.\n(This record is in the "
		    "region's log; it cannot be removed or altered unseen.)\n"
		    "\n");
		return;
	}
	text_buf_add(out,
	    "DITOLAK / REFUSED (%s)\nWilayah menolak catatan ini: %s.\n(The "
	    "region refused this record: %s.)\n",
	    word, word_id(showing), word_en(showing));
	if (showing->proves_refusal)
		text_buf_add(out,
		    "Yang dibuktikan di sini ialah penolakannya. / What is "
		    "proven here is the refusal.\n\n");
	else
		text_buf_add(out,
		    "Bukti ini menunjukkan bahwa wilayah menerima kiriman "
		    "yang memuatnya.\n(This proves that the region got the "
		    "batch that held it.)\n\n");
}

static void
put_record(struct text_buf *out, const struct showing *showing)
{
	const struct home *home = &showing->home;
	const struct incident *sealed = event_sealed(&showing->event);
	char text[FACT_MAX], hex[NODE_HEX_SIZE], when[CALENDAR_TEXT_MAX];

	hex_put(hex, home->keys.id, sizeof home->keys.id);
	put_number(out, "Catatan / record", showing->seq);
	put_fact(out, "Simpul / node", hex);
	put_fact(out, "Wilayah", home->region.wilayah);
	put_fact(out, "Isi / what it is", facts_kind(&showing->event));
	facts_about(&showing->event, text);
	if (text[0] != '\0')
		put_fact(out, "", text);
	if (sealed != NULL)
		text_buf_add(out, "%-*s bagian tersegel %" PRIu32 " byte\n",
		    LABEL_WIDTH, "", sealed->blob_size);
	home_time(home, when, showing->event.recorded_at_ms);
	put_fact(out, "Dicatat / recorded", when);
	home_time(home, when, showing->leaf.received_at_ms);
	put_fact(out, "Diterima / received", when);
}

static void
put_log(struct text_buf *out, const struct showing *showing)
{
	const struct checkpoint *checkpoint = &showing->checkpoint;
	char vkey[NOTE_VKEY_MAX];

	note_vkey(vkey, checkpoint->origin, showing->home.region.log_key);
	put_fact(out, "Log / log origin", checkpoint->origin);
	put_number(out, "Nomor entri / entry index", showing->proof.index);
	put_number(out, "Ukuran log / log size", checkpoint->size);
	put_hash(out, "Akar log / root of the log's head", &checkpoint->root);
	text_buf_add(out, "Kunci log / log key\n  %s\n\n", vkey);
}

static void
put_proof(struct text_buf *out, const struct showing *showing)
{
	const struct record_proof *proof = &showing->proof;

	put_hash(out, "Sidik catatan / event hash", &showing->event_hash);
	put_hash(out,
	    "Rantai simpul sebelum catatan ini / chain before this record",
	    &proof->head_before);
	put_hashes(out,
	    "Sidik catatan berikutnya sampai cap / event hashes up to the "
	    "stamp",
	    proof->hashes, proof->hash_count);
	text_buf_add(out, "Cap simpul pada catatan %" PRIu64 " / stamp\n",
	    proof->seq + proof->hash_count);
	put_hex(out, showing->stamp);
	put_hash(out, "Sidik daun / leaf hash", &showing->leaf_hash);
	put_hashes(out, "Bukti di dalam log / inclusion proof",
	    proof->inclusion.at, proof->inclusion.count);
}

static void
put_how(struct text_buf *out, const char *file)
{
	text_buf_add(out,
	    "\nCara memeriksa: minta salinan log (ekspor) kepada wilayah atau "
	    "inspektorat,\nlalu, dengan berkas tanda terima dari pilihan "
	    "--out:\n  ikrar verify DIR %s\n(To verify: get an export of the "
	    "log, DIR, and the file made by --out.)\n",
	    file == NULL ? "BERKAS" : file);
}

/* ---- as a file */

/* Never over a file that is there. */
static enum err
write_file(const struct showing *showing, const char *path)
{
	struct text_buf text = {0};
	enum err err;

	record_proof_put(&text, &showing->proof);
	err = file_write_new(path, bytes_of(text.at, text.len), 0644);
	if (err == ERR_DUP)
		tell("--out: berkas %s tidak dapat dibuat (%s). Pilih nama "
		     "yang belum ada.",
		    "--out: file %s cannot be made (%s); choose a new name",
		    path, strerror(errno));
	else if (err != OK)
		tell("--out: berkas %s tidak dapat ditulis (%s).",
		    "--out: file %s cannot be written (%s)", path,
		    strerror(errno));
	text_buf_clear(&text);
	return err == OK ? OK : ERR_INVALID;
}

static int
print_receipt(struct showing *showing, const char *path)
{
	struct text_buf out = {0};

	if (path != NULL && write_file(showing, path) != OK)
		return 1;
	put_claim(&out, showing);
	put_record(&out, showing);
	put_log(&out, showing);
	put_proof(&out, showing);
	put_how(&out, path);
	home_say_drill(showing->home.region.drill);
	fputs(out.at, stdout);
	text_buf_clear(&out);
	if (path != NULL)
		printf("Ditulis / written: %s\n", path);
	return 0;
}

static int
show_receipt(struct showing *showing, const char *path)
{
	enum err err;

	if (load_record(showing) != OK)
		return 1;
	err = spool_record_proof(
	    showing->home.spool, showing->seq, &showing->proof);
	if (err == OK && !is_proven(showing))
		err = ERR_INVALID;
	return err == OK ? print_receipt(showing, path)
			 : tell_no_proof(showing, err);
}

int
receipt_print(const struct receipt_words *words, const char *seq)
{
	struct showing showing = {0};
	int exit_code;

	if (enter_seq(&showing.seq, seq) != OK ||
	    home_open(&showing.home, &words->home) != OK)
		return 1;
	exit_code = show_receipt(&showing, words->out);
	spool_row_done(showing.home.spool);
	home_close(&showing.home);
	return exit_code;
}
