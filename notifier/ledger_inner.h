/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the ledger have in common. */
#ifndef NOTIFIER_LEDGER_INNER_H
#define NOTIFIER_LEDGER_INNER_H

#include "notifier/ledger.h"

/* The tables, in the order of their names in ledger.c. */
enum { META, ALERT, VERDICT, ROW, OWED, PART, CARRIED, WATCH, DUE, KEPT };

struct ledger {
	struct db *db;
	struct db_txn *txn;      /* between begin and commit */
	struct db_txn *read_txn; /* behind the last verdict handed out */
};

/* Reads see what the open write transaction has written; without one they get
 * a fresh snapshot, which lives until the next call. */
struct db_txn *ledger_reader(struct ledger *ledger);
void ledger_reader_done(struct ledger *ledger);

#endif
