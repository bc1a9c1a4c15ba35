/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region's first admin, or a reviewer, for one command beside the region:
 * what a person decides is recorded in the spool of that node (DIR/admin, or
 * where the reviewer joined) like the record of any node, and pushed to the
 * running aggregator. Without one it stays there, and the node's next command
 * pushes it first.
 *
 * An event is held against the region's view before it is recorded, with all
 * that still waits in the spool folded in, so that a mistake costs no number
 * and no proof of refusal. What is wrong is told here, in words.
 */
#ifndef AGGREGATOR_ADMIN_H
#define AGGREGATOR_ADMIN_H

#include "aggregator/parts.h"
#include "aggregator/reading.h"
#include "node/keys.h"
#include "trust/note.h"

enum { ADMIN_WITHIN_MS = 5000 };

struct admin;

/* One command at a time: waits for another up to ADMIN_WITHIN_MS. ERR_INVALID
 * (told). */
enum err admin_open(
    struct admin **admin, const struct reading_words *words) MUST_CHECK;
/* The same for the reviewer that joined this region in `node_dir`. */
enum err admin_open_reviewer(struct admin **admin,
    const struct reading_words *words, const char *node_dir) MUST_CHECK;
void admin_close(struct admin *admin);

const struct reading *admin_reading(const struct admin *admin);
/* The log, and on top of it what waits in the spool. */
const struct view *admin_view(const struct admin *admin);
const struct node_region *admin_region(const struct admin *admin);
uint64_t admin_now_ms(const struct admin *admin);
/* As admin_record would frame it, to be held against the view before. */
void admin_frame(const struct admin *admin, struct event *event);

/* How to speak with the running daemon as this admin, without the spool. */
struct admin_reach {
	struct loop *loop;
	const char *endpoint;
	const uint8_t *server_key; /* LINK_KEY_SIZE bytes */
	const struct link_keys *keys;
};
/* Points into `admin`. False: no daemon runs. */
bool admin_find_daemon(struct admin *admin, struct admin_reach *reach);

struct admin_result {
	bool is_received; /* else it is stored and waits */
	bool is_review;   /* of a reviewer */
	uint64_t first_seq, last_seq;
	bool has_index;
	uint64_t index; /* of the last one's entry in the log */
};

/* Kind and body of the events are filled. ERR_DENIED (told): refused, here or
 * by the region; ERR_FULL, ERR_IO (told). */
enum err admin_record(struct admin *admin, struct event *events, unsigned count,
    struct admin_result *result) MUST_CHECK;
/* A long text: numbers its parts and records them. `version` gets the one that
 * takes effect. */
enum err admin_record_parts(struct admin *admin, struct parts *parts,
    uint32_t *version, struct admin_result *result) MUST_CHECK;
/* Pushes what waits in the spool, if a daemon runs. ERR_DENIED (told): the
 * region refuses this admin. */
enum err admin_push(struct admin *admin) MUST_CHECK;
/* Signs a text as the region's first admin (trust/note.h). */
void admin_sign_note(
    const struct admin *admin, struct text_buf *text, const char *name);
/* "diterima: ..." or "tersimpan: ..." on standard output. */
void admin_say(const struct admin_result *result);

/* Where the daemon that runs on DIR is reached from this machine; false: none
 * runs. */
bool admin_endpoint(const char *dir, char endpoint[ENDPOINT_MAX]);

#endif
