/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_COLUMNS = 40, PERCENT = 100, NOT_SHOWN = PERCENT + 1 };

void
progress_open(struct progress *progress, uint64_t all)
{
	*progress = (struct progress){.all = all, .shown = NOT_SHOWN};
	progress->is_shown = all > 0 && isatty(STDERR_FILENO) == 1;
}

void
progress_at(struct progress *progress, uint64_t done, const char *beside)
{
	unsigned percent, columns;

	if (!progress->is_shown)
		return;
	if (done > progress->all)
		done = progress->all;
	percent = (unsigned)(done * PERCENT / progress->all);
	if (percent == progress->shown && beside[0] == '\0')
		return;
	progress->shown = percent;
	columns = percent * BAR_COLUMNS / PERCENT;
	(void)fprintf(stderr, "\r\033[K[");
	for (unsigned i = 0; i < BAR_COLUMNS; i++)
		(void)fputc(i < columns ? '#' : '.', stderr);
	(void)fprintf(stderr, "] %3u%%%s%s", percent,
	    beside[0] == '\0' ? "" : "  ", beside);
	(void)fflush(stderr);
}

void
progress_wipe(struct progress *progress)
{
	if (!progress->is_shown || progress->shown == NOT_SHOWN)
		return;
	(void)fprintf(stderr, "\r\033[K");
	(void)fflush(stderr);
	progress->shown = NOT_SHOWN;
}
