/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node for a test: a directory of its own, keys from a fixed seed, a spool;
 * and events to put into it. Header only.
 */
#ifndef TESTS_SUPPORT_NODE_H
#define TESTS_SUPPORT_NODE_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/loop.h"
#include "model/catalog.h"
#include "node/spool.h"
#include "tests/support/temp_dir.h"

#define TEST_NOW_MS UINT64_C(1700000000000)
#define TEST_WILAYAH "73.04.01"

struct test_node {
	char *dir;
	struct node_keys keys;
	struct spool *spool;
	uint64_t map_bytes;
};

static inline void
test_keys_make(struct node_keys *keys)
{
	uint8_t seed[SIGN_SEED_SIZE];
	struct hash id;

	for (int i = 0; i < SIGN_SEED_SIZE; i++)
		seed[i] = (uint8_t)(i + 1);
	sign_keys_make(&keys->sign, seed);
	link_keys_make(&keys->link);
	id = hash_node(keys->sign.public_key);
	memcpy(keys->id, id.at, sizeof keys->id);
}

static inline enum err
test_spool_open(struct test_node *node, struct spool **spool)
{
	struct spool_options options = {.dir = node->dir,
	    .keys = &node->keys,
	    .wilayah = TEST_WILAYAH,
	    .map_bytes = node->map_bytes,
	    .create = true};

	return spool_open(spool, &options);
}

static inline void
test_node_open(struct test_node *node)
{
	node->dir = temp_dir_make();
	test_keys_make(&node->keys);
	CHECK(test_spool_open(node, &node->spool) == OK);
}

static inline void
test_node_close(struct test_node *node)
{
	spool_close(node->spool);
	temp_dir_remove(node->dir);
}

static inline void
test_node_reopen(struct test_node *node)
{
	spool_close(node->spool);
	CHECK(test_spool_open(node, &node->spool) == OK);
}

static inline struct event
test_report(const char *software)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	CHECK(text_copy(event.software, sizeof event.software, software));
	return event;
}

static inline struct event
test_pledge(unsigned n)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE};
	struct pledge *pledge = &event.pledge;

	snprintf(pledge->unit, sizeof pledge->unit, "U%u", n);
	CHECK(text_copy(pledge->campaign, sizeof pledge->campaign, "IKRAR24"));
	CHECK(text_copy(pledge->template, sizeof pledge->template, "SKB22"));
	memset(pledge->ceremony, 7, sizeof pledge->ceremony);
	memset(pledge->template_sha256, 8, sizeof pledge->template_sha256);
	pledge->act = catalog_number(CATALOG_ACT, "pakta");
	pledge->form = catalog_number(CATALOG_FORM, "APEL");
	pledge->points = 15;
	pledge->made_at_ms = TEST_NOW_MS - 1000;
	pledge->head_signed = true;
	pledge->counts[EMPLOYMENT_PNS] = (struct count){true, 30, 29};
	return event;
}

static inline struct event
test_incident(void)
{
	struct event event = {.kind = EVENT_INCIDENT_REPORTED};
	struct incident *incident = &event.incident;

	CHECK(text_copy(incident->unit, sizeof incident->unit, "U1"));
	CHECK(text_copy(incident->act, sizeof incident->act, "APK"));
	incident->happened_from_day = incident->happened_to_day = 19600;
	incident->known_day = incident->reported_day = 19601;
	incident->source = catalog_number(CATALOG_SOURCE, "WARGA");
	incident->subject = catalog_number(CATALOG_SUBJECT, "PNS");
	return event;
}

/* One commit for each `at_once` pledges; the last number. */
static inline uint64_t
test_add_pledges_at(
    struct spool *spool, unsigned count, unsigned at_once, uint64_t now_ms)
{
	struct event *events = xcalloc(at_once, sizeof *events);
	enum reject why = REJECT_NONE;
	uint64_t last = 0;

	for (unsigned done = 0; done < count;) {
		unsigned now = count - done < at_once ? count - done : at_once;

		for (unsigned i = 0; i < now; i++)
			events[i] = test_pledge(done + i);
		CHECK(spool_add(spool, events, now, now_ms, &why) == OK);
		last = events[now - 1].seq;
		done += now;
	}
	free(events);
	return last;
}

/* Recorded now. */
static inline uint64_t
test_add_pledges(struct spool *spool, unsigned count, unsigned at_once)
{
	uint64_t now_ms = 0;

	CHECK(loop_clock_ms(NULL, &now_ms) == OK);
	return test_add_pledges_at(spool, count, at_once, now_ms);
}

#endif
