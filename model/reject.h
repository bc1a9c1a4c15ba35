/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why something is refused: one word, the same in the refusal, the log, the
 * counter and the quarantine. Batch words consume nothing; event words
 * consume the sequence number and are proven in the log.
 *     X(constant, word, is it a batch word, Indonesian, English)
 */
#ifndef MODEL_REJECT_H
#define MODEL_REJECT_H

#include <stdbool.h>

#define REJECT_TABLE(X)                                                        \
	X(REJECT_NONE, "ok", true, "diterima", "accepted")                     \
	X(REJECT_BAD_SIGNATURE, "bad_signature", true,                         \
	    "tanda tangan simpul tidak sah",                                   \
	    "the node's signature is not valid")                               \
	X(REJECT_GAP, "gap", true, "ada catatan yang belum sampai",            \
	    "records before these have not arrived")                           \
	X(REJECT_FORK, "fork", true, "rantai catatan bercabang",               \
	    "the chain of records forks")                                      \
	X(REJECT_REVOKED, "revoked", true, "simpul sudah dicabut",             \
	    "the node is revoked")                                             \
	X(REJECT_UNKNOWN_NODE, "unknown_node", true, "simpul tidak dikenal",   \
	    "the node is not known")                                           \
	X(REJECT_TOO_LARGE, "too_large", true, "kiriman terlalu besar",        \
	    "the message is too large")                                        \
	X(REJECT_MALFORMED, "malformed", true, "kiriman rusak",                \
	    "the message cannot be read")                                      \
	X(REJECT_VERSION, "version", true, "versi tidak didukung",             \
	    "the version is not supported")                                    \
	X(REJECT_BLOB_MISSING, "blob_missing", true,                           \
	    "bagian tersegel tidak ada", "the sealed part is missing")         \
	X(REJECT_BUSY, "busy", true, "wilayah sibuk, coba lagi nanti",         \
	    "the region is busy, come back later")                             \
	X(REJECT_CLOCK, "clock", true, "jam wilayah harus diperiksa",          \
	    "the region's clock must be checked")                              \
	X(REJECT_CODE, "code", true, "kode undangan tidak berlaku",            \
	    "the invitation code is not valid")                                \
	X(REJECT_DIVERGED, "diverged", true, "log ini bukan kelanjutannya",    \
	    "this log is not the one that was read before")                    \
	X(REJECT_PREFIX, "prefix", false, "di luar wilayah simpul ini",        \
	    "outside the wilayah of this node")                                \
	X(REJECT_KIND, "kind", false,                                          \
	    "jenis catatan ini bukan hak simpul ini",                          \
	    "this node may not write this kind of event")                      \
	X(REJECT_NON_CANONICAL, "non_canonical", false,                        \
	    "bentuk data tidak baku", "the bytes are not in canonical form")   \
	X(REJECT_OVERSIZE, "oversize", false, "catatan terlalu panjang",       \
	    "the event is too long")                                           \
	X(REJECT_FIELD, "field", false, "isian tidak sah",                     \
	    "a field is not valid")                                            \
	X(REJECT_IDENTITY, "identity", false, "identitas catatan tidak cocok", \
	    "node, number or wilayah do not match")                            \
	X(REJECT_UNKNOWN_UNIT, "unknown_unit", false,                          \
	    "unit tidak ada di daftar", "the unit is not on the roster")       \
	X(REJECT_UNKNOWN_CAMPAIGN, "unknown_campaign", false,                  \
	    "kegiatan ikrar tidak dikenal", "the campaign is not known")       \
	X(REJECT_UNKNOWN_RECORD, "unknown_record", false,                      \
	    "catatan yang dirujuk tidak ada",                                  \
	    "the record referred to is not there")                             \
	X(REJECT_TIME, "time", false, "tanggal tidak masuk akal",              \
	    "the date is not plausible")                                       \
	X(REJECT_LOCKED, "locked", false, "masa pencatatan sudah ditutup",     \
	    "the campaign is locked")                                          \
	X(REJECT_DIGITS, "digits", false,                                      \
	    "ada deret angka mirip NIP atau NIK",                              \
	    "a run of digits looks like an NIP or NIK")                        \
	X(REJECT_NOT_SEALED, "not_sealed", false,                              \
	    "bagian tersegel wajib ada dan utuh",                              \
	    "it must have its sealed part, and whole")                         \
	X(REJECT_NOT_RECIPIENT, "not_recipient", false,                        \
	    "perubahan penerima tidak ditandatangani penerima yang berlaku",   \
	    "no recipient so far has signed the change of recipients")         \
	X(REJECT_NO_EVIDENCE, "no_evidence", false, "belum ada bukti",         \
	    "there is no evidence yet")                                        \
	X(REJECT_NO_DECISION, "no_decision", false, "nomor putusan wajib ada", \
	    "a decision number is needed")                                     \
	X(REJECT_VERSION_ORDER, "version_order", false,                        \
	    "bagian atau versi tidak berurutan",                               \
	    "part or version out of order")                                    \
	X(REJECT_ROLLBACK, "rollback", true,                                   \
	    "log wilayah mundur ke cadangan lama; menunggu recover",           \
	    "the region's log is an older copy and waits for recover")

enum reject {
#define REJECT_ENUM(name, word, batch, id, en) name,
	REJECT_TABLE(REJECT_ENUM)
#undef REJECT_ENUM
	    REJECT_COUNT,
};
const char *reject_word(enum reject reject);
const char *reject_text_id(enum reject reject);
const char *reject_text_en(enum reject reject);
bool reject_is_batch(enum reject reject);
/* REJECT_COUNT: no such word. */
enum reject reject_by_word(const char *word);

#endif
