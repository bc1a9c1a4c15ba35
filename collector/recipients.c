/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/recipients.h"

#include "trust/seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { KEY_ID_SIZE = 8, BLOB_HEAD = 2, BLOB_SLOT = KEY_ID_SIZE + 80 };

/* ---- a set in words */

void
recipients_fingerprint(
    uint8_t pin[RECIPIENTS_PIN_SIZE], const struct spool_recipients *set)
{
	uint8_t row[2 * sizeof(struct recipient_row)];
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (unsigned i = 0; i < set->count; i++) {
		size_t len =
		    wire_pack_recipient_row(&set->rows[i], row, sizeof row);

		CHECK(len > 0);
		hasher_add(hasher, bytes_of(row, len));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(pin, hash.at, RECIPIENTS_PIN_SIZE);
}

static void
add_name(char text[RECIPIENTS_NAMES_MAX], const char *name)
{
	size_t used = strlen(text);

	snprintf(text + used, RECIPIENTS_NAMES_MAX - used, "%s%s",
	    used == 0 ? "" : ", ", name);
}

void
recipients_names(
    char text[RECIPIENTS_NAMES_MAX], const struct spool_recipients *set)
{
	text[0] = '\0';
	for (unsigned i = 0; i < set->count; i++)
		add_name(text, set->rows[i].id);
}

static void
key_id(uint8_t id[KEY_ID_SIZE], const struct recipient_row *row)
{
	const struct bytes parts[] = {bytes_of_text("ikrar/recipient/1\n"),
	    bytes_of(row->seal_key, sizeof row->seal_key)};
	struct hash hash = hash_parts(parts, 2);

	memcpy(id, hash.at, KEY_ID_SIZE);
}

static void
add_key(char text[RECIPIENTS_NAMES_MAX], const uint8_t id[KEY_ID_SIZE],
    const struct spool_recipients *set)
{
	char hex[2 * KEY_ID_SIZE + 1];
	uint8_t known[KEY_ID_SIZE];

	for (unsigned i = 0; i < set->count; i++) {
		key_id(known, &set->rows[i]);
		if (memcmp(known, id, sizeof known) == 0) {
			add_name(text, set->rows[i].id);
			return;
		}
	}
	hex_put(hex, id, KEY_ID_SIZE);
	add_name(text, hex);
}

void
recipients_of_blob(char text[RECIPIENTS_NAMES_MAX], struct bytes blob,
    const struct spool_recipients *set)
{
	text[0] = '\0';
	if (!seal_blob_is_valid(blob))
		return;
	for (unsigned i = 0; i < blob.at[1]; i++)
		add_key(text, blob.at + BLOB_HEAD + i * BLOB_SLOT, set);
}

/* ---- can be sealed? */

static bool
has_usable_key(const struct spool_recipients *set)
{
	for (unsigned i = 0; i < set->count; i++)
		if (seal_key_is_usable(set->rows[i].seal_key))
			return true;
	return false;
}

enum err
recipients_check(const struct home *home, const struct spool_recipients *set,
    struct sentence *why)
{
	const char *dir = home->words->dir;

	if (set->count > 0 && has_usable_key(set))
		return OK;
	if (!set->is_pinned)
		sentence_set(why,
		    "Belum dapat menyegel: penerima bagian tersegel belum "
		    "dipastikan di sini. Minta sidik penerima kepada "
		    "inspektorat, lalu jalankan: ikrar-collector recipients "
		    "--confirm SIDIK --dir %s",
		    "nothing can be sealed yet: no recipients were confirmed "
		    "here; ask the inspectorate for their fingerprint, then "
		    "run: ikrar-collector recipients --confirm HEX --dir %s",
		    dir);
	else if (set->refused_version != 0 || set->count > 0)
		sentence_set(why,
		    "Tidak dapat menyegel: daftar penerima dari wilayah tidak "
		    "cocok dengan sidik yang dipastikan di sini. Telepon "
		    "inspektorat; lihat ikrar-collector recipients --dir %s",
		    "nothing can be sealed: the recipients that the region "
		    "gave do not match the fingerprint confirmed here; phone "
		    "the inspectorate; see ikrar-collector recipients --dir "
		    "%s",
		    dir);
	else
		sentence_set(why,
		    "Belum dapat menyegel: daftar penerima belum datang dari "
		    "wilayah. Jalankan penghubung sampai tersambung satu kali: "
		    "ikrar-collector run --dir %s",
		    "nothing can be sealed yet: the recipients have not "
		    "arrived; run the daemon until it has connected once: "
		    "ikrar-collector run --dir %s",
		    dir);
	return ERR_INVALID;
}

/* ---- the command */

static void
say_set(const struct home *home, const struct spool_recipients *set)
{
	uint8_t fingerprint[RECIPIENTS_PIN_SIZE];
	char text[RECIPIENTS_PIN_TEXT];
	struct sentence why;

	if (recipients_check(home, set, &why) != OK) {
		printf("%s\n  (%s)\n", why.id, why.en);
		return;
	}
	recipients_fingerprint(fingerprint, set);
	recipients_pin_put(text, fingerprint);
	printf("Bagian tersegel disegel kepada / sealed to (versi %" PRIu64
	       ")\n",
	    set->version);
	for (unsigned i = 0; i < set->count; i++)
		printf("  %s\n", set->rows[i].id);
	printf("Sidik daftar / fingerprint        %s\n", text);
}

static void
say_pin(const struct spool_recipients *set)
{
	char text[RECIPIENTS_PIN_TEXT];

	if (!set->is_pinned) {
		printf("Sidik yang dipastikan / pinned    belum ada / none\n");
		return;
	}
	recipients_pin_put(text, set->pin);
	printf("Sidik yang dipastikan / pinned    %s\n", text);
}

static void
say_refused(const struct spool_recipients *set)
{
	if (set->refused_version == 0)
		return;
	printf("PERHATIAN / WARNING: daftar penerima versi %" PRIu64
	       " dari wilayah tidak dipercaya dan\n  tidak dipakai: tidak "
	       "cocok dengan sidik, atau tidak ditandatangani penerima yang\n"
	       "  berlaku. Telepon inspektorat.\n"
	       "  (the region gave recipients that are not believed and not "
	       "used: phone the\n  inspectorate)\n",
	    set->refused_version);
}

/* 32 hex digits; spaces and dashes stand where people put them. */
static enum err
read_pin(uint8_t pin[RECIPIENTS_PIN_SIZE], const char *text)
{
	static const uint8_t zeros[RECIPIENTS_PIN_SIZE];
	char hex[2 * RECIPIENTS_PIN_SIZE + 1];
	size_t used = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == ' ' || *at == '-')
			continue;
		if (used == sizeof hex - 1)
			return ERR_INVALID;
		hex[used++] = *at;
	}
	hex[used] = '\0';
	if (hex_get(pin, RECIPIENTS_PIN_SIZE, hex) != OK ||
	    memcmp(pin, zeros, sizeof zeros) == 0)
		return ERR_INVALID;
	return OK;
}

static enum err
confirm(struct home *home, const char *text)
{
	uint8_t pin[RECIPIENTS_PIN_SIZE];
	char shown[RECIPIENTS_PIN_TEXT];

	if (read_pin(pin, text) != OK) {
		tell("--confirm: \"%.80s\" bukan sidik penerima. Sidik terdiri "
		     "dari %u angka heksadesimal (0-9, a-f); spasi dan garis "
		     "boleh.",
		    "--confirm: \"%.80s\" is no fingerprint, which has %u "
		    "hexadecimal digits; spaces and dashes may stand between",
		    text, 2 * RECIPIENTS_PIN_SIZE);
		return ERR_INVALID;
	}
	if (spool_pin_recipients(home->spool, pin) != OK) {
		tell("Sidik tidak dapat disimpan; lihat baris di atas.",
		    "the fingerprint cannot be stored: see the line above");
		return ERR_INVALID;
	}
	spool_wake_daemon(home->words->dir);
	recipients_pin_put(shown, pin);
	printf(
	    "Dipastikan / confirmed: %s\n"
	    "Mulai sekarang bagian tersegel hanya disegel kepada daftar "
	    "penerima yang bersidik\nini, atau yang ditandatangani "
	    "penerusnya. Sidik harus datang dari inspektorat\nsendiri, lewat "
	    "telepon atau surat, bukan dari admin wilayah: siapa yang memberi\n"
	    "sidik menentukan siapa yang dapat membaca.\n"
	    "(From now on the sealed part is sealed only to the recipients "
	    "with this\nfingerprint, or to those they sign. It must come from "
	    "the inspectorate itself, not\nfrom the regional admin: whoever "
	    "gives it decides who can read.)\n"
	    "Daftar diambil saat penghubung tersambung. / The set is fetched "
	    "at the next contact.\n",
	    shown);
	return OK;
}

int
recipients_show(const struct recipients_words *words)
{
	struct spool_recipients set;
	struct home home;
	enum err err = OK;

	if (home_open(&home, &words->home) != OK)
		return 1;
	home_say_drill(home.region.drill);
	if (words->confirm != NULL) {
		err = confirm(&home, words->confirm);
	} else {
		spool_recipients(home.spool, &set);
		say_set(&home, &set);
		say_pin(&set);
		say_refused(&set);
	}
	home_close(&home);
	return err == OK ? 0 : 1;
}
