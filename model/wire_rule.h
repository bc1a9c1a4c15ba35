/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of rules and of what comes of them, for model/wire.c alone. */
#ifndef MODEL_WIRE_RULE_H
#define MODEL_WIRE_RULE_H

#include "model/shape.h"

extern const struct shape rule_row_shape;
extern const struct shape verdict_shape;

#endif
