/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar state LOG: what an exported log adds up to, now or at any entry. */
#ifndef IKRAR_CMD_STATE_H
#define IKRAR_CMD_STATE_H

int cmd_state(int argc, char **argv);

#endif
