/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict little reader of JSON for tests of what writes it: a value is a
 * pointer to where it begins in the text. (jansson cannot be linked beside
 * core/json: both have a json_object.)
 */
#ifndef TESTS_UNIT_TEST_AGGREGATOR_JSON_H
#define TESTS_UNIT_TEST_AGGREGATOR_JSON_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"

enum { NAME_LEN_MAX = 64 };

/* Behind a text that begins at `at`. */
static inline const char *
json_text_end(const char *at)
{
	CHECK(*at == '"');
	for (at++; *at != '"'; at++) {
		CHECK((unsigned char)*at >= ' ');
		if (*at == '\\')
			at++;
	}
	return at + 1;
}

static inline const char *
json_word_end(const char *at)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t len = strspn(at, "-0123456789");

	for (unsigned i = 0; i < 3; i++)
		if (strncmp(at, words[i], strlen(words[i])) == 0)
			len = strlen(words[i]);
	CHECK(len > 0);
	return at + len;
}

/* Behind the value; each member and element is looked at once. */
static inline const char *
json_end_of(const char *at)
{
	bool is_object = *at == '{';
	char close = is_object ? '}' : ']';

	if (*at == '"')
		return json_text_end(at);
	if (*at != '{' && *at != '[')
		return json_word_end(at);
	if (at[1] == close)
		return at + 2;
	do {
		at++;
		if (is_object) {
			at = json_text_end(at);
			CHECK(*at++ == ':');
		}
		at = json_end_of(at);
	} while (*at == ',');
	CHECK(*at == close);
	return at + 1;
}

/* The next member or element of a container: `*next` begins as the container
 * and is kept between calls. NULL: no more. `name` may be NULL. */
static inline const char *
json_next(const char **next, char name[NAME_LEN_MAX])
{
	const char *at = *next + 1;
	const char *value;

	if (**next == '}' || **next == ']' || *at == '}' || *at == ']')
		return NULL;
	if (name != NULL && *at == '"' && *json_text_end(at) == ':') {
		size_t len = (size_t)(json_text_end(at) - at) - 2;

		CHECK(len < NAME_LEN_MAX);
		memcpy(name, at + 1, len);
		name[len] = '\0';
	}
	if (*at == '"' && *json_text_end(at) == ':')
		at = json_text_end(at) + 1;
	value = at;
	*next = json_end_of(at);
	return value;
}

/* NULL: there is none of that name. */
static inline const char *
json_member(const char *object, const char *name)
{
	char found[NAME_LEN_MAX];
	const char *next = object, *value;

	CHECK(*object == '{');
	while ((value = json_next(&next, found)) != NULL)
		if (strcmp(found, name) == 0)
			return value;
	return NULL;
}

static inline unsigned
json_count(const char *container)
{
	const char *next = container;
	unsigned count = 0;

	while (json_next(&next, NULL) != NULL)
		count++;
	return count;
}

static inline const char *
json_element(const char *array, unsigned n)
{
	const char *next = array, *value = NULL;

	CHECK(*array == '[');
	for (unsigned i = 0; i <= n; i++)
		value = json_next(&next, NULL);
	return value;
}

static inline bool
json_is(const char *value, const char *text)
{
	size_t len = strlen(text);

	return value != NULL && value[0] == '"' &&
	       strncmp(value + 1, text, len) == 0 && value[len + 1] == '"';
}

static inline long long
json_number(const char *object, const char *name)
{
	const char *value = json_member(object, name);

	CHECK(value != NULL);
	CHECK(strchr("-0123456789", *value) != NULL);
	return strtoll(value, NULL, 10);
}

#endif
