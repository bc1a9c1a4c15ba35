/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a message is tried again, and how fast one target may be written to.
 * Pure: time and chance are arguments.
 */
#ifndef NOTIFIER_SCHEDULE_H
#define NOTIFIER_SCHEDULE_H

#include <stdint.h>

enum { SCHEDULE_MAX_S = 24 * 3600 };

/* The pause behind so many attempts, after Standard Webhooks: 0, 5 s, 5 min,
 * 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, and 24 h for ever; at most
 * `max_ms`. */
uint64_t schedule_pause_ms(uint32_t attempts, uint64_t max_ms);
/* Three quarters of it are certain, the last one is chance: what failed
 * together does not come back together. */
uint64_t schedule_jitter_ms(uint64_t pause_ms, uint32_t chance);

/* When the other side named a time: never sooner, and up to a quarter later. */
uint64_t schedule_wait_ms(uint64_t wait_ms, uint32_t chance);

/* A token bucket: `burst` messages at once, and so many a minute. Zeroed it is
 * full. */
struct bucket {
	uint64_t empty_us; /* the moment up to which its tokens are used */
};
struct bucket_rate {
	uint32_t per_minute, burst;
};
/* 0: a token was taken; else how long there is none. */
uint64_t bucket_take(
    struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ms);

#endif
