/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the log as JSON: fields are named as in proto/event.proto, bytes
 * are hex, enumerations and masks are words. What is empty and optional is
 * left out. */
#ifndef AGGREGATOR_LOG_JSON_H
#define AGGREGATOR_LOG_JSON_H

#include "aggregator/store.h"
#include "core/json.h"

/* One object. */
void log_put_entry(struct json *json, const struct stored *stored);

#endif
