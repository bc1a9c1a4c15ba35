/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three tests that must not pass; ctest runs each and expects red. Criterion
 * passes over leaks and usage errors unless it is called rightly.
 */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

Test(must_fail, failed_check)
{
	cr_assert(false);
}

Test(must_fail, leak)
{
	char *volatile lost = malloc(10);

	lost = NULL;
	(void)lost;
}

Test(must_fail, undefined)
{
	volatile int most = INT_MAX;

	most = most + 1;
}
