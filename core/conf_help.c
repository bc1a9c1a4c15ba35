/* SPDX-License-Identifier: Apache-2.0 */
#include "core/conf.h"

#include "core/bytes.h"
#include "core/conf_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct conf_option built_in[] = {
    {.name = "file",
	.letter = 'f',
	.type = CONF_TEXT,
	.argument = "BERKAS",
	.help_id = "Baca setelan dari berkas YAML ini dahulu.",
	.help_en = "Read settings from this YAML file first."},
    {.name = "check",
	.letter = 'n',
	.type = CONF_FLAG,
	.help_id = "Periksa saja: cetak setelan yang berlaku, lalu selesai.",
	.help_en = "Only check: print the settings in force and exit."},
    {.name = "help",
	.letter = 'h',
	.type = CONF_FLAG,
	.help_id = "Cetak halaman ini.",
	.help_en = "Print this page."},
    {0},
};

static void
add_option(struct text_buf *out, const struct conf_option *option)
{
	if (option->letter != '\0')
		text_buf_add(out, "  -%c, ", option->letter);
	else
		text_buf_add(out, "      ");
	text_buf_add(out, "%s%s", option->file_only ? "" : "--", option->name);
	if (option->type != CONF_FLAG)
		text_buf_add(out, "%s%s", option->file_only ? ": " : "=",
		    option->argument != NULL ? option->argument : "TEKS");
	text_buf_add(out, "\n          %s", option->help_id);
	if (option->required)
		text_buf_add(out, " (wajib)");
	if (option->file_only)
		text_buf_add(out, " (hanya dalam berkas)");
	text_buf_add(out, "\n          %s", option->help_en);
	if (option->required)
		text_buf_add(out, " (required)");
	if (option->file_only)
		text_buf_add(out, " (in the file only)");
	if (option->fallback != NULL)
		text_buf_add(
		    out, "\n          bawaan/default: %s", option->fallback);
	if (option->type == CONF_U64 && option->max != 0)
		text_buf_add(out, "\n          %" PRIu64 "..%" PRIu64,
		    option->min, option->max);
	text_buf_add(out, "\n");
}

static void
add_options(struct text_buf *out, const struct conf_option *options)
{
	for (; options->name != NULL; options++)
		add_option(out, options);
}

void
conf_help(const struct conf_command *command)
{
	struct text_buf out = {0};

	text_buf_add(&out, "Pemakaian/usage: %s", command->program);
	if (command->name != NULL)
		text_buf_add(&out, " %s", command->name);
	text_buf_add(&out, " [OPSI]...");
	if (command->arguments != NULL)
		text_buf_add(&out, " %s", command->arguments);
	text_buf_add(&out, "\n\n%s\n%s\n\nOpsi/options:\n", command->help_id,
	    command->help_en);
	add_options(&out, command->options);
	add_options(&out, built_in);
	fputs(out.at, stdout);
	text_buf_clear(&out);
}

static void
list_verbs(FILE *to, const char *program, const struct conf_verb *verbs)
{
	fprintf(to,
	    "Pemakaian/usage: %s PERINTAH [OPSI]...\n\n"
	    "Perintah/commands (PERINTAH --help):\n",
	    program);
	for (; verbs->name != NULL; verbs++)
		fprintf(to, "  %s\n          %s\n          %s\n", verbs->name,
		    verbs->help_id, verbs->help_en);
}

int
conf_dispatch(
    const char *program, const struct conf_verb *verbs, int argc, char **argv)
{
	const char *asked = argc > 1 ? argv[1] : NULL;

	if (asked == NULL) {
		list_verbs(stderr, program, verbs);
		return CONF_USAGE_EXIT;
	}
	if (strcmp(asked, "--help") == 0 || strcmp(asked, "-h") == 0) {
		list_verbs(stdout, program, verbs);
		return 0;
	}
	for (const struct conf_verb *it = verbs; it->name != NULL; it++)
		if (strcmp(it->name, asked) == 0)
			return it->run(argc - 1, argv + 1);
	fprintf(stderr,
	    "%s: perintah tidak dikenal: %s / unknown command: %s\n", program,
	    asked, asked);
	list_verbs(stderr, program, verbs);
	return CONF_USAGE_EXIT;
}
