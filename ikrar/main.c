/* SPDX-License-Identifier: Apache-2.0 */
/* The tool for logs that were handed out; it never touches a store. */
#include "core/conf.h"
#include "core/log.h"
#include "ikrar/cmd_replay.h"

#include <stddef.h>

int
main(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"replay", cmd_replay,
		"memutar ulang log dan membandingkan peringatannya",
		"plays a log again and compares its alerts"},
	    {0},
	};

	log_open("ikrar", LOG_LEVEL_INFO);
	return conf_dispatch("ikrar", verbs, argc, argv);
}
