/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/log_play.h"

#include "core/tell.h"
#include "ikrar/any_epoch.h"
#include "ikrar/log_dir.h"
#include "ikrar/log_tree.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct replay_fns no_fns;

/* What the log lines above say in short, for the person who gave the command.
 */
void
log_play_unreadable(const char *dir)
{
	tell(
	    "ikrar: Log di %s tidak ada atau rusak; lihat baris di atas. Sebut "
	    "folder yang ditulis ikrar-aggregator export.",
	    "    (the log in %s is missing or damaged, see the line above; "
	    "name "
	    "a directory that ikrar-aggregator export wrote)",
	    dir);
}

enum err
log_play_first(struct log_started *started, const char *dir)
{
	static struct event event;
	struct wire *wire = wire_new();
	struct log_dir *log = NULL;
	struct bytes bytes;
	struct leaf leaf;
	enum err err = log_dir_open(&log, dir);

	if (err == OK)
		err = log_dir_next(log, &bytes);
	if (err == OK &&
	    (leaf_get(&leaf, bytes) != OK ||
		wire_unpack(wire, leaf.event, &event) != REJECT_NONE ||
		event.kind != EVENT_LOG_STARTED))
		err = ERR_INVALID;
	if (err == OK)
		*started = event.started;
	else
		log_play_unreadable(dir);
	log_dir_close(log);
	wire_free(wire);
	return err == OK ? OK : ERR_INVALID;
}

/* The second line of a checkpoint is the number of entries. */
uint64_t
log_play_size(const char *dir)
{
	char note[NOTE_OPEN_MAX + 1] = "";
	char *line, *end;
	uint64_t size;
	size_t len;

	if (log_file_read(dir, "checkpoint", (uint8_t *)note, sizeof note - 1,
		&len) != OK)
		return 0;
	line = strchr(note, '\n');
	if (line == NULL || (end = strchr(line + 1, '\n')) == NULL)
		return 0;
	*end = '\0';
	return u64_get(&size, line + 1, 0, UINT64_MAX) == OK ? size : 0;
}

/* The name and the key that entry 0 gives open the checkpoint. Before its end
 * a log may still have an older name. */
static bool
head_open(struct checkpoint *head, struct log_dir *log, const struct view *view,
    bool is_cut)
{
	const struct view_region *region = view_region(view);
	size_t len;
	const char *text = log_dir_checkpoint(log, &len);

	if (region->origin[0] == '\0')
		return false;
	return is_cut ? any_epoch_open(head, bytes_of(text, len),
			    region->origin, region->log_key) == OK
		      : checkpoint_open(head, text, len, region->origin,
			    region->log_key) == OK;
}

/* ---- the bound */

struct walk {
	const struct log_play *play;
	struct replay *replay;
	struct log_tree *tree;
	struct wire *wire;
	uint64_t index;
	bool is_cut; /* from here on only hashed */
};

/* Verdicts stand behind their cause and belong to it. */
static bool
is_verdict(struct walk *walk, const struct leaf *leaf)
{
	static struct event event;

	return leaf->author == AUTHOR_LOG &&
	       wire_unpack(walk->wire, leaf->event, &event) == REJECT_NONE &&
	       event_is_verdict(event.kind);
}

static bool
is_beyond(struct walk *walk, struct bytes bytes)
{
	const struct log_play *play = walk->play;
	struct leaf leaf;

	if (leaf_get(&leaf, bytes) != OK)
		return false;
	if (leaf.received_at_ms > play->until_ms ||
	    (walk->index > play->until_index && !is_verdict(walk, &leaf)))
		return true;
	if (play->before != NULL)
		play->before(play->context, walk->index, &leaf);
	return false;
}

static void
take(struct walk *walk, struct bytes leaf)
{
	struct hash hash = hash_leaf(leaf);

	log_tree_take(walk->tree, &hash);
	walk->is_cut = walk->is_cut || is_beyond(walk, leaf);
	if (!walk->is_cut)
		replay_take(walk->replay, leaf);
	if (walk->play->is_live)
		replay_settle(walk->replay);
	walk->index++;
}

static enum err
take_all(struct walk *walk, struct log_dir *log)
{
	struct finding unsigned_head = {.kind = FINDING_CHECKPOINT};
	struct checkpoint head;
	struct bytes leaf;
	enum err err;

	while ((err = log_dir_next(log, &leaf)) == OK)
		take(walk, leaf);
	if (err != ERR_NOTFOUND) {
		replay_settle(walk->replay);
		return err;
	}
	if (walk->is_cut)
		replay_cut(walk->replay);
	else
		replay_end(walk->replay);
	if (head_open(&head, log, replay_view(walk->replay), walk->is_cut))
		log_tree_compare(walk->tree, &head);
	else
		findings_tell(walk->play->findings, &unsigned_head);
	return OK;
}

enum err
log_play(const struct log_play *play, struct replay **replay)
{
	struct walk walk = {.play = play};
	struct log_dir *log;
	enum err err = log_dir_open(&log, play->dir);

	if (err != OK)
		return err;
	walk.replay =
	    replay_new(play->findings, play->fns != NULL ? play->fns : &no_fns);
	walk.tree = log_tree_new(play->findings, NULL);
	walk.wire = wire_new();
	err = take_all(&walk, log);
	if (err == OK)
		*replay = walk.replay;
	else
		replay_free(walk.replay);
	wire_free(walk.wire);
	log_tree_free(walk.tree);
	log_dir_close(log);
	return err;
}

/* ---- sound or nothing */

struct soundness {
	uint64_t failures, index;
	enum finding_kind kind;
};

static void
note(void *context, const struct finding *finding)
{
	struct soundness *sound = context;

	if (finding_who(finding->kind) == 0 || sound->failures++ > 0)
		return;
	sound->kind = finding->kind;
	sound->index = finding->index;
}

enum err
log_play_sound(const struct log_play *play, struct replay **replay)
{
	struct soundness sound = {0};
	const struct findings findings = {note, &sound};
	struct log_play job = *play;
	struct replay *played;

	job.findings = &findings;
	if (log_play(&job, &played) != OK) {
		log_play_unreadable(play->dir);
		return ERR_INVALID;
	}
	if (sound.failures == 0) {
		*replay = played;
		return OK;
	}
	replay_free(played);
	tell(
	    "ikrar: Log di %s tidak utuh, jadi isinya tidak ditampilkan (entri "
	    "%" PRIu64 ": %s / %s); lihat semuanya dengan ikrar verify.",
	    "    (the log in %s is not sound, so nothing of it is shown: entry "
	    "%" PRIu64 ": %s / %s; ikrar verify tells all)",
	    play->dir, sound.index, finding_text_id(sound.kind),
	    finding_text_en(sound.kind));
	return ERR_INVALID;
}
