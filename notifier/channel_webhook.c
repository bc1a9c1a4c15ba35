/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body that Alertmanager sends (version "4"), so that whatever takes its
 * webhooks takes ours; signed as Standard Webhooks do, where the contact has a
 * secret. One alert per post.
 */
#include "notifier/channel.h"

#include "core/json.h"
#include "model/calendar.h"
#include "trust/hmac.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	FINGERPRINT_SIZE = 8, /* bytes of the alert's id */
	WEBHOOK_ID_SIZE = 16,
	WEBHOOK_ID_MAX = 8 + 2 * WEBHOOK_ID_SIZE,
	RECEIVER_MAX = 3 * WORD_MAX,
	URN_MAX = ORIGIN_MAX + 64,
};

static const char never[] = "0001-01-01T00:00:00Z";

struct names {
	char alert[2 * EVENT_ID_SIZE + 1];
	char receiver[RECEIVER_MAX];
	char origin[URN_MAX];
	char entry[URN_MAX];
	char index[24];
};

static void
names_make(struct names *names, const struct channels *channels,
    const struct delivery *delivery)
{
	const struct ledger_key *key = &delivery->row->key;

	hex_put(names->alert, key->alert, EVENT_ID_SIZE);
	snprintf(names->index, sizeof names->index, "%" PRIu64, key->index);
	snprintf(names->receiver, sizeof names->receiver, "%s/%s/%s",
	    key->target.seat, key->target.term, key->target.channel);
	snprintf(names->origin, sizeof names->origin, "urn:ikrar:%s",
	    channels->origin);
	snprintf(names->entry, sizeof names->entry, "urn:ikrar:%s#%" PRIu64,
	    channels->origin, key->index);
}

static void
put_labels(struct json *json, const char *name, const struct names *names,
    const struct letter_input *input)
{
	const struct verdict *verdict = input->verdict;

	json_object_begin(json, name);
	json_text(json, "alertname", verdict->rule);
	json_text(json, "ikrar_alert", names->alert);
	json_text(json, "object", verdict->object);
	json_text(json, "object_name", verdict->object_name);
	if (verdict->campaign[0] != '\0')
		json_text(json, "campaign", verdict->campaign);
	json_text(json, "seat", input->seat->id);
	if (input->term[0] != '\0')
		json_text(json, "term", input->term);
	if (input->is_drill)
		json_text(json, "drill", "LATIHAN");
	json_end(json);
}

static void
put_annotations(struct json *json, const char *name,
    const struct delivery *delivery, const struct names *names)
{
	json_object_begin(json, name);
	json_text(json, "summary", delivery->letter->summary_id);
	json_text(json, "summary_en", delivery->letter->summary_en);
	json_text(json, "description", delivery->letter->body.at);
	json_text(json, "kind", letter_kind_word(delivery->input->kind));
	json_text(json, "entry", names->index);
	json_end(json);
}

static void
put_alert(struct json *json, const struct delivery *delivery,
    const struct names *names, const char *status)
{
	const struct letter_input *input = delivery->input;
	char time[CALENDAR_TEXT_MAX];

	json_object_begin(json, NULL);
	json_text(json, "status", status);
	put_labels(json, "labels", names, input);
	put_annotations(json, "annotations", delivery, names);
	calendar_ms_put_utc(time, delivery->opened_ms);
	json_text(json, "startsAt", time);
	calendar_ms_put_utc(time, input->verdict->judged_at_ms);
	json_text(json, "endsAt", letter_is_end(input->kind) ? time : never);
	json_text(json, "generatorURL", names->entry);
	json_hex(json, "fingerprint", input->verdict->alert, FINGERPRINT_SIZE);
	json_end(json);
}

static void
put_body(struct json *json, const struct channels *channels,
    const struct delivery *delivery)
{
	const char *status =
	    letter_is_end(delivery->input->kind) ? "resolved" : "firing";
	struct text_buf group = {0};
	struct names names;

	names_make(&names, channels, delivery);
	text_buf_add(&group, "{}:{alertname=\"%s\", ikrar_alert=\"%s\"}",
	    delivery->input->verdict->rule, names.alert);
	json_object_begin(json, NULL);
	json_text(json, "version", "4");
	json_text(json, "groupKey", group.at);
	json_u64(json, "truncatedAlerts", 0);
	json_text(json, "status", status);
	json_text(json, "receiver", names.receiver);
	json_object_begin(json, "groupLabels");
	json_text(json, "alertname", delivery->input->verdict->rule);
	json_text(json, "ikrar_alert", names.alert);
	json_end(json);
	put_labels(json, "commonLabels", &names, delivery->input);
	put_annotations(json, "commonAnnotations", delivery, &names);
	json_text(json, "externalURL", names.origin);
	json_array_begin(json, "alerts");
	put_alert(json, delivery, &names, status);
	json_end(json);
	json_end(json);
	text_buf_clear(&group);
}

/* The same for each attempt at this message to this target. */
static void
webhook_id(char id[WEBHOOK_ID_MAX], const struct channels *channels,
    const struct ledger_key *key)
{
	uint8_t index[8];
	struct bytes parts[] = {bytes_of_text("ikrar/webhook/1\n"),
	    bytes_of(channels->origin, strlen(channels->origin) + 1),
	    bytes_of(key->alert, EVENT_ID_SIZE), bytes_of(index, sizeof index),
	    bytes_of(key->target.seat, strlen(key->target.seat) + 1),
	    bytes_of(key->target.term, strlen(key->target.term) + 1),
	    bytes_of_text(key->target.channel)};
	char hex[2 * WEBHOOK_ID_SIZE + 1];
	struct hash hash;

	be64_put(index, key->index);
	hash = hash_parts(parts, sizeof parts / sizeof parts[0]);
	hex_put(hex, hash.at, WEBHOOK_ID_SIZE);
	snprintf(id, WEBHOOK_ID_MAX, "msg_%s", hex);
}

/* v1 = base64(HMAC-SHA256(secret, id . timestamp . body)) */
static void
sign(char header[CURL_HEADER_MAX], const struct contact *contact,
    const char *id_and_time, struct bytes body)
{
	struct bytes parts[] = {bytes_of_text(id_and_time), body};
	struct hash mac = hmac_parts(
	    bytes_of(contact->secret, contact->secret_len), parts, 2);
	char text[BASE64_SIZE(HASH_SIZE)];

	base64_put(text, mac.at, HASH_SIZE);
	snprintf(header, CURL_HEADER_MAX, "webhook-signature: v1,%s", text);
}

enum err
channel_webhook_send(const struct channels *channels,
    const struct delivery *delivery, curl_done_fn done, void *context)
{
	char id[WEBHOOK_ID_MAX], time[24], signed_head[WEBHOOK_ID_MAX + 32];
	char id_header[CURL_HEADER_MAX], time_header[CURL_HEADER_MAX];
	char signature_header[CURL_HEADER_MAX];
	struct json json = {0};
	struct curl_post post = {.url = delivery->contact->address,
	    .headers = {"content-type: application/json",
		"user-agent: ikrar-notifier/" IKRAR_VERSION, id_header,
		time_header}};
	enum err err;

	webhook_id(id, channels, &delivery->row->key);
	snprintf(time, sizeof time, "%" PRIu64, delivery->wall_ms / 1000);
	snprintf(id_header, sizeof id_header, "webhook-id: %s", id);
	snprintf(
	    time_header, sizeof time_header, "webhook-timestamp: %s", time);
	put_body(&json, channels, delivery);
	post.body = bytes_of(json.text.at, json.text.len);
	if (delivery->contact->secret_len > 0) {
		snprintf(signed_head, sizeof signed_head, "%s.%s.", id, time);
		sign(signature_header, delivery->contact, signed_head,
		    post.body);
		post.headers[4] = signature_header;
	}
	err = curl_post_start(channels->curl, &post, done, context);
	json_clear(&json);
	return err;
}

static const struct {
	enum err (*send)(const struct channels *, const struct delivery *,
	    curl_done_fn, void *);
} ways[] = {
    [CONTACT_MAIL] = {channel_smtp_send},
    [CONTACT_WEBHOOK] = {channel_webhook_send},
};

enum err
channel_send(const struct channels *channels, const struct delivery *delivery,
    curl_done_fn done, void *context)
{
	return ways[delivery->contact->kind].send(
	    channels, delivery, done, context);
}
