/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record as it stands now: what was first written, through all corrections
 * of it that were made here and not refused, and whether it was withdrawn.
 * Corrections by others (an admin, a later node) are not known to this spool.
 */
#ifndef COLLECTOR_RECORD_H
#define COLLECTOR_RECORD_H

#include "collector/home.h"
#include "collector/sentence.h"

struct record {
	uint64_t seq;         /* of the first version */
	enum event_kind kind; /* EVENT_PLEDGE_MADE or EVENT_INCIDENT_REPORTED */
	union {
		struct pledge pledge;
		struct incident incident;
	};
	uint64_t newest;     /* number of the version that stands */
	uint64_t withdrawn;  /* number of the withdrawal; 0: none */
	enum reject refused; /* of the first version */
};

/* `seq` may name any version. ERR_INVALID: no such record, or of a kind that
 * is never corrected; *why says it. */
enum err record_find(struct home *home, uint64_t seq, struct record *record,
    struct sentence *why) MUST_CHECK;
/* The same, and it can still be corrected or withdrawn. */
enum err record_find_standing(struct home *home, uint64_t seq,
    struct record *record, struct sentence *why) MUST_CHECK;

#endif
