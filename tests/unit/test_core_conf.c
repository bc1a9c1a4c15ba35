/* SPDX-License-Identifier: Apache-2.0 */
#include "core/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

enum { WORDS_MAX = 16, TEXT_CAP = 16384 };

struct settings {
	char *listen;
	uint64_t port;
	bool drill;
	struct conf_texts peers;
	char *secret;
};

static const struct conf_option options[] = {
    {.name = "listen",
	.letter = 'l',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, listen),
	.argument = "ALAMAT",
	.fallback = "tcp://*:7411",
	.help_id = "Alamat.",
	.help_en = "Address."},
    {.name = "port",
	.type = CONF_U64,
	.offset = offsetof(struct settings, port),
	.argument = "N",
	.fallback = "7411",
	.min = 1,
	.max = 65535,
	.help_id = "Nomor port.",
	.help_en = "Port number."},
    {.name = "drill",
	.letter = 'd',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, drill),
	.help_id = "Latihan.",
	.help_en = "A drill."},
    {.name = "peer",
	.letter = 'p',
	.type = CONF_TEXTS,
	.offset = offsetof(struct settings, peers),
	.argument = "ALAMAT",
	.help_id = "Tetangga.",
	.help_en = "A peer."},
    {.name = "secret",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, secret),
	.file_only = true,
	.help_id = "Rahasia.",
	.help_en = "A secret."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar-test",
    .name = "run",
    .arguments = "BERKAS...",
    .arguments_max = 3,
    .help_id = "Menjalankan uji.",
    .help_en = "Runs the test.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

/* One call of conf_parse with all that came of it. */
struct run {
	struct settings settings;
	struct conf_texts rest;
	int exit_code;
	enum err err;
	char *words[WORDS_MAX];
	char out[TEXT_CAP], err_text[TEXT_CAP];
};

static char *dir;

static void
make_dir(void)
{
	dir = temp_dir_make();
}

static void
remove_dir(void)
{
	temp_dir_remove(dir);
}

TestSuite(core_conf, .init = make_dir, .fini = remove_dir);

static void
slurp(const char *name, char *text)
{
	char *path = temp_dir_path(dir, name);
	FILE *file = fopen(path, "re");
	size_t len;

	cr_assert_not_null(file);
	len = fread(text, 1, TEXT_CAP - 1, file);
	text[len] = '\0';
	fclose(file);
	free(path);
}

static int
redirect(FILE *stream, const char *name)
{
	char *path = temp_dir_path(dir, name);
	int kept = dup(fileno(stream));

	fflush(stream);
	cr_assert_not_null(freopen(path, "w", stream));
	free(path);
	return kept;
}

static void
restore(FILE *stream, int kept)
{
	fflush(stream);
	cr_assert_geq(dup2(kept, fileno(stream)), 0);
	close(kept);
}

/* `line`: words with single blanks; @ stands for the file of -f. */
static void
parse(struct run *run, const struct conf_command *with, const char *line)
{
	static char words[1024], program[] = "run";
	char *path = temp_dir_path(dir, "conf.yaml");
	int argc = 0;
	int out, err;
	char *save = NULL;

	*run = (struct run){.exit_code = -1};
	cr_assert(text_copy(words, sizeof words, line));
	run->words[argc++] = program;
	for (char *word = strtok_r(words, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save))
		run->words[argc++] = strcmp(word, "@") == 0 ? path : word;
	out = redirect(stdout, "out");
	err = redirect(stderr, "err");
	run->err = conf_parse(with, &run->settings, argc, run->words,
	    &run->rest, &run->exit_code);
	restore(stdout, out);
	restore(stderr, err);
	slurp("out", run->out);
	slurp("err", run->err_text);
	free(path);
}

static void
assert_refused(
    const char *yaml, const char *line, int exit_code, const char *wanted)
{
	struct run run;
	char *end;

	if (yaml != NULL)
		temp_dir_write(dir, "conf.yaml", yaml);
	parse(&run, &command, line);
	cr_assert_eq(run.err, ERR_INVALID, "%s", line);
	cr_assert_eq(run.exit_code, exit_code);
	cr_assert_not_null(strstr(run.err_text, wanted), "%s", run.err_text);
	end = strchr(run.err_text, '\n');
	cr_assert(end != NULL && end[1] == '\0', "one line");
	cr_assert_null(run.settings.listen, "nothing is kept");
}

Test(core_conf, takes_defaults_then_the_file_then_the_command_line)
{
	struct run run;

	parse(&run, &command, "");
	cr_assert_eq(run.err, OK);
	cr_assert_str_eq(run.settings.listen, "tcp://*:7411");
	cr_assert_eq(run.settings.port, 7411);
	cr_assert_not(run.settings.drill);
	conf_clear(&command, &run.settings);
	temp_dir_write(dir, "conf.yaml",
	    "listen: from-file\nport: 5000\ndrill: true\nsecret: s\n"
	    "peer: [a, b]\n");
	parse(&run, &command, "-f @");
	cr_assert_eq(run.err, OK);
	cr_assert_str_eq(run.settings.listen, "from-file");
	cr_assert_eq(run.settings.port, 5000);
	cr_assert(run.settings.drill);
	cr_assert_eq(run.settings.peers.count, 2);
	cr_assert_str_eq(run.settings.secret, "s");
	conf_clear(&command, &run.settings);
	parse(&run, &command, "--port=6000 -p c --file @ --drill=false");
	cr_assert_eq(run.err, OK);
	cr_assert_str_eq(run.settings.listen, "from-file");
	cr_assert_eq(run.settings.port, 6000);
	cr_assert_not(run.settings.drill);
	cr_assert_eq(run.settings.peers.count, 1);
	cr_assert_str_eq(run.settings.peers.at[0], "c");
	conf_clear(&command, &run.settings);
	cr_assert_null(run.settings.listen);
}

Test(core_conf, reads_options_in_every_form_among_the_arguments)
{
	struct run run;

	parse(&run, &command, "one --listen x -p 1 two -d --peer=2 -- -d");
	cr_assert_eq(run.err, OK);
	cr_assert_str_eq(run.settings.listen, "x");
	cr_assert(run.settings.drill);
	cr_assert_eq(run.settings.peers.count, 2);
	cr_assert_str_eq(run.settings.peers.at[1], "2");
	cr_assert_eq(run.rest.count, 3);
	cr_assert_str_eq(run.rest.at[0], "one");
	cr_assert_str_eq(run.rest.at[1], "two");
	cr_assert_str_eq(run.rest.at[2], "-d");
	conf_clear(&command, &run.settings);
}

Test(core_conf, refuses_a_wrong_command_line_in_one_line_with_64)
{
	assert_refused(NULL, "--lisen x", 64, "unknown option: --lisen");
	assert_refused(NULL, "-x", 64, "unknown option: -x");
	assert_refused(NULL, "-dp", 64, "unknown option: -dp");
	assert_refused(NULL, "--listen", 64, "--listen VALUE");
	assert_refused(NULL, "-f", 64, "--file VALUE");
	assert_refused(NULL, "--secret x", 64, "unknown option: --secret");
	assert_refused(NULL, "1 2 3 4", 64, "wants 0..3 arguments");
}

Test(core_conf, refuses_a_bad_value_in_one_line_with_78)
{
	assert_refused(NULL, "--port=0", 78, "--port: \"0\"");
	assert_refused(NULL, "--port=65536", 78, "a number 1..65535");
	assert_refused(NULL, "--port 0x10", 78, "--port: \"0x10\"");
	assert_refused(NULL, "--drill=maybe", 78, "true | false");
}

Test(core_conf, names_file_line_and_column_of_what_is_wrong)
{
	assert_refused("listen: a\n\nlisten-on: b\n", "-f @", 78,
	    "conf.yaml:3:1: Unexpected key: listen-on");
	assert_refused(
	    "port: 70000\n", "-f @", 78, "conf.yaml:1:1: port: \"70000\"");
	assert_refused("listen: a\ndrill: perhaps\n", "-f @", 78,
	    "conf.yaml:2:1: drill: \"perhaps\"");
	assert_refused("listen: a\nlisten: b\n", "-f @", 78,
	    "conf.yaml:2:1: Mapping field already seen: listen");
	assert_refused("port: [1]\n", "-f @", 78, "conf.yaml:1:7: Expecting");
	assert_refused("peer: x\n", "-f @", 78, "conf.yaml:1:7: Expecting");
	assert_refused("listen: \"a\n", "-f @", 78, "conf.yaml:1:1: libyaml");
	assert_refused("- a\n", "-f @", 78, "conf.yaml:1:1: Expecting");
	assert_refused(
	    "listen: &a x\nsecret: *a\n", "-f @", 78, "conf.yaml:2:1: ");
	assert_refused(
	    "listen: a\n---\nport: 1\n", "-f @", 78, "Ignoring documents");
}

Test(core_conf, refuses_a_file_that_cannot_be_read_or_is_too_large)
{
	char *text = xcalloc(300 * 1024 + 1, 1);

	assert_refused(NULL, "-f /nowhere/at/all", 78, "No such file");
	memset(text, '#', 300 * 1024);
	assert_refused(text, "-f @", 78, "262144");
	free(text);
}

Test(core_conf, takes_a_file_with_nothing_in_it)
{
	struct run run;

	temp_dir_write(dir, "conf.yaml", "");
	parse(&run, &command, "-f @");
	cr_assert_eq(run.err, OK);
	conf_clear(&command, &run.settings);
	temp_dir_write(dir, "conf.yaml", "# nothing yet\n");
	parse(&run, &command, "-f @");
	cr_assert_eq(run.err, OK);
	cr_assert_eq(run.settings.port, 7411);
	conf_clear(&command, &run.settings);
}

Test(core_conf, prints_the_settings_in_force_as_a_file_it_takes_itself)
{
	struct run run;

	temp_dir_write(dir, "conf.yaml", "secret: hush\n");
	parse(&run, &command, "-f @ -n -l a\"b -p x -p y --port=1");
	cr_assert_eq(run.err, ERR_AGAIN);
	cr_assert_eq(run.exit_code, 0);
	cr_assert_str_eq(run.out,
	    "listen: \"a\\\"b\"\nport: 1\ndrill: false\npeer: [\"x\", \"y\"]\n"
	    "# secret: ***\n");
	temp_dir_write(dir, "conf.yaml", run.out);
	parse(&run, &command, "-f @");
	cr_assert_eq(run.err, OK);
	cr_assert_str_eq(run.settings.listen, "a\"b");
	cr_assert_eq(run.settings.peers.count, 2);
	conf_clear(&command, &run.settings);
}

Test(core_conf, helps_in_indonesian_first)
{
	struct run run;
	const char *first, *second;

	parse(&run, &command, "--port=nonsense --help");
	cr_assert_eq(run.err, ERR_AGAIN);
	cr_assert_eq(run.exit_code, 0);
	first = strstr(run.out, "Menjalankan uji.");
	second = strstr(run.out, "Runs the test.");
	cr_assert(first != NULL && second != NULL && first < second);
	cr_assert_not_null(strstr(run.out, "  -l, --listen=ALAMAT\n"));
	cr_assert_not_null(strstr(run.out, "bawaan/default: 7411"));
	cr_assert_not_null(strstr(run.out, "1..65535"));
	cr_assert_not_null(strstr(run.out, "  -n, --check\n"));
	cr_assert_not_null(strstr(run.out, "secret: TEKS"));
}

Test(core_conf, asks_for_what_is_required)
{
	const struct conf_option required[] = {{.name = "dir",
						   .type = CONF_TEXT,
						   .required = true,
						   .help_id = "Direktori.",
						   .help_en = "Directory."},
	    {0}};
	struct conf_command with = command;
	struct run run;

	with.options = required;
	parse(&run, &with, "");
	cr_assert_eq(run.err, ERR_INVALID);
	cr_assert_eq(run.exit_code, 78);
	cr_assert_not_null(strstr(run.err_text, "--dir"));
	parse(&run, &with, "--dir here");
	cr_assert_eq(run.err, OK);
	conf_clear(&with, &run.settings);
}

static int
verb_run(int argc, char **argv)
{
	return argc == 2 && strcmp(argv[0], "run") == 0 ? 42 : 1;
}

Test(core_conf, dispatches_verbs)
{
	const struct conf_verb verbs[] = {{.name = "run",
					      .run = verb_run,
					      .help_id = "Jalankan.",
					      .help_en = "Run."},
	    {0}};
	char program[] = "ikrar-test", run[] = "run", x[] = "x",
	     help[] = "--help";
	int out = redirect(stdout, "out");
	int err = redirect(stderr, "err");
	int codes[4] = {
	    conf_dispatch("ikrar-test", verbs, 3, (char *[]){program, run, x}),
	    conf_dispatch("ikrar-test", verbs, 2, (char *[]){program, help}),
	    conf_dispatch("ikrar-test", verbs, 2, (char *[]){program, x}),
	    conf_dispatch("ikrar-test", verbs, 1, (char *[]){program}),
	};

	restore(stdout, out);
	restore(stderr, err);
	cr_assert_eq(codes[0], 42);
	cr_assert_eq(codes[1], 0);
	cr_assert_eq(codes[2], CONF_USAGE_EXIT);
	cr_assert_eq(codes[3], CONF_USAGE_EXIT);
}
