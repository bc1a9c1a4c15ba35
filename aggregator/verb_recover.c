/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log goes on from an older copy of itself. It runs with the daemon
 * stopped, so that nobody else writes meanwhile, and in this order, each step
 * fit to be done again:
 *
 * - What is lost is known by a head that the log had signed: the one in
 *   DIR/head, or one that a node has shown to the daemon (DIR/standing).
 * - DIR/head is put aside, LogRecovered is appended, the new origin signed.
 * - What the region's own admin had recorded comes back from DIR/admin before
 *   any other node can speak: rosters and campaigns, of which others' records
 *   speak.
 */
#include "aggregator/verbs.h"

#include "aggregator/head.h"
#include "aggregator/home.h"
#include "aggregator/push.h"
#include "aggregator/reading.h"
#include "core/log.h"
#include "core/loop.h"
#include "core/tell.h"
#include "model/origin.h"
#include "node/spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FAILED = 1, ASIDE_MAX = 40 };

struct settings {
	struct reading_words words;
	uint64_t keep;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "keep",
	.type = CONF_U64,
	.offset = offsetof(struct settings, keep),
	.argument = "N",
	.min = 1,
	.max = UINT64_MAX,
	.help_id = "Hanya N entri pertama dari log lama; bawaan: seluruh "
		   "cadangan.",
	.help_en = "Only the first N entries are of the old log; default: "
		   "the whole backup."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "recover",
    .help_id = "Melanjutkan log dari cadangan yang lebih lama; daemon harus "
	       "berhenti.",
    .help_en = "Goes on from an older copy of the log; the daemon must be "
	       "stopped.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

struct plan {
	const char *dir;
	uint64_t now_ms;
	uint64_t size, entries; /* the log's; those that are of the old one */
	bool has_lost, has_note;
	struct standing_head lost;
	bool is_head_foreign; /* DIR/head is not of this log's past */
	char wilayah[WILAYAH_MAX];
	struct event event;
	unsigned admin_rows;
};

/* ---- what is to be done */

static void
consider(struct plan *plan, const char *text, const struct view_region *region)
{
	struct standing_head head;
	uint64_t epoch = plan->has_lost ? plan->lost.epoch : region->epoch;
	uint64_t size =
	    plan->has_lost ? plan->lost.checkpoint.size : plan->size;

	if (standing_head_open(&head, text, region) != OK ||
	    !standing_head_is_larger(&head, epoch, size))
		return;
	plan->lost = head;
	plan->has_lost = true;
}

static void
aside_name(char name[ASIDE_MAX], uint64_t epoch)
{
	snprintf(name, ASIDE_MAX, "head.lost-%" PRIu64, epoch);
}

static void
look_at_heads(struct plan *plan, const struct view_region *region)
{
	struct standing_note note;
	char text[NOTE_CHECKPOINT_MAX], aside[HOME_TEXT_MAX];
	char name[ASIDE_MAX];
	bool is_known;

	/* A recovery that was cut short has put it there already. */
	aside_name(name, region->epoch);
	if (home_text_load(plan->dir, name, aside) == OK)
		consider(plan, aside, region);
	if (head_read(plan->dir, text) == OK) {
		is_known = plan->has_lost;
		consider(plan, text, region);
		plan->is_head_foreign = plan->has_lost && !is_known;
	}
	if (standing_load(&note, plan->dir) != OK ||
	    note.word != STANDING_ROLLBACK)
		return;
	plan->has_note = true;
	if (note.entries < plan->entries)
		plan->entries = note.entries;
	consider(plan, note.checkpoint, region);
}

static enum err
check_plan(struct plan *plan, uint64_t keep)
{
	if (!plan->has_lost && !plan->has_note && keep == 0) {
		tell("Tidak ada yang perlu dipulihkan: log di %s melanjutkan "
		     "kepala yang terakhir ditandatangani, dan tidak ada "
		     "simpul yang telah melihat lebih banyak.",
		    "There is nothing to recover: the log in %s continues the "
		    "head that was signed last, and no node has seen more.",
		    plan->dir);
		return ERR_INVALID;
	}
	if (keep > plan->size) {
		tell("Log ini hanya punya %" PRIu64 " entri.",
		    "This log has only %" PRIu64 " entries.", plan->size);
		return ERR_INVALID;
	}
	if (keep > 0)
		plan->entries = keep;
	return OK;
}

static enum err
fill_event(struct plan *plan, const struct view_region *region)
{
	struct log_recovered *body = &plan->event.recovered;
	uint64_t epoch = region->epoch;

	if (plan->has_lost && plan->lost.epoch > epoch)
		epoch = plan->lost.epoch;
	plan->event.kind = EVENT_LOG_RECOVERED;
	(void)text_copy(
	    body->old_origin, sizeof body->old_origin, region->origin);
	body->entries = plan->entries;
	if (plan->has_lost) {
		const struct checkpoint *lost = &plan->lost.checkpoint;

		(void)text_copy(
		    body->lost_origin, sizeof body->lost_origin, lost->origin);
		body->lost_size = lost->size;
		body->has_lost_root = true;
		memcpy(body->lost_root, lost->root.at, HASH_SIZE);
	}
	return origin_at(body->origin, region->origin, epoch + 1) ? OK
								  : ERR_INVALID;
}

static enum err
make_plan(struct plan *plan, const struct settings *settings)
{
	struct reading reading;
	enum err err = reading_open(&reading, &settings->words);

	if (err == OK)
		err = reading_view(&reading);
	if (err == OK && reading.started.drill &&
	    settings->words.clock == NULL) {
		tell("Ini wilayah LATIHAN: perlu --clock FILE.",
		    "This is a drill region: it needs --clock FILE.");
		err = ERR_INVALID;
	}
	if (err == OK) {
		plan->size = plan->entries = view_size(reading.view);
		look_at_heads(plan, view_region(reading.view));
		(void)text_copy(plan->wilayah, sizeof plan->wilayah,
		    view_region(reading.view)->wilayah);
		err = check_plan(plan, settings->keep);
	}
	if (err == OK)
		err = fill_event(plan, view_region(reading.view));
	reading_close(&reading);
	if (err == OK)
		err = loop_clock_ms(settings->words.clock, &plan->now_ms);
	return err;
}

/* ---- the admin's own records */

struct return_of {
	struct spool *spool;
	struct turn *turn;
	struct peers *peers;
	struct push_desk *desk;
	struct push push;
	uint8_t body[PUSH_BODY_MAX];
};

static enum reject
bring_rows(struct return_of *back, unsigned number, struct plan *plan)
{
	struct push_input input = {
	    .number = number, .push = &back->push, .now_ms = plan->now_ms};
	struct push_result result = {.word = REJECT_NONE};
	size_t len;

	for (;;) {
		uint64_t mark = peers_at(back->peers, number)->mark.mark;

		if (spool_batch(back->spool, mark + 1, &back->push, back->body,
			&len) != OK)
			return REJECT_NONE;
		input.body = bytes_of(back->body, len);
		push_take(back->desk, &input, &result);
		if (result.word != REJECT_NONE)
			return result.word;
		plan->admin_rows += back->push.count;
	}
}

static void
bring_back(
    struct return_of *back, const struct node_keys *keys, struct plan *plan)
{
	const struct view *view = turn_view(back->turn);
	const struct view_node *node = view_node_by_id(view, keys->id);
	enum reject word;

	if (node == NULL)
		return;
	back->peers = peers_new(turn_store(back->turn), view);
	back->desk = push_desk_new(back->turn, back->peers);
	word = bring_rows(back, view_node_number(view, node), plan);
	if (store_is_open_turn(turn_store(back->turn))) {
		peers_put_marks(back->peers);
		turn_commit(back->turn, 0);
	}
	if (word != REJECT_NONE)
		tell("Catatan admin di %s/admin tidak dapat dikembalikan: %s.",
		    "What the admin recorded in %s/admin does not fit the log "
		    "(%s) and was left.",
		    plan->dir, reject_text_id(word));
	push_desk_free(back->desk);
	peers_free(back->peers);
}

static void
bring_back_admin(struct turn *turn, struct plan *plan)
{
	struct return_of *back = xcalloc(1, sizeof *back);
	char dir[HOME_PATH_MAX];
	struct node_keys keys;
	struct spool_options spool = {
	    .dir = dir, .keys = &keys, .wilayah = plan->wilayah};

	back->turn = turn;
	if (home_path(dir, plan->dir, "admin") == OK &&
	    node_keys_load(&keys, dir) == OK &&
	    spool_open(&back->spool, &spool) == OK)
		bring_back(back, &keys, plan);
	spool_close(back->spool);
	explicit_bzero(&keys, sizeof keys);
	free(back);
}

/* ---- doing it */

/* Whatever happens from here on, no daemon logs before LogRecovered is there.
 */
static enum err
hold_back(const struct plan *plan)
{
	struct standing_note note = {.word = STANDING_ROLLBACK,
	    .since_ms = plan->now_ms,
	    .entries = plan->entries};
	char text[NOTE_CHECKPOINT_MAX];

	if (plan->is_head_foreign && head_read(plan->dir, text) == OK)
		(void)text_copy(note.checkpoint, sizeof note.checkpoint, text);
	return plan->has_note ? OK : standing_keep(&note, plan->dir);
}

/* The head of what was lost stays beside, for whoever asks later. */
static enum err
put_head_aside(const struct plan *plan)
{
	char from[HOME_PATH_MAX], to[HOME_PATH_MAX], name[ASIDE_MAX];

	if (!plan->is_head_foreign)
		return OK;
	aside_name(name, plan->lost.epoch);
	if (home_path(from, plan->dir, "head") != OK ||
	    home_path(to, plan->dir, name) != OK)
		return ERR_INVALID;
	if (rename(from, to) == 0)
		return OK;
	log_warn("head-not-put-aside path=%s", from);
	return ERR_IO;
}

static enum err
append(struct plan *plan, struct turn *turn)
{
	struct log_recovered *body = &plan->event.recovered;
	struct hash root;

	if (tlog_root_at(store_tlog(turn_store(turn)), body->entries, &root) !=
	    OK)
		return ERR_INVALID;
	store_done(turn_store(turn));
	memcpy(body->root, root.at, HASH_SIZE);
	turn_recover(turn, &plan->event, plan->now_ms);
	return OK;
}

static enum err
carry_out(struct plan *plan)
{
	struct turn *turn = NULL;
	struct home_keys keys;
	enum err err = home_keys_load(&keys, plan->dir);

	if (err == OK)
		err = hold_back(plan);
	if (err == OK)
		err = put_head_aside(plan);
	if (err == OK)
		err = turn_open(&turn, plan->dir, &keys.log);
	if (err == OK)
		err = append(plan, turn);
	if (err == OK)
		bring_back_admin(turn, plan);
	turn_close(turn);
	explicit_bzero(&keys, sizeof keys);
	return err;
}

static void
say(const struct plan *plan)
{
	const struct log_recovered *body = &plan->event.recovered;

	printf("Log dilanjutkan sebagai %s: %" PRIu64 " entri tetap",
	    body->origin, body->entries);
	if (plan->has_lost)
		printf("; yang hilang sampai ukuran %" PRIu64, body->lost_size);
	printf(".\n%u catatan admin wilayah dikembalikan dari %s/admin.\n"
	       "Jalankan lagi daemonnya. Simpul mengirim ulang yang dahulu "
	       "diterima.\nYang bergabung sesudah cadangan dibuat tidak "
	       "dikenal lagi: petugasnya bergabung lagi di folder yang sama "
	       "(ikrar-collector join KODE), dengan undangan baru atau, bila "
	       "catatan admin kembali, yang lama. Simpul yang dicabut sesudah "
	       "cadangan: periksa node list.\n",
	    plan->admin_rows, plan->dir);
	printf("\nThe log goes on as %s: %" PRIu64 " entries stand",
	    body->origin, body->entries);
	if (plan->has_lost)
		printf(
		    "; lost were those up to size %" PRIu64, body->lost_size);
	printf(".\n%u records of the region's admin came back from %s/admin.\n"
	       "Run the daemon again. Nodes push anew what had been received.\n"
	       "Those that joined after the backup are unknown now: their "
	       "clerks join again in the same directory (ikrar-collector join "
	       "CODE), with a new invitation or, if the admin's records came "
	       "back, the old one. Nodes revoked since: look at node list.\n",
	    plan->admin_rows, plan->dir);
}

/* Two writers must not meet. */
static enum err
lock(int *fd, const char *dir)
{
	enum err err = home_alive_open(fd, dir);

	if (err == ERR_DUP)
		tell("Wilayah di %s sedang berjalan; hentikan dahulu.",
		    "The region in %s is running; stop it first.", dir);
	return err;
}

int
verb_recover(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct plan *plan = xcalloc(1, sizeof *plan);
	int fd = -1;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	plan->dir = settings.words.dir;
	err = lock(&fd, plan->dir);
	if (err == OK)
		err = make_plan(plan, &settings);
	if (err == OK)
		err = carry_out(plan);
	if (err == OK)
		say(plan);
	home_alive_close(fd);
	free(plan);
	conf_clear(&command, &settings);
	return err == OK ? 0 : EXIT_FAILED;
}
