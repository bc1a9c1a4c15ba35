/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom incidents are sealed to. The admin brings in what the inspectorate has
 * made on its own machine: at first its keys, later changes that one of the
 * recipients has signed. What is wrong with a change is said before it is
 * recorded; the region checks it all again.
 */
#include "aggregator/verbs.h"

#include "aggregator/admin.h"
#include "aggregator/recipients_file.h"
#include "core/tell.h"
#include "trust/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1 };

struct settings {
	struct reading_words words;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings), {0}};

static void
say_set(const struct recipients_changed *set)
{
	char text[FINGERPRINT_TEXT];

	recipients_fingerprint(text, set);
	printf("penerima/recipients: versi/version %" PRIu32 ", %" PRIu32
	       " penerima\n"
	       "sidik jari susunan, untuk dibacakan / fingerprint of the set, "
	       "to be read out: %s\n",
	    set->part.version, set->row_count, text);
	for (uint32_t i = 0; i < set->row_count; i++) {
		recipient_fingerprint(text, &set->rows[i]);
		printf("  %-*s %s\n", WORD_MAX - 1, set->rows[i].id, text);
	}
}

static enum err
record(struct admin *admin, const struct recipients_changed *changed)
{
	struct event event = {
	    .kind = EVENT_RECIPIENTS_CHANGED, .recipients = *changed};
	struct admin_result result;
	enum err err = admin_record(admin, &event, 1, &result);

	if (err != OK)
		return err;
	reading_say_drill(admin_reading(admin));
	say_set(changed);
	admin_say(&result);
	return OK;
}

/* ---- the first set */

static enum err
check_first(const struct admin *admin)
{
	uint64_t version = view_region(admin_view(admin))->recipients_version;

	if (version == 0)
		return OK;
	tell("Penerima sudah ditetapkan (versi %" PRIu64 "); menggantinya "
	     "hanya dengan tanda tangan salah satu dari mereka: ikrar "
	     "recipients sign, lalu recipients change.",
	    "There are recipients already (version %" PRIu64 "): only one of "
	    "them can sign a change: ikrar recipients sign, then recipients "
	    "change.",
	    version);
	return ERR_INVALID;
}

static enum err
check_twins(const struct recipients_changed *set, const char *path)
{
	const struct recipient_row *last = &set->rows[set->row_count - 1];

	for (uint32_t i = 0; i + 1 < set->row_count; i++) {
		const struct recipient_row *row = &set->rows[i];

		if (strcmp(row->id, last->id) != 0 &&
		    memcmp(row->seal_key, last->seal_key,
			sizeof row->seal_key) != 0 &&
		    memcmp(row->sign_key, last->sign_key,
			sizeof row->sign_key) != 0)
			continue;
		tell("%s: nama atau kuncinya sama dengan penerima %s.",
		    "%s: its name or key is that of the recipient %s.", path,
		    row->id);
		return ERR_INVALID;
	}
	return OK;
}

static enum err
set_first(struct admin *admin, const struct conf_texts *paths)
{
	struct recipients_changed set = {0};
	enum err err = check_first(admin);

	for (size_t i = 0; i < paths->count && err == OK; i++) {
		err =
		    recipients_file_key(&set.rows[set.row_count], paths->at[i]);
		set.row_count++;
		if (err == OK)
			err = check_twins(&set, paths->at[i]);
	}
	if (err != OK)
		return err;
	recipients_number(&set, 1);
	return record(admin, &set);
}

static int
verb_set(int argc, char **argv)
{
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "recipients set",
	    .arguments = "BERKAS.pub...",
	    .arguments_min = 1,
	    .arguments_max = RECIPIENTS_MAX,
	    .help_id = "Menetapkan penerima pertama bagian tersegel, dari "
		       "berkas .pub yang dibuat `ikrar key new`.",
	    .help_en = "Sets the first recipients of sealed parts, from the "
		       ".pub files that `ikrar key new` made.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = set_first(admin, &rest);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

/* ---- a change */

static enum err
check_order(const struct recipients_change *change, const struct view *view)
{
	const struct view_region *region = view_region(view);

	if (strcmp(change->origin, region->first_origin) != 0) {
		tell("Perubahan ini untuk log %s, bukan log wilayah ini (%s).",
		    "This change is for the log %s, not for that of this "
		    "region (%s).",
		    change->origin, region->first_origin);
		return ERR_INVALID;
	}
	if (change->body.part.version == region->recipients_version + 1)
		return OK;
	tell("Perubahan ini menuju versi %" PRIu32 "; yang berlaku versi "
	     "%" PRIu64 ", jadi harus versi berikutnya.",
	    "This change is to version %" PRIu32 "; version %" PRIu64
	    " is in force, so it must be the next.",
	    change->body.part.version, region->recipients_version);
	return ERR_INVALID;
}

static const struct recipient_row *
find_signer(const struct recipients_changed *set, const uint8_t *sign_key)
{
	for (uint32_t i = 0; set != NULL && i < set->row_count; i++)
		if (memcmp(set->rows[i].sign_key, sign_key,
			sizeof set->rows[i].sign_key) == 0)
			return &set->rows[i];
	return NULL;
}

static enum err
check_signature(const struct recipients_change *change, const struct view *view)
{
	const struct recipients_changed *changed = &change->body;
	const struct recipients_word word = {.origin = change->origin,
	    .version = changed->part.version,
	    .rows_sha256 = changed->part.sha256};
	const struct recipient_row *signer = find_signer(
	    view_recipients(view, changed->part.version - 1), changed->signer);

	if (signer == NULL) {
		tell("Perubahan ini tidak ditandatangani salah satu penerima "
		     "yang berlaku (versi %" PRIu32 ").",
		    "This change is not signed by a recipient in force "
		    "(version %" PRIu32 ").",
		    changed->part.version - 1);
		return ERR_INVALID;
	}
	if (recipients_sign_is_valid(
		changed->signature, &word, changed->signer))
		return OK;
	tell("Tanda tangan penerima %s pada perubahan ini tidak cocok; buat "
	     "ulang dengan ikrar recipients sign.",
	    "The signature of the recipient %s on this change does not match: "
	    "make it anew with ikrar recipients sign.",
	    signer->id);
	return ERR_INVALID;
}

static enum err
change(struct admin *admin, const char *path)
{
	struct recipients_change change;
	const struct view *view = admin_view(admin);
	enum err err = recipients_file_change(&change, path);

	if (err == OK)
		err = check_order(&change, view);
	if (err == OK)
		err = check_signature(&change, view);
	return err == OK ? record(admin, &change.body) : err;
}

static int
verb_change(int argc, char **argv)
{
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "recipients change",
	    .arguments = "BERKAS",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Mengganti penerima dengan perubahan yang "
		       "ditandatangani salah satu dari mereka (`ikrar "
		       "recipients sign`).",
	    .help_en = "Replaces the recipients by a change that one of them "
		       "has signed (`ikrar recipients sign`).",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = change(admin, rest.at[0]);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

/* ---- looking */

static void
say_history(const struct view *view, uint64_t version)
{
	for (uint64_t i = 1; i <= version; i++) {
		const struct recipients_changed *set = view_recipients(view, i);
		const struct recipient_row *signer =
		    find_signer(view_recipients(view, i - 1), set->signer);

		printf("versi/version %" PRIu64 ": %s%s\n", i,
		    signer != NULL ? "ditandatangani/signed: "
				   : "pertama/the first",
		    signer != NULL ? signer->id : "");
	}
}

static void
show(const struct reading *reading)
{
	uint64_t version = view_region(reading->view)->recipients_version;

	reading_say_drill(reading);
	if (version == 0) {
		printf("Belum ada penerima: insiden tidak dapat memuat bagian "
		       "tersegel. / No recipients yet.\n");
		return;
	}
	say_set(view_recipients(reading->view, version));
	say_history(reading->view, version);
}

static int
verb_show(int argc, char **argv)
{
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "recipients show",
	    .help_id = "Penerima yang berlaku dan sidik jarinya.",
	    .help_en = "The recipients in force and their fingerprints.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK)
		show(&reading);
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

int
verb_recipients(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"set", verb_set, "menetapkan penerima pertama",
		"set the first recipients"},
	    {"change", verb_change, "mengganti penerima",
		"replace the recipients"},
	    {"show", verb_show, "melihat penerima", "look at the recipients"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator recipients", verbs, argc, argv);
}
