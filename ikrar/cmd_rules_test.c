/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_rules.h"

#include "core/conf.h"
#include "ikrar/example_file.h"
#include "sheet/rules_file.h"

#include <stdio.h>
#include <string.h>

struct settings {
	bool quiet;
};

static const struct conf_option options[] = {
    {.name = "quiet",
	.letter = 'q',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, quiet),
	.help_id = "Hanya contoh yang gagal dan baris penutup.",
	.help_en = "Examples that fail and the closing line alone."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "rules test",
    .arguments = "BERKAS",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Menjalankan contoh: diketahui, saat, harapan.",
    .help_en = "Runs examples: given, when, expect.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

/* What was read, for both files. */
struct sheets {
	struct yaml_file *file, *rules_file;
	struct example_file examples;
	struct rules_file rules;
	struct text_buf rules_path;
};

/* The rules lie beside the file that names them. */
static void
find_rules(struct sheets *sheets, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *rules = sheets->examples.rules;

	if (slash != NULL && rules[0] != '/')
		text_buf_add_bytes(
		    &sheets->rules_path, path, (size_t)(slash - path) + 1);
	text_buf_add(&sheets->rules_path, "%s", rules);
}

static enum err
sheets_read(struct sheets *sheets, const char *path)
{
	if (example_file_read(&sheets->examples, sheets->file, path) != OK) {
		(void)fprintf(stderr, "%s\n", yaml_file_why(sheets->file));
		return ERR_INVALID;
	}
	find_rules(sheets, path);
	if (rules_file_read(&sheets->rules, sheets->rules_file,
		sheets->rules_path.at) != OK) {
		(void)fprintf(
		    stderr, "%s\n", yaml_file_why(sheets->rules_file));
		return ERR_INVALID;
	}
	return OK;
}

static void
sheets_clear(struct sheets *sheets)
{
	example_file_clear(&sheets->examples);
	rules_file_clear(&sheets->rules);
	yaml_file_free(sheets->file);
	yaml_file_free(sheets->rules_file);
	text_buf_clear(&sheets->rules_path);
}

/* What the region would refuse cannot be an example: the file is at fault. */
static enum err
check_refused(struct yaml_file *file, const struct example_result *result)
{
	if (result->refused == NULL)
		return OK;
	return yaml_file_refuse(file, result->refused->text,
	    "wilayah menolak kejadian ini: %s (%s)",
	    "the region refuses this event (%s: %s)",
	    reject_text_id(result->word), reject_text_en(result->word));
}

static bool
run_one(struct sheets *sheets, const struct example *example, bool is_quiet)
{
	struct example_result result;
	bool is_ok;

	example_run(&result, example, sheets->rules.rows, sheets->rules.count);
	is_ok = result.is_ok;
	if (check_refused(sheets->file, &result) == OK && (!is_ok || !is_quiet))
		printf("%-6s %s\n%s", is_ok ? "ok" : "gagal", example->name,
		    is_ok ? "" : result.difference.at);
	example_result_clear(&result);
	return is_ok;
}

static int
run_all(struct sheets *sheets, bool is_quiet)
{
	uint32_t failed = 0;

	for (uint32_t i = 0; i < sheets->examples.count; i++)
		failed += !run_one(sheets, &sheets->examples.rows[i], is_quiet);
	if (yaml_file_result(sheets->file) != OK) {
		(void)fprintf(stderr, "%s\n", yaml_file_why(sheets->file));
		return CONF_EXIT;
	}
	printf("%u contoh/examples, %u gagal/failed\n", sheets->examples.count,
	    failed);
	return failed == 0 ? 0 : 1;
}

int
cmd_rules_test(int argc, char **argv)
{
	struct sheets sheets = {
	    .file = yaml_file_new(), .rules_file = yaml_file_new()};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int code = CONF_EXIT;

	conf_load(&command, &settings, argc, argv, &rest);
	if (sheets_read(&sheets, rest.at[0]) == OK)
		code = run_all(&sheets, settings.quiet);
	sheets_clear(&sheets);
	conf_clear(&command, &settings);
	return code;
}
