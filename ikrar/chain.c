/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/chain.h"

#include <stdlib.h>
#include <string.h>

/* By the node's number in the view. */
struct chain {
	uint64_t mark;
	uint64_t last_index;
	struct hash head;
	bool is_begun;
	bool is_broken; /* a gap was told: its stamps cannot be checked */
	bool is_open;   /* rows behind the last stamp */
};

struct chains {
	const struct findings *findings;
	struct chain *rows;
	unsigned count;
	uint64_t stamps;
};

struct chains *
chains_new(const struct findings *findings)
{
	struct chains *chains = xcalloc(1, sizeof *chains);

	chains->findings = findings;
	return chains;
}

void
chains_free(struct chains *chains)
{
	if (!chains)
		return;
	free(chains->rows);
	free(chains);
}

static struct chain *
chain_of(struct chains *chains, const struct view *view,
    const struct view_node *node)
{
	unsigned number = view_node_number(view, node);
	unsigned count = view_node_count(view);
	struct chain *chain;

	if (number >= chains->count) {
		chains->rows =
		    xrealloc(chains->rows, count, sizeof *chains->rows);
		memset(chains->rows + chains->count, 0,
		    (count - chains->count) * sizeof *chains->rows);
		chains->count = count;
	}
	chain = &chains->rows[number];
	if (!chain->is_begun)
		chain->head = hash_node(node->sign_key);
	chain->is_begun = true;
	return chain;
}

static void
tell(const struct chains *chains, enum finding_kind kind,
    const struct chain_link *link, const struct view_node *node)
{
	struct finding finding = {.kind = kind,
	    .index = link->index,
	    .node = link->node,
	    .wilayah = node ? node->wilayah : NULL,
	    .seq = link->seq};

	findings_tell(chains->findings, &finding);
}

static void
check_stamp(struct chains *chains, struct chain *chain,
    const struct chain_link *link, const struct view_node *node)
{
	chain->is_open = link->stamp.len == 0;
	if (chain->is_open || chain->is_broken)
		return;
	if (stamp_is_valid(link->stamp.at, node->id, link->seq, &chain->head,
		node->sign_key)) {
		chains->stamps++;
		return;
	}
	tell(chains, FINDING_STAMP, link, node);
	chain->is_broken = true;
}

bool
chains_take(struct chains *chains, const struct view *view,
    const struct chain_link *link, struct chain_head *head)
{
	const struct view_node *node = view_node_by_id(view, link->node);
	struct chain *chain;

	if (!node) {
		tell(chains, FINDING_UNKNOWN_NODE, link, NULL);
		return false;
	}
	chain = chain_of(chains, view, node);
	if (link->seq <= chain->mark) {
		tell(chains, FINDING_REPEATED, link, node);
		return false;
	}
	if (link->seq != chain->mark + 1) {
		struct chain_link missing = *link;

		missing.seq = chain->mark + 1;
		tell(chains, FINDING_GAP, &missing, node);
		chain->is_broken = true;
	}
	chain->mark = link->seq;
	chain->last_index = link->index;
	chain->head = hash_head(&chain->head, link->event_hash);
	check_stamp(chains, chain, link, node);
	*head = (struct chain_head){chain->head, !chain->is_broken};
	return true;
}

void
chains_end(const struct chains *chains, const struct view *view)
{
	for (unsigned i = 0; i < chains->count; i++) {
		const struct chain *chain = &chains->rows[i];
		const struct view_node *node = view_node(view, i);
		struct chain_link last = {.index = chain->last_index,
		    .node = node->id,
		    .seq = chain->mark};

		if (chain->is_open)
			tell(chains, FINDING_UNCOVERED, &last, node);
	}
}

uint64_t
chains_stamps(const struct chains *chains)
{
	return chains->stamps;
}
