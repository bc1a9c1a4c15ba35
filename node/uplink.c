/* SPDX-License-Identifier: Apache-2.0 */
#include "node/uplink.h"

#include "node/uplink_inner.h"

#include "core/log.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	LOOK_EVERY_MS = 5000,
	FLUSH_EVERY_MS = 50,
	SILENCE_MS = 60000,
	FULL_RETRY_MS = 5000,
	HALT_RETRY_MS = 5 * 60 * 1000,
	/* A Welcome tells the versions of roster and campaigns: asked again
	 * in an idle moment. */
	GREET_AGAIN_MS = 5 * 60 * 1000,
	ROTATE_SPAN_MS = 2000,
	ROTATE_MAX_MS = 5 * 60 * 1000,
	PAUSE_LEAST_MS = 50,
	AWAY_REPORT_MS = 3600 * 1000,
	QUIET_REPORT_MS = 6 * 3600 * 1000,
};

static const char software[] = "ikrar/" IKRAR_VERSION;

static uint64_t
random_up_to(uint64_t span)
{
	uint64_t chance;

	loop_random(&chance, sizeof chance);
	return chance % (span + 1);
}

bool
uplink_is_collector(const struct uplink *uplink)
{
	return uplink->options.region->kind ==
	       catalog_number(CATALOG_NODE_KIND, "collector");
}

static void
tell_changed(struct uplink *uplink)
{
	if (uplink->options.changed != NULL)
		uplink->options.changed(uplink->options.context);
}

static void
note_link(struct uplink *uplink)
{
	spool_note_link(
	    uplink->options.spool, uplink->link_state, uplink->halted);
}

enum err
uplink_say(struct uplink *uplink, const struct message *message,
    const struct bytes *body)
{
	uint8_t header[UPLINK_HEADER_MAX];
	struct bytes frames[2];
	size_t len = message_put(message, header, sizeof header);

	CHECK(len > 0);
	frames[0] = bytes_of(header, len);
	if (body != NULL)
		frames[1] = *body;
	return link_client_send(uplink->client, frames, body == NULL ? 1 : 2);
}

void
uplink_expect(struct uplink *uplink)
{
	bool expects = uplink->phase == UPLINK_GREETING ||
		       uplink->sent_count > 0 ||
		       uplink->fetch.what != WHAT_NONE;

	if (expects)
		loop_timer_set(uplink->silence, SILENCE_MS);
	else
		loop_timer_stop(uplink->silence);
}

/* ---- phases */

static void
leave_open(struct uplink *uplink, enum uplink_phase phase)
{
	uplink->phase = phase;
	uplink_push_reset(uplink);
	uplink_feed_reset(uplink);
	loop_timer_stop(uplink->pause);
	uplink_expect(uplink);
}

/* Once in plain words; a halt that comes back after a retry is not told
 * again. */
static void
tell_halt(struct uplink *uplink, enum reject word)
{
	struct spool_status status;

	if (uplink->told == word)
		return;
	uplink->told = word;
	spool_status(uplink->options.spool, &status);
	log_warnx("uplink-halted word=%s last_seq=%" PRIu64
		  " receipted_seq=%" PRIu64 " retried=%s why=\"%s / %s\"",
	    reject_word(word), status.last_seq, status.receipted_seq,
	    uplink->may_mend ? "yes" : "no", reject_text_id(word),
	    reject_text_en(word));
}

void
uplink_halt(struct uplink *uplink, enum reject word, bool may_mend)
{
	if (word >= REJECT_COUNT)
		word = REJECT_VERSION; /* a word of a later version */
	uplink->halted = word;
	uplink->may_mend = may_mend;
	leave_open(uplink, UPLINK_HALTED);
	tell_halt(uplink, word);
	note_link(uplink);
	if (may_mend)
		loop_timer_set(uplink->pause, HALT_RETRY_MS);
	uplink->has_news = true;
	loop_timer_set(uplink->flush, 0);
}

void
uplink_pause(struct uplink *uplink, uint64_t up_to_ms)
{
	leave_open(uplink, UPLINK_PAUSED);
	loop_timer_set(uplink->pause, PAUSE_LEAST_MS + random_up_to(up_to_ms));
}

void
uplink_greet(struct uplink *uplink)
{
	struct message message = {.kind = MESSAGE_HELLO};
	struct hello *hello = &message.hello;
	struct spool_status status;

	leave_open(uplink, UPLINK_GREETING);
	spool_status(uplink->options.spool, &status);
	hello->protocol_min = PROTOCOL_MIN;
	hello->protocol_max = PROTOCOL_MAX;
	memcpy(hello->node, uplink->options.keys->id, sizeof hello->node);
	(void)text_copy(hello->software, sizeof hello->software, software);
	hello->last_seq = status.last_seq;
	hello->receipted_seq = status.receipted_seq;
	hello->seen_epoch = status.seen_epoch;
	hello->seen_size = status.seen_size;
	hello->now_ms = loop_now_ms(uplink->options.loop);
	uplink->greeted_ms = loop_monotonic_ms();
	if (uplink_say(uplink, &message, NULL) != OK)
		uplink_pause(uplink, PAUSE_LEAST_MS);
}

static void
on_pause_end(void *context)
{
	struct uplink *uplink = context;

	if (uplink->link_state == LINK_READY)
		uplink_greet(uplink);
}

/* ---- answers */

enum reject
uplink_take_head(struct uplink *uplink, const char *text, bool report_wanted)
{
	struct checkpoint head;
	enum reject word = check_head(uplink->check, text, &head);

	if (word != REJECT_NONE) {
		uplink_halt(uplink, word, false);
		return word;
	}
	spool_take_head(
	    uplink->options.spool, &head, check_epoch(uplink->check), text);
	if (report_wanted && uplink_is_collector(uplink)) {
		uplink->report_due = true;
		if (head.size > uplink->report_size)
			uplink->report_size = head.size;
	}
	return REJECT_NONE;
}

/* What must hold before anything is pushed. */
static enum reject
check_welcome(struct uplink *uplink, const struct welcome *welcome)
{
	if (welcome->protocol < PROTOCOL_MIN ||
	    welcome->protocol > PROTOCOL_MAX ||
	    welcome->event_version < EVENT_VERSION)
		return REJECT_VERSION;
	/* Its log has lost what it had given a receipt for. */
	if (welcome->have < uplink->receipted_seq)
		return REJECT_DIVERGED;
	return check_mark(uplink->check, welcome->have, welcome->head);
}

static void
on_return(struct uplink *uplink, uint64_t now_ms)
{
	uint64_t before = uplink->contact_ms;

	if (uplink_is_collector(uplink) && before != 0 && now_ms > before &&
	    now_ms - before >= AWAY_REPORT_MS)
		uplink->report_forced = true;
}

static void
on_welcome(struct uplink *uplink, const struct welcome *welcome)
{
	enum reject word;

	if (uplink->phase != UPLINK_GREETING)
		return;
	if (uplink_take_head(uplink, welcome->checkpoint,
		welcome->report_wanted) != REJECT_NONE)
		return;
	word = check_welcome(uplink, welcome);
	if (word != REJECT_NONE) {
		uplink_halt(uplink, word,
		    word == REJECT_DIVERGED || word == REJECT_VERSION);
		return;
	}
	if (welcome->retry_ms > 0) {
		uplink_pause(uplink, welcome->retry_ms);
		return;
	}
	uplink->halted = uplink->told = REJECT_NONE;
	uplink->phase = UPLINK_OPEN;
	uplink->rotations = 0;
	uplink->welcome = *welcome;
	note_link(uplink);
	uplink->has_news = true;
	uplink_push_start(uplink);
	uplink_feed_start(uplink);
}

static void
note_contact(struct uplink *uplink, const struct message *message)
{
	uint64_t now_ms = loop_now_ms(uplink->options.loop);

	if (message->kind == MESSAGE_WELCOME) {
		on_return(uplink, now_ms);
		uplink->clock_offset_ms =
		    (int64_t)(message->welcome.now_ms - now_ms);
	}
	uplink->contact_ms = now_ms;
	spool_note_contact(
	    uplink->options.spool, now_ms, uplink->clock_offset_ms);
}

static void
dispatch(struct uplink *uplink, struct message *message,
    const struct bytes frames[LINK_FRAMES_MAX])
{
	switch (message->kind) {
	case MESSAGE_WELCOME:
		on_welcome(uplink, &message->welcome);
		return;
	case MESSAGE_RECEIPT:
		uplink_on_receipt(uplink, &message->receipt, frames[0]);
		return;
	case MESSAGE_REFUSAL:
		uplink_on_refusal(uplink, &message->refusal);
		return;
	case MESSAGE_PAGE:
		uplink_on_page(uplink, &message->page, frames[1]);
		return;
	case MESSAGE_SLICE:
		uplink_on_slice(uplink, &message->slice, frames[1]);
		return;
	case MESSAGE_BEAT:
		(void)uplink_take_head(uplink, message->beat.checkpoint,
		    message->beat.report_wanted);
		return;
	case MESSAGE_JOINED:
	case MESSAGE_NONE:
	case MESSAGE_HELLO:
	case MESSAGE_PUSH:
	case MESSAGE_READ:
	case MESSAGE_FETCH:
	case MESSAGE_JOIN:
		return; /* not said to a node on this link */
	}
}

static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct uplink *uplink = context;
	struct message message;
	struct bytes two[LINK_FRAMES_MAX] = {frames[0]};

	if (uplink->phase == UPLINK_HALTED || uplink->phase == UPLINK_AWAY)
		return;
	if (frame_count == 2)
		two[1] = frames[1];
	if (message_from_region_get(uplink->codec, frames[0], &message) != OK) {
		if (!uplink->told_malformed)
			log_warnx(
			    "uplink-answer-malformed bytes=%zu", frames[0].len);
		uplink->told_malformed = true;
		return;
	}
	note_contact(uplink, &message);
	dispatch(uplink, &message, two);
	uplink_expect(uplink);
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
	uint64_t span = ROTATE_SPAN_MS;

	uplink->link_state = state;
	uplink->told_malformed = false;
	note_link(uplink);
	uplink->has_news = true;
	loop_timer_set(uplink->flush, 0);
	if (state == LINK_READY) {
		loop_timer_stop(uplink->rotate);
		if (uplink->phase != UPLINK_HALTED || uplink->may_mend)
			uplink_greet(uplink);
		return;
	}
	if (uplink->phase != UPLINK_HALTED)
		leave_open(uplink, UPLINK_AWAY);
	if (state == LINK_CONNECTING ||
	    uplink->options.region->endpoint_count < 2)
		return;
	for (unsigned i = 0; i < uplink->rotations && span < ROTATE_MAX_MS; i++)
		span *= 2;
	loop_timer_set(uplink->rotate, PAUSE_LEAST_MS + random_up_to(span));
}

static enum err
connect_to(struct uplink *uplink)
{
	const struct node_region *region = uplink->options.region;
	struct link_client_options options = {
	    .endpoint = region->endpoints[uplink->endpoint],
	    .server_key = region->server_key,
	    .keys = &uplink->options.keys->link,
	    .state = on_link_state,
	    .answer = on_answer,
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
		leave_open(uplink, UPLINK_AWAY);
	uplink->endpoint =
	    (uplink->endpoint + 1) % uplink->options.region->endpoint_count;
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
	log_warnx("uplink-no-answer within_ms=%d unanswered=%u", SILENCE_MS,
	    uplink->sent_count);
	reconnect(uplink);
	note_link(uplink);
}

/* ---- looking */

static void
look_at_quiet(struct uplink *uplink)
{
	uint64_t now_ms = loop_now_ms(uplink->options.loop);
	struct spool_status status;
	uint64_t since;

	if (uplink->phase != UPLINK_OPEN || !uplink_is_collector(uplink))
		return;
	spool_status(uplink->options.spool, &status);
	since = status.last_recorded_ms;
	if (since == 0)
		since = uplink->opened_ms;
	if (now_ms > since && now_ms - since >= QUIET_REPORT_MS)
		uplink->report_forced = true;
}

static bool
is_idle(const struct uplink *uplink)
{
	return uplink->phase == UPLINK_OPEN && uplink->sent_count == 0 &&
	       uplink->is_dry && uplink->fetch.what == WHAT_NONE;
}

static void
on_look(void *context)
{
	struct uplink *uplink = context;
	uint64_t since = loop_monotonic_ms() - uplink->greeted_ms;

	loop_timer_set(uplink->look, LOOK_EVERY_MS);
	look_at_quiet(uplink);
	uplink_report(uplink);
	uplink_pump(uplink);
	keep(uplink);
	if (is_idle(uplink) && since >= GREET_AGAIN_MS &&
	    uplink_is_collector(uplink))
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
	uplink->wake_fd =
	    loop_fd_add(uplink->options.loop, fd, true, false, on_wake, uplink);
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
	uplink->look = loop_timer_new(options->loop, on_look, uplink);
	uplink->flush = loop_timer_new(options->loop, on_flush, uplink);
	uplink->pause = loop_timer_new(options->loop, on_pause_end, uplink);
	uplink->silence = loop_timer_new(options->loop, on_silence, uplink);
	uplink->rotate = loop_timer_new(options->loop, on_rotate, uplink);
	uplink->report = loop_timer_new(options->loop, on_report, uplink);
	uplink->check =
	    check_new(options->spool, options->keys, options->region);
	uplink->codec = message_codec_new();
	uplink->wire = wire_new();
	uplink->wake = -1;
	spool_status(options->spool, &status);
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
	note_link(made);
	loop_timer_set(made->look, LOOK_EVERY_MS);
	*uplink = made;
	return OK;
}

void
uplink_close(struct uplink *uplink)
{
	if (uplink == NULL)
		return;
	link_client_close(uplink->client);
	spool_note_link(uplink->options.spool, LINK_CLOSED, uplink->halted);
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
