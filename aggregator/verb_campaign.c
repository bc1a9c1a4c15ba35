/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "aggregator/campaign_file.h"
#include "aggregator/verb_file.h"

static enum err
read_campaigns(struct file_text *text, struct yaml_file *file, const char *path,
    const struct admin *admin)
{
	struct campaign_file campaigns;
	enum err err = campaign_file_read(
	    &campaigns, file, path, admin_reading(admin)->hours);

	if (err == OK)
		*text = (struct file_text){campaigns.rows, campaigns.count};
	return err;
}

static int
verb_set(int argc, char **argv)
{
	static const struct file_verb set = {.name = "campaign set",
	    .help_id = "Menetapkan kegiatan ikrar dan tenggatnya, semuanya "
		       "sekaligus; jam menurut zona wilayah.",
	    .help_en = "Sets the campaigns and their dates, all at once; times "
		       "are of the wilayah's zone.",
	    .kind = EVENT_CAMPAIGN_CHANGED,
	    .what = "kegiatan/campaigns",
	    .read = read_campaigns};

	return file_verb_run(&set, argc, argv);
}

int
verb_campaign(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"set", verb_set, "menetapkan kegiatan dari berkas YAML",
		"set campaigns from a YAML file"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator campaign", verbs, argc, argv);
}
