/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the aggregator that is not part of the protocol. */
#ifndef AGGREGATOR_LIMITS_H
#define AGGREGATOR_LIMITS_H

enum {
	/* Messages of one turn, before the commit: what may be configured. */
	TURN_MESSAGES_MAX = 1024,
	/* While long pushes keep coming: answers that are worth a sync. */
	COMMIT_ANSWERS_LEAST = 64,
	/* How long a push waits for more, at most. */
	AGAIN_MS = 1,

	/* Unanswered pushes of one node. */
	CREDIT_EVENTS = 3200,
	CREDIT_BYTES = 1 << 20,

	JOIN_CONNECTIONS_MAX = 64,
	JOINS_A_SECOND = 5,

	/* A node that may not speak hears so at most once in this time. */
	REFUSED_ANSWER_EVERY_MS = 1000,
	/* NodeFaulted of one node, in the log's time. */
	FAULT_EVERY_MS = 60000,
	/* After a recovery, by the log's time: so long a record that is spoken
	 * of may still come. Who is far away longer has it refused, and can
	 * retry.
	 */
	LOST_AWAITED_MS = 6 * 3600 * 1000,
	/* "Come back within"; a full disk has its own (credit.h). */
	BUSY_RETRY_MS = 60000,
	SPENT_RETRY_MS = 5000,
	JOIN_RETRY_MS = 1000,

	/* Feed: entries looked at for one page; readers that wait; how long one
	 * waits for nothing. */
	FEED_SCAN_MAX = 4096,
	FEED_WAITING_MAX = 256,
	FEED_EMPTY_PAGE_MS = 30000,

	SLICE_ROWS = 256,

	/* Share of the disk in use, percent: pushes are answered busy; the
	 * daemon ends itself. Looked at this often. */
	DISK_BUSY_PERCENT = 85,
	DISK_STOP_PERCENT = 97,
	DISK_LOOK_EVERY_MS = 1000,

	LIVE_EVERY_MS = 1000,
	ALIVE_EVERY_MS = 2000,
	/* A snapshot is of the whole view, so it waits for a quiet moment: a
	 * second for a long tail, a minute for a short one. Under load it waits
	 * until folding the tail at a start would take some three seconds; so
	 * does a large one always, which would soon take more disk than the
	 * log. */
	SNAPSHOT_TAIL = 100000,
	SNAPSHOT_TAIL_MAX = 1000000,
	SNAPSHOT_LARGE_BYTES = 8 << 20,
	SNAPSHOT_QUIET_MS = 1000,
	SNAPSHOT_IDLE_MS = 60000,

	SELF_TEST_MS = 10000,
};

#endif
