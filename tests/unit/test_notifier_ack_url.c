/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_url.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

Test(notifier_ack_url, says_which_host_a_request_by_it_has)
{
	struct ack_base base;

	cr_assert_eq(ack_base_get(&base, "https://ikrar.contoh.go.id"), OK);
	cr_assert_str_eq(base.base, "https://ikrar.contoh.go.id");
	cr_assert_eq(base.host_count, 2);
	cr_assert_str_eq(base.hosts[0], "ikrar.contoh.go.id:443");
	cr_assert_str_eq(base.hosts[1], "ikrar.contoh.go.id");
	cr_assert(base.is_tls);
	cr_assert_eq(ack_base_get(&base, "https://h.example:8443/a/b/"), OK);
	cr_assert_str_eq(base.base, "https://h.example:8443/a/b");
	cr_assert_eq(base.host_count, 1);
	cr_assert_str_eq(base.hosts[0], "h.example:8443");
	cr_assert_eq(ack_base_get(&base, "http://127.0.0.1:8470"), OK);
	cr_assert(base.is_loopback);
	cr_assert_not(base.is_tls);
}

Test(notifier_ack_url, takes_nothing_that_could_be_read_in_another_way)
{
	static const char *const bad[] = {"", "ikrar.contoh.go.id",
	    "ftp://h.example", "https://", "https:///a",
	    "https://h.example:", "https://h.example:0",
	    "https://h.example:65536", "https://h.example:4a",
	    "https://u@h.example", "https://u:p@h.example",
	    "https://h.example?x", "https://h.example/a?x",
	    "https://h.example/#a", "https://h.example//a",
	    "https://h.example/a b", "https://h.example/\r\nX: y",
	    "https://h_x.example", "https://h.example\\a", "HTTPS://h.example"};
	struct ack_base base = {.host_count = 7};
	char url[2 * ACK_BASE_MAX];

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(
		    ack_base_get(&base, bad[i]), ERR_INVALID, "%s", bad[i]);
	snprintf(url, sizeof url, "https://h.example/%0*d", ACK_BASE_MAX, 1);
	cr_assert_eq(ack_base_get(&base, url), ERR_INVALID);
	snprintf(url, sizeof url, "https://%0*d", ACK_HOST_MAX, 1);
	cr_assert_eq(ack_base_get(&base, url), ERR_INVALID);
	cr_assert_eq(base.host_count, 7, "nothing was written");
}
