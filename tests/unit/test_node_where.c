/* SPDX-License-Identifier: Apache-2.0 */
#include "node/uplink_inner.h"

#include "tests/support/temp_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

static char *dir;
static struct uplink *uplink;
static struct welcome welcome;

static void
region_is_at(const char *a, const char *b)
{
	struct node_region region = {.origin = "ikrar/73.04/1",
	    .wilayah = "73.04.01",
	    .kind = 1,
	    .endpoint_count = b == NULL ? 1 : 2};

	memcpy(region.endpoints[0], a, strlen(a));
	if (b != NULL)
		memcpy(region.endpoints[1], b, strlen(b));
	cr_assert_eq(node_region_save(&region, dir), OK);
	uplink_set_where(uplink, region.endpoint_count, region.endpoints);
}

static void
set_up(void)
{
	dir = temp_dir_make();
	uplink = xcalloc(1, sizeof *uplink);
	uplink->options.dir = dir;
	uplink->options.keeps_endpoints = true;
	welcome = (struct welcome){0};
	region_is_at("tcp://a:1", NULL);
}

static void
tear_down(void)
{
	free(uplink);
	temp_dir_remove(dir);
}

TestSuite(where, .init = set_up, .fini = tear_down);

static void
say(const char *endpoint)
{
	uint32_t i = welcome.endpoint_count++;

	cr_assert(text_copy(welcome.endpoints[i], ENDPOINT_MAX, endpoint));
}

/* In DIR/region, with a space behind each. */
static const char *
kept(void)
{
	static char text[JOINED_ENDPOINTS_MAX * (ENDPOINT_MAX + 1)];
	struct node_region region;
	size_t used = 0;

	text[0] = '\0';
	cr_assert_eq(node_region_load(&region, dir), OK);
	for (uint32_t i = 0; i < region.endpoint_count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s ",
		    region.endpoints[i]);
	return text;
}

Test(where, keeps_what_the_region_says)
{
	say("tcp://a:1");
	say("tcp://b:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://a:1 tcp://b:1 ");
	cr_expect_eq(uplink->endpoint_count, 2);
	cr_expect_str_eq(uplink->endpoints[1], "tcp://b:1");
	cr_expect_eq(uplink->endpoint, 0);
}

Test(where, does_not_forget_the_address_that_answered)
{
	say("tcp://typo:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://typo:1 tcp://a:1 ");
	cr_expect_eq(uplink->endpoint, 1, "connected there");
}

Test(where, forgets_the_old_address_when_the_new_one_answered)
{
	region_is_at("tcp://a:1", "tcp://b:1");
	uplink->endpoint = 1;
	say("tcp://b:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://b:1 ");
	cr_expect_eq(uplink->endpoint, 0);
}

Test(where, stays_when_the_region_says_nothing_of_use)
{
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://a:1 ");
	say("ipc:///tmp/x");
	say("");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://a:1 ");
	cr_expect_eq(uplink->endpoint_count, 1);
}

Test(where, takes_each_address_once_and_as_many_as_there_is_room_for)
{
	say("tcp://b:1");
	say("tcp://b:1");
	say("tcp://c:1");
	say("tcp://d:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://b:1 tcp://c:1 tcp://d:1 tcp://a:1 ");
	welcome = (struct welcome){0};
	say("tcp://e:1");
	say("tcp://f:1");
	say("tcp://g:1");
	say("tcp://h:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://e:1 tcp://f:1 tcp://g:1 tcp://h:1 ");
	cr_expect_eq(uplink->endpoint, 0);
}

Test(where, goes_on_with_the_address_that_a_person_gave)
{
	uplink->options.has_fixed_endpoint = true;
	say("tcp://b:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://b:1 ");
	cr_expect_eq(uplink->endpoint_count, 1);
	cr_expect_str_eq(uplink->endpoints[0], "tcp://a:1");
}

Test(where, is_not_kept_for_an_admin_command)
{
	uplink->options.keeps_endpoints = false;
	say("tcp://b:1");
	uplink_take_where(uplink, &welcome);
	cr_expect_str_eq(kept(), "tcp://a:1 ");
}
