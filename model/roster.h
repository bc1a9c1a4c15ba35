/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit register of a region as a CSV file: read with errors by row and
 * column. Pure. Columns (header in any order, Indonesian or English names):
 * kode/code, nama/name, jenis/kind, wilayah, induk/parent, pns, pppk,
 * non_asn; the last four may be missing, other columns are not read. UTF-8 with
 * or without BOM, or windows-1252; separator , ; or tab (guessed from the
 * header); quoted cells may hold line breaks.
 */
#ifndef MODEL_ROSTER_H
#define MODEL_ROSTER_H

#include "model/csv.h"
#include "model/event.h"

enum {
	ROSTER_ROWS_MAX = 300000,
	ROSTER_ERRORS_MAX = 100,
	ROSTER_WHY_MAX = 160
};

struct roster_error {
	unsigned row;    /* as a spreadsheet counts, from 1: the header */
	unsigned column; /* from 1; 0: the whole row */
	/* What is wrong and how to mend it, Indonesian and English. */
	char why[ROSTER_WHY_MAX], en[ROSTER_WHY_MAX];
};

struct roster {
	struct unit_row *rows; /* sorted by code */
	size_t row_count;
	struct roster_error errors[ROSTER_ERRORS_MAX];
	size_t error_count; /* all found, also those beyond the array */
};

/* Reads the whole file; rows with errors are left out. Checks codes unique,
 * parents there (and no cycle), wilayah within `wilayah`, kinds known, head
 * counts 0..1000000. Clear it in any case. */
void roster_read(struct roster *roster, struct bytes csv, const char *wilayah);
void roster_clear(struct roster *roster);

#endif
