/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks of single fields, and of the rows of the long texts that an admin
 * records: the same for an event that arrives and for a file that is read.
 * Each answers REJECT_NONE, REJECT_FIELD, or REJECT_DIGITS where a text hides
 * what looks like an NIP or NIK. Pure.
 */
#ifndef MODEL_ROW_H
#define MODEL_ROW_H

#include "model/catalog.h"
#include "model/event.h"

enum {
	COUNT_MAX = 1000000, /* people of one kind in one unit */
	DAY_MAX = 47482,     /* 2100-01-01 */
};

/* The first that is not REJECT_NONE speaks. */
enum reject reject_first(const enum reject *words, unsigned count);
#define FIRST(...)                                       \
	reject_first((const enum reject[]){__VA_ARGS__}, \
	    sizeof((const enum reject[]){__VA_ARGS__}) / sizeof(enum reject))

bool time_is_valid(uint64_t ms); /* within 1970 .. 2100, not 0 */
bool day_is_valid(uint32_t day); /* the same */
bool wilayah_is_valid(const char *code);
bool catalog_has(enum catalog catalog, uint32_t number);
/* May alerts of rules of this kind be on objects of that scope? */
bool scope_is_of_kind(uint32_t scope, enum rule_kind kind);

/* Does a case ever stand in this step? An objection, and that a case is one of
 * its own, are noted, and it stands where it stood. */
bool step_is_a_standing(uint32_t step);

enum reject code_check(const char *code);
enum reject code_or_empty_check(const char *code);
enum reject reference_check(const char *reference);
enum reject name_check(const char *name);
enum reject name_or_empty_check(const char *name);

enum reject unit_row_check(const struct unit_row *row);
enum reject campaign_row_check(const struct campaign_row *row);
enum reject calendar_row_check(const struct calendar_row *row);
enum reject rule_row_check(const struct rule_row *row);
enum reject seat_row_check(const struct seat_row *row);
enum reject recipient_row_check(const struct recipient_row *row);

#endif
