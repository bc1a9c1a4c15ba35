/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records wait in a queue for their stamp, and are settled from its front:
 * when a place is needed, when anything else is told (so that all is told in
 * the order of the log), and at the end. When a stamp is looked at thus hangs
 * on the log alone, and not on how fast the second process is.
 */
#include "ikrar/chain.h"

#include "core/aide.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum {
	STAMPS_MAX = 256,   /* being checked; a power of two */
	WAITING_MAX = 1024, /* records */
	/* The second process is woken for so many, and when it has many more
	 * to do the caller does some. */
	STAMPS_AT_ONCE = 16,
	STAMPS_MANY = STAMPS_MAX / 2,
};

/* By the node's number in the view. */
struct chain {
	uint64_t mark;
	uint64_t last_index;
	struct hash head;
	bool is_begun;
	bool is_broken; /* a gap was told: its stamps cannot be checked */
	bool is_open;   /* rows behind the last stamp */
};

struct waiting {
	uint64_t index, seq;
	unsigned node; /* number in the view */
	enum reject word;
	struct hash event_hash, head;
	bool is_checked; /* a job has its stamp */
};

struct chains {
	const struct chain_fns *fns;
	const struct view *view;
	struct chain *rows;
	unsigned count;
	uint64_t stamps;
	struct aide *aide;
	unsigned given;
	struct waiting *waiting; /* a ring of WAITING_MAX */
	unsigned first, waiting_count;
};

/* ---- a stamp */

struct job {
	uint8_t node[NODE_ID_SIZE];
	uint8_t sign_key[SIGN_KEY_SIZE];
	uint8_t stamp[STAMP_SIZE];
	uint64_t seq;
	struct hash head;
	bool is_valid;
};

static void
check_stamp(const struct aide *aide, void *at)
{
	struct job *job = at;

	(void)aide;
	job->is_valid = stamp_is_valid(
	    job->stamp, job->node, job->seq, &job->head, job->sign_key);
}

static const struct aide_kind stamp_checks = {
    .places = STAMPS_MAX,
    .job_bytes = sizeof(struct job),
    .work = check_stamp,
};

static bool
has_second_core(void)
{
	cpu_set_t cores;

	return sched_getaffinity(0, sizeof cores, &cores) == 0 &&
	       CPU_COUNT(&cores) > 1;
}

static bool
stamp_was_valid(struct chains *chains)
{
	const struct job *job;
	void *at;

	while (aide_result(chains->aide, &at) != OK)
		continue; /* from now on it is done here */
	job = at;
	aide_drop(chains->aide);
	return job->is_valid;
}

static void
give_stamp(struct chains *chains, const struct chain_link *link,
    const struct view_node *node, const struct hash *head)
{
	struct job *job = aide_place(chains->aide);

	memcpy(job->node, node->id, NODE_ID_SIZE);
	memcpy(job->sign_key, node->sign_key, SIGN_KEY_SIZE);
	memcpy(job->stamp, link->stamp.at, STAMP_SIZE);
	job->seq = link->seq;
	job->head = *head;
	(void)aide_give(chains->aide);
	if (++chains->given % STAMPS_AT_ONCE == 0)
		aide_start(chains->aide);
	aide_help(chains->aide, STAMPS_MANY);
}

/* ---- all chains */

struct chains *
chains_new(const struct chain_fns *fns, const struct view *view)
{
	struct chains *chains = xcalloc(1, sizeof *chains);

	chains->fns = fns;
	chains->view = view;
	if (!has_second_core() || aide_open(&chains->aide, &stamp_checks) != OK)
		chains->aide = aide_alone(&stamp_checks);
	chains->waiting = xcalloc(WAITING_MAX, sizeof *chains->waiting);
	return chains;
}

void
chains_free(struct chains *chains)
{
	if (!chains)
		return;
	aide_close(chains->aide);
	free(chains->waiting);
	free(chains->rows);
	free(chains);
}

static struct chain *
chain_of(struct chains *chains, const struct view_node *node)
{
	unsigned number = view_node_number(chains->view, node);
	unsigned count = view_node_count(chains->view);
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
tell_at_once(const struct chains *chains, const struct finding *finding)
{
	findings_tell(chains->fns->findings, finding);
}

/* What waits comes first. */
static void
tell(struct chains *chains, enum finding_kind kind,
    const struct chain_link *link, const struct view_node *node)
{
	struct finding finding = {.kind = kind,
	    .index = link->index,
	    .node = link->node,
	    .wilayah = node ? node->wilayah : NULL,
	    .seq = link->seq};

	chains_settle(chains);
	tell_at_once(chains, &finding);
}

/* ---- what waits */

static void
settle_stamp(struct chains *chains, const struct waiting *waiting)
{
	struct chain *chain = &chains->rows[waiting->node];
	const struct view_node *node = view_node(chains->view, waiting->node);
	struct finding finding = {.kind = FINDING_STAMP,
	    .index = waiting->index,
	    .node = node->id,
	    .wilayah = node->wilayah,
	    .seq = waiting->seq};
	bool is_valid = stamp_was_valid(chains);

	if (chain->is_broken)
		return;
	chains->stamps += is_valid;
	chain->is_broken = !is_valid;
	if (!is_valid)
		tell_at_once(chains, &finding);
}

static void
settle_first(struct chains *chains)
{
	const struct waiting *waiting = &chains->waiting[chains->first];
	struct chain_record record = {.index = waiting->index,
	    .node = view_node(chains->view, waiting->node)->id,
	    .seq = waiting->seq,
	    .event_hash = &waiting->event_hash,
	    .word = waiting->word,
	    .head = &waiting->head};

	if (waiting->is_checked)
		settle_stamp(chains, waiting);
	record.is_head_known = !chains->rows[waiting->node].is_broken;
	if (chains->fns->record)
		chains->fns->record(chains->fns->context, &record);
	chains->first = (chains->first + 1) % WAITING_MAX;
	chains->waiting_count--;
}

void
chains_settle(struct chains *chains)
{
	while (chains->waiting_count > 0)
		settle_first(chains);
}

static void
wait_in_turn(struct chains *chains, const struct chain_link *link,
    const struct chain *chain, const struct view_node *node)
{
	bool is_checked = link->stamp.len > 0 && !chain->is_broken;
	unsigned last;

	if (!is_checked && !chains->fns->record)
		return;
	while (chains->waiting_count == WAITING_MAX ||
	       (is_checked && aide_place(chains->aide) == NULL))
		settle_first(chains);
	last = (chains->first + chains->waiting_count++) % WAITING_MAX;
	chains->waiting[last] = (struct waiting){.index = link->index,
	    .seq = link->seq,
	    .node = view_node_number(chains->view, node),
	    .word = link->word,
	    .event_hash = *link->event_hash,
	    .head = chain->head,
	    .is_checked = is_checked};
	if (is_checked)
		give_stamp(chains, link, node, &chain->head);
	while (chains->waiting_count > 0 &&
	       !chains->waiting[chains->first].is_checked)
		settle_first(chains);
}

bool
chains_take(struct chains *chains, const struct chain_link *link)
{
	const struct view_node *node =
	    view_node_by_id(chains->view, link->node);
	struct chain *chain;

	if (!node) {
		tell(chains, FINDING_UNKNOWN_NODE, link, NULL);
		return false;
	}
	chain = chain_of(chains, node);
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
	chain->is_open = link->stamp.len == 0;
	wait_in_turn(chains, link, chain, node);
	return true;
}

void
chains_end(struct chains *chains)
{
	for (unsigned i = 0; i < chains->count; i++) {
		const struct chain *chain = &chains->rows[i];
		const struct view_node *node = view_node(chains->view, i);
		struct chain_link last = {.index = chain->last_index,
		    .node = node->id,
		    .seq = chain->mark};

		if (chain->is_open)
			tell(chains, FINDING_UNCOVERED, &last, node);
	}
	chains_settle(chains);
}

uint64_t
chains_stamps(const struct chains *chains)
{
	return chains->stamps;
}
