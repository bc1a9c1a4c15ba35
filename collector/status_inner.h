/* SPDX-License-Identifier: Apache-2.0 */
/* What `status` says, shared by its words (status.c) and its JSON
 * (status_json.c). Nobody else includes it. */
#ifndef COLLECTOR_STATUS_INNER_H
#define COLLECTOR_STATUS_INNER_H

#include "collector/home.h"
#include "core/link.h"

struct status_tally {
	uint64_t stored, sent, receipted, refused, refused_open;
};
struct status_tally status_tally_of(const struct spool_status *status);
/* LINK_CLOSED when no daemon runs, whatever the last one said. */
enum link_state status_link_of(
    const struct spool_status *status, bool is_running);
/* Connected, but the region asked to come back later. */
bool status_is_busy(const struct home *home, bool is_running);

void status_print_json(struct home *home, bool is_running);

#endif
