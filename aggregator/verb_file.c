/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verb_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct settings {
	struct reading_words words;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings), {0}};

static enum err
read_text(const struct file_verb *verb, const char *path,
    const struct admin *admin, struct file_text *text)
{
	struct yaml_file *file = yaml_file_new();
	enum err err = verb->read(text, file, path, admin);

	if (err != OK)
		fprintf(stderr,
		    "%s\nTidak ada yang diambil. / Nothing was taken.\n",
		    yaml_file_why(file));
	yaml_file_free(file);
	return err;
}

static enum err
take(const struct file_verb *verb, const char *path, struct admin *admin)
{
	struct file_text text = {0};
	struct admin_result result;
	struct parts parts;
	uint32_t version;
	enum err err = read_text(verb, path, admin, &text);

	if (err != OK)
		return err;
	if (verb->warn != NULL)
		verb->warn(&text, admin);
	parts_make(&parts, verb->kind, text.rows, text.count);
	err = admin_record_parts(admin, &parts, &version, &result);
	if (err == OK) {
		reading_say_drill(admin_reading(admin));
		printf("%s: versi/version %" PRIu32 ", %" PRIu32
		       " baris/rows\n",
		    verb->what, version, text.count);
		admin_say(&result);
	}
	parts_clear(&parts);
	free(text.rows);
	return err;
}

int
file_verb_run(const struct file_verb *verb, int argc, char **argv)
{
	const struct conf_command command = {.program = "ikrar-aggregator",
	    .name = verb->name,
	    .arguments = "FILE.yaml",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = verb->help_id,
	    .help_en = verb->help_en,
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = take(verb, rest.at[0], admin);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : VERB_FAILED_EXIT;
}
