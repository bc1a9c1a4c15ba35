/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/spoken.h"

#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/recipients.h"
#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node node;

static void
set_up(void)
{
	rig = rig_make();
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(spoken, .init = set_up, .fini = tear_down);

static struct recipients_changed
set_recipients(uint32_t version, uint8_t first)
{
	struct event event = recipients_of(version, first, 2);

	if (version > 1)
		recipients_signed(
		    &event, view_region(region_view(rig->region))->origin, 1);
	rig_push_one(rig, &rig->admin, &event);
	CHECK(rig_event_word(rig) == REJECT_NONE);
	return event.recipients;
}

/* As the node computes them, from the code it was given. */
static void
own_words(char text[WORDS_TEXT_MAX], uint8_t code, const uint8_t *pin)
{
	struct enrolment enrolment = {0};

	rig_code(enrolment.code_sha256, code);
	memcpy(enrolment.sign_key, node.keys.sign.public_key, SIGN_KEY_SIZE);
	memcpy(enrolment.link_key, node.keys.link.public_key, LINK_KEY_SIZE);
	memcpy(
	    enrolment.server_key, rig->keys.server.public_key, LINK_KEY_SIZE);
	if (pin != NULL)
		memcpy(enrolment.recipients_pin, pin,
		    sizeof enrolment.recipients_pin);
	words_put(text, &enrolment);
}

/* The region's own; it must not be open here meanwhile. */
static struct spoken
region_words(const uint8_t *id)
{
	struct reading_words words = {.dir = rig->dir};
	struct reading reading;
	struct spoken spoken = {0};

	region_close(rig->region);
	memcpy(spoken.node, id, NODE_ID_SIZE);
	cr_assert_eq(reading_open(&reading, &words), OK);
	cr_assert_eq(spoken_find(&reading, &spoken), OK);
	reading_close(&reading);
	cr_assert_eq(rig_open(rig), OK);
	return spoken;
}

Test(spoken, words_are_those_of_the_node)
{
	struct rig_node later;
	char own[WORDS_TEXT_MAX];

	rig_enrol(rig, &node, 1, RIG_KIND_COLLECTOR);
	rig_enrol(rig, &later, 2, RIG_KIND_COLLECTOR);
	own_words(own, 1, NULL);
	cr_assert_str_eq(region_words(node.keys.id).words, own);
}

Test(spoken, words_hold_the_recipients_of_the_time_of_the_invitation)
{
	struct recipients_changed first = set_recipients(1, 1);
	char own[WORDS_TEXT_MAX];
	struct join join;

	rig_node_init(rig, &node, RIG_DISTRICT);
	node_keys_make(&node.keys);
	rig_invite(rig, 2, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	set_recipients(2, 3);
	rig_invite(rig, 3, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	join = rig_join_of(&node, 2);
	rig_knock(rig, &node, &join);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	own_words(own, 2, first.part.sha256);
	cr_assert_str_eq(region_words(node.keys.id).words, own);
}

Test(spoken, words_are_another_nodes_when_somebody_else_used_the_code)
{
	struct rig_node thief;
	char own[WORDS_TEXT_MAX];

	rig_enrol(rig, &thief, 1, RIG_KIND_COLLECTOR);
	node_keys_make(&node.keys);
	own_words(own, 1, NULL);
	cr_assert_str_neq(region_words(thief.keys.id).words, own);
}

Test(spoken, words_are_none_of_a_node_without_a_code)
{
	rig_enrol(rig, &node, 1, RIG_KIND_COLLECTOR);
	cr_assert_str_eq(region_words(rig->admin.keys.id).words, "");
}
