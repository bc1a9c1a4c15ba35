/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node's own record of all that it ever wrote, in DIR/spool: numbered,
 * chained, stamped and synced before anyone is told. Rows are never deleted.
 * A command and the running daemon may both have it open.
 *
 * Beside the rows it keeps every verified receipt, every region head that was
 * verified, those that contradicted them, and the node's slice of the roster
 * and the campaigns.
 */
#ifndef NODE_SPOOL_H
#define NODE_SPOOL_H

#include "model/message.h"
#include "model/wire.h"
#include "node/keys.h"
#include "trust/proof.h"

enum {
	SPOOL_STAMP_EVERY = 64, /* rows at most from stamp to stamp */
	/* Free on the disk, and in the map. */
	SPOOL_WARN_FREE_MIB = 64, /* pledges are refused below */
	SPOOL_LEAST_FREE_MIB = 8, /* all else too */
};

struct spool;

struct spool_options {
	const char *dir; /* the node's DIR */
	const struct node_keys *keys;
	const char *wilayah; /* of the node: stands in each event */
	uint64_t map_bytes;  /* 0: 1 GiB (256 MiB on 32 bit) */
	bool create;
};

/* ERR_NOTFOUND: no spool and not `create`; ERR_IO, ERR_INVALID are logged. */
enum err spool_open(
    struct spool **spool, const struct spool_options *options) MUST_CHECK;
void spool_close(struct spool *spool);

/*
 * Stores events in one commit, the last one stamped, and at least every
 * SPOOL_STAMP_EVERY-th. The caller fills kind
 * and body; version, node, seq, recorded_at (incidents: the full hour),
 * wilayah and seen_* are filled here, in place. On OK all are on disk under
 * the numbers events[0].seq .. ERR_FULL: no room (nothing was stored);
 * ERR_INVALID: an event does not pass event_check (*why says it), or is over
 * 4,096 bytes from a collector; nothing was stored.
 */
enum err spool_add(struct spool *spool, struct event *events, unsigned count,
    uint64_t now_ms, enum reject *why) MUST_CHECK;

/* The same for one event with a sealed part, which spool_add refuses: the blob
 * is on disk in the same commit and travels with the row. The event's blob_hash
 * and blob_size are of this blob (ERR_INVALID, REJECT_NOT_SEALED otherwise). */
enum err spool_add_sealed(struct spool *spool, struct event *event,
    struct bytes blob, uint64_t now_ms, enum reject *why) MUST_CHECK;

enum record_state {
	RECORD_STORED,    /* tersimpan: on this disk */
	RECORD_SENT,      /* terkirim: pushed by the running daemon */
	RECORD_RECEIPTED, /* diterima: a verified receipt covers it */
	RECORD_REFUSED,   /* ditolak: with a word, proven in the log */
};
const char *record_state_word(enum record_state state); /* tersimpan, ... */

struct spool_row {
	uint64_t seq;
	struct bytes event; /* until spool_row_done */
	struct hash event_hash;
	struct hash head;   /* of the chain at this row */
	struct bytes stamp; /* 0 or 96 bytes */
	enum record_state state;
	enum reject word; /* of a refused row */
};
/* Reads one row; it lives until spool_row_done. ERR_NOTFOUND. */
enum err spool_row(
    struct spool *spool, uint64_t seq, struct spool_row *row) MUST_CHECK;
void spool_row_done(struct spool *spool);

/* What a person did about a refused row. The row itself stays. */
enum quarantine_mark {
	QUARANTINE_OPEN,    /* nothing yet */
	QUARANTINE_RETRIED, /* recorded again as another row */
	QUARANTINE_DROPPED, /* set aside for good */
};
struct spool_mark {
	enum quarantine_mark kind;
	uint64_t at_ms;
	uint64_t retried_as;
	char reason[CODE_MAX]; /* of a drop */
};
void spool_mark_of(struct spool *spool, uint64_t seq, struct spool_mark *mark);
/* Both take a refused row only once: ERR_DUP. Other rows: ERR_INVALID. */
enum err spool_drop(struct spool *spool, uint64_t seq, const char *reason,
    uint64_t now_ms) MUST_CHECK;
/* The event of row `seq` as a new row, with its sealed part, and the mark, in
 * one commit. Else as spool_add. */
enum err spool_retry(struct spool *spool, uint64_t seq, struct event *event,
    uint64_t now_ms, enum reject *why) MUST_CHECK;

/* Bytes that are left for rows: on the disk or in the map, what is less. */
uint64_t spool_free_bytes(struct spool *spool);
/* What must be free before an event of this kind is taken. */
uint64_t spool_needed_bytes(const struct event *event);

/* What the region said last that it lacks from this node's wilayah. */
struct spool_lacks {
	uint64_t said_ms; /* by this node's clock; 0: never */
	uint32_t count;
	struct lack rows[LACKS_MAX];
};
void spool_lacks(struct spool *spool, struct spool_lacks *lacks);
void spool_note_lacks(struct spool *spool, const struct spool_lacks *lacks);
/* The region asked to come back by `until_ms` (0: it did not), for it is busy
 * or its clock is looked at. */
void spool_note_busy(struct spool *spool, uint64_t until_ms, enum reject word);

struct spool_status {
	uint64_t last_seq;
	uint64_t receipted_seq;
	uint64_t sent_seq; /* as the daemon last said; a hint */
	uint64_t refused_count;
	uint64_t marked_count; /* of them retried or dropped */
	uint64_t last_recorded_ms, last_receipt_ms, last_contact_ms;
	int64_t clock_offset_ms; /* region minus node, at the last contact */
	uint64_t seen_epoch, seen_size; /* largest verified region head */
	uint64_t told_epoch, told_size; /* the one that the last row has seen */
	uint64_t roster_version, campaign_version;
	uint64_t recipients_version, recipients_refused;
	uint64_t evidence_count; /* heads that contradict those kept */
	uint32_t link_state;     /* enum link_state, as the daemon last said */
	bool is_unknown; /* the region let us in no more, and not again since */
	enum reject halted; /* why the uplink stopped for a person, or none */
	/* After a recovery of the region's log, else 0: the epoch it is in, its
	 * entries that stood, when this was heard; and the last row that had
	 * had a receipt. An alarm until receipted_seq is there again. */
	uint64_t epoch, recovered_entries, recovered_ms, again_seq;
	uint64_t busy_until_ms; /* 0: the region is not busy */
	enum reject busy_word;  /* busy or clock */
};
void spool_status(struct spool *spool, struct spool_status *status);
/* The uplink's notes for `status`; not synced by itself more than once a
 * second. */
void spool_note_contact(
    struct spool *spool, uint64_t now_ms, int64_t clock_offset_ms);
void spool_note_link(
    struct spool *spool, uint32_t link_state, enum reject halted);
void spool_note_sent(struct spool *spool, uint64_t seq);

/* The largest batch that starts at `first`, ends on a stamped row and fits:
 * fills `push` and `body` (PUSH_BODY_MAX bytes, sealed parts behind the
 * events). ERR_NOTFOUND: no row there. */
enum err spool_batch(struct spool *spool, uint64_t first, struct push *push,
    uint8_t *body, size_t *body_len) MUST_CHECK;
/* The batch that ends at the stamped row span.last and begins as far back as
 * fits, but not before span.first: what a fresh receipt is asked with. */
struct spool_span {
	uint64_t first, last;
};
enum err spool_batch_back(struct spool *spool, struct spool_span span,
    struct push *push, uint8_t *body, size_t *body_len) MUST_CHECK;
/* The chain's head at `seq` (0: before the first row). */
enum err spool_head(
    struct spool *spool, uint64_t seq, struct hash *head) MUST_CHECK;

/* What has been verified and is to be kept; one commit takes all that came
 * in a turn. The receipt's bytes are kept as they came. */
void spool_take_receipt(struct spool *spool, const struct receipt *receipt,
    struct bytes raw, uint64_t now_ms);
void spool_take_head(struct spool *spool, const struct checkpoint *head,
    uint64_t epoch, const char *text);
/* The root of the verified head of that size. ERR_NOTFOUND: there is none. */
enum err spool_head_root(struct spool *spool, uint64_t epoch, uint64_t size,
    struct hash *root) MUST_CHECK;
/* The largest verified head of that epoch, its size and root. ERR_NOTFOUND:
 * there is none. */
enum err spool_largest_head(
    struct spool *spool, uint64_t epoch, struct checkpoint *head) MUST_CHECK;

/* The same, not larger than `size`; only what is on the disk already. */
enum err spool_largest_head_within(struct spool *spool, uint64_t epoch,
    uint64_t size, struct checkpoint *head) MUST_CHECK;
/* Its signed text. ERR_NOTFOUND: it is not on the disk. */
enum err spool_head_text(struct spool *spool, uint64_t epoch, uint64_t size,
    char text[CHECKPOINT_MAX]) MUST_CHECK;

/* The region's log was recovered from an older copy and goes on under another
 * epoch. Receipts of entries at or behind `kept_size` count no more (they are
 * kept as evidence, like the old heads), and their rows are to be pushed
 * again. ERR_FULL: nothing was changed. */
struct spool_recovery {
	uint64_t old_epoch, epoch;
	uint64_t entries;       /* of the log that stand, as it says itself */
	uint64_t kept_size;     /* largest head kept that is within those */
	struct checkpoint head; /* of the new epoch */
	const char *text;       /* signed */
	uint64_t now_ms;
};
enum err spool_recover(
    struct spool *spool, const struct spool_recovery *recovery) MUST_CHECK;
/* 0: that of the origin that the node joined. */
uint64_t spool_epoch(struct spool *spool);
/* For the next bundle: the size of the kept head that a recovered log must be
 * shown to continue; 0: the largest. Synced. */
enum err spool_keep_asked(struct spool *spool, uint64_t size) MUST_CHECK;
uint64_t spool_asked(struct spool *spool);

/* A signed head that contradicts a verified one: for the person who asks the
 * region what happened. The first SPOOL_EVIDENCE_MAX are kept, for ever. */
enum { SPOOL_EVIDENCE_MAX = 64 };
struct spool_evidence {
	uint64_t noted_ms;
	uint64_t from_size;       /* what it was said to continue */
	struct bytes consistency; /* with this proof */
	char text[CHECKPOINT_MAX];
};
/* Synced when it returns, unless the disk is full (logged). */
void spool_keep_evidence(
    struct spool *spool, const struct spool_evidence *evidence);
/* The n-th from 0; the proof lives until spool_row_done. ERR_NOTFOUND. */
enum err spool_evidence(struct spool *spool, unsigned n,
    struct spool_evidence *evidence) MUST_CHECK;

/* Is there anything that spool_flush would write? */
bool spool_is_dirty(const struct spool *spool);
/* ERR_FULL: no room; nothing is forgotten. spool_add flushes too. */
enum err spool_flush(struct spool *spool) MUST_CHECK;
/* The receipt that covers `seq`, as it came; lives until spool_row_done. */
enum err spool_receipt(
    struct spool *spool, uint64_t seq, struct bytes *raw) MUST_CHECK;
/* The sealed part of row `seq`; lives until spool_row_done. ERR_NOTFOUND. */
enum err spool_blob(
    struct spool *spool, uint64_t seq, struct bytes *blob) MUST_CHECK;
/* All that the receipt of one record holds; lives until spool_row_done. What
 * the region said was verified when it came. ERR_NOTFOUND: no receipt covers
 * the row; ERR_FULL: the stamp it covers is more than PROOF_EVENTS_MAX rows
 * behind; ERR_INVALID: damaged, logged. */
enum err spool_record_proof(
    struct spool *spool, uint64_t seq, struct record_proof *proof) MUST_CHECK;

/* The node's slice of the region's roster and campaigns, replaced whole: units
 * when the last part has come. */
void spool_take_units(struct spool *spool, const struct unit_row *rows,
    unsigned count, const struct slice *slice);
void spool_take_campaigns(struct spool *spool, const struct campaign_row *rows,
    unsigned count, uint64_t version);
enum err spool_unit(
    struct spool *spool, const char *code, struct unit_row *row) MUST_CHECK;
enum err spool_campaign(
    struct spool *spool, const char *id, struct campaign_row *row) MUST_CHECK;

/*
 * Whom to seal to. `pinned` is the fingerprint that the invitation (or a
 * person at the telephone) gave; a set is taken only if it has it, or if it is
 * the next version and signed by a recipient of the set in force.
 */
enum { RECIPIENTS_PIN_SIZE = 16 };
struct spool_recipients {
	bool is_pinned;
	uint8_t pin[RECIPIENTS_PIN_SIZE]; /* head of a set's part.sha256 */
	uint64_t version;                 /* 0: none taken yet */
	unsigned count;
	struct recipient_row rows[RECIPIENTS_MAX];
	uint64_t refused_version; /* a later set that was not believed; 0 */
};
void spool_recipients(struct spool *spool, struct spool_recipients *set);
/* A person's word for the set that is to be taken; synced. Forgets a set that
 * was taken before. */
enum err spool_pin_recipients(
    struct spool *spool, const uint8_t pin[RECIPIENTS_PIN_SIZE]) MUST_CHECK;
/* What the region says is version `changed->part.version`. False: not
 * believed, noted as refused_version, and sealing goes on to the old set. */
bool spool_take_recipients(struct spool *spool, const char *origin,
    const struct recipients_changed *changed);

typedef void (*spool_unit_fn)(void *context, const struct unit_row *row);
void spool_each_unit(struct spool *spool, spool_unit_fn fn, void *context);
typedef void (*spool_campaign_fn)(
    void *context, const struct campaign_row *row);
void spool_each_campaign(
    struct spool *spool, spool_campaign_fn fn, void *context);

/* Wakes the daemon that runs on DIR, if one does; never blocks or fails. */
void spool_wake_daemon(const char *dir);

#endif
