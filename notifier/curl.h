/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that sees libcurl: mails to one recipient and HTTP posts, run
 * in the daemon's loop, each with time limits. Every start is answered exactly
 * once, later, from the loop. No address, URL or secret is logged, nor handed
 * back in an answer.
 */
#ifndef NOTIFIER_CURL_H
#define NOTIFIER_CURL_H

#include "core/loop.h"
#include "model/event.h"

enum {
	CURL_HEADERS_MAX = 8,
	CURL_HEADER_MAX = 512,
	CURL_ANSWER_MAX = 65536, /* bytes of an answer that are read */
};

enum curl_outcome {
	CURL_TAKEN,    /* the other side has it */
	CURL_LATER,    /* nobody there, too slow, or busy */
	CURL_DECLINED, /* a lasting no to this message */
};

struct curl_answer {
	enum curl_outcome outcome;
	char word[WORD_MAX]; /* smtp-250, http-503, no-connection, ... */
};
typedef void (*curl_done_fn)(void *context, const struct curl_answer *answer);

struct curl_limits {
	uint64_t connect_ms, total_ms;
};

struct curl;
struct curl *curl_open(struct loop *loop, const struct curl_limits *limits);
/* Drops what is under way, unanswered. */
void curl_close(struct curl *curl);

struct curl_mail {
	const char *server;          /* smtp://host:port or smtps:// */
	const char *user, *password; /* NULL: none */
	bool need_tls;
	const char *from, *to; /* plain addresses */
	struct bytes payload;  /* headers and body, lines end with CRLF */
};

struct curl_post {
	const char *url;
	const char *headers[CURL_HEADERS_MAX]; /* "name: value"; ends at NULL */
	struct bytes body;
};

/* Copies all it is given. ERR_INVALID: an address, URL or header that could
 * break out of its line (not logged); `done` is not called. */
enum err curl_mail_start(struct curl *curl, const struct curl_mail *mail,
    curl_done_fn done, void *context) MUST_CHECK;
enum err curl_post_start(struct curl *curl, const struct curl_post *post,
    curl_done_fn done, void *context) MUST_CHECK;

#endif
