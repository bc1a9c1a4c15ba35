/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small region's log that each test may alter before it is published and
 * verified. Each test runs in its own process, so this state is its own.
 */
#ifndef TESTS_UNIT_TEST_IKRAR_STORY_H
#define TESTS_UNIT_TEST_IKRAR_STORY_H

#include "ikrar/verify.h"
#include "tests/support/log_maker.h"
#include "tests/support/log_writer.h"
#include "tests/support/temp_dir.h"

#include <unistd.h>

enum { LEAVES_MAX = 2048, UNITS = 3 };

static struct maker *maker;
static struct bytes leaves[LEAVES_MAX]; /* copies */
static unsigned leaf_count;
static char *root, *dir;
static unsigned east, west;

/* What the last run found. */
static uint64_t counts[FINDING_COUNT];
static struct finding first[FINDING_COUNT];
static uint8_t first_node[FINDING_COUNT][NODE_ID_SIZE];
static char first_wilayah[FINDING_COUNT][WILAYAH_MAX];
static struct verify_result result;
static struct verify_job job;

static inline void
keep(void *context, struct bytes leaf)
{
	uint8_t *copy = xcalloc(leaf.len, 1);

	(void)context;
	CHECK(leaf_count < LEAVES_MAX);
	memcpy(copy, leaf.at, leaf.len);
	leaves[leaf_count++] = bytes_of(copy, leaf.len);
}

static inline void
tell_a_story(void)
{
	struct unit_row units[UNITS] = {a_unit("TIMUR-1", "73.71.01.1001", 10),
	    a_unit("TIMUR-2", "73.71.01.1002", 10),
	    a_unit("BARAT-1", "73.71.02.1001", 10)};
	struct campaign_row campaign = a_campaign("PILKADA");
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct event event;

	maker = maker_new("73.71", keep, NULL);
	maker_roster(maker, units, UNITS);
	maker_campaign(maker, &campaign);
	maker_rules(maker, &rule, 1);
	east = maker_enrol(maker, KIND_COLLECTOR, "73.71.01");
	west = maker_enrol(maker, KIND_COLLECTOR, "73.71.02");
	for (unsigned i = 0; i < 3; i++) {
		maker_turn(maker, maker->now_ms + STORY_DAY);
		maker_sync(maker, east);
		event = a_pakta("TIMUR-1", maker->now_ms, i + 1);
		maker_take(maker, east, &event, false);
		event = an_ikrar("TIMUR-1", maker->now_ms);
		maker_take(maker, east, &event, true);
		maker_report(maker, west);
	}
	event = a_pakta("TIDAK-ADA", maker->now_ms, 1);
	maker_refuse(maker, east, &event, REJECT_UNKNOWN_UNIT);
	maker_turn(maker, STORY_START + UINT64_C(11) * STORY_DAY);
	maker_report(maker, east);
	maker_report(maker, west);
	maker_turn(maker, STORY_START + UINT64_C(12) * STORY_DAY);
	event = a_pakta("BARAT-1", maker->now_ms, 9);
	maker_take(maker, west, &event, true);
}

static inline void
open_story(void)
{
	root = temp_dir_make();
	dir = temp_dir_path(root, "log");
	tell_a_story();
}

static inline void
close_story(void)
{
	maker_free(maker);
	for (unsigned i = 0; i < leaf_count; i++)
		free((void *)(uintptr_t)leaves[i].at);
	free(dir);
	temp_dir_remove(root);
}

/* The leaves as they are now, with everything that follows from them. */
static inline void
publish_to(const char *where, unsigned count)
{
	struct log_writer *writer = log_writer_new(where);

	for (unsigned i = 0; i < count; i++)
		log_writer_add(writer, leaves[i]);
	log_writer_end(writer, maker->origin, &maker->log_keys);
	log_writer_free(writer);
}

static inline void
publish(void)
{
	if (access(dir, F_OK) == 0) {
		temp_dir_remove(dir);
		dir = temp_dir_path(root, "log");
	}
	publish_to(dir, leaf_count);
}

static inline void
note(void *context, const struct finding *finding)
{
	(void)context;
	if (counts[finding->kind]++ > 0)
		return;
	first[finding->kind] = *finding;
	if (finding->node)
		memcpy(first_node[finding->kind], finding->node, NODE_ID_SIZE);
	if (finding->wilayah)
		(void)text_copy(first_wilayah[finding->kind], WILAYAH_MAX,
		    finding->wilayah);
}

static inline uint64_t
failures(void)
{
	struct findings findings = {note, NULL};
	uint64_t sum = 0;

	memset(counts, 0, sizeof counts);
	job.dir = dir;
	CHECK(verify_run(&job, &findings, &result) == OK);
	for (int i = 0; i < FINDING_COUNT; i++)
		if (finding_who((enum finding_kind)i) != 0)
			sum += counts[i];
	return sum;
}

/* ---- what the attacker does */

static inline enum event_kind
kind_at(unsigned i, struct event *event)
{
	struct leaf leaf;

	CHECK(leaf_get(&leaf, leaves[i]) == OK);
	CHECK(wire_unpack(maker->wire, leaf.event, event) == REJECT_NONE);
	return event->kind;
}

/* The n-th entry of this kind. */
static inline unsigned
find(enum event_kind kind, unsigned n)
{
	struct event event;

	for (unsigned i = 0; i < leaf_count; i++)
		if (kind_at(i, &event) == kind && n-- == 0)
			return i;
	story_must(false, __func__, event_kind_name(kind));
	return 0;
}

static inline void
drop(unsigned i)
{
	free((void *)(uintptr_t)leaves[i].at);
	memmove(
	    &leaves[i], &leaves[i + 1], (--leaf_count - i) * sizeof *leaves);
}

static inline void
repeat(unsigned i)
{
	keep(NULL, leaves[i]);
	for (unsigned k = leaf_count - 1; k > i + 1; k--) {
		struct bytes leaf = leaves[k];

		leaves[k] = leaves[k - 1];
		leaves[k - 1] = leaf;
	}
}

/* Own entries need no signature: the log's key is enough. */
static inline void
forge_own(unsigned i, struct event *event, uint64_t received_at_ms)
{
	static uint8_t packed[EVENT_MAX];
	size_t len = wire_pack(event, packed, sizeof packed);
	struct leaf leaf = {.author = AUTHOR_LOG,
	    .received_at_ms = received_at_ms,
	    .event = bytes_of(packed, len)};
	uint8_t *copy = xcalloc(leaf_size(&leaf), 1);

	CHECK(len > 0);
	leaf_put(copy, &leaf);
	free((void *)(uintptr_t)leaves[i].at);
	leaves[i] = bytes_of(copy, leaf_size(&leaf));
}

static inline uint8_t *
leaf_bytes(unsigned i)
{
	return (uint8_t *)(uintptr_t)leaves[i].at;
}

static inline void
flip(const char *name, long at)
{
	char *path = temp_dir_path(dir, name);
	FILE *file = fopen(path, "r+b");
	int byte;

	CHECK(file != NULL);
	CHECK(fseek(file, at, SEEK_SET) == 0);
	byte = fgetc(file);
	CHECK(fseek(file, at, SEEK_SET) == 0);
	CHECK(fputc(byte ^ 1, file) != EOF);
	fclose(file);
	free(path);
}

static inline void
name_of(char name[TLOG_PATH_MAX], int level)
{
	tlog_path(name, level, 0, leaf_count);
}

#endif
