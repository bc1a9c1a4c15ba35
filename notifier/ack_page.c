/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_page.h"

#include "model/calendar.h"
#include "trust/hash.h"

#include <inttypes.h>
#include <string.h>

static const char style[] =
    "body{margin:0;background:#f4f5f3;color:#1c2420;"
    "font:1.0625rem/1.6 system-ui,sans-serif}"
    "main{max-width:40rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}"
    ".drill{margin:0;padding:.75rem 1.25rem;text-align:center;"
    "background:#ffd84d;color:#1c2420;border-bottom:.25rem solid #1c2420}"
    "h1{font-size:1.5rem;line-height:1.3;margin:1rem 0 .5rem}"
    "h2{font-size:1rem;margin:2rem 0 .25rem}"
    "dl{margin:1rem 0;padding:.75rem 1rem;background:#fff;"
    "border:1px solid #cfd5d1;border-radius:.375rem}"
    "dt{font-size:.875rem;color:#4d5a53}"
    "dd{margin:0 0 .5rem;overflow-wrap:anywhere}dd:last-child{margin:0}"
    "button{width:100%;padding:.9rem 1rem;font:inherit;font-weight:600;"
    "color:#fff;background:#14532d;border:0;border-radius:.375rem;"
    "cursor:pointer}"
    "button:hover{background:#0d3b20}"
    "button:focus-visible{outline:.2rem solid #ffd84d;outline-offset:.15rem}"
    ".said{padding:.75rem 1rem;background:#e2efe6;"
    "border-left:.375rem solid #14532d}"
    ".no{padding:.75rem 1rem;background:#f6e6df;"
    "border-left:.375rem solid #8a2f0d}"
    ".en{margin-top:2.5rem;padding-top:1rem;border-top:1px solid #cfd5d1}";

enum language_at { ID, EN, LANGUAGES };

static const struct saying {
	const char *word;
	unsigned status;
	const char *title[LANGUAGES];
	const char *text[LANGUAGES]; /* NULL: it is said elsewhere */
} sayings[ACK_SAY_COUNT] = {
    [ACK_ASK] = {"asked", 200,
	{"Apakah kantor ini sudah tahu?", "Does this office know?"},
	{NULL, NULL}},
    [ACK_RECORDED] = {"recorded", 200, {"Tercatat", "Recorded"},
	{"Terima kasih. Kantor ini tercatat sudah mengetahui peringatan di "
	 "bawah ini.",
	    "Thank you. This office is recorded as knowing of the alert "
	    "below."}},
    [ACK_ALREADY] = {"already", 200,
	{"Sudah tercatat sebelumnya", "Already recorded"},
	{"Kantor ini sudah tercatat mengetahui peringatan di bawah ini; tidak "
	 "ada yang berubah.",
	    "This office was already recorded as knowing of the alert below; "
	    "nothing has changed."}},
    [ACK_MALFORMED] = {"malformed", 404,
	{"Tautan tidak utuh", "Incomplete link"},
	{"Tautan ini terpotong atau salah ketik: salin seluruhnya dari surat "
	 "peringatan, sampai huruf terakhir.",
	    "This link is cut off or mistyped: copy it from the alert's letter "
	    "as a whole, to its last letter."}},
    [ACK_VOID] = {"void", 403, {"Tautan tidak berlaku", "Link not valid"},
	{"Tautan ini tidak berlaku: berubah di jalan, atau sudah dibatalkan. "
	 "Pakailah tautan di surat terbaru, atau hubungi admin wilayah.",
	    "This link is not valid: it was changed on its way, or has been "
	    "revoked. Use the one in the newest letter, or ask the regional "
	    "admin."}},
    [ACK_EXPIRED] = {"expired", 410, {"Tautan kedaluwarsa", "Link expired"},
	{"Masa berlaku tautan ini sudah habis; tidak ada yang dicatat. "
	 "Pakailah tautan di surat terbaru, atau hubungi admin wilayah.",
	    "This link has expired; nothing was recorded. Use the one in the "
	    "newest letter, or ask the regional admin."}},
    [ACK_UNKNOWN] = {"unknown", 404,
	{"Peringatan tidak dikenal", "Alert not known"},
	{"Peringatan ini tidak dikenal di sini; tidak ada yang dicatat. "
	 "Hubungi admin wilayah.",
	    "This alert is not known here; nothing was recorded. Ask the "
	    "regional admin."}},
    [ACK_ENDED] = {"ended", 410,
	{"Peringatan sudah berakhir", "The alert has ended"},
	{"Peringatan ini sudah berakhir; tidak ada lagi yang perlu dinyatakan "
	 "dan tidak ada yang dicatat.",
	    "This alert has ended; there is nothing left to acknowledge and "
	    "nothing was recorded."}},
    [ACK_MOVED] = {"moved", 410,
	{"Jabatan sudah beralih", "The seat has passed on"},
	{"Tautan ini milik masa jabatan yang sudah berakhir; tidak ada yang "
	 "dicatat. Pejabat yang sekarang memakai tautan di suratnya sendiri.",
	    "This link belongs to a term of office that has ended; nothing "
	    "was recorded. Who holds the seat now uses the link in their own "
	    "letter."}},
    [ACK_NOT_STORED] = {"not_stored", 503, {"Belum tercatat", "Not recorded"},
	{"Belum tercatat: server sedang tidak dapat menyimpannya. Coba lagi "
	 "nanti, atau hubungi admin wilayah.",
	    "Not recorded: the server cannot store it now. Try again later, or "
	    "ask the regional admin."}},
};

static const char *const words[][LANGUAGES] = {
    {"Tentang", "About"},
    {"Kepada", "To"},
    {"Aturan", "Rule"},
    {"Dinilai", "Judged"},
    {"Rujukan", "Reference"},
    {"Yang menyatakan", "Acknowledged by"},
    {"Pada", "At"},
    {"Berlaku sampai", "Holds until"},
    {"Sudah dinyatakan kantor lain", "Other offices have acknowledged"},
    {"masa jabatan", "term"},
    {"Ya, kantor ini sudah tahu", "Yes, this office knows"},
    {"Artinya", "What it means"},
};
enum word {
	ABOUT,
	TO,
	RULE,
	JUDGED,
	REFERENCE,
	BY,
	AT,
	UNTIL,
	OTHERS,
	TERM,
	BUTTON,
	MEANING,
};

static const char *const meaning[LANGUAGES] = {
    "Dengan menekan tombol, kantor ini menyatakan sudah mengetahui peringatan "
    "ini sejak saat itu. Itu bukan pengakuan bersalah, bukan tindak lanjut, "
    "dan bukan akhir perkara: permintaan dan tenggat di dalam surat tetap "
    "berlaku. Yang dicatat adalah jabatan, masa jabatan dan waktunya; nama "
    "orang tidak.",
    "By pressing the button this office states that it has known of this "
    "alert from that moment on. It admits no guilt, takes no action and ends "
    "nothing: what the letter asks, and by when, still holds. The seat, the "
    "term of office and the time are recorded; no person's name is."};
static const char *const law[LANGUAGES] = {
    "Atasan yang mengetahui dugaan pelanggaran disiplin wajib "
    "menindaklanjutinya (PP 94/2021 Pasal 26 dan 28). Yang dilaporkan masih "
    "dugaan, bukan putusan.",
    "A superior who knows of an alleged breach of discipline has to act on it "
    "(PP 94/2021, articles 26 and 28). What is reported is alleged, not "
    "found."};
static const char *const newer[LANGUAGES] = {
    "Ada surat yang lebih baru tentang peringatan ini: baca juga surat itu.",
    "There is a newer letter about this alert: read that one, too."};
static const char *const drill[LANGUAGES] = {
    "halaman ini bagian dari latihan, bukan kejadian nyata.",
    "this page is part of a drill; nothing of it is real."};

struct writer {
	struct text_buf *out;
	const struct ack_view *view;
	enum language_at language;
};

unsigned
ack_say_status(enum ack_say say)
{
	return sayings[say].status;
}

const char *
ack_say_word(enum ack_say say)
{
	return sayings[say].word;
}

void
ack_page_style_hash(char hash[ACK_STYLE_HASH_MAX])
{
	struct hash sum = hash_bytes(bytes_of_text(style));

	_Static_assert(
	    sizeof "sha256-" + BASE64_SIZE(HASH_SIZE) <= ACK_STYLE_HASH_MAX,
	    "the hash must fit");
	memcpy(hash, "sha256-", sizeof "sha256-");
	base64_put(hash + strlen(hash), sum.at, HASH_SIZE);
}

/* Names and titles come from the region's files. */
static void
put_text(struct text_buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		size_t plain = strcspn(text, "&<>\"'");

		text_buf_add_bytes(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		text_buf_add(out, "&#%u;", (unsigned)(unsigned char)*text);
	}
}

static void
put_element(struct writer *writer, const char *open, const char *text)
{
	size_t name = strcspn(open, " ");

	text_buf_add(writer->out, "<%s>", open);
	put_text(writer->out, text);
	text_buf_add(writer->out, "</%.*s>\n", (int)name, open);
}

static void
put_fact(struct writer *writer, enum word word, const char *text)
{
	put_element(writer, "dt", words[word][writer->language]);
	put_element(writer, "dd", text);
}

static void
put_time(struct writer *writer, enum word word, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put_long(
	    text, ms, writer->view->zone, writer->language == EN);
	put_fact(writer, word, text);
}

/* "kepala-73.04, masa jabatan pj-1" */
static void
put_who(
    struct writer *writer, enum word word, const char *who, const char *term)
{
	struct text_buf text = {0};

	text_buf_add(&text, "%s", who);
	if (term[0] != '\0')
		text_buf_add(
		    &text, ", %s %s", words[TERM][writer->language], term);
	put_fact(writer, word, text.at);
	text_buf_clear(&text);
}

static void
put_matter(struct writer *writer)
{
	const struct ack_view *view = writer->view;
	struct text_buf text = {0};

	if (view->headline_id == NULL)
		return;
	text_buf_add(writer->out, "<dl>\n");
	put_fact(writer, ABOUT,
	    writer->language == EN ? view->headline_en : view->headline_id);
	put_who(writer, TO, view->title, view->term);
	put_fact(writer, RULE, view->rule);
	put_time(writer, JUDGED, view->judged_at_ms);
	text_buf_add(&text, "%s / %" PRIu64, view->reference, view->index);
	put_fact(writer, REFERENCE, text.at);
	text_buf_clear(&text);
	text_buf_add(writer->out, "</dl>\n");
}

static void
put_stand(struct writer *writer, const struct ack_stand *stand)
{
	put_who(writer, BY, stand->what.seat, stand->what.term);
	put_time(writer, AT, stand->at_ms);
	put_time(writer, UNTIL, stand->what.until_ms);
}

static void
put_others(struct writer *writer)
{
	const struct ack_view *view = writer->view;

	if (view->other_count == 0)
		return;
	put_element(writer, "h2", words[OTHERS][writer->language]);
	text_buf_add(writer->out, "<dl>\n");
	for (unsigned i = 0; i < view->other_count; i++)
		put_stand(writer, &view->others[i]);
	text_buf_add(writer->out, "</dl>\n");
}

static void
put_part(struct writer *writer)
{
	const struct ack_view *view = writer->view;
	const struct saying *saying = &sayings[view->say];
	enum language_at language = writer->language;

	put_element(writer, "h1", saying->title[language]);
	if (saying->text[language] != NULL)
		put_element(writer,
		    saying->status == 200 ? "p class=\"said\""
					  : "p class=\"no\"",
		    saying->text[language]);
	if (view->own != NULL) {
		text_buf_add(writer->out, "<dl>\n");
		put_stand(writer, view->own);
		text_buf_add(writer->out, "</dl>\n");
	}
	put_matter(writer);
	if (view->has_newer)
		put_element(writer, "p", newer[language]);
	put_others(writer);
	if (view->say != ACK_ASK)
		return;
	put_element(writer, "h2", words[MEANING][language]);
	put_element(writer, "p", meaning[language]);
	if (view->is_allegation)
		put_element(writer, "p", law[language]);
}

/* It goes back to where the page came from, whatever a proxy made of the
 * address. */
static void
put_button(struct writer *writer)
{
	if (writer->view->say != ACK_ASK)
		return;
	text_buf_add(writer->out,
	    "<form method=\"post\"><button type=\"submit\">%s<br>"
	    "<span lang=\"en\">%s</span></button></form>\n",
	    words[BUTTON][ID], words[BUTTON][EN]);
}

void
ack_page_put(struct text_buf *out, const struct ack_view *view)
{
	struct writer writer = {.out = out, .view = view, .language = ID};

	text_buf_add(out,
	    "<!doctype html>\n<html lang=\"id\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<title>%s%s - Ikrar</title>\n<style>%s</style>\n</head>\n<body>\n",
	    view->is_drill ? "LATIHAN: " : "", sayings[view->say].title[ID],
	    style);
	if (view->is_drill)
		text_buf_add(out,
		    "<p class=\"drill\"><strong>LATIHAN</strong>: %s<br>"
		    "<span lang=\"en\"><strong>DRILL</strong>: %s</span></p>\n",
		    drill[ID], drill[EN]);
	text_buf_add(out, "<main>\n");
	put_part(&writer);
	put_button(&writer);
	writer.language = EN;
	text_buf_add(out, "<section class=\"en\" lang=\"en\">\n");
	put_part(&writer);
	text_buf_add(out, "</section>\n</main>\n</body>\n</html>\n");
}
