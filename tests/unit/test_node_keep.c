/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool keeps of the region's words: receipts, heads, slices. */
#include "node/spool.h"

#include "tests/support/node.h"

#include <criterion/criterion.h>

static void
take_receipt(struct spool *spool, uint64_t have, const char *raw)
{
	struct receipt *receipt = xcalloc(1, sizeof *receipt);

	receipt->have = have;
	if (have >= 3) {
		receipt->refused_count = 1;
		receipt->refused[0] =
		    (struct refused_row){have - 1, REJECT_UNKNOWN_UNIT};
	}
	spool_take_receipt(spool, receipt, bytes_of_text(raw), TEST_NOW_MS);
	free(receipt);
}

static enum record_state
state_of(struct spool *spool, uint64_t seq, enum reject *word)
{
	struct spool_row row;

	cr_assert_eq(spool_row(spool, seq, &row), OK);
	spool_row_done(spool);
	*word = row.word;
	return row.state;
}

Test(node_keep, tells_stored_sent_receipted_and_refused_apart)
{
	struct test_node node = {0};
	struct spool_status status;
	enum reject word;

	test_node_open(&node);
	test_add_pledges(node.spool, 6, 1);
	spool_note_sent(node.spool, 5);
	take_receipt(node.spool, 4, "four");
	cr_assert_eq(state_of(node.spool, 4, &word), RECORD_STORED,
	    "not before it is on the disk");
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	cr_assert_eq(state_of(node.spool, 4, &word), RECORD_RECEIPTED);
	cr_assert_eq(state_of(node.spool, 3, &word), RECORD_REFUSED);
	cr_assert_eq(word, REJECT_UNKNOWN_UNIT);
	cr_assert_eq(state_of(node.spool, 5, &word), RECORD_SENT);
	cr_assert_eq(state_of(node.spool, 6, &word), RECORD_STORED);
	cr_assert_str_eq(record_state_word(RECORD_STORED), "tersimpan");
	cr_assert_str_eq(record_state_word(RECORD_SENT), "terkirim");
	cr_assert_str_eq(record_state_word(RECORD_RECEIPTED), "diterima");
	cr_assert_str_eq(record_state_word(RECORD_REFUSED), "ditolak");
	spool_status(node.spool, &status);
	cr_assert_eq(status.receipted_seq, 4);
	cr_assert_eq(status.refused_count, 1);
	cr_assert_eq(status.last_receipt_ms, TEST_NOW_MS);
	test_node_close(&node);
}

Test(node_keep, finds_the_receipt_that_covers_a_row)
{
	struct test_node node = {0};
	struct bytes raw;

	test_node_open(&node);
	test_add_pledges(node.spool, 9, 1);
	take_receipt(node.spool, 2, "two");
	take_receipt(node.spool, 7, "seven");
	cr_assert_eq(spool_flush(node.spool), OK);
	cr_assert_eq(spool_receipt(node.spool, 2, &raw), OK);
	cr_assert(bytes_equal(raw, bytes_of_text("two")));
	cr_assert_eq(spool_receipt(node.spool, 3, &raw), OK);
	cr_assert(bytes_equal(raw, bytes_of_text("seven")));
	cr_assert_eq(spool_receipt(node.spool, 8, &raw), ERR_NOTFOUND);
	test_node_close(&node);
}

static struct checkpoint
head_of(uint64_t size)
{
	struct checkpoint head = {.origin = "ikrar/73.04/1", .size = size};

	memset(head.root.at, (int)size, HASH_SIZE);
	return head;
}

Test(node_keep, puts_the_largest_head_into_rows_and_stamps)
{
	struct test_node node = {0};
	struct checkpoint heads[3] = {head_of(5), head_of(9), head_of(7)};
	struct event event = test_pledge(1);
	struct spool_status status;
	struct spool_row row;
	struct hash root;
	enum reject why;

	test_node_open(&node);
	for (int i = 0; i < 3; i++)
		spool_take_head(node.spool, &heads[i], 1, "text");
	cr_assert_eq(spool_head_root(node.spool, 1, 7, &root), OK);
	cr_assert_eq(spool_add(node.spool, &event, 1, TEST_NOW_MS, &why), OK);
	cr_assert_eq(event.seen_epoch, 1);
	cr_assert_eq(event.seen_size, 9);
	cr_assert_eq(spool_row(node.spool, 1, &row), OK);
	cr_assert_eq(memcmp(row.stamp.at, heads[1].root.at, HASH_SIZE), 0);
	spool_row_done(node.spool);
	spool_take_head(node.spool, &heads[0], 1, "text");
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	spool_status(node.spool, &status);
	cr_assert_eq(status.seen_size, 9, "it never decreases");
	cr_assert_eq(status.told_size, 9);
	cr_assert_eq(spool_head_root(node.spool, 1, 5, &root), OK);
	cr_assert(hash_equal(&root, &heads[0].root));
	cr_assert_eq(spool_head_root(node.spool, 1, 6, &root), ERR_NOTFOUND);
	test_node_close(&node);
}

Test(node_keep, an_epoch_counts_more_than_a_size)
{
	struct test_node node = {0};
	struct checkpoint large = head_of(90), next = head_of(3);
	struct spool_status status;

	test_node_open(&node);
	spool_take_head(node.spool, &next, 2, "text");
	spool_take_head(node.spool, &large, 1, "text");
	cr_assert_eq(spool_flush(node.spool), OK);
	spool_status(node.spool, &status);
	cr_assert_eq(status.seen_epoch, 2);
	cr_assert_eq(status.seen_size, 3);
	test_node_close(&node);
}

struct seen {
	unsigned count;
	char last[CODE_MAX];
};

static void
see_unit(void *context, const struct unit_row *row)
{
	struct seen *seen = context;

	seen->count++;
	cr_assert(text_copy(seen->last, sizeof seen->last, row->code));
}

static void
see_campaign(void *context, const struct campaign_row *row)
{
	struct seen *seen = context;

	seen->count++;
	cr_assert(text_copy(seen->last, sizeof seen->last, row->id));
}

Test(node_keep, replaces_the_roster_only_when_all_parts_are_there)
{
	struct test_node node = {0};
	struct unit_row rows[3] = {
	    {"A1", "Dinas A", 4, "73.04.01", "", {1, 2, 3}},
	    {"B1", "Dinas B", 5, "73.04.02", "A1", {4, 5, 6}},
	    {"C1", "Dinas C", 6, "73.04.03", "A1", {0}}};
	struct spool_status status;
	struct seen seen = {0};
	struct unit_row row;

	test_node_open(&node);
	spool_take_units(
	    node.spool, rows, 2, &(struct slice){WHAT_ROSTER, 4, 1, 1});
	cr_assert_eq(spool_flush(node.spool), OK);
	spool_take_units(
	    node.spool, rows + 2, 1, &(struct slice){WHAT_ROSTER, 5, 1, 2});
	cr_assert_eq(spool_flush(node.spool), OK);
	spool_each_unit(node.spool, see_unit, &seen);
	cr_assert_eq(seen.count, 2);
	cr_assert_eq(spool_unit(node.spool, "B1", &row), OK);
	cr_assert_eq(memcmp(&row, &rows[1], sizeof row), 0);
	spool_take_units(
	    node.spool, rows, 1, &(struct slice){WHAT_ROSTER, 5, 2, 2});
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	cr_assert_eq(spool_unit(node.spool, "B1", &row), ERR_NOTFOUND);
	seen = (struct seen){0};
	spool_each_unit(node.spool, see_unit, &seen);
	cr_assert_eq(seen.count, 2);
	cr_assert_str_eq(seen.last, "C1");
	spool_status(node.spool, &status);
	cr_assert_eq(status.roster_version, 5);
	test_node_close(&node);
}

Test(node_keep, keeps_campaigns)
{
	struct test_node node = {0};
	struct campaign_row rows[2] = {{"IKRAR23", "Ikrar 2023", 1, 2, 3},
	    {"IKRAR24", "Ikrar 2024", 4, 5, 6}};
	struct seen seen = {0};
	struct campaign_row row;

	test_node_open(&node);
	spool_take_campaigns(node.spool, rows, 2, 8);
	cr_assert_eq(spool_flush(node.spool), OK);
	cr_assert_eq(spool_campaign(node.spool, "IKRAR24", &row), OK);
	cr_assert_eq(memcmp(&row, &rows[1], sizeof row), 0);
	cr_assert_eq(spool_campaign(node.spool, "X", &row), ERR_NOTFOUND);
	spool_each_campaign(node.spool, see_campaign, &seen);
	cr_assert_eq(seen.count, 2);
	spool_take_campaigns(node.spool, rows, 1, 9);
	cr_assert_eq(spool_flush(node.spool), OK);
	cr_assert_eq(spool_campaign(node.spool, "IKRAR24", &row), ERR_NOTFOUND);
	test_node_close(&node);
}

Test(node_keep, writes_contacts_at_most_once_a_second_but_halts_at_once)
{
	struct test_node node = {0};
	struct spool_status status;

	test_node_open(&node);
	spool_note_contact(node.spool, 1000, -5);
	cr_assert_eq(spool_flush(node.spool), OK);
	spool_note_contact(node.spool, 2000, -6);
	cr_assert_not(spool_is_dirty(node.spool));
	spool_status(node.spool, &status);
	cr_assert_eq(status.last_contact_ms, 1000);
	cr_assert_eq(status.clock_offset_ms, -5);
	spool_note_link(node.spool, LINK_READY, REJECT_FORK);
	cr_assert(spool_is_dirty(node.spool));
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	spool_status(node.spool, &status);
	cr_assert_eq(status.last_contact_ms, 2000);
	cr_assert_eq(status.halted, REJECT_FORK);
	cr_assert_eq(status.link_state, LINK_READY);
	test_node_close(&node);
}
