/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as one chunk of an opened bundle. What is taken is within the
 * chunk, and is written again byte for byte up to its padding. */
#include "node/bundle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void
look_at_front(struct bytes head)
{
	struct bundle_front front;
	uint8_t again[BUNDLE_FRONT_MAX];
	size_t len;

	if (bundle_front_get(&front, head) != OK)
		return;
	len = bundle_front_put(again, &front);
	CHECK(len == head.len && memcmp(again, head.at, len) == 0);
}

static void
look_at_messages(struct bytes head)
{
	struct message_codec *codec = message_codec_new();
	struct message message;

	(void)message_to_region_get(codec, head, &message);
	(void)message_from_region_get(codec, head, &message);
	message_codec_free(codec);
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	uint8_t *chunk = xcalloc(2, PARCEL_CHUNK_SIZE);
	uint8_t *again = chunk + PARCEL_CHUNK_SIZE;
	struct bundle_record record;

	memcpy(chunk, at, len < PARCEL_CHUNK_SIZE ? len : PARCEL_CHUNK_SIZE);
	if (bundle_record_get(&record, chunk) == OK) {
		size_t used = (size_t)(record.body.at - chunk);

		CHECK(used + record.body.len <= PARCEL_CHUNK_SIZE);
		bundle_record_put(again, &record);
		CHECK(memcmp(again, chunk, used + record.body.len) == 0);
		look_at_front(record.head);
		look_at_messages(record.head);
	}
	free(chunk);
	return 0;
}
