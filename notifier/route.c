/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules, in prose. `tell: admin` goes to each admin seat whose wilayah
 * contains the region. `tell: head` goes to the head's seat whose wilayah is
 * the longest prefix of the object's; a seat that nobody holds now, or that is
 * not there, is stood in for by the admin seats, with a note. An admin seat is
 * told whether or not it lists terms: somebody must hear.
 */
#include "notifier/route.h"

#include <string.h>

bool
route_is_same(const struct route_target *a, const struct route_target *b)
{
	return strcmp(a->seat, b->seat) == 0 && strcmp(a->term, b->term) == 0 &&
	       strcmp(a->channel, b->channel) == 0;
}

/* Numbers of CATALOG_ROLE. */
enum { ROLE_ADMIN = 1, ROLE_HEAD = 2 };

/* For a seat that names none: the first line of contacts.yaml to look for. */
static const char default_channel[] = "mail";

const struct term *
route_term(const struct seat_row *seat, uint64_t now_ms)
{
	for (uint32_t i = 0; i < seat->term_count; i++) {
		const struct term *term = &seat->terms[i];

		if (term->from_ms <= now_ms &&
		    (term->to_ms == 0 || now_ms < term->to_ms))
			return term;
	}
	return NULL;
}

const struct seat_row *
seats_by_id(const struct seats *seats, const char *id)
{
	for (unsigned i = 0; i < seats->count; i++)
		if (strcmp(seats->rows[i].id, id) == 0)
			return &seats->rows[i];
	return NULL;
}

/* Shortens `wilayah` until `code` is within it. */
static void
narrow(char wilayah[WILAYAH_MAX], const char *code)
{
	while (wilayah[0] != '\0' && !wilayah_is_within(code, wilayah)) {
		char *dot = strrchr(wilayah, '.');

		if (dot == NULL)
			dot = wilayah;
		*dot = '\0';
	}
}

void
route_wilayah(const struct verdict *verdict, const char *region,
    char wilayah[WILAYAH_MAX])
{
	const struct alert_unit *units = verdict->units;
	uint32_t count = verdict->unit_count;

	if (wilayah_level(verdict->object) != WILAYAH_NONE) {
		(void)text_copy(wilayah, WILAYAH_MAX, verdict->object);
		return;
	}
	if (count == 0) {
		units = verdict->removed;
		count = verdict->removed_count;
	}
	(void)text_copy(
	    wilayah, WILAYAH_MAX, count > 0 ? units[0].wilayah : region);
	for (uint32_t i = 1; i < count; i++)
		narrow(wilayah, units[i].wilayah);
	if (!wilayah_is_within(wilayah, region))
		(void)text_copy(wilayah, WILAYAH_MAX, region);
}

static void
add_target(struct route_plan *plan, const struct seat_row *seat,
    const struct term *term, const char *channel)
{
	struct route_target *target = &plan->targets[plan->count];

	if (plan->count == ROUTE_TARGETS_MAX) {
		plan->left_out++;
		return;
	}
	(void)text_copy(target->seat, sizeof target->seat, seat->id);
	(void)text_copy(
	    target->term, sizeof target->term, term != NULL ? term->id : "");
	(void)text_copy(target->channel, sizeof target->channel, channel);
	plan->count++;
}

static void
add_seat(struct route_plan *plan, const struct seat_row *seat,
    const struct term *term)
{
	for (uint32_t i = 0; i < seat->channel_count; i++)
		add_target(plan, seat, term, seat->channels[i]);
	if (seat->channel_count == 0)
		add_target(plan, seat, term, default_channel);
}

static void
add_admins(struct route_plan *plan, const struct seats *seats,
    const char *region, uint64_t now_ms)
{
	for (unsigned i = 0; i < seats->count; i++) {
		const struct seat_row *seat = &seats->rows[i];

		if (seat->role == ROLE_ADMIN &&
		    wilayah_is_within(region, seat->wilayah))
			add_seat(plan, seat, route_term(seat, now_ms));
	}
}

/* Length of the longest wilayah of a head's seat around the object; 0: none. */
static size_t
nearest_head(const struct seats *seats, const char *wilayah)
{
	size_t longest = 0;

	for (unsigned i = 0; i < seats->count; i++) {
		const struct seat_row *seat = &seats->rows[i];
		size_t len = strlen(seat->wilayah);

		if (seat->role == ROLE_HEAD && len > longest &&
		    wilayah_is_within(wilayah, seat->wilayah))
			longest = len;
	}
	return longest;
}

static void
add_heads(struct route_plan *plan, const struct seats *seats,
    const char *wilayah, uint64_t now_ms)
{
	size_t len = nearest_head(seats, wilayah);

	plan->note = len == 0 ? ROUTE_NO_HEAD_SEAT : ROUTE_NO_TERM;
	for (unsigned i = 0; len > 0 && i < seats->count; i++) {
		const struct seat_row *seat = &seats->rows[i];
		const struct term *term = route_term(seat, now_ms);

		if (seat->role != ROLE_HEAD || strlen(seat->wilayah) != len ||
		    !wilayah_is_within(wilayah, seat->wilayah) || term == NULL)
			continue;
		add_seat(plan, seat, term);
		plan->note = ROUTE_AS_MEANT;
	}
}

void
route_pick(const struct verdict *verdict, const char *region,
    const struct seats *seats, uint64_t now_ms, struct route_plan *plan)
{
	char wilayah[WILAYAH_MAX];

	plan->note = ROUTE_AS_MEANT;
	plan->count = 0;
	plan->left_out = 0;
	if (verdict->tell == ROLE_HEAD) {
		route_wilayah(verdict, region, wilayah);
		add_heads(plan, seats, wilayah, now_ms);
		if (plan->note == ROUTE_AS_MEANT)
			return;
	}
	add_admins(plan, seats, region, now_ms);
}

void
route_admins(const char *region, const struct seats *seats, uint64_t now_ms,
    struct route_plan *plan)
{
	*plan = (struct route_plan){.note = ROUTE_AS_MEANT};
	add_admins(plan, seats, region, now_ms);
}
