/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a leaf and as an event. What the gate lets through must pack
 * into the same bytes and pass the same checks; its quick way and protobuf-c
 * must say the same.
 */
#include "model/wire.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static struct wire *wire, *slow;
	static uint8_t again[EVENT_MAX];
	struct event event, expected;
	enum reject word;
	struct leaf leaf;

	if (wire == NULL) {
		wire = wire_new();
		slow = wire_new();
	}
	if (leaf_get(&leaf, bytes_of(at, len)) == OK) {
		CHECK(leaf_size(&leaf) == len);
		CHECK(leaf.event.at + leaf.event.len < at + len);
	}
	word = wire_unpack(wire, bytes_of(at, len), &event);
	CHECK(wire_unpack_slowly(slow, bytes_of(at, len), &expected) == word);
	if (word != REJECT_NONE)
		return 0;
	CHECK(wire_pack(&event, again, sizeof again) == len);
	CHECK(memcmp(again, at, len) == 0);
	CHECK(event_check(&event) == REJECT_NONE);
	return 0;
}
