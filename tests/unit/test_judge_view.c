/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/view_parts.h"
#include "model/row.h"
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0 };

/* Two kecamatan with a collector each, three units, one campaign. */
struct scene {
	struct story *story;
	unsigned first, second, notifier, reviewer;
};

static struct scene
scene_new(void)
{
	struct scene scene = {.story = story_new("73.71")};
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10),
	    a_unit("A2", "73.71.01", 4), a_unit("B1", "73.71.02.1001", 10)};
	struct campaign_row campaign = a_campaign("PILKADA");

	scene.first = story_node(scene.story, KIND_COLLECTOR, "73.71.01");
	scene.second = story_node(scene.story, KIND_COLLECTOR, "73.71.02");
	scene.notifier = story_node(scene.story, KIND_NOTIFIER, "73.71");
	scene.reviewer = story_node(scene.story, KIND_REVIEWER, "73.71");
	story_roster(scene.story, units, 3);
	story_campaigns(scene.story, &campaign, 1);
	return scene;
}

#define REFUSES(scene, by, body, want)                                        \
	do {                                                                  \
		struct event tried = (body);                                  \
		enum reject said_word =                                       \
		    story_record((scene).story, (by), &tried);                \
		cr_expect(said_word == (want), "%s", reject_word(said_word)); \
	} while (0)

/* ---- view_check */

Test(view, takes_a_pledge_of_a_collector_for_its_own_unit)
{
	struct scene scene = scene_new();

	REFUSES(scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_NONE);
	story_free(scene.story);
}

Test(view, refuses_kinds_that_are_not_the_nodes)
{
	struct scene scene = scene_new();
	struct event review = a_review(scene.story, 1, 1, "DITERIMA");

	REFUSES(scene, ADMIN, a_pakta("A1", STORY_START, 1), REJECT_KIND);
	REFUSES(
	    scene, scene.notifier, a_pakta("A1", STORY_START, 1), REJECT_KIND);
	REFUSES(
	    scene, scene.reviewer, an_incident("A1", "APK", 0, 0), REJECT_KIND);
	REFUSES(scene, scene.first, review, REJECT_KIND);
	REFUSES(scene, ADMIN, review, REJECT_KIND);
	story_free(scene.story);
}

Test(view, lets_every_node_report)
{
	struct scene scene = scene_new();

	for (unsigned n = 0; n < scene.story->node_count; n++)
		story_report(scene.story, n);
	story_free(scene.story);
}

Test(view, refuses_what_lies_outside_the_nodes_wilayah)
{
	struct scene scene = scene_new();
	struct event other = a_pakta("A1", STORY_START, 1);

	REFUSES(
	    scene, scene.first, a_pakta("B1", STORY_START, 1), REJECT_PREFIX);
	(void)text_copy(other.wilayah, WILAYAH_MAX, "73.71.02");
	REFUSES(scene, scene.first, other, REJECT_PREFIX);
	(void)text_copy(other.wilayah, WILAYAH_MAX, "73.71.011");
	cr_expect(wilayah_level(other.wilayah) == WILAYAH_NONE);
	story_free(scene.story);
}

Test(view, refuses_unknown_units_and_campaigns)
{
	struct scene scene = scene_new();
	struct event other = a_pakta("A1", STORY_START, 1);

	REFUSES(scene, scene.first, a_pakta("A9", STORY_START, 1),
	    REJECT_UNKNOWN_UNIT);
	(void)text_copy(other.pledge.campaign, CODE_MAX, "PEMILU");
	REFUSES(scene, scene.first, other, REJECT_UNKNOWN_CAMPAIGN);
	story_free(scene.story);
}

Test(view, refuses_a_unit_that_left_the_roster)
{
	struct scene scene = scene_new();
	struct unit_row left = a_unit("A2", "73.71.01", 4);

	story_roster(scene.story, &left, 1);
	REFUSES(scene, scene.first, a_pakta("A1", STORY_START, 1),
	    REJECT_UNKNOWN_UNIT);
	REFUSES(scene, scene.first, a_pakta("A2", STORY_START, 1), REJECT_NONE);
	cr_expect(view_unit_count(scene.story->view) == 3);
	cr_expect(!view_unit_by_code(scene.story->view, "A1")->is_active);
	story_free(scene.story);
}

Test(view, refuses_dates_after_tomorrow_and_before_five_years)
{
	struct scene scene = scene_new();
	/* 08.00 WITA: tomorrow ends 40 hours later. */
	uint64_t tomorrow = STORY_START + 40 * (uint64_t)STORY_HOUR;
	uint64_t years_ago = STORY_START - 1826 * (uint64_t)STORY_DAY;

	REFUSES(
	    scene, scene.first, a_pakta("A1", tomorrow - 1, 1), REJECT_NONE);
	REFUSES(scene, scene.first, a_pakta("A1", tomorrow, 1), REJECT_TIME);
	REFUSES(scene, scene.first, a_pakta("A1", years_ago, 1), REJECT_NONE);
	REFUSES(scene, scene.first, a_pakta("A1", years_ago - STORY_DAY, 1),
	    REJECT_TIME);
	REFUSES(
	    scene, scene.first, an_incident("A1", "APK", 1, 1), REJECT_NONE);
	REFUSES(
	    scene, scene.first, an_incident("A1", "APK", 2, 2), REJECT_TIME);
	REFUSES(scene, scene.first, an_incident("A1", "APK", -1827, 0),
	    REJECT_TIME);
	story_free(scene.story);
}

Test(view, refuses_a_seen_size_beyond_the_log)
{
	struct scene scene = scene_new();
	struct event event = a_pakta("A1", STORY_START, 1);

	event.seen_epoch = 1;
	event.seen_size = view_size(scene.story->view) + 1;
	REFUSES(scene, scene.first, event, REJECT_IDENTITY);
	event.seen_size--;
	REFUSES(scene, scene.first, event, REJECT_NONE);
	story_free(scene.story);
}

/* A row has 32 bits for each. */
Test(view, refuses_what_comes_after_four_thousand_million_entries)
{
	struct scene scene = scene_new();
	struct story_node *node = &scene.story->nodes[scene.first];
	struct event withdrawn = {.kind = EVENT_WITHDRAWN,
	    .withdrawn = {
		.target = {.seq = UINT32_MAX}, .reason = "SALAH_INPUT"}};

	node->seq = UINT32_MAX;
	REFUSES(
	    scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_OVERSIZE);
	node->seq--;
	REFUSES(scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_NONE);
	node->seq = 0;
	REFUSES(scene, scene.first, withdrawn, REJECT_NONE);
	scene.story->view->size = UINT32_MAX;
	REFUSES(scene, scene.second, a_pakta("B1", STORY_START, 1),
	    REJECT_OVERSIZE);
	story_free(scene.story);
}

Test(view, refuses_records_after_the_lock_unless_the_node_had_not_seen_it)
{
	struct scene scene = scene_new();
	struct event late = a_pakta("A1", STORY_START, 1);

	story_sync(scene.story, scene.first);
	story_until(scene.story, STORY_START + UINT64_C(25) * STORY_DAY);
	story_take(scene.story, scene.first, &late);
	story_sync(scene.story, scene.first);
	REFUSES(
	    scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_LOCKED);
	REFUSES(scene, ADMIN, a_withdrawal(scene.story, scene.first, 1),
	    REJECT_LOCKED);
	story_free(scene.story);
}

Test(view, lets_an_extension_open_a_locked_campaign)
{
	struct scene scene = scene_new();
	struct campaign_row longer = a_campaign("PILKADA");

	story_until(scene.story, STORY_START + UINT64_C(25) * STORY_DAY);
	story_sync(scene.story, scene.first);
	REFUSES(
	    scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_LOCKED);
	longer.lock_ms = STORY_START + UINT64_C(40) * STORY_DAY;
	story_campaigns(scene.story, &longer, 1);
	REFUSES(scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_NONE);
	story_free(scene.story);
}

Test(view, lets_the_owner_an_admin_and_a_later_node_change_a_record)
{
	struct scene scene = scene_new();
	struct event made = a_pakta("A1", STORY_START, 3);
	struct event less = a_pakta("A1", STORY_START, 2);
	unsigned later;

	story_take(scene.story, scene.first, &made);
	later = story_node(scene.story, KIND_COLLECTOR, "73.71.01");
	REFUSES(scene, scene.second,
	    a_correction(scene.story, scene.first, 1, &less),
	    REJECT_UNKNOWN_RECORD);
	REFUSES(scene, scene.first,
	    a_correction(scene.story, scene.first, 1, &less), REJECT_NONE);
	REFUSES(scene, later, a_correction(scene.story, scene.first, 1, &less),
	    REJECT_NONE);
	REFUSES(scene, ADMIN, a_correction(scene.story, scene.first, 1, &less),
	    REJECT_NONE);
	made = a_pakta("A2", STORY_START, 1);
	story_take(scene.story, later, &made);
	REFUSES(scene, scene.first,
	    a_withdrawal(scene.story, later, scene.story->nodes[later].seq),
	    REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

Test(view, refuses_to_change_what_is_not_there_or_of_another_kind_or_gone)
{
	struct scene scene = scene_new();
	struct event made = a_pakta("A1", STORY_START, 3);
	struct event report = an_incident("A1", "APK", 0, 0);
	struct event gone;

	story_take(scene.story, scene.first, &made);
	REFUSES(scene, scene.first, a_withdrawal(scene.story, scene.first, 9),
	    REJECT_UNKNOWN_RECORD);
	REFUSES(scene, scene.first,
	    a_correction(scene.story, scene.first, 1, &report),
	    REJECT_UNKNOWN_RECORD);
	gone = a_withdrawal(scene.story, scene.first, 1);
	memset(gone.withdrawn.target.node, 0, EVENT_ID_SIZE); /* itself */
	story_take(scene.story, scene.first, &gone);
	REFUSES(scene, scene.first, a_withdrawal(scene.story, scene.first, 1),
	    REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

Test(view, finds_records_by_their_identity)
{
	struct scene scene = scene_new();
	struct event made = a_pakta("A1", STORY_START, 3);
	struct event report = an_incident("A1", "APK", 0, 0);
	struct event gone;
	struct record_id id = {.seq = 1};
	struct view_record record;

	story_take(scene.story, scene.first, &made);
	story_take(scene.story, scene.first, &report);
	memcpy(id.node, scene.story->nodes[scene.first].id, EVENT_ID_SIZE);
	cr_assert(view_record(scene.story->view, &id, &record));
	cr_expect(record.kind == EVENT_PLEDGE_MADE && !record.is_withdrawn);
	cr_expect(record.index + 2 == view_size(scene.story->view));
	gone = a_withdrawal(scene.story, scene.first, 2);
	story_take(scene.story, scene.first, &gone);
	id.seq = 2;
	cr_assert(view_record(scene.story->view, &id, &record));
	cr_expect(record.kind == EVENT_INCIDENT_REPORTED);
	cr_expect(record.is_withdrawn && !record.is_corrected);
	id.seq = 3; /* the withdrawal is no record */
	cr_expect(!view_record(scene.story->view, &id, &record));
	story_free(scene.story);
}

Test(view, bounds_the_corrections_of_one_unit)
{
	struct scene scene = scene_new();
	struct event made = a_pakta("A1", STORY_START, 3);
	enum reject word = REJECT_NONE;
	unsigned taken = 0;

	story_take(scene.story, scene.first, &made);
	for (; taken < 1000 && word == REJECT_NONE; taken++) {
		struct event again =
		    a_correction(scene.story, scene.first, 1, &made);

		word = story_record(scene.story, scene.first, &again);
	}
	cr_expect(word == REJECT_OVERSIZE);
	cr_expect(taken == 257, "%u", taken);
	story_free(scene.story);
}

Test(view, bounds_the_incidents_of_one_unit)
{
	struct scene scene = scene_new();
	enum reject word = REJECT_NONE;
	unsigned taken = 0;

	for (; taken < 2000 && word == REJECT_NONE; taken++) {
		struct event more = an_incident("A1", "APK", 0, 0);

		word = story_record(scene.story, scene.first, &more);
	}
	cr_expect(word == REJECT_OVERSIZE);
	cr_expect(taken == 1025, "%u", taken);
	story_free(scene.story);
}

Test(view, bounds_the_incidents_of_one_node)
{
	struct scene scene = scene_new();
	struct unit_row units[8];
	enum reject word = REJECT_NONE;
	unsigned taken = 0;

	for (unsigned i = 0; i < 8; i++) {
		char code[CODE_MAX];

		(void)snprintf(code, sizeof code, "U%u", i);
		units[i] = a_unit(code, "73.71.01", 1);
	}
	story_roster(scene.story, units, 8);
	for (; taken < 5000 && word == REJECT_NONE; taken++) {
		struct event more =
		    an_incident(units[taken % 8].code, "APK", 0, 0);

		word = story_record(scene.story, scene.first, &more);
	}
	cr_expect(word == REJECT_OVERSIZE);
	cr_expect(taken == 4097, "%u", taken);
	story_free(scene.story);
}

/* ---- nodes */

static struct event
about(const struct story *story, enum event_kind kind, unsigned n)
{
	struct event event = {.kind = kind};

	memcpy(event.named.node, story->nodes[n].id, EVENT_ID_SIZE);
	if (kind == EVENT_NODE_REVOKED)
		(void)text_copy(event.named.reason, REASON_MAX, "RUSAK");
	if (kind == EVENT_NODE_VOUCHED)
		(void)text_copy(event.named.reason, REASON_MAX, "BERKAS");
	return event;
}

Test(view, takes_nothing_from_a_pending_node_until_it_is_confirmed)
{
	struct scene scene = scene_new();
	unsigned n = story_enrol(scene.story, KIND_COLLECTOR, "73.71.02", true);
	struct event confirm = about(scene.story, EVENT_NODE_CONFIRMED, n);

	REFUSES(scene, n, a_pakta("B1", STORY_START, 1), REJECT_UNKNOWN_NODE);
	story_take(scene.story, ADMIN, &confirm);
	REFUSES(scene, n, a_pakta("B1", STORY_START, 1), REJECT_NONE);
	cr_expect(view_node(scene.story->view, n)->enrolled_index + 2 ==
		  view_size(scene.story->view));
	REFUSES(scene, ADMIN, confirm, REJECT_UNKNOWN_RECORD);
	story_free(scene.story);
}

Test(view, takes_from_a_revoked_node_only_what_was_granted)
{
	struct scene scene = scene_new();
	struct event revoke =
	    about(scene.story, EVENT_NODE_REVOKED, scene.first);

	revoke.named.accept_up_to = 1;
	story_take(scene.story, ADMIN, &revoke);
	REFUSES(scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_NONE);
	REFUSES(
	    scene, scene.first, a_pakta("A1", STORY_START, 1), REJECT_REVOKED);
	story_free(scene.story);
}

Test(view, knows_nodes_by_id_and_by_key)
{
	struct scene scene = scene_new();
	const struct view_node *node = view_node(scene.story->view, 2);

	cr_expect(view_node_by_id(scene.story->view, node->id) == node);
	cr_expect(
	    view_node_by_link_key(scene.story->view, node->link_key) == node);
	cr_expect(view_node_number(scene.story->view, node) == 2);
	cr_expect(view_node_by_id(scene.story->view, node->link_key) == NULL);
	cr_expect(view_node_count(scene.story->view) == 5);
	story_free(scene.story);
}

Test(view, remembers_who_used_an_invitation)
{
	struct scene scene = scene_new();
	struct view *view = scene.story->view;
	struct event invite = {.kind = EVENT_NODE_INVITED};
	const struct view_invite *found;
	struct event enrolled = {.version = EVENT_VERSION,
	    .kind = EVENT_NODE_ENROLLED,
	    .recorded_at_ms = STORY_START};

	memset(invite.invited.code_sha256, 5, EVENT_HASH_SIZE);
	invite.invited.kind = KIND_COLLECTOR;
	(void)text_copy(invite.invited.wilayah, WILAYAH_MAX, "73.71.02");
	invite.invited.expires_ms = STORY_START + STORY_DAY;
	story_take(scene.story, ADMIN, &invite);
	cr_expect(view_has_open_invites(view, STORY_START));
	cr_expect(!view_has_open_invites(view, STORY_START + STORY_DAY));
	found = view_invite(view, invite.invited.code_sha256);
	cr_assert(found != NULL && !found->is_used);
	memset(enrolled.enrolled.node, 9, EVENT_ID_SIZE);
	memset(enrolled.enrolled.sign_key, 9, 32);
	memset(enrolled.enrolled.link_key, 9, 32);
	memset(enrolled.enrolled.code_sha256, 5, EVENT_HASH_SIZE);
	enrolled.enrolled.kind = KIND_COLLECTOR;
	(void)text_copy(enrolled.enrolled.wilayah, WILAYAH_MAX, "73.71.02");
	(void)story_input(scene.story, AUTHOR_LOG, &enrolled);
	found = view_invite(view, invite.invited.code_sha256);
	cr_assert(found != NULL && found->is_used);
	cr_expect(found->used_by[0] == 9);
	cr_expect(!view_has_open_invites(view, STORY_START));
	story_free(scene.story);
}

Test(view, refuses_admin_acts_beyond_the_admins_wilayah)
{
	struct scene scene = scene_new();
	unsigned small = story_node(scene.story, KIND_ADMIN, "73.71.01");
	struct event invite = {.kind = EVENT_NODE_INVITED};
	struct event revoke =
	    about(scene.story, EVENT_NODE_REVOKED, scene.second);
	struct event rules = {.kind = EVENT_RULES_CHANGED};

	invite.invited.kind = KIND_COLLECTOR;
	memset(invite.invited.code_sha256, 5, EVENT_HASH_SIZE);
	(void)text_copy(invite.invited.wilayah, WILAYAH_MAX, "73.71.02");
	invite.invited.expires_ms = STORY_START + STORY_DAY;
	REFUSES(scene, small, invite, REJECT_PREFIX);
	REFUSES(scene, small, revoke, REJECT_PREFIX);
	rules.rules.part = (struct part){.version = 1, .part = 1, .parts = 1};
	REFUSES(scene, small, rules, REJECT_PREFIX);
	story_free(scene.story);
}

Test(view, moves_the_mark_over_a_refused_event)
{
	struct scene scene = scene_new();
	struct event refused = {.version = EVENT_VERSION,
	    .kind = EVENT_REFUSED,
	    .recorded_at_ms = STORY_START};

	memcpy(refused.refused.node, scene.story->nodes[scene.first].id,
	    EVENT_ID_SIZE);
	refused.refused.seq = 1;
	refused.refused.word = REJECT_PREFIX;
	(void)story_input(scene.story, AUTHOR_LOG, &refused);
	cr_expect(view_node(scene.story->view, scene.first)->mark == 1);
	story_free(scene.story);
}

Test(view, wants_a_report_of_collectors_that_have_not_seen_a_date)
{
	struct scene scene = scene_new();
	struct view *view = scene.story->view;
	unsigned n;

	cr_expect(!view_report_wanted(view, view_node(view, scene.first)));
	story_until(scene.story, STORY_START + 8 * (uint64_t)STORY_DAY);
	cr_expect(view_report_wanted(view, view_node(view, scene.first)));
	cr_expect(!view_report_wanted(view, view_node(view, scene.notifier)));
	story_report(scene.story, scene.first);
	cr_expect(!view_report_wanted(view, view_node(view, scene.first)));
	n = story_node(scene.story, KIND_COLLECTOR, "73.71.01");
	cr_expect(!view_report_wanted(view, view_node(view, n)));
	story_free(scene.story);
}

/* ---- texts in parts */

static void
many_units(struct unit_row *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		char code[CODE_MAX];

		(void)snprintf(code, sizeof code, "U%05u", (unsigned)i);
		rows[i] = a_unit(code, "73.71.01.1001", i);
	}
}

Test(view, takes_a_roster_of_many_parts_at_the_last_one)
{
	struct scene scene = scene_new();
	struct unit_row *rows = xcalloc(1000, sizeof *rows);

	many_units(rows, 1000);
	story_roster(scene.story, rows, 1000);
	cr_expect(view_unit_count(scene.story->view) == 1003);
	cr_expect(view_region(scene.story->view)->roster_version == 2);
	cr_expect_str_eq(view_unit(scene.story->view, 3)->row.code, "U00000");
	cr_expect(
	    view_unit_by_code(scene.story->view, "U00999")->row.heads[0] ==
	    999);
	free(rows);
	story_free(scene.story);
}

Test(view, refuses_parts_out_of_order_and_wholes_that_are_not_the_hash)
{
	struct scene scene = scene_new();
	struct unit_row row = a_unit("A1", "73.71.01.1001", 10);
	struct event event = {.kind = EVENT_ROSTER_CHANGED,
	    .roster = {.part = {.version = 2, .part = 2, .parts = 2},
		.rows = &row,
		.row_count = 1}};

	REFUSES(scene, ADMIN, event, REJECT_VERSION_ORDER);
	event.roster.part.part = 1;
	event.roster.part.version = 3;
	REFUSES(scene, ADMIN, event, REJECT_VERSION_ORDER);
	event.roster.part.version = 2;
	REFUSES(scene, ADMIN, event, REJECT_NONE);
	event.roster.part.part = 2;
	event.roster.part.sha256[0] = 1; /* another whole */
	REFUSES(scene, ADMIN, event, REJECT_VERSION_ORDER);
	event.roster.part.sha256[0] = 0; /* the same, and not its hash */
	REFUSES(scene, ADMIN, event, REJECT_VERSION_ORDER);
	cr_expect(view_region(scene.story->view)->roster_version == 1);
	scene.story->roster_version = 1;
	story_roster(scene.story, &row, 1); /* part 1 begins anew */
	cr_expect(view_region(scene.story->view)->roster_version == 2);
	story_free(scene.story);
}

Test(view, refuses_a_roster_with_twins_or_beyond_the_region)
{
	struct scene scene = scene_new();
	struct unit_row rows[] = {a_unit("A1", "73.71.01", 1),
	    a_unit("A2", "73.71.01", 1), a_unit("A1", "73.71.02", 1)};

	cr_expect(story_try_roster(scene.story, rows, 3) == REJECT_FIELD);
	rows[2] = a_unit("C1", "73.72.02", 1);
	cr_expect(story_try_roster(scene.story, rows, 3) == REJECT_PREFIX);
	story_free(scene.story);
}

Test(view, lists_campaigns_rules_and_seats)
{
	struct scene scene = scene_new();
	struct view *view = scene.story->view;
	struct campaign_row campaigns[] = {
	    a_campaign("PILKADA"), a_campaign("PEMILU")};
	struct rule_row rules[] = {
	    a_rule("Z", BY_UNIT, TELL_HEAD), a_repeat_rule("A", BY_UNIT, 2)};

	story_campaigns(scene.story, campaigns, 2);
	story_rules(scene.story, rules, 2);
	cr_assert(view_campaign_count(view) == 2);
	cr_expect_str_eq(view_campaign(view, 0)->row.id, "PEMILU");
	cr_assert(view_rule_count(view) == 2);
	cr_expect_str_eq(view_rule(view, 0)->id, "A");
	story_campaigns(scene.story, campaigns, 1);
	cr_expect(view_campaign_count(view) == 1);
	cr_expect(view_campaign_by_id(view, "PEMILU") == NULL);
	story_free(scene.story);
}

/* ---- saving */

Test(view, is_the_same_after_saving_and_loading)
{
	struct scene scene = scene_new();
	struct event made = a_pakta("A1", STORY_START, 3);
	struct event report = an_incident("B1", "APK", 0, 0);
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct text_buf first = {0}, second = {0};
	struct view *loaded = view_new();

	story_rules(scene.story, &rule, 1);
	story_take(scene.story, scene.first, &made);
	story_take(scene.story, scene.second, &report);
	story_until(scene.story, STORY_START + UINT64_C(11) * STORY_DAY);
	view_save(scene.story->view, &first);
	cr_assert(view_load(loaded, bytes_of(first.at, first.len)) == OK);
	view_save(loaded, &second);
	cr_expect(bytes_equal(
	    bytes_of(first.at, first.len), bytes_of(second.at, second.len)));
	cr_expect(view_size(loaded) == view_size(scene.story->view));
	cr_expect(
	    view_next_due_ms(loaded) == view_next_due_ms(scene.story->view));
	text_buf_clear(&first);
	text_buf_clear(&second);
	view_free(loaded);
	story_free(scene.story);
}

/* A pledge's row is short: nothing that may be said is too large for it. */
Test(view, keeps_the_largest_counts_and_the_latest_time_of_a_pledge)
{
	static const uint64_t times[] = {0, 1, UINT32_MAX,
	    (UINT64_C(1) << 32) + 7, (UINT64_C(1) << 47) + 9,
	    (UINT64_C(1) << 48) - 1};
	static const uint32_t counts[] = {
	    0, 1, 255, 256, 65535, 65536, COUNT_MAX, (1u << 24) - 1};
	struct pledge_row row = {.seq = 1, .first_op = 2, .flags = 3};
	struct pledge_counts wanted, found;

	for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
		pledge_set_made_ms(&row, times[i]);
		cr_expect(pledge_made_ms(&row) == times[i]);
	}
	for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) {
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
			wanted.present[k] = counts[(i + k) % 8];
			wanted.signatures[k] = counts[(i + k + 3) % 8];
		}
		pledge_set_counts(&row, &wanted);
		pledge_get_counts(&row, &found);
		cr_expect(memcmp(&wanted, &found, sizeof found) == 0);
	}
	cr_expect(pledge_made_ms(&row) == times[5] && row.seq == 1 &&
		  row.first_op == 2 && row.flags == 3);
	cr_expect(sizeof row == 56);
}

Test(view, refuses_to_load_bytes_that_were_changed_or_cut)
{
	struct scene scene = scene_new();
	struct text_buf saved = {0};
	struct view *view;

	view_save(scene.story->view, &saved);
	for (size_t at = 0; at < saved.len; at += 97) {
		view = view_new();
		saved.at[at] ^= 1;
		cr_expect(view_load(view, bytes_of(saved.at, saved.len)) ==
			  ERR_INVALID);
		saved.at[at] ^= 1;
		view_free(view);
		view = view_new();
		cr_expect(
		    view_load(view, bytes_of(saved.at, at)) == ERR_INVALID);
		view_free(view);
	}
	text_buf_clear(&saved);
	story_free(scene.story);
}
