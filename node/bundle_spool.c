/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle may lie about for weeks while the link comes back: then the heads
 * kept here have outgrown those of its answers. Such a receipt is passed over;
 * the rows it covers are receipted already, or the next bundle, which names
 * the newest head, asks for a fresh one.
 */
#include "node/bundle_spool.h"

#include "core/log.h"
#include "core/loop.h"
#include "model/catalog.h"
#include "model/origin.h"
#include "node/check.h"
#include "node/slice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER_MAX = 1024,
	FLUSH_EVERY = 64, /* receipts that wait in memory */
};

/* ---- out */

static void
fill_front(const struct bundle_node *node, struct bundle_front *front)
{
	struct spool_status status;

	spool_status(node->spool, &status);
	*front = (struct bundle_front){.seen_epoch = status.seen_epoch,
	    .seen_size = status.seen_size,
	    .first_seq = status.receipted_seq + 1,
	    .last_seq = status.last_seq,
	    .made_ms = node->now_ms,
	    .roster_version = status.roster_version,
	    .campaign_version = status.campaign_version,
	    .recipients_version = status.recipients_version};
	memcpy(front->node, node->keys->id, sizeof front->node);
	if (spool_asked(node->spool) > 0)
		front->seen_size = spool_asked(node->spool);
}

static void
write_front(struct bundle_writer *writer, const struct bundle_node *node,
    const struct bundle_front *front, const struct hash *mark)
{
	uint8_t at[BUNDLE_FRONT_MAX], signature[SIGNATURE_SIZE];
	struct bundle_record record = {.kind = BUNDLE_FRONT,
	    .head = bytes_of(at, bundle_front_put(at, front)),
	    .body = bytes_of(signature, sizeof signature)};

	bundle_front_sign(signature, front, mark, &node->keys->sign);
	bundle_write(writer, &record);
}

static enum err
write_rows(struct bundle_writer *writer, const struct bundle_node *node,
    const struct bundle_front *front)
{
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX), header[HEADER_MAX];
	struct message message = {.kind = MESSAGE_PUSH};
	enum err err = OK;

	for (uint64_t next = front->first_seq;
	     err == OK && next <= front->last_seq;) {
		size_t len = 0;

		err = spool_batch(node->spool, next, &message.push, body, &len);
		if (err != OK)
			break;
		next += message.push.count;
		bundle_write(writer,
		    &(struct bundle_record){.kind = BUNDLE_PUSH,
			.head = bytes_of(header,
			    message_put(&message, header, sizeof header)),
			.body = bytes_of(body, len)});
	}
	free(body);
	return err == ERR_NOTFOUND ? ERR_INVALID : err;
}

enum err
bundle_export(const struct bundle_node *node, const char *path,
    struct bundle_front *front)
{
	uint8_t chance[PARCEL_CHANCE_SIZE], sealed[PARCEL_FRONT_SIZE];
	struct bundle_writer *writer;
	struct parcel *parcel;
	struct hash mark;
	enum err err;

	fill_front(node, front);
	if (front->last_seq < front->first_seq)
		return ERR_NOTFOUND;
	loop_random(chance, sizeof chance);
	parcel = parcel_to_region(sealed, node->region->server_key, chance);
	explicit_bzero(chance, sizeof chance);
	if (parcel == NULL)
		return ERR_DENIED;
	mark = parcel_mark(parcel);
	err = bundle_writer_open(&writer, path, parcel, sealed);
	if (err != OK)
		return err;
	write_front(writer, node, front, &mark);
	err = write_rows(writer, node, front);
	if (err == OK)
		return bundle_writer_end(writer);
	bundle_writer_drop(writer);
	return err;
}

/* ---- in */

struct taking {
	const struct bundle_node *node;
	struct bundle_answers *answers;
	struct check *check;
	struct message_codec *codec;
	struct wire *wire;
	uint8_t *space; /* for a slice */
	bool report_wanted;
	uint64_t report_size;
};

static struct parcel *
open_answers(void *context, const uint8_t front[PARCEL_FRONT_SIZE])
{
	const struct bundle_node *node = context;
	struct seal_keys keys;
	struct parcel *parcel;

	memcpy(keys.public_key, node->keys->link.public_key, SEAL_KEY_SIZE);
	memcpy(keys.secret_key, node->keys->link.secret_key, SEAL_KEY_SIZE);
	parcel = parcel_at_node(front, &keys, node->region->server_key);
	explicit_bzero(&keys, sizeof keys);
	return parcel;
}

static void
keep_evidence(struct taking *taking, const struct head_said *said)
{
	struct spool_evidence evidence = {.noted_ms = taking->node->now_ms,
	    .from_size = said->from_size,
	    .consistency = said->consistency};

	(void)text_copy(evidence.text, sizeof evidence.text, said->text);
	spool_keep_evidence(taking->node->spool, &evidence);
}

/* REJECT_NONE: *is_linked says whether the head is believed. */
static enum reject
take_head(struct taking *taking, const struct head_said *said,
    struct checkpoint *head, bool *is_linked)
{
	enum head_trust trust = check_head(taking->check, said, head);

	*is_linked = trust == HEAD_BELIEVED;
	switch (trust) {
	case HEAD_BELIEVED:
		spool_take_head(taking->node->spool, head,
		    check_epoch(taking->check), said->text);
		return REJECT_NONE;
	case HEAD_UNLINKED:
		return REJECT_NONE;
	case HEAD_UNSIGNED:
		return REJECT_BAD_SIGNATURE;
	case HEAD_DIVERGED:
		keep_evidence(taking, said);
		return REJECT_DIVERGED;
	}
	return REJECT_DIVERGED;
}

static enum reject
take_receipt(struct taking *taking, struct message *message, struct bytes raw)
{
	struct receipt *receipt = &message->receipt;
	struct checkpoint head = {0};
	struct head_said said;
	bool is_linked;
	enum reject word;

	CHECK(check_head_of(message, &said));
	word = take_head(taking, &said, &head, &is_linked);
	if (word != REJECT_NONE)
		return word;
	if (!is_linked) {
		taking->answers->unlinked++;
		return REJECT_NONE;
	}
	word = check_receipt(taking->check, receipt, &head);
	if (word != REJECT_NONE)
		return word;
	spool_take_receipt(
	    taking->node->spool, receipt, raw, taking->node->now_ms);
	taking->answers->receipts++;
	taking->answers->have = receipt->have;
	if (receipt->report_wanted) {
		taking->report_wanted = true;
		taking->report_size = head.size;
	}
	return REJECT_NONE;
}

/* The log goes on from an older copy under another name: rows whose receipts
 * count no more go with the next bundle. */
static enum err
take_recovered(struct taking *taking, const struct recovered *recovered)
{
	struct bundle_answers *answers = taking->answers;
	struct spool *spool = taking->node->spool;
	struct spool_recovery recovery = {0};
	struct hello hello = {0};
	struct checkpoint head;
	uint64_t epoch;
	enum err err = spool_flush(spool);

	if (err != OK)
		return err;
	if (check_open_head(&head, &epoch, taking->node->region,
		recovered->checkpoint) == OK &&
	    epoch <= check_epoch(taking->check))
		return OK; /* this node knows already */
	switch (check_recovered(taking->check, recovered, &recovery)) {
	case HEAD_BELIEVED:
		recovery.now_ms = taking->node->now_ms;
		err = spool_recover(spool, &recovery);
		if (err != OK)
			return err;
		answers->has_recovered = check_refresh(taking->check);
		return spool_keep_asked(spool, 0);
	case HEAD_UNLINKED:
		check_greet(taking->check, &hello);
		answers->is_asked = true;
		return spool_keep_asked(spool, hello.seen_size);
	case HEAD_UNSIGNED:
		answers->fault = REJECT_BAD_SIGNATURE;
		return OK;
	case HEAD_DIVERGED:
		answers->fault = REJECT_DIVERGED;
		return OK;
	}
	return ERR_INVALID;
}

static enum reject
take_refusal(struct taking *taking, const struct refusal *refusal)
{
	taking->answers->have = refusal->have;
	if (refusal->word != REJECT_NONE) {
		taking->answers->word = refusal->word;
		return REJECT_NONE;
	}
	return check_mark(taking->check, refusal->have, refusal->head);
}

/* ---- roster, campaigns and recipients */

/* Versions come in their order. Before one is believed here, only the one that
 * the pin names can be. */
static void
take_recipients(struct taking *taking, const struct recipients_changed *changed)
{
	struct spool *spool = taking->node->spool;
	struct spool_recipients set;
	char origin[ORIGIN_MAX];

	spool_recipients(spool, &set);
	if (!origin_at(origin, taking->node->region->origin, 1) ||
	    (set.version == 0 &&
		memcmp(set.pin, changed->part.sha256, sizeof set.pin) != 0))
		return;
	if (changed->part.version > set.version &&
	    !spool_take_recipients(spool, origin, changed))
		log_warnx("recipients-not-believed version=%" PRIu32,
		    changed->part.version);
}

static void
take_event(
    struct taking *taking, const struct slice *slice, const struct event *event)
{
	struct spool *spool = taking->node->spool;
	struct spool_status status;

	spool_status(spool, &status);
	if (slice->what == WHAT_RECIPIENTS)
		take_recipients(taking, &event->recipients);
	else if (slice->what == WHAT_ROSTER &&
		 slice->version > status.roster_version)
		spool_take_units(
		    spool, event->roster.rows, event->roster.row_count, slice);
	else if (slice->what == WHAT_CAMPAIGNS && slice->parts == 1 &&
		 slice->version > status.campaign_version)
		spool_take_campaigns(spool, event->campaign.rows,
		    event->campaign.row_count, slice->version);
}

static enum err
take_slice(struct taking *taking, const struct bundle_record *record)
{
	const struct slice_from from = {.wire = taking->wire,
	    .node = taking->node->keys->id,
	    .wilayah = taking->node->region->wilayah,
	    .space = taking->space};
	struct message message;
	struct event event;

	if (message_from_region_get(taking->codec, record->head, &message) !=
		OK ||
	    message.kind != MESSAGE_SLICE ||
	    slice_unpack(&from, message.slice.what, record->body, &event) !=
		REJECT_NONE)
		return ERR_INVALID;
	take_event(taking, &message.slice, &event);
	return OK;
}

/* ---- the file */

static enum err
take_answer(struct taking *taking, const struct bundle_record *record)
{
	struct message message;
	enum reject word;

	if (record->kind == BUNDLE_SLICE)
		return take_slice(taking, record);
	if (record->kind != BUNDLE_ANSWER ||
	    message_from_region_get(taking->codec, record->head, &message) !=
		OK)
		return ERR_INVALID;
	if (message.kind == MESSAGE_RECEIPT)
		word = take_receipt(taking, &message, record->head);
	else if (message.kind == MESSAGE_REFUSAL)
		word = take_refusal(taking, &message.refusal);
	else if (message.kind == MESSAGE_RECOVERED)
		return take_recovered(taking, &message.recovered);
	else
		return ERR_INVALID;
	taking->answers->fault = word;
	return OK;
}

static enum err
take_answers(struct taking *taking, struct bundle_reader *reader)
{
	struct bundle_answers *answers = taking->answers;
	struct bundle_record record;
	enum err err = bundle_read(reader, &record);

	if (err != OK || bundle_front_get(&answers->front, record.head) != OK ||
	    memcmp(answers->front.node, taking->node->keys->id, NODE_ID_SIZE) !=
		0)
		return ERR_INVALID;
	while ((err = bundle_read(reader, &record)) == OK) {
		err = take_answer(taking, &record);
		if (err == OK && answers->receipts % FLUSH_EVERY == 0)
			err = spool_flush(taking->node->spool);
		if (err != OK || answers->fault != REJECT_NONE ||
		    answers->is_asked)
			return err;
	}
	return err == ERR_NOTFOUND ? OK : err;
}

/* What the uplink would record on such a receipt goes with the next bundle. */
static void
report(struct taking *taking)
{
	const struct bundle_node *node = taking->node;
	struct event event = {.kind = EVENT_NODE_REPORTED};
	enum reject why = REJECT_NONE;
	struct spool_status status;

	spool_status(node->spool, &status);
	if (!taking->report_wanted ||
	    (status.told_epoch == check_epoch(taking->check) &&
		status.told_size >= taking->report_size))
		return;
	(void)text_copy(
	    event.software, sizeof event.software, "ikrar/" IKRAR_VERSION);
	if (spool_add(node->spool, &event, 1, node->now_ms, &why) == OK)
		taking->answers->has_reported = true;
	else
		log_warnx("node-report-not-stored word=%s", reject_word(why));
}

enum err
bundle_import(const struct bundle_node *node, const char *path,
    struct bundle_answers *answers)
{
	struct taking taking = {.node = node, .answers = answers};
	struct bundle_node own = *node;
	struct bundle_reader *reader;
	enum err err = bundle_reader_open(&reader, path, open_answers, &own);
	enum err flushed;

	*answers = (struct bundle_answers){0};
	if (err != OK)
		return err;
	taking.check = check_new(node->spool, node->keys, node->region);
	taking.codec = message_codec_new();
	taking.wire = wire_new();
	taking.space = xcalloc(1, LINK_FRAME_MAX + SLICE_ENVELOPE_MAX);
	err = take_answers(&taking, reader);
	flushed = spool_flush(node->spool);
	if (flushed == OK && err == OK && answers->fault == REJECT_NONE)
		report(&taking);
	free(taking.space);
	wire_free(taking.wire);
	message_codec_free(taking.codec);
	check_free(taking.check);
	bundle_reader_close(reader);
	return err == OK ? flushed : err;
}
