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
	struct ledger_row *before; /* a bundle */
	bool is_behind;
	carried_fn unloaded; /* NULL: nothing is unloaded */
	void *context;
};

/* Behind one that goes alone only this alert has to wait: the others have
 * nothing to do with that. But what a whole bundle holds up waits together, or
 * each would be a message. */
static void
look_order(void *context, const struct ledger_row *row)
{
	struct order *order = context;
	struct ledger_row before, alone = *row;

	if (order->is_behind ||
	    ledger_before(order->ledger, row, &before) != OK)
		return;
	if (attempt_is_bundle(&before)) {
		order->is_behind = true;
		*order->before = before;
	} else if (order->unloaded != NULL) {
		ledger_unload(order->ledger, &alone);
		order->unloaded(order->context, &alone);
	}
}

static enum err
look_at_riders(struct order *order, const struct ledger_row *bundle)
{
	struct ledger_carrier carrier = {
	    .bundle = bundle->serial, .max = UINT_MAX};

	(void)ledger_each_carried(order->ledger, &carrier, look_order, order);
	return order->is_behind ? OK : ERR_NOTFOUND;
}

enum err
carried_before(struct ledger *ledger, const struct ledger_row *row,
    struct ledger_row *before)
{
	struct order order = {.ledger = ledger, .before = before};

	return attempt_is_bundle(row) ? look_at_riders(&order, row)
				      : ledger_before(ledger, row, before);
}

enum err
carried_unload(struct ledger *ledger, const struct ledger_row *bundle,
    struct ledger_row *before, carried_fn unloaded, void *context)
{
	struct order order = {.ledger = ledger,
	    .before = before,
	    .unloaded = unloaded,
	    .context = context};
	enum err err;

	ledger_begin(ledger);
	err = look_at_riders(&order, bundle);
	ledger_commit(ledger);
	return err;
}

struct settling {
	struct ledger *ledger;
	const struct ledger_row *bundle;
	const char *first;
	carried_fn unloaded;
	void *context;
};

static void
settle_told(void *context, const struct ledger_row *row)
{
	const struct settling *settling = context;
	struct ledger_row own = *row, first;
	struct ledger_key key = row->key;

	(void)text_copy(
	    key.target.channel, sizeof key.target.channel, settling->first);
	if (ledger_row(settling->ledger, &key, &first) == OK &&
	    (first.state != LEDGER_PROMISED ||
		attempt_is_there(settling->ledger, &first))) {
		own.state = LEDGER_SETTLED;
		own.settled_ms = settling->bundle->settled_ms;
		(void)text_copy(own.answer, WORD_MAX, attempt_unneeded_word);
		ledger_set_row(settling->ledger, &own);
	} else {
		ledger_unload(settling->ledger, &own);
		settling->unloaded(settling->context, &own);
	}
}

void
carried_settle_told(struct ledger *ledger, const struct ledger_row *bundle,
    const char *first, carried_fn unloaded, void *context)
{
	struct settling settling = {.ledger = ledger,
	    .bundle = bundle,
	    .first = first,
	    .unloaded = unloaded,
	    .context = context};
	struct ledger_carrier carrier = {
	    .bundle = bundle->serial, .max = UINT_MAX};

	ledger_begin(ledger);
	(void)ledger_each_carried(ledger, &carrier, settle_told, &settling);
	ledger_commit(ledger);
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

/* After a kill between the two commits a part of them may be in the spool. */
static enum err
record_missing(const struct outcome_source *source, const struct riders *all)
{
	struct riders *missing = xcalloc(1, sizeof *missing);
	bool is_there[CARRIED_AT_ONCE];
	enum err err = OK;

	outcome_find(source, all->rows, all->count, is_there);
	for (unsigned i = 0; i < all->count; i++)
		if (!is_there[i])
			missing->rows[missing->count++] = all->rows[i];
	if (missing->count > 0)
		err = outcome_record_all(source, missing->rows, missing->count,
		    EVENT_ALERT_DELIVERED);
	free(missing);
	return err;
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
		err = record_missing(source, carried);
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
	bool is_there;

	if (attempt_is_bundle(row))
		return settle_all(source, ledger, row);
	outcome_find(source, row, 1, &is_there);
	return is_there ? OK
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
