/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of the log for those who may read it; and for a collector its slices of
 * roster and campaigns, and the recipients of sealed parts. These come version
 * by version, because each must be signed by one of those before; before one is
 * believed here the versions are gone through for the one that has the pin.
 */
#include "node/uplink_inner.h"

#include "core/log.h"
#include "model/origin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	CAMPAIGNS_MAX = 4096,
	/* Further back no invitation of today is looked for. */
	VERSIONS_BACK_MAX = 64,
};

/* ---- the feed */

void
uplink_feed_reset(struct uplink *uplink)
{
	uplink->read_sent = false;
	uplink->fetch = (struct fetch){0};
}

void
uplink_feed_clear(struct uplink *uplink)
{
	free(uplink->campaigns);
}

static void
ask_page(struct uplink *uplink)
{
	struct message message = {.kind = MESSAGE_READ, .read = uplink->read};

	if (uplink->phase != UPLINK_OPEN || !uplink->read_wanted ||
	    uplink->read_sent)
		return;
	uplink->read_sent = uplink_say(uplink, &message, NULL) == OK;
}

void
uplink_read(struct uplink *uplink, uint64_t index, const uint8_t *leaf_hash)
{
	struct feed_read *read = &uplink->read;

	*read = (struct feed_read){.index = index, .max = PAGE_ENTRIES_MAX};
	(void)text_copy(
	    read->origin, sizeof read->origin, check_origin(uplink->check));
	if (leaf_hash != NULL) {
		read->has_leaf_hash = true;
		memcpy(read->leaf_hash, leaf_hash, sizeof read->leaf_hash);
	}
	uplink->read_wanted = true;
	uplink->read_sent = false;
	ask_page(uplink);
}

struct entries {
	struct feed_entry at[PAGE_ENTRIES_MAX];
	unsigned count;
};

/* In order, from where we asked, up to where to read on. */
static bool
take_entries(const struct uplink *uplink, const struct page *page,
    struct bytes body, struct entries *entries)
{
	uint64_t least = uplink->read.index;
	enum err err = OK;

	entries->count = 0;
	while (err == OK && entries->count < page->count) {
		struct feed_entry *entry = &entries->at[entries->count];

		err = page_body_next(&body, &entry->index, &entry->leaf);
		if (err != OK || entry->index < least ||
		    entry->index >= page->next)
			return false;
		least = entry->index + 1;
		entries->count++;
	}
	return err == OK && body.len == 0;
}

static enum reject
check_page(const struct page *page, const struct checkpoint *head,
    const struct entries *entries)
{
	const struct feed_entry *last;
	struct hash hash;

	if (page->next > head->size)
		return REJECT_DIVERGED;
	if (entries->count == 0)
		return REJECT_NONE;
	last = &entries->at[entries->count - 1];
	if (last->index + 1 != page->next)
		return REJECT_NONE; /* the rest was filtered out */
	hash = hash_leaf(last->leaf);
	return memcmp(hash.at, page->leaf_hash, HASH_SIZE) == 0
		   ? REJECT_NONE
		   : REJECT_DIVERGED;
}

void
uplink_on_page(struct uplink *uplink, const struct page *page,
    const struct checkpoint *head, struct bytes body)
{
	struct entries entries;
	enum reject word;

	/* A page that was asked for before the connection broke. */
	if (!uplink->read_sent || page->next < uplink->read.index)
		return;
	if (!take_entries(uplink, page, body, &entries)) {
		log_warnx("page-refused index=%" PRIu64 " next=%" PRIu64,
		    uplink->read.index, page->next);
		uplink_fault(uplink, REJECT_MALFORMED, true);
		return;
	}
	word = check_page(page, head, &entries);
	if (word != REJECT_NONE) {
		uplink_fault(uplink, word, false);
		return;
	}
	uplink->read_wanted = uplink->read_sent = false;
	if (uplink->options.page != NULL)
		uplink->options.page(
		    uplink->options.context, page, entries.at, entries.count);
}

void
uplink_feed_refused(struct uplink *uplink, enum reject word)
{
	log_warnx("uplink-read-refused word=%s",
	    word < REJECT_COUNT ? reject_word(word) : "?");
	uplink->read_wanted = uplink->read_sent = false;
	uplink->fetch_refused = uplink->fetch.what != WHAT_NONE;
	uplink->fetch = (struct fetch){0};
	if (uplink->options.refused != NULL)
		uplink->options.refused(uplink->options.context, word);
}

/* ---- slices */

static void
ask_slice(
    struct uplink *uplink, enum what what, uint64_t version, uint32_t part)
{
	struct message message = {.kind = MESSAGE_FETCH,
	    .fetch = {.what = what, .version = version, .part = part}};

	uplink->fetch = message.fetch;
	if (uplink_say(uplink, &message, NULL) != OK)
		uplink->fetch.what = WHAT_NONE; /* the next Welcome */
}

/* The version that is here. */
static uint64_t
version_of(struct uplink *uplink, enum what what)
{
	struct spool_status status;

	spool_status(uplink->options.spool, &status);
	return what == WHAT_ROSTER ? status.roster_version
				   : status.campaign_version;
}

static void
drop_slice(struct uplink *uplink, enum what what)
{
	const struct slice none = {.part = 1, .parts = 1};

	if (what == WHAT_ROSTER)
		spool_take_units(uplink->options.spool, NULL, 0, &none);
	else
		spool_take_campaigns(uplink->options.spool, NULL, 0, 0);
}

/* Version 0: the region has none. True: a Fetch is under way. */
static bool
want_slice(struct uplink *uplink, enum what what, uint64_t version)
{
	if (version_of(uplink, what) == version)
		return false;
	if (version > 0) {
		ask_slice(uplink, what, version, 1);
		return true;
	}
	drop_slice(uplink, what);
	return false;
}

/* `tried`: the version that has just been looked at; 0: none. */
static void
want_recipients(struct uplink *uplink, uint64_t tried)
{
	uint64_t version = uplink->welcome.recipients_version;
	struct spool_recipients set;
	uint64_t next = 1;

	spool_recipients(uplink->options.spool, &set);
	if (!set.is_pinned || set.version >= version ||
	    (uplink->unbelieved_version == version &&
		memcmp(uplink->unbelieved_pin, set.pin, sizeof set.pin) == 0))
		return;
	if (set.version > 0)
		next = set.version + 1;
	else if (tried > 0)
		next = tried + 1;
	else if (version > VERSIONS_BACK_MAX)
		next = version - VERSIONS_BACK_MAX + 1;
	ask_slice(uplink, WHAT_RECIPIENTS, next, 1);
}

void
uplink_fetch(struct uplink *uplink)
{
	const struct welcome *welcome = &uplink->welcome;

	if (uplink->phase != UPLINK_OPEN || !uplink_is_collector(uplink) ||
	    uplink->fetch_refused || uplink->fetch.what != WHAT_NONE)
		return;
	if (!want_slice(uplink, WHAT_ROSTER, welcome->roster_version) &&
	    !want_slice(uplink, WHAT_CAMPAIGNS, welcome->campaign_version))
		want_recipients(uplink, 0);
	uplink_expect(uplink);
}

void
uplink_feed_start(struct uplink *uplink)
{
	uplink->fetch_refused = false;
	uplink_fetch(uplink);
	ask_page(uplink);
}

static enum reject
unpack_slice(struct uplink *uplink, enum what what, struct bytes body,
    struct event *event)
{
	const struct slice_from from = {.wire = uplink->wire,
	    .node = uplink->options.keys->id,
	    .wilayah = uplink->options.region->wilayah,
	    .space = uplink->slice};

	return slice_unpack(&from, what, body, event);
}

static void
take_campaigns(struct uplink *uplink, const struct slice *slice,
    const struct campaign_changed *changed)
{
	size_t count;

	if (slice->part == 1)
		uplink->campaign_count = 0;
	count = uplink->campaign_count + changed->row_count;
	if (count > CAMPAIGNS_MAX)
		return;
	uplink->campaigns =
	    xrealloc(uplink->campaigns, count + 1, sizeof *uplink->campaigns);
	for (uint32_t i = 0; i < changed->row_count; i++)
		uplink->campaigns[uplink->campaign_count++] = changed->rows[i];
	if (slice->part == slice->parts)
		spool_take_campaigns(uplink->options.spool, uplink->campaigns,
		    uplink->campaign_count, slice->version);
}

static void
take_slice(
    struct uplink *uplink, const struct slice *slice, const struct event *event)
{
	if (slice->what == WHAT_ROSTER)
		spool_take_units(uplink->options.spool, event->roster.rows,
		    event->roster.row_count, slice);
	else
		take_campaigns(uplink, slice, &event->campaign);
}

/* All parts are here: keep them, so that the version is known. */
static void
end_slice(struct uplink *uplink, const struct slice *slice)
{
	uplink->fetch = (struct fetch){0};
	if (spool_flush(uplink->options.spool) != OK)
		return; /* the next Welcome asks again */
	log_info("slice-taken what=%s version=%" PRIu64,
	    slice->what == WHAT_ROSTER ? "roster" : "campaigns",
	    slice->version);
	uplink->has_news = true;
	if (slice->what == WHAT_ROSTER)
		uplink->welcome.roster_version = slice->version;
	else
		uplink->welcome.campaign_version = slice->version;
	uplink_fetch(uplink);
}

/* Not again until the region names another version or a person another pin. */
static void
give_up_recipients(struct uplink *uplink)
{
	struct spool_recipients set;

	spool_recipients(uplink->options.spool, &set);
	uplink->unbelieved_version = uplink->welcome.recipients_version;
	memcpy(uplink->unbelieved_pin, set.pin, sizeof set.pin);
	log_warnx("recipients-not-believed version=%" PRIu64
		  " in_force=%" PRIu64,
	    set.refused_version, set.version);
}

/* `changed` NULL: what came was none. */
static void
on_recipients(struct uplink *uplink, const struct slice *slice,
    const struct recipients_changed *changed)
{
	const struct recipients_changed none = {
	    .part.version = (uint32_t)slice->version};
	struct spool_recipients set;
	char origin[ORIGIN_MAX];
	bool believed;

	/* Recipients sign for the log by its first name, whatever happens. */
	if (!origin_at(origin, uplink->options.region->origin, 1))
		return;
	if (changed == NULL || changed->part.version != slice->version)
		changed = &none;
	uplink->fetch = (struct fetch){0};
	spool_recipients(uplink->options.spool, &set);
	believed =
	    spool_take_recipients(uplink->options.spool, origin, changed);
	uplink->has_news = true;
	if (!believed &&
	    (set.version > 0 ||
		slice->version >= uplink->welcome.recipients_version))
		give_up_recipients(uplink);
	else
		want_recipients(uplink, slice->version);
}

void
uplink_on_slice(
    struct uplink *uplink, const struct slice *slice, struct bytes body)
{
	const struct fetch *fetch = &uplink->fetch;
	struct event event;
	enum reject word;

	if (slice->what != fetch->what || slice->part != fetch->part)
		return; /* not what was asked */
	if (slice->what == WHAT_RECIPIENTS) {
		if (slice->version != fetch->version)
			return;
		word = unpack_slice(uplink, slice->what, body, &event);
		on_recipients(uplink, slice,
		    word == REJECT_NONE ? &event.recipients : NULL);
		return;
	}
	if (slice->version != fetch->version && slice->part > 1) {
		/* It has changed between two parts. */
		ask_slice(uplink, slice->what, slice->version, 1);
		return;
	}
	word = unpack_slice(uplink, slice->what, body, &event);
	if (word != REJECT_NONE) {
		log_warnx("slice-refused what=%u part=%u word=%s",
		    (unsigned)slice->what, slice->part, reject_word(word));
		uplink->fetch_refused = true;
		uplink->fetch = (struct fetch){0};
		return;
	}
	take_slice(uplink, slice, &event);
	if (slice->part < slice->parts)
		ask_slice(uplink, slice->what, slice->version, slice->part + 1);
	else
		end_slice(uplink, slice);
}

bool
uplink_has_slices(const struct uplink *uplink)
{
	struct spool_status status;

	if (uplink->phase != UPLINK_OPEN)
		return false;
	if (!uplink_is_collector(uplink))
		return true;
	spool_status(uplink->options.spool, &status);
	return status.roster_version == uplink->welcome.roster_version &&
	       status.campaign_version == uplink->welcome.campaign_version;
}
