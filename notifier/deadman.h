/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sign of life for a watcher outside, such as Alertmanager or a service that
 * calls when it stays away: posted every so many minutes, but only while the
 * region is linked and its log was read to the end, and the ledger takes a
 * commit. What it says is that this notifier would tell; silence is the alarm.
 */
#ifndef NOTIFIER_DEADMAN_H
#define NOTIFIER_DEADMAN_H

#include "node/spool.h"
#include "notifier/curl.h"
#include "notifier/ledger.h"

struct deadman;

struct deadman_options {
	struct loop *loop;
	struct curl *curl;
	struct spool *spool;
	struct ledger *ledger;
	const char *url; /* one that ends in /api/v2/alerts gets that form */
	const char *origin;
	uint64_t every_ms;
};
/* Strings are not copied. */
struct deadman *deadman_new(const struct deadman_options *options);
/* curl must be closed before. */
void deadman_free(struct deadman *deadman);

#endif
