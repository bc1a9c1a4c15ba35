/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/fallback.h"

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
	if (first.is_stopped || first.failure_told ||
	    first.attempts - first.attempts_before >= FALLBACK_ATTEMPTS)
		return FALLBACK_DEAD;
	return FALLBACK_ALIVE;
}
