/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the region said and has been verified waits in memory until spool_flush
 * (or spool_add) writes all of it in one commit. Losing it is harmless: a
 * fresh receipt for the same rows can always be had, and a head comes with
 * each answer.
 */
#include "node/spool.h"

#include "node/spool_inner.h"

#include "core/link.h"
#include "core/log.h"
#include "core/loop.h"

#include <stdlib.h>
#include <string.h>

enum {
	NOTE_EVERY_MS = 1000,
	HEAD_KEY_SIZE = 16,
	SEEN_SIZE = 16 + HASH_SIZE,
};

/* Room for one more in an array that doubles. */
static void *
grow(void *array, unsigned count, unsigned *cap, size_t size)
{
	if (count < *cap)
		return array;
	*cap = *cap == 0 ? 16 : *cap * 2;
	return xrealloc(array, *cap, size);
}

static struct bytes
head_key(uint8_t key[HEAD_KEY_SIZE], uint64_t epoch, uint64_t size)
{
	be64_put(key, epoch);
	be64_put(key + 8, size);
	return bytes_of(key, HEAD_KEY_SIZE);
}

void
spool_seen(struct db_txn *txn, struct spool_seen *seen)
{
	struct bytes value;

	*seen = (struct spool_seen){0};
	if (db_get(txn, SPOOL_META, bytes_of_text("seen"), &value) != OK ||
	    value.len != SEEN_SIZE)
		return;
	seen->epoch = be64_get(value.at);
	seen->size = be64_get(value.at + 8);
	memcpy(seen->root.at, value.at + 16, HASH_SIZE);
}

/* ---- taking */

static void
take_refused(struct spool_pending *pending, const struct refused_row *row)
{
	pending->refused = grow(pending->refused, pending->refused_count,
	    &pending->refused_cap, sizeof *pending->refused);
	pending->refused[pending->refused_count++] =
	    (struct pending_refused){row->seq, row->word};
}

void
spool_take_receipt(struct spool *spool, const struct receipt *receipt,
    struct bytes raw, uint64_t now_ms)
{
	struct spool_pending *pending = &spool->pending;

	pending->receipts = grow(pending->receipts, pending->receipt_count,
	    &pending->receipt_cap, sizeof *pending->receipts);
	pending->receipts[pending->receipt_count++] =
	    (struct pending_receipt){receipt->have, pending->raw.len, raw.len};
	text_buf_add_bytes(&pending->raw, raw.at, raw.len);
	for (uint32_t i = 0; i < receipt->refused_count; i++)
		take_refused(pending, &receipt->refused[i]);
	if (receipt->have > pending->receipted_seq)
		pending->receipted_seq = receipt->have;
	pending->receipt_ms = now_ms;
}

static bool
is_larger(const struct pending_head *head, const struct spool_seen *seen)
{
	if (head->epoch != seen->epoch)
		return head->epoch > seen->epoch;
	return head->head.size > seen->size;
}

static void
take_larger(struct spool_seen *seen, const struct pending_head *head)
{
	if (is_larger(head, seen))
		*seen = (struct spool_seen){
		    head->epoch, head->head.size, head->head.root};
}

void
spool_take_head(struct spool *spool, const struct checkpoint *head,
    uint64_t epoch, const char *text)
{
	struct spool_pending *pending = &spool->pending;
	struct pending_head *made;

	for (unsigned i = pending->head_count; i > 0; i--)
		if (pending->heads[i - 1].epoch == epoch &&
		    pending->heads[i - 1].head.size == head->size)
			return;
	pending->heads = grow(pending->heads, pending->head_count,
	    &pending->head_cap, sizeof *pending->heads);
	made = &pending->heads[pending->head_count++];
	made->epoch = epoch;
	made->head = *head;
	CHECK(text_copy(made->text, sizeof made->text, text));
	take_larger(&pending->largest, made);
}

static enum err
stored_root(
    struct spool *spool, uint64_t epoch, uint64_t size, struct hash *root)
{
	struct db_txn *txn = db_begin_read(spool->db);
	uint8_t key[HEAD_KEY_SIZE];
	struct bytes value;
	enum err err =
	    db_get(txn, SPOOL_HEAD, head_key(key, epoch, size), &value);

	if (err == OK && value.len < HASH_SIZE)
		err = ERR_NOTFOUND;
	if (err == OK)
		memcpy(root->at, value.at, HASH_SIZE);
	db_abort(txn);
	return err;
}

enum err
spool_head_root(
    struct spool *spool, uint64_t epoch, uint64_t size, struct hash *root)
{
	const struct spool_pending *pending = &spool->pending;

	for (unsigned i = pending->head_count; i > 0; i--) {
		const struct pending_head *it = &pending->heads[i - 1];

		if (it->epoch != epoch || it->head.size != size)
			continue;
		*root = it->head.root;
		return OK;
	}
	return stored_root(spool, epoch, size, root);
}

enum err
spool_largest_head(struct spool *spool, uint64_t epoch, struct checkpoint *head)
{
	const struct spool_seen *pending = &spool->pending.largest;
	struct db_txn *txn = db_begin_read(spool->db);
	struct spool_seen seen;

	spool_seen(txn, &seen);
	db_abort(txn);
	if (pending->epoch > seen.epoch ||
	    (pending->epoch == seen.epoch && pending->size > seen.size))
		seen = *pending;
	if (seen.epoch != epoch || seen.size == 0)
		return ERR_NOTFOUND;
	*head = (struct checkpoint){.size = seen.size, .root = seen.root};
	return OK;
}

/* ---- writing */

static void
write_receipts(struct spool_pending *pending, struct db_txn *txn)
{
	uint8_t key[SPOOL_KEY_SIZE];

	for (unsigned i = 0; i < pending->receipt_count; i++)
		db_put(txn, SPOOL_RECEIPT,
		    spool_key(key, pending->receipts[i].have),
		    bytes_of(pending->raw.at + pending->receipts[i].at,
			pending->receipts[i].len));
	for (unsigned i = 0; i < pending->refused_count; i++) {
		enum reject word = pending->refused[i].word;
		const char *text =
		    word < REJECT_COUNT ? reject_word(word) : "?";

		db_put(txn, SPOOL_REFUSED,
		    spool_key(key, pending->refused[i].seq),
		    bytes_of_text(text));
	}
	if (pending->receipt_count == 0)
		return;
	if (pending->receipted_seq > spool_number(txn, SPOOL_META, "receipted"))
		spool_put_number(
		    txn, SPOOL_META, "receipted", pending->receipted_seq);
	spool_put_number(txn, SPOOL_META, "receipt-ms", pending->receipt_ms);
}

static void
write_head(struct db_txn *txn, const struct pending_head *head)
{
	uint8_t key[HEAD_KEY_SIZE];
	size_t len = strlen(head->text);
	uint8_t *at = db_reserve(txn, SPOOL_HEAD,
	    head_key(key, head->epoch, head->head.size), HASH_SIZE + len,
	    false);

	if (at == NULL)
		return;
	memcpy(at, head->head.root.at, HASH_SIZE);
	memcpy(at + HASH_SIZE, head->text, len);
}

static void
write_heads(struct spool_pending *pending, struct db_txn *txn)
{
	struct spool_seen seen;
	uint8_t at[SEEN_SIZE];

	spool_seen(txn, &seen);
	for (unsigned i = 0; i < pending->head_count; i++) {
		write_head(txn, &pending->heads[i]);
		take_larger(&seen, &pending->heads[i]);
	}
	if (pending->head_count == 0)
		return;
	be64_put(at, seen.epoch);
	be64_put(at + 8, seen.size);
	memcpy(at + 16, seen.root.at, HASH_SIZE);
	db_put(txn, SPOOL_META, bytes_of_text("seen"), bytes_of(at, sizeof at));
}

static void
write_live(const struct spool_live *live, struct db_txn *txn)
{
	spool_put_number(txn, SPOOL_LIVE, "contact", live->contact_ms);
	spool_put_number(
	    txn, SPOOL_LIVE, "offset", (uint64_t)live->clock_offset_ms);
	spool_put_number(txn, SPOOL_LIVE, "sent", live->sent_seq);
	spool_put_number(txn, SPOOL_LIVE, "state", live->link_state);
	spool_put_number(txn, SPOOL_LIVE, "unknown", live->is_unknown);
	spool_put_number(txn, SPOOL_LIVE, "halted", live->halted);
	spool_put_number(txn, SPOOL_LIVE, "busy-until", live->busy_until_ms);
	spool_put_number(txn, SPOOL_LIVE, "busy-word", live->busy_word);
	spool_lacks_write(&live->lacks, txn);
}

void
spool_keep_write(struct spool *spool, struct db_txn *txn)
{
	write_receipts(&spool->pending, txn);
	write_heads(&spool->pending, txn);
	if (spool->live.is_dirty)
		write_live(&spool->live, txn);
	spool_slices_write(spool, txn);
}

void
spool_keep_done(struct spool *spool)
{
	struct spool_pending *pending = &spool->pending;

	pending->receipt_count = pending->refused_count = 0;
	pending->head_count = 0;
	pending->largest = (struct spool_seen){0};
	pending->receipted_seq = 0;
	pending->raw.len = 0;
	if (spool->live.is_dirty)
		spool->live.written_ms = loop_monotonic_ms();
	spool->live.is_dirty = spool->live.is_urgent = false;
	spool_slices_done(spool);
}

void
spool_keep_clear(struct spool *spool)
{
	struct spool_pending *pending = &spool->pending;

	free(pending->receipts);
	free(pending->refused);
	free(pending->heads);
	text_buf_clear(&pending->raw);
}

bool
spool_is_dirty(const struct spool *spool)
{
	const struct spool_live *live = &spool->live;

	if (spool->pending.receipt_count > 0 || spool->pending.head_count > 0 ||
	    spool->slices.has_roster || spool->slices.has_campaigns)
		return true;
	return live->is_dirty &&
	       (live->is_urgent ||
		   loop_monotonic_ms() - live->written_ms >= NOTE_EVERY_MS);
}

enum err
spool_flush(struct spool *spool)
{
	struct db_txn *txn;
	enum err err;

	if (!spool_is_dirty(spool))
		return OK;
	txn = db_begin(spool->db);
	spool_keep_write(spool, txn);
	err = db_commit(txn);
	if (err == OK)
		spool_keep_done(spool);
	return err;
}

enum err
spool_receipt(struct spool *spool, uint64_t seq, struct bytes *raw)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes found, value;
	enum err err;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	spool->cursor = db_cursor_open(spool->held, SPOOL_RECEIPT);
	err = db_seek(spool->cursor, spool_key(key, seq), &found, &value);
	if (err == OK)
		*raw = value;
	else
		spool_row_done(spool);
	return err;
}

enum err
spool_blob(struct spool *spool, uint64_t seq, struct bytes *blob)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;
	enum err err;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	err = db_get(spool->held, SPOOL_BLOB, spool_key(key, seq), &value);
	if (err == OK)
		*blob = value;
	else
		spool_row_done(spool);
	return err;
}

/* ---- evidence */

/* Value: u64 noted_ms | u64 from_size | u16 length | text | proof. */
enum { EVIDENCE_FIXED = 8 + 8 + 2 };

static bool
evidence_of(struct bytes value, struct spool_evidence *evidence)
{
	size_t len;

	if (value.len < EVIDENCE_FIXED)
		return false;
	len = be16_get(value.at + 16);
	if (len >= sizeof evidence->text || len > value.len - EVIDENCE_FIXED)
		return false;
	*evidence = (struct spool_evidence){
	    .noted_ms = be64_get(value.at),
	    .from_size = be64_get(value.at + 8),
	    .consistency = bytes_of(value.at + EVIDENCE_FIXED + len,
		value.len - EVIDENCE_FIXED - len),
	};
	memcpy(evidence->text, value.at + EVIDENCE_FIXED, len);
	return true;
}

static void
put_evidence(
    struct db_txn *txn, uint64_t n, const struct spool_evidence *evidence)
{
	size_t len = strlen(evidence->text);
	uint8_t key[SPOOL_KEY_SIZE];
	uint8_t *at = db_reserve(txn, SPOOL_EVIDENCE, spool_key(key, n),
	    EVIDENCE_FIXED + len + evidence->consistency.len, true);

	if (at == NULL)
		return; /* db_commit tells */
	be64_put(at, evidence->noted_ms);
	be64_put(at + 8, evidence->from_size);
	be16_put(at + 16, (uint16_t)len);
	at += EVIDENCE_FIXED;
	memcpy(at, evidence->text, len);
	if (evidence->consistency.len > 0)
		memcpy(at + len, evidence->consistency.at,
		    evidence->consistency.len);
}

/* A daemon that is started again is shown the same head again. */
static bool
is_known_evidence(
    struct db_txn *txn, uint64_t count, const struct spool_evidence *evidence)
{
	struct spool_evidence known;
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;

	for (uint64_t n = 0; n < count; n++)
		if (db_get(txn, SPOOL_EVIDENCE, spool_key(key, n), &value) ==
			OK &&
		    evidence_of(value, &known) &&
		    strcmp(known.text, evidence->text) == 0)
			return true;
	return false;
}

void
spool_keep_evidence(struct spool *spool, const struct spool_evidence *evidence)
{
	struct db_txn *txn = db_begin(spool->db);
	uint64_t count = db_count(txn, SPOOL_EVIDENCE);

	if (count >= SPOOL_EVIDENCE_MAX ||
	    is_known_evidence(txn, count, evidence)) {
		db_abort(txn);
		return;
	}
	put_evidence(txn, count, evidence);
	if (db_commit(txn) != OK)
		log_warnx("spool-evidence-lost dir=%s", spool->dir);
}

enum err
spool_evidence(struct spool *spool, unsigned n, struct spool_evidence *evidence)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;
	enum err err;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	err = db_get(spool->held, SPOOL_EVIDENCE, spool_key(key, n), &value);
	if (err == OK && !evidence_of(value, evidence))
		err = ERR_NOTFOUND;
	if (err != OK)
		spool_row_done(spool);
	return err;
}

/* ---- notes */

void
spool_note_contact(
    struct spool *spool, uint64_t now_ms, int64_t clock_offset_ms)
{
	spool->live.contact_ms = now_ms;
	spool->live.clock_offset_ms = clock_offset_ms;
	spool->live.is_dirty = true;
}

void
spool_note_link(struct spool *spool, uint32_t link_state, enum reject halted)
{
	if (spool->live.link_state == link_state &&
	    spool->live.halted == halted)
		return;
	spool->live.link_state = link_state;
	if (link_state == LINK_UNKNOWN || link_state == LINK_READY)
		spool->live.is_unknown = link_state == LINK_UNKNOWN;
	spool->live.halted = halted;
	spool->live.is_dirty = spool->live.is_urgent = true;
}

void
spool_note_sent(struct spool *spool, uint64_t seq)
{
	if (spool->live.sent_seq == seq)
		return;
	spool->live.sent_seq = seq;
	spool->live.is_dirty = true;
}

void
spool_live_read(struct spool *spool)
{
	struct spool_status status;

	spool_status(spool, &status);
	spool->live = (struct spool_live){
	    .contact_ms = status.last_contact_ms,
	    .sent_seq = status.sent_seq,
	    .clock_offset_ms = status.clock_offset_ms,
	    .link_state = status.link_state,
	    .is_unknown = status.is_unknown,
	    .halted = status.halted,
	    .busy_until_ms = status.busy_until_ms,
	    .busy_word = status.busy_word,
	};
}

void
spool_status(struct spool *spool, struct spool_status *status)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct spool_status made = {0};
	struct spool_seen seen;

	spool_seen(txn, &seen);
	made.last_seq = spool_last_seq(txn);
	made.receipted_seq = spool_number(txn, SPOOL_META, "receipted");
	made.sent_seq = spool_number(txn, SPOOL_LIVE, "sent");
	made.refused_count = db_count(txn, SPOOL_REFUSED);
	made.marked_count = db_count(txn, SPOOL_MARK);
	made.last_recorded_ms = spool_number(txn, SPOOL_META, "recorded");
	made.last_receipt_ms = spool_number(txn, SPOOL_META, "receipt-ms");
	made.last_contact_ms = spool_number(txn, SPOOL_LIVE, "contact");
	made.clock_offset_ms = (int64_t)spool_number(txn, SPOOL_LIVE, "offset");
	made.seen_epoch = seen.epoch;
	made.seen_size = seen.size;
	made.told_epoch = spool_number(txn, SPOOL_META, "told-epoch");
	made.told_size = spool_number(txn, SPOOL_META, "told-size");
	made.roster_version = spool_number(txn, SPOOL_META, "roster");
	made.campaign_version = spool_number(txn, SPOOL_META, "campaigns");
	made.recipients_version =
	    spool_number(txn, SPOOL_META, "recipients-version");
	made.recipients_refused =
	    spool_number(txn, SPOOL_META, "recipients-refused");
	made.epoch = spool_number(txn, SPOOL_META, "epoch");
	made.recovered_entries =
	    spool_number(txn, SPOOL_META, "recovered-entries");
	made.recovered_ms = spool_number(txn, SPOOL_META, "recovered-ms");
	made.again_seq = spool_number(txn, SPOOL_META, "again");
	made.evidence_count = db_count(txn, SPOOL_EVIDENCE);
	made.link_state = (uint32_t)spool_number(txn, SPOOL_LIVE, "state");
	made.is_unknown = spool_number(txn, SPOOL_LIVE, "unknown") != 0;
	made.halted = (enum reject)spool_number(txn, SPOOL_LIVE, "halted");
	made.busy_until_ms = spool_number(txn, SPOOL_LIVE, "busy-until");
	made.busy_word =
	    (enum reject)spool_number(txn, SPOOL_LIVE, "busy-word");
	db_abort(txn);
	*status = made;
}
