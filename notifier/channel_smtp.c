/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain text first and the same as HTML beside it, UTF-8 in
 * quoted-printable: readable in any client and in the raw file. Message-ID,
 * Date, References and the boundary follow from the ledger alone, so that each
 * attempt is the same mail.
 */
#include "notifier/channel.h"

#include "model/calendar.h"
#include "notifier/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LINE_COLUMNS = 75,
	ENCODED_BYTES = 42, /* in one encoded word: 56 characters of base64 */
	DATE_MAX = CALENDAR_TEXT_MAX + 8,
};

/* Followed by the alert's id. Behind quoted-printable no text can hold it: an
 * equals sign stands there only before two capitals, digits or a line's end. */
static const char boundary_begin[] = "=_ikrar_";

/* Dots and slashes mean something in a Message-ID; a seat's id may hold
 * them. */
static void
put_word(struct text_buf *out, const char *word)
{
	for (; *word != '\0'; word++)
		text_buf_add(
		    out, "%c", *word == '.' || *word == '/' ? '_' : *word);
}

/* <alert.index.seat.term@origin>, a reminder's with its number, the origin's
 * slashes as dots. */
static void
put_mail_id(struct text_buf *out, const struct channels *channels,
    const struct ledger_row *row, uint64_t index, unsigned round)
{
	const struct route_target *target = &row->key.target;
	char alert[2 * EVENT_ID_SIZE + 1];

	hex_put(alert, row->key.alert, EVENT_ID_SIZE);
	text_buf_add(out, "<%s.%" PRIu64 ".", alert, index);
	if (round > 0)
		text_buf_add(out, "r%u.", round);
	put_word(out, target->seat);
	if (target->term[0] != '\0') {
		text_buf_add(out, ".");
		put_word(out, target->term);
	}
	text_buf_add(out, "@");
	for (const char *at = channels->origin; *at != '\0'; at++)
		text_buf_add(out, "%c", *at == '/' ? '.' : *at);
	text_buf_add(out, ">");
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x7f)
			return false;
	return true;
}

/* Bytes from `at` that make whole UTF-8 characters and fit an encoded word. */
static size_t
piece_len(const char *at)
{
	size_t len = strnlen(at, ENCODED_BYTES);

	while (len > 0 && ((uint8_t)at[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static void
put_subject(struct text_buf *out, const char *subject)
{
	char encoded[BASE64_SIZE(ENCODED_BYTES)];
	const char *between = "";

	text_buf_add(out, "Subject: ");
	if (is_ascii(subject) && strlen(subject) < LINE_COLUMNS) {
		text_buf_add(out, "%s\r\n", subject);
		return;
	}
	while (*subject != '\0') {
		size_t len = piece_len(subject);

		if (len == 0)
			len = 1; /* not UTF-8: never stand still */
		base64_put(encoded, (const uint8_t *)subject, len);
		text_buf_add(out, "%s=?UTF-8?B?%s?=", between, encoded);
		between = "\r\n ";
		subject += len;
	}
	text_buf_add(out, "\r\n");
}

static void
put_headers(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery)
{
	const struct ledger_row *row = delivery->row;
	const struct letter_input *input = delivery->input;
	char alert[2 * EVENT_ID_SIZE + 1], date[DATE_MAX];

	calendar_ms_put_mail(
	    date, row->promised_ms, wilayah_zone_hours(input->seat->zone));
	hex_put(alert, row->key.alert, EVENT_ID_SIZE);
	text_buf_add(out, "Date: %s\r\nFrom: Ikrar <%s>\r\nTo: <%s>\r\n", date,
	    channels->from, delivery->contact->address);
	put_subject(out, delivery->letter->subject);
	text_buf_add(out, "Message-ID: ");
	put_mail_id(out, channels, row, row->key.index, row->key.round);
	if (delivery->first_index != row->key.index || row->key.round > 0) {
		text_buf_add(out, "\r\nIn-Reply-To: ");
		put_mail_id(out, channels, row, delivery->first_index, 0);
		text_buf_add(out, "\r\nReferences: ");
		put_mail_id(out, channels, row, delivery->first_index, 0);
	}
	text_buf_add(out,
	    "\r\nAuto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative;\r\n boundary=\"%s%s\"\r\n"
	    "Content-Language: %s\r\n"
	    "X-Ikrar-Alert: %s\r\nX-Ikrar-Entry: %" PRIu64 "\r\n"
	    "X-Ikrar-Kind: %s\r\n"
	    "X-Ikrar-Target: %s %s %s\r\n\r\n",
	    boundary_begin, alert,
	    strcmp(input->seat->language, "en") == 0 ? "en, id" : "id, en",
	    alert, row->key.index, letter_kind_word(input->kind),
	    row->key.target.seat,
	    row->key.target.term[0] != '\0' ? row->key.target.term : "-",
	    row->key.target.channel);
}

/* A full stop at the beginning of a line and a blank at its end are encoded
 * too: some mail servers take the one for the end and eat the other. */
static bool
is_plain(const char *at, unsigned column)
{
	unsigned char c = (unsigned char)*at;

	if (c == '.' && column == 0)
		return false;
	if (c == ' ' && (at[1] == '\n' || at[1] == '\0'))
		return false;
	return c >= ' ' && c < 0x7f && c != '=';
}

static void
put_quoted(struct text_buf *out, const char *text)
{
	unsigned column = 0;

	for (; *text != '\0'; text++) {
		unsigned width;

		if (*text == '\n') {
			text_buf_add(out, "\r\n");
			column = 0;
			continue;
		}
		width = is_plain(text, column) ? 1 : 3;
		if (column + width > LINE_COLUMNS) {
			text_buf_add(out, "=\r\n");
			column = 0;
			width = is_plain(text, column) ? 1 : 3;
		}
		if (width == 1)
			text_buf_add_bytes(out, text, 1);
		else
			text_buf_add(out, "=%02X", (unsigned char)*text);
		column += width;
	}
}

static void
put_body_part(struct text_buf *out, const struct ledger_row *row,
    const char *type, const char *text)
{
	char alert[2 * EVENT_ID_SIZE + 1];

	hex_put(alert, row->key.alert, EVENT_ID_SIZE);
	if (type == NULL) {
		text_buf_add(out, "\r\n--%s%s--\r\n", boundary_begin, alert);
		return;
	}
	text_buf_add(out,
	    "\r\n--%s%s\r\n"
	    "Content-Type: %s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    boundary_begin, alert, type);
	put_quoted(out, text);
}

static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

enum err
channel_smtp_put(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery)
{
	struct text_buf text = {0}, html = {0};

	if (!mail_address_is_valid(channels->from) ||
	    !mail_address_is_valid(delivery->contact->address) ||
	    !is_one_line(delivery->letter->subject) ||
	    !is_one_line(channels->origin))
		return ERR_INVALID;
	channel_text(&text, channels, delivery);
	templates_put_html(
	    channels->templates, &html, delivery->input, delivery->letter);
	put_headers(out, channels, delivery);
	put_body_part(out, delivery->row, "text/plain", text.at);
	put_body_part(out, delivery->row, "text/html", html.at);
	put_body_part(out, delivery->row, NULL, NULL);
	text_buf_clear(&text);
	text_buf_clear(&html);
	return OK;
}

enum err
channel_smtp_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context)
{
	struct curl_mail mail = {.server = channels->smtp,
	    .user = channels->user,
	    .password = channels->password,
	    .need_tls = channels->need_tls,
	    .from = channels->from,
	    .to = delivery->contact->address};
	struct text_buf payload = {0};
	enum err err;

	if (channels->smtp == NULL || channels->from == NULL)
		return ERR_INVALID;
	err = channel_smtp_put(&payload, channels, delivery);
	if (err == OK) {
		mail.payload = bytes_of(payload.at, payload.len);
		err = curl_mail_start(channels->curl, &mail, done, context);
	}
	text_buf_clear(&payload);
	return err;
}
