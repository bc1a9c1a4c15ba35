/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/export.h"

#include "aggregator/head.h"
#include "aggregator/home.h"
#include "model/wire.h"
#include "tests/unit/test_aggregator_verbs.h"

#include <sys/stat.h>

#include <criterion/criterion.h>

TestSuite(export, .init = rig_open, .fini = rig_close, .timeout = 120);

static struct reading reading;
static bool with_blobs;

static void
look(void)
{
	struct reading_words words = {.dir = rig.dir, .clock = rig.clock};

	cr_assert_eq(reading_open(&reading, &words), OK);
}

/* Own entries straight into the store, signed as the daemon would. */
static void
grow(uint64_t count)
{
	struct event event = {
	    .version = EVENT_VERSION, .kind = EVENT_TICKED, .wilayah = "73.71"};
	uint8_t bytes[EVENT_COLLECTOR_MAX];
	struct home_keys keys;
	struct store *store;
	struct head *head;

	cr_assert_eq(home_keys_load(&keys, rig.dir), OK);
	cr_assert_eq(store_open(&store, rig.dir, STORE_WRITE), OK);
	cr_assert_eq(head_open(&head, rig.dir, "ikrar/73.71/1/latihan",
			 &keys.log, store_tlog(store)),
	    OK);
	store_begin(store, RIG_NOW_MS);
	for (uint64_t i = 0; i < count; i++) {
		event.until_ms = RIG_NOW_MS + store_size(store);
		(void)store_append(store, AUTHOR_LOG,
		    bytes_of(bytes, wire_pack(&event, bytes, sizeof bytes)),
		    bytes_of(NULL, 0), NULL);
	}
	cr_assert_eq(store_commit(store), OK);
	head_sign(head);
	head_close(head);
	store_close(store);
}

static enum err
export_to(const char *out, struct export_done *done)
{
	enum err err;

	look();
	err = export_write(&reading,
	    &(struct export_options){.out = out, .blobs = with_blobs}, done);
	reading_close(&reading);
	return err;
}

static uint8_t file[32 << 20];

static size_t
read_whole(const char *out, const char *name)
{
	char *path = temp_dir_path(out, name);
	FILE *in = fopen(path, "r");
	size_t len;

	cr_assert_not_null(in, "%s", path);
	len = fread(file, 1, sizeof file, in);
	fclose(in);
	free(path);
	return len;
}

static bool
is_there(const char *out, const char *name)
{
	char *path = temp_dir_path(out, name);
	bool found = access(path, F_OK) == 0;

	free(path);
	return found;
}

static struct checkpoint
read_checkpoint(const char *out)
{
	size_t len = read_whole(out, "checkpoint");
	struct checkpoint checkpoint;

	look();
	cr_assert_eq(checkpoint_open(&checkpoint, (const char *)file, len,
			 reading.started.origin, reading.started.log_key),
	    OK);
	reading_close(&reading);
	return checkpoint;
}

/* The tree that the exported bundles make, entry by entry. */
static struct hash *
leaf_hashes(const char *out, uint64_t size)
{
	struct hash *hashes = xcalloc(size, sizeof *hashes);

	for (uint64_t i = 0; i < size;) {
		uint64_t rest = size - i;
		char name[TLOG_PATH_MAX];
		size_t len, at = 0;

		tlog_path(name, TLOG_LEVEL_ENTRIES, i / TLOG_TILE_WIDTH,
		    rest < TLOG_TILE_WIDTH ? (unsigned)rest : TLOG_TILE_WIDTH);
		len = read_whole(out, name);
		for (; at < len; i++) {
			size_t leaf = be16_get(file + at);

			cr_assert_leq(at + 2 + leaf, len);
			cr_assert_lt(i, size);
			hashes[i] = hash_leaf(bytes_of(file + at + 2, leaf));
			at += 2 + leaf;
		}
	}
	return hashes;
}

/* Every tile that a reader of this size may ask for is there and right. */
static void
tiles_are_right(const char *out, const struct hash *leaves, uint64_t size)
{
	struct hash *level = xcalloc(size, sizeof *level);
	uint64_t count = size;

	memcpy(level, leaves, size * sizeof *level);
	for (int n = 0; count > 0; n++) {
		for (uint64_t i = 0; i < count; i += TLOG_TILE_WIDTH) {
			uint64_t rest = count - i;
			unsigned width = rest < TLOG_TILE_WIDTH
					     ? (unsigned)rest
					     : TLOG_TILE_WIDTH;
			char name[TLOG_PATH_MAX];

			tlog_path(name, n, i / TLOG_TILE_WIDTH, width);
			cr_assert_eq(
			    read_whole(out, name), width * sizeof *level);
			cr_assert_arr_eq(
			    file, &level[i], width * sizeof *level, "%s", name);
		}
		for (unsigned k = 0; k < TLOG_TILE_HEIGHT; k++) {
			count /= 2;
			for (uint64_t i = 0; i < count; i++)
				level[i] =
				    hash_pair(&level[2 * i], &level[2 * i + 1]);
		}
	}
	free(level);
}

static struct hash
root_of(const struct hash *leaves, uint64_t count)
{
	uint64_t left = 1;
	struct hash a, b;

	if (count == 1)
		return leaves[0];
	while (left * 2 < count)
		left *= 2;
	a = root_of(leaves, left);
	b = root_of(leaves + left, count - left);
	return hash_pair(&a, &b);
}

static void
holds(const char *out, uint64_t size)
{
	struct checkpoint checkpoint = read_checkpoint(out);
	struct hash *leaves;
	struct hash root;

	cr_assert_eq(checkpoint.size, size);
	leaves = leaf_hashes(out, size);
	root = root_of(leaves, size);
	cr_assert(hash_equal(&root, &checkpoint.root));
	tiles_are_right(out, leaves, size);
	free(leaves);
}

Test(export, writes_what_the_signed_head_speaks_of)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	cr_assert_eq(export_to(out, &done), OK);
	cr_assert_eq(done.size, 1);
	cr_assert_eq(done.written, 3);
	holds(out, 1);
	free(out);
}

Test(export, writes_full_and_partial_tiles_of_each_level)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	grow(70000);
	cr_assert_eq(export_to(out, &done), OK);
	cr_assert(is_there(out, "tile/2/000.p/1"));
	cr_assert(is_there(out, "tile/1/000"));
	holds(out, 70001);
	free(out);
}

Test(export, writes_no_partial_tile_where_all_are_full)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	grow(511);
	cr_assert_eq(export_to(out, &done), OK);
	cr_assert_not(is_there(out, "tile/0/002.p"));
	cr_assert_not(is_there(out, "tile/entries/002.p"));
	holds(out, 512);
	free(out);
}

Test(export, keeps_full_tiles_and_replaces_partial_ones)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	grow(299);
	cr_assert_eq(export_to(out, &done), OK);
	cr_assert(is_there(out, "tile/0/001.p/44"));
	grow(300);
	cr_assert_eq(export_to(out, &done), OK);
	cr_assert_eq(done.kept, 2); /* tile 0 and its bundle */
	cr_assert_not(is_there(out, "tile/0/001.p"));
	cr_assert_not(is_there(out, "tile/entries/001.p"));
	cr_assert_not(is_there(out, "tile/1/000.p/1"));
	cr_assert(is_there(out, "tile/1/000.p/2"));
	holds(out, 600);
	free(out);
}

static void
plant(const char *out, const char *name)
{
	char *path = temp_dir_path(out, name);

	for (char *at = strchr(path + strlen(out) + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(path, 0700);
		*at = '/';
	}
	free(path);
	temp_dir_write(out, name, "left");
}

/* As an export leaves them that was ended while it wrote another size. */
Test(export, removes_what_an_interrupted_one_left)
{
	static const char *const left[] = {"tile/0/001.p/99",
	    "tile/0/001.p/12.new", "tile/0/000.p/17", "tile/0/001.new",
	    "tile/entries/001.p/99", "tile/entries/001.p/99.new",
	    "tile/1/000.p/5", "tile/2/000.p/1", "tile/entries/000.new"};
	static const char *const others[] = {"tile/catatan.new",
	    "tile/0/catatan", "tile/0/001.p/catatan", "tile/0/001.p/x.new",
	    "tile/0/001.p/256", "tile/0/a.p/1", "lain/000.p/9", "lain/001.new"};
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	grow(299);
	cr_assert_eq(export_to(out, &done), OK);
	for (unsigned i = 0; i < sizeof left / sizeof *left; i++)
		plant(out, left[i]);
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
		plant(out, others[i]);
	cr_assert_eq(export_to(out, &done), OK);
	for (unsigned i = 0; i < sizeof left / sizeof *left; i++)
		cr_expect_not(is_there(out, left[i]), "%s", left[i]);
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
		cr_expect(is_there(out, others[i]), "%s", others[i]);
	cr_expect_not(is_there(out, "tile/0/000.p"));
	holds(out, 300);
	free(out);
}

Test(export, removes_nothing_behind_a_link)
{
	char *out = temp_dir_path(rig.root, "out");
	char *link = temp_dir_path(out, "tile/3");
	char *other = temp_dir_path(rig.root, "lain");
	struct export_done done;

	cr_assert_eq(export_to(out, &done), OK);
	cr_assert_eq(mkdir(other, 0700), 0);
	plant(other, "000.p/9");
	cr_assert_eq(symlink(other, link), 0);
	cr_assert_eq(export_to(out, &done), OK);
	cr_expect(is_there(other, "000.p/9"));
	free(other);
	free(link);
	free(out);
}

Test(export, leaves_no_new_file_beside_one_that_stays)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	cr_assert_eq(export_to(out, &done), OK);
	temp_dir_write(out, "checkpoint.new", "half");
	cr_assert_eq(export_to(out, &done), OK);
	cr_expect_not(is_there(out, "checkpoint.new"));
	free(out);
}

Test(export, mends_a_tile_that_was_spoilt)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	grow(299);
	cr_assert_eq(export_to(out, &done), OK);
	temp_dir_write(out, "tile/0/000", "spoilt");
	cr_assert_eq(export_to(out, &done), OK);
	cr_assert_eq(done.written, 1);
	holds(out, 300);
	free(out);
}

/* The head is written after the commit: a daemon killed between them. */
Test(export, leaves_out_what_nobody_has_signed)
{
	char *out = temp_dir_path(rig.root, "out");
	char *head = temp_dir_path(rig.dir, "head");
	struct export_done done;
	char text[NOTE_CHECKPOINT_MAX];
	FILE *to;

	cr_assert_eq(head_read(rig.dir, text), OK);
	grow(600);
	to = fopen(head, "w");
	fputs(text, to);
	fclose(to);
	cr_assert_eq(export_to(out, &done), OK);
	holds(out, 1);
	free(head);
	free(out);
}

Test(export, refuses_a_head_that_does_not_match_the_log)
{
	char *out = temp_dir_path(rig.root, "out");
	struct home_keys keys;
	struct checkpoint checkpoint = {
	    .origin = "ikrar/73.71/1/latihan", .size = 1};
	struct export_done done;
	char text[NOTE_CHECKPOINT_MAX];

	cr_assert_eq(home_keys_load(&keys, rig.dir), OK);
	checkpoint_sign(text, &checkpoint, &keys.log);
	temp_dir_write(rig.dir, "head", text);
	cr_assert_eq(export_to(out, &done), ERR_INVALID);
	cr_assert_not(is_there(out, "checkpoint"));
	free(out);
}

Test(export, refuses_a_directory_that_holds_another_log)
{
	char *out = temp_dir_path(rig.root, "out");
	struct export_done done;

	cr_assert_eq(mkdir(out, 0700), 0);
	temp_dir_write(out, "checkpoint", "ikrar/74.71/1\n1\nAA==\n\n");
	cr_assert_eq(export_to(out, &done), ERR_INVALID);
	free(out);
}

Test(export, is_a_command)
{
	char *out = temp_dir_path(rig.root, "out");

	cr_assert_eq(
	    RIG_RUN(verb_export, WORD("export"), out), 0, "%s", rig.said);
	cr_assert_eq(strncmp(rig.said, "LATIHAN", 7), 0);
	cr_assert(rig_said("1 entri/entries"), "%s", rig.said);
	holds(out, 1);
	free(out);
}
