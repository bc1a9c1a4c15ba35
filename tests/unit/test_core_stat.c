/* SPDX-License-Identifier: Apache-2.0 */
#include "core/stat.h"

#include <signal.h>

#include <criterion/criterion.h>

static const char *const names[] = {"events", "refused", NULL};

Test(core_stat, counts_under_stable_names)
{
	struct stat *stat = stat_new(names);

	stat_add(stat, 0, 2);
	stat_add(stat, 0, 3);
	stat_set(stat, 1, 7);
	cr_assert_eq(stat_count(stat), 2);
	cr_assert_eq(stat_get(stat, 0), 5);
	cr_assert_eq(stat_get(stat, 1), 7);
	cr_assert_str_eq(stat_name(stat, 1), "refused");
	stat_free(stat);
}

Test(core_stat, writes_openmetrics_text)
{
	struct stat *stat = stat_new(names);
	struct text_buf out = {0};

	stat_add(stat, 0, UINT64_MAX);
	stat_write(stat, &out);
	cr_assert_str_eq(out.at, "# TYPE ikrar_events counter\n"
				 "ikrar_events_total 18446744073709551615\n"
				 "# TYPE ikrar_refused counter\n"
				 "ikrar_refused_total 0\n"
				 "# EOF\n");
	text_buf_clear(&out);
	stat_free(stat);
}

Test(core_stat, aborts_on_a_counter_that_is_none, .signal = SIGABRT)
{
	stat_add(stat_new(names), 2, 1);
}
