/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ikrar report FILE LOG: is this the report of a campaign that was closed in
 * that log? The admin's signature, the head that it holds, the closing entry
 * and the numbers are held against the log. Whether the log itself is whole,
 * ikrar verify tells. Returns the exit code: 0 all of it, 1 not.
 */
#ifndef IKRAR_CMD_REPORT_H
#define IKRAR_CMD_REPORT_H

int cmd_report(int argc, char **argv);

#endif
