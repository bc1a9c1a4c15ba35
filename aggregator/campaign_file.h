/* SPDX-License-Identifier: Apache-2.0 */
/* The campaigns of a region as a person writes them
 * (data/samples/campaigns.yaml). */
#ifndef AGGREGATOR_CAMPAIGN_FILE_H
#define AGGREGATOR_CAMPAIGN_FILE_H

#include "sheet/yaml_file.h"
#include "model/event.h"

enum { CAMPAIGN_FILE_MAX = 256 };

struct campaign_file {
	struct campaign_row *rows;
	uint32_t count;
};

/* Times are of the zone of `hours`. ERR_INVALID: yaml_file_why says why. */
enum err campaign_file_read(struct campaign_file *campaigns,
    struct yaml_file *file, const char *path, int hours) MUST_CHECK;
void campaign_file_clear(struct campaign_file *campaigns);

#endif
