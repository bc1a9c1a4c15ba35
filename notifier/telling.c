/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/telling.h"

#include "core/log.h"
#include "notifier/attempt.h"
#include "notifier/bundle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char default_channel[] = "mail";

/* Messages of one seat and group. */
struct run {
	const struct promising *by;
	const struct telling *first;
	unsigned count;
	/* Of a daily digest: its number, and whom it goes to. */
	const struct ledger_digest *digest;
	const struct telling *to;
};

void
tellings_add(struct tellings *tellings, const struct telling *telling)
{
	if (tellings->count == tellings->cap) {
		tellings->cap = tellings->cap == 0 ? 64 : 2 * tellings->cap;
		tellings->at =
		    xrealloc(tellings->at, tellings->cap, sizeof *tellings->at);
	}
	tellings->at[tellings->count++] = *telling;
}

static int
by_target(const void *a, const void *b)
{
	const struct telling *one = a, *two = b;
	int order = strcmp(one->seat, two->seat);

	if (order == 0)
		order = strcmp(one->term, two->term);
	/* What follows up comes first: a verdict of the same page may say more
	 * of the same alert. */
	if (order == 0)
		order = (one->group[0] == '\0') - (two->group[0] == '\0');
	if (order == 0)
		order = strcmp(one->group, two->group);
	if (order == 0 && one->index != two->index)
		order = one->index < two->index ? -1 : 1;
	return order != 0 ? order
			  : memcmp(one->alert, two->alert, EVENT_ID_SIZE);
}

struct before {
	const struct telling *telling;
	bool is_told;
};

static void
look_before(void *context, const struct ledger_row *row)
{
	struct before *before = context;
	const struct route_target *target = &row->key.target;

	before->is_told |= strcmp(target->seat, before->telling->seat) == 0 &&
			   strcmp(target->term, before->telling->term) == 0 &&
			   row->key.index < before->telling->index &&
			   !attempt_was_past(row);
}

static struct ledger_row
row_of(
    const struct run *run, const struct telling *telling, const char *channel)
{
	struct before before = {.telling = telling};
	struct ledger_row row = {
	    .key = {.index = telling->index, .round = telling->round},
	    .state = LEDGER_PROMISED,
	    .note = telling->note,
	    .tone = telling->tone,
	    .step = telling->step,
	    .promised_ms = run->by->now_ms};

	memcpy(row.key.alert, telling->alert, EVENT_ID_SIZE);
	(void)text_copy(row.key.target.seat, WORD_MAX, telling->seat);
	(void)text_copy(row.key.target.term, WORD_MAX, telling->term);
	(void)text_copy(row.key.target.channel, WORD_MAX, channel);
	ledger_each_of_alert(
	    run->by->ledger, telling->alert, look_before, &before);
	row.is_first = !before.is_told;
	return row;
}

static void
promise_one(
    const struct run *run, const struct telling *telling, const char *channel)
{
	struct ledger_row row = row_of(run, telling, channel);

	if (ledger_promise(run->by->ledger, &row) != ERR_DUP)
		log_info("alert-promised entry=%" PRIu64
			 " seat=%s term=%s channel=%s tone=%d",
		    row.key.index, telling->seat, telling->term, channel,
		    (int)row.tone);
}

static struct ledger_row
bundle_row(const struct run *run, const char *channel)
{
	const struct telling *to = run->to;
	struct ledger_row row = row_of(run, to, channel);

	row.key.round = 0;
	if (run->digest != NULL) {
		row.tone = ROUTE_DIGEST;
		row.key.index = run->digest->number;
		bundle_id(row.key.alert, "digest", to->seat, NULL,
		    run->digest->number);
	} else {
		row.tone = ROUTE_BUNDLE;
		bundle_id(
		    row.key.alert, "group", to->seat, to->alert, to->index);
	}
	return row;
}

/* ERR_DUP: that message exists; what would ride on it goes alone. */
static enum err
promise_bundle(const struct run *run, const char *channel, uint64_t *serial)
{
	struct ledger_row row = bundle_row(run, channel);
	uint8_t name[8], since[8];

	if (ledger_promise(run->by->ledger, &row) == ERR_DUP)
		return ERR_DUP;
	if (run->digest != NULL) {
		be64_put(name, row.serial);
		be64_put(since, run->digest->last_ms);
		ledger_keep(run->by->ledger, LEDGER_KEPT_SINCE,
		    bytes_of(name, sizeof name), bytes_of(since, sizeof since));
	}
	log_info("bundle-promised serial=%" PRIu64
		 " seat=%s term=%s channel=%s alerts=%u digest=%" PRIu64,
	    row.serial, run->to->seat, run->to->term, channel, run->count,
	    run->digest != NULL ? run->digest->number : 0);
	*serial = row.serial;
	return OK;
}

static void
promise_channel(const struct run *run, const char *channel)
{
	uint64_t serial = 0;

	if ((run->count == 1 && run->digest == NULL) ||
	    promise_bundle(run, channel, &serial) != OK)
		serial = 0;
	for (unsigned i = 0; i < run->count; i++) {
		struct ledger_row row;

		if (serial == 0) {
			promise_one(run, &run->first[i], channel);
			continue;
		}
		row = row_of(run, &run->first[i], channel);
		row.bundle = serial;
		/* Promised before, by itself: it goes that way. */
		if (ledger_promise(run->by->ledger, &row) == ERR_DUP)
			continue;
	}
}

static void
promise_run(const struct run *run)
{
	const struct seat_row *seat =
	    seats_by_id(run->by->seats, run->to->seat);
	uint32_t count = seat != NULL ? seat->channel_count : 0;

	for (uint32_t i = 0; i < count; i++)
		promise_channel(run, seat->channels[i]);
	if (count == 0)
		promise_channel(run, default_channel);
}

static bool
is_same_run(const struct telling *a, const struct telling *b)
{
	return a->group[0] != '\0' && strcmp(a->group, b->group) == 0 &&
	       strcmp(a->seat, b->seat) == 0 && strcmp(a->term, b->term) == 0;
}

void
tellings_promise(struct tellings *tellings, const struct promising *promising)
{
	struct run run = {.by = promising};

	if (tellings->count > 0)
		qsort(tellings->at, tellings->count, sizeof *tellings->at,
		    by_target);
	for (unsigned i = 0; i < tellings->count; i += run.count) {
		unsigned end = i + 1;

		while (end < tellings->count &&
		       is_same_run(&tellings->at[i], &tellings->at[end]))
			end++;
		run.first = run.to = &tellings->at[i];
		run.count = end - i < run.first->group_min ? 1 : end - i;
		promise_run(&run);
	}
	free(tellings->at);
	*tellings = (struct tellings){0};
}

void
tellings_promise_digest(struct tellings *tellings,
    const struct promising *promising, const struct ledger_digest *digest,
    const struct telling *to)
{
	struct run run = {.by = promising,
	    .digest = digest,
	    .to = to,
	    .first = tellings->at,
	    .count = tellings->count};

	promise_run(&run);
	free(tellings->at);
	*tellings = (struct tellings){0};
}
