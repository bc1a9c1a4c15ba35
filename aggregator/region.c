/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/region.h"

#include "aggregator/counters.h"
#include "aggregator/enrol.h"
#include "aggregator/intake.h"
#include "aggregator/limits.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>

struct region {
	unsigned disk_busy_percent, disk_stop_percent;
	struct turn *turn;
	struct peers *peers;
	struct told *told;
	struct feed *feed;
	struct intake *intake;
	struct enrol *enrol;
	struct post post, join_post;
	struct home_endpoints endpoints;
	uint64_t disk_looked_ms, live_put_ms; /* monotonic */
	bool has_looked;
	bool is_busy;
	bool guards_clock;
	uint64_t counted; /* sum of all counters when they were put last */
};

enum err
region_open(struct region **region, const struct region_options *options)
{
	struct region *made = xcalloc(1, sizeof *made);
	enum err err = turn_open(&made->turn, options->dir, options->log_key);

	if (err != OK) {
		free(made);
		return err;
	}
	made->post.send = options->send;
	made->post.context = options->context;
	made->join_post.send = options->send_join;
	made->join_post.context = options->context;
	made->disk_busy_percent = options->disk_busy_percent != 0
				      ? options->disk_busy_percent
				      : DISK_BUSY_PERCENT;
	made->disk_stop_percent = options->disk_stop_percent != 0
				      ? options->disk_stop_percent
				      : DISK_STOP_PERCENT;
	made->guards_clock = options->guards_clock;
	made->peers = peers_new(turn_store(made->turn), turn_view(made->turn));
	made->told = told_new(made->turn, made->peers);
	made->feed = feed_new(made->turn, made->told, &made->post);
	made->enrol = enrol_new(made->turn, &made->join_post, &made->endpoints);
	made->intake = intake_new(&(struct intake_options){.turn = made->turn,
	    .peers = made->peers,
	    .feed = made->feed,
	    .told = made->told,
	    .post = &made->post,
	    .worker = options->worker,
	    .enrol = made->enrol,
	    .endpoints = &made->endpoints});
	*region = made;
	return OK;
}

const struct view *
region_view(const struct region *region)
{
	return turn_view(region->turn);
}

struct store *
region_store(struct region *region)
{
	return turn_store(region->turn);
}

struct stat *
region_stat(struct region *region)
{
	return turn_stat(region->turn);
}

struct home_endpoints *
region_endpoints(struct region *region)
{
	return &region->endpoints;
}

bool
region_admits(const struct region *region, const uint8_t *key)
{
	return view_node_by_link_key(turn_view(region->turn), key) != NULL;
}

bool
region_admits_join(
    const struct region *region, const uint8_t *key, uint64_t now_ms)
{
	return enrol_admits(region->enrol, key, now_ms);
}

/* Before anything of a turn is done. */
static void
look_at_clock(struct region *region, const struct moment *moment)
{
	if (region->guards_clock)
		standing_look(turn_standing(region->turn), moment);
}

void
region_message(struct region *region, const struct request *request,
    const struct moment *moment)
{
	look_at_clock(region, moment);
	intake_message(region->intake, request, moment);
}

void
region_join(struct region *region, const struct request *request,
    const struct moment *moment)
{
	look_at_clock(region, moment);
	enrol_message(region->enrol, request, moment);
}

static uint64_t
sum_of(const struct stat *stat)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < stat_count(stat); i++)
		sum += stat_get(stat, i);
	return sum;
}

static bool
is_live_due(const struct region *region, uint64_t monotonic_ms)
{
	return monotonic_ms - region->live_put_ms >= LIVE_EVERY_MS &&
	       (peers_have_news(region->peers) ||
		   sum_of(turn_stat(region->turn)) != region->counted);
}

/* Into the open turn. */
static void
put_live(struct region *region, uint64_t monotonic_ms)
{
	struct stat *stat = turn_stat(region->turn);

	stat_set(stat, COUNTER_UNSENT,
	    region->post.unsent + region->join_post.unsent);
	peers_put_live(region->peers);
	store_put_counters(turn_store(region->turn), stat);
	region->live_put_ms = monotonic_ms;
	region->counted = sum_of(stat);
}

static void
end_open_turn(struct region *region, const struct moment *moment)
{
	const struct turn_news *news = turn_news(region->turn);

	peers_put_marks(region->peers);
	if (is_live_due(region, moment->monotonic_ms))
		put_live(region, moment->monotonic_ms);
	turn_commit(region->turn, moment->monotonic_ms);
	intake_answer(region->intake, moment);
	enrol_answer(region->enrol);
	feed_answer(region->feed, news, moment);
	if (news->has_ticked)
		intake_beat(region->intake);
}

void
region_turn_end(struct region *region, const struct moment *moment)
{
	intake_settle(region->intake);
	if (intake_may_wait(region->intake))
		return;
	if (store_is_open_turn(turn_store(region->turn))) {
		end_open_turn(region, moment);
		return;
	}
	intake_answer(region->intake, moment);
	enrol_answer(region->enrol);
	feed_answer(region->feed, NULL, moment);
}

bool
region_is_holding(const struct region *region)
{
	return intake_is_holding(region->intake);
}

static void
look_at_disk(struct region *region, uint64_t monotonic_ms)
{
	unsigned percent;

	if (region->has_looked &&
	    monotonic_ms - region->disk_looked_ms < DISK_LOOK_EVERY_MS)
		return;
	region->has_looked = true;
	region->disk_looked_ms = monotonic_ms;
	percent = store_disk_percent(turn_store(region->turn));
	if (percent >= region->disk_stop_percent)
		fatalx("disk-full used=%u%% limit=%u%%", percent,
		    region->disk_stop_percent);
	if ((percent >= region->disk_busy_percent) == region->is_busy)
		return;
	region->is_busy = !region->is_busy;
	intake_set_busy(region->intake, region->is_busy, monotonic_ms);
	if (region->is_busy)
		log_warnx("disk-filling used=%u%% limit=%u%% pushes=busy",
		    percent, region->disk_busy_percent);
	else
		log_info("disk-has-room used=%u%%", percent);
}

/* Counters and contacts without entries: a turn of their own, which must not
 * be taken for one with news. */
static void
note_live(struct region *region, uint64_t monotonic_ms)
{
	struct store *store = turn_store(region->turn);

	if (!is_live_due(region, monotonic_ms))
		return;
	store_begin(store, 0);
	put_live(region, monotonic_ms);
	if (store_commit(store) != OK)
		fatalx("commit-failed step=live");
}

void
region_clock(struct region *region, const struct moment *moment)
{
	look_at_clock(region, moment);
	look_at_disk(region, moment->monotonic_ms);
	if (standing_refusal(turn_standing(region->turn)) == REJECT_NONE &&
	    turn_is_due(region->turn, moment->now_ms)) {
		turn_begin(region->turn, moment->now_ms);
		region_turn_end(region, moment);
	}
	note_live(region, moment->monotonic_ms);
	feed_answer(region->feed, NULL, moment);
	turn_idle(region->turn, moment->monotonic_ms);
}

void
region_close(struct region *region)
{
	struct store *store;

	if (region == NULL)
		return;
	store = turn_store(region->turn);
	if (!store_is_open_turn(store)) {
		turn_snapshot(region->turn);
		store_begin(store, 0);
		put_live(region, region->live_put_ms);
		if (store_commit(store) != OK)
			fatalx("commit-failed step=live");
	}
	enrol_free(region->enrol);
	intake_free(region->intake);
	feed_free(region->feed);
	told_free(region->told);
	peers_free(region->peers);
	turn_close(region->turn);
	free(region);
}
