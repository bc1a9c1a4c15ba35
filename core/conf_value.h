/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of core/conf.h: one value of the settings struct, by its row of
 * the option table. Nobody else includes it.
 */
#ifndef CORE_CONF_VALUE_H
#define CORE_CONF_VALUE_H

#include "core/bytes.h"
#include "core/conf.h"

/* The text is copied; CONF_TEXTS grows by one. ERR_INVALID (not logged): not
 * a value of that type and range. */
enum err conf_value_set(const struct conf_option *option, void *settings,
    const char *text) MUST_CHECK;
/* Back to nothing; frees. */
void conf_value_clear(const struct conf_option *option, void *settings);
bool conf_value_is_set(const struct conf_option *option, const void *settings);
/* What is wanted, for a message: "angka 1..65535 / a number 1..65535". */
void conf_value_wanted(const struct conf_option *option, struct text_buf *out);
/* As a YAML file would say it, one `name: value`. */
void conf_value_show(const struct conf_option *option, const void *settings,
    struct text_buf *out);

#endif
