/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new region: its keys, entry 0 of its log, and the first admin, a node like
 * any other that entry 0 enrols.
 */
#include "aggregator/verbs.h"

#include "aggregator/head.h"
#include "aggregator/home.h"
#include "aggregator/store.h"
#include "core/conf.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/catalog.h"
#include "node/keys.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_REFUSED = 1, FIRST_EPOCH = 1 };

struct settings {
	char *dir;
	char *wilayah;
	bool drill;
	char *clock;
};

static const struct conf_option options[] = {
    {.name = "dir",
	.letter = 'd',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, dir),
	.argument = "DIR",
	.required = true,
	.help_id = "Direktori wilayah yang akan dibuat.",
	.help_en = "The region's directory, to be made."},
    {.name = "wilayah",
	.letter = 'w',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, wilayah),
	.argument = "CODE",
	.required = true,
	.help_id = "Kode wilayah: provinsi 73 atau kabupaten/kota 73.04.",
	.help_en = "Code of the wilayah: a province 73 or a regency 73.04."},
    {.name = "drill",
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, drill),
	.help_id = "Wilayah LATIHAN; waktunya dari --clock.",
	.help_en = "A drill region; its time comes from --clock."},
    {.name = "clock",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, clock),
	.argument = "FILE",
	.help_id = "Berkas waktu latihan: milidetik sejak 1970.",
	.help_en = "Clock file of the drill: milliseconds since 1970."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "init",
    .help_id = "Membuat wilayah baru: kunci, log, dan admin pertama.",
    .help_en = "Makes a new region: keys, log and first admin.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static bool
settings_are_valid(const struct settings *settings)
{
	enum wilayah_level level = wilayah_level(settings->wilayah);

	if (level != WILAYAH_PROVINCE && level != WILAYAH_REGENCY) {
		fprintf(stderr,
		    "Kode wilayah \"%s\" bukan provinsi (73) atau "
		    "kabupaten/kota (73.04).\n"
		    "Not the code of a province or a regency.\n",
		    settings->wilayah);
		return false;
	}
	if (settings->drill != (settings->clock != NULL)) {
		fprintf(stderr,
		    "--drill dan --clock FILE harus dipakai bersama.\n"
		    "--drill and --clock FILE go together.\n");
		return false;
	}
	return true;
}

static enum err
save_admin(const char *dir, const struct node_keys *admin,
    const struct event *started, const struct home_keys *keys)
{
	struct node_region region = {
	    .kind = catalog_number(CATALOG_NODE_KIND, "admin"),
	    .drill = started->started.drill,
	    /* Commands take the real one from DIR/endpoints. */
	    .endpoint_count = 1,
	    .endpoints = {"tcp://127.0.0.1:5570"}};
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, "admin");

	memcpy(region.origin, started->started.origin, sizeof region.origin);
	memcpy(region.wilayah, started->started.wilayah, sizeof region.wilayah);
	memcpy(region.log_key, keys->log.public_key, SIGN_KEY_SIZE);
	memcpy(region.server_key, keys->server.public_key, LINK_KEY_SIZE);
	if (err == OK)
		err = node_keys_save(admin, path);
	if (err == OK)
		err = node_region_save(&region, path);
	return err;
}

/* Signs the first checkpoint, so that the log can be read from the start. */
static enum err
sign_first(const char *dir, struct store *store, const char *origin,
    const struct sign_keys *keys)
{
	struct head *head;
	enum err err = head_open(&head, dir, origin, keys, store_tlog(store));

	if (err != OK)
		return err;
	head_sign(head);
	head_close(head);
	return OK;
}

static enum err
write_genesis(const char *dir, struct event *started,
    const struct home_keys *keys, uint64_t now_ms)
{
	uint8_t bytes[EVENT_COLLECTOR_MAX];
	size_t len;
	struct store *store;
	enum err err = store_open(&store, dir, STORE_CREATE);

	if (err != OK)
		return err;
	len = wire_pack(started, bytes, sizeof bytes);
	CHECK(len > 0);
	store_begin(store, now_ms);
	(void)store_append(
	    store, AUTHOR_LOG, bytes_of(bytes, len), bytes_of(NULL, 0), NULL);
	err = store_commit(store);
	if (err == OK)
		err =
		    sign_first(dir, store, started->started.origin, &keys->log);
	store_close(store);
	return err;
}

static enum err
make_region(const struct settings *settings, uint64_t now_ms)
{
	struct event started = {.version = EVENT_VERSION,
	    .kind = EVENT_LOG_STARTED,
	    .recorded_at_ms = now_ms,
	    .started = {.drill = settings->drill}};
	uint8_t seed[SIGN_SEED_SIZE];
	struct home_keys keys;
	struct node_keys admin;
	enum err err;

	loop_random(seed, sizeof seed);
	sign_keys_make(&keys.log, seed);
	link_keys_make(&keys.server);
	node_keys_make(&admin);
	(void)text_copy(
	    started.wilayah, sizeof started.wilayah, settings->wilayah);
	(void)text_copy(started.started.wilayah, sizeof started.started.wilayah,
	    settings->wilayah);
	snprintf(started.started.origin, sizeof started.started.origin,
	    "ikrar/%s/%d%s", settings->wilayah, FIRST_EPOCH,
	    settings->drill ? "/latihan" : "");
	memcpy(started.started.log_key, keys.log.public_key, SIGN_KEY_SIZE);
	memcpy(started.started.admin_sign_key, admin.sign.public_key,
	    SIGN_KEY_SIZE);
	memcpy(started.started.admin_link_key, admin.link.public_key,
	    LINK_KEY_SIZE);
	/* Keys first: a log without its key could never be continued. */
	err = home_keys_save(&keys, settings->dir);
	if (err == OK)
		err = save_admin(settings->dir, &admin, &started, &keys);
	if (err == OK)
		err = write_genesis(settings->dir, &started, &keys, now_ms);
	explicit_bzero(seed, sizeof seed);
	explicit_bzero(&keys, sizeof keys);
	explicit_bzero(&admin, sizeof admin);
	return err;
}

static void
tell_next(const struct settings *settings)
{
	const char *clock = settings->drill ? " --clock " : "";
	const char *file = settings->drill ? settings->clock : "";

	printf("Wilayah %s dibuat di %s.%s\n"
	       "Simpan salinan %s/keys dan %s/admin di tempat aman.\n"
	       "Langkah berikut:\n"
	       "  ikrar-aggregator run --dir %s%s%s"
	       " --advertise tcp://HOST:5570"
	       " --advertise-join tcp://HOST:5571\n"
	       "  ikrar-aggregator unit import --dir %s FILE.csv\n"
	       "  ikrar-aggregator node invite KODE --dir %s\n",
	    settings->wilayah, settings->dir,
	    settings->drill ? " Ini wilayah LATIHAN." : "", settings->dir,
	    settings->dir, settings->dir, clock, file, settings->dir,
	    settings->dir);
	printf("\nThe region is there. Keep a copy of keys and admin in a "
	       "safe place; then run the commands above.\n");
}

int
verb_init(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	uint64_t now_ms;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	if (!settings_are_valid(&settings)) {
		conf_clear(&command, &settings);
		return CONF_USAGE_EXIT;
	}
	err = loop_clock_ms(settings.clock, &now_ms);
	if (err == OK)
		err = make_region(&settings, now_ms);
	if (err == ERR_DUP)
		fprintf(stderr,
		    "Di %s sudah ada wilayah; tidak ada yang diubah.\n"
		    "There is a region already; nothing was changed.\n",
		    settings.dir);
	else if (err != OK)
		fprintf(stderr,
		    "Wilayah tidak dapat dibuat di %s: %s.\n"
		    "The region could not be made.\n",
		    settings.dir, err_text(err));
	else
		tell_next(&settings);
	conf_clear(&command, &settings);
	return err == OK ? 0 : EXIT_REFUSED;
}
