/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar recipients sign: see model/recipients.h. Returns the exit code. */
#ifndef IKRAR_CMD_RECIPIENTS_H
#define IKRAR_CMD_RECIPIENTS_H

int cmd_recipients(int argc, char **argv);

#endif
