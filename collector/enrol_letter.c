/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining where there is no link. The request goes out as a file, and until
 * the answer is back the code is kept in DIR/request (0600), for it says which
 * region is to answer.
 */
#include "collector/enrol.h"

#include "collector/enrol_inner.h"
#include "collector/sentence.h"
#include "core/file.h"
#include "node/join_letter.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char request_name[] = "request";

static void
tell_unwritten(const char *path, enum err err)
{
	if (err == ERR_DUP)
		tell("%s sudah ada dan tidak ditimpa; pilih nama lain.",
		    "%s is there already and stays; choose another name", path);
	else
		tell("%s tidak dapat ditulis: %s.", "%s cannot be written: %s",
		    path, strerror(errno));
}

/* ---- out */

/* A second request replaces the first: the newest code counts. */
static enum err
keep_code(const char *dir, const char *code)
{
	char path[PATH_MAX];
	enum err err = ERR_INVALID;

	if (file_path(path, sizeof path, dir, request_name)) {
		(void)unlink(path);
		err = file_write_new(path, bytes_of_text(code), 0600);
	}
	if (err != OK)
		tell_unwritten(path, err);
	return err;
}

static enum err
write_request(const struct node_keys *keys, const struct invite_code *code,
    const char *path)
{
	char text[LETTER_MAX];
	enum err err;

	if (!letter_request_put(text, keys, code)) {
		tell("Kode undangan ini tidak memuat kunci wilayah yang dapat "
		     "dipakai; minta kode baru.",
		    "the invitation has no usable key of the region: ask for a "
		    "new one");
		return ERR_INVALID;
	}
	err = file_write_new(path, bytes_of_text(text), 0644);
	if (err != OK)
		tell_unwritten(path, err);
	return err;
}

static int
request(const struct letter_words *words, const char *code)
{
	const char *dir = words->home.dir;
	struct invite_code invite;
	struct node_keys keys;
	bool made, joined;
	enum err err;

	if (enrol_read_code(&invite, code, words->home.clock) != OK ||
	    enrol_check_not_joined(&invite, dir, &joined) != OK)
		return 1;
	home_say_drill(invite.drill);
	if (joined) /* without a link it cannot know that it was forgotten */
		printf("Sudah bergabung sebagai %s; permohonan ini hanya "
		       "berguna bila wilayah tidak mengenal simpul ini lagi. / "
		       "Has joined already: of use only if the region does not "
		       "know this node any more.\n",
		    invite.wilayah);
	if (enrol_have_keys(&keys, dir, &made) != OK)
		return 1;
	enrol_say_keys(&keys, dir, made);
	err = write_request(&keys, &invite, words->request);
	if (err == OK)
		err = keep_code(dir, code);
	if (err == OK) {
		printf("Permohonan / request: %s\nBawa atau kirim berkas itu "
		       "kepada admin wilayah, lalu pakai berkas jawabannya:\n"
		       "ikrar-collector join --answer BERKAS --dir %s\n(Take "
		       "the file to the regional admin; an answer comes "
		       "back.)\n",
		    words->request, dir);
		enrol_say_words(&keys, &invite);
	}
	explicit_bzero(&keys, sizeof keys);
	return err == OK ? 0 : 1;
}

/* ---- back */

static enum err
find_code(char code[CODE_TEXT_MAX], char *path, const char *dir)
{
	if (file_path(path, PATH_MAX, dir, request_name) &&
	    file_read_text(path, code, CODE_TEXT_MAX) == OK)
		return OK;
	tell("Tidak ada permohonan yang menunggu jawaban di %s. Buat dahulu: "
	     "ikrar-collector join KODE --request BERKAS",
	    "no request waits for an answer in %s; make one first: "
	    "ikrar-collector join CODE --request FILE",
	    dir);
	return ERR_INVALID;
}

static enum err
take_answer(const struct letter_words *words, const struct invite_code *code,
    struct join_result *result)
{
	char text[LETTER_MAX];
	enum err err = file_read_text(words->answer, text, sizeof text);

	if (err == ERR_IO || err == ERR_NOTFOUND) {
		tell("%s tidak dapat dibaca: %s.", "%s cannot be read: %s",
		    words->answer, strerror(errno));
		return ERR_INVALID;
	}
	if (err == OK)
		err = letter_answer_take(words->home.dir, code, text, result);
	if (err == ERR_DENIED)
		tell("%s bukan jawaban untuk simpul ini, atau bukan dari "
		     "wilayah yang disebut kode undangan. Minta berkas yang "
		     "benar kepada admin wilayah.",
		    "%s is not the answer to this node, or not by the region "
		    "of the invitation",
		    words->answer);
	else if (err != OK)
		tell("%s tidak memuat jawaban wilayah yang dapat dipakai.",
		    "%s holds no answer of a region that can be used",
		    words->answer);
	return err;
}

static int
answer(const struct letter_words *words)
{
	const char *dir = words->home.dir;
	char code[CODE_TEXT_MAX], path[PATH_MAX];
	struct join_result result = {0};
	struct invite_code invite;
	struct node_keys keys;
	bool made, joined;
	enum err err = find_code(code, path, dir);

	if (err == OK)
		err = enrol_read_code(&invite, code, words->home.clock);
	explicit_bzero(code, sizeof code);
	if (err == OK)
		err = enrol_check_not_joined(&invite, dir, &joined);
	if (err != OK || enrol_have_keys(&keys, dir, &made) != OK)
		return 1;
	home_say_drill(invite.drill);
	err = enrol_have_spool(&keys, &invite, dir);
	if (err == OK)
		err = take_answer(words, &invite, &result);
	if (err == OK) {
		(void)unlink(path);
		enrol_keep_words(&keys, &invite, dir);
		enrol_say_joined(&result.joined, &invite, dir);
		enrol_say_kept_words(dir);
	}
	explicit_bzero(&keys, sizeof keys);
	return err == OK ? 0 : 1;
}

int
enrol_letter(const struct letter_words *words, const char *code)
{
	char text[CODE_TEXT_MAX];
	int exit_code = 1;

	if (words->request != NULL && words->answer != NULL) {
		tell("--request dan --answer tidak dapat dipakai bersama.",
		    "--request and --answer do not go together");
		return 1;
	}
	if (words->answer != NULL)
		return answer(words);
	if (enrol_take_code(text, code) == OK)
		exit_code = request(words, text);
	explicit_bzero(text, sizeof text);
	return exit_code;
}
