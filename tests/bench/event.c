/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmarks record, and how they print what it took. */
#include "tests/bench/bench.h"

#include "model/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
fill_pledge(struct pledge *pledge, const char *unit, const char *campaign,
    uint64_t now_ms)
{
	text_copy(pledge->unit, sizeof pledge->unit, unit);
	text_copy(pledge->campaign, sizeof pledge->campaign, campaign);
	loop_random(pledge->ceremony, sizeof pledge->ceremony);
	pledge->act = catalog_number(CATALOG_ACT, "pakta");
	pledge->form = catalog_number(CATALOG_FORM, "APEL");
	pledge->points = 15;
	text_copy(pledge->template, sizeof pledge->template,
	    "IKRAR-NETRALITAS-4-POIN");
	loop_random(pledge->template_sha256, sizeof pledge->template_sha256);
	pledge->made_at_ms = now_ms - 3600000;
	pledge->witnesses = 5;
	pledge->head_signed = true;
	for (int kind = 0; kind < EMPLOYMENT_KINDS; kind++)
		pledge->counts[kind] = (struct count){true, 12, 11};
	pledge->has_sheet = true;
	loop_random(pledge->sheet_sha256, sizeof pledge->sheet_sha256);
}

static void
fill_incident(struct incident *incident, const char *unit, uint64_t now_ms)
{
	uint32_t today = (uint32_t)(now_ms / 86400000);

	text_copy(incident->unit, sizeof incident->unit, unit);
	text_copy(incident->act, sizeof incident->act, "PST");
	incident->happened_from_day = incident->happened_to_day = today - 2;
	incident->known_day = today - 2;
	incident->reported_day = today - 1;
	incident->source = catalog_number(CATALOG_SOURCE, "WARGA");
	incident->subject = catalog_number(CATALOG_SUBJECT, "PNS");
	incident->evidence_count = EVIDENCE_MAX;
	for (unsigned i = 0; i < incident->evidence_count; i++)
		loop_random(incident->evidence[i], EVENT_HASH_SIZE);
}

void
bench_event(struct event *event, const char *unit, const char *campaign,
    bool is_incident, uint64_t now_ms)
{
	memset(event, 0, sizeof *event);
	if (!is_incident) {
		event->kind = EVENT_PLEDGE_MADE;
		fill_pledge(&event->pledge, unit, campaign, now_ms);
	} else {
		event->kind = EVENT_INCIDENT_REPORTED;
		fill_incident(&event->incident, unit, now_ms);
	}
}

static int
compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
bench_print_latency(const char *name, uint64_t *ns, unsigned count)
{
	qsort(ns, count, sizeof *ns, compare_u64);
	printf("{\"name\":\"%s\",\"count\":%u,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
	    name, count, (double)ns[count / 2] / 1e6,
	    (double)ns[count * 99 / 100] / 1e6, (double)ns[count - 1] / 1e6);
}
