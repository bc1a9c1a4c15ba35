/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/contacts.h"
#include "notifier/home.h"

#include "core/conf.h"
#include "core/log.h"
#include "core/loop.h"

#include <stdio.h>
#include <string.h>

static const char program[] = "ikrar-notifier";

#define OPTION_DIR                                                           \
	{                                                                    \
		.name = "dir", .type = CONF_TEXT,                            \
		.offset = offsetof(struct settings, dir), .argument = "DIR", \
		.required = true,                                            \
		.help_id = "Direktori simpul pemberitahu ini.",              \
		.help_en = "The directory of this notifier."                 \
	}
#define OPTION_CONTACTS                                                   \
	{                                                                 \
		.name = "contacts", .type = CONF_TEXT,                    \
		.offset = offsetof(struct settings, contacts),            \
		.argument = "BERKAS", .required = true,                   \
		.help_id =                                                \
		    "Berkas alamat tiap jabatan (seat), YAML; hak 0600.", \
		.help_en = "Addresses of each seat, YAML; mode 0600."     \
	}
#define OPTIONS_SMTP                                                      \
	{.name = "smtp",                                                  \
	    .type = CONF_TEXT,                                            \
	    .offset = offsetof(struct settings, smtp),                    \
	    .argument = "URL",                                            \
	    .help_id = "Server surat: smtp://HOST:PORT atau smtps://.",   \
	    .help_en = "The mail server: smtp://HOST:PORT or smtps://."}, \
	    {.name = "from",                                              \
		.type = CONF_TEXT,                                        \
		.offset = offsetof(struct settings, from),                \
		.argument = "ALAMAT",                                     \
		.help_id = "Alamat pengirim surat.",                      \
		.help_en = "The sender's mail address."},                 \
	    {.name = "smtp-tls",                                          \
		.type = CONF_FLAG,                                        \
		.offset = offsetof(struct settings, smtp_tls),            \
		.help_id = "Tolak mengirim tanpa TLS.",                   \
		.help_en = "Refuse to send without TLS."},                \
	    {.name = "smtp-user",                                         \
		.type = CONF_TEXT,                                        \
		.offset = offsetof(struct settings, smtp_user),           \
		.file_only = true,                                        \
		.argument = "NAMA",                                       \
		.help_id = "Nama pengguna di server surat.",              \
		.help_en = "User at the mail server."},                   \
	{                                                                 \
		.name = "smtp-password", .type = CONF_TEXT,               \
		.offset = offsetof(struct settings, smtp_password),       \
		.file_only = true, .argument = "SANDI",                   \
		.help_id = "Kata sandinya; hanya dikirim lewat TLS.",     \
		.help_en = "Its password; sent only under TLS."           \
	}

#define OPTIONS_LIMITS                                                         \
	{.name = "timeout",                                                    \
	    .type = CONF_U64,                                                  \
	    .offset = offsetof(struct settings, timeout_s),                    \
	    .argument = "DETIK",                                               \
	    .fallback = "30",                                                  \
	    .min = 1,                                                          \
	    .max = 120,                                                        \
	    .help_id = "Batas waktu satu pengiriman.",                         \
	    .help_en = "The time limit of one attempt, in seconds."},          \
	{                                                                      \
		.name = "ca", .type = CONF_TEXT,                               \
		.offset = offsetof(struct settings, ca), .argument = "BERKAS", \
		.help_id = "Sertifikat CA yang dipercaya, PEM; bawaan milik "  \
			   "sistem.",                                          \
		.help_en = "CA certificates to trust, PEM; those of the "      \
			   "system by default."                                \
	}
#define OPTION_TEMPLATES                                                     \
	{                                                                    \
		.name = "templates", .type = CONF_TEXT,                      \
		.offset = offsetof(struct settings, templates),              \
		.argument = "DIR",                                           \
		.help_id = "Direktori kata-kata kantor di sekitar pesan.",   \
		.help_en = "A directory of the office's words around texts." \
	}
#define OPTION_CLOCK                                                    \
	{                                                               \
		.name = "clock", .type = CONF_TEXT,                     \
		.offset = offsetof(struct settings, clock),             \
		.argument = "BERKAS",                                   \
		.help_id = "Jam latihan; hanya untuk wilayah latihan.", \
		.help_en = "The clock of a drill; drill regions only."  \
	}
#define OPTION_ROUTES                                                     \
	{                                                                 \
		.name = "routes", .type = CONF_TEXT,                      \
		.offset = offsetof(struct settings, routes),              \
		.argument = "BERKAS",                                     \
		.help_id = "Siapa diberi tahu kapan, YAML; tanpa ini "    \
			   "semua langsung.",                             \
		.help_en = "Who is told when, YAML; without it everyone " \
			   "at once."                                     \
	}
#define OPTION_WORD(option, field, word, id, en)                     \
	{                                                            \
		.name = (option), .type = CONF_TEXT,                 \
		.offset = offsetof(struct settings, field),          \
		.argument = (word), .help_id = (id), .help_en = (en) \
	}
#define OPTION_SEAT(id, en)                                           \
	{                                                             \
		.name = "seat", .type = CONF_TEXT,                    \
		.offset = offsetof(struct settings, seat),            \
		.argument = "KURSI", .help_id = (id), .help_en = (en) \
	}
#define OPTIONS_HTTP                                                          \
	{.name = "http",                                                      \
	    .type = CONF_TEXT,                                                \
	    .offset = offsetof(struct settings, http),                        \
	    .argument = "ALAMAT:PORT",                                        \
	    .help_id = "Layani halaman pernyataan tahu di sini, di belakang " \
		       "proksi TLS. Kosong: surat tanpa tautan.",             \
	    .help_en = "Serve the pages of acknowledgement here, behind a "   \
		       "TLS proxy. None: letters without links."},            \
	{                                                                     \
		.name = "http-url", .type = CONF_TEXT,                        \
		.offset = offsetof(struct settings, http_url),                \
		.argument = "URL",                                            \
		.help_id = "Alamat umum halaman itu, awal setiap tautan; "    \
			   "hanya Host-nya yang dilayani.",                   \
		.help_en = "Their public address, the beginning of every "    \
			   "link; only its Host is answered."                 \
	}

static const struct conf_option join_options[] = {OPTION_DIR, {0}};

static const struct conf_option status_options[] = {OPTION_DIR,
    {.name = "json",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, is_json),
	.help_id = "Cetak sebagai JSON.",
	.help_en = "Print as JSON."},
    {0}};

static const struct conf_option health_options[] = {OPTION_DIR, {0}};

static const struct conf_option check_options[] = {OPTION_CONTACTS,
    OPTIONS_SMTP, OPTION_TEMPLATES, OPTION_ROUTES, OPTIONS_HTTP, {0}};

static const struct conf_option ack_options[] = {OPTION_DIR,
    OPTION_SEAT("Kursi yang menyatakan tahu.", "The seat that acknowledges."),
    OPTION_WORD("until", until, "WAKTU",
	"Berlaku sampai kapan; tanpa ini tiga hari.",
	"Until when it holds; without it three days."),
    OPTION_CLOCK, {0}};

static const struct conf_option silence_options[] = {OPTION_DIR,
    OPTION_WORD(
	"alert", alert, "ID", "Peringatan ini saja.", "This alert alone."),
    OPTION_WORD("rule", rule, "ATURAN", "Aturan ini saja.", "This rule alone."),
    OPTION_WORD("wilayah", wilayah, "KODE", "Yang terletak di sini saja.",
	"What lies in there alone."),
    OPTION_SEAT("Untuk kursi ini saja.", "For this seat alone."),
    OPTION_WORD("until", until, "WAKTU", "Sampai kapan.", "Until when."),
    OPTION_WORD("reason", reason, "ALASAN",
	"PEMELIHARAAN, DIKETAHUI, LATIHAN, SURAT.",
	"PEMELIHARAAN, DIKETAHUI, LATIHAN, SURAT."),
    OPTION_WORD("author", author, "KURSI", "Kursi yang memutuskan.",
	"The seat that decides."),
    OPTION_WORD("reference", reference, "NOMOR", "Nomor suratnya.",
	"The number of its letter."),
    OPTION_CLOCK, {0}};

static const struct conf_option route_options[] = {OPTION_DIR,
    {.name = "routes",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, routes),
	.argument = "BERKAS",
	.required = true,
	.help_id = "Berkas rute.",
	.help_en = "The routes."},
    OPTION_WORD("at", at, "WAKTU", "Pada waktu ini; tanpa ini sekarang.",
	"At this time; without it now."),
    OPTION_CLOCK, {0}};

static const struct conf_option history_options[] = {OPTION_DIR, {0}};

static const struct conf_option test_options[] = {OPTION_DIR, OPTION_CONTACTS,
    OPTIONS_SMTP, OPTIONS_LIMITS, OPTION_TEMPLATES, OPTION_CLOCK, {0}};

static const struct conf_option dead_options[] = {OPTION_DIR,
    OPTION_SEAT("Hanya surat mati kursi ini.", "Only those of this seat."),
    {.name = "all",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, is_all),
	.help_id = "redeliver: semua surat mati.",
	.help_en = "redeliver: all dead letters."},
    {.name = "json",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, is_json),
	.help_id = "Cetak sebagai JSON.",
	.help_en = "Print as JSON."},
    {0}};

static const struct conf_option key_options[] = {OPTION_DIR, {0}};

static const struct conf_option run_options[] = {OPTION_DIR, OPTION_CONTACTS,
    OPTIONS_SMTP, OPTIONS_LIMITS, OPTION_TEMPLATES, OPTION_ROUTES,
    OPTION_WORD("deadman", deadman, "URL",
	"Tanda hidup ke sini, hanya selama log diikuti.",
	"A sign of life to this, only while the log is followed."),
    {.name = "deadman-minutes",
	.type = CONF_U64,
	.offset = offsetof(struct settings, deadman_minutes),
	.argument = "MENIT",
	.fallback = "5",
	.min = 1,
	.max = 1440,
	.help_id = "Selang tanda hidup.",
	.help_en = "Minutes between two of them."},
    {.name = "retry-max",
	.type = CONF_U64,
	.offset = offsetof(struct settings, retry_max_s),
	.argument = "DETIK",
	.fallback = "86400",
	.min = 1,
	.max = 86400,
	.help_id = "Jeda terpanjang sebelum dicoba lagi.",
	.help_en = "The longest pause before another attempt, in seconds."},
    {.name = "at-once",
	.type = CONF_U64,
	.offset = offsetof(struct settings, at_once),
	.argument = "N",
	.fallback = "4",
	.min = 1,
	.max = 64,
	.help_id = "Sebanyak ini yang dikirim bersamaan.",
	.help_en = "How many go out at the same time."},
    OPTIONS_HTTP,
    {.name = "ack-hours",
	.type = CONF_U64,
	.offset = offsetof(struct settings, ack_hours),
	.argument = "JAM",
	.fallback = "72",
	.min = 1,
	.max = 2160,
	.help_id = "Selama ini pernyataan tahu berlaku.",
	.help_en = "How long an acknowledgement holds, in hours."},
    {.name = "ack-days",
	.type = CONF_U64,
	.offset = offsetof(struct settings, ack_days),
	.argument = "HARI",
	.fallback = "30",
	.min = 1,
	.max = 400,
	.help_id = "Selama ini tautan dalam surat dapat dipakai.",
	.help_en = "How long a link in a letter may be used, in days."},
    OPTION_CLOCK,
    {.name = "debug",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, is_debug),
	.help_id = "Catat lebih banyak.",
	.help_en = "Log more."},
    {0}};

static int
run_verb(const struct conf_command *command, int argc, char **argv,
    int (*verb)(const struct settings *settings))
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int exit_code;

	conf_load(command, &settings, argc, argv, &rest);
	log_open(program, settings.is_debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	exit_code = verb(&settings);
	conf_clear(command, &settings);
	return exit_code;
}

/* The same with one argument. */
static int
run_verb_on(const struct conf_command *command, int argc, char **argv,
    int (*verb)(const struct settings *settings, const char *argument))
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int exit_code;

	conf_load(command, &settings, argc, argv, &rest);
	log_open(program, LOG_LEVEL_INFO);
	exit_code = verb(&settings, rest.at[0]);
	conf_clear(command, &settings);
	return exit_code;
}

static int
on_join(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "join",
	    .arguments = "KODE",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Bergabung dengan wilayah memakai kode undangan.",
	    .help_en = "Join a region with an invitation code.",
	    .options = join_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_join);
}

static int
on_run(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "run",
	    .help_id = "Ikuti log wilayah dan sampaikan peringatannya.",
	    .help_en = "Follow the region's log and deliver its alerts.",
	    .options = run_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb(&command, argc, argv, verb_run);
}

static int
on_status(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "status",
	    .help_id = "Apa yang sudah dan belum disampaikan.",
	    .help_en = "What has been delivered and what has not.",
	    .options = status_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb(&command, argc, argv, verb_status);
}

static int
on_check(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "check",
	    .help_id = "Periksa setelan dan kontak, cetak contoh pesannya.",
	    .help_en = "Check settings and contacts, print sample messages.",
	    .options = check_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb(&command, argc, argv, verb_check);
}

/* With one or two arguments. */
static int
run_verb_of(const struct conf_command *command, int argc, char **argv,
    int (*verb)(
	const struct settings *settings, const char *one, const char *two))
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int exit_code;

	conf_load(command, &settings, argc, argv, &rest);
	log_open(program, LOG_LEVEL_INFO);
	exit_code =
	    verb(&settings, rest.at[0], rest.count > 1 ? rest.at[1] : NULL);
	conf_clear(command, &settings);
	return exit_code;
}

static int
on_ack(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "ack",
	    .arguments = "RUJUKAN",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Nyatakan bahwa satu kursi tahu: tangga dan pengingat "
		       "berhenti.",
	    .help_en = "Say that a seat knows: ladder and reminders stop.",
	    .options = ack_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_ack);
}

static int
on_silence(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "silence",
	    .arguments = "add|list|lift",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Diamkan peringatan untuk sementara.",
	    .help_en = "Silence alerts for a time.",
	    .options = silence_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_silence);
}

static int
on_route(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "route",
	    .arguments = "explain RUJUKAN",
	    .arguments_min = 2,
	    .arguments_max = 2,
	    .help_id = "Mengapa satu peringatan sampai ke siapa, dan kapan.",
	    .help_en = "Why an alert goes to whom, and when.",
	    .options = route_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_of(&command, argc, argv, verb_route);
}

static int
on_history(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "history",
	    .arguments = "RUJUKAN",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Riwayat satu peringatan: putusan, pesan, rencana.",
	    .help_en = "An alert's history: verdicts, messages, plan.",
	    .options = history_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_history);
}

static int
on_rebuild(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "rebuild",
	    .help_id = "Mulai buku janji baru dari log, di samping yang lama.",
	    .help_en = "Begin a new ledger from the log, beside the old.",
	    .options = history_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb(&command, argc, argv, verb_rebuild);
}

static int
on_test(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "test",
	    .arguments = "KURSI",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Kirim pesan UJI COBA lewat semua saluran satu kursi.",
	    .help_en = "Send a marked TEST through all channels of a seat.",
	    .options = test_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_test);
}

static int
on_dead(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "dead",
	    .arguments = "list|show|redeliver [NOMOR]",
	    .arguments_min = 1,
	    .arguments_max = 2,
	    .help_id = "Surat mati: yang ditolak, atau tujuannya sudah tutup.",
	    .help_en = "Dead letters: declined, or whose target is gone.",
	    .options = dead_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_of(&command, argc, argv, verb_dead);
}

static int
on_key(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "key",
	    .arguments = "rotate",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Ganti kunci tautan; dua kali membatalkan semuanya.",
	    .help_en = "Change the links' key; twice makes all of them void.",
	    .options = key_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb_on(&command, argc, argv, verb_key);
}

static int
on_healthcheck(int argc, char **argv)
{
	static const struct conf_command command = {.program = program,
	    .name = "healthcheck",
	    .help_id = "Keluar dengan 0 bila pemberitahu berjalan baik.",
	    .help_en = "Exit 0 if the notifier runs and has not halted.",
	    .options = health_options,
	    .settings_bytes = sizeof(struct settings)};

	return run_verb(&command, argc, argv, verb_healthcheck);
}

static const struct conf_verb verbs[] = {
    {"join", on_join, "Bergabung dengan wilayah.", "Join a region."},
    {"run", on_run, "Jalankan pemberitahu.", "Run the notifier."},
    {"status", on_status, "Keadaan pengiriman.", "State of deliveries."},
    {"check", on_check, "Periksa setelan dan pesan.",
	"Check settings and messages."},
    {"test", on_test, "Kirim pesan uji coba.", "Send a test message."},
    {"dead", on_dead, "Surat mati: lihat, kirim lagi.",
	"Dead letters: list, show, redeliver."},
    {"ack", on_ack, "Nyatakan tahu.", "Acknowledge an alert."},
    {"silence", on_silence, "Diamkan peringatan.", "Silence alerts."},
    {"route", on_route, "Mengapa sampai ke siapa.", "Why it goes to whom."},
    {"history", on_history, "Riwayat peringatan.", "History of an alert."},
    {"rebuild", on_rebuild, "Buku janji baru dari log.",
	"A new ledger from the log."},
    {"key", on_key, "Ganti kunci tautan.", "Change the links' key."},
    {"healthcheck", on_healthcheck, "Periksa kesehatan.", "Check health."},
    {0},
};

int
main(int argc, char **argv)
{
	return conf_dispatch(program, verbs, argc, argv);
}
