/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector's directory, opened for one command or for the daemon: who this
 * node is, which wilayah it writes for, its spool and the time there.
 */
#ifndef COLLECTOR_HOME_H
#define COLLECTOR_HOME_H

#include "model/calendar.h"
#include "model/wire.h"
#include "node/keys.h"
#include "node/spool.h"

enum { NODE_HEX_SIZE = 2 * NODE_ID_SIZE + 1 };

/* What every command is given. */
struct home_words {
	char *dir;
	char *clock; /* only in a drill */
};

struct home {
	const struct home_words *words;
	struct node_keys keys;
	struct node_region region;
	struct spool *spool;
	struct wire *wire; /* made by the first home_event */
	const char *zone;  /* of the wilayah */
	int hours;
	uint64_t now_ms;
	struct spool_status status; /* when it was opened */
};

/* Tells what is wrong: not joined, damaged, --clock outside a drill. Neither
 * `home` nor `words` may move until home_close. */
enum err home_open(
    struct home *home, const struct home_words *words) MUST_CHECK;
void home_close(struct home *home);

/* Reads the clock again. */
enum err home_read_clock(struct home *home) MUST_CHECK;
/* In a drill, the line that stands over everything a person reads. */
void home_say_drill(bool is_drill);

/* An event of this spool, decoded; `row->event` and `row->stamp` live until
 * the next call. ERR_NOTFOUND; ERR_INVALID (logged): it cannot be read. */
enum err home_event(struct home *home, uint64_t seq, struct spool_row *row,
    struct event *event) MUST_CHECK;
/* "1 Oktober 2024 08.00 WITA" */
void home_time(
    const struct home *home, char text[CALENDAR_TEXT_MAX], uint64_t ms);
uint32_t home_today(const struct home *home);

#endif
