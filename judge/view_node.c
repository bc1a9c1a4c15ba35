/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes, invitations, and what each collector is known to have seen.
 *
 * A node's chain is gapless: once the log holds an event of it that had seen
 * n entries, all that it recorded before it had seen them is in the log too.
 * So "heard past entry i" is "has seen more than i", and what a node has seen
 * never decreases. It counts from the entry that enrolled it, or from the one
 * that confirmed it where that was asked for: before, nobody waited for it.
 * Vouching for a node lets the region stop waiting; it changes nothing about
 * what the node's own records had seen.
 */
#include "judge/case_parts.h"

#include <string.h>

#include "trust/hash.h"

uint32_t
node_find(const struct view *view, const uint8_t id[EVENT_ID_SIZE])
{
	uint32_t hash = be32_get(id), at = hash, number;

	while (lookup_next(&view->derived.node_by_id, hash, &at, &number))
		if (memcmp(node_at(view, number)->id, id, EVENT_ID_SIZE) == 0)
			return number;
	return NO_ROW;
}

uint64_t
node_seen(const struct view *view, const struct view_node *node,
    const struct event *event)
{
	uint64_t seen = view_seen(view, event->seen_epoch, event->seen_size);

	return seen > node->seen_size ? seen : node->seen_size;
}

static bool
is_active_collector(const struct view_node *node)
{
	return node->kind == NODE_COLLECTOR && node->state == NODE_ENROLLED;
}

/* ---- collectors by wilayah */

/* First place in the cover whose wilayah is not before this one. */
static uint32_t
cover_first(const struct view *view, const char *wilayah)
{
	const struct table *cover = &view->derived.cover;
	uint32_t low = 0, high = cover->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct view_node *node =
		    node_at(view, number_at(cover, middle));

		if (strcmp(node->wilayah, wilayah) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
cover_add(struct view *view, uint32_t number)
{
	uint32_t at = cover_first(view, node_at(view, number)->wilayah);

	number_insert(&view->derived.cover, at, number);
	view->derived.heard_age++;
}

static void
cover_drop(struct view *view, uint32_t number)
{
	struct table *cover = &view->derived.cover;

	for (uint32_t i = 0; i < cover->count; i++)
		if (number_at(cover, i) == number) {
			number_remove(cover, i);
			break;
		}
	view->derived.heard_age++;
}

/* The least that a collector of exactly this wilayah has seen. */
static void
cover_take(const struct view *view, const char *wilayah, struct place *place)
{
	const struct table *cover = &view->derived.cover;

	for (uint32_t i = cover_first(view, wilayah); i < cover->count; i++) {
		const struct view_node *node =
		    node_at(view, number_at(cover, i));
		uint64_t heard = node->vouched_index > node->seen_size
				     ? node->vouched_index
				     : node->seen_size;

		if (strcmp(node->wilayah, wilayah) != 0)
			return;
		if (place->is_covered == 0 || heard < place->heard)
			place->heard = heard;
		place->is_covered = 1;
	}
}

/* Made again only when a node has crossed an entry that matters. */
static const struct place *
place_of_unit(const struct view *view, uint32_t unit)
{
	struct place *place = place_at(view, extra_at(view, unit)->place);
	char prefix[WILAYAH_MAX];

	if (place->heard_age == view->derived.heard_age)
		return place;
	place->heard_age = view->derived.heard_age;
	place->is_covered = 0;
	place->heard = 0;
	memcpy(prefix, place->wilayah, sizeof prefix);
	for (size_t len = strlen(prefix); len > 0; len--) {
		if (prefix[len] != '\0' && prefix[len] != '.')
			continue;
		prefix[len] = '\0';
		cover_take(view, prefix, place);
	}
	return place;
}

bool
unit_is_heard(const struct view *view, uint32_t unit, uint64_t index)
{
	const struct place *place = place_of_unit(view, unit);

	return place->is_covered != 0 && place->heard > index;
}

bool
unit_is_awaited(const struct view *view, uint32_t unit, uint64_t index)
{
	const struct place *place = place_of_unit(view, unit);

	return place->is_covered != 0 && place->heard <= index;
}

/* Entries that collectors must be heard past, of those below `size`. */
static uint32_t
fired_below(const struct view *view, uint64_t size)
{
	const struct table *fired = &view->tables[TABLE_FIRED];
	uint32_t low = 0, high = fired->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (*(const uint64_t *)table_at(fired, middle) < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
heard_more(
    struct view *view, const char *wilayah, uint64_t before, uint64_t now)
{
	if (fired_below(view, before) == fired_below(view, now))
		return;
	view->derived.heard_age++;
	mark_crossed(view, wilayah, before, now);
}

/* ---- records of a node */

static uint64_t
record_seq(const struct view *view, uint32_t record)
{
	if ((record & IS_INCIDENT) != 0)
		return incident_at(view, record & ~IS_INCIDENT)->seq;
	return pledge_at(view, record)->seq;
}

uint32_t
record_find(const struct view *view, uint32_t node, uint64_t seq)
{
	const struct node_extra *extra =
	    table_at(&view->derived.node_extras, node);
	uint32_t low = 0, high = extra->records.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t record = number_at(&extra->records, middle);
		uint64_t found = record_seq(view, record);

		if (found == seq)
			return record;
		if (found < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_ROW;
}

void
record_add(struct view *view, uint32_t node, uint32_t record)
{
	struct node_extra *extra = table_at(&view->derived.node_extras, node);

	number_add(&extra->records, record);
	extra->incidents += (record & IS_INCIDENT) != 0;
}

/* ---- entries */

static struct view_node *
node_add(struct view *view, const struct node_enrolled *enrolled)
{
	struct view_node *node = table_add(&view->tables[TABLE_NODES]);
	struct node_extra *extra = table_add(&view->derived.node_extras);
	uint32_t number = row_count(view, TABLE_NODES) - 1;

	memcpy(node->id, enrolled->node, sizeof node->id);
	memcpy(node->sign_key, enrolled->sign_key, sizeof node->sign_key);
	memcpy(node->link_key, enrolled->link_key, sizeof node->link_key);
	(void)text_copy(node->wilayah, sizeof node->wilayah, enrolled->wilayah);
	node->kind = enrolled->kind;
	node->state = enrolled->pending ? NODE_PENDING : NODE_ENROLLED;
	table_init(&extra->records, sizeof(uint32_t));
	lookup_add(&view->derived.node_by_id, be32_get(node->id), number);
	lookup_add(
	    &view->derived.node_by_link, be32_get(node->link_key), number);
	return node;
}

/* From this entry on a node may write. */
static void
node_begins(
    struct view *view, struct view_node *node, const struct entry *entry)
{
	uint32_t number = view_node_number(view, node);

	node->enrolled_index = entry->index;
	node->begun_ms = entry->received_at_ms;
	node->seen_size = entry->index + 1;
	if (is_active_collector(node))
		cover_add(view, number);
	node_awaited(view, number);
}

static void
invite_used(struct view *view, const struct node_enrolled *enrolled)
{
	struct table *invites = &view->tables[TABLE_INVITES];

	for (uint32_t i = 0; i < invites->count; i++) {
		struct view_invite *invite = table_at(invites, i);

		if (memcmp(invite->invited.code_sha256, enrolled->code_sha256,
			EVENT_HASH_SIZE) == 0 &&
		    !invite->is_used) {
			invite->is_used = true;
			memcpy(invite->used_by, enrolled->node, EVENT_ID_SIZE);
		}
	}
}

/* The first admin: known by its key, like every node. */
void
node_started(struct view *view, const struct entry *entry)
{
	const struct log_started *started = &entry->event->started;
	struct node_enrolled admin = {.kind = NODE_ADMIN};
	struct hash id = hash_node(started->admin_sign_key);

	memcpy(admin.node, id.at, EVENT_ID_SIZE);
	memcpy(admin.sign_key, started->admin_sign_key, sizeof admin.sign_key);
	memcpy(admin.link_key, started->admin_link_key, sizeof admin.link_key);
	(void)text_copy(admin.wilayah, sizeof admin.wilayah, started->wilayah);
	node_begins(view, node_add(view, &admin), entry);
}

void
node_enrolled(struct view *view, const struct entry *entry)
{
	const struct node_enrolled *enrolled = &entry->event->enrolled;
	struct view_node *node;

	if (node_find(view, enrolled->node) != NO_ROW)
		return;
	invite_used(view, enrolled);
	node = node_add(view, enrolled);
	node_begins(view, node, entry);
}

void
node_confirmed(struct view *view, const struct entry *entry)
{
	uint32_t number = node_find(view, entry->event->named.node);
	struct view_node *node;

	if (number == NO_ROW)
		return;
	node = node_at(view, number);
	if (node->state != NODE_PENDING)
		return;
	node->state = NODE_ENROLLED;
	node_begins(view, node, entry);
}

void
node_revoked(struct view *view, const struct entry *entry)
{
	const struct node_named *named = &entry->event->named;
	uint32_t number = node_find(view, named->node);
	struct view_node *node;
	bool was_active;

	if (number == NO_ROW)
		return;
	node = node_at(view, number);
	if (node->state == NODE_REVOKED)
		return;
	was_active = is_active_collector(node);
	node->state = NODE_REVOKED;
	node->accept_up_to = named->accept_up_to;
	touch_of_node(view, number, CAUSE_REVOKED);
	if (!was_active)
		return;
	cover_drop(view, number);
	/* Nobody waits for it any more. */
	mark_crossed(view, node->wilayah, node->seen_size, entry->index + 1);
}

void
node_vouched(struct view *view, const struct entry *entry)
{
	uint32_t number = node_find(view, entry->event->named.node);
	struct view_node *node;
	uint64_t before;

	if (number == NO_ROW)
		return;
	node = node_at(view, number);
	before = node->vouched_index > node->seen_size ? node->vouched_index
						       : node->seen_size;
	node->vouched_index = entry->index;
	if (is_active_collector(node) && entry->index > before)
		heard_more(view, node->wilayah, before, entry->index);
}

/* Every event of a node says that it lives, and what it has seen. */
void
node_noted(struct view *view, const struct entry *entry)
{
	const struct event *event = entry->event;
	uint32_t number = node_find(view, event->node);
	struct view_node *node = node_at(view, number);
	uint64_t before = node->seen_size;

	node->seen_size = node_seen(view, node, event);
	node->mark = event->seq;
	node->last_logged_ms = entry->received_at_ms;
	node->last_logged_index = entry->index;
	node->last_recorded_ms = event->recorded_at_ms;
	node_contacted(view, number);
	if (node->seen_size > before && is_active_collector(node))
		heard_more(view, node->wilayah, before, node->seen_size);
}

void
node_refused(struct view *view, const struct entry *entry)
{
	const struct event_refused *refused = &entry->event->refused;
	uint32_t number = node_find(view, refused->node);
	struct view_node *node;

	if (number == NO_ROW)
		return;
	node = node_at(view, number);
	node->mark = refused->seq;
	node->last_logged_ms = entry->received_at_ms;
	node->last_logged_index = entry->index;
	node->refused_ms = entry->received_at_ms;
	node->refused_word = refused->word;
	node->refused_count++;
	node_contacted(view, number);
}

void
node_invited(struct view *view, const struct entry *entry)
{
	const struct node_invited *invited = &entry->event->invited;
	struct view_invite *invite = table_add(&view->tables[TABLE_INVITES]);

	memcpy(
	    invite->invited.code_sha256, invited->code_sha256, EVENT_HASH_SIZE);
	(void)text_copy(invite->invited.wilayah, sizeof invite->invited.wilayah,
	    invited->wilayah);
	invite->invited.kind = invited->kind;
	invite->invited.expires_ms = invited->expires_ms;
	invite->invited.confirm = invited->confirm;
}

void
node_index(struct view *view)
{
	uint32_t pledges = row_count(view, TABLE_PLEDGES);
	uint32_t incidents = row_count(view, TABLE_INCIDENTS);

	for (uint32_t i = 0; i < row_count(view, TABLE_NODES); i++) {
		const struct view_node *node = node_at(view, i);
		struct node_extra *extra =
		    table_add(&view->derived.node_extras);

		table_init(&extra->records, sizeof(uint32_t));
		lookup_add(&view->derived.node_by_id, be32_get(node->id), i);
		lookup_add(
		    &view->derived.node_by_link, be32_get(node->link_key), i);
		if (is_active_collector(node))
			cover_add(view, i);
	}
	/* Both in the order of the log: so each node's numbers ascend. */
	for (uint32_t p = 0, i = 0; p < pledges || i < incidents;) {
		if (i == incidents ||
		    (p < pledges && pledge_at(view, p)->index <
					incident_at(view, i)->index)) {
			record_add(view, pledge_at(view, p)->node, p);
			p++;
		} else {
			record_add(
			    view, incident_at(view, i)->node, i | IS_INCIDENT);
			i++;
		}
	}
}

/* ---- what there is to see */

unsigned
view_node_count(const struct view *view)
{
	return row_count(view, TABLE_NODES);
}

const struct view_node *
view_node(const struct view *view, unsigned n)
{
	return node_at(view, n);
}

const struct view_node *
view_node_by_id(const struct view *view, const uint8_t id[EVENT_ID_SIZE])
{
	uint32_t number = node_find(view, id);

	return number == NO_ROW ? NULL : node_at(view, number);
}

/* Of several with one key the last: the key was enrolled again. */
const struct view_node *
view_node_by_link_key(const struct view *view, const uint8_t key[32])
{
	uint32_t hash = be32_get(key), at = hash, number;
	uint32_t found = NO_ROW;

	while (lookup_next(&view->derived.node_by_link, hash, &at, &number))
		if (memcmp(node_at(view, number)->link_key, key, 32) == 0 &&
		    (found == NO_ROW || number > found))
			found = number;
	return found == NO_ROW ? NULL : node_at(view, found);
}

unsigned
view_node_number(const struct view *view, const struct view_node *node)
{
	return (unsigned)(node - node_at(view, 0));
}

bool
view_report_wanted(const struct view *view, const struct view_node *node)
{
	uint32_t fired = row_count(view, TABLE_FIRED);

	return is_active_collector(node) &&
	       fired_below(view, node->seen_size) < fired;
}

const struct view_invite *
view_invite(const struct view *view, const uint8_t code_sha256[EVENT_HASH_SIZE])
{
	const struct table *invites = &view->tables[TABLE_INVITES];

	for (uint32_t i = invites->count; i > 0; i--) {
		const struct view_invite *invite = table_at(invites, i - 1);

		if (memcmp(invite->invited.code_sha256, code_sha256,
			EVENT_HASH_SIZE) == 0)
			return invite;
	}
	return NULL;
}

bool
view_has_open_invites(const struct view *view, uint64_t now_ms)
{
	const struct table *invites = &view->tables[TABLE_INVITES];

	for (uint32_t i = 0; i < invites->count; i++) {
		const struct view_invite *invite = table_at(invites, i);

		if (!invite->is_used && invite->invited.expires_ms > now_ms)
			return true;
	}
	return false;
}
