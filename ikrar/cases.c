/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cases.h"

#include "core/tell.h"
#include "ikrar/log_dir.h"
#include "model/catalog.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BLOB_NAME_MAX = 5 + 2 * HASH_SIZE + 1 }; /* blob/ and hex */

/* One entry as a pass sees it. */
struct seen {
	uint64_t index;
	const struct leaf *leaf;
	const struct event *event;
};
struct seen_call {
	void (*fn)(void *context, const struct seen *seen);
	void *context;
};

/* ---- a pass over the log */

static enum err
unreadable(const char *dir)
{
	tell("Log di %s tidak ada atau rusak; lihat baris di atas. Sebut "
	     "folder yang ditulis ikrar-aggregator export --blobs.",
	    "The log in %s is missing or damaged, see the line above; name a "
	    "directory that ikrar-aggregator export --blobs wrote.",
	    dir);
	return ERR_IO;
}

/* An entry that cannot be read hides no other: it is told and passed over. */
static void
take_leaf(struct wire *wire, uint64_t index, struct bytes bytes,
    const struct seen_call *call)
{
	struct event event;
	struct leaf leaf;
	struct seen seen = {index, &leaf, &event};

	if (leaf_get(&leaf, bytes) == OK &&
	    wire_unpack(wire, leaf.event, &event) == REJECT_NONE)
		call->fn(call->context, &seen);
	else
		tell("Entri %" PRIu64 " tidak dapat dibaca; jalankan ikrar "
		     "verify.",
		    "Entry %" PRIu64 " cannot be read: run ikrar verify.",
		    index);
}

static enum err
each_entry(const char *dir, const struct seen_call *call, uint64_t *entries)
{
	struct log_dir *log;
	struct bytes leaf;
	struct wire *wire;
	uint64_t index = 0;
	enum err err;

	if (log_dir_open(&log, dir) != OK)
		return unreadable(dir);
	wire = wire_new();
	for (; (err = log_dir_next(log, &leaf)) == OK; index++)
		take_leaf(wire, index, leaf, call);
	wire_free(wire);
	log_dir_close(log);
	if (entries != NULL)
		*entries = index;
	return err == ERR_NOTFOUND ? OK : unreadable(dir);
}

static bool
is_drill(const struct event *event)
{
	return event->kind == EVENT_LOG_STARTED && event->started.drill;
}

/* ---- all cases */

struct each {
	case_fn fn;
	void *context;
	struct cases_log *log;
};

static void
each_case(void *context, const struct seen *seen)
{
	struct each *each = context;
	struct sealed_case found;

	if (is_drill(seen->event))
		each->log->is_drill = true;
	if (event_sealed(seen->event) == NULL)
		return;
	found.index = seen->index;
	found.received_at_ms = seen->leaf->received_at_ms;
	found.event = *seen->event;
	each->fn(each->context, &found);
}

enum err
cases_each(const char *dir, case_fn fn, void *context, struct cases_log *log)
{
	struct each each = {fn, context, log};
	struct seen_call call = {each_case, &each};

	memset(log, 0, sizeof *log);
	return each_entry(dir, &call, &log->entries);
}

/* ---- one case */

static bool
node_get(char node[CASE_NODE_HEX + 1], const char *text, size_t len)
{
	if (len < CASE_NODE_LEAST || len > CASE_NODE_HEX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (strchr("0123456789abcdefABCDEF", text[i]) == NULL)
			return false;
		node[i] = (char)(text[i] >= 'A' && text[i] <= 'F'
				     ? text[i] - 'A' + 'a'
				     : text[i]);
	}
	node[len] = '\0';
	return true;
}

enum err
case_name_get(struct case_name *name, const char *text)
{
	const char *slash = strchr(text, '/');
	struct case_name made = {.is_index = slash == NULL};
	bool is_valid;

	if (slash == NULL)
		is_valid = u64_get(&made.index, text, 0, UINT64_MAX) == OK;
	else
		is_valid = node_get(made.node, text, (size_t)(slash - text)) &&
			   u64_get(&made.seq, slash + 1, 1, UINT64_MAX) == OK;
	if (!is_valid) {
		tell("\"%.64s\" bukan kasus. Tulis indeks log, atau "
		     "SIMPUL/NOMOR; lihat: ikrar open DIR --list",
		    "\"%.64s\" names no case; write the log's index, or "
		    "NODE/SEQ: see ikrar open DIR --list",
		    text);
		return ERR_INVALID;
	}
	*name = made;
	return OK;
}

struct search {
	const struct case_name *name;
	struct sealed_case *found;
	unsigned count;  /* entries of that name */
	bool has_sealed; /* the first of them is a case */
};

static bool
is_named(const struct case_name *name, const struct seen *seen)
{
	char hex[CASE_NODE_HEX + 1];

	if (name->is_index)
		return seen->index == name->index;
	if (seen->leaf->author != AUTHOR_NODE || seen->event->seq != name->seq)
		return false;
	hex_put(hex, seen->event->node, EVENT_ID_SIZE);
	return strncmp(hex, name->node, strlen(name->node)) == 0;
}

static void
search_entry(void *context, const struct seen *seen)
{
	struct search *search = context;

	if (!is_named(search->name, seen))
		return;
	if (search->count++ > 0)
		return;
	search->found->index = seen->index;
	search->found->received_at_ms = seen->leaf->received_at_ms;
	search->found->event = *seen->event;
	search->has_sealed = event_sealed(seen->event) != NULL;
}

enum err
cases_find(
    const char *dir, const struct case_name *name, struct sealed_case *found)
{
	struct search search = {.name = name, .found = found};
	struct seen_call call = {search_entry, &search};
	enum err err = each_entry(dir, &call, NULL);

	if (search.count == 0 && err != OK)
		return err;
	if (search.count == 0)
		tell("Kasus itu tidak ada di log ini; lihat: ikrar open DIR "
		     "--list",
		    "This log has no such case: see ikrar open DIR --list");
	else if (search.count > 1)
		tell("Lebih dari satu catatan cocok; tulis nomor simpul "
		     "selengkapnya, atau indeks log.",
		    "More than one record matches: write more of the node's "
		    "id, or the log's index.");
	else if (!search.has_sealed)
		tell("Entri %" PRIu64 " (%s) tidak punya bagian tersegel.",
		    "Entry %" PRIu64 " (%s) has no sealed part.", found->index,
		    event_kind_name(found->event.kind));
	else
		return OK;
	return ERR_NOTFOUND;
}

/* ---- what else the log says of it */

struct listening {
	const struct sealed_case *found;
	struct case_story *story;
};

static void
hear_roster(struct listening *listening, const struct roster_changed *roster)
{
	const struct incident *incident =
	    event_sealed(&listening->found->event);

	CHECK(incident != NULL);
	for (uint32_t i = 0; i < roster->row_count; i++)
		if (strcmp(roster->rows[i].code, incident->unit) == 0)
			(void)text_copy(listening->story->unit_name,
			    NAME_MAX_BYTES, roster->rows[i].name);
}

/* A target without a node is of the writer itself. */
static bool
is_target(const struct listening *listening, const struct seen *seen,
    const struct record_id *target)
{
	static const uint8_t none[EVENT_ID_SIZE];
	const struct event *event = &listening->found->event;
	const uint8_t *node = memcmp(target->node, none, sizeof none) == 0
				  ? seen->event->node
				  : target->node;

	return target->seq == event->seq &&
	       memcmp(node, event->node, EVENT_ID_SIZE) == 0;
}

static void
hear_entry(void *context, const struct seen *seen)
{
	struct listening *listening = context;
	struct text_buf *later = &listening->story->later;
	const struct event *event = seen->event;

	if (is_drill(event))
		listening->story->is_drill = true;
	if (event->kind == EVENT_ROSTER_CHANGED)
		hear_roster(listening, &event->roster);
	else if (event->kind == EVENT_CORRECTED &&
		 is_target(listening, seen, &event->corrected.target))
		text_buf_add(later,
		    "  entri %" PRIu64 ": dikoreksi / corrected%s\n",
		    seen->index,
		    event_sealed(event) != NULL ? " (bersegel / sealed)" : "");
	else if (event->kind == EVENT_WITHDRAWN &&
		 is_target(listening, seen, &event->withdrawn.target))
		text_buf_add(later,
		    "  entri %" PRIu64 ": dicabut / withdrawn: %s %s\n",
		    seen->index, event->withdrawn.reason,
		    event->withdrawn.reference);
	else if (event->kind == EVENT_INCIDENT_REVIEWED &&
		 is_target(listening, seen, &event->reviewed.target))
		text_buf_add(later,
		    "  entri %" PRIu64 ": ditelaah / reviewed: %s %s\n",
		    seen->index,
		    catalog_word(CATALOG_STEP, event->reviewed.step),
		    event->reviewed.reference);
}

enum err
cases_story(
    const char *dir, const struct sealed_case *found, struct case_story *story)
{
	struct listening listening = {found, story};
	struct seen_call call = {hear_entry, &listening};

	memset(story, 0, sizeof *story);
	return each_entry(dir, &call, NULL);
}

void
case_story_clear(struct case_story *story)
{
	text_buf_clear(&story->later);
}

/* ---- its blob */

enum blob_state
case_blob(
    const char *dir, const struct incident *incident, uint8_t *at, size_t *len)
{
	char name[BLOB_NAME_MAX] = "blob/";
	struct hash hash;
	enum err err;

	hex_put(name + strlen(name), incident->blob_hash, HASH_SIZE);
	err = log_file_read(dir, name, at, SEAL_BLOB_MAX, len);
	if (err == ERR_NOTFOUND)
		return BLOB_MISSING;
	if (err != OK || *len != incident->blob_size)
		return BLOB_DAMAGED;
	hash = seal_blob_hash(bytes_of(at, *len));
	return memcmp(hash.at, incident->blob_hash, HASH_SIZE) == 0
		   ? BLOB_THERE
		   : BLOB_DAMAGED;
}
