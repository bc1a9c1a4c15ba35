/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As whom a command beside the region records: its keys, and what joining told
 * it. What is wrong is told here, in words.
 */
#ifndef AGGREGATOR_OWN_NODE_H
#define AGGREGATOR_OWN_NODE_H

#include "aggregator/reading.h"
#include "node/keys.h"

/* The region's first admin, which never had to join. ERR_INVALID (told). */
enum err own_node_admin(const struct reading *reading, const char *dir,
    struct node_keys *node_keys, struct node_region *region) MUST_CHECK;
/* A reviewer of this region, and no other. ERR_INVALID (told). */
enum err own_node_reviewer(const struct reading *reading, const char *dir,
    struct node_keys *node_keys, struct node_region *region) MUST_CHECK;

#endif
