/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn: a page of the feed comes, its promises are committed, the next is
 * asked for, and what is due goes out.
 */
#include "notifier/home.h"

#include "core/conf.h"
#include "core/log.h"
#include "notifier/deadman.h"
#include "notifier/sender.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MINUTE_MS = 60000,
	REFUSED_PAUSE_MS = 10000, /* until confirmed, or put right */
	HOUR_MS = 3600000,
	DAY_MS = 86400000,
};

struct daemon {
	struct home home;
	struct loop *loop;
	struct link *link;
	struct uplink *uplink;
	struct contacts contacts;
	struct routes routes;
	struct teller *teller; /* NULL: without routes */
	struct channels channels;
	struct inbox *inbox;
	struct ack_desk *acks;
	struct sender *sender;
	struct deadman *deadman; /* NULL: nobody watches from outside */
	struct loop_timer *ask_again;
};

static void
read_on(void *context)
{
	struct daemon *daemon = context;
	struct ledger_cursor cursor;

	ledger_cursor(daemon->home.ledger, &cursor);
	uplink_read(daemon->uplink, cursor.next,
	    cursor.next > 0 ? cursor.leaf_hash.at : NULL);
}

static void
on_page(void *context, const struct page *page,
    const struct feed_entry *entries, unsigned count)
{
	struct daemon *daemon = context;
	uint64_t now_ms = loop_now_ms(daemon->loop);

	inbox_take(daemon->inbox, page, entries, count, now_ms);
	if (daemon->teller != NULL)
		teller_say_all(daemon->teller, now_ms);
	read_on(daemon);
	sender_wake(daemon->sender);
}

/* The plan goes by the date, which a drill may move. Until the log has been
 * read to where it stood, nobody is told of anything. */
static void
on_clock(void *context)
{
	struct daemon *daemon = context;
	uint64_t now_ms = loop_now_ms(daemon->loop);
	struct ledger_cursor cursor;

	if (daemon->teller == NULL || teller_next_ms(daemon->teller) > now_ms)
		return;
	ledger_cursor(daemon->home.ledger, &cursor);
	if (!cursor.is_caught_up)
		return;
	teller_turn(daemon->teller, now_ms);
	sender_wake(daemon->sender);
}

static void
on_refused(void *context, enum reject word)
{
	struct daemon *daemon = context;

	log_warnx("feed-refused word=%s want=\"%s\"",
	    word < REJECT_COUNT ? reject_word(word) : "?",
	    word == REJECT_DIVERGED
		? "the log is another one: join anew with a new directory"
		: "a notifier that the region has confirmed");
	loop_timer_set(daemon->ask_again, REFUSED_PAUSE_MS);
}

/* From the beginning, as a new notifier reads: what it had been told of the
 * part that is lost is told again, under the same alert. */
static void
on_recovered(void *context)
{
	struct daemon *daemon = context;

	inbox_read_anew(daemon->inbox);
	read_on(daemon);
}

static struct sender *
open_sender(struct daemon *daemon, const struct settings *settings)
{
	struct sender_options options = {.loop = daemon->loop,
	    .ledger = daemon->home.ledger,
	    .inbox = daemon->inbox,
	    .spool = daemon->home.spool,
	    .uplink = daemon->uplink,
	    .contacts = &daemon->contacts,
	    .acks = daemon->acks,
	    .channels = daemon->channels,
	    .region = daemon->home.region.wilayah,
	    .zone = daemon->home.zone,
	    .is_drill = daemon->home.is_drill,
	    .routes = daemon->teller != NULL ? &daemon->routes : NULL,
	    .at_once = (unsigned)settings->at_once,
	    .retry_max_ms = settings->retry_max_s * 1000};

	return sender_new(&options);
}

/* Which templates are broken, for `status`. */
static void
note_faults(struct daemon *daemon)
{
	unsigned count;
	const struct template_fault *faults =
	    templates_faults(daemon->channels.templates, &count);
	struct text_buf files = {0};

	text_buf_add(&files, "%s", "");
	for (unsigned i = 0; i < count; i++)
		text_buf_add(&files, "%s%s", i > 0 ? " " : "", faults[i].file);
	ledger_begin(daemon->home.ledger);
	ledger_set_faults(daemon->home.ledger, files.at);
	ledger_commit(daemon->home.ledger);
	text_buf_clear(&files);
}

static enum err
open_acks(struct daemon *daemon, const struct settings *settings)
{
	struct ack_desk_options options = {.loop = daemon->loop,
	    .dir = settings->dir,
	    .listen = settings->http,
	    .url = settings->http_url,
	    .hold_ms = settings->ack_hours * HOUR_MS,
	    .link_ms = settings->ack_days * DAY_MS,
	    .ledger = daemon->home.ledger,
	    .inbox = daemon->inbox,
	    .spool = daemon->home.spool,
	    .uplink = daemon->uplink,
	    .origin = daemon->home.region.origin,
	    .zone = daemon->home.zone,
	    .is_drill = daemon->home.is_drill};

	return ack_desk_open(&daemon->acks, &options);
}

static enum err
open_uplink(struct daemon *daemon, const struct settings *settings)
{
	struct uplink_options options = {.loop = daemon->loop,
	    .link = daemon->link,
	    .spool = daemon->home.spool,
	    .keys = &daemon->home.keys,
	    .region = &daemon->home.region,
	    .dir = settings->dir,
	    .keeps_endpoints = true,
	    .page = on_page,
	    .recovered = on_recovered,
	    .refused = on_refused,
	    .context = daemon};

	return uplink_open(&daemon->uplink, &options);
}

static struct teller *
open_teller(struct daemon *daemon)
{
	struct teller_options options = {.ledger = daemon->home.ledger,
	    .routes = &daemon->routes,
	    .contacts = &daemon->contacts,
	    .spool = daemon->home.spool,
	    .uplink = daemon->uplink,
	    .region = daemon->home.region.wilayah,
	    .zone = daemon->home.zone,
	    .now_ms = loop_now_ms(daemon->loop)};

	return daemon->routes.count > 0 ? teller_new(&options) : NULL;
}

static void
open_deadman(struct daemon *daemon, const struct settings *settings)
{
	struct deadman_options options = {.loop = daemon->loop,
	    .curl = daemon->channels.curl,
	    .spool = daemon->home.spool,
	    .ledger = daemon->home.ledger,
	    .url = settings->deadman,
	    .origin = daemon->home.region.origin,
	    .every_ms = settings->deadman_minutes * MINUTE_MS};

	if (settings->deadman != NULL)
		daemon->deadman = deadman_new(&options);
}

static enum err
open_all(struct daemon *daemon, const struct settings *settings)
{
	struct inbox_options inbox = {.node = daemon->home.keys.id,
	    .origin = daemon->home.region.origin,
	    .log_key = daemon->home.region.log_key};

	if (home_open(&daemon->home, settings, false) != OK ||
	    loop_open(&daemon->loop, settings->clock) != OK ||
	    link_open(&daemon->link, daemon->loop) != OK ||
	    open_uplink(daemon, settings) != OK)
		return ERR_INVALID;
	daemon->ask_again = loop_timer_new(daemon->loop, read_on, daemon);
	inbox.ledger = daemon->home.ledger;
	inbox.teller = daemon->teller = open_teller(daemon);
	daemon->inbox = inbox_new(&inbox);
	loop_on_clock(daemon->loop, on_clock, daemon);
	home_open_channels(
	    &daemon->channels, &daemon->home, settings, daemon->loop);
	note_faults(daemon);
	if (open_acks(daemon, settings) != OK)
		return ERR_INVALID;
	daemon->sender = open_sender(daemon, settings);
	open_deadman(daemon, settings);
	return OK;
}

/* The channels first: they would answer to the sender. */
static void
close_all(struct daemon *daemon)
{
	home_close_channels(&daemon->channels);
	sender_free(daemon->sender);
	deadman_free(daemon->deadman);
	ack_desk_close(daemon->acks);
	inbox_free(daemon->inbox);
	teller_free(daemon->teller);
	uplink_close(daemon->uplink);
	link_close(daemon->link);
	loop_timer_free(daemon->ask_again);
	loop_close(daemon->loop);
	home_close(&daemon->home);
	contacts_clear(&daemon->contacts);
	routes_clear(&daemon->routes);
}

int
verb_run(const struct settings *settings)
{
	struct daemon *daemon = xcalloc(1, sizeof *daemon);
	enum err err;

	if (home_routes(&daemon->routes, settings) != OK ||
	    home_links(settings) != OK ||
	    home_contacts(&daemon->contacts, settings) != OK) {
		routes_clear(&daemon->routes);
		free(daemon);
		return CONF_EXIT;
	}
	err = open_all(daemon, settings);
	if (err == OK) {
		loop_catch_signals(daemon->loop);
		log_info(
		    "notifier-ready origin=%s contacts=%u routes=%u drill=%d",
		    daemon->home.region.origin, daemon->contacts.count,
		    daemon->routes.count, daemon->home.is_drill);
		read_on(daemon);
		sender_wake(daemon->sender);
		err = loop_run(daemon->loop);
	}
	close_all(daemon);
	free(daemon);
	return err == OK ? 0 : 1;
}
