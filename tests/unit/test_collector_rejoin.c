/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/rejoin.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "collector/rejoin_copy.h"
#include "collector/retire.h"
#include "core/file.h"
#include "tests/unit/test_collector_place.h"

static struct place old, fresh;
static struct copy copied;

static void
open_places(void)
{
	place_make(&old);
	place_take_slices(&old);
	place_make(&fresh);
}

static void
close_places(void)
{
	place_remove(&old);
	place_remove(&fresh);
}

TestSuite(rejoin, .init = open_places, .fini = close_places);

static struct event
a_pledge(const char *unit)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE,
	    .pledge = {.act = 2,
		.form = 6,
		.points = 15,
		.made_at_ms = local_ms("2024-10-01 08:00"),
		.head_signed = true}};

	(void)text_copy(event.pledge.unit, sizeof event.pledge.unit, unit);
	(void)text_copy(
	    event.pledge.campaign, sizeof event.pledge.campaign, "PILKADA2024");
	(void)text_copy(event.pledge.template, sizeof event.pledge.template,
	    "IKRAR-4-POIN");
	memset(event.pledge.ceremony, 7, sizeof event.pledge.ceremony);
	memset(event.pledge.template_sha256, 8,
	    sizeof event.pledge.template_sha256);
	return event;
}

static struct event
a_withdrawal(uint64_t seq)
{
	struct event event = {
	    .kind = EVENT_WITHDRAWN, .withdrawn = {.target = {.seq = seq}}};

	(void)text_copy(event.withdrawn.reason, sizeof event.withdrawn.reason,
	    "SALAH_INPUT");
	memcpy(event.withdrawn.target.node, old.home.keys.id, EVENT_ID_SIZE);
	return event;
}

static void
add(struct event event)
{
	enum reject why = REJECT_NONE;

	cr_assert_eq(
	    spool_add(old.home.spool, &event, 1, old.home.now_ms, &why), OK,
	    "%s", reject_word(why));
}

static void
copy_all(void)
{
	copied = (struct copy){.from = old.home.spool,
	    .to = fresh.home.spool,
	    .now_ms = fresh.home.now_ms};
	memcpy(copied.old_id, old.home.keys.id, NODE_ID_SIZE);
	memcpy(copied.new_id, fresh.home.keys.id, NODE_ID_SIZE);
	place_capture(&fresh, "");
	cr_assert_eq(copy_rows(&copied), OK);
}

static struct event
row_of(struct home *home, uint64_t seq)
{
	struct spool_row row;
	struct event event;

	cr_assert_eq(home_event(home, seq, &row, &event), OK);
	spool_row_done(home->spool);
	return event;
}

static uint64_t
last_of(struct home *home)
{
	spool_status(home->spool, &home->status);
	return home->status.last_seq;
}

Test(rejoin, copies_what_had_no_receipt_and_nothing_else)
{
	struct event event;

	place_open(&old);
	add(a_pledge("KEL-73.71.04.1008"));
	add(a_pledge("KEL-73.71.04.1009"));
	add((struct event){.kind = EVENT_NODE_REPORTED});
	add(a_pledge("KEC-73.71.04"));
	place_close(&old);
	place_take_receipt(&old, 1, 0);
	place_open(&old);
	place_open(&fresh);
	copy_all();
	cr_expect_eq(copied.copied, 2);
	cr_expect_eq(copied.failed, 0);
	cr_assert_eq(last_of(&fresh.home), 2);
	event = row_of(&fresh.home, 1);
	cr_expect_str_eq(event.pledge.unit, "KEL-73.71.04.1009");
	cr_expect_arr_eq(event.node, fresh.home.keys.id, EVENT_ID_SIZE);
	cr_expect_eq(
	    event.pledge.made_at_ms, local_ms("2024-10-01 08:00"), "as it was");
	event = row_of(&fresh.home, 2);
	cr_expect_str_eq(event.pledge.unit, "KEC-73.71.04");
	cr_expect_eq(last_of(&old.home), 4, "the old spool stays");
	place_close(&old);
	place_close(&fresh);
}

Test(rejoin, names_the_copy_of_a_copied_row_and_the_old_one_of_a_received)
{
	struct event event;

	place_open(&old);
	add(a_pledge("KEL-73.71.04.1008"));
	add((struct event){.kind = EVENT_NODE_REPORTED});
	add(a_pledge("KEL-73.71.04.1009"));
	add(a_withdrawal(3));
	add(a_withdrawal(1));
	place_close(&old);
	place_take_receipt(&old, 2, 0);
	place_open(&old);
	place_open(&fresh);
	copy_all();
	cr_assert_eq(last_of(&fresh.home), 3);
	event = row_of(&fresh.home, 2);
	cr_expect_eq(event.withdrawn.target.seq, 1);
	cr_expect_arr_eq(
	    event.withdrawn.target.node, fresh.home.keys.id, EVENT_ID_SIZE);
	event = row_of(&fresh.home, 3);
	cr_expect_eq(event.withdrawn.target.seq, 1);
	cr_expect_arr_eq(
	    event.withdrawn.target.node, old.home.keys.id, EVENT_ID_SIZE);
	place_close(&old);
	place_close(&fresh);
}

Test(rejoin, copies_a_sealed_part_with_its_record)
{
	const struct recipients_changed set = place_recipients();
	struct event event = {.kind = EVENT_INCIDENT_REPORTED};
	struct incident *incident = &event.incident;
	struct sealed *sealed = xcalloc(1, sizeof *sealed);
	uint8_t chance[SEAL_CHANCE_SIZE] = {5};
	enum reject why = REJECT_NONE;
	struct bytes blob;

	seal_put(sealed, bytes_of_text("uraian: x"), &set.rows[0].seal_key, 1,
	    chance);
	(void)text_copy(incident->unit, sizeof incident->unit, "KEC-73.71.04");
	(void)text_copy(incident->act, sizeof incident->act, "LLN");
	incident->happened_from_day = incident->happened_to_day = 20000;
	incident->known_day = incident->reported_day = 20000;
	incident->source = incident->subject = 1;
	incident->is_sealed = true;
	memcpy(incident->commit, sealed->commit.at, HASH_SIZE);
	memcpy(incident->blob_hash, sealed->blob_hash.at, HASH_SIZE);
	incident->blob_size = (uint32_t)sealed->blob_len;
	place_open(&old);
	cr_assert_eq(spool_add_sealed(old.home.spool, &event,
			 bytes_of(sealed->blob, sealed->blob_len),
			 old.home.now_ms, &why),
	    OK, "%s", reject_word(why));
	place_open(&fresh);
	copy_all();
	cr_assert_eq(last_of(&fresh.home), 1);
	cr_assert_eq(spool_blob(fresh.home.spool, 1, &blob), OK);
	cr_expect(bytes_equal(blob, bytes_of(sealed->blob, sealed->blob_len)));
	spool_row_done(fresh.home.spool);
	free(sealed);
	place_close(&old);
	place_close(&fresh);
}

Test(rejoin, copies_nothing_twice_when_it_was_cut_short)
{
	place_open(&old);
	add(a_pledge("KEL-73.71.04.1008"));
	place_open(&fresh);
	copy_all();
	add(a_pledge("KEL-73.71.04.1009"));
	add(a_withdrawal(2));
	copy_all();
	cr_expect_eq(copied.copied, 3);
	cr_assert_eq(last_of(&fresh.home), 3);
	cr_expect_str_eq(
	    row_of(&fresh.home, 2).pledge.unit, "KEL-73.71.04.1009");
	cr_expect_eq(row_of(&fresh.home, 3).withdrawn.target.seq, 2);
	copy_all();
	cr_assert_eq(last_of(&fresh.home), 3);
	place_close(&old);
	place_close(&fresh);
}

/* ---- the change of places, cut at every point */

enum { NAMES = 3 };
static const char *const names[NAMES] = {"keys", "region", "spool"};

static void
path_of(char path[256], const char *dir, const char *name)
{
	cr_assert(file_path(path, 256, dir, name));
}

/* As if it had ended after `steps` of its renames: for each name the old one
 * goes aside, then the new one comes. */
static void
cut_after(unsigned steps)
{
	char hex[NODE_HEX_SIZE], from[256], to[256], aside[256], name[64];

	place_open(&old);
	hex_put(hex, old.home.keys.id, NODE_ID_SIZE);
	place_close(&old);
	path_of(to, old.dir, "rejoin");
	cr_assert_eq(rename(fresh.dir, to), 0);
	cr_assert_eq(mkdir(fresh.dir, 0700), 0); /* for close_places */
	path_of(from, to, "switching");
	(void)unlink(from);
	cr_assert_eq(file_write_new(from, bytes_of_text(hex), 0600), OK);
	path_of(from, to, "clock");
	cr_assert_eq(unlink(from), 0);
	snprintf(name, sizeof name, "old-%.16s", hex);
	path_of(aside, old.dir, name);
	cr_assert_eq(mkdir(aside, 0700), 0);
	for (unsigned i = 0; i < steps; i++) {
		char fresh_dir[256];

		path_of(fresh_dir, old.dir, "rejoin");
		path_of(from, i % 2 == 0 ? old.dir : fresh_dir, names[i / 2]);
		path_of(to, i % 2 == 0 ? aside : old.dir, names[i / 2]);
		cr_assert_eq(rename(from, to), 0, "%u", i);
	}
}

Test(rejoin, goes_on_with_a_change_of_places_wherever_it_was_cut)
{
	for (unsigned steps = 0; steps <= 2 * NAMES; steps++) {
		uint8_t id[NODE_ID_SIZE];

		place_open(&fresh);
		memcpy(id, fresh.home.keys.id, sizeof id);
		place_close(&fresh);
		cut_after(steps);
		place_capture(&old, "");
		cr_expect_eq(home_open(&old.home, &old.words), ERR_INVALID,
		    "half changed: %u", steps);
		cr_expect_eq(rejoin_run(&old.words, "-"), 0, "%u", steps);
		place_open(&old);
		cr_expect_arr_eq(old.home.keys.id, id, NODE_ID_SIZE);
		place_close(&old);
		close_places();
		open_places();
	}
}

/* ---- retire */

static void
expect_said(const char *name, const char *text)
{
	char *all = place_read(&old, name);

	cr_expect(strstr(all, text) != NULL, "no \"%s\" in:\n%s", text, all);
	free(all);
}

Test(rejoin, is_told_by_retire_what_is_left)
{
	struct retire_words words = {.home = old.words};

	place_open(&old);
	add(a_pledge("KEL-73.71.04.1008"));
	add(a_withdrawal(1));
	place_close(&old);
	place_take_receipt(&old, 1, 0);
	cr_assert_eq(retire_check(old.dir), OK);
	place_capture(&old, "");
	cr_assert_eq(retire_run(&words), 0);
	expect_said("out", "not received yet: 1");
	expect_said("out", "2  tersimpan  pencabutan");
	cr_assert_eq(retire_check(old.dir), ERR_DENIED);
	expect_said("err", "sudah dipensiunkan");
	place_take_receipt(&old, 2, 0);
	place_capture(&old, "");
	cr_assert_eq(retire_run(&words), 0);
	expect_said("out", "Selesai: semua 2 catatan diterima");
	words.undo = true;
	cr_assert_eq(retire_run(&words), 0);
	cr_assert_eq(retire_check(old.dir), OK);
}
