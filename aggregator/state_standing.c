/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/state_standing.h"

#include "aggregator/standing.h"
#include "model/calendar.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t
lost_size(const struct standing_note *note, const struct view *view)
{
	struct standing_head head;

	return standing_head_open(&head, note->checkpoint, view_region(view)) ==
		       OK
		   ? head.checkpoint.size
		   : 0;
}

static void
say_rollback(const struct standing_note *note, const struct reading *reading)
{
	uint64_t lost = lost_size(note, reading->view);

	printf("TIDAK MENCATAT (rollback): sebuah simpul telah melihat %" PRIu64
	       " entri, log ini punya %" PRIu64 ": store ini salinan lama.\n"
	       "Hentikan daemon, lalu: ikrar-aggregator recover --dir %s\n"
	       "(not logging: a node has seen %" PRIu64 " entries, this log "
	       "has %" PRIu64 ", so the store is an older copy; stop the "
	       "daemon, then recover)\n\n",
	    lost, view_size(reading->view), reading->dir, lost,
	    view_size(reading->view));
}

static void
say_clock(const struct standing_note *note, const struct reading *reading)
{
	static const char *const why[][2] = {{"", ""},
	    {"meloncat saat daemon berjalan", "it jumped while the daemon ran"},
	    {"sebelum entri terakhir", "before the last entry"},
	    {"lebih dari 30 hari sesudah entri terakhir",
		"more than 30 days after the last entry"}};
	char now[CALENDAR_TEXT_MAX], last[CALENDAR_TEXT_MAX];

	calendar_ms_put(now, note->clock_ms, reading->zone);
	calendar_ms_put(last, note->last_ms, reading->zone);
	printf("TIDAK MENCATAT (clock): jam wilayah meragukan: %s (%s; entri "
	       "terakhir %s).\n"
	       "Betulkan jam komputer ini, lalu: ikrar-aggregator clock accept "
	       "--dir %s\n"
	       "(not logging: the clock said %s: %s; set it right, then clock "
	       "accept)\n\n",
	    now, why[note->clock][0], last, reading->dir, now,
	    why[note->clock][1]);
}

static void
say_recovery(
    const struct view_recovery *recovery, const struct reading *reading)
{
	char when[CALENDAR_TEXT_MAX];

	calendar_ms_put(when, recovery->received_at_ms, reading->zone);
	printf("dipulihkan/recovered %s (indeks %" PRIu64 "): %" PRIu64
	       " entri tetap/stand",
	    when, recovery->index, recovery->entries);
	if (recovery->lost_size > 0)
		printf(
		    ", hilang sampai/lost up to %" PRIu64, recovery->lost_size);
	printf("; epoch %" PRIu64 "\n", recovery->epoch);
}

void
state_say_standing(const struct reading *reading)
{
	struct standing_note note = {0};

	if (reading->dir != NULL && standing_load(&note, reading->dir) == OK) {
		if (note.word == STANDING_ROLLBACK)
			say_rollback(&note, reading);
		else
			say_clock(&note, reading);
	}
	for (unsigned i = 0; i < view_recovery_count(reading->view); i++)
		say_recovery(view_recovery(reading->view, i), reading);
}

void
state_put_standing(struct json *json, const struct reading *reading)
{
	struct standing_note note = {0};
	bool is_fine =
	    reading->dir == NULL || standing_load(&note, reading->dir) != OK;

	json_object_begin(json, "standing");
	json_text(
	    json, "word", standing_word(is_fine ? STANDING_FINE : note.word));
	json_u64(json, "since_ms", note.since_ms);
	json_u64(json, "seen",
	    note.word == STANDING_ROLLBACK ? lost_size(&note, reading->view)
					   : 0);
	json_u64(json, "clock_ms", note.clock_ms);
	json_end(json);
	json_array_begin(json, "recoveries");
	for (unsigned i = 0; i < view_recovery_count(reading->view); i++) {
		const struct view_recovery *it =
		    view_recovery(reading->view, i);

		json_object_begin(json, NULL);
		json_u64(json, "epoch", it->epoch);
		json_u64(json, "index", it->index);
		json_u64(json, "entries", it->entries);
		json_u64(json, "lost_size", it->lost_size);
		json_u64(json, "received_at_ms", it->received_at_ms);
		json_end(json);
	}
	json_end(json);
}
