/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/bundle.h"

#include "model/calendar.h"
#include "notifier/block.h"
#include "trust/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGES = 2,
	NUMBER_MAX = 24,
	TEXTS = 7, /* of a letter, as they are kept */
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

const struct seat_row *
bundle_seat(const struct bundle_source *source, const char *id,
    struct seat_row *stand_in)
{
	const struct seat_row *seat = seats_by_id(source->seats, id);

	if (seat != NULL)
		return seat;
	*stand_in = (struct seat_row){.role = 1};
	(void)text_copy(stand_in->id, sizeof stand_in->id, id);
	(void)text_copy(stand_in->title, sizeof stand_in->title, id);
	(void)text_copy(stand_in->zone, sizeof stand_in->zone, source->zone);
	(void)text_copy(stand_in->language, sizeof stand_in->language, "id");
	return stand_in;
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
	uint64_t since_ms;
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

static void
count_alert(void *context, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct table *table = context;
	struct event event;

	if (!verdict_at(table->source, alert, row->last_index, &event) ||
	    routes_conflict(table->source->routes, table->seat,
		&event.verdict) != ROUTES_CLEAR)
		return;
	table->opened += row->opened_ms >= table->since_ms;
	if (row->is_open)
		count_open(table, &event.verdict);
	else
		table->ended += event.verdict.judged_at_ms >= table->since_ms;
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
	"%u notices of alerts in one message."},
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
	"DIGEST: %u notices of alerts"},
    [TAG_DIGEST] = {"RANGKUMAN HARIAN nomor %u", "DAILY DIGEST number %u"},
    [DRILL] = {"LATIHAN: pesan ini bagian dari latihan, bukan kejadian nyata.",
	"DRILL: this message is part of a drill, not a real event."},
};

struct writing {
	const struct bundle_source *source;
	const struct bundle_facts *facts;
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
put_item(struct writing *writing, const struct bundle_item *item)
{
	struct event event;
	struct letter letter = {0};
	char id[2 * EVENT_ID_SIZE + 1];
	struct letter_input input = {.index = item->index,
	    .seat = writing->facts->seat,
	    .term = writing->facts->term,
	    .channel = "",
	    .verdict = &event.verdict};

	if (!verdict_at(writing->source, item->alert, item->index, &event))
		return;
	input.kind = event.kind;
	input.is_past =
	    routes_conflict(writing->source->routes, writing->facts->seat->id,
		&event.verdict) == ROUTES_WHOLE;
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
	const struct bundle_facts *facts = writing->facts;
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
	const struct bundle_facts *facts = writing->facts;
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
	if (facts->digest != NULL)
		put(writing, BLOCK_CALM, say(writing, LEAD_DIGEST),
		    (unsigned)facts->digest->number);
	else
		put(writing, BLOCK_LEAD, say(writing, LEAD_GROUP),
		    facts->count);
	calendar_ms_put_long(as_of, writing->source->now_ms, facts->seat->zone,
	    language == LANGUAGE_EN);
	put(writing, BLOCK_TEXT, say(writing, AS_OF), as_of);
	put_items(writing);
	if (writing->table != NULL)
		put_table(writing);
	blocks_add(&writing->blocks, BLOCK_GAP, NULL, NULL);
	if (facts->digest != NULL)
		put(writing, BLOCK_TEXT, say(writing, MISSING),
		    helpdesk[0] != '\0' ? helpdesk : say(writing, HELPDESK));
	put(writing, BLOCK_TEXT, say(writing, WHY), facts->seat->id);
}

static void
write_headline(struct writing *writing, char to[LETTER_SUBJECT_MAX],
    enum language language)
{
	const struct bundle_facts *facts = writing->facts;
	size_t used = 0;

	if (writing->source->is_drill)
		used = (size_t)snprintf(to, LETTER_SUBJECT_MAX, "LATIHAN - ");
	if (facts->digest != NULL)
		snprintf(to + used, LETTER_SUBJECT_MAX - used,
		    words[TAG_DIGEST][language],
		    (unsigned)facts->digest->number);
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

/* ---- kept as texts, one behind the other */

static void
keep(struct ledger *ledger, uint64_t serial, const struct letter *letter)
{
	const char *texts[TEXTS] = {letter->subject, letter->summary_id,
	    letter->summary_en, letter->brief_id, letter->brief_en,
	    letter->body.at, letter->html.at};
	struct text_buf all = {0};
	uint8_t name[8], first[8];

	be64_put(name, serial);
	be64_put(first, letter->first_len);
	text_buf_add_bytes(&all, first, sizeof first);
	for (unsigned i = 0; i < TEXTS; i++)
		text_buf_add_bytes(&all, texts[i], strlen(texts[i]) + 1);
	ledger_keep(ledger, LEDGER_KEPT_TEXT, bytes_of(name, sizeof name),
	    bytes_of(all.at, all.len));
	text_buf_clear(&all);
}

enum err
bundle_read(
    struct letter *letter, struct ledger *ledger, uint64_t serial, bool english)
{
	const char *texts[TEXTS], *at, *end;
	struct bytes value;
	uint8_t name[8];

	be64_put(name, serial);
	if (ledger_kept(ledger, LEDGER_KEPT_TEXT, bytes_of(name, sizeof name),
		&value) != OK ||
	    value.len < 8)
		return ERR_NOTFOUND;
	at = (const char *)value.at + 8;
	end = (const char *)value.at + value.len;
	for (unsigned i = 0; i < TEXTS; i++) {
		texts[i] = at;
		at = memchr(at, '\0', (size_t)(end - at));
		if (at == NULL)
			return ERR_NOTFOUND;
		at++;
	}
	letter->first_len = be64_get(value.at);
	(void)text_copy(letter->subject, LETTER_SUBJECT_MAX, texts[0]);
	(void)text_copy(letter->summary_id, LETTER_SUBJECT_MAX, texts[1]);
	(void)text_copy(letter->summary_en, LETTER_SUBJECT_MAX, texts[2]);
	(void)text_copy(letter->brief_id, LETTER_BRIEF_MAX, texts[3]);
	(void)text_copy(letter->brief_en, LETTER_BRIEF_MAX, texts[4]);
	text_buf_add_bytes(&letter->body, texts[5], strlen(texts[5]));
	text_buf_add_bytes(&letter->html, texts[6], strlen(texts[6]));
	letter->brief = english ? letter->brief_en : letter->brief_id;
	return OK;
}

static void
count_rules(struct writing *writing)
{
	for (unsigned i = 0; i < writing->facts->count; i++) {
		const struct bundle_item *item = &writing->facts->items[i];
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
	table->since_ms = writing->facts->digest->last_ms;
	table->seat = writing->facts->seat->id;
	ledger_each_alert(writing->source->ledger, count_alert, table);
	qsort(table->open.at, table->open.count, sizeof table->open.at[0],
	    by_label);
}

void
bundle_write(const struct bundle_source *source,
    const struct bundle_facts *facts, uint64_t serial)
{
	struct writing *writing = xcalloc(1, sizeof *writing);
	struct table *table = xcalloc(1, sizeof *table);
	struct letter letter = {0};
	bool english = strcmp(facts->seat->language, "en") == 0;

	writing->source = source;
	writing->facts = facts;
	writing->table = facts->digest != NULL ? table : NULL;
	count_rules(writing);
	if (writing->table != NULL)
		count_region(writing);
	write_headline(writing, letter.summary_id, LANGUAGE_ID);
	write_headline(writing, letter.summary_en, LANGUAGE_EN);
	(void)text_copy(letter.subject, LETTER_SUBJECT_MAX,
	    english ? letter.summary_en : letter.summary_id);
	write_brief(writing, letter.brief_id, letter.summary_id);
	write_brief(writing, letter.brief_en, letter.summary_en);
	put_part(writing, english ? LANGUAGE_EN : LANGUAGE_ID);
	blocks_add(&writing->blocks, BLOCK_DIVIDER, NULL, NULL);
	put_part(writing, english ? LANGUAGE_ID : LANGUAGE_EN);
	letter.first_len = blocks_put_text(&writing->blocks, &letter.body);
	blocks_put_html(&writing->blocks, &letter.html, letter.subject);
	keep(source->ledger, serial, &letter);
	blocks_clear(&writing->blocks);
	letter_clear(&letter);
	free(table);
	free(writing);
}
