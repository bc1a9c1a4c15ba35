/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "sheet/rules_file.h"
#include "aggregator/verb_file.h"
#include "core/tell.h"

static enum err
read_rules(struct file_text *text, struct yaml_file *file, const char *path,
    const struct admin *admin)
{
	struct rules_file rules;
	enum err err = rules_file_read(&rules, file, path);

	(void)admin;
	if (err == OK)
		*text = (struct file_text){rules.rows, rules.count};
	return err;
}

/* Rules may be loaded before their campaign is there. */
static void
warn_of_campaigns(const struct file_text *text, const struct admin *admin)
{
	const struct rule_row *rows = text->rows;

	for (uint32_t i = 0; i < text->count; i++) {
		const char *campaign = rows[i].unsigned_units.campaign;

		if (rows[i].kind == RULE_UNSIGNED_UNITS_1 &&
		    view_campaign_by_id(admin_view(admin), campaign) == NULL)
			tell("Perhatian: kegiatan %s dari aturan %s belum ada "
			     "di wilayah ini.",
			    "Note: there is no campaign %s (of rule %s) in "
			    "this region yet.",
			    campaign, rows[i].id);
	}
}

static int
verb_load(int argc, char **argv)
{
	static const struct file_verb load = {.name = "rules load",
	    .help_id = "Memuat aturan peringatan; semua yang lama diganti.",
	    .help_en = "Loads the rules of alerts; all former are replaced.",
	    .kind = EVENT_RULES_CHANGED,
	    .what = "aturan/rules",
	    .read = read_rules,
	    .warn = warn_of_campaigns};

	return file_verb_run(&load, argc, argv);
}

int
verb_rules(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"load", verb_load, "memuat aturan dari berkas YAML",
		"load rules from a YAML file"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator rules", verbs, argc, argv);
}
