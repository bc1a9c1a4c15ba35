/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/log_tree.h"

#include "ikrar/log_dir.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log_tree {
	const struct findings *findings;
	const char *dir;
	struct tlog *tlog;
};

enum { DETAIL_MAX = 256 };

static enum err
tile_file(const struct log_tree *tree, const char *name, struct hash *hashes,
    unsigned width)
{
	size_t len = 0;
	enum err err = log_file_read(
	    tree->dir, name, (uint8_t *)hashes, width * sizeof *hashes, &len);

	if (err == OK && len != width * sizeof *hashes)
		return ERR_INVALID;
	return err;
}

/* The first of the leaves under hash `i` of the tile. */
static uint64_t
leaf_under(unsigned level, uint64_t n, unsigned i)
{
	return (n * TLOG_TILE_WIDTH + i) << (TLOG_TILE_HEIGHT * level);
}

static void
tile_compare(const struct log_tree *tree, unsigned level, uint64_t n,
    const struct hash *hashes, unsigned width)
{
	struct hash found[TLOG_TILE_WIDTH];
	char name[TLOG_PATH_MAX];
	struct finding finding = {.kind = FINDING_TILE, .detail = name};
	unsigned i = 0;
	enum err err;

	tlog_path(name, (int)level, n, width);
	err = tile_file(tree, name, found, width);
	while (err == OK && i < width && hash_equal(&found[i], &hashes[i]))
		i++;
	if (err == OK && i == width)
		return;
	if (err == ERR_NOTFOUND)
		finding.kind = FINDING_TILE_MISSING;
	finding.index = leaf_under(level, n, i);
	findings_tell(tree->findings, &finding);
}

static void
tile_full(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	const struct log_tree *tree = context;

	if (tree->dir)
		tile_compare(tree, level, n, hashes, TLOG_TILE_WIDTH);
}

static enum err
tile_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	const struct log_tree *tree = context;
	char name[TLOG_PATH_MAX];

	if (!tree->dir)
		return ERR_NOTFOUND;
	tlog_path(name, (int)level, n, TLOG_TILE_WIDTH);
	return tile_file(tree, name, hashes, TLOG_TILE_WIDTH);
}

struct log_tree *
log_tree_new(const struct findings *findings, const char *dir)
{
	struct log_tree *tree = xcalloc(1, sizeof *tree);
	struct tlog_tiles tiles = {tile_full, tile_read, tree};

	tree->findings = findings;
	tree->dir = dir;
	tree->tlog = tlog_new(&tiles);
	return tree;
}

void
log_tree_free(struct log_tree *tree)
{
	if (!tree)
		return;
	tlog_free(tree->tlog);
	free(tree);
}

void
log_tree_take(struct log_tree *tree, const struct hash *leaf_hash)
{
	tlog_append(tree->tlog, leaf_hash);
}

uint64_t
log_tree_size(const struct log_tree *tree)
{
	return tlog_size(tree->tlog);
}

struct hash
log_tree_root(const struct log_tree *tree)
{
	return tlog_root(tree->tlog);
}

enum err
log_tree_root_at(struct log_tree *tree, uint64_t size, struct hash *root)
{
	return tlog_root_at(tree->tlog, size, root);
}

void
log_tree_end(struct log_tree *tree)
{
	uint64_t size = tlog_size(tree->tlog);

	for (unsigned level = 0; tree->dir && level < TLOG_LEVELS; level++) {
		unsigned count = 0;
		const struct hash *hashes =
		    tlog_partial(tree->tlog, level, &count);

		if (count > 0)
			tile_compare(tree, level,
			    (size >> (TLOG_TILE_HEIGHT * level)) /
				TLOG_TILE_WIDTH,
			    hashes, count);
	}
}

void
log_tree_compare(struct log_tree *tree, const struct checkpoint *head)
{
	uint64_t size = tlog_size(tree->tlog);
	struct hash root = tlog_root(tree->tlog);
	char detail[DETAIL_MAX];
	struct finding finding = {.index = size, .detail = detail};

	snprintf(detail, sizeof detail,
	    "checkpoint %" PRIu64 ", di sini/here %" PRIu64, head->size, size);
	if (size != head->size) {
		finding.kind = size < head->size ? FINDING_SHORT : FINDING_LONG;
		findings_tell(tree->findings, &finding);
	} else if (!hash_equal(&root, &head->root)) {
		finding.kind = FINDING_ROOT;
		finding.detail = NULL;
		findings_tell(tree->findings, &finding);
	}
}
