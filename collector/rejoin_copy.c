/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of an event stays as it was; who, when and what it had seen are the
 * new node's. A correction of a row that is copied too names the copy; one of a
 * row that was received goes on naming that. The node's own reports are left
 * out: they speak of it alone.
 *
 * The k-th row to be copied gets number k, for nothing else writes to the new
 * spool before; so a copying that was cut short goes on where it stopped.
 */
#include "collector/rejoin_copy.h"

#include "collector/sentence.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct copying {
	struct copy *copy;
	struct wire *wire;
	struct spool_status from, to;
	uint64_t *numbers; /* of the copies; 0: none */
	uint64_t next;     /* the number that the next copy gets */
};

static bool
is_own(const struct copying *copying, const struct record_id *target)
{
	static const uint8_t zeros[EVENT_ID_SIZE];

	return memcmp(target->node, zeros, sizeof zeros) == 0 ||
	       memcmp(target->node, copying->copy->old_id, sizeof zeros) == 0;
}

/* False: what it speaks of could not be copied. */
static bool
retarget(const struct copying *copying, struct record_id *target)
{
	uint64_t received = copying->from.receipted_seq;
	uint64_t number;

	if (!is_own(copying, target))
		return true;
	if (target->seq <= received) {
		memcpy(target->node, copying->copy->old_id, EVENT_ID_SIZE);
		return true;
	}
	number = target->seq <= copying->from.last_seq
		     ? copying->numbers[target->seq - received - 1]
		     : 0;
	if (number == 0)
		return false;
	memcpy(target->node, copying->copy->new_id, EVENT_ID_SIZE);
	target->seq = number;
	return true;
}

static bool
adapt(const struct copying *copying, struct event *event)
{
	if (event->kind == EVENT_CORRECTED)
		return retarget(copying, &event->corrected.target);
	if (event->kind == EVENT_WITHDRAWN)
		return retarget(copying, &event->withdrawn.target);
	return true;
}

static enum err
store(struct copying *copying, uint64_t seq, struct event *event,
    enum reject *why)
{
	struct copy *copy = copying->copy;
	struct bytes blob;
	enum err err = spool_blob(copy->from, seq, &blob);

	if (err == ERR_NOTFOUND)
		return spool_add(copy->to, event, 1, copy->now_ms, why);
	if (err == OK)
		err =
		    spool_add_sealed(copy->to, event, blob, copy->now_ms, why);
	spool_row_done(copy->from);
	return err;
}

static void
say_failed(struct copying *copying, uint64_t seq, enum reject why)
{
	copying->copy->failed++;
	tell("Catatan %" PRIu64 " tidak dapat disalin (%s); catat lagi dengan "
	     "tangan bila perlu.",
	    "record %" PRIu64 " could not be copied (%s): record it anew if "
	    "need be",
	    seq, reject_text_id(why));
}

/* ERR_INVALID: this row alone cannot be copied. */
static enum err
copy_row(struct copying *copying, uint64_t seq, struct event *event)
{
	enum reject why = REJECT_FIELD;
	enum err err = OK;

	if (!adapt(copying, event)) {
		say_failed(copying, seq, REJECT_UNKNOWN_RECORD);
		return ERR_INVALID;
	}
	if (copying->next > copying->to.last_seq)
		err = store(copying, seq, event, &why);
	if (err == ERR_INVALID)
		say_failed(copying, seq, why);
	if (err != OK)
		return err;
	copying->numbers[seq - copying->from.receipted_seq - 1] = copying->next;
	printf("  catatan lama / old record %" PRIu64 " -> %" PRIu64 "\n", seq,
	    copying->next);
	copying->next++;
	copying->copy->copied++;
	return OK;
}

static bool
read_row(struct copying *copying, uint64_t seq, struct event *event)
{
	struct spool_row row;
	enum reject word;

	if (spool_row(copying->copy->from, seq, &row) != OK) {
		say_failed(copying, seq, REJECT_MALFORMED);
		return false;
	}
	word = wire_unpack(copying->wire, row.event, event);
	spool_row_done(copying->copy->from);
	if (word != REJECT_NONE)
		say_failed(copying, seq, word);
	return word == REJECT_NONE && event->kind != EVENT_NODE_REPORTED;
}

enum err
copy_rows(struct copy *copy)
{
	struct copying copying = {.copy = copy, .next = 1};
	enum err err = OK;
	uint64_t left;

	spool_status(copy->from, &copying.from);
	spool_status(copy->to, &copying.to);
	left = copying.from.last_seq - copying.from.receipted_seq;
	copying.numbers = xcalloc(left + 1, sizeof *copying.numbers);
	copying.wire = wire_new();
	for (uint64_t i = 1; i <= left && (err == OK || err == ERR_INVALID);
	     i++) {
		uint64_t seq = copying.from.receipted_seq + i;
		struct event event;

		if (read_row(&copying, seq, &event))
			err = copy_row(&copying, seq, &event);
	}
	wire_free(copying.wire);
	free(copying.numbers);
	if (err == OK || err == ERR_INVALID)
		return OK;
	tell("Catatan tidak dapat disalin seluruhnya: disk penuh atau rusak. "
	     "Beri ruang, lalu ulangi rejoin.",
	    "not all records could be copied: the disk is full or damaged; "
	    "make room, then rejoin again");
	return err;
}
