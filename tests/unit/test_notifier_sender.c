/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sender against a real mail server and a real HTTP server: the mailbox of
 * tests/support runs as a process of its own.
 */
#include "notifier/sender.h"

#include "tests/unit/test_notifier_rig.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define SECRET "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"

enum { WITHIN_MS = 20000, LOOK_MS = 5, RETRY_MS = 40, ANSWER_MAX = 1 << 20 };

struct mailbox {
	char *dir;
	pid_t pid;
	unsigned smtp, http;
};

static const char *
source_dir(void)
{
	const char *dir = getenv("IKRAR_SOURCE_DIR");

	return dir != NULL ? dir : ".";
}

static void
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
	cr_assert_eq(fscanf(said, "mailbox: smtp %u, http %u", &mailbox->smtp,
			 &mailbox->http),
	    2);
	fclose(said);
	free(script);
}

static void
mailbox_close(struct mailbox *mailbox)
{
	kill(mailbox->pid, SIGTERM);
	waitpid(mailbox->pid, NULL, 0);
	temp_dir_remove(mailbox->dir);
}

/* One request; the answer's body, in one buffer for all. */
static const char *
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
	cr_assert_eq(
	    connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_eq(write(fd, request.at, request.len), (ssize_t)request.len);
	while ((got = read(fd, answer + len, sizeof answer - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	answer[len] = '\0';
	text_buf_clear(&request);
	end = strstr(answer, "\r\n\r\n");
	cr_assert_not_null(end);
	return end + 4;
}

static void
control(const struct mailbox *mailbox, const char *answers)
{
	cr_assert_str_eq(ask(mailbox, "/control", answers), "{}");
}

/* The messages so far, as the mailbox tells them. */
static const char *
messages(const struct mailbox *mailbox)
{
	return ask(mailbox, "/api/messages", NULL);
}

static unsigned
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
	struct sender *sender;
	struct contact rows[2];
	struct contacts contacts;
	char smtp[64];
	/* What is waited for. */
	struct loop_timer *look;
	bool (*is_so)(struct bench *bench);
	unsigned wanted;
	bool done;
};

static void
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
	    .zone = "WITA",
	    .is_drill = true,
	    .at_once = 4,
	    .retry_max_ms = RETRY_MS};

	bench->curl = curl_open(bench->loop, &limits);
	options.channels.curl = bench->curl;
	bench->sender = sender_new(&options);
	sender_wake(bench->sender);
}

/* What a kill leaves: the files. */
static void
bench_stop(struct bench *bench)
{
	curl_close(bench->curl);
	sender_free(bench->sender);
}

static void
bench_restart(struct bench *bench)
{
	bench_stop(bench);
	feed_restart(bench->feed);
	bench_start(bench);
}

static void
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

static struct bench *
bench_make(enum contact_kind kind)
{
	struct bench *bench = xcalloc(1, sizeof *bench);
	struct spool_options spool = {.wilayah = FEED_REGION, .create = true};

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

static void
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

static uint64_t
bench_add(struct bench *bench, enum event_kind kind)
{
	struct event event = a_verdict(kind, 1, ROLE_ADMIN);
	struct alert_unit units[] = {
	    a_unit("PKM-01", "Puskesmas Bangkala", "73.04.01"),
	    a_unit("KEL-02", "Kelurahan Pa’biring", "73.04.02")};
	uint64_t index;

	event.verdict.figures.unsigned_known = 2;
	event.verdict.units = units;
	event.verdict.unit_count = 2;
	if (kind == EVENT_ALERT_CORRECTED) {
		event.verdict.unit_count = 1;
		event.verdict.removed = &units[1];
		event.verdict.removed_count = 1;
	}
	index = feed_add(bench->feed, &event, AUTHOR_LOG);
	feed_turn(bench->feed, 0);
	sender_wake(bench->sender);
	return index;
}

static void
on_look(void *context)
{
	struct bench *bench = context;

	bench->done = bench->is_so(bench);
	if (!bench->done)
		loop_timer_set(bench->look, LOOK_MS);
}

static void
wait_until(struct bench *bench, bool (*is_so)(struct bench *bench))
{
	if (bench->look == NULL)
		bench->look = loop_timer_new(bench->loop, on_look, bench);
	bench->is_so = is_so;
	bench->done = false;
	loop_timer_set(bench->look, 0);
	cr_assert_eq(loop_run_until(bench->loop, &bench->done, WITHIN_MS), OK);
}

static void
take_row(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
}

static struct ledger_row
last_row(struct bench *bench)
{
	struct ledger_row row = {0};

	ledger_each_row(bench->feed->ledger, take_row, &row);
	return row;
}

static bool
all_settled(struct bench *bench)
{
	struct feed_rows rows = {0};

	(void)feed_owed(bench->feed, &rows);
	text_buf_clear(&rows.text);
	return rows.count == 0;
}

static bool
has_tried(struct bench *bench)
{
	return last_row(bench).attempts >= bench->wanted;
}

static bool
has_failed(struct bench *bench)
{
	return last_row(bench).failure_told;
}

/* Events of a kind in the spool. */
static unsigned
in_spool(struct bench *bench, enum event_kind kind)
{
	struct wire *wire = wire_new();
	struct spool_row row;
	unsigned count = 0;

	for (uint64_t seq = 1; spool_row(bench->spool, seq, &row) == OK;
	     seq++) {
		struct event event;

		cr_assert_eq(wire_unpack(wire, row.event, &event), REJECT_NONE);
		count += event.kind == kind;
		spool_row_done(bench->spool);
	}
	wire_free(wire);
	return count;
}

Test(notifier_sender, mails_an_alert_and_records_the_delivery)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	struct ledger_row row;
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 1, "%s", got);
	cr_assert_not_null(
	    strstr(got, "\"Message-ID\": "
			"\"<01010101010101010101010101010101.2.admin-73_04"
			"@ikrar.73.04.1.latihan>\""),
	    "%s", got);
	cr_assert_not_null(
	    strstr(got, "\"Auto-Submitted\": \"auto-generated\""));
	cr_assert_not_null(
	    strstr(got, "\"Date\": \"Tue, 01 Oct 2024 08:00:00 +0800\""));
	cr_assert_not_null(strstr(got, "\"to\": [\"admin@contoh.go.id\"]"));
	cr_assert_not_null(
	    strstr(got, "\"subject\": \"LATIHAN - Peringatan: pakta belum "
			"ditandatangani pimpinan: "
			"2 unit di Kabupaten Jeneponto / Alert\""));
	cr_assert_not_null(strstr(got, "- Kelurahan Pa’biring (KEL-02), "
				       "73.04.02\\n"));
	cr_assert_null(strstr(got, "In-Reply-To"));
	row = last_row(bench);
	cr_assert_eq(row.state, LEDGER_SETTLED);
	cr_assert_eq(row.attempts, 1);
	cr_assert_str_eq(row.answer, "smtp-250");
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	bench_free(bench);
}

Test(notifier_sender, keeps_one_thread_for_an_alert)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 3);
	cr_assert_eq(count_of(got, "\"References\": \"<010101010101010101010101"
				   "01010101.2.admin-73_04@"),
	    2, "%s", got);
	bench_free(bench);
}

Test(notifier_sender, posts_the_alertmanager_body_under_a_valid_signature)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"webhook\""), 2, "%s", got);
	/* The mailbox computes the HMAC with Python's own. */
	cr_assert_eq(count_of(got, "\"signature\": \"valid\""), 2, "%s", got);
	cr_assert_eq(count_of(got, "\"version\": \"4\""), 2);
	cr_assert_eq(count_of(got, "\"truncatedAlerts\": 0"), 2);
	cr_assert_eq(count_of(got, "\"status\": \"firing\""), 2);
	cr_assert_eq(count_of(got, "\"status\": \"resolved\""), 2);
	cr_assert_eq(count_of(got, "\"endsAt\": \"0001-01-01T00:00:00Z\""), 1);
	cr_assert_eq(
	    count_of(got, "\"startsAt\": \"2024-10-01T00:00:00.000Z\""), 2);
	cr_assert_eq(count_of(got, "\"fingerprint\": \"0101010101010101\""), 2);
	cr_assert_eq(
	    count_of(got, "\"groupKey\": \"{}:{alertname=\\\"BELUM-IKRAR\\\""),
	    2);
	bench_free(bench);
}

Test(notifier_sender, loses_nothing_while_the_mail_server_is_away)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 3;
	wait_until(bench, has_tried);
	bench_restart(bench); /* a restart meanwhile */
	bench->wanted = 5;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "no-connection");
	bench_add(bench, EVENT_ALERT_CORRECTED);
	control(&bench->mailbox, "{\"smtp\": 250}");
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 2);
	/* What came first was told first, and without the unit of which the
	 * correction had come meanwhile. */
	cr_assert_lt(strstr(got, "\"X-Ikrar-Kind\": \"opened\""),
	    strstr(got, "\"X-Ikrar-Kind\": \"corrected\""));
	cr_assert_eq(count_of(got, "KEL-02"), 2, "%s", got); /* as removed */
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 0);
	bench_free(bench);
}

Test(notifier_sender, retries_when_told_to_come_later)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);

	control(&bench->mailbox, "{\"http\": 503}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 2;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "http-503");
	cr_assert_eq(last_row(bench).declined, 0);
	control(&bench->mailbox, "{\"http\": 200}");
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"webhook\""), 1);
	bench_free(bench);
}

Test(notifier_sender, reports_a_lasting_no_once_and_goes_on_trying)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	control(
	    &bench->mailbox, "{\"recipients\": {\"admin@contoh.go.id\": 550}}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, has_failed);
	cr_assert_eq(last_row(bench).declined, SENDER_DECLINED_TELL);
	cr_assert_str_eq(last_row(bench).answer, "smtp-550");
	bench->wanted = SENDER_DECLINED_TELL + 1;
	wait_until(bench, has_tried);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 1);
	control(&bench->mailbox, "{\"recipients\": {}}");
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	bench_free(bench);
}

Test(notifier_sender, waits_for_a_contact_that_is_missing)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->contacts.count = 0;
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 2;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "no-contact");
	bench->contacts.count = 1;
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	bench_free(bench);
}

/* Puts the last row back to where a kill could have left it. */
static void
roll_back(struct bench *bench, enum ledger_state state, uint64_t spool_seq)
{
	struct ledger_row row = last_row(bench);

	row.state = state;
	row.spool_seq = spool_seq;
	ledger_begin(bench->feed->ledger);
	ledger_set_row(bench->feed->ledger, &row);
	ledger_commit(bench->feed->ledger);
	bench_restart(bench);
	wait_until(bench, all_settled);
}

Test(notifier_sender, sends_the_same_mail_again_when_killed_before_the_answer)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	struct text_buf first = {0};
	const char *got;
	char *second;

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	roll_back(bench, LEDGER_PROMISED, 0);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 2);
	/* Number and file apart the two are equal, byte for byte. */
	got = strstr(got, "\"headers\"");
	second = strstr(got + 1, "\"headers\"");
	text_buf_add_bytes(&first, got, strcspn(got, "}"));
	cr_assert_eq(strncmp(second, first.at, first.len), 0);
	got = strstr(got, "\"text\"");
	second = strstr(got + 1, "\"text\"");
	cr_assert_eq(strncmp(got, second, strlen(second) - 2), 0);
	text_buf_clear(&first);
	bench_free(bench);
}

Test(notifier_sender, sends_nothing_again_when_killed_behind_the_answer)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	/* The spool had the delivery, the ledger not yet. */
	roll_back(bench, LEDGER_SENT, 0);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	/* The spool did not have it. */
	roll_back(bench, LEDGER_SENT, 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	bench_free(bench);
}

static void
never(void *context, const struct answer *answer)
{
	(void)context;
	(void)answer;
	cr_assert_fail("it was sent");
}

Test(notifier_sender, lets_no_line_end_into_an_address_or_a_header)
{
	struct curl_limits limits = {.connect_ms = 1000, .total_ms = 1000};
	struct loop *loop;
	struct curl *curl;
	struct curl_mail mail = {.server = "smtp://127.0.0.1:9",
	    .from = "a@b.c",
	    .to = "d@e.f>\r\nRCPT TO:<x@y.z"};
	struct curl_post post = {
	    .url = "http://127.0.0.1:9/", .headers = {"webhook-id: a\r\nx: y"}};

	CHECK(loop_open(&loop, NULL) == OK);
	curl = curl_open(loop, &limits);
	cr_assert_eq(curl_mail_start(curl, &mail, never, NULL), ERR_INVALID);
	mail.to = "d@e.f";
	mail.from = "a@b.c\n";
	cr_assert_eq(curl_mail_start(curl, &mail, never, NULL), ERR_INVALID);
	mail.from = "a@b.c";
	mail.server = "smtp://127.0.0.1:9\r\n";
	cr_assert_eq(curl_mail_start(curl, &mail, never, NULL), ERR_INVALID);
	cr_assert_eq(curl_post_start(curl, &post, never, NULL), ERR_INVALID);
	post.headers[0] = NULL;
	post.url = "http://127.0.0.1:9/\n";
	cr_assert_eq(curl_post_start(curl, &post, never, NULL), ERR_INVALID);
	curl_close(curl);
	loop_close(loop);
}
