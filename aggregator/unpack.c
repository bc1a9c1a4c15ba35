/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/unpack.h"

#include "aggregator/slice.h"
#include "core/loop.h"
#include "core/tell.h"
#include "trust/note.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Sets of recipients, as far back as one is looked for. */
enum { HEADER_MAX = 1024, VERSIONS_BACK_MAX = 64 };

static struct parcel *
open_bundle(void *context, const uint8_t front[PARCEL_FRONT_SIZE])
{
	const struct link_keys *server = context;
	struct seal_keys keys;
	struct parcel *parcel;

	memcpy(keys.public_key, server->public_key, SEAL_KEY_SIZE);
	memcpy(keys.secret_key, server->secret_key, SEAL_KEY_SIZE);
	parcel = parcel_at_region(front, &keys);
	explicit_bzero(&keys, sizeof keys);
	return parcel;
}

static enum err
open_reader(const struct unpack *unpack, struct bundle_reader **reader,
    const char *path)
{
	struct link_keys server = unpack->keys->server;
	enum err err = bundle_reader_open(reader, path, open_bundle, &server);
	int error = errno;

	explicit_bzero(&server, sizeof server);
	if (err == OK)
		return OK;
	if (err == ERR_IO)
		tell("%s tidak dapat dibaca: %s.", "%s cannot be read: %s.",
		    path, strerror(error));
	else if (err == ERR_DENIED)
		tell("%s bukan untuk wilayah ini, atau bukan bundel: ia tidak "
		     "terbuka dengan kunci wilayah.",
		    "%s is not for this region, or is no bundle: the region's "
		    "key does not open it.",
		    path);
	else
		tell("%s bukan bundel dari ikrar-collector export.",
		    "%s is no bundle of ikrar-collector export.", path);
	return ERR_INVALID;
}

/* ---- before anything is believed */

static enum err
tell_damaged(const char *path)
{
	tell("%s rusak atau terpotong; tidak ada yang diambil. Salin lagi dari "
	     "simpulnya.",
	    "%s is damaged or cut short; nothing was taken. Copy it again.",
	    path);
	return ERR_INVALID;
}

static enum err
check_front(const struct unpack *unpack, const struct bundle_reader *reader,
    const struct bundle_record *record, struct bundle_front *front,
    const char *path)
{
	const struct view_node *node;
	struct hash mark = parcel_mark(bundle_reader_parcel(reader));
	char hex[2 * NODE_ID_SIZE + 1];

	if (bundle_front_get(front, record->head) != OK)
		return tell_damaged(path);
	hex_put(hex, front->node, NODE_ID_SIZE);
	node = view_node_by_id(unpack->reading->view, front->node);
	if (node == NULL) {
		tell("%s dari simpul %s, yang tidak terdaftar di wilayah ini. "
		     "Bila wilayah dipulihkan dari cadangan yang lebih tua, "
		     "simpul itu bergabung lagi: ikrar-collector join KODE "
		     "--request BERKAS.",
		    "%s is from node %s, which is not enrolled in this region. "
		    "If that was recovered from an older backup, the node "
		    "joins again, in the same way as the first time.",
		    path, hex);
		return ERR_INVALID;
	}
	if (bundle_front_is_signed(&record->body, front, &mark, node->sign_key))
		return OK;
	tell("%s menyebut simpul %s tetapi tidak ditandatangani olehnya; tidak "
	     "ada yang diambil.",
	    "%s names node %s but is not signed by it; nothing was taken.",
	    path, hex);
	return ERR_INVALID;
}

/* A push of that node, behind the one before. */
static bool
take_push(struct message_codec *codec, const struct bundle_record *record,
    const struct bundle_front *front, uint64_t *next, struct message *message)
{
	const struct push *push = &message->push;

	if (record->kind != BUNDLE_PUSH ||
	    message_to_region_get(codec, record->head, message) != OK ||
	    message->kind != MESSAGE_PUSH || record->body.len > PUSH_BODY_MAX ||
	    memcmp(push->node, front->node, NODE_ID_SIZE) != 0 ||
	    push->first_seq != *next)
		return false;
	*next = push->first_seq + push->count;
	return true;
}

static enum err
look_through(
    struct bundle_reader *reader, struct bundle_front *front, const char *path)
{
	struct message_codec *codec = message_codec_new();
	uint64_t next = front->first_seq;
	struct bundle_record record;
	struct message message;
	enum err err;

	while ((err = bundle_read(reader, &record)) == OK)
		if (!take_push(codec, &record, front, &next, &message))
			break;
	message_codec_free(codec);
	if (err != ERR_NOTFOUND || next != front->last_seq + 1)
		return tell_damaged(path);
	return OK;
}

enum err
unpack_look(
    const struct unpack *unpack, const char *path, struct bundle_front *front)
{
	struct bundle_reader *reader;
	struct bundle_record record;
	enum err err = open_reader(unpack, &reader, path);

	if (err != OK)
		return err;
	if (bundle_read(reader, &record) != OK)
		err = tell_damaged(path);
	else
		err = check_front(unpack, reader, &record, front, path);
	if (err == OK)
		err = look_through(reader, front, path);
	bundle_reader_close(reader);
	return err;
}

/* ---- the way back */

enum err
unpack_answer_to(
    struct unpack *unpack, const struct bundle_front *front, const char *path)
{
	const struct view_node *node =
	    view_node_by_id(unpack->reading->view, front->node);
	uint8_t chance[PARCEL_CHANCE_SIZE], sealed[PARCEL_FRONT_SIZE];
	uint8_t at[BUNDLE_FRONT_MAX];
	struct seal_keys keys;
	struct parcel *parcel;
	enum err err = ERR_DENIED;

	memcpy(keys.public_key, unpack->keys->server.public_key, SEAL_KEY_SIZE);
	memcpy(keys.secret_key, unpack->keys->server.secret_key, SEAL_KEY_SIZE);
	loop_random(chance, sizeof chance);
	parcel = parcel_to_node(sealed, node->link_key, &keys, chance);
	explicit_bzero(&keys, sizeof keys);
	explicit_bzero(chance, sizeof chance);
	if (parcel != NULL)
		err =
		    bundle_writer_open(&unpack->answers, path, parcel, sealed);
	if (err != OK) {
		tell("--receipt: berkas %s tidak dapat dibuat (%s). Pilih nama "
		     "yang belum ada.",
		    "--receipt: file %s cannot be made (%s); choose a new "
		    "name.",
		    path, strerror(errno));
		return ERR_INVALID;
	}
	unpack->answered = *front;
	bundle_write(unpack->answers,
	    &(struct bundle_record){.kind = BUNDLE_FRONT,
		.head = bytes_of(at, bundle_front_put(at, front))});
	return OK;
}

static void
write_answer(struct unpack *unpack, const struct carried *answer)
{
	struct message *message;
	uint8_t *frame;

	if (unpack->answers == NULL)
		return;
	message = xcalloc(1, sizeof *message);
	frame = xcalloc(1, LINK_FRAME_MAX);
	message->kind = answer->kind;
	if (answer->kind == MESSAGE_RECEIPT)
		message->receipt = answer->receipt;
	else if (answer->kind == MESSAGE_RECOVERED)
		message->recovered = answer->recovered;
	else
		message->refusal = answer->refusal;
	bundle_write(unpack->answers,
	    &(struct bundle_record){.kind = BUNDLE_ANSWER,
		.head = bytes_of(
		    frame, message_put(message, frame, LINK_FRAME_MAX))});
	free(frame);
	free(message);
}

/* False: there is no such part. */
static bool
write_slice(
    struct unpack *unpack, const struct fetch *fetch, struct slice *slice)
{
	const struct view *view = unpack->reading->view;
	const struct view_node *node =
	    view_node_by_id(view, unpack->answered.node);
	struct message message = {.kind = MESSAGE_SLICE};
	struct slice_body *body = xcalloc(1, sizeof *body);
	uint8_t header[HEADER_MAX];
	bool is_there =
	    slice_pack(view, node->wilayah, fetch, &message.slice, body);

	if (is_there) {
		*slice = message.slice;
		bundle_write(unpack->answers,
		    &(struct bundle_record){.kind = BUNDLE_SLICE,
			.head = bytes_of(header,
			    message_put(&message, header, sizeof header)),
			.body = bytes_of(body->at, body->len)});
	}
	free(body);
	return is_there;
}

static void
write_parts(struct unpack *unpack, enum what what)
{
	struct fetch fetch = {.what = what, .part = 1};
	struct slice slice = {0};

	while (write_slice(unpack, &fetch, &slice) && fetch.part < slice.parts)
		fetch.part++;
}

void
unpack_answer_slices(struct unpack *unpack)
{
	const struct view_region *region = view_region(unpack->reading->view);
	const struct bundle_front *front = &unpack->answered;
	struct fetch fetch = {.what = WHAT_RECIPIENTS,
	    .version = front->recipients_version + 1,
	    .part = 1};
	struct slice slice;

	if (unpack->answers == NULL)
		return;
	if (region->roster_version > front->roster_version)
		write_parts(unpack, WHAT_ROSTER);
	if (region->campaign_version > front->campaign_version)
		write_parts(unpack, WHAT_CAMPAIGNS);
	if (region->recipients_version > VERSIONS_BACK_MAX &&
	    fetch.version <= region->recipients_version - VERSIONS_BACK_MAX)
		fetch.version =
		    region->recipients_version - VERSIONS_BACK_MAX + 1;
	for (; fetch.version <= region->recipients_version; fetch.version++)
		(void)write_slice(unpack, &fetch, &slice);
}

/* ---- carrying */

struct carrying {
	struct unpack *unpack;
	struct unpacked *result;
	struct carry carry;
	uint64_t counted_seq; /* refused rows are counted up to here */
};

static void
count_refused(struct carrying *carrying, const struct receipt *receipt)
{
	for (uint32_t i = 0; i < receipt->refused_count; i++) {
		uint64_t seq = receipt->refused[i].seq;

		if (seq <= carrying->counted_seq)
			continue;
		carrying->counted_seq = seq;
		carrying->result->refused++;
	}
}

/* The next answer continues this head. */
static enum err
take_head(struct carrying *carrying, const char *text)
{
	const struct view_region *region =
	    view_region(carrying->unpack->reading->view);
	struct checkpoint head;

	if (checkpoint_open(&head, text, strlen(text), region->origin,
		region->log_key) != OK) {
		tell("Jawaban wilayah yang berjalan tidak ditandatangani "
		     "kunci log di direktori ini.",
		    "The running region's answer is not signed by this "
		    "directory's log key.");
		return ERR_INVALID;
	}
	carrying->unpack->told_epoch = region->epoch;
	carrying->unpack->told_size = head.size;
	return OK;
}

static enum err
take_receipt(struct carrying *carrying, const struct receipt *receipt)
{
	enum err err = take_head(carrying, receipt->checkpoint);

	if (err != OK)
		return err;
	carrying->result->receipts++;
	carrying->result->have = receipt->have;
	count_refused(carrying, receipt);
	return OK;
}

/* A node that knows the log only from before it was recovered is told that
 * first; then the same push is taken. */
static enum err
carry_one(struct carrying *carrying, struct bytes body, enum message_kind *kind)
{
	struct unpack *unpack = carrying->unpack;
	const struct carried *answer;
	enum err err;

	if (unpack->told_size > 0) {
		carrying->carry.seen_epoch = unpack->told_epoch;
		carrying->carry.seen_size = unpack->told_size;
	}
	err = bearer_carry(unpack->bearer, &carrying->carry, body, &answer);
	if (err != OK)
		return err;
	if (answer->kind == MESSAGE_RECEIPT) {
		err = take_receipt(carrying, &answer->receipt);
	} else if (answer->kind == MESSAGE_RECOVERED) {
		err = take_head(carrying, answer->recovered.checkpoint);
	} else {
		carrying->result->word = answer->refusal.word;
		carrying->result->have = answer->refusal.have;
		carrying->result->gap_to = carrying->carry.push.first_seq;
	}
	if (err == OK)
		write_answer(unpack, answer);
	*kind = answer->kind;
	return err;
}

static enum err
carry_push(struct carrying *carrying, struct bytes body)
{
	enum message_kind kind = MESSAGE_NONE;
	enum err err = carry_one(carrying, body, &kind);

	if (err == OK && kind == MESSAGE_RECOVERED)
		err = carry_one(carrying, body, &kind);
	return err;
}

enum err
unpack_carry(struct unpack *unpack, const char *path,
    const struct bundle_front *front, struct unpacked *result)
{
	struct carrying carrying = {.unpack = unpack,
	    .result = result,
	    .carry = {.seen_epoch = front->seen_epoch,
		.seen_size = front->seen_size}};
	struct message_codec *codec = message_codec_new();
	uint64_t next = front->first_seq;
	struct bundle_reader *reader = NULL;
	struct bundle_record record;
	struct message message;
	enum err err = open_reader(unpack, &reader, path);

	*result = (struct unpacked){0};
	if (err == OK && bundle_read(reader, &record) != OK)
		err = tell_damaged(path);
	while (err == OK && result->word == REJECT_NONE) {
		err = bundle_read(reader, &record);
		if (err != OK)
			break;
		if (!take_push(codec, &record, front, &next, &message))
			break;
		carrying.carry.push = message.push;
		err = carry_push(&carrying, record.body);
	}
	bundle_reader_close(reader);
	message_codec_free(codec);
	return err == ERR_NOTFOUND ? OK : err;
}
