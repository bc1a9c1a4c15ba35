/* SPDX-License-Identifier: Apache-2.0 */
#include "core/err.h"

#include "core/log.h"

#include <stdlib.h>

static const char *const texts[] = {
#define ERR_ROW(name, text) [name] = text,
    ERR_TABLE(ERR_ROW)
#undef ERR_ROW
};

const char *
err_text(enum err err)
{
	if ((size_t)err >= sizeof texts / sizeof *texts)
		return "unknown error";
	return texts[err];
}

void
err_check_failed(const char *cond, const char *file, int line)
{
	log_warnx("check-failed at=%s:%d cond=\"%s\"", file, line, cond);
	abort();
}
