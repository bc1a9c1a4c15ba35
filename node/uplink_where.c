/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the region is. Each Welcome says where it can be reached, so that it
 * can move to another computer: it names the new address for a while before.
 * What it says is kept in DIR/region. The address that has just answered stays
 * in the list while there is room, so that a slip of the admin's pen does not
 * lead all nodes astray.
 */
#include "node/uplink_inner.h"

#include "core/log.h"

#include <string.h>

static const char tcp[] = "tcp://";

struct where {
	uint32_t count;
	char at[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
};

static uint32_t
place_of(const struct where *where, const char *endpoint)
{
	uint32_t i = 0;

	while (i < where->count && strcmp(where->at[i], endpoint) != 0)
		i++;
	return i;
}

static void
add(struct where *where, const char *endpoint)
{
	if (where->count < JOINED_ENDPOINTS_MAX &&
	    strncmp(endpoint, tcp, sizeof tcp - 1) == 0 &&
	    place_of(where, endpoint) == where->count)
		memcpy(where->at[where->count++], endpoint, ENDPOINT_MAX);
}

static bool
is_same(const struct where *where, uint32_t count,
    const char (*endpoints)[ENDPOINT_MAX])
{
	if (where->count != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(where->at[i], endpoints[i]) != 0)
			return false;
	return true;
}

/* Into the file as it is now: other lines of it may have changed. */
static void
keep(const struct uplink *uplink, const struct where *where)
{
	const char *dir = uplink->options.dir;
	struct node_region region;

	if (node_region_load(&region, dir) != OK ||
	    is_same(where, region.endpoint_count, region.endpoints))
		return;
	region.endpoint_count = where->count;
	memcpy(region.endpoints, where->at, sizeof region.endpoints);
	if (node_region_save(&region, dir) == OK)
		log_info("region-endpoints count=%u first=%s", where->count,
		    where->at[0]);
}

void
uplink_set_where(struct uplink *uplink, uint32_t count,
    const char (*endpoints)[ENDPOINT_MAX])
{
	CHECK(count <= JOINED_ENDPOINTS_MAX);
	uplink->endpoint_count = count;
	memcpy(uplink->endpoints, endpoints, sizeof uplink->endpoints);
}

void
uplink_take_where(struct uplink *uplink, const struct welcome *welcome)
{
	const char *present = uplink->endpoints[uplink->endpoint];
	struct where where = {0};

	if (!uplink->options.keeps_endpoints)
		return;
	for (uint32_t i = 0; i < welcome->endpoint_count; i++)
		add(&where, welcome->endpoints[i]);
	if (where.count == 0)
		return;
	if (uplink->options.has_fixed_endpoint) {
		keep(uplink, &where);
		return;
	}
	add(&where, present);
	keep(uplink, &where);
	if (is_same(&where, uplink->endpoint_count, uplink->endpoints))
		return;
	uplink->endpoint = place_of(&where, present) % where.count;
	uplink_set_where(uplink, where.count, where.at);
}
