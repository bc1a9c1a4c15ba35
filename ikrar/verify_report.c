/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/verify_report.h"

#include "core/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 8192, /* more than the longest name of a file */
	NODE_TEXT = 2 * NODE_ID_SIZE + 1,
	FINGERPRINT_BYTES = 16,
	FINGERPRINT_TEXT = FINGERPRINT_BYTES * 2 + FINGERPRINT_BYTES / 2,
};

void
report_put_text(const char *text)
{
	char line[LINE_MAX_BYTES];

	(void)snprintf(line, sizeof line, "%s", text);
	utf8_tame(line);
	fputs(line, stdout);
}

/* SHA-256 of the key, its first half, in groups of four digits. */
static void
fingerprint(char text[FINGERPRINT_TEXT], const uint8_t key[SIGN_KEY_SIZE])
{
	struct hash hash = hash_bytes(bytes_of(key, SIGN_KEY_SIZE));
	char *at = text;

	for (unsigned i = 0; i < FINGERPRINT_BYTES; i += 2) {
		if (i > 0)
			*at++ = ' ';
		hex_put(at, hash.at + i, 2);
		at += 4;
	}
}

/* ---- a finding */

static const char *
region_of(const struct report *report)
{
	return report->result->wilayah[0] != '\0' ? report->result->wilayah
						  : "?";
}

static void
say_who(const struct report *report, const struct finding *finding)
{
	unsigned who = finding_who(finding->kind);
	const char *between = "";
	char node[NODE_TEXT];

	if (who == 0)
		return;
	printf("; yang menjawab/answers: ");
	if ((who & ANSWER_REGION) != 0) {
		printf("admin+log wilayah %s", region_of(report));
		between = ", ";
	}
	if ((who & ANSWER_NODE) != 0 && finding->node != NULL) {
		hex_put(node, finding->node, NODE_ID_SIZE);
		printf("%ssimpul/node %s (%s)", between, node,
		    finding->wilayah ? finding->wilayah : "?");
	}
	if ((who & ANSWER_FILES) != 0)
		printf("%syang menyerahkan berkas/who handed the files over",
		    between);
}

static void
say(const struct report *report, const struct finding *finding)
{
	char node[NODE_TEXT];

	printf("%s %" PRIu64 " %s: %s (%s)",
	    finding_who(finding->kind) != 0 ? "GAGAL/FAIL" : "catatan/note",
	    finding->index, finding_word(finding->kind),
	    finding_text_id(finding->kind), finding_text_en(finding->kind));
	if (finding->node) {
		hex_put(node, finding->node, NODE_ID_SIZE);
		printf(": node %s (%s)", node,
		    finding->wilayah ? finding->wilayah : "?");
	}
	if (finding->seq > 0)
		printf(" seq %" PRIu64, finding->seq);
	if (finding->detail && finding->detail[0] != '\0') {
		printf(": ");
		report_put_text(finding->detail);
	}
	say_who(report, finding);
	printf("\n");
}

static void
say_json_who(struct json *json, unsigned who)
{
	json_array_begin(json, "answers");
	if ((who & ANSWER_REGION) != 0)
		json_text(json, NULL, "region");
	if ((who & ANSWER_NODE) != 0)
		json_text(json, NULL, "node");
	if ((who & ANSWER_FILES) != 0)
		json_text(json, NULL, "files");
	json_end(json);
}

static void
say_json(struct json *json, const struct finding *finding)
{
	json_object_begin(json, NULL);
	json_text(json, "kind", finding_word(finding->kind));
	json_bool(json, "fails", finding_who(finding->kind) != 0);
	json_u64(json, "index", finding->index);
	if (finding->node)
		json_hex(json, "node", finding->node, NODE_ID_SIZE);
	if (finding->wilayah)
		json_text(json, "wilayah", finding->wilayah);
	if (finding->seq > 0)
		json_u64(json, "seq", finding->seq);
	if (finding->detail && finding->detail[0] != '\0')
		json_text(json, "detail", finding->detail);
	say_json_who(json, finding_who(finding->kind));
	json_end(json);
}

void
report_open(
    struct report *report, bool is_json, const struct verify_result *result)
{
	*report = (struct report){.is_json = is_json, .result = result};
	if (!is_json)
		return;
	json_object_begin(&report->json, NULL);
	json_array_begin(&report->json, "findings");
}

void
report_finding(void *context, const struct finding *finding)
{
	struct report *report = context;

	if (finding_who(finding->kind) != 0)
		report->failures++;
	else
		report->notes++;
	if (++report->counts[finding->kind] > REPORT_LINES)
		return;
	if (report->is_json)
		say_json(&report->json, finding);
	else
		say(report, finding);
}

/* ---- the summary */

static uint64_t
verdicts_equal(const struct report *report)
{
	uint64_t wrong = report->counts[FINDING_ALERT_ALTERED] +
			 report->counts[FINDING_ALERT_REMOVED];

	return report->result->verdicts > wrong
		   ? report->result->verdicts - wrong
		   : 0;
}

static void
close_json(
    struct report *report, const struct verify_job *job, uint64_t milliseconds)
{
	const struct verify_result *result = report->result;
	struct json *json = &report->json;
	char vkey[NOTE_VKEY_MAX] = "", print[FINGERPRINT_TEXT] = "";
	char root[BASE64_SIZE(HASH_SIZE)];

	json_end(json);
	json_object_begin(json, "counts");
	for (int i = 0; i < FINDING_COUNT; i++)
		if (report->counts[i] > 0)
			json_u64(json, finding_word((enum finding_kind)i),
			    report->counts[i]);
	json_end(json);
	json_bool(json, "verified", report->failures == 0);
	if (result->has_region) {
		note_vkey(vkey, result->origin, result->log_key);
		fingerprint(print, result->log_key);
	}
	base64_put(root, result->root.at, HASH_SIZE);
	json_text(json, "origin", result->origin);
	json_bool(json, "drill", result->is_drill);
	json_text(json, "key", vkey);
	json_text(json, "fingerprint", print);
	json_bool(json, "key_given", job->trusted_key != NULL);
	json_bool(json, "hashes_only", job->hashes_only);
	json_u64(json, "head_size", result->is_signed ? result->head.size : 0);
	json_u64(json, "entries", result->entries);
	json_text(json, "root", root);
	json_u64(json, "nodes", result->nodes);
	json_u64(json, "stamps", result->stamps);
	json_u64(json, "verdicts", result->verdicts);
	json_u64(json, "verdicts_equal", verdicts_equal(report));
	json_u64(json, "receipts", result->receipts);
	json_u64(json, "receipts_good", result->receipts_good);
	json_u64(json, "blobs", result->blobs);
	json_u64(json, "blobs_good", result->blobs_good);
	json_u64(json, "failures", report->failures);
	json_u64(json, "notes", report->notes);
	json_u64(json, "milliseconds", milliseconds);
	json_end(json);
	puts(json->text.at);
	json_clear(json);
}

static void
say_more(const struct report *report)
{
	for (int i = 0; i < FINDING_COUNT; i++)
		if (report->counts[i] > REPORT_LINES)
			printf("... dan %" PRIu64 " lagi/more: %s\n",
			    report->counts[i] - REPORT_LINES,
			    finding_word((enum finding_kind)i));
}

static void
say_key(const struct verify_result *result, const struct verify_job *job)
{
	char vkey[NOTE_VKEY_MAX], print[FINGERPRINT_TEXT];

	note_vkey(vkey, result->origin, result->log_key);
	fingerprint(print, result->log_key);
	printf("Kunci log/log key: %s\n", vkey);
	printf("Sidik jari/fingerprint: %s%s\n", print,
	    job->trusted_key
		? ""
		: " (menurut entri 0; cocokkan dengan wilayah, atau pakai "
		  "--key/by entry 0: compare it with the region's, or give "
		  "--key)");
}

static void
say_counts(const struct report *report, const struct verify_job *job)
{
	const struct verify_result *result = report->result;

	if (job->hashes_only)
		printf("Hanya hash/hashes only: cap dan putusan tidak "
		       "diperiksa/stamps and verdicts were not looked at\n");
	else
		printf("simpul/nodes %" PRIu64 ", cap sah/valid stamps %" PRIu64
		       ", putusan sama/verdicts equal %" PRIu64 " dari/of "
		       "%" PRIu64 "\n",
		    result->nodes, result->stamps, verdicts_equal(report),
		    result->verdicts);
	if (result->receipts > 0)
		printf("tanda terima/receipts %" PRIu64
		       " sah dari/good of %" PRIu64 "\n",
		    result->receipts_good, result->receipts);
	if (result->blobs > 0)
		printf("bagian tersegel/sealed parts %" PRIu64
		       " sah dari/good of %" PRIu64 "\n",
		    result->blobs_good, result->blobs);
}

static void
close_text(
    struct report *report, const struct verify_job *job, uint64_t milliseconds)
{
	const struct verify_result *result = report->result;
	char root[BASE64_SIZE(HASH_SIZE)];

	say_more(report);
	base64_put(root, result->root.at, HASH_SIZE);
	if (result->is_drill)
		printf("LATIHAN (drill)\n");
	if (result->has_region) {
		printf("Log %s: %" PRIu64 " entri/entries, akar/root %s\n",
		    result->origin, result->entries, root);
		say_key(result, job);
		say_counts(report, job);
	}
	printf("%" PRIu64 " kegagalan/failures, %" PRIu64
	       " catatan/notes, %" PRIu64 ".%03" PRIu64 " detik/seconds: %s\n",
	    report->failures, report->notes, milliseconds / 1000,
	    milliseconds % 1000,
	    report->failures == 0 ? "SAH/VERIFIED" : "TIDAK SAH/NOT VERIFIED");
}

void
report_close(
    struct report *report, const struct verify_job *job, uint64_t milliseconds)
{
	if (report->is_json)
		close_json(report, job, milliseconds);
	else
		close_text(report, job, milliseconds);
}
