/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts that nodes kept, held against a log that is read entry by entry. A
 * receipt is a tlog-proof file (trust/proof.h). It stands if its checkpoint is
 * signed by this log, the log had that root at that size, its leaf is the
 * log's, and its record leads to it in the node's chain.
 */
#ifndef IKRAR_RECEIPTS_H
#define IKRAR_RECEIPTS_H

#include "ikrar/log_tree.h"
#include "ikrar/replay.h"

enum { RECEIPTS_MAX = 10000 };

struct receipts;

struct receipts *receipts_new(
    const struct findings *findings, const struct checkpoint *head);
void receipts_free(struct receipts *receipts);

/* Reads a file; what is wrong with it alone, or with its size against the
 * signed head's, is told here. `path` must outlive the receipts. */
void receipts_add(struct receipts *receipts, const char *path,
    const uint8_t log_key[SIGN_KEY_SIZE]);
/* After the last was added. */
void receipts_start(struct receipts *receipts);

/* Each entry's leaf hash, when the tree has it. */
void receipts_leaf(struct receipts *receipts, const struct log_tree *tree,
    const struct hash *leaf_hash);
/* Each record of a node, before its leaf. */
void receipts_record(
    struct receipts *receipts, const struct chain_record *record);
/* After the last entry. `has_records` false: only hashes were looked at. */
void receipts_end(struct receipts *receipts, bool has_records);

uint64_t receipts_good(const struct receipts *receipts);

#endif
