/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What verify found, for a person or for a program: a line for each finding
 * as it comes, at most REPORT_LINES of a kind, and a summary.
 */
#ifndef IKRAR_VERIFY_REPORT_H
#define IKRAR_VERIFY_REPORT_H

#include "core/json.h"
#include "ikrar/verify.h"

enum { REPORT_LINES = 20 };

struct report {
	bool is_json;
	const struct verify_result *result; /* being filled */
	struct json json;
	uint64_t counts[FINDING_COUNT];
	uint64_t failures, notes;
};

/* `result` outlives the report. */
void report_open(
    struct report *report, bool is_json, const struct verify_result *result);
void report_finding(void *report, const struct finding *finding);
/* Prints the summary, and frees. */
void report_close(
    struct report *report, const struct verify_job *job, uint64_t milliseconds);

/* Text from a file of unknown origin, as one line. */
void report_put_text(const char *text);

#endif
