/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/log_builder.h"
#include "tests/support/recipients.h"

#include <criterion/criterion.h>

enum { ADMIN = 0 };
static const char origin[] = "ikrar/73.71/1";

static struct story *story;

static void
set_up(void)
{
	story = story_new("73.71");
}

static void
tear_down(void)
{
	story_free(story);
}

TestSuite(recipients, .init = set_up, .fini = tear_down);

static enum reject
record(unsigned node, struct event event)
{
	return story_record(story, node, &event);
}

static struct event
signed_set(uint32_t version, uint8_t first, uint32_t count, uint8_t by)
{
	struct event event = recipients_of(version, first, count);

	recipients_signed(&event, origin, by);
	return event;
}

static uint64_t
version(void)
{
	return view_region(story->view)->recipients_version;
}

Test(recipients, there_are_none_at_first)
{
	cr_assert_eq(version(), 0);
	cr_assert_null(view_recipients(story->view, 0));
	cr_assert_null(view_recipients(story->view, 1));
}

Test(recipients, the_first_set_is_any_admins_word)
{
	const struct recipients_changed *set;
	struct recipient_row row = recipient_row(2);

	cr_assert_eq(record(ADMIN, recipients_of(1, 1, 2)), REJECT_NONE);
	cr_assert_eq(version(), 1);
	set = view_recipients(story->view, 1);
	cr_assert_eq(set->row_count, 2);
	cr_assert_str_eq(set->rows[1].id, row.id);
	cr_assert_arr_eq(set->rows[1].seal_key, row.seal_key, 32);
	cr_assert_arr_eq(set->rows[1].sign_key, row.sign_key, 32);
}

Test(recipients, only_a_recipient_in_force_signs_the_next)
{
	cr_assert_eq(record(ADMIN, recipients_of(1, 1, 2)), REJECT_NONE);
	cr_expect_eq(
	    record(ADMIN, signed_set(2, 5, 1, 5)), REJECT_NOT_RECIPIENT);
	cr_assert_eq(record(ADMIN, signed_set(2, 3, 1, 2)), REJECT_NONE);
	cr_expect_eq(
	    record(ADMIN, signed_set(3, 1, 2, 2)), REJECT_NOT_RECIPIENT);
	cr_assert_eq(record(ADMIN, signed_set(3, 1, 2, 3)), REJECT_NONE);
	cr_assert_eq(version(), 3);
	cr_assert_eq(view_recipients(story->view, 2)->row_count, 1);
	cr_assert_null(view_recipients(story->view, 4));
}

Test(recipients, a_signature_is_for_one_origin_one_version_and_these_rows)
{
	struct event event = recipients_of(2, 3, 1);

	cr_assert_eq(record(ADMIN, recipients_of(1, 1, 1)), REJECT_NONE);
	recipients_signed(&event, "ikrar/73.71/2", 1);
	cr_expect_eq(record(ADMIN, event), REJECT_NOT_RECIPIENT);
	event = signed_set(3, 3, 1, 1);
	event.recipients.part.version = 2;
	cr_expect_eq(record(ADMIN, event), REJECT_NOT_RECIPIENT);
	event = signed_set(2, 3, 1, 1);
	event.recipients.rows[0] = recipient_row(4);
	cr_expect_eq(record(ADMIN, event), REJECT_VERSION_ORDER);
	recipients_rehash(&event.recipients);
	cr_expect_eq(record(ADMIN, event), REJECT_NOT_RECIPIENT);
	event = signed_set(2, 3, 1, 1);
	event.recipients.signature[63] ^= 1;
	cr_expect_eq(record(ADMIN, event), REJECT_NOT_RECIPIENT);
	cr_expect_eq(version(), 1);
}

Test(recipients, versions_come_in_order)
{
	cr_expect_eq(
	    record(ADMIN, signed_set(2, 1, 1, 1)), REJECT_VERSION_ORDER);
	cr_assert_eq(record(ADMIN, recipients_of(1, 1, 1)), REJECT_NONE);
	cr_expect_eq(
	    record(ADMIN, recipients_of(1, 2, 1)), REJECT_VERSION_ORDER);
	cr_expect_eq(
	    record(ADMIN, signed_set(3, 1, 1, 1)), REJECT_VERSION_ORDER);
}

Test(recipients, are_never_the_same_twice)
{
	struct event event = recipients_of(1, 1, 2);
	struct recipient_row *rows = event.recipients.rows;

	memcpy(rows[1].id, rows[0].id, sizeof rows[1].id);
	recipients_rehash(&event.recipients);
	cr_expect_eq(record(ADMIN, event), REJECT_FIELD);
	rows[1] = recipient_row(2);
	memcpy(rows[1].seal_key, rows[0].seal_key, 32);
	recipients_rehash(&event.recipients);
	cr_expect_eq(record(ADMIN, event), REJECT_FIELD);
	rows[1] = recipient_row(2);
	memcpy(rows[1].sign_key, rows[0].sign_key, 32);
	recipients_rehash(&event.recipients);
	cr_expect_eq(record(ADMIN, event), REJECT_FIELD);
}

Test(recipients, are_set_by_admins_of_the_whole_region_only)
{
	unsigned collector = story_node(story, KIND_COLLECTOR, "73.71.01");
	unsigned district = story_node(story, KIND_ADMIN, "73.71.01");

	cr_expect_eq(record(collector, recipients_of(1, 1, 1)), REJECT_KIND);
	cr_expect_eq(record(district, recipients_of(1, 1, 1)), REJECT_PREFIX);
}

/* Behind the ends of strings and in the gaps of structs there may be
 * anything; none of it is saved. */
Test(recipients, are_the_same_after_saving_and_loading_and_a_new_fold)
{
	struct text_buf first = {0}, second = {0}, third = {0};
	struct view *loaded = view_new(), *folded = view_new();
	struct wire *wire = wire_new();
	struct event *event = xcalloc(1, sizeof *event);

	cr_assert_eq(record(ADMIN, recipients_of(1, 1, 8)), REJECT_NONE);
	cr_assert_eq(record(ADMIN, signed_set(2, 3, 1, 8)), REJECT_NONE);
	view_save(story->view, &first);
	cr_assert_eq(view_load(loaded, bytes_of(first.at, first.len)), OK);
	view_save(loaded, &second);
	cr_assert(bytes_equal(
	    bytes_of(first.at, first.len), bytes_of(second.at, second.len)));
	cr_assert_eq(view_recipients(loaded, 1)->row_count, 8);
	memset(event, 0xff, sizeof *event);
	for (size_t i = 0; i < story->entry_count; i++) {
		const struct story_entry *kept = &story->entries[i];

		cr_assert_eq(
		    wire_unpack(wire, bytes_of(kept->bytes, kept->len), event),
		    REJECT_NONE);
		view_apply(folded, &(struct entry){.index = i,
				       .author = kept->author,
				       .received_at_ms = kept->received_at_ms,
				       .event = event});
	}
	view_save(folded, &third);
	cr_assert(bytes_equal(
	    bytes_of(first.at, first.len), bytes_of(third.at, third.len)));
	text_buf_clear(&first);
	text_buf_clear(&second);
	text_buf_clear(&third);
	view_free(loaded);
	view_free(folded);
	wire_free(wire);
	free(event);
}
