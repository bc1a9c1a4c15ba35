/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/show.h"

#include "collector/enter.h"
#include "collector/facts.h"
#include "collector/quarantine.h"
#include "collector/recipients.h"
#include "collector/record.h"
#include "collector/sentence.h"
#include "core/json.h"
#include "model/catalog.h"
#include "model/wilayah.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_fields[EMPLOYMENT_KINDS] = {
    "pns", "pppk", "non_asn"};

/* ---- what region answered */

struct answer {
	bool is_there;
	uint64_t have, index, received_at_ms;
};

static struct answer
answer_of(struct home *home, uint64_t seq)
{
	struct answer answer = {0};
	struct message_codec *codec;
	struct message message;
	struct bytes raw;

	if (spool_receipt(home->spool, seq, &raw) != OK)
		return answer;
	codec = message_codec_new();
	if (message_from_region_get(codec, raw, &message) == OK &&
	    message.kind == MESSAGE_RECEIPT)
		answer = (struct answer){.is_there = true,
		    .have = message.receipt.have,
		    .index = message.receipt.index,
		    .received_at_ms = message.receipt.received_at_ms};
	message_codec_free(codec);
	spool_row_done(home->spool);
	return answer;
}

/* Whom the sealed part of a record was sealed to; empty: it has none, or it
 * is not here. */
static void
sealed_to(struct home *home, const struct event *event,
    char names[RECIPIENTS_NAMES_MAX])
{
	struct spool_recipients set;
	struct bytes blob;

	names[0] = '\0';
	if (event_sealed(event) == NULL)
		return;
	spool_recipients(home->spool, &set);
	if (spool_blob(home->spool, event->seq, &blob) == OK)
		recipients_of_blob(names, blob, &set);
	spool_row_done(home->spool);
}

/* ---- JSON: fields named as in proto/event.proto */

static void
json_pledge(struct json *json, const struct pledge *pledge)
{
	json_text(json, "unit", pledge->unit);
	json_text(json, "campaign", pledge->campaign);
	json_hex(json, "ceremony", pledge->ceremony, sizeof pledge->ceremony);
	json_text(json, "act", catalog_word(CATALOG_ACT, pledge->act));
	json_text(json, "form", catalog_word(CATALOG_FORM, pledge->form));
	json_u64(json, "points", pledge->points);
	json_text(json, "template", pledge->template);
	json_hex(json, "template_sha256", pledge->template_sha256,
	    sizeof pledge->template_sha256);
	json_u64(json, "made_at_ms", pledge->made_at_ms);
	json_u64(json, "witnesses", pledge->witnesses);
	json_bool(json, "head_signed", pledge->head_signed);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		if (!pledge->counts[i].is_set)
			continue;
		json_object_begin(json, kind_fields[i]);
		json_u64(json, "present", pledge->counts[i].present);
		json_u64(json, "signed", pledge->counts[i].signatures);
		json_end(json);
	}
	if (pledge->has_sheet)
		json_hex(json, "sheet_sha256", pledge->sheet_sha256,
		    sizeof pledge->sheet_sha256);
}

static void
json_incident(struct json *json, const struct incident *incident)
{
	json_text(json, "unit", incident->unit);
	json_text(json, "act", incident->act);
	json_u64(json, "happened_from_day", incident->happened_from_day);
	json_u64(json, "happened_to_day", incident->happened_to_day);
	json_u64(json, "known_day", incident->known_day);
	json_u64(json, "reported_day", incident->reported_day);
	json_text(
	    json, "source", catalog_word(CATALOG_SOURCE, incident->source));
	json_text(
	    json, "subject", catalog_word(CATALOG_SUBJECT, incident->subject));
	json_array_begin(json, "evidence");
	for (uint32_t i = 0; i < incident->evidence_count; i++)
		json_hex(json, NULL, incident->evidence[i], EVENT_HASH_SIZE);
	json_end(json);
	if (!incident->is_sealed)
		return;
	json_object_begin(json, "sealed");
	json_u64(json, "size", incident->blob_size);
	json_hex(json, "blob_hash", incident->blob_hash, EVENT_HASH_SIZE);
	json_hex(json, "commit", incident->commit, EVENT_HASH_SIZE);
	json_end(json);
}

static void
json_body(struct json *json, const struct event *event)
{
	const struct corrected *corrected = &event->corrected;

	json_object_begin(json, "body");
	if (event->kind == EVENT_PLEDGE_MADE) {
		json_pledge(json, &event->pledge);
	} else if (event->kind == EVENT_INCIDENT_REPORTED) {
		json_incident(json, &event->incident);
	} else if (event->kind == EVENT_WITHDRAWN) {
		json_u64(json, "seq", event->withdrawn.target.seq);
		json_text(json, "reason", event->withdrawn.reason);
		json_text(json, "reference", event->withdrawn.reference);
	} else if (event->kind == EVENT_CORRECTED) {
		bool is_pledge = corrected->kind == EVENT_PLEDGE_MADE;

		json_u64(json, "seq", corrected->target.seq);
		json_object_begin(json, is_pledge ? "pledge" : "incident");
		if (is_pledge)
			json_pledge(json, &corrected->pledge);
		else
			json_incident(json, &corrected->incident);
		json_end(json);
	} else if (event->kind == EVENT_NODE_REPORTED) {
		json_text(json, "software", event->software);
	}
	json_end(json);
}

static void
json_row(struct json *json, struct home *home, const struct spool_row *row,
    const struct event *event)
{
	char names[RECIPIENTS_NAMES_MAX];

	json_u64(json, "seq", row->seq);
	json_text(json, "kind", event_kind_name(event->kind));
	json_text(json, "state", record_state_word(row->state));
	if (row->state == RECORD_REFUSED)
		json_text(json, "word",
		    row->word < REJECT_COUNT ? reject_word(row->word) : "?");
	if (row->state == RECORD_REFUSED)
		quarantine_json(json, home, row->seq);
	json_u64(json, "recorded_at_ms", event->recorded_at_ms);
	json_u64(json, "seen_size", event->seen_size);
	json_hex(
	    json, "event_hash", row->event_hash.at, sizeof row->event_hash.at);
	json_body(json, event);
	sealed_to(home, event, names);
	if (names[0] != '\0')
		json_text(json, "sealed_to", names);
}

static void
json_answer(struct json *json, const struct answer *answer)
{
	if (!answer->is_there) {
		json_null_put(json, "receipt");
		return;
	}
	json_object_begin(json, "receipt");
	json_u64(json, "have", answer->have);
	json_u64(json, "index", answer->index);
	json_u64(json, "received_at_ms", answer->received_at_ms);
	json_end(json);
}

static void
json_print(struct json *json)
{
	json_end(json);
	printf("%s\n", json->text.at);
	json_clear(json);
}

/* ---- one record */

static void
put_body(struct text_buf *out, struct home *home, const struct event *event)
{
	const struct corrected *corrected = &event->corrected;
	char names[RECIPIENTS_NAMES_MAX];
	struct facts facts = {0};

	if (event->kind == EVENT_PLEDGE_MADE ||
	    (event->kind == EVENT_CORRECTED &&
		corrected->kind == EVENT_PLEDGE_MADE)) {
		const struct pledge *pledge = event->kind == EVENT_PLEDGE_MADE
						  ? &event->pledge
						  : &corrected->pledge;

		facts_of_ceremony(&facts, home, pledge);
		facts_of_unit(&facts, home, pledge);
	} else if (event->kind == EVENT_INCIDENT_REPORTED) {
		facts_of_incident(&facts, home, &event->incident);
	} else if (event->kind == EVENT_CORRECTED) {
		facts_of_incident(&facts, home, &corrected->incident);
	} else if (event->kind == EVENT_WITHDRAWN) {
		text_buf_add(out,
		    "  mencabut catatan %" PRIu64 ", alasan %s%s%s\n",
		    event->withdrawn.target.seq, event->withdrawn.reason,
		    event->withdrawn.reference[0] == '\0' ? "" : ", surat ",
		    event->withdrawn.reference);
	}
	if (event->kind == EVENT_CORRECTED)
		text_buf_add(out, "  mengganti catatan %" PRIu64 "\n",
		    corrected->target.seq);
	facts_put(out, &facts);
	sealed_to(home, event, names);
	if (names[0] != '\0')
		text_buf_add(out, "  Disegel kepada / sealed to   %s\n", names);
}

/* What was done about a refused row, or can be. */
static void
put_advice(struct text_buf *out, struct home *home, const struct spool_row *row)
{
	const char *dir = home->words->dir;
	char mark[QUARANTINE_TEXT_MAX];

	quarantine_text(home, row->seq, mark);
	if (mark[0] != '\0') {
		text_buf_add(out, "  %s\n", mark);
		return;
	}
	if (row->word == REJECT_LOCKED || row->word == REJECT_PREFIX ||
	    row->word == REJECT_KIND)
		text_buf_add(out,
		    "  Hubungi admin wilayah. / Ask the regional admin.\n");
	text_buf_add(out,
	    "  Bila penyebabnya sudah dibereskan / once the cause is gone:\n"
	    "    ikrar-collector quarantine retry %" PRIu64 " --dir %s\n"
	    "  Bila tidak perlu lagi / if it is not needed any more:\n"
	    "    ikrar-collector quarantine drop %" PRIu64
	    " --reason KODE --dir %s\n",
	    row->seq, dir, row->seq, dir);
}

static void
put_state(struct text_buf *out, struct home *home, const struct spool_row *row,
    const struct answer *answer)
{
	char when[CALENDAR_TEXT_MAX];

	text_buf_add(out, "Keadaan / state: %s", record_state_word(row->state));
	if (row->state == RECORD_STORED)
		text_buf_add(out, " di disk ini, belum dikirim");
	else if (row->state == RECORD_SENT)
		text_buf_add(out, ", menunggu tanda terima");
	else if (row->state == RECORD_REFUSED)
		text_buf_add(out, ": %s (%s)",
		    row->word < REJECT_COUNT
			? reject_text_id(row->word)
			: "alasan dari program yang lebih baru",
		    row->word < REJECT_COUNT ? reject_word(row->word) : "?");
	text_buf_add(out, "\n");
	if (row->state == RECORD_REFUSED)
		put_advice(out, home, row);
	if (!answer->is_there)
		return;
	home_time(home, when, answer->received_at_ms);
	text_buf_add(out,
	    "Tanda terima / receipt: %s, indeks log %" PRIu64
	    ", sampai catatan %" PRIu64 "\n",
	    when, answer->index, answer->have);
}

/* Whether this version still stands. */
static void
put_standing(struct text_buf *out, struct home *home, uint64_t seq)
{
	struct sentence unused;
	struct record record;

	if (record_find(home, seq, &record, &unused) != OK)
		return;
	if (record.withdrawn != 0 && record.withdrawn != seq)
		text_buf_add(out,
		    "Sudah dicabut oleh catatan %" PRIu64 ". / Withdrawn.\n",
		    record.withdrawn);
	else if (record.newest > seq)
		text_buf_add(out,
		    "Sudah diganti oleh catatan %" PRIu64 ". / Corrected.\n",
		    record.newest);
}

static void
print_record(struct home *home, const struct spool_row *row,
    const struct event *event, const struct answer *answer)
{
	char when[CALENDAR_TEXT_MAX];
	struct text_buf out = {0};

	home_say_drill(home->region.drill);
	home_time(home, when, event->recorded_at_ms);
	text_buf_add(&out, "Catatan %" PRIu64 ": %s, dicatat %s%s\n", row->seq,
	    facts_kind(event), when,
	    event->kind == EVENT_INCIDENT_REPORTED ? " (jam dibulatkan)" : "");
	put_body(&out, home, event);
	put_state(&out, home, row, answer);
	put_standing(&out, home, row->seq);
	fputs(out.at, stdout);
	text_buf_clear(&out);
}

static enum err
load(
    struct home *home, uint64_t seq, struct spool_row *row, struct event *event)
{
	enum err err = home_event(home, seq, row, event);

	spool_row_done(home->spool);
	row->event = row->stamp = bytes_of(NULL, 0);
	if (err == ERR_NOTFOUND)
		tell("Tidak ada catatan nomor %" PRIu64
		     "; yang terakhir nomor %" PRIu64 ".",
		    "there is no record %" PRIu64 "; the last is %" PRIu64, seq,
		    home->status.last_seq);
	else if (err != OK)
		tell("Catatan %" PRIu64 " tidak dapat dibaca; lihat baris di "
		     "atas.",
		    "record %" PRIu64 " cannot be read: see the line above",
		    seq);
	return err;
}

int
show_record(const struct show_words *words, const char *seq)
{
	struct spool_row row;
	struct answer answer;
	struct event event;
	struct home home;
	uint64_t number;

	if (enter_seq(&number, seq) != OK ||
	    home_open(&home, &words->home) != OK)
		return 1;
	if (load(&home, number, &row, &event) != OK) {
		home_close(&home);
		return 1;
	}
	answer = answer_of(&home, number);
	if (words->json) {
		struct json json = {0};

		json_object_begin(&json, NULL);
		json_bool(&json, "drill", home.region.drill);
		json_row(&json, &home, &row, &event);
		json_answer(&json, &answer);
		json_print(&json);
	} else {
		print_record(&home, &row, &event, &answer);
	}
	home_close(&home);
	return 0;
}

/* ---- all of them */

static void
print_refusal(struct home *home, const struct spool_row *row)
{
	char mark[QUARANTINE_TEXT_MAX];

	quarantine_brief(home, row->seq, mark);
	printf(" (%s%s)",
	    row->word < REJECT_COUNT ? reject_text_id(row->word) : "?", mark);
}

static void
print_line(
    struct home *home, const struct spool_row *row, const struct event *event)
{
	char when[CALENDAR_TEXT_MAX], text[FACT_MAX];
	char names[RECIPIENTS_NAMES_MAX];

	calendar_ms_put(when, event->recorded_at_ms, home->zone);
	facts_about(event, text);
	printf("%6" PRIu64 "  %s  %-9s  %-18s %s", row->seq, when,
	    record_state_word(row->state), facts_kind(event), text);
	if (event_sealed(event) != NULL) {
		sealed_to(home, event, names);
		printf(", tersegel %" PRIu32 " byte untuk %s",
		    event_sealed(event)->blob_size,
		    names[0] == '\0' ? "?" : names);
	}
	if (row->state == RECORD_REFUSED)
		print_refusal(home, row);
	printf("\n");
}

static void
print_json_line(
    struct home *home, const struct spool_row *row, const struct event *event)
{
	struct json json = {0};

	json_object_begin(&json, NULL);
	json_row(&json, home, row, event);
	json_print(&json);
}

int
show_list(const struct show_words *words)
{
	struct spool_row row;
	struct event event;
	struct home home;
	uint64_t seq = words->from == 0 ? 1 : words->from;

	if (home_open(&home, &words->home) != OK)
		return 1;
	if (!words->json)
		home_say_drill(home.region.drill);
	if (!words->json && home.status.last_seq == 0)
		printf("Belum ada catatan. / No records yet.\n");
	for (; seq <= home.status.last_seq; seq++) {
		if (home_event(&home, seq, &row, &event) != OK)
			continue; /* logged */
		if (words->json)
			print_json_line(&home, &row, &event);
		else
			print_line(&home, &row, &event);
	}
	spool_row_done(home.spool);
	home_close(&home);
	return 0;
}

/* ---- units */

static void
print_unit(void *context, const struct unit_row *row)
{
	const struct home *home = context;

	if (!wilayah_is_within(row->wilayah, home->region.wilayah))
		return;
	printf("%-24s  PNS %" PRIu32 ", PPPK %" PRIu32 ", non-ASN %" PRIu32
	       "  %s\n",
	    row->code, row->heads[0], row->heads[1], row->heads[2], row->name);
}

/* A name may hold what means something in a CSV file. */
static void
print_unit_csv(void *context, const struct unit_row *row)
{
	const struct home *home = context;

	if (!wilayah_is_within(row->wilayah, home->region.wilayah))
		return;
	printf("%s,\"", row->code);
	for (const char *at = row->name; *at != '\0'; at++) {
		if (*at == '"')
			putchar('"');
		putchar(*at);
	}
	printf("\",,,,,,,\n");
}

int
show_units(const struct show_words *words)
{
	struct home home;

	if (home_open(&home, &words->home) != OK)
		return 1;
	if (home.status.roster_version == 0) {
		tell("Daftar unit belum datang dari wilayah. Jalankan "
		     "penghubung sampai tersambung: ikrar-collector run --dir "
		     "%s",
		    "the roster has not arrived yet: run the daemon until it "
		    "is connected: ikrar-collector run --dir %s",
		    words->home.dir);
		home_close(&home);
		return 1;
	}
	if (words->csv)
		printf("unit,nama,pns_hadir,pns_ttd,pppk_hadir,pppk_ttd,"
		       "non_asn_hadir,non_asn_ttd,kepala\n");
	else
		home_say_drill(home.region.drill);
	spool_each_unit(
	    home.spool, words->csv ? print_unit_csv : print_unit, &home);
	home_close(&home);
	return 0;
}
