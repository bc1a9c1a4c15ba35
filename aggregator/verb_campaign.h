/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of `campaign`, each in the file of its subject. */
#ifndef AGGREGATOR_VERB_CAMPAIGN_H
#define AGGREGATOR_VERB_CAMPAIGN_H

#include "aggregator/admin.h"

int verb_campaign_extend(int argc, char **argv);
int verb_campaign_excuse(int argc, char **argv);
int verb_campaign_close(int argc, char **argv);

/* NULL (told): there is none of that name in force. */
const struct view_campaign *verb_campaign_find(
    const struct admin *admin, const char *id);

#endif
