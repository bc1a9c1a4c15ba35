/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verb_node.h"

#include "aggregator/spoken.h"
#include "aggregator/state_json.h"
#include "aggregator/state_text.h"
#include "core/json.h"
#include "model/calendar.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1, ID_HEX = 2 * EVENT_ID_SIZE };

struct settings {
	struct reading_words words;
	bool json;
};

static const struct conf_option list_options[] = {
    READING_OPTIONS(struct settings),
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Sebagai JSON.",
	.help_en = "As JSON."},
    {0},
};

/* ---- list */

static const struct conf_command list_command = {.program = "ikrar-aggregator",
    .name = "node list",
    .help_id = "Simpul-simpul wilayah: keadaan, catatan terakhir, kontak; enam "
	       "kata bagi yang menunggu pengesahan.",
    .help_en = "The region's nodes: state, last record, last contact; the six "
	       "words of those that wait to be confirmed.",
    .options = list_options,
    .settings_bytes = sizeof(struct settings)};

static void
list_as_json(const struct reading *reading)
{
	struct json json = {0};

	json_object_begin(&json, NULL);
	state_put_nodes(&json, reading);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

static bool
has_pending(const struct view *view)
{
	for (unsigned i = 0; i < view_node_count(view); i++)
		if (view_node(view, i)->state == NODE_PENDING)
			return true;
	return false;
}

static void
say_pending(void *context, const uint8_t id[NODE_ID_SIZE],
    const char words[WORDS_TEXT_MAX])
{
	const struct reading *reading = context;
	const struct view_node *node = view_node_by_id(reading->view, id);
	char hex[ID_HEX + 1];

	if (node == NULL || node->state != NODE_PENDING)
		return;
	hex_put(hex, id, NODE_ID_SIZE);
	printf("  %s %s  enam kata/six words: %s\n", hex, node->wilayah, words);
}

static enum err
say_all(struct reading *reading)
{
	reading_say_drill(reading);
	state_say_nodes(reading);
	if (!has_pending(reading->view))
		return OK;
	printf("Menunggu pengesahan: cocokkan enam kata lewat telepon, lalu "
	       "ikrar-aggregator node confirm ID\n(to be confirmed once the "
	       "six words have been compared by telephone):\n");
	return spoken_each(reading, say_pending, reading);
}

int
verb_node_list(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&list_command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK && settings.json)
		list_as_json(&reading);
	else if (err == OK)
		err = say_all(&reading);
	reading_close(&reading);
	conf_clear(&list_command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

/* ---- show */

static const struct conf_option show_options[] = {
    READING_OPTIONS(struct settings), {0}};

static const struct conf_command show_command = {.program = "ikrar-aggregator",
    .name = "node show",
    .arguments = "ID",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Satu simpul: keadaan, kunci, dan enam kata untuk dicocokkan "
	       "lewat telepon.",
    .help_en = "One node: its state, its keys, and the six words to compare by "
	       "telephone.",
    .options = show_options,
    .settings_bytes = sizeof(struct settings)};

static const char *
state_text(uint32_t state)
{
	static const char *const texts[] = {
	    [NODE_PENDING] = "menunggu pengesahan / waits to be confirmed",
	    [NODE_ENROLLED] = "terdaftar / enrolled",
	    [NODE_REVOKED] = "dicabut / revoked"};

	return state <= NODE_REVOKED ? texts[state] : "";
}

static void
say_key(const char *what, const uint8_t key[32])
{
	char hex[65];

	hex_put(hex, key, 32);
	printf("%s %s\n", what, hex);
}

static void
say_time(const struct reading *reading, const char *what, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	if (ms == 0)
		(void)text_copy(text, sizeof text, "belum pernah / never");
	else
		calendar_ms_put(text, ms, reading->zone);
	printf("%s %s\n", what, text);
}

static void
say_node(const struct reading *reading, const struct view_node *node)
{
	struct live_node live = {0};
	char hex[ID_HEX + 1];

	if (store_live_node(reading->store, node->id, &live) != OK)
		live = (struct live_node){0};
	store_done(reading->store);
	hex_put(hex, node->id, EVENT_ID_SIZE);
	printf("Simpul / node           %s\n", hex);
	printf("Jenis / kind            %s, %s\n",
	    catalog_word(CATALOG_NODE_KIND, node->kind), node->wilayah);
	printf("Keadaan / state         %s\n", state_text(node->state));
	printf("Catatan / records       %" PRIu64 " di log / in the log\n",
	    node->mark);
	say_time(reading, "Kontak / contact       ", live.last_contact_ms);
	say_key("Kunci / sign key       ", node->sign_key);
	say_key("Kunci / link key       ", node->link_key);
}

static void
say_words(const struct spoken *spoken, const struct view_node *node)
{
	if (spoken->words[0] == '\0') {
		printf("Simpul ini tidak bergabung dengan kode undangan. / It "
		       "did not join with a code.\n");
		return;
	}
	printf("Enam kata / six words   %s\n", spoken->words);
	if (node->state == NODE_PENDING)
		printf("Minta petugas membacakan enam kata di layarnya; bila "
		       "sama: ikrar-aggregator node confirm ID\n(Let the clerk "
		       "read the six words; confirm if they are the same.)\n");
}

static enum err
show(struct reading *reading, const char *id)
{
	const struct view_node *node = verb_node_find(reading->view, id);
	struct spoken spoken = {0};
	enum err err;

	if (node == NULL)
		return ERR_INVALID;
	reading_say_drill(reading);
	say_node(reading, node);
	memcpy(spoken.node, node->id, sizeof spoken.node);
	err = spoken_find(reading, &spoken);
	if (err == OK)
		say_words(&spoken, node);
	return err;
}

int
verb_node_show(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&show_command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK)
		err = show(&reading, rest.at[0]);
	reading_close(&reading);
	conf_clear(&show_command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
