/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recipients' pin in the words is that of the set that was in force when
 * the invitation was recorded, for that is what the code says: so the log is
 * read from its beginning. It takes a second a million entries, and is done
 * only where somebody waits to hear the words.
 */
#include "aggregator/spoken.h"

#include "aggregator/home.h"
#include "core/tell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DONE_EVERY = 1024 };

struct invited {
	uint8_t code_sha256[EVENT_HASH_SIZE];
	uint8_t pin[16];
};

struct walk {
	struct enrolment enrolment; /* server key and pin are kept up */
	struct invited *invited;
	size_t count, cap;
	spoken_fn fn;
	void *context;
};

static void
on_invited(struct walk *walk, const struct node_invited *invited)
{
	struct invited *row;

	if (walk->count == walk->cap) {
		walk->cap = walk->cap == 0 ? 64 : 2 * walk->cap;
		walk->invited =
		    xrealloc(walk->invited, walk->cap, sizeof *walk->invited);
	}
	row = &walk->invited[walk->count++];
	memcpy(row->code_sha256, invited->code_sha256, EVENT_HASH_SIZE);
	memcpy(row->pin, walk->enrolment.recipients_pin, sizeof row->pin);
}

/* The latest first: it is nearly always there. */
static void
on_enrolled(struct walk *walk, const struct node_enrolled *enrolled)
{
	struct enrolment enrolment = walk->enrolment;
	char words[WORDS_TEXT_MAX];
	size_t i = walk->count;

	while (i > 0 && memcmp(walk->invited[i - 1].code_sha256,
			    enrolled->code_sha256, EVENT_HASH_SIZE) != 0)
		i--;
	if (i == 0)
		return;
	memcpy(enrolment.recipients_pin, walk->invited[i - 1].pin,
	    sizeof enrolment.recipients_pin);
	memcpy(enrolment.code_sha256, enrolled->code_sha256, EVENT_HASH_SIZE);
	memcpy(enrolment.sign_key, enrolled->sign_key, SIGN_KEY_SIZE);
	memcpy(enrolment.link_key, enrolled->link_key, LINK_KEY_SIZE);
	words_put(words, &enrolment);
	walk->fn(walk->context, enrolled->node, words);
}

static void
on_entry(struct walk *walk, const struct event *event)
{
	if (event->kind == EVENT_NODE_INVITED)
		on_invited(walk, &event->invited);
	else if (event->kind == EVENT_NODE_ENROLLED)
		on_enrolled(walk, &event->enrolled);
	else if (event->kind == EVENT_RECIPIENTS_CHANGED)
		memcpy(walk->enrolment.recipients_pin,
		    event->recipients.part.sha256,
		    sizeof walk->enrolment.recipients_pin);
}

static enum err
read_log(const struct reading *reading, struct walk *walk)
{
	uint64_t size = store_size(reading->store);
	struct stored stored;

	for (uint64_t i = 0; i < size; i++) {
		if (store_entry(reading->store, i, &stored) != OK) {
			tell("Entri %" PRIu64 " tidak dapat dibaca.",
			    "The entry %" PRIu64 " cannot be read.", i);
			return ERR_INVALID;
		}
		on_entry(walk, &stored.event);
		if (i % DONE_EVERY == 0)
			store_done(reading->store);
	}
	store_done(reading->store);
	return OK;
}

enum err
spoken_each(const struct reading *reading, spoken_fn fn, void *context)
{
	struct walk walk = {.fn = fn, .context = context};
	struct home_keys keys = {0};
	enum err err = home_keys_load(&keys, reading->dir);

	if (err == OK) {
		memcpy(walk.enrolment.server_key, keys.server.public_key,
		    LINK_KEY_SIZE);
		err = read_log(reading, &walk);
	} else {
		tell("Kunci di %s/keys tidak dapat dibaca, jadi enam kata "
		     "tidak dapat dihitung.",
		    "The keys in %s/keys cannot be read, so the six words "
		    "cannot be computed.",
		    reading->dir);
	}
	explicit_bzero(&keys, sizeof keys);
	free(walk.invited);
	return err == OK ? OK : ERR_INVALID;
}

static void
on_spoken(void *context, const uint8_t node[NODE_ID_SIZE],
    const char words[WORDS_TEXT_MAX])
{
	struct spoken *spoken = context;

	if (memcmp(spoken->node, node, NODE_ID_SIZE) == 0)
		(void)text_copy(spoken->words, sizeof spoken->words, words);
}

enum err
spoken_find(const struct reading *reading, struct spoken *spoken)
{
	spoken->words[0] = '\0';
	return spoken_each(reading, on_spoken, spoken);
}
