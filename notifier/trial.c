/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message that is marked as a test, through the real channels of one seat
 * and by the very code that alerts take; what came of it is said for each.
 */
#include "notifier/home.h"

#include "core/conf.h"
#include "core/log.h"
#include "notifier/inbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MORE_MS = 5000, /* than the time limit of one attempt */
	SCOPE_REGION = 4,
};
static const char default_channel[] = "mail";

static const char *const outcome_words[] = {
    [ANSWER_TAKEN] = "diterima / taken",
    [ANSWER_LATER] = "belum bisa / not now",
    [ANSWER_DECLINED] = "ditolak / declined",
    [ANSWER_GONE] = "sudah tutup / gone",
};

struct trial {
	struct home home;
	struct contacts contacts;
	struct loop *loop;
	struct inbox *inbox;
	struct channels channels;
	const struct seat_row *seat;
	const char *term;
	uint64_t within_ms;
	struct verdict verdict;
	/* of the channel under way */
	struct answer answer;
	bool done;
};

static void
on_answer(void *context, const struct answer *answer)
{
	struct trial *trial = context;

	trial->answer = *answer;
	trial->done = true;
}

/* Nobody is accused of anything: the verdict only lends an id and a time. */
static void
make_verdict(struct trial *trial, uint64_t now_ms)
{
	struct verdict *verdict = &trial->verdict;

	*verdict = (struct verdict){.kind = RULE_UNSIGNED_UNITS_1,
	    .rule = "UJI-COBA",
	    .rules_version = 1,
	    .scope = SCOPE_REGION,
	    .opening = 1,
	    .tell = trial->seat->role,
	    .judged_at_ms = now_ms};
	loop_random(verdict->alert, sizeof verdict->alert);
	(void)text_copy(verdict->object, sizeof verdict->object,
	    trial->home.region.wilayah);
}

static enum err
send_one(
    struct trial *trial, const char *channel, const struct contact *contact)
{
	struct letter letter = {0};
	struct ledger_row row = {
	    .promised_ms = trial->verdict.judged_at_ms, .is_first = true};
	struct letter_input input = {.kind = EVENT_ALERT_OPENED,
	    .verdict = &trial->verdict,
	    .seat = trial->seat,
	    .term = trial->term,
	    .channel = channel,
	    .is_drill = trial->home.is_drill,
	    .is_test = true};
	struct delivery delivery = {.input = &input,
	    .letter = &letter,
	    .contact = contact,
	    .row = &row};
	enum err err;

	memcpy(row.key.alert, trial->verdict.alert, EVENT_ID_SIZE);
	(void)text_copy(row.key.target.seat, WORD_MAX, trial->seat->id);
	(void)text_copy(row.key.target.term, WORD_MAX, trial->term);
	(void)text_copy(row.key.target.channel, WORD_MAX, channel);
	if (loop_clock_ms(NULL, &delivery.wall_ms) != OK)
		return ERR_IO;
	delivery.opened_ms = delivery.wall_ms;
	letter_write(&letter, &input);
	trial->done = false;
	err = channel_send(&trial->channels, &delivery, on_answer, trial);
	letter_clear(&letter);
	if (err == OK)
		err =
		    loop_run_until(trial->loop, &trial->done, trial->within_ms);
	return err;
}

static bool
try_channel(struct trial *trial, const char *channel)
{
	const struct contact *contact = contacts_find(
	    &trial->contacts, trial->seat->id, trial->term, channel);
	const char *term = trial->term[0] != '\0' ? trial->term : "-";
	enum err err = ERR_NOTFOUND;

	printf("%s %s %s: ", trial->seat->id, term, channel);
	if (contact != NULL)
		err = send_one(trial, channel, contact);
	if (contact == NULL)
		printf("tidak ada di berkas kontak / not in the contacts\n");
	else if (err == ERR_TIMEOUT)
		printf("tidak ada jawaban / no answer\n");
	else if (err != OK)
		printf("setelannya kurang / not set up (%s)\n",
		    contact_kind_word(contact->kind));
	else
		printf("%s (%s, %s)\n", outcome_words[trial->answer.outcome],
		    contact_kind_word(contact->kind), trial->answer.word);
	fflush(stdout);
	return err == OK && trial->answer.outcome == ANSWER_TAKEN;
}

static int
try_seat(struct trial *trial)
{
	const struct seat_row *seat = trial->seat;
	unsigned count = seat->channel_count, good = 0;

	for (unsigned i = 0; i < count; i++)
		good += try_channel(trial, seat->channels[i]);
	if (count == 0) {
		count = 1;
		good += try_channel(trial, default_channel);
	}
	return good == count ? 0 : 1;
}

static enum err
find_seat(struct trial *trial, const char *seat_id)
{
	const struct term *term;

	trial->seat = seats_by_id(inbox_seats(trial->inbox), seat_id);
	if (trial->seat == NULL) {
		tell("Kursi \"%.24s\" tidak ada di log wilayah. Muat dulu: "
		     "ikrar-aggregator office load.",
		    "there is no seat \"%.24s\" in the region's log; load it "
		    "first: ikrar-aggregator office load",
		    seat_id);
		return ERR_NOTFOUND;
	}
	term = route_term(trial->seat, loop_now_ms(trial->loop));
	trial->term = term != NULL ? term->id : "";
	return OK;
}

static enum err
open_trial(struct trial *trial, const struct settings *settings)
{
	struct inbox_options inbox = {.node = trial->home.keys.id,
	    .origin = trial->home.region.origin,
	    .log_key = trial->home.region.log_key,
	    .ledger = trial->home.ledger};

	if (trial->home.ledger == NULL) {
		tell("Pemberitahu ini belum pernah berjalan; jabatannya belum "
		     "diketahui. Jalankan dulu: ikrar-notifier run --dir %s",
		    "this notifier has never run and knows no seats yet; run "
		    "first: ikrar-notifier run --dir %s",
		    settings->dir);
		return ERR_NOTFOUND;
	}
	if (loop_open(&trial->loop, settings->clock) != OK)
		return ERR_INVALID;
	trial->inbox = inbox_new(&inbox);
	home_open_channels(
	    &trial->channels, &trial->home, settings, trial->loop);
	trial->within_ms = settings->timeout_s * 1000 + MORE_MS;
	return OK;
}

static void
close_trial(struct trial *trial)
{
	home_close_channels(&trial->channels);
	inbox_free(trial->inbox);
	loop_close(trial->loop);
	home_close(&trial->home);
	contacts_clear(&trial->contacts);
}

int
verb_test(const struct settings *settings, const char *seat_id)
{
	struct trial *trial = xcalloc(1, sizeof *trial);
	int exit_code = 1;

	if (home_contacts(&trial->contacts, settings) != OK) {
		free(trial);
		return CONF_EXIT;
	}
	if (home_open(&trial->home, settings, true) == OK &&
	    open_trial(trial, settings) == OK &&
	    find_seat(trial, seat_id) == OK) {
		make_verdict(trial, loop_now_ms(trial->loop));
		exit_code = try_seat(trial);
	}
	close_trial(trial);
	free(trial);
	return exit_code;
}
