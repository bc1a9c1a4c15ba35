/* SPDX-License-Identifier: Apache-2.0 */
/* ikrar explain ALERT --log LOG: one alert, for somebody who has read nothing
 * else. */
#ifndef IKRAR_CMD_EXPLAIN_H
#define IKRAR_CMD_EXPLAIN_H

int cmd_explain(int argc, char **argv);

#endif
