/* SPDX-License-Identifier: Apache-2.0 */
/* A region with a collector in every kecamatan, and the file that holds the
 * keys of them all. */
#ifndef TESTS_BENCH_SWARM_H
#define TESTS_BENCH_SWARM_H

#include "node/keys.h"

#define SWARM_CAMPAIGN "PILKADA-SERENTAK-2024-XX"

enum { SWARM_NODES_MAX = 8192, SWARM_VERSION = 1 };

struct swarm_head {
	struct node_region region; /* but for wilayah and endpoint */
	uint32_t count;
};

struct swarm_row {
	struct node_keys keys;
	char wilayah[WILAYAH_MAX];
};

/* make DIR CODES.csv FILE: enrols them in the region in DIR. */
int swarm_make(int argc, char **argv);
/* The one unit of a kecamatan. */
void swarm_unit(struct unit_row *row, const char *wilayah);
void swarm_campaign(struct campaign_row *row, uint64_t now_ms);

#endif
