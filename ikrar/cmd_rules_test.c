/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_rules.h"

#include "core/conf.h"
#include "ikrar/example_file.h"
#include "sheet/calendar_file.h"
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

/* What was read, of each file. */
struct sheets {
	struct yaml_file *file, *rules_file, *calendar_file;
	struct example_file examples;
	struct rules_file rules;
	struct calendar_file calendar;
	struct text_buf rules_path, calendar_path;
};

/* It lies beside the file that names it. */
static void
find_beside(struct text_buf *to, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	if (slash != NULL && name[0] != '/')
		text_buf_add_bytes(to, path, (size_t)(slash - path) + 1);
	text_buf_add(to, "%s", name);
}

static enum err
complain(enum err err, const struct yaml_file *file)
{
	if (err != OK)
		(void)fprintf(stderr, "%s\n", yaml_file_why(file));
	return err;
}

static enum err
sheets_read(struct sheets *sheets, const char *path)
{
	const struct example_file *examples = &sheets->examples;
	enum err err =
	    complain(example_file_read(&sheets->examples, sheets->file, path),
		sheets->file);

	if (err != OK)
		return err;
	find_beside(&sheets->rules_path, path, examples->rules);
	err = complain(rules_file_read(&sheets->rules, sheets->rules_file,
			   sheets->rules_path.at),
	    sheets->rules_file);
	if (err != OK || examples->calendar == NULL)
		return err;
	find_beside(&sheets->calendar_path, path, examples->calendar);
	return complain(calendar_file_read(&sheets->calendar,
			    sheets->calendar_file, sheets->calendar_path.at),
	    sheets->calendar_file);
}

static void
sheets_clear(struct sheets *sheets)
{
	example_file_clear(&sheets->examples);
	rules_file_clear(&sheets->rules);
	calendar_file_clear(&sheets->calendar);
	yaml_file_free(sheets->file);
	yaml_file_free(sheets->rules_file);
	yaml_file_free(sheets->calendar_file);
	text_buf_clear(&sheets->rules_path);
	text_buf_clear(&sheets->calendar_path);
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
	const struct example_texts texts = {sheets->rules.rows,
	    sheets->rules.count, sheets->calendar.rows, sheets->calendar.count};
	struct example_result result;
	bool is_ok;

	example_run(&result, example, &texts);
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
	struct sheets sheets = {.file = yaml_file_new(),
	    .rules_file = yaml_file_new(),
	    .calendar_file = yaml_file_new()};
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
