/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/recipients_file.h"

#include "core/tell.h"
#include "model/wire.h"
#include "trust/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 4096, ROW_BYTES_MAX = 256 };

/* `at` holds FILE_MAX + 1 bytes: a longer file is no text of ours. */
static enum err
read_file(uint8_t at[FILE_MAX + 1], size_t *len, const char *path)
{
	FILE *in = fopen(path, "re");
	bool is_bad = in == NULL;

	if (in != NULL) {
		*len = fread(at, 1, FILE_MAX + 1, in);
		is_bad = ferror(in) != 0;
		fclose(in);
	}
	if (!is_bad)
		return OK;
	tell("%s tidak dapat dibaca: %s.", "%s cannot be read: %s.", path,
	    strerror(errno));
	return ERR_INVALID;
}

enum err
recipients_file_key(struct recipient_row *row, const char *path)
{
	uint8_t at[FILE_MAX + 1];
	size_t len = 0;
	enum err err = read_file(at, &len, path);

	if (err != OK || recipient_line_get(row, bytes_of(at, len)) == OK)
		return err;
	tell("%s bukan kunci umum penerima; salin ulang berkas .pub dari "
	     "mesin inspektorat (ikrar key new).",
	    "%s is no public key of a recipient: copy the .pub file anew from "
	    "the inspectorate's machine (ikrar key new).",
	    path);
	return ERR_INVALID;
}

enum err
recipients_file_change(struct recipients_change *change, const char *path)
{
	uint8_t at[FILE_MAX + 1];
	size_t len = 0;
	enum err err = read_file(at, &len, path);

	if (err != OK)
		return err;
	if (recipients_change_get(change, bytes_of(at, len)) == OK) {
		recipients_number(&change->body, change->body.part.version);
		return OK;
	}
	tell("%s bukan perubahan penerima, atau rusak; salin ulang dari mesin "
	     "inspektorat (ikrar recipients sign).",
	    "%s is no change of recipients, or damaged: copy it anew from the "
	    "inspectorate's machine (ikrar recipients sign).",
	    path);
	return ERR_INVALID;
}

/* ---- hashes */

static struct hash
rows_hash(const struct recipient_row *rows, uint32_t count)
{
	uint8_t bytes[RECIPIENTS_MAX * ROW_BYTES_MAX];
	size_t len = 0;

	for (uint32_t i = 0; i < count; i++)
		len += wire_pack_recipient_row(
		    &rows[i], bytes + len, ROW_BYTES_MAX);
	return hash_bytes(bytes_of(bytes, len));
}

void
recipients_number(struct recipients_changed *changed, uint32_t version)
{
	struct hash hash = rows_hash(changed->rows, changed->row_count);

	changed->part =
	    (struct part){.version = version, .part = 1, .parts = 1};
	memcpy(changed->part.sha256, hash.at, HASH_SIZE);
}

void
recipient_fingerprint(
    char text[FINGERPRINT_TEXT], const struct recipient_row *row)
{
	struct hash hash = rows_hash(row, 1);

	hex_put(text, hash.at, RECIPIENTS_PIN_BYTES);
}

void
recipients_fingerprint(
    char text[FINGERPRINT_TEXT], const struct recipients_changed *changed)
{
	hex_put(text, changed->part.sha256, RECIPIENTS_PIN_BYTES);
}
