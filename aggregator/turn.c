/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/turn.h"

#include "aggregator/blob.h"
#include "aggregator/counters.h"
#include "aggregator/head.h"
#include "aggregator/home.h"
#include "aggregator/limits.h"
#include "core/log.h"
#include "judge/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct turn {
	struct store *store;
	struct view *view;
	struct judge *judge;
	struct head *head;
	struct standing *standing;
	struct stat *stat;
	char dir[HOME_PATH_MAX];
	struct blob *blob;       /* NULL: none has come since the start */
	uint64_t received_at_ms; /* of the open turn, or of the last entry */
	uint64_t snapshot_entries;
	size_t snapshot_bytes; /* of the view when it was last saved */
	uint64_t committed_ms; /* monotonic */
	struct turn_news news; /* of the open turn, or of the last */
	uint8_t own[EVENT_MAX];
};

static void
remember_snapshot(struct turn *turn)
{
	struct text_buf saved = {0};

	if (store_snapshot(turn->store, &saved, &turn->snapshot_entries) == OK)
		turn->snapshot_bytes = saved.len;
	text_buf_clear(&saved);
}

static enum err
check_key(const struct turn *turn, const struct sign_keys *log_key)
{
	if (memcmp(view_region(turn->view)->log_key, log_key->public_key,
		SIGN_KEY_SIZE) == 0)
		return OK;
	log_warnx("log-key-foreign mend=\"this key is not of this region\"");
	return ERR_INVALID;
}

enum err
turn_open(struct turn **turn, const char *dir, const struct sign_keys *log_key)
{
	struct turn *made = xcalloc(1, sizeof *made);
	enum err err = store_open(&made->store, dir, STORE_WRITE);

	(void)text_copy(made->dir, sizeof made->dir, dir);
	made->judge = judge_new();
	made->stat = stat_new(counter_names);
	if (err == OK)
		err = store_view(made->store, &made->view);
	if (err == OK && view_size(made->view) == 0)
		err = ERR_NOTFOUND;
	if (err == OK)
		err = check_key(made, log_key);
	if (err == OK)
		err = standing_open(&made->standing, dir, made->view);
	if (err == OK)
		err =
		    head_open(&made->head, dir, view_region(made->view)->origin,
			log_key, store_tlog(made->store));
	if (err != OK) {
		turn_close(made);
		return err;
	}
	head_sign(made->head);
	remember_snapshot(made);
	made->received_at_ms = view_region(made->view)->last_received_ms;
	store_done(made->store);
	*turn = made;
	return OK;
}

void
turn_close(struct turn *turn)
{
	if (turn == NULL)
		return;
	head_close(turn->head);
	standing_close(turn->standing);
	blob_close(turn->blob);
	view_free(turn->view);
	judge_free(turn->judge);
	stat_free(turn->stat);
	store_close(turn->store);
	free(turn);
}

const struct view *
turn_view(const struct turn *turn)
{
	return turn->view;
}

struct store *
turn_store(struct turn *turn)
{
	return turn->store;
}

struct standing *
turn_standing(const struct turn *turn)
{
	return turn->standing;
}

struct stat *
turn_stat(struct turn *turn)
{
	return turn->stat;
}

const char *
turn_checkpoint(const struct turn *turn)
{
	return head_text(turn->head);
}

uint64_t
turn_head_size(const struct turn *turn)
{
	return head_size(turn->head);
}

bool
turn_is_notice(enum event_kind kind)
{
	return event_is_verdict(kind) || kind == EVENT_OFFICE_CHANGED ||
	       kind == EVENT_CAMPAIGN_CHANGED || kind == EVENT_LOG_STARTED ||
	       kind == EVENT_ALERT_DELIVERED || kind == EVENT_ALERT_FAILED ||
	       kind == EVENT_CALENDAR_CHANGED ||
	       kind == EVENT_ALERT_ACKNOWLEDGED ||
	       kind == EVENT_ALERT_SILENCED || kind == EVENT_ALERT_ESCALATED ||
	       kind == EVENT_ALERT_CLOSED;
}

static uint64_t
append(struct turn *turn, const struct leaf *leaf, const struct event *event,
    const struct hash *leaf_hash)
{
	struct entry entry = {.author = leaf->author,
	    .received_at_ms = turn->received_at_ms,
	    .event = event};

	entry.index = store_append(
	    turn->store, leaf->author, leaf->event, leaf->stamp, leaf_hash);
	view_apply(turn->view, &entry);
	turn->news.to = entry.index + 1;
	if (turn_is_notice(event->kind))
		turn->news.has_notices = true;
	return entry.index;
}

static uint64_t
append_own(struct turn *turn, const struct event *event)
{
	size_t len = wire_pack(event, turn->own, sizeof turn->own);
	struct leaf leaf = {
	    .author = AUTHOR_LOG, .event = bytes_of(turn->own, len)};

	CHECK(len > 0);
	return append(turn, &leaf, event, NULL);
}

/* What the rules say now, directly behind the input that made them say it. */
static void
judge_input(struct turn *turn, const struct entry *input)
{
	struct event verdict;

	judge_start(turn->judge, turn->view, input);
	while (judge_next(turn->judge, turn->view, &verdict)) {
		uint64_t index = append_own(turn, &verdict);

		stat_add(turn->stat, COUNTER_VERDICTS, 1);
		if (verdict.kind == EVENT_ALERT_OPENED)
			stat_add(turn->stat, COUNTER_ALERTS, 1);
		log_info("verdict index=%" PRIu64 " kind=%s rule=%s object=%s "
			 "units=%u",
		    index, event_kind_name(verdict.kind), verdict.verdict.rule,
		    verdict.verdict.object, verdict.verdict.unit_count);
	}
}

uint64_t
turn_take(struct turn *turn, struct bytes bytes, const struct event *event,
    struct bytes stamp, const struct hash *leaf_hash)
{
	struct leaf leaf = {
	    .author = AUTHOR_NODE, .event = bytes, .stamp = stamp};
	uint64_t index = append(turn, &leaf, event, leaf_hash);

	judge_input(turn, &(struct entry){.index = index,
			      .author = AUTHOR_NODE,
			      .received_at_ms = turn->received_at_ms,
			      .event = event});
	return index;
}

void
turn_put_blob(
    struct turn *turn, const uint8_t hash[HASH_SIZE], struct bytes bytes)
{
	if (turn->blob == NULL &&
	    blob_open(&turn->blob, turn->dir, BLOB_WRITE) != OK)
		fatalx("blob-open-failed dir=%s", turn->dir);
	blob_put(turn->blob, hash, bytes);
}

uint64_t
turn_own(struct turn *turn, struct event *event)
{
	uint64_t index;

	event->version = EVENT_VERSION;
	event->recorded_at_ms = turn->received_at_ms;
	(void)text_copy(event->wilayah, sizeof event->wilayah,
	    view_region(turn->view)->wilayah);
	index = append_own(turn, event);
	judge_input(turn, &(struct entry){.index = index,
			      .author = AUTHOR_LOG,
			      .received_at_ms = turn->received_at_ms,
			      .event = event});
	return index;
}

bool
turn_is_due(const struct turn *turn, uint64_t now_ms)
{
	return view_next_due_ms(turn->view) <= now_ms;
}

uint64_t
turn_received_ms(const struct turn *turn)
{
	return turn->received_at_ms;
}

uint64_t
turn_would_receive_ms(const struct turn *turn, uint64_t now_ms)
{
	if (store_is_open_turn(turn->store) || now_ms < turn->received_at_ms)
		return turn->received_at_ms;
	return now_ms;
}

void
turn_begin(struct turn *turn, uint64_t now_ms)
{
	struct event event = {.kind = EVENT_TICKED};

	if (store_is_open_turn(turn->store))
		return;
	turn->received_at_ms = turn_would_receive_ms(turn, now_ms);
	store_begin(turn->store, turn->received_at_ms);
	turn->news = (struct turn_news){
	    .from = view_size(turn->view), .to = view_size(turn->view)};
	if (!turn_is_due(turn, turn->received_at_ms))
		return;
	event.until_ms = turn->received_at_ms;
	(void)turn_own(turn, &event);
	turn->news.has_ticked = true;
	stat_add(turn->stat, COUNTER_TICKS, 1);
}

/* Is there enough that is not in the snapshot? */
static bool
has_unsaved(const struct turn *turn, uint64_t entries)
{
	if (turn->snapshot_bytes > SNAPSHOT_LARGE_BYTES)
		entries = SNAPSHOT_TAIL_MAX;
	return view_size(turn->view) - turn->snapshot_entries >= entries;
}

/* Into the open turn; not if only now it turns out to be large. */
static void
put_snapshot(struct turn *turn, uint64_t entries)
{
	struct text_buf saved = {0};

	view_save(turn->view, &saved);
	turn->snapshot_bytes = saved.len;
	if (has_unsaved(turn, entries)) {
		store_put_snapshot(turn->store, bytes_of(saved.at, saved.len),
		    view_size(turn->view));
		turn->snapshot_entries = view_size(turn->view);
		log_info("snapshot entries=%" PRIu64 " bytes=%zu",
		    turn->snapshot_entries, saved.len);
	}
	text_buf_clear(&saved);
}

void
turn_commit(struct turn *turn, uint64_t monotonic_ms)
{
	enum err err;

	if (!store_is_open_turn(turn->store))
		return;
	if (has_unsaved(turn, SNAPSHOT_TAIL_MAX))
		put_snapshot(turn, SNAPSHOT_TAIL_MAX);
	if (turn->blob != NULL && blob_commit(turn->blob) != OK)
		fatalx("commit-failed step=blob");
	err = store_commit(turn->store);
	if (err != OK)
		fatalx("commit-failed error=\"%s\"", err_text(err));
	stat_add(turn->stat, COUNTER_COMMITS, 1);
	stat_add(turn->stat, COUNTER_ENTRIES, turn->news.to - turn->news.from);
	if (turn->news.to > turn->news.from)
		turn->committed_ms = monotonic_ms;
	head_sign(turn->head);
}

void
turn_recover(struct turn *turn, struct event *event, uint64_t now_ms)
{
	CHECK(!store_is_open_turn(turn->store));
	turn->received_at_ms = turn_would_receive_ms(turn, now_ms);
	store_begin(turn->store, turn->received_at_ms);
	turn->news = (struct turn_news){
	    .from = view_size(turn->view), .to = view_size(turn->view)};
	(void)turn_own(turn, event);
	head_rename(turn->head, view_region(turn->view)->origin);
	turn_commit(turn, 0);
	standing_settle(turn->standing);
}

const struct turn_news *
turn_news(const struct turn *turn)
{
	return &turn->news;
}

void
turn_snapshot(struct turn *turn)
{
	CHECK(!store_is_open_turn(turn->store));
	if (!has_unsaved(turn, 1))
		return;
	store_begin(turn->store, turn->received_at_ms);
	put_snapshot(turn, 1);
	if (store_commit(turn->store) != OK)
		fatalx("commit-failed step=snapshot");
}

void
turn_idle(struct turn *turn, uint64_t monotonic_ms)
{
	uint64_t quiet_ms = monotonic_ms - turn->committed_ms;
	bool is_long = has_unsaved(turn, SNAPSHOT_TAIL);

	head_sync(turn->head, monotonic_ms);
	if (has_unsaved(turn, 1) &&
	    quiet_ms >= (is_long ? SNAPSHOT_QUIET_MS : SNAPSHOT_IDLE_MS))
		turn_snapshot(turn);
}
