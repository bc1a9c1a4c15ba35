/* SPDX-License-Identifier: Apache-2.0 */
/* What each state of the link means and what a clerk does about it, in plain
 * words: for `status`, and in English for the daemon's log. */
#ifndef COLLECTOR_LINK_WORDS_H
#define COLLECTOR_LINK_WORDS_H

#include "core/link.h"

struct link_words {
	const char *id, *en;
};
const struct link_words *link_words(enum link_state state);

#endif
