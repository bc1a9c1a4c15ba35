/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed parts beside a log, in blob/, each named by its hash: held
 * against the entries that speak of them. None needs to be there.
 */
#ifndef IKRAR_BLOBS_H
#define IKRAR_BLOBS_H

#include "ikrar/finding.h"
#include "model/event.h"

struct blobs;

/* Keeps both pointers. */
struct blobs *blobs_new(const struct findings *findings, const char *dir);
void blobs_free(struct blobs *blobs);

/* Each input of the log. */
void blobs_event(
    struct blobs *blobs, uint64_t index, const struct event *event);
/* After the last: files that no entry names. */
void blobs_end(struct blobs *blobs);

uint64_t blobs_named(const struct blobs *blobs); /* by entries */
uint64_t blobs_good(const struct blobs *blobs);  /* there, and right */

#endif
