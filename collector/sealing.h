/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed part of an incident in the making: a file is read, sealed to the
 * recipients in force, and forgotten before anything is shown or stored.
 */
#ifndef COLLECTOR_SEALING_H
#define COLLECTOR_SEALING_H

#include "collector/home.h"
#include "collector/sealed_text.h"

struct sealing {
	unsigned keys; /* what the text has: as in struct sealed_text */
	size_t text_len;
	struct spool_recipients set; /* sealed to */
	struct sealed sealed;
};

/* The text is there, and it tells what happened. */
bool sealing_has_narrative(const struct sealing *sealing);

/* `path` "-": standard input. ERR_INVALID: no recipients yet, or not such a
 * text; `why` says what to do. The text is wiped from memory either way. */
enum err sealing_make(struct sealing *sealing, struct home *home,
    const char *path, struct sentence *why) MUST_CHECK;
/* What row `seq` was sealed with, as it stands there: a correction that keeps
 * it sends it along again. ERR_NOTFOUND: it is not there. */
enum err sealing_keep(
    struct sealing *sealing, struct home *home, uint64_t seq) MUST_CHECK;
/* The incident's reference to it. */
void sealing_refer(const struct sealing *sealing, struct incident *incident);

#endif
