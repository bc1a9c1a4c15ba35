/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is an exported log what it says it is? Reads each entry once: the signed
 * checkpoint, the tree and its tiles, every stamp and chain, every verdict
 * decided again, receipts that nodes kept, sealed parts. Needs nothing but the
 * files; that the key in entry 0 is the region's, only a key that was given
 * beforehand can say.
 */
#ifndef IKRAR_VERIFY_H
#define IKRAR_VERIFY_H

#include "ikrar/finding.h"
#include "trust/note.h"

struct verify_job {
	const char *dir;
	/* NULL: the key of entry 0 is believed. Else a vkey that was read. */
	const char *trusted_name;
	const uint8_t *trusted_key;
	bool hashes_only; /* no stamps, no verdicts, no sealed parts */
	const char *const *receipts;
	size_t receipt_count;
};

struct verify_result {
	bool has_region; /* entry 0 could be read; else all below is empty */
	bool is_signed;  /* `head` is the signed checkpoint */
	bool is_drill;
	char origin[NOTE_ORIGIN_MAX], wilayah[NOTE_ORIGIN_MAX];
	uint8_t log_key[SIGN_KEY_SIZE];
	struct checkpoint head;
	struct hash root; /* of the entries that were read */
	uint64_t entries, nodes, stamps, verdicts;
	uint64_t receipts, receipts_good, blobs, blobs_good;
};

/* ERR_NOTFOUND, ERR_INVALID, ERR_IO: there is no log to read (logged). */
enum err verify_run(const struct verify_job *job,
    const struct findings *findings, struct verify_result *result) MUST_CHECK;

#endif
