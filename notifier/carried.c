/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/carried.h"

#include "core/log.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

enum { CARRIED_AT_ONCE = 128 };

struct riders {
	struct ledger_row rows[CARRIED_AT_ONCE];
	unsigned count;
};

static void
note_carried(void *context, const struct ledger_row *row)
{
	struct riders *carried = context;

	carried->rows[carried->count++] = *row;
}

struct order {
	struct ledger *ledger;
	bool is_behind;
};

static void
look_order(void *context, const struct ledger_row *row)
{
	struct order *order = context;

	order->is_behind =
	    order->is_behind || ledger_is_behind(order->ledger, row);
}

bool
carried_is_behind(struct ledger *ledger, const struct ledger_row *bundle)
{
	struct order order = {.ledger = ledger};
	struct ledger_carrier carrier = {
	    .bundle = bundle->serial, .max = UINT_MAX};

	(void)ledger_each_carried(ledger, &carrier, look_order, &order);
	return order.is_behind;
}

struct past {
	const struct attempt_source *source;
	uint64_t now_ms;
	unsigned count, left;
};

/* At once, for what comes behind it of the same alert looks at it. */
static void
drop_past(void *context, const struct ledger_row *row)
{
	struct past *past = context;
	struct ledger_row settled = *row;

	if (!attempt_is_past(past->source, row)) {
		past->left++;
		return;
	}
	settled.state = LEDGER_SETTLED;
	settled.settled_ms = past->now_ms;
	(void)text_copy(settled.answer, WORD_MAX, attempt_past_word);
	ledger_set_row(past->source->ledger, &settled);
	past->count++;
}

unsigned
carried_drop_past(const struct attempt_source *source,
    const struct ledger_row *bundle, uint64_t now_ms)
{
	struct past past = {.source = source, .now_ms = now_ms};
	struct ledger_carrier carrier = {
	    .bundle = bundle->serial, .max = UINT_MAX};

	ledger_begin(source->ledger);
	(void)ledger_each_carried(source->ledger, &carrier, drop_past, &past);
	ledger_commit(source->ledger);
	if (past.count > 0)
		log_info("bundle-lightened serial=%" PRIu64
			 " seat=%s alerts=%u left=%u",
		    bundle->serial, bundle->key.target.seat, past.count,
		    past.left);
	return past.left;
}

static void
settle_chunk(const struct outcome_source *source, struct ledger *ledger,
    struct ledger_row *bundle, struct riders *carried)
{
	struct spool_status status;

	spool_status(source->spool, &status);
	ledger_begin(ledger);
	for (unsigned i = 0; i < carried->count; i++) {
		struct ledger_row *row = &carried->rows[i];

		row->state = LEDGER_SETTLED;
		row->settled_ms = bundle->tried_ms;
		ledger_set_row(ledger, row);
	}
	bundle->spool_seq = status.last_seq;
	ledger_set_row(ledger, bundle);
	ledger_commit(ledger);
}

static enum err
settle_all(const struct outcome_source *source, struct ledger *ledger,
    struct ledger_row *bundle)
{
	struct riders *carried = xcalloc(1, sizeof *carried);
	struct ledger_carrier carrier = {
	    .bundle = bundle->serial, .max = CARRIED_AT_ONCE};
	enum err err = OK;

	while (err == OK && ledger_each_carried(
				ledger, &carrier, note_carried, carried) > 0) {
		for (unsigned i = 0; i < carried->count; i++) {
			carried->rows[i].spool_seq = bundle->spool_seq;
			carried->rows[i].attempts = bundle->attempts;
			(void)text_copy(
			    carried->rows[i].answer, WORD_MAX, bundle->answer);
		}
		if (!outcome_is_in_spool(source, carried->rows))
			err = outcome_record_all(source, carried->rows,
			    carried->count, EVENT_ALERT_DELIVERED);
		if (err != ERR_FULL) {
			settle_chunk(source, ledger, bundle, carried);
			err = OK;
		}
		carried->count = 0;
	}
	free(carried);
	return err;
}

enum err
carried_tell(const struct outcome_source *source, struct ledger *ledger,
    struct ledger_row *row)
{
	if (attempt_is_bundle(row))
		return settle_all(source, ledger, row);
	return outcome_is_in_spool(source, row)
		   ? OK
		   : outcome_record(source, row, EVENT_ALERT_DELIVERED);
}

static void
note_failed(struct ledger *ledger, struct riders *carried)
{
	ledger_begin(ledger);
	for (unsigned i = 0; i < carried->count; i++) {
		carried->rows[i].failure_told = true;
		ledger_set_row(ledger, &carried->rows[i]);
	}
	ledger_commit(ledger);
}

/* A kill between the two commits tells one chunk again. */
static enum err
fail_all(const struct outcome_source *source, struct ledger *ledger,
    const struct ledger_row *bundle)
{
	struct riders *carried = xcalloc(1, sizeof *carried);
	struct ledger_carrier carrier = {.bundle = bundle->serial,
	    .which = LEDGER_RIDERS_UNTOLD,
	    .max = CARRIED_AT_ONCE};
	enum err err = OK;

	while (err == OK && ledger_each_carried(
				ledger, &carrier, note_carried, carried) > 0) {
		for (unsigned i = 0; i < carried->count; i++) {
			carried->rows[i].attempts = bundle->attempts;
			(void)text_copy(
			    carried->rows[i].answer, WORD_MAX, bundle->answer);
		}
		err = outcome_record_all(
		    source, carried->rows, carried->count, EVENT_ALERT_FAILED);
		if (err != ERR_FULL) {
			note_failed(ledger, carried);
			err = OK;
		}
		carried->count = 0;
	}
	free(carried);
	return err;
}

enum err
carried_fail(const struct outcome_source *source, struct ledger *ledger,
    const struct ledger_row *row)
{
	enum err err = attempt_is_bundle(row)
			   ? fail_all(source, ledger, row)
			   : outcome_record(source, row, EVENT_ALERT_FAILED);

	return err == ERR_FULL ? ERR_FULL : OK;
}
