/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of judge/ share and nobody else sees: the tables of a view.
 *
 * Saved: the tables of `tables`, byte for byte, and the few values before
 * them. Everything in `derived` is made from them again at load. `touches` is
 * what the last input has given the judge to look at; it is not saved.
 *
 * Rows are named by their number, which never changes. Every row is written
 * over zeroes, field by field, so no byte of it is chance.
 */
#ifndef JUDGE_VIEW_PARTS_H
#define JUDGE_VIEW_PARTS_H

#include "judge/case_rows.h"
#include "judge/table.h"
#include "judge/view.h"
#include "judge/view_touch.h"

/* The numbers of proto/event.proto. */
enum { ACT_IKRAR = 1, ACT_PAKTA = 2, ACTS = 2 };
enum {
	SCOPE_UNIT = 1,
	SCOPE_KECAMATAN,
	SCOPE_OPD,
	SCOPE_REGION,
	SCOPE_ACT,
	SCOPE_SUBJECT,
	SCOPE_NODE,
	SCOPE_CASE,
};
enum { ANCHOR_DUE = 1, ANCHOR_GRACE_END = 2 };
enum { SIGNED_READ = 1, SIGNED_HEAD, SIGNED_SHARE };
enum {
	NODE_COLLECTOR = 1,
	NODE_ADMIN,
	NODE_REVIEWER,
	NODE_NOTIFIER,
	NODE_FOLLOWER,
	NODE_AUDITOR,
};
enum { SEVERITY_INFO = 1, SEVERITY_WARNING, SEVERITY_CRITICAL };
enum { STATE_REPORTED = 1, STATE_VERIFIED = 2 };

/* Bounds; what goes beyond is refused with a word (view_check.c,
 * check_record.c). */
enum {
	STAGE_ROWS_MAX = 300000, /* rows of one roster */
	UNITS_MAX = 600000,      /* that ever were on a roster */
	CAMPAIGNS_MAX = 256,
	CALENDAR_MAX = 2048, /* holidays and stages */
	RULES_MAX = 256,
	SEATS_MAX = 4096,
	OPS_PER_TALLY_MAX = 256,   /* corrections of a unit's pledges */
	CORRECTIONS_MAX = 64,      /* of one incident */
	REVIEWS_PER_NODE_MAX = 16, /* of one incident */
	INCIDENTS_PER_UNIT_MAX = 1024,
	INCIDENTS_PER_NODE_MAX = 4096,
	INCIDENTS_MAX = 65536,
	EXTENSIONS_MAX = 4096,
	RECIPIENT_SETS_MAX = 256, /* versions, all kept */
};

/* Entries of a log, and events of a node, that a view can hold; also the
 * largest index, number and seen_size in it. */
#define PLACE_MAX UINT32_MAX

#define NEVER UINT64_MAX

enum { PARENTS_MAX = 64 }; /* deeper than any office; also ends a circle */

enum { DAY_MS = 24 * 60 * 60 * 1000 };
/* On-time news of one ceremony is told in one correction. */
enum { NEWS_GATHER_MS = 60 * 1000 };

enum table_number {
	TABLE_NODES,     /* struct view_node */
	TABLE_INVITES,   /* struct view_invite */
	TABLE_UNITS,     /* struct view_unit, in the order of their coming */
	TABLE_CAMPAIGNS, /* struct campaign_state */
	TABLE_RULES,     /* struct rule_row, by id */
	TABLE_RULE_STATES,
	TABLE_SEATS,
	TABLE_PLEDGES,
	TABLE_OPS,
	TABLE_MOVES,
	TABLE_TALLIES,
	TABLE_INCIDENTS,
	TABLE_REVIEWS,
	TABLE_ALERTS,
	TABLE_MEMBERS,    /* uint32_t: units of alerts */
	TABLE_FIRED,      /* uint64_t: entries that nodes must be heard past */
	TABLE_RECIPIENTS, /* struct recipients_changed, by version */
	TABLE_RECOVERIES, /* struct view_recovery, in their order */
	TABLE_CALENDAR,   /* struct calendar_row, as they came */
	TABLE_EXTENSIONS, /* struct extension_row, in their order */
	TABLE_EXCUSES,    /* struct excuse_row */
	TABLE_STAGED_UNITS,
	TABLE_STAGED_CAMPAIGNS,
	TABLE_STAGED_RULES,
	TABLE_STAGED_SEATS,
	TABLE_STAGED_CALENDAR,
	TABLE_COUNT,
};

struct campaign_state {
	struct view_campaign pub;
	struct coverage frozen; /* of the region, once it is closed */
	uint32_t is_active;
	uint32_t pad;
};

enum { RULE_SETTLED = 1, RULE_FOLLOWS = 2 };

/* The newest mark that fired is the one that groups are looked at by. */
struct rule_state {
	uint64_t mark_ms[RULE_MARKS_MAX]; /* NEVER: fired, or was past */
	uint64_t now_index;               /* entry of that mark; NEVER: none */
	uint64_t now_due_ms;              /* when that mark was due */
	uint64_t settle_ms;               /* when it is judged anyway */
	uint64_t look_ms;                 /* next daily look; NEVER: none */
	uint32_t now_mark;
	uint32_t campaign; /* NO_ROW: there is none of that name */
	uint32_t flags;
	uint32_t pad;
};

/* More time for a unit, or for all in a wilayah, until `until_ms`. */
struct extension_row {
	uint64_t until_ms;
	uint64_t line;  /* entry at which it has run out; NEVER: it runs */
	uint64_t index; /* of its entry */
	uint32_t campaign;
	uint32_t unit; /* NO_ROW: the wilayah's */
	char wilayah[WILAYAH_MAX];
	char reason[REASON_MAX];
};

/* The newest word on whether a unit is expected in a campaign. */
struct excuse_row {
	uint64_t order, seq, index;
	uint32_t node, unit, campaign;
	uint32_t next; /* of the same unit */
	uint32_t is_lifted;
	char reason[REASON_MAX];
};

/* Bits of `flags` of pledges, operations and tallies. */
enum {
	SETS_KINDS = 7, /* bit n: says something of employment n */
	IS_HEAD_SIGNED = 8,
	IS_WITHDRAWN = 16,
	IS_CORRECTED = 32,
	/* Of incidents only. */
	HAS_OBJECTION = 64,
	IS_OWN_CASE = 128, /* a person said so: it joins no other report */
	IS_DECIDED = 256,  /* of a burst that a person has looked at, */
	IS_MADE_UP = 512,  /* and found made up */
};

/* A pledge as it was recorded. `seen` is the size of the region's log that
 * the record had certainly seen. There are as many of these as of all else
 * together, so all in it is short: places in the log (no larger ones come in:
 * PLACE_MAX), the time (48 bits of it) and the counts (24 bits hold
 * COUNT_MAX); the last two are read and written by the functions below. */
struct pledge_row {
	uint32_t seq, index, seen;
	uint32_t node, unit;
	uint32_t next;     /* in its tally */
	uint32_t first_op; /* newest correction or withdrawal */
	uint32_t made_low_ms;
	uint16_t made_high_ms;
	uint16_t campaign;
	uint8_t act, flags;
	uint8_t present[EMPLOYMENT_KINDS][3];
	uint8_t signatures[EMPLOYMENT_KINDS][3];
};
_Static_assert(sizeof(struct pledge_row) == 56, "a million are 56 MB");

/* A correction or withdrawal of a pledge. `order` decides which correction
 * is the newest, whatever the order of arrival. */
struct op_row {
	uint64_t seq, order, made_at_ms, seen;
	uint32_t node, unit;
	uint32_t pledge;
	uint32_t next;       /* of the same pledge */
	uint32_t tally_next; /* of the tally that the pledge came to */
	uint32_t present[EMPLOYMENT_KINDS];
	uint32_t signatures[EMPLOYMENT_KINDS];
	uint16_t campaign;
	uint8_t act, flags;
	uint32_t pad;
};

/* A pledge that a correction has moved into another tally. */
struct move_row {
	uint32_t pledge, next;
};

enum { ANY_READ = 1, ANY_HEAD = 2, TIMELY_READ = 4, TIMELY_HEAD = 8 };

/* What the pledges of one unit in one campaign come to. */
struct tally_row {
	uint32_t unit, campaign;
	uint32_t next; /* of the unit */
	uint32_t first_pledge, first_op, first_move;
	uint32_t op_count;
	uint32_t flags;
	uint32_t winner[ACTS][EMPLOYMENT_KINDS];  /* pledge; NO_ROW: none */
	uint32_t timely_winner[EMPLOYMENT_KINDS]; /* of the pakta */
	uint32_t timely_signatures[EMPLOYMENT_KINDS];
};

struct alert_row {
	struct view_alert pub;
	uint64_t mark;
	uint64_t news_ms; /* on-time news is told then; NEVER: none */
	uint32_t kind;
	uint32_t late_at_opening;
	uint32_t member_start, member_cap; /* pub.unit_count are used */
	uint32_t counts, signed_bp;        /* of an unsigned_units rule */
	char campaign[CODE_MAX];
	char occasion[OCCASION_MAX];
	char pad[6];
};

/* A text that comes in parts, until the last one is there. */
enum stage_number {
	STAGE_ROSTER,
	STAGE_CAMPAIGNS,
	STAGE_RULES,
	STAGE_OFFICE,
	STAGE_CALENDAR,
	STAGE_COUNT,
};
struct stage {
	uint32_t version, parts, next_part, pad; /* next_part 0: none begun */
	uint8_t sha256[EVENT_HASH_SIZE];
};

/* ---- derived */

struct unit_extra {
	uint32_t place, opd; /* opd: the topmost ancestor, or itself */
	uint32_t parent;     /* NO_ROW: none */
	uint32_t rank;       /* in the order of codes */
	uint32_t first_tally;
	uint32_t first_excuse;
	uint32_t listings; /* open alerts that name it */
	uint32_t incidents;
	uint32_t first_incident; /* NO_ROW: none */
};

/* A wilayah that units lie in. */
struct place {
	char wilayah[WILAYAH_MAX];
	uint32_t district;  /* places of the same kecamatan share it */
	uint32_t first;     /* in by_place */
	uint32_t heard_age; /* 0: not known */
	uint32_t is_covered;
	uint64_t heard;
};

/* Where to find what a node has recorded: in the order of its numbers. */
struct node_extra {
	struct table records; /* uint32_t: pledge, or incident | IS_INCIDENT */
	uint32_t incidents;   /* of these */
	bool is_unawaited;    /* its silence is told, or closed by a person */
};
#define IS_INCIDENT 0x80000000u

/* Units that a rule looks at, in groups, both in the order of their codes. */
struct rule_groups {
	struct table units;    /* uint32_t */
	struct table starts;   /* uint32_t: first unit of each group, and end */
	struct table group_of; /* uint32_t by unit; NO_ROW: none */
};

/* Of several extensions that a unit has the one that counts. */
struct campaign_extra {
	struct table extensions; /* uint32_t by unit: row + 1; 0: none */
};

/* What Ticked entries fire, in this order. Of each the time of the first is
 * kept: the log asks in each turn. A new sort of timer gets a word here, keeps
 * its time in `derived`, and fires from the table in view_mark.c. */
enum due {
	DUE_TIMERS, /* dates, extensions, marks, settle times, looks */
	DUE_NEWS,
	DUE_SILENCE, /* right or early, and so is the next (view_due.c) */
	DUE_CASE,
	DUE_COUNT,
};

struct derived {
	struct lookup node_by_id, node_by_link, unit_by_code;
	struct lookup alert_by_id;
	struct lookup alert_by_object; /* the newest of rule and object */
	struct table node_extras, unit_extras, incident_extras;
	struct table order;     /* uint32_t: units by code */
	struct table by_place;  /* uint32_t: units by wilayah and code */
	struct table places;    /* by wilayah */
	struct table cover;     /* uint32_t: active collectors by wilayah */
	struct table campaigns; /* uint32_t: those in force, by id */
	struct table groups;    /* struct rule_groups by rule */
	struct table campaign_extras; /* struct campaign_extra by number */
	struct table holidays;        /* uint32_t: days, ascending */
	int zone_hours;               /* of the region */
	uint32_t heard_age;
	uint64_t due_ms[DUE_COUNT]; /* NEVER: none */
	bool timers_are_stale;      /* DUE_TIMERS is found anew */
	uint64_t least_clock_ms;    /* of the rules chain_broken; NEVER: none */
	uint32_t twins;             /* incidents that are set apart */
};

struct view {
	struct view_region region;
	uint64_t size;
	uint64_t ticked_ms; /* the last Ticked */
	struct stage stages[STAGE_COUNT];
	struct table tables[TABLE_COUNT];
	struct derived derived;
	struct table touches;
};

#define ROW_ACCESS(name, type, number)                                \
	static inline type *name(const struct view *view, uint32_t n) \
	{                                                             \
		return table_at(&view->tables[number], n);            \
	}
ROW_ACCESS(node_at, struct view_node, TABLE_NODES)
ROW_ACCESS(unit_at, struct view_unit, TABLE_UNITS)
ROW_ACCESS(campaign_at, struct campaign_state, TABLE_CAMPAIGNS)
ROW_ACCESS(rule_at, struct rule_row, TABLE_RULES)
ROW_ACCESS(rule_state_at, struct rule_state, TABLE_RULE_STATES)
ROW_ACCESS(pledge_at, struct pledge_row, TABLE_PLEDGES)
ROW_ACCESS(op_at, struct op_row, TABLE_OPS)
ROW_ACCESS(move_at, struct move_row, TABLE_MOVES)
ROW_ACCESS(tally_at, struct tally_row, TABLE_TALLIES)
ROW_ACCESS(incident_at, struct incident_row, TABLE_INCIDENTS)
ROW_ACCESS(review_at, struct review_row, TABLE_REVIEWS)
ROW_ACCESS(alert_at, struct alert_row, TABLE_ALERTS)
ROW_ACCESS(recipients_at, struct recipients_changed, TABLE_RECIPIENTS)
ROW_ACCESS(recovery_at, struct view_recovery, TABLE_RECOVERIES)
ROW_ACCESS(calendar_at, struct calendar_row, TABLE_CALENDAR)
ROW_ACCESS(extension_at, struct extension_row, TABLE_EXTENSIONS)
ROW_ACCESS(excuse_at, struct excuse_row, TABLE_EXCUSES)
#undef ROW_ACCESS

static inline uint32_t
row_count(const struct view *view, enum table_number number)
{
	return view->tables[number].count;
}

static inline struct unit_extra *
extra_at(const struct view *view, uint32_t unit)
{
	return table_at(&view->derived.unit_extras, unit);
}

static inline struct node_extra *
node_extra_at(const struct view *view, uint32_t node)
{
	return table_at(&view->derived.node_extras, node);
}

static inline struct incident_extra *
incident_extra_at(const struct view *view, uint32_t incident)
{
	return table_at(&view->derived.incident_extras, incident);
}

static inline struct place *
place_at(const struct view *view, uint32_t place)
{
	return table_at(&view->derived.places, place);
}

static inline struct campaign_extra *
campaign_extra_at(const struct view *view, uint32_t campaign)
{
	return table_at(&view->derived.campaign_extras, campaign);
}

static inline struct rule_groups *
groups_at(const struct view *view, uint32_t rule)
{
	return table_at(&view->derived.groups, rule);
}

/* ---- nodes (view_node.c) */

uint32_t node_find(const struct view *view, const uint8_t id[EVENT_ID_SIZE]);
/* How much of the log a node had certainly seen when it recorded this. */
uint64_t node_seen(const struct view *view, const struct view_node *node,
    const struct event *event);
void node_started(struct view *view, const struct entry *entry);
void node_noted(struct view *view, const struct entry *entry);
void node_enrolled(struct view *view, const struct entry *entry);
void node_confirmed(struct view *view, const struct entry *entry);
void node_revoked(struct view *view, const struct entry *entry);
void node_vouched(struct view *view, const struct entry *entry);
void node_refused(struct view *view, const struct entry *entry);
void node_invited(struct view *view, const struct entry *entry);
void node_index(struct view *view);
/* NO_ROW: there is no such record. */
uint32_t record_find(const struct view *view, uint32_t node, uint64_t seq);
void record_add(struct view *view, uint32_t node, uint32_t record);
/* Have all collectors that may write for this unit seen more than `index`
 * entries? Without any of them: unit_is_heard no, unit_is_awaited no. */
bool unit_is_heard(const struct view *view, uint32_t unit, uint64_t index);
bool unit_is_awaited(const struct view *view, uint32_t unit, uint64_t index);

/* ---- texts in parts (view_text.c) */

void text_taken(struct view *view, const struct entry *entry);
enum reject text_check(const struct view *view, const struct event *event);
void text_copy_incident(struct incident *to, const struct incident *from);

/* ---- recipients (view_recipients.c) */

void recipients_taken(struct view *view, const struct entry *entry);
enum reject recipients_check(
    const struct view *view, const struct recipients_changed *changed);
bool recipients_are_sound(const struct view *view); /* after a load */

/* ---- roster and groups (view_roster.c) */

uint32_t unit_find(const struct view *view, const char *code);
void roster_take(struct view *view);
void roster_index(struct view *view);
void groups_index(struct view *view);
void groups_clear(struct view *view);
/* The code of the group that a unit falls in under a scope. */
void unit_object(const struct view *view, uint32_t unit, uint32_t scope,
    char object[CODE_MAX]);
/* The same as a number: it ascends with the objects. */
uint32_t unit_object_key(
    const struct view *view, uint32_t unit, uint32_t scope);
/* NO_ROW: no unit falls in it. */
uint32_t object_key(
    const struct view *view, uint32_t scope, const char *object);
uint32_t group_count(const struct view *view, uint32_t rule);
void group_object(const struct view *view, uint32_t rule, uint32_t group,
    char object[CODE_MAX]);
/* NO_ROW: no unit falls in it now. */
uint32_t group_find(const struct view *view, uint32_t rule, const char *object);
/* Units first..end-1 of by_place lie within the wilayah. */
void place_range(const struct view *view, const char *wilayah, uint32_t *first,
    uint32_t *end);

/* ---- the calendar (view_calendar.c) */

void calendar_take(struct view *view);
void calendar_index(struct view *view);

/* ---- excused units and those with more time (view_exempt.c) */

/* What holds for one unit in one campaign. */
struct terms {
	uint64_t due_ms;  /* timely is what was made by then */
	uint64_t line;    /* and had not seen this entry; NEVER: not yet */
	bool is_extended; /* has more time, which has not run out */
	bool is_own;      /* the line is that of an extension */
};
void terms_of(const struct view *view, uint32_t unit, uint32_t campaign,
    struct terms *terms);
bool unit_is_excused(const struct view *view, uint32_t unit, uint32_t campaign);
void deadline_extended(struct view *view, const struct entry *entry);
void unit_excused(struct view *view, const struct entry *entry);
/* When an extension runs out; NEVER: it gives no more time than there is, or
 * its campaign is closed. */
uint64_t extension_end_ms(
    const struct view *view, const struct extension_row *row);
/* The last of these in a campaign; 0: there is none. */
uint64_t extensions_end_ms(const struct view *view, uint32_t campaign);
/* The dates of the campaign have moved: all run again. */
void extensions_restart(struct view *view, uint32_t campaign);
/* After a load, and after a change of roster: who has which. */
void exempt_index(struct view *view);
void campaign_extra_add(struct view *view);
void exempt_roster_changed(struct view *view);
void exempt_clear(struct view *view);

/* ---- campaigns, rules, timers (view_campaign.c, view_mark.c) */

uint32_t campaign_find(const struct view *view, const char *id); /* in force */
void campaign_take(struct view *view);
void campaign_index(struct view *view);
uint32_t rule_find(const struct view *view, const char *id);
void rules_take(struct view *view);
uint32_t rule_scope(const struct rule_row *rule);
const char *rule_campaign(const struct rule_row *rule);
void seats_take(struct view *view);
void ticked(struct view *view, const struct entry *entry);
/* Sets the marks of a rule that lie in the future; the others never fire. */
void rule_arm(struct view *view, uint32_t rule);
/* A collector is now known to have seen `now` entries, and `before` before:
 * groups within its wilayah may now be complete. */
void mark_crossed(
    struct view *view, const char *wilayah, uint64_t before, uint64_t now);
void touch_open_alerts(struct view *view, enum cause cause);
/* Those of unsigned_units rules in a campaign, that name the unit; NO_ROW:
 * whomever they name. */
void touch_campaign_alerts(
    struct view *view, uint32_t campaign, enum cause cause, uint32_t unit);
void campaign_closed(struct view *view, const struct entry *entry);
/* Collectors must now be heard past this entry. */
void fired_add(struct view *view, uint64_t index);
/* Daily looks of the campaign's rules may go on for longer. */
void looks_prolong(struct view *view, uint32_t campaign);
/* Finds the time of the next timer of DUE_TIMERS. */
void timers_index(struct view *view);

/* ---- pledges (view_pledge.c, view_tally.c) */

struct pledge_counts {
	uint32_t present[EMPLOYMENT_KINDS];
	uint32_t signatures[EMPLOYMENT_KINDS];
};
void pledge_get_counts(
    const struct pledge_row *row, struct pledge_counts *counts);
void pledge_set_counts(
    struct pledge_row *row, const struct pledge_counts *counts);
uint64_t pledge_made_ms(const struct pledge_row *row);
void pledge_set_made_ms(struct pledge_row *row, uint64_t ms);

void pledge_made(struct view *view, const struct entry *entry);
void pledge_op(struct view *view, const struct entry *entry, uint32_t pledge);
uint32_t tally_find(const struct view *view, uint32_t unit, uint32_t campaign);
uint32_t tally_of(struct view *view, uint32_t unit, uint32_t campaign);
void tally_add(struct view *view, uint32_t tally, uint32_t pledge);
void tally_again(struct view *view, uint32_t tally);
void tally_index(struct view *view);
/* Totals that count now, of one act. */
struct totals {
	uint32_t present[EMPLOYMENT_KINDS];
	uint32_t signatures[EMPLOYMENT_KINDS];
};
void tally_totals(const struct view *view, uint32_t tally, uint32_t act,
    struct totals *totals);
/* Is the unit signed in the sense of the rule, by timely pledges or by any? */
bool unit_fulfils(const struct view *view, const struct rule_row *rule,
    uint32_t unit, bool timely);
/* Notes on-time news for alerts that name this unit. */
void news_noted(struct view *view, uint32_t unit, uint64_t now_ms);
void news_index(struct view *view);

/* ---- alerts (view_alert.c) */

void alert_verdict(struct view *view, const struct entry *entry);
void alert_index(struct view *view);
/* The newest alert of a rule and an object, open or not; NO_ROW: none. */
uint32_t alert_find(
    const struct view *view, const char *rule, const char *object);
uint32_t alert_open_of(
    const struct view *view, const char *rule, const char *object);
uint32_t alert_by_id(const struct view *view, const uint8_t id[EVENT_ID_SIZE]);
/* Its units, in the order of their codes. */
const uint32_t *alert_members(
    const struct view *view, const struct alert_row *alert);
bool alert_names(
    const struct view *view, const struct alert_row *alert, uint32_t unit);
void alert_closed(struct view *view, const struct entry *entry);
void alert_delivered(struct view *view, const struct entry *entry);
/* The newest alert of a rule and an object, if a person has closed it; each
 * kind of rule says what it takes to open the next. NULL: it is not so. */
const struct alert_row *alert_closed_of(
    const struct view *view, const char *rule, const char *object);
/* Where what it speaks of lies. */
void alert_place(const struct view *view, const struct alert_row *alert,
    char wilayah[WILAYAH_MAX]);

#endif
