/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/admin.h"

#include "aggregator/home.h"
#include "model/catalog.h"
#include "model/wire.h"
#include "node/code.h"
#include "node/spool.h"
#include "tests/unit/test_aggregator_verbs.h"

#include <criterion/criterion.h>

static const char units[] = "data/scenes/makassar-2023/units.csv";

TestSuite(admin, .init = rig_open, .fini = rig_close, .timeout = 60);
TestSuite(parts, .timeout = 60);

/* The log as it is now. */
static struct reading reading;

static const struct view *
look(void)
{
	struct reading_words words = {.dir = rig.dir, .clock = rig.clock};

	cr_assert_eq(reading_open(&reading, &words), OK);
	cr_assert_eq(reading_view(&reading), OK);
	return reading.view;
}

static void
import(void)
{
	rig_take(verb_unit, "unit", "import", units);
}

Test(admin, stores_what_it_decides_while_no_aggregator_runs)
{
	import();
	cr_assert(rig_said("tersimpan"), "%s", rig.said);
	cr_assert_eq(view_size(look()), 1);
	reading_close(&reading);
}

Test(admin, counts_versions_that_still_wait)
{
	import();
	cr_assert(rig_said("versi/version 1"), "%s", rig.said);
	import();
	cr_assert(rig_said("versi/version 2"), "%s", rig.said);
}

Test(admin, pushes_all_that_waited_to_the_first_aggregator_that_runs)
{
	import();
	import();
	rig_start();
	import();
	cr_assert(rig_said("diterima: indeks 3"), "%s", rig.said);
	cr_assert_eq(view_region(look())->roster_version, 3);
	cr_assert_eq(view_size(reading.view), 4);
	cr_assert_eq(view_unit_count(reading.view), 202);
	reading_close(&reading);
}

Test(admin, waits_again_when_the_aggregator_has_gone)
{
	rig_start();
	import();
	cr_assert(rig_said("diterima"), "%s", rig.said);
	rig_stop();
	import();
	cr_assert(rig_said("tersimpan"), "%s", rig.said);
}

Test(admin, refuses_what_the_region_would_refuse_before_it_is_recorded)
{
	struct reading_words words = {.dir = rig.dir, .clock = rig.clock};
	struct unit_row row = {
	    .code = "X", .name = "X", .kind = 1, .wilayah = "73.72"};
	struct admin_result result;
	struct spool_status status;
	struct spool_options options = {.wilayah = "73.71"};
	struct node_keys keys;
	struct spool *spool;
	struct admin *admin;
	struct parts parts;
	uint32_t version;
	char *dir = temp_dir_path(rig.dir, "admin");

	cr_assert_eq(admin_open(&admin, &words), OK);
	parts_make(&parts, EVENT_ROSTER_CHANGED, &row, 1);
	cr_assert_eq(
	    admin_record_parts(admin, &parts, &version, &result), ERR_DENIED);
	parts_clear(&parts);
	admin_close(admin);
	cr_assert_eq(node_keys_load(&keys, dir), OK);
	options.dir = dir;
	options.keys = &keys;
	cr_assert_eq(spool_open(&spool, &options), OK);
	spool_status(spool, &status);
	cr_assert_eq(status.last_seq, 0);
	spool_close(spool);
	free(dir);
}

Test(admin, tells_errors_of_a_roster_by_row_and_column)
{
	char *file = temp_dir_path(rig.root, "bad.csv");

	temp_dir_write(rig.root, "bad.csv",
	    "kode,nama,jenis,wilayah,pns\n"
	    "A,Satu,DINAS,73.71,12\n"
	    "B,Dua,DINASX,73.71,1\n"
	    "C,Tiga,DINAS,73.71,x\n");
	cr_assert_eq(RIG_RUN(verb_unit, WORD("unit"), WORD("import"), file), 1);
	cr_assert(rig_said("baris 3, kolom 3 (jenis): "), "%s", rig.said);
	cr_assert(rig_said("baris 4, kolom 5 (pns): "), "%s", rig.said);
	cr_assert(rig_said("tidak ada yang diambil"), "%s", rig.said);
	free(file);
}

Test(admin, tells_errors_of_a_rules_file_by_line_and_column)
{
	char *file = temp_dir_path(rig.root, "bad.yaml");

	temp_dir_write(rig.root, "bad.yaml", "rules:\n  - id: A\n    knd: x\n");
	cr_assert_eq(RIG_RUN(verb_rules, WORD("rules"), WORD("load"), file), 1);
	cr_assert(
	    rig_said("bad.yaml:3:5: kunci tidak dikenal: knd"), "%s", rig.said);
	free(file);
}

Test(admin, sets_campaigns_rules_and_offices)
{
	rig_start();
	import();
	rig_take(verb_campaign, "campaign", "set",
	    "data/scenes/makassar-2023/campaigns.yaml");
	rig_take(verb_rules, "rules", "load",
	    "data/scenes/makassar-2023/rules.yaml");
	cr_assert(!rig_said("Perhatian"), "%s", rig.said);
	rig_take(verb_office, "office", "load",
	    "data/scenes/makassar-2023/offices.yaml");
	cr_assert(rig_said("diterima"), "%s", rig.said);
	cr_assert_eq(view_campaign_count(look()), 1);
	cr_assert_eq(view_rule_count(reading.view), 2);
	cr_assert_eq(view_seat_count(reading.view), 2);
	reading_close(&reading);
}

Test(admin, warns_of_rules_for_a_campaign_that_is_not_there)
{
	rig_take(verb_rules, "rules", "load",
	    "data/scenes/makassar-2023/rules.yaml");
	cr_assert(rig_said("kegiatan NETRAL2024"), "%s", rig.said);
}

Test(admin, says_first_that_it_is_a_drill)
{
	import();
	cr_assert_eq(strncmp(rig.said, "LATIHAN", 7), 0, "%s", rig.said);
}

Test(admin, needs_the_clock_of_a_drill)
{
	char *file = rig_source(units);
	char *words[] = {
	    WORD("unit"), WORD("import"), file, WORD("--dir"), rig.dir, NULL};

	cr_assert_eq(rig_run(verb_unit, words), 1);
	cr_assert(rig_said("perlu --clock"), "%s", rig.said);
	free(file);
}

Test(admin, refuses_a_clock_where_it_is_no_drill)
{
	char *dir = temp_dir_path(rig.root, "real");
	char *file = rig_source(units);
	char *init[] = {WORD("init"), WORD("--dir"), dir, WORD("--wilayah"),
	    WORD("73.71"), NULL};
	char *words[] = {WORD("unit"), WORD("import"), file, WORD("--dir"), dir,
	    WORD("--clock"), rig.clock, NULL};

	cr_assert_eq(rig_run(verb_init, init), 0, "%s", rig.said);
	cr_assert_eq(rig_run(verb_unit, words), 1);
	cr_assert(rig_said("tanpa --clock"), "%s", rig.said);
	free(file);
	free(dir);
}

/* ---- invitations and nodes */

static const char *
last_line(void)
{
	size_t len = strlen(rig.said);

	cr_assert_gt(len, 1);
	cr_assert_eq(rig.said[len - 1], '\n');
	rig.said[len - 1] = '\0';
	return strrchr(rig.said, '\n') + 1;
}

Test(admin, gives_an_invitation_code_alone_on_the_last_line)
{
	const struct view_invite *invite;
	struct home_endpoints endpoints;
	struct invite_code code;
	uint8_t sha256[EVENT_HASH_SIZE];

	rig_start();
	cr_assert_eq(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.71.01")),
	    0, "%s", rig.said);
	cr_assert_eq(invite_code_get(&code, last_line()), OK);
	cr_assert_eq(code.kind, catalog_number(CATALOG_NODE_KIND, "collector"));
	cr_assert_str_eq(code.wilayah, "73.71.01");
	cr_assert(code.drill);
	cr_assert_eq(code.expires_ms, RIG_NOW_MS + 72ull * 3600 * 1000);
	cr_assert_eq(home_endpoints_load(&endpoints, rig.dir), OK);
	cr_assert_eq(code.endpoint_count, 1);
	cr_assert_str_eq(code.endpoints[0], endpoints.join[0]);
	invite_code_hash(&code, sha256);
	invite = view_invite(look(), sha256);
	cr_assert_not_null(invite);
	cr_assert_eq(invite->invited.expires_ms, code.expires_ms);
	reading_close(&reading);
}

Test(admin, gives_each_invitation_its_own_secret)
{
	struct invite_code codes[2];

	for (int i = 0; i < 2; i++) {
		cr_assert_eq(RIG_RUN(verb_node, WORD("node"), WORD("invite"),
				 WORD("73.71.01"), WORD("--endpoint"),
				 WORD("tcp://contoh.id:7302")),
		    0, "%s", rig.said);
		cr_assert_eq(invite_code_get(&codes[i], last_line()), OK);
		cr_assert_str_eq(codes[i].endpoints[0], "tcp://contoh.id:7302");
	}
	cr_assert_neq(
	    memcmp(codes[0].secret, codes[1].secret, sizeof codes[0].secret),
	    0);
}

Test(admin, keeps_no_code_in_the_region)
{
	struct invite_code code;
	char *path = temp_dir_path(rig.dir, "admin/spool/data.mdb");
	static uint8_t data[1 << 22];
	ssize_t len;
	int fd;

	cr_assert_eq(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.71.01"),
		WORD("--endpoint"), WORD("tcp://contoh.id:7302")),
	    0, "%s", rig.said);
	cr_assert_eq(invite_code_get(&code, last_line()), OK);
	fd = open(path, O_RDONLY);
	len = read(fd, data, sizeof data);
	cr_assert_gt(len, 0);
	cr_assert_null(
	    memmem(data, (size_t)len, code.secret, sizeof code.secret));
	close(fd);
	free(path);
}

Test(admin, refuses_an_invitation_outside_the_region)
{
	cr_assert_eq(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.72.01"),
		WORD("--endpoint"), WORD("tcp://contoh.id:7302")),
	    1);
	cr_assert(
	    rig_said("bukan kode wilayah di dalam 73.71"), "%s", rig.said);
}

static int
invite(const char *wilayah, const char *kind)
{
	char place[16], word[16];

	snprintf(place, sizeof place, "%s", wilayah);
	snprintf(word, sizeof word, "%s", kind);
	return RIG_RUN(verb_node, WORD("node"), WORD("invite"), place,
	    WORD("--kind"), word, WORD("--endpoint"),
	    WORD("tcp://contoh.id:7302"));
}

Test(admin, refuses_a_collector_where_the_register_has_no_unit)
{
	rig_take(verb_unit, "unit", "import", units);
	cr_assert_eq(invite("73.71.01", "collector"), 0, "%s", rig.said);
	cr_assert_eq(invite("73.71", "collector"), 0, "%s", rig.said);
	cr_assert_eq(invite("73.71.99", "collector"), 1);
	cr_assert(rig_said("satu unit pun di 73.71.99"), "%s", rig.said);
	cr_assert_eq(invite("73.71.99", "auditor"), 0, "%s", rig.said);
}

Test(admin, refuses_an_invitation_when_nobody_knows_where_to_join)
{
	cr_assert_eq(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.71.01")),
	    1);
	cr_assert(rig_said("--endpoint"), "%s", rig.said);
}

static void
first_admin(char hex[2 * EVENT_ID_SIZE + 1])
{
	hex_put(hex, view_node(look(), 0)->id, EVENT_ID_SIZE);
	reading_close(&reading);
}

Test(admin, does_not_revoke_itself)
{
	char hex[2 * EVENT_ID_SIZE + 1];

	first_admin(hex);
	cr_assert_eq(RIG_RUN(verb_node, WORD("node"), WORD("revoke"), hex,
			 WORD("--reason"), WORD("HILANG")),
	    1);
	cr_assert(rig_said("tidak dapat mencabut dirinya"), "%s", rig.said);
}

Test(admin, names_the_reasons_that_there_are)
{
	char hex[2 * EVENT_ID_SIZE + 1];

	first_admin(hex);
	cr_assert_eq(RIG_RUN(verb_node, WORD("node"), WORD("vouch"), hex,
			 WORD("--reason"), WORD("HILANG")),
	    1);
	cr_assert(rig_said("BERKAS"), "%s", rig.said);
}

/* ---- parts */

static struct unit_row *
many_units(unsigned count)
{
	struct unit_row *rows = xcalloc(count, sizeof *rows);

	for (unsigned i = 0; i < count; i++) {
		snprintf(
		    rows[i].code, sizeof rows[i].code, "UNIT-KERJA-%06u", i);
		memset(rows[i].parent, 'P', sizeof rows[i].parent - 1);
		memset(rows[i].name, 'n', sizeof rows[i].name - 1);
		rows[i].kind = 4;
		(void)text_copy(
		    rows[i].wilayah, sizeof rows[i].wilayah, "73.71.01.1001");
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++)
			rows[i].heads[k] = 1000000;
	}
	return rows;
}

Test(parts, keep_the_limits_of_an_event_and_the_order_of_rows)
{
	static uint8_t at[2 * EVENT_MAX];
	struct unit_row *rows = many_units(1000);
	struct parts parts;
	uint32_t next = 0;

	parts_make(&parts, EVENT_ROSTER_CHANGED, rows, 1000);
	parts_number(&parts, 7);
	for (unsigned i = 0; i < parts.count; i++) {
		const struct roster_changed *roster = &parts.events[i].roster;

		parts.events[i].version = EVENT_VERSION;
		parts.events[i].seq = 1;
		(void)text_copy(parts.events[i].wilayah, WILAYAH_MAX, "73.71");
		memset(parts.events[i].node, 1, EVENT_ID_SIZE);
		cr_assert_eq(event_check(&parts.events[i]), REJECT_NONE);
		cr_assert_leq(
		    wire_pack(&parts.events[i], at, sizeof at), EVENT_MAX);
		cr_assert_leq(roster->row_count, EVENT_ROWS_MAX);
		cr_assert_eq(roster->part.version, 7);
		cr_assert_eq(roster->part.part, i + 1);
		cr_assert_eq(roster->part.parts, parts.count);
		cr_assert_eq(roster->rows, rows + next);
		next += roster->row_count;
	}
	cr_assert_eq(next, 1000);
	parts_clear(&parts);
	free(rows);
}

static struct seat_row *
large_seats(unsigned count)
{
	struct seat_row *rows = xcalloc(count, sizeof *rows);

	for (unsigned i = 0; i < count; i++) {
		struct seat_row *row = &rows[i];

		snprintf(row->id, sizeof row->id, "kantor-%u", i);
		memset(row->title, 't', sizeof row->title - 1);
		row->term_count = SEAT_TERMS_MAX;
		for (unsigned k = 0; k < SEAT_TERMS_MAX; k++) {
			memset(row->terms[k].id, 'a', WORD_MAX - 1);
			row->terms[k].from_ms = RIG_NOW_MS;
		}
	}
	return rows;
}

Test(parts, of_large_rows_keep_the_limit_of_bytes)
{
	static uint8_t at[2 * EVENT_MAX];
	struct seat_row *rows = large_seats(300);
	struct parts parts;
	uint32_t count = 0;

	parts_make(&parts, EVENT_OFFICE_CHANGED, rows, 300);
	for (unsigned i = 0; i < parts.count; i++) {
		size_t len = wire_pack(&parts.events[i], at, sizeof at);

		cr_assert_gt(len, 0);
		cr_assert_leq(len, EVENT_MAX);
		count += parts.events[i].office.row_count;
	}
	cr_assert_eq(count, 300);
	cr_assert_gt(parts.count, 2);
	parts_clear(&parts);
	free(rows);
}

Test(parts, hash_the_whole)
{
	struct unit_row *rows = many_units(600);
	struct hasher *hasher = hasher_new();
	uint8_t row[512];
	struct parts parts;
	struct hash whole;

	for (unsigned i = 0; i < 600; i++)
		hasher_add(hasher, bytes_of(row, wire_pack_unit_row(&rows[i],
						     row, sizeof row)));
	whole = hasher_end(hasher);
	hasher_free(hasher);
	parts_make(&parts, EVENT_ROSTER_CHANGED, rows, 600);
	cr_assert_gt(parts.count, 2);
	for (unsigned i = 0; i < parts.count; i++)
		cr_assert_arr_eq(
		    parts.events[i].roster.part.sha256, whole.at, HASH_SIZE);
	parts_clear(&parts);
	free(rows);
}

Test(parts, of_nothing_are_one_empty_part)
{
	struct parts parts;

	parts_make(&parts, EVENT_RULES_CHANGED, NULL, 0);
	cr_assert_eq(parts.count, 1);
	cr_assert_eq(parts.events[0].rules.row_count, 0);
	cr_assert_eq(parts.events[0].rules.part.parts, 1);
	parts_clear(&parts);
}

Test(admin, records_a_roster_of_many_parts_that_takes_effect_whole)
{
	struct text_buf csv = {0};
	char *file = temp_dir_path(rig.root, "many.csv");

	text_buf_add(&csv, "kode,nama,jenis,wilayah\n");
	for (int i = 0; i < 2000; i++)
		text_buf_add(
		    &csv, "UNIT-%06d,Unit kerja nomor %d,DINAS,73.71\n", i, i);
	temp_dir_write(rig.root, "many.csv", csv.at);
	rig_start();
	cr_assert_eq(RIG_RUN(verb_unit, WORD("unit"), WORD("import"), file), 0,
	    "%s", rig.said);
	cr_assert(rig_said("2000 unit"), "%s", rig.said);
	cr_assert(rig_said("8 bagian/parts"), "%s", rig.said);
	cr_assert_eq(view_unit_count(look()), 2000);
	cr_assert_eq(view_region(reading.view)->roster_version, 1);
	reading_close(&reading);
	text_buf_clear(&csv);
	free(file);
}
