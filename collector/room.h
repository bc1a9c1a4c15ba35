/* SPDX-License-Identifier: Apache-2.0 */
/* Is there room on the disk for a record? If not, what to do about it. */
#ifndef COLLECTOR_ROOM_H
#define COLLECTOR_ROOM_H

#include "collector/home.h"

/* ERR_FULL: not for an event of this kind; told. */
enum err room_check(struct home *home, const struct event *event) MUST_CHECK;

#endif
