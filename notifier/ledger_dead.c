/* SPDX-License-Identifier: Apache-2.0 */
/* What goes behind what, dead letters and broken templates; the tables are
 * described in ledger.c. */
#include "notifier/ledger_inner.h"

#include <limits.h>
#include <string.h>

static const char restarts_key[] = "restarts", built_in_key[] = "built-in",
		  faults_key[] = "faults";

bool
ledger_row_is_dead(const struct ledger_row *row)
{
	return row->state == LEDGER_PROMISED &&
	       (row->failure_told || row->is_stopped);
}

struct search {
	struct ledger *ledger;
	const struct ledger_row *row;
	struct ledger_row *before;
	bool is_found;
};

/* What is dead would hold up what comes behind it for ever, and what was sent
 * is there. */
static void
look_before(void *context, const struct ledger_row *row)
{
	struct search *search = context;
	const struct ledger_row *own = search->row;
	struct ledger_row found = *row;

	if (search->is_found || row->state != LEDGER_PROMISED ||
	    row->key.index >= own->key.index || row->serial >= own->serial ||
	    (row->bundle != 0 && row->bundle == own->bundle) ||
	    !route_is_same(&row->key.target, &own->key.target))
		return;
	if (row->bundle != 0 &&
	    ledger_owed_row(search->ledger, row->bundle, &found) != OK)
		return;
	if (found.state != LEDGER_PROMISED || ledger_row_is_dead(&found))
		return;
	*search->before = found;
	search->is_found = true;
}

enum err
ledger_before(struct ledger *ledger, const struct ledger_row *row,
    struct ledger_row *before)
{
	struct search search = {.ledger = ledger, .row = row, .before = before};

	ledger_each_of_alert(ledger, row->key.alert, look_before, &search);
	return search.is_found ? OK : ERR_NOTFOUND;
}

static uint64_t
number_of(struct ledger *ledger, const char *name)
{
	struct bytes value;
	uint64_t number = 0;

	if (db_get(ledger_reader(ledger), META, bytes_of_text(name), &value) ==
		OK &&
	    value.len == 8)
		number = be64_get(value.at);
	ledger_reader_done(ledger);
	return number;
}

static void
add_number(struct ledger *ledger, const char *name, uint64_t by)
{
	uint8_t at[8];

	be64_put(at, number_of(ledger, name) + by);
	db_put(ledger->txn, META, bytes_of_text(name), bytes_of(at, sizeof at));
}

static void
renew_rider(void *context, const struct ledger_row *rider)
{
	struct ledger_row row = *rider;

	row.failure_told = false;
	ledger_set_row(context, &row);
}

/* What it carries begins anew with it. */
static void
renew_riders(struct ledger *ledger, uint64_t serial)
{
	struct ledger_carrier carrier = {.bundle = serial, .max = UINT_MAX};

	(void)ledger_each_carried(ledger, &carrier, renew_rider, ledger);
}

enum err
ledger_restart(struct ledger *ledger, uint64_t serial, uint64_t now_ms)
{
	struct ledger_row row;
	enum err err;

	ledger_begin(ledger);
	err = ledger_owed_row(ledger, serial, &row);
	if (err == OK && !ledger_row_is_dead(&row))
		err = ERR_NOTFOUND;
	if (err == OK) {
		row.is_stopped = row.failure_told = false;
		row.declined = 0;
		row.attempts_before = row.attempts;
		row.restarts++;
		row.restarted_ms = row.next_ms = now_ms;
		ledger_set_row(ledger, &row);
		renew_riders(ledger, serial);
		add_number(ledger, restarts_key, 1);
	}
	ledger_commit(ledger);
	return err == OK ? OK : ERR_NOTFOUND;
}

uint64_t
ledger_restarts(struct ledger *ledger)
{
	return number_of(ledger, restarts_key);
}

void
ledger_add_built_in(struct ledger *ledger, uint64_t by)
{
	add_number(ledger, built_in_key, by);
}

uint64_t
ledger_built_in(struct ledger *ledger)
{
	return number_of(ledger, built_in_key);
}

void
ledger_set_faults(struct ledger *ledger, const char *files)
{
	db_put(ledger->txn, META, bytes_of_text(faults_key),
	    bytes_of(files, strlen(files) + 1));
}

void
ledger_faults(struct ledger *ledger, char files[LEDGER_FAULTS_MAX])
{
	struct bytes value;

	files[0] = '\0';
	if (db_get(ledger_reader(ledger), META, bytes_of_text(faults_key),
		&value) == OK)
		(void)text_copy(
		    files, LEDGER_FAULTS_MAX, (const char *)value.at);
	ledger_reader_done(ledger);
}
