/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running region without its sockets: messages come in, a turn ends, answers
 * go out through the functions that were given. run.c wires it to the sockets
 * and the clock; tests drive it by hand.
 *
 * A turn: region_message any number of times, then region_turn_end: commit,
 * sign, answer. Nothing is said before that.
 */
#ifndef AGGREGATOR_REGION_H
#define AGGREGATOR_REGION_H

#include "aggregator/home.h"
#include "aggregator/post.h"
#include "aggregator/store.h"
#include "aggregator/worker.h"
#include "core/stat.h"
#include "judge/view.h"

struct region;

struct region_options {
	const char *dir;
	const struct sign_keys *log_key;
	post_fn send;      /* on the region's socket */
	post_fn send_join; /* on the join socket */
	void *context;
	struct worker *worker; /* or NULL; outlives the region */
	/* Hold the clock against that of the machine (standing.h); a drill's
	 * is what its file says. */
	bool guards_clock;
	/* Share of the disk in use, percent; 0: the limits of limits.h. */
	unsigned disk_busy_percent, disk_stop_percent;
};

/* ERR_NOTFOUND: no region in DIR; ERR_INVALID, ERR_IO: logged. */
enum err region_open(
    struct region **region, const struct region_options *options) MUST_CHECK;
/* Stores a snapshot and what is to be noted, then closes. */
void region_close(struct region *region);

const struct view *region_view(const struct region *region);
/* For looking: let go with store_done before the next message. */
struct store *region_store(struct region *region);
struct stat *region_stat(struct region *region);
/* What the region tells those who join; filled once it listens. */
struct home_endpoints *region_endpoints(struct region *region);

bool region_admits(const struct region *region, const uint8_t *key);
bool region_admits_join(
    const struct region *region, const uint8_t *key, uint64_t now_ms);
void region_message(struct region *region, const struct request *request,
    const struct moment *moment);
void region_join(struct region *region, const struct request *request,
    const struct moment *moment);
void region_turn_end(struct region *region, const struct moment *moment);
/* Something waits for another region_turn_end, soon. */
bool region_is_holding(const struct region *region);
/* Now and then: timers that are due, what waits too long, the disk, notes in
 * `live`, a snapshot when nothing comes. */
void region_clock(struct region *region, const struct moment *moment);

#endif
