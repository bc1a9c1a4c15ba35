/* SPDX-License-Identifier: Apache-2.0 */
/* What a log that was recovered makes of what was seen before. */
#include "judge/view.h"

#include <string.h>

#include <criterion/criterion.h>

#include "trust/hash.h"

static struct view *view;
static struct event event;

static void
apply(enum author author)
{
	event.version = EVENT_VERSION;
	view_apply(view, &(struct entry){.index = view_size(view),
			     .author = author,
			     .received_at_ms = 1000,
			     .event = &event});
}

static void
set_up(void)
{
	view = view_new();
	event = (struct event){.kind = EVENT_LOG_STARTED,
	    .started = {.origin = "ikrar/73.71/1", .wilayah = "73.71"}};
	memset(event.started.admin_sign_key, 3, 32);
	apply(AUTHOR_LOG);
	event = (struct event){.kind = EVENT_TICKED, .until_ms = 1000};
	while (view_size(view) < 20)
		apply(AUTHOR_LOG);
}

static void
tear_down(void)
{
	view_free(view);
}

TestSuite(recovered, .init = set_up, .fini = tear_down);

static void
recover(const char *origin, uint64_t entries)
{
	event = (struct event){.kind = EVENT_LOG_RECOVERED,
	    .recovered = {.entries = entries, .lost_size = 99}};
	(void)text_copy(
	    event.recovered.origin, sizeof event.recovered.origin, origin);
	apply(AUTHOR_LOG);
}

/* An event of the admin that had seen so much; what the view makes of it. */
static uint64_t
seen(uint64_t epoch, uint64_t size)
{
	struct hash id = hash_node(view_node(view, 0)->sign_key);

	event = (struct event){.kind = EVENT_NODE_REPORTED,
	    .seq = view_node(view, 0)->mark + 1,
	    .seen_epoch = epoch,
	    .seen_size = size};
	memcpy(event.node, id.at, EVENT_ID_SIZE);
	apply(AUTHOR_NODE);
	return view_node(view, 0)->seen_size;
}

Test(recovered, what_was_seen_of_the_lost_part_counts_up_to_what_stands)
{
	recover("ikrar/73.71/2", 15);
	cr_assert_eq(seen(1, 12), 12);
	cr_assert_eq(seen(1, 40), 15);
	cr_assert_eq(seen(2, 18), 18);
	cr_assert_eq(seen(1, 40), 18, "never less");
}

Test(recovered, the_least_of_several_recoveries_counts)
{
	recover("ikrar/73.71/2", 15);
	recover("ikrar/73.71/4", 10);
	cr_assert_eq(view_seen(view, 1, 40), 10);
	cr_assert_eq(view_seen(view, 2, 40), 10);
	cr_assert_eq(view_seen(view, 3, 40), 10);
	cr_assert_eq(view_seen(view, 4, 40), 40);
	cr_assert_eq(view_seen(view, 5, 40), 0);
}

Test(recovered, gives_the_log_its_next_name_and_keeps_the_first)
{
	recover("ikrar/73.71/2", 15);
	cr_assert_str_eq(view_region(view)->origin, "ikrar/73.71/2");
	cr_assert_str_eq(view_region(view)->first_origin, "ikrar/73.71/1");
	cr_assert_eq(view_region(view)->epoch, 2);
	cr_assert_eq(view_recovery_count(view), 1);
	cr_assert_eq(view_recovery(view, 0)->index, 20);
	recover("ikrar/73.71/2", 5);
	cr_assert_eq(view_recovery_count(view), 1, "not the same name again");
}

Test(recovered, is_in_the_snapshot)
{
	struct view *loaded = view_new();
	struct text_buf saved = {0}, again = {0};

	recover("ikrar/73.71/2", 15);
	view_save(view, &saved);
	cr_assert_eq(view_load(loaded, bytes_of(saved.at, saved.len)), OK);
	cr_assert_eq(view_seen(loaded, 1, 40), 15);
	view_save(loaded, &again);
	cr_assert(bytes_equal(
	    bytes_of(saved.at, saved.len), bytes_of(again.at, again.len)));
	text_buf_clear(&saved);
	text_buf_clear(&again);
	view_free(loaded);
}
