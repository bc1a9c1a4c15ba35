/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector that has joined a drill region, in a temporary directory: real
 * keys, a real spool, a clock file. For the tests of collector/.
 */
#ifndef TESTS_UNIT_TEST_COLLECTOR_PLACE_H
#define TESTS_UNIT_TEST_COLLECTOR_PLACE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/home.h"
#include "model/catalog.h"
#include "tests/support/temp_dir.h"
#include "trust/seal.h"

#define PLACE_WILAYAH "73.71.04"
#define PLACE_NOW "2024-10-02 10:00"

struct place {
	char *dir, *clock;
	struct home_words words;
	struct home home;
};

/* Words of a command line are writable in the program, literals here. */
static inline char *
word_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static inline uint64_t
local_ms(const char *text)
{
	uint64_t ms = 0;

	CHECK(calendar_ms_get(&ms, text, 8) == OK);
	return ms;
}

static inline void
place_set_clock(struct place *place, const char *text)
{
	char number[32];

	snprintf(number, sizeof number, "%" PRIu64, local_ms(text));
	temp_dir_write(place->dir, "clock", number);
}

/* The region's, which signs its heads. */
static inline struct sign_keys
place_log_keys(void)
{
	const uint8_t seed[SIGN_SEED_SIZE] = {7};
	struct sign_keys keys;

	sign_keys_make(&keys, seed);
	return keys;
}

static inline void
place_make(struct place *place)
{
	struct node_region region = {.origin = "ikrar/73.71/1/latihan",
	    .wilayah = PLACE_WILAYAH,
	    .drill = true,
	    .endpoint_count = 1,
	    .endpoints = {"tcp://127.0.0.1:1"}};
	struct node_keys keys;
	struct spool *spool;
	struct spool_options options = {
	    .keys = &keys, .wilayah = PLACE_WILAYAH, .create = true};

	place->dir = temp_dir_make();
	place->clock = temp_dir_path(place->dir, "clock");
	place->words =
	    (struct home_words){.dir = place->dir, .clock = place->clock};
	region.kind = catalog_number(CATALOG_NODE_KIND, "collector");
	memcpy(
	    region.log_key, place_log_keys().public_key, sizeof region.log_key);
	memset(region.server_key, 8, sizeof region.server_key);
	node_keys_make(&keys);
	CHECK(node_keys_save(&keys, place->dir) == OK);
	CHECK(node_region_save(&region, place->dir) == OK);
	options.dir = place->dir;
	CHECK(spool_open(&spool, &options) == OK);
	spool_close(spool);
	place_set_clock(place, PLACE_NOW);
}

static inline void
place_open(struct place *place)
{
	CHECK(home_open(&place->home, &place->words) == OK);
}

static inline void
place_close(struct place *place)
{
	home_close(&place->home);
}

static inline void
place_remove(struct place *place)
{
	temp_dir_remove(place->dir);
	free(place->clock);
}

/* What the region sends: three units, one of them outside, one campaign. */
static inline void
place_take_slices(struct place *place)
{
	static const struct unit_row units[] = {
	    {"KEC-73.71.04", "Kantor Kecamatan Contoh", 7, "73.71.04", "",
		{14, 2, 4}},
	    {"KEL-73.71.04.1008", "Kelurahan Melati", 8, "73.71.04.1008", "",
		{12, 3, 4}},
	    {"KEL-73.71.04.1009", "Kelurahan Kenanga", 8, "73.71.04.1009", "",
		{10, 0, 2}},
	    {"OPD-DISDIK", "Dinas Pendidikan", 4, "73.71", "", {46, 5, 15}},
	};
	struct slice slice = {
	    .what = WHAT_ROSTER, .version = 1, .part = 1, .parts = 1};
	struct campaign_row campaign = {.id = "PILKADA2024",
	    .name = "Ikrar netralitas",
	    .due_ms = local_ms("2024-10-04 16:00"),
	    .grace_end_ms = local_ms("2024-10-07 16:00"),
	    .lock_ms = local_ms("2024-10-21 16:00")};

	place_open(place);
	spool_take_units(
	    place->home.spool, units, sizeof units / sizeof units[0], &slice);
	spool_take_campaigns(place->home.spool, &campaign, 1, 1);
	CHECK(spool_flush(place->home.spool) == OK);
	place_close(place);
}

/* The region has taken all up to `have`, but for `refused` (0: none). */
static inline void
place_take_receipt(struct place *place, uint64_t have, uint64_t refused)
{
	struct message message = {.kind = MESSAGE_RECEIPT};
	struct receipt *receipt = &message.receipt;
	uint8_t raw[2048];
	size_t len;

	receipt->have = have;
	receipt->index = 41;
	receipt->received_at_ms = local_ms("2024-10-02 10:01");
	if (refused != 0) {
		receipt->refused_count = 1;
		receipt->refused[0] =
		    (struct refused_row){refused, REJECT_UNKNOWN_UNIT};
	}
	len = message_put(&message, raw, sizeof raw);
	CHECK(len > 0);
	place_open(place);
	spool_take_receipt(place->home.spool, receipt, bytes_of(raw, len),
	    local_ms("2024-10-02 10:01"));
	CHECK(spool_flush(place->home.spool) == OK);
	place_close(place);
}

/* One recipient, its keys made of `number`. */
static inline struct recipient_row
place_recipient(const char *id, uint8_t number)
{
	const uint8_t seed[SEAL_SEED_SIZE] = {number};
	struct recipient_row row = {0};
	struct seal_keys seal;
	struct sign_keys sign;

	CHECK(text_copy(row.id, sizeof row.id, id));
	seal_keys_make(&seal, seed);
	sign_keys_make(&sign, seed);
	memcpy(row.seal_key, seal.public_key, sizeof row.seal_key);
	memcpy(row.sign_key, sign.public_key, sizeof row.sign_key);
	return row;
}

/* What the region sends as version 1: two recipients. */
static inline struct recipients_changed
place_recipients(void)
{
	struct recipients_changed changed = {
	    .part = {.version = 1, .part = 1, .parts = 1}, .row_count = 2};
	struct hasher *hasher = hasher_new();
	struct hash hash;
	uint8_t row[256];

	changed.rows[0] = place_recipient("insp-makassar", 11);
	changed.rows[1] = place_recipient("insp-sulsel", 12);
	for (unsigned i = 0; i < 2; i++)
		hasher_add(hasher,
		    bytes_of(row, wire_pack_recipient_row(
				      &changed.rows[i], row, sizeof row)));
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(changed.part.sha256, hash.at, sizeof changed.part.sha256);
	return changed;
}

/* Pinned and taken, so that it can be sealed. */
static inline void
place_take_recipients(struct place *place)
{
	struct recipients_changed changed = place_recipients();

	place_open(place);
	CHECK(
	    spool_pin_recipients(place->home.spool, changed.part.sha256) == OK);
	CHECK(spool_take_recipients(
	    place->home.spool, place->home.region.origin, &changed));
	place_close(place);
}

/* From now on what is printed goes to DIR/out and DIR/err, and answers come
 * from `answers`. Each test is a process of its own. */
static inline void
place_capture(struct place *place, const char *answers)
{
	char *out = temp_dir_path(place->dir, "out");
	char *err = temp_dir_path(place->dir, "err");
	char *in = temp_dir_path(place->dir, "in");

	temp_dir_write(place->dir, "in", answers);
	CHECK(freopen(out, "w", stdout) != NULL);
	CHECK(freopen(err, "w", stderr) != NULL);
	CHECK(freopen(in, "r", stdin) != NULL);
	free(out);
	free(err);
	free(in);
}

/* All of DIR/name so far; the caller frees. */
static inline char *
place_read(struct place *place, const char *name)
{
	char *path = temp_dir_path(place->dir, name);
	struct text_buf text = {0};
	char piece[4096];
	FILE *file;
	size_t len;

	fflush(stdout);
	fflush(stderr);
	file = fopen(path, "r");
	CHECK(file != NULL);
	text_buf_add(&text, "%s", "");
	while ((len = fread(piece, 1, sizeof piece, file)) > 0)
		text_buf_add_bytes(&text, piece, len);
	fclose(file);
	free(path);
	return text.at;
}

#endif
