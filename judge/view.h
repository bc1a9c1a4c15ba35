/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a region's log adds up to: a pure fold of its entries, in memory. The
 * same entries give the same view on any machine, and view_save the same
 * bytes. Nothing here knows a clock: time comes with the entries.
 *
 * view_apply takes entries as facts, verdicts too. Which groups of which rules
 * an input has touched is remembered only until the next input, for
 * judge_next; it is not saved.
 */
#ifndef JUDGE_VIEW_H
#define JUDGE_VIEW_H

#include "model/event.h"

struct view;

struct entry {
	uint64_t index;
	enum author author;
	uint64_t received_at_ms;
	const struct event *event;
};

struct view *view_new(void);
void view_free(struct view *view);

/*
 * May this event be taken, by what the log says so far? Rights of the node's
 * kind and prefix, roster, campaign, lock, plausible dates, order of parts.
 * The fields have passed event_check and node, seq and signature are right.
 */
enum reject view_check(const struct view *view, const struct event *event,
    uint64_t received_at_ms);

/* Entries come in the order of their index, without a gap; an entry that came
 * from a node has passed view_check. */
void view_apply(struct view *view, const struct entry *entry);
uint64_t view_size(const struct view *view); /* entries so far */

/* The time of the next timer: when it is not after now, the log appends a
 * Ticked. UINT64_MAX: none. */
uint64_t view_next_due_ms(const struct view *view);

/* Canonical bytes; view_load refuses (ERR_INVALID) what view_save of this
 * version did not write: then fold the log again. */
void view_save(const struct view *view, struct text_buf *out);
enum err view_load(struct view *view, struct bytes saved) MUST_CHECK;

/* ---- the region and its nodes */

struct view_region {
	char origin[ORIGIN_MAX];
	char first_origin[ORIGIN_MAX]; /* before any recovery */
	char wilayah[WILAYAH_MAX];
	uint8_t log_key[32];
	uint64_t epoch;
	bool drill;
	uint64_t last_received_ms;
	uint64_t roster_version, campaign_version, rules_version;
	uint64_t office_version;
	uint64_t recipients_version;
	uint64_t calendar_version;
	/* When the rules and the calendar in force came into the log. */
	uint64_t rules_ms, calendar_ms;
};
const struct view_region *view_region(const struct view *view);

/* The log was recovered from an older copy: entry `index` says so, and the
 * first `entries` are what it had before the loss. In their order. */
struct view_recovery {
	uint64_t epoch; /* that began there */
	uint64_t entries, index;
	uint64_t received_at_ms;
	uint64_t lost_size; /* of the largest head known to be lost; or 0 */
};
unsigned view_recovery_count(const struct view *view);
const struct view_recovery *view_recovery(const struct view *view, unsigned n);
/* What having seen a head of that epoch and size says of this log: of an older
 * epoch no more than what was recovered. */
uint64_t view_seen(const struct view *view, uint64_t epoch, uint64_t size);

enum node_state { NODE_PENDING, NODE_ENROLLED, NODE_REVOKED };

struct view_node {
	uint8_t id[EVENT_ID_SIZE];
	uint8_t sign_key[32];
	uint8_t link_key[32];
	uint32_t kind; /* CATALOG_NODE_KIND */
	uint32_t state;
	char wilayah[WILAYAH_MAX];
	uint64_t enrolled_index; /* from here on it may write */
	uint64_t begun_ms;       /* received time of that entry */
	uint64_t accept_up_to;   /* of a revoked node */
	uint64_t mark;           /* last sequence number in the log */
	uint64_t seen_size;      /* largest head that its events had seen */
	uint64_t last_logged_ms; /* received time of its last entry; 0: none */
	uint64_t last_logged_index;
	uint64_t last_recorded_ms;
	uint64_t vouched_index; /* 0: not vouched for */
	uint64_t refused_ms;    /* received time of its last refused event */
	uint32_t refused_count;
	uint32_t refused_word; /* enum reject, of the last */
};
/* In the order of enrolment; pointers live until the next view_apply. */
unsigned view_node_count(const struct view *view);
const struct view_node *view_node(const struct view *view, unsigned n);
/* NULL: none. The number of a node never changes. */
const struct view_node *view_node_by_id(
    const struct view *view, const uint8_t id[EVENT_ID_SIZE]);
const struct view_node *view_node_by_link_key(
    const struct view *view, const uint8_t key[32]);
unsigned view_node_number(
    const struct view *view, const struct view_node *node);
/* A mark has fired that this collector is not yet heard past. */
bool view_report_wanted(const struct view *view, const struct view_node *node);

/* Invitations: hash of the code -> the event; NULL: unknown. One that was
 * used stays, with the node that used it: its keys may join again. */
struct view_invite {
	struct node_invited invited;
	bool is_used;
	uint8_t used_by[EVENT_ID_SIZE];
};
const struct view_invite *view_invite(
    const struct view *view, const uint8_t code_sha256[EVENT_HASH_SIZE]);
bool view_has_open_invites(const struct view *view, uint64_t now_ms);

/* ---- whom incidents are sealed to */

/* The set of that version, as it was recorded; the one in force is of
 * view_region's recipients_version. NULL: there is none. Lives until the next
 * view_apply. */
const struct recipients_changed *view_recipients(
    const struct view *view, uint64_t version);

/* ---- units, campaigns, coverage */

struct view_unit {
	struct unit_row row;
	bool is_active; /* on the roster that is in force */
};
/* In the order of their codes, those no longer on the roster included. */
unsigned view_unit_count(const struct view *view);
const struct view_unit *view_unit(const struct view *view, unsigned n);
const struct view_unit *view_unit_by_code(
    const struct view *view, const char *code);
/* The unit at the top of those above it on the roster; often itself. */
const struct view_unit *view_unit_opd(
    const struct view *view, const struct view_unit *unit);

struct view_campaign {
	struct campaign_row row;
	/* Index of the Ticked entry of each date; UINT64_MAX: not yet. */
	uint64_t due_index, grace_index, lock_index;
	uint64_t
	    closed_index; /* of the entry that closed it; UINT64_MAX: none */
};
unsigned view_campaign_count(const struct view *view);
const struct view_campaign *view_campaign(const struct view *view, unsigned n);
const struct view_campaign *view_campaign_by_id(
    const struct view *view, const char *id);

/* Holidays in the order of their days, and stages of the election, as the
 * calendar in force has them. */
unsigned view_calendar_count(const struct view *view);
const struct calendar_row *view_calendar_row(
    const struct view *view, unsigned n);

/* How far one unit is in a campaign. Totals are of the newest pledge that
 * counts for each act and employment. */
enum unit_status {
	UNIT_NONE,        /* BELUM */
	UNIT_READ,        /* DIBACAKAN */
	UNIT_HEAD_SIGNED, /* DITANDATANGANI_KEPALA */
	UNIT_PARTIAL,     /* SEBAGIAN */
	UNIT_COMPLETE,    /* LENGKAP */
};
const char *unit_status_word(enum unit_status status);

struct unit_progress {
	enum unit_status status;
	enum unit_status on_time_status; /* from timely pledges alone */
	bool
	    is_heard; /* all covering nodes are past the campaign's last date */
	bool is_read, is_head_signed;
	bool is_excused;  /* nothing is expected of it */
	bool is_extended; /* it has more time, until due_ms */
	uint64_t due_ms;
	uint32_t heads[EMPLOYMENT_KINDS];
	uint32_t signatures[EMPLOYMENT_KINDS];
	uint32_t present[EMPLOYMENT_KINDS];
};
void view_unit_progress(const struct view *view, const struct view_unit *unit,
    const struct view_campaign *campaign, struct unit_progress *progress);

/* Five numbers (expected, on time + late = actual, on time, late, excused) and
 * the rest of the expected, over the units that the query names. A unit counts
 * as signed when it is UNIT_COMPLETE, and in one number only, the first that
 * holds: on time, excused, extended, unheard, late, unsigned. Before the due
 * date nothing is late. Of the whole region of a closed campaign the numbers
 * are those of the entry that closed it. */
struct coverage_query {
	const char *campaign;
	const char *wilayah; /* prefix; NULL: all */
	const char *opd;     /* this unit and those below it; NULL: all */
	uint32_t unit_kind;  /* 0: all */
};
struct coverage {
	uint32_t expected, actual, on_time, late, excused;
	uint32_t extended, unsigned_known, unheard;
	uint64_t heads[EMPLOYMENT_KINDS];
	uint64_t signatures[EMPLOYMENT_KINDS];
};
void view_coverage(const struct view *view, const struct coverage_query *query,
    struct coverage *coverage);
/* Adds one unit on the roster to what was counted so far: for who counts many
 * groups in one pass. */
void coverage_add(struct coverage *coverage,
    const struct view_campaign *campaign, const struct unit_progress *progress);

/* As lines for people; they stand in the report of a closed campaign, and
 * whoever checks one makes them anew. */
#define REPORT_FIRST_LINE "ikrar/report/1"
void coverage_put(struct text_buf *text, const struct coverage *coverage);

/* More time, in the order in which it was given. */
struct view_extension {
	const char *campaign;
	const struct view_unit *unit; /* NULL: all units of the wilayah */
	const char *wilayah;
	const char *reason;
	uint64_t until_ms;
	uint64_t index; /* of its entry */
	bool is_over;
};
unsigned view_extension_count(const struct view *view);
void view_extension(
    const struct view *view, unsigned n, struct view_extension *extension);

/* The last word on each unit that ever was excused. */
struct view_excuse {
	const char *campaign;
	const struct view_unit *unit;
	const char *reason;
	uint64_t index;
	bool is_lifted;
};
unsigned view_excuse_count(const struct view *view);
void view_excuse(
    const struct view *view, unsigned n, struct view_excuse *excuse);

/* ---- records (pledges and incidents) by their identity */

struct view_record {
	struct record_id id;
	enum event_kind kind; /* EVENT_PLEDGE_MADE or EVENT_INCIDENT_REPORTED */
	uint64_t index;       /* of the entry that made it */
	bool is_withdrawn;
	bool is_corrected;
};
bool view_record(const struct view *view, const struct record_id *id,
    struct view_record *record);
/* Incidents that stand (not withdrawn): the newest version of each. */
struct view_incident {
	struct record_id id;
	uint64_t index;
	struct incident incident;
};
unsigned view_incident_count(const struct view *view);
bool view_incident(const struct view *view, unsigned n,
    struct view_incident *incident); /* false: it was withdrawn */

/* ---- cases: what reviews have made of each incident */

enum { REVIEWS_MAX = 64 /* of one incident */, CASE_KEYS = 2 };
#define VIEW_NO_CASE UINT32_MAX

struct view_case {
	struct record_id id;
	uint64_t index, received_ms;
	unsigned node;            /* that reported it */
	struct incident incident; /* newest version; without its sealed part */
	uint32_t step;            /* where it stands; 0: reported */
	uint64_t step_since_ms, step_index;
	uint32_t counts_as; /* 1 reported, 2 verified, 0 not at all */
	unsigned key_count; /* nodes whose keys verified it, at most two */
	uint32_t keys[CASE_KEYS];
	unsigned review_count;
	unsigned twin; /* GANDA: of that case; VIEW_NO_CASE: none */
	bool is_withdrawn, is_corrected, has_objection;
	bool is_own_case; /* a person said so: it joins no other report */
	bool is_held;     /* in a burst that no person has looked at */
	bool is_made_up;  /* in one that a person found made up */
};
/* Cases have the numbers of incidents, 0 .. view_incident_count - 1. */
void view_case(const struct view *view, unsigned n, struct view_case *to);
/* VIEW_NO_CASE: there is no such incident. */
unsigned view_case_by_id(const struct view *view, const struct record_id *id);

/* KASUS-<number of the node>-<number of the record>: what people call it. */
void view_case_name(const struct view *view, unsigned n, char name[CODE_MAX]);
unsigned view_case_by_name(const struct view *view, const char *name);

/* A step, in the order in which steps count. */
struct view_review {
	uint64_t index, received_ms;
	unsigned node;
	uint32_t step;
	bool has_effect; /* else it was not allowed from where the case stood */
};
/* Returns how many. */
unsigned view_reviews(
    const struct view *view, unsigned n, struct view_review to[REVIEWS_MAX]);
bool view_step_is_allowed(uint32_t stands, uint32_t step);
/* Reports that may be of the same case, for a person to decide: same unit, same
 * act, days that overlap, and nobody has said yet that one is told twice or a
 * case of its own. Returns how many, at most CASE_TWINS_MAX. */
enum { CASE_TWINS_MAX = 16 };
unsigned view_case_twins(
    const struct view *view, unsigned n, unsigned to[CASE_TWINS_MAX]);
/* When the n-th rule, a case_deadline, falls due on a case; UINT64_MAX: it does
 * not look at it. */
uint64_t view_case_due_ms(const struct view *view, unsigned rule, unsigned n);
/* Would this IncidentReviewed change its case, if it came now? */
bool view_review_counts(const struct view *view, const struct event *event);

/* ---- rules, alerts, seats */

unsigned view_rule_count(const struct view *view);
const struct rule_row *view_rule(const struct view *view, unsigned n);

enum alert_state { ALERT_OPEN, ALERT_RESOLVED, ALERT_WITHDRAWN };

struct view_alert {
	uint8_t id[EVENT_ID_SIZE];
	char rule[CODE_MAX];
	uint32_t tell;
	uint32_t scope;
	char object[CODE_MAX];
	uint32_t state; /* enum alert_state */
	uint32_t opening;
	uint64_t opened_index, last_index;
	uint32_t unit_count;
	uint32_t severity; /* CATALOG_SEVERITY */
	uint32_t step;     /* of a case_deadline; the rest of these */
	uint64_t since_ms; /* as the verdicts say */
	char place[WILAYAH_MAX];
	uint8_t node[EVENT_ID_SIZE];
	uint64_t last_ms; /* received time of its last verdict */
	uint64_t
	    told_index; /* the newest verdict that was delivered; 0: none */
	uint64_t closed_index; /* a person closed it; 0: not so */
	char closed_reason[REASON_MAX];
	struct figures figures;
};
/* In the order of opening. */
unsigned view_alert_count(const struct view *view);
const struct view_alert *view_alert(const struct view *view, unsigned n);
/* enum rule_kind */
uint32_t view_alert_kind(
    const struct view *view, const struct view_alert *alert);

unsigned view_seat_count(const struct view *view);
const struct seat_row *view_seat(const struct view *view, unsigned n);

#endif
