/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcyaml reads the file into one slot of text per option; its schema is made
 * from the table. What a text means, file and command line decide by the same
 * function. Where libcyaml names only the place before the mistake, the key
 * is looked up in the file's text.
 */
#include "core/conf.h"

#include "core/bytes.h"
#include "core/conf_value.h"
#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

enum {
	FILE_MAX = 256 * 1024,
	TEXT_MAX = 4096,
	TEXTS_MAX = 256,
	ERROR_MAX = 512,
};

/* What the file said of one option; cyaml fills it. */
struct slot {
	char *text;
	char **texts;
	uint32_t texts_count;
};

struct given {
	const struct conf_option *option;
	const char *text;
};

struct parse {
	const struct conf_command *command;
	void *settings;
	unsigned option_count;
	/* The command line. */
	struct given *given;
	size_t given_count;
	char **arguments;
	size_t argument_count;
	bool is_help, is_check;
	/* The file. */
	const char *path;
	struct text_buf file;
	char error[ERROR_MAX]; /* the first line of cyaml's */
	unsigned line, column;
	int exit_code;
};

/* One line: program, place, what is wrong and how to mend it. */
static enum err __attribute__((format(printf, 3, 4)))
refuse(struct parse *parse, int exit_code, const char *format, ...)
{
	const struct conf_command *command = parse->command;
	struct text_buf line = {0};
	char part[TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(part, sizeof part, format, arguments);
	va_end(arguments);
	text_buf_add(&line, "%s%s%s: %s", command->program,
	    command->name != NULL ? " " : "",
	    command->name != NULL ? command->name : "", part);
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.at[i] < ' ')
			line.at[i] = '?';
	fprintf(stderr, "%s\n", line.at);
	text_buf_clear(&line);
	parse->exit_code = exit_code;
	return ERR_INVALID;
}

static const struct conf_option *
find_option(const struct parse *parse, const char *name, size_t len)
{
	const struct conf_option *it = parse->command->options;

	for (; it->name != NULL; it++)
		if (!it->file_only && strlen(it->name) == len &&
		    memcmp(it->name, name, len) == 0)
			return it;
	return NULL;
}

static const struct conf_option *
find_letter(const struct parse *parse, const char *letters)
{
	const struct conf_option *it = parse->command->options;

	if (letters[0] == '\0' || letters[1] != '\0')
		return NULL;
	for (; it->name != NULL; it++)
		if (!it->file_only && it->letter == letters[0])
			return it;
	return NULL;
}

/* -f, -n, -h in their long and short forms; NULL is none of them. */
static const char *
built_in_of(const char *word, size_t len)
{
	static const char *const forms[][2] = {
	    {"-f", "--file"}, {"-n", "--check"}, {"-h", "--help"}};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		for (int j = 0; j < 2; j++)
			if (strlen(forms[i][j]) == len &&
			    memcmp(forms[i][j], word, len) == 0)
				return forms[i][0];
	return NULL;
}

static enum err
no_value(struct parse *parse, const char *word)
{
	return refuse(parse, CONF_USAGE_EXIT,
	    "%s: nilai tidak ada, tulis %s NILAI / the value is missing, write "
	    "%s VALUE",
	    word, word, word);
}

/* Takes the value behind word, in it (--name=value) or after it. */
static const char *
value_of(char **argv, int argc, int *i, const char *equals)
{
	if (equals != NULL)
		return equals + 1;
	if (*i + 1 >= argc)
		return NULL;
	(*i)++;
	return argv[*i];
}

static enum err
take_built_in(struct parse *parse, const char *form, const char *value)
{
	if (form[1] == 'h')
		parse->is_help = true;
	else if (form[1] == 'n')
		parse->is_check = true;
	else if (value == NULL)
		return no_value(parse, "--file");
	else
		parse->path = value;
	return OK;
}

static enum err
take_option(struct parse *parse, int argc, char **argv, int *i)
{
	const char *word = argv[*i];
	const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
	const char *form = built_in_of(word, len);
	const struct conf_option *option;
	const char *value;

	if (form != NULL)
		return take_built_in(parse, form,
		    form[1] == 'f' ? value_of(argv, argc, i, equals) : NULL);
	option = word[1] == '-' ? find_option(parse, word + 2, len - 2)
				: find_letter(parse, word + 1);
	if (option == NULL)
		return refuse(parse, CONF_USAGE_EXIT,
		    "opsi tidak dikenal: %s (lihat --help) / unknown option: "
		    "%s (see --help)",
		    word, word);
	if (option->type == CONF_FLAG)
		value = equals != NULL ? equals + 1 : "true";
	else
		value = value_of(argv, argc, i, equals);
	if (value == NULL)
		return no_value(parse, word);
	parse->given[parse->given_count++] =
	    (struct given){.option = option, .text = value};
	return OK;
}

static enum err
read_line(struct parse *parse, int argc, char **argv)
{
	bool only_arguments = false;
	enum err err = OK;

	for (int i = 1; i < argc && err == OK; i++) {
		const char *word = argv[i];

		if (only_arguments || word[0] != '-' || word[1] == '\0')
			parse->arguments[parse->argument_count++] = argv[i];
		else if (strcmp(word, "--") == 0)
			only_arguments = true;
		else
			err = take_option(parse, argc, argv, &i);
	}
	return err;
}

static enum err
check_arguments(struct parse *parse)
{
	const struct conf_command *command = parse->command;

	if (parse->argument_count >= command->arguments_min &&
	    parse->argument_count <= command->arguments_max)
		return OK;
	if (command->arguments_max == 0)
		return refuse(parse, CONF_USAGE_EXIT,
		    "kata yang tidak dikenal: %s (lihat --help) / unknown "
		    "word: %s (see --help)",
		    parse->arguments[0], parse->arguments[0]);
	return refuse(parse, CONF_USAGE_EXIT,
	    "perlu %zu..%zu argumen: %s (lihat --help) / wants %zu..%zu "
	    "arguments: %s (see --help)",
	    command->arguments_min, command->arguments_max, command->arguments,
	    command->arguments_min, command->arguments_max, command->arguments);
}

static void
set_fallbacks(struct parse *parse)
{
	const struct conf_option *it = parse->command->options;

	for (; it->name != NULL; it++)
		if (it->fallback != NULL)
			CHECK(conf_value_set(
				  it, parse->settings, it->fallback) == OK);
}

static enum err
bad_value(struct parse *parse, const struct conf_option *option,
    const char *place, const char *text)
{
	struct text_buf wanted = {0};
	enum err err;

	conf_value_wanted(option, &wanted);
	err = refuse(parse, CONF_EXIT,
	    "%s%s: \"%.64s\" tidak cocok, tulis / does not fit, write: %s",
	    place, option->name, text, wanted.at);
	text_buf_clear(&wanted);
	return err;
}

/* The first word of a list on the command line drops what the default or the
 * file had put there. */
static enum err
apply_given(struct parse *parse)
{
	for (size_t i = 0; i < parse->given_count; i++) {
		const struct given *given = &parse->given[i];
		bool is_first = true;

		for (size_t j = 0; j < i; j++)
			if (parse->given[j].option == given->option)
				is_first = false;
		if (is_first && given->option->type == CONF_TEXTS)
			conf_value_clear(given->option, parse->settings);
		if (conf_value_set(
			given->option, parse->settings, given->text) != OK)
			return bad_value(
			    parse, given->option, "--", given->text);
	}
	return OK;
}

static enum err
check_required(struct parse *parse)
{
	const struct conf_option *it = parse->command->options;

	for (; it->name != NULL; it++)
		if (it->required && !conf_value_is_set(it, parse->settings))
			return refuse(parse, CONF_EXIT,
			    "%s%s belum diisi: %s / is not set: %s",
			    it->file_only ? "" : "--", it->name, it->help_id,
			    it->help_en);
	return OK;
}

static enum err
read_file(struct parse *parse)
{
	char part[4096];
	size_t len;
	FILE *file = fopen(parse->path, "re");

	if (file == NULL)
		return refuse(parse, CONF_EXIT,
		    "%s: tidak dapat dibaca / cannot be read: %s", parse->path,
		    strerror(errno));
	while (parse->file.len <= FILE_MAX &&
	       (len = fread(part, 1, sizeof part, file)) > 0)
		text_buf_add_bytes(&parse->file, part, len);
	len = ferror(file) ? 1 : 0;
	fclose(file);
	if (len != 0 || parse->file.len > FILE_MAX)
		return refuse(parse, CONF_EXIT,
		    "%s: tidak dapat dibaca atau lebih dari %d byte / cannot "
		    "be read or is more than %d bytes",
		    parse->path, FILE_MAX, FILE_MAX);
	return OK;
}

/* Where the last `name:` at the start of a line stands, and its value. */
static bool
locate(const struct parse *parse, const char *name, unsigned *line,
    unsigned *column)
{
	const char *at = parse->file.at;
	size_t len = strlen(name);
	unsigned number = 1;
	bool found = false;

	for (; at != NULL && *at != '\0'; number++) {
		size_t indent = strspn(at, " \"'");

		if (strncmp(at + indent, name, len) == 0 &&
		    strchr(": \"'", at[indent + len]) != NULL) {
			*line = number;
			*column = (unsigned)indent + 1;
			found = true;
		}
		at = strchr(at, '\n');
		at = at != NULL ? at + 1 : NULL;
	}
	return found;
}

/* cyaml's lines: what is wrong, "Backtrace:", then where, innermost first. */
static void
on_cyaml_line(
    cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	static const char prefix[] = "Load: ";
	struct parse *parse = context;
	char text[ERROR_MAX];
	const char *at = text;
	const char *place;

	(void)level;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	vsnprintf(text, sizeof text, format, arguments);
#pragma GCC diagnostic pop
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(at, prefix, sizeof prefix - 1) == 0)
		at += sizeof prefix - 1;
	place = strstr(at, "(line: ");
	if (place != NULL && parse->line == 0)
		(void)sscanf(place, "(line: %u, column: %u)", &parse->line,
		    &parse->column);
	else if (parse->error[0] == '\0' && strcmp(at, "Backtrace:") != 0)
		(void)text_copy(parse->error, sizeof parse->error, at);
}

static enum err
file_refused(struct parse *parse, const char *fallback)
{
	static const char *const keyed[] = {
	    "Unexpected key: ", "Mapping field already seen: "};
	const char *what = parse->error[0] != '\0' ? parse->error : fallback;

	for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++)
		if (strncmp(what, keyed[i], strlen(keyed[i])) == 0)
			(void)locate(parse, what + strlen(keyed[i]),
			    &parse->line, &parse->column);
	if (parse->line == 0)
		parse->line = parse->column = 1;
	return refuse(parse, CONF_EXIT,
	    "%s:%u:%u: %s (kunci yang dikenal: --help / known keys: --help)",
	    parse->path, parse->line, parse->column, what);
}

static const cyaml_schema_value_t text_schema = {
    .type = CYAML_STRING,
    .flags = CYAML_FLAG_POINTER,
    .data_size = 1,
    .string = {.max = TEXT_MAX},
};

static cyaml_schema_field_t
field_of(const struct conf_option *option, unsigned i)
{
	bool is_list = option->type == CONF_TEXTS;
	size_t slot = i * sizeof(struct slot);
	cyaml_schema_field_t field = {
	    .key = option->name,
	    .data_offset = (uint32_t)(slot + offsetof(struct slot, text)),
	    .value = text_schema,
	};

	field.value.flags |= CYAML_FLAG_OPTIONAL;
	if (!is_list)
		return field;
	field.data_offset = (uint32_t)(slot + offsetof(struct slot, texts));
	field.count_offset =
	    (uint32_t)(slot + offsetof(struct slot, texts_count));
	field.count_size = sizeof(uint32_t);
	field.value.type = CYAML_SEQUENCE;
	field.value.data_size = sizeof(char *);
	field.value.sequence.entry = &text_schema;
	field.value.sequence.min = 0;
	field.value.sequence.max = TEXTS_MAX;
	return field;
}

static enum err
set_from_file(
    struct parse *parse, const struct conf_option *option, const char *text)
{
	struct text_buf place = {0};
	unsigned line = 1, column = 1;
	enum err err = OK;

	if (conf_value_set(option, parse->settings, text) == OK)
		return OK;
	(void)locate(parse, option->name, &line, &column);
	text_buf_add(&place, "%s:%u:%u: ", parse->path, line, column);
	err = bad_value(parse, option, place.at, text);
	text_buf_clear(&place);
	return err;
}

static enum err
apply_slot(struct parse *parse, const struct conf_option *option,
    const struct slot *slot)
{
	enum err err = OK;

	if (slot->text != NULL)
		return set_from_file(parse, option, slot->text);
	if (slot->texts == NULL)
		return OK;
	conf_value_clear(option, parse->settings);
	for (uint32_t i = 0; i < slot->texts_count && err == OK; i++)
		if (slot->texts[i] != NULL)
			err = set_from_file(parse, option, slot->texts[i]);
	return err;
}

static enum err
load_file(struct parse *parse, const cyaml_schema_value_t *schema)
{
	const cyaml_config_t config = {
	    .log_fn = on_cyaml_line,
	    .log_ctx = parse,
	    .log_level = CYAML_LOG_WARNING,
	    .mem_fn = cyaml_mem,
	    .flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_data_t *data = NULL;
	struct slot *slots;
	cyaml_err_t rc = cyaml_load_data((const uint8_t *)parse->file.at,
	    parse->file.len, &config, schema, &data, NULL);
	enum err err = OK;

	slots = data;
	if (rc != CYAML_OK || parse->error[0] != '\0')
		err = file_refused(parse, cyaml_strerror(rc));
	for (unsigned i = 0;
	     slots != NULL && err == OK && i < parse->option_count; i++)
		err = apply_slot(parse, &parse->command->options[i], &slots[i]);
	cyaml_free(&config, schema, data, 0);
	return err;
}

static enum err
apply_file(struct parse *parse)
{
	cyaml_schema_value_t schema = {
	    .type = CYAML_MAPPING,
	    .flags = CYAML_FLAG_POINTER,
	    .data_size = parse->option_count * sizeof(struct slot),
	};
	cyaml_schema_field_t *fields;
	enum err err;

	if (parse->path == NULL)
		return OK;
	err = read_file(parse);
	if (err != OK || parse->file.len == 0)
		return err;
	fields = xcalloc(parse->option_count + 1, sizeof *fields);
	for (unsigned i = 0; i < parse->option_count; i++)
		fields[i] = field_of(&parse->command->options[i], i);
	schema.mapping.fields = fields;
	err = load_file(parse, &schema);
	free(fields);
	return err;
}

/* Secrets stay in their file. */
static void
show_settings(const struct parse *parse)
{
	const struct conf_option *it = parse->command->options;
	struct text_buf out = {0};

	for (; it->name != NULL; it++) {
		if (!conf_value_is_set(it, parse->settings) &&
		    it->type == CONF_TEXT)
			text_buf_add(&out, "# %s:\n", it->name);
		else if (it->file_only)
			text_buf_add(&out, "# %s: ***\n", it->name);
		else
			conf_value_show(it, parse->settings, &out);
	}
	if (out.at != NULL)
		fputs(out.at, stdout);
	text_buf_clear(&out);
}

static enum err
settle(struct parse *parse, int argc, char **argv)
{
	enum err err = read_line(parse, argc, argv);

	if (err == OK && parse->is_help) {
		conf_help(parse->command);
		return ERR_AGAIN;
	}
	if (err == OK)
		err = check_arguments(parse);
	if (err != OK)
		return err;
	set_fallbacks(parse);
	err = apply_file(parse);
	if (err == OK)
		err = apply_given(parse);
	if (err == OK)
		err = check_required(parse);
	if (err != OK || !parse->is_check)
		return err;
	show_settings(parse);
	return ERR_AGAIN;
}

enum err
conf_parse(/* NOLINT(readability-function-size): main's own arguments */
    const struct conf_command *command, void *settings, int argc, char **argv,
    struct conf_texts *rest, int *exit_code)
{
	struct parse parse = {.command = command, .settings = settings};
	size_t words = argc > 0 ? (size_t)argc : 1;
	enum err err;

	while (command->options[parse.option_count].name != NULL)
		parse.option_count++;
	parse.given = xcalloc(words, sizeof *parse.given);
	parse.arguments = xcalloc(words, sizeof *parse.arguments);
	err = settle(&parse, argc, argv);
	if (err == OK) {
		rest->count = parse.argument_count;
		rest->at = argv + (words - parse.argument_count);
		for (size_t i = 0; i < parse.argument_count; i++)
			rest->at[i] = parse.arguments[i];
	} else {
		conf_clear(command, settings);
		*exit_code = parse.exit_code;
	}
	text_buf_clear(&parse.file);
	free(parse.given);
	free(parse.arguments);
	return err;
}

void
conf_load(const struct conf_command *command, void *settings, int argc,
    char **argv, struct conf_texts *rest)
{
	int exit_code = 0;
	struct conf_texts unused;
	enum err err = conf_parse(command, settings, argc, argv,
	    rest != NULL ? rest : &unused, &exit_code);

	if (err != OK)
		exit(exit_code);
}

void
conf_clear(const struct conf_command *command, void *settings)
{
	const struct conf_option *it = command->options;

	for (; it->name != NULL; it++)
		conf_value_clear(it, settings);
}
