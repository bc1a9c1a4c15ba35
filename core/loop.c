/* SPDX-License-Identifier: Apache-2.0 */
#include "core/loop.h"

#include "core/bytes.h"
#include "core/log.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
	DRILL_TICK_MS = 20,
	WALL_TICK_MS = 1000,
	SIGNALS = 2,
};

struct clock_fn {
	struct clock_fn *next;
	loop_fn fn;
	void *context;
};

struct loop {
	struct event *signals[SIGNALS]; /* caught, or NULL */
	struct event_base *base;
	char *clock_file;
	uint64_t drill_ms; /* what the clock file said last */
	bool drill_lost;   /* it could not be read the last time */
	bool stopped;
	struct event *tick;
	struct clock_fn *clock_fns;
};

struct loop_timer {
	struct event *event;
	loop_fn fn;
	void *context;
};

struct loop_fd {
	struct event *event;
	loop_fn fn;
	void *context;
};

static struct timeval
timeval_of(uint64_t ms)
{
	return (struct timeval){.tv_sec = (time_t)(ms / 1000),
	    .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
}

static void
on_tick(evutil_socket_t fd, short what, void *context)
{
	struct loop *loop = context;

	(void)fd;
	(void)what;
	for (struct clock_fn *it = loop->clock_fns; it != NULL; it = it->next)
		it->fn(it->context);
}

enum err
loop_open(struct loop **loop, const char *clock_file)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	uint64_t drill_ms = 0;
	struct loop *made;

	if (clock_file != NULL && loop_clock_ms(clock_file, &drill_ms) != OK)
		return ERR_INVALID;
	sigaction(SIGPIPE, &ignore, NULL);
	made = xcalloc(1, sizeof *made);
	made->base = event_base_new();
	if (made->base == NULL)
		fatal("loop-open-failed");
	made->drill_ms = drill_ms;
	if (clock_file != NULL)
		made->clock_file = xstrdup(clock_file);
	*loop = made;
	return OK;
}

static void
leave_signals(struct loop *loop)
{
	for (unsigned i = 0; i < SIGNALS; i++) {
		if (loop->signals[i] != NULL)
			event_free(loop->signals[i]);
		loop->signals[i] = NULL;
	}
}

void
loop_close(struct loop *loop)
{
	if (loop == NULL)
		return;
	leave_signals(loop);
	while (loop->clock_fns != NULL) {
		struct clock_fn *next = loop->clock_fns->next;

		free(loop->clock_fns);
		loop->clock_fns = next;
	}
	if (loop->tick != NULL)
		event_free(loop->tick);
	event_base_free(loop->base);
	free(loop->clock_file);
	free(loop);
}

struct event_base *
loop_base(struct loop *loop)
{
	return loop->base;
}

/* The driver replaces the file by rename; should it be gone for a moment, the
 * last value holds. */
uint64_t
loop_now_ms(struct loop *loop)
{
	uint64_t now_ms = 0;
	bool lost;

	if (loop->clock_file == NULL) {
		CHECK(loop_clock_ms(NULL, &now_ms) == OK);
		return now_ms;
	}
	lost = loop_clock_read(loop->clock_file, &loop->drill_ms) != OK;
	if (lost && !loop->drill_lost)
		log_warnx("clock-file-lost path=%s", loop->clock_file);
	loop->drill_lost = lost;
	return loop->drill_ms;
}

static void
on_fd(evutil_socket_t fd, short what, void *context)
{
	struct loop_fd *self = context;

	(void)fd;
	(void)what;
	self->fn(self->context); /* may remove itself: touch it no more */
}

struct loop_fd *
loop_fd_add(
    struct loop *loop, int fd, unsigned ready, loop_fn fn, void *context)
{
	struct loop_fd *self = xcalloc(1, sizeof *self);
	short what = EV_PERSIST;

	if ((ready & LOOP_READABLE) != 0)
		what |= EV_READ;
	if ((ready & LOOP_WRITABLE) != 0)
		what |= EV_WRITE;
	self->fn = fn;
	self->context = context;
	self->event = event_new(loop->base, fd, what, on_fd, self);
	CHECK(self->event != NULL);
	if (event_add(self->event, NULL) != 0)
		fatalx("loop-fd-failed fd=%d", fd);
	return self;
}

void
loop_fd_remove(struct loop_fd *fd)
{
	if (fd == NULL)
		return;
	event_free(fd->event);
	free(fd);
}

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct loop_timer *timer = context;

	(void)fd;
	(void)what;
	timer->fn(timer->context); /* may free it: touch it no more */
}

struct loop_timer *
loop_timer_new(struct loop *loop, loop_fn fn, void *context)
{
	struct loop_timer *timer = xcalloc(1, sizeof *timer);

	timer->fn = fn;
	timer->context = context;
	timer->event = evtimer_new(loop->base, on_timer, timer);
	CHECK(timer->event != NULL);
	return timer;
}

void
loop_timer_set(struct loop_timer *timer, uint64_t after_ms)
{
	struct timeval after = timeval_of(after_ms);

	CHECK(event_add(timer->event, &after) == 0);
}

void
loop_timer_stop(struct loop_timer *timer)
{
	event_del(timer->event);
}

void
loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	event_free(timer->event);
	free(timer);
}

void
loop_on_clock(struct loop *loop, loop_fn fn, void *context)
{
	struct clock_fn **end = &loop->clock_fns;
	struct timeval every =
	    timeval_of(loop->clock_file != NULL ? DRILL_TICK_MS : WALL_TICK_MS);

	while (*end != NULL)
		end = &(*end)->next;
	*end = xcalloc(1, sizeof **end);
	(*end)->fn = fn;
	(*end)->context = context;
	if (loop->tick != NULL)
		return;
	loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
	CHECK(loop->tick != NULL);
	CHECK(event_add(loop->tick, &every) == 0);
}

static void
on_signal(evutil_socket_t number, short what, void *context)
{
	(void)what;
	log_info("stop-asked signal=%d", (int)number);
	loop_stop(context);
}

void
loop_catch_signals(struct loop *loop)
{
	static const int numbers[SIGNALS] = {SIGTERM, SIGINT};

	for (unsigned i = 0; i < SIGNALS && loop->signals[i] == NULL; i++) {
		loop->signals[i] =
		    evsignal_new(loop->base, numbers[i], on_signal, loop);
		CHECK(loop->signals[i] != NULL);
		CHECK(event_add(loop->signals[i], NULL) == 0);
	}
}

enum err
loop_run(struct loop *loop)
{
	int failed = 0;

	loop_catch_signals(loop);
	while (!loop->stopped && failed == 0)
		failed =
		    event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) == -1;
	loop->stopped = false;
	leave_signals(loop);
	if (failed == 0)
		return OK;
	log_warn("loop-failed");
	return ERR_IO;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
	event_base_loopbreak(loop->base);
}

static void
on_deadline(void *context)
{
	*(bool *)context = true;
}

/* Leaves signals alone: a command dies of Ctrl-C as any other. */
enum err
loop_run_until(struct loop *loop, const bool *done, uint64_t within_ms)
{
	bool late = false;
	struct loop_timer *deadline = loop_timer_new(loop, on_deadline, &late);

	loop_timer_set(deadline, within_ms);
	while (!*done && !late && !loop->stopped)
		if (event_base_loop(loop->base, EVLOOP_ONCE) == -1)
			fatal("loop-failed");
	loop_timer_free(deadline);
	loop->stopped = false;
	return *done ? OK : ERR_TIMEOUT;
}
