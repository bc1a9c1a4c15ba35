/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/curl.h"

#include <criterion/criterion.h>

static void
never(void *context, const struct answer *answer)
{
	(void)context;
	(void)answer;
	cr_assert_fail("it was sent");
}

Test(notifier_curl, lets_no_line_end_into_an_address_or_a_header)
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
