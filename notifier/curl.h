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
#include "notifier/answer.h"

enum {
	CURL_HEADERS_MAX = 8,
	CURL_HEADER_MAX = 1024,
	CURL_ANSWER_MAX = 65536, /* bytes of an answer that are read */
	CURL_KEPT_MAX = 4096,    /* and kept, where a channel reads them */
};

struct curl_limits {
	uint64_t connect_ms, total_ms;
	/* A file of certificates to trust instead of the system's; NULL. Must
	 * outlive it. */
	const char *ca;
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
	/* May lead to a loopback or private address; else such a one is
	 * declined before anything is said to it. */
	bool allow_private;
	/* Seconds to wait that the answer's text asks for, 0: none. May be
	 * NULL: then only its Retry-After counts. */
	uint64_t (*wait_s)(const char *text);
};

/* Copies all it is given. ERR_INVALID: an address, URL or header that could
 * break out of its line (not logged); `done` is not called. */
enum err curl_mail_start(struct curl *curl, const struct curl_mail *mail,
    answer_fn done, void *context) MUST_CHECK;
enum err curl_post_start(struct curl *curl, const struct curl_post *post,
    answer_fn done, void *context) MUST_CHECK;

#endif
