/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of model/catalog.c and the files of data/catalog say the same.
 * With CATALOG_WRITE=1 in the environment the files are written instead.
 */
#include "model/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

static const char *const files[CATALOG_COUNT] = {
    [CATALOG_ACT] = "pledge-act",
    [CATALOG_FORM] = "form",
    [CATALOG_POINT] = "point",
    [CATALOG_WITNESS] = "witness",
    [CATALOG_EMPLOYMENT] = "employment",
    [CATALOG_SOURCE] = "source",
    [CATALOG_SUBJECT] = "subject",
    [CATALOG_STEP] = "step",
    [CATALOG_UNIT_KIND] = "unit-kind",
    [CATALOG_SCOPE] = "scope",
    [CATALOG_ANCHOR] = "anchor",
    [CATALOG_SIGNED] = "signed",
    [CATALOG_ROLE] = "role",
    [CATALOG_TERM_KIND] = "term-kind",
    [CATALOG_NODE_KIND] = "node-kind",
    [CATALOG_PHASE] = "phase",
    [CATALOG_SEVERITY] = "severity",
    [CATALOG_CLOCK] = "clock",
    [CATALOG_CASE_ANCHOR] = "case-anchor",
};

/* A cell with a comma is quoted; none of ours holds a quote. */
static void
add_cell(struct text_buf *buf, const char *cell, char end)
{
	cr_assert_null(strchr(cell, '"'), "%s", cell);
	text_buf_add(
	    buf, strchr(cell, ',') == NULL ? "%s%c" : "\"%s\"%c", cell, end);
}

static void
compare(const char *name, struct text_buf *expected)
{
	static char found[65536];
	char path[512];
	const char *end = strstr(__FILE__, "tests/unit/");
	bool is_writing = getenv("CATALOG_WRITE") != NULL;
	FILE *file;
	size_t len;

	cr_assert_not_null(end);
	snprintf(path, sizeof path, "%.*sdata/catalog/%s.csv",
	    (int)(end - __FILE__), __FILE__, name);
	file = fopen(path, is_writing ? "w" : "r");
	cr_assert_not_null(file, "%s", path);
	if (is_writing) {
		fwrite(expected->at, 1, expected->len, file);
	} else {
		len = fread(found, 1, sizeof found - 1, file);
		found[len] = '\0';
		cr_expect_str_eq(found, expected->at, "%s", name);
	}
	fclose(file);
	text_buf_clear(expected);
}

Test(catalog, stands_in_the_files_as_in_the_tables)
{
	for (unsigned i = 0; i < CATALOG_COUNT; i++) {
		struct text_buf buf = {0};
		unsigned count;
		const struct catalog_row *rows =
		    catalog_rows((enum catalog)i, &count);

		text_buf_add(&buf, "number,word,id,en\n");
		for (unsigned k = 0; k < count; k++) {
			text_buf_add(&buf, "%u,", rows[k].number);
			add_cell(&buf, rows[k].word, ',');
			add_cell(&buf, rows[k].id, ',');
			add_cell(&buf, rows[k].en, '\n');
		}
		compare(files[i], &buf);
	}
}

Test(catalog, stands_in_the_files_with_its_acts_and_reasons)
{
	struct text_buf buf = {0};
	unsigned count;
	const struct act_row *acts = act_rows(&count);
	const struct reason_row *reasons;

	text_buf_add(&buf, "code,no,id,en,point\n");
	for (unsigned i = 0; i < count; i++) {
		add_cell(&buf, acts[i].code, ',');
		text_buf_add(&buf, "%u,", acts[i].no);
		add_cell(&buf, acts[i].id, ',');
		add_cell(&buf, acts[i].en, ',');
		add_cell(&buf, acts[i].point, '\n');
	}
	compare("incident-act", &buf);
	reasons = reason_rows(&count);
	text_buf_add(&buf, "use,word,id,en\n");
	for (unsigned i = 0; i < count; i++) {
		add_cell(&buf, reasons[i].use, ',');
		add_cell(&buf, reasons[i].word, ',');
		add_cell(&buf, reasons[i].id, ',');
		add_cell(&buf, reasons[i].en, '\n');
	}
	compare("reason", &buf);
}

Test(catalog, numbers_its_rows_from_one_and_finds_them_by_word)
{
	for (unsigned i = 0; i < CATALOG_COUNT; i++) {
		enum catalog catalog = (enum catalog)i;
		unsigned count;
		const struct catalog_row *rows = catalog_rows(catalog, &count);

		cr_expect_eq(catalog_max(catalog), count);
		for (unsigned k = 0; k < count; k++) {
			cr_expect_eq(rows[k].number, k + 1);
			cr_expect_eq(
			    catalog_number(catalog, rows[k].word), k + 1);
			cr_expect_str_eq(
			    catalog_word(catalog, k + 1), rows[k].word);
			cr_expect(rows[k].id[0] != '\0');
			cr_expect(rows[k].en[0] != '\0');
		}
		cr_expect_null(catalog_word(catalog, 0));
		cr_expect_null(catalog_word(catalog, count + 1));
		cr_expect_eq(catalog_number(catalog, "no such word"), 0);
	}
}

Test(catalog, numbers_words_as_the_protocol_does)
{
	cr_expect_eq(catalog_number(CATALOG_ACT, "pakta"), 2);
	cr_expect_eq(catalog_number(CATALOG_FORM, "PENANDATANGANAN"), 4);
	cr_expect_eq(catalog_number(CATALOG_STEP, "TIDAK_TERBUKTI"), 6);
	cr_expect_eq(catalog_number(CATALOG_STEP, "GANDA"), 11);
	cr_expect_eq(catalog_number(CATALOG_UNIT_KIND, "PUSKESMAS"), 11);
	cr_expect_eq(catalog_number(CATALOG_UNIT_KIND, "BUMD"), 15);
	cr_expect_eq(catalog_number(CATALOG_SOURCE, "TEMUAN"), 8);
	cr_expect_eq(catalog_number(CATALOG_SUBJECT, "KADES"), 4);
	cr_expect_eq(catalog_number(CATALOG_NODE_KIND, "notifier"), 4);
	cr_expect_eq(catalog_number(CATALOG_SIGNED, "share"), 3);
	cr_expect_eq(catalog_number(CATALOG_ROLE, "head"), 2);
	cr_expect_eq(catalog_number(CATALOG_ANCHOR, "grace_end"), 2);
	cr_expect_eq(catalog_number(CATALOG_WITNESS, "CAMAT"), 7);
	cr_expect_eq(catalog_number(CATALOG_SCOPE, "case"), 8);
	cr_expect_eq(catalog_number(CATALOG_PHASE, "CALON"), 2);
	cr_expect_eq(catalog_number(CATALOG_SEVERITY, "critical"), 3);
	cr_expect_eq(catalog_number(CATALOG_CLOCK, "working"), 2);
	cr_expect_eq(catalog_number(CATALOG_CASE_ANCHOR, "known"), 2);
}

Test(catalog, finds_an_act_by_its_code)
{
	unsigned count;
	const struct act_row *acts = act_rows(&count);

	cr_expect_eq(count, 22);
	for (unsigned i = 0; i < count; i++)
		cr_expect_eq(act_by_code(acts[i].code), &acts[i]);
	cr_expect_eq(act_by_code("SOS")->no, 11);
	cr_expect_null(act_by_code("XXX"));
	cr_expect_null(act_by_code(""));
}

Test(catalog, keeps_reasons_to_their_use)
{
	cr_expect(reason_has_use("SALAH_INPUT", "withdrawal"));
	cr_expect_not(reason_has_use("HILANG", "withdrawal"));
	cr_expect(reason_has_use("HILANG", "revocation"));
	cr_expect_not(reason_has_use("SALAH_INPUT", "revocation"));
	cr_expect(reason_has_use("BERKAS", "vouching"));
	cr_expect(reason_has_use("JARINGAN", "extension"));
	cr_expect(reason_has_use("KOSONG", "excuse"));
	cr_expect(reason_has_use("BUATAN", "closing"));
	cr_expect(reason_has_use("LATIHAN", "silence"));
	cr_expect_not(reason_has_use("LATIHAN", "closing"));
	cr_expect_not(reason_has_use("", "withdrawal"));
	cr_expect_not(reason_has_use("BERKAS", "no such use"));
}

Test(catalog, has_four_points)
{
	cr_expect_eq(catalog_max(CATALOG_POINT), 4);
	cr_expect_not_null(strstr(point_text(1), "netralitas"));
	cr_expect_not_null(strstr(point_text(4), "politik uang"));
}
