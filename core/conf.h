/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One option table per command feeds the YAML file (-f), the command line,
 * --help and the man page. Order: defaults, file, command line; the last
 * wins. A bad setting is one line with file, line, column, what is wrong and
 * how to mend it; exit code 78.
 */
#ifndef CORE_CONF_H
#define CORE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

enum { CONF_EXIT = 78, CONF_USAGE_EXIT = 64 };

enum conf_type {
	CONF_TEXT,  /* char *: owned by the table's struct, see conf_clear */
	CONF_U64,   /* uint64_t within [min, max] */
	CONF_FLAG,  /* bool: --name */
	CONF_TEXTS, /* struct conf_texts: may be given many times */
};

struct conf_texts {
	char **at;
	size_t count;
};

struct conf_option {
	const char *name; /* long form and YAML key: listen, log-level */
	char letter;      /* 0: none */
	enum conf_type type;
	size_t offset;        /* offsetof in the settings struct */
	const char *argument; /* name of the value in --help */
	const char *fallback; /* default, as text; NULL: none (0) */
	uint64_t min, max;
	bool file_only; /* not on the command line (secrets) */
	bool required;
	const char *help_id; /* one sentence, Indonesian, then English */
	const char *help_en;
};

struct conf_command {
	const char *program;   /* ikrar-collector */
	const char *name;      /* pledge, or NULL */
	const char *arguments; /* "SEQ", "FILE..." : the rest of the line */
	size_t arguments_min, arguments_max;
	const char *help_id, *help_en;
	const struct conf_option *options; /* ends with a zero name */
	size_t settings_bytes;
};

/* Fills `settings` (zeroed by the caller) from defaults, the file of -f and
 * argv. `rest` points into argv behind the options. Prints what is wrong to
 * standard error. ERR_INVALID: exit with *exit_code. ERR_AGAIN: --help or -n
 * has been answered, exit 0. */
enum err conf_parse(const struct conf_command *command, void *settings,
    int argc, char **argv, struct conf_texts *rest, int *exit_code) MUST_CHECK;
/* The same, but exits itself. From main only. */
void conf_load(const struct conf_command *command, void *settings, int argc,
    char **argv, struct conf_texts *rest);
void conf_clear(const struct conf_command *command, void *settings);
/* Writes the page that --help prints. */
void conf_help(const struct conf_command *command);

/* The daemon's commands: `run`, `init`, ... Dispatches argv[1]; prints the
 * list for none, --help or an unknown one; returns the exit code. */
struct conf_verb {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the verb */
	const char *help_id, *help_en;
};
int conf_dispatch(
    const char *program, const struct conf_verb *verbs, int argc, char **argv);

#endif
