/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AGGREGATOR_LOG_RULE_H
#define AGGREGATOR_LOG_RULE_H

#include "core/json.h"
#include "model/event.h"

/* The next element of the open array. */
void log_put_rule(struct json *json, const struct rule_row *rule);

#endif
