/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event loop for a daemon: descriptors, timers, signals. The only module
 * that reads a clock. The clock is the wall clock, or in a drill a small file
 * with decimal milliseconds that the driver of the drill rewrites (rename);
 * the file is read again at each loop_now_ms and looked at every 20 ms, so
 * that timers on the wall clock fire soon after it was moved.
 *
 * Timers of loop_after_ms run on the monotonic clock, in a drill too: they are
 * for retries and time limits. What is due at a date asks loop_now_ms.
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct event_base;
struct loop;
struct loop_timer;
struct loop_fd;

typedef void (*loop_fn)(void *context);

/* `clock_file` NULL: the wall clock. ERR_INVALID: the file cannot be read. */
enum err loop_open(struct loop **loop, const char *clock_file) MUST_CHECK;
void loop_close(struct loop *loop);
/* libevent's own, for core/http alone. */
struct event_base *loop_base(struct loop *loop);

/* Milliseconds since 1970. */
uint64_t loop_now_ms(struct loop *loop);
/* The wall clock or the drill's, for a command without a loop. */
enum err loop_clock_ms(const char *clock_file, uint64_t *now_ms) MUST_CHECK;
/* What a drill's file says; ERR_INVALID is not logged. */
enum err loop_clock_read(const char *clock_file, uint64_t *now_ms) MUST_CHECK;
/* Monotonic milliseconds and nanoseconds; for durations only. */
uint64_t loop_monotonic_ms(void);
uint64_t loop_monotonic_ns(void);
/* Since the machine was started, also while it slept; nobody sets it. */
uint64_t loop_boot_ms(void);
/* From the kernel; ends the process if it cannot. */
void loop_random(void *at, size_t len);

/* Runs `fn` when fd is ready for what is asked, until removed. */
enum loop_ready { LOOP_READABLE = 1, LOOP_WRITABLE = 2 };
struct loop_fd *loop_fd_add(
    struct loop *loop, int fd, unsigned ready, loop_fn fn, void *context);
void loop_fd_remove(struct loop_fd *fd);

/* A timer that is idle until set; setting again moves it; 0 = next turn. */
struct loop_timer *loop_timer_new(struct loop *loop, loop_fn fn, void *context);
void loop_timer_set(struct loop_timer *timer, uint64_t after_ms);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* Runs `fn` at least every 20 ms of real time in a drill, else every second:
 * the moment to ask loop_now_ms whether something is due at a date. */
void loop_on_clock(struct loop *loop, loop_fn fn, void *context);

/* From here on SIGTERM and SIGINT end the loop, at once when it begins: for a
 * daemon that is about to say that it is ready. */
void loop_catch_signals(struct loop *loop);
/* Runs until loop_stop, SIGTERM or SIGINT. SIGPIPE is ignored. */
enum err loop_run(struct loop *loop) MUST_CHECK;
void loop_stop(struct loop *loop);
/* Runs until `*done` or the deadline: ERR_TIMEOUT. For commands. */
enum err loop_run_until(
    struct loop *loop, const bool *done, uint64_t within_ms) MUST_CHECK;

#endif
