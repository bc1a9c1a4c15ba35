/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_desk.h"

#include "core/http.h"
#include "core/log.h"
#include "notifier/ack_keys.h"
#include "notifier/letter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BODY_MAX = 1024, /* the button has no fields; a browser sends none */
	OTHERS_MAX = 8,
	REFUSED_LOG_MS = 60000,
};

static const char prefix[] = "/ack/";

struct ack_desk {
	struct ack_desk_options options;
	struct ack_seal seal;
	struct ack_base base;
	const char *hosts[ACK_HOSTS + 1];
	struct http *http;
	struct ack_book *book;
	struct wire *wire;
	char style_hash[ACK_STYLE_HASH_MAX];
	uint64_t counts[ACK_SAY_COUNT];
	uint64_t refused, refused_logged_ms;
};

/* One request's way. */
struct visit {
	struct ack_desk *desk;
	uint64_t now_ms;
	struct ack_claim claim;
	struct event event; /* the verdict; its rows are in desk->wire */
	struct ledger_alert alert;
	const struct seat_row *seat; /* as it is now; NULL: gone */
	struct letter letter;
	struct ack_stand own, others[OTHERS_MAX];
	char reference[2 * EVENT_ID_SIZE + 1];
	struct ack_view view;
};

/* A person may have rotated them; if they cannot be read now, those that were
 * read last hold (logged). */
static void
read_keys(struct ack_desk *desk)
{
	if (ack_keys_load(&desk->seal.keys, desk->options.dir) == ERR_NOTFOUND)
		log_warnx("ack-keys-gone dir=%s want=\"bring DIR/ack-keys back "
			  "or restart\"",
		    desk->options.dir);
}

bool
ack_link(
    struct ack_desk *desk, const struct ledger_key *key, char url[ACK_URL_MAX])
{
	struct ack_claim claim = {.verdict = key->index};
	char token[ACK_TOKEN_MAX];

	if (desk == NULL)
		return false;
	read_keys(desk);
	memcpy(claim.alert, key->alert, EVENT_ID_SIZE);
	(void)text_copy(claim.seat, WORD_MAX, key->target.seat);
	(void)text_copy(claim.term, WORD_MAX, key->target.term);
	(void)text_copy(claim.channel, WORD_MAX, key->target.channel);
	claim.expires_ms =
	    loop_now_ms(desk->options.loop) + desk->options.link_ms;
	ack_token_put(token, &desk->seal, &claim);
	snprintf(url, ACK_URL_MAX, "%s%s%s", desk->base.base, prefix, token);
	return true;
}

/* ---- what stands behind a link */

static bool
find_verdict(struct visit *visit)
{
	struct ack_desk *desk = visit->desk;
	const struct ack_claim *claim = &visit->claim;
	uint64_t index = claim->verdict;
	struct bytes bytes;

	return ledger_verdict(
		   desk->options.ledger, claim->alert, &index, &bytes) == OK &&
	       index == claim->verdict &&
	       wire_unpack(desk->wire, bytes, &visit->event) == REJECT_NONE &&
	       event_is_verdict(visit->event.kind) &&
	       ledger_alert(
		   desk->options.ledger, claim->alert, &visit->alert) == OK;
}

static bool
is_held(const struct visit *visit)
{
	const struct term *term;

	if (visit->seat == NULL)
		return false;
	term = route_term(visit->seat, visit->now_ms);
	return strcmp(term != NULL ? term->id : "", visit->claim.term) == 0;
}

static struct ack_asked
asked_of(const struct visit *visit)
{
	return (struct ack_asked){.alert = visit->claim.alert,
	    .verdict = visit->claim.verdict,
	    .seat = visit->claim.seat,
	    .term = visit->claim.term,
	    .now_ms = visit->now_ms};
}

static enum ack_say
look_up(struct visit *visit)
{
	struct ack_asked asked = asked_of(visit);
	const struct ack_stand *own;

	if (!find_verdict(visit))
		return ACK_UNKNOWN;
	visit->seat = seats_by_id(
	    inbox_seats(visit->desk->options.inbox), visit->claim.seat);
	visit->view.other_count = ack_book_others(
	    visit->desk->book, &asked, visit->others, OTHERS_MAX);
	own = ack_book_find(visit->desk->book, &asked);
	if (own != NULL) {
		visit->own = *own;
		return ACK_ALREADY;
	}
	if (!visit->alert.is_open)
		return ACK_ENDED;
	return is_held(visit) ? ACK_ASK : ACK_MOVED;
}

static enum ack_say
open_link(struct visit *visit, const char *token)
{
	enum err err;

	read_keys(visit->desk);
	err = ack_token_get(
	    &visit->claim, &visit->desk->seal, token, visit->now_ms);
	if (err == ERR_TIMEOUT)
		return ACK_EXPIRED;
	if (err == ERR_DENIED)
		return ACK_VOID;
	return err == OK ? look_up(visit) : ACK_MALFORMED;
}

static enum ack_say
record(struct visit *visit)
{
	struct ack_desk *desk = visit->desk;
	const struct ack_claim *claim = &visit->claim;
	struct ack_asked asked = asked_of(visit);
	struct alert_acknowledged what = {.verdict = claim->verdict,
	    .channel = "link",
	    .until_ms = visit->now_ms + desk->options.hold_ms};
	const struct ack_stand *own;

	memcpy(what.alert, claim->alert, EVENT_ID_SIZE);
	(void)text_copy(what.seat, WORD_MAX, claim->seat);
	(void)text_copy(what.term, WORD_MAX, claim->term);
	if (ack_book_add(desk->book, &what, visit->now_ms) != OK)
		return ACK_NOT_STORED;
	if (desk->options.uplink != NULL)
		uplink_wake(desk->options.uplink);
	/* It is on disk, whether or not the book can read it back. */
	own = ack_book_find(desk->book, &asked);
	visit->own = own != NULL ? *own
				 : (struct ack_stand){
				       .what = what, .at_ms = visit->now_ms};
	log_info("alert-acknowledged entry=%" PRIu64 " seat=%s term=%s by=link",
	    claim->verdict, claim->seat, claim->term);
	return ACK_RECORDED;
}

/* ---- the page */

/* The alert in the words of its letter. */
static void
write_letter(struct visit *visit)
{
	struct ack_desk *desk = visit->desk;
	struct ledger_cursor cursor;
	struct seat_row stand_in = {.language = "id"};
	struct letter_input input = {.kind = visit->event.kind,
	    .verdict = &visit->event.verdict,
	    .index = visit->claim.verdict,
	    .seat = visit->seat != NULL ? visit->seat : &stand_in,
	    .term = visit->claim.term,
	    .campaign = inbox_campaign(
		desk->options.inbox, visit->event.verdict.campaign)};

	ledger_cursor(desk->options.ledger, &cursor);
	(void)text_copy(
	    stand_in.zone, sizeof stand_in.zone, desk->options.zone);
	input.is_drill = desk->options.is_drill || cursor.is_drill;
	letter_write(&visit->letter, &input);
}

static void
show_matter(struct visit *visit)
{
	const struct verdict *verdict = &visit->event.verdict;
	struct ack_view *view = &visit->view;

	write_letter(visit);
	hex_put(visit->reference, verdict->alert, EVENT_ID_SIZE);
	visit->reference[LETTER_SHORT_ID] = '\0';
	view->headline_id = visit->letter.summary_id;
	view->headline_en = visit->letter.summary_en;
	view->rule = verdict->rule;
	view->reference = visit->reference;
	view->index = visit->claim.verdict;
	view->judged_at_ms = verdict->judged_at_ms;
	view->is_allegation = verdict->kind == RULE_REPEAT_INCIDENTS_1;
	view->has_newer = visit->alert.last_index > visit->claim.verdict;
	view->title =
	    visit->seat != NULL ? visit->seat->title : visit->claim.seat;
	view->term = visit->claim.term;
	view->others = visit->others;
	if (visit->seat != NULL)
		view->zone = visit->seat->zone;
}

/* Wrong links are counted; a flood of them is one line a minute. */
static void
count(struct ack_desk *desk, enum ack_say say)
{
	uint64_t now_ms = loop_monotonic_ms();

	desk->counts[say]++;
	if (ack_say_status(say) == 200)
		return;
	desk->refused++;
	if (desk->refused_logged_ms != 0 &&
	    now_ms - desk->refused_logged_ms < REFUSED_LOG_MS)
		return;
	desk->refused_logged_ms = now_ms;
	log_warnx("ack-link-refused why=%s refused-so-far=%" PRIu64,
	    ack_say_word(say), desk->refused);
}

static void
on_ack(void *context, const struct http_request *request,
    struct http_answer *answer)
{
	struct ack_desk *desk = context;
	struct visit visit = {.desk = desk,
	    .now_ms = loop_now_ms(desk->options.loop),
	    .view = {.is_drill = desk->options.is_drill,
		.zone = desk->options.zone}};
	enum ack_say say = open_link(&visit, request->rest);

	if (say == ACK_ASK && request->method == HTTP_POST)
		say = record(&visit);
	visit.view.say = say;
	if (ack_say_status(say) == 200 || say == ACK_ENDED)
		show_matter(&visit);
	if (say == ACK_RECORDED || say == ACK_ALREADY)
		visit.view.own = &visit.own;
	count(desk, say);
	ack_page_put(&answer->body, &visit.view);
	answer->status = ack_say_status(say);
	answer->style_hash = desk->style_hash;
	letter_clear(&visit.letter);
}

/* ---- opening */

static enum err
make_keys(struct ack_desk *desk)
{
	enum err err = ack_keys_load(&desk->seal.keys, desk->options.dir);

	if (err != ERR_NOTFOUND)
		return err;
	err = ack_keys_make(desk->options.dir);
	if (err == OK)
		err = ack_keys_load(&desk->seal.keys, desk->options.dir);
	return err;
}

static enum err
serve(struct ack_desk *desk)
{
	static const struct http_route routes[] = {
	    {HTTP_GET, prefix, 0, on_ack},
	    {HTTP_POST, prefix, BODY_MAX, on_ack},
	    {0},
	};
	struct http_options http = {.loop = desk->options.loop,
	    .listen = desk->options.listen,
	    .hosts = desk->hosts,
	    .routes = routes,
	    .context = desk};

	for (unsigned i = 0; i < desk->base.host_count; i++)
		desk->hosts[i] = desk->base.hosts[i];
	if (!desk->base.is_tls && !desk->base.is_loopback)
		log_warnx("ack-links-without-tls url=%s want=https://",
		    desk->base.base);
	return http_open(&desk->http, &http);
}

enum err
ack_desk_open(struct ack_desk **desk, const struct ack_desk_options *options)
{
	struct ack_desk *made;
	enum err err;

	*desk = NULL;
	if (options->listen == NULL)
		return OK;
	made = xcalloc(1, sizeof *made);
	made->options = *options;
	made->wire = wire_new();
	made->book = ack_book_new(options->spool);
	(void)text_copy(
	    made->seal.origin, sizeof made->seal.origin, options->origin);
	ack_page_style_hash(made->style_hash);
	err = ack_base_get(&made->base, options->url);
	if (err == OK)
		err = make_keys(made);
	if (err == OK)
		err = serve(made);
	if (err != OK) {
		ack_desk_close(made);
		return err;
	}
	log_info("ack-desk-ready port=%u url=%s", http_port(made->http),
	    made->base.base);
	*desk = made;
	return OK;
}

void
ack_desk_close(struct ack_desk *desk)
{
	if (desk == NULL)
		return;
	http_close(desk->http);
	ack_book_free(desk->book);
	wire_free(desk->wire);
	explicit_bzero(&desk->seal.keys, sizeof desk->seal.keys);
	free(desk);
}

unsigned
ack_desk_port(const struct ack_desk *desk)
{
	return http_port(desk->http);
}

uint64_t
ack_desk_count(const struct ack_desk *desk, enum ack_say say)
{
	return desk->counts[say];
}
