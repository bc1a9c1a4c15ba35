/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs behind `node`: one function each, as in aggregator/verbs.h. */
#ifndef AGGREGATOR_VERB_NODE_H
#define AGGREGATOR_VERB_NODE_H

#include "judge/view.h"

int verb_node_invite(int argc, char **argv);
int verb_node_enrol(int argc, char **argv);
int verb_node_list(int argc, char **argv);
int verb_node_show(int argc, char **argv);
int verb_node_revoke(int argc, char **argv);
int verb_node_confirm(int argc, char **argv);
int verb_node_vouch(int argc, char **argv);

/* By its id or the head of it. NULL (told): none, or more than one. */
const struct view_node *verb_node_find(
    const struct view *view, const char *text);

#endif
