/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles that are brought by hand. One that leaves a gap is parked; whenever
 * something of its node is taken, what is parked of that node is tried again,
 * and its receipts go into the same file for the way back.
 */
#include "aggregator/verbs.h"

#include "aggregator/parked.h"
#include "aggregator/unpack.h"
#include "core/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_EXIT = 1 };

struct settings {
	struct reading_words words;
	char *receipt;
	bool parked;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "receipt",
	.letter = 'r',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, receipt),
	.argument = "OUT",
	.help_id = "Tulis berkas tanda terima untuk dibawa kembali; di simpul: "
		   "ikrar-collector import OUT.",
	.help_en = "Write the receipts' file for the way back; at the node: "
		   "ikrar-collector import OUT."},
    {.name = "parked",
	.letter = 'p',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, parked),
	.help_id = "Coba lagi bundel yang menunggu catatan sebelumnya.",
	.help_en = "Try again what waits for the rows before it."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "import",
    .arguments = "[FILE]",
    .arguments_max = 1,
    .help_id = "Mengambil bundel dari ikrar-collector export, dengan "
	       "pemeriksaan yang sama seperti kiriman lewat jaringan. Wilayah "
	       "harus berjalan. Boleh diulang.",
    .help_en = "Takes a bundle of ikrar-collector export, with the same checks "
	       "as what comes over the wire. The region must run. May be "
	       "repeated.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

struct importing {
	const struct settings *settings;
	struct reading reading;
	struct home_keys keys;
	struct unpack unpack;
};

/* ---- told */

static void
say_taken(const struct importing *importing, const struct bundle_front *front,
    const struct unpacked *result)
{
	const struct view_node *node =
	    view_node_by_id(importing->reading.view, front->node);

	printf("%s: catatan/records %" PRIu64 "-%" PRIu64
	       " diterima/received, %u ditolak/refused; wilayah punya sampai/"
	       "the region has up to %" PRIu64 "\n",
	    node->wilayah, front->first_seq, front->last_seq, result->refused,
	    result->have);
}

static enum err
park(const struct importing *importing, const struct bundle_front *front,
    const struct unpacked *result, const char *path)
{
	struct parked parked = {
	    .first_seq = front->first_seq, .last_seq = front->last_seq};
	const char *dir = importing->reading.dir;
	enum err err;

	memcpy(parked.node, front->node, NODE_ID_SIZE);
	err = parked_add(dir, &parked, path);
	if (err == OK)
		tell("%s diparkir: catatan %" PRIu64 "-%" PRIu64
		     " belum ada di wilayah. Bawa bundel yang memuatnya; "
		     "bundel ini lalu diambil bersamanya.",
		    "%s is parked: records %" PRIu64 "-%" PRIu64
		    " have not come. Bring the bundle that holds them; this "
		    "one is taken with it.",
		    path, result->have + 1, result->gap_to - 1);
	else if (err == ERR_FULL)
		tell("%s tidak diparkir: sudah ada %d bundel yang menunggu.",
		    "%s is not parked: %d bundles wait already.", path,
		    PARKED_MAX);
	else
		tell("%s tidak dapat diparkir di %s/parked: %s.",
		    "%s cannot be parked in %s/parked: %s.", path, dir,
		    strerror(errno));
	return ERR_DENIED;
}

static enum err
tell_refused(const char *path, const struct unpacked *result)
{
	tell("%s ditolak (%s): %s. Wilayah punya sampai catatan %" PRIu64 ".",
	    "%s is refused (%s): %s. The region has up to record %" PRIu64 ".",
	    path, reject_word(result->word), reject_text_id(result->word),
	    result->have);
	return ERR_DENIED;
}

/* ---- one bundle */

static enum err
say_result(const struct importing *importing, const char *path,
    const struct bundle_front *front, const struct unpacked *result)
{
	if (result->word == REJECT_NONE)
		say_taken(importing, front, result);
	else if (result->word != REJECT_GAP)
		return tell_refused(path, result);
	return OK;
}

/* Nothing of a revoked node is taken ever again. */
static enum err
let_go(const struct importing *importing, const struct parked *parked,
    const char *path)
{
	parked_remove(importing->reading.dir, parked);
	tell(
	    "%s tidak menunggu lagi dan dihapus: simpulnya dicabut. Catatannya "
	    "tetap ada di simpul itu.",
	    "%s waits no more and is deleted, for its node is revoked; the "
	    "records are still at that node.",
	    path);
	return ERR_DENIED;
}

static enum err
take_one_parked(struct importing *importing, const struct parked *parked)
{
	const char *dir = importing->reading.dir;
	char path[HOME_PATH_MAX];
	struct bundle_front front;
	struct unpacked result;
	enum err err = parked_path(path, dir, parked);

	if (err == OK)
		err = unpack_look(&importing->unpack, path, &front);
	if (err == OK)
		err = unpack_carry(&importing->unpack, path, &front, &result);
	if (err == OK && result.word == REJECT_REVOKED)
		return let_go(importing, parked, path);
	if (err == OK)
		err = say_result(importing, path, &front, &result);
	if (err == OK && result.word == REJECT_NONE)
		parked_remove(dir, parked);
	return err;
}

/* What waits for this node's rows, in their order, as far as it goes now.
 * `node` NULL: of every node. One that is refused does not hold up others. */
static enum err
take_parked(struct importing *importing, const uint8_t *node)
{
	struct parked *list;
	unsigned count = parked_list(&list, importing->reading.dir);
	enum err worst = OK;

	for (unsigned i = 0; i < count && worst != ERR_TIMEOUT; i++) {
		enum err err;

		if (node != NULL &&
		    memcmp(node, list[i].node, NODE_ID_SIZE) != 0)
			continue;
		err = take_one_parked(importing, &list[i]);
		if (err != OK)
			worst = err;
	}
	free(list);
	return worst;
}

static enum err
import_file(struct importing *importing, const char *path)
{
	const char *receipt = importing->settings->receipt;
	struct bundle_front front;
	struct unpacked result;
	enum err err = unpack_look(&importing->unpack, path, &front);

	if (err == OK && receipt != NULL)
		err = unpack_answer_to(&importing->unpack, &front, receipt);
	if (err == OK)
		err = unpack_carry(&importing->unpack, path, &front, &result);
	if (err == OK)
		err = say_result(importing, path, &front, &result);
	if (err == OK && result.word == REJECT_GAP)
		return park(importing, &front, &result, path);
	return err == OK ? take_parked(importing, front.node) : err;
}

/* ---- those that wait */

/* Answers go to one node only. */
static enum err
answer_to_parked(struct importing *importing)
{
	char path[HOME_PATH_MAX];
	struct bundle_front front;
	struct parked *list;
	unsigned count = parked_list(&list, importing->reading.dir);
	bool is_one = count > 0;
	enum err err = ERR_INVALID;

	for (unsigned i = 1; i < count; i++)
		if (memcmp(list[0].node, list[i].node, NODE_ID_SIZE) != 0)
			is_one = false;
	if (count > 0 && is_one)
		err = parked_path(path, importing->reading.dir, &list[0]);
	free(list);
	if (count > 0 && !is_one)
		tell("Bundel dari beberapa simpul menunggu; tanda terima untuk "
		     "satu simpul ditulis bila salah satu bundelnya diimpor.",
		    "Bundles of several nodes wait: the receipts of one are "
		    "written when a bundle of it is imported.");
	if (err == OK)
		err = unpack_look(&importing->unpack, path, &front);
	if (err == OK)
		err = unpack_answer_to(
		    &importing->unpack, &front, importing->settings->receipt);
	return count == 0 ? OK : err;
}

static enum err
import_parked(struct importing *importing)
{
	enum err err = OK;

	if (importing->settings->receipt != NULL)
		err = answer_to_parked(importing);
	if (err == OK)
		err = take_parked(importing, NULL);
	view_free(importing->reading.view);
	importing->reading.view = NULL;
	if (reading_view(&importing->reading) == OK)
		parked_say(&importing->reading);
	return err;
}

/* ---- the command */

static enum err
open_all(struct importing *importing)
{
	const struct settings *settings = importing->settings;
	enum err err = reading_open(&importing->reading, &settings->words);

	if (err == OK)
		err = reading_view(&importing->reading);
	if (err != OK)
		return err;
	importing->unpack.reading = &importing->reading;
	importing->unpack.keys = &importing->keys;
	if (home_keys_load(&importing->keys, settings->words.dir) != OK) {
		tell("Kunci wilayah di %s/keys tidak ada atau tidak dapat "
		     "dipakai; kembalikan dari salinan yang disimpan.",
		    "The region's keys in %s/keys are missing or damaged: "
		    "bring them back from the copy that was kept.",
		    settings->words.dir);
		return ERR_INVALID;
	}
	return bearer_open(&importing->unpack.bearer, settings->words.dir,
	    importing->keys.server.public_key);
}

/* What was answered is worth its way back, also when it ended early. */
static enum err
end_answers(struct importing *importing, enum err err)
{
	const char *path = importing->settings->receipt;

	if (importing->unpack.answers == NULL)
		return err;
	unpack_answer_slices(&importing->unpack);
	if (bundle_writer_end(importing->unpack.answers) == OK) {
		printf("Ditulis / written: %s\n", path);
		return err;
	}
	tell("--receipt: berkas %s tidak dapat ditulis: %s. Ulangi impor "
	     "dengan nama lain.",
	    "--receipt: file %s cannot be written: %s; import again with "
	    "another name.",
	    path, strerror(errno));
	return err == OK ? ERR_IO : err;
}

static enum err
check_words(const struct settings *settings, const struct conf_texts *rest)
{
	if (settings->parked == (rest->count == 0))
		return OK;
	tell("Sebutkan satu berkas bundel, atau --parked.",
	    "Name one bundle's file, or --parked.");
	return ERR_INVALID;
}

int
verb_import(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct importing importing = {.settings = &settings};
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = check_words(&settings, &rest);
	if (err == OK)
		err = open_all(&importing);
	if (err == OK)
		reading_say_drill(&importing.reading);
	if (err == OK)
		err = settings.parked ? import_parked(&importing)
				      : import_file(&importing, rest.at[0]);
	err = end_answers(&importing, err);
	bearer_close(importing.unpack.bearer);
	reading_close(&importing.reading);
	explicit_bzero(&importing.keys, sizeof importing.keys);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
