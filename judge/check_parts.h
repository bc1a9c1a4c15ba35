/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files share that say whether an event may be taken: view_check.c,
 * which looks at the writer and at what people decide, and check_record.c.
 */
#ifndef JUDGE_CHECK_PARTS_H
#define JUDGE_CHECK_PARTS_H

#include "judge/view_parts.h"

/* Who writes, and with how much knowledge. */
struct writer {
	const struct view *view;
	const struct event *event;
	const struct view_node *node;
	uint32_t number;
	uint64_t seen;
	uint32_t received_day;
	int zone_hours;
};

static inline enum reject
first_of(enum reject first, enum reject second)
{
	return first != REJECT_NONE ? first : second;
}

/* check_record.c: a unit on the roster, within the writer's wilayah. */
enum reject check_unit(const struct writer *writer, const char *code);
/* Records, and what is done to them. */
enum reject check_pledge(
    const struct writer *writer, const struct pledge *pledge);
enum reject check_incident(
    const struct writer *writer, const struct incident *incident);
enum reject check_corrected(const struct writer *writer);
enum reject check_withdrawn(const struct writer *writer);
enum reject check_reviewed(const struct writer *writer);

#endif
