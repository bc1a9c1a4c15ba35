/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/enrol.h"

#include "collector/enrol_inner.h"
#include "collector/sentence.h"
#include "core/file.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/catalog.h"
#include "model/recipients.h"
#include "node/words.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { JOIN_WITHIN_MS = 30000 };

enum err
enrol_have_keys(struct node_keys *keys, const char *dir, bool *made)
{
	enum err err = node_keys_load(keys, dir);

	*made = false;
	if (err == OK)
		return OK;
	if (err == ERR_NOTFOUND) {
		node_keys_make(keys);
		err = node_keys_save(keys, dir);
		*made = err == OK;
	}
	if (err == OK)
		return OK;
	tell("Kunci simpul di %s/keys tidak dapat dibaca atau dibuat; lihat "
	     "baris di atas.",
	    "the keys in %s/keys cannot be read or made: see the line above",
	    dir);
	return ERR_INVALID;
}

void
enrol_say_keys(const struct node_keys *keys, const char *dir, bool made)
{
	char hex[NODE_HEX_SIZE];

	hex_put(hex, keys->id, sizeof keys->id);
	printf("%s %s/keys. / %s\n",
	    made ? "Kunci simpul dibuat di" : "Kunci simpul sudah ada di", dir,
	    made ? "Keys made." : "Keys were there already.");
	printf("simpul %s\n", hex);
}

int
enrol_init(const struct home_words *words)
{
	struct node_keys keys;
	bool made;

	if (enrol_have_keys(&keys, words->dir, &made) != OK)
		return 1;
	enrol_say_keys(&keys, words->dir, made);
	explicit_bzero(&keys, sizeof keys);
	return 0;
}

/* ---- join */

/* A line of standard input: a code is longer than a terminal's short lines,
 * but of one line. */
enum err
enrol_take_code(char text[CODE_TEXT_MAX], const char *given)
{
	bool is_asked = given == NULL;

	if (!is_asked && strcmp(given, "-") != 0) {
		/* What is too long fails its check, like any other error. */
		(void)text_copy(text, CODE_TEXT_MAX, given);
		return OK;
	}
	if (is_asked && isatty(STDIN_FILENO) == 0) {
		tell("Kode undangan belum disebut. Tulis join KODE, atau join "
		     "- untuk membacanya dari masukan baku.",
		    "the invitation code is missing: give join CODE, or join - "
		    "to read it from standard input");
		return ERR_INVALID;
	}
	if (isatty(STDIN_FILENO) != 0) {
		printf("Kode undangan / invitation code: ");
		fflush(stdout);
	}
	if (fgets(text, CODE_TEXT_MAX, stdin) == NULL) {
		tell("Kode undangan tidak terbaca dari masukan baku.",
		    "no invitation code came from standard input");
		return ERR_INVALID;
	}
	text[strcspn(text, "\r\n")] = '\0';
	return OK;
}

enum err
enrol_read_code(struct invite_code *code, const char *text, const char *clock)
{
	const char *kind;

	if (invite_code_get(code, text) != OK) {
		tell(
		    "Kode undangan salah ketik atau tidak lengkap. Ketik ulang "
		    "seluruhnya, mulai dari IKRAR1-.",
		    "the invitation code is mistyped or incomplete; type all "
		    "of "
		    "it, from IKRAR1- on");
		return ERR_INVALID;
	}
	kind = catalog_word(CATALOG_NODE_KIND, code->kind);
	if (kind == NULL || strcmp(kind, "collector") != 0) {
		tell("Kode undangan ini bukan untuk pengumpul, tetapi untuk "
		     "simpul jenis %s. Minta kode untuk pengumpul.",
		    "this invitation is for a node of another kind: %s",
		    kind == NULL ? "?" : kind);
		return ERR_INVALID;
	}
	if (clock != NULL && !code->drill) {
		tell("--clock hanya untuk wilayah latihan, sedangkan undangan "
		     "ini dari wilayah sungguhan. Jalankan tanpa --clock.",
		    "--clock is for drills only, and this invitation is for a "
		    "real region");
		return ERR_INVALID;
	}
	return OK;
}

enum err
enrol_check_not_joined(
    const struct invite_code *code, const char *dir, bool *joined)
{
	struct node_region region;
	enum err err = node_region_load(&region, dir);

	*joined = false;
	if (err == ERR_NOTFOUND)
		return OK;
	if (err == OK && strcmp(region.wilayah, code->wilayah) == 0 &&
	    memcmp(region.server_key, code->server_key,
		sizeof region.server_key) == 0) {
		*joined = true;
		return OK;
	}
	if (err == OK)
		tell("Simpul di %s sudah bergabung sebagai %s di %s. Untuk "
		     "undangan lain pakai --dir yang lain; untuk petugas atau "
		     "kunci baru di sini: ikrar-collector rejoin.",
		    "the node in %s has joined already, as %s in %s; use "
		    "another --dir, or rejoin for a new clerk or new keys",
		    dir, region.wilayah, region.origin);
	else
		tell("Berkas %s/region tidak dapat dibaca; lihat baris di "
		     "atas.",
		    "%s/region cannot be read: see the line above", dir);
	return ERR_INVALID;
}

enum err
enrol_have_spool(const struct node_keys *keys, const struct invite_code *code,
    const char *dir)
{
	struct spool_options options = {
	    .dir = dir, .keys = keys, .wilayah = code->wilayah, .create = true};
	struct spool *spool;

	if (spool_open(&spool, &options) == OK) {
		spool_close(spool);
		return OK;
	}
	tell("Tempat catatan %s/spool tidak dapat dibuat; lihat baris di atas.",
	    "%s/spool cannot be made: see the line above", dir);
	return ERR_INVALID;
}

static void
tell_refused(const struct invite_code *code, enum reject word)
{
	char expires[CALENDAR_TEXT_MAX];
	const char *zone = wilayah_zone(code->wilayah);

	if (word != REJECT_CODE) {
		tell("Wilayah menolak: %s. Hubungi admin wilayah.",
		    "the region refused: %s",
		    word < REJECT_COUNT ? reject_text_id(word) : "?");
		return;
	}
	calendar_ms_put_long(
	    expires, code->expires_ms, zone == NULL ? "WIB" : zone, false);
	tell("Kode undangan tidak berlaku: sudah dipakai simpul lain, "
	     "dibatalkan, atau sudah lewat %s. Minta kode baru kepada admin "
	     "wilayah.",
	    "the invitation is not valid: used by another node, or expired at "
	    "%s; ask for a new one",
	    expires);
}

static void
tell_unreached(const struct invite_code *code, enum link_state state)
{
	if (state == LINK_UNKNOWN)
		tell("Wilayah tidak menerima pendaftaran: kode undangan ini "
		     "mungkin sudah dipakai simpul lain atau lewat masanya. "
		     "Minta kode baru kepada admin wilayah.",
		    "the region takes no new nodes: the invitation may be used "
		    "or expired; ask for a new one");
	else
		tell("Wilayah di %s tidak dapat dihubungi: %s. Periksa "
		     "jaringan, lalu ulangi; kodenya tetap berlaku.",
		    "the region at %s cannot be reached (%s); try again, the "
		    "code stays valid",
		    code->endpoints[0],
		    state == LINK_CONNECTING ? link_state_text(LINK_DEAD)
					     : link_state_text(state));
}

enum err
enrol_turn_in(const char *dir, const char *clock,
    const struct invite_code *code, struct join_result *result)
{
	struct loop *loop;
	enum err err;

	if (loop_open(&loop, clock) != OK) {
		tell("Berkas jam %s tidak dapat dibaca: isinya harus milidetik "
		     "sejak 1970.",
		    "the clock file %s cannot be read: it holds milliseconds "
		    "since 1970",
		    clock);
		return ERR_INVALID;
	}
	printf("Menghubungi wilayah di %s ... / contacting the region\n",
	    code->endpoints[0]);
	fflush(stdout);
	err = node_join(loop, dir, code, JOIN_WITHIN_MS, result);
	loop_close(loop);
	if (err == ERR_DENIED)
		tell_refused(code, result->word);
	else if (err == ERR_TIMEOUT)
		tell_unreached(code, result->state);
	else if (err != OK)
		tell("Jawaban wilayah tidak dapat dipakai atau disimpan; lihat "
		     "baris di atas.",
		    "the region's answer cannot be used or kept: see the line "
		    "above");
	return err;
}

/* Whom to seal to stands in the code, if the region knew it then: its admin
 * might have set recipients of his own. */
static void
say_recipients(const struct invite_code *code, const char *dir)
{
	static const uint8_t zeros[sizeof code->recipients_pin];
	char pin[RECIPIENTS_PIN_TEXT];

	if (memcmp(code->recipients_pin, zeros, sizeof zeros) != 0) {
		recipients_pin_put(pin, code->recipients_pin);
		printf("Sidik penerima bagian tersegel / recipients:\n"
		       "  %s\n"
		       "Cocokkan dengan kertas dari inspektorat, atau bacakan "
		       "lewat telepon, sebelum\nmenyegel apa pun; bila "
		       "berbeda, jangan dipakai. / Compare it with the "
		       "inspectorate's\npaper before anything is sealed.\n",
		    pin);
		return;
	}
	printf("Undangan ini tidak menyebut penerima bagian tersegel; bila "
	       "sudah ada, minta sidiknya\nkepada inspektorat: "
	       "ikrar-collector recipients --confirm SIDIK --dir %s\n(The "
	       "invitation names no recipients of sealed parts.)\n",
	    dir);
}

static const char words_name[] = "words";

static void
say_words(const char *text)
{
	printf("Enam kata / six words: %s\n"
	       "Telepon admin wilayah dan bacakan enam kata ini; di sana harus "
	       "terbaca sama\n(ikrar-aggregator node show). Bila berbeda, "
	       "jangan dipakai. / Read them to the admin.\n",
	    text);
}

void
enrol_keep_words(const struct node_keys *keys, const struct invite_code *code,
    const char *dir)
{
	char text[WORDS_TEXT_MAX], path[PATH_MAX];

	words_own(text, keys, code);
	if (!file_path(path, sizeof path, dir, words_name))
		return;
	(void)unlink(path);
	if (file_write_new(path, bytes_of_text(text), 0600) != OK)
		log_warn("words-not-kept path=%s", path);
}

void
enrol_say_words(const struct node_keys *keys, const struct invite_code *code)
{
	char text[WORDS_TEXT_MAX];

	words_own(text, keys, code);
	say_words(text);
}

void
enrol_say_kept_words(const char *dir)
{
	char text[WORDS_TEXT_MAX], path[PATH_MAX];

	if (file_path(path, sizeof path, dir, words_name) &&
	    file_read_text(path, text, sizeof text) == OK)
		say_words(text);
}

static void
say_pending(const struct joined *joined)
{
	if (joined->pending)
		printf(
		    "Menunggu persetujuan admin wilayah; catatan sudah dapat "
		    "dibuat. / Waiting for the admin's confirmation.\n");
}

void
enrol_say_joined(const struct joined *joined, const struct invite_code *code,
    const char *dir)
{
	say_recipients(code, dir);
	printf("Bergabung: %s di %s. / Joined.\n", joined->wilayah,
	    joined->origin);
	say_pending(joined);
	printf("Berikutnya / next: ikrar-collector run --dir %s\n", dir);
}

static enum err
join_now(const struct home_words *words, const struct invite_code *invite,
    const struct node_keys *keys, bool made)
{
	struct join_result result = {0};
	enum err err;

	enrol_say_keys(keys, words->dir, made);
	err = enrol_have_spool(keys, invite, words->dir);
	if (err == OK)
		err = enrol_turn_in(words->dir, words->clock, invite, &result);
	if (err != OK)
		return err;
	enrol_keep_words(keys, invite, words->dir);
	enrol_say_joined(&result.joined, invite, words->dir);
	return OK;
}

/* What is lost or damaged is for the caller to find and tell. */
bool
enrol_is_forgotten(const struct home_words *words)
{
	struct spool_status status = {0};
	struct node_region region;
	struct node_keys keys;
	struct spool_options options = {
	    .dir = words->dir, .keys = &keys, .wilayah = region.wilayah};
	struct spool *spool;

	if (node_region_load(&region, words->dir) == OK &&
	    node_keys_load(&keys, words->dir) == OK &&
	    spool_open(&spool, &options) == OK) {
		spool_status(spool, &status);
		spool_close(spool);
	}
	explicit_bzero(&keys, sizeof keys);
	return status.is_unknown;
}

enum err
enrol_again(const struct home_words *words, const struct invite_code *code)
{
	struct join_result result = {0};
	struct node_keys keys;
	bool made;
	enum err err = enrol_have_keys(&keys, words->dir, &made);

	if (err == OK)
		err = enrol_turn_in(words->dir, words->clock, code, &result);
	if (err == OK) {
		enrol_keep_words(&keys, code, words->dir);
		printf("Bergabung lagi dengan kunci yang sama; penghubung "
		       "mengirim ulang semua catatan. / Joined again under the "
		       "same keys; all records are pushed anew.\n");
		say_pending(&result.joined);
		spool_wake_daemon(words->dir);
	}
	explicit_bzero(&keys, sizeof keys);
	return err;
}

static int
join_joined(const struct home_words *words, const struct invite_code *invite)
{
	if (enrol_is_forgotten(words)) {
		if (enrol_again(words, invite) != OK)
			return 1;
	} else {
		printf("Sudah bergabung sebagai %s. / Has joined already.\n",
		    invite->wilayah);
	}
	enrol_say_kept_words(words->dir);
	return 0;
}

static int
join(const struct home_words *words, const char *code)
{
	struct invite_code invite;
	struct node_keys keys;
	bool made, joined;
	enum err err;

	if (enrol_read_code(&invite, code, words->clock) != OK ||
	    enrol_check_not_joined(&invite, words->dir, &joined) != OK)
		return 1;
	home_say_drill(invite.drill);
	if (joined)
		return join_joined(words, &invite);
	if (enrol_have_keys(&keys, words->dir, &made) != OK)
		return 1;
	err = join_now(words, &invite, &keys, made);
	if (err == OK)
		enrol_say_kept_words(words->dir);
	explicit_bzero(&keys, sizeof keys);
	return err == OK ? 0 : 1;
}

int
enrol_join(const struct home_words *words, const char *code)
{
	char text[CODE_TEXT_MAX];
	int exit_code = 1;

	if (enrol_take_code(text, code) == OK)
		exit_code = join(words, text);
	explicit_bzero(text, sizeof text);
	return exit_code;
}
