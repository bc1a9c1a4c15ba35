/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/status_inner.h"

#include "core/json.h"

#include <stdio.h>

static void
put_busy(struct json *json, const struct home *home, bool is_running)
{
	if (!status_is_busy(home, is_running)) {
		json_null_put(json, "busy_until_ms");
		return;
	}
	json_u64(json, "busy_until_ms", home->status.busy_until_ms);
}

static void
put_lacks(struct json *json, struct home *home)
{
	struct spool_lacks lacks;

	spool_lacks(home->spool, &lacks);
	json_object_begin(json, "lacks");
	json_u64(json, "said_ms", lacks.said_ms);
	json_array_begin(json, "campaigns");
	for (uint32_t i = 0; i < lacks.count; i++) {
		json_object_begin(json, NULL);
		json_text(json, "campaign", lacks.rows[i].campaign);
		json_u64(json, "expected", lacks.rows[i].expected);
		json_u64(json, "pledged", lacks.rows[i].pledged);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

void
status_print_json(struct home *home, bool is_running)
{
	const struct spool_status *status = &home->status;
	struct status_tally tally = status_tally_of(status);
	struct json json = {0};

	json_object_begin(&json, NULL);
	json_hex(&json, "node", home->keys.id, sizeof home->keys.id);
	json_text(&json, "wilayah", home->region.wilayah);
	json_text(&json, "origin", home->region.origin);
	json_bool(&json, "drill", home->region.drill);
	json_u64(&json, "last_seq", status->last_seq);
	json_u64(&json, "receipted_seq", status->receipted_seq);
	json_u64(&json, "stored", tally.stored);
	json_u64(&json, "sent", tally.sent);
	json_u64(&json, "received", tally.receipted);
	json_u64(&json, "refused", tally.refused);
	json_u64(&json, "refused_open", tally.refused_open);
	json_bool(&json, "running", is_running);
	json_text(
	    &json, "link", link_state_word(status_link_of(status, is_running)));
	json_bool(&json, "forgotten", status->is_unknown);
	put_busy(&json, home, is_running);
	if (status->halted == REJECT_NONE)
		json_null_put(&json, "halted");
	else
		json_text(&json, "halted",
		    status->halted < REJECT_COUNT ? reject_word(status->halted)
						  : "?");
	json_u64(&json, "seen_epoch", status->seen_epoch);
	json_u64(&json, "seen_size", status->seen_size);
	json_u64(&json, "last_recorded_ms", status->last_recorded_ms);
	json_u64(&json, "last_receipt_ms", status->last_receipt_ms);
	json_u64(&json, "last_contact_ms", status->last_contact_ms);
	json_i64(&json, "clock_offset_ms", status->clock_offset_ms);
	put_lacks(&json, home);
	json_u64(&json, "free_bytes", spool_free_bytes(home->spool));
	json_u64(&json, "roster_version", status->roster_version);
	json_u64(&json, "campaign_version", status->campaign_version);
	json_u64(&json, "recipients_version", status->recipients_version);
	json_u64(&json, "recipients_refused", status->recipients_refused);
	json_u64(&json, "evidence", status->evidence_count);
	json_u64(&json, "epoch", status->epoch);
	json_u64(&json, "again_seq", status->again_seq);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
}
