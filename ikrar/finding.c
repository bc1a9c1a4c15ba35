/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/finding.h"

static const struct {
	const char *word, *id, *en;
	unsigned who;
} kinds[] = {
#define FINDING_ROW(name, word, who, id, en) [name] = {word, id, en, who},
    FINDING_TABLE(FINDING_ROW)
#undef FINDING_ROW
};

const char *
finding_word(enum finding_kind kind)
{
	CHECK(kind < FINDING_COUNT);
	return kinds[kind].word;
}

const char *
finding_text_id(enum finding_kind kind)
{
	CHECK(kind < FINDING_COUNT);
	return kinds[kind].id;
}

const char *
finding_text_en(enum finding_kind kind)
{
	CHECK(kind < FINDING_COUNT);
	return kinds[kind].en;
}

unsigned
finding_who(enum finding_kind kind)
{
	CHECK(kind < FINDING_COUNT);
	return kinds[kind].who;
}

void
findings_tell(const struct findings *findings, const struct finding *finding)
{
	findings->fn(findings->context, finding);
}
