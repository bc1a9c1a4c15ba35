/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows. The rules:
 *
 * - The number of a row is read in the transaction that writes it, so several
 *   processes may add at once.
 * - Each commit ends on a stamped row, and from stamp to stamp there is never
 *   more than one push can hold; so a batch can be cut at stamps alone.
 * - What was verified before (heads above all) goes into the same commit, so
 *   that a row says the largest head that was seen before it.
 */
#include "node/spool.h"

#include "node/spool_inner.h"

#include "core/log.h"
#include "trust/seal.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	MIB = 1024 * 1024,
	MAP_MIB = sizeof(void *) > 4 ? 1024 : 256,
	HOUR_MS = 3600 * 1000,
};

static const char *const tables[] = {"row", "receipt", "head", "refused",
    "meta", "live", "unit", "campaign", "blob", "evidence", "lost", "mark",
    NULL};

struct bytes
spool_key(uint8_t key[SPOOL_KEY_SIZE], uint64_t seq)
{
	be64_put(key, seq);
	return bytes_of(key, SPOOL_KEY_SIZE);
}

uint64_t
spool_number(struct db_txn *txn, int table, const char *name)
{
	struct bytes value;

	if (db_get(txn, table, bytes_of_text(name), &value) != OK ||
	    value.len != sizeof(uint64_t))
		return 0;
	return be64_get(value.at);
}

void
spool_put_number(
    struct db_txn *txn, int table, const char *name, uint64_t value)
{
	uint8_t at[sizeof value];

	be64_put(at, value);
	db_put(txn, table, bytes_of_text(name), bytes_of(at, sizeof at));
}

uint64_t
spool_last_seq(struct db_txn *txn)
{
	struct db_cursor *cursor = db_cursor_open(txn, SPOOL_ROW);
	struct bytes key, value;
	uint64_t last = 0;

	if (db_last(cursor, &key, &value) == OK && key.len == SPOOL_KEY_SIZE)
		last = be64_get(key.at);
	db_cursor_close(cursor);
	return last;
}

/* ---- open */

static enum err
check_owner(struct spool *spool, const struct spool_options *options)
{
	struct bytes name = bytes_of_text("node");
	struct bytes own = bytes_of(options->keys->id, NODE_ID_SIZE);
	struct db_txn *txn = db_begin_read(spool->db);
	struct bytes value;
	enum err err = db_get(txn, SPOOL_META, name, &value);
	bool is_own = err == OK && bytes_equal(value, own);

	db_abort(txn);
	if (err == OK && !is_own) {
		log_warnx("spool-refused dir=%s cause=\"it belongs to another "
			  "node\"",
		    spool->dir);
		return ERR_INVALID;
	}
	if (err == OK)
		return OK;
	txn = db_begin(spool->db);
	db_put(txn, SPOOL_META, name, own);
	err = db_commit(txn);
	return err == OK ? OK : ERR_IO;
}

enum err
spool_open(struct spool **spool, const struct spool_options *options)
{
	struct spool *made = xcalloc(1, sizeof *made);
	struct db_options db_options = {
	    .tables = tables, .create = options->create};
	char path[PATH_MAX];
	enum err err;

	CHECK(text_copy(made->wilayah, sizeof made->wilayah, options->wilayah));
	if (snprintf(path, sizeof path, "%s/spool", options->dir) >=
	    (int)sizeof path) {
		log_warnx("spool-refused cause=\"path too long\"");
		free(made);
		return ERR_IO;
	}
	made->dir = xstrdup(path);
	made->keys = options->keys;
	made->map_bytes = options->map_bytes;
	if (made->map_bytes == 0)
		made->map_bytes = (uint64_t)MAP_MIB * MIB;
	db_options.dir = made->dir;
	db_options.map_bytes = made->map_bytes;
	err = db_open(&made->db, &db_options);
	if (err == OK)
		err = check_owner(made, options);
	if (err != OK) {
		spool_close(made);
		return err;
	}
	for (unsigned i = 0; i < 2; i++)
		made->packed[i] = xcalloc(1, EVENT_MAX);
	spool_live_read(made);
	*spool = made;
	return OK;
}

void
spool_close(struct spool *spool)
{
	if (spool == NULL)
		return;
	spool_row_done(spool);
	spool_keep_clear(spool);
	spool_slices_clear(spool);
	db_close(spool->db);
	for (unsigned i = 0; i < 2; i++)
		free(spool->packed[i]);
	free(spool->dir);
	free(spool);
}

/* ---- add */

struct adding {
	struct spool *spool;
	struct db_txn *txn;
	uint64_t seq; /* of the last row given a number */
	struct hash head;
	struct spool_seen seen;
	uint64_t now_ms;
	unsigned packed;   /* which buffer holds the row that waits */
	size_t waiting;    /* its length; 0: none */
	unsigned run_rows; /* since the last stamp, with the one that waits */
	size_t run_bytes;
	struct bytes blob; /* of the one row; empty: none */
	uint64_t retry_of; /* the refused row that it repeats; 0: none */
};

/* What a collector records is small, whoever writes it. */
static size_t
size_limit(enum event_kind kind)
{
	switch (kind) {
	case EVENT_PLEDGE_MADE:
	case EVENT_INCIDENT_REPORTED:
	case EVENT_CORRECTED:
	case EVENT_WITHDRAWN:
	case EVENT_NODE_REPORTED:
		return EVENT_COLLECTOR_MAX;
	case EVENT_NONE:
	case EVENT_INCIDENT_REVIEWED:
	case EVENT_ROSTER_CHANGED:
	case EVENT_CAMPAIGN_CHANGED:
	case EVENT_CALENDAR_CHANGED:
	case EVENT_RULES_CHANGED:
	case EVENT_OFFICE_CHANGED:
	case EVENT_RECIPIENTS_CHANGED:
	case EVENT_NODE_INVITED:
	case EVENT_NODE_CONFIRMED:
	case EVENT_NODE_REVOKED:
	case EVENT_NODE_VOUCHED:
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
	case EVENT_ALERT_ACKNOWLEDGED:
	case EVENT_ALERT_SILENCED:
	case EVENT_ALERT_ESCALATED:
	case EVENT_CLOCK_ACCEPTED:
	case EVENT_DEADLINE_EXTENDED:
	case EVENT_UNIT_EXCUSED:
	case EVENT_ALERT_CLOSED:
	case EVENT_CAMPAIGN_CLOSED:
	case EVENT_LOG_STARTED:
	case EVENT_TICKED:
	case EVENT_REFUSED:
	case EVENT_NODE_ENROLLED:
	case EVENT_NODE_FAULTED:
	case EVENT_LOG_RECOVERED:
	case EVENT_ALERT_OPENED:
	case EVENT_ALERT_RAISED:
	case EVENT_ALERT_CORRECTED:
	case EVENT_ALERT_WITHDRAWN:
	case EVENT_ALERT_RESOLVED:
		break;
	}
	return EVENT_MAX;
}

static bool
has_room(struct spool *spool, const struct event *events, unsigned count)
{
	uint64_t least = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t needed = spool_needed_bytes(&events[i]);

		if (needed > least)
			least = needed;
	}
	return spool_free_bytes(spool) >= least;
}

static void
fill(const struct adding *adding, struct event *event)
{
	const struct spool *spool = adding->spool;

	event->version = EVENT_VERSION;
	memcpy(event->node, spool->keys->id, sizeof event->node);
	event->seq = adding->seq;
	event->recorded_at_ms = adding->now_ms;
	if (event_incident(event) != NULL)
		event->recorded_at_ms -= adding->now_ms % HOUR_MS;
	CHECK(text_copy(event->wilayah, sizeof event->wilayah, spool->wilayah));
	event->seen_epoch = adding->seen.epoch;
	event->seen_size = adding->seen.size;
}

/* The row that waits, now that it is known whether it is stamped. */
static void
write_row(struct adding *adding, uint64_t seq, bool is_stamped)
{
	struct spool *spool = adding->spool;
	struct bytes event =
	    bytes_of(spool->packed[adding->packed], adding->waiting);
	struct hash event_hash = hash_event(event);
	size_t stamp_len = is_stamped ? STAMP_SIZE : 0;
	uint8_t key[SPOOL_KEY_SIZE];
	uint8_t *at;

	adding->head = hash_head(&adding->head, &event_hash);
	at = db_reserve(adding->txn, SPOOL_ROW, spool_key(key, seq),
	    SPOOL_ROW_FIXED + stamp_len + event.len, true);
	if (at == NULL)
		return; /* db_commit tells */
	memcpy(at, event_hash.at, HASH_SIZE);
	memcpy(at + HASH_SIZE, adding->head.at, HASH_SIZE);
	at[SPOOL_ROW_FIXED - 1] = (uint8_t)stamp_len;
	if (is_stamped)
		stamp_make(at + SPOOL_ROW_FIXED, spool->keys->id, seq,
		    &adding->head, &adding->seen.root, &spool->keys->sign);
	memcpy(at + SPOOL_ROW_FIXED + stamp_len, event.at, event.len);
	adding->waiting = 0;
	if (is_stamped)
		adding->run_rows = adding->run_bytes = 0;
}

/* An event names a sealed part only together with it: the region takes no
 * such event without. */
static enum reject
check_blob(const struct adding *adding, const struct event *event)
{
	const struct incident *incident = event_incident(event);
	bool is_sealed = incident != NULL && incident->is_sealed;
	struct hash hash;

	if (!is_sealed && adding->blob.len == 0)
		return REJECT_NONE;
	if (!is_sealed || adding->blob.len != incident->blob_size ||
	    !seal_blob_is_valid(adding->blob))
		return REJECT_NOT_SEALED;
	hash = seal_blob_hash(adding->blob);
	return memcmp(hash.at, incident->blob_hash, HASH_SIZE) == 0
		   ? REJECT_NONE
		   : REJECT_NOT_SEALED;
}

static enum reject
add_event(struct adding *adding, struct event *event)
{
	uint8_t *at = adding->spool->packed[1 - adding->packed];
	enum reject word;
	size_t len;

	adding->seq++;
	fill(adding, event);
	word = event_check(event);
	if (word == REJECT_NONE)
		word = check_blob(adding, event);
	if (word != REJECT_NONE)
		return word;
	len = wire_pack(event, at, EVENT_MAX);
	if (len == 0 || len > size_limit(event->kind))
		return REJECT_OVERSIZE;
	if (adding->waiting > 0)
		write_row(adding, adding->seq - 1,
		    adding->run_rows == SPOOL_STAMP_EVERY ||
			adding->run_bytes + 2 + len > PUSH_BODY_MAX);
	adding->packed = 1 - adding->packed;
	adding->waiting = len;
	adding->run_rows++;
	adding->run_bytes += 2 + len;
	return REJECT_NONE;
}

static void
begin_adding(struct adding *adding)
{
	struct spool *spool = adding->spool;

	adding->txn = db_begin(spool->db);
	spool_keep_write(spool, adding->txn);
	spool_seen(adding->txn, &adding->seen);
	adding->seq = spool_last_seq(adding->txn);
	if (adding->seq == 0) {
		adding->head = hash_node(spool->keys->sign.public_key);
	} else {
		uint8_t key[SPOOL_KEY_SIZE];
		struct bytes row = {0};

		CHECK(db_get(adding->txn, SPOOL_ROW,
			  spool_key(key, adding->seq), &row) == OK);
		CHECK(row.len >= SPOOL_ROW_FIXED);
		memcpy(adding->head.at, row.at + HASH_SIZE, HASH_SIZE);
	}
}

static enum err
end_adding(struct adding *adding)
{
	struct db_txn *txn = adding->txn;
	enum err err;

	spool_put_number(txn, SPOOL_META, "recorded", adding->now_ms);
	spool_put_number(txn, SPOOL_META, "told-epoch", adding->seen.epoch);
	spool_put_number(txn, SPOOL_META, "told-size", adding->seen.size);
	err = db_commit(txn);
	if (err == OK)
		spool_keep_done(adding->spool);
	return err;
}

static bool
is_dealt_with(const struct adding *adding)
{
	struct spool_mark mark = {0};

	if (adding->retry_of != 0)
		spool_mark_find(adding->txn, adding->retry_of, &mark);
	return mark.kind != QUARANTINE_OPEN;
}

static enum err
add_all(struct adding *adding, struct event *events, unsigned count,
    enum reject *why)
{
	uint8_t key[SPOOL_KEY_SIZE];

	CHECK(count > 0);
	if (!has_room(adding->spool, events, count))
		return ERR_FULL;
	begin_adding(adding);
	if (is_dealt_with(adding)) {
		db_abort(adding->txn);
		return ERR_DUP;
	}
	for (unsigned i = 0; i < count; i++) {
		enum reject word = add_event(adding, &events[i]);

		if (word == REJECT_NONE)
			continue;
		db_abort(adding->txn);
		*why = word;
		return ERR_INVALID;
	}
	write_row(adding, adding->seq, true);
	if (adding->blob.len > 0)
		db_put(adding->txn, SPOOL_BLOB, spool_key(key, adding->seq),
		    adding->blob);
	if (adding->retry_of != 0)
		spool_mark_write(adding->txn, adding->retry_of,
		    &(struct spool_mark){.kind = QUARANTINE_RETRIED,
			.at_ms = adding->now_ms,
			.retried_as = adding->seq});
	return end_adding(adding);
}

enum err
spool_add(struct spool *spool, struct event *events, unsigned count,
    uint64_t now_ms, enum reject *why)
{
	struct adding adding = {.spool = spool, .now_ms = now_ms};

	return add_all(&adding, events, count, why);
}

enum err
spool_add_sealed(struct spool *spool, struct event *event, struct bytes blob,
    uint64_t now_ms, enum reject *why)
{
	struct adding adding = {.spool = spool, .now_ms = now_ms, .blob = blob};

	if (blob.len == 0) {
		*why = REJECT_NOT_SEALED;
		return ERR_INVALID;
	}
	return add_all(&adding, event, 1, why);
}

enum err
spool_retry(struct spool *spool, uint64_t seq, struct event *event,
    uint64_t now_ms, enum reject *why)
{
	struct adding adding = {
	    .spool = spool, .now_ms = now_ms, .retry_of = seq};
	struct spool_row row;
	enum err err = spool_row(spool, seq, &row);

	if (err != OK || row.state != RECORD_REFUSED) {
		*why = REJECT_UNKNOWN_RECORD;
		return ERR_INVALID;
	}
	/* The blob lives in its read transaction until the row is done. */
	if (spool_blob(spool, seq, &adding.blob) != OK)
		adding.blob = bytes_of(NULL, 0);
	err = add_all(&adding, event, 1, why);
	spool_row_done(spool);
	return err;
}

void
spool_wake_daemon(const char *dir)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return;
	if (snprintf(to.sun_path, sizeof to.sun_path, "%s/wake", dir) <
	    (int)sizeof to.sun_path)
		(void)!sendto(fd, "", 1, MSG_NOSIGNAL,
		    (const struct sockaddr *)&to, sizeof to);
	close(fd);
}
