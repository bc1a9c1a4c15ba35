/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be found in a log that was handed out: a closed list. A failure
 * names who must answer for it: the region (its admin and its log), the node
 * that recorded, or whoever handed the files to the reader. What nobody must
 * answer for is a note, and fails nothing.
 */
#ifndef IKRAR_FINDING_H
#define IKRAR_FINDING_H

#include "trust/hash.h"

enum { ANSWER_REGION = 1, ANSWER_NODE = 2, ANSWER_FILES = 4 };

/* X(constant, word, who must answer, Indonesian, English) */
#define FINDING_TABLE(X)                                                      \
	X(FINDING_CHECKPOINT, "checkpoint", ANSWER_FILES,                     \
	    "checkpoint tidak ditandatangani kunci log atau rusak",           \
	    "the checkpoint is damaged or not signed by the log key")         \
	X(FINDING_KEY, "key", ANSWER_REGION,                                  \
	    "kunci atau nama log bukan yang dipercaya",                       \
	    "key or name of the log is not the trusted one")                  \
	X(FINDING_ROOT, "root", ANSWER_FILES,                                 \
	    "entri tidak menghasilkan akar pada checkpoint",                  \
	    "the entries do not give the root of the checkpoint")             \
	X(FINDING_SHORT, "short", ANSWER_FILES,                               \
	    "entri kurang dari yang disebut checkpoint",                      \
	    "there are fewer entries than the checkpoint says")               \
	X(FINDING_LONG, "long", ANSWER_FILES,                                 \
	    "entri lebih dari yang disebut checkpoint",                       \
	    "there are more entries than the checkpoint says")                \
	X(FINDING_BUNDLE, "bundle", ANSWER_FILES,                             \
	    "berkas entri tidak ada atau rusak",                              \
	    "a bundle of entries is missing or damaged")                      \
	X(FINDING_TILE, "tile", ANSWER_FILES,                                 \
	    "berkas hash tidak cocok dengan entri",                           \
	    "a tile is not what the entries give")                            \
	X(FINDING_TILE_MISSING, "tile_missing", ANSWER_FILES,                 \
	    "berkas hash tidak ada", "a tile is missing")                     \
	X(FINDING_STRAY, "stray", ANSWER_FILES,                               \
	    "berkas ini tidak termasuk dalam log",                            \
	    "this file does not belong to the log")                           \
	X(FINDING_BLOB, "blob", ANSWER_FILES,                                 \
	    "bagian tersegel bukan yang dicatat",                             \
	    "the sealed part is not the recorded one")                        \
	X(FINDING_BLOB_STRAY, "blob_stray", ANSWER_FILES,                     \
	    "tidak ada entri yang menyebut bagian tersegel ini",              \
	    "no entry names this sealed part")                                \
	X(FINDING_START, "start", ANSWER_REGION,                              \
	    "log dimulai dengan satu LogStarted",                             \
	    "a log begins with its one LogStarted")                           \
	X(FINDING_ENTRY, "entry", ANSWER_REGION, "isi ini bukan entri",       \
	    "these bytes are no entry")                                       \
	X(FINDING_EVENT, "event", ANSWER_REGION, "isi catatan tidak sah",     \
	    "the event is not valid")                                         \
	X(FINDING_AUTHOR, "author", ANSWER_REGION,                            \
	    "jenis catatan ini bukan hak penulisnya",                         \
	    "this kind does not fit its author")                              \
	X(FINDING_RECEIVED, "received", ANSWER_REGION,                        \
	    "diterima sebelum entri di depannya",                             \
	    "received before the entry ahead of it")                          \
	X(FINDING_OWN, "own", ANSWER_REGION,                                  \
	    "entri log sendiri tidak seperti yang ditulis log",               \
	    "an own entry is not as the log writes it")                       \
	X(FINDING_TICK, "tick", ANSWER_REGION,                                \
	    "Ticked hilang, berlebih, atau bukan pada waktunya",              \
	    "a Ticked is missing, too many, or not of its time")              \
	X(FINDING_ENROLMENT, "enrolment", ANSWER_REGION,                      \
	    "simpul didaftarkan tanpa undangan yang berlaku",                 \
	    "a node was enrolled without a valid invitation")                 \
	X(FINDING_UNKNOWN_NODE, "unknown_node", ANSWER_REGION,                \
	    "entri yang mendaftarkan simpul ini tidak ada",                   \
	    "the entry that enrolled this node is missing")                   \
	X(FINDING_GAP, "gap", ANSWER_REGION, "catatan simpul ini hilang",     \
	    "this event of the node is missing")                              \
	X(FINDING_REPEATED, "repeated", ANSWER_REGION,                        \
	    "nomor ini sudah ada sebelumnya", "this number was there before") \
	X(FINDING_STAMP, "stamp", ANSWER_REGION, "cap simpul tidak sah",      \
	    "the node's stamp is not valid")                                  \
	X(FINDING_UNCOVERED, "uncovered", ANSWER_REGION,                      \
	    "catatan terakhir simpul tidak tercakup cap",                     \
	    "the node's last events are under no stamp")                      \
	X(FINDING_SEEN, "seen", ANSWER_REGION | ANSWER_NODE,                  \
	    "kepala log yang dilihat simpul tidak pernah ada di log ini",     \
	    "the head that the node has seen was never in this log")          \
	X(FINDING_REVOKED, "revoked", ANSWER_REGION | ANSWER_NODE,            \
	    "simpul sudah dicabut", "the node was revoked before")            \
	X(FINDING_NOT_ALLOWED, "not_allowed", ANSWER_REGION | ANSWER_NODE,    \
	    "catatan ini seharusnya ditolak",                                 \
	    "this event should have been refused")                            \
	X(FINDING_ALERT_ALTERED, "alert_altered", ANSWER_REGION,              \
	    "peringatan diubah", "an alert was altered")                      \
	X(FINDING_ALERT_REMOVED, "alert_removed", ANSWER_REGION,              \
	    "peringatan dihapus", "an alert was removed")                     \
	X(FINDING_ALERT_ADDED, "alert_added", ANSWER_REGION,                  \
	    "peringatan ditambahkan", "an alert was added")                   \
	X(FINDING_RECEIPT, "receipt", ANSWER_FILES,                           \
	    "berkas tanda terima tidak ada atau rusak",                       \
	    "the receipt's file is missing or damaged")                       \
	X(FINDING_RECEIPT_KEY, "receipt_key", ANSWER_FILES,                   \
	    "tanda terima tidak ditandatangani log ini",                      \
	    "the receipt is not signed by this log")                          \
	X(FINDING_RECEIPT_PROOF, "receipt_proof", ANSWER_FILES,               \
	    "bukti dalam tanda terima tidak sah",                             \
	    "the receipt's proof is not valid")                               \
	X(FINDING_ROLLED_BACK, "rolled_back", ANSWER_REGION,                  \
	    "log lebih pendek daripada saat tanda terima dibuat",             \
	    "the log is shorter than when it gave the receipt")               \
	X(FINDING_HISTORY, "other_history", ANSWER_REGION,                    \
	    "tanda terima berasal dari sejarah log yang lain",                \
	    "the receipt is of another history of the log")                   \
	X(FINDING_RECEIPT_RECORD, "receipt_record", ANSWER_REGION,            \
	    "catatan pada tanda terima tidak ada di log",                     \
	    "the receipt's record is not in the log")                         \
	X(NOTE_REFUSED, "refused", 0,                                         \
	    "catatan pada tanda terima ditolak wilayah",                      \
	    "the receipt's record was refused by the region")                 \
	X(NOTE_BLOB_ABSENT, "blob_absent", 0,                                 \
	    "bagian tersegel dihapus atau tidak diekspor",                    \
	    "the sealed part was erased or not exported")                     \
	X(NOTE_FAULT, "fault", 0, "log mencatat kesalahan simpul ini",        \
	    "the log notes a fault of this node")                             \
	X(NOTE_RECOVERED, "recovered", 0,                                     \
	    "log dilanjutkan dari cadangan yang lebih lama",                  \
	    "the log goes on from an older copy of itself")

enum finding_kind {
#define FINDING_ENUM(name, word, who, id, en) name,
	FINDING_TABLE(FINDING_ENUM)
#undef FINDING_ENUM
	    FINDING_COUNT,
};

const char *finding_word(enum finding_kind kind);
const char *finding_text_id(enum finding_kind kind);
const char *finding_text_en(enum finding_kind kind);
unsigned finding_who(enum finding_kind kind); /* 0: a note */

/* What it points to lives until the listener returns. */
struct finding {
	enum finding_kind kind;
	uint64_t index;      /* of the entry, or where it should stand */
	const uint8_t *node; /* NULL: of none */
	const char *wilayah; /* of the node, if it is known */
	uint64_t seq;        /* 0: none */
	const char *detail;  /* a file, a word; NULL: none */
};

/* Where they go; each module that finds something holds one of these. */
struct findings {
	void (*fn)(void *context, const struct finding *finding);
	void *context;
};
void findings_tell(
    const struct findings *findings, const struct finding *finding);

#endif
