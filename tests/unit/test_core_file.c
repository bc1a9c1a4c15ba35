/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

#include <criterion/criterion.h>

static char *dir, *path;

static void
set_up(void)
{
	dir = temp_dir_make();
	path = temp_dir_path(dir, "text");
}

static void
tear_down(void)
{
	free(path);
	temp_dir_remove(dir);
}

TestSuite(file, .init = set_up, .fini = tear_down);

Test(file, is_written_whole_and_read_back)
{
	char text[8];
	struct stat is;

	cr_assert_eq(file_write_new(path, bytes_of_text("seven.."), 0600), OK);
	cr_assert_eq(stat(path, &is), 0);
	cr_assert_eq(is.st_mode & 0777, 0600);
	cr_assert_eq(file_read_text(path, text, sizeof text), OK);
	cr_assert_str_eq(text, "seven..");
}

Test(file, that_is_there_stays_as_it_is)
{
	char text[8];

	cr_assert_eq(file_write_new(path, bytes_of_text("old"), 0600), OK);
	cr_assert_eq(file_write_new(path, bytes_of_text("new"), 0600), ERR_DUP);
	cr_assert_eq(errno, EEXIST);
	cr_assert_eq(file_read_text(path, text, sizeof text), OK);
	cr_assert_str_eq(text, "old");
}

Test(file, is_never_written_through_a_link)
{
	char *link_path = temp_dir_path(dir, "link");

	cr_assert_eq(symlink(path, link_path), 0);
	cr_assert_eq(
	    file_write_new(link_path, bytes_of_text("x"), 0600), ERR_DUP);
	cr_assert_neq(access(path, F_OK), 0);
	free(link_path);
}

Test(file, that_cannot_be_made_says_why)
{
	cr_assert_eq(
	    file_write_new("/dev/full/x", bytes_of_text("x"), 0600), ERR_IO);
	cr_assert_eq(errno, ENOTDIR);
}

Test(file, too_long_or_no_text_is_not_read)
{
	char text[4];

	cr_assert_eq(file_read_text(path, text, sizeof text), ERR_NOTFOUND);
	cr_assert_eq(file_write_new(path, bytes_of_text("four"), 0600), OK);
	cr_assert_eq(file_read_text(path, text, sizeof text), ERR_INVALID);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(file_write_new(path, bytes_of("a\0b", 3), 0600), OK);
	cr_assert_eq(file_read_text(path, text, sizeof text), ERR_INVALID);
	cr_assert_eq(file_read_text(dir, text, sizeof text), ERR_IO);
}

Test(file, names_are_synced_where_there_is_a_directory)
{
	char *nowhere = temp_dir_path(dir, "none/file");

	cr_assert(file_sync_dir(dir));
	cr_assert(file_sync_dir_of(path));
	cr_assert(file_sync_dir_of("here"));
	cr_assert_not(file_sync_dir_of(nowhere));
	cr_assert_eq(errno, ENOENT);
	free(nowhere);
}
