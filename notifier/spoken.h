/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands about one alert share: the alert by the reference that
 * stands in its letters, seats as the ledger has them, times as people write
 * them, and an event on its way to the region.
 */
#ifndef NOTIFIER_SPOKEN_H
#define NOTIFIER_SPOKEN_H

#include "notifier/home.h"
#include "notifier/inbox.h"
#include "notifier/teller.h"

struct spoken {
	struct home home;
	struct inbox *inbox;
	struct teller *teller; /* only with routes */
	struct routes routes;
	uint64_t now_ms;
	/* The alert, once it is found. */
	uint8_t alert[EVENT_ID_SIZE];
	struct ledger_alert row;
};

/* All tell what is wrong. `for_reading` as home_open. Close in any case. */
enum err spoken_open(struct spoken *spoken, const struct settings *settings,
    bool for_reading) MUST_CHECK;
void spoken_close(struct spoken *spoken);
enum err spoken_find(struct spoken *spoken, const char *reference) MUST_CHECK;
/* NULL: told. */
const struct seat_row *spoken_seat(const struct spoken *spoken, const char *id);
/* In the region's zone. */
enum err spoken_time(
    const struct spoken *spoken, const char *text, uint64_t *ms) MUST_CHECK;
/* Into the spool; a running daemon is woken. */
enum err spoken_add(struct spoken *spoken, const struct settings *settings,
    struct event *event) MUST_CHECK;

#endif
