/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes of what people decide, of the calendar and of later rules:
 * written by Python's protobuf from proto/event.proto. */
#include "model/wire.h"

#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/test_model_events.h"

static const char calendar_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02ba01560a280802100118012220404142434445464748494a"
    "4b4c4d4e4f505152535455565758595a5b5c5d5e5f12060a0408b49c0112080a0608"
    "b59c011001121812160a084b414d50414e594510979c0118d29c0120022801";
static const char extended_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02ba02370a0b50494c4b41444132303234120c504b4d2d4241"
    "4e474b414c412080e8abb4a5322a084a4152494e47414e3209422f31322d32303234";
static const char excused_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02c202300a0b50494c4b41444132303234120c504b4d2d4241"
    "4e474b414c41180122064b4f534f4e472a09422f31322d32303234";
static const char alert_closed_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02ca02240a10404142434445464748494a4b4c4d4e4f12054e"
    "594154411a09422f31322d32303234";
static const char campaign_closed_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02d202180a0b50494c4b414441323032341209422f31322d32"
    "303234";
static const char acknowledged_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac029a022f0a10404142434445464748494a4b4c4d4e4f104d1a"
    "066275706174692204706a2d312a046c696e6b3080e8abb4a532";
static const char silenced_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02a2024e0a10404142434445464748494a4b4c4d4e4f120542"
    "454c554d1a0537332e303422066275706174692880e8abb4a532320944494b455441"
    "4855493a09422f31322d32303234420573656b64614801";
static const char escalated_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02aa02240a10404142434445464748494a4b4c4d4e4f104d1a"
    "066275706174692204706a2d312802";
static const char rules_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018092080b5ddaca4322a0837332e"
    "30342e3031300138ac02c201fd010a28080210011801222040414243444546474849"
    "4a4b4c4d4e4f505152535455565758595a5b5c5d5e5f122f0a0553554e5949120d6e"
    "6f64655f73696c656e742f31180130033a130a0537332e303410061880a8cc7b2080"
    "b89929122c0a0654454c414148120f636173655f646561646c696e652f311801420f"
    "08031007180220022a050a0341504b121a0a055345524255120762757273742f3118"
    "014a06081410c0cf24121e0a0652414e544149120e636861696e5f62726f6b656e2f"
    "3118023001520012360a0542454c554d1210756e7369676e65645f756e6974732f31"
    "180122190a0b50494c4b41444132303234100420053001420208025002";
static const char verdict_hex[] =
    "08012080b5ddaca4322a0837332e30342e3031300138ac02c203730a104041424344"
    "45464748494a4b4c4d4e4f120654454c4141481a0f636173655f646561646c696e65"
    "2f31200228013808420a4b415355532d332d31375206646179735f3758016080e8ab"
    "b4a532720a08015802600368047009b80102ca010837332e30342e3031d00180d881"
    "aba432d80103";

static struct wire *wire;
static struct sample sample;
static struct event event;
static uint8_t packed[1024];

static void
setup(void)
{
	wire = wire_new();
}

static void
teardown(void)
{
	wire_free(wire);
}

TestSuite(golden, .init = setup, .fini = teardown);

static struct bytes
bytes_of_hex(const char *hex)
{
	static uint8_t bytes[1024];
	size_t len = strlen(hex) / 2;

	cr_assert_eq(hex_get(bytes, len, hex), OK);
	return bytes_of(bytes, len);
}

/* 0x01, 0x02, ... or 0x40, 0x41, ... */
static void
count_up(uint8_t *at, size_t len, uint8_t from)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(from + i);
}

static struct event golden;

static void
make_frame(enum event_kind kind, uint64_t seq, uint64_t seen)
{
	memset(&golden, 0, sizeof golden);
	golden.version = 1;
	golden.seq = seq;
	golden.recorded_at_ms = 1727744400000;
	text_copy(golden.wilayah, sizeof golden.wilayah, "73.04.01");
	golden.seen_epoch = 1;
	golden.seen_size = seen;
	golden.kind = kind;
	count_up(golden.node, sizeof golden.node, 1);
}

static void
expect_hex(const char *expected)
{
	char hex[1024];
	size_t len = wire_pack(&golden, packed, sizeof packed);

	cr_assert_lt(2 * len, sizeof hex);
	hex_put(hex, packed, len);
	cr_expect_str_eq(hex, expected);
}

static void
make_body(enum event_kind kind)
{
	make_frame(kind, 9, 300);
	sample = (struct sample){0};
}

/* Packs `golden` into the bytes, and the bytes come back as it. */
static void
expect_golden(const char *hex)
{
	size_t len = strlen(hex) / 2;

	expect_hex(hex);
	cr_assert_eq(wire_unpack(wire, bytes_of_hex(hex), &event), REJECT_NONE);
	cr_expect_eq(wire_pack(&event, packed, sizeof packed), len);
	cr_expect_arr_eq(packed, bytes_of_hex(hex).at, len);
}

#define PUT(field, text) text_copy(golden.field, sizeof golden.field, text)

static struct part
golden_part(void)
{
	struct part part = {.version = 2, .part = 1, .parts = 1};

	count_up(part.sha256, sizeof part.sha256, 0x40);
	return part;
}

Test(golden, packs_a_calendar_into_the_golden_bytes)
{
	struct calendar_row *rows = sample.calendar;

	make_body(EVENT_CALENDAR_CHANGED);
	rows[0].kind = rows[1].kind = CALENDAR_HOLIDAY;
	rows[0].holiday.day = 20020;
	rows[1].holiday = (struct holiday){20021, true};
	rows[2].kind = CALENDAR_STAGE;
	rows[2].stage =
	    (struct calendar_stage){"KAMPANYE", 19991, 20050, 2, true};
	golden.calendar = (struct calendar_changed){golden_part(), 3, rows};
	expect_golden(calendar_hex);
}

Test(golden, packs_what_people_decide_into_the_golden_bytes)
{
	make_body(EVENT_DEADLINE_EXTENDED);
	PUT(extended.campaign, "PILKADA2024");
	PUT(extended.unit, "PKM-BANGKALA");
	golden.extended.until_ms = 1728028800000;
	PUT(extended.reason, "JARINGAN");
	PUT(extended.reference, "B/12-2024");
	expect_golden(extended_hex);
	make_body(EVENT_UNIT_EXCUSED);
	PUT(excused.campaign, "PILKADA2024");
	PUT(excused.unit, "PKM-BANGKALA");
	golden.excused.lifted = true;
	PUT(excused.reason, "KOSONG");
	PUT(excused.reference, "B/12-2024");
	expect_golden(excused_hex);
	make_body(EVENT_ALERT_CLOSED);
	count_up(golden.alert_closed.alert, EVENT_ID_SIZE, 0x40);
	PUT(alert_closed.reason, "NYATA");
	PUT(alert_closed.reference, "B/12-2024");
	expect_golden(alert_closed_hex);
	make_body(EVENT_CAMPAIGN_CLOSED);
	PUT(campaign_closed.campaign, "PILKADA2024");
	PUT(campaign_closed.reference, "B/12-2024");
	expect_golden(campaign_closed_hex);
}

Test(golden, packs_what_becomes_of_an_alert_into_the_golden_bytes)
{
	make_body(EVENT_ALERT_ACKNOWLEDGED);
	count_up(golden.acknowledged.alert, EVENT_ID_SIZE, 0x40);
	golden.acknowledged.verdict = 77;
	PUT(acknowledged.seat, "bupati");
	PUT(acknowledged.term, "pj-1");
	PUT(acknowledged.channel, "link");
	golden.acknowledged.until_ms = 1728028800000;
	expect_golden(acknowledged_hex);
	make_body(EVENT_ALERT_SILENCED);
	count_up(golden.silenced.alert, EVENT_ID_SIZE, 0x40);
	PUT(silenced.rule, "BELUM");
	PUT(silenced.wilayah, "73.04");
	PUT(silenced.seat, "bupati");
	golden.silenced.until_ms = 1728028800000;
	PUT(silenced.reason, "DIKETAHUI");
	PUT(silenced.reference, "B/12-2024");
	PUT(silenced.author, "sekda");
	golden.silenced.lifted = true;
	expect_golden(silenced_hex);
	make_body(EVENT_ALERT_ESCALATED);
	count_up(golden.escalated.alert, EVENT_ID_SIZE, 0x40);
	golden.escalated.verdict = 77;
	PUT(escalated.seat, "bupati");
	PUT(escalated.term, "pj-1");
	golden.escalated.step = 2;
	expect_golden(escalated_hex);
}

static void
make_rule(struct rule_row *row, const char *id, enum rule_kind kind)
{
	text_copy(row->id, sizeof row->id, id);
	row->kind = kind;
	row->tell = 1;
}

Test(golden, packs_rules_of_the_later_kinds_into_the_golden_bytes)
{
	struct rule_row *rows = sample.rules;

	make_body(EVENT_RULES_CHANGED);
	make_rule(&rows[0], "SUNYI", RULE_NODE_SILENT_1);
	rows[0].severity = 3;
	rows[0].node_silent =
	    (struct node_silent){"73.04", 6, 259200000, 86400000};
	make_rule(&rows[1], "TELAAH", RULE_CASE_DEADLINE_1);
	rows[1].case_deadline = (struct case_deadline){3, 7, 2, 2, 1, {"APK"}};
	make_rule(&rows[2], "SERBU", RULE_BURST_1);
	rows[2].burst = (struct burst){20, 600000};
	make_rule(&rows[3], "RANTAI", RULE_CHAIN_BROKEN_1);
	rows[3].tell = 2;
	rows[3].severity = 1;
	make_rule(&rows[4], "BELUM", RULE_UNSIGNED_UNITS_1);
	rows[4].unsigned_units =
	    (struct unsigned_units){.campaign = "PILKADA2024",
		.scope = 4,
		.min_units = 5,
		.counts = 1,
		.mark_count = 1,
		.at = {{2, 0}},
		.clear_units = 2};
	golden.rules = (struct rules_changed){golden_part(), 5, rows};
	expect_golden(rules_hex);
}

Test(golden, packs_a_verdict_on_a_case_into_the_golden_bytes)
{
	struct verdict *verdict = &golden.verdict;

	make_body(EVENT_ALERT_OPENED);
	memset(golden.node, 0, sizeof golden.node);
	golden.seq = 0;
	count_up(verdict->alert, EVENT_ID_SIZE, 0x40);
	PUT(verdict.rule, "TELAAH");
	verdict->kind = RULE_CASE_DEADLINE_1;
	verdict->rules_version = 2;
	verdict->tell = 1;
	verdict->scope = 8;
	PUT(verdict.object, "KASUS-3-17");
	PUT(verdict.occasion, "days_7");
	verdict->opening = 1;
	verdict->judged_at_ms = 1728028800000;
	verdict->figures = (struct figures){
	    .expected = 1, .excused = 2, .extended = 3, .nodes = 4, .days = 9};
	verdict->severity = 2;
	PUT(verdict.place, "73.04.01");
	verdict->since_ms = 1727740800000;
	verdict->step = 3;
	expect_golden(verdict_hex);
}
