/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verb_campaign.h"

#include "aggregator/campaign_file.h"
#include "aggregator/verb_file.h"
#include "aggregator/verbs.h"
#include "core/tell.h"

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

const struct view_campaign *
verb_campaign_find(const struct admin *admin, const char *id)
{
	const struct view *view = admin_view(admin);
	const struct view_campaign *found = view_campaign_by_id(view, id);
	struct text_buf ids = {0};

	if (found != NULL)
		return found;
	for (unsigned i = 0; i < view_campaign_count(view); i++)
		text_buf_add(&ids, "%s%s", i == 0 ? "" : ", ",
		    view_campaign(view, i)->row.id);
	tell("Tidak ada kegiatan %.40s; yang ada: %s.",
	    "There is no campaign %.40s; there are: %s.", id,
	    ids.len == 0 ? "-" : ids.at);
	text_buf_clear(&ids);
	return NULL;
}

int
verb_campaign(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"set", verb_set, "menetapkan kegiatan dari berkas YAML",
		"set campaigns from a YAML file"},
	    {"extend", verb_campaign_extend, "memberi unit waktu lebih lama",
		"give units more time"},
	    {"excuse", verb_campaign_excuse, "mengecualikan unit",
		"expect nothing of a unit"},
	    {"close", verb_campaign_close, "menutup kegiatan, dengan laporan",
		"close a campaign, with a report"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator campaign", verbs, argc, argv);
}
