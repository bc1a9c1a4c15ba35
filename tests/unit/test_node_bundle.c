/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out of a spool in a bundle and what comes back, without a region:
 * the log is a tree that is made here. */
#include "node/bundle_spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/node.h"
#include "trust/note.h"
#include "trust/tlog.h"

#include <criterion/criterion.h>

enum { SEALED = PARCEL_SEALED_SIZE, FRONT = PARCEL_FRONT_SIZE };
#define ORIGIN "ikrar/73.04/1"

static struct test_node node;
static struct node_region region;
static struct sign_keys log_key;
static struct link_keys server;
static struct tlog *tree;
static struct bundle_node end;
static char there[512], back[512];

static struct seal_keys
seal_keys_of(const struct link_keys *keys)
{
	struct seal_keys made;

	memcpy(made.public_key, keys->public_key, SEAL_KEY_SIZE);
	memcpy(made.secret_key, keys->secret_key, SEAL_KEY_SIZE);
	return made;
}

static void
setup(void)
{
	static const struct tlog_tiles none = {0};
	uint8_t seed[SIGN_SEED_SIZE] = {3};

	test_node_open(&node);
	sign_keys_make(&log_key, seed);
	link_keys_make(&server);
	region.kind = 1;
	(void)text_copy(region.wilayah, sizeof region.wilayah, TEST_WILAYAH);
	(void)text_copy(region.origin, sizeof region.origin, ORIGIN);
	memcpy(region.log_key, log_key.public_key, SIGN_KEY_SIZE);
	memcpy(region.server_key, server.public_key, LINK_KEY_SIZE);
	tree = tlog_new(&none);
	end = (struct bundle_node){.spool = node.spool,
	    .keys = &node.keys,
	    .region = &region,
	    .now_ms = TEST_NOW_MS};
	snprintf(there, sizeof there, "%s/there", node.dir);
	snprintf(back, sizeof back, "%s/back", node.dir);
}

static void
teardown(void)
{
	tlog_free(tree);
	test_node_close(&node);
}

TestSuite(bundle, .init = setup, .fini = teardown, .timeout = 60);

/* ---- the region's end */

static struct parcel *
open_there(void *context, const uint8_t front[PARCEL_FRONT_SIZE])
{
	struct seal_keys keys = seal_keys_of(context);

	return parcel_at_region(front, &keys);
}

static struct bundle_reader *
read_there(struct bundle_front *front)
{
	struct bundle_reader *reader;
	struct bundle_record record;
	struct hash mark;

	cr_assert_eq(
	    bundle_reader_open(&reader, there, open_there, &server), OK);
	cr_assert_eq(bundle_read(reader, &record), OK);
	cr_assert_eq(bundle_front_get(front, record.head), OK);
	mark = parcel_mark(bundle_reader_parcel(reader));
	cr_assert(bundle_front_is_signed(
	    &record.body, front, &mark, node.keys.sign.public_key));
	return reader;
}

/* Reads to its end; the number of records, or of those before it broke. */
static unsigned
count_records(enum err *last)
{
	struct bundle_reader *reader;
	struct bundle_record record;
	unsigned count = 0;

	*last = bundle_reader_open(&reader, there, open_there, &server);
	if (*last != OK)
		return 0;
	while ((*last = bundle_read(reader, &record)) == OK)
		count++;
	bundle_reader_close(reader);
	return count;
}

static void
flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR);
	uint8_t byte;

	cr_assert_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static off_t
length_of(const char *path)
{
	struct stat stat_of;

	cr_assert_eq(stat(path, &stat_of), 0);
	return stat_of.st_size;
}

/* ---- out */

Test(bundle, holds_all_that_is_not_receipted_with_its_stamps)
{
	uint64_t last = test_add_pledges(node.spool, 450, 50), next = 1;
	struct message_codec *codec = message_codec_new();
	struct bundle_front front;
	struct bundle_reader *reader;
	struct bundle_record record;
	struct message message;
	struct hash head;

	cr_assert_eq(bundle_export(&end, there, &front), OK);
	cr_expect_eq(front.last_seq, last);
	reader = read_there(&front);
	while (bundle_read(reader, &record) == OK) {
		cr_assert_eq(record.kind, BUNDLE_PUSH);
		cr_assert_eq(
		    message_to_region_get(codec, record.head, &message), OK);
		cr_assert_eq(message.push.first_seq, next);
		next += message.push.count;
		cr_assert_eq(spool_head(node.spool, next - 1, &head), OK);
		cr_expect(stamp_is_valid(message.push.stamp, node.keys.id,
		    next - 1, &head, node.keys.sign.public_key));
	}
	cr_expect_eq(next, last + 1);
	bundle_reader_close(reader);
	message_codec_free(codec);
}

/* Text for one recipient, and the incident that refers to it. */
static struct event
sealed_incident(struct sealed *sealed)
{
	uint8_t chance[SEAL_CHANCE_SIZE] = {1}, seed[SEAL_SEED_SIZE] = {7};
	uint8_t keys[1][SEAL_KEY_SIZE];
	struct event event = test_incident();
	struct incident *incident = &event.incident;
	struct seal_keys recipient;

	seal_keys_make(&recipient, seed);
	memcpy(keys[0], recipient.public_key, SEAL_KEY_SIZE);
	seal_put(sealed, bytes_of_text("uraian: x"), keys, 1, chance);
	incident->is_sealed = true;
	memcpy(incident->commit, sealed->commit.at, HASH_SIZE);
	memcpy(incident->blob_hash, sealed->blob_hash.at, HASH_SIZE);
	incident->blob_size = (uint32_t)sealed->blob_len;
	return event;
}

Test(bundle, carries_sealed_parts_with_their_events)
{
	struct sealed *sealed = xcalloc(1, sizeof *sealed);
	struct event event = sealed_incident(sealed);
	struct bytes blob = bytes_of(sealed->blob, sealed->blob_len), body;
	struct message_codec *codec = message_codec_new();
	enum reject why = REJECT_NONE;
	struct bundle_front front;
	struct bundle_reader *reader;
	struct bundle_record record;
	struct message message;

	cr_assert_eq(
	    spool_add_sealed(node.spool, &event, blob, TEST_NOW_MS, &why), OK);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	reader = read_there(&front);
	cr_assert_eq(bundle_read(reader, &record), OK);
	cr_assert_eq(message_to_region_get(codec, record.head, &message), OK);
	cr_expect_eq(message.push.blob_count, 1);
	body = bytes_of(record.body.at + record.body.len - blob.len, blob.len);
	cr_expect(bytes_equal(body, blob));
	bundle_reader_close(reader);
	message_codec_free(codec);
	free(sealed);
}

Test(bundle, is_not_made_when_all_is_receipted)
{
	struct bundle_front front;

	cr_expect_eq(bundle_export(&end, there, &front), ERR_NOTFOUND);
	cr_expect_neq(access(there, F_OK), 0);
}

Test(bundle, never_overwrites_a_file)
{
	struct bundle_front front;

	test_add_pledges(node.spool, 1, 1);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	cr_expect_eq(bundle_export(&end, there, &front), ERR_DUP);
	cr_expect_eq(length_of(there), FRONT + 3 * SEALED);
}

Test(bundle, that_cannot_be_written_leaves_no_file)
{
	struct bundle_front front;
	struct parcel *parcel;
	struct bundle_writer *writer;
	uint8_t sealed[FRONT], chance[PARCEL_CHANCE_SIZE] = {1};

	test_add_pledges(node.spool, 1, 1);
	snprintf(back, sizeof back, "%s/none/back", node.dir);
	cr_expect_eq(bundle_export(&end, back, &front), ERR_IO);
	parcel = parcel_to_region(sealed, server.public_key, chance);
	cr_assert_eq(bundle_writer_open(&writer, there, parcel, sealed), OK);
	bundle_writer_drop(writer);
	cr_expect_neq(access(there, F_OK), 0);
}

Test(bundle, is_opened_by_the_region_alone)
{
	struct bundle_front front;
	struct bundle_reader *reader;

	test_add_pledges(node.spool, 3, 3);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	cr_expect_eq(
	    bundle_reader_open(&reader, there, open_there, &node.keys.link),
	    ERR_DENIED, "not by the node that made it");
}

Test(bundle, is_signed_for_its_own_stream_only)
{
	struct hash mark = {{1}}, other = {{2}};
	struct bundle_front front = {.first_seq = 1, .last_seq = 2};
	uint8_t signature[SIGNATURE_SIZE] = {0};
	struct bytes bytes = bytes_of(signature, sizeof signature);
	const uint8_t *key = node.keys.sign.public_key;

	bundle_front_sign(signature, &front, &mark, &node.keys.sign);
	cr_expect(bundle_front_is_signed(&bytes, &front, &mark, key));
	cr_expect_not(bundle_front_is_signed(&bytes, &front, &other, key));
	front.last_seq = 3;
	cr_expect_not(bundle_front_is_signed(&bytes, &front, &mark, key));
	front.last_seq = 2;
	bytes.len--;
	cr_expect_not(bundle_front_is_signed(&bytes, &front, &mark, key));
}

Test(bundle, is_refused_when_cut_anywhere_or_with_more_behind)
{
	struct bundle_front front;
	enum err last;
	off_t len;

	test_add_pledges(node.spool, 250, 50);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	cr_assert_eq(count_records(&last), 3);
	cr_assert_eq(last, ERR_NOTFOUND);
	len = length_of(there);
	cr_assert_eq(len, FRONT + 4 * SEALED);
	cr_assert_eq(truncate(there, len + 1), 0);
	(void)count_records(&last);
	cr_expect_eq(last, ERR_INVALID, "one byte more");
	for (off_t cut = len - 1; cut > 0; cut -= SEALED / 3) {
		cr_assert_eq(truncate(there, cut), 0);
		(void)count_records(&last);
		cr_expect(last == ERR_INVALID || last == ERR_DENIED, "%ld",
		    (long)cut);
	}
}

Test(bundle, is_refused_with_a_bit_flipped)
{
	struct bundle_front front;
	enum err last;

	test_add_pledges(node.spool, 1, 1);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	for (off_t at = 0; at < length_of(there); at += 4099) {
		flip(there, at);
		(void)count_records(&last);
		cr_expect(
		    last == ERR_INVALID || last == ERR_DENIED, "%ld", (long)at);
		flip(there, at);
	}
	(void)count_records(&last);
	cr_expect_eq(last, ERR_NOTFOUND);
}

Test(bundle, is_no_pipe_or_folder)
{
	struct bundle_reader *reader;

	cr_expect_eq(
	    bundle_reader_open(&reader, node.dir, open_there, &server), ERR_IO);
	cr_assert_eq(mkfifo(there, 0600), 0);
	cr_expect_eq(
	    bundle_reader_open(&reader, there, open_there, &server), ERR_IO);
}

Test(bundle, records_stay_within_their_chunk)
{
	uint8_t *chunk = xcalloc(1, PARCEL_CHUNK_SIZE);
	struct bundle_record record = {
	    .kind = BUNDLE_PUSH, .head = bytes_of("head", 4)};

	bundle_record_put(chunk, &record);
	cr_expect_eq(bundle_record_get(&record, chunk), OK);
	cr_expect_eq(record.head.len, 4);
	be32_put(chunk + 2, PARCEL_CHUNK_SIZE - 10);
	cr_expect_eq(bundle_record_get(&record, chunk), OK, "just fits");
	be32_put(chunk + 2, PARCEL_CHUNK_SIZE - 9);
	cr_expect_eq(bundle_record_get(&record, chunk), ERR_INVALID);
	be32_put(chunk + 2, 4);
	be32_put(chunk + 10, PARCEL_CHUNK_SIZE - 14);
	cr_expect_eq(bundle_record_get(&record, chunk), OK, "just fits");
	be32_put(chunk + 10, PARCEL_CHUNK_SIZE - 13);
	cr_expect_eq(bundle_record_get(&record, chunk), ERR_INVALID);
	be32_put(chunk + 10, 0);
	for (unsigned kind = 0; kind < 256; kind++) {
		chunk[0] = (uint8_t)kind;
		cr_expect_eq(bundle_record_get(&record, chunk) == OK,
		    kind >= BUNDLE_FRONT && kind <= BUNDLE_END, "%u", kind);
	}
	free(chunk);
}

/* ---- back */

static void
sign_head(char text[CHECKPOINT_MAX])
{
	struct checkpoint head = {.origin = ORIGIN, .size = tlog_size(tree)};

	cr_assert_eq(tlog_root_at(tree, head.size, &head.root), OK);
	checkpoint_sign(text, &head, &log_key);
}

/* Takes row `seq` as the region would; what proves it is in *proofs. */
static void
take_row(struct message *message, uint64_t seq, uint64_t from,
    struct tlog_proof proofs[2])
{
	struct receipt *receipt = &message->receipt;
	struct leaf leaf = {
	    .author = AUTHOR_NODE, .received_at_ms = TEST_NOW_MS};
	uint8_t *at = xcalloc(1, ENTRY_MAX);
	struct spool_row row;
	struct hash hash;

	*message = (struct message){.kind = MESSAGE_RECEIPT};
	cr_assert_eq(spool_row(node.spool, seq, &row), OK);
	leaf.event = row.event;
	leaf.stamp = row.stamp;
	leaf_put(at, &leaf);
	hash = hash_leaf(bytes_of(at, leaf_size(&leaf)));
	tlog_append(tree, &hash);
	receipt->have = seq;
	receipt->index = tlog_size(tree) - 1;
	receipt->received_at_ms = TEST_NOW_MS;
	memcpy(receipt->head, row.head.at, HASH_SIZE);
	spool_row_done(node.spool);
	free(at);
	sign_head(receipt->checkpoint);
	cr_assert_eq(tlog_prove_inclusion(
			 tree, receipt->index, tlog_size(tree), &proofs[0]),
	    OK);
	receipt->inclusion =
	    bytes_of(proofs[0].at, (size_t)proofs[0].count * HASH_SIZE);
	receipt->from_size = from;
	if (from == 0 || from == tlog_size(tree))
		return;
	cr_assert_eq(
	    tlog_prove_consistency(tree, from, tlog_size(tree), &proofs[1]),
	    OK);
	receipt->consistency =
	    bytes_of(proofs[1].at, (size_t)proofs[1].count * HASH_SIZE);
}

static struct bundle_writer *
start_back(const struct link_keys *from)
{
	struct bundle_front front = {.first_seq = 1, .last_seq = 9};
	struct seal_keys keys = seal_keys_of(from);
	uint8_t sealed[FRONT], chance[PARCEL_CHANCE_SIZE] = {1};
	uint8_t at[BUNDLE_FRONT_MAX];
	struct bundle_writer *writer;
	struct parcel *parcel =
	    parcel_to_node(sealed, node.keys.link.public_key, &keys, chance);

	memcpy(front.node, node.keys.id, NODE_ID_SIZE);
	(void)unlink(back);
	cr_assert_eq(bundle_writer_open(&writer, back, parcel, sealed), OK);
	bundle_write(
	    writer, &(struct bundle_record){.kind = BUNDLE_FRONT,
			.head = bytes_of(at, bundle_front_put(at, &front))});
	return writer;
}

static void
answer(struct bundle_writer *writer, const struct message *message)
{
	uint8_t *at = xcalloc(1, LINK_FRAME_MAX);
	size_t len = message_put(message, at, LINK_FRAME_MAX);

	cr_assert_gt(len, 0);
	bundle_write(writer, &(struct bundle_record){.kind = BUNDLE_ANSWER,
				 .head = bytes_of(at, len)});
	free(at);
}

/* One unit of a roster of two parts. */
static void
slice(struct bundle_writer *writer, uint32_t part, const struct unit_row *unit)
{
	struct message message = {.kind = MESSAGE_SLICE,
	    .slice = {.what = WHAT_ROSTER, .version = 3, .parts = 2}};
	uint8_t header[256], row[256],
	    body[512] = {0x0a, 40, 0x08, 3, 0x10, 0, 0x18, 2, 0x22, 32};
	size_t len = wire_pack_unit_row(unit, row, sizeof row);

	message.slice.part = part;
	body[5] = (uint8_t)part;
	memset(body + 10, 7, 32);
	body[42] = 0x12;
	body[43] = (uint8_t)len;
	memcpy(body + 44, row, len);
	bundle_write(
	    writer, &(struct bundle_record){.kind = BUNDLE_SLICE,
			.head = bytes_of(header,
			    message_put(&message, header, sizeof header)),
			.body = bytes_of(body, 44 + len)});
}

static struct bundle_answers
import(void)
{
	struct bundle_answers answers;

	cr_assert_eq(bundle_import(&end, back, &answers), OK);
	return answers;
}

static enum record_state
state_of(uint64_t seq)
{
	struct spool_row row;
	enum record_state state;

	cr_assert_eq(spool_row(node.spool, seq, &row), OK);
	state = row.state;
	spool_row_done(node.spool);
	return state;
}

static struct message said;
static struct tlog_proof proofs[2];

static void
one_receipt(void)
{
	struct bundle_writer *writer = start_back(&server);

	answer(writer, &said);
	cr_assert_eq(bundle_writer_end(writer), OK);
}

Test(bundle, receipts_that_come_back_are_kept_like_any)
{
	struct bundle_writer *writer;
	struct bundle_answers answers;

	test_add_pledges(node.spool, 3, 1);
	writer = start_back(&server);
	take_row(&said, 1, 0, proofs);
	answer(writer, &said);
	take_row(&said, 3, tlog_size(tree), proofs);
	answer(writer, &said);
	cr_assert_eq(bundle_writer_end(writer), OK);
	answers = import();
	cr_expect_eq(answers.receipts, 2);
	cr_expect_eq(answers.fault, REJECT_NONE);
	for (uint64_t seq = 1; seq <= 3; seq++)
		cr_expect_eq(state_of(seq), RECORD_RECEIPTED, "%" PRIu64, seq);
	test_node_reopen(&node);
	end.spool = node.spool;
	cr_expect_eq(state_of(3), RECORD_RECEIPTED, "on disk");
	cr_expect_eq(import().fault, REJECT_NONE, "again");
}

Test(bundle, receipts_are_believed_of_the_region_alone)
{
	struct bundle_answers answers;
	struct bundle_writer *writer;
	struct link_keys other;

	link_keys_make(&other);
	test_add_pledges(node.spool, 1, 1);
	take_row(&said, 1, 0, proofs);
	writer = start_back(&other);
	answer(writer, &said);
	cr_assert_eq(bundle_writer_end(writer), OK);
	cr_expect_eq(bundle_import(&end, back, &answers), ERR_DENIED);
	cr_expect_eq(state_of(1), RECORD_STORED);
}

Test(bundle, a_receipt_that_does_not_prove_its_entry_is_not_believed)
{
	struct bundle_answers answers;

	test_add_pledges(node.spool, 1, 1);
	take_row(&said, 1, 0, proofs);
	said.receipt.received_at_ms++;
	one_receipt();
	answers = import();
	cr_expect_eq(answers.fault, REJECT_DIVERGED);
	cr_expect_eq(answers.receipts, 0);
	cr_expect_eq(state_of(1), RECORD_STORED);
}

Test(bundle, a_head_that_contradicts_one_kept_is_evidence)
{
	static const struct tlog_tiles none = {0};
	struct spool_evidence evidence;
	struct hash hash = {{7}};

	test_add_pledges(node.spool, 2, 1);
	take_row(&said, 1, 0, proofs);
	one_receipt();
	cr_assert_eq(import().fault, REJECT_NONE);
	tlog_free(tree);
	tree = tlog_new(&none);
	tlog_append(tree, &hash);
	take_row(&said, 2, 1, proofs);
	one_receipt();
	cr_expect_eq(import().fault, REJECT_DIVERGED);
	cr_expect_eq(state_of(2), RECORD_STORED);
	cr_assert_eq(spool_evidence(node.spool, 0, &evidence), OK);
	spool_row_done(node.spool);
}

/* The link went on while the file lay about. */
Test(bundle, a_receipt_under_an_older_head_is_passed_over)
{
	struct bundle_answers answers;
	struct checkpoint head = {0};
	struct hash hash = {{7}};
	char text[CHECKPOINT_MAX];

	test_add_pledges(node.spool, 1, 1);
	take_row(&said, 1, 0, proofs);
	one_receipt();
	tlog_append(tree, &hash);
	sign_head(text);
	cr_assert_eq(checkpoint_open(
			 &head, text, strlen(text), ORIGIN, log_key.public_key),
	    OK);
	spool_take_head(node.spool, &head, 1, text);
	answers = import();
	cr_expect_eq(answers.fault, REJECT_NONE);
	cr_expect_eq(answers.unlinked, 1);
	cr_expect_eq(answers.receipts, 0);
	cr_expect_eq(state_of(1), RECORD_STORED);
}

Test(bundle, a_refusal_comes_back_with_its_word_and_changes_nothing)
{
	struct bundle_answers answers;

	test_add_pledges(node.spool, 1, 1);
	said = (struct message){
	    .kind = MESSAGE_REFUSAL, .refusal = {.word = REJECT_REVOKED}};
	one_receipt();
	answers = import();
	cr_expect_eq(answers.word, REJECT_REVOKED);
	cr_expect_eq(answers.fault, REJECT_NONE);
	cr_expect_eq(state_of(1), RECORD_STORED);
}

/* Else a node without a link could never be heard past a deadline. */
Test(bundle, a_wish_to_hear_more_becomes_a_report_for_the_next_bundle)
{
	struct bundle_front front;

	test_add_pledges(node.spool, 1, 1);
	take_row(&said, 1, 0, proofs);
	said.receipt.report_wanted = true;
	one_receipt();
	cr_expect(import().has_reported);
	cr_assert_eq(bundle_export(&end, there, &front), OK);
	cr_expect_eq(front.first_seq, 2);
	cr_expect_eq(front.last_seq, 2);
	cr_expect_not(import().has_reported, "once for each head");
}

/* Else a node that never had a link would not know its units. */
Test(bundle, slices_come_back_with_the_answers)
{
	struct unit_row units[2] = {
	    {.code = "U1", .name = "Unit 1", .kind = 1, .wilayah = "73.04.01"},
	    {.code = "U2", .name = "Unit 2", .kind = 1, .wilayah = "73.04.01"}};
	struct bundle_writer *writer = start_back(&server);
	struct spool_status status;
	struct unit_row row;

	slice(writer, 1, units);
	slice(writer, 2, units + 1);
	cr_assert_eq(bundle_writer_end(writer), OK);
	cr_assert_eq(import().fault, REJECT_NONE);
	spool_status(node.spool, &status);
	cr_expect_eq(status.roster_version, 3);
	cr_expect_eq(spool_unit(node.spool, "U1", &row), OK);
	cr_expect_eq(spool_unit(node.spool, "U2", &row), OK);
}

Test(bundle, anything_else_in_a_file_of_answers_is_refused)
{
	struct bundle_answers answers;

	test_add_pledges(node.spool, 1, 1);
	said = (struct message){.kind = MESSAGE_SLICE,
	    .slice = {.what = WHAT_ROSTER, .part = 1, .parts = 1}};
	one_receipt();
	cr_expect_eq(bundle_import(&end, back, &answers), ERR_INVALID);
}
