/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file comes from anywhere. Its lines are those of the format and no
 * others, so that one proof has one text: strict base64, no leading zeros, no
 * carriage returns. What the lengths in `extra` say must come out to the byte.
 */
#include "trust/proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXTRA_VERSION = 1,
	EXTRA_HEAD = 1 + NODE_ID_SIZE + 8 + HASH_SIZE,
	EXTRA_LENGTHS = 3 * 2,
	EXTRA_MAX = EXTRA_HEAD + EXTRA_LENGTHS + 2 * UINT16_MAX +
		    PROOF_EVENTS_MAX * HASH_SIZE,
	INDEX_DIGITS = 20, /* of UINT64_MAX */
	HASH_TEXT = BASE64_SIZE(HASH_SIZE) - 1,
};

static const char first_line[] = "c2sp.org/tlog-proof@v1";

struct proof_space {
	uint8_t *extra;
	struct hash *hashes;
	char *checkpoint;
};

/* ---- writing */

static uint8_t *
put(uint8_t *at, const void *from, size_t len)
{
	if (len > 0)
		memcpy(at, from, len);
	return at + len;
}

static uint8_t *
put16(uint8_t *at, size_t value)
{
	CHECK(value <= UINT16_MAX);
	be16_put(at, (uint16_t)value);
	return at + 2;
}

static size_t
extra_put(uint8_t *extra, const struct record_proof *proof)
{
	uint8_t *at = extra;

	*at++ = EXTRA_VERSION;
	at = put(at, proof->node, NODE_ID_SIZE);
	be64_put(at, proof->seq);
	at = put(at + 8, proof->head_before.at, HASH_SIZE);
	at = put16(at, proof->event.len);
	at = put(at, proof->event.at, proof->event.len);
	at = put16(at, proof->hash_count);
	for (unsigned i = 0; i < proof->hash_count; i++)
		at = put(at, proof->hashes[i].at, HASH_SIZE);
	at = put16(at, proof->leaf.len);
	at = put(at, proof->leaf.at, proof->leaf.len);
	return (size_t)(at - extra);
}

void
record_proof_put(struct text_buf *text, const struct record_proof *proof)
{
	uint8_t *extra = xcalloc(EXTRA_MAX, 1);
	char *base64 = xcalloc(BASE64_SIZE(EXTRA_MAX), 1);
	char line[HASH_TEXT + 1];

	CHECK(proof->hash_count <= PROOF_EVENTS_MAX);
	base64_put(base64, extra, extra_put(extra, proof));
	text_buf_add(text, "%s\nextra %s\nindex %" PRIu64 "\n", first_line,
	    base64, proof->index);
	for (unsigned i = 0; i < proof->inclusion.count; i++) {
		base64_put(line, proof->inclusion.at[i].at, HASH_SIZE);
		text_buf_add(text, "%s\n", line);
	}
	text_buf_add(text, "\n");
	text_buf_add_bytes(text, proof->checkpoint, proof->checkpoint_len);
	free(base64);
	free(extra);
}

/* ---- reading */

/* The next line without its end; false when there is none. */
static bool
line_cut(struct bytes *text, struct bytes *line)
{
	const uint8_t *end =
	    text->len == 0 ? NULL : memchr(text->at, '\n', text->len);

	if (end == NULL)
		return false;
	*line = bytes_of(text->at, (size_t)(end - text->at));
	*text = bytes_of(end + 1, text->len - line->len - 1);
	return true;
}

/* A line `word rest`. */
static bool
word_cut(struct bytes *text, const char *word, struct bytes *rest)
{
	size_t len = strlen(word);

	if (!line_cut(text, rest) || rest->len < len ||
	    memcmp(rest->at, word, len) != 0)
		return false;
	*rest = bytes_of(rest->at + len, rest->len - len);
	return true;
}

static bool
index_read(struct bytes digits, uint64_t *index)
{
	char text[INDEX_DIGITS + 1] = {0};

	if (digits.len > INDEX_DIGITS)
		return false;
	memcpy(text, digits.at, digits.len);
	return strlen(text) == digits.len &&
	       u64_get(index, text, 0, UINT64_MAX) == OK;
}

/* Hashes up to the empty line. */
static bool
inclusion_read(struct bytes *text, struct tlog_proof *proof)
{
	struct bytes line;

	proof->count = 0;
	while (line_cut(text, &line)) {
		size_t len = 0;

		if (line.len == 0)
			return true;
		if (proof->count == TLOG_PROOF_MAX ||
		    base64_get(proof->at[proof->count].at, HASH_SIZE, &len,
			(const char *)line.at, line.len) != OK ||
		    len != HASH_SIZE)
			return false;
		proof->count++;
	}
	return false;
}

static bool
take(struct bytes *rest, size_t len, struct bytes *part)
{
	if (rest->len < len)
		return false;
	*part = bytes_of(rest->at, len);
	*rest = bytes_of(rest->at + len, rest->len - len);
	return true;
}

static bool
take16(struct bytes *rest, size_t *value)
{
	struct bytes part;

	if (!take(rest, 2, &part))
		return false;
	*value = be16_get(part.at);
	return true;
}

/* Bytes behind their length; there is always something. */
static bool
take_counted(struct bytes *rest, struct bytes *part)
{
	size_t len;

	return take16(rest, &len) && len > 0 && take(rest, len, part);
}

static bool
hashes_read(
    struct record_proof *proof, struct proof_space *space, struct bytes *rest)
{
	struct bytes part;
	size_t count;

	if (!take16(rest, &count) || count > PROOF_EVENTS_MAX ||
	    count > UINT64_MAX - proof->seq ||
	    !take(rest, count * HASH_SIZE, &part))
		return false;
	space->hashes = xcalloc(count, sizeof *space->hashes);
	for (size_t i = 0; i < count; i++)
		memcpy(space->hashes[i].at, part.at + i * HASH_SIZE, HASH_SIZE);
	proof->hash_count = (unsigned)count;
	proof->hashes = space->hashes;
	return true;
}

static bool
extra_read(
    struct record_proof *proof, struct proof_space *space, struct bytes base64)
{
	struct bytes rest, head;
	size_t len = 0;

	space->extra = xcalloc(base64.len / 4 * 3, 1);
	if (base64_get(space->extra, EXTRA_MAX, &len, (const char *)base64.at,
		base64.len) != OK)
		return false;
	rest = bytes_of(space->extra, len);
	if (!take(&rest, EXTRA_HEAD, &head) || head.at[0] != EXTRA_VERSION)
		return false;
	memcpy(proof->node, head.at + 1, NODE_ID_SIZE);
	proof->seq = be64_get(head.at + 1 + NODE_ID_SIZE);
	memcpy(
	    proof->head_before.at, head.at + EXTRA_HEAD - HASH_SIZE, HASH_SIZE);
	return proof->seq > 0 && take_counted(&rest, &proof->event) &&
	       hashes_read(proof, space, &rest) &&
	       take_counted(&rest, &proof->leaf) && rest.len == 0;
}

static bool
text_read(
    struct record_proof *proof, struct proof_space *space, struct bytes text)
{
	struct bytes line;

	if (text.len > PROOF_TEXT_MAX || !line_cut(&text, &line) ||
	    !bytes_equal(line, bytes_of_text(first_line)) ||
	    !word_cut(&text, "extra ", &line) ||
	    !extra_read(proof, space, line) ||
	    !word_cut(&text, "index ", &line) ||
	    !index_read(line, &proof->index) ||
	    !inclusion_read(&text, &proof->inclusion) || text.len == 0 ||
	    text.len > NOTE_OPEN_MAX)
		return false;
	space->checkpoint = xcalloc(text.len + 1, 1);
	memcpy(space->checkpoint, text.at, text.len);
	proof->checkpoint = space->checkpoint;
	proof->checkpoint_len = text.len;
	return true;
}

enum err
record_proof_get(
    struct record_proof *proof, struct proof_space **space, struct bytes text)
{
	struct proof_space *new = xcalloc(1, sizeof *new);
	struct record_proof found = {0};

	if (!text_read(&found, new, text)) {
		record_proof_clear(new);
		return ERR_INVALID;
	}
	*proof = found;
	*space = new;
	return OK;
}

void
record_proof_clear(struct proof_space *space)
{
	if (space == NULL)
		return;
	free(space->extra);
	free(space->hashes);
	free(space->checkpoint);
	free(space);
}

struct hash
record_proof_head(const struct record_proof *proof)
{
	struct hash event = hash_event(proof->event);
	struct hash head = hash_head(&proof->head_before, &event);

	for (unsigned i = 0; i < proof->hash_count; i++)
		head = hash_head(&head, &proof->hashes[i]);
	return head;
}
