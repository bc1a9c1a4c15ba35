/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cases.h"

#include "core/utf8.h"
#include "ikrar/cmd_open.h"
#include "ikrar/key_file.h"
#include "ikrar/shown.h"
#include "tests/support/log_builder.h"
#include "tests/support/temp_dir.h"
#include "trust/tlog.h"

#include <fcntl.h>
#include <unistd.h>

#include <criterion/criterion.h>

enum { OUT_MAX = 16384 };

static const char words[] = "empat kata yang jarang";
static const char sealed_text[] =
    "nama: Contoh Rekaan\nuraian:\nBaris satu\n\x1b[31mBaris dua \xe2\x80\xae"
    "balik\xff\tend\\\n";

static char *dir;
static struct story *story;
static unsigned collector;
static struct key_file keys; /* of the recipient, as in DIR/kunci */

static char *
path_of(const char *name)
{
	return temp_dir_path(dir, name);
}

static void
write_bytes(const char *name, const void *at, size_t len)
{
	char *path = path_of(name);
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(at, 1, len, file), len);
	cr_assert_eq(fclose(file), 0);
	free(path);
}

static void
make_dir(const char *name)
{
	char *path = path_of(name);

	cr_assert_eq(mkdir(path, 0755), 0);
	free(path);
}

static void
begin(void)
{
	struct unit_row units[] = {a_unit("KEL-01", "73.71.01.1001", 40)};
	char *key;

	dir = temp_dir_make();
	make_dir("log");
	make_dir("log/blob");
	make_dir("log/tile");
	make_dir("log/tile/entries");
	make_dir("log/tile/entries/000.p");
	temp_dir_write(dir, "sandi", words);
	key = path_of("sandi");
	cr_assert_eq(chmod(key, 0600), 0);
	free(key);
	key = path_of("kunci");
	cr_assert_eq(
	    key_file_new(key, "inspektorat", bytes_of_text(words)), OK);
	cr_assert_eq(key_file_open(&keys, key, bytes_of_text(words)), OK);
	free(key);
	story = story_new("73.71");
	collector = story_node(story, KIND_COLLECTOR, "73.71.01");
	story_roster(story, units, 1);
}

static void
end(void)
{
	story_free(story);
	temp_dir_remove(dir);
}

TestSuite(open, .init = begin, .fini = end);
TestSuite(cases, .init = begin, .fini = end);

/* An incident with `text` sealed to one key; its blob lies in the export. */
static struct event
sealed_incident(const char *text, const struct seal_keys *to)
{
	struct event event = an_incident("KEL-01", "APK", 0, 1);
	uint8_t chance[SEAL_CHANCE_SIZE], key[1][SEAL_KEY_SIZE];
	char hex[2 * HASH_SIZE + 1], name[sizeof hex + 16];
	struct sealed sealed;

	memset(chance, 9, sizeof chance);
	memcpy(key[0], to->public_key, SEAL_KEY_SIZE);
	seal_put(&sealed, bytes_of_text(text),
	    (const uint8_t(*)[SEAL_KEY_SIZE])key, 1, chance);
	event.incident.is_sealed = true;
	memcpy(event.incident.commit, sealed.commit.at, HASH_SIZE);
	memcpy(event.incident.blob_hash, sealed.blob_hash.at, HASH_SIZE);
	event.incident.blob_size = (uint32_t)sealed.blob_len;
	event.recorded_at_ms = 0;
	hex_put(hex, sealed.blob_hash.at, HASH_SIZE);
	snprintf(name, sizeof name, "log/blob/%s", hex);
	write_bytes(name, sealed.blob, sealed.blob_len);
	return event;
}

static char *
blob_path(const struct event *event)
{
	char hex[2 * HASH_SIZE + 1], name[sizeof hex + 16];

	hex_put(hex, event->incident.blob_hash, HASH_SIZE);
	snprintf(name, sizeof name, "log/blob/%s", hex);
	return path_of(name);
}

/* Takes it; the index of its entry. */
static uint64_t
take(struct event *event)
{
	story_take(story, collector, event);
	return view_size(story->view) - 1;
}

/* Writes all entries as one partial bundle. */
static void export(void)
{
	struct text_buf bundle = {0};
	uint8_t stamp[EVENT_STAMP_SIZE] = {0}, size[2], at[ENTRY_MAX];
	char name[64];

	for (size_t i = 0; i < story->entry_count; i++) {
		const struct story_entry *entry = &story->entries[i];
		struct leaf leaf = {entry->author, entry->received_at_ms,
		    bytes_of(entry->bytes, entry->len),
		    bytes_of(stamp,
			entry->author == AUTHOR_NODE ? sizeof stamp : 0)};

		leaf_put(at, &leaf);
		be16_put(size, (uint16_t)leaf_size(&leaf));
		text_buf_add_bytes(&bundle, size, sizeof size);
		text_buf_add_bytes(&bundle, at, leaf_size(&leaf));
	}
	snprintf(name, sizeof name, "log/tile/entries/000.p/%zu",
	    story->entry_count);
	write_bytes(name, bundle.at, bundle.len);
	temp_dir_write(dir, "log/checkpoint", "ikrar/73.71/1\n");
	text_buf_clear(&bundle);
}

/* What the command prints, and its exit code. */
static int
run(char out[OUT_MAX], const char *const *rest)
{
	char *log = path_of("log"), *shown = path_of("shown");
	const char *argv[12] = {"open", log};
	int argc = 2, kept = dup(STDOUT_FILENO), code;
	FILE *file;
	size_t len;

	while (*rest != NULL)
		argv[argc++] = *rest++;
	fflush(stdout);
	cr_assert_not_null(freopen(shown, "w", stdout));
	code = cmd_open(argc, (char **)(uintptr_t)argv);
	fflush(stdout);
	cr_assert_geq(dup2(kept, STDOUT_FILENO), 0);
	close(kept);
	file = fopen(shown, "r");
	cr_assert_not_null(file);
	len = fread(out, 1, OUT_MAX - 1, file);
	out[len] = '\0';
	fclose(file);
	free(log);
	free(shown);
	return code;
}

static int
open_with(char out[OUT_MAX], const char *name, const char *key)
{
	char *key_path = path_of(key), *pass = path_of("sandi");
	const char *const rest[] = {
	    name, "--key", key_path, "--passphrase-file", pass, NULL};
	int code = run(out, rest);

	free(key_path);
	free(pass);
	return code;
}

static int
open_index(char out[OUT_MAX], uint64_t index)
{
	char name[32];

	snprintf(name, sizeof name, "%u", (unsigned)index);
	return open_with(out, name, "kunci");
}

static void
has(const char *out, const char *wanted)
{
	cr_assert_not_null(strstr(out, wanted), "\"%s\" in:\n%s", wanted, out);
}

Test(open, shows_what_the_leaf_says_and_the_sealed_text)
{
	struct event event = sealed_incident(sealed_text, &keys.seal);
	uint64_t index = take(&event);
	char out[OUT_MAX];

	export();
	cr_assert_eq(open_index(out, index), 0);
	has(out, "CONFIDENTIAL");
	has(out, "KEL-01 (Unit KEL-01)");
	has(out, "APK: ");
	has(out, "2024-10-01..2024-10-02");
	has(out, "  | nama: Contoh Rekaan\n  | uraian:\n  | Baris satu\n");
}

Test(open, shows_no_control_character_as_it_is)
{
	struct event event = sealed_incident(sealed_text, &keys.seal);
	uint64_t index = take(&event);
	char out[OUT_MAX];

	export();
	cr_assert_eq(open_index(out, index), 0);
	has(out, "  | \\x1b[31mBaris dua \\u{202e}balik\\xff\\tend\\\\\n");
	for (const char *at = out; *at != '\0'; at++)
		cr_assert(*at == '\n' || (uint8_t)*at >= ' ');
}

Test(open, finds_a_case_by_node_and_number)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	char out[OUT_MAX], hex[CASE_NODE_HEX + 1], name[sizeof hex + 8];

	take(&event);
	export();
	hex_put(hex, story->nodes[collector].id, EVENT_ID_SIZE);
	snprintf(name, sizeof name, "%s/1", hex);
	cr_assert_eq(open_with(out, name, "kunci"), 0);
	snprintf(name, sizeof name, "%.8s/1", hex);
	cr_assert_eq(open_with(out, name, "kunci"), 0);
	snprintf(name, sizeof name, "%.8s/2", hex);
	cr_assert_eq(open_with(out, name, "kunci"), 1);
	snprintf(name, sizeof name, "%.5s/1", hex);
	cr_assert_eq(open_with(out, name, "kunci"), 1);
}

Test(open, says_what_became_of_the_case)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	struct event better = sealed_incident("uraian:\ny\n", &keys.seal);
	struct event correction, withdrawal;
	uint64_t index = take(&event), later;
	char out[OUT_MAX];

	correction = a_correction(story, collector, event.seq, &better);
	later = take(&correction);
	withdrawal = a_withdrawal(story, collector, event.seq);
	take(&withdrawal);
	export();
	cr_assert_eq(open_index(out, index), 0);
	has(out, "corrected (bersegel / sealed)");
	has(out, "withdrawn: SALAH_INPUT");
	has(out, "  | x\n");
	cr_assert_eq(open_index(out, later), 0);
	has(out, "  | y\n");
	has(out, "(koreksi / correction)");
}

Test(open, is_denied_with_the_key_of_another)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	uint64_t index = take(&event);
	char *other = path_of("lain");
	char out[OUT_MAX], name[32];

	export();
	cr_assert_eq(key_file_new(other, "lain", bytes_of_text(words)), OK);
	snprintf(name, sizeof name, "%u", (unsigned)index);
	cr_assert_eq(open_with(out, name, "lain"), 1);
	cr_assert_str_empty(out);
	free(other);
}

static enum blob_state
blob_state(const struct event *event)
{
	static uint8_t blob[SEAL_BLOB_MAX];
	char *log = path_of("log");
	size_t len = 0;
	enum blob_state state = case_blob(log, &event->incident, blob, &len);

	free(log);
	return state;
}

/* Whoever handed out the files must answer for it, not the node. */
Test(cases, tell_a_damaged_blob_from_one_that_is_not_there)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	char *path = blob_path(&event);
	int fd = open(path, O_RDWR);

	cr_assert_geq(fd, 0);
	cr_assert_eq(blob_state(&event), BLOB_THERE);
	event.incident.blob_size++;
	cr_assert_eq(blob_state(&event), BLOB_DAMAGED);
	event.incident.blob_size--;
	cr_assert_eq(pwrite(fd, "\x55", 1, 100), 1);
	cr_assert_eq(blob_state(&event), BLOB_DAMAGED);
	close(fd);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(blob_state(&event), BLOB_MISSING);
	free(path);
}

/* Who handed out the files may have put anything there. */
Test(cases, do_not_wait_for_a_blob_that_is_a_pipe, .timeout = 20)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	char *path = blob_path(&event);

	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(blob_state(&event), BLOB_DAMAGED);
	free(path);
}

Test(open, refuses_a_blob_that_is_missing_cut_or_changed)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	uint64_t index = take(&event);
	char *path = blob_path(&event);
	char out[OUT_MAX];
	int fd;

	export();
	fd = open(path, O_RDWR);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, "\x55", 1, 100), 1);
	cr_assert_eq(open_index(out, index), 1);
	cr_assert_str_empty(out);
	cr_assert_eq(ftruncate(fd, 100), 0);
	cr_assert_eq(open_index(out, index), 1);
	close(fd);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(open_index(out, index), 1);
	cr_assert_str_empty(out);
	free(path);
}

Test(open, refuses_a_sealed_part_that_is_not_what_the_log_commits_to)
{
	struct event event = sealed_incident("uraian:\nx\n", &keys.seal);
	uint64_t index;
	char out[OUT_MAX];

	event.incident.commit[5] ^= 1;
	index = take(&event);
	export();
	cr_assert_eq(open_index(out, index), 1);
	cr_assert_str_empty(out);
}

Test(open, refuses_what_is_no_sealed_case)
{
	struct event event = an_incident("KEL-01", "APK", 0, 0);
	uint64_t index = take(&event);
	char out[OUT_MAX];

	export();
	cr_assert_eq(open_index(out, index), 1);
	cr_assert_eq(open_index(out, 0), 1);
	cr_assert_eq(open_index(out, 1000), 1);
	cr_assert_eq(open_with(out, "x", "kunci"), 1);
	cr_assert_eq(open_with(out, "abcdef/0", "kunci"), 1);
}

Test(open, lists_the_sealed_cases_and_whether_their_blobs_are_there)
{
	static const char *const rest[] = {"--list", NULL};
	struct event first = sealed_incident("uraian:\nx\n", &keys.seal);
	struct event second = sealed_incident("uraian:\nyy\n", &keys.seal);
	struct event plain = an_incident("KEL-01", "APK", 0, 0);
	char *path = blob_path(&second);
	char out[OUT_MAX], line[64];
	uint64_t index;

	take(&plain);
	index = take(&first);
	take(&second);
	export();
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(run(out, rest), 0);
	snprintf(line, sizeof line, "%8u  ", (unsigned)index);
	has(out, line);
	has(out, "KEL-01  APK  2024-10-01..2024-10-02  ada/there");
	has(out, "tidak ada/missing or erased");
	has(out, "2 kasus bersegel");
	free(path);
}

Test(open, wants_a_case_and_a_key_or_the_list)
{
	static const char *const none[] = {NULL};
	static const char *const no_key[] = {"3", NULL};
	static const char *const both[] = {"3", "--list", NULL};
	char out[OUT_MAX];

	export();
	cr_assert_eq(run(out, none), 64);
	cr_assert_eq(run(out, no_key), 64);
	cr_assert_eq(run(out, both), 64);
}

Test(cases, of_a_log_that_is_not_there_are_an_error)
{
	static const char *const rest[] = {"--list", NULL};
	char out[OUT_MAX];

	cr_assert_eq(run(out, rest), 1);
}

/* ---- what is shown */

static void
shown_is(const char *text, size_t len, const char *wanted)
{
	struct text_buf out = {0};

	shown_put(&out, bytes_of(text, len), "> ");
	cr_assert_str_eq(out.at == NULL ? "" : out.at, wanted);
	text_buf_clear(&out);
}
#define SHOWN_IS(text, wanted) shown_is(text, sizeof text - 1, wanted)

Test(shown, tames_what_a_terminal_would_act_on_in_a_line)
{
	char line[] = "a\x1b[1m b\n\xc2\x9b"
		      "31m \xe2\x80\xae\xff \xc3\xa9\x7f";

	utf8_tame(line);
	cr_assert_str_eq(line, "a?[1m b???31m ???? \xc3\xa9?");
}

Test(shown, keeps_what_people_write)
{
	SHOWN_IS("", "");
	SHOWN_IS("a", "> a\n");
	SHOWN_IS("a\n", "> a\n");
	SHOWN_IS("a\n\nb", "> a\n> \n> b\n");
	SHOWN_IS("Désa \xe2\x82\xac \xf0\x9f\x98\x80",
	    "> Désa \xe2\x82\xac \xf0\x9f\x98\x80\n");
}

Test(shown, writes_out_what_a_terminal_would_act_on)
{
	SHOWN_IS("a\0b", "> a\\x00b\n");
	SHOWN_IS("\x1b]0;x\x07\x7f\r\n", "> \\x1b]0;x\\x07\\x7f\\x0d\n");
	SHOWN_IS("\xc2\x9b", "> \\u{9b}\n");
	SHOWN_IS("\xe2\x80\xae\xe2\x81\xa6", "> \\u{202e}\\u{2066}\n");
	SHOWN_IS("\xe2\x80\xa8", "> \\u{2028}\n");
	SHOWN_IS("\x80\xc3", "> \\x80\\xc3\n");
	SHOWN_IS("\xc0\xaf", "> \\xc0\\xaf\n");
	SHOWN_IS("\\x1b", "> \\\\x1b\n");
}
