/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/outcome.h"

#include "core/log.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct event
told_event(const struct ledger_row *row, enum event_kind kind)
{
	const struct route_target *target = &row->key.target;
	struct event event = {.kind = kind,
	    .told = {.verdict = row->key.index, .attempts = row->attempts}};

	memcpy(event.told.alert, row->key.alert, EVENT_ID_SIZE);
	(void)text_copy(event.told.seat, WORD_MAX, target->seat);
	(void)text_copy(event.told.term, WORD_MAX, target->term);
	(void)text_copy(event.told.channel, WORD_MAX, target->channel);
	if (kind == EVENT_ALERT_FAILED)
		(void)text_copy(event.told.word, WORD_MAX, row->answer);
	return event;
}

static bool
is_about(const struct alert_told *told, const struct ledger_row *row)
{
	const struct route_target *target = &row->key.target;

	return told->verdict == row->key.index &&
	       memcmp(told->alert, row->key.alert, EVENT_ID_SIZE) == 0 &&
	       strcmp(told->seat, target->seat) == 0 &&
	       strcmp(told->term, target->term) == 0 &&
	       strcmp(told->channel, target->channel) == 0;
}

void
outcome_find(const struct outcome_source *source, const struct ledger_row *rows,
    unsigned count, bool *is_there)
{
	struct spool_row found;

	memset(is_there, 0, count * sizeof *is_there);
	for (uint64_t seq = rows[0].spool_seq + 1;
	     spool_row(source->spool, seq, &found) == OK; seq++) {
		struct event event;

		if (wire_unpack(source->wire, found.event, &event) ==
			REJECT_NONE &&
		    event.kind == EVENT_ALERT_DELIVERED)
			for (unsigned i = 0; i < count; i++)
				is_there[i] |= is_about(&event.told, &rows[i]);
		spool_row_done(source->spool);
	}
}

enum err
outcome_record_all(const struct outcome_source *source,
    const struct ledger_row *rows, unsigned count, enum event_kind kind)
{
	struct event *events = xcalloc(count + 1, sizeof *events);
	enum reject why = REJECT_NONE;
	enum err err;

	for (unsigned i = 0; i < count; i++)
		events[i] = told_event(&rows[i], kind);
	err = spool_add(
	    source->spool, events, count, loop_now_ms(source->loop), &why);
	free(events);
	if (err == OK && source->uplink != NULL)
		uplink_wake(source->uplink);
	if (err != OK && err != ERR_FULL)
		log_warnx("outcome-not-recorded entry=%" PRIu64
			  " count=%u error=\"%s\" word=%s",
		    rows[0].key.index, count, err_text(err), reject_word(why));
	return err;
}

enum err
outcome_record(const struct outcome_source *source,
    const struct ledger_row *row, enum event_kind kind)
{
	return outcome_record_all(source, row, 1, kind);
}
