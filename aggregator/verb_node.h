/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs behind `node`: one function each, as in aggregator/verbs.h. */
#ifndef AGGREGATOR_VERB_NODE_H
#define AGGREGATOR_VERB_NODE_H

int verb_node_invite(int argc, char **argv);
int verb_node_list(int argc, char **argv);
int verb_node_revoke(int argc, char **argv);
int verb_node_confirm(int argc, char **argv);
int verb_node_vouch(int argc, char **argv);

#endif
