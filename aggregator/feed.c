/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/feed.h"

#include "aggregator/counters.h"
#include "aggregator/limits.h"
#include "aggregator/peers.h"
#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct waiting {
	unsigned number;
	struct link_route route;
	struct feed_read read;
	bool is_new; /* not yet compared with the log */
	/* Entries before it are sent or filtered out. */
	uint64_t scanned;
	uint64_t since_ms; /* monotonic */
};

struct feed {
	struct turn *turn;
	struct told *told;
	struct post *post;
	unsigned count;
	struct waiting waiting[FEED_WAITING_MAX];
	struct message message;
	struct stored stored;
	size_t body_len;
	uint8_t body[PAGE_BODY_MAX];
};

struct feed *
feed_new(struct turn *turn, struct told *told, struct post *post)
{
	struct feed *feed = xcalloc(1, sizeof *feed);

	feed->turn = turn;
	feed->told = told;
	feed->post = post;
	return feed;
}

void
feed_free(struct feed *feed)
{
	free(feed);
}

bool
feed_is_open_to(uint32_t node_kind)
{
	return node_kind == PEER_ADMIN || node_kind == PEER_REVIEWER ||
	       node_kind == PEER_NOTIFIER || node_kind == PEER_FOLLOWER ||
	       node_kind == PEER_AUDITOR;
}

static void
forget(struct feed *feed, unsigned i)
{
	memmove(&feed->waiting[i], &feed->waiting[i + 1],
	    (feed->count - i - 1) * sizeof feed->waiting[0]);
	feed->count--;
}

/* One read a connection: a new one takes the place of the old. When all
 * places are taken the oldest goes: its reader asks again. */
void
feed_read(struct feed *feed, unsigned number, const struct link_route *route,
    const struct feed_read *read, const struct moment *moment)
{
	for (unsigned i = 0; i < feed->count; i++)
		if (post_route_equal(&feed->waiting[i].route, route)) {
			forget(feed, i);
			break;
		}
	if (feed->count == FEED_WAITING_MAX)
		forget(feed, 0);
	feed->waiting[feed->count++] = (struct waiting){.number = number,
	    .route = *route,
	    .read = *read,
	    .is_new = true,
	    .scanned = read->index,
	    .since_ms = moment->monotonic_ms};
}

static enum err
leaf_hash_of(struct feed *feed, uint64_t index, struct hash *hash)
{
	struct bytes leaf;
	enum err err = store_leaf(turn_store(feed->turn), index, &leaf);

	if (err == OK)
		*hash = hash_leaf(leaf);
	return err;
}

/* Did the reader read this log before? */
static bool
continues(struct feed *feed, const struct feed_read *read)
{
	const char *origin = view_region(turn_view(feed->turn))->origin;
	struct hash hash;

	if (strcmp(read->origin, origin) != 0 ||
	    read->index > view_size(turn_view(feed->turn)))
		return false;
	if (read->index == 0)
		return true;
	return read->has_leaf_hash &&
	       leaf_hash_of(feed, read->index - 1, &hash) == OK &&
	       memcmp(hash.at, read->leaf_hash, HASH_SIZE) == 0;
}

static void
refuse(struct feed *feed, const struct waiting *waiting, enum reject word)
{
	struct message *message = &feed->message;

	*message = (struct message){
	    .kind = MESSAGE_REFUSAL, .refusal = {.word = word}};
	stat_add(turn_stat(feed->turn), COUNTER_REJECT + word, 1);
	post_message(feed->post, &waiting->route, message, bytes_of(NULL, 0));
}

static bool
is_wanted(struct feed *feed, const struct view_node *node, uint64_t index)
{
	struct store *store = turn_store(feed->turn);
	const struct event *event = &feed->stored.event;

	if (node->kind != PEER_NOTIFIER) {
		if (store_leaf(store, index, &feed->stored.bytes) != OK)
			fatalx("log-unreadable index=%" PRIu64, index);
		return true;
	}
	if (store_entry(store, index, &feed->stored) != OK)
		fatalx("log-unreadable index=%" PRIu64, index);
	if (event->kind == EVENT_ALERT_DELIVERED ||
	    event->kind == EVENT_ALERT_FAILED ||
	    event->kind == EVENT_ALERT_ESCALATED)
		return memcmp(event->node, node->id, NODE_ID_SIZE) == 0;
	return turn_is_notice(event->kind);
}

/* Fills the body from waiting->scanned on; returns the number of entries. */
static unsigned
fill(struct feed *feed, struct waiting *waiting, uint64_t size)
{
	const struct view_node *node =
	    view_node(turn_view(feed->turn), waiting->number);
	unsigned max = waiting->read.max, count = 0;
	uint64_t end = size - waiting->scanned > FEED_SCAN_MAX
			   ? waiting->scanned + FEED_SCAN_MAX
			   : size;

	if (max == 0 || max > PAGE_ENTRIES_MAX)
		max = PAGE_ENTRIES_MAX;
	feed->body_len = 0;
	for (; waiting->scanned < end && count < max; waiting->scanned++) {
		size_t len;

		if (!is_wanted(feed, node, waiting->scanned))
			continue;
		len = page_body_add(feed->body, feed->body_len,
		    sizeof feed->body, waiting->scanned, feed->stored.bytes);
		if (len == feed->body_len)
			break;
		feed->body_len = len;
		count++;
	}
	return count;
}

static void
send_page(struct feed *feed, const struct waiting *waiting, unsigned count)
{
	struct message *message = &feed->message;
	struct told_head head = told_head(feed->told, waiting->number);
	struct page *page = &message->page;
	struct hash hash = {0};

	*message = (struct message){.kind = MESSAGE_PAGE};
	page->next = waiting->scanned;
	page->count = count;
	if (page->next > 0 && leaf_hash_of(feed, page->next - 1, &hash) != OK)
		fatalx("log-unreadable index=%" PRIu64, page->next - 1);
	memcpy(page->leaf_hash, hash.at, HASH_SIZE);
	(void)text_copy(page->checkpoint, CHECKPOINT_MAX, head.checkpoint);
	page->from_size = head.from_size;
	page->consistency = head.consistency;
	stat_add(turn_stat(feed->turn), COUNTER_PAGES, 1);
	if (post_message(feed->post, &waiting->route, message,
		bytes_of(feed->body, feed->body_len)))
		told_sent(feed->told, waiting->number);
}

/* true: it was answered, or is not to be. */
static bool
answer(struct feed *feed, struct waiting *waiting, const struct turn_news *news,
    const struct moment *moment)
{
	const struct view *view = turn_view(feed->turn);
	const struct view_node *node = view_node(view, waiting->number);
	unsigned count;

	if (node->state != NODE_ENROLLED)
		return true;
	if (waiting->is_new && !continues(feed, &waiting->read)) {
		refuse(feed, waiting, REJECT_DIVERGED);
		return true;
	}
	waiting->is_new = false;
	/* The turn's own word that there is nothing for notifiers saves
	 * reading it all back. */
	if (news != NULL && node->kind == PEER_NOTIFIER && !news->has_notices &&
	    waiting->scanned == news->from)
		waiting->scanned = news->to;
	count = fill(feed, waiting, view_size(view));
	if (count > 0 || waiting->scanned < view_size(view) ||
	    (waiting->scanned > waiting->read.index &&
		moment->monotonic_ms - waiting->since_ms >=
		    FEED_EMPTY_PAGE_MS)) {
		send_page(feed, waiting, count);
		return true;
	}
	return false;
}

void
feed_answer(struct feed *feed, const struct turn_news *news,
    const struct moment *moment)
{
	unsigned i = 0;

	while (i < feed->count)
		if (answer(feed, &feed->waiting[i], news, moment))
			forget(feed, i);
		else
			i++;
	store_done(turn_store(feed->turn));
}
