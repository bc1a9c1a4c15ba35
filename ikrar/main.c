/* SPDX-License-Identifier: Apache-2.0 */
/* The tool for logs that were handed out; it never touches a store. */
#include "core/conf.h"
#include "core/log.h"
#include "ikrar/cmd_explain.h"
#include "ikrar/cmd_key.h"
#include "ikrar/cmd_open.h"
#include "ikrar/cmd_recipients.h"
#include "ikrar/cmd_replay.h"
#include "ikrar/cmd_report.h"
#include "ikrar/cmd_rules.h"
#include "ikrar/cmd_state.h"
#include "ikrar/cmd_verify.h"

#include <stddef.h>

int
main(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"replay", cmd_replay,
		"memutar ulang log dan membandingkan peringatannya",
		"plays a log again and compares its alerts"},
	    {"state", cmd_state, "keadaan wilayah menurut log",
		"what a log adds up to"},
	    {"explain", cmd_explain, "menjelaskan satu peringatan",
		"explains an alert"},
	    {"rules", cmd_rules, "mencoba aturan sebelum dimuat",
		"tries rules before they are loaded"},
	    {"verify", cmd_verify, "memeriksa log dan tanda terima",
		"verifies a log and receipts"},
	    {"report", cmd_report, "memeriksa laporan penutupan kegiatan",
		"checks the report of a closed campaign"},
	    {"open", cmd_open, "membuka bagian tersegel satu kasus",
		"opens the sealed part of a case"},
	    {"key", cmd_key, "kunci penerima bagian tersegel",
		"keys of recipients of sealed parts"},
	    {"recipients", cmd_recipients, "menandatangani perubahan penerima",
		"signs a change of recipients"},
	    {0},
	};

	log_open("ikrar", LOG_LEVEL_INFO);
	return conf_dispatch("ikrar", verbs, argc, argv);
}
