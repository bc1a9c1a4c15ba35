/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps what the ledger has promised: sends what is due, tries again for ever,
 * and records the outcome in the node's spool. For one alert and one target
 * the verdicts go out in their order.
 *
 * What a kill can do: before the channel took a message it goes out again
 * under the same id; after the ledger has it as sent, never again.
 */
#ifndef NOTIFIER_SENDER_H
#define NOTIFIER_SENDER_H

#include "node/uplink.h"
#include "notifier/ack_desk.h"
#include "notifier/channel.h"
#include "notifier/inbox.h"

enum {
	SENDER_DECLINED_TELL = 5, /* lasting noes before AlertFailed */
	SENDER_RETRY_MAX_MS = 300000,
};

struct sender;

struct sender_options {
	struct loop *loop;
	struct ledger *ledger;
	struct inbox *inbox;
	struct spool *spool;
	struct uplink *uplink; /* NULL: nobody to wake */
	const struct contacts *contacts;
	struct channels channels;
	struct ack_desk *acks; /* NULL: letters have no link */
	const char *zone;      /* of the region: for a seat that is gone */
	bool is_drill;
	unsigned at_once;
	uint64_t retry_max_ms;
};

struct sender *sender_new(const struct sender_options *options);
void sender_free(struct sender *sender);
/* New rows are promised; also at the start, for those of the last run. */
void sender_wake(struct sender *sender);

/* The pause before attempt number `attempts + 1`, before jitter. */
uint64_t sender_pause_ms(const struct ledger_row *row, uint64_t retry_max_ms);

#endif
