/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/home.h"

#include "node/join_command.h"

int
verb_join(const struct settings *settings, const char *code_text)
{
	struct join_command command = {.dir = settings->dir,
	    .kind = "notifier",
	    .id = "pemberitahu",
	    .en = "a notifier",
	    .next = "ikrar-notifier run --dir",
	    .next_more = " --contacts contacts.yaml ..."};

	return join_command(&command, code_text);
}
