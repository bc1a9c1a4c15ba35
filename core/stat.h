/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters with stable names, one table per daemon: counted here, shown by
 * `state --json` and written out as OpenMetrics text.
 */
#ifndef CORE_STAT_H
#define CORE_STAT_H

#include <stdint.h>

#include "core/bytes.h"

struct stat;

/* `names` is NULL-terminated and outlives it; counters start at 0. */
struct stat *stat_new(const char *const *names);
void stat_free(struct stat *stat);
void stat_add(struct stat *stat, unsigned counter, uint64_t by);
void stat_set(struct stat *stat, unsigned counter, uint64_t value);
uint64_t stat_get(const struct stat *stat, unsigned counter);
unsigned stat_count(const struct stat *stat);
const char *stat_name(const struct stat *stat, unsigned counter);
/* "ikrar_<name>_total <value>" lines, ended by # EOF. */
void stat_write(const struct stat *stat, struct text_buf *out);

#endif
