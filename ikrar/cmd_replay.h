/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar replay LOG: see ikrar/replay.h. Returns the exit code: 0 all equal,
 * 1 something differs or cannot be read. */
#ifndef IKRAR_CMD_REPLAY_H
#define IKRAR_CMD_REPLAY_H

int cmd_replay(int argc, char **argv);

#endif
