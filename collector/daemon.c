/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/daemon.h"

#include "collector/link_words.h"
#include "collector/sentence.h"
#include "core/log.h"
#include "core/loop.h"
#include "node/uplink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BEAT_EVERY_MS = 5000, BEAT_LATE_MS = 20000 };

struct daemon {
	struct home home;
	struct node_region region; /* with the endpoint that is in force */
	struct loop *loop;
	struct link *link;
	struct uplink *uplink;
	struct loop_timer *beat;
	bool is_ready, has_fixed_endpoint;
	int lock;
	enum link_state link_state; /* as told last */
	enum reject halted;
	uint64_t receipted_seq;
};

/* ---- the lock */

static int
open_lock(const char *dir, int flags)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/lock", dir) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_RDWR | O_CLOEXEC, 0600);
}

/* A lock of the open file: asking for it does not take it, so a `status`
 * never keeps a daemon from starting. */
bool
daemon_is_running(const char *dir)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_lock(dir, 0);
	bool is_held;

	if (fd < 0)
		return false;
	is_held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return is_held;
}

static enum err
take_lock(struct daemon *daemon, const char *dir)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	daemon->lock = open_lock(dir, O_CREAT);
	if (daemon->lock >= 0 && fcntl(daemon->lock, F_OFD_SETLK, &lock) == 0)
		return OK;
	if (daemon->lock >= 0 && (errno == EAGAIN || errno == EACCES))
		tell("Penghubung lain sudah berjalan di %s. Satu saja cukup; "
		     "lihat ikrar-collector status --dir %s",
		    "another daemon runs on %s already; see ikrar-collector "
		    "status --dir %s",
		    dir, dir);
	else
		tell("%s/lock tidak dapat dibuat (%s). Periksa hak akses "
		     "foldernya.",
		    "%s/lock cannot be made (%s)", dir, strerror(errno));
	return ERR_INVALID;
}

/* The first comes from within the loop: whoever waits for `ready` may send a
 * signal at once. */
static void
on_beat(void *context)
{
	struct daemon *daemon = context;
	const struct home *home = &daemon->home;
	char hex[NODE_HEX_SIZE];

	(void)futimens(daemon->lock, NULL);
	loop_timer_set(daemon->beat, BEAT_EVERY_MS);
	if (daemon->is_ready)
		return;
	daemon->is_ready = true;
	hex_put(hex, home->keys.id, sizeof home->keys.id);
	log_info(
	    "ready node=%s wilayah=%s origin=%s drill=%d last_seq=%" PRIu64,
	    hex, home->region.wilayah, home->region.origin, home->region.drill,
	    home->status.last_seq);
}

/* ---- news */

static void
on_changed(void *context)
{
	struct daemon *daemon = context;
	enum link_state state = uplink_link_state(daemon->uplink);
	enum reject halted = uplink_halted(daemon->uplink);
	struct spool_status status;

	spool_status(daemon->home.spool, &status);
	if (state != daemon->link_state)
		log_info("link state=%s means=\"%s\"", link_state_word(state),
		    link_words(state)->en);
	if (halted != daemon->halted && halted == REJECT_NONE)
		log_info("uplink-resumed");
	if (status.receipted_seq != daemon->receipted_seq)
		log_info("receipted seq=%" PRIu64 " last_seq=%" PRIu64
			 " refused=%" PRIu64,
		    status.receipted_seq, status.last_seq,
		    status.refused_count);
	daemon->link_state = state;
	daemon->halted = halted;
	daemon->receipted_seq = status.receipted_seq;
}

/* ---- life */

static enum err
set_endpoint(struct daemon *daemon, const char *endpoint)
{
	daemon->region = daemon->home.region;
	if (endpoint == NULL)
		return OK;
	if (strncmp(endpoint, "tcp://", 6) == 0 &&
	    text_copy(daemon->region.endpoints[0],
		sizeof daemon->region.endpoints[0], endpoint)) {
		daemon->region.endpoint_count = 1;
		daemon->has_fixed_endpoint = true;
		return OK;
	}
	tell("--endpoint: \"%.80s\" bukan alamat. Tulis tcp://KOMPUTER:PORT.",
	    "--endpoint: \"%.80s\" is not an address; write tcp://HOST:PORT",
	    endpoint);
	return ERR_INVALID;
}

static enum err
open_uplink(struct daemon *daemon)
{
	struct uplink_options options = {
	    .loop = daemon->loop,
	    .link = daemon->link,
	    .spool = daemon->home.spool,
	    .keys = &daemon->home.keys,
	    .region = &daemon->region,
	    .dir = daemon->home.words->dir,
	    .keeps_endpoints = true,
	    .has_fixed_endpoint = daemon->has_fixed_endpoint,
	    .changed = on_changed,
	    .context = daemon,
	};

	daemon->receipted_seq = daemon->home.status.receipted_seq;
	return uplink_open(&daemon->uplink, &options);
}

static enum err
start(struct daemon *daemon, const struct run_words *words)
{
	if (set_endpoint(daemon, words->endpoint) != OK ||
	    take_lock(daemon, words->home.dir) != OK)
		return ERR_INVALID;
	if (loop_open(&daemon->loop, words->home.clock) == OK &&
	    link_open(&daemon->link, daemon->loop) == OK &&
	    open_uplink(daemon) == OK)
		return OK;
	tell("Penghubung tidak dapat dimulai; lihat baris di atas.",
	    "the daemon cannot start: see the line above");
	return ERR_INVALID;
}

static void
stop(struct daemon *daemon)
{
	loop_timer_free(daemon->beat);
	uplink_close(daemon->uplink);
	link_close(daemon->link);
	loop_close(daemon->loop);
	home_close(&daemon->home);
	if (daemon->lock >= 0)
		close(daemon->lock);
}

int
daemon_run(const struct run_words *words)
{
	struct daemon daemon = {.lock = -1};
	enum err err;

	if (home_open(&daemon.home, &words->home) != OK)
		return 1;
	err = start(&daemon, words);
	if (err == OK) {
		daemon.beat = loop_timer_new(daemon.loop, on_beat, &daemon);
		loop_timer_set(daemon.beat, 0);
		err = loop_run(daemon.loop);
		log_info("stopped");
	}
	stop(&daemon);
	return err == OK ? 0 : 1;
}

int
daemon_health(const struct home_words *words)
{
	int fd = open_lock(words->dir, 0);
	struct node_region region;
	struct stat about = {0};
	uint64_t now_ms, beat_ms;

	if (node_region_load(&region, words->dir) == OK)
		home_say_drill(region.drill);
	if (fd < 0 || fstat(fd, &about) != 0 ||
	    !daemon_is_running(words->dir)) {
		if (fd >= 0)
			close(fd);
		tell("Penghubung tidak berjalan di %s. Jalankan: "
		     "ikrar-collector run --dir %s",
		    "no daemon runs on %s; start it: ikrar-collector run "
		    "--dir %s",
		    words->dir, words->dir);
		return 1;
	}
	close(fd);
	beat_ms = (uint64_t)about.st_mtim.tv_sec * 1000;
	if (loop_clock_ms(NULL, &now_ms) == OK &&
	    now_ms > beat_ms + BEAT_LATE_MS) {
		tell("Penghubung di %s tidak menjawab sejak %" PRIu64
		     " detik. Hentikan, lalu jalankan lagi.",
		    "the daemon on %s has not answered for %" PRIu64 " s",
		    words->dir, (now_ms - beat_ms) / 1000);
		return 1;
	}
	printf("sehat / healthy\n");
	return 0;
}
