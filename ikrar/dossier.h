/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a log says of one alert: the rule as it was, each verdict, what it
 * rests on, and what became of telling it. The log was found sound before; it
 * is read twice more, because what a verdict rests on stands in front of it.
 */
#ifndef IKRAR_DOSSIER_H
#define IKRAR_DOSSIER_H

#include "judge/view.h"

/* More than that is only counted. */
enum { DOSSIER_BASIS_MAX = 1024, DOSSIER_TELLING_MAX = 4096 };

struct dossier_verdict {
	uint64_t index;
	uint64_t received_at_ms;
	enum event_kind kind;
	struct verdict verdict; /* with its own rows */
};

/* An entry that the alert rests on, or that speaks of one. */
struct dossier_basis {
	uint64_t index, received_at_ms;
	enum author author;
	struct event event;      /* without the rows of long bodies */
	struct record_id record; /* the pledge or incident that it is about */
};

/* What the notifier or a person did about it. */
struct dossier_telling {
	uint64_t index, received_at_ms;
	struct event event;
};

struct dossier {
	uint8_t alert[EVENT_ID_SIZE];
	bool has_rule; /* as it was when the alert opened */
	struct rule_row rule;
	uint32_t rule_version;       /* in force at the opening */
	uint32_t rule_since_version; /* the first that said the same */
	uint64_t rule_since_index, rule_since_ms;
	struct dossier_verdict *verdicts;
	unsigned verdict_count, verdict_cap;
	struct dossier_basis *basis;
	unsigned basis_count, basis_beyond;
	struct dossier_telling *telling;
	unsigned telling_count, telling_beyond;
};

/* `place` is the wilayah where it lies, or empty. ERR_INVALID, ERR_IO (logged):
 * the log cannot be read again. Clear it in any case. */
enum err dossier_read(struct dossier *dossier, const char *dir,
    const struct view_alert *alert, const char *place) MUST_CHECK;
void dossier_clear(struct dossier *dossier);
/* The newest. */
const struct dossier_verdict *dossier_last(const struct dossier *dossier);

#endif
