/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of ikrar-aggregator: one function each, argv[0] is the verb,
 * returns the exit code. main.c holds the table of them.
 */
#ifndef AGGREGATOR_VERBS_H
#define AGGREGATOR_VERBS_H

int verb_init(int argc, char **argv);
int verb_run(int argc, char **argv);
int verb_rebuild(int argc, char **argv);
int verb_healthcheck(int argc, char **argv);

/* With the daemon stopped: the log goes on from an older copy. */
int verb_recover(int argc, char **argv);

/* Recorded into the admin's spool and pushed like any node's. */
int verb_node(int argc, char **argv);
int verb_unit(int argc, char **argv);
int verb_campaign(int argc, char **argv);
int verb_calendar(int argc, char **argv);
int verb_alert(int argc, char **argv);
int verb_rules(int argc, char **argv);
int verb_office(int argc, char **argv);
int verb_recipients(int argc, char **argv);
int verb_clock(int argc, char **argv);
/* By a reviewer's own node. */
int verb_case(int argc, char **argv);
/* Bundles of nodes, brought by hand. */
int verb_import(int argc, char **argv);

/* Only read the region. */
int verb_state(int argc, char **argv);
int verb_today(int argc, char **argv);
int verb_log(int argc, char **argv);
int verb_export(int argc, char **argv);

#endif
