/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV as people's programs write it, a row at a time. Rows end with LF, CR LF
 * or CR; quoted cells may hold separators, quotes (doubled) and line breaks.
 * Pure.
 */
#ifndef MODEL_CSV_H
#define MODEL_CSV_H

#include "core/bytes.h"

enum { CSV_CELLS_MAX = 32, CSV_SCRATCH_MAX = 8192 };
struct csv_row {
	unsigned count;
	char *cells[CSV_CELLS_MAX];
	char scratch[CSV_SCRATCH_MAX];
	unsigned line;   /* lines of the file that this row took */
	const char *why; /* of ERR_INVALID, Indonesian */
};
/* Takes the next row off `*csv` into cells (pointers into `scratch`,
 * terminated). ERR_NOTFOUND: no more; ERR_INVALID: unclosed quote, text behind
 * a quote, too many or too long cells; `why` says which, and the row is taken
 * off all the same. */
enum err csv_next(
    struct bytes *csv, char separator, struct csv_row *row) MUST_CHECK;
char csv_separator(struct bytes csv); /* guessed from the first line */

#endif
