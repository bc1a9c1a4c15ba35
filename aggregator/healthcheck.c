/* SPDX-License-Identifier: Apache-2.0 */
/* For a container: does a daemon run on DIR, and did it answer lately? */
#include "aggregator/verbs.h"

#include "aggregator/home.h"
#include "core/conf.h"
#include "core/loop.h"

#include <stdio.h>

struct settings {
	char *dir;
};

static const struct conf_option options[] = {
    {.name = "dir",
	.letter = 'd',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, dir),
	.argument = "DIR",
	.required = true,
	.help_id = "Direktori wilayah.",
	.help_en = "The region's directory."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "healthcheck",
    .help_id = "Keluar 0 bila daemon berjalan dan menjawab.",
    .help_en = "Exits 0 when the daemon runs and answers.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

int
verb_healthcheck(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	uint64_t wall_ms;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = loop_clock_ms(NULL, &wall_ms);
	if (err == OK)
		err = home_alive_check(settings.dir, wall_ms);
	if (err == ERR_NOTFOUND)
		printf("Tidak ada daemon yang berjalan. / No daemon runs.\n");
	else if (err == ERR_TIMEOUT)
		printf("Daemon tidak menjawab. / The daemon does not "
		       "answer.\n");
	conf_clear(&command, &settings);
	return err == OK ? 0 : 1;
}
