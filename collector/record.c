/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/record.h"

#include <inttypes.h>
#include <string.h>

static bool
is_own(const struct home *home, const struct record_id *target)
{
	static const uint8_t zeros[EVENT_ID_SIZE];

	return memcmp(target->node, zeros, sizeof zeros) == 0 ||
	       memcmp(target->node, home->keys.id, sizeof zeros) == 0;
}

static enum err
not_a_record(struct sentence *why, uint64_t seq, enum event_kind kind)
{
	if (kind == EVENT_WITHDRAWN)
		sentence_set(why,
		    "Catatan %" PRIu64
		    " adalah pencabutan; pencabutan tidak dapat diubah. Catat "
		    "kegiatannya sekali lagi sebagai catatan baru.",
		    "record %" PRIu64
		    " is a withdrawal, which stays; record the matter anew",
		    seq);
	else
		sentence_set(why,
		    "Catatan %" PRIu64
		    " adalah kabar otomatis simpul, bukan ikrar atau insiden.",
		    "record %" PRIu64
		    " is the node's own report, no pledge and no incident",
		    seq);
	return ERR_INVALID;
}

/* To the first version, which a correction names. */
static enum err
find_first(
    struct home *home, uint64_t seq, struct event *event, struct sentence *why)
{
	struct spool_row row;
	enum err err = home_event(home, seq, &row, event);

	spool_row_done(home->spool);
	if (err == OK && event->kind == EVENT_CORRECTED &&
	    is_own(home, &event->corrected.target)) {
		err =
		    home_event(home, event->corrected.target.seq, &row, event);
		spool_row_done(home->spool);
	}
	if (err == OK)
		return OK;
	if (home->status.last_seq == 0)
		sentence_set(why, "Belum ada catatan di sini.",
		    "there are no records here yet");
	else
		sentence_set(why,
		    "Tidak ada catatan nomor %" PRIu64
		    ". Yang ada: 1 sampai %" PRIu64
		    " (lihat ikrar-collector list).",
		    "there is no record %" PRIu64 "; there are 1 to %" PRIu64,
		    seq, home->status.last_seq);
	return ERR_INVALID;
}

static void
take_version(struct record *record, const struct event *event)
{
	const struct corrected *corrected = &event->corrected;

	if (event->kind == EVENT_WITHDRAWN) {
		if (record->withdrawn == 0)
			record->withdrawn = event->seq;
		return;
	}
	if (corrected->kind != record->kind)
		return;
	record->newest = event->seq;
	if (record->kind == EVENT_PLEDGE_MADE)
		record->pledge = corrected->pledge;
	else
		record->incident = corrected->incident;
}

/* What comes behind the first version and was not refused. */
static void
follow(struct home *home, struct record *record)
{
	struct spool_row row;
	struct event event;

	for (uint64_t seq = record->seq + 1; seq <= home->status.last_seq;
	     seq++) {
		const struct record_id *target;

		if (home_event(home, seq, &row, &event) != OK)
			continue;
		if (event.kind == EVENT_CORRECTED)
			target = &event.corrected.target;
		else if (event.kind == EVENT_WITHDRAWN)
			target = &event.withdrawn.target;
		else
			continue;
		if (is_own(home, target) && target->seq == record->seq &&
		    row.state != RECORD_REFUSED)
			take_version(record, &event);
	}
	spool_row_done(home->spool);
}

enum err
record_find(struct home *home, uint64_t seq, struct record *record,
    struct sentence *why)
{
	struct record made = {0};
	struct spool_row row;
	struct event event;

	spool_status(home->spool, &home->status);
	if (find_first(home, seq, &event, why) != OK)
		return ERR_INVALID;
	if (event.kind != EVENT_PLEDGE_MADE &&
	    event.kind != EVENT_INCIDENT_REPORTED)
		return not_a_record(why, seq, event.kind);
	made.seq = made.newest = event.seq;
	made.kind = event.kind;
	if (made.kind == EVENT_PLEDGE_MADE)
		made.pledge = event.pledge;
	else
		made.incident = event.incident;
	if (spool_row(home->spool, made.seq, &row) == OK &&
	    row.state == RECORD_REFUSED)
		made.refused = row.word;
	follow(home, &made);
	*record = made;
	return OK;
}

enum err
record_find_standing(struct home *home, uint64_t seq, struct record *record,
    struct sentence *why)
{
	if (record_find(home, seq, record, why) != OK)
		return ERR_INVALID;
	if (record->withdrawn != 0) {
		sentence_set(why,
		    "Catatan %" PRIu64 " sudah dicabut (catatan %" PRIu64
		    "). Bila perlu, catat sekali lagi sebagai catatan baru.",
		    "record %" PRIu64 " was withdrawn by record %" PRIu64
		    "; record it anew if need be",
		    record->seq, record->withdrawn);
		return ERR_INVALID;
	}
	if (record->refused != REJECT_NONE) {
		sentence_set(why,
		    "Catatan %" PRIu64
		    " ditolak wilayah (%s), jadi tidak ada yang perlu diubah. "
		    "Catat yang benar sebagai catatan baru.",
		    "record %" PRIu64
		    " was refused by the region (%s): record it anew",
		    record->seq, reject_text_id(record->refused));
		return ERR_INVALID;
	}
	return OK;
}
