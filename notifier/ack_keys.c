/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_keys.h"

#include "core/file.h"
#include "core/log.h"
#include "core/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 512, FILE_MODE = 0600, OTHERS = 077 };

static const char name[] = "ack-keys";
static const char first_line[] = "ikrar-ack-keys-1\n";

static enum err
bad(const char *path, const char *cause)
{
	log_warnx("ack-keys-refused path=%s cause=\"%s\"", path, cause);
	return ERR_INVALID;
}

/* "now: 64 digits\n" off `*text`; false: another line, or none. */
static bool
take_key(uint8_t key[ACK_KEY_SIZE], const char **text, const char *word)
{
	const char *at = *text;
	size_t len = strlen(word), digits = 2 * (size_t)ACK_KEY_SIZE;
	char hex[2 * ACK_KEY_SIZE + 1];

	if (strncmp(at, word, len) != 0 || strncmp(at + len, ": ", 2) != 0)
		return false;
	at += len + 2;
	if (strnlen(at, digits + 1) != digits + 1 || at[digits] != '\n')
		return false;
	memcpy(hex, at, digits);
	hex[digits] = '\0';
	*text = at + digits + 1;
	return hex_get(key, ACK_KEY_SIZE, hex) == OK;
}

static enum err
read_keys(struct ack_keys *keys, const char *path, const char *text)
{
	size_t len = sizeof first_line - 1;

	*keys = (struct ack_keys){0};
	if (strncmp(text, first_line, len) != 0)
		return bad(path, "the first line is another");
	text += len;
	if (!take_key(keys->now, &text, "now"))
		return bad(path, "no key under now:");
	keys->has_before = take_key(keys->before, &text, "before");
	return *text == '\0'
		   ? OK
		   : bad(path, "a line that is neither now: nor before:");
}

enum err
ack_keys_load(struct ack_keys *keys, const char *dir)
{
	char path[PATH_MAX], text[FILE_MAX];
	struct ack_keys read;
	struct stat stat;
	enum err err;

	if (!file_path(path, sizeof path, dir, name))
		return bad(dir, "path too long");
	err = file_read_text(path, text, sizeof text);
	if (err == ERR_NOTFOUND)
		return err;
	if (err == ERR_IO || (err == OK && lstat(path, &stat) != 0)) {
		log_warn("ack-keys-failed path=%s", path);
		return ERR_IO;
	}
	if (err != OK)
		return bad(path, "no text, or too long");
	if (!S_ISREG(stat.st_mode) || (stat.st_mode & OTHERS) != 0)
		return bad(path, "others may read it: chmod 600");
	err = read_keys(&read, path, text);
	explicit_bzero(text, sizeof text);
	if (err == OK)
		*keys = read;
	return err;
}

static void
put_keys(struct text_buf *out, const struct ack_keys *keys)
{
	char hex[2 * ACK_KEY_SIZE + 1];

	hex_put(hex, keys->now, ACK_KEY_SIZE);
	text_buf_add(out, "%snow: %s\n", first_line, hex);
	hex_put(hex, keys->before, ACK_KEY_SIZE);
	if (keys->has_before)
		text_buf_add(out, "before: %s\n", hex);
	explicit_bzero(hex, sizeof hex);
}

static enum err
write_keys(const char *path, const struct ack_keys *keys)
{
	struct text_buf text = {0};
	enum err err;

	put_keys(&text, keys);
	err = file_write_new(path, bytes_of(text.at, text.len), FILE_MODE);
	explicit_bzero(text.at, text.len);
	text_buf_clear(&text);
	if (err == OK && !file_sync_dir_of(path))
		err = ERR_IO;
	if (err == ERR_IO)
		log_warn("ack-keys-failed path=%s", path);
	return err;
}

enum err
ack_keys_make(const char *dir)
{
	struct ack_keys keys = {0};
	char path[PATH_MAX];
	enum err err;

	if (!file_path(path, sizeof path, dir, name))
		return bad(dir, "path too long");
	loop_random(keys.now, sizeof keys.now);
	err = write_keys(path, &keys);
	return err == ERR_DUP ? OK : err;
}

enum err
ack_keys_rotate(const char *dir)
{
	char path[PATH_MAX], made[PATH_MAX];
	struct ack_keys keys;
	enum err err = ack_keys_load(&keys, dir);

	if (err == ERR_NOTFOUND)
		return ack_keys_make(dir);
	if (err != OK)
		return err;
	if (!file_path(path, sizeof path, dir, name) ||
	    !file_path(made, sizeof made, dir, "ack-keys.new"))
		return bad(dir, "path too long");
	memcpy(keys.before, keys.now, ACK_KEY_SIZE);
	keys.has_before = true;
	loop_random(keys.now, sizeof keys.now);
	(void)unlink(made); /* of a rotation that was cut short */
	err = write_keys(made, &keys);
	if (err != OK)
		return ERR_IO;
	if (rename(made, path) == 0 && file_sync_dir(dir))
		return OK;
	log_warn("ack-keys-failed path=%s", path);
	return ERR_IO;
}
