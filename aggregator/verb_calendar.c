/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "sheet/calendar_file.h"
#include "aggregator/verb_file.h"

static enum err
read_calendar(struct file_text *text, struct yaml_file *file, const char *path,
    const struct admin *admin)
{
	struct calendar_file calendar;
	enum err err = calendar_file_read(&calendar, file, path);

	(void)admin;
	if (err == OK)
		*text = (struct file_text){calendar.rows, calendar.count};
	return err;
}

static int
verb_set(int argc, char **argv)
{
	static const struct file_verb set = {.name = "calendar set",
	    .help_id = "Menetapkan hari libur, cuti bersama dan tahapan "
		       "pemilihan; kalender lama diganti seluruhnya.",
	    .help_en = "Sets holidays, collective leave and stages of the "
		       "election; the former calendar is replaced.",
	    .kind = EVENT_CALENDAR_CHANGED,
	    .what = "kalender/calendar",
	    .read = read_calendar};

	return file_verb_run(&set, argc, argv);
}

int
verb_calendar(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"set", verb_set, "menetapkan kalender dari berkas YAML",
		"set the calendar from a YAML file"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator calendar", verbs, argc, argv);
}
