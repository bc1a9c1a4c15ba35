/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of ikrar-collector and their options. */
#include "collector/bundle_cmd.h"
#include "collector/daemon.h"
#include "collector/enrol.h"
#include "collector/enter.h"
#include "collector/evidence.h"
#include "collector/quarantine.h"
#include "collector/receipt.h"
#include "collector/recipients.h"
#include "collector/rejoin.h"
#include "collector/retire.h"
#include "collector/show.h"
#include "core/conf.h"
#include "core/log.h"

#include <inttypes.h>
#include <signal.h>

static const char program[] = "ikrar-collector";

/* clang-format off */
#define TEXT(of, field, option, value, must, id, en)                       \
	{.name = (option), .type = CONF_TEXT, .offset = offsetof(of, field), \
	    .argument = (value), .required = (must), .help_id = (id),          \
	    .help_en = (en)}
#define TEXTS(of, field, option, value, id, en)                             \
	{.name = (option), .type = CONF_TEXTS, .offset = offsetof(of, field), \
	    .argument = (value), .help_id = (id), .help_en = (en)}
#define FLAG(of, field, option, id, en)                                    \
	{.name = (option), .type = CONF_FLAG, .offset = offsetof(of, field), \
	    .help_id = (id), .help_en = (en)}
#define DIR_AND_CLOCK(of, home)                                            \
	TEXT(of, home dir, "dir", "DIR", true, "Folder simpul ini.",         \
	    "Directory of this node."),                                        \
	TEXT(of, home clock, "clock", "BERKAS", false,                       \
	    "Jam latihan (hanya di wilayah latihan).",                         \
	    "Clock of the drill (in drill regions only).")
#define YES                                                                  \
	FLAG(struct enter_words, yes, "yes", "Simpan tanpa bertanya.",         \
	    "Store without asking.")

#define PLEDGE(field, option, value, must, id, en)                           \
	TEXT(struct enter_words, pledge.field, option, value, must, id, en)
#define INCIDENT(field, option, value, must, id, en)                         \
	TEXT(struct enter_words, incident.field, option, value, must, id, en)

static const char units_id[] =
    "KODE[=pns:HADIR/TTD,pppk:H/T,non_asn:H/T][,head]; boleh berulang. Jumlah "
    "adalah total sampai kini; yang tidak disebut tidak berubah. head: kepala "
    "unit menandatangani. Kodenya: ikrar-collector units.";
static const char units_en[] =
    "CODE[=pns:PRESENT/SIGNED,pppk:P/S,non_asn:P/S][,head]; repeatable. Counts "
    "are totals so far; what is not named is unchanged. head: its head has "
    "signed. Codes: ikrar-collector units.";
static const char form_id[] =
    "DEKLARASI, APEL, UPACARA, PENANDATANGANAN, DARING atau MANDIRI.";
static const char form_en[] = "Form of the ceremony, one of these words.";
static const char made_id[] =
    "Kapan dilaksanakan, waktu setempat: \"2024-10-01 08:00\".";
static const char made_en[] = "When it was held, local time.";
static const char witness_id[] =
    "FORKOPIMDA, BAWASLU, PANWASCAM, PJ_KEPALA_DAERAH, SEKDA, BKPSDM, CAMAT "
    "atau TOKOH_MASYARAKAT; boleh berulang.";
static const char witness_en[] = "Who witnessed it; any number.";
static const char points_id[] =
    "Butir yang diikrarkan; bila tidak disebut: I1,I2,I3,I4.";
static const char points_en[] = "Points of the pledge; default all four.";
static const char text_id[] =
    "Berkas naskah yang dibaca; hanya sidiknya (SHA-256) disimpan. Bila tidak "
    "disebut: naskah baku empat butir.";
static const char text_en[] =
    "The text that was read; only its SHA-256 is stored. Default: the "
    "canonical text of the four points.";
static const char sheet_id[] =
    "Pindaian lembar tanda tangan; hanya sidiknya disimpan.";
static const char sheet_en[] =
    "Scan of the signed sheet; only its SHA-256 is stored.";
static const char happened_id[] =
    "Tanggal kejadian, atau AWAL..AKHIR: 2024-10-01..2024-10-03.";
static const char happened_en[] = "Date, or FIRST..LAST, when it happened.";
static const char known_id[] =
    "Tanggal diketahui; bila tidak disebut: hari (terakhir) kejadian.";
static const char known_en[] =
    "When it became known; default: the (last) day it happened.";
static const char reported_id[] =
    "Tanggal dilaporkan; bila tidak disebut: hari ini.";
static const char reported_en[] =
    "When it was reported; default: today.";
static const char source_id[] =
    "WARGA, RT_RW, TOKOH, PEGAWAI, PANWASCAM, BAWASLU, MEDIA atau TEMUAN.";
static const char source_en[] = "Who told it; no names.";
static const char subject_id[] =
    "PNS, PPPK, NON_ASN, KADES, PERANGKAT_DESA atau PEJABAT_LAIN.";
static const char subject_en[] = "Kind of the person concerned; no names.";
static const char evidence_id[] =
    "Berkas bukti, paling banyak 8; hanya sidiknya (SHA-256) disimpan, "
    "berkasnya tetap di sini.";
static const char evidence_en[] =
    "Evidence, at most 8 files; only the SHA-256 is stored.";

static const char sealed_id[] =
    "Berkas bagian tersegel (- masukan baku): baris \"nama: ...\", nip, "
    "jabatan, tempat, waktu, pelapor, kontak, dan terakhir \"uraian: ...\". "
    "Hanya penerima (inspektorat) yang dapat membacanya.";
static const char sealed_en[] =
    "File of the sealed part (- standard input): lines \"key: value\", last "
    "\"uraian: ...\", the narrative. Only the recipients can read it.";

#define WITNESS                                                              \
	TEXTS(struct enter_words, pledge.witnesses, "witness", "SAKSI",        \
	    witness_id, witness_en)
#define UNIT                                                                 \
	TEXTS(struct enter_words, pledge.units, "unit", "UNIT", units_id,      \
	    units_en)
#define EVIDENCE                                                             \
	TEXTS(struct enter_words, incident.evidence, "evidence", "BERKAS",     \
	    evidence_id, evidence_en)
#define SEALED                                                               \
	INCIDENT(sealed, "sealed", "BERKAS", false, sealed_id, sealed_en)
#define PLEDGE_FILES                                                         \
	PLEDGE(points, "points", "BUTIR", false, points_id, points_en),        \
	PLEDGE(text, "text", "BERKAS", false, text_id, text_en),               \
	PLEDGE(sheet, "sheet", "BERKAS", false, sheet_id, sheet_en)
#define INCIDENT_DATES                                                       \
	INCIDENT(known, "known", "TANGGAL", false, known_id, known_en),        \
	INCIDENT(reported, "reported", "TANGGAL", false, reported_id,          \
	    reported_en)

static const struct conf_option home_options[] = {
	DIR_AND_CLOCK(struct home_words, ), {0}};
static const struct conf_option join_options[] = {
	DIR_AND_CLOCK(struct letter_words, home.),
	TEXT(struct letter_words, request, "request", "BERKAS", false,
	    "Tanpa jaringan: tulis permohonan ke berkas ini, untuk admin.",
	    "Without a link: write a request to this file, for the admin."),
	TEXT(struct letter_words, answer, "answer", "BERKAS", false,
	    "Tanpa jaringan: pakai berkas jawaban dari admin (tanpa KODE).",
	    "Without a link: use the admin's file of the answer (no CODE)."),
	{0}};
static const struct conf_option retire_options[] = {
	DIR_AND_CLOCK(struct retire_words, home.),
	FLAG(struct retire_words, undo, "undo", "Batalkan: terima catatan lagi.",
	    "Undo it: take records again."),
	{0}};
static const struct conf_option run_options[] = {
	DIR_AND_CLOCK(struct run_words, home.),
	TEXT(struct run_words, endpoint, "endpoint", "ALAMAT", false,
	    "tcp://komputer:port, sebagai ganti alamat dari undangan.",
	    "Instead of the endpoints that the region gave."),
	{0}};
static const struct conf_option pledge_options[] = {
	DIR_AND_CLOCK(struct enter_words, home.),
	PLEDGE(campaign, "campaign", "KEGIATAN", true,
	    "Kode kegiatan: PILKADA2024.", "Code of the campaign."),
	PLEDGE(act, "act", "JENIS", true,
	    "ikrar (dibacakan) atau pakta (ditandatangani).",
	    "ikrar (read aloud) or pakta (signed)."),
	PLEDGE(form, "form", "BENTUK", true, form_id, form_en),
	PLEDGE(made, "made", "WAKTU", true, made_id, made_en),
	PLEDGE(template, "template", "NASKAH", true,
	    "Kode naskah: IKRAR-4-POIN.", "Code of the text."),
	WITNESS, UNIT,
	PLEDGE(units_file, "units", "BERKAS.csv", false,
	    "Banyak unit dari berkas; kolom unit, pns_present, pns_signed, "
	    "pppk_present, pppk_signed, non_asn_present, non_asn_signed, head.",
	    "Many units from a file; an empty count is unchanged."),
	PLEDGE_FILES, YES, {0}};
static const struct conf_option incident_options[] = {
	DIR_AND_CLOCK(struct enter_words, home.),
	INCIDENT(unit, "unit", "UNIT", true, "Kode unit; daftarnya: ikrar-collector units.",
	    "The unit's code; see ikrar-collector units."),
	INCIDENT(act, "act", "PERBUATAN", true,
	    "Kode perbuatan yang diduga: APK, SOS, PST, ... (man page). LLN "
	    "perlu --sealed.",
	    "Code of the alleged act; see the manual. LLN needs --sealed."),
	INCIDENT(happened, "happened", "TANGGAL", true, happened_id,
	    happened_en),
	INCIDENT_DATES,
	INCIDENT(source, "source", "SUMBER", true, source_id, source_en),
	INCIDENT(subject, "subject", "JENIS", true, subject_id, subject_en),
	EVIDENCE, SEALED, YES, {0}};
static const struct conf_option correct_options[] = {
	DIR_AND_CLOCK(struct enter_words, home.), UNIT,
	PLEDGE(act, "act", "KODE", false,
	    "ikrar atau pakta; untuk insiden kode perbuatan.",
	    "ikrar or pakta; of an incident the act's code."),
	PLEDGE(campaign, "campaign", "KEGIATAN", false, "Kode kegiatan.",
	    "Code of the campaign."),
	PLEDGE(form, "form", "BENTUK", false, form_id, form_en),
	PLEDGE(made, "made", "WAKTU", false, made_id, made_en),
	PLEDGE(template, "template", "NASKAH", false, "Kode naskah.",
	    "Code of the text."),
	WITNESS, PLEDGE_FILES,
	INCIDENT(happened, "happened", "TANGGAL", false, happened_id,
	    happened_en),
	INCIDENT_DATES,
	INCIDENT(source, "source", "SUMBER", false, source_id, source_en),
	INCIDENT(subject, "subject", "JENIS", false, subject_id, subject_en),
	EVIDENCE, SEALED, YES, {0}};
static const struct conf_option withdraw_options[] = {
	DIR_AND_CLOCK(struct enter_words, home.),
	TEXT(struct enter_words, reason, "reason", "ALASAN", true,
	    "Alasannya: SALAH_INPUT, GANDA, DICABUT_PELAPOR atau BATAL.",
	    "Why: wrong input, recorded twice, taken back, called off."),
	TEXT(struct enter_words, reference, "reference", "SURAT", false,
	    "Nomor surat; huruf besar, angka, titik, garis. Tanpa nama.",
	    "Number of a letter; no names."),
	YES, {0}};
static const struct conf_option show_options[] = {
	DIR_AND_CLOCK(struct show_words, home.),
	FLAG(struct show_words, json, "json", "Cetak JSON.", "Print JSON."),
	{0}};
static const struct conf_option quarantine_options[] = {
	DIR_AND_CLOCK(struct quarantine_words, home.),
	TEXT(struct quarantine_words, reason, "reason", "KODE", false,
	    "Untuk drop: SALAH_INPUT, GANDA, DICABUT_PELAPOR atau BATAL.",
	    "For drop: wrong input, recorded twice, taken back, called off."),
	FLAG(struct quarantine_words, yes, "yes",
	    "Untuk retry: simpan tanpa bertanya.",
	    "For retry: store without asking."),
	FLAG(struct quarantine_words, json, "json", "Cetak JSON.", "Print JSON."),
	{0}};
static const struct conf_option receipt_options[] = {
	DIR_AND_CLOCK(struct receipt_words, home.),
	TEXT(struct receipt_words, out, "out", "BERKAS", false,
	    "Tulis juga berkas bukti (tlog-proof) untuk ikrar verify.",
	    "Write the tlog-proof file, too, for ikrar verify."),
	{0}};
static const struct conf_option evidence_options[] = {
	DIR_AND_CLOCK(struct evidence_words, home.),
	TEXT(struct evidence_words, out, "out", "BERKAS", false,
	    "Tulis ke berkas baru ini, untuk inspektorat.",
	    "Write it to this new file, for the inspectorate."),
	{0}};
static const struct conf_option recipients_options[] = {
	DIR_AND_CLOCK(struct recipients_words, home.),
	TEXT(struct recipients_words, confirm, "confirm", "SIDIK", false,
	    "Pastikan sidik penerima yang disebut inspektorat: 32 angka "
	    "heksadesimal.",
	    "Pin the fingerprint that the inspectorate gave: 32 hex digits."),
	{0}};
static const struct conf_option units_options[] = {
	DIR_AND_CLOCK(struct show_words, home.),
	FLAG(struct show_words, csv, "csv",
	    "Sebagai lembar CSV untuk diisi, lalu: pledge --units.",
	    "As a CSV sheet to be filled in for pledge --units."),
	{0}};
static const struct conf_option list_options[] = {
	DIR_AND_CLOCK(struct show_words, home.),
	FLAG(struct show_words, json, "json", "Cetak JSON, satu baris satu catatan.",
	    "Print JSON, one line a record."),
	{.name = "from", .type = CONF_U64,
	    .offset = offsetof(struct show_words, from), .argument = "NOMOR",
	    .fallback = "1", .min = 1, .max = INT64_MAX,
	    .help_id = "Mulai dari catatan ini.",
	    .help_en = "Begin with this record."},
	{0}};

#define COMMAND(word, type, table, arg, count, id, en)                       \
	COMMAND_OF(word, type, table, arg, count, count, id, en)
#define COMMAND_OF(word, type, table, arg, least, most, id, en)              \
	static const struct conf_command word##_command = {                    \
	    .program = program, .name = #word, .arguments = (arg),             \
	    .arguments_min = (least), .arguments_max = (most),                 \
	    .help_id = (id), .help_en = (en), .options = (table),              \
	    .settings_bytes = sizeof(type)}
/* clang-format on */

static const char init_id[] = "Buat kunci simpul ini.";
static const char init_en[] = "Make this node's keys.";
static const char join_id[] = "Bergabung dengan wilayah memakai kode undangan.";
static const char join_en[] = "Join a region with an invitation code.";
static const char retire_id[] =
    "Berhenti menerima catatan; sebut yang belum diterima wilayah.";
static const char retire_en[] =
    "Take no more records; say what the region has not received.";
static const char rejoin_id[] =
    "Ganti simpul ini dengan yang baru: kunci baru, catatan tanpa tanda terima "
    "disalin, yang lama disimpan.";
static const char rejoin_en[] =
    "Replace this node by a new one: new keys, records without receipt are "
    "copied, the old one is kept aside.";
static const char run_id[] = "Jalankan penghubung, yang mengirim catatan.";
static const char run_en[] = "Run the daemon that sends the records.";
static const char pledge_id[] = "Catat satu kegiatan ikrar atau pakta.";
static const char pledge_en[] = "Record one ceremony of pledges.";
static const char incident_id[] = "Catat satu dugaan pelanggaran netralitas.";
static const char incident_en[] = "Record one alleged breach of neutrality.";
static const char correct_id[] =
    "Koreksi sebuah catatan; yang tidak disebut tetap.";
static const char correct_en[] =
    "Correct a record; what is not given stays as it is.";
static const char withdraw_id[] = "Cabut sebuah catatan.";
static const char withdraw_en[] = "Withdraw a record.";
static const char show_id[] = "Tampilkan satu catatan dan tanda terimanya.";
static const char show_en[] = "Show one record and its receipt.";
static const char receipt_id[] =
    "Cetak tanda terima satu catatan, untuk dibawa.";
static const char receipt_en[] = "Print the receipt of one record.";
static const char recipients_id[] =
    "Kepada siapa bagian tersegel disegel; pastikan sidiknya.";
static const char recipients_en[] =
    "Whom the sealed part is sealed to; confirm their fingerprint.";
static const char evidence_verb_id[] =
    "Kepala log wilayah yang bertentangan: buktinya, untuk inspektorat.";
static const char evidence_verb_en[] =
    "Heads of the region's log that contradict others: the evidence.";
static const char list_id[] = "Daftar semua catatan simpul ini.";
static const char list_en[] = "List all records of this node.";
static const char units_verb_id[] = "Daftar unit di wilayah simpul ini.";
static const char units_verb_en[] = "List the units of this node's wilayah.";
static const char status_id[] = "Keadaan simpul, sambungan dan pengiriman.";
static const char status_en[] = "State of the node, its link and its records.";
static const char quarantine_id[] =
    "Catatan yang ditolak wilayah: lihat (list, show), catat lagi (retry), "
    "atau sisihkan (drop); tidak ada yang dihapus.";
static const char quarantine_en[] =
    "Records that the region refused: look, record again, or set aside; "
    "nothing is ever deleted.";
static const char export_id[] =
    "Tulis catatan yang belum diterima ke berkas, untuk dibawa dengan tangan.";
static const char export_en[] =
    "Write what is not received yet to a file, to be carried by hand.";
static const char import_id[] =
    "Ambil berkas tanda terima yang dibawa kembali dari wilayah.";
static const char import_en[] =
    "Take the receipts' file that came back from the region.";
static const char health_id[] = "Apakah penghubung berjalan (kode keluar 0/1)?";
static const char health_en[] = "Does the daemon live (exit code 0 or 1)?";

COMMAND(init, struct home_words, home_options, NULL, 0, init_id, init_en);
COMMAND_OF(join, struct letter_words, join_options, "[KODE|-]", 0, 1, join_id,
    join_en);
COMMAND(
    retire, struct retire_words, retire_options, NULL, 0, retire_id, retire_en);
COMMAND_OF(rejoin, struct home_words, home_options, "[KODE|-]", 0, 1, rejoin_id,
    rejoin_en);
COMMAND(run, struct run_words, run_options, NULL, 0, run_id, run_en);
COMMAND(
    pledge, struct enter_words, pledge_options, NULL, 0, pledge_id, pledge_en);
COMMAND(incident, struct enter_words, incident_options, NULL, 0, incident_id,
    incident_en);
COMMAND(correct, struct enter_words, correct_options, "NOMOR", 1, correct_id,
    correct_en);
COMMAND(withdraw, struct enter_words, withdraw_options, "NOMOR", 1, withdraw_id,
    withdraw_en);
COMMAND(show, struct show_words, show_options, "NOMOR", 1, show_id, show_en);
COMMAND(receipt, struct receipt_words, receipt_options, "NOMOR", 1, receipt_id,
    receipt_en);
COMMAND(recipients, struct recipients_words, recipients_options, NULL, 0,
    recipients_id, recipients_en);
COMMAND(evidence, struct evidence_words, evidence_options, NULL, 0,
    evidence_verb_id, evidence_verb_en);
COMMAND(list, struct show_words, list_options, NULL, 0, list_id, list_en);
COMMAND(units, struct show_words, units_options, NULL, 0, units_verb_id,
    units_verb_en);
COMMAND(status, struct show_words, show_options, NULL, 0, status_id, status_en);
COMMAND_OF(quarantine, struct quarantine_words, quarantine_options,
    "[list|show NOMOR|retry NOMOR|drop NOMOR]", 0, 2, quarantine_id,
    quarantine_en);
COMMAND(
    export, struct home_words, home_options, "BERKAS", 1, export_id, export_en);
COMMAND(
    import, struct home_words, home_options, "BERKAS", 1, import_id, import_en);
COMMAND(healthcheck, struct home_words, home_options, NULL, 0, health_id,
    health_en);

static int
join_either(const struct letter_words *words, const char *code)
{
	return words->request == NULL && words->answer == NULL
		   ? enrol_join(&words->home, code)
		   : enrol_letter(words, code);
}

/* One verb: its settings, what it does with them (and with `rest`). */
#define VERB(word, type, call)                                         \
	static int verb_##word(int argc, char **argv)                  \
	{                                                              \
		struct conf_texts rest;                                \
		type words = {0};                                      \
		int exit_code;                                         \
                                                                       \
		conf_load(&word##_command, &words, argc, argv, &rest); \
		exit_code = call;                                      \
		conf_clear(&word##_command, &words);                   \
		return exit_code;                                      \
	}

VERB(init, struct home_words, enrol_init(&words))
VERB(join, struct letter_words,
    join_either(&words, rest.count == 0 ? NULL : rest.at[0]))
VERB(retire, struct retire_words, retire_run(&words))
VERB(rejoin, struct home_words,
    rejoin_run(&words, rest.count == 0 ? NULL : rest.at[0]))
VERB(run, struct run_words, daemon_run(&words))
VERB(pledge, struct enter_words, enter_pledge(&words))
VERB(incident, struct enter_words, enter_incident(&words))
VERB(correct, struct enter_words, enter_correction(&words, rest.at[0]))
VERB(withdraw, struct enter_words, enter_withdrawal(&words, rest.at[0]))
VERB(show, struct show_words, show_record(&words, rest.at[0]))
VERB(receipt, struct receipt_words, receipt_print(&words, rest.at[0]))
VERB(recipients, struct recipients_words, recipients_show(&words))
VERB(evidence, struct evidence_words, evidence_print(&words))
VERB(list, struct show_words, show_list(&words))
VERB(units, struct show_words, show_units(&words))
VERB(status, struct show_words, show_status(&words))
VERB(quarantine, struct quarantine_words, quarantine_run(&words, &rest))
VERB(export, struct home_words, bundle_cmd_export(&words, rest.at[0]))
VERB(import, struct home_words, bundle_cmd_import(&words, rest.at[0]))
VERB(healthcheck, struct home_words, daemon_health(&words))

static const struct conf_verb verbs[] = {
    {"init", verb_init, init_id, init_en},
    {"join", verb_join, join_id, join_en},
    {"rejoin", verb_rejoin, rejoin_id, rejoin_en},
    {"retire", verb_retire, retire_id, retire_en},
    {"run", verb_run, run_id, run_en},
    {"pledge", verb_pledge, pledge_id, pledge_en},
    {"incident", verb_incident, incident_id, incident_en},
    {"correct", verb_correct, correct_id, correct_en},
    {"withdraw", verb_withdraw, withdraw_id, withdraw_en},
    {"show", verb_show, show_id, show_en},
    {"receipt", verb_receipt, receipt_id, receipt_en},
    {"list", verb_list, list_id, list_en},
    {"units", verb_units, units_verb_id, units_verb_en},
    {"recipients", verb_recipients, recipients_id, recipients_en},
    {"status", verb_status, status_id, status_en},
    {"evidence", verb_evidence, evidence_verb_id, evidence_verb_en},
    {"quarantine", verb_quarantine, quarantine_id, quarantine_en},
    {"export", verb_export, export_id, export_en},
    {"import", verb_import, import_id, import_en},
    {"healthcheck", verb_healthcheck, health_id, health_en},
    {0},
};

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	log_open(program, LOG_LEVEL_INFO);
	return conf_dispatch(program, verbs, argc, argv);
}
