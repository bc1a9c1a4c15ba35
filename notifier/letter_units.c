/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/letter_units.h"

#include "notifier/matter.h"
#include "notifier/reason.h"
#include "notifier/routes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 24 };

struct part_writer {
	struct blocks *out;
	enum language language;
	const struct letter_input *input;
	bool names_units;
};

static void
put(struct part_writer *part, enum block_kind kind, enum sentence sentence,
    const char *argument)
{
	struct text_buf line = {0};

	SAY(&line, part->language, sentence, argument);
	blocks_add(part->out, kind, line.at, NULL);
	text_buf_clear(&line);
}

static void
put_heading(struct part_writer *part, enum sentence sentence)
{
	put(part, BLOCK_HEADING, sentence, NULL);
}

static const char *
number(char text[NUMBER_MAX], uint64_t value)
{
	snprintf(text, NUMBER_MAX, "%" PRIu64, value);
	return text;
}

static bool
is_repeat(const struct verdict *verdict)
{
	return verdict->kind == RULE_REPEAT_INCIDENTS_1;
}

static bool
is_struck(const struct letter_input *input, const char *code)
{
	for (unsigned i = 0; i < input->struck_count; i++)
		if (strcmp(input->struck[i], code) == 0)
			return true;
	return false;
}

static bool
is_own(const struct letter_input *input, const struct alert_unit *unit)
{
	return input->routes != NULL &&
	       routes_is_own(input->routes, input->seat->id, unit->code);
}

/* "- Puskesmas Bangkala (PKM-01), 73.04.02: had pledged on time" */
static void
put_unit(struct part_writer *part, const struct alert_unit *unit)
{
	struct text_buf line = {0};

	if (unit->name[0] != '\0')
		text_buf_add(&line, "%s (%s)", unit->name, unit->code);
	else
		text_buf_add(&line, "%s", unit->code);
	text_buf_add(&line, ", %s", unit->wilayah);
	if (unit->why[0] != '\0')
		text_buf_add(
		    &line, ": %s", sentence_reason(part->language, unit->why));
	blocks_add(part->out, BLOCK_ITEM, line.at, NULL);
	text_buf_clear(&line);
}

static void
put_units(struct part_writer *part)
{
	const struct verdict *verdict = part->input->verdict;
	uint32_t all = verdict->figures.unsigned_known, struck = 0, own = 0;
	char count[NUMBER_MAX];

	if (verdict->unit_count == 0 || part->input->is_past)
		return;
	put_heading(part, is_repeat(verdict) || matter_is(verdict)
			      ? SAY_UNITS_REPEAT
			      : SAY_UNITS_UNSIGNED);
	if (!part->names_units) {
		put(part, BLOCK_TEXT, SAY_UNITS_ABOVE, NULL);
		return;
	}
	for (uint32_t i = 0; i < verdict->unit_count; i++)
		if (is_struck(part->input, verdict->units[i].code))
			struck++;
		else if (is_own(part->input, &verdict->units[i]))
			own++;
		else
			put_unit(part, &verdict->units[i]);
	if (own > 0)
		reason_own(part->out, part->language, own);
	if (!is_repeat(verdict) && !matter_is(verdict) &&
	    all > verdict->unit_count)
		put(part, BLOCK_TEXT, SAY_UNITS_MORE,
		    number(count, all - verdict->unit_count));
	if (struck > 0)
		put(part, BLOCK_TEXT, SAY_UNITS_STRUCK, number(count, struck));
}

static void
put_removed(struct part_writer *part)
{
	const struct verdict *verdict = part->input->verdict;
	bool has_heading = false;

	for (uint32_t i = 0; i < verdict->removed_count; i++) {
		if (is_own(part->input, &verdict->removed[i]))
			continue;
		if (!has_heading)
			put_heading(part, SAY_UNITS_REMOVED);
		has_heading = true;
		put_unit(part, &verdict->removed[i]);
	}
}

void
letter_units_put(struct blocks *out, enum language language,
    const struct letter_input *input, bool names_units)
{
	struct part_writer part = {.out = out,
	    .language = language,
	    .input = input,
	    .names_units = names_units};

	put_units(&part);
	put_removed(&part);
}
