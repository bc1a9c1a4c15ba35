/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/carried.h"

#include "notifier/attempt.h"

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
	enum err err = OK;

	while (err == OK && ledger_each_carried(ledger, bundle->serial,
				CARRIED_AT_ONCE, note_carried, carried) > 0) {
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

bool
carried_fail(const struct outcome_source *source, const struct ledger_row *row)
{
	return attempt_is_bundle(row) ||
	       outcome_record(source, row, EVENT_ALERT_FAILED) == OK;
}
