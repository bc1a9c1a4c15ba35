/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `run`: the daemon that pushes what is in the spool until a verified receipt
 * covers it. One on a directory, by a lock on DIR/lock, whose time of change
 * says that it lives.
 */
#ifndef COLLECTOR_DAEMON_H
#define COLLECTOR_DAEMON_H

#include "collector/home.h"

struct run_words {
	struct home_words home;
	char *endpoint; /* instead of those of DIR/region */
};

/* Until SIGTERM or SIGINT; the exit code. */
int daemon_run(const struct run_words *words);
/* Says whether the daemon lives; exit code 1 if it does not. That the region
 * cannot be reached is no illness. */
int daemon_health(const struct home_words *words);

bool daemon_is_running(const char *dir);

#endif
