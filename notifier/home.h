/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notifier's directory, opened for the daemon or for one command, and how
 * its commands speak to the person who gave them.
 */
#ifndef NOTIFIER_HOME_H
#define NOTIFIER_HOME_H

#include "node/keys.h"
#include "node/spool.h"
#include "notifier/channel.h"
#include "notifier/routes.h"

/* What all verbs are given; each uses some. */
struct settings {
	char *dir;
	char *clock; /* only in a drill */
	char *contacts, *routes;
	char *templates;
	char *seat;
	/* Of a silence, or of an acknowledgement. */
	char *alert, *rule, *wilayah, *until, *reason, *author, *reference;
	char *at; /* a time, of `route` */
	char *ca;
	char *deadman; /* URL */
	uint64_t deadman_minutes;
	char *smtp, *smtp_user, *smtp_password, *from;
	bool smtp_tls;
	uint64_t retry_max_s, at_once, timeout_s;
	char *http, *http_url; /* NULL: letters have no links */
	uint64_t ack_hours, ack_days;
	bool is_json, is_debug, is_all;
};

struct home {
	struct node_keys keys;
	struct node_region region;
	struct spool *spool;
	struct ledger *ledger;
	const char *zone;
	bool is_drill;
};

/* Tells what is wrong. `for_reading`: nothing is made or written; a ledger
 * that is not there yet is no error, home->ledger stays NULL. */
enum err home_open(struct home *home, const struct settings *settings,
    bool for_reading) MUST_CHECK;
void home_close(struct home *home);

/* routes.yaml; `routes->count` 0: there is none. Tells what is wrong. Clear
 * them on OK. */
enum err home_routes(
    struct routes *routes, const struct settings *settings) MUST_CHECK;

/* The contacts, and whether mail can go out to them as it is set. Tells what is
 * wrong. Clear them on OK. */
enum err home_contacts(
    struct contacts *contacts, const struct settings *settings) MUST_CHECK;

/* Stops reading, if it was opened for that, and opens the ledger for writing:
 * for a command beside a running daemon. Tells what is wrong. */
enum err home_open_ledger(
    struct home *home, const struct settings *settings) MUST_CHECK;

/* Does a daemon run on this directory? */
bool home_daemon_runs(const char *dir);

/* The ways out as they are set, with curl and exec on this loop. */
void home_open_channels(struct channels *channels, const struct home *home,
    const struct settings *settings, struct loop *loop);
void home_close_channels(struct channels *channels);
/* Tells what is wrong with the settings of the links. */
enum err home_links(const struct settings *settings) MUST_CHECK;

/* Prints every route; how many seats in them have no contact (told). */
unsigned routes_walk(
    const struct routes *routes, const struct contacts *contacts);

/* One line on standard error in Indonesian and one in English; both take the
 * same arguments. */
void tell(const char *id, const char *en, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

/* The verbs; each returns the exit code. */
int verb_join(const struct settings *settings, const char *code_text);
int verb_run(const struct settings *settings);
int verb_status(const struct settings *settings);
int verb_healthcheck(const struct settings *settings);
int verb_check(const struct settings *settings);
/* `what` is add, list or lift. */
int verb_silence(const struct settings *settings, const char *what);
int verb_ack(const struct settings *settings, const char *alert);
int verb_route(
    const struct settings *settings, const char *what, const char *alert);
int verb_history(const struct settings *settings, const char *alert);
int verb_rebuild(const struct settings *settings);
int verb_test(const struct settings *settings, const char *seat_id);
/* `what` is list, show or redeliver; `number` may be NULL. */
int verb_dead(
    const struct settings *settings, const char *what, const char *number);
int verb_key(const struct settings *settings, const char *what);

#endif
