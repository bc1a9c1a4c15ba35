/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/letter.h"

#include "model/calendar.h"
#include "model/catalog.h"
#include "notifier/block.h"
#include "notifier/brief.h"
#include "notifier/letter_units.h"
#include "notifier/matter.h"
#include "notifier/reason.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROLE_HEAD = 2, /* of CATALOG_ROLE */
	NUMBER_MAX = 24,
	BASIS_POINTS = 100,
};

/* What differs from kind to kind. */
static const struct kind_words {
	enum event_kind kind;
	const char *word;
	enum sentence tag, opening;
} kinds[] = {
    {EVENT_ALERT_OPENED, "opened", SAY_OPENED, SAY_IS_OPENED},
    {EVENT_ALERT_RAISED, "raised", SAY_RAISED, SAY_IS_RAISED},
    {EVENT_ALERT_CORRECTED, "corrected", SAY_CORRECTED, SAY_IS_CORRECTED},
    {EVENT_ALERT_WITHDRAWN, "withdrawn", SAY_WITHDRAWN, SAY_IS_WITHDRAWN},
    {EVENT_ALERT_RESOLVED, "resolved", SAY_RESOLVED, SAY_IS_RESOLVED},
};

/* One part of the body: where it goes, and in which language. */
struct part_writer {
	struct blocks *out;
	enum language language;
	const struct letter_input *input;
	bool names_units; /* the second part refers to the first */
};

static const struct kind_words *
words_of(enum event_kind kind)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	CHECK(false);
	return NULL;
}

const char *
letter_kind_word(enum event_kind kind)
{
	return words_of(kind)->word;
}

bool
letter_is_end(enum event_kind kind)
{
	return kind == EVENT_ALERT_WITHDRAWN || kind == EVENT_ALERT_RESOLVED;
}

static const char *
number(char text[NUMBER_MAX], uint64_t value)
{
	snprintf(text, NUMBER_MAX, "%" PRIu64, value);
	return text;
}

static const char *
name_of(const char *name, const char *code)
{
	return name[0] != '\0' ? name : code;
}

/* A region has a code and no name in the log. */
static const char *
object_name(const struct verdict *verdict, char text[NAME_MAX_BYTES])
{
	if (verdict->object_name[0] == '\0' &&
	    wilayah_level(verdict->object) != WILAYAH_NONE)
		snprintf(text, NAME_MAX_BYTES, "wilayah %s", verdict->object);
	else
		(void)text_copy(text, NAME_MAX_BYTES,
		    name_of(verdict->object_name, verdict->object));
	return text;
}

static bool
is_repeat(const struct verdict *verdict)
{
	return verdict->kind == RULE_REPEAT_INCIDENTS_1;
}

static void
put(struct part_writer *part, enum block_kind kind, enum sentence sentence,
    const char *const *arguments)
{
	struct text_buf line = {0};

	sentence_add(&line, part->language, sentence, arguments);
	blocks_add(part->out, kind, line.at, NULL);
	text_buf_clear(&line);
}
#define PUT_AS(part, kind, sentence, ...) \
	put(part, kind, sentence,         \
	    (const char *const[SENTENCE_ARGUMENTS_MAX]){__VA_ARGS__})
#define PUT(part, sentence, ...) PUT_AS(part, BLOCK_TEXT, sentence, __VA_ARGS__)

static void
put_gap(struct part_writer *part)
{
	blocks_add(part->out, BLOCK_GAP, NULL, NULL);
}

static void
put_heading(struct part_writer *part, enum sentence sentence)
{
	PUT_AS(part, BLOCK_HEADING, sentence, NULL);
}

static void
put_opening(struct part_writer *part)
{
	const struct letter_input *input = part->input;
	const struct verdict *verdict = input->verdict;

	if (input->term[0] != '\0')
		PUT(part, SAY_TO_TERM, input->seat->title, input->term);
	else
		PUT(part, SAY_TO, input->seat->title);
	put_gap(part);
	PUT_AS(part, letter_is_end(input->kind) ? BLOCK_CALM : BLOCK_LEAD,
	    words_of(input->kind)->opening, NULL);
	if (verdict->reason[0] != '\0')
		PUT(part, SAY_REASON,
		    sentence_reason(part->language, verdict->reason));
	if (input->is_first && input->kind != EVENT_ALERT_OPENED)
		PUT(part, SAY_FIRST_HEARD, NULL);
	if (input->note == ROUTE_NO_HEAD_SEAT)
		PUT(part, SAY_NO_HEAD_SEAT, NULL);
	if (input->note == ROUTE_NO_TERM)
		PUT(part, SAY_NO_TERM, NULL);
	reason_lines(part->out, part->language, input);
	if (is_repeat(verdict))
		PUT(part, SAY_ALLEGATION, NULL);
}

static void
put_campaign(struct part_writer *part)
{
	const struct campaign_row *campaign = part->input->campaign;
	const char *zone = part->input->seat->zone;
	bool english = part->language == LANGUAGE_EN;
	char due[CALENDAR_TEXT_MAX], grace[CALENDAR_TEXT_MAX];

	if (part->input->verdict->campaign[0] == '\0')
		return;
	if (campaign == NULL) {
		PUT(part, SAY_CAMPAIGN_BARE, part->input->verdict->campaign);
		return;
	}
	calendar_ms_put_long(due, campaign->due_ms, zone, english);
	calendar_ms_put_long(grace, campaign->grace_end_ms, zone, english);
	PUT(part, SAY_CAMPAIGN, name_of(campaign->name, campaign->id),
	    campaign->id, due, grace);
}

/* The end of an alert about repeated acts has no window: nothing was counted
 * anew, its figures are those of the message before. */
static bool
has_old_figures(const struct verdict *verdict)
{
	return is_repeat(verdict) && verdict->window_to_day == 0;
}

/* What it takes to be signed, in the words of the rule: a unit whose ikrar was
 * read must not be told as one without. */
static const struct measure {
	const char *word; /* of CATALOG_SIGNED */
	enum sentence sentence, brief;
} measures[] = {
    {"read", SAY_MEASURE_READ, SAY_SHORT_READ},
    {"head", SAY_MEASURE_HEAD, SAY_SHORT_HEAD},
    {"share", SAY_MEASURE_SHARE, SAY_SHORT_SHARE},
};

static const struct measure *
measure_of(const struct verdict *verdict)
{
	const char *word = catalog_word(CATALOG_SIGNED, verdict->counts);
	unsigned n = 0;

	CHECK(word != NULL);
	while (strcmp(measures[n].word, word) != 0)
		n++;
	return &measures[n];
}

static const char *
percent(char text[NUMBER_MAX], uint32_t basis_points, bool english)
{
	if (basis_points % BASIS_POINTS == 0)
		return number(text, basis_points / BASIS_POINTS);
	snprintf(text, NUMBER_MAX, "%u%c%02u", basis_points / BASIS_POINTS,
	    english ? '.' : ',', basis_points % BASIS_POINTS);
	return text;
}

static void
put_measure(struct part_writer *part)
{
	const struct verdict *verdict = part->input->verdict;
	char share[NUMBER_MAX];

	PUT(part, measure_of(verdict)->sentence,
	    percent(share, verdict->signed_bp, part->language == LANGUAGE_EN));
}

static void
put_matter(struct part_writer *part)
{
	const struct verdict *verdict = part->input->verdict;
	const struct catalog_row *scope;
	char as_of[CALENDAR_TEXT_MAX], version[NUMBER_MAX];
	char name[NAME_MAX_BYTES];
	unsigned scopes;

	scope = &catalog_rows(CATALOG_SCOPE, &scopes)[verdict->scope - 1];
	CHECK(verdict->scope >= 1 && verdict->scope <= scopes);
	put_gap(part);
	PUT(part, SAY_RULE, verdict->rule,
	    number(version, verdict->rules_version));
	PUT(part,
	    strcmp(object_name(verdict, name), verdict->object) != 0
		? SAY_OBJECT
		: SAY_OBJECT_BARE,
	    object_name(verdict, name), verdict->object,
	    part->language == LANGUAGE_EN ? scope->en : scope->id);
	put_campaign(part);
	if (is_repeat(verdict) && !has_old_figures(verdict)) {
		char from[CALENDAR_TEXT_MAX], to[CALENDAR_TEXT_MAX];

		calendar_day_put_long(from, verdict->window_from_day,
		    part->language == LANGUAGE_EN);
		calendar_day_put_long(
		    to, verdict->window_to_day, part->language == LANGUAGE_EN);
		PUT(part, SAY_WINDOW, from, to);
	} else if (matter_is(verdict)) {
		matter_lines(part->out, part->language, part->input);
	} else if (!is_repeat(verdict)) {
		struct text_buf occasion = {0};

		put_measure(part);
		sentence_add_occasion(
		    &occasion, part->language, verdict->occasion);
		PUT(part, SAY_OCCASION, occasion.at);
		text_buf_clear(&occasion);
	}
	calendar_ms_put_long(as_of, verdict->judged_at_ms,
	    part->input->seat->zone, part->language == LANGUAGE_EN);
	PUT(part, SAY_AS_OF, as_of);
}

static void
put_figure(struct part_writer *part, enum sentence label, const char *value)
{
	struct text_buf line = {0};

	SAY(&line, part->language, label, NULL);
	blocks_add(part->out, BLOCK_FIGURE, line.at, value);
	text_buf_clear(&line);
}

static void
put_count(struct part_writer *part, enum sentence label, uint32_t value)
{
	char text[NUMBER_MAX];

	put_figure(part, label, number(text, value));
}

static void
put_figures(struct part_writer *part)
{
	const struct figures *figures = &part->input->verdict->figures;

	put_heading(part, has_old_figures(part->input->verdict)
			      ? SAY_FIGURES_BEFORE
			      : SAY_FIGURES);
	if (matter_is(part->input->verdict)) {
		matter_figures(part->out, part->language, part->input);
		return;
	}
	if (is_repeat(part->input->verdict)) {
		put_count(part, SAY_REPORTED, figures->reported);
		put_count(part, SAY_VERIFIED, figures->verified);
		put_count(part, SAY_SOURCES, figures->sources);
		put_count(part, SAY_THRESHOLD_REPORTS, figures->threshold);
		return;
	}
	put_count(part, SAY_EXPECTED, figures->expected);
	put_count(part, SAY_ON_TIME, figures->on_time);
	put_count(part, SAY_LATE, figures->late);
	put_count(part, SAY_UNSIGNED, figures->unsigned_known);
	put_count(part, SAY_UNHEARD, figures->unheard);
	if (figures->threshold > 0)
		put_count(part, SAY_THRESHOLD_UNITS, figures->threshold);
	if (figures->threshold_bp > 0) {
		char share[NUMBER_MAX];

		(void)percent(share, figures->threshold_bp,
		    part->language == LANGUAGE_EN);
		put_figure(part, SAY_THRESHOLD_SHARE, share);
	}
}

/* Judged at the end of grace or behind it? */
static bool
is_overdue(const struct letter_input *input)
{
	const struct verdict *verdict = input->verdict;

	return input->campaign != NULL
		   ? verdict->judged_at_ms >= input->campaign->grace_end_ms
		   : strncmp(verdict->occasion, "grace_end", 9) == 0;
}

/* What is asked follows from who reads: the seat's role, which may differ from
 * whom the rule meant. */
static enum sentence
asked(const struct letter_input *input)
{
	bool is_head = input->seat->role == ROLE_HEAD;

	if (input->kind == EVENT_ALERT_WITHDRAWN)
		return SAY_ASK_WITHDRAWN;
	if (input->kind == EVENT_ALERT_RESOLVED)
		return SAY_ASK_RESOLVED;
	if (input->kind == EVENT_ALERT_CORRECTED)
		return SAY_ASK_CORRECTED;
	if (is_repeat(input->verdict))
		return is_head ? SAY_ASK_HEAD_REPEAT : SAY_ASK_ADMIN_REPEAT;
	if (is_head)
		return SAY_ASK_HEAD_UNSIGNED;
	return is_overdue(input) ? SAY_ASK_ADMIN_OVERDUE
				 : SAY_ASK_ADMIN_UNSIGNED;
}

/* By when: the campaign's lock, as far as it is known. */
static void
add_until(struct text_buf *out, const struct part_writer *part)
{
	const struct campaign_row *campaign = part->input->campaign;
	char lock[CALENDAR_TEXT_MAX];

	if (campaign == NULL || campaign->lock_ms == 0) {
		SAY(out, part->language, SAY_UNTIL_CLOSED, NULL);
		return;
	}
	calendar_ms_put_long(lock, campaign->lock_ms, part->input->seat->zone,
	    part->language == LANGUAGE_EN);
	SAY(out, part->language, SAY_UNTIL_LOCK, lock);
}

static void
put_closing(struct part_writer *part)
{
	const struct letter_input *input = part->input;
	const struct verdict *verdict = input->verdict;
	char id[2 * EVENT_ID_SIZE + 1], index[NUMBER_MAX];
	char name[NAME_MAX_BYTES];
	struct text_buf until = {0};

	put_heading(part, SAY_ASK);
	if (matter_is(verdict) && !letter_is_end(input->kind) &&
	    input->kind != EVENT_ALERT_CORRECTED) {
		matter_ask(&until, part->language, input);
		blocks_add(part->out, BLOCK_TEXT, until.at, NULL);
	} else {
		add_until(&until, part);
		PUT(part, asked(input), input->seat->title, until.at);
	}
	text_buf_clear(&until);
	if (input->ack_url != NULL) {
		put_gap(part);
		PUT(part, SAY_ACKNOWLEDGE, NULL);
		blocks_add(part->out, BLOCK_TEXT, input->ack_url, NULL);
	}
	put_gap(part);
	PUT(part, SAY_WHY, input->seat->id, verdict->rule,
	    object_name(verdict, name));
	hex_put(id, verdict->alert, EVENT_ID_SIZE);
	id[LETTER_SHORT_ID] = '\0';
	PUT(part, SAY_REFERENCE, id, number(index, input->index));
}

static void
put_part(struct part_writer *part)
{
	put_opening(part);
	put_matter(part);
	if (!part->input->is_past)
		put_figures(part);
	letter_units_put(
	    part->out, part->language, part->input, part->names_units);
	put_closing(part);
}

/* Of a trial message: no rule, no figures, no unit; nothing is asked but to say
 * that it has come. */
static void
put_test(struct part_writer *part)
{
	const struct letter_input *input = part->input;
	char sent[CALENDAR_TEXT_MAX], id[2 * EVENT_ID_SIZE + 1];

	if (input->term[0] != '\0')
		PUT(part, SAY_TO_TERM, input->seat->title, input->term);
	else
		PUT(part, SAY_TO, input->seat->title);
	put_gap(part);
	PUT_AS(
	    part, BLOCK_CALM, SAY_TEST_LEAD, input->seat->id, input->channel);
	calendar_ms_put_long(sent, input->verdict->judged_at_ms,
	    input->seat->zone, part->language == LANGUAGE_EN);
	PUT(part, SAY_TEST_SENT, sent);
	put_heading(part, SAY_ASK);
	PUT(part, SAY_TEST_ASK, NULL);
	put_gap(part);
	hex_put(id, input->verdict->alert, EVENT_ID_SIZE);
	id[LETTER_SHORT_ID] = '\0';
	PUT(part, SAY_TEST_REFERENCE, id);
}

static void
put_headline(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	const struct verdict *verdict = input->verdict;
	char name[NAME_MAX_BYTES], count[NUMBER_MAX];
	struct text_buf brief = {0};

	(void)object_name(verdict, name);
	if (input->is_test) {
		SAY(out, language, SAY_TEST_TAG, NULL);
		text_buf_add(out, ": ");
		SAY(out, language, SAY_TEST_HEAD, input->seat->title);
		return;
	}
	if (!is_repeat(verdict) && !matter_is(verdict))
		SAY(&brief, language, measure_of(verdict)->brief, NULL);
	if (input->is_drill) {
		SAY(out, LANGUAGE_ID, SAY_DRILL_TAG, NULL);
		text_buf_add(out, " - ");
	}
	SAY(out, language, words_of(input->kind)->tag, NULL);
	text_buf_add(out, ": ");
	if (matter_is(verdict))
		matter_headline(out, language, input);
	else if (letter_is_end(input->kind) || input->is_past)
		SAY(out, language,
		    is_repeat(verdict) ? SAY_HEAD_REPEAT_END
				       : SAY_HEAD_UNSIGNED_END,
		    name, brief.at);
	else if (is_repeat(verdict))
		SAY(out, language, SAY_HEAD_REPEAT,
		    number(count, verdict->figures.reported), name);
	else
		SAY(out, language, SAY_HEAD_UNSIGNED,
		    number(count, verdict->figures.unsigned_known), name,
		    brief.at);
	text_buf_clear(&brief);
}

static void
take_headline(char text[LETTER_SUBJECT_MAX], enum language language,
    const struct letter_input *input)
{
	struct text_buf out = {0};

	put_headline(&out, language, input);
	(void)text_copy(text, LETTER_SUBJECT_MAX, out.at);
	text_buf_clear(&out);
}

static void
put_in_language(struct part_writer *part)
{
	blocks_add_part(part->out, part->language);
	if (part->input->is_test)
		PUT_AS(part, BLOCK_BANNER, SAY_TEST, NULL);
	if (part->input->is_drill)
		PUT_AS(part, BLOCK_BANNER, SAY_DRILL, NULL);
	if (part->input->is_test || part->input->is_drill)
		put_gap(part);
	if (part->input->is_test)
		put_test(part);
	else
		put_part(part);
}

/* "headline / the other language's word for what it is" */
static void
take_subject(struct letter *letter, enum language first,
    const struct letter_input *input)
{
	struct text_buf other = {0};

	SAY(&other, !first,
	    input->is_test ? SAY_TEST_TAG : words_of(input->kind)->tag, NULL);
	snprintf(letter->subject, sizeof letter->subject, "%.*s / %s",
	    LETTER_SUBJECT_MAX / 2,
	    first == LANGUAGE_ID ? letter->summary_id : letter->summary_en,
	    other.at);
	text_buf_clear(&other);
}

void
letter_write(struct letter *letter, const struct letter_input *input)
{
	enum language first = strcmp(input->seat->language, "en") == 0
				  ? LANGUAGE_EN
				  : LANGUAGE_ID;
	struct blocks blocks = {0};
	struct part_writer part = {.out = &blocks,
	    .language = first,
	    .input = input,
	    .names_units = true};

	CHECK(letter->body.len == 0);
	take_headline(letter->summary_id, LANGUAGE_ID, input);
	take_headline(letter->summary_en, LANGUAGE_EN, input);
	take_subject(letter, first, input);
	brief_write(letter->brief_id, LANGUAGE_ID, input);
	brief_write(letter->brief_en, LANGUAGE_EN, input);
	letter->brief =
	    first == LANGUAGE_ID ? letter->brief_id : letter->brief_en;
	put_in_language(&part);
	blocks_add(&blocks, BLOCK_DIVIDER, NULL, NULL);
	part.language = !first;
	part.names_units = false;
	put_in_language(&part);
	letter->first_len = blocks_put_text(&blocks, &letter->body);
	blocks_put_html(&blocks, &letter->html, letter->subject);
	blocks_clear(&blocks);
}

void
letter_clear(struct letter *letter)
{
	text_buf_clear(&letter->body);
	text_buf_clear(&letter->html);
	*letter = (struct letter){0};
}
