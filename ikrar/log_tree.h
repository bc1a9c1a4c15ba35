/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of a log that is read leaf by leaf. Each tile that is complete is
 * held against its file; no tile is kept. Which files a log of some size has,
 * and which do not belong there.
 */
#ifndef IKRAR_LOG_TREE_H
#define IKRAR_LOG_TREE_H

#include "ikrar/finding.h"
#include "trust/note.h"
#include "trust/tlog.h"

struct log_tree;

/* `dir` NULL: tile files are not looked at. Keeps both pointers. */
struct log_tree *log_tree_new(const struct findings *findings, const char *dir);
void log_tree_free(struct log_tree *tree);

void log_tree_take(struct log_tree *tree, const struct hash *leaf_hash);
uint64_t log_tree_size(const struct log_tree *tree);
struct hash log_tree_root(const struct log_tree *tree);
/* When the tree had `size` leaves; asks the tile files, which the tree above
 * vouches for. ERR_NOTFOUND, ERR_INVALID: cannot be said. */
enum err log_tree_root_at(
    struct log_tree *tree, uint64_t size, struct hash *root) MUST_CHECK;

/* After the last leaf: the unfinished tiles. */
void log_tree_end(struct log_tree *tree);
/* Tells if these leaves are not those of the signed head. */
void log_tree_compare(struct log_tree *tree, const struct checkpoint *head);
/* Tells each file that a log of this size does not have; blob/ is left out. */
void log_files_walk(
    const struct findings *findings, const char *dir, uint64_t size);

#endif
