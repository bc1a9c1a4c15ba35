/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_recipients.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/key_file.h"
#include "ikrar/passphrase_ask.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1 };

struct settings {
	char *key;
	char *origin;
	uint64_t version;
	char *out;
	char *passphrase_file;
};

static const struct conf_option options[] = {
    {.name = "key",
	.letter = 'k',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, key),
	.argument = "BERKAS",
	.required = true,
	.help_id = "Kunci seorang penerima yang berlaku sekarang.",
	.help_en = "The key of a recipient of the set in force."},
    {.name = "origin",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, origin),
	.argument = "NAMA",
	.required = true,
	.help_id = "Nama log, misalnya ikrar/73.71/1.",
	.help_en = "The log's name, such as ikrar/73.71/1."},
    {.name = "version",
	.type = CONF_U64,
	.offset = offsetof(struct settings, version),
	.argument = "ANGKA",
	.min = 2,
	.max = UINT32_MAX,
	.required = true,
	.help_id = "Nomor himpunan yang baru: yang berlaku sekarang + 1.",
	.help_en = "Number of the new set: that of the one in force + 1."},
    {.name = "out",
	.letter = 'o',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, out),
	.argument = "BERKAS",
	.help_id = "Tulis ke berkas baru ini, tidak ke keluaran baku.",
	.help_en = "Write to this new file, not to standard output."},
    {.name = "passphrase-file",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, passphrase_file),
	.argument = "BERKAS",
	.help_id = "Baca kata sandi dari berkas (0600), tidak dari terminal.",
	.help_en = "Read the passphrase from a file (0600), not the "
		   "terminal."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "recipients sign",
    .arguments = "BERKAS.pub...",
    .arguments_min = 1,
    .arguments_max = RECIPIENTS_MAX,
    .help_id = "Menandatangani himpunan penerima yang baru dengan kunci "
	       "penerima yang berlaku; hasilnya untuk ikrar-aggregator "
	       "recipients change.",
    .help_en = "Signs a new set of recipients with the key of one in force; "
	       "for ikrar-aggregator recipients change.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

static bool
is_twice(const struct recipient_row *row, const struct recipient_row *rows,
    unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(row->id, rows[i].id) == 0 ||
		    memcmp(row->seal_key, rows[i].seal_key, SEAL_KEY_SIZE) ==
			0 ||
		    memcmp(row->sign_key, rows[i].sign_key, SIGN_KEY_SIZE) == 0)
			return true;
	return false;
}

static enum err
rows_read(struct recipients_changed *body, const struct conf_texts *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct recipient_row *row = &body->rows[i];

		if (key_file_public(row, paths->at[i]) != OK)
			return ERR_INVALID;
		if (!seal_key_is_usable(row->seal_key)) {
			tell("%s: kunci itu tidak dapat dipakai menyegel.",
			    "%s: nothing can be sealed to that key.",
			    paths->at[i]);
			return ERR_INVALID;
		}
		if (is_twice(row, body->rows, (unsigned)i)) {
			tell("%s: nama atau kunci ini sudah disebut.",
			    "%s: this name or key stands there already.",
			    paths->at[i]);
			return ERR_INVALID;
		}
		body->row_count++;
	}
	return OK;
}

static void
sign(struct recipients_change *change, const struct key_file *key)
{
	struct recipients_changed *body = &change->body;
	struct hash hash = recipients_hash(body->rows, body->row_count);
	struct recipients_word word = {
	    change->origin, body->part.version, hash.at};

	memcpy(body->part.sha256, hash.at, HASH_SIZE);
	body->is_signed = true;
	memcpy(body->signer, key->sign.public_key, SIGN_KEY_SIZE);
	recipients_sign(body->signature, &word, &key->sign);
}

static enum err
write_out(const char *path, const struct text_buf *text)
{
	FILE *file = path == NULL ? stdout : fopen(path, "wxe");
	bool is_written;

	if (file == NULL && errno == EEXIST) {
		tell("%s sudah ada; sebut nama lain.",
		    "%s is there already; give another name.", path);
		return ERR_DUP;
	}
	is_written = file != NULL &&
		     fwrite(text->at, 1, text->len, file) == text->len &&
		     fflush(file) == 0;
	if (file != NULL && path != NULL)
		is_written = fclose(file) == 0 && is_written;
	if (is_written)
		return OK;
	tell("%s tidak dapat ditulis (%s).", "%s cannot be written (%s).",
	    path == NULL ? "-" : path, strerror(errno));
	return ERR_IO;
}

static enum err
make(const struct settings *settings, const struct conf_texts *paths,
    struct recipients_change *change)
{
	struct passphrase passphrase;
	struct key_file key = {0};
	enum err err = rows_read(&change->body, paths);

	if (err != OK)
		return err;
	err = passphrase_ask(&passphrase, settings->passphrase_file, false);
	if (err == OK)
		err = key_file_open(&key, settings->key,
		    bytes_of(passphrase.at, passphrase.len));
	passphrase_clear(&passphrase);
	if (err == OK)
		sign(change, &key);
	key_file_clear(&key);
	return err;
}

/* What the signer is about to hand out, for comparing by telephone. */
static void
print_set(const struct recipients_change *change)
{
	char hex[2 * RECIPIENTS_PIN_BYTES + 1];

	hex_put(hex, change->body.part.sha256, RECIPIENTS_PIN_BYTES);
	fprintf(stderr,
	    "Himpunan %u untuk %s, %u penerima, sidik / the set's fingerprint: "
	    "%s\n",
	    (unsigned)change->body.part.version, change->origin,
	    (unsigned)change->body.row_count, hex);
}

static int
recipients_sign_verb(int argc, char **argv)
{
	struct recipients_change change = {0};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct text_buf text = {0};
	int code = FAILED_EXIT;

	conf_load(&command, &settings, argc, argv, &rest);
	change.body.part = (struct part){
	    .version = (uint32_t)settings.version, .part = 1, .parts = 1};
	if (!text_copy(change.origin, sizeof change.origin, settings.origin) ||
	    !recipients_origin_is_valid(change.origin)) {
		tell("--origin: \"%.40s\" bukan nama log; lihat baris pertama "
		     "berkas checkpoint.",
		    "--origin: \"%.40s\" is no log's name: see the first line "
		    "of the checkpoint.",
		    settings.origin);
	} else if (make(&settings, &rest, &change) == OK) {
		recipients_change_put(&text, &change);
		if (write_out(settings.out, &text) == OK) {
			print_set(&change);
			code = 0;
		}
	}
	text_buf_clear(&text);
	conf_clear(&command, &settings);
	return code;
}

int
cmd_recipients(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"sign", recipients_sign_verb,
		"menandatangani himpunan penerima yang baru",
		"signs a new set of recipients"},
	    {0},
	};

	return conf_dispatch("ikrar recipients", verbs, argc, argv);
}
