/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/peers.h"

#include "core/log.h"

#include <stdlib.h>
#include <string.h>

enum { GROW = 64 };

struct peers {
	struct store *store;
	const struct view *view;
	struct peer *at;
	unsigned count, cap;
	bool has_news;
};

struct peers *
peers_new(struct store *store, const struct view *view)
{
	struct peers *peers = xcalloc(1, sizeof *peers);

	peers->store = store;
	peers->view = view;
	return peers;
}

void
peers_free(struct peers *peers)
{
	if (peers == NULL)
		return;
	free(peers->at);
	free(peers);
}

/* Head 0 of a chain is the whole hash of the node's key. */
static void
load(struct peers *peers, struct peer *peer, unsigned number)
{
	const struct view_node *node = view_node(peers->view, number);
	enum err err = store_mark(peers->store, node->id, &peer->mark);

	if (err == ERR_NOTFOUND)
		peer->mark.head = hash_node(node->sign_key);
	else if (err != OK)
		fatalx("mark-unreadable node=%u", number);
	if (store_live_node(peers->store, node->id, &peer->live) != OK)
		peer->live = (struct live_node){0};
}

struct peer *
peers_at(struct peers *peers, unsigned number)
{
	CHECK(number < view_node_count(peers->view));
	while (peers->count <= number) {
		if (peers->count == peers->cap) {
			peers->cap += GROW;
			peers->at =
			    xrealloc(peers->at, peers->cap, sizeof *peers->at);
		}
		peers->at[peers->count] = (struct peer){0};
		load(peers, &peers->at[peers->count], peers->count);
		peers->count++;
	}
	return &peers->at[number];
}

void
peers_put_marks(struct peers *peers)
{
	for (unsigned i = 0; i < peers->count; i++) {
		struct peer *peer = &peers->at[i];

		if (!peer->is_marked)
			continue;
		store_put_mark(
		    peers->store, view_node(peers->view, i)->id, &peer->mark);
		peer->is_marked = false;
	}
}

void
peers_put_live(struct peers *peers)
{
	for (unsigned i = 0; i < peers->count && peers->has_news; i++) {
		struct peer *peer = &peers->at[i];

		if (!peer->is_noted)
			continue;
		store_put_live_node(
		    peers->store, view_node(peers->view, i)->id, &peer->live);
		peer->is_noted = false;
	}
	peers->has_news = false;
}

bool
peers_have_news(const struct peers *peers)
{
	return peers->has_news;
}

void
peers_note_contact(struct peers *peers, unsigned number,
    const struct request *request, uint64_t now_ms)
{
	struct peer *peer = peers_at(peers, number);

	peer->route = *request->route;
	peer->has_route = true;
	peer->live.last_contact_ms = now_ms;
	peer->is_noted = true;
	peers->has_news = true;
}

void
peers_note_depth(struct peers *peers, unsigned number, uint64_t last_seq)
{
	struct peer *peer = peers_at(peers, number);

	if (peer->live.last_seq >= last_seq)
		return;
	peer->live.last_seq = last_seq;
	peer->is_noted = true;
	peers->has_news = true;
}
