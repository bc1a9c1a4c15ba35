/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model/sanction.c and data/catalog/sanction.csv say the same. With
 * CATALOG_WRITE=1 in the environment the file is written instead.
 */
#include "model/sanction.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/catalog.h"

#include <criterion/criterion.h>

static void
add_act(struct text_buf *text, const char *act)
{
	for (uint32_t phase = 1; phase <= catalog_max(CATALOG_PHASE); phase++)
		for (uint32_t subject = 1;
		     subject <= catalog_max(CATALOG_SUBJECT); subject++)
			text_buf_add(text, "%d,%s,%s,%s,%s\n", SANCTION_VERSION,
			    act, catalog_word(CATALOG_PHASE, phase),
			    catalog_word(CATALOG_SUBJECT, subject),
			    sanction_word(sanction_of(act, phase, subject)));
}

Test(sanction, stands_in_a_file_for_people)
{
	static char found[65536];
	const char *end = strstr(__FILE__, "tests/unit/");
	bool is_writing = getenv("CATALOG_WRITE") != NULL;
	struct text_buf expected = {0};
	const struct act_row *acts;
	char path[512];
	unsigned count;
	FILE *file;
	size_t len;

	text_buf_add(&expected, "version,act,phase,subject,class\n");
	acts = act_rows(&count);
	for (unsigned i = 0; i < count; i++)
		add_act(&expected, acts[i].code);
	cr_assert_not_null(end);
	snprintf(path, sizeof path, "%.*sdata/catalog/sanction.csv",
	    (int)(end - __FILE__), __FILE__);
	file = fopen(path, is_writing ? "w" : "r");
	cr_assert_not_null(file, "%s", path);
	if (is_writing) {
		cr_assert(
		    fwrite(expected.at, 1, expected.len, file) == expected.len);
	} else {
		len = fread(found, 1, sizeof found, file);
		cr_assert(
		    len == expected.len && memcmp(found, expected.at, len) == 0,
		    "%s", path);
	}
	fclose(file);
	text_buf_clear(&expected);
}

Test(sanction, depends_on_the_act_the_phase_and_the_subject)
{
	cr_expect(sanction_of("SOS", 1, 1) == SANCTION_MORAL);
	cr_expect(sanction_of("SOS", 2, 1) == SANCTION_DISCIPLINE_HEAVY);
	cr_expect(sanction_of("SOS", 2, 2) == SANCTION_CONTRACT);
	cr_expect(sanction_of("SOS", 2, 3) == SANCTION_LAID_OFF);
	cr_expect(sanction_of("TIM", 1, 1) == SANCTION_DISCIPLINE_MEDIUM);
}

Test(sanction, is_undecided_where_nobody_could_say)
{
	cr_expect(sanction_of("SOS", 0, 1) == SANCTION_UNDECIDED, "no stage");
	cr_expect(sanction_of("SOS", 3, 1) == SANCTION_UNDECIDED);
	cr_expect(sanction_of("UJR", 2, 1) == SANCTION_UNDECIDED, "per case");
	cr_expect(sanction_of("SOS", 2, 4) == SANCTION_UNDECIDED, "a village");
	cr_expect(sanction_of("ZZZ", 2, 1) == SANCTION_UNDECIDED);
}
