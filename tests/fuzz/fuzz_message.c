/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a message of either side and as a body. What is taken must go
 * out again and come back as the same message; bodies never run past their
 * end.
 */
#include "model/message.h"

#include <string.h>

enum { PACKED_MAX = 1 << 17 };

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

typedef enum err (*get_message)(
    struct message_codec *codec, struct bytes bytes, struct message *message);

static void
try_message(struct message_codec *codec, get_message get, struct bytes bytes)
{
	static struct message message, back;
	static uint8_t packed[PACKED_MAX], again[PACKED_MAX];
	size_t len;

	if (get(codec, bytes, &message) != OK)
		return;
	len = message_put(&message, packed, sizeof packed);
	CHECK(len > 0);
	if (get(codec, bytes_of(packed, len), &back) != OK)
		CHECK(len > 65535);
	else
		CHECK(message_put(&back, again, sizeof again) == len &&
		      memcmp(again, packed, len) == 0);
}

static void
try_bodies(struct bytes bytes)
{
	struct bytes push = bytes, page = bytes, piece;
	uint64_t index;

	while (push_body_next(&push, &piece) == OK)
		CHECK(piece.len > 0 && piece.at + piece.len <= push.at);
	while (page_body_next(&page, &index, &piece) == OK)
		CHECK(piece.len > 0 && piece.at + piece.len <= page.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static struct message_codec *codec;

	if (codec == NULL)
		codec = message_codec_new();
	try_message(codec, message_to_region_get, bytes_of(at, len));
	try_message(codec, message_from_region_get, bytes_of(at, len));
	try_bodies(bytes_of(at, len));
	return 0;
}
