/* SPDX-License-Identifier: Apache-2.0 */
#include "model/origin.h"

#include <criterion/criterion.h>

Test(origin, has_an_epoch_between_the_second_slash_and_the_next)
{
	uint64_t epoch = 0;

	cr_assert_eq(origin_epoch("ikrar/73.71/1", &epoch), OK);
	cr_assert_eq(epoch, 1);
	cr_assert_eq(origin_epoch("ikrar/73.71/12/latihan", &epoch), OK);
	cr_assert_eq(epoch, 12);
	cr_assert_eq(origin_epoch("ikrar/73.71", &epoch), ERR_INVALID);
	cr_assert_eq(origin_epoch("ikrar/73.71/", &epoch), ERR_INVALID);
	cr_assert_eq(origin_epoch("ikrar/73.71/0", &epoch), ERR_INVALID);
	cr_assert_eq(origin_epoch("ikrar/73.71/1a", &epoch), ERR_INVALID);
	cr_assert_eq(epoch, 12);
}

Test(origin, keeps_all_but_the_epoch)
{
	char to[ORIGIN_MAX];

	cr_assert(origin_at(to, "ikrar/73.71/1/latihan", 10));
	cr_assert_str_eq(to, "ikrar/73.71/10/latihan");
	cr_assert(origin_at(to, "ikrar/73.71/10", 9));
	cr_assert_str_eq(to, "ikrar/73.71/9");
	cr_assert_not(origin_at(to, "ikrar", 2));
}
