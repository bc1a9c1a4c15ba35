/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/own_node.h"

#include "aggregator/home.h"
#include "core/tell.h"
#include "model/catalog.h"

#include <string.h>

/* What a join would have told it. */
static void
fill_region(const struct log_started *started, const struct home_keys *keys,
    struct node_region *region)
{
	region->kind = catalog_number(CATALOG_NODE_KIND, "admin");
	region->drill = started->drill;
	memcpy(region->origin, started->origin, sizeof region->origin);
	memcpy(region->wilayah, started->wilayah, sizeof region->wilayah);
	memcpy(region->log_key, started->log_key, sizeof region->log_key);
	memcpy(region->server_key, keys->server.public_key,
	    sizeof region->server_key);
}

enum err
own_node_reviewer(const struct reading *reading, const char *dir,
    struct node_keys *node_keys, struct node_region *region)
{
	const struct log_started *started = &reading->started;

	if (node_keys_load(node_keys, dir) != OK ||
	    node_region_load(region, dir) != OK) {
		tell("%s belum bergabung sebagai penelaah. Minta kode kepada "
		     "admin (node invite KODE --kind reviewer), lalu: "
		     "ikrar-aggregator case join KODE --node %s",
		    "%s has not joined as a reviewer: ask the admin for a code "
		    "(node invite CODE --kind reviewer), then: "
		    "ikrar-aggregator case join CODE --node %s",
		    dir, dir);
		return ERR_INVALID;
	}
	if (region->kind == catalog_number(CATALOG_NODE_KIND, "reviewer") &&
	    memcmp(region->log_key, started->log_key, sizeof region->log_key) ==
		0)
		return OK;
	tell("Simpul di %s bukan penelaah wilayah %s.",
	    "The node in %s is no reviewer of region %s.", dir,
	    started->wilayah);
	return ERR_INVALID;
}

enum err
own_node_admin(const struct reading *reading, const char *dir,
    struct node_keys *node_keys, struct node_region *region)
{
	struct home_keys keys = {0};
	enum err err = node_keys_load(node_keys, dir);

	if (err == OK)
		err = home_keys_load(&keys, reading->dir);
	if (err == OK)
		fill_region(&reading->started, &keys, region);
	explicit_bzero(&keys, sizeof keys);
	if (err == OK)
		return OK;
	tell("Kunci di %s atau %s/keys tidak ada atau tidak dapat dipakai; "
	     "kembalikan dari salinan yang disimpan.",
	    "The keys in %s or %s/keys are missing or damaged: bring them back "
	    "from the copy that was kept.",
	    dir, reading->dir);
	return ERR_INVALID;
}
