/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml's events are pulled one by one, and anything that is not the next
 * piece of
 *   contacts: [ { name: word | [word, ...], ... }, ... ]
 * ends the reading: no aliases, no second document, nothing nested deeper. An
 * outline (outline.h) is not made of it: no copy of a secret but the one that
 * is wiped, and no sentence with a value in it.
 */
#include "notifier/contacts_file.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

static const char top_key[] = "contacts";

struct reading {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	struct contacts_file *file;
	struct contacts_file_why *why;
	unsigned max;
};

static unsigned
line_of(const struct reading *reading)
{
	return (unsigned)(reading->has_event
			      ? reading->event.start_mark.line
			      : reading->parser.problem_mark.line) +
	       1;
}

static enum err __attribute__((format(printf, 2, 4), format(printf, 3, 4)))
bad(struct reading *reading, const char *id, const char *en, ...)
{
	struct contacts_file_why *why = reading->why;
	va_list arguments;
	int used;

	used =
	    snprintf(why->id, sizeof why->id, "baris %u: ", line_of(reading));
	va_start(arguments, en);
	vsnprintf(why->id + used, sizeof why->id - (size_t)used, id, arguments);
	va_end(arguments);
	used = snprintf(why->en, sizeof why->en, "line %u: ", line_of(reading));
	va_start(arguments, en);
	vsnprintf(why->en + used, sizeof why->en - (size_t)used, en, arguments);
	va_end(arguments);
	return ERR_INVALID;
}

static enum err
next(struct reading *reading)
{
	if (reading->has_event)
		yaml_event_delete(&reading->event);
	reading->has_event =
	    yaml_parser_parse(&reading->parser, &reading->event) != 0;
	if (!reading->has_event)
		return bad(reading, "bukan YAML yang benar (%s)",
		    "is not well-formed YAML (%s)",
		    reading->parser.problem != NULL ? reading->parser.problem
						    : "?");
	if (reading->event.type == YAML_ALIAS_EVENT)
		return bad(reading, "alias (*nama) tidak dipakai di sini",
		    "aliases (*name) are not used here");
	return OK;
}

/* The event at hand must be of this type. */
static enum err
want(struct reading *reading, yaml_event_type_t type)
{
	if (reading->event.type == type)
		return OK;
	return bad(reading,
	    "susunannya salah; tulis contacts: lalu satu - seat: ... per "
	    "kontak",
	    "is not laid out as contacts: and one - seat: ... a contact");
}

static enum err
step(struct reading *reading, yaml_event_type_t type)
{
	enum err err = next(reading);

	return err == OK ? want(reading, type) : err;
}

/* A copy of the word at hand. NULL: it is none, or holds a NUL. */
static char *
word_at(const struct reading *reading)
{
	const char *at = (const char *)reading->event.data.scalar.value;

	if (strlen(at) != reading->event.data.scalar.length)
		return NULL;
	return xstrdup(at);
}

static enum err
take_word(struct reading *reading, struct contacts_field *field)
{
	if (want(reading, YAML_SCALAR_EVENT) != OK)
		return ERR_INVALID;
	if (field->count == CONTACTS_FILE_VALUES_MAX)
		return bad(reading, "%s: lebih dari %d isi",
		    "%s: more than %d values", field->name,
		    CONTACTS_FILE_VALUES_MAX);
	field->values[field->count] = word_at(reading);
	if (field->values[field->count] == NULL)
		return bad(reading, "%s: ada byte nol", "%s: a zero byte in it",
		    field->name);
	field->count++;
	return OK;
}

static enum err
take_value(struct reading *reading, struct contacts_field *field)
{
	enum err err = next(reading);

	if (err != OK || reading->event.type != YAML_SEQUENCE_START_EVENT)
		return err == OK ? take_word(reading, field) : err;
	while ((err = next(reading)) == OK &&
	       reading->event.type != YAML_SEQUENCE_END_EVENT)
		if (take_word(reading, field) != OK)
			return ERR_INVALID;
	return err;
}

/* The key is at hand. */
static enum err
take_field(struct reading *reading, struct contacts_entry *entry)
{
	struct contacts_field *field = &entry->fields[entry->count];
	char *name;

	if (want(reading, YAML_SCALAR_EVENT) != OK)
		return ERR_INVALID;
	if (entry->count == CONTACTS_FILE_FIELDS_MAX)
		return bad(reading, "terlalu banyak isian dalam satu kontak",
		    "too many fields in one contact");
	name = word_at(reading);
	if (name == NULL || contacts_entry_field(entry, name) != NULL) {
		free(name);
		return bad(reading, "isian yang sama dua kali",
		    "the same field twice");
	}
	field->name = name;
	entry->count++;
	return take_value(reading, field);
}

static enum err
take_entry(struct reading *reading)
{
	struct contacts_file *file = reading->file;
	struct contacts_entry *entry;
	enum err err;

	if (want(reading, YAML_MAPPING_START_EVENT) != OK)
		return ERR_INVALID;
	if (file->count == reading->max)
		return bad(reading, "lebih dari %u kontak",
		    "more than %u contacts", reading->max);
	file->entries =
	    xrealloc(file->entries, file->count + 1, sizeof *file->entries);
	entry = &file->entries[file->count++];
	*entry = (struct contacts_entry){.line = line_of(reading)};
	while ((err = next(reading)) == OK &&
	       reading->event.type != YAML_MAPPING_END_EVENT)
		if (take_field(reading, entry) != OK)
			return ERR_INVALID;
	return err;
}

static enum err
read_all(struct reading *reading)
{
	enum err err;

	if (step(reading, YAML_STREAM_START_EVENT) != OK ||
	    step(reading, YAML_DOCUMENT_START_EVENT) != OK ||
	    step(reading, YAML_MAPPING_START_EVENT) != OK ||
	    step(reading, YAML_SCALAR_EVENT) != OK)
		return ERR_INVALID;
	if (strcmp((const char *)reading->event.data.scalar.value, top_key) !=
	    0)
		return bad(reading, "berkas ini dimulai dengan contacts:",
		    "the file begins with contacts:");
	if (step(reading, YAML_SEQUENCE_START_EVENT) != OK)
		return ERR_INVALID;
	while ((err = next(reading)) == OK &&
	       reading->event.type != YAML_SEQUENCE_END_EVENT)
		if (take_entry(reading) != OK)
			return ERR_INVALID;
	if (err != OK || step(reading, YAML_MAPPING_END_EVENT) != OK ||
	    step(reading, YAML_DOCUMENT_END_EVENT) != OK)
		return ERR_INVALID;
	return step(reading, YAML_STREAM_END_EVENT);
}

enum err
contacts_file_read(struct contacts_file *file, const char *path, unsigned max,
    struct contacts_file_why *why)
{
	struct reading reading = {.file = file, .why = why, .max = max};
	FILE *input = fopen(path, "re");
	enum err err;

	*file = (struct contacts_file){0};
	*why = (struct contacts_file_why){0};
	if (input == NULL) {
		snprintf(why->id, sizeof why->id, "tidak dapat dibaca: %s",
		    strerror(errno));
		snprintf(why->en, sizeof why->en, "cannot be read: %s",
		    strerror(errno));
		return ERR_IO;
	}
	CHECK(yaml_parser_initialize(&reading.parser) != 0);
	yaml_parser_set_input_file(&reading.parser, input);
	err = read_all(&reading);
	if (reading.has_event)
		yaml_event_delete(&reading.event);
	yaml_parser_delete(&reading.parser);
	fclose(input);
	return err;
}

void
contacts_file_clear(struct contacts_file *file)
{
	for (unsigned i = 0; i < file->count; i++) {
		struct contacts_entry *entry = &file->entries[i];

		for (unsigned f = 0; f < entry->count; f++) {
			struct contacts_field *field = &entry->fields[f];

			for (unsigned v = 0; v < field->count; v++) {
				explicit_bzero(
				    field->values[v], strlen(field->values[v]));
				free(field->values[v]);
			}
			free(field->name);
		}
	}
	free(file->entries);
	*file = (struct contacts_file){0};
}

const struct contacts_field *
contacts_entry_field(const struct contacts_entry *entry, const char *name)
{
	for (unsigned i = 0; i < entry->count; i++)
		if (strcmp(entry->fields[i].name, name) == 0)
			return &entry->fields[i];
	return NULL;
}
