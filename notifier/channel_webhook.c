/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body that Alertmanager sends (version "4"), so that whatever takes its
 * webhooks takes ours; signed as Standard Webhooks do, once with each secret
 * of the contact, so that one can be exchanged for another without a gap. One
 * alert per post.
 */
#include "notifier/channel.h"

#include "model/calendar.h"
#include "trust/hmac.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	FINGERPRINT_SIZE = 8, /* bytes of the alert's id */
	RECEIVER_MAX = 3 * WORD_MAX,
	NAME_MAX_URN = ORIGIN_MAX + 64,
};

static const char never[] = "0001-01-01T00:00:00Z";

static void
put_alert(struct json *json, const struct channels *channels,
    const struct delivery *delivery, const char *status)
{
	const struct letter_input *input = delivery->input;
	char time[CALENDAR_TEXT_MAX], entry[NAME_MAX_URN];

	json_object_begin(json, NULL);
	json_text(json, "status", status);
	channel_labels(json, "labels", delivery, false);
	channel_annotations(json, "annotations", delivery);
	calendar_ms_put_utc(time, delivery->opened_ms);
	json_text(json, "startsAt", time);
	calendar_ms_put_utc(time, input->verdict->judged_at_ms);
	json_text(json, "endsAt", letter_is_end(input->kind) ? time : never);
	channel_entry_name(entry, channels, delivery->row->key.index);
	json_text(json, "generatorURL", entry);
	json_hex(json, "fingerprint", input->verdict->alert, FINGERPRINT_SIZE);
	json_end(json);
}

static void
put_group(struct json *json, const struct delivery *delivery)
{
	const struct verdict *verdict = delivery->input->verdict;
	char alert[2 * EVENT_ID_SIZE + 1];
	struct text_buf group = {0};

	hex_put(alert, verdict->alert, EVENT_ID_SIZE);
	text_buf_add(&group, "{}:{alertname=\"%s\", ikrar_alert=\"%s\"}",
	    verdict->rule, alert);
	json_text(json, "groupKey", group.at);
	text_buf_clear(&group);
	json_object_begin(json, "groupLabels");
	json_text(json, "alertname", verdict->rule);
	json_text(json, "ikrar_alert", alert);
	json_end(json);
}

void
channel_webhook_put(struct json *json, const struct channels *channels,
    const struct delivery *delivery)
{
	const struct route_target *target = &delivery->row->key.target;
	const char *status =
	    letter_is_end(delivery->input->kind) ? "resolved" : "firing";
	char receiver[RECEIVER_MAX], origin[NAME_MAX_URN];

	snprintf(receiver, sizeof receiver, "%s/%s/%s", target->seat,
	    target->term, target->channel);
	snprintf(origin, sizeof origin, "urn:ikrar:%s", channels->origin);
	json_object_begin(json, NULL);
	json_text(json, "version", "4");
	put_group(json, delivery);
	json_u64(json, "truncatedAlerts", 0);
	json_text(json, "status", status);
	json_text(json, "receiver", receiver);
	channel_labels(json, "commonLabels", delivery, false);
	channel_annotations(json, "commonAnnotations", delivery);
	json_text(json, "externalURL", origin);
	json_array_begin(json, "alerts");
	put_alert(json, channels, delivery, status);
	json_end(json);
	json_end(json);
}

/* v1,base64(HMAC-SHA256(secret, id . timestamp . body)), for each secret. */
static void
sign(char header[CURL_HEADER_MAX], const struct contact *contact,
    const char *id_and_time, struct bytes body)
{
	struct bytes parts[] = {bytes_of_text(id_and_time), body};
	size_t len = (size_t)snprintf(
	    header, CURL_HEADER_MAX, "%s", "webhook-signature:");

	for (unsigned i = 0; i < contact->secret_count; i++) {
		const struct contact_secret *secret = &contact->secrets[i];
		struct hash mac =
		    hmac_parts(bytes_of(secret->at, secret->len), parts, 2);
		char text[BASE64_SIZE(HASH_SIZE)];

		base64_put(text, mac.at, HASH_SIZE);
		len += (size_t)snprintf(
		    header + len, CURL_HEADER_MAX - len, " v1,%s", text);
	}
}

enum err
channel_webhook_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context)
{
	char id[CHANNEL_ID_MAX], time[24], signed_head[CHANNEL_ID_MAX + 32];
	char id_header[CURL_HEADER_MAX], time_header[CURL_HEADER_MAX];
	char signature_header[CURL_HEADER_MAX];
	struct json json = {0};
	struct curl_post post = {.url = delivery->contact->address,
	    .headers = {"content-type: application/json",
		"user-agent: ikrar-notifier/" IKRAR_VERSION, id_header,
		time_header},
	    .allow_private = delivery->contact->allow_private};
	enum err err;

	channel_id(id, channels, &delivery->row->key);
	snprintf(time, sizeof time, "%" PRIu64, delivery->wall_ms / 1000);
	snprintf(id_header, sizeof id_header, "webhook-id: %s", id);
	snprintf(
	    time_header, sizeof time_header, "webhook-timestamp: %s", time);
	channel_webhook_put(&json, channels, delivery);
	post.body = bytes_of(json.text.at, json.text.len);
	if (delivery->contact->secret_count > 0) {
		snprintf(signed_head, sizeof signed_head, "%s.%s.", id, time);
		sign(signature_header, delivery->contact, signed_head,
		    post.body);
		post.headers[4] = signature_header;
	}
	err = curl_post_start(channels->curl, &post, done, context);
	json_clear(&json);
	return err;
}
