/* SPDX-License-Identifier: Apache-2.0 */
#include "core/loop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

enum { WITHIN_MS = 5000, CLOCK_START_MS = 1700000000 };

struct seen {
	struct loop *loop;
	struct loop_timer *timer;
	struct loop_fd *fd;
	int fd_number;
	unsigned count, wanted;
	uint64_t wanted_ms;
	bool done;
};

static void
count_once(void *context)
{
	struct seen *seen = context;

	seen->count++;
	seen->done = seen->count >= seen->wanted;
}

static void
count_again(void *context)
{
	struct seen *seen = context;

	count_once(seen);
	loop_timer_set(seen->timer, 0);
}

Test(core_loop, fires_a_timer_after_its_time_and_not_before)
{
	struct seen seen = {.wanted = 1};
	uint64_t start_ms = loop_monotonic_ms();

	cr_assert_eq(loop_open(&seen.loop, NULL), OK);
	seen.timer = loop_timer_new(seen.loop, count_once, &seen);
	loop_timer_set(seen.timer, 30);
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, WITHIN_MS), OK);
	cr_assert_geq(loop_monotonic_ms() - start_ms, 25);
	loop_timer_free(seen.timer);
	loop_close(seen.loop);
}

Test(core_loop, gives_up_waiting_at_the_deadline)
{
	struct seen seen = {.wanted = 2};

	cr_assert_eq(loop_open(&seen.loop, NULL), OK);
	seen.timer = loop_timer_new(seen.loop, count_once, &seen);
	loop_timer_set(seen.timer, 0);
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, 20), ERR_TIMEOUT);
	cr_assert_eq(seen.count, 1, "a timer fires once");
	loop_timer_set(seen.timer, 1);
	loop_timer_stop(seen.timer);
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, 20), ERR_TIMEOUT);
	cr_assert_eq(seen.count, 1, "a stopped timer does not fire");
	loop_timer_free(seen.timer);
	loop_close(seen.loop);
}

static void
read_byte(void *context)
{
	struct seen *seen = context;
	char byte;

	cr_assert_eq(read(seen->fd_number, &byte, 1), 1);
	loop_fd_remove(seen->fd);
	seen->done = true;
}

Test(core_loop, serves_a_descriptor_beside_a_timer_that_sets_itself_to_0)
{
	struct seen seen = {.wanted = 1000000};
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(loop_open(&seen.loop, NULL), OK);
	seen.fd_number = ends[0];
	seen.timer = loop_timer_new(seen.loop, count_again, &seen);
	loop_timer_set(seen.timer, 0);
	seen.fd =
	    loop_fd_add(seen.loop, ends[0], LOOP_READABLE, read_byte, &seen);
	cr_assert_eq(write(ends[1], "x", 1), 1);
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, WITHIN_MS), OK);
	loop_timer_free(seen.timer);
	loop_close(seen.loop);
}

static void
stop_loop(void *context)
{
	struct seen *seen = context;

	seen->count++;
	loop_stop(seen->loop);
}

Test(core_loop, runs_until_stopped)
{
	struct seen seen = {0};

	cr_assert_eq(loop_open(&seen.loop, NULL), OK);
	seen.timer = loop_timer_new(seen.loop, stop_loop, &seen);
	loop_timer_set(seen.timer, 1);
	cr_assert_eq(loop_run(seen.loop), OK);
	cr_assert_eq(seen.count, 1);
	loop_timer_free(seen.timer);
	loop_close(seen.loop);
}

static void
raise_term(void *context)
{
	(void)context;
	raise(SIGTERM);
}

Test(core_loop, ends_in_order_at_sigterm_and_survives_sigpipe)
{
	struct loop *loop;
	struct loop_timer *timer;
	int ends[2];

	cr_assert_eq(loop_open(&loop, NULL), OK);
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	cr_assert_eq(write(ends[1], "x", 1), -1);
	timer = loop_timer_new(loop, raise_term, NULL);
	loop_timer_set(timer, 1);
	cr_assert_eq(loop_run(loop), OK);
	loop_timer_free(timer);
	loop_close(loop);
}

/* Between "ready" and the first turn of the loop, too. */
Test(core_loop, keeps_a_signal_that_came_before_the_loop_began)
{
	struct loop *loop;

	cr_assert_eq(loop_open(&loop, NULL), OK);
	loop_catch_signals(loop);
	raise(SIGTERM);
	cr_expect_eq(loop_run(loop), OK);
	loop_close(loop);
}

Test(core_loop, reads_the_wall_clock_without_a_file)
{
	struct loop *loop;
	uint64_t now_ms = 0;

	cr_assert_eq(loop_open(&loop, NULL), OK);
	cr_assert_eq(loop_clock_ms(NULL, &now_ms), OK);
	cr_assert_gt(now_ms, (uint64_t)CLOCK_START_MS * 1000);
	cr_assert_leq(now_ms, loop_now_ms(loop));
	loop_close(loop);
}

static void
on_clock(void *context)
{
	struct seen *seen = context;

	seen->done = loop_now_ms(seen->loop) >= seen->wanted_ms;
}

/* As the driver of a drill does: a new file in the place of the old one. */
static void
move_clock(const char *dir, const char *text)
{
	char *from = temp_dir_path(dir, "clock.new");
	char *to = temp_dir_path(dir, "clock");

	temp_dir_write(dir, "clock.new", text);
	cr_assert_eq(rename(from, to), 0);
	free(from);
	free(to);
}

Test(core_loop, follows_the_clock_file_of_a_drill)
{
	struct seen seen = {.wanted_ms = 1700000600000};
	char *dir = temp_dir_make();
	char *path = temp_dir_path(dir, "clock");
	uint64_t start_ms;

	move_clock(dir, "1700000000000\n");
	cr_assert_eq(loop_open(&seen.loop, path), OK);
	cr_assert_eq(loop_now_ms(seen.loop), 1700000000000);
	loop_on_clock(seen.loop, on_clock, &seen);
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, 50), ERR_TIMEOUT);
	move_clock(dir, "1700000600000");
	start_ms = loop_monotonic_ms();
	cr_assert_eq(loop_run_until(seen.loop, &seen.done, WITHIN_MS), OK);
	cr_assert_leq(loop_monotonic_ms() - start_ms, 1000);
	loop_close(seen.loop);
	free(path);
	temp_dir_remove(dir);
}

Test(core_loop, holds_the_last_drill_time_while_the_file_is_unreadable)
{
	struct loop *loop;
	char *dir = temp_dir_make();
	char *path = temp_dir_path(dir, "clock");
	uint64_t now_ms;

	move_clock(dir, "5000");
	cr_assert_eq(loop_open(&loop, path), OK);
	move_clock(dir, "soon");
	cr_assert_eq(loop_now_ms(loop), 5000);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(loop_now_ms(loop), 5000);
	move_clock(dir, "6000");
	cr_assert_eq(loop_now_ms(loop), 6000);
	cr_assert_eq(loop_clock_ms(path, &now_ms), OK);
	cr_assert_eq(now_ms, 6000);
	loop_close(loop);
	free(path);
	temp_dir_remove(dir);
}

Test(core_loop, refuses_a_clock_file_without_a_time)
{
	struct loop *loop;
	char *dir = temp_dir_make();
	char *path = temp_dir_path(dir, "clock");

	cr_assert_eq(loop_open(&loop, path), ERR_INVALID);
	move_clock(dir, "");
	cr_assert_eq(loop_open(&loop, path), ERR_INVALID);
	move_clock(dir, "12:00");
	cr_assert_eq(loop_open(&loop, path), ERR_INVALID);
	free(path);
	temp_dir_remove(dir);
}

Test(core_loop, draws_random_bytes_that_differ)
{
	uint8_t one[32] = {0}, two[32] = {0};

	loop_random(one, sizeof one);
	loop_random(two, sizeof two);
	cr_assert_neq(memcmp(one, two, sizeof one), 0);
}
