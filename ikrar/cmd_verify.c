/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_verify.h"

#include "core/conf.h"
#include "core/loop.h"
#include "ikrar/receipts.h"
#include "ikrar/verify_report.h"

#include <stdio.h>

struct settings {
	char *key;
	bool hashes_only;
	bool json;
};

static const struct conf_option options[] = {
    {.name = "key",
	.letter = 'k',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, key),
	.argument = "VKEY",
	.help_id = "Kunci log yang dipercaya; kunci lain adalah kegagalan.",
	.help_en = "The trusted log key: another one is a failure."},
    {.name = "hashes-only",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, hashes_only),
	.help_id = "Hanya pohon, berkas hash dan checkpoint.",
	.help_en = "Tree, tiles and checkpoint alone."},
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Keluaran untuk program.",
	.help_en = "Output for programs."},
    {0},
};

static const struct conf_command command_of_ikrar = {
    .program = "ikrar",
    .name = "verify",
    .arguments = "DIR [TANDA-TERIMA...]",
    .arguments_min = 1,
    .arguments_max = 1 + RECEIPTS_MAX,
    .help_id = "memeriksa log yang diekspor dan tanda terima",
    .help_en = "verifies an exported log and receipts",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

static int
bad_key(const char *key)
{
	fprintf(stderr,
	    "ikrar: --key %s bukan kunci; bentuknya NAMA+HASH+BASE64, satu "
	    "baris.\n    (it is no key: NAME+HASH+BASE64 in one line)\n",
	    key);
	return CONF_EXIT;
}

/* There is not even a checkpoint. */
static void
tell_unreadable(const struct findings *findings)
{
	struct finding finding = {
	    .kind = FINDING_CHECKPOINT, .detail = "checkpoint"};

	findings_tell(findings, &finding);
}

static int
run(const struct verify_job *job, bool is_json)
{
	struct verify_result result = {0};
	struct report report;
	struct findings findings = {report_finding, &report};
	uint64_t from_ms = loop_monotonic_ms();

	report_open(&report, is_json, &result);
	if (verify_run(job, &findings, &result) != OK)
		tell_unreadable(&findings);
	report_close(&report, job, loop_monotonic_ms() - from_ms);
	return report.failures == 0 ? 0 : 1;
}

static int
verify(const struct conf_command *command, int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	char name[NOTE_ORIGIN_MAX];
	uint8_t key[SIGN_KEY_SIZE];
	struct verify_job job = {0};
	int code;

	conf_load(command, &settings, argc, argv, &rest);
	job.dir = rest.at[0];
	job.receipts = (const char *const *)rest.at + 1;
	job.receipt_count = rest.count - 1;
	job.hashes_only = settings.hashes_only;
	if (settings.key && note_vkey_open(settings.key, name, key) != OK) {
		code = bad_key(settings.key);
	} else {
		job.trusted_name = settings.key ? name : NULL;
		job.trusted_key = settings.key ? key : NULL;
		code = run(&job, settings.json);
	}
	conf_clear(command, &settings);
	return code;
}

int
cmd_verify(int argc, char **argv)
{
	return verify(&command_of_ikrar, argc, argv);
}

int
cmd_verify_alone(int argc, char **argv)
{
	struct conf_command command = command_of_ikrar;

	command.program = "ikrar-verify";
	command.name = NULL;
	return verify(&command, argc, argv);
}
