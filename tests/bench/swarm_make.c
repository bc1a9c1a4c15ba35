/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrols a collector in each kecamatan of a list straight through the turn:
 * thousands of invitations and joins, five a second, would take most of an
 * hour. Region and aggregator are otherwise as they always are.
 */
#include "tests/bench/swarm.h"

#include "aggregator/home.h"
#include "aggregator/turn.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECTOR = 1, UNIT_KIND = 1, PER_TURN = 500, DAY_MS = 86400000 };

struct making {
	struct turn *turn;
	uint64_t now_ms;
	struct node_keys admin;
	uint64_t admin_seq;
	struct swarm_head head;
	struct swarm_row rows[SWARM_NODES_MAX];
	struct unit_row units[SWARM_NODES_MAX];
};

void
swarm_unit(struct unit_row *row, const char *wilayah)
{
	*row = (struct unit_row){.kind = UNIT_KIND, .heads = {12, 12, 12}};
	snprintf(row->code, sizeof row->code, "KEC-%.16s", wilayah);
	snprintf(row->name, sizeof row->name, "Kecamatan %.16s", wilayah);
	(void)text_copy(row->wilayah, sizeof row->wilayah, wilayah);
}

void
swarm_campaign(struct campaign_row *row, uint64_t now_ms)
{
	*row = (struct campaign_row){.id = SWARM_CAMPAIGN,
	    .name = "Seluruh kecamatan",
	    .due_ms = now_ms + 30 * (uint64_t)DAY_MS,
	    .grace_end_ms = now_ms + 40 * (uint64_t)DAY_MS,
	    .lock_ms = now_ms + 50 * (uint64_t)DAY_MS};
}

static void
read_codes(struct making *making, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512];
	uint32_t n = 0;

	if (file == NULL || fgets(line, sizeof line, file) == NULL)
		fatal("swarm-no-codes path=%s", path);
	while (n < SWARM_NODES_MAX && fgets(line, sizeof line, file) != NULL) {
		struct swarm_row *row = &making->rows[n++];

		line[strcspn(line, ",\r\n")] = '\0';
		if (!text_copy(row->wilayah, sizeof row->wilayah, line))
			fatalx("swarm-bad-code line=%u", n + 1);
		node_keys_make(&row->keys);
	}
	(void)fclose(file);
	making->head.count = n;
}

static void
commit(struct making *making)
{
	turn_commit(making->turn, loop_monotonic_ms());
}

static void
enrol_all(struct making *making)
{
	for (uint32_t i = 0; i < making->head.count; i++) {
		const struct swarm_row *row = &making->rows[i];
		struct event event = {.kind = EVENT_NODE_ENROLLED,
		    .enrolled = {.kind = COLLECTOR}};
		struct node_enrolled *enrolled = &event.enrolled;

		memcpy(enrolled->node, row->keys.id, NODE_ID_SIZE);
		memcpy(enrolled->sign_key, row->keys.sign.public_key,
		    SIGN_KEY_SIZE);
		memcpy(enrolled->link_key, row->keys.link.public_key,
		    LINK_KEY_SIZE);
		(void)text_copy(
		    enrolled->wilayah, sizeof enrolled->wilayah, row->wilayah);
		loop_random(
		    enrolled->code_sha256, sizeof enrolled->code_sha256);
		turn_begin(making->turn, making->now_ms);
		(void)turn_own(making->turn, &event);
		if (i % PER_TURN == PER_TURN - 1)
			commit(making);
	}
	commit(making);
}

/* As if the region's admin had pushed it. */
static void
take_text(struct making *making, struct event *event)
{
	const struct view_region *region = view_region(turn_view(making->turn));
	static uint8_t packed[EVENT_MAX];
	size_t len;

	event->version = EVENT_VERSION;
	memcpy(event->node, making->admin.id, NODE_ID_SIZE);
	event->seq = ++making->admin_seq;
	event->recorded_at_ms = making->now_ms;
	(void)text_copy(event->wilayah, sizeof event->wilayah, region->wilayah);
	len = wire_pack(event, packed, sizeof packed);
	CHECK(len > 0);
	turn_begin(making->turn, making->now_ms);
	(void)turn_take(making->turn, bytes_of(packed, len), event,
	    bytes_of(NULL, 0), NULL);
}

static void
sum_units(const struct making *making, uint8_t sha256[HASH_SIZE])
{
	struct text_buf all = {0};
	uint8_t packed[1024];
	struct hash hash;

	for (uint32_t i = 0; i < making->head.count; i++) {
		size_t len = wire_pack_unit_row(
		    &making->units[i], packed, sizeof packed);

		text_buf_add_bytes(&all, packed, len);
	}
	hash = hash_bytes(bytes_of(all.at, all.len));
	memcpy(sha256, hash.at, HASH_SIZE);
	text_buf_clear(&all);
}

static void
load_units(struct making *making)
{
	uint32_t count = making->head.count;
	struct event event = {.kind = EVENT_ROSTER_CHANGED};
	struct part *part = &event.roster.part;

	for (uint32_t i = 0; i < count; i++)
		swarm_unit(&making->units[i], making->rows[i].wilayah);
	part->version = SWARM_VERSION;
	part->parts = (count + EVENT_ROWS_MAX - 1) / EVENT_ROWS_MAX;
	sum_units(making, part->sha256);
	for (part->part = 1; part->part <= part->parts; part->part++) {
		uint32_t from = (part->part - 1) * EVENT_ROWS_MAX;
		uint32_t left = count - from;

		event.roster.rows = &making->units[from];
		event.roster.row_count =
		    left < EVENT_ROWS_MAX ? left : EVENT_ROWS_MAX;
		take_text(making, &event);
	}
	commit(making);
}

static void
load_campaign(struct making *making)
{
	struct campaign_row row;
	struct event event = {.kind = EVENT_CAMPAIGN_CHANGED,
	    .campaign = {.part = {SWARM_VERSION, 1, 1, {0}},
		.row_count = 1,
		.rows = &row}};
	uint8_t packed[1024];
	struct hash hash;

	swarm_campaign(&row, making->now_ms);
	hash = hash_bytes(bytes_of(
	    packed, wire_pack_campaign_row(&row, packed, sizeof packed)));
	memcpy(event.campaign.part.sha256, hash.at, HASH_SIZE);
	take_text(making, &event);
	commit(making);
}

static void
save(const struct making *making, const char *path)
{
	FILE *file = fopen(path, "wbe");

	if (file == NULL ||
	    fwrite(&making->head, sizeof making->head, 1, file) != 1 ||
	    fwrite(making->rows, sizeof making->rows[0], making->head.count,
		file) != making->head.count ||
	    fclose(file) != 0)
		fatal("swarm-not-saved path=%s", path);
}

int
swarm_make(int argc, char **argv)
{
	static struct making making;
	struct node_region *region = &making.head.region;
	const struct view_region *view;
	struct home_keys keys;
	char admin[HOME_PATH_MAX];

	if (argc != 4)
		return 64;
	if (home_path(admin, argv[1], "admin") != OK ||
	    node_keys_load(&making.admin, admin) != OK ||
	    home_keys_load(&keys, argv[1]) != OK ||
	    turn_open(&making.turn, argv[1], &keys.log) != OK ||
	    loop_clock_ms(NULL, &making.now_ms) != OK)
		fatalx("swarm-no-region dir=%s", argv[1]);
	read_codes(&making, argv[2]);
	enrol_all(&making);
	load_units(&making);
	load_campaign(&making);
	view = view_region(turn_view(making.turn));
	if (view->roster_version != SWARM_VERSION ||
	    view->campaign_version != SWARM_VERSION)
		fatalx("swarm-text-not-taken");
	*region = (struct node_region){.kind = COLLECTOR, .endpoint_count = 1};
	memcpy(region->origin, view->origin, sizeof region->origin);
	memcpy(region->log_key, keys.log.public_key, SIGN_KEY_SIZE);
	memcpy(region->server_key, keys.server.public_key, LINK_KEY_SIZE);
	save(&making, argv[3]);
	turn_snapshot(making.turn);
	turn_close(making.turn);
	printf("{\"nodes\":%u}\n", making.head.count);
	return 0;
}
