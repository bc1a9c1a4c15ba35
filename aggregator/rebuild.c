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

/* The snapshot may be of fewer entries: then it is brought to the end of the
 * log first, as a start of the daemon would. */
static enum err
save_live(struct store *store, struct text_buf *saved)
{
	struct view *view;
	enum err err = store_view(store, &view);

	if (err != OK)
		return err;
	view_save(view, saved);
	view_free(view);
	return OK;
}

static enum err
save_folded(struct store *store, struct text_buf *saved, uint64_t *entries)
{
	struct view *view;
	enum err err = store_fold(store, &view);

	if (err != OK)
		return err;
	view_save(view, saved);
	*entries = view_size(view);
	view_free(view);
	return OK;
}

static enum err
put(struct store *store, const struct text_buf *folded, uint64_t entries)
{
	store_begin(store, 0);
	store_put_snapshot(store, bytes_of(folded->at, folded->len), entries);
	return store_commit(store);
}

static int
rebuild(struct store *store, bool only_compare)
{
	struct text_buf live = {0}, folded = {0}, stored = {0};
	uint64_t entries = 0, stored_entries = 0;
	bool has_stored = store_snapshot(store, &stored, &stored_entries) == OK;
	int code = 0;
	enum err err = save_folded(store, &folded, &entries);

	if (err == OK && has_stored)
		err = save_live(store, &live);
	store_done(store);
	if (err == OK && !only_compare)
		err = put(store, &folded, entries);
	if (err != OK) {
		code = EXIT_FAILED;
	} else if (!has_stored) {
		printf("rebuild entries=%" PRIu64 " bytes=%zu compare=none\n",
		    entries, folded.len);
	} else {
		bool is_same = bytes_equal(bytes_of(live.at, live.len),
		    bytes_of(folded.at, folded.len));

		printf("rebuild entries=%" PRIu64 " bytes=%zu snapshot=%" PRIu64
		       " compare=%s\n",
		    entries, folded.len, stored_entries,
		    is_same ? "equal" : "different");
		code = is_same ? 0 : EXIT_DIFFERENT;
	}
	text_buf_clear(&stored);
	text_buf_clear(&live);
	text_buf_clear(&folded);
	return code;
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
