/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/turn.h"

/* Does it still wait for the bundle that it waited for? */
static bool
is_behind_that(struct pending *pending, struct ledger *ledger)
{
	struct ledger_row row;
	bool is_behind = pending->behind != 0 &&
			 ledger_owed_row(ledger, pending->behind, &row) == OK &&
			 row.state == LEDGER_PROMISED &&
			 !ledger_row_is_dead(&row);

	if (!is_behind)
		pending->behind = 0;
	return is_behind;
}

bool
turn_is_behind(struct pending *pending, struct ledger *ledger,
    carried_fn unloaded, void *context)
{
	const struct ledger_row *row = &pending->row;
	struct ledger_row before;
	bool is_found;

	if (is_behind_that(pending, ledger))
		return true;
	/* A bundle that has been tried once waits for nobody. */
	if (attempt_is_bundle(row))
		is_found =
		    row->attempts == 0 && carried_unload(ledger, row, &before,
					      unloaded, context) == OK;
	else
		is_found = ledger_before(ledger, row, &before) == OK &&
			   attempt_is_bundle(&before);
	if (is_found)
		pending->behind = before.serial;
	return is_found;
}

bool
turn_is_past(struct pending *pending, const struct attempt_source *source,
    uint64_t now_ms)
{
	const struct ledger_row *row = &pending->row;
	struct ledger_cursor cursor;

	if (!attempt_is_bundle(row))
		return attempt_is_past(source, row);
	/* Ten thousand are not asked again before there is news. */
	ledger_cursor(source->ledger, &cursor);
	if (pending->asked == cursor.next + 1)
		return false;
	pending->asked = cursor.next + 1;
	return carried_drop_past(source, row, now_ms) == 0 &&
	       row->tone != ROUTE_DIGEST;
}
