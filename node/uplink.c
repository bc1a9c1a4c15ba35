/* SPDX-License-Identifier: Apache-2.0 */
#include "node/uplink.h"

#include "node/uplink_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	LOOK_EVERY_MS = 5000,
	FLUSH_EVERY_MS = 1000,
	FULL_RETRY_MS = 5000,
	/* A Welcome tells a collector the versions of roster and campaigns,
	 * and behind it a page is asked for anew: the region may have let a
	 * parked read go. So each says Hello again in an idle moment. */
	GREET_AGAIN_MS = 5 * 60 * 1000,
	/* What the region lacks comes with a Welcome too. */
	LACKING_LESS_MS = 60 * 1000,
	ROTATE_SPAN_MS = 2000,
	ROTATE_MAX_MS = 5 * 60 * 1000,
};

static void
tell_changed(struct uplink *uplink)
{
	if (uplink->options.changed != NULL)
		uplink->options.changed(uplink->options.context);
}

/* ---- keeping */

/* While rows flow at most one commit in FLUSH_EVERY_MS, at once when nothing
 * more is expected: many spools may share a disk. */
static void
flush(struct uplink *uplink)
{
	bool was_full = uplink->is_full;

	uplink->is_full = spool_flush(uplink->options.spool) != OK;
	uplink->flushed_ms = loop_monotonic_ms();
	if (uplink->is_full) {
		loop_timer_set(uplink->flush, FULL_RETRY_MS);
		return;
	}
	if (was_full)
		uplink_pump(uplink);
	if (uplink->has_news) {
		uplink->has_news = false;
		tell_changed(uplink);
	}
}

static void
on_flush(void *context)
{
	flush(context);
}

static void
keep(struct uplink *uplink)
{
	uint64_t since = loop_monotonic_ms() - uplink->flushed_ms;

	if (!uplink->has_news && !spool_is_dirty(uplink->options.spool))
		return;
	if ((uplink->is_dry && uplink->sent_count == 0) ||
	    since >= FLUSH_EVERY_MS)
		loop_timer_set(uplink->flush, 0);
	else
		loop_timer_set(uplink->flush, FLUSH_EVERY_MS - since);
}

static void
on_turn_end(void *context)
{
	struct uplink *uplink = context;

	uplink_report(uplink);
	uplink_pump(uplink);
	keep(uplink);
}

/* ---- the connection */

static void
on_link_state(void *context, enum link_state state)
{
	struct uplink *uplink = context;

	uplink->link_state = state;
	uplink->told_malformed = false;
	uplink_note_link(uplink);
	uplink->has_news = true;
	loop_timer_set(uplink->flush, 0);
	if (state == LINK_READY) {
		loop_timer_stop(uplink->rotate);
		if (uplink->phase != UPLINK_HALTED || uplink->may_mend)
			uplink_greet(uplink);
		return;
	}
	uplink->brought_bytes = 0;
	if (uplink->phase != UPLINK_HALTED)
		uplink_leave(uplink, UPLINK_AWAY);
	if (state == LINK_CONNECTING || uplink->endpoint_count < 2)
		return;
	loop_timer_set(uplink->rotate,
	    uplink_backoff_ms(ROTATE_SPAN_MS, uplink->rotations));
}

static enum err
connect_to(struct uplink *uplink)
{
	const struct node_region *region = uplink->options.region;
	struct link_client_options options = {
	    .endpoint = uplink->endpoints[uplink->endpoint],
	    .server_key = region->server_key,
	    .keys = &uplink->options.keys->link,
	    .state = on_link_state,
	    .answer = uplink_on_answer,
	    .turn_end = on_turn_end,
	    .context = uplink,
	};

	uplink->link_state = LINK_CONNECTING;
	return link_client_open(
	    &uplink->client, uplink->options.link, &options);
}

/* On the next of the region's endpoints. */
static void
reconnect(struct uplink *uplink)
{
	if (uplink->client != NULL)
		uplink->bytes_before += link_client_bytes(uplink->client);
	link_client_close(uplink->client);
	uplink->client = NULL;
	if (uplink->phase != UPLINK_HALTED)
		uplink_leave(uplink, UPLINK_AWAY);
	uplink->endpoint = (uplink->endpoint + 1) % uplink->endpoint_count;
	if (connect_to(uplink) != OK)
		loop_timer_set(uplink->rotate, ROTATE_MAX_MS);
}

static void
on_rotate(void *context)
{
	struct uplink *uplink = context;

	if (uplink->client != NULL && uplink->link_state == LINK_READY)
		return;
	uplink->rotations++;
	reconnect(uplink);
}

static void
on_silence(void *context)
{
	struct uplink *uplink = context;

	if (uplink->link_state != LINK_READY)
		return;
	log_warnx("uplink-no-answer within_ms=%d unanswered=%u",
	    UPLINK_SILENCE_MS, uplink->sent_count);
	reconnect(uplink);
	uplink_note_link(uplink);
}

/* ---- looking */

static bool
is_idle(const struct uplink *uplink)
{
	return uplink->phase == UPLINK_OPEN && uplink->sent_count == 0 &&
	       uplink->is_dry && uplink->fetch.what == WHAT_NONE;
}

static void
look_later(struct uplink *uplink)
{
	uint64_t again_ms = uplink->options.greet_again_ms;

	loop_timer_set(
	    uplink->look, again_ms < LOOK_EVERY_MS ? again_ms : LOOK_EVERY_MS);
}

static void
on_look(void *context)
{
	struct uplink *uplink = context;
	uint64_t since = loop_monotonic_ms() - uplink->greeted_ms;
	uint64_t again_ms = uplink->options.greet_again_ms;

	if (uplink->is_lacking_less && again_ms > LACKING_LESS_MS)
		again_ms = LACKING_LESS_MS;
	look_later(uplink);
	uplink_look_at_quiet(uplink);
	uplink_report(uplink);
	uplink_pump(uplink);
	keep(uplink);
	if (is_idle(uplink) && since >= again_ms)
		uplink_greet(uplink);
}

static void
on_report(void *context)
{
	struct uplink *uplink = context;

	uplink_report(uplink);
	uplink_pump(uplink);
}

void
uplink_wake(struct uplink *uplink)
{
	if (uplink->client != NULL)
		link_client_retry(uplink->client);
	uplink_pump(uplink);
	uplink_fetch(uplink); /* the recipients may just have been pinned */
}

static void
on_wake(void *context)
{
	struct uplink *uplink = context;
	char byte;

	while (recv(uplink->wake, &byte, sizeof byte, MSG_DONTWAIT) >= 0)
		;
	uplink_wake(uplink);
}

static bool
wake_address(const struct uplink *uplink, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	return snprintf(address->sun_path, sizeof address->sun_path, "%s/wake",
		   uplink->options.dir) < (int)sizeof address->sun_path;
}

/* Without it there is still the look. */
static void
open_wake(struct uplink *uplink)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	uplink->wake = -1;
	if (fd < 0 || !wake_address(uplink, &address)) {
		log_warnx("uplink-no-wake dir=%s", uplink->options.dir);
		if (fd >= 0)
			close(fd);
		return;
	}
	(void)unlink(address.sun_path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
		log_warn("uplink-no-wake dir=%s", uplink->options.dir);
		close(fd);
		return;
	}
	uplink->wake = fd;
	uplink->wake_fd = loop_fd_add(
	    uplink->options.loop, fd, LOOP_READABLE, on_wake, uplink);
}

static void
close_wake(struct uplink *uplink)
{
	struct sockaddr_un address;

	loop_fd_remove(uplink->wake_fd);
	if (uplink->wake < 0)
		return;
	close(uplink->wake);
	if (wake_address(uplink, &address))
		(void)unlink(address.sun_path);
}

/* ---- life */

static struct uplink *
uplink_new(const struct uplink_options *options)
{
	struct uplink *uplink = xcalloc(1, sizeof *uplink);
	struct spool_status status;

	uplink->options = *options;
	uplink_set_where(uplink, options->region->endpoint_count,
	    options->region->endpoints);
	if (uplink->options.greet_again_ms == 0)
		uplink->options.greet_again_ms = GREET_AGAIN_MS;
	uplink->look = loop_timer_new(options->loop, on_look, uplink);
	uplink->flush = loop_timer_new(options->loop, on_flush, uplink);
	uplink->pause =
	    loop_timer_new(options->loop, uplink_on_pause_end, uplink);
	uplink->silence = loop_timer_new(options->loop, on_silence, uplink);
	uplink->rotate = loop_timer_new(options->loop, on_rotate, uplink);
	uplink->report = loop_timer_new(options->loop, on_report, uplink);
	uplink->check =
	    check_new(options->spool, options->keys, options->region);
	uplink->codec = message_codec_new();
	uplink->wire = wire_new();
	uplink->wake = -1;
	spool_status(options->spool, &status);
	uplink->halted_before = status.halted;
	uplink->receipted_seq = status.receipted_seq;
	uplink->contact_ms = status.last_contact_ms;
	uplink->clock_offset_ms = status.clock_offset_ms;
	uplink->opened_ms = loop_now_ms(options->loop);
	return uplink;
}

enum err
uplink_open(struct uplink **uplink, const struct uplink_options *options)
{
	struct uplink *made;
	enum err err;

	if (options->region->endpoint_count == 0) {
		log_warnx("uplink-no-endpoint dir=%s", options->dir);
		return ERR_INVALID;
	}
	made = uplink_new(options);
	err = connect_to(made);
	if (err != OK) {
		uplink_close(made);
		return err;
	}
	open_wake(made);
	uplink_note_link(made);
	look_later(made);
	*uplink = made;
	return OK;
}

void
uplink_close(struct uplink *uplink)
{
	if (uplink == NULL)
		return;
	log_info("uplink-closed bytes=%" PRIu64, uplink_bytes(uplink));
	link_client_close(uplink->client);
	uplink->link_state = LINK_CLOSED;
	uplink_note_link(uplink);
	if (spool_flush(uplink->options.spool) != OK)
		log_warnx("uplink-not-kept cause=\"the disk is full\"");
	close_wake(uplink);
	loop_timer_free(uplink->look);
	loop_timer_free(uplink->flush);
	loop_timer_free(uplink->pause);
	loop_timer_free(uplink->silence);
	loop_timer_free(uplink->rotate);
	loop_timer_free(uplink->report);
	check_free(uplink->check);
	message_codec_free(uplink->codec);
	wire_free(uplink->wire);
	uplink_feed_clear(uplink);
	free(uplink);
}

bool
uplink_is_drained(const struct uplink *uplink)
{
	struct spool_status status;

	spool_status(uplink->options.spool, &status);
	return status.receipted_seq >= status.last_seq;
}

bool
uplink_is_answered(const struct uplink *uplink)
{
	return uplink->phase == UPLINK_OPEN && uplink->is_dry &&
	       uplink->sent_count == 0;
}

enum link_state
uplink_link_state(const struct uplink *uplink)
{
	return uplink->link_state;
}

enum reject
uplink_halted(const struct uplink *uplink)
{
	return uplink->halted;
}

uint64_t
uplink_bytes(const struct uplink *uplink)
{
	uint64_t bytes = uplink->bytes_before;

	if (uplink->client != NULL)
		bytes += link_client_bytes(uplink->client);
	return bytes;
}
