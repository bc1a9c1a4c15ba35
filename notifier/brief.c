/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/brief.h"

#include "core/utf8.h"
#include "notifier/matter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ROLE_HEAD = 2, /* of CATALOG_ROLE */
	NUMBER_MAX = 12,
	LATIN_FIRST = 0xc0,
	LATIN_COUNT = 64,
};

/* U+00C0 to U+00FF without their accents. */
static const char latin[LATIN_COUNT + 1] =
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo-ouuuuyty";

static const struct {
	enum event_kind kind;
	enum sentence tag;
} tags[] = {
    {EVENT_ALERT_OPENED, SAY_BRIEF_OPENED},
    {EVENT_ALERT_RAISED, SAY_BRIEF_RAISED},
    {EVENT_ALERT_CORRECTED, SAY_BRIEF_CORRECTED},
    {EVENT_ALERT_WITHDRAWN, SAY_BRIEF_WITHDRAWN},
    {EVENT_ALERT_RESOLVED, SAY_BRIEF_RESOLVED},
};

/* These take two places in a phone's alphabet, or are none of it. */
static char
plain_of(uint32_t point)
{
	if (point == '`' || (point >= 0x2018 && point <= 0x201b))
		return '\'';
	if (point >= 0x201c && point <= 0x201f)
		return '"';
	if (point >= 0x2010 && point <= 0x2015)
		return '-';
	if (point < ' ' ||
	    (point < 0x7f && strchr("[]{}^~|\\", (int)point) != NULL))
		return '.';
	if (point < 0x7f)
		return (char)point;
	if (point >= LATIN_FIRST && point < LATIN_FIRST + LATIN_COUNT)
		return latin[point - LATIN_FIRST];
	return '?';
}

static void
add_plain(struct text_buf *out, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at != '\0') {
		uint32_t point = utf8_next(&at);
		char plain;

		if (point == UINT32_MAX)
			return;
		plain = plain_of(point);
		text_buf_add_bytes(out, &plain, 1);
	}
}

static enum sentence
tag_of(enum event_kind kind)
{
	unsigned n = 0;

	while (n < sizeof tags / sizeof tags[0] && tags[n].kind != kind)
		n++;
	CHECK(n < sizeof tags / sizeof tags[0]);
	return tags[n].tag;
}

static bool
is_repeat(const struct verdict *verdict)
{
	return verdict->kind == RULE_REPEAT_INCIDENTS_1;
}

static enum sentence
asked(const struct letter_input *input)
{
	bool is_head = input->seat->role == ROLE_HEAD;

	if (input->kind == EVENT_ALERT_WITHDRAWN)
		return SAY_BRIEF_ASK_WITHDRAWN;
	if (input->kind == EVENT_ALERT_RESOLVED ||
	    (input->kind == EVENT_ALERT_CORRECTED && input->is_past))
		return SAY_BRIEF_ASK_RESOLVED;
	if (input->kind == EVENT_ALERT_CORRECTED)
		return SAY_BRIEF_ASK_CORRECTED;
	if (is_repeat(input->verdict))
		return is_head ? SAY_BRIEF_ASK_HEAD_REPEAT
			       : SAY_BRIEF_ASK_ADMIN_REPEAT;
	return is_head ? SAY_BRIEF_ASK_HEAD_UNSIGNED
		       : SAY_BRIEF_ASK_ADMIN_UNSIGNED;
}

static void
add_figures(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	const struct figures *figures = &input->verdict->figures;
	char one[NUMBER_MAX], two[NUMBER_MAX], three[NUMBER_MAX];

	if (letter_is_end(input->kind) || matter_is(input->verdict) ||
	    input->is_past)
		return;
	if (is_repeat(input->verdict)) {
		snprintf(one, sizeof one, "%" PRIu32, figures->reported);
		snprintf(two, sizeof two, "%" PRIu32, figures->verified);
		SAY(out, language, SAY_BRIEF_REPEAT, one, two);
	} else {
		snprintf(one, sizeof one, "%" PRIu32, figures->unsigned_known);
		snprintf(two, sizeof two, "%" PRIu32, figures->expected);
		snprintf(three, sizeof three, "%" PRIu32, figures->unheard);
		SAY(out, language, SAY_BRIEF_UNSIGNED, one, two, three);
	}
	text_buf_add(out, " ");
}

/* Behind the name: figures, what is asked, the reference. */
static void
add_tail(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, input->verdict->alert, EVENT_ID_SIZE);
	id[LETTER_SHORT_ID] = '\0';
	if (!input->is_test) {
		text_buf_add(out, ": ");
		add_figures(out, language, input);
		if (matter_is(input->verdict) && !letter_is_end(input->kind) &&
		    input->kind != EVENT_ALERT_CORRECTED)
			text_buf_add(
			    out, "%s", matter_brief_ask(language, input));
		else
			SAY(out, language, asked(input), NULL);
	}
	text_buf_add(out, " ");
	SAY(out, language, SAY_BRIEF_REFERENCE, id);
}

static void
add_head(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	if (input->is_drill) {
		SAY(out, LANGUAGE_ID, SAY_DRILL_TAG, NULL);
		text_buf_add(out, " ");
	}
	if (input->is_test) {
		SAY(out, language, SAY_TEST_TAG, NULL);
		text_buf_add(out, ": ");
		return;
	}
	SAY(out, language, tag_of(input->kind), NULL);
	text_buf_add(out, " %s ", input->verdict->rule);
}

/* The one piece that may be cut. */
static void
add_name(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	const struct verdict *verdict = input->verdict;
	struct text_buf said = {0};

	if (input->is_test) {
		SAY(&said, language, SAY_TEST_BRIEF, input->seat->id);
		add_plain(out, said.at);
	} else if (verdict->object_name[0] != '\0') {
		add_plain(out, verdict->object_name);
	} else {
		add_plain(out, verdict->object);
	}
	text_buf_clear(&said);
}

void
brief_write(char out[LETTER_BRIEF_MAX], enum language language,
    const struct letter_input *input)
{
	struct text_buf head = {0}, name = {0}, tail = {0};
	size_t room = LETTER_BRIEF_MAX - 1;

	add_head(&head, language, input);
	add_name(&name, language, input);
	add_tail(&tail, language, input);
	CHECK(head.len + tail.len < room);
	room -= head.len + tail.len;
	if (name.len > room) {
		name.at[room - 1] = '.';
		name.at[room] = '\0';
	}
	snprintf(out, LETTER_BRIEF_MAX, "%s%s%s", head.at, name.at, tail.at);
	text_buf_clear(&head);
	text_buf_clear(&name);
	text_buf_clear(&tail);
}
