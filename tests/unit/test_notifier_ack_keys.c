/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_keys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

Test(notifier_ack_keys, are_made_once_and_for_the_owner_alone)
{
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "ack-keys");
	struct ack_keys first, again;
	struct stat stat_;

	cr_assert_eq(ack_keys_load(&first, dir), ERR_NOTFOUND);
	cr_assert_eq(ack_keys_make(dir), OK);
	cr_assert_eq(ack_keys_load(&first, dir), OK);
	cr_assert_not(first.has_before);
	cr_assert_eq(stat(path, &stat_), 0);
	cr_assert_eq(stat_.st_mode & 0777, 0600);
	cr_assert_eq(ack_keys_make(dir), OK);
	cr_assert_eq(ack_keys_load(&again, dir), OK);
	cr_assert_eq(memcmp(first.now, again.now, ACK_KEY_SIZE), 0);
	free(path);
	temp_dir_remove(dir);
}

Test(notifier_ack_keys, rotate_keeps_the_one_before_and_no_older_one)
{
	char *dir = temp_dir_make();
	struct ack_keys first, second, third;

	cr_assert_eq(ack_keys_rotate(dir), OK, "makes the first one");
	cr_assert_eq(ack_keys_load(&first, dir), OK);
	cr_assert_eq(ack_keys_rotate(dir), OK);
	cr_assert_eq(ack_keys_load(&second, dir), OK);
	cr_assert(second.has_before);
	cr_assert_eq(memcmp(second.before, first.now, ACK_KEY_SIZE), 0);
	cr_assert_neq(memcmp(second.now, first.now, ACK_KEY_SIZE), 0);
	cr_assert_eq(ack_keys_rotate(dir), OK);
	cr_assert_eq(ack_keys_load(&third, dir), OK);
	cr_assert_eq(memcmp(third.before, second.now, ACK_KEY_SIZE), 0);
	temp_dir_remove(dir);
}

Test(notifier_ack_keys, rotate_goes_on_after_one_that_was_cut_short)
{
	char *dir = temp_dir_make();
	struct ack_keys keys;

	cr_assert_eq(ack_keys_make(dir), OK);
	temp_dir_write(dir, "ack-keys.new", "ikrar-ack-ke");
	cr_assert_eq(ack_keys_rotate(dir), OK);
	cr_assert_eq(ack_keys_load(&keys, dir), OK);
	cr_assert(keys.has_before);
	temp_dir_remove(dir);
}

#define HEX_32 "00112233445566778899aabbccddeeff"

Test(notifier_ack_keys, a_file_that_is_damaged_or_open_to_others_is_refused)
{
	static const char *const bad[] = {"", "now: " HEX_32 HEX_32 "\n",
	    "ikrar-ack-keys-1\n", "ikrar-ack-keys-1\nnow: " HEX_32 "\n",
	    "ikrar-ack-keys-1\nnow: " HEX_32 HEX_32,
	    "ikrar-ack-keys-1\nnow: " HEX_32 HEX_32 "\nbefore: \n",
	    "ikrar-ack-keys-1\nnow: " HEX_32 HEX_32 "\nmore\n"};
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "ack-keys");
	struct ack_keys keys = {.has_before = true};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		temp_dir_write(dir, "ack-keys", bad[i]);
		cr_assert_eq(chmod(path, 0600), 0);
		cr_expect_eq(
		    ack_keys_load(&keys, dir), ERR_INVALID, "%s", bad[i]);
	}
	cr_assert_eq(ack_keys_rotate(dir), ERR_INVALID);
	temp_dir_write(
	    dir, "ack-keys", "ikrar-ack-keys-1\nnow: " HEX_32 HEX_32 "\n");
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(ack_keys_load(&keys, dir), ERR_INVALID);
	cr_assert(keys.has_before, "nothing was written");
	cr_assert_eq(chmod(path, 0600), 0);
	cr_assert_eq(ack_keys_load(&keys, dir), OK);
	free(path);
	temp_dir_remove(dir);
}
