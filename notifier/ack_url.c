/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_url.h"

#include <stdio.h>
#include <string.h>

static const char host_letters[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
static const char path_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-/";

/* Behind "scheme://": the host into `name`; `*rest` is behind its port. */
static enum err
take_host(struct ack_base *base, const char *at, const char **rest)
{
	const char *own_port = base->is_tls ? "443" : "80";
	size_t len = strspn(at, host_letters);
	char name[ACK_HOST_MAX - 8], port[6];
	uint64_t number;

	if (len == 0 || len >= sizeof name)
		return ERR_INVALID;
	memcpy(name, at, len);
	name[len] = '\0';
	at += len;
	(void)text_copy(port, sizeof port, own_port);
	if (*at == ':') {
		len = strspn(++at, "0123456789");
		if (len == 0 || len >= sizeof port)
			return ERR_INVALID;
		memcpy(port, at, len);
		port[len] = '\0';
		at += len;
	}
	if (u64_get(&number, port, 1, UINT16_MAX) != OK)
		return ERR_INVALID;
	base->host_count = 1;
	snprintf(base->hosts[0], ACK_HOST_MAX, "%s:%s", name, port);
	if (strcmp(port, own_port) == 0)
		(void)text_copy(
		    base->hosts[base->host_count++], ACK_HOST_MAX, name);
	base->is_loopback =
	    strncmp(name, "127.", 4) == 0 || strcmp(name, "localhost") == 0;
	*rest = at;
	return OK;
}

enum err
ack_base_get(struct ack_base *base, const char *url)
{
	struct ack_base read = {0};
	const char *at, *rest;
	size_t len = strlen(url);

	read.is_tls = strncmp(url, "https://", 8) == 0;
	if (!read.is_tls && strncmp(url, "http://", 7) != 0)
		return ERR_INVALID;
	at = url + (read.is_tls ? 8 : 7);
	if (!text_copy(read.base, sizeof read.base, url) ||
	    take_host(&read, at, &rest) != OK ||
	    rest[strspn(rest, path_letters)] != '\0' ||
	    (*rest != '\0' && *rest != '/') || strstr(rest, "//") != NULL)
		return ERR_INVALID;
	if (read.base[len - 1] == '/')
		read.base[len - 1] = '\0';
	*base = read;
	return OK;
}
