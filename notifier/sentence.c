/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/sentence.h"

#include <string.h>

enum { WRAP_COLUMNS = 72 };

struct pair {
	const char *at[2]; /* enum language */
};

static const struct pair sentences[SAY_COUNT] = {
    [SAY_DRILL_TAG] = {{"LATIHAN", "DRILL"}},
    [SAY_DRILL] = {{"LATIHAN: pesan ini bagian dari latihan, bukan kejadian "
		    "nyata.",
	"LATIHAN: this message is part of a drill; nothing of it is real."}},
    [SAY_OPENED] = {{"Peringatan", "Alert"}},
    [SAY_RAISED] = {{"Peringatan naik", "Alert raised"}},
    [SAY_CORRECTED] = {{"Ralat", "Correction"}},
    [SAY_WITHDRAWN] = {{"Dicabut", "Withdrawn"}},
    [SAY_RESOLVED] = {{"Selesai", "Resolved"}},
    [SAY_HEAD_UNSIGNED] = {{"{3}: {1} unit di {2}",
	"{3}: {1} unit{1s} in {2}"}},
    [SAY_SHORT_READ] = {{"ikrar belum dibacakan", "pledge not read"}},
    [SAY_SHORT_HEAD] = {{"pakta belum ditandatangani pimpinan",
	"pact not signed by the head"}},
    [SAY_SHORT_SHARE] = {{"tanda tangan pakta belum cukup",
	"too few signatures"}},
    [SAY_HEAD_REPEAT] = {{"dugaan berulang di {2} ({1} dilaporkan)",
	"repeated allegations in {2} ({1} reported)"}},
    [SAY_HEAD_UNSIGNED_END] = {{"peringatan {2} di {1}",
	"alert on {2} in {1}"}},
    [SAY_HEAD_REPEAT_END] = {{"peringatan dugaan berulang di {1}",
	"alert about repeated allegations in {1}"}},
    [SAY_TO] = {{"Kepada: {1}", "To: {1}"}},
    [SAY_TO_TERM] = {{"Kepada: {1} (masa jabatan {2})", "To: {1} (term {2})"}},
    [SAY_IS_OPENED] = {{"PERINGATAN. Ambang aturan di bawah ini tercapai.",
	"ALERT. The threshold of the rule below has been reached."}},
    [SAY_IS_RAISED] = {{"PERINGATAN NAIK. Angka peringatan ini bertambah.",
	"ALERT RAISED. The figures of this alert have grown."}},
    [SAY_IS_CORRECTED] = {{"RALAT. Pesan kami sebelumnya tentang perkara ini "
			   "keliru atau sudah berubah; yang benar ada di "
			   "sini.",
	"CORRECTION. Our earlier message about this matter was wrong or has "
	"changed; here is what holds."}},
    [SAY_IS_WITHDRAWN] = {{"DICABUT. Peringatan ini kami tarik kembali: kabar "
			   "yang datang kemudian menunjukkan bahwa ambangnya "
			   "tidak tercapai. Kami mohon maaf.",
	"WITHDRAWN. We take this alert back: what has arrived since shows that "
	"its threshold was not reached. We apologise."}},
    [SAY_IS_RESOLVED] = {{"SELESAI. Peringatan ini berakhir: ambangnya tidak "
			  "lagi tercapai.",
	"RESOLVED. This alert has ended: its threshold is no longer "
	"reached."}},
    [SAY_REASON] = {{"Alasan: {1}.", "Reason: {1}."}},
    [SAY_FIRST_HEARD] = {{"Ini pesan pertama tentang perkara ini kepada Anda; "
			  "perkaranya sudah berjalan sebelumnya.",
	"This is the first message about this matter to you; the matter itself "
	"is older."}},
    [SAY_NO_HEAD_SEAT] = {{"Catatan: peringatan ini untuk kantor kepala "
			   "daerah, tetapi kursinya belum terdaftar. Karena "
			   "itu dikirim kepada admin wilayah.",
	"Note: this alert is meant for the head's office, but no such seat is "
	"registered. So it goes to the regional admin."}},
    [SAY_NO_TERM] = {{"Catatan: peringatan ini untuk kantor kepala daerah, "
		      "tetapi tidak ada pemegang jabatan yang sah saat ini. "
		      "Karena itu dikirim kepada admin wilayah.",
	"Note: this alert is meant for the head's office, but nobody holds "
	"that seat now. So it goes to the regional admin."}},
    [SAY_ALLEGATION] = {{"Ini dugaan, bukan putusan bersalah. Hanya lembaga "
			 "yang berwenang yang memutus.",
	"These are allegations, not a finding of guilt. Only the competent "
	"body decides."}},
    [SAY_RULE] = {{"Aturan: {1}, versi {2}", "Rule: {1}, version {2}"}},
    [SAY_OBJECT] = {{"Tentang: {1} ({2}), lingkup {3}",
	"About: {1} ({2}), scope {3}"}},
    [SAY_OBJECT_BARE] = {{"Tentang: {1}, lingkup {3}",
	"About: {1}, scope {3}"}},
    [SAY_CAMPAIGN] = {{"Kegiatan: {1} ({2}); tenggat {3}; akhir masa tenggang "
		       "{4}",
	"Campaign: {1} ({2}); due {3}; end of grace {4}"}},
    [SAY_CAMPAIGN_BARE] = {{"Kegiatan: {1}", "Campaign: {1}"}},
    [SAY_MEASURE_READ] = {{"Ukuran: ikrar sudah dibacakan di unit itu",
	"Measure: the pledge was read in the unit"}},
    [SAY_MEASURE_HEAD] = {{"Ukuran: pakta integritas sudah ditandatangani "
			   "pimpinan unit",
	"Measure: the head of the unit has signed the integrity pact"}},
    [SAY_MEASURE_SHARE] = {{"Ukuran: tanda tangan pakta integritas mencapai "
			    "{1} persen pegawai unit",
	"Measure: signatures of the integrity pact reach {1} percent of the "
	"unit's staff"}},
    [SAY_OCCASION] = {{"Saat penilaian: {1}", "Point of judgement: {1}"}},
    [SAY_WINDOW] = {{"Dihitung dari {1} sampai {2}",
	"Counted from {1} to {2}"}},
    [SAY_AS_OF] = {{"Keadaan data: {1}", "Data as of: {1}"}},
    [SAY_FIGURES] = {{"Angka", "Figures"}},
    [SAY_FIGURES_BEFORE] = {{"Angka pesan sebelumnya, yang tidak berlaku lagi",
	"Figures of the earlier message, which no longer hold"}},
    [SAY_EXPECTED] = {{"unit yang wajib", "units expected"}},
    [SAY_ON_TIME] = {{"tepat waktu", "on time"}},
    [SAY_LATE] = {{"terlambat", "late"}},
    [SAY_UNSIGNED] = {{"belum memenuhi (sudah pasti)",
	"not fulfilled (known)"}},
    [SAY_UNHEARD] = {{"belum ada kabar (bukan berarti belum)",
	"not heard from (which is not \"not fulfilled\")"}},
    [SAY_REPORTED] = {{"dilaporkan", "reported"}},
    [SAY_VERIFIED] = {{"terverifikasi", "verified"}},
    [SAY_SOURCES] = {{"sumber berbeda", "distinct sources"}},
    [SAY_THRESHOLD_UNITS] = {{"ambang aturan (unit)", "threshold (units)"}},
    [SAY_THRESHOLD_SHARE] = {{"ambang aturan (persen)", "threshold (percent)"}},
    [SAY_THRESHOLD_REPORTS] = {{"ambang aturan", "threshold"}},
    [SAY_UNITS_UNSIGNED] = {{"Unit yang belum memenuhi",
	"Units that have not fulfilled it"}},
    [SAY_UNITS_REPEAT] = {{"Unit yang disebut dalam laporan",
	"Units named in the reports"}},
    [SAY_UNITS_REMOVED] = {{"Tidak lagi termasuk", "No longer among them"}},
    [SAY_UNITS_MORE] = {{"dan {1} unit lain", "and {1} other unit{1s}"}},
    [SAY_UNITS_STRUCK] = {{"({1} unit tidak disebut: kabar yang lebih baru "
			   "sudah mengeluarkannya)",
	"(not named: {1} unit{1s} that newer news has taken out)"}},
    [SAY_UNITS_ABOVE] = {{"Daftar unit ada di bagian atas.",
	"The list of units is in the part above."}},
    [SAY_ASK] = {{"Yang diminta", "What is asked"}},
    [SAY_ASK_ADMIN_UNSIGNED] = {{"Admin wilayah: mohon ingatkan unit di atas "
				 "dan kecamatannya untuk mencatat ikrarnya, "
				 "dan periksa kecamatan yang belum ada "
				 "kabarnya, sebelum akhir masa tenggang.",
	"Regional admin: please remind the units above and their kecamatan to "
	"record the pledge, and look after those not heard from, before the "
	"end of grace."}},
    [SAY_ASK_ADMIN_OVERDUE] =
	{{"Admin wilayah: mohon hubungi unit di atas dan kecamatannya, dan "
	  "periksa kecamatan yang belum ada kabarnya. Ikrar yang dicatat {2} "
	  "masih diterima, sebagai terlambat.",
	    "Regional admin: please get in touch with the units above and "
	    "their kecamatan, and look after those not heard from. A pledge "
	    "recorded {2} is still taken, as late."}},
    [SAY_ASK_HEAD_UNSIGNED] =
	{{"{1}: mohon minta pimpinan unit di atas melengkapi yang kurang "
	  "dan kecamatannya mencatatnya, {2}. Unit yang belum ada kabarnya "
	  "ditangani admin wilayah.",
	    "{1}: please ask the heads of the units above to complete what "
	    "is missing and their kecamatan to record it, {2}. Those not heard "
	    "from are "
	    "with the regional admin."}},
    [SAY_UNTIL_LOCK] = {{"sebelum {1}", "before {1}"}},
    [SAY_UNTIL_CLOSED] = {{"sebelum masa pencatatan ditutup",
	"before recording closes"}},
    [SAY_ASK_ADMIN_REPEAT] = {{"Admin wilayah: mohon pastikan laporan ini "
			       "ditinjau oleh yang berwenang. Jangan sebarkan "
			       "dan jangan simpulkan kesalahan siapa pun.",
	"Regional admin: please see that these reports are reviewed by those "
	"entitled to. Do not spread them and conclude nobody's guilt."}},
    [SAY_ASK_HEAD_REPEAT] = {{"{1}: mohon minta Inspektorat meninjau laporan "
			      "ini dalam tujuh hari. Jangan ambil tindakan "
			      "terhadap siapa pun atas dasar pesan ini.",
	"{1}: please ask the inspectorate to review these reports within seven "
	"days. Take no action against anybody on the strength of this "
	"message."}},
    [SAY_ASK_CORRECTED] = {{"Mohon pakai keadaan di pesan ini dan beri tahu "
			    "siapa pun yang menerima pesan sebelumnya dari "
			    "Anda.",
	"Please go by this message, and tell those to whom you passed on the "
	"earlier one."}},
    [SAY_ASK_WITHDRAWN] = {{"Mohon abaikan pesan sebelumnya, hentikan tindakan "
			    "yang didasarkan padanya, dan beri tahu siapa pun "
			    "yang menerimanya dari Anda.",
	"Please disregard the earlier messages, stop what was done because of "
	"them, and tell those to whom you passed them on."}},
    [SAY_ASK_RESOLVED] = {{"Tidak ada lagi yang diminta.",
	"Nothing more is asked."}},
    [SAY_ACKNOWLEDGE] = {{"Nyatakan bahwa kantor ini sudah tahu: buka tautan "
			  "ini dan tekan tombolnya.",
	"State that this office knows: open this link and press the "
	"button."}},
    [SAY_WHY] = {{"Mengapa Anda menerima ini: kursi {1} menerima peringatan "
		  "aturan {2} di {3}.",
	"Why you receive this: seat {1} is told of rule {2} in {3}."}},
    [SAY_REFERENCE] = {{"Rujukan: peringatan {1}, entri log {2}",
	"Reference: alert {1}, log entry {2}"}},
    [SAY_TEST_TAG] = {{"UJI COBA", "TEST"}},
    [SAY_TEST_HEAD] = {{"pesan percobaan untuk {1}", "trial message for {1}"}},
    [SAY_TEST] = {{"UJI COBA: ini pesan percobaan. Tidak ada peringatan di "
		   "baliknya.",
	"TEST: this is a trial message. There is no alert behind it."}},
    [SAY_TEST_LEAD] = {{"UJI COBA saluran {2} untuk kursi {1}.",
	"TEST of channel {2} for seat {1}."}},
    [SAY_TEST_SENT] = {{"Dikirim: {1}", "Sent: {1}"}},
    [SAY_TEST_ASK] = {{"Mohon kabari admin wilayah bahwa pesan ini sampai dan "
		       "dapat dibaca. Selain itu tidak ada yang diminta.",
	"Please tell the regional admin that this message has come and can be "
	"read. Nothing else is asked."}},
    [SAY_TEST_REFERENCE] = {{"Rujukan: uji coba {1}", "Reference: test {1}"}},
    [SAY_TEST_BRIEF] = {{"Pesan percobaan untuk kursi {1}, bukan peringatan. "
			 "Kabari admin wilayah bila sampai.",
	"Trial message for seat {1}, no alert. Tell the regional admin that "
	"it came."}},
    [SAY_CUT] = {{"(dipotong di sini: pesan ini terlalu panjang untuk saluran "
		  "ini)",
	"(cut here: this message is too long for this channel)"}},
    [SAY_BRIEF_OPENED] = {{"PERINGATAN", "ALERT"}},
    [SAY_BRIEF_RAISED] = {{"NAIK", "RAISED"}},
    [SAY_BRIEF_CORRECTED] = {{"RALAT", "CORRECTION"}},
    [SAY_BRIEF_WITHDRAWN] = {{"DICABUT", "WITHDRAWN"}},
    [SAY_BRIEF_RESOLVED] = {{"SELESAI", "RESOLVED"}},
    [SAY_BRIEF_UNSIGNED] = {{"{1} dari {2} unit belum, {3} tanpa kabar.",
	"{1} of {2} units not done, {3} unheard."}},
    [SAY_BRIEF_REPEAT] = {{"{1} dilaporkan, {2} terverifikasi; dugaan.",
	"{1} reported, {2} verified; allegations."}},
    [SAY_BRIEF_ASK_ADMIN_UNSIGNED] = {{"Hubungi unitnya.",
	"Contact the units."}},
    [SAY_BRIEF_ASK_HEAD_UNSIGNED] = {{"Minta unit melengkapi.",
	"Have the units complete it."}},
    [SAY_BRIEF_ASK_ADMIN_REPEAT] = {{"Pastikan ditinjau.",
	"See to its review."}},
    [SAY_BRIEF_ASK_HEAD_REPEAT] = {{"Minta Inspektorat meninjau.",
	"Have the inspectorate review."}},
    [SAY_BRIEF_ASK_CORRECTED] = {{"Pakai angka ini.", "Use these figures."}},
    [SAY_BRIEF_ASK_WITHDRAWN] = {{"Abaikan pesan sebelumnya.",
	"Disregard the earlier messages."}},
    [SAY_BRIEF_ASK_RESOLVED] = {{"Tidak ada yang diminta.",
	"Nothing is asked."}},
    [SAY_BRIEF_REFERENCE] = {{"Ruj {1}", "Ref {1}"}},
};

static const struct {
	const char *word;
	struct pair text;
} reasons[] = {
    {"on_time", {{"ternyata tepat waktu", "was on time after all"}}},
    {"late", {{"sudah memenuhi, terlambat", "has fulfilled it, late"}}},
    {"withdrawn", {{"catatannya dibatalkan", "the record was withdrawn"}}},
    {"corrected", {{"catatannya dikoreksi", "the record was corrected"}}},
    {"reviewed", {{"hasil peninjauan", "the outcome of a review"}}},
    {"unheard", {{"kabarnya belum lengkap", "not all news of it has arrived"}}},
    {"roster_changed", {{"daftar unit berubah", "the roster has changed"}}},
    {"rule_changed", {{"aturan berubah", "the rule has changed"}}},
    {"campaign_changed",
	{{"jadwal kegiatan berubah", "the campaign's dates have changed"}}},
    {"contact", {{"simpulnya terdengar lagi", "the node is heard again"}}},
    {"revoked", {{"simpulnya dicabut", "the node was revoked"}}},
    {"moved", {{"laporannya sudah bergerak", "the report has moved on"}}},
    {"excused", {{"dikecualikan", "was excused"}}},
    {"extended", {{"waktunya diperpanjang", "was given more time"}}},
    {"held", {{"laporannya ditahan untuk diputuskan",
		 "the reports are held for a decision"}}},
    {"closed",
	{{"ditutup oleh yang berwenang", "closed by a person in charge"}}},
    {"campaign_closed", {{"kegiatannya ditutup", "the campaign was closed"}}},
};

static const struct pair other_reason = {
    {"alasan lain, lihat log wilayah", "another reason, see the log"}};
static const struct pair other_occasion = {
    {"saat lain, lihat log wilayah", "another point, see the log"}};

void
sentence_add(struct text_buf *out, enum language language,
    enum sentence sentence, const char *const *arguments)
{
	const char *at = sentences[sentence].at[language];

	while (*at != '\0') {
		size_t run = strcspn(at, "{");
		unsigned n;
		bool is_plural;

		text_buf_add_bytes(out, at, run);
		at += run;
		if (*at == '\0')
			return;
		n = (unsigned)(at[1] - '1');
		is_plural = at[2] == 's';
		at += is_plural ? 3 : 2;
		CHECK(n < SENTENCE_ARGUMENTS_MAX && *at == '}' &&
		      arguments[n] != NULL);
		if (!is_plural)
			text_buf_add(out, "%s", arguments[n]);
		else if (strcmp(arguments[n], "1") != 0)
			text_buf_add(out, "s");
		at++;
	}
}

const char *
sentence_reason(enum language language, const char *word)
{
	for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (strcmp(word, reasons[i].word) == 0)
			return reasons[i].text.at[language];
	/* Of a later version. What is not in the table is not repeated: it
	 * could say anything. */
	return other_reason.at[language];
}

/* "+3d", "-12h", or nothing. */
static bool
is_offset(const char *text)
{
	size_t digits;

	if (*text == '\0')
		return true;
	if (*text != '+' && *text != '-')
		return false;
	digits = strspn(text + 1, "0123456789");
	return digits > 0 && strchr("smhd", text[1 + digits]) != NULL &&
	       text[1 + digits] != '\0' && text[2 + digits] == '\0';
}

void
sentence_add_occasion(
    struct text_buf *out, enum language language, const char *word)
{
	static const struct {
		const char *word;
		struct pair text;
	} anchors[] = {
	    {"due", {{"tenggat", "due date"}}},
	    {"grace_end", {{"akhir masa tenggang", "end of grace"}}},
	};

	for (unsigned i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
		size_t len = strlen(anchors[i].word);
		const char *rest = word + len;

		if (strncmp(word, anchors[i].word, len) != 0 ||
		    !is_offset(rest))
			continue;
		text_buf_add(out, "%s%s%s", anchors[i].text.at[language],
		    *rest != '\0' ? " " : "", rest);
		return;
	}
	text_buf_add(out, "%s", other_occasion.at[language]);
}

/* Characters, not bytes: continuation bytes of UTF-8 do not count. */
static unsigned
columns_of(const char *at, size_t len)
{
	unsigned columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((uint8_t)at[i] & 0xc0) != 0x80;
	return columns;
}

void
sentence_wrap(struct text_buf *out, const char *text, unsigned indent)
{
	unsigned column = 0;
	bool is_first = true; /* word of its line */

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		unsigned columns = columns_of(text, len);

		if (!is_first && column + 1 + columns > WRAP_COLUMNS) {
			text_buf_add(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!is_first) {
			text_buf_add_bytes(out, " ", 1);
			column++;
		}
		is_first = false;
		text_buf_add_bytes(out, text, len);
		column += columns;
		text += len;
		text += strspn(text, " ");
	}
	text_buf_add_bytes(out, "\n", 1);
}
