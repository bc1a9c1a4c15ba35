/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/outline.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

struct reading {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	unsigned nodes;
	struct outline_why *why;
};

static void __attribute__((format(printf, 3, 0)))
say_at(char why[OUTLINE_WHY_MAX], const char *place, const char *format,
    va_list arguments)
{
	int used = snprintf(why, OUTLINE_WHY_MAX, "%s", place);

	vsnprintf(
	    why + used, OUTLINE_WHY_MAX - (size_t)used, format, arguments);
}

enum err
outline_bad(struct outline_why *why, const struct outline *at, const char *id,
    const char *en, ...)
{
	char place[64];
	va_list arguments;

	snprintf(
	    place, sizeof place, "baris %u, kolom %u: ", at->line, at->column);
	va_start(arguments, en);
	say_at(why->id, place, id, arguments);
	va_end(arguments);
	snprintf(
	    place, sizeof place, "line %u, column %u: ", at->line, at->column);
	va_start(arguments, en);
	say_at(why->en, place, en, arguments);
	va_end(arguments);
	return ERR_INVALID;
}

static struct outline
place_of(const struct reading *reading)
{
	const yaml_mark_t *mark = reading->has_event
				      ? &reading->event.start_mark
				      : &reading->parser.problem_mark;

	return (struct outline){.line = (unsigned)mark->line + 1,
	    .column = (unsigned)mark->column + 1};
}

static enum err
next(struct reading *reading)
{
	struct outline at;

	if (reading->has_event)
		yaml_event_delete(&reading->event);
	reading->has_event =
	    yaml_parser_parse(&reading->parser, &reading->event) != 0;
	at = place_of(reading);
	if (!reading->has_event)
		return outline_bad(reading->why, &at,
		    "bukan YAML yang benar (%s)", "not well-formed YAML (%s)",
		    reading->parser.problem != NULL ? reading->parser.problem
						    : "?");
	if (reading->event.type == YAML_ALIAS_EVENT)
		return outline_bad(reading->why, &at,
		    "alias (*nama) tidak dipakai di sini",
		    "aliases (*name) are not used here");
	return OK;
}

/* The word at hand. NULL: there is a NUL in it. */
static char *
word_at(const struct reading *reading)
{
	const char *at = (const char *)reading->event.data.scalar.value;

	if (strlen(at) != reading->event.data.scalar.length)
		return NULL;
	return xstrdup(at);
}

static enum err take(
    struct reading *reading, struct outline *node, unsigned depth);

/* The key of the next value; OK with `*key` NULL at the end of the map. */
static enum err
take_key(struct reading *reading, const struct outline *map, char **key)
{
	struct outline at;

	*key = NULL;
	if (next(reading) != OK)
		return ERR_INVALID;
	if (reading->event.type == YAML_MAPPING_END_EVENT)
		return OK;
	at = place_of(reading);
	if (reading->event.type == YAML_SCALAR_EVENT)
		*key = word_at(reading);
	if (*key == NULL)
		return outline_bad(reading->why, &at,
		    "di sini harus ada nama isian",
		    "the name of a field must stand here");
	if (outline_at(map, *key) == NULL)
		return OK;
	(void)outline_bad(reading->why, &at, "%.40s: sudah ada di atas",
	    "%.40s: is there already", *key);
	free(*key);
	return ERR_INVALID;
}

/* Lists and maps: `node` is filled with what stands between begin and end. */
static enum err
take_all(struct reading *reading, struct outline *node, unsigned depth)
{
	struct outline **end = &node->first;

	for (;;) {
		char *key = NULL;

		if (node->kind == OUTLINE_MAP &&
		    take_key(reading, node, &key) != OK)
			return ERR_INVALID;
		if (node->kind == OUTLINE_MAP && key == NULL)
			return OK;
		if (next(reading) != OK) {
			free(key);
			return ERR_INVALID;
		}
		if (reading->event.type == YAML_SEQUENCE_END_EVENT)
			return OK;
		*end = xcalloc(1, sizeof **end);
		(*end)->key = key;
		node->count++;
		if (take(reading, *end, depth + 1) != OK)
			return ERR_INVALID;
		end = &(*end)->next;
	}
}

/* What begins with the event at hand. */
static enum err
take(struct reading *reading, struct outline *node, unsigned depth)
{
	struct outline at = place_of(reading);

	node->line = at.line;
	node->column = at.column;
	if (depth > OUTLINE_DEPTH_MAX || ++reading->nodes > OUTLINE_NODES_MAX)
		return outline_bad(reading->why, node,
		    "terlalu dalam atau terlalu banyak",
		    "too deep, or too many");
	switch ((int)reading->event.type) {
	case YAML_SCALAR_EVENT:
		node->kind = OUTLINE_WORD;
		node->word = word_at(reading);
		return node->word != NULL
			   ? OK
			   : outline_bad(reading->why, node, "ada byte nol",
				 "there is a zero byte");
	case YAML_SEQUENCE_START_EVENT:
		node->kind = OUTLINE_LIST;
		return take_all(reading, node, depth);
	case YAML_MAPPING_START_EVENT:
		node->kind = OUTLINE_MAP;
		return take_all(reading, node, depth);
	}
	return outline_bad(reading->why, node, "susunannya salah",
	    "is not laid out as it should be");
}

static enum err
step(struct reading *reading, yaml_event_type_t type)
{
	struct outline at;

	if (next(reading) != OK)
		return ERR_INVALID;
	at = place_of(reading);
	if (reading->event.type == type)
		return OK;
	return outline_bad(reading->why, &at,
	    "berkasnya kosong, atau lebih dari satu dokumen",
	    "the file is empty, or more than one document");
}

static enum err
read_all(struct reading *reading, struct outline *root)
{
	if (step(reading, YAML_STREAM_START_EVENT) != OK ||
	    step(reading, YAML_DOCUMENT_START_EVENT) != OK ||
	    next(reading) != OK || take(reading, root, 0) != OK ||
	    step(reading, YAML_DOCUMENT_END_EVENT) != OK)
		return ERR_INVALID;
	return step(reading, YAML_STREAM_END_EVENT);
}

enum err
outline_read(struct outline **root, const char *path, struct outline_why *why)
{
	struct reading reading = {.why = why};
	struct outline *made;
	FILE *input = fopen(path, "re");
	enum err err;

	if (input == NULL) {
		snprintf(why->id, sizeof why->id, "tidak dapat dibaca: %s",
		    strerror(errno));
		snprintf(why->en, sizeof why->en, "cannot be read: %s",
		    strerror(errno));
		return ERR_IO;
	}
	CHECK(yaml_parser_initialize(&reading.parser) != 0);
	yaml_parser_set_input_file(&reading.parser, input);
	made = xcalloc(1, sizeof *made);
	err = read_all(&reading, made);
	if (reading.has_event)
		yaml_event_delete(&reading.event);
	yaml_parser_delete(&reading.parser);
	fclose(input);
	if (err == OK)
		*root = made;
	else
		outline_free(made);
	return err;
}

/* As deep as OUTLINE_DEPTH_MAX. */
void
outline_free(struct outline *root)
{
	while (root != NULL) {
		struct outline *rest = root->next;

		outline_free(root->first);
		free(root->key);
		free(root->word);
		free(root);
		root = rest;
	}
}

const struct outline *
outline_at(const struct outline *map, const char *key)
{
	for (const struct outline *it = map->first; it != NULL; it = it->next)
		if (it->key != NULL && strcmp(it->key, key) == 0)
			return it;
	return NULL;
}
