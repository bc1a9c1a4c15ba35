/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public address that links begin with: what it may look like, and what
 * the Host of a request that came by it is. Pure.
 */
#ifndef NOTIFIER_ACK_URL_H
#define NOTIFIER_ACK_URL_H

#include "core/bytes.h"

enum { ACK_BASE_MAX = 256, ACK_HOST_MAX = 128, ACK_HOSTS = 2 };

struct ack_base {
	char base[ACK_BASE_MAX]; /* without a slash at its end */
	/* "host:port"; of the scheme's own port also "host". */
	char hosts[ACK_HOSTS][ACK_HOST_MAX];
	unsigned host_count;
	bool is_tls;
	bool is_loopback;
};
/* http:// or https://, a name or an IPv4 address, perhaps a port, perhaps a
 * path; nothing else. ERR_INVALID is not logged. */
enum err ack_base_get(struct ack_base *base, const char *url) MUST_CHECK;

#endif
