/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon keeps in memory of each node of the view, by its number:
 * the mark of its chain (in the store), where it was last reached and when
 * (not in the log, noted in `live`).
 */
#ifndef AGGREGATOR_PEERS_H
#define AGGREGATOR_PEERS_H

#include "aggregator/credit.h"
#include "aggregator/post.h"
#include "aggregator/store.h"

/* Numbers of CATALOG_NODE_KIND. */
enum peer_kind {
	PEER_COLLECTOR = 1,
	PEER_ADMIN,
	PEER_REVIEWER,
	PEER_NOTIFIER,
	PEER_FOLLOWER,
	PEER_AUDITOR,
};

struct peer {
	struct store_mark mark;
	bool is_marked; /* mark differs from the store's */
	bool is_noted;  /* live differs from the store's */
	bool has_route;
	struct link_route route;
	struct live_node live;
	uint64_t faulted_ms; /* received time of the last NodeFaulted */
	bool has_faulted;
	uint64_t told_ms; /* monotonic: last told that it may not speak */
	bool was_told;
	/* What the node says to have receipts for, in its last Hello, and what
	 * it was sent since: refused rows behind it must still be told. */
	bool has_said;
	uint64_t receipted_seq;
	struct credit credit;
	uint64_t read_index; /* how far it has read: costs nothing but again */
	uint64_t told_size;  /* the last head it knows (aggregator/told.h) */
};

struct peers;
struct peers *peers_new(struct store *store, const struct view *view);
void peers_free(struct peers *peers);
/* Lives until the next peers_at of a node enrolled since. */
struct peer *peers_at(struct peers *peers, unsigned number);
/* Into the open turn: the marks that changed; what changed in `live`. */
void peers_put_marks(struct peers *peers);
void peers_put_live(struct peers *peers);
bool peers_have_news(const struct peers *peers);
void peers_note_contact(struct peers *peers, unsigned number,
    const struct request *request, uint64_t now_ms);
/* Its spool holds at least so many rows. */
void peers_note_depth(struct peers *peers, unsigned number, uint64_t last_seq);

#endif
