/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining by one command, for nodes that make no more of it than that: reads
 * the invitation code, makes keys where there are none, joins, says the six
 * words. What is wrong is told here, in words. (A collector has more to ask:
 * collector/enrol.h.)
 */
#ifndef NODE_JOIN_COMMAND_H
#define NODE_JOIN_COMMAND_H

struct join_command {
	const char *dir;   /* of the node */
	const char *kind;  /* CATALOG_NODE_KIND: what the code must be for */
	const char *id;    /* what it is called: pemberitahu */
	const char *en;    /* a notifier */
	const char *clock; /* of a drill; NULL: the machine's */
	const char *next, *next_more; /* what to do then, around dir */
};

/* Returns the exit code. */
int join_command(const struct join_command *command, const char *code_text);

#endif
