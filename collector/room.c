/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/room.h"

#include "collector/sentence.h"

#include <inttypes.h>

enum { MIB = 1024 * 1024 };

/* Pledges stop first, so that an incident can still be recorded. */
static void
tell_full(struct home *home, const struct event *event)
{
	uint64_t left = spool_free_bytes(home->spool) / MIB;
	uint64_t needed = spool_needed_bytes(event) / MIB;
	bool is_pledge = needed > SPOOL_LEAST_FREE_MIB;

	if (is_pledge && left >= SPOOL_LEAST_FREE_MIB)
		tell("Disk hampir penuh (sisa %" PRIu64
		     " MiB): ikrar dan pakta "
		     "tidak disimpan, insiden masih dapat dicatat. Hapus "
		     "berkas yang tidak perlu di disk tempat %s sampai sisa "
		     "%" PRIu64 " MiB, lalu ulangi perintah ini.",
		    "the disk is almost full (%" PRIu64 " MiB left): pledges "
		    "are not stored, incidents still are; delete what is not "
		    "needed on the disk of %s until %" PRIu64 " MiB are free, "
		    "then give this command again",
		    left, home->words->dir, needed);
	else
		tell("Disk penuh (sisa %" PRIu64 " MiB): tidak ada yang "
		     "disimpan. Tulis dahulu di kertas, hapus berkas yang "
		     "tidak perlu di disk tempat %s sampai sisa %" PRIu64
		     " MiB, lalu ulangi perintah ini.",
		    "the disk is full (%" PRIu64 " MiB left) and nothing was "
		    "stored: write it on paper, delete what is not needed on "
		    "the disk of %s until %" PRIu64 " MiB are free, then give "
		    "this command again",
		    left, home->words->dir, needed);
}

/* Before anybody is asked for a yes. */
enum err
room_check(struct home *home, const struct event *event)
{
	if (spool_free_bytes(home->spool) >= spool_needed_bytes(event))
		return OK;
	tell_full(home, event);
	return ERR_FULL;
}
