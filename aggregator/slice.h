/* SPDX-License-Identifier: Apache-2.0 */
/* A node's part of the roster and of the campaigns, or a set of recipients, as
 * Fetch asks for it. */
#ifndef AGGREGATOR_SLICE_H
#define AGGREGATOR_SLICE_H

#include "judge/view.h"
#include "model/message.h"

struct slice_body {
	size_t len;
	uint8_t at[PAGE_BODY_MAX];
};

/* Fills `slice` and its body: a packed RosterChanged with the rows of units
 * within `wilayah`, or a packed CampaignChanged, of the version that is in
 * force; or the packed RecipientsChanged of the version that is asked for.
 * false: there is no such part. */
bool slice_pack(const struct view *view, const char *wilayah,
    const struct fetch *fetch, struct slice *slice, struct slice_body *body);

#endif
