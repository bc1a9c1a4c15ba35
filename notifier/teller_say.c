/* SPDX-License-Identifier: Apache-2.0 */
/* Between the plan and the region: what comes by the spool, steps that are
 * told. */
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = EVENT_ID_SIZE + 1 + WORD_MAX, SAY_AT_ONCE = 64 };
static const char spool_place[] = "spool";

static struct bytes
seat_name(uint8_t at[NAME_SIZE], const uint8_t *alert, const char *seat)
{
	size_t len = strlen(seat);

	memcpy(at, alert, EVENT_ID_SIZE);
	memcpy(at + EVENT_ID_SIZE, seat, len);
	return bytes_of(at, EVENT_ID_SIZE + len);
}

void
teller_take_escalated(struct teller *teller, const struct alert_escalated *body)
{
	uint8_t name[NAME_SIZE], step = (uint8_t)body->step;

	ledger_keep(teller->options.ledger, LEDGER_KEPT_CLIMBED,
	    seat_name(name, body->alert, body->seat), bytes_of(&step, 1));
}

/* ---- what stands in the spool */

static uint64_t
place_of(struct teller *teller)
{
	struct bytes value;

	if (ledger_kept(teller->options.ledger, LEDGER_KEPT_PLACE,
		bytes_of_text(spool_place), &value) != OK ||
	    value.len != 8)
		return 0;
	return be64_get(value.at);
}

bool
teller_has_news(struct teller *teller)
{
	struct spool_status status;

	if (teller->options.spool == NULL)
		return false;
	spool_status(teller->options.spool, &status);
	return status.last_seq > place_of(teller);
}

static void
take_own(struct teller *teller, uint64_t seq, uint64_t now_ms)
{
	struct spool_row row;
	struct event event;
	struct text_buf copy = {0};
	bool is_there = spool_row(teller->options.spool, seq, &row) == OK;

	if (!is_there)
		return;
	text_buf_add_bytes(&copy, row.event.at, row.event.len);
	spool_row_done(teller->options.spool);
	if (wire_unpack(teller->other, bytes_of(copy.at, copy.len), &event) !=
	    REJECT_NONE)
		event.kind = EVENT_NONE;
	if (event.kind == EVENT_ALERT_ACKNOWLEDGED)
		teller_take_acknowledged(teller, &event.acknowledged, now_ms);
	else if (event.kind == EVENT_ALERT_SILENCED)
		teller_take_silenced(
		    teller, &event, bytes_of(copy.at, copy.len), now_ms);
	text_buf_clear(&copy);
}

bool
teller_read_spool(struct teller *teller, uint64_t now_ms)
{
	uint64_t seq = place_of(teller), before = seq;
	struct spool_status status;
	uint8_t at[8];

	if (teller->options.spool == NULL)
		return false;
	spool_status(teller->options.spool, &status);
	while (seq < status.last_seq)
		take_own(teller, ++seq, now_ms);
	if (seq == before)
		return false;
	be64_put(at, seq);
	ledger_keep(teller->options.ledger, LEDGER_KEPT_PLACE,
	    bytes_of_text(spool_place), bytes_of(at, sizeof at));
	return true;
}

/* ---- what is told to the region */

static struct event
escalated_event(const struct alert_escalated *body)
{
	return (struct event){.version = EVENT_VERSION,
	    .kind = EVENT_ALERT_ESCALATED,
	    .escalated = *body};
}

/* alert, step, seat: what makes it one and the same. */
static struct bytes
saying_name(uint8_t at[NAME_SIZE], const struct alert_escalated *body)
{
	size_t len = strlen(body->seat);

	memcpy(at, body->alert, EVENT_ID_SIZE);
	at[EVENT_ID_SIZE] = (uint8_t)body->step;
	memcpy(at + EVENT_ID_SIZE + 1, body->seat, len);
	return bytes_of(at, EVENT_ID_SIZE + 1 + len);
}

/* Behind the spool's last row of this moment it is looked for after a kill. */
void
teller_say(
    struct teller *teller, const struct alert_escalated *body, uint64_t now_ms)
{
	uint8_t value[8 + 8 + 8 + 1 + 2 * WORD_MAX], name[NAME_SIZE];
	struct spool_status status = {0};

	if (teller->options.spool == NULL)
		return;
	spool_status(teller->options.spool, &status);
	memset(value, 0, sizeof value);
	be64_put(value, status.last_seq);
	be64_put(value + 8, now_ms);
	be64_put(value + 16, body->verdict);
	value[24] = (uint8_t)body->step;
	(void)text_copy((char *)value + 25, WORD_MAX, body->seat);
	(void)text_copy((char *)value + 25 + WORD_MAX, WORD_MAX, body->term);
	ledger_keep(teller->options.ledger, LEDGER_KEPT_SAYING,
	    saying_name(name, body), bytes_of(value, sizeof value));
}

struct saying {
	uint64_t spool_seq;
	struct alert_escalated body;
};
struct sayings {
	struct saying at[SAY_AT_ONCE];
	unsigned count;
};

static void
load_saying(void *context, struct bytes name, struct bytes value)
{
	struct sayings *sayings = context;
	struct saying *saying = &sayings->at[sayings->count];

	if (sayings->count == SAY_AT_ONCE || value.len != 25 + 2 * WORD_MAX)
		return;
	*saying = (struct saying){.spool_seq = be64_get(value.at)};
	memcpy(saying->body.alert, name.at, EVENT_ID_SIZE);
	saying->body.verdict = be64_get(value.at + 16);
	saying->body.step = value.at[24];
	(void)text_copy(
	    saying->body.seat, WORD_MAX, (const char *)value.at + 25);
	(void)text_copy(saying->body.term, WORD_MAX,
	    (const char *)value.at + 25 + WORD_MAX);
	sayings->count++;
}

static bool
is_said(struct teller *teller, const struct saying *saying)
{
	struct spool_row row;
	bool is_there = false;

	for (uint64_t seq = saying->spool_seq + 1; !is_there; seq++) {
		const struct alert_escalated *body = &saying->body;
		struct event event;

		if (spool_row(teller->options.spool, seq, &row) != OK)
			break;
		is_there = wire_unpack(teller->other, row.event, &event) ==
			       REJECT_NONE &&
			   event.kind == EVENT_ALERT_ESCALATED &&
			   event.escalated.step == body->step &&
			   memcmp(event.escalated.alert, body->alert,
			       EVENT_ID_SIZE) == 0 &&
			   strcmp(event.escalated.seat, body->seat) == 0;
		spool_row_done(teller->options.spool);
	}
	return is_there;
}

/* false: it has to wait. */
static bool
say_one(struct teller *teller, const struct saying *saying, uint64_t now_ms)
{
	struct event event = escalated_event(&saying->body);
	enum reject why = REJECT_NONE;
	enum err err;

	if (is_said(teller, saying))
		return true;
	err = spool_add(teller->options.spool, &event, 1, now_ms, &why);
	if (err != OK && err != ERR_FULL)
		log_warnx("escalation-not-recorded entry=%" PRIu64
			  " error=\"%s\" word=%s",
		    saying->body.verdict, err_text(err), reject_word(why));
	if (err == OK && teller->options.uplink != NULL)
		uplink_wake(teller->options.uplink);
	return err != ERR_FULL;
}

void
teller_say_all(struct teller *teller, uint64_t now_ms)
{
	struct ledger *ledger = teller->options.ledger;
	struct sayings *sayings = xcalloc(1, sizeof *sayings);

	if (teller->options.spool != NULL)
		ledger_each_kept(
		    ledger, LEDGER_KEPT_SAYING, load_saying, sayings);
	for (unsigned i = 0; i < sayings->count; i++) {
		uint8_t name[NAME_SIZE];

		if (!say_one(teller, &sayings->at[i], now_ms))
			break;
		ledger_begin(ledger);
		ledger_unkeep(ledger, LEDGER_KEPT_SAYING,
		    saying_name(name, &sayings->at[i].body));
		ledger_commit(ledger);
	}
	free(sayings);
}
