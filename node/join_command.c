/* SPDX-License-Identifier: Apache-2.0 */
#include "node/join_command.h"

#include "core/tell.h"
#include "model/catalog.h"
#include "node/code.h"
#include "node/uplink.h"
#include "node/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOIN_WITHIN_MS = 30000 };

static enum err
read_code(const struct join_command *command, struct invite_code *code,
    const char *text)
{
	if (invite_code_get(code, text) != OK) {
		tell(
		    "Kode undangan salah ketik atau tidak lengkap. Ketik ulang "
		    "seluruhnya, mulai dari IKRAR1-.",
		    "the invitation code is mistyped or incomplete: type all "
		    "of it, from IKRAR1- on");
		return ERR_INVALID;
	}
	if (code->kind == catalog_number(CATALOG_NODE_KIND, command->kind))
		return OK;
	tell("Kode undangan ini bukan untuk jenis %s. Minta kode baru kepada "
	     "admin wilayah: ikrar-aggregator node invite KODE --kind %s "
	     "--dir DIR",
	    "this invitation is not for a %s: ask the regional admin for "
	    "ikrar-aggregator node invite CODE --kind %s --dir DIR",
	    command->kind, command->kind);
	return ERR_INVALID;
}

/* Keys of an earlier try are used again: the code stays valid for them. */
static enum err
have_keys(const char *dir)
{
	struct node_keys keys;
	enum err err = node_keys_load(&keys, dir);

	if (err == ERR_NOTFOUND) {
		node_keys_make(&keys);
		err = node_keys_save(&keys, dir);
	}
	if (err != OK)
		tell("Kunci simpul di %s tidak dapat dibuat atau dibaca.",
		    "the keys in %s cannot be made or read", dir);
	return err;
}

/* The admin sees the same with ikrar-aggregator node show. */
static void
say_words(const struct invite_code *code, const char *dir)
{
	char text[WORDS_TEXT_MAX];
	struct node_keys keys;

	if (node_keys_load(&keys, dir) != OK)
		return;
	words_own(text, &keys, code);
	explicit_bzero(&keys, sizeof keys);
	printf("Enam kata / six words: %s\nCocokkan dengan admin wilayah "
	       "lewat telepon. / Compare them with the admin.\n",
	    text);
}

static void
tell_failed(enum err err, const struct join_result *result)
{
	if (err == ERR_DENIED && result->word < REJECT_COUNT)
		tell("Wilayah menolak: %s (%s).",
		    "refused by the region: %s (%s)",
		    reject_text_id(result->word), reject_word(result->word));
	else if (err == ERR_TIMEOUT)
		tell("Wilayah tidak menjawab: %s (%s). Coba lagi nanti dengan "
		     "perintah yang sama.",
		    "no answer from the region: %s (%s); try the same command "
		    "again later",
		    link_state_text(result->state),
		    link_state_word(result->state));
	else
		tell("Tidak dapat bergabung: %s. Lihat baris di atas.",
		    "cannot join: %s; see the line above", err_text(err));
}

static void
say_joined(const struct join_command *command, const struct joined *joined)
{
	printf("Bergabung dengan %s sebagai %s%s. / Joined %s as %s%s.\n",
	    joined->origin, command->id,
	    joined->pending ? " (menunggu persetujuan)" : "", joined->origin,
	    command->en, joined->pending ? " (to be confirmed)" : "");
	printf("Berikutnya / next: %s %s%s\n", command->next, command->dir,
	    command->next_more);
}

int
join_command(const struct join_command *command, const char *code_text)
{
	struct join_result *result;
	struct invite_code code;
	struct loop *loop;
	enum err err;

	if (read_code(command, &code, code_text) != OK ||
	    have_keys(command->dir) != OK ||
	    loop_open(&loop, command->clock) != OK)
		return 1;
	result = xcalloc(1, sizeof *result);
	err = node_join(loop, command->dir, &code, JOIN_WITHIN_MS, result);
	if (err == OK) {
		say_joined(command, &result->joined);
		say_words(&code, command->dir);
	} else {
		tell_failed(err, result);
	}
	free(result);
	loop_close(loop);
	return err == OK ? 0 : 1;
}
