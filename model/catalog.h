/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of the domain and their numbers: one table for each enumeration of
 * proto/event.proto, the acts catalogue and the points of the pledge. Pure.
 * The tables stand in data/catalog/ as CSV for people and other programs; a
 * test keeps both equal.
 */
#ifndef MODEL_CATALOG_H
#define MODEL_CATALOG_H

#include "core/bytes.h"

enum catalog {
	CATALOG_ACT,         /* ikrar, pakta */
	CATALOG_FORM,        /* DEKLARASI, APEL, ... */
	CATALOG_POINT,       /* I1..I4: bit n-1 */
	CATALOG_WITNESS,     /* FORKOPIMDA=1, ...: bit n-1 */
	CATALOG_EMPLOYMENT,  /* PNS=1, PPPK=2, NON_ASN=3 */
	CATALOG_SOURCE,      /* WARGA, RT_RW, ... */
	CATALOG_SUBJECT,     /* PNS, PPPK, ... */
	CATALOG_STEP,        /* DITERIMA, ... */
	CATALOG_UNIT_KIND,   /* SETDA_BAGIAN, ... */
	CATALOG_SCOPE,       /* unit, kecamatan, opd, region, act, ... */
	CATALOG_ANCHOR,      /* due, grace_end */
	CATALOG_SIGNED,      /* read, head, share */
	CATALOG_ROLE,        /* admin, head */
	CATALOG_TERM_KIND,   /* DEFINITIF, PJ, PJS */
	CATALOG_NODE_KIND,   /* collector, admin, ... */
	CATALOG_PHASE,       /* BALON, CALON */
	CATALOG_SEVERITY,    /* info, warning, critical */
	CATALOG_CLOCK,       /* calendar, working */
	CATALOG_CASE_ANCHOR, /* moved, known */
	CATALOG_COUNT,
};

struct catalog_row {
	uint32_t number; /* from 1 */
	const char *word;
	const char *id, *en; /* for people */
};

/* Rows in the order of their numbers, 1..*count. */
const struct catalog_row *catalog_rows(enum catalog catalog, unsigned *count);
/* 0: no such word (exact match). */
uint32_t catalog_number(enum catalog catalog, const char *word);
/* NULL: no such number. */
const char *catalog_word(enum catalog catalog, uint32_t number);
/* Greatest number; for a mask all bits below 1 << max are allowed. */
uint32_t catalog_max(enum catalog catalog);

/* An act of the SKB's annex that an incident can allege. */
struct act_row {
	const char *code; /* APK */
	unsigned no;      /* 10 */
	const char *id;   /* Memasang spanduk/baliho/alat peraga */
	const char *en;
	const char *point; /* I1 */
};

const struct act_row *act_rows(unsigned *count);
const struct act_row *act_by_code(const char *code); /* NULL: none */

/* Reason codes. `use` says of what: withdrawal, revocation, vouching,
 * extension, excuse, closing or silence. */
bool reason_has_use(const char *reason, const char *use);
/* All of them, for people. */
struct reason_row {
	const char *use;
	const char *word;
	const char *id, *en;
};
const struct reason_row *reason_rows(unsigned *count);

/* The canonical sentence of a point, Indonesian; 1..4. */
const char *point_text(unsigned point);

#endif
