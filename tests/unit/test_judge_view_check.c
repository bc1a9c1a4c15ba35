/* SPDX-License-Identifier: Apache-2.0 */
/* Who may decide what on campaigns, units and alerts; and the calendar. */
#include "judge/view_parts.h"
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0 };

struct scene {
	struct story *story;
	unsigned first, notifier, reviewer, local; /* an admin of 73.71.01 */
	uint8_t alert[EVENT_ID_SIZE];
};

/* One alert is open: the head of A1 has not signed. */
static struct scene
scene_new(void)
{
	struct scene scene = {.story = story_new("73.71")};
	struct unit_row units[] = {
	    a_unit("A1", "73.71.01.1001", 10), a_unit("B1", "73.71.02", 10)};
	struct campaign_row campaign = a_campaign("PILKADA");
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);

	scene.first = story_node(scene.story, KIND_COLLECTOR, "73.71.01");
	scene.notifier = story_node(scene.story, KIND_NOTIFIER, "73.71");
	scene.reviewer = story_node(scene.story, KIND_REVIEWER, "73.71");
	scene.local = story_node(scene.story, NODE_ADMIN, "73.71.01");
	story_roster(scene.story, units, 2);
	story_campaigns(scene.story, &campaign, 1);
	story_rules(scene.story, &rule, 1);
	story_until(scene.story, STORY_START + UINT64_C(10) * STORY_DAY);
	story_report(scene.story, scene.first);
	story_until(scene.story, STORY_START + UINT64_C(11) * STORY_DAY);
	for (unsigned n = 0; n < scene.story->node_count; n++)
		if (n != scene.local)
			story_sync(scene.story, n);
	cr_assert(view_alert_count(scene.story->view) == 1);
	memcpy(
	    scene.alert, view_alert(scene.story->view, 0)->id, EVENT_ID_SIZE);
	return scene;
}

/* Several at once may be wrong: each is tried alone. */
static void
expect(struct scene *scene, unsigned by, struct event event, enum reject word)
{
	enum reject found = story_record(scene->story, by, &event);

	cr_expect(found == word, "%s of %u: %s, not %s",
	    event_kind_name(event.kind), by, reject_word(found),
	    reject_word(word));
}

#define PUT(field, text) (void)text_copy(field, sizeof(field), text)

static struct event
an_extension(const char *unit, const char *wilayah)
{
	struct event event = {.kind = EVENT_DEADLINE_EXTENDED};

	PUT(event.extended.campaign, "PILKADA");
	PUT(event.extended.unit, unit);
	PUT(event.extended.wilayah, wilayah);
	event.extended.until_ms = STORY_START + UINT64_C(30) * STORY_DAY;
	PUT(event.extended.reason, "BENCANA");
	return event;
}

static struct event
an_excuse(const char *unit, const char *campaign)
{
	struct event event = {.kind = EVENT_UNIT_EXCUSED};

	PUT(event.excused.campaign, campaign);
	PUT(event.excused.unit, unit);
	PUT(event.excused.reason, "DILEBUR");
	return event;
}

static struct event
a_campaign_end(const char *campaign)
{
	struct event event = {.kind = EVENT_CAMPAIGN_CLOSED};

	PUT(event.campaign_closed.campaign, campaign);
	return event;
}

static struct event
an_end(const struct scene *scene)
{
	struct event event = {.kind = EVENT_ALERT_CLOSED};

	memcpy(event.alert_closed.alert, scene->alert, EVENT_ID_SIZE);
	PUT(event.alert_closed.reason, "SELESAI");
	return event;
}

static struct event
an_acknowledgement(const struct scene *scene)
{
	struct event event = {.kind = EVENT_ALERT_ACKNOWLEDGED};

	memcpy(event.acknowledged.alert, scene->alert, EVENT_ID_SIZE);
	event.acknowledged.verdict = 1;
	PUT(event.acknowledged.seat, "bupati");
	PUT(event.acknowledged.channel, "link");
	event.acknowledged.until_ms = STORY_START;
	return event;
}

static struct event
an_escalation(const struct scene *scene)
{
	struct event event = {.kind = EVENT_ALERT_ESCALATED};

	memcpy(event.escalated.alert, scene->alert, EVENT_ID_SIZE);
	event.escalated.verdict = 1;
	PUT(event.escalated.seat, "bupati");
	event.escalated.step = 1;
	return event;
}

static struct event
a_silence(const char *wilayah)
{
	struct event event = {.kind = EVENT_ALERT_SILENCED};

	PUT(event.silenced.rule, "BELUM");
	PUT(event.silenced.wilayah, wilayah);
	event.silenced.until_ms = STORY_START;
	PUT(event.silenced.reason, "LATIHAN");
	PUT(event.silenced.author, "sekda");
	return event;
}

Test(view_check, lets_admins_extend_and_excuse_within_their_wilayah)
{
	struct scene scene = scene_new();

	expect(&scene, ADMIN, an_extension("A1", ""), REJECT_NONE);
	expect(&scene, ADMIN, an_extension("", "73.71.02"), REJECT_NONE);
	expect(&scene, scene.local, an_extension("A1", ""), REJECT_NONE);
	expect(&scene, scene.local, an_extension("B1", ""), REJECT_PREFIX);
	expect(&scene, scene.local, an_extension("", "73.71"), REJECT_PREFIX);
	expect(&scene, ADMIN, an_extension("X1", ""), REJECT_UNKNOWN_UNIT);
	expect(&scene, ADMIN, an_excuse("A1", "PILKADA"), REJECT_NONE);
	expect(&scene, scene.local, an_excuse("B1", "PILKADA"), REJECT_PREFIX);
	expect(&scene, ADMIN, an_excuse("X1", "PILKADA"), REJECT_UNKNOWN_UNIT);
	expect(
	    &scene, ADMIN, an_excuse("A1", "PEMILU"), REJECT_UNKNOWN_CAMPAIGN);
	expect(&scene, scene.first, an_extension("A1", ""), REJECT_KIND);
	expect(&scene, scene.reviewer, an_excuse("A1", "PILKADA"), REJECT_KIND);
	story_free(scene.story);
}

static struct event
an_invitation(uint32_t kind, const char *wilayah)
{
	struct event event = {.kind = EVENT_NODE_INVITED};

	memset(event.invited.code_sha256, 7, EVENT_HASH_SIZE);
	event.invited.kind = kind;
	PUT(event.invited.wilayah, wilayah);
	event.invited.expires_ms = STORY_START + STORY_DAY;
	return event;
}

/* What reaches beyond a wilayah is for those above it. */
Test(view_check,
    an_admin_of_a_kecamatan_holds_back_and_invites_no_more_than_that)
{
	struct scene scene = scene_new();
	struct event of_alert = a_silence("");

	memcpy(of_alert.silenced.alert, scene.alert, EVENT_ID_SIZE);
	expect(&scene, ADMIN, a_silence(""), REJECT_NONE);
	expect(&scene, scene.local, a_silence(""), REJECT_PREFIX);
	expect(&scene, scene.local, a_silence("73.71.01"), REJECT_NONE);
	/* The alert is on the whole region. */
	expect(&scene, scene.local, of_alert, REJECT_PREFIX);
	expect(&scene, ADMIN, of_alert, REJECT_NONE);
	expect(&scene, scene.local, an_invitation(1, "73.71.01"), REJECT_NONE);
	expect(
	    &scene, scene.local, an_invitation(4, "73.71.01"), REJECT_PREFIX);
	expect(&scene, ADMIN, an_invitation(4, "73.71.01"), REJECT_NONE);
	story_free(scene.story);
}

Test(view_check, lets_an_admin_of_the_whole_region_close_a_campaign)
{
	struct scene scene = scene_new();

	expect(&scene, ADMIN, a_campaign_end("PILKADA"), REJECT_NONE);
	expect(
	    &scene, ADMIN, a_campaign_end("PEMILU"), REJECT_UNKNOWN_CAMPAIGN);
	expect(&scene, scene.local, a_campaign_end("PILKADA"), REJECT_PREFIX);
	expect(&scene, scene.notifier, a_campaign_end("PILKADA"), REJECT_KIND);
	story_free(scene.story);
}

Test(view_check, lets_admins_and_reviewers_close_an_alert_that_is_known)
{
	struct scene scene = scene_new();

	expect(&scene, ADMIN, an_end(&scene), REJECT_NONE);
	expect(&scene, scene.reviewer, an_end(&scene), REJECT_NONE);
	expect(&scene, scene.notifier, an_end(&scene), REJECT_KIND);
	expect(&scene, scene.first, an_end(&scene), REJECT_KIND);
	/* It lies in the whole region, not in this one's wilayah. */
	expect(&scene, scene.local, an_end(&scene), REJECT_PREFIX);
	scene.alert[0] ^= 1;
	expect(&scene, ADMIN, an_end(&scene), REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

Test(view_check, takes_real_and_made_up_as_reasons_of_bursts_alone)
{
	struct scene scene = scene_new();
	struct event real = an_end(&scene), made_up = an_end(&scene);

	PUT(real.alert_closed.reason, "NYATA");
	PUT(made_up.alert_closed.reason, "BUATAN");
	expect(&scene, ADMIN, real, REJECT_FIELD);
	expect(&scene, scene.reviewer, made_up, REJECT_FIELD);
	PUT(made_up.alert_closed.reason, "KELIRU");
	expect(&scene, ADMIN, made_up, REJECT_NONE);
	story_free(scene.story);
}

/* All that may be said of an alert, by whoever may say it. */
static void
expect_of_alert(
    struct scene *scene, unsigned admin, unsigned notifier, enum reject word)
{
	struct event silence = a_silence("");

	memcpy(silence.silenced.alert, scene->alert, EVENT_ID_SIZE);
	expect(scene, admin, an_end(scene), word);
	expect(scene, admin, silence, word);
	expect(scene, notifier, an_acknowledgement(scene), word);
	expect(scene, notifier, an_escalation(scene), word);
}

static void
recover(struct scene *scene)
{
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_LOG_RECOVERED,
	    .recovered = {.old_origin = "ikrar/73.71/1",
		.origin = "ikrar/73.71/2",
		.root = {1},
		.entries = view_size(scene->story->view)}};

	(void)story_input(scene->story, AUTHOR_LOG, &event);
}

/* Who writes without having seen any head might else speak of alerts that
 * never were. */
Test(view_check, wants_a_known_alert_of_who_has_seen_no_head_and_lost_none)
{
	struct scene scene = scene_new();
	unsigned notifier = story_node(scene.story, KIND_NOTIFIER, "73.71");

	scene.alert[0] ^= 1;
	cr_assert_eq(scene.story->nodes[scene.local].seen, 0);
	expect_of_alert(&scene, scene.local, notifier, REJECT_UNKNOWN_RECORD);
	recover(&scene);
	/* Now it may be one that was lost. */
	expect_of_alert(&scene, scene.local, notifier, REJECT_NONE);
	expect_of_alert(&scene, ADMIN, scene.notifier, REJECT_NONE);
	/* But not to those who came later, while they know no epoch. */
	scene.local = story_node(scene.story, NODE_ADMIN, "73.71");
	notifier = story_node(scene.story, KIND_NOTIFIER, "73.71");
	expect_of_alert(&scene, scene.local, notifier, REJECT_UNKNOWN_RECORD);
	/* Who joins again under its keys has seen the epoch that was lost. */
	scene.story->nodes[notifier].seen = 5;
	expect(&scene, notifier, an_acknowledgement(&scene), REJECT_NONE);
	story_free(scene.story);
}

Test(view_check, lets_notifiers_tell_what_becomes_of_an_alert)
{
	struct scene scene = scene_new();
	struct event later = an_acknowledgement(&scene);

	expect(&scene, scene.notifier, an_acknowledgement(&scene), REJECT_NONE);
	expect(&scene, scene.notifier, an_escalation(&scene), REJECT_NONE);
	expect(&scene, ADMIN, an_acknowledgement(&scene), REJECT_KIND);
	expect(&scene, ADMIN, an_escalation(&scene), REJECT_KIND);
	later.acknowledged.verdict = view_size(scene.story->view);
	expect(&scene, scene.notifier, later, REJECT_UNKNOWN_RECORD);
	scene.alert[0] ^= 1;
	expect(&scene, scene.notifier, an_acknowledgement(&scene),
	    REJECT_UNKNOWN_RECORD);
	expect(&scene, scene.notifier, an_escalation(&scene),
	    REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

Test(view_check, lets_notifiers_and_admins_silence_within_their_wilayah)
{
	struct scene scene = scene_new();
	struct event unknown = a_silence("");

	expect(&scene, scene.notifier, a_silence(""), REJECT_NONE);
	expect(&scene, ADMIN, a_silence("73.71.02"), REJECT_NONE);
	expect(&scene, scene.local, a_silence("73.71.02"), REJECT_PREFIX);
	expect(&scene, scene.reviewer, a_silence(""), REJECT_KIND);
	unknown.silenced.alert[0] = 1;
	expect(&scene, ADMIN, unknown, REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

/* ---- the calendar */

static const struct calendar_row rows[] = {
    {CALENDAR_HOLIDAY, .holiday = {20020, false}},
    {CALENDAR_HOLIDAY, .holiday = {20021, true}},
    {CALENDAR_STAGE, .stage = {"KAMPANYE", 19991, 20050, 2, true}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static struct event
a_calendar(uint32_t version, const struct calendar_row *at, uint32_t count)
{
	struct event event = {.kind = EVENT_CALENDAR_CHANGED};
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (uint32_t i = 0; i < count; i++) {
		uint8_t row[512];

		hasher_add(hasher, bytes_of(row, wire_pack_calendar_row(
						     &at[i], row, sizeof row)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	event.calendar.part =
	    (struct part){.version = version, .part = 1, .parts = 1};
	memcpy(event.calendar.part.sha256, hash.at, HASH_SIZE);
	event.calendar.rows = at;
	event.calendar.row_count = count;
	return event;
}

Test(view_check, wants_calendars_of_an_admin_of_the_whole_region_in_order)
{
	struct scene scene = scene_new();
	struct calendar_row twice[] = {rows[2], rows[2]};
	struct calendar_row back[] = {rows[1], rows[0]};

	expect(&scene, scene.local, a_calendar(1, rows, ROWS), REJECT_PREFIX);
	expect(&scene, scene.reviewer, a_calendar(1, rows, ROWS), REJECT_KIND);
	expect(&scene, ADMIN, a_calendar(2, rows, ROWS), REJECT_VERSION_ORDER);
	expect(&scene, ADMIN, a_calendar(1, twice, 2), REJECT_FIELD);
	expect(&scene, ADMIN, a_calendar(1, back, 2), REJECT_FIELD);
	expect(&scene, ADMIN, a_calendar(1, rows, ROWS), REJECT_NONE);
	expect(&scene, ADMIN, a_calendar(1, rows, ROWS), REJECT_VERSION_ORDER);
	story_free(scene.story);
}

Test(view_check, bounds_a_calendar)
{
	static struct calendar_row many[CALENDAR_MAX + 1];
	struct scene scene = scene_new();
	struct event event;

	for (uint32_t i = 0; i <= CALENDAR_MAX; i++)
		many[i] = (struct calendar_row){
		    CALENDAR_HOLIDAY, .holiday = {i + 1, false}};
	event = a_calendar(1, many, CALENDAR_MAX + 1);
	event.calendar.part.parts = 9;
	event.calendar.row_count = EVENT_ROWS_MAX;
	for (; event.calendar.part.part < 9; event.calendar.part.part++) {
		expect(&scene, ADMIN, event, REJECT_NONE);
		event.calendar.rows += EVENT_ROWS_MAX;
	}
	event.calendar.row_count = 1;
	expect(&scene, ADMIN, event, REJECT_OVERSIZE);
	story_free(scene.story);
}

Test(view_check, keeps_the_calendar_in_force_across_saving_and_loading)
{
	struct scene scene = scene_new();
	struct view *loaded = view_new();
	struct text_buf saved = {0};

	expect(&scene, ADMIN, a_calendar(1, rows, 1), REJECT_NONE);
	expect(&scene, ADMIN, a_calendar(2, rows, ROWS), REJECT_NONE);
	view_save(scene.story->view, &saved);
	cr_assert(view_load(loaded, bytes_of(saved.at, saved.len)) == OK);
	cr_expect(view_region(loaded)->calendar_version == 2);
	cr_assert(view_calendar_count(loaded) == ROWS);
	cr_expect(view_calendar_row(loaded, 1)->holiday.collective_leave);
	cr_expect_str_eq(view_calendar_row(loaded, 2)->stage.id, "KAMPANYE");
	cr_expect(view_calendar_row(loaded, 2)->stage.to_day == 20050);
	text_buf_clear(&saved);
	view_free(loaded);
	story_free(scene.story);
}

/* Nobody judges by them yet; they are kept as they were written. */
Test(view_check, keeps_rules_of_every_kind)
{
	struct scene scene = scene_new();
	struct rule_row rules[] = {
	    {"A", RULE_NODE_SILENT_1, 1, 3, .node_silent = {"73", 2, 9, 8}},
	    {"B", RULE_CASE_DEADLINE_1, 1, 0,
		.case_deadline = {3, 7, 2, 1, 1, {"APK"}}},
	    {"C", RULE_BURST_1, 1, 1, .burst = {20, 60000}},
	    {"D", RULE_CHAIN_BROKEN_1, 1, 2, .chain_broken = {60000}},
	    a_repeat_rule("E", SCOPE_ACT, 1),
	    a_repeat_rule("F", SCOPE_SUBJECT, 1)};
	const struct view *view = scene.story->view;

	story_rules(scene.story, rules, 6);
	cr_assert(view_rule_count(view) == 6);
	cr_expect(view_rule(view, 0)->severity == 3);
	cr_expect(view_rule(view, 0)->node_silent.sensitive_after_ms == 8);
	cr_expect_str_eq(view_rule(view, 1)->case_deadline.acts[0], "APK");
	cr_expect(view_rule(view, 2)->burst.within_ms == 60000);
	cr_expect(view_rule(view, 3)->chain_broken.clock_ms == 60000);
	cr_expect(rule_scope(view_rule(view, 1)) == SCOPE_CASE);
	story_free(scene.story);
}
