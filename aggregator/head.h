/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head signer: signs the checkpoint of a committed tree, only if it
 * continues the last one that it signed, and keeps that one in DIR/head.
 * Written each turn, synced at most once a second: the store is synced
 * before, and at a start the head is signed anew over what it holds.
 *
 * DIR/head and the log's key are kept out of what a backup of DIR/store takes.
 */
#ifndef AGGREGATOR_HEAD_H
#define AGGREGATOR_HEAD_H

#include "trust/note.h"
#include "trust/tlog.h"

struct head;

/* The last signed checkpoint as text, for other processes. ERR_NOTFOUND. */
enum err head_read(const char *dir, char text[NOTE_CHECKPOINT_MAX]) MUST_CHECK;

/* Reads DIR/head if it is there. ERR_INVALID (logged, told): the file does not
 * carry this key's signature, or says more than `tree` holds, or another root:
 * the store was rolled back or replaced. */
enum err head_open(struct head **head, const char *dir, const char *origin,
    const struct sign_keys *keys, struct tlog *tree) MUST_CHECK;
void head_close(struct head *head);

/* Signs the tree as it is now; call it after the commit. Does nothing when
 * the size is what was signed last. A smaller tree or a failing write ends
 * the process. */
void head_sign(struct head *head);
/* The log goes on under another name: what is signed next is larger than
 * nothing. */
void head_rename(struct head *head, const char *origin);
/* The last signed text, terminated, and its size. */
const char *head_text(const struct head *head);
uint64_t head_size(const struct head *head);
/* Syncs what head_sign left unsynced, unless it did within the last second.
 * Not on the way of a receipt: call it when those are out. */
void head_sync(struct head *head, uint64_t monotonic_ms);

#endif
