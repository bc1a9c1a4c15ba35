/* SPDX-License-Identifier: Apache-2.0 */
#include "core/conf_value.h"

#include "core/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void *
at(const struct conf_option *option, void *settings)
{
	return (char *)settings + option->offset;
}

static const void *
const_at(const struct conf_option *option, const void *settings)
{
	return (const char *)settings + option->offset;
}

static uint64_t
max_of(const struct conf_option *option)
{
	return option->max != 0 ? option->max : UINT64_MAX;
}

static enum err
set_flag(bool *flag, const char *text)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return ERR_INVALID;
	*flag = text[0] == 't';
	return OK;
}

static enum err
add_text(struct conf_texts *texts, const char *text)
{
	texts->at = xrealloc(texts->at, texts->count + 1, sizeof *texts->at);
	texts->at[texts->count++] = xstrdup(text);
	return OK;
}

static enum err
set_text(char **to, const char *text)
{
	free(*to);
	*to = xstrdup(text);
	return OK;
}

enum err
conf_value_set(
    const struct conf_option *option, void *settings, const char *text)
{
	switch (option->type) {
	case CONF_TEXT:
		return set_text(at(option, settings), text);
	case CONF_U64:
		return u64_get(
		    at(option, settings), text, option->min, max_of(option));
	case CONF_FLAG:
		return set_flag(at(option, settings), text);
	case CONF_TEXTS:
		return add_text(at(option, settings), text);
	}
	return ERR_INVALID;
}

static void
clear_texts(struct conf_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->at[i]);
	free(texts->at);
	*texts = (struct conf_texts){0};
}

static void
clear_text(char **text)
{
	free(*text);
	*text = NULL;
}

void
conf_value_clear(const struct conf_option *option, void *settings)
{
	switch (option->type) {
	case CONF_TEXT:
		clear_text(at(option, settings));
		return;
	case CONF_U64:
		*(uint64_t *)at(option, settings) = 0;
		return;
	case CONF_FLAG:
		*(bool *)at(option, settings) = false;
		return;
	case CONF_TEXTS:
		clear_texts(at(option, settings));
		return;
	}
}

/* Of numbers only what is not zero counts as given. */
bool
conf_value_is_set(const struct conf_option *option, const void *settings)
{
	const void *value = const_at(option, settings);

	switch (option->type) {
	case CONF_TEXT:
		return *(char *const *)value != NULL;
	case CONF_U64:
		return *(const uint64_t *)value != 0;
	case CONF_FLAG:
		return *(const bool *)value;
	case CONF_TEXTS:
		return ((const struct conf_texts *)value)->count > 0;
	}
	return false;
}

void
conf_value_wanted(const struct conf_option *option, struct text_buf *out)
{
	switch (option->type) {
	case CONF_TEXT:
	case CONF_TEXTS:
		text_buf_add(out, "teks / a text");
		return;
	case CONF_U64:
		text_buf_add(out,
		    "angka %" PRIu64 "..%" PRIu64 " / a number %" PRIu64
		    "..%" PRIu64,
		    option->min, max_of(option), option->min, max_of(option));
		return;
	case CONF_FLAG:
		text_buf_add(out, "true | false");
		return;
	}
}

static void
show_text(const char *text, struct text_buf *out)
{
	struct json json = {0};

	json_text(&json, NULL, text);
	text_buf_add(out, "%s", json.text.at);
	json_clear(&json);
}

static void
show_texts(const struct conf_texts *texts, struct text_buf *out)
{
	text_buf_add(out, "[");
	for (size_t i = 0; i < texts->count; i++) {
		if (i > 0)
			text_buf_add(out, ", ");
		show_text(texts->at[i], out);
	}
	text_buf_add(out, "]");
}

void
conf_value_show(const struct conf_option *option, const void *settings,
    struct text_buf *out)
{
	const void *value = const_at(option, settings);

	text_buf_add(out, "%s: ", option->name);
	switch (option->type) {
	case CONF_TEXT:
		show_text(*(char *const *)value, out);
		break;
	case CONF_U64:
		text_buf_add(out, "%" PRIu64, *(const uint64_t *)value);
		break;
	case CONF_FLAG:
		text_buf_add(
		    out, "%s", *(const bool *)value ? "true" : "false");
		break;
	case CONF_TEXTS:
		show_texts(value, out);
		break;
	}
	text_buf_add(out, "\n");
}
