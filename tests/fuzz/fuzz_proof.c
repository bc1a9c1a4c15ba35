/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a receipt's file. What is taken is written again byte for byte:
 * one proof has one text. */
#include "trust/proof.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct record_proof proof;
	struct proof_space *space;
	struct text_buf text = {0};

	if (record_proof_get(&proof, &space, bytes_of(at, len)) != OK)
		return 0;
	record_proof_put(&text, &proof);
	CHECK(text.len == len && memcmp(text.at, at, len) == 0);
	text_buf_clear(&text);
	record_proof_clear(space);
	return 0;
}
