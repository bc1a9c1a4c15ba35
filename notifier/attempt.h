/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one attempt at a row sends: the verdict as it stands in the ledger, the
 * seat as it is now, the units that newer news has taken out.
 */
#ifndef NOTIFIER_ATTEMPT_H
#define NOTIFIER_ATTEMPT_H

#include "notifier/ack_desk.h"
#include "notifier/inbox.h"
#include "notifier/letter.h"

struct attempt_source {
	struct ledger *ledger;
	struct inbox *inbox;
	struct wire *wire, *later_wire; /* the first keeps the verdict's rows */
	const char *region, *zone;      /* the zone: for a seat that is gone */
	bool is_drill;
	const struct routes *routes; /* NULL: none */
	struct ack_desk *acks;       /* NULL: letters have no link */
};

struct attempt {
	struct letter_input input;
	uint64_t first_index; /* of the first verdict that this target got */
	uint64_t opened_ms;   /* of the alert */
	struct event event;
	struct seat_row stand_in;
	char before[WORD_MAX]; /* the term of a predecessor */
	char (*struck)[CODE_MAX];
	char ack_url[ACK_URL_MAX];
	const struct ledger_row *row;
};

/* Valid until the next one of the same source. ERR_NOTFOUND: the verdict is not
 * in the ledger. Clear it in any case. */
enum err attempt_make(struct attempt *attempt,
    const struct attempt_source *source,
    const struct ledger_row *row) MUST_CHECK;
/* The letter about it; the region was heard last at `heard_ms`. */
void attempt_write(struct letter *letter, const struct attempt *attempt,
    const struct attempt_source *source, uint64_t heard_ms);
/* The alert has come to be about nothing but the seat's own office, and the row
 * is not for that seat any more: a new or repeated alert, or the end of one of
 * which it was told nothing for that reason. Never so of a bundle: that is
 * asked of what it carries. */
bool attempt_is_past(
    const struct attempt_source *source, const struct ledger_row *row);
/* The answers of a row that was settled and went nowhere; no other is written
 * so: it was not for its seat any more, another channel had it first, nothing
 * that it carried was left. */
extern const char attempt_past_word[], attempt_unneeded_word[],
    attempt_empty_word[];
/* It was promised, and told to nobody. */
bool attempt_was_past(const struct ledger_row *row);
bool attempt_went_out(const struct ledger_row *row);
/* It has reached its reader: what rides with its bundle. */
bool attempt_is_there(struct ledger *ledger, const struct ledger_row *row);
/* Several alerts in one message, or the daily digest. */
bool attempt_is_bundle(const struct ledger_row *row);
void attempt_clear(struct attempt *attempt);

#endif
