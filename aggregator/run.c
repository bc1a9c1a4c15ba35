/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon: a region, two sockets and a clock. */
#include "aggregator/verbs.h"

#include "aggregator/counters.h"
#include "aggregator/limits.h"
#include "aggregator/region.h"
#include "core/conf.h"
#include "core/log.h"
#include "core/loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_FAILED = 1 };

struct settings {
	char *dir;
	char *listen;
	char *join_listen;
	struct conf_texts advertise;
	struct conf_texts advertise_join;
	char *clock;
	uint64_t turn_messages;
	uint64_t connections;
	uint64_t disk_busy_percent;
	uint64_t disk_stop_percent;
};

struct daemon {
	struct settings settings;
	struct home_keys keys;
	struct loop *loop;
	struct link *link;
	struct link_server *server, *join_server;
	struct worker *worker;
	struct loop_timer *again; /* the turn has left something */
	struct region *region;
	int alive_fd;
	uint64_t alive_ms;           /* monotonic: last beat */
	uint64_t malformed, refused; /* of both servers, counted so far */
};

static const struct conf_option options[] = {
    {.name = "dir",
	.letter = 'd',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, dir),
	.argument = "DIR",
	.required = true,
	.help_id = "Direktori wilayah.",
	.help_en = "The region's directory."},
    {.name = "listen",
	.letter = 'l',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, listen),
	.argument = "ENDPOINT",
	.fallback = "tcp://*:5570",
	.help_id = "Alamat untuk simpul terdaftar.",
	.help_en = "Where enrolled nodes connect."},
    {.name = "join-listen",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, join_listen),
	.argument = "ENDPOINT",
	.fallback = "tcp://*:5571",
	.help_id = "Alamat untuk bergabung dengan kode undangan.",
	.help_en = "Where nodes join with an invitation."},
    {.name = "advertise",
	.type = CONF_TEXTS,
	.offset = offsetof(struct settings, advertise),
	.argument = "ENDPOINT",
	.help_id = "Alamat yang diberitahukan kepada simpul; boleh berulang.",
	.help_en = "What nodes are told instead of --listen; repeatable."},
    {.name = "advertise-join",
	.type = CONF_TEXTS,
	.offset = offsetof(struct settings, advertise_join),
	.argument = "ENDPOINT",
	.help_id = "Alamat bergabung dalam kode undangan; boleh berulang.",
	.help_en = "What invitations say instead of --join-listen."},
    {.name = "clock",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, clock),
	.argument = "FILE",
	.help_id = "Berkas waktu; hanya untuk wilayah latihan.",
	.help_en = "Clock file; for drill regions only."},
    {.name = "turn-messages",
	.type = CONF_U64,
	.offset = offsetof(struct settings, turn_messages),
	.argument = "N",
	.fallback = "64",
	.min = 1,
	.max = TURN_MESSAGES_MAX,
	.help_id = "Pesan paling banyak dalam satu giliran.",
	.help_en = "Messages of one turn at most."},
    {.name = "connections",
	.type = CONF_U64,
	.offset = offsetof(struct settings, connections),
	.argument = "N",
	.fallback = "10000",
	.min = 1,
	.max = 1000000,
	.help_id = "Sambungan simpul paling banyak.",
	.help_en = "Connections of nodes at most."},
    {.name = "disk-busy-percent",
	.type = CONF_U64,
	.offset = offsetof(struct settings, disk_busy_percent),
	.argument = "N",
	.fallback = "85",
	.min = 1,
	.max = 100,
	.help_id = "Kiriman ditunda bila disk terisi sebanyak ini.",
	.help_en = "Pushes wait when the disk is so full."},
    {.name = "disk-stop-percent",
	.type = CONF_U64,
	.offset = offsetof(struct settings, disk_stop_percent),
	.argument = "N",
	.fallback = "97",
	.min = 1,
	.max = 100,
	.help_id = "Daemon berhenti bila disk terisi sebanyak ini.",
	.help_en = "The daemon ends when the disk is so full."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "run",
    .help_id = "Menjalankan wilayah: menerima, menilai, menyimpan, menjawab.",
    .help_en = "Runs the region: takes, judges, stores, answers.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static struct moment
moment_of(struct daemon *daemon)
{
	return (struct moment){.now_ms = loop_now_ms(daemon->loop),
	    .monotonic_ms = loop_monotonic_ms(),
	    .boot_ms = loop_boot_ms()};
}

/* ---- sockets */

static bool
send_to(struct link_server *server, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	return server != NULL &&
	       link_server_send(server, route, frames, frame_count) == OK;
}

static bool
on_send(void *context, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	struct daemon *daemon = context;

	return send_to(daemon->server, route, frames, frame_count);
}

static bool
on_send_join(void *context, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	struct daemon *daemon = context;

	return send_to(daemon->join_server, route, frames, frame_count);
}

static bool
on_admit(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	struct daemon *daemon = context;

	(void)address;
	return region_admits(daemon->region, key);
}

static bool
on_admit_join(
    void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	struct daemon *daemon = context;

	(void)address;
	return region_admits_join(
	    daemon->region, key, loop_now_ms(daemon->loop));
}

static void
on_message(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct daemon *daemon = context;
	struct moment moment = moment_of(daemon);

	region_message(daemon->region,
	    &(struct request){.key = key,
		.route = route,
		.frames = frames,
		.frame_count = frame_count},
	    &moment);
}

static void
on_join(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct daemon *daemon = context;
	struct moment moment = moment_of(daemon);

	region_join(daemon->region,
	    &(struct request){.key = key,
		.route = route,
		.frames = frames,
		.frame_count = frame_count},
	    &moment);
}

static void
on_turn_end(void *context)
{
	struct daemon *daemon = context;
	struct moment moment = moment_of(daemon);

	region_turn_end(daemon->region, &moment);
	if (region_is_holding(daemon->region))
		loop_timer_set(daemon->again, AGAIN_MS);
}

static void
count_link(struct daemon *daemon)
{
	struct stat *stat = region_stat(daemon->region);
	uint64_t malformed = link_server_malformed(daemon->server) +
			     link_server_malformed(daemon->join_server);
	uint64_t refused = link_server_refused(daemon->server) +
			   link_server_refused(daemon->join_server);

	stat_add(stat, COUNTER_MALFORMED, malformed - daemon->malformed);
	stat_add(stat, COUNTER_HANDSHAKES_REFUSED, refused - daemon->refused);
	daemon->malformed = malformed;
	daemon->refused = refused;
}

static void
beat(struct daemon *daemon, uint64_t monotonic_ms)
{
	uint64_t wall_ms;

	if (daemon->alive_ms != 0 &&
	    monotonic_ms - daemon->alive_ms < ALIVE_EVERY_MS)
		return;
	CHECK(loop_clock_ms(NULL, &wall_ms) == OK);
	home_alive_beat(daemon->alive_fd, wall_ms);
	daemon->alive_ms = monotonic_ms;
}

static void
on_clock(void *context)
{
	struct daemon *daemon = context;
	struct moment moment = moment_of(daemon);

	count_link(daemon);
	region_clock(daemon->region, &moment);
	beat(daemon, moment.monotonic_ms);
}

/* ---- start */

static enum err
open_server(struct daemon *daemon, bool is_join, struct link_server **server)
{
	const struct settings *settings = &daemon->settings;
	struct link_server_options server_options = {
	    .endpoint = is_join ? settings->join_listen : settings->listen,
	    .domain = is_join ? "join" : "region",
	    .keys = &daemon->keys.server,
	    .admit = is_join ? on_admit_join : on_admit,
	    .message = is_join ? on_join : on_message,
	    .turn_end = on_turn_end,
	    .context = daemon,
	    .turn_messages = (unsigned)settings->turn_messages,
	    .connections_max = is_join ? JOIN_CONNECTIONS_MAX
				       : (unsigned)settings->connections};

	return link_server_open(server, daemon->link, &server_options);
}

/* "All of mine" leads nobody here from another computer. */
static bool
is_wildcard(const char *endpoint)
{
	return strncmp(endpoint, "tcp://0.0.0.0:", 14) == 0 ||
	       strncmp(endpoint, "tcp://[::]:", 11) == 0;
}

static enum err
check_advertised(const struct settings *settings, const char *listen,
    const char *join_listen)
{
	if ((settings->advertise.count > 0 || !is_wildcard(listen)) &&
	    (settings->advertise_join.count > 0 || !is_wildcard(join_listen)))
		return OK;
	fprintf(stderr,
	    "ikrar-aggregator: beri --advertise tcp://HOST:PORT dan "
	    "--advertise-join tcp://HOST:PORT, alamat komputer ini yang dapat "
	    "dicapai kecamatan.\n"
	    "ikrar-aggregator: give --advertise tcp://HOST:PORT and "
	    "--advertise-join tcp://HOST:PORT, where others reach this "
	    "computer\n");
	return ERR_INVALID;
}

/* Copies what is told to others: as configured, else where it listens. */
static bool
take_advertised(const struct conf_texts *texts, const char *fallback,
    char (*to)[ENDPOINT_MAX], unsigned max, unsigned *count)
{
	if (texts->count > max)
		return false;
	for (size_t i = 0; i < texts->count; i++)
		if (!text_copy(to[i], ENDPOINT_MAX, texts->at[i]))
			return false;
	*count = (unsigned)texts->count;
	if (texts->count == 0) {
		*count = 1;
		return text_copy(to[0], ENDPOINT_MAX, fallback);
	}
	return true;
}

static enum err
tell_endpoints(struct daemon *daemon)
{
	const struct settings *settings = &daemon->settings;
	struct home_endpoints *told = region_endpoints(daemon->region);
	const char *listen = link_server_endpoint(daemon->server);
	const char *join_listen = link_server_endpoint(daemon->join_server);

	*told = (struct home_endpoints){0};
	if (check_advertised(settings, listen, join_listen) != OK)
		return ERR_INVALID;
	if (!text_copy(told->listen, ENDPOINT_MAX,
		link_server_local(daemon->server)) ||
	    !text_copy(told->join_listen, ENDPOINT_MAX,
		link_server_local(daemon->join_server)) ||
	    !take_advertised(&settings->advertise, listen, told->region,
		JOINED_ENDPOINTS_MAX, &told->region_count) ||
	    !take_advertised(&settings->advertise_join, join_listen, told->join,
		CODE_ENDPOINTS_MAX, &told->join_count)) {
		log_warnx("endpoints-refused mend=\"at most 4 --advertise, 3 "
			  "--advertise-join, 127 characters each\"");
		return ERR_INVALID;
	}
	return home_endpoints_save(told, settings->dir);
}

static enum err
open_link(struct daemon *daemon)
{
	enum err err = link_open(&daemon->link, daemon->loop);

	if (err == OK)
		err = open_server(daemon, false, &daemon->server);
	if (err == OK)
		err = open_server(daemon, true, &daemon->join_server);
	if (err != OK)
		return err;
	err = link_self_test(daemon->link, link_server_local(daemon->server),
	    daemon->keys.server.public_key, SELF_TEST_MS);
	if (err != OK)
		log_warnx("self-test-failed endpoint=%s why=\"%s\"",
		    link_server_local(daemon->server),
		    err == ERR_DENIED ? "strangers are not kept out"
				      : "the own socket does not answer");
	/* The self-test's own strangers are not counted. */
	daemon->malformed = link_server_malformed(daemon->server);
	daemon->refused = link_server_refused(daemon->server);
	return err;
}

/* Only in a region that began as a drill may time come from a file; and there
 * it must, for its log is not of our days. */
static enum err
check_clock(const struct daemon *daemon)
{
	bool is_drill = view_region(region_view(daemon->region))->drill;

	if (is_drill == (daemon->settings.clock != NULL))
		return OK;
	fprintf(stderr, "%s",
	    is_drill ? "Ini wilayah LATIHAN: perlu --clock FILE.\n"
		       "This is a drill region: it needs --clock FILE.\n"
		     : "Ini wilayah sungguhan: --clock hanya untuk latihan.\n"
		       "This is no drill region: --clock is refused.\n");
	return ERR_INVALID;
}

static enum err
open_region(struct daemon *daemon)
{
	const struct settings *settings = &daemon->settings;
	struct region_options region_options = {.dir = settings->dir,
	    .log_key = &daemon->keys.log,
	    .send = on_send,
	    .send_join = on_send_join,
	    .context = daemon,
	    .worker = daemon->worker,
	    .guards_clock = settings->clock == NULL,
	    .disk_busy_percent = (unsigned)settings->disk_busy_percent,
	    .disk_stop_percent = (unsigned)settings->disk_stop_percent};
	enum err err = home_keys_load(&daemon->keys, settings->dir);

	if (err == OK)
		err = home_alive_open(&daemon->alive_fd, settings->dir);
	if (err == ERR_DUP)
		fprintf(stderr,
		    "Wilayah di %s sudah berjalan.\n"
		    "The region is running already.\n",
		    settings->dir);
	if (err == OK)
		err = region_open(&daemon->region, &region_options);
	if (err == ERR_NOTFOUND)
		fprintf(stderr,
		    "Tidak ada wilayah di %s; buat dengan: ikrar-aggregator "
		    "init --dir %s --wilayah KODE\n"
		    "There is no region; make one with init.\n",
		    settings->dir, settings->dir);
	return err == OK ? check_clock(daemon) : err;
}

static enum err
start(struct daemon *daemon)
{
	enum err err = open_region(daemon);
	const struct view_region *region;

	if (err == OK)
		err = loop_open(&daemon->loop, daemon->settings.clock);
	if (err == OK)
		err = open_link(daemon);
	if (err != OK)
		return err;
	loop_catch_signals(daemon->loop);
	err = tell_endpoints(daemon);
	if (err != OK)
		return err;
	daemon->again = loop_timer_new(daemon->loop, on_turn_end, daemon);
	on_clock(daemon);
	loop_on_clock(daemon->loop, on_clock, daemon);
	region = view_region(region_view(daemon->region));
	log_info("ready origin=%s entries=%" PRIu64
		 " listen=%s join-listen=%s drill=%d",
	    region->origin, view_size(region_view(daemon->region)),
	    link_server_endpoint(daemon->server),
	    link_server_endpoint(daemon->join_server), region->drill);
	return OK;
}

static void
stop(struct daemon *daemon)
{
	link_server_close(daemon->join_server);
	link_server_close(daemon->server);
	link_close(daemon->link);
	region_close(daemon->region);
	worker_close(daemon->worker);
	home_alive_close(daemon->alive_fd);
	loop_timer_free(daemon->again);
	loop_close(daemon->loop);
	explicit_bzero(&daemon->keys, sizeof daemon->keys);
	conf_clear(&command, &daemon->settings);
}

int
verb_run(int argc, char **argv)
{
	struct daemon daemon = {.alive_fd = -1};
	struct conf_texts rest = {0};
	enum err err;

	conf_load(&command, &daemon.settings, argc, argv, &rest);
	err = worker_open(&daemon.worker);
	if (err == OK)
		err = start(&daemon);
	if (err == OK)
		err = loop_run(daemon.loop);
	if (err == OK)
		log_info("stopped");
	stop(&daemon);
	return err == OK ? 0 : EXIT_FAILED;
}
