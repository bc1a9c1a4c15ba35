/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a program a node: its two key pairs (DIR/keys, 0600) and what it
 * knows of its region since it joined (DIR/region). Both are small YAML-like
 * text files of "name: value" lines, written whole, synced and renamed.
 */
#ifndef NODE_KEYS_H
#define NODE_KEYS_H

#include "core/link.h"
#include "model/message.h"
#include "trust/sign.h"

struct node_keys {
	struct sign_keys sign;
	struct link_keys link;
	uint8_t id[NODE_ID_SIZE];
};

/* New keys, at random. */
void node_keys_make(struct node_keys *keys);
/* Writes DIR/keys; makes DIR (0700). ERR_DUP: there are keys already. */
enum err node_keys_save(
    const struct node_keys *keys, const char *dir) MUST_CHECK;
/* ERR_NOTFOUND: no keys; ERR_INVALID: damaged, or readable by others. */
enum err node_keys_load(struct node_keys *keys, const char *dir) MUST_CHECK;

struct node_region {
	char origin[ORIGIN_MAX];
	char wilayah[WILAYAH_MAX]; /* of this node */
	uint32_t kind;
	uint8_t log_key[32];
	uint8_t server_key[32];
	bool drill;
	uint32_t endpoint_count;
	char endpoints[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
};
enum err node_region_save(
    const struct node_region *region, const char *dir) MUST_CHECK;
/* ERR_NOTFOUND: the node has not joined yet. */
enum err node_region_load(
    struct node_region *region, const char *dir) MUST_CHECK;

#endif
