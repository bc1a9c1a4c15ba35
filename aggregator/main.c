/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"
#include "core/conf.h"
#include "core/log.h"

static const struct conf_verb verbs[] = {
    {"init", verb_init, "membuat wilayah baru", "make a new region"},
    {"run", verb_run, "menjalankan wilayah", "run the region"},
    {"node", verb_node, "undang, daftar, sahkan, cabut simpul",
	"invite, list, confirm, revoke nodes"},
    {"unit", verb_unit, "daftar unit dari berkas CSV",
	"the unit register from a CSV file"},
    {"campaign", verb_campaign, "kegiatan ikrar dan tenggatnya",
	"campaigns and their dates"},
    {"calendar", verb_calendar, "hari libur dan tahapan pemilihan",
	"holidays and stages of the election"},
    {"alert", verb_alert, "peringatan yang terbuka, dan menutupnya",
	"the open alerts, and closing them"},
    {"rules", verb_rules, "aturan peringatan dari berkas YAML",
	"rules of alerts from a YAML file"},
    {"office", verb_office, "jabatan penerima peringatan",
	"the offices that are told"},
    {"recipients", verb_recipients, "penerima bagian tersegel",
	"whom incidents are sealed to"},
    {"case", verb_case, "kasus: lihat, verifikasi, teruskan, catat putusan",
	"cases: look, verify, forward, note decisions"},
    {"import", verb_import, "mengambil bundel yang dibawa dengan tangan",
	"take a bundle that was carried by hand"},
    {"today", verb_today, "daftar kerja hari ini", "today's worklist"},
    {"state", verb_state, "keadaan wilayah", "what the region adds up to"},
    {"log", verb_log, "membaca log", "read the log"},
    {"export", verb_export, "menulis log sebagai berkas",
	"write the log as files"},
    {"rebuild", verb_rebuild, "menghitung ulang dari log",
	"make the view again from the log"},
    {"recover", verb_recover, "melanjutkan log dari cadangan lama",
	"go on from an older copy of the log"},
    {"clock", verb_clock, "membenarkan jam wilayah",
	"say that the region's clock is right"},
    {"healthcheck", verb_healthcheck, "apakah daemon menjawab",
	"does the daemon answer"},
    {0},
};

int
main(int argc, char **argv)
{
	log_open("ikrar-aggregator", LOG_LEVEL_INFO);
	return conf_dispatch("ikrar-aggregator", verbs, argc, argv);
}
