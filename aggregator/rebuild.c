/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the view again from the log alone, compares it with the stored
 * snapshot and stores it. */
#include "aggregator/verbs.h"

#include "aggregator/home.h"
#include "aggregator/store.h"
#include "core/conf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_DIFFERENT = 1, EXIT_FAILED = 2 };

struct settings {
	char *dir;
	bool compare;
};

static const struct conf_option options[] = {
    {.name = "dir",
	.letter = 'd',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, dir),
	.argument = "DIR",
	.required = true,
	.help_id = "Direktori wilayah; daemon harus berhenti.",
	.help_en = "The region's directory; its daemon must be stopped."},
    {.name = "compare",
	.letter = 'c',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, compare),
	.help_id = "Hanya bandingkan dengan yang tersimpan; beda: keluar 1.",
	.help_en = "Only compare with what is stored; exit 1 if different."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "rebuild",
    .help_id = "Menghitung ulang pandangan wilayah dari log.",
    .help_en = "Makes the region's view again from its log.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

struct fold {
	struct text_buf saved;
	uint64_t entries;
};

/* The first `entries` of the log, folded from nothing. */
static enum err
fold(struct store *store, uint64_t entries, struct fold *made)
{
	struct view *view;
	enum err err = store_fold(store, entries, &view);

	if (err != OK)
		return err;
	view_save(view, &made->saved);
	made->entries = entries;
	view_free(view);
	return OK;
}

/* The snapshot may be of fewer entries than the log: it is compared with a
 * fold of just those. */
static enum err
compare(struct store *store, const struct fold *whole,
    const struct fold *stored, bool *is_same)
{
	struct fold part = {0};
	const struct text_buf *made = &whole->saved;
	enum err err = OK;

	if (stored->entries != whole->entries) {
		err = fold(store, stored->entries, &part);
		made = &part.saved;
	}
	if (err == OK)
		*is_same = bytes_equal(bytes_of(made->at, made->len),
		    bytes_of(stored->saved.at, stored->saved.len));
	text_buf_clear(&part.saved);
	return err;
}

static enum err
put(struct store *store, const struct fold *whole)
{
	store_begin(store, 0);
	store_put_snapshot(
	    store, bytes_of(whole->saved.at, whole->saved.len), whole->entries);
	return store_commit(store);
}

static int
rebuild(struct store *store, bool only_compare)
{
	struct fold whole = {0}, stored = {0};
	bool has_stored =
	    store_snapshot(store, &stored.saved, &stored.entries) == OK;
	bool is_same = true;
	enum err err = fold(store, store_size(store), &whole);

	if (err == OK && has_stored)
		err = compare(store, &whole, &stored, &is_same);
	store_done(store);
	if (err == OK && !only_compare)
		err = put(store, &whole);
	if (err == OK)
		printf("rebuild entries=%" PRIu64 " bytes=%zu snapshot=%" PRIu64
		       " compare=%s\n",
		    whole.entries, whole.saved.len, stored.entries,
		    !has_stored ? "none"
		    : is_same   ? "equal"
				: "different");
	text_buf_clear(&stored.saved);
	text_buf_clear(&whole.saved);
	if (err != OK)
		return EXIT_FAILED;
	return is_same ? 0 : EXIT_DIFFERENT;
}

/* Two writers must not meet. */
static enum err
lock(int *fd, const char *dir)
{
	enum err err = home_alive_open(fd, dir);

	if (err == ERR_DUP)
		fprintf(stderr,
		    "Wilayah di %s sedang berjalan; hentikan dahulu.\n"
		    "The region is running; stop it first.\n",
		    dir);
	return err;
}

int
verb_rebuild(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct store *store = NULL;
	int fd = -1;
	int code = EXIT_FAILED;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = lock(&fd, settings.dir);
	if (err == OK)
		err = store_open(&store, settings.dir, STORE_WRITE);
	if (err == ERR_NOTFOUND)
		fprintf(stderr,
		    "Tidak ada wilayah di %s.\nThere is no region.\n",
		    settings.dir);
	if (err == OK)
		code = rebuild(store, settings.compare);
	store_close(store);
	home_alive_close(fd);
	conf_clear(&command, &settings);
	return code;
}
