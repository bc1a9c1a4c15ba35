/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_season DIR: the exported log of one season of a province: 12,000
 * units, two records of each, 300 incidents, a report of every collector each
 * day for 40 days. DIR must not be there yet. What `ikrar rules try` is
 * measured with.
 */
#include "tests/support/log_maker.h"
#include "tests/support/log_writer.h"

#include <inttypes.h>

enum {
	UNITS = 12000,
	COLLECTORS = 60,
	INCIDENTS = 300,
	DAYS = 40,
	STAMP_EVERY = 64,
};

struct making {
	struct maker *maker;
	struct log_writer *writer;
	struct unit_row units[UNITS];
	unsigned collectors[COLLECTORS];
};

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
		(void)snprintf(code, sizeof code, "KEL-%05u", i);
		(void)snprintf(wilayah, sizeof wilayah, "73.71.%02u.%04u",
		    i % COLLECTORS + 1, 1001 + i / COLLECTORS);
		making->units[i] = a_unit(code, wilayah, 20);
	}
	maker_roster(making->maker, making->units, UNITS);
	campaign.due_ms = STORY_START + UINT64_C(20) * STORY_DAY;
	campaign.grace_end_ms = STORY_START + UINT64_C(25) * STORY_DAY;
	campaign.lock_ms = STORY_START + UINT64_C(38) * STORY_DAY;
	maker_campaign(making->maker, &campaign);
	maker_rules(making->maker, rules, 2);
	for (unsigned i = 0; i < COLLECTORS; i++) {
		(void)snprintf(wilayah, sizeof wilayah, "73.71.%02u", i + 1);
		making->collectors[i] =
		    maker_enrol(making->maker, KIND_COLLECTOR, wilayah);
	}
}

/* Units of one collector on one day: each is met on two days of the season, one
 * in twenty on none. */
static void
pledges(struct making *making, unsigned n, unsigned day)
{
	unsigned rows = 0;

	for (unsigned i = n; i < UNITS; i += COLLECTORS) {
		unsigned lot = i / COLLECTORS;
		struct event event;

		if (lot % 20 == 0 ||
		    (lot * 7 + n) % (DAYS / 2) != day % (DAYS / 2) ||
		    day >= DAYS - 3)
			continue;
		event = day < DAYS / 2 ? an_ikrar(making->units[i].code,
					     making->maker->now_ms)
				       : a_pakta(making->units[i].code,
					     making->maker->now_ms, 20);
		maker_take(making->maker, making->collectors[n], &event,
		    ++rows % STAMP_EVERY == 0);
	}
}

static void
incidents(struct making *making, unsigned n, unsigned day, unsigned *left)
{
	static const char *const acts[] = {"APK", "SOS", "HOX"};

	for (unsigned i = 0; i < 1 && *left > 0; i++, --*left) {
		unsigned unit = n + COLLECTORS * (*left % 20);
		struct event event = an_incident(making->units[unit].code,
		    acts[*left % 3], (int)day, (int)day);

		event.incident.source = *left % 4 + 1;
		maker_take(making->maker, making->collectors[n], &event, false);
	}
}

static void
go_on(struct making *making)
{
	unsigned left = INCIDENTS;

	for (unsigned day = 0; day < DAYS; day++)
		for (unsigned n = 0; n < COLLECTORS; n++) {
			maker_turn(making->maker,
			    STORY_START + (uint64_t)day * STORY_DAY +
				(uint64_t)(n + 1) * STORY_DAY /
				    (COLLECTORS + 2));
			maker_sync(making->maker, making->collectors[n]);
			pledges(making, n, day);
			if ((day + n) % 7 == 0)
				incidents(making, n, day, &left);
			maker_report(making->maker, making->collectors[n]);
		}
}

int
main(int argc, char **argv)
{
	static struct making making;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_season DIR\n");
		return 64;
	}
	making.writer = log_writer_new(argv[1]);
	making.maker = maker_new("73.71", sink, making.writer);
	begin(&making);
	go_on(&making);
	log_writer_end(
	    making.writer, making.maker->origin, &making.maker->log_keys);
	printf("%" PRIu64 " entries, %u alerts\n",
	    tlog_size(making.maker->tlog),
	    view_alert_count(making.maker->view));
	maker_free(making.maker);
	log_writer_free(making.writer);
	return 0;
}
