/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which addresses a message to the outside must not go to: a URL in the
 * contacts could otherwise be made to point at what only this machine or its
 * network can reach. Pure.
 */
#ifndef NOTIFIER_REACH_H
#define NOTIFIER_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

/* Loopback, link-local, private, shared, multicast, reserved, or of a family
 * other than IPv4 and IPv6. */
bool reach_is_private(const struct sockaddr *address);
/* The same for an address as text; true if it is none. */
bool reach_is_private_text(const char *address);

#endif
