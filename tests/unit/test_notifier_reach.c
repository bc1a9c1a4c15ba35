/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include <criterion/criterion.h>

Test(notifier_reach, knows_what_only_this_network_can_reach)
{
	static const char *const private[] = {"127.0.0.1", "127.255.255.255",
	    "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1",
	    "100.127.255.255", "169.254.169.254", "172.16.0.1",
	    "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.18.0.1",
	    "198.19.255.255", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	    "::", "::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1",
	    "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::a9fe:a9fe",
	    "::7f00:1", "bukan-alamat", "", "127.0.0.1 "};
	static const char *const open[] = {"9.255.255.255", "11.0.0.0",
	    "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.0",
	    "169.253.0.1", "169.255.0.1", "172.15.255.255", "172.32.0.0",
	    "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.0.1",
	    "198.20.0.0", "223.255.255.255", "8.8.8.8", "2001:4860::8888",
	    "::ffff:8.8.8.8", "64:ff9b::808:808", "fbff::1", "2001:db8::1"};

	for (unsigned i = 0; i < sizeof private / sizeof private[0]; i++)
		cr_expect(reach_is_private_text(private[i]), "%s", private[i]);
	for (unsigned i = 0; i < sizeof open / sizeof open[0]; i++)
		cr_expect_not(reach_is_private_text(open[i]), "%s", open[i]);
}

Test(notifier_reach, takes_every_other_family_for_private)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	cr_assert_eq(inet_pton(AF_INET, "8.8.8.8", &in.sin_addr), 1);
	cr_assert_not(reach_is_private((struct sockaddr *)&in));
	cr_assert_eq(inet_pton(AF_INET, "10.8.8.8", &in.sin_addr), 1);
	cr_assert(reach_is_private((struct sockaddr *)&in));
	cr_assert_eq(inet_pton(AF_INET6, "2001:4860::1", &in6.sin6_addr), 1);
	cr_assert_not(reach_is_private((struct sockaddr *)&in6));
	cr_assert(reach_is_private((struct sockaddr *)&un));
}
