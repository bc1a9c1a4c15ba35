/* SPDX-License-Identifier: Apache-2.0 */
#include "model/roster.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#define HEAD "kode,nama,jenis,wilayah,induk,pns,pppk,non_asn\n"

static struct roster roster;
static struct csv_row row;

static void
read_text(const char *text)
{
	roster_clear(&roster);
	roster_read(&roster, bytes_of_text(text), "73.04");
}

static void
teardown(void)
{
	roster_clear(&roster);
}

TestSuite(roster, .fini = teardown);

static void
expect_error(size_t at, unsigned row_number, unsigned column, const char *why)
{
	const struct roster_error *error = &roster.errors[at];

	cr_assert_lt(at, roster.error_count, "no error %zu", at);
	cr_expect_eq(
	    error->row, row_number, "row %u: %s", error->row, error->why);
	cr_expect_eq(
	    error->column, column, "column %u: %s", error->column, error->why);
	cr_expect_not_null(strstr(error->why, why), "%s", error->why);
	cr_expect_neq(error->en[0], '\0', "no English of: %s", error->why);
}

/* Of a file with one error. */
static void
expect_one(
    const char *text, unsigned row_number, unsigned column, const char *why)
{
	read_text(text);
	cr_expect_eq(roster.error_count, 1, "%zu errors in %s",
	    roster.error_count, text);
	expect_error(0, row_number, column, why);
}

Test(roster, reads_units_and_sorts_them_by_code)
{
	read_text(HEAD "PKM-1,Puskesmas Bangkala,PUSKESMAS,73.04.01,DINKES,"
		       "40,12,5\n"
		       "DINKES,Dinas Kesehatan,DINAS,73.04,,100,,\n");
	cr_assert_eq(roster.error_count, 0);
	cr_assert_eq(roster.row_count, 2);
	cr_expect_str_eq(roster.rows[0].code, "DINKES");
	cr_expect_str_eq(roster.rows[0].parent, "");
	cr_expect_eq(roster.rows[0].heads[EMPLOYMENT_PNS], 100);
	cr_expect_eq(roster.rows[0].heads[EMPLOYMENT_PPPK], 0);
	cr_expect_str_eq(roster.rows[1].name, "Puskesmas Bangkala");
	cr_expect_eq(roster.rows[1].kind, 11);
	cr_expect_str_eq(roster.rows[1].wilayah, "73.04.01");
	cr_expect_str_eq(roster.rows[1].parent, "DINKES");
	cr_expect_eq(roster.rows[1].heads[EMPLOYMENT_PPPK], 12);
	cr_expect_eq(roster.rows[1].heads[EMPLOYMENT_NON_ASN], 5);
}

Test(roster, reads_the_same_from_any_dialect)
{
	static const char *const texts[] = {HEAD
	    "A,Kantor Camat,KECAMATAN,73.04.01,,1,2,3\n",
	    HEAD "A,Kantor Camat,KECAMATAN,73.04.01,,1,2,3",
	    "\xef\xbb\xbf" HEAD "A,Kantor Camat,KECAMATAN,73.04.01,,1,2,3\n",
	    "kode;nama;jenis;wilayah;induk;pns;pppk;non_asn\r\n"
	    "A;Kantor Camat;KECAMATAN;73.04.01;;1;2;3\r\n",
	    "kode\tnama\tjenis\twilayah\tpns\tpppk\tnon_asn\r"
	    "A\tKantor Camat\tKECAMATAN\t73.04.01\t1\t2\t3\r",
	    "Kind,NAME,Code,WILAYAH,Non ASN,PNS,PPPK,extra\n"
	    "kecamatan,Kantor Camat,A,73.04.01,3,1,2,zzz\n",
	    "\"kode\",\"nama\",\"jenis\",\"wilayah\",\"pns\",\"pppk\","
	    "\"non-asn\"\n\n"
	    "\"A\",\"Kantor\nCamat\",\"KECAMATAN\",\"73.04.01\",\"1\",\"2\","
	    "\"3\"\n,,,,,,\n",
	    HEAD " A , Kantor  Camat ,Kecamatan, 73.04.01 ,, 1, 2, 3\n"};

	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		read_text(texts[i]);
		cr_assert_eq(
		    roster.error_count, 0, "%u: %s", i, roster.errors[0].why);
		cr_assert_eq(roster.row_count, 1, "%u", i);
		cr_expect_str_eq(roster.rows[0].code, "A");
		cr_expect_str_eq(roster.rows[0].name, "Kantor Camat", "%u", i);
		cr_expect_eq(roster.rows[0].kind, 7);
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++)
			cr_expect_eq(roster.rows[0].heads[k], k + 1, "%u", i);
	}
}

Test(roster, reads_utf_8_and_windows_1252)
{
	read_text(HEAD "A,Ma\xe2\x80\x99rang \xc3\xa9,DESA,73.04,,,,\n");
	cr_assert_eq(roster.row_count, 1);
	cr_expect_str_eq(roster.rows[0].name, "Ma\xe2\x80\x99rang \xc3\xa9");
	read_text(HEAD "A,Ma\x92rang \xe9 \x80,DESA,73.04,,,,\n");
	cr_assert_eq(roster.row_count, 1);
	cr_expect_str_eq(
	    roster.rows[0].name, "Ma\xe2\x80\x99rang \xc3\xa9 \xe2\x82\xac");
	expect_one(HEAD "A,\x81,DESA,73.04,,,,\n", 2, 2, "nama");
}

Test(roster, keeps_quotes_and_separators_inside_quotes)
{
	read_text(HEAD "A,\"Soka\"\"an\"\", Barat\",DESA,73.04,,,,\n");
	cr_assert_eq(roster.row_count, 1);
	cr_expect_str_eq(roster.rows[0].name, "Soka\"an\", Barat");
}

Test(roster, says_what_is_wrong_by_row_and_column)
{
	expect_one(HEAD "a,N,DESA,73.04,,,,\n", 2, 1, "kode");
	expect_one(HEAD ",N,DESA,73.04,,,,\n", 2, 1, "kode");
	expect_one(HEAD "A,,DESA,73.04,,,,\n", 2, 2, "nama");
	expect_one(HEAD "A,N,DESO,73.04,,,,\n", 2, 3, "jenis");
	expect_one(HEAD "A,N,,73.04,,,,\n", 2, 3, "jenis");
	expect_one(HEAD "A,N,DESA,7304,,,,\n", 2, 4, "bukan kode wilayah");
	expect_one(HEAD "A,N,DESA,,,,,\n", 2, 4, "bukan kode wilayah");
	expect_one(HEAD "A,N,DESA,73.05.01,,,,\n", 2, 4, "di luar wilayah");
	expect_one(HEAD "A,N,DESA,73,,,,\n", 2, 4, "di luar wilayah");
	expect_one(HEAD "A,N,DESA,73.04,b,,,\n", 2, 5, "induk");
	expect_one(HEAD "A,N,DESA,73.04,,x,,\n", 2, 6, "angka saja");
	expect_one(HEAD "A,N,DESA,73.04,,,1.246,\n", 2, 7, "angka saja");
	expect_one(HEAD "A,N,DESA,73.04,,,,-1\n", 2, 8, "angka saja");
	expect_one(HEAD "A,N,DESA,73.04,,,,1000001\n", 2, 8, "angka saja");
	expect_one(HEAD "A,N,DESA\n", 2, 4, "bukan kode wilayah");
	expect_one(HEAD "A,198001012005011001,DESA,73.04,,,,\n", 2, 2, "NIP");
	expect_one(HEAD "198001012005011001,N,DESA,73.04,,,,\n", 2, 1, "NIP");
}

Test(roster, finds_columns_where_they_stand)
{
	expect_one("non_asn,wilayah,jenis,nama,kode\nx,73.04,DESA,N,A\n", 2, 1,
	    "angka saja");
	expect_one("non_asn,wilayah,jenis,nama,kode\n1,99,DESA,N,A\n", 2, 2,
	    "di luar");
}

Test(roster, tells_all_errors_of_a_row_and_of_all_rows)
{
	read_text(HEAD "A,N,DESA,73.04,,,,\n"
		       "b,,X,1,c,x,y,z\n"
		       "C,N,DESA,73.04,,,,\n"
		       "D,N,XXXX,73.04,,,,\n");
	cr_expect_eq(roster.row_count, 2);
	cr_assert_eq(roster.error_count, 9);
	for (unsigned i = 0; i < 8; i++)
		expect_error(i, 3, i + 1, "");
	expect_error(8, 5, 3, "jenis");
}

Test(roster, counts_rows_as_a_spreadsheet_does)
{
	expect_one(HEAD "\n"
			"A,\"two\nlines\",DESA,73.04,,,,\n"
			"B,N,XXXX,73.04,,,,\n",
	    4, 3, "jenis");
}

Test(roster, wants_the_columns_it_needs)
{
	expect_one("kode,nama,jenis\nA,N,DESA\n", 1, 0, "wilayah");
	expect_one("nama,jenis,wilayah\nN,DESA,73.04\n", 1, 0, "kode");
	expect_one("kode,nama,jenis,wilayah,code\nA,N,DESA,73.04,B\n", 1, 5,
	    "dua kali");
	read_text("A,N,DESA,73.04\n");
	cr_expect_eq(roster.error_count, 4);
	cr_expect_eq(roster.row_count, 0);
	expect_one("", 1, 0, "kosong");
	read_text("kode,nama,jenis,wilayah\nA,N,DESA,73.04\n");
	cr_expect_eq(roster.row_count, 1);
}

Test(roster, keeps_the_first_of_two_rows_with_one_code)
{
	expect_one(HEAD "B,First,DESA,73.04,,,,\n"
			"A,N,DESA,73.04,,,,\n"
			"B,Second,DESA,73.04,,,,\n",
	    4, 1, "sudah dipakai");
	cr_assert_eq(roster.row_count, 2);
	cr_expect_str_eq(roster.rows[1].name, "First");
}

Test(roster, leaves_out_a_unit_whose_parent_is_missing)
{
	expect_one(HEAD "A,N,DESA,73.04,ZZZ,,,\n"
			"B,N,DESA,73.04,,,,\n",
	    2, 5, "induk tidak ada");
	cr_expect_eq(roster.row_count, 1);
}

Test(roster, leaves_out_all_below_a_row_that_is_wrong)
{
	read_text(HEAD "C,N,DESA,73.04,B,,,\n"
		       "B,N,DESA,73.04,A,,,\n"
		       "A,N,XXXX,73.04,,,,\n"
		       "D,N,DESA,73.04,C,,,\n"
		       "E,N,DESA,73.04,,,,\n");
	cr_expect_eq(roster.row_count, 1);
	cr_assert_eq(roster.error_count, 4);
	expect_error(0, 2, 5, "baris induk belum benar");
	expect_error(1, 3, 5, "induk tidak ada");
	expect_error(2, 4, 3, "jenis");
	expect_error(3, 5, 5, "baris induk belum benar");
}

Test(roster, finds_parents_that_go_in_a_circle)
{
	expect_one(HEAD "A,N,DESA,73.04,A,,,\n", 2, 5, "berputar");
	read_text(HEAD "A,N,DESA,73.04,B,,,\n"
		       "B,N,DESA,73.04,C,,,\n"
		       "C,N,DESA,73.04,B,,,\n"
		       "D,N,DESA,73.04,A,,,\n");
	cr_expect_eq(roster.row_count, 0);
	cr_assert_eq(roster.error_count, 4);
	expect_error(0, 2, 5, "baris induk belum benar");
	expect_error(1, 3, 5, "berputar");
	expect_error(2, 4, 5, "berputar");
	expect_error(3, 5, 5, "baris induk belum benar");
}

Test(roster, takes_a_deep_tree)
{
	struct text_buf buf = {0};

	text_buf_add(&buf, HEAD "U0,N,DESA,73.04,,,,\n");
	for (unsigned i = 1; i < 20000; i++)
		text_buf_add(&buf, "U%u,N,DESA,73.04,U%u,,,\n", i, i - 1);
	read_text(buf.at);
	cr_expect_eq(roster.row_count, 20000);
	cr_expect_eq(roster.error_count, 0);
	text_buf_clear(&buf);
}

Test(roster, counts_errors_beyond_those_that_it_keeps)
{
	struct text_buf buf = {0};

	text_buf_add(&buf, HEAD);
	for (unsigned i = 0; i < 500; i++)
		text_buf_add(&buf, "U%u,N,XXXX,73.04,,,,\n", i);
	read_text(buf.at);
	cr_expect_eq(roster.error_count, 500);
	expect_error(ROSTER_ERRORS_MAX - 1, ROSTER_ERRORS_MAX + 1, 3, "jenis");
	text_buf_clear(&buf);
}

Test(roster, tells_which_row_cannot_be_read)
{
	expect_one(
	    HEAD "A,\"N,DESA,73.04,,,,\nB,N,DESA,73.04,,,,\n", 2, 0, "kutip");
	expect_one(HEAD "A,\"N\"x,DESA,73.04,,,,\nB,N,DESA,73.04,,,,\n", 2, 0,
	    "kutip");
	cr_expect_eq(roster.row_count, 1);
	expect_one("\"kode", 1, 0, "kutip");
}

static struct bytes csv;

static enum err
next_of(const char *text)
{
	csv = bytes_of_text(text);
	return csv_next(&csv, ',', &row);
}

Test(csv, takes_one_row_after_the_other)
{
	cr_assert_eq(next_of("a,b\r\nc\rd\n\n\"e\nf\",g"), OK);
	cr_expect_eq(row.count, 2);
	cr_expect_str_eq(row.cells[0], "a");
	cr_expect_str_eq(row.cells[1], "b");
	cr_assert_eq(csv_next(&csv, ',', &row), OK);
	cr_expect_str_eq(row.cells[0], "c");
	cr_assert_eq(csv_next(&csv, ',', &row), OK);
	cr_expect_str_eq(row.cells[0], "d");
	cr_assert_eq(csv_next(&csv, ',', &row), OK);
	cr_expect_eq(row.count, 1);
	cr_expect_str_eq(row.cells[0], "");
	cr_assert_eq(csv_next(&csv, ',', &row), OK);
	cr_expect_eq(row.line, 2);
	cr_expect_str_eq(row.cells[0], "e\nf");
	cr_expect_str_eq(row.cells[1], "g");
	cr_expect_eq(csv_next(&csv, ',', &row), ERR_NOTFOUND);
}

Test(csv, keeps_empty_cells)
{
	cr_assert_eq(next_of(",a,,\"\",\n"), OK);
	cr_expect_eq(row.count, 5);
	cr_expect_str_eq(row.cells[0], "");
	cr_expect_str_eq(row.cells[1], "a");
	cr_expect_str_eq(row.cells[4], "");
	cr_expect_eq(csv_next(&csv, ',', &row), ERR_NOTFOUND);
}

Test(csv, keeps_a_quote_within_a_cell_without_quotes)
{
	cr_assert_eq(next_of("5\" disk,b"), OK);
	cr_expect_str_eq(row.cells[0], "5\" disk");
}

Test(csv, refuses_a_bad_row_and_goes_on_behind_it)
{
	cr_expect_eq(next_of("\"a\"b,c\nd"), ERR_INVALID);
	cr_expect_not_null(row.why);
	cr_assert_eq(csv_next(&csv, ',', &row), OK);
	cr_expect_str_eq(row.cells[0], "d");
	cr_expect_eq(next_of("\"never closed\n\n"), ERR_INVALID);
	cr_expect_eq(csv_next(&csv, ',', &row), ERR_NOTFOUND);
	csv = bytes_of("a\0b\nc", 5);
	cr_expect_eq(csv_next(&csv, ',', &row), ERR_INVALID);
	cr_expect_eq(csv_next(&csv, ',', &row), OK);
}

Test(csv, bounds_the_number_and_the_length_of_cells)
{
	static char text[CSV_SCRATCH_MAX + 8];

	for (unsigned i = 0; i < CSV_CELLS_MAX - 1; i++)
		text[i] = ',';
	cr_expect_eq(next_of(text), OK);
	cr_expect_eq(row.count, CSV_CELLS_MAX);
	text[CSV_CELLS_MAX - 1] = ',';
	cr_expect_eq(next_of(text), ERR_INVALID);
	memset(text, 'a', sizeof text - 1);
	text[CSV_SCRATCH_MAX] = '\0';
	cr_expect_eq(next_of(text), ERR_INVALID);
	cr_expect_eq(row.line, 1, "nothing behind the scratch is written");
	text[CSV_SCRATCH_MAX - 1] = '\0';
	cr_expect_eq(next_of(text), OK);
	cr_expect_eq(strlen(row.cells[0]), CSV_SCRATCH_MAX - 1);
	memset(text, ',', CSV_SCRATCH_MAX - 1);
	cr_expect_eq(next_of(text), ERR_INVALID);
}

Test(csv, guesses_the_separator_from_the_first_line)
{
	cr_expect_eq(csv_separator(bytes_of_text("a,b\n;;;;")), ',');
	cr_expect_eq(csv_separator(bytes_of_text("a;b\n,,,,")), ';');
	cr_expect_eq(csv_separator(bytes_of_text("a\tb\tc,d\r\n")), '\t');
	cr_expect_eq(csv_separator(bytes_of_text("\"a;b;c\",d")), ',');
	cr_expect_eq(csv_separator(bytes_of_text("")), ',');
}
