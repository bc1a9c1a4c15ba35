/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon itself, in a process of its own, over real sockets. */
#include "aggregator/verbs.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "aggregator/home.h"
#include "aggregator/store.h"
#include "core/loop.h"
#include "node/keys.h"
#include "node/spool.h"
#include "node/uplink.h"
#include "tests/support/temp_dir.h"

enum { WITHIN_MS = 20000 };

static char *dir;
static pid_t daemon_pid;

static void
init(void)
{
	char verb[] = "init", option[] = "--dir", way[] = "--wilayah";
	char code[] = "73.04";
	char *argv[] = {verb, option, dir, way, code, NULL};

	cr_assert_eq(verb_init(5, argv), 0);
}

static bool
is_alive(void)
{
	uint64_t wall_ms;

	CHECK(loop_clock_ms(NULL, &wall_ms) == OK);
	return home_alive_check(dir, wall_ms) == OK;
}

/* Calls `fn` every few milliseconds until it says true or time is up. */
static bool
wait_for(bool (*fn)(void))
{
	struct loop *loop;
	bool never = false;
	uint64_t until = loop_monotonic_ms() + WITHIN_MS;

	CHECK(loop_open(&loop, NULL) == OK);
	while (!fn() && loop_monotonic_ms() < until)
		CHECK(loop_run_until(loop, &never, 10) == ERR_TIMEOUT);
	loop_close(loop);
	return fn();
}

static void
start(void)
{
	char verb[] = "run", option[] = "--dir";
	char listen[] = "--listen", join[] = "--join-listen";
	char any[] = "tcp://127.0.0.1:*", any_join[] = "tcp://127.0.0.1:*";
	char *argv[] = {verb, option, dir, listen, any, join, any_join, NULL};

	daemon_pid = fork();
	cr_assert_geq(daemon_pid, 0);
	if (daemon_pid == 0)
		_exit(verb_run(7, argv));
	cr_assert(wait_for(is_alive));
}

static int
stop(int number)
{
	int status = -1;

	cr_assert_eq(kill(daemon_pid, number), 0);
	cr_assert_eq(waitpid(daemon_pid, &status, 0), daemon_pid);
	daemon_pid = 0;
	return status;
}

static void
set_up(void)
{
	dir = temp_dir_make();
	init();
}

static void
tear_down(void)
{
	if (daemon_pid > 0)
		(void)stop(SIGKILL);
	temp_dir_remove(dir);
}

TestSuite(run, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- the admin as a node of its own */

struct admin {
	struct node_keys keys;
	struct node_region region;
	struct loop *loop;
	struct link *link;
	struct spool *spool;
	struct uplink *uplink;
	char *dir;
	bool is_drained;
};

static void
on_changed(void *context)
{
	struct admin *admin = context;

	admin->is_drained =
	    admin->uplink != NULL && uplink_is_drained(admin->uplink);
}

static void
admin_open(struct admin *admin)
{
	struct home_endpoints endpoints;
	struct spool_options spool_options = {.create = true};
	struct uplink_options uplink_options;

	*admin = (struct admin){.dir = temp_dir_path(dir, "admin")};
	cr_assert_eq(node_keys_load(&admin->keys, admin->dir), OK);
	cr_assert_eq(node_region_load(&admin->region, admin->dir), OK);
	cr_assert_eq(home_endpoints_load(&endpoints, dir), OK);
	admin->region.endpoint_count = 1;
	memcpy(admin->region.endpoints[0], endpoints.listen, ENDPOINT_MAX);
	cr_assert_eq(loop_open(&admin->loop, NULL), OK);
	cr_assert_eq(link_open(&admin->link, admin->loop), OK);
	spool_options.dir = admin->dir;
	spool_options.keys = &admin->keys;
	spool_options.wilayah = admin->region.wilayah;
	cr_assert_eq(spool_open(&admin->spool, &spool_options), OK);
	uplink_options = (struct uplink_options){.loop = admin->loop,
	    .link = admin->link,
	    .spool = admin->spool,
	    .keys = &admin->keys,
	    .region = &admin->region,
	    .dir = admin->dir,
	    .changed = on_changed,
	    .context = admin};
	cr_assert_eq(uplink_open(&admin->uplink, &uplink_options), OK);
}

static void
admin_close(struct admin *admin)
{
	uplink_close(admin->uplink);
	spool_close(admin->spool);
	link_close(admin->link);
	loop_close(admin->loop);
	free(admin->dir);
}

static void
admin_say(struct admin *admin)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};
	enum reject why = REJECT_NONE;

	(void)text_copy(event.software, sizeof event.software, "test/1");
	cr_assert_eq(
	    spool_add(admin->spool, &event, 1, loop_now_ms(admin->loop), &why),
	    OK);
	admin->is_drained = false;
	uplink_wake(admin->uplink);
	cr_assert_eq(
	    loop_run_until(admin->loop, &admin->is_drained, WITHIN_MS), OK);
	cr_assert_eq(uplink_halted(admin->uplink), REJECT_NONE);
}

Test(run, receipts_what_a_node_pushes_over_curve)
{
	struct admin admin;
	struct spool_row row;

	start();
	admin_open(&admin);
	admin_say(&admin);
	cr_assert_eq(spool_row(admin.spool, 1, &row), OK);
	cr_assert_eq(row.state, RECORD_RECEIPTED);
	spool_row_done(admin.spool);
	admin_close(&admin);
}

Test(run, keeps_what_it_receipted_when_it_is_killed)
{
	struct admin admin;
	struct store *store;
	struct stored stored;

	start();
	admin_open(&admin);
	admin_say(&admin);
	admin_close(&admin);
	(void)stop(SIGKILL);
	cr_assert_eq(store_open(&store, dir, STORE_READ), OK);
	cr_assert_eq(store_size(store), 2);
	cr_assert_eq(store_entry(store, 1, &stored), OK);
	cr_assert_eq(stored.event.kind, EVENT_NODE_REPORTED);
	store_close(store);
	start();
	admin_open(&admin);
	admin_say(&admin);
	admin_close(&admin);
}

static int
healthcheck(void)
{
	char verb[] = "healthcheck", option[] = "--dir";
	char *argv[] = {verb, option, dir, NULL};

	return verb_healthcheck(3, argv);
}

static int
rebuild(void)
{
	char verb[] = "rebuild", option[] = "--dir", compare[] = "--compare";
	char *argv[] = {verb, option, dir, compare, NULL};

	return verb_rebuild(4, argv);
}

Test(run, stops_cleanly_and_leaves_a_snapshot_that_a_rebuild_equals)
{
	struct admin admin;
	struct store *store;
	struct text_buf saved = {0};
	uint64_t entries;

	cr_assert_eq(healthcheck(), 1);
	start();
	cr_assert_eq(healthcheck(), 0);
	admin_open(&admin);
	admin_say(&admin);
	admin_close(&admin);
	cr_assert_neq(rebuild(), 0);
	cr_assert_eq(stop(SIGTERM), 0);
	cr_assert_eq(healthcheck(), 1);
	cr_assert_eq(store_open(&store, dir, STORE_READ), OK);
	cr_assert_eq(store_snapshot(store, &saved, &entries), OK);
	cr_assert_eq(entries, 2);
	store_close(store);
	text_buf_clear(&saved);
	cr_assert_eq(rebuild(), 0);
}

Test(run, a_second_daemon_does_not_start)
{
	char verb[] = "run", option[] = "--dir";
	char listen[] = "--listen", join[] = "--join-listen";
	char any[] = "tcp://127.0.0.1:*";
	char *argv[] = {verb, option, dir, listen, any, join, any, NULL};
	int status;
	pid_t second;

	start();
	second = fork();
	if (second == 0)
		_exit(verb_run(7, argv));
	cr_assert_eq(waitpid(second, &status, 0), second);
	cr_assert(WIFEXITED(status));
	cr_assert_eq(WEXITSTATUS(status), 1);
	cr_assert(is_alive());
}

Test(run, a_region_is_not_made_twice)
{
	char verb[] = "init", option[] = "--dir", way[] = "--wilayah";
	char code[] = "73.04";
	char *argv[] = {verb, option, dir, way, code, NULL};
	struct home_keys before, after;

	cr_assert_eq(home_keys_load(&before, dir), OK);
	cr_assert_eq(verb_init(5, argv), 1);
	cr_assert_eq(home_keys_load(&after, dir), OK);
	cr_assert_arr_eq(&before, &after, sizeof before);
}

Test(run, a_real_region_refuses_a_drill_clock)
{
	char verb[] = "run", option[] = "--dir", clock[] = "--clock";
	char *file = temp_dir_path(dir, "clock");
	char *argv[] = {verb, option, dir, clock, file, NULL};
	int status;
	pid_t child;

	temp_dir_write(dir, "clock", "1726963200000");
	child = fork();
	if (child == 0)
		_exit(verb_run(5, argv));
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status));
	cr_assert_eq(WEXITSTATUS(status), 1);
	free(file);
}

/* A snapshot with one byte turned is found out, and mended by a rebuild. */
Test(run, a_rebuild_finds_a_changed_snapshot)
{
	char verb[] = "rebuild", option[] = "--dir";
	char *argv[] = {verb, option, dir, NULL};
	struct store *store;
	struct text_buf saved = {0};
	uint64_t entries;

	start();
	cr_assert_eq(stop(SIGTERM), 0);
	cr_assert_eq(rebuild(), 0);
	cr_assert_eq(store_open(&store, dir, STORE_WRITE), OK);
	cr_assert_eq(store_snapshot(store, &saved, &entries), OK);
	saved.at[saved.len / 2] ^= 1;
	store_begin(store, 0);
	store_put_snapshot(store, bytes_of(saved.at, saved.len), entries);
	cr_assert_eq(store_commit(store), OK);
	store_close(store);
	text_buf_clear(&saved);
	cr_assert_eq(rebuild(), 1);
	cr_assert_eq(verb_rebuild(3, argv), 1);
	cr_assert_eq(rebuild(), 0);
}
