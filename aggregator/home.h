/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region's directory and the small files in it. All are written whole,
 * synced and renamed.
 *     DIR/store      LMDB                       (aggregator/store.h)
 *     DIR/blob       LMDB, once there is a blob (aggregator/blob.h)
 *     DIR/keys/log   seed of the log's Ed25519 key, 0600
 *     DIR/keys/server  the region's CURVE keys, 0600
 *     DIR/admin      a node directory: the first admin (node/keys.h)
 *     DIR/head       the last signed checkpoint (aggregator/head.h)
 *     DIR/endpoints  where the running daemon really listens
 *     DIR/alive      pid and time of the running daemon; it holds a lock on it
 */
#ifndef AGGREGATOR_HOME_H
#define AGGREGATOR_HOME_H

#include "core/link.h"
#include "model/message.h"
#include "node/code.h"
#include "trust/sign.h"

enum {
	HOME_PATH_MAX = 4096,
	HOME_ALIVE_MS = 20000, /* a daemon that wrote nothing so long is ill */
};

/* DIR/name; ERR_INVALID (logged): too long. */
enum err home_path(
    char path[HOME_PATH_MAX], const char *dir, const char *name) MUST_CHECK;

struct home_keys {
	struct sign_keys log;
	struct link_keys server;
};
/* ERR_DUP: there are keys already; they stay. */
enum err home_keys_save(
    const struct home_keys *keys, const char *dir) MUST_CHECK;
/* ERR_NOTFOUND: none; ERR_INVALID (logged): damaged, or readable by others. */
enum err home_keys_load(struct home_keys *keys, const char *dir) MUST_CHECK;

/* Written by `run` when it listens; where it listens (for commands on this
 * machine) and what it tells others to use. */
struct home_endpoints {
	char listen[ENDPOINT_MAX], join_listen[ENDPOINT_MAX];
	unsigned region_count, join_count;
	char region[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
	char join[CODE_ENDPOINTS_MAX][ENDPOINT_MAX];
};
enum err home_endpoints_save(
    const struct home_endpoints *endpoints, const char *dir) MUST_CHECK;
/* ERR_NOTFOUND: the daemon never ran here. The file outlives the daemon. */
enum err home_endpoints_load(
    struct home_endpoints *endpoints, const char *dir) MUST_CHECK;

/* Locks DIR/alive until it is closed, also against a second opening in this
 * process, and empties it. ERR_DUP: another daemon runs on DIR; ERR_NOTFOUND:
 * there is no DIR. */
enum err home_alive_open(int *fd, const char *dir) MUST_CHECK;
/* "pid now_ms", the wall clock in a drill too; not synced. */
void home_alive_beat(int fd, uint64_t wall_ms);
void home_alive_close(int fd);
/* OK: a daemon runs and answered within HOME_ALIVE_MS. ERR_NOTFOUND: none
 * runs; ERR_TIMEOUT: it does not answer. */
enum err home_alive_check(const char *dir, uint64_t wall_ms) MUST_CHECK;

/* A small text file of DIR that is neither secret nor of the above. `text`
 * gets HOME_TEXT_MAX bytes. ERR_NOTFOUND; ERR_IO: logged. */
enum { HOME_TEXT_MAX = 4096 };
enum err home_text_load(
    const char *dir, const char *name, char text[HOME_TEXT_MAX]) MUST_CHECK;
enum err home_text_save(
    const char *dir, const char *name, const char *text) MUST_CHECK;
/* What is not there is fine. */
enum err home_text_drop(const char *dir, const char *name) MUST_CHECK;

#endif
