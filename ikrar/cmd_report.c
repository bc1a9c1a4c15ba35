/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_report.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/log_dir.h"
#include "ikrar/log_tree.h"
#include "judge/view.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_EXIT = 1, NAME_ROOM = 2 * NOTE_ORIGIN_MAX };

static const char entry_mark[] = ", entri/entry ";

/* A report, and what the log has said of it so far. */
struct report {
	char text[NOTE_TEXT_MAX + 1];
	size_t len;
	char *head; /* the checkpoint in it, up to the admin's signature */
	size_t head_len;
	uint64_t index; /* of the closing entry */
	char origin[NOTE_ORIGIN_MAX];
	struct checkpoint signed_head;
	bool admin_signed, log_signed, has_head, has_closing, has_numbers;
};

/* ---- the file */

/* The last empty line but one begins the checkpoint, the last one the admin's
 * signature. */
static bool
find_head(struct report *report)
{
	char *signature = NULL, *lines = NULL, *head = NULL, *at = report->text;
	size_t origin;

	while ((at = strstr(at, "\n\n")) != NULL) {
		head = lines;
		lines = signature;
		signature = at;
		at++;
	}
	if (head == NULL)
		return false;
	report->head = head + 2;
	report->head_len = (size_t)(signature + 1 - report->head);
	origin = strcspn(report->head, "\n");
	if (origin >= sizeof report->origin)
		return false;
	memcpy(report->origin, report->head, origin);
	return true;
}

static bool
find_index(struct report *report)
{
	const char *at = strstr(report->text, entry_mark);
	char digits[24] = {0};
	size_t len;

	if (at == NULL)
		return false;
	at += sizeof entry_mark - 1;
	len = strspn(at, "0123456789");
	if (len >= sizeof digits)
		return false;
	memcpy(digits, at, len);
	return u64_get(&report->index, digits, 0, UINT64_MAX) == OK;
}

static enum err
read_report(struct report *report, const char *path)
{
	enum err err = log_file_read(
	    NULL, path, (uint8_t *)report->text, NOTE_TEXT_MAX, &report->len);

	if (err == OK &&
	    strncmp(report->text, REPORT_FIRST_LINE "\n",
		sizeof REPORT_FIRST_LINE) == 0 &&
	    strlen(report->text) == report->len && find_head(report) &&
	    find_index(report))
		return OK;
	tell("%s tidak ada atau bukan laporan penutupan kegiatan.",
	    "%s is not there, or no report of a closed campaign.", path);
	return ERR_INVALID;
}

/* ---- the log */

/* Entry 0 gives both keys. */
static void
take_keys(struct report *report, const struct log_started *started)
{
	char name[NAME_ROOM];
	size_t len;

	snprintf(name, sizeof name, "%s/admin", report->origin);
	report->admin_signed = note_open(&len, report->text, report->len, name,
				   started->admin_sign_key) == OK;
	report->log_signed =
	    checkpoint_open(&report->signed_head, report->head,
		report->head_len, report->origin, started->log_key) == OK;
}

/* Of the entry that was applied last. */
static void
take_closing(
    struct report *report, const struct view *view, const struct event *event)
{
	const struct campaign_closed *closed = &event->campaign_closed;
	struct text_buf numbers = {0};
	struct coverage coverage;

	report->has_closing =
	    event->kind == EVENT_CAMPAIGN_CLOSED &&
	    strcmp(view_region(view)->origin, report->origin) == 0;
	if (!report->has_closing)
		return;
	view_coverage(view,
	    &(struct coverage_query){.campaign = closed->campaign}, &coverage);
	text_buf_add(&numbers, "\nkegiatan/campaign: %s  ", closed->campaign);
	report->has_closing = strstr(report->text, numbers.at) != NULL;
	text_buf_clear(&numbers);
	text_buf_add(&numbers, "\n\n");
	coverage_put(&numbers, &coverage);
	text_buf_add(&numbers, "\n");
	report->has_numbers = strstr(report->text, numbers.at) != NULL;
	text_buf_clear(&numbers);
}

static void
take_event(struct report *report, struct view *view, struct wire *wire,
    struct bytes bytes)
{
	uint64_t index = view_size(view);
	struct event event;
	struct leaf leaf;

	if (leaf_get(&leaf, bytes) != OK ||
	    wire_unpack(wire, leaf.event, &event) != REJECT_NONE)
		return;
	if (index == 0 && event.kind == EVENT_LOG_STARTED)
		take_keys(report, &event.started);
	view_apply(view, &(struct entry){.index = index,
			     .author = leaf.author,
			     .received_at_ms = leaf.received_at_ms,
			     .event = &event});
	if (index == report->index)
		take_closing(report, view, &event);
}

static enum err
read_log(struct report *report, struct log_dir *log)
{
	const struct findings nobody = {0};
	struct log_tree *tree = log_tree_new(&nobody, NULL);
	struct view *view = view_new();
	struct wire *wire = wire_new();
	struct bytes leaf;
	enum err err;

	while ((err = log_dir_next(log, &leaf)) == OK) {
		struct hash hash = hash_leaf(leaf), root;

		log_tree_take(tree, &hash);
		if (view_size(view) <= report->index)
			take_event(report, view, wire, leaf);
		if (!report->log_signed ||
		    log_tree_size(tree) != report->signed_head.size)
			continue;
		root = log_tree_root(tree);
		report->has_head =
		    hash_equal(&root, &report->signed_head.root) &&
		    report->signed_head.size > report->index;
	}
	log_tree_free(tree);
	view_free(view);
	wire_free(wire);
	return err == ERR_NOTFOUND ? OK : err;
}

/* ---- the answer */

static void
say(bool holds, const char *what)
{
	printf("%-9s %s\n", holds ? "sah/ok" : "GAGAL/BAD", what);
}

static int
answer(const struct report *report)
{
	say(report->admin_signed,
	    "tanda tangan admin pertama / signed by the first admin");
	say(report->log_signed && report->has_head,
	    "kepala log di dalamnya adalah milik log ini / the head in it is "
	    "of this log");
	say(report->has_closing,
	    "entri itu menutup kegiatan itu / that entry closes that campaign");
	say(report->has_numbers,
	    "angka wilayah sama dengan yang dihitung dari log / the region's "
	    "numbers are those of the log");
	return report->admin_signed && report->log_signed && report->has_head &&
		       report->has_closing && report->has_numbers
		   ? 0
		   : FAILED_EXIT;
}

static int
check(const char *path, const char *dir)
{
	struct report *report = xcalloc(1, sizeof *report);
	struct log_dir *log = NULL;
	int code = FAILED_EXIT;

	if (read_report(report, path) != OK) {
		free(report);
		return FAILED_EXIT;
	}
	if (log_dir_open(&log, dir) == OK && read_log(report, log) == OK)
		code = answer(report);
	else
		tell("Log di %s tidak ada atau rusak; lihat baris di atas.",
		    "The log in %s is missing or damaged: see the line above.",
		    dir);
	log_dir_close(log);
	free(report);
	return code;
}

int
cmd_report(int argc, char **argv)
{
	static const struct conf_option options[] = {{0}};
	static const struct conf_command command = {.program = "ikrar",
	    .name = "report",
	    .arguments = "LAPORAN LOG",
	    .arguments_min = 2,
	    .arguments_max = 2,
	    .help_id = "Memeriksa laporan penutupan kegiatan dengan salinan "
		       "log: tanda tangan, kepala log, entri penutup, angka.",
	    .help_en = "Checks the report of a closed campaign against a copy "
		       "of the log: signature, head, closing entry, numbers.",
	    .options = options};
	struct conf_texts rest = {0};
	int unused = 0;

	conf_load(&command, &unused, argc, argv, &rest);
	return check(rest.at[0], rest.at[1]);
}
