/* SPDX-License-Identifier: Apache-2.0 */
/* What a region adds up to, as JSON for other programs. */
#ifndef AGGREGATOR_STATE_JSON_H
#define AGGREGATOR_STATE_JSON_H

#include "aggregator/reading.h"
#include "report/sum_json.h"

/* The whole document. The view has been made. */
void state_put(struct json *json, const struct reading *reading,
    const struct sum_asked *asked);
/* "nodes": [...] into the open object. */
void state_put_nodes(struct json *json, const struct reading *reading);

#endif
