/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 1: the annex of the joint decree (SKB) of 22 September 2022 as it
 * was reported, part A for prospective candidates and part B for candidates.
 * Where the sources disagree, or leave it to the case, it is undecided here;
 * so it is where the stage of the election is not known.
 */
#include "model/sanction.h"

#include <string.h>

enum { PHASES = 2 };

static const struct {
	const char *act;
	enum sanction of_phase[PHASES]; /* BALON, CALON; of a PNS */
} rows[] = {
    {"APK", {SANCTION_MORAL, SANCTION_DISCIPLINE_HEAVY}},
    {"SOS", {SANCTION_MORAL, SANCTION_DISCIPLINE_HEAVY}},
    {"PST", {SANCTION_MORAL, SANCTION_DISCIPLINE_HEAVY}},
    {"FTO", {SANCTION_MORAL, SANCTION_DISCIPLINE_HEAVY}},
    {"DKL", {SANCTION_MORAL, SANCTION_DISCIPLINE_HEAVY}},
    {"KEG", {SANCTION_MORAL, SANCTION_DISCIPLINE_MEDIUM}},
    {"PAS", {SANCTION_MORAL, SANCTION_UNDECIDED}},
    {"PRT", {SANCTION_DISMISSAL, SANCTION_DISMISSAL}},
    {"MBP", {SANCTION_DISCIPLINE_HEAVY, SANCTION_DISCIPLINE_HEAVY}},
    {"TIM", {SANCTION_DISCIPLINE_MEDIUM, SANCTION_DISCIPLINE_HEAVY}},
    {"KTP", {SANCTION_DISCIPLINE_HEAVY, SANCTION_UNDECIDED}},
    {"KPT", {SANCTION_DISCIPLINE_HEAVY, SANCTION_DISCIPLINE_HEAVY}},
    {"ATR", {SANCTION_UNDECIDED, SANCTION_DISCIPLINE_MEDIUM}},
    {"KRH", {SANCTION_UNDECIDED, SANCTION_DISCIPLINE_HEAVY}},
    {"FSN", {SANCTION_UNDECIDED, SANCTION_DISCIPLINE_HEAVY}},
    {"MUT", {SANCTION_CRIMINAL, SANCTION_CRIMINAL}},
};

static const struct {
	const char *word, *id, *en;
} words[SANCTION_COUNT] = {
    [SANCTION_UNDECIDED] = {"BELUM_DITENTUKAN", "belum ditentukan",
	"not decided"},
    [SANCTION_MORAL] = {"SANKSI_MORAL", "sanksi moral", "moral sanction"},
    [SANCTION_DISCIPLINE_MEDIUM] = {"DISIPLIN_SEDANG",
	"hukuman disiplin sedang", "medium discipline"},
    [SANCTION_DISCIPLINE_HEAVY] = {"DISIPLIN_BERAT", "hukuman disiplin berat",
	"heavy discipline"},
    [SANCTION_DISMISSAL] = {"PTDH", "pemberhentian tidak dengan hormat",
	"dishonourable dismissal"},
    [SANCTION_CONTRACT] = {"PERJANJIAN_KERJA", "menurut perjanjian kerja",
	"by the contract"},
    [SANCTION_LAID_OFF] = {"PHK_NON_ASN", "pemutusan hubungan kerja",
	"end of employment"},
    [SANCTION_CRIMINAL] = {"PIDANA_PEMILIHAN",
	"pidana pemilihan (penerusan saja)",
	"election crime (a referral only)"},
};

/* CATALOG_SUBJECT */
enum { SUBJECT_PNS = 1, SUBJECT_PPPK, SUBJECT_NON_ASN };

/* The discipline of civil servants is not everybody's. Heads and officials of
 * villages go to the bupati. */
static enum sanction
for_subject(enum sanction of_pns, uint32_t subject)
{
	if (subject == SUBJECT_PNS || of_pns == SANCTION_CRIMINAL)
		return of_pns;
	if (subject == SUBJECT_PPPK)
		return of_pns == SANCTION_UNDECIDED || of_pns == SANCTION_MORAL
			   ? of_pns
			   : SANCTION_CONTRACT;
	if (subject == SUBJECT_NON_ASN && of_pns != SANCTION_UNDECIDED &&
	    of_pns != SANCTION_MORAL)
		return SANCTION_LAID_OFF;
	return SANCTION_UNDECIDED;
}

enum sanction
sanction_of(const char *act, uint32_t phase, uint32_t subject)
{
	if (phase == 0 || phase > PHASES)
		return SANCTION_UNDECIDED;
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].act, act) == 0)
			return for_subject(
			    rows[i].of_phase[phase - 1], subject);
	return SANCTION_UNDECIDED;
}

const char *
sanction_word(enum sanction sanction)
{
	return words[sanction].word;
}

const char *
sanction_text_id(enum sanction sanction)
{
	return words[sanction].id;
}

const char *
sanction_text_en(enum sanction sanction)
{
	return words[sanction].en;
}
