/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The secret of an invitation is made here and printed once: the log, the
 * spool and this program keep its hash alone. The code is the last line, so
 * that a script can take it.
 */
#include "aggregator/verb_node.h"

#include "aggregator/admin.h"
#include "aggregator/home.h"
#include "core/loop.h"
#include "core/tell.h"
#include "model/calendar.h"
#include "model/catalog.h"
#include "model/recipients.h"
#include "model/row.h"
#include "node/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1, HOURS_MAX = 90 * 24 };

static const uint64_t hour_ms = 60 * 60 * 1000;
static const char tcp[] = "tcp://";

struct settings {
	struct reading_words words;
	char *kind;
	uint64_t hours;
	struct conf_texts endpoints;
	bool confirm;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "kind",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, kind),
	.argument = "JENIS",
	.fallback = "collector",
	.help_id = "collector, notifier, admin, reviewer, follower, auditor.",
	.help_en = "What the node may do."},
    {.name = "hours",
	.type = CONF_U64,
	.offset = offsetof(struct settings, hours),
	.argument = "JAM",
	.fallback = "72",
	.min = 1,
	.max = HOURS_MAX,
	.help_id = "Berapa jam kode berlaku.",
	.help_en = "How long the code is good for."},
    {.name = "endpoint",
	.type = CONF_TEXTS,
	.offset = offsetof(struct settings, endpoints),
	.argument = "tcp://HOST:PORT",
	.help_id = "Alamat bergabung dalam kode; boleh berulang. Bawaan: "
		   "alamat dari `run`.",
	.help_en = "Where to join, in the code; repeatable. Default: what "
		   "`run` says."},
    {.name = "confirm",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, confirm),
	.help_id = "Simpul menunggu sampai disahkan dengan `node confirm`.",
	.help_en = "The node waits for `node confirm`."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "node invite",
    .arguments = "WILAYAH",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Membuat kode undangan sekali pakai untuk satu simpul; kode "
	       "berdiri sendiri di baris terakhir.",
    .help_en = "Makes an invitation for one node; the code stands alone on "
	       "the last line.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static bool
add_endpoint(struct invite_code *code, const char *endpoint)
{
	if (code->endpoint_count == CODE_ENDPOINTS_MAX ||
	    strncmp(endpoint, tcp, sizeof tcp - 1) != 0)
		return false;
	return text_copy(
	    code->endpoints[code->endpoint_count++], ENDPOINT_MAX, endpoint);
}

static enum err
given_endpoints(struct invite_code *code, const struct conf_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		if (!add_endpoint(code, texts->at[i])) {
			tell("--endpoint %.64s: paling banyak %d alamat "
			     "tcp://HOST:PORT.",
			    "--endpoint %.64s: at most %d addresses "
			    "tcp://HOST:PORT.",
			    texts->at[i], CODE_ENDPOINTS_MAX);
			return ERR_INVALID;
		}
	return OK;
}

static enum err
find_endpoints(struct invite_code *code, const char *dir)
{
	struct home_endpoints endpoints;

	if (home_endpoints_load(&endpoints, dir) == OK)
		for (unsigned i = 0; i < endpoints.join_count; i++)
			(void)add_endpoint(code, endpoints.join[i]);
	if (code->endpoint_count > 0)
		return OK;
	tell("Alamat bergabung belum diketahui: jalankan dahulu "
	     "ikrar-aggregator run, atau beri --endpoint tcp://HOST:PORT.",
	    "Where to join is not known yet: run the aggregator first, or give "
	    "--endpoint tcp://HOST:PORT.");
	return ERR_INVALID;
}

static enum err
take_wilayah(struct invite_code *code, const char *wilayah, const char *region)
{
	if (wilayah_is_valid(wilayah) && wilayah_is_within(wilayah, region) &&
	    text_copy(code->wilayah, sizeof code->wilayah, wilayah))
		return OK;
	tell("\"%.40s\" bukan kode wilayah di dalam %s; contoh: %s.01",
	    "\"%.40s\" is no code of a wilayah within %s; such as %s.01",
	    wilayah, region, region);
	return ERR_INVALID;
}

static enum err
take_kind(struct invite_code *code, const char *kind)
{
	code->kind = catalog_number(CATALOG_NODE_KIND, kind);
	if (code->kind != 0)
		return OK;
	tell("--kind %.40s tidak dikenal; pilihan: collector, notifier, admin, "
	     "reviewer, follower, auditor.",
	    "--kind %.40s is unknown; choose of those above.", kind);
	return ERR_INVALID;
}

/* A slip of the finger makes a code of digits that nobody lives under: a
 * collector is invited to where the unit register, once there is one, has
 * units. */
static enum err
check_units(const struct invite_code *code, const struct view *view)
{
	bool has_units = false;

	if (code->kind != catalog_number(CATALOG_NODE_KIND, "collector"))
		return OK;
	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (!unit->is_active)
			continue;
		has_units = true;
		if (wilayah_is_within(unit->row.wilayah, code->wilayah))
			return OK;
	}
	if (!has_units)
		return OK;
	tell("Daftar unit tidak memuat satu unit pun di %s; periksa kodenya, "
	     "atau muat daftar yang baru dahulu (unit import).",
	    "The unit register holds no unit in %s: look at the code again, or "
	    "import a new register first (unit import).",
	    code->wilayah);
	return ERR_INVALID;
}

/* What the node is to seal to is known by its head. */
static void
take_recipients(struct invite_code *code, const struct view *view)
{
	const struct recipients_changed *set =
	    view_recipients(view, view_region(view)->recipients_version);

	if (set != NULL)
		memcpy(code->recipients_pin, set->part.sha256,
		    sizeof code->recipients_pin);
}

static enum err
make_code(struct invite_code *code, const struct settings *settings,
    const char *wilayah, const struct admin *admin)
{
	const struct reading *reading = admin_reading(admin);
	enum err err = take_wilayah(code, wilayah, reading->started.wilayah);

	if (err == OK)
		err = take_kind(code, settings->kind);
	if (err == OK)
		err = check_units(code, admin_view(admin));
	if (err == OK)
		err = given_endpoints(code, &settings->endpoints);
	if (err == OK && code->endpoint_count == 0)
		err = find_endpoints(code, reading->dir);
	if (err != OK)
		return err;
	loop_random(code->secret, sizeof code->secret);
	code->expires_ms = admin_now_ms(admin) + settings->hours * hour_ms;
	code->drill = reading->started.drill;
	memcpy(code->server_key, admin_region(admin)->server_key,
	    sizeof code->server_key);
	take_recipients(code, admin_view(admin));
	return OK;
}

/* What the code lets the node trust, for the paper that goes with it. */
static void
say_trust(const struct invite_code *code)
{
	static const uint8_t zeros[sizeof code->recipients_pin];
	char server[SERVER_TEXT_MAX], pin[RECIPIENTS_PIN_TEXT];

	server_fingerprint_put(server, code->server_key);
	printf("Sidik kunci wilayah / server key: %s\n", server);
	recipients_pin_put(pin, code->recipients_pin);
	if (memcmp(code->recipients_pin, zeros, sizeof zeros) == 0)
		printf("Sidik penerima / recipients: belum ada / none yet\n");
	else
		printf("Sidik penerima / recipients: %s\n"
		       "  (bacakan dengan inspektorat; harus sama dengan "
		       "kertasnya / read it out with the inspectorate)\n",
		    pin);
	printf("Alamat bergabung / where to join:");
	for (uint32_t i = 0; i < code->endpoint_count; i++)
		printf(" %s", code->endpoints[i]);
	printf("\n");
}

static void
say_code(const struct invite_code *code, const struct admin *admin,
    const struct admin_result *result, bool confirm)
{
	const struct reading *reading = admin_reading(admin);
	char text[CODE_TEXT_MAX], until[CALENDAR_TEXT_MAX];
	const struct catalog_row *kind;
	unsigned count;

	kind = &catalog_rows(CATALOG_NODE_KIND, &count)[code->kind - 1];
	calendar_ms_put_long(until, code->expires_ms, reading->zone, false);
	reading_say_drill(reading);
	admin_say(result);
	printf("Undangan sekali pakai untuk %s di %s, berlaku sampai %s.\n"
	       "One invitation for a %s in %s.\n",
	    kind->id, code->wilayah, until, kind->en, code->wilayah);
	say_trust(code);
	if (confirm)
		printf("Sesudah bergabung, cocokkan enam kata lewat telepon, "
		       "lalu: ikrar-aggregator node confirm ID\n(It waits "
		       "until the six words have been compared.)\n");
	printf("Rahasiakan kode ini: siapa yang memegangnya dapat bergabung. / "
	       "Keep it secret:\n");
	invite_code_put(text, code);
	printf("%s\n", text);
	explicit_bzero(text, sizeof text);
}

static enum err
invite(
    struct admin *admin, const struct settings *settings, const char *wilayah)
{
	struct event event = {.kind = EVENT_NODE_INVITED,
	    .invited = {.confirm = settings->confirm}};
	struct invite_code code = {0};
	struct admin_result result;
	enum err err = make_code(&code, settings, wilayah, admin);

	if (err != OK)
		return err;
	invite_code_hash(&code, event.invited.code_sha256);
	event.invited.kind = code.kind;
	event.invited.expires_ms = code.expires_ms;
	memcpy(
	    event.invited.wilayah, code.wilayah, sizeof event.invited.wilayah);
	err = admin_record(admin, &event, 1, &result);
	if (err == OK)
		say_code(&code, admin, &result, settings->confirm);
	explicit_bzero(&code, sizeof code);
	return err;
}

int
verb_node_invite(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = invite(admin, &settings, rest.at[0]);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
