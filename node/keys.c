/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of both files: lines of "name: value", each name of the table once
 * (an endpoint as often as there is room, or not at all), no other; a line that
 * starts with # is skipped. The last line, "check", is the head of SHA-256 of
 * all lines before it, so that a damaged file is told from a good one.
 */
#include "node/keys.h"

#include "core/file.h"
#include "core/log.h"
#include "core/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX = 4096,
	FILE_MODE = 0600,
	DIR_MODE = 0700,
	CHECK_SIZE = 8,
	KEY_SIZE = 32,
	FIELDS_MAX = 12,
};

enum field_type { FIELD_HEX, FIELD_TEXT, FIELD_U32, FIELD_FLAG };

/* One name of a file and where its value lives. */
struct field {
	const char *name;
	enum field_type type;
	void *at;
	size_t size;  /* of the value, of one of `max` */
	uint32_t max; /* how often; 0: exactly once */
	uint32_t *count;
};

struct file {
	const char *path;
	unsigned line;
	const struct field *fields;
	unsigned field_count;
	uint32_t seen[FIELDS_MAX];
};

void
node_keys_make(struct node_keys *keys)
{
	uint8_t seed[SIGN_SEED_SIZE];
	struct hash id;

	loop_random(seed, sizeof seed);
	sign_keys_make(&keys->sign, seed);
	explicit_bzero(seed, sizeof seed);
	link_keys_make(&keys->link);
	id = hash_node(keys->sign.public_key);
	memcpy(keys->id, id.at, sizeof keys->id);
}

/* ---- writing */

static void
put_value(struct text_buf *out, const struct field *field, const void *at)
{
	char hex[2 * KEY_SIZE + 1];

	switch (field->type) {
	case FIELD_HEX:
		CHECK(field->size <= KEY_SIZE);
		hex_put(hex, at, field->size);
		text_buf_add(out, "%s: %s\n", field->name, hex);
		explicit_bzero(hex, sizeof hex);
		break;
	case FIELD_TEXT:
		text_buf_add(out, "%s: %s\n", field->name, (const char *)at);
		break;
	case FIELD_U32:
		text_buf_add(
		    out, "%s: %u\n", field->name, *(const uint32_t *)at);
		break;
	case FIELD_FLAG:
		text_buf_add(out, "%s: %s\n", field->name,
		    *(const bool *)at ? "yes" : "no");
		break;
	}
}

static void
put_check(struct text_buf *out)
{
	struct hash check = hash_bytes(bytes_of(out->at, out->len));
	char hex[2 * CHECK_SIZE + 1];

	hex_put(hex, check.at, CHECK_SIZE);
	text_buf_add(out, "check: %s\n", hex);
}

static void
put_fields(struct text_buf *out, const struct field *fields, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint32_t times = fields[i].max == 0 ? 1 : *fields[i].count;
		const uint8_t *at = fields[i].at;

		for (uint32_t n = 0; n < times; n++)
			put_value(out, &fields[i], at + n * fields[i].size);
	}
	put_check(out);
}

static bool
write_new(const char *path, const struct text_buf *text)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	bool written = fd >= 0 && fchmod(fd, FILE_MODE) == 0 &&
		       file_write(fd, bytes_of(text->at, text->len)) &&
		       fsync(fd) == 0;

	if (fd >= 0 && close(fd) != 0)
		return false;
	return written;
}

/* `once`: a file that is there already stays. */
static enum err
replace(
    const char *dir, const char *name, const struct text_buf *text, bool once)
{
	char path[PATH_MAX], made[PATH_MAX];
	int rc;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >=
		(int)sizeof path ||
	    snprintf(made, sizeof made, "%s/%s.new", dir, name) >=
		(int)sizeof made) {
		log_warnx("node-file-failed cause=\"path too long\"");
		return ERR_IO;
	}
	if (!write_new(made, text)) {
		log_warn("node-file-failed path=%s", made);
		return ERR_IO;
	}
	rc = once ? link(made, path) : rename(made, path);
	if (once) {
		int why = errno;

		(void)unlink(made);
		errno = why;
	}
	if (rc != 0 && once && errno == EEXIST)
		return ERR_DUP;
	if (rc == 0 && file_sync_dir(dir))
		return OK;
	log_warn("node-file-failed path=%s", path);
	return ERR_IO;
}

/* ---- reading */

static enum err
bad(const struct file *file, const char *cause)
{
	log_warnx("node-file-refused path=%s line=%u cause=\"%s\"", file->path,
	    file->line, cause);
	return ERR_INVALID;
}

static bool
get_value(const struct field *field, void *at, const char *value)
{
	uint64_t number = 0;

	switch (field->type) {
	case FIELD_HEX:
		return hex_get(at, field->size, value) == OK;
	case FIELD_TEXT:
		return value[0] != '\0' && text_copy(at, field->size, value);
	case FIELD_U32:
		if (u64_get(&number, value, 0, UINT32_MAX) != OK)
			return false;
		*(uint32_t *)at = (uint32_t)number;
		return true;
	case FIELD_FLAG:
		*(bool *)at = strcmp(value, "yes") == 0;
		return *(bool *)at || strcmp(value, "no") == 0;
	}
	return false;
}

static enum err
take_line(struct file *file, char *line)
{
	char *colon = strstr(line, ": ");
	unsigned i = 0;
	uint8_t *at;

	if (colon == NULL)
		return bad(file, "not a line of name: value");
	*colon = '\0';
	while (i < file->field_count && strcmp(file->fields[i].name, line) != 0)
		i++;
	if (i == file->field_count)
		return bad(file, "a name that does not belong here");
	if (file->seen[i] >=
	    (file->fields[i].max == 0 ? 1 : file->fields[i].max))
		return bad(file, "this name stands here too often");
	at = file->fields[i].at;
	at += file->seen[i] * file->fields[i].size;
	if (!get_value(&file->fields[i], at, colon + 2))
		return bad(file, "the value is not valid");
	file->seen[i]++;
	if (file->fields[i].count != NULL)
		*file->fields[i].count = file->seen[i];
	return OK;
}

/* Cuts the check line off `text`. */
static bool
is_whole(char *text)
{
	char *line = strstr(text, "\ncheck: ");
	char hex[2 * CHECK_SIZE + 2];
	struct hash check;

	if (line == NULL)
		return false;
	line++;
	check = hash_bytes(bytes_of(text, (size_t)(line - text)));
	hex_put(hex, check.at, CHECK_SIZE);
	hex[2 * CHECK_SIZE] = '\n';
	hex[2 * CHECK_SIZE + 1] = '\0';
	if (strcmp(line + strlen("check: "), hex) != 0)
		return false;
	*line = '\0';
	return true;
}

static enum err
take_fields(struct file *file, char *text)
{
	enum err err = OK;

	if (!is_whole(text))
		return bad(file, "damaged: the check does not match");
	while (*text != '\0' && err == OK) {
		char *end = strchr(text, '\n');

		file->line++;
		*end = '\0';
		if (text[0] != '#')
			err = take_line(file, text);
		text = end + 1;
	}
	for (unsigned i = 0; err == OK && i < file->field_count; i++)
		if (file->seen[i] == 0 && file->fields[i].max == 0)
			err = bad(file, "a name is missing");
	return err;
}

/* ERR_NOTFOUND: no such file. */
static enum err
slurp(struct file *file, char text[FILE_MAX], bool secret)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t len;

	if (fd < 0 && errno == ENOENT)
		return ERR_NOTFOUND;
	if (fd < 0 || fstat(fd, &st) != 0) {
		log_warn("node-file-failed path=%s", file->path);
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	len = read(fd, text, FILE_MAX);
	close(fd);
	if (!S_ISREG(st.st_mode) || len < 0 || len == FILE_MAX ||
	    memchr(text, '\0', (size_t)len) != NULL)
		return bad(file, "not a small text file");
	if (secret && (st.st_mode & 077) != 0)
		return bad(file, "others may read it: chmod 600");
	text[len] = '\0';
	return OK;
}

static enum err
load(const char *dir, const char *name, bool secret, struct file *file)
{
	char path[PATH_MAX], text[FILE_MAX];
	enum err err;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
		return ERR_NOTFOUND;
	file->path = path;
	err = slurp(file, text, secret);
	if (err == OK)
		err = take_fields(file, text);
	explicit_bzero(text, sizeof text);
	file->path = name;
	return err;
}

/* ---- the two files */

struct keys_text {
	uint8_t node[NODE_ID_SIZE];
	uint8_t seed[SIGN_SEED_SIZE];
	struct link_keys link;
};

#define KEYS_FIELDS(k)                                                      \
	{                                                                   \
		{"node", FIELD_HEX, (k)->node, sizeof(k)->node, 0, NULL},   \
		    {"sign-seed", FIELD_HEX, (k)->seed, sizeof(k)->seed, 0, \
			NULL},                                              \
		    {"link-public", FIELD_HEX, (k)->link.public_key,        \
			LINK_KEY_SIZE, 0, NULL},                            \
		    {"link-secret", FIELD_HEX, (k)->link.secret_key,        \
			LINK_KEY_SIZE, 0, NULL},                            \
	}

enum err
node_keys_save(const struct node_keys *keys, const char *dir)
{
	struct keys_text values = {.link = keys->link};
	const struct field fields[] = KEYS_FIELDS(&values);
	struct text_buf text = {0};
	enum err err;

	if (mkdir(dir, DIR_MODE) != 0 && errno != EEXIST) {
		log_warn("node-dir-failed dir=%s", dir);
		return ERR_IO;
	}
	memcpy(values.node, keys->id, sizeof values.node);
	sign_seed_of(&keys->sign, values.seed);
	text_buf_add(&text, "# Ikrar: kunci rahasia simpul ini, jangan "
			    "dibagikan; secret, give it to nobody\n");
	put_fields(&text, fields, sizeof fields / sizeof *fields);
	err = replace(dir, "keys", &text, true);
	explicit_bzero(text.at, text.len);
	explicit_bzero(&values, sizeof values);
	text_buf_clear(&text);
	return err;
}

enum err
node_keys_load(struct node_keys *keys, const char *dir)
{
	struct keys_text values = {0};
	const struct field fields[] = KEYS_FIELDS(&values);
	struct file file = {
	    .fields = fields, .field_count = sizeof fields / sizeof *fields};
	struct node_keys made = {0};
	enum err err = load(dir, "keys", true, &file);
	struct hash id;

	if (err != OK)
		return err;
	sign_keys_make(&made.sign, values.seed);
	made.link = values.link;
	id = hash_node(made.sign.public_key);
	memcpy(made.id, id.at, sizeof made.id);
	explicit_bzero(values.seed, sizeof values.seed);
	if (memcmp(made.id, values.node, sizeof made.id) != 0) {
		log_warnx("node-keys-refused dir=%s cause=\"the seed is not "
			  "this node's\"",
		    dir);
		return ERR_INVALID;
	}
	*keys = made;
	return OK;
}

#define REGION_FIELDS(r)                                                       \
	{                                                                      \
		{"origin", FIELD_TEXT, (r)->origin, ORIGIN_MAX, 0, NULL},      \
		    {"wilayah", FIELD_TEXT, (r)->wilayah, WILAYAH_MAX, 0,      \
			NULL},                                                 \
		    {"kind", FIELD_U32, &(r)->kind, sizeof(r)->kind, 0, NULL}, \
		    {"drill", FIELD_FLAG, &(r)->drill, sizeof(r)->drill, 0,    \
			NULL},                                                 \
		    {"log-key", FIELD_HEX, (r)->log_key, KEY_SIZE, 0, NULL},   \
		    {"server-key", FIELD_HEX, (r)->server_key, KEY_SIZE, 0,    \
			NULL},                                                 \
		    {"endpoint", FIELD_TEXT, (r)->endpoints, ENDPOINT_MAX,     \
			JOINED_ENDPOINTS_MAX, &(r)->endpoint_count},           \
	}

enum err
node_region_save(const struct node_region *region, const char *dir)
{
	struct node_region values = *region;
	const struct field fields[] = REGION_FIELDS(&values);
	struct text_buf text = {0};
	enum err err;

	CHECK(region->endpoint_count <= JOINED_ENDPOINTS_MAX);
	text_buf_add(&text, "# Ikrar: wilayah simpul ini; the region of this "
			    "node, written at the join\n");
	put_fields(&text, fields, sizeof fields / sizeof *fields);
	err = replace(dir, "region", &text, false);
	text_buf_clear(&text);
	return err;
}

enum err
node_region_load(struct node_region *region, const char *dir)
{
	struct node_region values = {0};
	const struct field fields[] = REGION_FIELDS(&values);
	struct file file = {
	    .fields = fields, .field_count = sizeof fields / sizeof *fields};
	enum err err = load(dir, "region", false, &file);

	if (err == OK)
		*region = values;
	return err;
}
