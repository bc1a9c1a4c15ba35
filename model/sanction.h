/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which class of sanction an act could come to, were it proven: looked up by
 * act, phase of the election and kind of subject in one versioned table. It is
 * shown to people who review a case, always called potential. No rule reads
 * it, no clerk enters it, and it decides nothing: what follows from a case is
 * for the bodies that decide on it. The table stands in
 * data/catalog/sanction.csv for people; a test keeps both equal.
 */
#ifndef MODEL_SANCTION_H
#define MODEL_SANCTION_H

#include "core/bytes.h"

enum { SANCTION_VERSION = 1 };

enum sanction {
	SANCTION_UNDECIDED, /* BELUM_DITENTUKAN: per case, or not known to us */
	SANCTION_MORAL,
	SANCTION_DISCIPLINE_MEDIUM,
	SANCTION_DISCIPLINE_HEAVY,
	SANCTION_DISMISSAL,
	SANCTION_CONTRACT, /* PPPK: by the terms of the contract */
	SANCTION_LAID_OFF, /* staff who are not civil servants */
	SANCTION_CRIMINAL, /* a referral only */
	SANCTION_COUNT,
};

/* `phase` is of CATALOG_PHASE, 0 unknown; `subject` of CATALOG_SUBJECT. */
enum sanction sanction_of(const char *act, uint32_t phase, uint32_t subject);
const char *sanction_word(enum sanction sanction); /* SANKSI_MORAL, ... */
/* For people. */
const char *sanction_text_id(enum sanction sanction);
const char *sanction_text_en(enum sanction sanction);

#endif
