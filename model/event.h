/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event, as a value: what proto/event.proto says, bounded. Strings are
 * terminated and hold only what their comment allows (event_check). Rows of
 * long bodies live in the arena of whoever decoded them.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "core/bytes.h"
#include "model/reject.h"
#include "model/wilayah.h"

enum {
	EVENT_VERSION = 1,
	EVENT_COLLECTOR_MAX = 4096, /* bytes from a collector */
	EVENT_MAX = 49152,          /* bytes from anyone */
	EVENT_ROWS_MAX = 256,
	EVENT_ID_SIZE = 16,
	EVENT_HASH_SIZE = 32,
	EVENT_STAMP_SIZE = 96,
	CODE_MAX = 25, /* [A-Z0-9][A-Z0-9._-]{0,23}: unit, campaign, rule */
	NAME_MAX_BYTES = 97, /* UTF-8, no control characters, no digit runs */
	WORD_MAX = 25,   /* [a-z0-9][a-z0-9_./+-]{0,23}: seat, term, channel */
	REASON_MAX = 25, /* [A-Z_]{1,24} */
	REFERENCE_MAX = 65, /* [A-Z0-9./-]{0,64} */
	SOFTWARE_MAX = 33,
	ORIGIN_MAX = 64,
	ACT_CODE_MAX = 4, /* three capitals */
	EVIDENCE_MAX = 8,
};

/* The body numbers are the field numbers of proto/event.proto. */
enum event_kind {
	EVENT_NONE = 0,
	EVENT_PLEDGE_MADE = 16,
	EVENT_INCIDENT_REPORTED = 17,
	EVENT_CORRECTED = 18,
	EVENT_WITHDRAWN = 19,
	EVENT_INCIDENT_REVIEWED = 20,
	EVENT_ROSTER_CHANGED = 21,
	EVENT_CAMPAIGN_CHANGED = 22,
	EVENT_CALENDAR_CHANGED = 23,
	EVENT_RULES_CHANGED = 24,
	EVENT_OFFICE_CHANGED = 25,
	EVENT_RECIPIENTS_CHANGED = 26,
	EVENT_NODE_INVITED = 27,
	EVENT_NODE_CONFIRMED = 28,
	EVENT_NODE_REVOKED = 29,
	EVENT_NODE_VOUCHED = 30,
	EVENT_NODE_REPORTED = 32,
	EVENT_ALERT_DELIVERED = 33,
	EVENT_ALERT_FAILED = 34,
	EVENT_ALERT_ACKNOWLEDGED = 35,
	EVENT_ALERT_SILENCED = 36,
	EVENT_ALERT_ESCALATED = 37,
	EVENT_CLOCK_ACCEPTED = 38,
	EVENT_DEADLINE_EXTENDED = 39,
	EVENT_UNIT_EXCUSED = 40,
	EVENT_ALERT_CLOSED = 41,
	EVENT_CAMPAIGN_CLOSED = 42,
	EVENT_LOG_STARTED = 48,
	EVENT_TICKED = 49,
	EVENT_REFUSED = 50,
	EVENT_NODE_ENROLLED = 51,
	EVENT_NODE_FAULTED = 52,
	EVENT_LOG_RECOVERED = 53,
	EVENT_ALERT_OPENED = 56,
	EVENT_ALERT_RAISED = 57,
	EVENT_ALERT_CORRECTED = 58,
	EVENT_ALERT_WITHDRAWN = 59,
	EVENT_ALERT_RESOLVED = 60,
};

const char *event_kind_name(enum event_kind kind); /* PledgeMade, ... */
bool event_is_verdict(enum event_kind kind);
bool event_is_own(enum event_kind kind); /* written by the log itself */

/* Enumerations: the numbers of proto/event.proto. Their words and bounds are
 * in model/catalog.h. */

struct count {
	bool is_set;
	uint32_t present;
	uint32_t signatures; /* proto: signed */
};

enum { EMPLOYMENT_PNS, EMPLOYMENT_PPPK, EMPLOYMENT_NON_ASN, EMPLOYMENT_KINDS };

struct pledge {
	char unit[CODE_MAX];
	char campaign[CODE_MAX];
	uint8_t ceremony[EVENT_ID_SIZE];
	uint32_t act;
	uint32_t form;
	uint32_t points;
	char template[CODE_MAX];
	uint8_t template_sha256[EVENT_HASH_SIZE];
	uint64_t made_at_ms;
	uint32_t witnesses;
	bool head_signed;
	struct count counts[EMPLOYMENT_KINDS];
	bool has_sheet;
	uint8_t sheet_sha256[EVENT_HASH_SIZE];
};

struct incident {
	char unit[CODE_MAX];
	char act[ACT_CODE_MAX];
	uint32_t happened_from_day, happened_to_day;
	uint32_t known_day, reported_day;
	uint32_t source;
	uint32_t subject;
	uint32_t evidence_count;
	uint8_t evidence[EVIDENCE_MAX][EVENT_HASH_SIZE];
	bool is_sealed; /* commit, blob_hash and blob_size are there */
	uint8_t commit[EVENT_HASH_SIZE];
	uint8_t blob_hash[EVENT_HASH_SIZE];
	uint32_t blob_size;
	bool has_subject_tag;
	uint8_t subject_tag[EVENT_HASH_SIZE];
};

/* Which record: an all-zero node is the writer itself. */
struct record_id {
	uint8_t node[EVENT_ID_SIZE];
	uint64_t seq;
};

struct corrected {
	struct record_id target;
	enum event_kind kind; /* EVENT_PLEDGE_MADE or EVENT_INCIDENT_REPORTED */
	union {
		struct pledge pledge;
		struct incident incident;
	};
};

struct withdrawn {
	struct record_id target;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
};

struct reviewed {
	struct record_id target;
	uint32_t step;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
	char decision[REFERENCE_MAX];
	struct record_id duplicate_of; /* seq 0: none */
};

struct part {
	uint32_t version, part, parts;
	uint8_t sha256[EVENT_HASH_SIZE];
};

struct unit_row {
	char code[CODE_MAX];
	char name[NAME_MAX_BYTES];
	uint32_t kind;
	char wilayah[WILAYAH_MAX];
	char parent[CODE_MAX];
	uint32_t heads[EMPLOYMENT_KINDS];
};

struct roster_changed {
	struct part part;
	uint32_t row_count;
	const struct unit_row *rows;
};

struct campaign_row {
	char id[CODE_MAX];
	char name[NAME_MAX_BYTES];
	uint64_t due_ms, grace_end_ms, lock_ms;
};

struct campaign_changed {
	struct part part;
	uint32_t row_count;
	const struct campaign_row *rows;
};

struct holiday {
	uint32_t day; /* from 1970-01-01 in the region's zone */
	bool collective_leave;
};

struct calendar_stage { /* proto: Stage */
	char id[CODE_MAX];
	uint32_t from_day, to_day; /* both included */
	uint32_t phase;
	bool sensitive;
};

enum calendar_kind { CALENDAR_NONE, CALENDAR_HOLIDAY, CALENDAR_STAGE };

struct calendar_row {
	enum calendar_kind kind;
	union {
		struct holiday holiday;
		struct calendar_stage stage;
	};
};

struct calendar_changed {
	struct part part;
	uint32_t row_count;
	const struct calendar_row *rows;
};

struct deadline_extended {
	char campaign[CODE_MAX];
	char unit[CODE_MAX];       /* one of the two */
	char wilayah[WILAYAH_MAX]; /* is empty */
	uint64_t until_ms;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
};

struct unit_excused {
	char campaign[CODE_MAX];
	char unit[CODE_MAX];
	bool lifted;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
};

struct campaign_closed {
	char campaign[CODE_MAX];
	char reference[REFERENCE_MAX];
};

enum { RULE_MARKS_MAX = 8, RULE_ACTS_MAX = 24 };

struct mark {
	uint32_t anchor;
	int64_t offset_ms;
};

struct unsigned_units {
	char campaign[CODE_MAX];
	uint32_t scope;
	uint32_t unit_kinds;
	uint32_t min_units, min_bp;
	uint32_t counts;
	uint32_t signed_bp;
	uint32_t mark_count;
	struct mark at[RULE_MARKS_MAX];
	uint64_t settle_ms;
	uint32_t clear_units; /* 0: it ends as it opens */
};

struct repeat_incidents {
	uint32_t count, within_days;
	uint32_t scope;
	uint32_t min_sources;
	uint32_t act_count;
	char acts[RULE_ACTS_MAX][ACT_CODE_MAX];
	uint32_t states;
};

struct node_silent {
	char wilayah[WILAYAH_MAX]; /* empty: all */
	uint32_t node_kinds;       /* bit n: kind n; 0: collectors */
	uint64_t after_ms;
	uint64_t sensitive_after_ms; /* 0: as after_ms */
};

struct case_deadline {
	uint32_t step; /* 0: reported, not yet looked at */
	uint32_t days;
	uint32_t clock;
	uint32_t anchor;
	uint32_t act_count;
	char acts[RULE_ACTS_MAX][ACT_CODE_MAX];
};

struct burst {
	uint32_t count; /* more than so many */
	uint64_t within_ms;
};

struct chain_broken {
	uint64_t clock_ms; /* 0: clocks are not looked at */
};

enum rule_kind {
	RULE_NONE,
	RULE_UNSIGNED_UNITS_1,
	RULE_REPEAT_INCIDENTS_1,
	RULE_NODE_SILENT_1,
	RULE_CASE_DEADLINE_1,
	RULE_BURST_1,
	RULE_CHAIN_BROKEN_1,
	RULE_KINDS,
};
const char *rule_kind_name(enum rule_kind kind);    /* unsigned_units/1, ... */
enum rule_kind rule_kind_by_name(const char *name); /* RULE_NONE: none */

struct rule_row {
	char id[CODE_MAX];
	enum rule_kind kind;
	uint32_t tell;     /* role */
	uint32_t severity; /* 0: as a warning */
	union {
		struct unsigned_units unsigned_units;
		struct repeat_incidents repeat_incidents;
		struct node_silent node_silent;
		struct case_deadline case_deadline;
		struct burst burst;
		struct chain_broken chain_broken;
	};
};

struct rules_changed {
	struct part part;
	uint32_t row_count;
	const struct rule_row *rows;
};

enum { SEAT_CHANNELS_MAX = 4, SEAT_TERMS_MAX = 8 };

struct term {
	char id[WORD_MAX];
	uint32_t kind;
	uint64_t from_ms, to_ms;
};

struct seat_row {
	char id[WORD_MAX];
	char wilayah[WILAYAH_MAX];
	uint32_t role;
	char title[NAME_MAX_BYTES];
	char zone[5];
	char language[3];
	uint32_t channel_count;
	char channels[SEAT_CHANNELS_MAX][WORD_MAX];
	uint32_t term_count;
	struct term terms[SEAT_TERMS_MAX];
};

struct office_changed {
	struct part part;
	uint32_t row_count;
	const struct seat_row *rows;
};

enum { RECIPIENTS_MAX = 8, BLOB_MAX = 16384 };

struct recipient_row {
	char id[WORD_MAX];
	uint8_t seal_key[32]; /* X25519 */
	uint8_t sign_key[32]; /* Ed25519 */
};

struct recipients_changed {
	struct part part; /* of one part */
	uint32_t row_count;
	struct recipient_row rows[RECIPIENTS_MAX];
	bool is_signed; /* from version 2 on */
	uint8_t signer[32];
	uint8_t signature[64];
};

struct node_invited {
	uint8_t code_sha256[EVENT_HASH_SIZE];
	uint32_t kind;
	char wilayah[WILAYAH_MAX];
	uint64_t expires_ms;
	bool confirm;
};

struct node_named { /* NodeConfirmed, NodeRevoked, NodeVouched */
	uint8_t node[EVENT_ID_SIZE];
	uint64_t accept_up_to;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
};

struct alert_told { /* AlertDelivered, AlertFailed */
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t verdict;
	char seat[WORD_MAX];
	char term[WORD_MAX];
	char channel[WORD_MAX];
	uint32_t attempts;
	char word[WORD_MAX];
};

struct alert_acknowledged {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t verdict;
	char seat[WORD_MAX];
	char term[WORD_MAX];
	char channel[WORD_MAX]; /* link, command */
	uint64_t until_ms;
};

enum { ESCALATION_STEPS = 4 };

struct alert_escalated {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t verdict;
	char seat[WORD_MAX];
	char term[WORD_MAX];
	uint32_t step; /* 1..ESCALATION_STEPS */
};

struct alert_silenced { /* at least one of alert, rule, wilayah */
	uint8_t alert[EVENT_ID_SIZE];
	char rule[CODE_MAX];
	char wilayah[WILAYAH_MAX];
	char seat[WORD_MAX];
	uint64_t until_ms;
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
	char author[WORD_MAX]; /* a seat */
	bool lifted;
};

struct alert_closed {
	uint8_t alert[EVENT_ID_SIZE];
	char reason[REASON_MAX];
	char reference[REFERENCE_MAX];
};

struct log_started {
	char origin[ORIGIN_MAX];
	char wilayah[WILAYAH_MAX];
	uint8_t log_key[32];
	uint8_t admin_sign_key[32];
	uint8_t admin_link_key[32];
	bool drill;
};

struct event_refused {
	uint8_t node[EVENT_ID_SIZE];
	uint64_t seq;
	uint8_t event_hash[EVENT_HASH_SIZE];
	enum reject word;
	bool has_stamp;
	uint8_t stamp[EVENT_STAMP_SIZE];
};

struct node_enrolled {
	uint8_t node[EVENT_ID_SIZE];
	uint32_t kind;
	char wilayah[WILAYAH_MAX];
	uint8_t sign_key[32];
	uint8_t link_key[32];
	uint8_t code_sha256[EVENT_HASH_SIZE];
	bool pending;
};

struct node_faulted {
	uint8_t node[EVENT_ID_SIZE];
	enum reject word;
	uint64_t seq;
};

struct log_recovered {
	char old_origin[ORIGIN_MAX];
	char origin[ORIGIN_MAX];
	uint64_t entries;
	uint8_t root[EVENT_HASH_SIZE];
	char lost_origin[ORIGIN_MAX];
	uint64_t lost_size; /* 0: nobody has named what was lost */
	bool has_lost_root;
	uint8_t lost_root[EVENT_HASH_SIZE];
};

enum { VERDICT_UNITS_MAX = 256, VERDICT_EVIDENCE_MAX = 256, OCCASION_MAX = 25 };

struct figures {
	uint32_t expected, on_time, late, unsigned_known, unheard;
	uint32_t reported, verified, sources;
	uint32_t threshold, threshold_bp;
	uint32_t excused, extended;
	uint32_t nodes, days;
};

struct alert_unit {
	char code[CODE_MAX];
	char name[NAME_MAX_BYTES];
	char wilayah[WILAYAH_MAX];
	char why[WORD_MAX];
};

struct verdict {
	uint8_t alert[EVENT_ID_SIZE];
	char rule[CODE_MAX];
	enum rule_kind kind;
	uint32_t rules_version;
	uint32_t tell;
	char campaign[CODE_MAX];
	uint32_t scope;
	char object[CODE_MAX];
	char object_name[NAME_MAX_BYTES];
	char occasion[OCCASION_MAX];
	uint32_t opening;
	uint64_t judged_at_ms;
	uint64_t mark;
	struct figures figures;
	uint32_t unit_count, removed_count, evidence_count;
	const struct alert_unit *units;
	const struct alert_unit *removed;
	const uint64_t *evidence;
	char reason[WORD_MAX];
	uint32_t window_from_day, window_to_day;
	uint32_t counts, signed_bp; /* of an unsigned_units rule; else 0 */
	uint32_t severity;
	uint8_t node[EVENT_ID_SIZE]; /* of rules on nodes; else zeros */
	char place[WILAYAH_MAX];     /* of nodes and cases; may be empty */
	uint64_t since_ms;           /* node_silent, case_deadline; else 0 */
	uint32_t step;               /* case_deadline; else 0 */
};

struct event {
	uint32_t version;
	uint8_t node[EVENT_ID_SIZE]; /* zeros: the log itself */
	uint64_t seq;
	uint64_t recorded_at_ms;
	char wilayah[WILAYAH_MAX];
	uint64_t seen_epoch, seen_size;
	enum event_kind kind;
	union {
		struct pledge pledge;
		struct incident incident;
		struct corrected corrected;
		struct withdrawn withdrawn;
		struct reviewed reviewed;
		struct roster_changed roster;
		struct campaign_changed campaign;
		struct calendar_changed calendar;
		struct rules_changed rules;
		struct office_changed office;
		struct recipients_changed recipients;
		struct node_invited invited;
		struct node_named named;
		struct deadline_extended extended;
		struct unit_excused excused;
		struct campaign_closed campaign_closed;
		struct alert_told told;
		struct alert_acknowledged acknowledged;
		struct alert_silenced silenced;
		struct alert_escalated escalated;
		struct alert_closed alert_closed;
		char software[SOFTWARE_MAX]; /* NodeReported: a word */
		struct log_started started;
		uint64_t until_ms; /* Ticked */
		uint64_t clock_ms; /* ClockAccepted */
		struct log_recovered recovered;
		struct event_refused refused;
		struct node_enrolled enrolled;
		struct node_faulted faulted;
		struct verdict verdict;
	};
};

/* The incident that an event reports, or corrects another to; NULL: none. And
 * the same only if it has a sealed part. */
const struct incident *event_incident(const struct event *event);
const struct incident *event_sealed(const struct event *event);

/* Are all fields within what their type and comment allow? Nothing of rosters
 * or rights. REJECT_NONE, REJECT_FIELD, REJECT_DIGITS, REJECT_NO_DECISION,
 * REJECT_NOT_SEALED (act LLN without a sealed part, or half of one). */
enum reject event_check(const struct event *event);

/* Lexical checks, each of a terminated string. */
bool code_is_valid(const char *code);
bool word_is_valid(const char *word);
bool reason_is_valid(const char *reason);
bool reference_is_valid(const char *reference);
bool name_is_valid(const char *name); /* UTF-8, printable, no digit runs */
/* 16 or more digits; spaces, dots, dashes, slashes and underscores between
 * them are skipped. */
bool has_digit_run(const char *text);

/* An entry of the log: the leaf's bytes taken apart (docs/protocol.md). */
enum { ENTRY_VERSION = 1, ENTRY_MAX = 65535, ENTRY_HEAD = 1 + 1 + 8 + 2 };
enum author { AUTHOR_LOG = 0, AUTHOR_NODE = 1 };

struct leaf {
	enum author author;
	uint64_t received_at_ms;
	struct bytes event;
	struct bytes stamp; /* 0 or 96 bytes */
};

size_t leaf_size(const struct leaf *leaf);
/* `at` holds leaf_size bytes. */
void leaf_put(uint8_t *at, const struct leaf *leaf);
/* Points into `bytes`. ERR_INVALID is not logged. */
enum err leaf_get(struct leaf *leaf, struct bytes bytes) MUST_CHECK;

#endif
