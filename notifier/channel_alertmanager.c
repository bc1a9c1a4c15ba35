/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An Alertmanager of the office's own: POST /api/v2/alerts, one alert a post.
 *
 * It forgets an alert without an end after some minutes, so an open one gets an
 * end far off. And it lets the later of two ends win as long as that end has
 * not come by its own clock, so the end that we give is a little in the past:
 * its clock may lag behind ours.
 */
#include "notifier/channel.h"

#include "model/calendar.h"

#include <stdio.h>
#include <string.h>

enum { URL_MAX = CONTACT_URL_MAX + 32 };
static const uint64_t far_off_ms = 366ULL * 24 * 3600 * 1000;
static const uint64_t lag_ms = 60000;
/* A trial alert goes away by itself. */
static const uint64_t trial_ms = 300000;

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Never before its start: that would be refused. */
static uint64_t
end_of(const struct delivery *delivery)
{
	const struct letter_input *input = delivery->input;
	uint64_t end_ms;

	if (input->is_test)
		return delivery->wall_ms + trial_ms;
	if (!letter_is_end(input->kind))
		return delivery->wall_ms + far_off_ms;
	end_ms =
	    least(input->verdict->judged_at_ms, delivery->wall_ms - lag_ms);
	return end_ms > delivery->opened_ms ? end_ms : delivery->opened_ms;
}

void
channel_alertmanager_put(struct json *json, const struct channels *channels,
    const struct delivery *delivery)
{
	char time[CALENDAR_TEXT_MAX];

	(void)channels;
	json_array_begin(json, NULL);
	json_object_begin(json, NULL);
	channel_labels(json, "labels", delivery, true);
	channel_annotations(json, "annotations", delivery);
	calendar_ms_put_utc(time, delivery->opened_ms);
	json_text(json, "startsAt", time);
	calendar_ms_put_utc(time, end_of(delivery));
	json_text(json, "endsAt", time);
	json_end(json);
	json_end(json);
}

enum err
channel_alertmanager_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context)
{
	const char *base = delivery->contact->address;
	int len = (int)strlen(base);
	char url[URL_MAX];
	struct json json = {0};
	struct curl_post post = {.url = url,
	    .headers = {"content-type: application/json",
		"user-agent: ikrar-notifier/" IKRAR_VERSION},
	    .allow_private = delivery->contact->allow_private};
	enum err err;

	while (len > 0 && base[len - 1] == '/')
		len--;
	snprintf(url, sizeof url, "%.*s/api/v2/alerts", len, base);
	channel_alertmanager_put(&json, channels, delivery);
	post.body = bytes_of(json.text.at, json.text.len);
	err = curl_post_start(channels->curl, &post, done, context);
	json_clear(&json);
	return err;
}
