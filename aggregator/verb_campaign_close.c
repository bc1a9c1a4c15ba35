/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closes a campaign and writes the report of it. When it is closed already, by
 * an earlier run whose report was not written or was lost, only the report is
 * written again: it is of the closing entry, not of today.
 */
#include "aggregator/verb_campaign.h"

#include "aggregator/campaign_report.h"
#include "aggregator/verb_admin.h"
#include "core/file.h"
#include "core/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_MODE = 0644 };

struct settings {
	struct reading_words words;
	struct decided decided;
	char *out;
};

/* Before anything is decided. */
static enum err
check_out(const char *path)
{
	if (access(path, F_OK) != 0)
		return OK;
	tell("%s sudah ada; sebutkan nama lain.",
	    "%s is there already: name another file.", path);
	return ERR_INVALID;
}

static enum err
write_out(const char *path, const struct text_buf *text)
{
	enum err err =
	    file_write_new(path, bytes_of(text->at, text->len), REPORT_MODE);

	if (err == OK)
		return OK;
	tell("%s tidak dapat ditulis: %s. Jalankan lagi perintah ini; "
	     "kegiatan sudah ditutup dan laporannya tetap sama.",
	    "%s cannot be written: %s. Run this again: the campaign is "
	    "closed, and its report stays the same.",
	    path, strerror(err == ERR_DUP ? EEXIST : errno));
	return ERR_INVALID;
}

static enum err
report(struct admin *admin, const char *id, uint64_t index, const char *out)
{
	struct text_buf text = {0};
	enum err err = campaign_report(&text, admin, id, index);

	if (err == OK)
		err = write_out(out, &text);
	if (err == OK)
		printf("laporan/report: %s (entri penutup/closing entry "
		       "%" PRIu64 ")\n",
		    out, index);
	text_buf_clear(&text);
	return err;
}

static enum err
say_waits(void)
{
	printf("Laporan ditulis oleh perintah yang sama, sesudah penutupan "
	       "ini ada dalam log. / The same command writes the report, once "
	       "this is in the log.\n");
	return OK;
}

static enum err
record(struct admin *admin, const struct settings *settings, const char *id)
{
	struct event event = {.kind = EVENT_CAMPAIGN_CLOSED};
	struct campaign_closed *body = &event.campaign_closed;
	struct admin_result result;
	enum err err = decided_reference(body->reference, &settings->decided);

	if (err != OK)
		return err;
	(void)text_copy(body->campaign, CODE_MAX, id);
	err = admin_record(admin, &event, 1, &result);
	if (err != OK)
		return err;
	reading_say_drill(admin_reading(admin));
	printf("%s: ditutup/closed\n", id);
	admin_say(&result);
	if (!result.is_received || !result.has_index)
		return say_waits();
	return report(admin, id, result.index, settings->out);
}

static enum err
close_campaign(
    struct admin *admin, const void *given, const struct conf_texts *rest)
{
	const struct settings *settings = given;
	const struct view_campaign *campaign =
	    verb_campaign_find(admin, rest->at[0]);
	struct store *store = admin_reading(admin)->store;

	if (campaign == NULL || check_out(settings->out) != OK)
		return ERR_INVALID;
	if (campaign->closed_index == UINT64_MAX)
		return record(admin, settings, rest->at[0]);
	if (campaign->closed_index < store_size(store))
		return report(
		    admin, rest->at[0], campaign->closed_index, settings->out);
	/* It waits in the admin's spool. */
	if (admin_push(admin) != OK)
		return ERR_INVALID;
	return say_waits();
}

int
verb_campaign_close(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct settings),
	    REFERENCE_OPTION(struct settings, decided),
	    {.name = "out",
		.letter = 'o',
		.type = CONF_TEXT,
		.offset = offsetof(struct settings, out),
		.argument = "BERKAS",
		.required = true,
		.help_id = "Laporan satu halaman, ditandatangani admin; "
			   "berkasnya belum boleh ada.",
		.help_en = "The report on one page, signed by the admin; there "
			   "must be no such file yet."},
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "campaign close",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Menutup kegiatan untuk selamanya: angkanya tetap, dan "
		       "tidak ada lagi yang diterima untuknya.",
	    .help_en = "Closes a campaign for ever: its figures stand, and "
		       "nothing is taken for it any more.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};

	return admin_run(&(struct admin_line){&command, &settings, argc, argv},
	    close_campaign);
}
