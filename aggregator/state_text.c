/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/state_text.h"

#include "aggregator/recipients_file.h"
#include "aggregator/state_json.h"
#include "aggregator/state_standing.h"
#include "model/calendar.h"
#include "model/catalog.h"
#include "report/sum_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLOCK_FAR_MS = 60 * 1000 };

static void
say_time(const struct reading *reading, const char *before, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	if (ms == 0)
		(void)text_copy(text, sizeof text, "-");
	else
		calendar_ms_put(text, ms, reading->zone);
	printf("%s%s", before, text);
}

/* What is to be known of a node besides its row. */
static void
say_node_remarks(const struct reading *reading, const struct view_node *node,
    const struct live_node *live)
{
	int64_t offset = live->clock_offset_ms;

	if (node->state != NODE_ENROLLED)
		return;
	if (view_report_wanted(reading->view, node))
		printf("%16sbelum terdengar/unheard\n", "");
	if (offset > CLOCK_FAR_MS || offset < -CLOCK_FAR_MS)
		printf("%16sjamnya selisih/its clock is off: %+" PRId64 " s\n",
		    "", offset / 1000);
}

static void
say_node(const struct reading *reading, const struct view_node *node)
{
	char id[2 * EVENT_ID_SIZE + 1], depth[24] = "?";
	struct live_node live = {0};
	bool is_known = store_live_node(reading->store, node->id, &live) == OK;

	hex_put(id, node->id, EVENT_ID_SIZE);
	if (is_known)
		snprintf(depth, sizeof depth, "%" PRIu64,
		    live.last_seq > node->mark ? live.last_seq - node->mark
					       : 0);
	printf("  %-13s %-9s %-9s %9" PRIu64 " %6s", node->wilayah,
	    catalog_word(CATALOG_NODE_KIND, node->kind),
	    sum_node_text(node->state), node->mark, depth);
	say_time(reading, "  ",
	    live.last_contact_ms > node->last_logged_ms ? live.last_contact_ms
							: node->last_logged_ms);
	printf("  %-12s  %s\n", live.software[0] != '\0' ? live.software : "-",
	    id);
	say_node_remarks(reading, node, &live);
}

void
state_say_nodes(const struct reading *reading)
{
	printf("Simpul/nodes: %u. Sisa: yang menurut simpul sendiri belum "
	       "sampai.\n"
	       "(left: what each node itself last said is still to come)\n",
	    view_node_count(reading->view));
	printf("  %-13s %-9s %-9s %9s %6s  %-21s  %-12s  %s\n", "wilayah",
	    "jenis", "keadaan", "dalam log", "sisa", "kontak terakhir",
	    "program", "id");
	for (unsigned i = 0; i < view_node_count(reading->view); i++)
		say_node(reading, view_node(reading->view, i));
	store_done(reading->store);
}

static void
say_recipients(const struct view *view)
{
	uint64_t version = view_region(view)->recipients_version;
	const struct recipients_changed *set = view_recipients(view, version);
	char text[FINGERPRINT_TEXT];

	if (set == NULL) {
		printf("Penerima bagian tersegel/recipients: belum ada/none\n");
		return;
	}
	recipients_fingerprint(text, set);
	printf(
	    "Penerima bagian tersegel/recipients: sidik/fingerprint %s:", text);
	for (uint32_t i = 0; i < set->row_count; i++)
		printf(" %s", set->rows[i].id);
	printf("\n");
}

static void
put_out(const struct sum_text *sum)
{
	printf("%s", sum->out->at != NULL ? sum->out->at : "");
	sum->out->len = 0;
}

void
state_say(const struct reading *reading, const char *campaign)
{
	const struct view *view = reading->view;
	struct text_buf out = {0};
	const struct sum_text sum = {&out, view, reading->zone};

	reading_say_drill(reading);
	state_say_standing(reading);
	sum_text_region(&sum);
	sum_text_campaigns(&sum, campaign);
	put_out(&sum);
	printf("\n");
	state_say_nodes(reading);
	printf("\n");
	say_recipients(view);
	sum_text_incidents(&sum);
	sum_text_alerts(&sum, false);
	put_out(&sum);
	text_buf_clear(&out);
}
