/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar key new, ikrar key show: see ikrar/key_file.h. Returns the exit code.
 */
#ifndef IKRAR_CMD_KEY_H
#define IKRAR_CMD_KEY_H

int cmd_key(int argc, char **argv);

#endif
