/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of node/spool.h, for its files: spool.c (rows in),
 * spool_read.c (rows out), spool_keep.c (what came from the region, and the
 * notes), spool_desk.c (what a
 * clerk does and is told), spool_slice.c (roster and campaigns),
 * spool_recipients.c and spool_proof.c (receipts of single records). Nobody
 * else includes it.
 */
#ifndef NODE_SPOOL_INNER_H
#define NODE_SPOOL_INNER_H

#include "core/db.h"
#include "node/spool.h"

enum spool_table {
	SPOOL_ROW,      /* seq -> row */
	SPOOL_RECEIPT,  /* have -> the message as it came */
	SPOOL_HEAD,     /* epoch, size -> root, text */
	SPOOL_REFUSED,  /* seq -> word */
	SPOOL_META,     /* what must be right */
	SPOOL_LIVE,     /* what the daemon last said of itself */
	SPOOL_UNIT,     /* code -> unit */
	SPOOL_CAMPAIGN, /* id -> campaign */
	SPOOL_BLOB,     /* seq -> the sealed part of that row */
	SPOOL_EVIDENCE, /* number -> a head that was refused */
	SPOOL_LOST,     /* epoch, have -> a receipt from before a recovery */
	SPOOL_MARK,     /* seq -> what a person did about a refused row */
};

/* A row: event hash(32) | head(32) | u8 s | stamp (s = 0 or 96) | event. */
enum { SPOOL_ROW_FIXED = HASH_SIZE + HASH_SIZE + 1, SPOOL_KEY_SIZE = 8 };

/* A head as the rows are stamped with it. */
struct spool_seen {
	uint64_t epoch, size;
	struct hash root;
};

/* Verified, not yet written. */
struct spool_pending {
	struct pending_receipt {
		uint64_t have;
		size_t at, len; /* in `raw` */
	} * receipts;
	unsigned receipt_count, receipt_cap;
	struct text_buf raw;
	struct pending_refused {
		uint64_t seq;
		enum reject word;
	} * refused;
	unsigned refused_count, refused_cap;
	struct pending_head {
		uint64_t epoch;
		struct checkpoint head;
		char text[CHECKPOINT_MAX];
	} * heads;
	unsigned head_count, head_cap;
	struct spool_seen largest; /* of the heads */
	uint64_t receipted_seq, receipt_ms;
};

struct spool_live {
	uint64_t contact_ms, sent_seq;
	int64_t clock_offset_ms;
	uint32_t link_state;
	bool is_unknown;
	enum reject halted;
	uint64_t busy_until_ms;
	enum reject busy_word;
	struct spool_lacks lacks;
	bool is_dirty;  /* a note has changed since it was written */
	bool is_urgent; /* it does not wait for its second */
	uint64_t written_ms;
};

struct spool_slices {
	struct unit_row *units;
	size_t unit_count, unit_cap;
	uint64_t roster_version;
	bool has_roster; /* to be written */
	struct campaign_row *campaigns;
	unsigned campaign_count;
	uint64_t campaign_version;
	bool has_campaigns;
};

struct spool {
	struct db *db;
	char *dir; /* of the database */
	uint64_t map_bytes;
	const struct node_keys *keys;
	char wilayah[WILAYAH_MAX];
	struct db_txn *held; /* until spool_row_done */
	struct db_cursor *cursor;
	struct spool_proof *proof;
	uint8_t *packed[2];
	struct spool_pending pending;
	struct spool_live live;
	struct spool_slices slices;
};

struct bytes spool_key(uint8_t key[SPOOL_KEY_SIZE], uint64_t seq);
/* A number of SPOOL_META or SPOOL_LIVE; 0 if it is not there. */
uint64_t spool_number(struct db_txn *txn, int table, const char *name);
void spool_put_number(
    struct db_txn *txn, int table, const char *name, uint64_t value);
uint64_t spool_last_seq(struct db_txn *txn);
/* ERR_NOTFOUND; ERR_INVALID: damaged, logged. */
enum err spool_find_row(struct spool *spool, struct db_txn *txn, uint64_t seq,
    struct spool_row *row) MUST_CHECK;
enum err spool_damaged(const struct spool *spool, uint64_t seq);
/* The largest head written so far. */
void spool_seen(struct db_txn *txn, struct spool_seen *seen);

/* The pending things into a transaction; forgotten once it is committed. */
void spool_keep_write(struct spool *spool, struct db_txn *txn);
void spool_keep_done(struct spool *spool);
void spool_keep_clear(struct spool *spool);
/* The notes as they were written last. */
void spool_live_read(struct spool *spool);
void spool_lacks_write(const struct spool_lacks *lacks, struct db_txn *txn);
void spool_mark_find(struct db_txn *txn, uint64_t seq, struct spool_mark *mark);
/* Into the transaction that adds row `retried_as`. */
void spool_mark_write(
    struct db_txn *txn, uint64_t seq, const struct spool_mark *mark);
void spool_slices_write(struct spool *spool, struct db_txn *txn);
void spool_slices_done(struct spool *spool);
void spool_slices_clear(struct spool *spool);

#endif
