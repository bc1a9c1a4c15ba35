/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing that a crash leaves behind may hold the text: it lies in one block
 * that is kept out of the swap if the system allows it, and a process that has
 * read one writes no core; while the text is there no other process of the
 * same user may look into this one either.
 */
#include "collector/sealing.h"

#include "collector/file.h"
#include "collector/recipients.h"
#include "core/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct plain {
	char file[SEALED_FILE_MAX];
	struct sealed_text text;
	uint8_t chance[SEAL_CHANCE_SIZE];
};

/* The limit alone does not stop a system that pipes cores to a program. */
static bool
shut_memory(const struct plain *plain)
{
	const struct rlimit none = {0};
	bool was_dumpable = prctl(PR_GET_DUMPABLE) == 1;

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)mlock(plain, sizeof *plain);
	return was_dumpable;
}

static void
forget(struct plain *plain, bool was_dumpable)
{
	explicit_bzero(plain, sizeof *plain);
	(void)munlock(plain, sizeof *plain);
	free(plain);
	if (was_dumpable)
		(void)prctl(PR_SET_DUMPABLE, 1);
}

static void
put_sealed(struct sealing *sealing, struct plain *plain)
{
	uint8_t keys[SEAL_RECIPIENTS_MAX][SEAL_KEY_SIZE];

	CHECK(sealing->set.count <= SEAL_RECIPIENTS_MAX);
	for (unsigned i = 0; i < sealing->set.count; i++)
		memcpy(keys[i], sealing->set.rows[i].seal_key, SEAL_KEY_SIZE);
	loop_random(plain->chance, sizeof plain->chance);
	seal_put(&sealing->sealed, bytes_of(plain->text.at, plain->text.len),
	    keys, sealing->set.count, plain->chance);
	sealing->keys = plain->text.keys;
	sealing->text_len = plain->text.len;
}

static void
say_how_to_type(const char *path)
{
	if (strcmp(path, "-") != 0 || isatty(STDIN_FILENO) == 0)
		return;
	printf("Ketik bagian tersegel (\"nama: ...\", terakhir \"uraian: "
	       "...\"), lalu Enter dan Ctrl-D. /\nType the sealed part, then "
	       "Enter and Ctrl-D.\n");
	fflush(stdout);
}

enum err
sealing_make(struct sealing *sealing, struct home *home, const char *path,
    struct sentence *why)
{
	struct plain *plain;
	bool was_dumpable;
	size_t len;
	enum err err;

	*sealing = (struct sealing){0};
	spool_recipients(home->spool, &sealing->set);
	if (recipients_check(home, &sealing->set, why) != OK)
		return ERR_INVALID;
	plain = xcalloc(1, sizeof *plain);
	was_dumpable = shut_memory(plain);
	say_how_to_type(path);
	err =
	    file_read_secret(plain->file, sizeof plain->file, &len, path, why);
	if (err == OK)
		err = sealed_text_get(&plain->text, plain->file, len, why);
	if (err == OK)
		put_sealed(sealing, plain);
	forget(plain, was_dumpable);
	return err;
}

bool
sealing_has_narrative(const struct sealing *sealing)
{
	return (sealing->keys >> SEALED_URAIAN & 1) != 0;
}

enum err
sealing_keep(struct sealing *sealing, struct home *home, uint64_t seq)
{
	struct bytes blob;

	*sealing = (struct sealing){0};
	if (spool_blob(home->spool, seq, &blob) != OK ||
	    blob.len > sizeof sealing->sealed.blob) {
		spool_row_done(home->spool);
		return ERR_NOTFOUND;
	}
	memcpy(sealing->sealed.blob, blob.at, blob.len);
	sealing->sealed.blob_len = blob.len;
	spool_row_done(home->spool);
	return OK;
}

void
sealing_refer(const struct sealing *sealing, struct incident *incident)
{
	incident->is_sealed = true;
	memcpy(incident->commit, sealing->sealed.commit.at,
	    sizeof incident->commit);
	memcpy(incident->blob_hash, sealing->sealed.blob_hash.at,
	    sizeof incident->blob_hash);
	incident->blob_size = (uint32_t)sealing->sealed.blob_len;
}
