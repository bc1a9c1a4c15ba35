/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an alert goes to whom, when: the route, each seat, what holds it back,
 * and the times of its ladder as they stand. The plan itself is asked, on a
 * copy of its state, so that this cannot say what it would not do.
 */
#include "notifier/spoken.h"
#include "notifier/teller_inner.h"

#include "model/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 12 };

static const char *const holds[] = {
    [PLAN_HOLD_NONE] = "-",
    [PLAN_HOLD_DIGEST] = "menunggu rangkuman / waits for the digest",
    [PLAN_HOLD_INHIBITED] = "simpul di atasnya sunyi / a node above is silent",
    [PLAN_HOLD_SILENCED] = "didiamkan / silenced",
    [PLAN_HOLD_QUIET] = "jam atau hari tenang / quiet hours or days",
    [PLAN_HOLD_GROUP] = "menunggu kelompoknya / waits for its group",
    [PLAN_HOLD_STORM] = "terlalu banyak pesan / too many messages",
    [PLAN_HOLD_ACKNOWLEDGED] = "sudah dijawab / acknowledged",
    [PLAN_HOLD_LADDER] = "menunggu jawaban / waits for an answer",
    [PLAN_HOLD_DONE] = "selesai / nothing is to come",
    [PLAN_HOLD_CONFLICT] = "tentang kantornya sendiri / its own office",
};

static const char *const acts[] = {
    [PLAN_REST] = "-",
    [PLAN_TELL] = "diberi tahu / told",
    [PLAN_DROP] = "tidak diberi tahu / told to nobody",
    [PLAN_REMIND] = "diingatkan / reminded",
    [PLAN_REOPEN] = "diingatkan lagi / reminded again",
    [PLAN_CLIMB] = "dinaikkan / escalated",
};

static const char *const notes[] = {
    [ROUTE_AS_MEANT] = "",
    [ROUTE_NO_HEAD_SEAT] = " (tidak ada kursinya / no such seat)",
    [ROUTE_NO_TERM] = " (kursi kosong / the seat is vacant)",
    [ROUTE_CONFLICT] = " (menggantikan kantor yang disangkut / in place of the "
		       "office concerned)",
    [ROUTE_CONFLICT_BARE] = " (kantor yang disangkut dilewati, conflict_to "
			    "belum diisi / past the office concerned, no "
			    "conflict_to)",
};

static void
put_step(const struct teller_view *view, const struct plan_state *state,
    enum plan_act what, uint64_t at_ms)
{
	const struct plan_rung *rung;
	char time[CALENDAR_TEXT_MAX];
	const char *zone = view->clock.hours == 7   ? "WIB"
			   : view->clock.hours == 8 ? "WITA"
						    : "WIT";

	calendar_ms_put(time, at_ms, zone);
	printf("    %s: %s", time, acts[what]);
	if (what == PLAN_CLIMB) {
		rung = &view->node->route.ladder[state->step - 1];
		printf(" %u ->", state->step);
		for (unsigned i = 0; i < rung->to.count; i++)
			printf(" %s", rung->to.words[i]);
	}
	printf("\n");
}

/* What the plan would do from here on, if nothing changed. */
static void
foresee(struct teller *teller, struct ledger_watch *watch, uint64_t now_ms)
{
	struct teller_view *view = xcalloc(1, sizeof *view);
	struct plan_out out;
	char time[CALENDAR_TEXT_MAX];

	teller_check_answer(teller, watch, now_ms);
	if (teller_look(teller, view, watch, now_ms) != OK) {
		free(view);
		return;
	}
	for (unsigned lines = 0; lines < LINES_MAX;) {
		out = plan_step(&watch->state, &view->scene);
		if (out.act != PLAN_REST) {
			put_step(
			    view, &watch->state, out.act, view->scene.now_ms);
			lines++;
			continue;
		}
		if (out.hold != PLAN_HOLD_LADDER) {
			calendar_ms_put(
			    time, view->scene.now_ms, teller->options.zone);
			printf("    %s: %s\n", time, holds[out.hold]);
			lines++;
		}
		if (out.due_ms == plan_never_ms)
			break;
		view->scene.now_ms = out.due_ms;
	}
	free(view);
}

static void
explain_seat(struct spoken *spoken, const struct pick *pick, uint64_t now_ms)
{
	struct ledger_watch watch;
	struct pick_source source = teller_picks(spoken->teller, now_ms);
	const char *term = pick_term(&source, pick->seat);

	printf("  %s%s%s%s%s%s\n", pick->seat, term[0] != '\0' ? "/" : "", term,
	    pick->past[0] != '\0' ? " <- " : "", pick->past, notes[pick->note]);
	if (ledger_watch(
		spoken->home.ledger, spoken->alert, pick->seat, &watch) != OK) {
		watch = (struct ledger_watch){.note = pick->note};
		memcpy(watch.alert, spoken->alert, EVENT_ID_SIZE);
		(void)text_copy(watch.seat, WORD_MAX, pick->seat);
		plan_begin(&watch.state, spoken->row.last_index, now_ms);
	}
	foresee(spoken->teller, &watch, now_ms);
}

static int
explain(struct spoken *spoken, uint64_t now_ms)
{
	uint64_t index = spoken->row.last_index;
	struct teller *teller = spoken->teller;
	struct pick_source source = teller_picks(teller, now_ms);
	const struct routes_node *node;
	struct wire *wire = wire_new();
	struct bytes bytes;
	struct event event;
	struct picks picks = {0};
	enum err err =
	    ledger_verdict(spoken->home.ledger, spoken->alert, &index, &bytes);

	if (err != OK || wire_unpack(wire, bytes, &event) != REJECT_NONE) {
		wire_free(wire);
		tell("Putusannya tidak ada di buku janji.",
		    "its verdict is not in the ledger");
		return 1;
	}
	node = routes_find(
	    &spoken->routes, &event.verdict, spoken->home.region.wilayah);
	printf("rute / route: %s (baris / line %u)\naturan / rule: %s, %s\n",
	    node->name, node->line, event.verdict.rule,
	    spoken->row.is_open ? "terbuka / open" : "berakhir / ended");
	pick_seats(
	    &picks, &source, &node->route, &node->route.to, &event.verdict);
	for (unsigned i = 0; i < picks.count; i++)
		explain_seat(spoken, &picks.at[i], now_ms);
	if (picks.count == 0)
		printf("  tidak ada kursi / no seat\n");
	wire_free(wire);
	return 0;
}

int
verb_route(const struct settings *settings, const char *what, const char *alert)
{
	struct spoken spoken;
	int exit_code = 1;

	if (strcmp(what, "explain") != 0 || alert == NULL) {
		tell("route: tulis route explain RUJUKAN.",
		    "route: write route explain REFERENCE");
		return 1;
	}
	if (spoken_open(&spoken, settings, true) == OK &&
	    spoken_find(&spoken, alert) == OK &&
	    (settings->at == NULL ||
		spoken_time(&spoken, settings->at, &spoken.now_ms) == OK))
		exit_code = explain(&spoken, spoken.now_ms);
	spoken_close(&spoken);
	return exit_code;
}
