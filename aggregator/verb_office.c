/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "aggregator/office_file.h"
#include "aggregator/verb_file.h"

static enum err
read_offices(struct file_text *text, struct yaml_file *file, const char *path,
    const struct admin *admin)
{
	struct office_file offices;
	enum err err = office_file_read(&offices, file, path);

	(void)admin;
	if (err == OK)
		*text = (struct file_text){offices.rows, offices.count};
	return err;
}

static int
verb_load(int argc, char **argv)
{
	static const struct file_verb load = {.name = "office load",
	    .help_id = "Memuat jabatan penerima peringatan; semua yang lama "
		       "diganti.",
	    .help_en = "Loads the offices that are told; all former are "
		       "replaced.",
	    .kind = EVENT_OFFICE_CHANGED,
	    .what = "jabatan/offices",
	    .read = read_offices};

	return file_verb_run(&load, argc, argv);
}

int
verb_office(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"load", verb_load, "memuat jabatan dari berkas YAML",
		"load offices from a YAML file"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator office", verbs, argc, argv);
}
