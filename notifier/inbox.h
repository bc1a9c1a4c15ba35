/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the region's feed says, turned into promises. A page of the feed is
 * taken in one commit: the seats and campaigns it brings, the verdicts, a
 * promised row for everyone who is to hear of them, and the cursor behind it
 * all. So an entry is never lost between two pages and never promised twice.
 *
 * A new notifier reads from entry 0 and first only collects; when it has come
 * to where the log stood, it owes the alerts that are still open, and to those
 * whom it had told before (by the deliveries in the log) also the end of the
 * others.
 */
#ifndef NOTIFIER_INBOX_H
#define NOTIFIER_INBOX_H

#include "node/uplink.h"
#include "notifier/ledger.h"
#include "notifier/teller.h"

struct inbox;

struct inbox_options {
	struct ledger *ledger;
	const uint8_t *node;    /* own id, EVENT_ID_SIZE bytes */
	const char *origin;     /* of the log that is read */
	const uint8_t *log_key; /* 32 bytes */
	/* NULL: without routes, everyone is told of everything at once. It is
	 * attached to the seats and the calendar that are read here. */
	struct teller *teller;
};
/* The ledger must be open for writing; strings are not copied. */
struct inbox *inbox_new(const struct inbox_options *options);
void inbox_free(struct inbox *inbox);

/* Commits; on return all of the page is on disk. `now_ms` decides who holds a
 * seat. */
void inbox_take(struct inbox *inbox, const struct page *page,
    const struct feed_entry *entries, unsigned count, uint64_t now_ms);

/* The log was recovered from an older copy: its entries are others now. */
void inbox_read_anew(struct inbox *inbox);

const struct seats *inbox_seats(const struct inbox *inbox);
/* NULL: not known. */
const struct campaign_row *inbox_campaign(
    const struct inbox *inbox, const char *id);

#endif
