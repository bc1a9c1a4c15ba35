/* SPDX-License-Identifier: Apache-2.0 */
/* What a view adds up to, in words for a person: coverage, nodes,
 * incidents, alerts. Pure: it writes to a text. */
#ifndef REPORT_SUM_TEXT_H
#define REPORT_SUM_TEXT_H

#include "judge/view.h"

struct sum_text {
	struct text_buf *out;
	const struct view *view;
	const char *zone; /* of the wilayah */
};

/* Whose log it is, how long, and its versions. */
void sum_text_region(const struct sum_text *sum);
/* By the log alone: when each was last in it. */
void sum_text_nodes(const struct sum_text *sum);
/* `campaign` NULL: all. */
void sum_text_campaigns(const struct sum_text *sum, const char *campaign);
void sum_text_incidents(const struct sum_text *sum);
/* Each with the first digits of its id. */
void sum_text_alerts(const struct sum_text *sum, bool open_only);
/* menunggu, terdaftar, dicabut */
const char *sum_node_text(uint32_t state);
/* 0: a dash. */
void sum_text_time(const struct sum_text *sum, const char *before, uint64_t ms);

#endif
