/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in the spool, in words for a person or as JSON: one record, a list
 * of all, the units of the wilayah, the state of the node. Each returns the
 * exit code.
 */
#ifndef COLLECTOR_SHOW_H
#define COLLECTOR_SHOW_H

#include "collector/home.h"

struct show_words {
	struct home_words home;
	bool json, csv;
	uint64_t from; /* of a list; 0: all */
};

int show_record(const struct show_words *words, const char *seq);
int show_list(const struct show_words *words);
/* `csv`: a sheet to be filled in for `pledge --units`. */
int show_units(const struct show_words *words);
int show_status(const struct show_words *words);

#endif
