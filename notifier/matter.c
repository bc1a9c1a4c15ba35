/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/matter.h"

#include "model/calendar.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LANGUAGES = 2, NUMBER_MAX = 24 };

/* Indonesian, English */
struct words {
	const char *at[LANGUAGES];
};

/* {1} is the object's name. */
static const struct matter {
	enum rule_kind kind;
	struct words open, ended, since, ask, brief;
} matters[] = {
    {RULE_NODE_SILENT_1, {{"{1} tidak terdengar", "{1} is not heard"}},
	{{"{1} terdengar lagi", "{1} is heard again"}},
	{{"Kabar terakhir", "Last heard"}},
	{{"Mohon periksa komputer, listrik, dan sambungannya, atau hubungi "
	  "yang "
	  "menjalankannya. Selama sunyi, unit di bawahnya belum tentu belum "
	  "berikrar: kabarnya mungkin belum sampai.",
	    "Please look after its computer, power and link, or get in touch "
	    "with who runs it. While it is silent, units beneath it are not "
	    "known to lack a pledge: the news may not have come."}},
	{{"Mohon periksa simpul itu.", "Please look after it."}}},
    {RULE_CASE_DEADLINE_1,
	{{"{1} tidak bergerak melewati batas waktunya",
	    "{1} has not moved within its time"}},
	{{"{1} sudah bergerak", "{1} has moved"}},
	{{"Tidak bergerak sejak", "Has not moved since"}},
	{{"Mohon pastikan yang berwenang meninjau laporan ini. Jangan "
	  "simpulkan kesalahan siapa pun dari pesan ini.",
	    "Please see that those entitled to review this report do so. "
	    "Conclude nobody's guilt from this message."}},
	{{"Mohon pastikan ditinjau.", "Please see that it is reviewed."}}},
    {RULE_BURST_1,
	{{"banyak laporan sekaligus tentang {1}",
	    "many reports at once on {1}"}},
	{{"laporan beruntun tentang {1} sudah diputuskan",
	    "the burst of reports on {1} has been decided"}},
	{{"Sejak", "Since"}},
	{{"Laporan ini ditahan dan belum dihitung. Mohon seorang peninjau "
	  "memutuskan: nyata atau buatan. Jangan sebarkan.",
	    "These reports are held and not counted yet. Please have a "
	    "reviewer decide: real or made up. Do not spread them."}},
	{{"Mohon diputuskan peninjau.", "Please have it decided."}}},
    {RULE_CHAIN_BROKEN_1,
	{{"rantai catatan {1} tidak utuh", "the chain of {1} is broken"}},
	{{"rantai catatan {1} sudah diperiksa",
	    "the chain of {1} has been looked at"}},
	{{"Sejak", "Since"}},
	{{"Mohon amankan komputer simpul itu dan jangan dipasang ulang, sampai "
	  "admin wilayah memeriksa catatannya.",
	    "Please keep that node's computer as it is and do not set it up "
	    "anew until the regional admin has looked at its records."}},
	{{"Mohon amankan simpul itu.", "Please keep that node as it is."}}},
};

static const struct matter *
matter_of(const struct verdict *verdict)
{
	for (unsigned i = 0; i < sizeof matters / sizeof matters[0]; i++)
		if (matters[i].kind == verdict->kind)
			return &matters[i];
	return NULL;
}

bool
matter_is(const struct verdict *verdict)
{
	return matter_of(verdict) != NULL;
}

static void
add_named(struct text_buf *out, const char *text, const struct verdict *verdict)
{
	const char *name = verdict->object_name[0] != '\0'
			       ? verdict->object_name
			       : verdict->object;
	const char *hole = strstr(text, "{1}");

	CHECK(hole != NULL);
	text_buf_add_bytes(out, text, (size_t)(hole - text));
	text_buf_add(out, "%s%s", name, hole + 3);
}

void
matter_headline(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	const struct matter *matter = matter_of(input->verdict);

	add_named(out,
	    letter_is_end(input->kind) ? matter->ended.at[language]
				       : matter->open.at[language],
	    input->verdict);
}

void
matter_lines(struct blocks *out, enum language language,
    const struct letter_input *input)
{
	static const struct words place = {{"Letak", "Place"}},
				  step = {{"Tahap", "Step"}};
	const struct verdict *verdict = input->verdict;
	const struct matter *matter = matter_of(verdict);
	char since[CALENDAR_TEXT_MAX];
	struct text_buf line = {0};
	unsigned steps;
	const struct catalog_row *rows = catalog_rows(CATALOG_STEP, &steps);

	if (verdict->place[0] != '\0')
		text_buf_add(
		    &line, "%s: %s. ", place.at[language], verdict->place);
	if (verdict->since_ms > 0) {
		calendar_ms_put_long(since, verdict->since_ms,
		    input->seat->zone, language == LANGUAGE_EN);
		text_buf_add(
		    &line, "%s: %s. ", matter->since.at[language], since);
	}
	if (verdict->step > 0 && verdict->step <= steps)
		text_buf_add(&line, "%s: %s.", step.at[language],
		    language == LANGUAGE_EN ? rows[verdict->step - 1].en
					    : rows[verdict->step - 1].id);
	if (line.len > 0)
		blocks_add(out, BLOCK_TEXT, line.at, NULL);
	text_buf_clear(&line);
}

static void
add_figure(struct blocks *out, const char *label, uint32_t value)
{
	char text[NUMBER_MAX];

	if (value == 0)
		return;
	snprintf(text, sizeof text, "%" PRIu32, value);
	blocks_add(out, BLOCK_FIGURE, label, text);
}

void
matter_figures(struct blocks *out, enum language language,
    const struct letter_input *input)
{
	static const struct words nodes = {{"simpul", "nodes"}};
	static const struct words days = {{"batas (hari)", "limit (days)"}};
	static const struct words reported = {{"dilaporkan", "reported"}};
	static const struct words verified = {{"terverifikasi", "verified"}};
	static const struct words threshold = {{"ambang aturan", "threshold"}};
	const struct figures *figures = &input->verdict->figures;

	add_figure(out, nodes.at[language], figures->nodes);
	add_figure(out, days.at[language], figures->days);
	add_figure(out, reported.at[language], figures->reported);
	add_figure(out, verified.at[language], figures->verified);
	add_figure(out, threshold.at[language], figures->threshold);
}

void
matter_ask(struct text_buf *out, enum language language,
    const struct letter_input *input)
{
	text_buf_add(out, "%s", matter_of(input->verdict)->ask.at[language]);
}

const char *
matter_brief_ask(enum language language, const struct letter_input *input)
{
	return matter_of(input->verdict)->brief.at[language];
}
