/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing a node on: a retired node takes no more records (DIR/retired says
 * so) and tells what is still to be received; its successor is a new node.
 */
#ifndef COLLECTOR_RETIRE_H
#define COLLECTOR_RETIRE_H

#include "collector/home.h"

struct retire_words {
	struct home_words home;
	bool undo;
};

/* Exit codes. Given again it says what is left. */
int retire_run(const struct retire_words *words);

/* ERR_DENIED (told): this node is retired. */
enum err retire_check(const char *dir) MUST_CHECK;

#endif
