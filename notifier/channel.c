/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/channel.h"

#include "trust/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ID_SIZE = 16, INDEX_MAX = 24 };

static const struct {
	enum err (*send)(const struct channels *, const struct delivery *,
	    answer_fn, void *);
} ways[CONTACT_KINDS] = {
    [CONTACT_MAIL] = {channel_smtp_send},
    [CONTACT_WEBHOOK] = {channel_webhook_send},
    [CONTACT_ALERTMANAGER] = {channel_alertmanager_send},
    [CONTACT_TELEGRAM] = {channel_telegram_send},
    [CONTACT_EXEC] = {channel_exec_send},
};

/* How fast each kind of target may be written to, unless its contact says
 * otherwise. Telegram takes about one message a second in a chat, and an SMS
 * modem needs seconds for each. */
static const struct bucket_rate rates[CONTACT_KINDS] = {
    [CONTACT_MAIL] = {.per_minute = 1200, .burst = 200},
    [CONTACT_WEBHOOK] = {.per_minute = 3000, .burst = 200},
    [CONTACT_ALERTMANAGER] = {.per_minute = 3000, .burst = 200},
    [CONTACT_TELEGRAM] = {.per_minute = 60, .burst = 3},
    [CONTACT_EXEC] = {.per_minute = 60, .burst = 5},
};

struct bucket_rate
channel_rate(const struct contact *contact)
{
	struct bucket_rate rate = rates[contact->kind];

	if (contact->per_minute > 0)
		rate.per_minute = contact->per_minute;
	return rate;
}

enum err
channel_send(const struct channels *channels, const struct delivery *delivery,
    answer_fn done, void *context)
{
	return ways[delivery->contact->kind].send(
	    channels, delivery, done, context);
}

void
channel_id(char id[CHANNEL_ID_MAX], const struct channels *channels,
    const struct ledger_key *key)
{
	uint8_t index[8], round[2] = {0, key->round};
	struct bytes parts[] = {bytes_of_text("ikrar/webhook/1\n"),
	    bytes_of(channels->origin, strlen(channels->origin) + 1),
	    bytes_of(key->alert, EVENT_ID_SIZE), bytes_of(index, sizeof index),
	    bytes_of(key->target.seat, strlen(key->target.seat) + 1),
	    bytes_of(key->target.term, strlen(key->target.term) + 1),
	    bytes_of_text(key->target.channel),
	    bytes_of(round, key->round > 0 ? sizeof round : 0)};
	char hex[2 * ID_SIZE + 1];
	struct hash hash;

	be64_put(index, key->index);
	hash = hash_parts(parts, sizeof parts / sizeof parts[0]);
	hex_put(hex, hash.at, ID_SIZE);
	snprintf(id, CHANNEL_ID_MAX, "msg_%s", hex);
}

void
channel_text(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery)
{
	templates_put(channels->templates, out, delivery->contact->kind,
	    delivery->input, delivery->letter);
}

void
channel_labels(struct json *json, const char *name,
    const struct delivery *delivery, bool only_lasting)
{
	const struct letter_input *input = delivery->input;
	const struct verdict *verdict = input->verdict;
	char alert[2 * EVENT_ID_SIZE + 1];

	hex_put(alert, verdict->alert, EVENT_ID_SIZE);
	json_object_begin(json, name);
	json_text(json, "alertname", verdict->rule);
	json_text(json, "ikrar_alert", alert);
	json_text(json, "object", verdict->object);
	if (!only_lasting)
		json_text(json, "object_name", verdict->object_name);
	if (verdict->campaign[0] != '\0')
		json_text(json, "campaign", verdict->campaign);
	json_text(json, "seat", input->seat->id);
	if (input->term[0] != '\0')
		json_text(json, "term", input->term);
	if (input->is_drill)
		json_text(json, "drill", "LATIHAN");
	if (input->is_test)
		json_text(json, "test", "UJI COBA");
	json_end(json);
}

void
channel_annotations(
    struct json *json, const char *name, const struct delivery *delivery)
{
	char index[INDEX_MAX];

	snprintf(index, sizeof index, "%" PRIu64, delivery->row->key.index);
	json_object_begin(json, name);
	json_text(json, "summary", delivery->letter->summary_id);
	json_text(json, "summary_en", delivery->letter->summary_en);
	json_text(json, "brief", delivery->letter->brief_id);
	json_text(json, "brief_en", delivery->letter->brief_en);
	json_text(json, "description", delivery->letter->body.at);
	json_text(json, "kind", letter_kind_word(delivery->input->kind));
	json_text(json, "entry", index);
	json_end(json);
}

void
channel_entry_name(
    char name[ORIGIN_MAX + 64], const struct channels *channels, uint64_t index)
{
	snprintf(name, ORIGIN_MAX + 64, "urn:ikrar:%s#%" PRIu64,
	    channels->origin, index);
}
