/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's multi interface on our loop: it names the descriptors and the
 * timer it wants, we tell it when they fire, and look afterwards which
 * transfers have ended. libcurl 7.88 lets line ends in mail addresses pass, so
 * they are checked here once more, whoever has checked them before.
 */
#include "notifier/curl.h"

#include "core/log.h"
#include "notifier/contacts.h"
#include "notifier/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

enum {
	CONNECTION_AGE_S = 20, /* an idle one is not used again after this */
	STATUS_CLASS = 100,
	CLASS_GOOD = 2,
	CLASS_BUSY_SMTP = 4,
	CLASS_BAD_SERVER = 5,
	HTTP_TIMEOUT = 408,
	HTTP_GONE = 410,
	HTTP_TOO_MANY = 429,
	HTTP_BAD_GATEWAY = 502,
	HTTP_GATEWAY_TIMEOUT = 504,
	S_MS = 1000,
};

/* One descriptor that libcurl wants watched. */
struct watch {
	struct watch *next;
	struct curl *curl;
	curl_socket_t fd;
	struct loop_fd *loop_fd;
};

struct transfer {
	struct transfer *next;
	CURL *easy;
	struct curl_slist *list; /* recipient or headers */
	uint8_t *payload;
	size_t payload_len, payload_sent, answer_len;
	bool is_mail;
	bool allow_private, was_private;
	uint64_t (*wait_s)(const char *text);
	char kept[CURL_KEPT_MAX]; /* the beginning of the answer, as text */
	answer_fn done;
	void *context;
};

struct curl {
	struct loop *loop;
	struct loop_timer *timer;
	struct curl_limits limits;
	CURLM *multi;
	struct watch *watches;
	struct transfer *transfers;
};

static void
transfer_free(struct curl *curl, struct transfer *transfer)
{
	struct transfer **at = &curl->transfers;

	while (*at != transfer)
		at = &(*at)->next;
	*at = transfer->next;
	curl_multi_remove_handle(curl->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->list);
	if (transfer->payload != NULL)
		explicit_bzero(transfer->payload, transfer->payload_len);
	free(transfer->payload);
	free(transfer);
}

/* The code is the last that the server said; 0 if it said nothing. */
static enum answer_outcome
outcome_of(const struct transfer *transfer, CURLcode result, long code)
{
	long class = code / STATUS_CLASS;

	if (!transfer->is_mail) {
		/* The status line has been read: what failed later, such as an
		 * answer that is too long, changes nothing. */
		if (class == CLASS_GOOD)
			return ANSWER_TAKEN;
		if (code == HTTP_GONE)
			return ANSWER_GONE;
		if (transfer->was_private)
			return ANSWER_DECLINED;
		if (class == 0 || class == CLASS_BAD_SERVER ||
		    code == HTTP_TIMEOUT || code == HTTP_TOO_MANY)
			return ANSWER_LATER;
		return ANSWER_DECLINED;
	}
	if (result == CURLE_OK)
		return ANSWER_TAKEN;
	/* A no to us, not to the message: someone will mend it. */
	if (result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED)
		return ANSWER_LATER;
	return class == CLASS_BAD_SERVER ? ANSWER_DECLINED : ANSWER_LATER;
}

static const char *
word_of(CURLcode result)
{
	switch ((int)result) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return "no-such-host";
	case CURLE_COULDNT_CONNECT:
		return "no-connection";
	case CURLE_OPERATION_TIMEDOUT:
		return "timeout";
	case CURLE_LOGIN_DENIED:
		return "login-denied";
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_USE_SSL_FAILED:
		return "tls";
	case CURLE_UNSUPPORTED_PROTOCOL:
		return "not-http"; /* what it said is no HTTP of our time */
	case CURLE_URL_MALFORMAT:
		return "bad-url";
	}
	return "connection-lost";
}

/* What the other side asks us to wait: in its Retry-After, a number or a date,
 * or in its text. */
static void
take_wait(struct answer *answer, const struct transfer *transfer, long code)
{
	curl_off_t header_s = 0;
	uint64_t wait_s = 0;

	answer->is_busy =
	    code == HTTP_TOO_MANY ||
	    (code >= HTTP_BAD_GATEWAY && code <= HTTP_GATEWAY_TIMEOUT);
	if (!answer->is_busy)
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &header_s);
	if (header_s > 0)
		wait_s = (uint64_t)header_s;
	if (transfer->wait_s != NULL && transfer->wait_s(transfer->kept) > 0)
		wait_s = transfer->wait_s(transfer->kept);
	answer->wait_ms =
	    (wait_s < ANSWER_WAIT_MAX_S ? wait_s : ANSWER_WAIT_MAX_S) * S_MS;
}

static void
answer(struct curl *curl, struct transfer *transfer, CURLcode result)
{
	struct answer answer = {0};
	answer_fn done = transfer->done;
	void *context = transfer->context;
	long code = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &code);
	answer.outcome = outcome_of(transfer, result, code);
	if (!transfer->is_mail)
		take_wait(&answer, transfer, code);
	if (transfer->was_private)
		(void)text_copy(
		    answer.word, sizeof answer.word, "private-address");
	else if (answer.outcome == ANSWER_TAKEN ||
		 code / STATUS_CLASS >= CLASS_BUSY_SMTP ||
		 (!transfer->is_mail && code != 0))
		snprintf(answer.word, sizeof answer.word, "%s-%ld",
		    transfer->is_mail ? "smtp" : "http", code);
	else
		(void)text_copy(
		    answer.word, sizeof answer.word, word_of(result));
	transfer_free(curl, transfer);
	done(context, &answer);
}

static void
reap(struct curl *curl)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(curl->multi, &left)) != NULL) {
		char *private;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &private);
		answer(curl, (void *)private, message->data.result);
	}
}

static void
drive(struct curl *curl, curl_socket_t fd)
{
	int running;

	curl_multi_socket_action(curl->multi, fd, 0, &running);
	reap(curl);
}

static void
on_timer(void *context)
{
	drive(context, CURL_SOCKET_TIMEOUT);
}

static void
on_ready(void *context)
{
	struct watch *watch = context;

	drive(watch->curl, watch->fd); /* may free the watch */
}

static int
want_timer(CURLM *multi, long timeout_ms, void *context)
{
	struct curl *curl = context;

	(void)multi;
	if (timeout_ms < 0)
		loop_timer_stop(curl->timer);
	else
		loop_timer_set(curl->timer, (uint64_t)timeout_ms);
	return 0;
}

static void
watch_drop(struct curl *curl, curl_socket_t fd)
{
	struct watch **at = &curl->watches;

	while (*at != NULL && (*at)->fd != fd)
		at = &(*at)->next;
	if (*at != NULL) {
		struct watch *watch = *at;

		*at = watch->next;
		loop_fd_remove(watch->loop_fd);
		free(watch);
	}
}

static int
want_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket)
{
	struct curl *curl = context;
	struct watch *watch;
	unsigned ready = 0;

	(void)easy;
	(void)socket;
	watch_drop(curl, fd);
	if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE)
		return 0;
	watch = xcalloc(1, sizeof *watch);
	watch->curl = curl;
	watch->fd = fd;
	if ((what & CURL_POLL_IN) != 0)
		ready |= LOOP_READABLE;
	if ((what & CURL_POLL_OUT) != 0)
		ready |= LOOP_WRITABLE;
	watch->loop_fd = loop_fd_add(curl->loop, fd, ready, on_ready, watch);
	watch->next = curl->watches;
	curl->watches = watch;
	return 0;
}

struct curl *
curl_open(struct loop *loop, const struct curl_limits *limits)
{
	struct curl *curl = xcalloc(1, sizeof *curl);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		fatalx("curl-failed");
	curl->loop = loop;
	curl->limits = *limits;
	curl->timer = loop_timer_new(loop, on_timer, curl);
	curl->multi = curl_multi_init();
	CHECK(curl->multi != NULL);
	curl_multi_setopt(curl->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(curl->multi, CURLMOPT_SOCKETDATA, curl);
	curl_multi_setopt(curl->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(curl->multi, CURLMOPT_TIMERDATA, curl);
	return curl;
}

void
curl_close(struct curl *curl)
{
	if (curl == NULL)
		return;
	while (curl->transfers != NULL)
		transfer_free(curl, curl->transfers);
	curl_multi_cleanup(curl->multi);
	while (curl->watches != NULL)
		watch_drop(curl, curl->watches->fd);
	loop_timer_free(curl->timer);
	curl_global_cleanup();
	free(curl);
}

static size_t
on_read(char *at, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t left = transfer->payload_len - transfer->payload_sent;
	size_t len = size * count < left ? size * count : left;

	memcpy(at, transfer->payload + transfer->payload_sent, len);
	transfer->payload_sent += len;
	return len;
}

/* What the server has to say is thrown away, but for its beginning, up to a
 * limit. */
static size_t
on_answer(char *at, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	if (transfer->answer_len < CURL_KEPT_MAX - 1) {
		size_t room = CURL_KEPT_MAX - 1 - transfer->answer_len;

		memcpy(transfer->kept + transfer->answer_len, at,
		    len < room ? len : room);
	}
	transfer->answer_len += len;
	return transfer->answer_len > CURL_ANSWER_MAX ? 0 : len;
}

/* Asked with the address that the name led to, so that no name can stand for
 * another address the second time. */
static curl_socket_t
on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = context;

	(void)purpose;
	if (!transfer->allow_private && reach_is_private(&address->addr)) {
		transfer->was_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* The same for a connection that is used again, which another contact may have
 * opened. */
static int
on_request(void *context, char *address, char *own, int port, int own_port)
{
	struct transfer *transfer = context;

	(void)own;
	(void)port;
	(void)own_port;
	transfer->was_private =
	    !transfer->allow_private && reach_is_private_text(address);
	return transfer->was_private ? CURL_PREREQFUNC_ABORT
				     : CURL_PREREQFUNC_OK;
}

static struct transfer *
transfer_new(struct curl *curl, struct bytes payload, const char *protocols)
{
	struct transfer *transfer = xcalloc(1, sizeof *transfer);
	CURL *easy = curl_easy_init();

	CHECK(easy != NULL);
	transfer->easy = easy;
	transfer->payload = xcalloc(payload.len + 1, 1);
	transfer->payload_len = payload.len;
	if (payload.len > 0)
		memcpy(transfer->payload, payload.at, payload.len);
	transfer->next = curl->transfers;
	curl->transfers = transfer;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONNECTION_AGE_S);
	curl_easy_setopt(
	    easy, CURLOPT_CONNECTTIMEOUT_MS, (long)curl->limits.connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)curl->limits.total_ms);
	if (curl->limits.ca != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, curl->limits.ca);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	return transfer;
}

static void
launch(
    struct curl *curl, struct transfer *transfer, answer_fn done, void *context)
{
	transfer->done = done;
	transfer->context = context;
	CHECK(curl_multi_add_handle(curl->multi, transfer->easy) == CURLM_OK);
}

static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

enum err
curl_mail_start(struct curl *curl, const struct curl_mail *mail, answer_fn done,
    void *context)
{
	struct transfer *transfer;
	bool has_user = mail->user != NULL && mail->user[0] != '\0';

	if (!mail_address_is_valid(mail->from) ||
	    !mail_address_is_valid(mail->to) || !is_one_line(mail->server))
		return ERR_INVALID;
	transfer = transfer_new(curl, mail->payload, "smtp,smtps");
	transfer->is_mail = true;
	transfer->list = curl_slist_append(NULL, mail->to);
	curl_easy_setopt(transfer->easy, CURLOPT_URL, mail->server);
	curl_easy_setopt(transfer->easy, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(transfer->easy, CURLOPT_MAIL_RCPT, transfer->list);
	curl_easy_setopt(transfer->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(transfer->easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(transfer->easy, CURLOPT_READDATA, transfer);
	/* A password travels under TLS or not at all. */
	curl_easy_setopt(transfer->easy, CURLOPT_USE_SSL,
	    mail->need_tls || has_user ? (long)CURLUSESSL_ALL
				       : (long)CURLUSESSL_TRY);
	if (has_user) {
		curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, mail->user);
		curl_easy_setopt(
		    transfer->easy, CURLOPT_PASSWORD, mail->password);
	}
	launch(curl, transfer, done, context);
	return OK;
}

enum err
curl_post_start(struct curl *curl, const struct curl_post *post, answer_fn done,
    void *context)
{
	struct transfer *transfer;

	if (!is_one_line(post->url))
		return ERR_INVALID;
	for (unsigned i = 0; i < CURL_HEADERS_MAX && post->headers[i] != NULL;
	     i++)
		if (!is_one_line(post->headers[i]))
			return ERR_INVALID;
	transfer = transfer_new(curl, post->body, "http,https");
	transfer->allow_private = post->allow_private;
	transfer->wait_s = post->wait_s;
	curl_easy_setopt(transfer->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(transfer->easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(transfer->easy, CURLOPT_PREREQDATA, transfer);
	for (unsigned i = 0; i < CURL_HEADERS_MAX && post->headers[i] != NULL;
	     i++)
		transfer->list =
		    curl_slist_append(transfer->list, post->headers[i]);
	transfer->list = curl_slist_append(transfer->list, "Expect:");
	curl_easy_setopt(transfer->easy, CURLOPT_URL, post->url);
	curl_easy_setopt(transfer->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, transfer->payload);
	curl_easy_setopt(
	    transfer->easy, CURLOPT_POSTFIELDSIZE, (long)transfer->payload_len);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->list);
	launch(curl, transfer, done, context);
	return OK;
}
