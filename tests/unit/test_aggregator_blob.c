/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/blob.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "aggregator/counters.h"
#include "aggregator/export.h"
#include "tests/support/recipients.h"
#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node collector;
static struct sealed sealed[2];

static void
seal(struct sealed *to, uint8_t n)
{
	struct seal_keys keys = recipient_seal_keys(1);
	uint8_t chance[SEAL_CHANCE_SIZE];

	memset(chance, n, sizeof chance);
	seal_put(to, bytes_of_text("uraian: tentang kejadian"),
	    (const uint8_t(*)[SEAL_KEY_SIZE])keys.public_key, 1, chance);
}

static void
set_up(void)
{
	rig = rig_make();
	rig_furnish(rig, &collector);
	seal(&sealed[0], 1);
	seal(&sealed[1], 2);
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(blob, .init = set_up, .fini = tear_down);

static struct event
incident(const struct sealed *of)
{
	uint32_t today = (uint32_t)(rig->now_ms / rig_day_ms);
	struct event event = {.kind = EVENT_INCIDENT_REPORTED,
	    .incident = {.act = "LLN",
		.unit = RIG_UNIT,
		.happened_from_day = today - 2,
		.happened_to_day = today - 1,
		.known_day = today - 1,
		.reported_day = today - 1,
		.source = 1,
		.subject = 1,
		.is_sealed = true,
		.blob_size = (uint32_t)of->blob_len}};

	memcpy(event.incident.commit, of->commit.at, HASH_SIZE);
	memcpy(event.incident.blob_hash, of->blob_hash.at, HASH_SIZE);
	return event;
}

static void
add_blob(struct bytes bytes)
{
	rig->batch.len = push_body_add(
	    rig->batch.body, rig->batch.len, sizeof rig->batch.body, bytes);
	rig->batch.push.blob_count++;
}

static struct bytes
blob_bytes(const struct sealed *of)
{
	return bytes_of(of->blob, of->blob_len);
}

static void
start(void)
{
	rig_batch_start(&rig->batch, &collector);
}

static void
push(void)
{
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
}

static void
push_incident(const struct sealed *of, struct bytes bytes)
{
	struct event event = incident(of);

	start();
	rig_batch_add(rig, &collector, &event);
	add_blob(bytes);
	push();
}

static bool
is_stored(const struct sealed *of)
{
	struct blob *blob;
	struct bytes found;
	bool is_there;

	if (blob_open(&blob, rig->dir, BLOB_READ) != OK)
		return false;
	is_there = blob_get(blob, of->blob_hash.at, &found) == OK &&
		   bytes_equal(found, blob_bytes(of));
	blob_close(blob);
	return is_there;
}

Test(blob, nothing_is_made_before_the_first_comes)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	char *path = temp_dir_path(rig->dir, "blob");

	rig_push_one(rig, &collector, &event);
	cr_assert_neq(access(path, F_OK), 0);
	free(path);
}

Test(blob, is_on_disk_when_its_event_is_receipted)
{
	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert(is_stored(&sealed[0]));
	cr_assert_eq(rig_counter(rig, COUNTER_BLOBS), 1);
}

Test(blob, is_there_after_a_restart_and_more_can_come)
{
	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	rig_restart(rig);
	push_incident(&sealed[1], blob_bytes(&sealed[1]));
	cr_assert(is_stored(&sealed[0]));
	cr_assert(is_stored(&sealed[1]));
}

/* At any place of the batch, and in a correction too. */
Test(blob, without_it_nothing_is_consumed)
{
	struct event one = rig_reported(), two = incident(&sealed[0]);
	struct rig_node before = collector;
	uint64_t size = rig_size(rig);

	for (unsigned place = 0; place < 3; place++) {
		collector = before;
		start();
		for (unsigned i = 0; i < 3; i++)
			rig_batch_add(
			    rig, &collector, i == place ? &two : &one);
		push();
		cr_expect_eq(rig_last_word(rig), REJECT_BLOB_MISSING);
		cr_expect_eq(rig->message.refusal.have, 0);
		cr_expect_eq(rig_size(rig), size);
	}
	cr_assert_not(is_stored(&sealed[0]));
}

Test(blob, a_correction_brings_its_own)
{
	struct event event = {.kind = EVENT_CORRECTED,
	    .corrected = {.target = {.seq = 1},
		.kind = EVENT_INCIDENT_REPORTED,
		.incident = incident(&sealed[1]).incident}};
	struct rig_node before;

	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	before = collector;
	for (unsigned with = 0; with < 2; with++) {
		struct event more = rig_reported();

		collector = before;
		start();
		rig_batch_add(rig, &collector, &event);
		rig_batch_add(rig, &collector, &more);
		if (with != 0)
			add_blob(blob_bytes(&sealed[1]));
		push();
		cr_assert_eq(rig_last_word(rig),
		    with != 0 ? REJECT_COUNT : REJECT_BLOB_MISSING);
	}
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	cr_assert(is_stored(&sealed[1]));
}

Test(blob, must_be_the_one_that_the_event_names)
{
	struct sealed other = sealed[0];
	struct rig_node before = collector;

	push_incident(&sealed[0], blob_bytes(&sealed[1]));
	cr_expect_eq(rig_last_word(rig), REJECT_BLOB_MISSING);
	collector = before;
	other.blob[other.blob_len - 1] ^= 1;
	push_incident(&sealed[0], blob_bytes(&other));
	cr_expect_eq(rig_last_word(rig), REJECT_BLOB_MISSING);
	collector = before;
	other = sealed[0];
	other.blob_len--; /* the event says one less than there is */
	push_incident(&other, blob_bytes(&sealed[0]));
	cr_expect_eq(rig_last_word(rig), REJECT_BLOB_MISSING);
	cr_assert_not(is_stored(&sealed[0]));
}

Test(blob, must_be_built_like_one)
{
	struct sealed bad = sealed[0];

	bad.blob[0] = 9;
	bad.blob_hash = seal_blob_hash(blob_bytes(&bad));
	push_incident(&bad, blob_bytes(&bad));
	cr_assert_eq(rig_last_word(rig), REJECT_BLOB_MISSING);
}

Test(blob, of_a_refused_event_is_not_kept)
{
	struct event event = incident(&sealed[0]);

	(void)text_copy(
	    event.incident.unit, sizeof event.incident.unit, "NOWHERE");
	start();
	rig_batch_add(rig, &collector, &event);
	add_blob(blob_bytes(&sealed[0]));
	push();
	cr_assert_eq(rig_event_word(rig), REJECT_UNKNOWN_UNIT);
	cr_assert_not(is_stored(&sealed[0]));
}

Test(blob, is_not_asked_for_again)
{
	struct event event = incident(&sealed[0]);
	struct event more = rig_reported();

	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	start();
	rig->batch.push.first_seq = 1;
	collector.seq = 0;
	collector.head = hash_node(collector.keys.sign.public_key);
	rig_batch_add(rig, &collector, &event);
	rig_batch_add(rig, &collector, &more);
	push();
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	cr_assert_eq(rig_last(rig)->receipt.have, 2);
}

Test(blob, every_byte_of_the_body_is_accounted_for)
{
	struct event event = rig_reported();
	struct rig_node before = collector;

	start();
	rig_batch_add(rig, &collector, &event);
	add_blob(blob_bytes(&sealed[0]));
	rig->batch.push.blob_count = 0;
	push();
	cr_expect_eq(rig_last_word(rig), REJECT_MALFORMED);
	collector = before;
	start();
	rig_batch_add(rig, &collector, &event);
	add_blob(blob_bytes(&sealed[0]));
	rig->batch.push.blob_count = 2;
	push();
	cr_expect_eq(rig_last_word(rig), REJECT_MALFORMED);
	collector = before;
	start();
	rig_batch_add(rig, &collector, &event);
	add_blob(blob_bytes(&sealed[0])); /* nobody's: left alone */
	push();
	cr_expect_eq(rig_event_word(rig), REJECT_NONE);
	cr_assert_not(is_stored(&sealed[0]));
}

/* ---- export */

static enum err
export_blobs(const char *out, struct export_done *done)
{
	struct reading_words words = {.dir = rig->dir};
	struct reading reading;
	enum err err;

	cr_assert_eq(reading_open(&reading, &words), OK);
	err = export_write(&reading,
	    &(struct export_options){.out = out, .blobs = true}, done);
	reading_close(&reading);
	return err;
}

static char *
exported_path(const char *out, const struct sealed *of)
{
	char name[5 + 2 * HASH_SIZE + 1] = "blob/";

	hex_put(name + strlen(name), of->blob_hash.at, HASH_SIZE);
	return temp_dir_path(out, name);
}

static bool
is_exported(const char *out, const struct sealed *of)
{
	char *path = exported_path(out, of);
	uint8_t at[SEAL_BLOB_MAX];
	FILE *in = fopen(path, "re");
	size_t len = 0;

	free(path);
	if (in == NULL)
		return false;
	len = fread(at, 1, sizeof at, in);
	fclose(in);
	return bytes_equal(bytes_of(at, len), blob_bytes(of));
}

Test(blob, is_exported_once_by_its_hash)
{
	char *out = temp_dir_path(rig->dir, "out");
	struct export_done done;

	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_assert_eq(done.blobs, 1);
	cr_assert(is_exported(out, &sealed[0]));
	push_incident(&sealed[1], blob_bytes(&sealed[1]));
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_assert_eq(done.blobs, 2);
	cr_assert_eq(done.kept, 1); /* the first blob; all else has grown */
	cr_assert(is_exported(out, &sealed[1]));
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_assert_eq(done.written, 0);
	free(out);
}

/* The first is spoilt or erased in the region, the second is whole. */
static void
harm(bool is_erased)
{
	char *from = temp_dir_path(rig->dir, "blob");
	char *to = temp_dir_path(rig->dir, "elsewhere");
	struct blob *blob;

	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	push_incident(&sealed[1], blob_bytes(&sealed[1]));
	region_close(rig->region);
	if (is_erased)
		cr_assert_eq(rename(from, to), 0);
	cr_assert_eq(blob_open(&blob, rig->dir, BLOB_WRITE), OK);
	if (is_erased)
		blob_put(blob, sealed[1].blob_hash.at, blob_bytes(&sealed[1]));
	else
		blob_put(blob, sealed[0].blob_hash.at, blob_bytes(&sealed[1]));
	cr_assert_eq(blob_commit(blob), OK);
	blob_close(blob);
	free(from);
	free(to);
}

static bool
has_checkpoint(const char *out)
{
	char *path = temp_dir_path(out, "checkpoint");
	bool is_there = access(path, F_OK) == 0;

	free(path);
	return is_there;
}

Test(blob, a_spoilt_one_is_left_out_and_all_else_exported)
{
	char *out = temp_dir_path(rig->dir, "out");
	struct export_done done = {0};

	harm(false);
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_expect_eq(done.spoilt, 1);
	cr_expect_eq(done.erased, 0);
	cr_expect_eq(done.blobs, 1);
	cr_expect_not(is_exported(out, &sealed[0]));
	cr_expect(is_exported(out, &sealed[1]));
	cr_expect(has_checkpoint(out));
	cr_assert_eq(rig_open(rig), OK);
	free(out);
}

Test(blob, an_erased_one_is_counted_and_all_else_exported)
{
	char *out = temp_dir_path(rig->dir, "out");
	struct export_done done = {0};

	harm(true);
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_expect_eq(done.spoilt, 0);
	cr_expect_eq(done.erased, 1);
	cr_expect_eq(done.blobs, 1);
	cr_expect(is_exported(out, &sealed[1]));
	cr_expect(has_checkpoint(out));
	cr_assert_eq(rig_open(rig), OK);
	free(out);
}

/* By entry, and in the exit code only where nobody may have meant it. */
Test(blob, what_is_not_exported_is_told_by_entry)
{
	for (unsigned is_erased = 0; is_erased < 2; is_erased++) {
		char *out = temp_dir_path(rig->dir, "out");
		char *said = temp_dir_path(rig->dir, "said");
		char verb[] = "export", dir_option[] = "--dir";
		char blobs[] = "--blobs", text[4096] = "", entry[32];
		char *argv[] = {verb, out, dir_option, rig->dir, blobs, NULL};
		uint64_t index = rig_size(rig);
		FILE *in;

		harm(is_erased != 0);
		snprintf(entry, sizeof entry, "entri %" PRIu64 " ", index);
		cr_assert_not_null(freopen(said, "w", stderr));
		cr_expect_eq(verb_export(5, argv), is_erased != 0 ? 0 : 1);
		fflush(stderr);
		in = fopen(said, "re");
		cr_assert_not_null(in);
		(void)!fread(text, 1, sizeof text - 1, in);
		fclose(in);
		cr_expect_not_null(strstr(text, entry), "%s", text);
		cr_expect_not_null(
		    strstr(text, is_erased != 0 ? "dihapus" : "rusak"), "%s",
		    text);
		cr_assert_eq(rig_open(rig), OK);
		temp_dir_remove(out);
		free(said);
	}
}

Test(blob, none_is_there_to_export_when_all_were_erased)
{
	char *out = temp_dir_path(rig->dir, "out");
	char *from = temp_dir_path(rig->dir, "blob");
	char *to = temp_dir_path(rig->dir, "elsewhere");
	struct export_done done = {0};

	push_incident(&sealed[0], blob_bytes(&sealed[0]));
	region_close(rig->region);
	cr_assert_eq(rename(from, to), 0);
	cr_assert_eq(export_blobs(out, &done), OK);
	cr_expect_eq(done.erased, 1);
	cr_expect(has_checkpoint(out));
	cr_assert_eq(rig_open(rig), OK);
	free(out);
	free(from);
	free(to);
}
