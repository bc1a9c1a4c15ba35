/* SPDX-License-Identifier: Apache-2.0 */
#include "model/reject.h"

#include <string.h>

static const struct {
	const char *word;
	bool is_batch;
	const char *id, *en;
} rejects[REJECT_COUNT] = {
#define REJECT_ROW(name, word, batch, id, en) [name] = {word, batch, id, en},
    REJECT_TABLE(REJECT_ROW)
#undef REJECT_ROW
};

const char *
reject_word(enum reject reject)
{
	return reject < REJECT_COUNT ? rejects[reject].word : "unknown";
}

const char *
reject_text_id(enum reject reject)
{
	return reject < REJECT_COUNT ? rejects[reject].id
				     : "alasan dari versi yang lebih baru";
}

const char *
reject_text_en(enum reject reject)
{
	return reject < REJECT_COUNT ? rejects[reject].en
				     : "a reason of a later version";
}

bool
reject_is_batch(enum reject reject)
{
	return reject < REJECT_COUNT && rejects[reject].is_batch;
}

enum reject
reject_by_word(const char *word)
{
	for (unsigned i = 0; i < REJECT_COUNT; i++)
		if (strcmp(word, rejects[i].word) == 0)
			return (enum reject)i;
	return REJECT_COUNT;
}
