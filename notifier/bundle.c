/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/bundle.h"

#include "model/calendar.h"
#include "notifier/block.h"
#include "notifier/conflict.h"
#include "trust/hash.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGES = 2,
	NUMBER_MAX = 24,
	LABEL_MAX = CODE_MAX + WILAYAH_MAX + 4,
	SHORT_LINE_MAX = 512,
};

void
bundle_id(uint8_t id[EVENT_ID_SIZE], const char *what, const char *seat,
    const uint8_t *alert, uint64_t index)
{
	uint8_t number[8];
	struct bytes parts[] = {bytes_of_text("ikrar/bundle/1\n"),
	    bytes_of(what, strlen(what) + 1), bytes_of(seat, strlen(seat) + 1),
	    bytes_of(alert, alert != NULL ? EVENT_ID_SIZE : 0),
	    bytes_of(number, sizeof number)};
	struct hash hash;

	be64_put(number, index);
	hash = hash_parts(parts, sizeof parts / sizeof parts[0]);
	memcpy(id, hash.at, EVENT_ID_SIZE);
}

/* ---- what is counted */

struct line {
	char label[LABEL_MAX]; /* rule, or rule and kecamatan */
	unsigned count;
};

struct lines {
	struct line at[BUNDLE_ROWS_MAX];
	unsigned count, beyond;
};

static void
lines_add(struct lines *lines, const char *label)
{
	for (unsigned i = 0; i < lines->count; i++)
		if (strcmp(lines->at[i].label, label) == 0) {
			lines->at[i].count++;
			return;
		}
	if (lines->count == BUNDLE_ROWS_MAX) {
		lines->beyond++;
		return;
	}
	(void)text_copy(lines->at[lines->count].label, LABEL_MAX, label);
	lines->at[lines->count++].count = 1;
}

static int
by_label(const void *a, const void *b)
{
	return strcmp(
	    ((const struct line *)a)->label, ((const struct line *)b)->label);
}

/* What the notifier knows of the region. */
struct table {
	const struct bundle_source *source;
	const char
	    *seat; /* the reader's: nothing of its own units is counted */
	uint64_t since_ms, until_ms; /* of what is new */
	struct lines open;
	unsigned is_open, opened, ended;
	uint64_t reported, verified, unheard;
};

static bool
verdict_at(const struct bundle_source *source, const uint8_t *alert,
    uint64_t index, struct event *event)
{
	struct bytes bytes;
	uint64_t found = index;

	return ledger_verdict(source->ledger, alert, &found, &bytes) == OK &&
	       found == index &&
	       wire_unpack(source->wire, bytes, event) == REJECT_NONE;
}

static struct conflict_source
conflicts_of(const struct bundle_source *source)
{
	return (struct conflict_source){.ledger = source->ledger,
	    .wire = source->wire,
	    .routes = source->routes};
}

static void
count_open(struct table *table, const struct verdict *verdict)
{
	char place[WILAYAH_MAX], district[WILAYAH_MAX], label[LABEL_MAX];

	routes_place(verdict, table->source->region, place);
	wilayah_district(place, district);
	snprintf(label, sizeof label, "%s, %s", verdict->rule, district);
	lines_add(&table->open, label);
	table->is_open++;
	table->reported += verdict->figures.reported;
	table->verified += verdict->figures.verified;
	table->unheard += verdict->figures.unheard;
}

/* Not twice, should a digest go out later than the next one is promised. */
static bool
is_new(const struct table *table, uint64_t at_ms)
{
	return at_ms >= table->since_ms && at_ms < table->until_ms;
}

static void
count_alert(void *context, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct table *table = context;
	struct conflict_source conflicts = conflicts_of(table->source);
	struct event event;

	/* An end names no units; what it ended is asked. */
	if (conflict_as_of(&conflicts, table->seat, alert, row->last_index) !=
		ROUTES_CLEAR ||
	    !verdict_at(table->source, alert, row->last_index, &event))
		return;
	table->opened += is_new(table, row->opened_ms);
	if (row->is_open)
		count_open(table, &event.verdict);
	else
		table->ended += is_new(table, event.verdict.judged_at_ms);
}

/* ---- the words */

enum word {
	TO,
	LEAD_GROUP,
	LEAD_DIGEST,
	BY_RULE,
	ALERTS,
	MORE,
	ONE,
	NOTHING,
	OPEN,
	BEYOND,
	TALLY,
	REPORTED,
	VERIFIED,
	UNHEARD,
	SINCE,
	OPENED,
	ENDED,
	AS_OF,
	MISSING,
	HELPDESK,
	WHY,
	TAG_GROUP,
	TAG_DIGEST,
	DRILL,
	WORDS,
};

static const char *const words[WORDS][LANGUAGES] = {
    [TO] = {"Kepada: %s", "To: %s"},
    [LEAD_GROUP] = {"%u kabar peringatan dalam satu pesan.",
	"Notices of alerts in this message: %u."},
    [LEAD_DIGEST] = {"Rangkuman harian nomor %u.", "Daily digest number %u."},
    [BY_RULE] = {"Menurut aturan", "By rule"},
    [ALERTS] = {"Peringatan", "Alerts"},
    [MORE] = {"dan %u peringatan lain, yang tidak disebut di sini tetapi "
	      "tercatat dalam log",
	"and others, which are not named here but stand in the log: %u"},
    [ONE] = {"%s [%s, entri log %" PRIu64 "]",
	"%s [%s, log entry %" PRIu64 "]"},
    [NOTHING] = {"Tidak ada peringatan baru untuk Anda.",
	"There are no new alerts for you."},
    [OPEN] = {"Yang masih terbuka di wilayah, menurut aturan dan kecamatan",
	"Still open in the region, by rule and kecamatan"},
    [BEYOND] = {"lainnya", "others"},
    [TALLY] = {"Angka di dalamnya", "Figures in them"},
    [REPORTED] = {"dilaporkan", "reported"},
    [VERIFIED] = {"terverifikasi", "verified"},
    [UNHEARD] = {"belum ada kabar (bukan berarti belum)",
	"not heard from (which is not \"not fulfilled\")"},
    [SINCE] = {"Sejak rangkuman sebelumnya", "Since the digest before"},
    [OPENED] = {"peringatan dibuka", "alerts opened"},
    [ENDED] = {"peringatan berakhir", "alerts ended"},
    [AS_OF] = {"Keadaan data: %s", "State of the data: %s"},
    [MISSING] = {"Rangkuman ini datang tiap hari kerja, juga bila tidak ada "
		 "apa-apa, dan nomornya urut tanpa celah. Bila nomor terlewat "
		 "atau rangkuman tidak datang, hubungi: %s.",
	"This digest comes each working day, also when nothing has happened, "
	"and its numbers have no gaps. If a number is missing or it does not "
	"come, call: %s."},
    [HELPDESK] = {"admin wilayah", "the regional admin"},
    [WHY] = {"Mengapa Anda menerima ini: kursi %s. Yang diminta dan rincian "
	     "tiap peringatan ada pada admin wilayah; jangan simpulkan "
	     "kesalahan siapa pun dari rangkuman.",
	"Why you receive this: seat %s. What is asked and the details of each "
	"alert are with the regional admin; conclude nobody's guilt from a "
	"digest."},
    [TAG_GROUP] = {"RANGKUMAN: %u kabar peringatan",
	"DIGEST: notices of alerts: %u"},
    [TAG_DIGEST] = {"RANGKUMAN HARIAN nomor %u", "DAILY DIGEST number %u"},
    [DRILL] = {"LATIHAN: pesan ini bagian dari latihan, bukan kejadian nyata.",
	"DRILL: this message is part of a drill, not a real event."},
};

struct item {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t index;
};

struct facts {
	const struct ledger_row *row;
	const struct seat_row *seat;
	struct item *items;
	unsigned count, cap;
	bool is_digest;
	uint64_t since_ms; /* when the digest before was promised */
};

struct writing {
	const struct bundle_source *source;
	const struct facts *facts;
	struct table *table; /* of a digest */
	struct lines by_rule;
	struct blocks blocks;
	enum language language;
};

static void __attribute__((format(printf, 3, 4)))
put(struct writing *writing, enum block_kind kind, const char *format, ...)
{
	char text[SHORT_LINE_MAX + LETTER_SUBJECT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	blocks_add(&writing->blocks, kind, text, NULL);
}

static void
put_figure(struct writing *writing, const char *label, uint64_t value)
{
	char text[NUMBER_MAX];

	snprintf(text, sizeof text, "%" PRIu64, value);
	blocks_add(&writing->blocks, BLOCK_FIGURE, label, text);
}

static const char *
say(const struct writing *writing, enum word word)
{
	return words[word][writing->language];
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* The headline of its own letter, to this seat. */
static void
put_item(struct writing *writing, const struct item *item)
{
	struct conflict_source conflicts = conflicts_of(writing->source);
	struct event event;
	struct letter letter = {0};
	char id[2 * EVENT_ID_SIZE + 1];
	struct letter_input input = {.index = item->index,
	    .seat = writing->facts->seat,
	    .term = writing->facts->row->key.target.term,
	    .channel = "",
	    .verdict = &event.verdict};

	input.is_past = conflict_is_whole(
	    &conflicts, writing->facts->seat->id, item->alert, item->index);
	if (!verdict_at(writing->source, item->alert, item->index, &event))
		return;
	input.kind = event.kind;
	letter_write(&letter, &input);
	hex_put(id, item->alert, EVENT_ID_SIZE);
	id[LETTER_SHORT_ID] = '\0';
	put(writing, BLOCK_ITEM, say(writing, ONE),
	    writing->language == LANGUAGE_EN ? letter.summary_en
					     : letter.summary_id,
	    id, item->index);
	letter_clear(&letter);
}

static void
put_items(struct writing *writing)
{
	const struct facts *facts = writing->facts;
	unsigned named =
	    facts->count < BUNDLE_NAMED_MAX ? facts->count : BUNDLE_NAMED_MAX;

	if (facts->count == 0) {
		put(writing, BLOCK_TEXT, "%s", say(writing, NOTHING));
		return;
	}
	put(writing, BLOCK_HEADING, "%s", say(writing, BY_RULE));
	for (unsigned i = 0; i < writing->by_rule.count; i++)
		put_figure(writing, writing->by_rule.at[i].label,
		    writing->by_rule.at[i].count);
	put(writing, BLOCK_HEADING, "%s", say(writing, ALERTS));
	for (unsigned i = 0; i < named; i++)
		put_item(writing, &facts->items[i]);
	if (facts->count > named)
		put(writing, BLOCK_TEXT, say(writing, MORE),
		    facts->count - named);
}

static void
put_table(struct writing *writing)
{
	const struct table *table = writing->table;

	put(writing, BLOCK_HEADING, "%s", say(writing, OPEN));
	for (unsigned i = 0; i < table->open.count; i++)
		put_figure(
		    writing, table->open.at[i].label, table->open.at[i].count);
	if (table->open.beyond > 0)
		put_figure(writing, say(writing, BEYOND), table->open.beyond);
	if (table->is_open == 0)
		put_figure(writing, "-", 0);
	put(writing, BLOCK_HEADING, "%s", say(writing, TALLY));
	put_figure(writing, say(writing, REPORTED), table->reported);
	put_figure(writing, say(writing, VERIFIED), table->verified);
	put_figure(writing, say(writing, UNHEARD), table->unheard);
	put(writing, BLOCK_HEADING, "%s", say(writing, SINCE));
	put_figure(writing, say(writing, OPENED), table->opened);
	put_figure(writing, say(writing, ENDED), table->ended);
}

static void
put_part(struct writing *writing, enum language language)
{
	const struct facts *facts = writing->facts;
	const char *helpdesk = writing->source->routes->helpdesk;
	char as_of[CALENDAR_TEXT_MAX];

	writing->language = language;
	blocks_add_part(&writing->blocks, language);
	if (writing->source->is_drill) {
		put(writing, BLOCK_BANNER, "%s", say(writing, DRILL));
		blocks_add(&writing->blocks, BLOCK_GAP, NULL, NULL);
	}
	put(writing, BLOCK_TEXT, say(writing, TO), facts->seat->title);
	blocks_add(&writing->blocks, BLOCK_GAP, NULL, NULL);
	if (facts->is_digest)
		put(writing, BLOCK_CALM, say(writing, LEAD_DIGEST),
		    (unsigned)facts->row->key.index);
	else
		put(writing, BLOCK_LEAD, say(writing, LEAD_GROUP),
		    facts->count);
	calendar_ms_put_long(as_of, writing->source->heard_ms,
	    facts->seat->zone, language == LANGUAGE_EN);
	put(writing, BLOCK_TEXT, say(writing, AS_OF), as_of);
	put_items(writing);
	if (writing->table != NULL)
		put_table(writing);
	blocks_add(&writing->blocks, BLOCK_GAP, NULL, NULL);
	if (facts->is_digest)
		put(writing, BLOCK_TEXT, say(writing, MISSING),
		    helpdesk[0] != '\0' ? helpdesk : say(writing, HELPDESK));
	put(writing, BLOCK_TEXT, say(writing, WHY), facts->seat->id);
}

static void
write_headline(struct writing *writing, char to[LETTER_SUBJECT_MAX],
    enum language language)
{
	const struct facts *facts = writing->facts;
	size_t used = 0;

	if (writing->source->is_drill)
		used = (size_t)snprintf(to, LETTER_SUBJECT_MAX, "LATIHAN - ");
	if (facts->is_digest)
		snprintf(to + used, LETTER_SUBJECT_MAX - used,
		    words[TAG_DIGEST][language],
		    (unsigned)facts->row->key.index);
	else
		snprintf(to + used, LETTER_SUBJECT_MAX - used,
		    words[TAG_GROUP][language], facts->count);
}

#pragma GCC diagnostic pop

static void
write_brief(
    struct writing *writing, char to[LETTER_BRIEF_MAX], const char *headline)
{
	size_t len = (size_t)snprintf(to, LETTER_BRIEF_MAX, "%.80s.", headline);

	for (unsigned i = 0; i < writing->by_rule.count; i++) {
		char item[LABEL_MAX + NUMBER_MAX];
		int n = snprintf(item, sizeof item, " %s: %u.",
		    writing->by_rule.at[i].label, writing->by_rule.at[i].count);

		if (len + (size_t)n >= LETTER_BRIEF_MAX)
			return;
		memcpy(to + len, item, (size_t)n + 1);
		len += (size_t)n;
	}
}

static void
count_rules(struct writing *writing)
{
	for (unsigned i = 0; i < writing->facts->count; i++) {
		const struct item *item = &writing->facts->items[i];
		struct event event;

		if (verdict_at(
			writing->source, item->alert, item->index, &event))
			lines_add(&writing->by_rule, event.verdict.rule);
	}
	qsort(writing->by_rule.at, writing->by_rule.count,
	    sizeof writing->by_rule.at[0], by_label);
}

static void
count_region(struct writing *writing)
{
	struct table *table = writing->table;

	table->source = writing->source;
	table->since_ms = writing->facts->since_ms;
	table->until_ms = writing->facts->row->promised_ms;
	table->seat = writing->facts->seat->id;
	ledger_each_alert(writing->source->ledger, count_alert, table);
	qsort(table->open.at, table->open.count, sizeof table->open.at[0],
	    by_label);
}

/* ---- what it is about */

static void
add_item(void *context, const struct ledger_row *row)
{
	struct facts *facts = context;

	if (facts->count == facts->cap) {
		facts->cap = facts->cap == 0 ? 64 : 2 * facts->cap;
		facts->items =
		    xrealloc(facts->items, facts->cap, sizeof *facts->items);
	}
	memcpy(facts->items[facts->count].alert, row->key.alert, EVENT_ID_SIZE);
	facts->items[facts->count++].index = row->key.index;
}

static int
by_entry(const void *a, const void *b)
{
	const struct item *one = a, *two = b;

	if (one->index != two->index)
		return one->index < two->index ? -1 : 1;
	return memcmp(one->alert, two->alert, EVENT_ID_SIZE);
}

/* 0: of the first, and of one that an older notifier has promised. */
static uint64_t
since_of(struct ledger *ledger, uint64_t serial)
{
	struct bytes value;
	uint8_t name[8];

	be64_put(name, serial);
	if (ledger_kept(ledger, LEDGER_KEPT_SINCE, bytes_of(name, sizeof name),
		&value) != OK ||
	    value.len != 8)
		return 0;
	return be64_get(value.at);
}

static void
gather(struct facts *facts, struct ledger *ledger)
{
	struct ledger_carrier carrier = {
	    .bundle = facts->row->serial, .max = UINT_MAX};

	(void)ledger_each_carried(ledger, &carrier, add_item, facts);
	if (facts->count > 0)
		qsort(
		    facts->items, facts->count, sizeof *facts->items, by_entry);
	facts->is_digest = facts->row->tone == ROUTE_DIGEST;
	if (facts->is_digest)
		facts->since_ms = since_of(ledger, facts->row->serial);
}

void
bundle_write(struct letter *letter, const struct bundle_source *source,
    const struct ledger_row *row, const struct seat_row *seat)
{
	struct writing *writing = xcalloc(1, sizeof *writing);
	struct table *table = xcalloc(1, sizeof *table);
	struct facts facts = {.row = row, .seat = seat};
	bool english = strcmp(seat->language, "en") == 0;

	gather(&facts, source->ledger);
	writing->source = source;
	writing->facts = &facts;
	writing->table = facts.is_digest ? table : NULL;
	count_rules(writing);
	if (writing->table != NULL)
		count_region(writing);
	write_headline(writing, letter->summary_id, LANGUAGE_ID);
	write_headline(writing, letter->summary_en, LANGUAGE_EN);
	(void)text_copy(letter->subject, LETTER_SUBJECT_MAX,
	    english ? letter->summary_en : letter->summary_id);
	write_brief(writing, letter->brief_id, letter->summary_id);
	write_brief(writing, letter->brief_en, letter->summary_en);
	letter->brief = english ? letter->brief_en : letter->brief_id;
	put_part(writing, english ? LANGUAGE_EN : LANGUAGE_ID);
	blocks_add(&writing->blocks, BLOCK_DIVIDER, NULL, NULL);
	put_part(writing, english ? LANGUAGE_ID : LANGUAGE_EN);
	letter->first_len = blocks_put_text(&writing->blocks, &letter->body);
	blocks_put_html(&writing->blocks, &letter->html, letter->subject);
	blocks_clear(&writing->blocks);
	free(facts.items);
	free(table);
	free(writing);
}
