/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_make_log DIR ENTRIES [BATCH [PLEDGES]]: the exported log of a busy
 * region: 350 units, 16 collectors, a stamp at least every BATCH rows (64),
 * PLEDGES of 100 rows are pledges (60), one of 400 an incident, and the rest
 * reports. DIR must not be there yet. Prints the log's key.
 */
#include "tests/support/log_maker.h"
#include "tests/support/log_writer.h"

#include <inttypes.h>

enum {
	UNITS = 350,
	COLLECTORS = 16,
	SPAN_DAYS = 20,
	REFUSED_EVERY = 997,
};

struct making {
	struct maker *maker;
	struct log_writer *writer;
	struct unit_row units[UNITS];
	unsigned collectors[COLLECTORS];
	uint64_t want, batch, pledges;
	uint64_t state; /* of chance: the same log each time */
};

static uint64_t
chance(struct making *making, uint64_t below)
{
	making->state = making->state * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
	return (making->state >> 33) % below;
}

static void
sink(void *context, struct bytes leaf)
{
	log_writer_add(context, leaf);
}

static void
begin(struct making *making)
{
	struct campaign_row campaign = a_campaign("PILKADA");
	struct rule_row rules[] = {a_rule("BELUM", BY_KECAMATAN, TELL_HEAD),
	    a_repeat_rule("BERULANG", BY_UNIT, 3)};
	char wilayah[WILAYAH_MAX], code[CODE_MAX];

	for (unsigned i = 0; i < UNITS; i++) {
		(void)snprintf(code, sizeof code, "KEL-%04u", i);
		(void)snprintf(wilayah, sizeof wilayah, "73.71.%02u.%04u",
		    i % COLLECTORS + 1, 1001 + i / COLLECTORS);
		making->units[i] = a_unit(code, wilayah, 20);
	}
	maker_roster(making->maker, making->units, UNITS);
	campaign.due_ms = STORY_START + UINT64_C(12) * STORY_DAY;
	campaign.grace_end_ms = STORY_START + UINT64_C(14) * STORY_DAY;
	maker_campaign(making->maker, &campaign);
	maker_rules(making->maker, rules, 2);
	for (unsigned i = 0; i < COLLECTORS; i++) {
		(void)snprintf(wilayah, sizeof wilayah, "73.71.%02u", i + 1);
		making->collectors[i] =
		    maker_enrol(making->maker, KIND_COLLECTOR, wilayah);
	}
}

static void
record(struct making *making, unsigned n, bool is_stamped)
{
	unsigned collector = making->collectors[n];
	unsigned unit =
	    (unsigned)chance(making, UNITS / COLLECTORS) * COLLECTORS;
	const char *code = making->units[unit + n].code;
	uint64_t lot = chance(making, 100);
	int day = (int)((making->maker->now_ms - STORY_START) / STORY_DAY);
	struct event event = {.kind = EVENT_NODE_REPORTED};

	if (lot < making->pledges)
		event = a_pakta(
		    code, making->maker->now_ms, (uint32_t)chance(making, 21));
	else if (lot == 99 && chance(making, 4) == 0)
		event = an_incident(code, "APK", day, day);
	else
		(void)text_copy(event.software, SOFTWARE_MAX, "bench");
	maker_take(making->maker, collector, &event, is_stamped);
}

static void
go_on(struct making *making)
{
	uint64_t from = tlog_size(making->maker->tlog);
	uint64_t turn = 0;

	while (tlog_size(making->maker->tlog) < making->want) {
		uint64_t done = tlog_size(making->maker->tlog);
		uint64_t rows = 1 + chance(making, making->batch);
		unsigned n = (unsigned)chance(making, COLLECTORS);
		struct event bad =
		    a_pakta("TIDAK-ADA", making->maker->now_ms, 1);

		maker_turn(
		    making->maker, STORY_START + (done - from) * SPAN_DAYS *
						     (uint64_t)STORY_DAY /
						     (making->want - from + 1));
		maker_sync(making->maker, making->collectors[n]);
		for (uint64_t i = 1; i <= rows; i++)
			record(making, n, i == rows);
		if (++turn % REFUSED_EVERY == 0)
			maker_refuse(making->maker, making->collectors[n], &bad,
			    REJECT_UNKNOWN_UNIT);
	}
}

static uint64_t
number(int argc, char **argv, int at, uint64_t fallback)
{
	uint64_t value = fallback;

	if (argc > at && u64_get(&value, argv[at], 1, UINT32_MAX) != OK)
		value = fallback;
	return value;
}

int
main(int argc, char **argv)
{
	static struct making making;
	char vkey[NOTE_VKEY_MAX];

	if (argc < 3) {
		(void)fprintf(stderr,
		    "usage: bench_make_log DIR ENTRIES [BATCH [PLEDGES]]\n");
		return 64;
	}
	making.want = number(argc, argv, 2, 1000);
	making.batch = number(argc, argv, 3, 64);
	making.pledges = number(argc, argv, 4, 60);
	making.writer = log_writer_new(argv[1]);
	making.maker = maker_new("73.71", sink, making.writer);
	begin(&making);
	go_on(&making);
	log_writer_end(
	    making.writer, making.maker->origin, &making.maker->log_keys);
	note_vkey(
	    vkey, making.maker->origin, making.maker->log_keys.public_key);
	printf("%s %" PRIu64 " entries\n", vkey, tlog_size(making.maker->tlog));
	maker_free(making.maker);
	log_writer_free(making.writer);
	return 0;
}
