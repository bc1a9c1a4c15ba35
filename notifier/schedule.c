/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/schedule.h"

enum { MS_US = 1000, MINUTE_US = 60000000 };

static const uint64_t pauses_s[] = {0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600,
    10 * 3600, 14 * 3600, 20 * 3600, SCHEDULE_MAX_S};
enum { PAUSES = sizeof pauses_s / sizeof pauses_s[0] };

uint64_t
schedule_pause_ms(uint32_t attempts, uint64_t max_ms)
{
	uint64_t pause_ms =
	    pauses_s[attempts < PAUSES ? attempts : PAUSES - 1] * 1000;

	return pause_ms < max_ms ? pause_ms : max_ms;
}

uint64_t
schedule_jitter_ms(uint64_t pause_ms, uint32_t chance)
{
	uint64_t part_ms = pause_ms / 4;

	return pause_ms - part_ms + chance % (part_ms + 1);
}

uint64_t
schedule_wait_ms(uint64_t wait_ms, uint32_t chance)
{
	return wait_ms + chance % (wait_ms / 4 + 1);
}

uint64_t
bucket_take(
    struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ms)
{
	uint64_t each_us = MINUTE_US / rate->per_minute;
	uint64_t now_us = now_ms * MS_US;
	uint64_t ahead_us = (rate->burst - 1) * each_us;

	if (bucket->empty_us < now_us)
		bucket->empty_us = now_us;
	if (bucket->empty_us - now_us > ahead_us)
		return (bucket->empty_us - now_us - ahead_us + MS_US - 1) /
		       MS_US;
	bucket->empty_us += each_us;
	return 0;
}
