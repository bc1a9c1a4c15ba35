/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/key_file.h"

#include "core/file.h"
#include "core/loop.h"
#include "core/tell.h"
#include "model/row.h"
#include "model/wire.h"
#include "trust/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	FILE_MAX = 1024,
	SECRET_MODE = 0600,
	PUBLIC_MODE = 0644,
	CHECK_SIZE = 8,
	CHECK_HEX = 2 * CHECK_SIZE,
	PACKED_ROW_MAX = 256,
};

static const char locked_words[] = "terkunci argon2id-3-256MiB ";
static const char check_word[] = "check ";

/* ---- keys */

static void
seed_for(uint8_t made[HASH_SIZE], const char *label, const uint8_t *seed)
{
	struct bytes parts[] = {
	    bytes_of_text(label), bytes_of(seed, KEY_FILE_SEED_SIZE)};
	struct hash hash = hash_parts(parts, 2);

	memcpy(made, hash.at, HASH_SIZE);
	explicit_bzero(&hash, sizeof hash);
}

void
key_file_derive(struct key_file *key, const char *id,
    const uint8_t seed[KEY_FILE_SEED_SIZE])
{
	uint8_t made[HASH_SIZE];

	memset(key, 0, sizeof *key);
	CHECK(text_copy(key->row.id, sizeof key->row.id, id));
	seed_for(made, "ikrar/key/seal/1\n", seed);
	seal_keys_make(&key->seal, made);
	seed_for(made, "ikrar/key/sign/1\n", seed);
	sign_keys_make(&key->sign, made);
	explicit_bzero(made, sizeof made);
	memcpy(key->row.seal_key, key->seal.public_key, SEAL_KEY_SIZE);
	memcpy(key->row.sign_key, key->sign.public_key, SIGN_KEY_SIZE);
}

void
key_file_clear(struct key_file *key)
{
	explicit_bzero(key, sizeof *key);
}

struct hash
recipients_hash(const struct recipient_row *rows, unsigned count)
{
	struct hasher *hasher = hasher_new();
	uint8_t at[PACKED_ROW_MAX];
	struct hash hash;

	for (unsigned i = 0; i < count; i++) {
		size_t len = wire_pack_recipient_row(&rows[i], at, sizeof at);

		CHECK(len > 0);
		hasher_add(hasher, bytes_of(at, len));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	return hash;
}

/* ---- the text */

static void
check_hex(char hex[CHECK_HEX + 1], struct bytes text)
{
	struct hash hash = hash_bytes(text);

	hex_put(hex, hash.at, CHECK_SIZE);
}

static void
text_put(struct text_buf *text, const struct recipient_row *row,
    const uint8_t locked[PASSPHRASE_LOCKED_SIZE])
{
	char line[RECIPIENT_LINE_MAX], hex[CHECK_HEX + 1];
	char base64[BASE64_SIZE(PASSPHRASE_LOCKED_SIZE)];

	recipient_line_put(line, row);
	base64_put(base64, locked, PASSPHRASE_LOCKED_SIZE);
	text_buf_add(text, "%s%s%s\n", line, locked_words, base64);
	check_hex(hex, bytes_of(text->at, text->len));
	text_buf_add(text, "%s%s\n", check_word, hex);
}

/* Takes a line with its line feed off `*text`. */
static bool
line_next(struct bytes *text, struct bytes *line)
{
	const uint8_t *end =
	    text->len == 0 ? NULL : memchr(text->at, '\n', text->len);

	if (end == NULL)
		return false;
	*line = bytes_of(text->at, (size_t)(end + 1 - text->at));
	*text = bytes_of(end + 1, text->len - line->len);
	return true;
}

/* What stands between `words` and the line feed. */
static bool
value_of(struct bytes *value, struct bytes line, const char *words)
{
	size_t len = strlen(words);

	if (line.len <= len + 1 || memcmp(line.at, words, len) != 0)
		return false;
	*value = bytes_of(line.at + len, line.len - len - 1);
	return true;
}

static bool
text_get(struct recipient_row *row, uint8_t locked[PASSPHRASE_LOCKED_SIZE],
    struct bytes text)
{
	struct bytes rest = text, first, second, third, value;
	char hex[CHECK_HEX + 1];
	size_t len = 0;

	if (!line_next(&rest, &first) || !line_next(&rest, &second) ||
	    !line_next(&rest, &third) || rest.len > 0)
		return false;
	check_hex(hex, bytes_of(text.at, first.len + second.len));
	return value_of(&value, third, check_word) &&
	       bytes_equal(value, bytes_of_text(hex)) &&
	       recipient_line_get(row, first) == OK &&
	       value_of(&value, second, locked_words) &&
	       base64_get(locked, PASSPHRASE_LOCKED_SIZE, &len,
		   (const char *)value.at, value.len) == OK &&
	       len == PASSPHRASE_LOCKED_SIZE;
}

/* ---- the file */

static enum err
cannot(const char *path, const char *why)
{
	tell("%s tidak dapat ditulis (%s).", "%s cannot be written (%s).", path,
	    why);
	return ERR_IO;
}

static enum err
public_path(char public[PATH_MAX], const char *path)
{
	if (snprintf(public, PATH_MAX, "%s.pub", path) >= PATH_MAX)
		return cannot(path, strerror(ENAMETOOLONG));
	return OK;
}

static enum err
must_be_free(const char *path)
{
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return OK;
	tell("%s sudah ada; kunci tidak pernah ditimpa. Sebut nama lain.",
	    "%s is there already; a key is never written over. Give another "
	    "name.",
	    path);
	return ERR_DUP;
}

enum err
key_file_is_free(const char *path)
{
	char public[PATH_MAX];
	enum err err = public_path(public, path);

	if (err == OK)
		err = must_be_free(path);
	return err == OK ? must_be_free(public) : err;
}

/* A whole file or none, and on disk when it returns. */
static enum err
write_new(const char *path, mode_t mode, const char *at, size_t len)
{
	enum err err = file_write_new(path, bytes_of(at, len), mode);

	if (err == ERR_DUP)
		return must_be_free(path);
	return err == OK ? OK : cannot(path, strerror(errno));
}

static enum err
write_both(const char *path, const struct recipient_row *row,
    const uint8_t locked[PASSPHRASE_LOCKED_SIZE])
{
	char public[PATH_MAX], line[RECIPIENT_LINE_MAX];
	struct text_buf text = {0};
	enum err err = public_path(public, path);

	if (err != OK)
		return err;
	text_put(&text, row, locked);
	recipient_line_put(line, row);
	err = write_new(path, SECRET_MODE, text.at, text.len);
	if (err == OK)
		err = write_new(public, PUBLIC_MODE, line, strlen(line));
	text_buf_clear(&text);
	(void)file_sync_dir_of(path);
	return err;
}

enum err
key_file_new(const char *path, const char *id, struct bytes passphrase)
{
	uint8_t seed[KEY_FILE_SEED_SIZE], chance[PASSPHRASE_CHANCE_SIZE];
	uint8_t locked[PASSPHRASE_LOCKED_SIZE];
	struct key_file key;
	enum err err = key_file_is_free(path);

	if (err != OK)
		return err;
	loop_random(seed, sizeof seed);
	loop_random(chance, sizeof chance);
	key_file_derive(&key, id, seed);
	err = passphrase_lock(locked, seed, passphrase, chance);
	explicit_bzero(seed, sizeof seed);
	if (err == OK)
		err = write_both(path, &key.row, locked);
	else
		tell("Memori komputer ini tidak cukup (perlu 256 MiB).",
		    "This computer has not enough memory (256 MiB).");
	key_file_clear(&key);
	return err;
}

static enum err
file_read(const char *path, char at[FILE_MAX], size_t *len)
{
	FILE *file = fopen(path, "re");
	enum err err = errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
	bool is_whole;

	if (file == NULL) {
		tell("%s tidak dapat dibaca (%s).", "%s cannot be read (%s).",
		    path, strerror(errno));
		return err;
	}
	*len = fread(at, 1, FILE_MAX, file);
	is_whole = !ferror(file) && *len < FILE_MAX;
	fclose(file);
	if (is_whole)
		return OK;
	tell("%s bukan berkas kunci.", "%s is not a key file.", path);
	return ERR_INVALID;
}

static enum err
unlock(struct key_file *key, const struct recipient_row *row,
    const uint8_t locked[PASSPHRASE_LOCKED_SIZE], struct bytes passphrase)
{
	uint8_t seed[KEY_FILE_SEED_SIZE];
	enum err err = passphrase_unlock(seed, locked, passphrase);

	if (err != OK)
		return err;
	key_file_derive(key, row->id, seed);
	explicit_bzero(seed, sizeof seed);
	if (memcmp(key->row.seal_key, row->seal_key, SEAL_KEY_SIZE) == 0 &&
	    memcmp(key->row.sign_key, row->sign_key, SIGN_KEY_SIZE) == 0)
		return OK;
	key_file_clear(key);
	return ERR_INVALID;
}

enum err
key_file_open(struct key_file *key, const char *path, struct bytes passphrase)
{
	uint8_t locked[PASSPHRASE_LOCKED_SIZE];
	struct recipient_row row;
	char text[FILE_MAX];
	size_t len = 0;
	enum err err = file_read(path, text, &len);

	if (err != OK)
		return err;
	err = text_get(&row, locked, bytes_of(text, len))
		  ? unlock(key, &row, locked, passphrase)
		  : ERR_INVALID;
	if (err == ERR_DENIED)
		tell("Kata sandi untuk %s salah.",
		    "This is not the passphrase of %s.", path);
	else if (err == ERR_FULL)
		tell("Memori komputer ini tidak cukup untuk membuka %s (perlu "
		     "256 MiB).",
		    "This computer has not enough memory to open %s "
		    "(256 MiB).",
		    path);
	else if (err != OK)
		tell("%s bukan berkas kunci, atau rusak. Pakai salinannya.",
		    "%s is not a key file, or is damaged; use its copy.", path);
	return err;
}

enum err
key_file_public(struct recipient_row *row, const char *path)
{
	uint8_t locked[PASSPHRASE_LOCKED_SIZE];
	char text[FILE_MAX];
	size_t len = 0;
	enum err err = file_read(path, text, &len);

	if (err != OK)
		return err;
	if (recipient_line_get(row, bytes_of(text, len)) == OK ||
	    text_get(row, locked, bytes_of(text, len)))
		return OK;
	tell("%s bukan kunci umum penerima (satu baris yang dimulai dengan "
	     "ikrar-penerima-1).",
	    "%s is not a recipient's public key (one line that begins with "
	    "ikrar-penerima-1).",
	    path);
	return ERR_INVALID;
}
