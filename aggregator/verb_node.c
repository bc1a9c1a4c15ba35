/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verb_node.h"

#include "aggregator/admin.h"
#include "aggregator/spoken.h"
#include "aggregator/verbs.h"
#include "core/tell.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	FAILED_EXIT = 1,
	ID_HEX = 2 * EVENT_ID_SIZE,
	ID_HEX_LEAST = 6, /* a shorter head of an id names too many */
};

/* ---- which node */

static bool
id_begins(const struct view_node *node, const char *text, size_t len)
{
	char hex[ID_HEX + 1];

	hex_put(hex, node->id, EVENT_ID_SIZE);
	return strncmp(hex, text, len) == 0;
}

const struct view_node *
verb_node_find(const struct view *view, const char *text)
{
	const struct view_node *found = NULL;
	size_t len = strlen(text);
	unsigned count = 0;

	for (unsigned i = 0; i < view_node_count(view); i++)
		if (id_begins(view_node(view, i), text, len)) {
			found = view_node(view, i);
			count++;
		}
	if (count == 1 && len >= ID_HEX_LEAST)
		return found;
	tell("Simpul \"%.40s\" tidak ditemukan, atau tidak hanya satu; "
	     "lihat: ikrar-aggregator node list",
	    "There is no node \"%.40s\", or more than one: see "
	    "ikrar-aggregator node list",
	    text);
	return NULL;
}

/* ---- revoke, confirm, vouch */

struct naming {
	const char *reason_use; /* of reason_rows; NULL: no reason */
	struct reading_words words;
	char *reason, *reference;
	char *spoken; /* the six words, as heard */
	uint64_t accept_up_to;
};

static enum err
check_reason(const struct naming *naming)
{
	struct text_buf words = {0};
	const struct reason_row *rows;
	unsigned count;

	if (naming->reason_use == NULL ||
	    reason_has_use(naming->reason, naming->reason_use))
		return OK;
	rows = reason_rows(&count);
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].use, naming->reason_use) == 0)
			text_buf_add(&words, "%s%s (%s)",
			    words.len == 0 ? "" : ", ", rows[i].word,
			    rows[i].id);
	tell("--reason %.40s tidak dikenal; pilihan: %s.",
	    "--reason %.40s is unknown; choose of: %s.", naming->reason,
	    words.at);
	text_buf_clear(&words);
	return ERR_INVALID;
}

static enum err
check_named(const struct naming *naming, enum event_kind kind,
    const struct view_node *node, const struct admin *admin)
{
	const struct view *view = admin_view(admin);
	char hex[ID_HEX + 1];

	hex_put(hex, node->id, EVENT_ID_SIZE);
	if (kind == EVENT_NODE_REVOKED && view_node_number(view, node) == 0) {
		tell("%s adalah admin pertama wilayah ini; ia tidak dapat "
		     "mencabut dirinya.",
		    "%s is the region's first admin, which cannot revoke "
		    "itself.",
		    hex);
		return ERR_INVALID;
	}
	if (kind == EVENT_NODE_CONFIRMED && node->state != NODE_PENDING) {
		tell("Simpul %s tidak menunggu pengesahan.",
		    "The node %s does not wait to be confirmed.", hex);
		return ERR_INVALID;
	}
	if (node->state == NODE_REVOKED) {
		tell("Simpul %s sudah dicabut.",
		    "The node %s is revoked already.", hex);
		return ERR_INVALID;
	}
	return check_reason(naming);
}

static enum err
fill_named(struct node_named *named, const struct naming *naming)
{
	const char *reference =
	    naming->reference != NULL ? naming->reference : "";

	if (naming->reason_use != NULL)
		(void)text_copy(
		    named->reason, sizeof named->reason, naming->reason);
	if (text_copy(named->reference, sizeof named->reference, reference) &&
	    reference_is_valid(reference))
		return OK;
	tell("--reference %.64s: tulis paling banyak 64 huruf besar, angka, "
	     "titik, garis miring atau strip.",
	    "--reference %.64s: write at most 64 capitals, digits, dots, "
	    "slashes or dashes.",
	    reference);
	return ERR_INVALID;
}

/* More spaces and capitals are no difference. */
static bool
is_spoken(const char *heard, const char *words)
{
	char plain[WORDS_TEXT_MAX];
	size_t used = 0;

	for (; *heard != '\0'; heard++) {
		bool is_space = *heard == ' ';

		if (is_space && (used == 0 || plain[used - 1] == ' '))
			continue;
		if (used == sizeof plain - 1)
			return false;
		plain[used++] = is_space ? ' ' : (char)(*heard | 0x20);
	}
	if (used > 0 && plain[used - 1] == ' ')
		used--;
	plain[used] = '\0';
	return strcmp(plain, words) == 0;
}

/* The words of the clerk against those computed here. */
static enum err
check_spoken(const struct naming *naming, const struct view_node *node,
    const struct admin *admin)
{
	struct spoken spoken = {0};

	if (naming->spoken == NULL)
		return OK;
	memcpy(spoken.node, node->id, sizeof spoken.node);
	if (spoken_find(admin_reading(admin), &spoken) != OK)
		return ERR_INVALID;
	if (spoken.words[0] != '\0' && is_spoken(naming->spoken, spoken.words))
		return OK;
	tell("Enam kata tidak cocok: di sini terbaca \"%s\". Jangan "
	     "disahkan; hubungi kecamatan lewat nomor yang sudah dikenal.",
	    "The six words do not match: here they are \"%s\". Do not "
	    "confirm; phone the office at a number known before.",
	    spoken.words);
	return ERR_INVALID;
}

static enum err
name_node(const struct naming *naming, enum event_kind kind, const char *id,
    struct admin *admin)
{
	const struct view_node *node = verb_node_find(admin_view(admin), id);
	struct event event = {.kind = kind};
	struct admin_result result;
	char hex[ID_HEX + 1];
	enum err err;

	if (node == NULL)
		return ERR_INVALID;
	err = check_named(naming, kind, node, admin);
	if (err == OK)
		err = check_spoken(naming, node, admin);
	if (err == OK)
		err = fill_named(&event.named, naming);
	if (err != OK)
		return err;
	memcpy(event.named.node, node->id, sizeof event.named.node);
	if (kind == EVENT_NODE_REVOKED)
		event.named.accept_up_to = naming->accept_up_to != 0
					       ? naming->accept_up_to
					       : node->mark;
	hex_put(hex, node->id, EVENT_ID_SIZE);
	err = admin_record(admin, &event, 1, &result);
	if (err != OK)
		return err;
	reading_say_drill(admin_reading(admin));
	printf("%s %s\n", event_kind_name(kind), hex);
	admin_say(&result);
	return OK;
}

static int
run_naming(const struct conf_command *command, struct naming *naming,
    enum event_kind kind, int argc, char **argv)
{
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(command, naming, argc, argv, &rest);
	err = admin_open(&admin, &naming->words);
	if (err == OK)
		err = name_node(naming, kind, rest.at[0], admin);
	admin_close(admin);
	conf_clear(command, naming);
	return err == OK ? 0 : FAILED_EXIT;
}

#define REASON_OPTION(id, en)                                                  \
	{                                                                      \
		.name = "reason", .letter = 'r', .type = CONF_TEXT,            \
		.offset = offsetof(struct naming, reason), .argument = "KODE", \
		.required = true, .help_id = (id), .help_en = (en)             \
	}

int
verb_node_revoke(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct naming),
	    REASON_OPTION("HILANG, RUSAK, GANTI_PETUGAS, DICURI, PENSIUN.",
		"Why: lost, broken, other staff, stolen, retired."),
	    {.name = "accept-up-to",
		.type = CONF_U64,
		.offset = offsetof(struct naming, accept_up_to),
		.argument = "SEQ",
		.min = 1,
		.max = UINT64_MAX,
		.help_id = "Catatan terakhir yang dipercaya; bawaan: yang "
			   "terakhir dalam log.",
		.help_en = "The last record to be trusted; default: the last "
			   "in the log."},
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "node revoke",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Mencabut simpul: tidak ada lagi yang diterima darinya.",
	    .help_en = "Revokes a node: nothing more is taken from it.",
	    .options = options,
	    .settings_bytes = sizeof(struct naming)};
	struct naming naming = {.reason_use = "revocation"};

	return run_naming(&command, &naming, EVENT_NODE_REVOKED, argc, argv);
}

int
verb_node_confirm(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct naming),
	    {.name = "words",
		.type = CONF_TEXT,
		.offset = offsetof(struct naming, spoken),
		.argument = "\"KATA ...\"",
		.help_id = "Enam kata yang dibacakan petugas; bila tidak "
			   "cocok, simpul tidak disahkan.",
		.help_en = "The six words that the clerk read out; if they do "
			   "not match, the node is not confirmed."},
	    {0}};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "node confirm",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Mengesahkan simpul yang bergabung dengan undangan "
		       "--confirm.",
	    .help_en = "Confirms a node that joined with a --confirm "
		       "invitation.",
	    .options = options,
	    .settings_bytes = sizeof(struct naming)};
	struct naming naming = {0};

	return run_naming(&command, &naming, EVENT_NODE_CONFIRMED, argc, argv);
}

int
verb_node_vouch(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct naming),
	    REASON_OPTION("BERKAS, TELEPON, SURAT.",
		"Why: bundles complete, by telephone, by letter."),
	    {.name = "reference",
		.type = CONF_TEXT,
		.offset = offsetof(struct naming, reference),
		.argument = "REF",
		.help_id = "Nomor surat atau berita acara.",
		.help_en = "Number of the letter behind it."},
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "node vouch",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Menjamin bahwa simpul yang tidak terdengar sudah "
		       "menyampaikan semuanya; wilayah tidak menunggunya lagi.",
	    .help_en = "Vouches that a node that is not heard has told all; "
		       "the region waits for it no longer.",
	    .options = options,
	    .settings_bytes = sizeof(struct naming)};
	struct naming naming = {.reason_use = "vouching"};

	return run_naming(&command, &naming, EVENT_NODE_VOUCHED, argc, argv);
}

int
verb_node(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"invite", verb_node_invite, "membuat kode undangan",
		"make an invitation code"},
	    {"enrol", verb_node_enrol, "mendaftarkan simpul dari berkas",
		"enrol a node by file"},
	    {"list", verb_node_list, "menampilkan simpul", "show the nodes"},
	    {"show", verb_node_show, "menampilkan satu simpul, enam katanya",
		"show one node and its six words"},
	    {"revoke", verb_node_revoke, "mencabut simpul", "revoke a node"},
	    {"confirm", verb_node_confirm, "mengesahkan simpul",
		"confirm a node"},
	    {"vouch", verb_node_vouch, "menjamin simpul", "vouch for a node"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator node", verbs, argc, argv);
}
