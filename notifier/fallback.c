/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/fallback.h"

#include "notifier/carried.h"

static bool
has_failed(const struct ledger_row *row)
{
	return row->is_stopped || row->failure_told ||
	       row->attempts - row->attempts_before >= FALLBACK_ATTEMPTS;
}

/* What has not been tried because it waits behind others is as dead as the one
 * at their head: each stands before the next in the order of promising. */
static bool
is_dead(struct ledger *ledger, const struct ledger_row *first)
{
	struct ledger_row at = *first, before;

	while (at.attempts == 0 && carried_before(ledger, &at, &before) == OK)
		at = before;
	return has_failed(&at);
}

enum fallback
fallback_look(const struct contacts *contacts, struct ledger *ledger,
    const struct contact *contact, const struct ledger_row *row)
{
	struct ledger_key key = row->key;
	struct ledger_row first;

	(void)text_copy(key.target.channel, sizeof key.target.channel,
	    contact->fallback_for);
	if (contacts_find(contacts, key.target.seat, key.target.term,
		key.target.channel) == NULL ||
	    ledger_row(ledger, &key, &first) != OK)
		return FALLBACK_DEAD;
	if (first.state != LEDGER_PROMISED)
		return FALLBACK_TOLD;
	if (is_dead(ledger, &first))
		return FALLBACK_DEAD;
	return first.attempts > 0 ? FALLBACK_ALIVE : FALLBACK_HELD;
}
