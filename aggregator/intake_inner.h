/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of aggregator/intake.h, for its files: intake.c (what comes) and
 * intake_answer.c (what goes). Nobody else includes it.
 */
#ifndef AGGREGATOR_INTAKE_INNER_H
#define AGGREGATOR_INTAKE_INNER_H

#include "aggregator/ahead.h"
#include "aggregator/intake.h"
#include "aggregator/lacks.h"
#include "aggregator/limits.h"
#include "aggregator/push.h"
#include "aggregator/slice.h"

enum { NOBODY = UINT32_MAX };

/* One answer that is owed. */
struct owed {
	enum message_kind kind;
	unsigned number; /* of the node, or NOBODY */
	struct link_route route;
	bool is_carried;    /* to an admin, for that node */
	uint64_t from_size; /* then: of the head that the node keeps */
	union {
		struct push_result push; /* a receipt */
		struct fetch fetch;
		struct hello hello; /* of an epoch before a recovery */
		struct {
			enum reject word;
			uint64_t retry_ms;
		};
	};
};

struct intake {
	struct intake_options options;
	struct message_codec *codec;
	struct push_desk *desk;
	struct ahead *ahead;
	struct lacks *lacks;
	bool is_busy;
	uint64_t busy_since_ms; /* monotonic */
	struct message message; /* what came, then what goes */
	struct slice_body slice;
	unsigned owed_count;
	struct owed owed[TURN_MESSAGES_MAX];
};

void intake_count_reject(struct intake *intake, enum reject word);
/* When a node should come back that is told `busy` now. */
uint64_t intake_retry_ms(
    const struct intake *intake, const struct moment *moment);

#endif
