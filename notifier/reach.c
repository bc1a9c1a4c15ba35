/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/reach.h"

#include "core/bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_SIZE = 4, V6_SIZE = 16, V4_BITS = 32, BYTE_BITS = 8 };

/* After the special-purpose registries of IANA. */
static const struct {
	uint32_t network;
	unsigned bits;
} v4_private[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared, behind a provider's NAT */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local, also where clouds keep secrets */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocol assignments */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xe0000000, 3},  /* multicast and reserved */
};

static const struct {
	uint8_t network[V6_SIZE];
	unsigned bits;
} v6_private[] = {
    {{0}, 127},         /* unspecified and loopback */
    {{0xfc}, 7},        /* unique local */
    {{0xfe, 0x80}, 10}, /* link-local */
    {{0xfe, 0xc0}, 10}, /* site-local, as it once was */
    {{0xff}, 8},        /* multicast */
};

/* An IPv4 address stands in the last four bytes behind these. */
static const uint8_t v4_in_v6[][12] = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, /* mapped */
    {0x00, 0x64, 0xff, 0x9b},                   /* NAT64 */
    {0},                                        /* compatible */
};

static bool
v4_is_private(uint32_t address)
{
	for (unsigned i = 0; i < sizeof v4_private / sizeof v4_private[0]; i++)
		if ((address ^ v4_private[i].network) >>
			(V4_BITS - v4_private[i].bits) ==
		    0)
			return true;
	return false;
}

static bool
has_prefix(const uint8_t *address, const uint8_t *network, unsigned bits)
{
	unsigned whole = bits / BYTE_BITS, rest = bits % BYTE_BITS;

	if (memcmp(address, network, whole) != 0)
		return false;
	return rest == 0 ||
	       ((address[whole] ^ network[whole]) >> (BYTE_BITS - rest)) == 0;
}

static bool
v6_is_private(const uint8_t address[V6_SIZE])
{
	size_t head = V6_SIZE - V4_SIZE;

	for (unsigned i = 0; i < sizeof v6_private / sizeof v6_private[0]; i++)
		if (has_prefix(
			address, v6_private[i].network, v6_private[i].bits))
			return true;
	for (unsigned i = 0; i < sizeof v4_in_v6 / sizeof v4_in_v6[0]; i++)
		if (memcmp(address, v4_in_v6[i], head) == 0)
			return v4_is_private(be32_get(address + head));
	return false;
}

bool
reach_is_private(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof in);
		return v4_is_private(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in;

		memcpy(&in, address, sizeof in);
		return v6_is_private(in.sin6_addr.s6_addr);
	}
	return true;
}

bool
reach_is_private_text(const char *address)
{
	uint8_t at[V6_SIZE];

	if (inet_pton(AF_INET, address, at) == 1)
		return v4_is_private(be32_get(at));
	if (inet_pton(AF_INET6, address, at) == 1)
		return v6_is_private(at);
	return true;
}
