/* SPDX-License-Identifier: Apache-2.0 */
/* What a clerk does about refused rows, and is told. */
#include "node/spool.h"

#include "tests/support/node.h"

#include <criterion/criterion.h>

/* Two pledges, an incident; the region refused the second and the third. */
static void
open_refused(struct test_node *node)
{
	struct receipt receipt = {.have = 3,
	    .refused_count = 2,
	    .refused = {{2, REJECT_UNKNOWN_UNIT}, {3, REJECT_TIME}}};
	struct event incident = test_incident();
	enum reject why;

	test_node_open(node);
	cr_assert_eq(test_add_pledges(node->spool, 2, 2), 2);
	cr_assert_eq(
	    spool_add(node->spool, &incident, 1, TEST_NOW_MS, &why), OK);
	spool_take_receipt(
	    node->spool, &receipt, bytes_of("receipt", 7), TEST_NOW_MS);
	cr_assert_eq(spool_flush(node->spool), OK);
}

static struct spool_mark
mark_of(struct test_node *node, uint64_t seq)
{
	struct spool_mark mark;

	spool_mark_of(node->spool, seq, &mark);
	return mark;
}

static uint64_t
marked(struct test_node *node)
{
	struct spool_status status;

	spool_status(node->spool, &status);
	cr_assert_eq(status.refused_count, 2);
	return status.marked_count;
}

Test(node_desk, a_dropped_row_stays_and_says_why_across_a_restart)
{
	struct test_node node = {0};
	struct spool_mark mark;
	struct spool_row row;

	open_refused(&node);
	cr_assert_eq(mark_of(&node, 2).kind, QUARANTINE_OPEN);
	cr_assert_eq(marked(&node), 0);
	cr_assert_eq(spool_drop(node.spool, 2, "GANDA", TEST_NOW_MS + 5), OK);
	test_node_reopen(&node);
	mark = mark_of(&node, 2);
	cr_assert_eq(mark.kind, QUARANTINE_DROPPED);
	cr_assert_str_eq(mark.reason, "GANDA");
	cr_assert_eq(mark.at_ms, TEST_NOW_MS + 5);
	cr_assert_eq(marked(&node), 1);
	cr_assert_eq(spool_row(node.spool, 2, &row), OK);
	cr_assert_eq(row.state, RECORD_REFUSED);
	cr_assert_gt(row.event.len, 0);
	test_node_close(&node);
}

Test(node_desk, only_a_refused_row_is_dropped_and_once)
{
	struct test_node node = {0};

	open_refused(&node);
	cr_expect_eq(spool_drop(node.spool, 1, "GANDA", 1), ERR_INVALID);
	cr_expect_eq(spool_drop(node.spool, 9, "GANDA", 1), ERR_INVALID);
	cr_expect_eq(spool_drop(node.spool, 3, "GANDA", 1), OK);
	cr_expect_eq(spool_drop(node.spool, 3, "BATAL", 2), ERR_DUP);
	cr_expect_str_eq(mark_of(&node, 3).reason, "GANDA");
	test_node_close(&node);
}

Test(node_desk, a_retry_is_a_new_row_with_the_same_content)
{
	struct test_node node = {0};
	struct wire *wire = wire_new();
	struct event old, new;
	struct spool_row row;
	enum reject why;

	open_refused(&node);
	cr_assert_eq(spool_row(node.spool, 2, &row), OK);
	cr_assert_eq(wire_unpack(wire, row.event, &old), REJECT_NONE);
	spool_row_done(node.spool);
	new = old;
	cr_assert_eq(
	    spool_retry(node.spool, 2, &new, TEST_NOW_MS + 9, &why), OK);
	cr_assert_eq(new.seq, 4);
	cr_assert_eq(new.recorded_at_ms, TEST_NOW_MS + 9);
	cr_assert_eq(mark_of(&node, 2).kind, QUARANTINE_RETRIED);
	cr_assert_eq(mark_of(&node, 2).retried_as, 4);
	cr_assert_eq(spool_row(node.spool, 4, &row), OK);
	cr_assert_eq(row.stamp.len, STAMP_SIZE);
	cr_assert_eq(wire_unpack(wire, row.event, &new), REJECT_NONE);
	cr_assert_str_eq(new.pledge.unit, old.pledge.unit);
	cr_assert_eq(memcmp(&new.pledge, &old.pledge, sizeof new.pledge), 0);
	cr_assert_eq(
	    spool_retry(node.spool, 2, &new, TEST_NOW_MS, &why), ERR_DUP);
	cr_assert_eq(
	    spool_retry(node.spool, 1, &new, TEST_NOW_MS, &why), ERR_INVALID);
	wire_free(wire);
	test_node_close(&node);
}

Test(node_desk, a_retry_that_does_not_fit_leaves_no_mark)
{
	struct test_node node = {0};
	struct event event = test_pledge(1);
	enum reject why;

	open_refused(&node);
	event.pledge.unit[0] = '\0';
	cr_assert_eq(
	    spool_retry(node.spool, 2, &event, TEST_NOW_MS, &why), ERR_INVALID);
	cr_assert_eq(mark_of(&node, 2).kind, QUARANTINE_OPEN);
	test_node_close(&node);
}

Test(node_desk, what_the_region_lacks_is_known_offline_with_its_age)
{
	const struct spool_lacks said = {.said_ms = TEST_NOW_MS,
	    .count = 2,
	    .rows = {{"PILKADA2024", 12, 3}, {"NETRAL2023", 12, 12}}};
	struct test_node node = {0};
	struct spool_lacks lacks;

	test_node_open(&node);
	spool_lacks(node.spool, &lacks);
	cr_assert_eq(lacks.said_ms, 0);
	cr_assert_eq(lacks.count, 0);
	spool_note_lacks(node.spool, &said);
	spool_note_link(node.spool, LINK_READY, REJECT_NONE);
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	/* A later note of something else does not lose it. */
	spool_note_link(node.spool, LINK_DEAD, REJECT_NONE);
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	spool_lacks(node.spool, &lacks);
	cr_assert_eq(lacks.said_ms, TEST_NOW_MS);
	cr_assert_eq(lacks.count, 2);
	cr_assert_str_eq(lacks.rows[0].campaign, "PILKADA2024");
	cr_assert_eq(lacks.rows[0].expected, 12);
	cr_assert_eq(lacks.rows[0].pledged, 3);
	cr_assert_str_eq(lacks.rows[1].campaign, "NETRAL2023");
	test_node_close(&node);
}

Test(node_desk, a_busy_region_is_noted_until_it_is_not)
{
	struct test_node node = {0};
	struct spool_status status;

	test_node_open(&node);
	spool_note_busy(node.spool, TEST_NOW_MS, REJECT_BUSY);
	cr_assert_eq(spool_flush(node.spool), OK);
	test_node_reopen(&node);
	spool_status(node.spool, &status);
	cr_assert_eq(status.busy_until_ms, TEST_NOW_MS);
	cr_assert_eq(status.busy_word, REJECT_BUSY);
	spool_note_busy(node.spool, 0, REJECT_NONE);
	cr_assert_eq(spool_flush(node.spool), OK);
	spool_status(node.spool, &status);
	cr_assert_eq(status.busy_until_ms, 0);
	test_node_close(&node);
}

Test(node_desk, pledges_and_their_corrections_stop_before_incidents)
{
	struct event correction = {
	    .kind = EVENT_CORRECTED, .corrected = {.kind = EVENT_PLEDGE_MADE}};
	struct event pledge = test_pledge(1), incident = test_incident();

	cr_assert_eq(spool_needed_bytes(&pledge), 64u << 20);
	cr_assert_eq(spool_needed_bytes(&correction), 64u << 20);
	cr_assert_eq(spool_needed_bytes(&incident), 8u << 20);
	correction.corrected.kind = EVENT_INCIDENT_REPORTED;
	cr_assert_eq(spool_needed_bytes(&correction), 8u << 20);
}
