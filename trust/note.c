/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note is text, an empty line, and signature lines:
 *     "— " name " " base64(key id | signature)
 * where the key id is the first 4 bytes of SHA-256(name | "\n" | 0x01 | key).
 * It comes from anywhere, so it is held against the letter of the format
 * first: what other tools would refuse or read differently is refused.
 */
#include "trust/note.h"

#include <stdio.h>
#include <string.h>

enum {
	KEY_ID_SIZE = 4,
	KEY_TYPE = 0x01, /* Ed25519 */
	TYPED_KEY_SIZE = 1 + SIGN_KEY_SIZE,
	NOTE_SIGNATURE_SIZE = KEY_ID_SIZE + SIGNATURE_SIZE,
	SIZE_DIGITS = 20, /* of UINT64_MAX */
};

/* What is left of a text that is read from the front. */
struct rest {
	const char *at;
	size_t len;
};

struct signature {
	struct rest name;
	size_t len;
	uint8_t at[NOTE_OPEN_MAX / 4 * 3];
};

static const char line_start[] = "\xe2\x80\x94 ";

/* Up to the mark, which is skipped; false when there is none. */
static bool
rest_cut(struct rest *rest, char mark, struct rest *piece)
{
	const char *end = memchr(rest->at, mark, rest->len);

	if (end == NULL)
		return false;
	*piece = (struct rest){rest->at, (size_t)(end - rest->at)};
	rest->at += piece->len + 1;
	rest->len -= piece->len + 1;
	return true;
}

static bool
rest_skip(struct rest *rest, const char *start)
{
	size_t len = strlen(start);

	if (rest->len < len || memcmp(rest->at, start, len) != 0)
		return false;
	rest->at += len;
	rest->len -= len;
	return true;
}

static bool
rest_is(const struct rest *rest, const char *text)
{
	return rest->len == strlen(text) &&
	       memcmp(rest->at, text, rest->len) == 0;
}

/* The next code point of strict UTF-8: shortest form, no surrogates. */
static bool
rest_rune(struct rest *rest, uint32_t *rune)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint8_t first = (uint8_t)rest->at[0];
	unsigned more = first < 0x80   ? 0
			: first < 0xe0 ? 1
			: first < 0xf0 ? 2
				       : 3;
	uint32_t sum = more == 0 ? first : first & (0x3fu >> more);

	if ((first >= 0x80 && first < 0xc0) || first > 0xf4 ||
	    rest->len <= more)
		return false;
	for (unsigned i = 1; i <= more; i++) {
		uint8_t next = (uint8_t)rest->at[i];

		if ((next & 0xc0) != 0x80)
			return false;
		sum = sum << 6 | (next & 0x3f);
	}
	if (sum < least[more] || sum > 0x10ffff ||
	    (sum >= 0xd800 && sum <= 0xdfff))
		return false;
	rest->at += more + 1;
	rest->len -= more + 1;
	*rune = sum;
	return true;
}

static bool
rune_is_space(uint32_t rune)
{
	return (rune >= 0x09 && rune <= 0x0d) || rune == 0x20 || rune == 0x85 ||
	       rune == 0xa0 || rune == 0x1680 ||
	       (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
	       rune == 0x2029 || rune == 0x202f || rune == 0x205f ||
	       rune == 0x3000;
}

static bool
note_is_clean(struct rest note)
{
	uint32_t rune;

	while (note.len > 0)
		if (!rest_rune(&note, &rune) || (rune < 0x20 && rune != '\n'))
			return false;
	return true;
}

static bool
name_is_valid(struct rest name)
{
	uint32_t rune;

	if (name.len == 0)
		return false;
	while (name.len > 0)
		if (!rest_rune(&name, &rune) || rune < 0x20 || rune == '+' ||
		    rune_is_space(rune))
			return false;
	return true;
}

static bool
origin_is_valid(const char *origin)
{
	size_t len = strnlen(origin, NOTE_ORIGIN_MAX);

	return len < NOTE_ORIGIN_MAX &&
	       name_is_valid((struct rest){origin, len});
}

static void
key_id(uint8_t id[KEY_ID_SIZE], const char *name,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	static const uint8_t middle[] = {'\n', KEY_TYPE};
	struct bytes parts[] = {bytes_of(name, strlen(name)),
	    bytes_of(middle, sizeof middle),
	    bytes_of(public_key, SIGN_KEY_SIZE)};
	struct hash hash = hash_parts(parts, 3);

	memcpy(id, hash.at, KEY_ID_SIZE);
}

static size_t
checkpoint_text(
    char text[NOTE_CHECKPOINT_MAX], const struct checkpoint *checkpoint)
{
	char root[BASE64_SIZE(HASH_SIZE)];

	base64_put(root, checkpoint->root.at, HASH_SIZE);
	return (size_t)snprintf(text, NOTE_CHECKPOINT_MAX, "%s\n%llu\n%s\n",
	    checkpoint->origin, (unsigned long long)checkpoint->size, root);
}

/* What stands behind the name in the line of a signature. */
static void
sign_text(char line[BASE64_SIZE(NOTE_SIGNATURE_SIZE)], struct bytes text,
    const char *name, const struct sign_keys *keys)
{
	uint8_t signature[NOTE_SIGNATURE_SIZE];

	key_id(signature, name, keys->public_key);
	sign_parts(signature + KEY_ID_SIZE, &text, 1, keys);
	base64_put(line, signature, sizeof signature);
}

void
checkpoint_sign(char text[NOTE_CHECKPOINT_MAX],
    const struct checkpoint *checkpoint, const struct sign_keys *keys)
{
	char line[BASE64_SIZE(NOTE_SIGNATURE_SIZE)];
	size_t len;

	CHECK(origin_is_valid(checkpoint->origin));
	len = checkpoint_text(text, checkpoint);
	sign_text(line, bytes_of(text, len), checkpoint->origin, keys);
	snprintf(text + len, NOTE_CHECKPOINT_MAX - len, "\n%s%s %s\n",
	    line_start, checkpoint->origin, line);
}

/* The text ends with the last empty line. */
static bool
note_split(struct rest note, struct rest *text, struct rest *lines)
{
	size_t at = note.len;

	if (note.len < 2 || note.at[note.len - 1] != '\n')
		return false;
	do {
		if (--at == 0)
			return false;
	} while (note.at[at] != '\n' || note.at[at - 1] != '\n');
	*text = (struct rest){note.at, at};
	*lines = (struct rest){note.at + at + 1, note.len - at - 1};
	return lines->len > 0;
}

static bool
root_read(const struct rest *line, struct hash *root)
{
	size_t len = 0;

	return base64_get(root->at, HASH_SIZE, &len, line->at, line->len) ==
		   OK &&
	       len == HASH_SIZE;
}

static bool
size_read(const struct rest *line, uint64_t *size)
{
	char digits[SIZE_DIGITS + 1] = {0};

	if (line->len > SIZE_DIGITS)
		return false;
	memcpy(digits, line->at, line->len);
	return u64_get(size, digits, 0, UINT64_MAX) == OK;
}

/* Lines behind the third are extensions, for others. */
static bool
text_read(struct rest text, const char *origin, struct checkpoint *checkpoint)
{
	struct rest line;

	if (!rest_cut(&text, '\n', &line) || !rest_is(&line, origin) ||
	    !text_copy(checkpoint->origin, NOTE_ORIGIN_MAX, origin))
		return false;
	if (!rest_cut(&text, '\n', &line) ||
	    !size_read(&line, &checkpoint->size))
		return false;
	if (!rest_cut(&text, '\n', &line) ||
	    !root_read(&line, &checkpoint->root))
		return false;
	while (text.len > 0)
		if (!rest_cut(&text, '\n', &line) || line.len == 0)
			return false;
	return true;
}

/* Others' signatures may be of any kind and length, but must be well-formed. */
static bool
line_read(struct rest line, struct signature *signature)
{
	return rest_skip(&line, line_start) &&
	       rest_cut(&line, ' ', &signature->name) &&
	       name_is_valid(signature->name) &&
	       base64_get(signature->at, sizeof signature->at, &signature->len,
		   line.at, line.len) == OK &&
	       signature->len > KEY_ID_SIZE;
}

/* Reads every line, and judges the first by the key. One that is named like
 * it and fails is fraud or damage: no other line can heal it. */
static bool
lines_vouch(struct rest lines, const struct rest *text, const char *name,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	struct bytes signed_text = bytes_of(text->at, text->len);
	struct signature signature;
	struct rest line;
	uint8_t id[KEY_ID_SIZE];
	bool vouched = false;

	key_id(id, name, public_key);
	for (unsigned i = 0; lines.len > 0; i++) {
		if (i == NOTE_SIGNATURES_MAX ||
		    !rest_cut(&lines, '\n', &line) ||
		    !line_read(line, &signature))
			return false;
		if (vouched || !rest_is(&signature.name, name) ||
		    memcmp(signature.at, id, KEY_ID_SIZE) != 0)
			continue;
		if (signature.len != NOTE_SIGNATURE_SIZE ||
		    !sign_is_valid(signature.at + KEY_ID_SIZE, &signed_text, 1,
			public_key))
			return false;
		vouched = true;
	}
	return vouched;
}

enum err
checkpoint_open(struct checkpoint *checkpoint, const char *text, size_t len,
    const char *origin, const uint8_t public_key[SIGN_KEY_SIZE])
{
	struct rest note = {text, len}, body, lines;
	struct checkpoint found;

	if (len > NOTE_OPEN_MAX || !note_is_clean(note) ||
	    !note_split(note, &body, &lines) ||
	    !text_read(body, origin, &found) ||
	    !lines_vouch(lines, &body, origin, public_key))
		return ERR_INVALID;
	*checkpoint = found;
	return OK;
}

void
note_sign(struct text_buf *text, const char *name, const struct sign_keys *keys)
{
	char line[BASE64_SIZE(NOTE_SIGNATURE_SIZE)];
	struct rest all = {text->at, text->len};

	CHECK(origin_is_valid(name) && text->len > 0 &&
	      text->at[text->len - 1] == '\n' && note_is_clean(all));
	sign_text(line, bytes_of(text->at, text->len), name, keys);
	text_buf_add(text, "\n%s%s %s\n", line_start, name, line);
}

enum err
note_open(size_t *text_len, const char *note, size_t len, const char *name,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	struct rest whole = {note, len}, body, lines;

	if (len > NOTE_TEXT_MAX || !note_is_clean(whole) ||
	    !note_split(whole, &body, &lines) ||
	    !lines_vouch(lines, &body, name, public_key))
		return ERR_INVALID;
	*text_len = body.len;
	return OK;
}

void
note_vkey(char text[NOTE_VKEY_MAX], const char *name,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	uint8_t id[KEY_ID_SIZE], typed[TYPED_KEY_SIZE];
	char id_text[2 * KEY_ID_SIZE + 1],
	    key_text[BASE64_SIZE(TYPED_KEY_SIZE)];

	CHECK(origin_is_valid(name));
	key_id(id, name, public_key);
	hex_put(id_text, id, KEY_ID_SIZE);
	typed[0] = KEY_TYPE;
	memcpy(typed + 1, public_key, SIGN_KEY_SIZE);
	base64_put(key_text, typed, TYPED_KEY_SIZE);
	snprintf(text, NOTE_VKEY_MAX, "%s+%s+%s", name, id_text, key_text);
}

/* "<hash>+<base64>" */
static bool
vkey_read(
    struct rest rest, uint8_t id[KEY_ID_SIZE], uint8_t typed[TYPED_KEY_SIZE])
{
	char id_text[2 * KEY_ID_SIZE + 1] = {0};
	struct rest piece;
	size_t len = 0;

	if (!rest_cut(&rest, '+', &piece) || piece.len != 2 * KEY_ID_SIZE)
		return false;
	memcpy(id_text, piece.at, piece.len);
	return hex_get(id, KEY_ID_SIZE, id_text) == OK &&
	       base64_get(typed, TYPED_KEY_SIZE, &len, rest.at, rest.len) ==
		   OK &&
	       len == TYPED_KEY_SIZE && typed[0] == KEY_TYPE;
}

enum err
note_vkey_open(const char *text, char name[NOTE_ORIGIN_MAX],
    uint8_t public_key[SIGN_KEY_SIZE])
{
	struct rest rest = {text, strnlen(text, NOTE_VKEY_MAX)}, piece;
	uint8_t told[KEY_ID_SIZE], id[KEY_ID_SIZE], typed[TYPED_KEY_SIZE];
	char found[NOTE_ORIGIN_MAX] = {0};

	if (!rest_cut(&rest, '+', &piece) || piece.len >= NOTE_ORIGIN_MAX ||
	    !name_is_valid(piece) || !vkey_read(rest, told, typed))
		return ERR_INVALID;
	memcpy(found, piece.at, piece.len);
	key_id(id, found, typed + 1);
	if (memcmp(id, told, KEY_ID_SIZE) != 0)
		return ERR_INVALID;
	memcpy(name, found, NOTE_ORIGIN_MAX);
	memcpy(public_key, typed + 1, SIGN_KEY_SIZE);
	return OK;
}
