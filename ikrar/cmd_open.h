/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar open DIR CASE: see ikrar/cases.h. Returns the exit code. */
#ifndef IKRAR_CMD_OPEN_H
#define IKRAR_CMD_OPEN_H

int cmd_open(int argc, char **argv);

#endif
