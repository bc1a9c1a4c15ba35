/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/parked.h"

#include "core/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NODE_HEX = 2 * NODE_ID_SIZE,
	NUMBER_DIGITS = 20,
	COPY_BYTES = 65536,
};

static const char suffix[] = ".bundel";

/* Numbers have all their digits, so names sort like what they name. */
static void
name_of(char name[PARKED_NAME_MAX], const struct parked *parked)
{
	char node[NODE_HEX + 1];

	hex_put(node, parked->node, NODE_ID_SIZE);
	snprintf(name, PARKED_NAME_MAX, "%s-%0*" PRIu64 "-%0*" PRIu64 "%s",
	    node, NUMBER_DIGITS, parked->first_seq, NUMBER_DIGITS,
	    parked->last_seq, suffix);
}

static bool
number_of(uint64_t *number, const char *at)
{
	uint64_t value = 0;

	for (int i = 0; i < NUMBER_DIGITS; i++) {
		if (at[i] < '0' || at[i] > '9' || value > UINT64_MAX / 10 - 1)
			return false;
		value = value * 10 + (uint64_t)(at[i] - '0');
	}
	*number = value;
	return true;
}

/* Only names that name_of makes. */
static bool
parse(struct parked *parked, const char *name)
{
	char node[NODE_HEX + 1], again[PARKED_NAME_MAX];

	if (strlen(name) !=
	    NODE_HEX + 2 + 2 * NUMBER_DIGITS + sizeof suffix - 1)
		return false;
	memcpy(node, name, NODE_HEX);
	node[NODE_HEX] = '\0';
	if (hex_get(parked->node, NODE_ID_SIZE, node) != OK ||
	    !number_of(&parked->first_seq, name + NODE_HEX + 1) ||
	    !number_of(&parked->last_seq, name + NODE_HEX + 2 + NUMBER_DIGITS))
		return false;
	name_of(again, parked);
	return strcmp(again, name) == 0;
}

static int
in_order(const void *a, const void *b)
{
	const struct parked *one = a, *other = b;
	int order = memcmp(one->node, other->node, NODE_ID_SIZE);

	if (order != 0)
		return order;
	if (one->first_seq != other->first_seq)
		return one->first_seq < other->first_seq ? -1 : 1;
	return (one->last_seq > other->last_seq) -
	       (one->last_seq < other->last_seq);
}

unsigned
parked_list(struct parked **list, const char *dir)
{
	char path[HOME_PATH_MAX];
	struct dirent *entry;
	unsigned count = 0;
	DIR *folder = NULL;

	*list = xcalloc(PARKED_MAX, sizeof **list);
	if (home_path(path, dir, "parked") == OK)
		folder = opendir(path);
	if (folder == NULL)
		return 0;
	while (count < PARKED_MAX && (entry = readdir(folder)) != NULL)
		if (parse(&(*list)[count], entry->d_name))
			count++;
	closedir(folder);
	qsort(*list, count, sizeof **list, in_order);
	return count;
}

enum err
parked_path(
    char path[HOME_PATH_MAX], const char *dir, const struct parked *parked)
{
	char name[PARKED_NAME_MAX + sizeof "parked/"];

	memcpy(name, "parked/", sizeof "parked/");
	name_of(name + sizeof "parked/" - 1, parked);
	return home_path(path, dir, name);
}

/* ---- in and out */

static bool
copy(int to, int from)
{
	uint8_t *part = xcalloc(1, COPY_BYTES);
	ssize_t got;

	do {
		got = read(from, part, COPY_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
	} while (got > 0 && file_write(to, bytes_of(part, (size_t)got)));
	free(part);
	return got == 0 && fsync(to) == 0;
}

/* Under another name until it is whole. */
static enum err
copy_file(const char *to, const char *from)
{
	char fresh[HOME_PATH_MAX + 8];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
	enum err err = ERR_IO;

	snprintf(fresh, sizeof fresh, "%s.new", to);
	if (in >= 0)
		out =
		    open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out >= 0 && copy(out, in) && rename(fresh, to) == 0)
		err = OK;
	else if (out >= 0)
		(void)unlink(fresh);
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return err;
}

enum err
parked_add(const char *dir, const struct parked *parked, const char *from)
{
	char path[HOME_PATH_MAX], to[HOME_PATH_MAX];
	struct parked *list;
	unsigned count = parked_list(&list, dir);
	enum err err = home_path(path, dir, "parked");

	free(list);
	if (count == PARKED_MAX)
		return ERR_FULL;
	if (err == OK)
		err = parked_path(to, dir, parked);
	if (err != OK)
		return err;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return ERR_IO;
	return copy_file(to, from);
}

void
parked_remove(const char *dir, const struct parked *parked)
{
	char path[HOME_PATH_MAX];

	if (parked_path(path, dir, parked) == OK)
		(void)unlink(path);
}

/* ---- told */

struct waiting {
	const struct view_node *node; /* or NULL: not of this log */
	uint64_t have;
};

static struct waiting
waiting_of(const struct reading *reading, const struct parked *parked)
{
	struct waiting waiting = {
	    .node = view_node_by_id(reading->view, parked->node)};

	if (waiting.node != NULL)
		waiting.have = waiting.node->mark;
	return waiting;
}

static void
say_one(const struct parked *parked, const struct waiting *waiting)
{
	char node[NODE_HEX + 1];

	hex_put(node, parked->node, NODE_ID_SIZE);
	printf("  %s %s: catatan/records %" PRIu64 "-%" PRIu64,
	    waiting->node != NULL ? waiting->node->wilayah : "?", node,
	    parked->first_seq, parked->last_seq);
	if (waiting->node != NULL && waiting->node->state == NODE_REVOKED)
		printf(", simpul dicabut/revoked; dihapus oleh/deleted by: "
		       "ikrar-aggregator import --parked\n");
	else if (waiting->have + 1 < parked->first_seq)
		printf(", menunggu/waiting for %" PRIu64 "-%" PRIu64 "\n",
		    waiting->have + 1, parked->first_seq - 1);
	else
		printf(", siap/ready: ikrar-aggregator import --parked\n");
}

void
parked_say(const struct reading *reading)
{
	struct parked *list;
	unsigned count = parked_list(&list, reading->dir);

	if (count > 0)
		printf("Bundel yang menunggu/bundles that wait: %u\n", count);
	for (unsigned i = 0; i < count; i++) {
		struct waiting waiting = waiting_of(reading, &list[i]);

		say_one(&list[i], &waiting);
	}
	free(list);
}

void
parked_put(struct json *json, const struct reading *reading)
{
	struct parked *list;
	unsigned count = parked_list(&list, reading->dir);

	json_array_begin(json, "parked");
	for (unsigned i = 0; i < count; i++) {
		struct waiting waiting = waiting_of(reading, &list[i]);

		json_object_begin(json, NULL);
		json_hex(json, "node", list[i].node, NODE_ID_SIZE);
		json_u64(json, "first", list[i].first_seq);
		json_u64(json, "last", list[i].last_seq);
		json_u64(json, "have", waiting.have);
		json_end(json);
	}
	json_end(json);
	free(list);
}
