/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of incidents and of their reviews, for view_parts.h.
 */
#ifndef JUDGE_CASE_ROWS_H
#define JUDGE_CASE_ROWS_H

#include "judge/view.h"

/* The numbers of proto/event.proto. */
enum { CLOCK_CALENDAR = 1, CLOCK_WORKING };
enum { CASE_ANCHOR_MOVED = 1, CASE_ANCHOR_KNOWN };
enum {
	STEP_REPORTED, /* nobody has looked at it yet */
	STEP_DITERIMA,
	STEP_TIDAK_MEMENUHI_SYARAT,
	STEP_DIVERIFIKASI,
	STEP_DITERUSKAN,
	STEP_TERBUKTI,
	STEP_TIDAK_TERBUKTI,
	STEP_DIHENTIKAN,
	STEP_TINDAK_LANJUT,
	STEP_SELESAI,
	STEP_KEBERATAN,
	STEP_GANDA,
	STEP_BEDA,
	STEPS,
};

struct incident_row {
	struct incident incident; /* newest version */
	uint64_t seq, index;
	uint64_t received_ms, recorded_ms; /* of the report */
	uint64_t order, order_seq;         /* of that version; 0: as reported */
	uint64_t step_since_ms; /* it stands where it stands since then */
	uint64_t step_index;    /* and since that entry */
	uint32_t node, unit;
	uint32_t order_node;
	uint32_t first_review; /* the one that came last; NO_ROW: none */
	uint32_t review_count;
	uint32_t step;  /* where it stands */
	uint32_t ended; /* SELESAI: where it stood before */
	uint32_t apart; /* GANDA: where it stood before */
	uint32_t twin;  /* GANDA: of that incident; NO_ROW: not known */
	uint32_t keys[CASE_KEYS]; /* nodes that verified it */
	uint32_t key_count;
	uint32_t corrections; /* that came, also those of no effect */
	uint32_t flags;
};

/* A step of a review. `order` decides which comes first, whatever the order of
 * arrival; reason, reference and decision stand in the log. */
struct review_row {
	uint64_t order, seq, index, received_ms;
	uint32_t node, incident;
	uint32_t next; /* of the incident, one that came before */
	uint32_t step;
	uint32_t twin; /* NO_ROW: not known */
	uint32_t flags;
};
enum {
	HAS_DECISION = 1,
	HAS_TWIN = 2,
	/* Found anew in copies of the rows. */
	IS_IN_DOUBT = 4,
	HAS_EFFECT = 8,
};

struct incident_extra {
	uint32_t next;     /* of the same unit; NO_ROW: none */
	uint32_t is_held;  /* under some burst rule */
	uint32_t is_apart; /* told twice of one that is there (view_twin.c) */
};

#endif
