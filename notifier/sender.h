/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps what the ledger has promised: sends what is due, no faster than each
 * target may be written to, tries again for days, and records the outcome in
 * the node's spool. For one alert and one target the verdicts go out in their
 * order. A channel that stands in for another one waits until that one is dead,
 * and is not used if it was not.
 *
 * What a kill can do: before the channel took a message it goes out again
 * under the same id; after the ledger has it as sent, never again.
 */
#ifndef NOTIFIER_SENDER_H
#define NOTIFIER_SENDER_H

#include "node/uplink.h"
#include "notifier/ack_desk.h"
#include "notifier/channel.h"
#include "notifier/fallback.h"
#include "notifier/inbox.h"

enum {
	SENDER_DECLINED_TELL = 5, /* lasting noes before AlertFailed */
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
	struct ack_desk *acks;       /* NULL: letters have no link */
	const char *region;          /* wilayah of the log */
	const char *zone;            /* of a seat that is gone */
	const struct routes *routes; /* NULL: none */
	bool is_drill;
	unsigned at_once;
	uint64_t retry_max_ms;
};

struct sender *sender_new(const struct sender_options *options);
void sender_free(struct sender *sender);
/* New rows are promised; also at the start, for those of the last run. */
void sender_wake(struct sender *sender);

#endif
