/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed cases of an exported log: incidents, and corrections of them, that
 * have a sealed part. Reads what the entries say and takes their word for it:
 * whether the log itself is whole, ikrar verify tells.
 */
#ifndef IKRAR_CASES_H
#define IKRAR_CASES_H

#include "model/event.h"
#include "trust/seal.h"

struct sealed_case {
	uint64_t index;
	uint64_t received_at_ms;
	struct event event; /* IncidentReported or Corrected */
};

/* Which one a person means: "1234" or "NODEHEX/SEQ"; six digits of the node's
 * id are enough. */
enum { CASE_NODE_LEAST = 6, CASE_NODE_HEX = 2 * EVENT_ID_SIZE };
struct case_name {
	bool is_index;
	uint64_t index;
	char node[CASE_NODE_HEX + 1]; /* the head of its id, lower case */
	uint64_t seq;
};
/* ERR_INVALID is told. */
enum err case_name_get(struct case_name *name, const char *text) MUST_CHECK;

typedef void (*case_fn)(void *context, const struct sealed_case *found);
/* What a pass over the log has learnt besides. */
struct cases_log {
	bool is_drill;
	uint64_t entries;
};
/* In the log's order. ERR_IO, told: the log is missing or damaged. */
enum err cases_each(const char *dir, case_fn fn, void *context,
    struct cases_log *log) MUST_CHECK;
/* ERR_NOTFOUND, told: no such case; or more than one, or it has no sealed
 * part. ERR_IO as above. */
enum err cases_find(const char *dir, const struct case_name *name,
    struct sealed_case *found) MUST_CHECK;

/* What the rest of the log says of a case: the unit's name, and in lines for
 * people each entry that corrects, withdraws or reviews it. */
struct case_story {
	bool is_drill;
	char unit_name[NAME_MAX_BYTES]; /* empty: not on the roster */
	struct text_buf later;
};
enum err cases_story(const char *dir, const struct sealed_case *found,
    struct case_story *story) MUST_CHECK;
void case_story_clear(struct case_story *story);

enum blob_state {
	BLOB_THERE,
	BLOB_MISSING, /* erased, or exported without --blobs */
	BLOB_DAMAGED, /* not the bytes that the log names */
};
/* Into SEAL_BLOB_MAX bytes. */
enum blob_state case_blob(
    const char *dir, const struct incident *incident, uint8_t *at, size_t *len);

#endif
