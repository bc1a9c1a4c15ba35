/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a clerk does about refused rows, and what the region and the disk told
 * that a clerk is to know.
 */
#include "node/spool_inner.h"

#include "core/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

enum { MIB = 1024 * 1024, MARK_FIXED = 1 + 8 + 8, LACKS_SIZE_MAX = 512 };

/* ---- marks: u8 kind | u64 at_ms | u64 retried_as | reason */

void
spool_mark_write(
    struct db_txn *txn, uint64_t seq, const struct spool_mark *mark)
{
	size_t len = strlen(mark->reason);
	uint8_t key[SPOOL_KEY_SIZE];
	uint8_t *at = db_reserve(
	    txn, SPOOL_MARK, spool_key(key, seq), MARK_FIXED + len, false);

	if (at == NULL)
		return; /* db_commit tells */
	at[0] = (uint8_t)mark->kind;
	be64_put(at + 1, mark->at_ms);
	be64_put(at + 9, mark->retried_as);
	memcpy(at + MARK_FIXED, mark->reason, len);
}

void
spool_mark_find(struct db_txn *txn, uint64_t seq, struct spool_mark *mark)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;

	*mark = (struct spool_mark){0};
	if (db_get(txn, SPOOL_MARK, spool_key(key, seq), &value) != OK ||
	    value.len < MARK_FIXED || value.at[0] > QUARANTINE_DROPPED)
		return;
	mark->kind = (enum quarantine_mark)value.at[0];
	mark->at_ms = be64_get(value.at + 1);
	mark->retried_as = be64_get(value.at + 9);
	snprintf(mark->reason, sizeof mark->reason, "%.*s",
	    (int)(value.len - MARK_FIXED), (const char *)value.at + MARK_FIXED);
}

void
spool_mark_of(struct spool *spool, uint64_t seq, struct spool_mark *mark)
{
	struct db_txn *txn = db_begin_read(spool->db);

	spool_mark_find(txn, seq, mark);
	db_abort(txn);
}

enum err
spool_drop(
    struct spool *spool, uint64_t seq, const char *reason, uint64_t now_ms)
{
	struct spool_mark mark = {.kind = QUARANTINE_DROPPED, .at_ms = now_ms};
	struct spool_mark before;
	struct spool_row row;
	struct db_txn *txn;
	enum err err = spool_row(spool, seq, &row);

	spool_row_done(spool);
	if (err != OK || row.state != RECORD_REFUSED ||
	    !text_copy(mark.reason, sizeof mark.reason, reason))
		return ERR_INVALID;
	txn = db_begin(spool->db);
	spool_mark_find(txn, seq, &before);
	if (before.kind != QUARANTINE_OPEN) {
		db_abort(txn);
		return ERR_DUP;
	}
	spool_mark_write(txn, seq, &mark);
	return db_commit(txn);
}

/* ---- room */

uint64_t
spool_free_bytes(struct spool *spool)
{
	uint64_t used = db_used_bytes(spool->db);
	uint64_t in_map = used < spool->map_bytes ? spool->map_bytes - used : 0;
	struct statvfs fs;
	uint64_t on_disk;

	if (statvfs(spool->dir, &fs) != 0) {
		log_warn("spool-disk-unknown dir=%s", spool->dir);
		return 0;
	}
	on_disk = (uint64_t)fs.f_bavail * fs.f_frsize;
	return on_disk < in_map ? on_disk : in_map;
}

/* The last room is for incidents, withdrawals and the node's own reports: a
 * pledge is on paper as well. */
uint64_t
spool_needed_bytes(const struct event *event)
{
	bool is_pledge = event->kind == EVENT_PLEDGE_MADE ||
			 (event->kind == EVENT_CORRECTED &&
			     event->corrected.kind == EVENT_PLEDGE_MADE);

	return (uint64_t)MIB *
	       (is_pledge ? SPOOL_WARN_FREE_MIB : SPOOL_LEAST_FREE_MIB);
}

/* ---- what the region said */

/* Nothing, unless it was said to this process.
 * u64 said_ms | u8 count | count times (u8 length, campaign, u32, u32) */
void
spool_lacks_write(const struct spool_lacks *lacks, struct db_txn *txn)
{
	uint8_t at[LACKS_SIZE_MAX];
	size_t used = 9;

	if (lacks->said_ms == 0)
		return;
	be64_put(at, lacks->said_ms);
	at[8] = (uint8_t)lacks->count;
	for (uint32_t i = 0; i < lacks->count; i++) {
		const struct lack *row = &lacks->rows[i];
		size_t len = strlen(row->campaign);

		at[used++] = (uint8_t)len;
		memcpy(at + used, row->campaign, len);
		used += len;
		be32_put(at + used, row->expected);
		be32_put(at + used + 4, row->pledged);
		used += 8;
	}
	db_put(txn, SPOOL_LIVE, bytes_of_text("lacks"), bytes_of(at, used));
}

static bool
lack_of(struct bytes *rest, struct lack *row)
{
	size_t len = rest->len > 0 ? rest->at[0] : 0;

	if (len == 0 || len >= sizeof row->campaign || rest->len < 1 + len + 8)
		return false;
	*row = (struct lack){.expected = be32_get(rest->at + 1 + len),
	    .pledged = be32_get(rest->at + 1 + len + 4)};
	memcpy(row->campaign, rest->at + 1, len);
	*rest = bytes_of(rest->at + 1 + len + 8, rest->len - 1 - len - 8);
	return true;
}

void
spool_lacks(struct spool *spool, struct spool_lacks *lacks)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct bytes value;

	*lacks = (struct spool_lacks){0};
	if (db_get(txn, SPOOL_LIVE, bytes_of_text("lacks"), &value) == OK &&
	    value.len >= 9 && value.at[8] <= LACKS_MAX) {
		struct bytes rest = bytes_of(value.at + 9, value.len - 9);

		lacks->said_ms = be64_get(value.at);
		while (lacks->count < value.at[8] &&
		       lack_of(&rest, &lacks->rows[lacks->count]))
			lacks->count++;
	}
	db_abort(txn);
}

void
spool_note_lacks(struct spool *spool, const struct spool_lacks *lacks)
{
	spool->live.lacks = *lacks;
	spool->live.is_dirty = true;
}

void
spool_note_busy(struct spool *spool, uint64_t until_ms, enum reject word)
{
	if (spool->live.busy_until_ms == until_ms &&
	    spool->live.busy_word == word)
		return;
	spool->live.busy_until_ms = until_ms;
	spool->live.busy_word = word;
	spool->live.is_dirty = spool->live.is_urgent = true;
}
