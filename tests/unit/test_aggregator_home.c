/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/home.h"

#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

static char *dir;

static void
set_up(void)
{
	dir = temp_dir_make();
}

static void
tear_down(void)
{
	temp_dir_remove(dir);
}

TestSuite(home, .init = set_up, .fini = tear_down);

static void
make_keys(struct home_keys *keys)
{
	uint8_t seed[SIGN_SEED_SIZE] = {42};

	sign_keys_make(&keys->log, seed);
	link_keys_make(&keys->server);
}

Test(home, keeps_keys)
{
	struct home_keys keys, read;

	make_keys(&keys);
	cr_assert_eq(home_keys_load(&read, dir), ERR_NOTFOUND);
	cr_assert_eq(home_keys_save(&keys, dir), OK);
	cr_assert_eq(home_keys_load(&read, dir), OK);
	cr_assert_arr_eq(&read, &keys, sizeof keys);
}

Test(home, never_replaces_keys)
{
	struct home_keys keys, other, read;

	make_keys(&keys);
	cr_assert_eq(home_keys_save(&keys, dir), OK);
	make_keys(&other);
	cr_assert_eq(home_keys_save(&other, dir), ERR_DUP);
	cr_assert_eq(home_keys_load(&read, dir), OK);
	cr_assert_arr_eq(&read, &keys, sizeof keys);
}

Test(home, refuses_keys_that_others_can_read)
{
	struct home_keys keys, read;
	char *path = temp_dir_path(dir, "keys/log");

	make_keys(&keys);
	cr_assert_eq(home_keys_save(&keys, dir), OK);
	cr_assert_eq(chmod(path, 0640), 0);
	cr_assert_eq(home_keys_load(&read, dir), ERR_INVALID);
	free(path);
}

Test(home, refuses_damaged_keys)
{
	struct home_keys keys, read;
	char *path = temp_dir_path(dir, "keys/server");

	make_keys(&keys);
	cr_assert_eq(home_keys_save(&keys, dir), OK);
	temp_dir_write(dir, "keys/server", "abcd\n");
	cr_assert_eq(chmod(path, 0600), 0);
	cr_assert_eq(home_keys_load(&read, dir), ERR_INVALID);
	free(path);
}

Test(home, tells_endpoints)
{
	struct home_endpoints told = {.listen = "tcp://127.0.0.1:5570",
	    .join_listen = "tcp://127.0.0.1:5571",
	    .region_count = 2,
	    .region = {"tcp://one:1", "tcp://two:2"},
	    .join_count = 1,
	    .join = {"tcp://three:3"}};
	struct home_endpoints read;

	cr_assert_eq(home_endpoints_load(&read, dir), ERR_NOTFOUND);
	cr_assert_eq(home_endpoints_save(&told, dir), OK);
	cr_assert_eq(home_endpoints_load(&read, dir), OK);
	cr_assert_str_eq(read.listen, told.listen);
	cr_assert_str_eq(read.join_listen, told.join_listen);
	cr_assert_eq(read.region_count, 2);
	cr_assert_str_eq(read.region[1], "tcp://two:2");
	cr_assert_eq(read.join_count, 1);
	cr_assert_str_eq(read.join[0], "tcp://three:3");
}

Test(home, refuses_lines_that_are_no_endpoints)
{
	struct home_endpoints read;

	temp_dir_write(dir, "endpoints", "elsewhere tcp://x\n");
	cr_assert_eq(home_endpoints_load(&read, dir), ERR_INVALID);
	temp_dir_write(dir, "endpoints", "listen\n");
	cr_assert_eq(home_endpoints_load(&read, dir), ERR_INVALID);
}

Test(home, knows_whether_a_daemon_is_alive)
{
	int fd, second;

	cr_assert_eq(home_alive_check(dir, 1000), ERR_NOTFOUND);
	cr_assert_eq(home_alive_open(&fd, dir), OK);
	cr_assert_eq(home_alive_check(dir, 1000), ERR_TIMEOUT);
	home_alive_beat(fd, 1000000);
	cr_assert_eq(home_alive_open(&second, dir), ERR_DUP);
	cr_assert_eq(home_alive_check(dir, 1000000 + HOME_ALIVE_MS), OK);
	cr_assert_eq(
	    home_alive_check(dir, 1000001 + HOME_ALIVE_MS), ERR_TIMEOUT);
	home_alive_close(fd);
	cr_assert_eq(home_alive_check(dir, 1000000), ERR_NOTFOUND);
	/* The next one has not answered yet. */
	cr_assert_eq(home_alive_open(&fd, dir), OK);
	cr_assert_eq(home_alive_check(dir, 1000000), ERR_TIMEOUT);
	home_alive_close(fd);
}
