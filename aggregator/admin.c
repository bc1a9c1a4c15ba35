/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/admin.h"

#include "aggregator/home.h"
#include "aggregator/own_node.h"
#include "aggregator/standing.h"
#include "core/loop.h"
#include "core/tell.h"
#include "model/catalog.h"
#include "node/spool.h"
#include "node/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
	LOCK_AGAIN_MS = 50,
	/* A text of many parts may take longer. */
	WITHIN_MORE_MS = 100,
};

struct admin {
	struct reading reading;
	char dir[HOME_PATH_MAX]; /* DIR/admin, or the reviewer's */
	bool is_reviewer;
	struct node_keys keys;
	struct node_region region;
	struct loop *loop;
	struct spool *spool;
	uint64_t now_ms;
	int lock;
};

/* ---- one command at a time */

struct locking {
	struct admin *admin;
	struct loop_timer *timer;
	bool is_done;
};

static void
on_lock(void *context)
{
	struct locking *locking = context;

	locking->is_done = flock(locking->admin->lock, LOCK_EX | LOCK_NB) == 0;
	if (!locking->is_done)
		loop_timer_set(locking->timer, LOCK_AGAIN_MS);
}

static enum err
take_lock(struct admin *admin)
{
	struct locking locking = {.admin = admin};
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, admin->dir, "lock");

	if (err != OK)
		return err;
	admin->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (admin->lock < 0) {
		tell("%s tidak dapat dibuka: %s.", "%s cannot be opened: %s.",
		    path, strerror(errno));
		return ERR_INVALID;
	}
	locking.timer = loop_timer_new(admin->loop, on_lock, &locking);
	on_lock(&locking);
	err =
	    loop_run_until(admin->loop, &locking.is_done, 2 * ADMIN_WITHIN_MS);
	loop_timer_free(locking.timer);
	if (err == OK)
		return OK;
	tell("Perintah lain masih berjalan di %s; coba lagi sesudah itu.",
	    "Another command still runs in %s: try again after it.",
	    admin->dir);
	return ERR_INVALID;
}

/* ---- opening */

static enum err
read_clock(struct admin *admin, const char *clock)
{
	if (admin->reading.started.drill && clock == NULL) {
		tell("Ini wilayah LATIHAN: perlu --clock FILE.",
		    "This is a drill region: it needs --clock FILE.");
		return ERR_INVALID;
	}
	if (loop_open(&admin->loop, clock) == OK) {
		admin->now_ms = loop_now_ms(admin->loop);
		return OK;
	}
	tell("Berkas jam %s tidak dapat dibaca: isinya harus milidetik sejak "
	     "1970.",
	    "The clock file %s cannot be read: it holds milliseconds since "
	    "1970.",
	    clock != NULL ? clock : "");
	return ERR_INVALID;
}

static enum err
load_node(struct admin *admin)
{
	return admin->is_reviewer
		   ? own_node_reviewer(&admin->reading, admin->dir,
			 &admin->keys, &admin->region)
		   : own_node_admin(&admin->reading, admin->dir, &admin->keys,
			 &admin->region);
}

static const struct view_node *
own_node(const struct admin *admin)
{
	return view_node_by_id(admin->reading.view, admin->keys.id);
}

static enum err
check_enrolled(const struct admin *admin)
{
	const struct view_node *node = own_node(admin);

	if (node != NULL && node->state == NODE_ENROLLED)
		return OK;
	tell("%s di %s tidak terdaftar, atau belum disahkan, dalam wilayah "
	     "ini.",
	    "%s in %s is not enrolled in this region, or not confirmed yet.",
	    admin->is_reviewer ? "Penelaah" : "Admin", admin->dir);
	return ERR_INVALID;
}

static enum err
open_spool(struct admin *admin)
{
	struct spool_options options = {.dir = admin->dir,
	    .keys = &admin->keys,
	    .wilayah = admin->region.wilayah,
	    .create = true};

	if (spool_open(&admin->spool, &options) == OK)
		return OK;
	tell("Catatan di %s/spool tidak dapat dibuka; lihat baris di atas.",
	    "The records in %s/spool cannot be opened: see the line above.",
	    admin->dir);
	return ERR_INVALID;
}

/* ---- the view that the next event will meet */

static enum reject
fold(struct admin *admin, const struct event *event)
{
	struct view *view = admin->reading.view;
	uint64_t last_ms = view_region(view)->last_received_ms;
	uint64_t at_ms = admin->now_ms > last_ms ? admin->now_ms : last_ms;
	enum reject word = event_check(event);

	if (word == REJECT_NONE)
		word = view_check(view, event, at_ms);
	if (word == REJECT_NONE)
		view_apply(view, &(struct entry){.index = view_size(view),
				     .author = AUTHOR_NODE,
				     .received_at_ms = at_ms,
				     .event = event});
	return word;
}

/* What the region would refuse it will refuse then: here it is left out. */
static void
fold_waiting(struct admin *admin)
{
	struct wire *wire = wire_new();
	struct spool_status status;
	struct spool_row row;
	struct event event;

	spool_status(admin->spool, &status);
	for (uint64_t seq = own_node(admin)->mark + 1; seq <= status.last_seq;
	     seq++) {
		if (spool_row(admin->spool, seq, &row) != OK)
			continue;
		if (wire_unpack(wire, row.event, &event) == REJECT_NONE)
			(void)fold(admin, &event);
		spool_row_done(admin->spool);
	}
	wire_free(wire);
}

static enum err
open_all(struct admin *admin, const struct reading_words *words)
{
	if (reading_open(&admin->reading, words) != OK ||
	    read_clock(admin, words->clock) != OK || load_node(admin) != OK ||
	    take_lock(admin) != OK || reading_view(&admin->reading) != OK ||
	    check_enrolled(admin) != OK || open_spool(admin) != OK)
		return ERR_INVALID;
	fold_waiting(admin);
	return OK;
}

/* Whoever it is: its directory stands in admin->dir. */
static enum err
open_made(
    struct admin **admin, struct admin *made, const struct reading_words *words)
{
	made->lock = -1;
	if (open_all(made, words) != OK) {
		admin_close(made);
		return ERR_INVALID;
	}
	*admin = made;
	return OK;
}

enum err
admin_open(struct admin **admin, const struct reading_words *words)
{
	struct admin *made = xcalloc(1, sizeof *made);

	if (home_path(made->dir, words->dir, "admin") != OK) {
		free(made);
		return ERR_INVALID;
	}
	return open_made(admin, made, words);
}

enum err
admin_open_reviewer(struct admin **admin, const struct reading_words *words,
    const char *node_dir)
{
	struct admin *made = xcalloc(1, sizeof *made);

	made->is_reviewer = true;
	if (!text_copy(made->dir, sizeof made->dir, node_dir)) {
		tell("Nama direktori simpul terlalu panjang.",
		    "The name of the node's directory is too long.");
		free(made);
		return ERR_INVALID;
	}
	return open_made(admin, made, words);
}

void
admin_close(struct admin *admin)
{
	if (admin == NULL)
		return;
	spool_close(admin->spool);
	loop_close(admin->loop);
	if (admin->lock >= 0)
		close(admin->lock);
	reading_close(&admin->reading);
	explicit_bzero(&admin->keys, sizeof admin->keys);
	free(admin);
}

const struct reading *
admin_reading(const struct admin *admin)
{
	return &admin->reading;
}

const struct view *
admin_view(const struct admin *admin)
{
	return admin->reading.view;
}

const struct node_region *
admin_region(const struct admin *admin)
{
	return &admin->region;
}

uint64_t
admin_now_ms(const struct admin *admin)
{
	return admin->now_ms;
}

/* ---- pushing */

struct pushing {
	struct admin *admin;
	struct uplink *uplink;
	uint64_t last_seq;
	bool is_done;
};

static void
on_changed(void *context)
{
	struct pushing *pushing = context;
	struct spool_status status;

	spool_status(pushing->admin->spool, &status);
	pushing->is_done = status.receipted_seq >= pushing->last_seq ||
			   (pushing->uplink != NULL &&
			       uplink_halted(pushing->uplink) != REJECT_NONE);
}

/* Where it listens, as seen from this machine. */
static void
local_endpoint(char to[ENDPOINT_MAX], const char *listen)
{
	static const char *const any[][2] = {
	    {"tcp://0.0.0.0:", "tcp://127.0.0.1:"},
	    {"tcp://*:", "tcp://127.0.0.1:"}, {"tcp://[::]:", "tcp://[::1]:"}};

	for (size_t i = 0; i < sizeof any / sizeof *any; i++) {
		size_t len = strlen(any[i][0]);

		if (strncmp(listen, any[i][0], len) != 0)
			continue;
		if (snprintf(to, ENDPOINT_MAX, "%s%s", any[i][1],
			listen + len) < ENDPOINT_MAX)
			return;
	}
	(void)text_copy(to, ENDPOINT_MAX, listen);
}

bool
admin_endpoint(const char *dir, char endpoint[ENDPOINT_MAX])
{
	struct home_endpoints endpoints;
	uint64_t wall_ms;

	if (loop_clock_ms(NULL, &wall_ms) != OK ||
	    home_alive_check(dir, wall_ms) == ERR_NOTFOUND ||
	    home_endpoints_load(&endpoints, dir) != OK)
		return false;
	local_endpoint(endpoint, endpoints.listen);
	return true;
}

/* Is there a daemon to push to? */
static bool
find_daemon(struct admin *admin)
{
	admin->region.endpoint_count = 1;
	return admin_endpoint(admin->reading.dir, admin->region.endpoints[0]);
}

bool
admin_find_daemon(struct admin *admin, struct admin_reach *reach)
{
	if (!find_daemon(admin))
		return false;
	reach->loop = admin->loop;
	reach->endpoint = admin->region.endpoints[0];
	reach->server_key = admin->region.server_key;
	reach->keys = &admin->keys.link;
	return true;
}

/* REJECT_NONE: all is receipted, or time was up. */
static enum reject
push(struct admin *admin, struct link *link, uint64_t last_seq, unsigned count)
{
	struct pushing pushing = {.admin = admin, .last_seq = last_seq};
	struct uplink_options options = {.loop = admin->loop,
	    .link = link,
	    .spool = admin->spool,
	    .keys = &admin->keys,
	    .region = &admin->region,
	    .dir = admin->dir,
	    .changed = on_changed,
	    .context = &pushing};
	enum reject halted;

	if (uplink_open(&pushing.uplink, &options) != OK)
		return REJECT_NONE;
	if (loop_run_until(admin->loop, &pushing.is_done,
		ADMIN_WITHIN_MS + (uint64_t)count * WITHIN_MORE_MS) != OK)
		tell("Wilayah berjalan tetapi tidak menjawab: %s. Catatan "
		     "dikirim pada perintah berikutnya.",
		    "The region runs but does not answer (%s); the next "
		    "command pushes what is stored.",
		    link_state_text(uplink_link_state(pushing.uplink)));
	halted = uplink_halted(pushing.uplink);
	uplink_close(pushing.uplink);
	return halted;
}

static enum reject
push_all(struct admin *admin, uint64_t last_seq, unsigned count)
{
	struct link *link;
	enum reject halted;

	if (!find_daemon(admin) || link_open(&link, admin->loop) != OK)
		return REJECT_NONE;
	halted = push(admin, link, last_seq, count);
	link_close(link);
	return halted;
}

/* ---- recording */

static enum err
refused(enum reject word)
{
	fprintf(stderr, "ditolak (%s): %s.\nrefused: %s.\n", reject_word(word),
	    reject_text_id(word), reject_text_en(word));
	return ERR_DENIED;
}

void
admin_frame(const struct admin *admin, struct event *event)
{
	struct spool_status status;

	spool_status(admin->spool, &status);
	event->version = EVENT_VERSION;
	memcpy(event->node, admin->keys.id, sizeof event->node);
	event->seq = status.last_seq + 1;
	event->recorded_at_ms = admin->now_ms;
	event->seen_epoch = status.seen_epoch;
	event->seen_size = status.seen_size;
	/* The log may have grown since it was read. */
	if (event->seen_size > view_size(admin->reading.view))
		event->seen_size = view_size(admin->reading.view);
	(void)text_copy(
	    event->wilayah, sizeof event->wilayah, admin->region.wilayah);
}

/* As the region will meet them, before any of them has a number. */
static enum err
try_events(struct admin *admin, struct event *events, unsigned count)
{
	enum reject word = REJECT_NONE;

	for (unsigned i = 0; i < count && word == REJECT_NONE; i++) {
		admin_frame(admin, &events[i]);
		events[i].seq += i;
		word = fold(admin, &events[i]);
	}
	return word == REJECT_NONE ? OK : refused(word);
}

static enum err
store_events(struct admin *admin, struct event *events, unsigned count)
{
	enum reject why = REJECT_NONE;
	enum err err =
	    spool_add(admin->spool, events, count, admin->now_ms, &why);

	if (err == OK)
		return OK;
	if (err == ERR_INVALID)
		return refused(why);
	tell("Catatan tidak dapat disimpan di %s: disk penuh.",
	    "Nothing was stored in %s: the disk is full.", admin->dir);
	return err;
}

static void
find_index(struct admin *admin, struct admin_result *result)
{
	struct message_codec *codec = message_codec_new();
	struct message message;
	struct bytes raw;

	if (spool_receipt(admin->spool, result->last_seq, &raw) == OK &&
	    message_from_region_get(codec, raw, &message) == OK &&
	    message.kind == MESSAGE_RECEIPT &&
	    message.receipt.have == result->last_seq) {
		result->has_index = true;
		result->index = message.receipt.index;
	}
	spool_row_done(admin->spool);
	message_codec_free(codec);
}

static enum err
look_back(struct admin *admin, struct admin_result *result)
{
	struct spool_row row;
	enum reject word = REJECT_NONE;
	bool is_received = true;

	for (uint64_t seq = result->first_seq;
	     seq <= result->last_seq && word == REJECT_NONE; seq++) {
		if (spool_row(admin->spool, seq, &row) != OK)
			continue;
		if (row.state == RECORD_REFUSED)
			word = row.word;
		is_received = is_received && row.state == RECORD_RECEIPTED;
		spool_row_done(admin->spool);
	}
	if (word != REJECT_NONE)
		return refused(word);
	result->is_received = is_received;
	if (is_received)
		find_index(admin, result);
	return OK;
}

enum err
admin_record(struct admin *admin, struct event *events, unsigned count,
    struct admin_result *result)
{
	struct admin_result made = {.is_review = admin->is_reviewer};
	enum reject halted = REJECT_NONE;
	enum err err = try_events(admin, events, count);

	if (err == OK)
		err = store_events(admin, events, count);
	if (err != OK)
		return err;
	made.first_seq = events[0].seq;
	made.last_seq = events[count - 1].seq;
	if (standing_takes(admin->reading.dir, events[0].kind))
		halted = push_all(admin, made.last_seq, count);
	err = look_back(admin, &made);
	if (err == OK && !made.is_received && halted != REJECT_NONE)
		err = refused(halted);
	if (err == OK)
		*result = made;
	return err;
}

enum err
admin_push(struct admin *admin)
{
	struct spool_status status;
	enum reject halted;

	spool_status(admin->spool, &status);
	halted = push_all(admin, status.last_seq, 1);
	return halted == REJECT_NONE ? OK : refused(halted);
}

void
admin_sign_note(
    const struct admin *admin, struct text_buf *text, const char *name)
{
	note_sign(text, name, &admin->keys.sign);
}

static uint64_t
version_of(const struct admin *admin, enum event_kind kind)
{
	const struct view_region *region = view_region(admin->reading.view);

	switch ((int)kind) {
	case EVENT_ROSTER_CHANGED:
		return region->roster_version;
	case EVENT_CAMPAIGN_CHANGED:
		return region->campaign_version;
	case EVENT_CALENDAR_CHANGED:
		return region->calendar_version;
	case EVENT_RULES_CHANGED:
		return region->rules_version;
	}
	return region->office_version;
}

enum err
admin_record_parts(struct admin *admin, struct parts *parts, uint32_t *version,
    struct admin_result *result)
{
	uint32_t next = (uint32_t)version_of(admin, parts->events[0].kind) + 1;
	enum err err;

	parts_number(parts, next);
	err = admin_record(admin, parts->events, parts->count, result);
	if (err == OK)
		*version = next;
	return err;
}

void
admin_say(const struct admin_result *result)
{
	const char *who = result->is_review ? "penelaah" : "admin";
	const char *en = result->is_review ? "reviewer" : "admin";

	if (!result->is_received)
		printf("tersimpan: catatan %s %" PRIu64 "; dikirim pada "
		       "perintah %s berikutnya, bila wilayah berjalan / "
		       "stored, pushed by the next %s command\n",
		    who, result->last_seq, who, en);
	else if (result->has_index)
		printf("diterima: indeks %" PRIu64 " (catatan %s %" PRIu64
		       ") / received\n",
		    result->index, who, result->last_seq);
	else
		printf("diterima (catatan %s %" PRIu64 ") / received\n", who,
		    result->last_seq);
}
