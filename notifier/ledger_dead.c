/* SPDX-License-Identifier: Apache-2.0 */
/* Dead letters and broken templates; the tables are described in ledger.c. */
#include "notifier/ledger_inner.h"

#include <string.h>

static const char restarts_key[] = "restarts", built_in_key[] = "built-in",
		  faults_key[] = "faults";

bool
ledger_row_is_dead(const struct ledger_row *row)
{
	return row->state == LEDGER_PROMISED &&
	       (row->failure_told || row->is_stopped);
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

struct search {
	uint64_t serial;
	struct ledger_row row;
	bool is_found;
};

static void
find_serial(void *context, const struct ledger_row *row)
{
	struct search *search = context;

	if (row->serial == search->serial) {
		search->row = *row;
		search->is_found = true;
	}
}

enum err
ledger_restart(struct ledger *ledger, uint64_t serial, uint64_t now_ms)
{
	struct search search = {.serial = serial};
	struct ledger_row *row = &search.row;

	ledger_begin(ledger);
	if (serial > 0)
		ledger_each_owed(ledger, serial - 1, find_serial, &search);
	if (search.is_found && ledger_row_is_dead(row)) {
		row->is_stopped = row->failure_told = false;
		row->declined = 0;
		row->attempts_before = row->attempts;
		row->restarts++;
		row->restarted_ms = row->next_ms = now_ms;
		ledger_set_row(ledger, row);
		add_number(ledger, restarts_key, 1);
	} else {
		search.is_found = false;
	}
	ledger_commit(ledger);
	return search.is_found ? OK : ERR_NOTFOUND;
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
