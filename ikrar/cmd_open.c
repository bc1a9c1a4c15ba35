/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_open.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/cases.h"
#include "ikrar/key_file.h"
#include "ikrar/passphrase_ask.h"
#include "ikrar/shown.h"
#include "model/calendar.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_EXIT = 1, LIST_NODE_HEX = 12, SPAN_MAX = 80 };

struct settings {
	char *key;
	char *passphrase_file;
	bool list;
};

static const struct conf_option options[] = {
    {.name = "key",
	.letter = 'k',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, key),
	.argument = "BERKAS",
	.help_id = "Kunci penerima (ikrar key new).",
	.help_en = "The recipient's key (ikrar key new)."},
    {.name = "passphrase-file",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, passphrase_file),
	.argument = "BERKAS",
	.help_id = "Baca kata sandi dari berkas (0600), tidak dari terminal.",
	.help_en = "Read the passphrase from a file (0600), not the "
		   "terminal."},
    {.name = "list",
	.letter = 'l',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, list),
	.help_id = "Daftar kasus yang bersegel; tidak perlu kunci.",
	.help_en = "List the sealed cases; needs no key."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "open",
    .arguments = "DIR [KASUS]",
    .arguments_min = 1,
    .arguments_max = 2,
    .help_id = "Membuka bagian tersegel satu kasus dari log yang diekspor "
	       "dengan --blobs. KASUS: indeks log, atau SIMPUL/NOMOR.",
    .help_en = "Opens the sealed part of one case of a log exported with "
	       "--blobs. CASE: the log's index, or NODE/SEQ.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

static void
put_span(char text[SPAN_MAX], const struct incident *incident)
{
	char from[CALENDAR_TEXT_MAX], to[CALENDAR_TEXT_MAX];

	calendar_day_put(from, incident->happened_from_day);
	calendar_day_put(to, incident->happened_to_day);
	if (incident->happened_from_day == incident->happened_to_day)
		snprintf(text, SPAN_MAX, "%s", from);
	else
		snprintf(text, SPAN_MAX, "%s..%s", from, to);
}

static void
put_drill(struct text_buf *out, bool is_drill)
{
	if (is_drill)
		text_buf_add(out, "LATIHAN / DRILL\n");
}

/* ---- the list */

struct listing {
	const char *dir;
	struct text_buf lines;
	uint64_t count;
};

static const char *
blob_text(enum blob_state state)
{
	switch (state) {
	case BLOB_THERE:
		return "ada/there";
	case BLOB_MISSING:
		return "tidak ada/missing or erased";
	case BLOB_DAMAGED:
		return "RUSAK/damaged";
	}
	return NULL;
}

static void
list_case(void *context, const struct sealed_case *found)
{
	const struct incident *incident = event_sealed(&found->event);
	char hex[CASE_NODE_HEX + 1], span[SPAN_MAX];
	struct listing *listing = context;
	uint8_t blob[SEAL_BLOB_MAX];
	size_t len = 0;

	hex_put(hex, found->event.node, EVENT_ID_SIZE);
	put_span(span, incident);
	text_buf_add(&listing->lines,
	    "%8" PRIu64 "  %.*s/%" PRIu64 "  %s  %s  %s  %s%s\n", found->index,
	    LIST_NODE_HEX, hex, found->event.seq, incident->unit, incident->act,
	    span, blob_text(case_blob(listing->dir, incident, blob, &len)),
	    found->event.kind == EVENT_CORRECTED ? "  koreksi/correction" : "");
	listing->count++;
}

static int
list(const char *dir)
{
	struct listing listing = {.dir = dir};
	struct text_buf out = {0};
	struct cases_log log;
	int code = FAILED_EXIT;

	if (cases_each(dir, list_case, &listing, &log) == OK)
		code = 0;
	put_drill(&out, log.is_drill);
	if (listing.count > 0)
		text_buf_add(&out,
		    "  indeks  simpul/nomor  unit  dugaan  terjadi  bagian "
		    "tersegel\n%s",
		    listing.lines.at);
	text_buf_add(&out,
	    "%" PRIu64 " kasus bersegel dari %" PRIu64
	    " entri / sealed cases of all entries\n",
	    listing.count, log.entries);
	fputs(out.at, stdout);
	text_buf_clear(&out);
	text_buf_clear(&listing.lines);
	return code;
}

/* ---- one case */

static void
put_word(struct text_buf *out, const char *label, enum catalog catalog,
    uint32_t number)
{
	const struct catalog_row *rows;
	unsigned count;

	rows = catalog_rows(catalog, &count);
	if (number >= 1 && number <= count)
		text_buf_add(out, "  %-24s %s (%s)\n", label,
		    rows[number - 1].id, rows[number - 1].word);
}

static void
put_day(struct text_buf *out, const char *label, uint32_t day)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_day_put(text, day);
	text_buf_add(out, "  %-24s %s\n", label, text);
}

static void
put_evidence(struct text_buf *out, const struct incident *incident)
{
	char hex[2 * EVENT_HASH_SIZE + 1];

	for (uint32_t i = 0; i < incident->evidence_count; i++) {
		hex_put(hex, incident->evidence[i], EVENT_HASH_SIZE);
		text_buf_add(
		    out, "  %-24s SHA-256 %s\n", "Bukti / evidence:", hex);
	}
}

static void
put_head(struct text_buf *out, const struct sealed_case *found)
{
	char when[CALENDAR_TEXT_MAX], hex[CASE_NODE_HEX + 1];
	const char *zone = wilayah_zone(found->event.wilayah);

	calendar_ms_put(
	    when, found->received_at_ms, zone == NULL ? "WIB" : zone);
	hex_put(hex, found->event.node, EVENT_ID_SIZE);
	text_buf_add(out,
	    "Kasus / case: entri %" PRIu64 ", simpul %s catatan %" PRIu64
	    ", diterima %s%s\n",
	    found->index, hex, found->event.seq, when,
	    found->event.kind == EVENT_CORRECTED ? " (koreksi / correction)"
						 : "");
	text_buf_add(out, "Yang terbuka di log / what the log says:\n");
}

static void
put_facts(struct text_buf *out, const struct incident *incident,
    const struct case_story *story)
{
	const struct act_row *act = act_by_code(incident->act);
	char span[SPAN_MAX];

	text_buf_add(out, "  %-24s %s%s%s%s\n", "Unit:", incident->unit,
	    story->unit_name[0] == '\0' ? "" : " (", story->unit_name,
	    story->unit_name[0] == '\0' ? "" : ")");
	text_buf_add(out, "  %-24s %s: %s\n",
	    "Dugaan / alleged:", incident->act, act == NULL ? "?" : act->id);
	put_span(span, incident);
	text_buf_add(out, "  %-24s %s\n", "Terjadi / happened:", span);
	put_day(out, "Diketahui / known:", incident->known_day);
	put_day(out, "Dilaporkan / reported:", incident->reported_day);
	put_word(out, "Sumber / source:", CATALOG_SOURCE, incident->source);
	put_word(
	    out, "Yang diduga / subject:", CATALOG_SUBJECT, incident->subject);
	put_evidence(out, incident);
	if (story->later.len > 0)
		text_buf_add(out, "Kemudian / later:\n%s", story->later.at);
}

static void
print_case(const struct sealed_case *found, const struct case_story *story,
    struct bytes text)
{
	struct text_buf out = {0};

	put_drill(&out, story->is_drill);
	text_buf_add(&out,
	    "RAHASIA: hanya untuk penerima bagian tersegel ini. Isinya dugaan, "
	    "belum terbukti.\n"
	    "CONFIDENTIAL: for the recipients of this sealed part alone. It is "
	    "an allegation.\n");
	put_head(&out, found);
	put_facts(&out, event_sealed(&found->event), story);
	text_buf_add(&out,
	    "Bagian tersegel, cocok dengan commit di log / the sealed part, "
	    "as the log commits to it:\n");
	shown_put(&out, text, "  | ");
	fputs(out.at, stdout);
	explicit_bzero(out.at, out.len);
	text_buf_clear(&out);
}

struct opened {
	uint8_t blob[SEAL_BLOB_MAX];
	size_t blob_len;
	uint8_t text[SEAL_BLOB_MAX];
	size_t text_len;
};

static enum err
told_blob(enum blob_state state)
{
	if (state == BLOB_MISSING)
		tell("Bagian tersegel kasus ini tidak ada di folder blob/: "
		     "sudah dihapus, atau log diekspor tanpa --blobs.",
		    "The sealed part of this case is not in blob/: it was "
		    "erased, or the log was exported without --blobs.");
	else if (state == BLOB_DAMAGED)
		tell("Bagian tersegel kasus ini rusak: bukan byte yang disebut "
		     "log. Minta ekspor ulang.",
		    "The sealed part of this case is damaged: these are not "
		    "the bytes that the log names; ask for another export.");
	return state == BLOB_THERE ? OK : ERR_INVALID;
}

static enum err
key_ask(const struct settings *settings, struct key_file *key)
{
	struct passphrase passphrase;
	enum err err =
	    passphrase_ask(&passphrase, settings->passphrase_file, false);

	if (err == OK)
		err = key_file_open(key, settings->key,
		    bytes_of(passphrase.at, passphrase.len));
	passphrase_clear(&passphrase);
	return err;
}

static enum err
unseal(const struct settings *settings, const struct incident *incident,
    struct opened *opened)
{
	struct key_file key = {0};
	struct hash commit;
	enum err err = key_ask(settings, &key);

	if (err != OK)
		return err;
	memcpy(commit.at, incident->commit, HASH_SIZE);
	err = seal_open(opened->text, &opened->text_len,
	    bytes_of(opened->blob, opened->blob_len), &commit, &key.seal);
	if (err == ERR_DENIED)
		tell("Kasus ini tidak disegel untuk kunci %s.",
		    "This case is not sealed to the key %s.", key.row.id);
	else if (err != OK)
		tell("Bagian tersegel tidak cocok dengan commit di log, atau "
		     "kuncinya rusak di dalamnya: simpul yang mencatat harus "
		     "menjelaskan.",
		    "The sealed part is not what the log commits to: the node "
		    "that recorded it must answer.");
	key_file_clear(&key);
	return err;
}

static enum err
find(const char *dir, const char *text, struct sealed_case *found,
    struct case_story *story)
{
	struct case_name name;
	enum err err = case_name_get(&name, text);

	if (err == OK)
		err = cases_find(dir, &name, found);
	if (err == OK)
		err = cases_story(dir, found, story);
	return err;
}

static int
open_case(const struct settings *settings, const char *dir, const char *name)
{
	struct opened *opened = xcalloc(1, sizeof *opened);
	struct case_story story = {0};
	struct sealed_case found;
	int code = FAILED_EXIT;

	if (find(dir, name, &found, &story) == OK &&
	    told_blob(case_blob(dir, event_sealed(&found.event), opened->blob,
		&opened->blob_len)) == OK &&
	    unseal(settings, event_sealed(&found.event), opened) == OK) {
		print_case(
		    &found, &story, bytes_of(opened->text, opened->text_len));
		code = 0;
	}
	case_story_clear(&story);
	explicit_bzero(opened, sizeof *opened);
	free(opened);
	return code;
}

int
cmd_open(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int code = CONF_USAGE_EXIT;

	conf_load(&command, &settings, argc, argv, &rest);
	if (settings.list && rest.count == 1)
		code = list(rest.at[0]);
	else if (!settings.list && rest.count == 2 && settings.key != NULL)
		code = open_case(&settings, rest.at[0], rest.at[1]);
	else
		tell("Tulis: ikrar open DIR --list, atau: ikrar open DIR KASUS "
		     "--key BERKAS",
		    "Write: ikrar open DIR --list, or: ikrar open DIR CASE "
		    "--key FILE");
	conf_clear(&command, &settings);
	return code;
}
