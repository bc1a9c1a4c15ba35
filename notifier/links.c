/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of the links by which an office acknowledges, and the command
 * that changes their key.
 */
#include "notifier/home.h"

#include "core/conf.h"
#include "core/http.h"
#include "notifier/ack_keys.h"
#include "notifier/ack_url.h"

#include <stdio.h>
#include <string.h>

enum err
home_links(const struct settings *settings)
{
	struct ack_base base;

	if (settings->http == NULL && settings->http_url == NULL)
		return OK;
	if (settings->http == NULL || settings->http_url == NULL)
		tell("--http dan --http-url harus diisi berdua, atau tidak "
		     "sama sekali. Contoh: --http 127.0.0.1:8470 --http-url "
		     "https://ikrar.contoh.go.id",
		    "--http and --http-url go together, or neither; such as "
		    "--http 127.0.0.1:8470 --http-url "
		    "https://ikrar.contoh.go.id");
	else if (!http_listen_is_valid(settings->http))
		tell("--http: tulis alamat angka dan port seperti "
		     "127.0.0.1:8470 atau [::1]:8470, bukan \"%.80s\".",
		    "--http: write a numeric address and a port such as "
		    "127.0.0.1:8470 or [::1]:8470, not \"%.80s\"",
		    settings->http);
	else if (ack_base_get(&base, settings->http_url) != OK)
		tell("--http-url: tulis https://NAMA, boleh dengan :PORT dan "
		     "/JALUR, tanpa yang lain, bukan \"%.80s\".",
		    "--http-url: write https://NAME, perhaps with :PORT and "
		    "/PATH and nothing else, not \"%.80s\"",
		    settings->http_url);
	else
		return OK;
	return ERR_INVALID;
}

/* The running daemon reads them at each link; it need not be told. */
int
verb_key(const struct settings *settings, const char *what)
{
	struct node_region region;

	if (strcmp(what, "rotate") != 0) {
		tell("key: hanya \"rotate\", bukan \"%.40s\".",
		    "key: only \"rotate\", not \"%.40s\"", what);
		return CONF_USAGE_EXIT;
	}
	if (node_region_load(&region, settings->dir) != OK) {
		tell("%s bukan direktori pemberitahu yang sudah bergabung.",
		    "%s is not the directory of a notifier that has joined",
		    settings->dir);
		return 1;
	}
	if (ack_keys_rotate(settings->dir) != OK) {
		tell("Kunci tautan di %s/ack-keys tidak diganti; lihat baris "
		     "di atas.",
		    "the key of the links in %s/ack-keys was not changed: see "
		    "the line above",
		    settings->dir);
		return 1;
	}
	printf("kunci tautan diganti: tautan dari kunci sebelumnya masih "
	       "berlaku, yang lebih lama batal\n"
	       "the links' key was changed: links under the one before it "
	       "still hold, older ones are void\n");
	return 0;
}
