/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_key.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/key_file.h"
#include "ikrar/passphrase_ask.h"

#include <stdio.h>

enum { FAILED_EXIT = 1 };

/* ---- new */

struct new_settings {
	char *id;
	char *passphrase_file;
};

static const struct conf_option new_options[] = {
    {.name = "id",
	.type = CONF_TEXT,
	.offset = offsetof(struct new_settings, id),
	.argument = "KATA",
	.required = true,
	.help_id = "Nama pendek penerima, huruf kecil, misalnya inspektorat.",
	.help_en = "A short name of the recipient in small letters."},
    {.name = "passphrase-file",
	.type = CONF_TEXT,
	.offset = offsetof(struct new_settings, passphrase_file),
	.argument = "BERKAS",
	.help_id = "Baca kata sandi dari berkas (0600), tidak dari terminal.",
	.help_en = "Read the passphrase from a file (0600), not the "
		   "terminal."},
    {0},
};

static const struct conf_command new_command = {
    .program = "ikrar",
    .name = "key new",
    .arguments = "BERKAS",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Membuat kunci penerima: BERKAS terkunci kata sandi, "
	       "BERKAS.pub untuk admin wilayah.",
    .help_en = "Makes a recipient's key: FILE under a passphrase, FILE.pub "
	       "for the regional admin.",
    .options = new_options,
    .settings_bytes = sizeof(struct new_settings),
};

static int
told_id(const char *id)
{
	tell("--id: \"%.40s\" tidak cocok. Pakai 1-24 huruf kecil, angka, "
	     "titik, garis; bukan nama orang.",
	    "--id: \"%.40s\" does not fit; use 1 to 24 small letters, digits, "
	    "dots or dashes; not a person's name.",
	    id);
	return CONF_EXIT;
}

static int
print_new(const char *path)
{
	char line[RECIPIENT_LINE_MAX];
	struct recipient_row row;

	if (key_file_public(&row, path) != OK)
		return FAILED_EXIT;
	recipient_line_put(line, &row);
	fprintf(stderr,
	    "Kunci dibuat: %s (rahasia, simpan dan salin ke tempat aman; "
	    "tanpa berkas ini dan kata sandinya tidak ada yang dapat membuka "
	    "kasus) dan %s.pub (kirim ke admin wilayah):\n"
	    "    (made: the key, to be kept and copied to a safe place, for "
	    "without it and its passphrase nobody opens a case; and the public "
	    "line, for the admin)\n",
	    path, path);
	fputs(line, stdout);
	return 0;
}

static int
key_new(int argc, char **argv)
{
	struct new_settings settings = {0};
	struct conf_texts rest = {0};
	struct passphrase passphrase;
	int code = FAILED_EXIT;

	conf_load(&new_command, &settings, argc, argv, &rest);
	if (!word_is_valid(settings.id) || has_digit_run(settings.id))
		code = told_id(settings.id);
	else if (key_file_is_free(rest.at[0]) == OK &&
		 passphrase_ask(&passphrase, settings.passphrase_file, true) ==
		     OK &&
		 key_file_new(rest.at[0], settings.id,
		     bytes_of(passphrase.at, passphrase.len)) == OK)
		code = print_new(rest.at[0]);
	passphrase_clear(&passphrase);
	conf_clear(&new_command, &settings);
	return code;
}

/* ---- show */

struct show_settings {
	bool unused;
};

static const struct conf_option show_options[] = {{0}};

static const struct conf_command show_command = {
    .program = "ikrar",
    .name = "key show",
    .arguments = "BERKAS.pub...",
    .arguments_min = 1,
    .arguments_max = RECIPIENTS_MAX,
    .help_id = "Menampilkan sidik kunci umum, satu per satu dan sebagai "
	       "himpunan dalam urutan ini.",
    .help_en = "Shows the fingerprint of public keys, of each and of them as "
	       "a set in this order.",
    .options = show_options,
    .settings_bytes = sizeof(struct show_settings),
};

static void
print_fingerprint(
    const struct recipient_row *rows, unsigned count, const char *label)
{
	struct hash hash = recipients_hash(rows, count);
	char hex[2 * RECIPIENTS_PIN_BYTES + 1];

	hex_put(hex, hash.at, RECIPIENTS_PIN_BYTES);
	printf("%s  %s\n", hex, label);
}

static int
key_show(int argc, char **argv)
{
	struct recipient_row rows[RECIPIENTS_MAX];
	struct show_settings settings = {0};
	struct conf_texts rest = {0};
	unsigned count = 0;

	conf_load(&show_command, &settings, argc, argv, &rest);
	while (count < rest.count &&
	       key_file_public(&rows[count], rest.at[count]) == OK) {
		print_fingerprint(&rows[count], 1, rows[count].id);
		count++;
	}
	if (count < rest.count)
		return FAILED_EXIT;
	print_fingerprint(
	    rows, count, "= himpunan dalam urutan ini / the set in this order");
	conf_clear(&show_command, &settings);
	return 0;
}

int
cmd_key(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"new", key_new, "membuat kunci penerima bagian tersegel",
		"makes the key of a recipient of sealed parts"},
	    {"show", key_show, "menampilkan sidik kunci umum",
		"shows the fingerprint of public keys"},
	    {0},
	};

	return conf_dispatch("ikrar key", verbs, argc, argv);
}
