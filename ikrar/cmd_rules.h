/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar rules try, ikrar rules test: rules rehearsed before they are loaded. */
#ifndef IKRAR_CMD_RULES_H
#define IKRAR_CMD_RULES_H

int cmd_rules(int argc, char **argv);
int cmd_rules_try(int argc, char **argv);
int cmd_rules_test(int argc, char **argv);

#endif
