/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of judge/ share about incidents, cases, bursts and what is
 * due. As view_parts.h, for nobody else.
 */
#ifndef JUDGE_CASE_PARTS_H
#define JUDGE_CASE_PARTS_H

#include "judge/view_parts.h"

/* ---- silence, deadlines of cases, faults (view_due.c) */

void node_object(uint32_t node, char object[CODE_MAX]);
uint64_t node_contact_ms(const struct view_node *node);
void case_object(
    const struct view *view, uint32_t incident, char object[CODE_MAX]);
uint32_t case_anchor_day(
    const struct view *view, uint32_t rule, uint32_t incident);
/* NEVER: the rule does not look at it. */
uint64_t silence_due_ms(const struct view *view, uint32_t rule, uint32_t node);
uint64_t case_due_ms(const struct view *view, uint32_t rule, uint32_t incident);
/* Fire what is due by then. */
void fire_silence(struct view *view, const struct entry *entry);
void fire_cases(struct view *view, const struct entry *entry);
/* A node may write from now on; it has been heard from; an incident stands
 * elsewhere, or is another one; an alert has ended. */
void node_awaited(struct view *view, uint32_t number);
void node_contacted(struct view *view, uint32_t number);
void case_moved(struct view *view, uint32_t incident, enum cause cause);
void due_again(struct view *view, uint32_t alert);
/* Open alerts on a node: on its silence, and on faults when it is revoked. */
void touch_of_node(struct view *view, uint32_t number, enum cause cause);
void node_faulted(struct view *view, const struct entry *entry);
/* Is the clock wrong of the node that wrote this? */
void node_clock_noted(struct view *view, const struct entry *entry);
/* Rules or calendar are new, or the view was loaded. */
void due_index(struct view *view);

/* ---- incidents (view_incident.c) */

void incident_reported(struct view *view, const struct entry *entry);
void incident_corrected(
    struct view *view, const struct entry *entry, uint32_t incident);
void incident_withdrawn(struct view *view, uint32_t incident);
/* After a load: which incidents each unit has. */
void incident_index(struct view *view);
bool incidents_are_sound(const struct view *view);
bool incident_has_act(const char acts[RULE_ACTS_MAX][ACT_CODE_MAX],
    uint32_t act_count, const char act[ACT_CODE_MAX]);
/* The group of an incident under a scope of repeat_incidents. false: it falls
 * in none. */
bool incident_object(const struct view *view, uint32_t incident, uint32_t scope,
    char object[CODE_MAX]);
/* The groups of an incident may count differently now, under each rule that
 * looks at acts of this kind. */
void touch_repeat(struct view *view, uint32_t incident, enum cause cause);
void touch_repeat_all(struct view *view, uint32_t rule, uint64_t now_ms);

/* ---- the order of reviews (case_order.c) */

void reviews_sort(struct review_row *reviews, uint32_t count);
/* The decision `at` may be taken where it stands: marks it, and those behind it
 * that contradict it, as in doubt. */
void reviews_contradict(
    struct review_row *reviews, uint32_t count, uint32_t at);

/* ---- cases (view_case.c) */

void incident_reviewed(struct view *view, const struct entry *entry);
/* STATE_REPORTED, STATE_VERIFIED, or 0: does not count. */
uint32_t incident_state(const struct view *view, uint32_t incident);
bool reviews_are_sound(const struct view *view);

/* ---- reports that are told twice (view_twin.c) */

/* One is called so, or no longer; the view was loaded. */
void twins_look(struct view *view, enum cause cause);
/* An incident was withdrawn or found made up. */
void twin_gone(struct view *view);

/* ---- bursts (view_burst.c) */

/* Looks again at what one node reported on one unit. */
void burst_look(
    struct view *view, uint32_t unit, uint32_t node, enum cause cause);
/* The rules have changed, or the view was loaded. */
void burst_index(struct view *view);
/* Incidents of a unit that a burst rule holds, in the order of their entries,
 * and of how many nodes. */
uint32_t burst_find(
    const struct view *view, uint32_t rule, uint32_t unit, struct table *found);
/* A person has decided on all that an open alert holds. */
void burst_decided(struct view *view, uint32_t alert, const char *reason);

#endif
