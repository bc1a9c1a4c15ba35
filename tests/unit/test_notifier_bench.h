/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sender against a real mail server and a real HTTP server: the mailbox of
 * tests/support runs as a process of its own.
 */
#ifndef TESTS_UNIT_TEST_NOTIFIER_BENCH_H
#define TESTS_UNIT_TEST_NOTIFIER_BENCH_H

#include "notifier/sender.h"
#include "tests/unit/test_notifier_rig.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"

enum { WITHIN_MS = 20000, LOOK_MS = 5, RETRY_MS = 40, ANSWER_MAX = 1 << 20 };

struct mailbox {
	char *dir;
	pid_t pid;
	unsigned smtp, http;
};

static inline const char *
source_dir(void)
{
	const char *dir = getenv("IKRAR_SOURCE_DIR");

	return dir != NULL ? dir : ".";
}

static inline void
mailbox_open(struct mailbox *mailbox)
{
	char *script = temp_dir_path(source_dir(), "tests/support/mailbox.py");
	FILE *said;
	int out[2];

	mailbox->dir = temp_dir_make();
	CHECK(pipe(out) == 0);
	mailbox->pid = fork();
	if (mailbox->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], STDOUT_FILENO);
		execl("/usr/bin/python3", "python3", script, "--dir",
		    mailbox->dir, "--secret", SECRET, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	said = fdopen(out[0], "r");
	CHECK(fscanf(said, "mailbox: smtp %u, http %u", &mailbox->smtp,
		  &mailbox->http) == 2);
	fclose(said);
	free(script);
}

static inline void
mailbox_close(struct mailbox *mailbox)
{
	kill(mailbox->pid, SIGTERM);
	waitpid(mailbox->pid, NULL, 0);
	temp_dir_remove(mailbox->dir);
}

/* One request; the answer's body, in one buffer for all. */
static inline const char *
ask(const struct mailbox *mailbox, const char *path, const char *body)
{
	static char answer[ANSWER_MAX];
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)mailbox->http),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct text_buf request = {0};
	size_t len = 0;
	ssize_t got;
	char *end;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	text_buf_add(&request,
	    "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n%s",
	    body != NULL ? "POST" : "GET", path,
	    body != NULL ? strlen(body) : 0, body != NULL ? body : "");
	CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	CHECK(write(fd, request.at, request.len) == (ssize_t)request.len);
	while ((got = read(fd, answer + len, sizeof answer - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	answer[len] = '\0';
	text_buf_clear(&request);
	end = strstr(answer, "\r\n\r\n");
	CHECK(end != NULL);
	return end + 4;
}

static inline void
control(const struct mailbox *mailbox, const char *answers)
{
	CHECK(strcmp(ask(mailbox, "/control", answers), "{}") == 0);
}

/* The messages so far, as the mailbox tells them. */
static inline const char *
messages(const struct mailbox *mailbox)
{
	return ask(mailbox, "/api/messages", NULL);
}

static inline unsigned
count_of(const char *text, const char *part)
{
	unsigned count = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		count++;
	return count;
}

/* ---- a notifier without a region */

struct bench {
	struct mailbox mailbox;
	struct feed *feed;
	struct node_keys keys;
	struct spool *spool;
	struct loop *loop;
	struct curl *curl;
	struct exec *exec;
	struct sender *sender;
	struct contact rows[2];
	uint64_t retry_ms;
	struct contacts contacts;
	const struct routes *routes; /* NULL: none */
	char smtp[64];
	/* What is waited for. */
	struct loop_timer *look;
	bool (*is_so)(struct bench *bench);
	unsigned wanted;
	const char *waited_for; /* a pipe; its end for writing */
	int pipe;
	bool done;
};

static inline void
bench_start(struct bench *bench)
{
	struct curl_limits limits = {.connect_ms = 5000, .total_ms = 10000};
	struct sender_options options = {.loop = bench->loop,
	    .ledger = bench->feed->ledger,
	    .inbox = bench->feed->inbox,
	    .spool = bench->spool,
	    .contacts = &bench->contacts,
	    .channels = {.smtp = bench->smtp,
		.from = "ikrar@contoh.go.id",
		.origin = FEED_ORIGIN},
	    .region = FEED_REGION,
	    .zone = "WITA",
	    .routes = bench->routes,
	    .is_drill = true,
	    .at_once = 4,
	    .retry_max_ms = bench->retry_ms};

	bench->curl = curl_open(bench->loop, &limits);
	bench->exec = exec_open(bench->loop, limits.total_ms);
	options.channels.curl = bench->curl;
	options.channels.exec = bench->exec;
	bench->sender = sender_new(&options);
	sender_wake(bench->sender);
}

/* What a kill leaves: the files. */
static inline void
bench_stop(struct bench *bench)
{
	curl_close(bench->curl);
	exec_close(bench->exec);
	sender_free(bench->sender);
}

static inline void
bench_restart(struct bench *bench)
{
	bench_stop(bench);
	feed_restart(bench->feed);
	bench_start(bench);
}

static inline void
set_contact(struct bench *bench, enum contact_kind kind)
{
	struct contact *row = &bench->rows[0];

	*row = (struct contact){.kind = kind,
	    .seat = "admin-73.04",
	    .channel = "mail",
	    .address = "admin@contoh.go.id"};
	if (kind == CONTACT_WEBHOOK) {
		snprintf(row->address, sizeof row->address,
		    "http://127.0.0.1:%u/pintu", bench->mailbox.http);
		row->allow_private = true;
		row->secret_count = 1;
		row->secrets[0].len = 24;
		memcpy(row->secrets[0].at, "012345678901234567890123", 24);
	}
	bench->contacts = (struct contacts){.rows = bench->rows, .count = 1};
}

static inline struct bench *
bench_make(enum contact_kind kind)
{
	struct bench *bench = xcalloc(1, sizeof *bench);
	struct spool_options spool = {.wilayah = FEED_REGION, .create = true};

	bench->retry_ms = RETRY_MS;
	mailbox_open(&bench->mailbox);
	snprintf(bench->smtp, sizeof bench->smtp, "smtp://127.0.0.1:%u",
	    bench->mailbox.smtp);
	bench->feed = feed_make();
	feed_begin(bench->feed);
	node_keys_make(&bench->keys);
	spool.dir = bench->feed->dir;
	spool.keys = &bench->keys;
	CHECK(spool_open(&bench->spool, &spool) == OK);
	CHECK(loop_open(&bench->loop, NULL) == OK);
	set_contact(bench, kind);
	bench_start(bench);
	return bench;
}

static inline void
bench_free(struct bench *bench)
{
	bench_stop(bench);
	loop_timer_free(bench->look);
	loop_close(bench->loop);
	spool_close(bench->spool);
	feed_free(bench->feed);
	mailbox_close(&bench->mailbox);
	free(bench);
}

/* The first contact is that script; $1 is the feed's directory. */
static inline void
bench_use_program(struct bench *bench, const char *script)
{
	static char path[512], *argv[] = {path, NULL, NULL};

	snprintf(path, sizeof path, "%s/kirim", bench->feed->dir);
	argv[1] = bench->feed->dir;
	temp_dir_write(bench->feed->dir, "kirim", script);
	CHECK(chmod(path, 0700) == 0);
	bench->rows[0].kind = CONTACT_EXEC;
	bench->rows[0].argv = argv;
}

/* The admin's seat with a second channel, which stands in for mail. */
static inline void
add_second(struct bench *bench)
{
	struct seat_row seat = a_seat("admin-73.04", "73.04", ROLE_ADMIN);
	struct contact *row = &bench->rows[1];

	CHECK(text_copy(seat.channels[1], WORD_MAX, "hook"));
	seat.channel_count = 2;
	feed_add_seats(bench->feed, &seat, 1, 2);
	feed_turn(bench->feed, 0);
	set_contact(bench, CONTACT_WEBHOOK);
	*row = bench->rows[0];
	set_contact(bench, CONTACT_MAIL);
	CHECK(text_copy(row->channel, WORD_MAX, "hook"));
	CHECK(text_copy(row->fallback_for, WORD_MAX, "mail"));
	bench->contacts.count = 2;
	bench_restart(bench);
}

/* Another spool, of that size; 0: of the usual. */
static inline void
reopen_spool(struct bench *bench, uint64_t map_bytes)
{
	struct spool_options options = {.wilayah = FEED_REGION,
	    .dir = bench->feed->dir,
	    .keys = &bench->keys,
	    .map_bytes = map_bytes};

	bench_stop(bench);
	spool_close(bench->spool);
	CHECK(spool_open(&bench->spool, &options) == OK);
	feed_restart(bench->feed);
	bench_start(bench);
}

static inline void
fill_spool(struct bench *bench)
{
	struct event event = {.kind = EVENT_ALERT_ACKNOWLEDGED,
	    .acknowledged = {
		.seat = "admin-73.04", .channel = "link", .until_ms = 1}};
	enum reject why;
	enum err err;

	do
		err = spool_add(bench->spool, &event, 1, feed_start_ms, &why);
	while (err == OK);
	CHECK(err == ERR_FULL);
}

static inline uint64_t
bench_add_of(struct bench *bench, enum event_kind kind, uint8_t alert)
{
	uint64_t index = feed_add_verdict(bench->feed, kind, alert, ROLE_ADMIN);

	feed_turn(bench->feed, 0);
	sender_wake(bench->sender);
	return index;
}

static inline uint64_t
bench_add(struct bench *bench, enum event_kind kind)
{
	return bench_add_of(bench, kind, 1);
}

static inline void
on_look(void *context)
{
	struct bench *bench = context;

	bench->done = bench->is_so(bench);
	if (!bench->done)
		loop_timer_set(bench->look, LOOK_MS);
}

/* false: not in time. */
static inline bool
soon(struct bench *bench, bool (*is_so)(struct bench *bench))
{
	if (bench->look == NULL)
		bench->look = loop_timer_new(bench->loop, on_look, bench);
	bench->is_so = is_so;
	bench->done = false;
	loop_timer_set(bench->look, 0);
	return loop_run_until(bench->loop, &bench->done, WITHIN_MS) == OK;
}

static inline void
wait_until(struct bench *bench, bool (*is_so)(struct bench *bench))
{
	CHECK(soon(bench, is_so));
}

static inline void
take_row(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
}

static inline struct ledger_row
last_row(struct bench *bench)
{
	struct ledger_row row = {0};

	ledger_each_row(bench->feed->ledger, take_row, &row);
	return row;
}

static inline bool
all_settled(struct bench *bench)
{
	struct feed_rows rows = {0};

	(void)feed_owed(bench->feed, &rows);
	text_buf_clear(&rows.text);
	return rows.count == 0;
}

static inline bool
has_tried(struct bench *bench)
{
	return last_row(bench).attempts >= bench->wanted;
}

static inline void
take_first(void *context, const struct ledger_row *row)
{
	struct ledger_row *first = context;

	if (row->serial == 1)
		*first = *row;
}

static inline struct ledger_row
first_row(struct bench *bench)
{
	struct ledger_row row = {0};

	ledger_each_row(bench->feed->ledger, take_first, &row);
	return row;
}

static inline bool
has_webhook(struct bench *bench)
{
	return strstr(messages(&bench->mailbox), "\"kind\": \"webhook\"") !=
	       NULL;
}

static inline bool
has_failed(struct bench *bench)
{
	return last_row(bench).failure_told;
}

/* Events of a kind in the spool. */
static inline unsigned
in_spool(struct bench *bench, enum event_kind kind)
{
	struct wire *wire = wire_new();
	struct spool_row row;
	unsigned count = 0;

	for (uint64_t seq = 1; spool_row(bench->spool, seq, &row) == OK;
	     seq++) {
		struct event event;

		CHECK(wire_unpack(wire, row.event, &event) == REJECT_NONE);
		count += event.kind == kind;
		spool_row_done(bench->spool);
	}
	wire_free(wire);
	return count;
}

static inline bool
has_told(struct bench *bench)
{
	return in_spool(bench, EVENT_ALERT_DELIVERED) > 0;
}

static inline bool
is_dead(struct bench *bench)
{
	struct ledger_row row = last_row(bench);

	return ledger_row_is_dead(&row);
}

#endif
