/* SPDX-License-Identifier: Apache-2.0 */
/* A node's part of the roster and of the campaigns, as Fetch asks for it. */
#ifndef AGGREGATOR_SLICE_H
#define AGGREGATOR_SLICE_H

#include "judge/view.h"
#include "model/message.h"

/* Fills `slice` and its body: a packed RosterChanged with the rows of units
 * within `wilayah`, or a packed CampaignChanged, of the version that is in
 * force. Returns the length of the body; 0: there is no such part. */
size_t slice_pack(const struct view *view, const char *wilayah,
    const struct fetch *fetch, struct slice *slice, uint8_t *body);

#endif
