/* SPDX-License-Identifier: Apache-2.0 */
/* Without a link: records go to the region in a file, its receipts come back
 * in another. */
#ifndef COLLECTOR_BUNDLE_CMD_H
#define COLLECTOR_BUNDLE_CMD_H

#include "collector/home.h"

/* The exit codes. */
int bundle_cmd_export(const struct home_words *words, const char *path);
int bundle_cmd_import(const struct home_words *words, const char *path);

#endif
