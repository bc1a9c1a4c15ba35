/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar verify DIR [RECEIPT...], also the program ikrar-verify: see
 * ikrar/verify.h. Returns the exit code: 0 all verified, 1 not. */
#ifndef IKRAR_CMD_VERIFY_H
#define IKRAR_CMD_VERIFY_H

int cmd_verify(int argc, char **argv);
/* The same as a program of its own. */
int cmd_verify_alone(int argc, char **argv);

#endif
