/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/standing.h"

#include "aggregator/home.h"
#include "core/log.h"
#include "core/tell.h"
#include "model/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE_MAX = 1024 };

static const char file_name[] = "standing";
static const char *const words[] = {"fine", "rollback", "clock"};

struct standing {
	char dir[HOME_PATH_MAX];
	const struct view *view;
	uint64_t entries; /* when it was opened */
	struct clock_guard guard;
	bool has_started;
	struct standing_note note;
};

const char *
standing_word(enum standing_word word)
{
	return words[word];
}

/* ---- the file */

/* Numbers in one line, the head behind it. */
enum err
standing_load(struct standing_note *note, const char *dir)
{
	struct standing_note made = {0};
	char text[HOME_TEXT_MAX];
	char word[16];
	unsigned clock;
	int used = 0;
	enum err err = home_text_load(dir, file_name, text);

	if (err != OK)
		return err;
	if (sscanf(text,
		"%15s %" SCNu64 " %" SCNu64 " %u %" SCNu64 " %" SCNu64 "\n%n",
		word, &made.since_ms, &made.entries, &clock, &made.clock_ms,
		&made.last_ms, &used) != 6 ||
	    used == 0 || clock > CLOCK_LATE ||
	    !text_copy(made.checkpoint, sizeof made.checkpoint, text + used)) {
		log_warnx("standing-damaged dir=%s", dir);
		return ERR_INVALID;
	}
	made.clock = (enum clock_word)clock;
	made.word = strcmp(word, words[STANDING_ROLLBACK]) == 0
			? STANDING_ROLLBACK
			: STANDING_CLOCK;
	*note = made;
	return OK;
}

bool
standing_takes(const char *dir, enum event_kind kind)
{
	struct standing_note note = {0};

	if (standing_load(&note, dir) != OK || note.word == STANDING_FINE ||
	    (note.word == STANDING_CLOCK && kind == EVENT_CLOCK_ACCEPTED))
		return true;
	tell("Wilayah sedang tidak mencatat (%s); lihat: ikrar-aggregator "
	     "state --dir %s",
	    "The region is not logging now (%s): see ikrar-aggregator state "
	    "--dir %s",
	    words[note.word], dir);
	return false;
}

enum err
standing_forget(const char *dir)
{
	return home_text_drop(dir, file_name);
}

enum err
standing_keep(const struct standing_note *note, const char *dir)
{
	char text[NOTE_MAX];

	snprintf(text, sizeof text,
	    "%s %" PRIu64 " %" PRIu64 " %u %" PRIu64 " %" PRIu64 "\n%s",
	    words[note->word], note->since_ms, note->entries,
	    (unsigned)note->clock, note->clock_ms, note->last_ms,
	    note->checkpoint);
	return home_text_save(dir, file_name, text);
}

/* What cannot be kept holds at least until the next start. */
static void
save(const struct standing *standing)
{
	if (standing_keep(&standing->note, standing->dir) != OK)
		log_warnx("standing-not-kept dir=%s", standing->dir);
}

/* ---- heads */

enum err
standing_head_open(struct standing_head *head, const char *text,
    const struct view_region *region)
{
	char said[ORIGIN_MAX], origin[ORIGIN_MAX];
	size_t len = strcspn(text, "\n");
	struct standing_head made;

	if (len >= sizeof said)
		return ERR_INVALID;
	memcpy(said, text, len);
	said[len] = '\0';
	if (origin_epoch(said, &made.epoch) != OK ||
	    !origin_at(origin, region->first_origin, made.epoch) ||
	    checkpoint_open(&made.checkpoint, text, strlen(text), origin,
		region->log_key) != OK)
		return ERR_INVALID;
	*head = made;
	return OK;
}

bool
standing_head_is_larger(
    const struct standing_head *head, uint64_t epoch, uint64_t size)
{
	if (head->epoch != epoch)
		return head->epoch > epoch;
	return head->checkpoint.size > size;
}

/* ---- the daemon's */

enum err
standing_open(
    struct standing **standing, const char *dir, const struct view *view)
{
	struct standing *made = xcalloc(1, sizeof *made);
	enum err err = standing_load(&made->note, dir);

	if (err != OK && err != ERR_NOTFOUND) {
		free(made);
		return err;
	}
	(void)text_copy(made->dir, sizeof made->dir, dir);
	made->view = view;
	made->entries = view_size(view);
	if (made->note.word != STANDING_FINE)
		log_warnx(
		    "standing state=%s logging=no", words[made->note.word]);
	*standing = made;
	return OK;
}

void
standing_close(struct standing *standing)
{
	free(standing);
}

enum reject
standing_refusal(const struct standing *standing)
{
	switch (standing->note.word) {
	case STANDING_FINE:
		return REJECT_NONE;
	case STANDING_ROLLBACK:
		return REJECT_ROLLBACK;
	case STANDING_CLOCK:
		return REJECT_CLOCK;
	}
	return REJECT_NONE;
}

static void
stop_for_clock(struct standing *standing, enum clock_word word,
    const struct moment *moment)
{
	static const char *const why[] = {"", "it jumped while this ran",
	    "it is before the last entry", "the last entry is long ago"};
	struct standing_note *note = &standing->note;

	note->word = STANDING_CLOCK;
	note->clock = word;
	note->since_ms = note->clock_ms = moment->now_ms;
	note->last_ms = view_region(standing->view)->last_received_ms;
	log_warnx("clock-not-believed now_ms=%" PRIu64 " last_ms=%" PRIu64
		  " why=\"%s\" logging=no mend=\"set the clock, then clock "
		  "accept\"",
	    note->clock_ms, note->last_ms, why[word]);
	save(standing);
}

void
standing_look(struct standing *standing, const struct moment *moment)
{
	uint64_t last_ms = view_region(standing->view)->last_received_ms;
	enum clock_word word;

	if (!standing->has_started)
		word = clock_guard_start(
		    &standing->guard, last_ms, moment->now_ms, moment->boot_ms);
	else
		word = clock_guard_look(
		    &standing->guard, moment->now_ms, moment->boot_ms);
	standing->has_started = true;
	if (word != CLOCK_FINE && standing->note.word == STANDING_FINE)
		stop_for_clock(standing, word, moment);
}

bool
standing_hear(struct standing *standing, const struct hello *hello,
    const struct moment *moment)
{
	const struct view_region *region = view_region(standing->view);
	struct standing_note *note = &standing->note;
	struct standing_head shown, known;
	char node[2 * NODE_ID_SIZE + 1];

	if (standing_head_open(&shown, hello->checkpoint, region) != OK ||
	    !standing_head_is_larger(
		&shown, region->epoch, view_size(standing->view)))
		return false;
	if (note->word == STANDING_ROLLBACK &&
	    standing_head_open(&known, note->checkpoint, region) == OK &&
	    !standing_head_is_larger(
		&shown, known.epoch, known.checkpoint.size))
		return true;
	hex_put(node, hello->node, NODE_ID_SIZE);
	log_warnx("log-rolled-back entries=%" PRIu64 " seen=%" PRIu64
		  " epoch=%" PRIu64 " node=%s logging=no mend=\"stop, then "
		  "ikrar-aggregator recover\"",
	    view_size(standing->view), shown.checkpoint.size, shown.epoch,
	    node);
	if (note->word != STANDING_ROLLBACK) {
		note->word = STANDING_ROLLBACK;
		note->since_ms = moment->now_ms;
		note->entries = standing->entries;
	}
	(void)text_copy(
	    note->checkpoint, sizeof note->checkpoint, hello->checkpoint);
	save(standing);
	return true;
}

void
standing_settle(struct standing *standing)
{
	standing->note = (struct standing_note){0};
	if (standing_forget(standing->dir) != OK)
		log_warnx("standing-not-dropped dir=%s", standing->dir);
}

/* The next look takes the clock as it then is. */
void
standing_accept_clock(struct standing *standing, uint64_t now_ms)
{
	if (standing->note.word != STANDING_CLOCK)
		return;
	standing->guard = (struct clock_guard){0};
	standing->has_started = true;
	standing_settle(standing);
	log_info("clock-accepted now_ms=%" PRIu64, now_ms);
}
