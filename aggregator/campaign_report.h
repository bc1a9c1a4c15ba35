/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report of a closed campaign, for people outside: one page of plain text
 * with the five numbers, by kecamatan and by kind of unit, the unheard units by
 * name, and the head of the log that holds the closing. It is a signed note
 * (C2SP signed-note) by the region's first admin under the name ORIGIN/admin,
 * so whoever has the admin's key, which entry 0 of the log gives, can check it.
 *
 * All of it is what the log adds up to at the closing entry, so the report can
 * be made again at any time, with the same figures.
 */
#ifndef AGGREGATOR_CAMPAIGN_REPORT_H
#define AGGREGATOR_CAMPAIGN_REPORT_H

#include "aggregator/admin.h"

/* `index` is the entry that closed it. ERR_INVALID (told): the log or its head
 * cannot be read. */
enum err campaign_report(struct text_buf *text, const struct admin *admin,
    const char *campaign, uint64_t index) MUST_CHECK;

#endif
