/* SPDX-License-Identifier: Apache-2.0 */
/* Golden keys: computed with libsodium from Python, not with this code. */
#include "ikrar/key_file.h"

#include "ikrar/cmd_key.h"
#include "ikrar/cmd_recipients.h"
#include "ikrar/passphrase_ask.h"
#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <criterion/criterion.h>

enum { DEADLINE_MS = 20000, SHOWN_MAX = 4096 };

static const char words[] = "empat kata yang jarang";
static const char seal_hex[] =
    "3154abdc35196cf32fa171dec2dfa29073a092f77cb3600dfbab1e3dee1e2e5a";
static const char sign_hex[] =
    "a2092c046141cefc8dd27da9731720848546b3d09b1cbe954d1f5cb0d4d6342a";

static char *dir;

static void
begin(void)
{
	dir = temp_dir_make();
}

static void
end(void)
{
	temp_dir_remove(dir);
}

TestSuite(key_file, .init = begin, .fini = end);
TestSuite(passphrase_ask, .init = begin, .fini = end);
TestSuite(recipients_sign, .init = begin, .fini = end);

static void
write_mode(const char *name, const char *text, mode_t mode)
{
	char *path = temp_dir_path(dir, name);

	temp_dir_write(dir, name, text);
	cr_assert_eq(chmod(path, mode), 0);
	free(path);
}

static size_t
slurp(const char *path, char text[SHOWN_MAX])
{
	FILE *file = fopen(path, "r");
	size_t len;

	cr_assert_not_null(file, "%s", path);
	len = fread(text, 1, SHOWN_MAX - 1, file);
	text[len] = '\0';
	fclose(file);
	return len;
}

static bool
is_hex(const uint8_t at[32], const char *hex)
{
	char text[65];

	hex_put(text, at, 32);
	return strcmp(text, hex) == 0;
}

Test(key_file, derives_both_golden_keys_from_the_seed)
{
	uint8_t seed[KEY_FILE_SEED_SIZE];
	struct key_file key;

	for (int i = 0; i < KEY_FILE_SEED_SIZE; i++)
		seed[i] = (uint8_t)i;
	key_file_derive(&key, "inspektorat", seed);
	cr_assert(is_hex(key.row.seal_key, seal_hex));
	cr_assert(is_hex(key.row.sign_key, sign_hex));
	cr_assert_arr_eq(key.row.seal_key, key.seal.public_key, SEAL_KEY_SIZE);
	cr_assert_arr_eq(key.row.sign_key, key.sign.public_key, SIGN_KEY_SIZE);
}

Test(key_file, is_made_for_its_owner_alone_and_opens_again)
{
	char *path = temp_dir_path(dir, "kunci");
	char *public = temp_dir_path(dir, "kunci.pub");
	struct recipient_row row, other;
	struct key_file key;
	struct stat st;

	cr_assert_eq(
	    key_file_new(path, "inspektorat", bytes_of_text(words)), OK);
	cr_assert_eq(stat(path, &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0600);
	cr_assert_eq(key_file_open(&key, path, bytes_of_text(words)), OK);
	cr_assert_eq(key_file_public(&row, public), OK);
	cr_assert_eq(key_file_public(&other, path), OK);
	cr_assert_eq(memcmp(&row, &key.row, sizeof row), 0);
	cr_assert_eq(memcmp(&other, &row, sizeof row), 0);
	cr_assert_str_eq(row.id, "inspektorat");
	cr_assert_eq(
	    key_file_open(&key, path, bytes_of_text("lain kata")), ERR_DENIED);
	free(path);
	free(public);
}

Test(key_file, is_drawn_anew_each_time)
{
	char *one = temp_dir_path(dir, "a"), *two = temp_dir_path(dir, "b");
	struct recipient_row row, other;

	cr_assert_eq(key_file_new(one, "a", bytes_of_text(words)), OK);
	cr_assert_eq(key_file_new(two, "a", bytes_of_text(words)), OK);
	cr_assert_eq(key_file_public(&row, one), OK);
	cr_assert_eq(key_file_public(&other, two), OK);
	cr_assert_neq(memcmp(row.seal_key, other.seal_key, SEAL_KEY_SIZE), 0);
	cr_assert_neq(memcmp(row.sign_key, other.sign_key, SIGN_KEY_SIZE), 0);
	free(one);
	free(two);
}

Test(key_file, never_writes_over_what_is_there)
{
	char *path = temp_dir_path(dir, "kunci");
	char text[SHOWN_MAX];

	temp_dir_write(dir, "kunci", "lama");
	cr_assert_eq(key_file_new(path, "a", bytes_of_text(words)), ERR_DUP);
	slurp(path, text);
	cr_assert_str_eq(text, "lama");
	cr_assert_eq(unlink(path), 0);
	temp_dir_write(dir, "kunci.pub", "lama");
	cr_assert_eq(key_file_new(path, "a", bytes_of_text(words)), ERR_DUP);
	cr_assert_eq(access(path, F_OK), -1);
	free(path);
}

Test(key_file, tells_damage_from_another_passphrase)
{
	char *path = temp_dir_path(dir, "kunci");
	char text[SHOWN_MAX];
	struct key_file key;
	size_t len;

	cr_assert_eq(key_file_new(path, "a", bytes_of_text(words)), OK);
	cr_assert_not_null(freopen("/dev/null", "w", stderr));
	len = slurp(path, text);
	for (size_t at = 0; at < len; at++) {
		text[at] ^= 1;
		temp_dir_write(dir, "kunci", text);
		text[at] ^= 1;
		cr_assert_eq(key_file_open(&key, path, bytes_of_text(words)),
		    ERR_INVALID, "byte %zu", at);
	}
	for (size_t cut = 0; cut < len; cut++) {
		char kept = text[cut];

		text[cut] = '\0';
		temp_dir_write(dir, "kunci", text);
		text[cut] = kept;
		cr_assert_eq(key_file_open(&key, path, bytes_of_text(words)),
		    ERR_INVALID, "cut at %zu", cut);
	}
	free(path);
}

/* ---- passphrases */

static enum err
ask_file(const char *name, bool is_new)
{
	char *path = temp_dir_path(dir, name);
	struct passphrase passphrase;
	enum err err = passphrase_ask(&passphrase, path, is_new);

	if (err == OK)
		cr_assert(bytes_equal(bytes_of(passphrase.at, passphrase.len),
		    bytes_of_text(words)));
	free(path);
	return err;
}

Test(passphrase_ask, takes_the_one_line_of_a_file_of_its_owner)
{
	write_mode("a", words, 0600);
	cr_assert_eq(ask_file("a", true), OK);
	write_mode("b", "empat kata yang jarang\n", 0400);
	cr_assert_eq(ask_file("b", false), OK);
	write_mode("c", "empat kata yang jarang\r\n", 0600);
	cr_assert_eq(ask_file("c", false), OK);
}

Test(passphrase_ask, leaves_no_core_of_the_process_behind)
{
	struct rlimit core;

	write_mode("a", words, 0600);
	cr_assert_eq(ask_file("a", true), OK);
	cr_assert_eq(prctl(PR_GET_DUMPABLE), 0);
	cr_assert_eq(getrlimit(RLIMIT_CORE, &core), 0);
	cr_assert_eq(core.rlim_max, 0);
}

Test(passphrase_ask, refuses_a_file_that_others_can_read)
{
	static const mode_t modes[] = {0604, 0640, 0644, 0660, 0601};

	for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) {
		write_mode("a", words, modes[i]);
		cr_assert_eq(ask_file("a", false), ERR_DENIED);
	}
}

Test(passphrase_ask, refuses_a_file_that_is_empty_missing_or_has_two_lines)
{
	char longer[PASSPHRASE_MAX + 1];

	cr_assert_eq(ask_file("none", false), ERR_DENIED);
	write_mode("a", "", 0600);
	cr_assert_eq(ask_file("a", false), ERR_DENIED);
	write_mode("a", "\n", 0600);
	cr_assert_eq(ask_file("a", false), ERR_DENIED);
	write_mode("a", "empat kata yang jarang\nlagi\n", 0600);
	cr_assert_eq(ask_file("a", false), ERR_DENIED);
	memset(longer, 'a', PASSPHRASE_MAX);
	longer[PASSPHRASE_MAX] = '\0';
	write_mode("a", longer, 0600);
	cr_assert_eq(ask_file("a", false), ERR_DENIED);
}

Test(passphrase_ask, wants_twelve_characters_of_a_new_one)
{
	struct passphrase passphrase;
	char *path = temp_dir_path(dir, "a");

	write_mode("a", "sebelas hur", 0600);
	cr_assert_eq(passphrase_ask(&passphrase, path, true), ERR_DENIED);
	cr_assert_eq(passphrase_ask(&passphrase, path, false), OK);
	write_mode("a", "dua belas hu", 0600);
	cr_assert_eq(passphrase_ask(&passphrase, path, true), OK);
	/* Six characters in twelve bytes. */
	write_mode("a", "éééééé", 0600);
	cr_assert_eq(passphrase_ask(&passphrase, path, true), ERR_DENIED);
	free(path);
}

/* What the terminal has shown until `wanted` stands there `times` times. */
static void
expect(int fd, char shown[SHOWN_MAX], const char *wanted, int times)
{
	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		size_t len = strlen(shown);
		const char *at = shown;
		int count = 0;
		ssize_t got;

		while ((at = strstr(at, wanted)) != NULL) {
			count++;
			at += strlen(wanted);
		}
		if (count >= times)
			return;
		cr_assert_eq(poll(&ready, 1, DEADLINE_MS), 1, "\"%s\"", shown);
		got = read(fd, shown + len, SHOWN_MAX - 1 - len);
		cr_assert_gt(got, 0, "\"%s\"", shown);
		shown[len + (size_t)got] = '\0';
	}
}

/* A person types `first` and, if it is not NULL, `second`. Returns whether
 * the words were taken; the terminal must have its echo again and must not
 * have shown a word. */
static bool
typed(const char *first, const char *second)
{
	char shown[SHOWN_MAX] = "";
	int fd, status;
	pid_t child = forkpty(&fd, NULL, NULL, NULL);

	cr_assert_geq(child, 0);
	if (child == 0) {
		struct passphrase passphrase;
		struct termios after;
		bool taken =
		    passphrase_ask(&passphrase, NULL, second != NULL) == OK &&
		    passphrase.len == strlen(words) &&
		    memcmp(passphrase.at, words, passphrase.len) == 0;

		if (tcgetattr(0, &after) != 0 || (after.c_lflag & ECHO) == 0)
			_exit(9);
		_exit(taken ? 0 : 1);
	}
	expect(fd, shown, "passphrase: ", 1);
	cr_assert_eq(write(fd, first, strlen(first)), (ssize_t)strlen(first));
	if (second != NULL) {
		expect(fd, shown, "again: ", 1);
		cr_assert_eq(
		    write(fd, second, strlen(second)), (ssize_t)strlen(second));
	}
	expect(fd, shown, "\r\n", second == NULL ? 1 : 2);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) != 9);
	cr_assert_null(strstr(shown, "jarang"));
	close(fd);
	return WEXITSTATUS(status) == 0;
}

Test(passphrase_ask, asks_at_the_terminal_without_echo)
{
	cr_assert(typed("empat kata yang jarang\n", NULL));
	cr_assert_not(typed("\n", NULL));
}

Test(passphrase_ask, asks_twice_for_a_new_one)
{
	cr_assert(
	    typed("empat kata yang jarang\n", "empat kata yang jarang\n"));
	cr_assert_not(
	    typed("empat kata yang jarang\n", "empat kata yang Jarang\n"));
}

Test(passphrase_ask, leaves_the_terminal_in_order_after_ctrl_c)
{
	cr_assert_not(typed("empat kata yang jarang\003", NULL));
}

/* ---- the commands */

static int
run(int (*command)(int, char **), const char *const *argv)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	return command(argc, (char **)(uintptr_t)argv);
}

Test(recipients_sign, makes_a_change_that_verifies)
{
	char *key = temp_dir_path(dir, "kunci"),
	     *public = temp_dir_path(dir, "kunci.pub"),
	     *new = temp_dir_path(dir, "baru"),
	     *new_public = temp_dir_path(dir, "baru.pub"),
	     *pass = temp_dir_path(dir, "sandi"),
	     *out = temp_dir_path(dir, "ubah");
	const char *const sign[] = {"recipients", "sign", "--key", key,
	    "--origin", "ikrar/73.71/1", "--version", "2", "-o", out,
	    "--passphrase-file", pass, public, new_public, NULL};
	const char *const twice[] = {"recipients", "sign", "--key", key,
	    "--origin", "ikrar/73.71/1", "--version", "2", "--passphrase-file",
	    pass, public, key, NULL};
	const char *const made[] = {
	    "key", "new", new, "--id", "kasn", "--passphrase-file", pass, NULL};
	struct recipients_change change;
	struct recipients_word word;
	struct recipient_row row;
	struct hash hash;
	char text[SHOWN_MAX];
	size_t len;

	write_mode("sandi", words, 0600);
	cr_assert_eq(
	    key_file_new(key, "inspektorat", bytes_of_text(words)), OK);
	cr_assert_eq(run(cmd_key, made), 0);
	cr_assert_neq(run(cmd_key, made), 0);
	cr_assert_eq(run(cmd_recipients, sign), 0);
	cr_assert_neq(run(cmd_recipients, sign), 0); /* it is there */
	cr_assert_neq(run(cmd_recipients, twice), 0);
	len = slurp(out, text);
	cr_assert_eq(recipients_change_get(&change, bytes_of(text, len)), OK);
	cr_assert_eq(key_file_public(&row, public), OK);
	cr_assert_eq(memcmp(&change.body.rows[0], &row, sizeof row), 0);
	cr_assert_str_eq(change.body.rows[1].id, "kasn");
	cr_assert_arr_eq(change.body.signer, row.sign_key, SIGN_KEY_SIZE);
	hash = recipients_hash(change.body.rows, change.body.row_count);
	word = (struct recipients_word){change.origin, 2, hash.at};
	cr_assert(recipients_sign_is_valid(
	    change.body.signature, &word, row.sign_key));
	free(key);
	free(public);
	free(new);
	free(new_public);
	free(pass);
	free(out);
}
