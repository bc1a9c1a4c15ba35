/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events to bytes and back: the only file that sees the generated code of
 * proto/event.proto. Pure. Decoding passes the canonical gate: packing what
 * was unpacked gives the same bytes, and there is no unknown field.
 */
#ifndef MODEL_WIRE_H
#define MODEL_WIRE_H

#include "model/event.h"

/* Memory for one decoded event at a time; made once, reset by each decode.
 * Bounded: a message that needs more is malformed. */
struct wire;
struct wire *wire_new(void);
void wire_free(struct wire *wire);

/* Rows in `event` live until the next wire_unpack with this `wire`.
 * REJECT_NON_CANONICAL, REJECT_VERSION, REJECT_FIELD (a length, an
 * enumeration, UTF-8), or what event_check says. */
enum reject wire_unpack(
    struct wire *wire, struct bytes bytes, struct event *event);

/* The same from protobuf-c alone: what wire_unpack must agree with. */
enum reject wire_unpack_slowly(
    struct wire *wire, struct bytes bytes, struct event *event);

/* Into `at` of `cap` bytes; returns the length, 0 if it does not fit. The
 * event must pass event_check. */
size_t wire_pack(const struct event *event, uint8_t *at, size_t cap);

/* SHA-256 input of a whole text in parts: one row, packed. */
size_t wire_pack_unit_row(const struct unit_row *row, uint8_t *at, size_t cap);
size_t wire_pack_campaign_row(
    const struct campaign_row *row, uint8_t *at, size_t cap);
size_t wire_pack_calendar_row(
    const struct calendar_row *row, uint8_t *at, size_t cap);
size_t wire_pack_rule_row(const struct rule_row *row, uint8_t *at, size_t cap);
size_t wire_pack_seat_row(const struct seat_row *row, uint8_t *at, size_t cap);
size_t wire_pack_recipient_row(
    const struct recipient_row *row, uint8_t *at, size_t cap);

#endif
