/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolling a node that has no link: its request came as a file, the answer
 * goes back as one. The daemon decides by the same rules as on its join socket.
 */
#include "aggregator/verb_node.h"

#include "aggregator/ask.h"
#include "aggregator/home.h"
#include "aggregator/spoken.h"
#include "core/file.h"
#include "core/tell.h"
#include "node/join_letter.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAILED_EXIT = 1, ID_HEX = 2 * EVENT_ID_SIZE };

struct settings {
	struct reading_words words;
	char *out;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "out",
	.letter = 'o',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, out),
	.argument = "BERKAS",
	.help_id = "Berkas jawaban; bawaan: BERKAS.jawaban.",
	.help_en = "File of the answer; default: FILE.jawaban."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "node enrol",
    .arguments = "BERKAS",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Mendaftarkan simpul dari berkas permohonan (join --request) "
	       "dan menulis berkas jawabannya.",
    .help_en = "Enrols a node from its request file (join --request) and "
	       "writes the file of the answer.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static enum err
read_request(
    struct join *join, const char *path, const struct link_keys *server)
{
	char text[LETTER_MAX];
	enum err err = file_read_text(path, text, sizeof text);

	if (err == ERR_NOTFOUND || err == ERR_IO) {
		tell("%s tidak dapat dibaca: %s.", "%s cannot be read: %s.",
		    path, strerror(errno));
		return ERR_INVALID;
	}
	if (err == OK && letter_request_get(join, text, server) == OK)
		return OK;
	tell("%s bukan permohonan bergabung untuk wilayah ini: rusak, atau "
	     "dibuat dengan kode undangan wilayah lain. Buat lagi dengan "
	     "ikrar-collector join KODE --request BERKAS.",
	    "%s is no request to join this region: damaged, or made with "
	    "another region's invitation; make it anew with ikrar-collector "
	    "join CODE --request FILE.",
	    path);
	return ERR_INVALID;
}

/* A file that is there already may be all that somebody has. */
static enum err
write_file(const char *path, const char *text)
{
	if (file_write_new(path, bytes_of_text(text), 0644) == OK)
		return OK;
	tell("%s tidak dapat ditulis: %s. Pilih nama lain dengan --out.",
	    "%s cannot be written: %s; choose another name with --out.", path,
	    strerror(errno));
	return ERR_INVALID;
}

static enum err
refused(enum reject word)
{
	if (word == REJECT_CODE)
		tell("Permohonan ditolak: kodenya sudah dipakai simpul lain, "
		     "lewat masanya, atau bukan dari wilayah ini. Buat kode "
		     "baru: ikrar-aggregator node invite.",
		    "The request is refused: its code is used, expired or not "
		    "of this region; make a new one: ikrar-aggregator node "
		    "invite.");
	else
		tell("Permohonan ditolak: %s.", "The request is refused: %s.",
		    word < REJECT_COUNT ? reject_text_id(word) : "?");
	return ERR_DENIED;
}

static enum err
ask_region(struct admin *admin, const struct join *join, struct joined *joined)
{
	struct message question = {.kind = MESSAGE_ENROL, .enrol = *join};
	struct message answer = {0};
	enum err err = ask_daemon(admin, &question, &answer);

	if (err != OK)
		return err;
	if (answer.kind == MESSAGE_REFUSAL)
		return refused(answer.refusal.word);
	if (answer.kind != MESSAGE_JOINED)
		return refused(REJECT_MALFORMED);
	*joined = answer.joined;
	return OK;
}

/* The log has grown since the admin's command began. */
static enum err
find_words(struct spoken *spoken, const struct reading_words *words)
{
	struct reading reading;
	enum err err = reading_open(&reading, words);

	if (err == OK)
		err = spoken_find(&reading, spoken);
	reading_close(&reading);
	return err;
}

static enum err
say_enrolled(const struct joined *joined, const char *out,
    const struct reading_words *words)
{
	struct spoken spoken = {0};
	char hex[ID_HEX + 1];

	memcpy(spoken.node, joined->node, sizeof spoken.node);
	if (find_words(&spoken, words) != OK)
		return ERR_INVALID;
	hex_put(hex, joined->node, NODE_ID_SIZE);
	printf("Terdaftar / enrolled: %s di %s%s\n", hex, joined->wilayah,
	    joined->pending ? ", menunggu pengesahan / to be confirmed" : "");
	printf("Enam kata / six words: %s\n", spoken.words);
	if (joined->pending)
		printf("Bila petugas membacakan enam kata yang sama: "
		       "ikrar-aggregator node confirm %s\n",
		    hex);
	else
		printf("Bila petugas membacakan kata lain: ikrar-aggregator "
		       "node revoke %s --reason DICURI\n",
		    hex);
	printf("Jawaban / answer: %s; serahkan kepada petugas / hand it to the "
	       "clerk: ikrar-collector join --answer BERKAS\n",
	    out);
	return OK;
}

static enum err
enrol(struct admin *admin, const struct settings *settings, const char *path)
{
	char out[PATH_MAX], text[LETTER_MAX];
	struct home_keys keys = {0};
	struct joined joined;
	struct join join = {0};
	enum err err;

	if (settings->out != NULL)
		(void)text_copy(out, sizeof out, settings->out);
	else
		snprintf(out, sizeof out, "%.*s.jawaban", PATH_MAX - 16, path);
	err = home_keys_load(&keys, admin_reading(admin)->dir);
	if (err == OK)
		err = read_request(&join, path, &keys.server);
	if (err == OK)
		err = ask_region(admin, &join, &joined);
	if (err == OK &&
	    !letter_answer_put(text, &joined, join.link_key, &keys.server))
		err = refused(REJECT_BAD_SIGNATURE);
	explicit_bzero(&keys, sizeof keys);
	if (err == OK)
		err = write_file(out, text);
	if (err != OK)
		return err;
	reading_say_drill(admin_reading(admin));
	return say_enrolled(&joined, out, &settings->words);
}

int
verb_node_enrol(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = enrol(admin, &settings, rest.at[0]);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
