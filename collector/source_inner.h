/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of collector/source.h, for its files: source.c (words that units
 * share), source_incident.c, units.c (one unit), units_csv.c (a file of them).
 * Nobody else includes it.
 */
#ifndef COLLECTOR_SOURCE_INNER_H
#define COLLECTOR_SOURCE_INNER_H

#include "collector/source.h"
#include "model/catalog.h"

enum { SOURCE_WORD_MAX = 64, SOURCE_LIST_MAX = 512 };
#define SOURCE_DAY_MS ((uint64_t)24 * 60 * 60 * 1000)

/* Sets source->why; is ERR_INVALID. */
#define REFUSE(source, ...) \
	(sentence_set(&(source)->why, __VA_ARGS__), ERR_INVALID)
/* In upper or lower case as the catalogue has it; false if too long. */
bool source_fold(char *to, size_t cap, const char *from, bool upper);
/* A word of a catalogue; the sentence lists all of them. */
enum err source_pick(struct source *source, enum catalog catalog,
    const char *option, const char *word, uint32_t *number) MUST_CHECK;
/* Refuses what looks like a person's number; `text` stands in clear. */
enum err source_no_digits(
    struct source *source, const char *option, const char *text) MUST_CHECK;
/* Is the computer's clock good enough to judge dates by? */
bool source_has_clock(const struct source *source);

/* A code on the roster, within the wilayah; `row` is zeroed if there is no
 * roster yet. The sentence names codes that are near. */
enum err source_unit(struct source *source, const char *text,
    char code[CODE_MAX], struct unit_row *row) MUST_CHECK;
/* The counts of one kind; empty texts are as absent. */
enum err source_count(struct source *source, unsigned kind,
    const char *const texts[2], struct pledge *pledge) MUST_CHECK;
/* CODE[=pns:P/S,...][,head] into a pledge that holds the rest. */
enum err source_unit_words(
    struct source *source, const char *text, struct pledge *pledge) MUST_CHECK;
/* Last looks at one row: what it must have, what is doubtful. */
enum err source_unit_done(
    struct source *source, const struct pledge *pledge) MUST_CHECK;
/* A yes or no; `flag` stays as it is for an empty text. */
enum err source_flag(struct source *source, const char *what, const char *text,
    bool *flag) MUST_CHECK;
/* All rows of a file, each a copy of `common` with its unit. */
enum err source_csv(struct source *source, const char *path,
    const struct pledge *common, struct event *events,
    unsigned *count) MUST_CHECK;

#endif
