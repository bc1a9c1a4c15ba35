/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/reason.h"

#include "model/calendar.h"

#include <stdio.h>

enum { LANGUAGES = 2, LINE_MAX_BYTES = 512 };

static const char *const tones[][LANGUAGES] = {
    [ROUTE_REMINDED] = {"PENGINGAT: peringatan ini masih terbuka dan belum "
			"dinyatakan diketahui oleh kantor Anda.",
	"REMINDER: this alert is still open, and your office has not "
	"acknowledged it."},
    [ROUTE_REOPENED] = {"PENGINGAT: pernyataan tahu dari kantor Anda sudah "
			"habis waktunya atau pemegang jabatannya berganti, "
			"sedangkan peringatan ini masih terbuka.",
	"REMINDER: your office's acknowledgement has run out, or another holds "
	"the seat by now, and this alert is still open."},
};

static const char *const step_text[LANGUAGES] = {
    "DINAIKKAN, langkah %u: kantor yang lebih dahulu diberi tahu belum "
    "menyatakan tahu.",
    "ESCALATED, step %u: the office that was told before has not "
    "acknowledged."};

static const char *const conflict_text[LANGUAGES] = {
    "Peringatan ini menyangkut unit kantor yang seharusnya menerimanya, "
    "karena itu disampaikan kepada Anda.",
    "This alert is about units of the office that would have been told, which "
    "is why it comes to you."};

static const char *const bare_text[LANGUAGES] = {
    "Peringatan ini menyangkut unit kantor yang seharusnya menerimanya, dan "
    "belum ada badan lain yang ditetapkan untuk itu (conflict_to); karena itu "
    "disampaikan kepada admin wilayah.",
    "This alert is about units of the office that would have been told, and "
    "no other body is set for that (conflict_to), which is why it comes to the "
    "regional admin."};

static const char *const past_text[LANGUAGES] = {
    "Yang tersisa dari peringatan ini hanya menyangkut unit kantor Anda "
    "sendiri dan disampaikan kepada badan lain; karena itu angkanya tidak "
    "dimuat di sini. Bagi kantor Anda peringatan ini selesai.",
    "What is left of this alert is about units of your own office alone and is "
    "told to another body, which is why it comes without figures. For your "
    "office this alert is over."};

static const char *const before_text[LANGUAGES] = {
    "Pemegang jabatan sebelumnya (%s) diberi tahu pada %s.",
    "The holder of the seat before (%s) was told on %s."};

static const char *const own_text[LANGUAGES] = {
    "(%u unit milik kantor Anda sendiri tidak disebut di sini: disampaikan "
    "kepada badan lain)",
    "(not named here, and told to another body: %u of your own office's "
    "units)"};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void
put_before(struct blocks *out, enum language language,
    const struct letter_input *input)
{
	char line[LINE_MAX_BYTES], told[CALENDAR_TEXT_MAX];
	const char *term =
	    input->told_before != NULL && input->told_before[0] != '\0'
		? input->told_before
		: "-";

	calendar_ms_put_long(told, input->told_before_ms, input->seat->zone,
	    language == LANGUAGE_EN);
	snprintf(line, sizeof line, before_text[language], term, told);
	blocks_add(out, BLOCK_TEXT, line, NULL);
}

void
reason_own(struct blocks *out, enum language language, unsigned count)
{
	char line[LINE_MAX_BYTES];

	snprintf(line, sizeof line, own_text[language], count);
	blocks_add(out, BLOCK_TEXT, line, NULL);
}

void
reason_lines(struct blocks *out, enum language language,
    const struct letter_input *input)
{
	char line[LINE_MAX_BYTES];

	if (input->tone == ROUTE_REMINDED || input->tone == ROUTE_REOPENED)
		blocks_add(out, BLOCK_TEXT, tones[input->tone][language], NULL);
	if (input->tone == ROUTE_ESCALATED) {
		snprintf(line, sizeof line, step_text[language], input->step);
		blocks_add(out, BLOCK_TEXT, line, NULL);
	}
	if (input->note == ROUTE_CONFLICT)
		blocks_add(out, BLOCK_TEXT, conflict_text[language], NULL);
	if (input->note == ROUTE_CONFLICT_BARE)
		blocks_add(out, BLOCK_TEXT, bare_text[language], NULL);
	if (input->is_past)
		blocks_add(out, BLOCK_TEXT, past_text[language], NULL);
	if (input->told_before_ms > 0)
		put_before(out, language, input);
}

#pragma GCC diagnostic pop
