/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry 0 is read twice: first for the key, so that the checkpoint can be
 * opened and the number of entries is known; then in its turn. A checkpoint
 * that cannot be opened is told, and what there is is verified all the same.
 */
#include "ikrar/verify.h"

#include "ikrar/any_epoch.h"

#include "ikrar/blobs.h"
#include "ikrar/log_dir.h"
#include "ikrar/receipts.h"
#include "ikrar/replay.h"
#include "model/wire.h"

#include <stdlib.h>
#include <string.h>

struct verify {
	const struct verify_job *job;
	const struct findings *findings;
	struct findings in_order; /* of all but the replay */
	struct verify_result *result;
	struct log_dir *log;
	struct log_tree *tree;
	struct receipts *receipts;
	struct blobs *blobs;
	struct replay_fns fns;
	struct replay *replay; /* NULL: hashes only */
	bool was_recovered;
};

/* What the stamps before it show comes first. */
static void
tell_in_order(void *context, const struct finding *finding)
{
	const struct verify *verify = context;

	if (verify->replay)
		replay_settle(verify->replay);
	findings_tell(verify->findings, finding);
}

static void
tell(const struct verify *verify, enum finding_kind kind, uint64_t index,
    const char *detail)
{
	struct finding finding = {
	    .kind = kind, .index = index, .detail = detail};

	findings_tell(&verify->in_order, &finding);
}

/* ---- what the replay asks and says */

static enum err
root_at(void *context, uint64_t size, struct hash *root)
{
	const struct verify *verify = context;

	return log_tree_root_at(verify->tree, size, root);
}

static void
on_input(void *context, uint64_t index, const struct event *event)
{
	struct verify *verify = context;

	if (event->kind == EVENT_LOG_RECOVERED)
		verify->was_recovered = true;
	blobs_event(verify->blobs, index, event);
}

static void
on_record(void *context, const struct chain_record *record)
{
	const struct verify *verify = context;

	receipts_record(verify->receipts, record);
}

/* ---- the beginning */

static void
take_region(struct verify_result *result, const struct log_started *started)
{
	result->has_region = true;
	result->is_drill = started->drill;
	text_copy(result->origin, sizeof result->origin, started->origin);
	text_copy(result->wilayah, sizeof result->wilayah, started->wilayah);
	memcpy(result->log_key, started->log_key, sizeof result->log_key);
}

/* The name and the key that entry 0 gives. */
static void
read_region(struct verify *verify)
{
	static struct event event;
	struct wire *wire = wire_new();
	struct bytes bytes;
	struct leaf leaf;

	if (log_dir_next(verify->log, &bytes) == OK &&
	    leaf_get(&leaf, bytes) == OK && leaf.author == AUTHOR_LOG &&
	    wire_unpack(wire, leaf.event, &event) == REJECT_NONE &&
	    event.kind == EVENT_LOG_STARTED)
		take_region(verify->result, &event.started);
	else
		tell(verify, FINDING_START, 0, NULL);
	wire_free(wire);
}

static void
check_trusted(const struct verify *verify)
{
	const struct verify_job *job = verify->job;
	const struct verify_result *result = verify->result;
	char vkey[NOTE_VKEY_MAX];

	if (!job->trusted_key || !result->has_region ||
	    (any_epoch_is_same(job->trusted_name, result->origin) &&
		memcmp(job->trusted_key, result->log_key, SIGN_KEY_SIZE) == 0))
		return;
	note_vkey(vkey, result->origin, result->log_key);
	tell(verify, FINDING_KEY, 0, vkey);
}

/* By the trusted key where one was given. */
static void
read_checkpoint(struct verify *verify)
{
	struct verify_result *result = verify->result;
	const struct verify_job *job = verify->job;
	size_t len;
	const char *text = log_dir_checkpoint(verify->log, &len);

	result->is_signed =
	    job->trusted_key
		? any_epoch_open(&result->head, bytes_of(text, len),
		      job->trusted_name, job->trusted_key) == OK
		: result->has_region &&
		      any_epoch_open(&result->head, bytes_of(text, len),
			  result->origin, result->log_key) == OK;
	/* Whoever knows a later name knows that this log was given up. */
	if (result->is_signed && job->trusted_key &&
	    any_epoch_is_later(job->trusted_name, result->head.origin))
		tell(verify, FINDING_KEY, 0, result->head.origin);
	if (result->is_signed)
		log_dir_expect(verify->log, result->head.size);
	else
		tell(verify, FINDING_CHECKPOINT, 0, "checkpoint");
}

static void
start(struct verify *verify)
{
	const struct verify_job *job = verify->job;
	struct verify_result *result = verify->result;
	struct checkpoint head = result->head;

	if (!result->is_signed) {
		head.size = UINT64_MAX; /* not known: none is larger */
		text_copy(head.origin, sizeof head.origin, result->origin);
	}
	verify->tree = log_tree_new(&verify->in_order, job->dir);
	verify->receipts = receipts_new(&verify->in_order, &head);
	for (size_t i = 0; i < job->receipt_count; i++)
		receipts_add(verify->receipts, job->receipts[i],
		    job->trusted_key ? job->trusted_key : result->log_key);
	receipts_start(verify->receipts);
	if (job->hashes_only)
		return;
	verify->blobs = blobs_new(&verify->in_order, job->dir);
	verify->fns = (struct replay_fns){.context = verify,
	    .input = on_input,
	    .record = job->receipt_count > 0 ? on_record : NULL,
	    .root_at = root_at};
	verify->replay = replay_new(verify->findings, &verify->fns);
}

/* ---- the entries */

static void
take(struct verify *verify, struct bytes leaf)
{
	struct hash hash = hash_leaf(leaf);

	if (verify->replay)
		replay_take(verify->replay, leaf);
	log_tree_take(verify->tree, &hash);
	receipts_leaf(verify->receipts, verify->tree, &hash);
}

/* Were all there? What cannot be read ends it. */
static bool
take_all(struct verify *verify)
{
	struct bytes leaf;
	enum err err;

	/* Without a head the first was taken off already. */
	if (!verify->result->is_signed)
		log_dir_rewind(verify->log);
	while ((err = log_dir_next(verify->log, &leaf)) == OK)
		take(verify, leaf);
	if (err == ERR_NOTFOUND)
		return true;
	tell(verify, FINDING_BUNDLE, log_tree_size(verify->tree),
	    log_dir_bundle(verify->log));
	return false;
}

/* The name that the head is signed under is the one that the log has now. */
static void
check_name(struct verify *verify)
{
	struct verify_result *result = verify->result;
	const char *now = view_region(replay_view(verify->replay))->origin;

	if (result->is_signed && strcmp(result->head.origin, now) != 0)
		tell(verify, FINDING_CHECKPOINT, 0, "origin");
	if (verify->was_recovered)
		text_copy(result->origin, sizeof result->origin, now);
}

static void
finish(struct verify *verify, bool is_whole)
{
	const struct verify_result *result = verify->result;
	uint64_t size = log_tree_size(verify->tree);

	if (is_whole)
		log_tree_end(verify->tree);
	if (is_whole && result->is_signed)
		log_tree_compare(verify->tree, &result->head);
	log_files_walk(&verify->in_order, verify->job->dir,
	    result->is_signed ? result->head.size : size);
	if (verify->replay && is_whole) {
		replay_end(verify->replay);
		check_name(verify);
	}
	receipts_end(verify->receipts, verify->replay && is_whole);
	if (verify->blobs && is_whole)
		blobs_end(verify->blobs);
}

static void
sum_up(const struct verify *verify)
{
	struct verify_result *result = verify->result;

	result->entries = log_tree_size(verify->tree);
	result->root = log_tree_root(verify->tree);
	result->receipts = verify->job->receipt_count;
	result->receipts_good = receipts_good(verify->receipts);
	if (!verify->replay)
		return;
	result->nodes = view_node_count(replay_view(verify->replay));
	result->stamps = replay_stamps(verify->replay);
	result->verdicts = replay_verdicts(verify->replay);
	result->blobs = blobs_named(verify->blobs);
	result->blobs_good = blobs_good(verify->blobs);
}

enum err
verify_run(const struct verify_job *job, const struct findings *findings,
    struct verify_result *result)
{
	struct verify verify = {
	    .job = job, .findings = findings, .result = result};
	struct findings in_order = {tell_in_order, &verify};
	enum err err = log_dir_open(&verify.log, job->dir);

	if (err != OK)
		return err;
	verify.in_order = in_order;
	*result = (struct verify_result){0};
	read_region(&verify);
	check_trusted(&verify);
	read_checkpoint(&verify);
	start(&verify);
	finish(&verify, take_all(&verify));
	sum_up(&verify);
	replay_free(verify.replay);
	blobs_free(verify.blobs);
	receipts_free(verify.receipts);
	log_tree_free(verify.tree);
	log_dir_close(verify.log);
	return OK;
}
