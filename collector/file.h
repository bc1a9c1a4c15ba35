/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a clerk names: a list of units is read, a scan or a photo is only
 * hashed and stays where it is, and what is to be sealed leaves no copy behind.
 */
#ifndef COLLECTOR_FILE_H
#define COLLECTOR_FILE_H

#include "collector/sentence.h"
#include "core/bytes.h"
#include "model/event.h"

enum { FILE_READ_MAX = 1024 * 1024, FILE_HASH_MAX_MIB = 2048 };

/* Both refuse what is no regular file, is empty or is too large: ERR_INVALID
 * with the sentence. `option` is named in it. */
enum err file_read(struct text_buf *text, const char *option, const char *path,
    struct sentence *why) MUST_CHECK;
enum err file_sha256(uint8_t sha256[EVENT_HASH_SIZE], const char *option,
    const char *path, struct sentence *why) MUST_CHECK;
/* Into `at` of `cap` bytes, terminated; `path` "-": standard input. On
 * ERR_INVALID (as above) `at` is wiped. */
enum err file_read_secret(char *at, size_t cap, size_t *len, const char *path,
    struct sentence *why) MUST_CHECK;

#endif
