/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an office says that it knows of an alert: links for letters, and the
 * pages behind them. A GET shows, only a POST records: mail scanners open every
 * link. What is recorded is on disk before the page says so, and goes to the
 * region as AlertAcknowledged.
 *
 * A link speaks for one seat, one term, one verdict. It is refused when it was
 * altered, has expired, is of a key that was rotated out twice, when the alert
 * has ended, or when somebody else holds the seat by now.
 */
#ifndef NOTIFIER_ACK_DESK_H
#define NOTIFIER_ACK_DESK_H

#include "core/loop.h"
#include "node/uplink.h"
#include "notifier/ack.h"
#include "notifier/ack_page.h"
#include "notifier/ack_url.h"
#include "notifier/inbox.h"

enum { ACK_URL_MAX = ACK_BASE_MAX + ACK_TOKEN_MAX + 8 };

struct ack_desk;

struct ack_desk_options {
	struct loop *loop;
	const char *dir;    /* of the node: keys of the links */
	const char *listen; /* NULL: no desk */
	const char *url;    /* public, begins every link */
	uint64_t hold_ms;   /* how long an acknowledgement holds */
	uint64_t link_ms;   /* how long a link may be used */
	struct ledger *ledger;
	const struct inbox *inbox;
	struct spool *spool;
	struct uplink *uplink; /* NULL: records wait in the spool */
	const char *origin, *zone;
	bool is_drill;
};
/* `*desk` is NULL if there is to be none. Errors are logged. Strings are not
 * copied. */
enum err ack_desk_open(
    struct ack_desk **desk, const struct ack_desk_options *options) MUST_CHECK;
void ack_desk_close(struct ack_desk *desk);
unsigned ack_desk_port(const struct ack_desk *desk);

/* The link for one delivery. False: there is no desk. */
bool ack_link(
    struct ack_desk *desk, const struct ledger_key *key, char url[ACK_URL_MAX]);

/* How often a page of that kind was given. */
uint64_t ack_desk_count(const struct ack_desk *desk, enum ack_say say);

#endif
