/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region's directory, opened for one command that only reads it, beside its
 * running daemon or without one. What is wrong is told here, in words.
 */
#ifndef AGGREGATOR_READING_H
#define AGGREGATOR_READING_H

#include "aggregator/store.h"
#include "core/conf.h"

/* What every command is given. */
struct reading_words {
	char *dir;
	char *clock; /* NULL: none given */
};

/* The rows of an option table that fill `words` of a settings struct. */
#define READING_OPTIONS(settings)                                              \
	{.name = "dir",                                                        \
	    .letter = 'd',                                                     \
	    .type = CONF_TEXT,                                                 \
	    .offset = offsetof(settings, words.dir),                           \
	    .argument = "DIR",                                                 \
	    .required = true,                                                  \
	    .help_id = "Direktori wilayah.",                                   \
	    .help_en = "The region's directory."},                             \
	{                                                                      \
		.name = "clock", .type = CONF_TEXT,                            \
		.offset = offsetof(settings, words.clock), .argument = "FILE", \
		.help_id = "Berkas waktu; hanya untuk wilayah latihan.",       \
		.help_en = "Clock file; for drill regions only."               \
	}

struct reading {
	const char *dir;
	struct store *store;
	struct view *view;          /* NULL before reading_view */
	struct log_started started; /* what entry 0 says */
	const char *zone;           /* of the wilayah */
	int hours;
};

/* ERR_INVALID (told): no region there, a damaged one, or --clock where it is
 * no drill. Close it in any case. */
enum err reading_open(
    struct reading *reading, const struct reading_words *words) MUST_CHECK;
void reading_close(struct reading *reading);
/* Folds the log as it is now. ERR_INVALID (told). */
enum err reading_view(struct reading *reading) MUST_CHECK;
/* In a drill, the line that stands over all that a person reads. */
void reading_say_drill(const struct reading *reading);

#endif
