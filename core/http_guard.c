/* SPDX-License-Identifier: Apache-2.0 */
#include "core/http_guard.h"

#include <string.h>
#include <strings.h>

enum {
	BAD_REQUEST = 400,
	LENGTH_REQUIRED = 411,
	TARGET_TOO_LONG = 414,
	EXPECTATION_FAILED = 417,
	MISDIRECTED = 421,
	HEAD_TOO_LARGE = 431,
	NOT_IMPLEMENTED = 501,
	VERSION_UNKNOWN = 505,
	LENGTH_DIGITS_MAX = 9,
	METHOD_MAX = 16,
};

static const char form_type[] = "application/x-www-form-urlencoded";

/* What the lines behind the first add up to. */
struct lines {
	const char *const *hosts;
	unsigned count, host_count, length_count;
	bool is_own_host;
	uint64_t body_len;
	bool is_form;
};

size_t
http_head_len(struct bytes raw)
{
	size_t line = 0; /* where this one began */

	for (size_t i = 0; i < raw.len; i++) {
		size_t len = i - line;

		if (raw.at[i] != '\n')
			continue;
		if (line > 0 &&
		    (len == 0 || (len == 1 && raw.at[line] == '\r')))
			return i + 1;
		line = i + 1;
	}
	return 0;
}

static bool
is_token(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_control(uint8_t c)
{
	return c < ' ' || c == 0x7f;
}

/* Without what ends it; false: it does not end with CR LF, or there is a
 * control byte in it. A tab is one too: nobody needs it. */
static bool
take_line(struct bytes *raw, struct bytes *line)
{
	const uint8_t *end = memchr(raw->at, '\n', raw->len);
	size_t len;

	if (end == NULL || end == raw->at || end[-1] != '\r')
		return false;
	len = (size_t)(end - raw->at) - 1;
	for (size_t i = 0; i < len; i++)
		if (is_control(raw->at[i]))
			return false;
	*line = bytes_of(raw->at, len);
	raw->at += len + 2;
	raw->len -= len + 2;
	return true;
}

static bool
is_text(struct bytes bytes, const char *text)
{
	return bytes.len == strlen(text) &&
	       strncasecmp((const char *)bytes.at, text, bytes.len) == 0;
}

static int
nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes once. False: half an escape, a control byte, or too long. */
static bool
decode(char *to, size_t cap, struct bytes from, bool plus_is_blank)
{
	size_t len = 0;

	for (size_t i = 0; i < from.len; i++) {
		uint8_t c = from.at[i];

		if (c == '+' && plus_is_blank)
			c = ' ';
		if (c == '%') {
			int high =
			    i + 2 < from.len ? nibble(from.at[i + 1]) : -1;
			int low = high >= 0 ? nibble(from.at[i + 2]) : -1;

			if (low < 0)
				return false;
			c = (uint8_t)(high << 4 | low);
			i += 2;
		}
		if (is_control(c) || len + 1 >= cap)
			return false;
		to[len++] = (char)c;
	}
	to[len] = '\0';
	return true;
}

/* Takes what is before the first `stop` off `rest`, and the stop too. */
static struct bytes
take_until(struct bytes *rest, char stop)
{
	const uint8_t *end =
	    rest->len > 0 ? memchr(rest->at, stop, rest->len) : NULL;
	size_t len = end != NULL ? (size_t)(end - rest->at) : rest->len;
	struct bytes taken = bytes_of(rest->at, len);
	size_t skip = end != NULL ? len + 1 : len;

	rest->at += skip;
	rest->len -= skip;
	return taken;
}

bool
http_fields_get(struct http_fields *fields, struct bytes text)
{
	*fields = (struct http_fields){0};
	while (text.len > 0) {
		struct bytes pair = take_until(&text, '&');
		struct bytes name = take_until(&pair, '=');
		unsigned n = fields->count;

		if (n == HTTP_FIELDS_MAX || name.len == 0 ||
		    !decode(fields->at[n].name, HTTP_NAME_MAX, name, true) ||
		    !decode(fields->at[n].value, HTTP_VALUE_MAX, pair, true))
			return false;
		fields->count++;
	}
	return true;
}

const char *
http_field(const struct http_fields *fields, const char *name)
{
	for (unsigned i = 0; i < fields->count; i++)
		if (strcmp(fields->at[i].name, name) == 0)
			return fields->at[i].value;
	return NULL;
}

/* ---- the first line */

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST},
    {"PUT", HTTP_ELSE}, {"DELETE", HTTP_ELSE}, {"OPTIONS", HTTP_ELSE},
    {"PATCH", HTTP_ELSE}, {"TRACE", HTTP_ELSE}, {"CONNECT", HTTP_ELSE}};

static unsigned
read_method(struct http_head *head, struct bytes word)
{
	if (word.len == 0 || word.len > METHOD_MAX)
		return BAD_REQUEST;
	for (size_t i = 0; i < word.len; i++)
		if (!is_token(word.at[i]))
			return BAD_REQUEST;
	for (unsigned i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (bytes_equal(word, bytes_of_text(methods[i].name)))
			head->method = methods[i].method;
	return 0; /* unknown: nothing is set */
}

/* "//host/" is a path to us and a host to others. */
static unsigned
read_target(struct http_head *head, struct bytes target)
{
	struct bytes path = take_until(&target, '?');

	if (path.len >= HTTP_PATH_MAX)
		return TARGET_TOO_LONG;
	if (path.len == 0 || path.at[0] != '/' ||
	    (path.len > 1 && path.at[1] == '/') ||
	    memchr(path.at, '#', path.len) != NULL ||
	    !decode(head->path, sizeof head->path, path, false) ||
	    !http_fields_get(&head->query, target))
		return BAD_REQUEST;
	return 0;
}

static unsigned
read_first(struct http_head *head, struct bytes line)
{
	struct bytes method = take_until(&line, ' ');
	struct bytes target = take_until(&line, ' ');
	unsigned status = read_method(head, method);

	if (status == 0)
		status = read_target(head, target);
	if (status != 0)
		return status;
	if (line.len != 8 || memcmp(line.at, "HTTP/", 5) != 0)
		return BAD_REQUEST;
	if (!is_text(line, "HTTP/1.1") && !is_text(line, "HTTP/1.0"))
		return VERSION_UNKNOWN;
	return head->method == 0 ? NOT_IMPLEMENTED : 0;
}

/* ---- the lines behind it */

static unsigned
on_host(struct lines *lines, struct bytes value)
{
	for (unsigned i = 0; lines->hosts[i] != NULL; i++)
		if (is_text(value, lines->hosts[i]))
			lines->is_own_host = true;
	lines->host_count++;
	return 0;
}

static unsigned
on_length(struct lines *lines, struct bytes value)
{
	uint64_t len = 0;

	if (++lines->length_count > 1 || value.len == 0 ||
	    value.len > LENGTH_DIGITS_MAX)
		return BAD_REQUEST;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return BAD_REQUEST;
		len = len * 10 + value.at[i] - '0';
	}
	lines->body_len = len;
	return 0;
}

static unsigned
on_type(struct lines *lines, struct bytes value)
{
	lines->is_form = is_text(take_until(&value, ';'), form_type);
	return 0;
}

static unsigned
on_coding(struct lines *lines, struct bytes value)
{
	(void)lines;
	(void)value;
	return NOT_IMPLEMENTED;
}

static unsigned
on_expect(struct lines *lines, struct bytes value)
{
	(void)lines;
	(void)value;
	return EXPECTATION_FAILED;
}

static const struct {
	const char *name;
	unsigned (*read)(struct lines *lines, struct bytes value);
} known[] = {{"Host", on_host}, {"Content-Length", on_length},
    {"Content-Type", on_type}, {"Transfer-Encoding", on_coding},
    {"Expect", on_expect}};

static unsigned
read_line(struct lines *lines, struct bytes value)
{
	bool has_colon = memchr(value.at, ':', value.len) != NULL;
	struct bytes name = take_until(&value, ':');

	if (++lines->count > HTTP_LINES_MAX)
		return HEAD_TOO_LARGE;
	if (!has_colon || name.len == 0)
		return BAD_REQUEST;
	for (size_t i = 0; i < name.len; i++)
		if (!is_token(name.at[i]))
			return BAD_REQUEST;
	while (value.len > 0 && value.at[0] == ' ')
		value = bytes_of(value.at + 1, value.len - 1);
	while (value.len > 0 && value.at[value.len - 1] == ' ')
		value.len--;
	for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
		if (is_text(name, known[i].name))
			return known[i].read(lines, value);
	return 0;
}

static unsigned
read_lines(struct lines *lines, struct bytes raw)
{
	struct bytes line;
	unsigned status = 0;

	while (status == 0) {
		if (!take_line(&raw, &line))
			return BAD_REQUEST;
		if (line.len == 0)
			break;
		status = read_line(lines, line);
	}
	if (status != 0)
		return status;
	if (raw.len > 0 || lines->host_count != 1)
		return BAD_REQUEST;
	return lines->is_own_host ? 0 : MISDIRECTED;
}

unsigned
http_guard(struct http_head *head, struct bytes raw, const char *const *hosts)
{
	struct lines lines = {.hosts = hosts};
	struct http_head read = {0};
	struct bytes first;
	unsigned status;

	if (raw.len > HTTP_HEAD_MAX)
		return HEAD_TOO_LARGE;
	if (raw.len == 0 || !take_line(&raw, &first))
		return BAD_REQUEST;
	status = read_first(&read, first);
	if (status == 0)
		status = read_lines(&lines, raw);
	if (status == 0 && read.method == HTTP_POST && lines.length_count == 0)
		status = LENGTH_REQUIRED;
	if (status != 0)
		return status;
	read.body_len = lines.body_len;
	read.is_form = lines.is_form;
	*head = read;
	return 0;
}
