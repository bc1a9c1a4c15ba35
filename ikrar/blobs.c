/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/blobs.h"

#include "core/log.h"
#include "ikrar/log_dir.h"
#include "trust/seal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_CHARS = 5 + 2 * HASH_SIZE + 1 }; /* blob/ and hex */

struct blobs {
	const struct findings *findings;
	const char *dir;
	bool is_there;      /* DIR/blob */
	struct hash *named; /* by entries; sorted at the end */
	size_t count, cap;
	uint64_t good;
	uint8_t at[BLOB_MAX];
};

static void
folder(const struct blobs *blobs, char path[LOG_PATH_MAX])
{
	snprintf(path, LOG_PATH_MAX, "%s/blob", blobs->dir);
}

struct blobs *
blobs_new(const struct findings *findings, const char *dir)
{
	struct blobs *blobs = xcalloc(1, sizeof *blobs);
	char path[LOG_PATH_MAX];
	DIR *found;

	blobs->findings = findings;
	blobs->dir = dir;
	folder(blobs, path);
	found = opendir(path);
	blobs->is_there = found != NULL || errno != ENOENT;
	if (found)
		closedir(found);
	return blobs;
}

void
blobs_free(struct blobs *blobs)
{
	if (!blobs)
		return;
	free(blobs->named);
	free(blobs);
}

static void
blob_named(struct blobs *blobs, const uint8_t *hash)
{
	if (blobs->count == blobs->cap) {
		blobs->cap = blobs->cap ? 2 * blobs->cap : 64;
		blobs->named =
		    xrealloc(blobs->named, blobs->cap, sizeof *blobs->named);
	}
	memcpy(blobs->named[blobs->count++].at, hash, HASH_SIZE);
}

static bool
blob_is_right(struct blobs *blobs, const struct incident *incident, size_t len)
{
	struct bytes blob = bytes_of(blobs->at, len);
	struct hash hash = seal_blob_hash(blob);

	return len == incident->blob_size &&
	       memcmp(hash.at, incident->blob_hash, HASH_SIZE) == 0 &&
	       seal_blob_is_valid(blob);
}

void
blobs_event(struct blobs *blobs, uint64_t index, const struct event *event)
{
	const struct incident *incident = event_incident(event);
	char name[NAME_MAX_CHARS] = "blob/";
	struct finding finding = {.kind = FINDING_BLOB,
	    .index = index,
	    .node = event->node,
	    .wilayah = event->wilayah,
	    .seq = event->seq,
	    .detail = name};
	size_t len = 0;
	enum err err;

	if (!incident || !incident->is_sealed)
		return;
	blob_named(blobs, incident->blob_hash);
	if (!blobs->is_there)
		return;
	hex_put(name + strlen(name), incident->blob_hash, HASH_SIZE);
	err = log_file_read(blobs->dir, name, blobs->at, BLOB_MAX, &len);
	if (err == OK && blob_is_right(blobs, incident, len)) {
		blobs->good++;
		return;
	}
	if (err == ERR_NOTFOUND)
		finding.kind = NOTE_BLOB_ABSENT;
	findings_tell(blobs->findings, &finding);
}

static int
compare_hash(const void *a, const void *b)
{
	return memcmp(a, b, HASH_SIZE);
}

static bool
is_named(const struct blobs *blobs, const char *file)
{
	struct hash hash;

	return hex_get(hash.at, HASH_SIZE, file) == OK &&
	       strspn(file, "0123456789abcdef") == strlen(file) &&
	       blobs->count > 0 &&
	       bsearch(&hash, blobs->named, blobs->count, sizeof hash,
		   compare_hash) != NULL;
}

void
blobs_end(struct blobs *blobs)
{
	char path[LOG_PATH_MAX], name[LOG_PATH_MAX];
	struct finding finding = {.kind = FINDING_BLOB_STRAY, .detail = name};
	struct dirent *entry;
	DIR *dir;

	if (!blobs->is_there)
		return;
	if (blobs->count > 0)
		qsort(blobs->named, blobs->count, sizeof *blobs->named,
		    compare_hash);
	folder(blobs, path);
	dir = opendir(path);
	if (!dir) {
		log_warn("log-unreadable dir=%s", path);
		text_copy(name, sizeof name, "blob");
		findings_tell(blobs->findings, &finding);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    is_named(blobs, entry->d_name))
			continue;
		snprintf(name, sizeof name, "blob/%s", entry->d_name);
		findings_tell(blobs->findings, &finding);
	}
	closedir(dir);
}

uint64_t
blobs_named(const struct blobs *blobs)
{
	return blobs->count;
}

uint64_t
blobs_good(const struct blobs *blobs)
{
	return blobs->good;
}
