/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/carried.h"
#include "notifier/ledger.h"

#include "tests/support/temp_dir.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

static struct ledger *
opened(const char *dir)
{
	struct ledger_options options = {.dir = dir, .create = true};
	struct ledger *ledger = NULL;

	cr_assert_eq(ledger_open(&ledger, &options), OK);
	return ledger;
}

static struct ledger_row
a_row(uint8_t alert, uint64_t index, const char *term)
{
	struct ledger_row row = {
	    .key = {.index = index, .target = {"kepala", "", "mail"}},
	    .promised_ms = 1000};

	memset(row.key.alert, alert, EVENT_ID_SIZE);
	CHECK(text_copy(row.key.target.term, WORD_MAX, term));
	return row;
}

static void
count_row(void *context, const struct ledger_row *row)
{
	(void)row;
	++*(unsigned *)context;
}

static unsigned
owed(struct ledger *ledger)
{
	unsigned count = 0;

	ledger_each_owed(ledger, 0, count_row, &count);
	return count;
}

Test(notifier_ledger, promises_once_and_remembers_it_across_a_restart)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	struct ledger_row row = a_row(1, 7, "pj-1"), read;

	ledger_begin(ledger);
	cr_assert_eq(ledger_promise(ledger, &row), OK);
	cr_assert_eq(ledger_promise(ledger, &row), ERR_DUP);
	ledger_commit(ledger);
	ledger_close(ledger);
	ledger = opened(dir);
	cr_assert_eq(owed(ledger), 1);
	ledger_begin(ledger);
	cr_assert_eq(ledger_promise(ledger, &row), ERR_DUP);
	ledger_commit(ledger);
	cr_assert_eq(ledger_row(ledger, &row.key, &read), OK);
	cr_assert_eq(read.serial, 1);
	cr_assert_eq(read.promised_ms, 1000);
	cr_assert_str_eq(read.key.target.term, "pj-1");
	ledger_close(ledger);
	temp_dir_remove(dir);
}

Test(notifier_ledger, owes_nothing_more_of_a_settled_row_but_lists_it)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	struct ledger_row row = a_row(1, 7, ""), other = a_row(1, 8, "");
	struct ledger_row read;
	unsigned listed = 0;

	ledger_begin(ledger);
	cr_assert_eq(ledger_promise(ledger, &row), OK);
	cr_assert_eq(ledger_promise(ledger, &other), OK);
	row.state = LEDGER_SENT;
	row.attempts = 3;
	row.spool_seq = 44;
	CHECK(text_copy(row.answer, WORD_MAX, "smtp-250"));
	ledger_set_row(ledger, &row);
	ledger_commit(ledger);
	cr_assert_eq(owed(ledger), 2);
	row.state = LEDGER_SETTLED;
	row.settled_ms = 9000;
	ledger_begin(ledger);
	ledger_set_row(ledger, &row);
	ledger_commit(ledger);
	ledger_close(ledger);
	ledger = opened(dir);
	cr_assert_eq(owed(ledger), 1);
	cr_assert_eq(ledger_row(ledger, &row.key, &read), OK);
	cr_assert_eq(read.state, LEDGER_SETTLED);
	cr_assert_eq(read.attempts, 3);
	cr_assert_eq(read.spool_seq, 44);
	cr_assert_eq(read.settled_ms, 9000);
	cr_assert_str_eq(read.answer, "smtp-250");
	ledger_each_of_alert(ledger, row.key.alert, count_row, &listed);
	cr_assert_eq(listed, 2);
	ledger_close(ledger);
	temp_dir_remove(dir);
}

/* The cursor and the promise are in one commit: a kill before it leaves
 * neither. */
Test(notifier_ledger, loses_cursor_and_promise_together_when_killed)
{
	char *dir = temp_dir_make();
	struct ledger *ledger;
	struct ledger_cursor cursor;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct ledger_row row = a_row(1, 7, "");

		ledger = opened(dir);
		ledger_begin(ledger);
		ledger_cursor(ledger, &cursor);
		cursor.next = 8;
		ledger_set_cursor(ledger, &cursor);
		if (ledger_promise(ledger, &row) == OK)
			_exit(0); /* nothing is committed */
		_exit(1);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
	ledger = opened(dir);
	ledger_cursor(ledger, &cursor);
	cr_assert_eq(cursor.next, 0);
	cr_assert_eq(owed(ledger), 0);
	ledger_close(ledger);
	temp_dir_remove(dir);
}

Test(notifier_ledger, keeps_the_order_of_promises_and_lists_only_new_ones)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	unsigned count = 0;

	ledger_begin(ledger);
	for (uint8_t i = 0; i < 5; i++) {
		struct ledger_row row = a_row((uint8_t)(9 - i), i, "");

		cr_assert_eq(ledger_promise(ledger, &row), OK);
		cr_assert_eq(row.serial, i + 1U);
	}
	ledger_commit(ledger);
	ledger_each_owed(ledger, 3, count_row, &count);
	cr_assert_eq(count, 2);
	ledger_close(ledger);
	temp_dir_remove(dir);
}

Test(notifier_ledger, finds_the_verdicts_of_one_alert_in_order)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	const uint8_t one[EVENT_ID_SIZE] = {1}, two[EVENT_ID_SIZE] = {2};
	uint64_t index = 0;
	struct bytes event;

	ledger_begin(ledger);
	ledger_add_verdict(ledger, one, 300, bytes_of("c", 1));
	ledger_add_verdict(ledger, one, 5, bytes_of("a", 1));
	ledger_add_verdict(ledger, two, 6, bytes_of("b", 1));
	ledger_commit(ledger);
	cr_assert_eq(ledger_verdict(ledger, one, &index, &event), OK);
	cr_assert_eq(index, 5);
	index++;
	cr_assert_eq(ledger_verdict(ledger, one, &index, &event), OK);
	cr_assert_eq(index, 300);
	cr_assert_eq(event.at[0], 'c');
	index++;
	cr_assert_eq(ledger_verdict(ledger, one, &index, &event), ERR_NOTFOUND);
	ledger_close(ledger);
	temp_dir_remove(dir);
}

/* A bundle that was declined for good must not hold up a withdrawal. */
Test(notifier_ledger, a_verdict_waits_behind_a_bundle_until_that_is_dead)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	struct ledger_row bundle = a_row(9, 7, ""), rider = a_row(1, 7, "");
	struct ledger_row later = a_row(1, 8, ""), before;

	bundle.tone = ROUTE_BUNDLE;
	ledger_begin(ledger);
	cr_assert_eq(ledger_promise(ledger, &bundle), OK);
	rider.bundle = bundle.serial;
	cr_assert_eq(ledger_promise(ledger, &rider), OK);
	cr_assert_eq(ledger_promise(ledger, &later), OK);
	ledger_commit(ledger);
	cr_expect_eq(ledger_before(ledger, &later, &before), OK);
	bundle.failure_told = true;
	ledger_begin(ledger);
	ledger_set_row(ledger, &bundle);
	ledger_commit(ledger);
	cr_expect_eq(ledger_before(ledger, &later, &before), ERR_NOTFOUND);
	cr_assert_eq(ledger_restart(ledger, bundle.serial, 1), OK);
	cr_expect_eq(ledger_before(ledger, &later, &before), OK);
	bundle.failure_told = false;
	bundle.is_stopped = true;
	ledger_begin(ledger);
	ledger_set_row(ledger, &bundle);
	ledger_commit(ledger);
	cr_expect_eq(ledger_before(ledger, &later, &before), ERR_NOTFOUND);
	ledger_close(ledger);
	temp_dir_remove(dir);
}

static void
promise_riders(struct ledger *ledger, struct ledger_row *bundle,
    struct ledger_row *one, struct ledger_row *two)
{
	bundle->tone = ROUTE_BUNDLE;
	cr_assert_eq(ledger_promise(ledger, bundle), OK);
	one->bundle = two->bundle = bundle->serial;
	cr_assert_eq(ledger_promise(ledger, one), OK);
	cr_assert_eq(ledger_promise(ledger, two), OK);
}

/* Else a correction could arrive before what it corrects. */
Test(notifier_ledger, a_bundle_waits_behind_another_that_carries_its_alerts)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	struct ledger_row first = a_row(9, 7, ""), rider = a_row(1, 7, ""),
			  again = a_row(1, 8, "");
	struct ledger_row next = a_row(8, 9, ""), later = a_row(1, 9, ""),
			  other = a_row(3, 9, "");
	struct ledger_row back = a_row(3, 8, ""), before;

	ledger_begin(ledger);
	promise_riders(ledger, &first, &rider, &again);
	promise_riders(ledger, &next, &later, &other);
	/* Promised later, of an older verdict: or each waited for the other. */
	cr_assert_eq(ledger_promise(ledger, &back), OK);
	ledger_commit(ledger);
	cr_expect_eq(carried_before(ledger, &first, &before), ERR_NOTFOUND,
	    "not behind what rides with it");
	cr_assert_eq(carried_before(ledger, &next, &before), OK);
	cr_expect_eq(before.serial, first.serial);
	first.state = LEDGER_SENT;
	ledger_begin(ledger);
	ledger_set_row(ledger, &first);
	ledger_commit(ledger);
	cr_expect_eq(carried_before(ledger, &next, &before), ERR_NOTFOUND,
	    "it is there, and only not told to the region");
	ledger_close(ledger);
	temp_dir_remove(dir);
}

static void
note_unloaded(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
}

Test(notifier_ledger, what_waits_for_one_that_goes_alone_leaves_its_bundle)
{
	char *dir = temp_dir_make();
	struct ledger *ledger = opened(dir);
	struct ledger_row alone = a_row(3, 5, ""), bundle = a_row(9, 7, "");
	struct ledger_row one = a_row(1, 9, ""), three = a_row(3, 9, "");
	struct ledger_row before, unloaded = {0}, found;
	struct ledger_carrier carrier = {.max = 9};

	ledger_begin(ledger);
	cr_assert_eq(ledger_promise(ledger, &alone), OK);
	promise_riders(ledger, &bundle, &one, &three);
	ledger_commit(ledger);
	cr_expect_eq(
	    carried_unload(ledger, &bundle, &before, note_unloaded, &unloaded),
	    ERR_NOTFOUND, "the others need not wait");
	cr_expect_eq(unloaded.serial, three.serial);
	cr_expect_eq(ledger_owed_row(ledger, three.serial, &found), OK);
	cr_expect_eq(found.bundle, 0);
	carrier.bundle = bundle.serial;
	cr_expect_eq(
	    ledger_each_carried(ledger, &carrier, note_unloaded, &found), 1);
	cr_expect_eq(found.serial, one.serial);
	ledger_close(ledger);
	temp_dir_remove(dir);
}
