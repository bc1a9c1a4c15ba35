/* SPDX-License-Identifier: Apache-2.0 */
#include "model/catalog.h"

#include <string.h>

static const struct catalog_row acts_of_pledge[] = {
    {1, "ikrar", "ikrar dibacakan", "pledge read aloud"},
    {2, "pakta", "pakta integritas ditandatangani", "integrity pact signed"},
};

static const struct catalog_row forms[] = {
    {1, "DEKLARASI", "deklarasi", "declaration"},
    {2, "APEL", "apel", "roll-call"},
    {3, "UPACARA", "upacara", "ceremony"},
    {4, "PENANDATANGANAN", "penandatanganan", "signing"},
    {5, "DARING", "daring atau hibrida", "online or hybrid"},
    {6, "MANDIRI", "di unit sendiri", "at the unit itself"},
};

static const struct catalog_row points[] = {
    {1, "I1",
	"Menjaga dan menegakkan prinsip netralitas pegawai dalam pelayanan "
	"publik, sebelum, selama, dan sesudah Pemilu/Pemilihan.",
	"To keep and uphold the neutrality of public employees in public "
	"service, before, during and after the election."},
    {2, "I2",
	"Menghindari konflik kepentingan, tidak melakukan intimidasi dan "
	"ancaman kepada pegawai maupun masyarakat, dan tidak memihak "
	"pasangan calon tertentu.",
	"To avoid conflicts of interest, not to intimidate or threaten "
	"employees or the public, and not to side with any pair of "
	"candidates."},
    {3, "I3",
	"Menggunakan media sosial secara bijak, tidak menyebarkan ujaran "
	"kebencian serta berita bohong.",
	"To use social media wisely and to spread neither hate speech nor "
	"false news."},
    {4, "I4",
	"Menolak politik uang dan segala jenis pemberian dalam bentuk apa "
	"pun.",
	"To refuse money politics and gifts of any kind in any form."},
};

static const struct catalog_row witnesses[] = {
    {1, "FORKOPIMDA", "Forkopimda", "regional leaders' forum"},
    {2, "BAWASLU", "Bawaslu", "election supervisor"},
    {3, "PANWASCAM", "Panwascam", "election supervisor of the kecamatan"},
    {4, "PJ_KEPALA_DAERAH", "Pj kepala daerah", "acting head of the region"},
    {5, "SEKDA", "Sekda", "regional secretary"},
    {6, "BKPSDM", "BKPSDM", "personnel agency"},
    {7, "CAMAT", "camat", "head of the kecamatan"},
    {8, "TOKOH_MASYARAKAT", "tokoh masyarakat", "respected people"},
};

static const struct catalog_row employments[] = {
    {1, "PNS", "PNS", "permanent civil servants"},
    {2, "PPPK", "PPPK", "civil servants by contract"},
    {3, "NON_ASN", "non-ASN", "staff who are not civil servants"},
};

static const struct catalog_row sources[] = {
    {1, "WARGA", "warga", "a resident"},
    {2, "RT_RW", "pengurus RT/RW", "neighbourhood officers"},
    {3, "TOKOH", "tokoh masyarakat", "respected people"},
    {4, "PEGAWAI", "sesama pegawai", "a colleague"},
    {5, "PANWASCAM", "Panwascam", "election supervisor of the kecamatan"},
    {6, "BAWASLU", "Bawaslu", "election supervisor"},
    {7, "MEDIA", "media", "the media"},
    {8, "TEMUAN", "temuan kantor sendiri", "the office's own finding"},
};

static const struct catalog_row subjects[] = {
    {1, "PNS", "PNS", "a permanent civil servant"},
    {2, "PPPK", "PPPK", "a civil servant by contract"},
    {3, "NON_ASN", "pegawai non-ASN", "staff who are not civil servants"},
    {4, "KADES", "kepala desa", "head of a village"},
    {5, "PERANGKAT_DESA", "perangkat desa", "village official"},
    {6, "PEJABAT_LAIN", "pejabat lain", "another official"},
};

static const struct catalog_row steps[] = {
    {1, "DITERIMA", "diterima", "received"},
    {2, "TIDAK_MEMENUHI_SYARAT", "tidak memenuhi syarat",
	"formal conditions not met"},
    {3, "DIVERIFIKASI", "diverifikasi", "verified"},
    {4, "DITERUSKAN", "diteruskan", "forwarded"},
    {5, "TERBUKTI", "terbukti", "proven"},
    {6, "TIDAK_TERBUKTI", "tidak terbukti", "not proven"},
    {7, "DIHENTIKAN", "dihentikan", "stopped"},
    {8, "TINDAK_LANJUT", "tindak lanjut", "follow-up"},
    {9, "SELESAI", "selesai", "closed"},
    {10, "KEBERATAN", "keberatan", "objection"},
    {11, "GANDA", "laporan ganda", "told twice"},
    {12, "BEDA", "bukan laporan ganda", "a case of its own"},
};

static const struct catalog_row unit_kinds[] = {
    {1, "SETDA_BAGIAN", "bagian sekretariat daerah",
	"division of the regional secretariat"},
    {2, "SETWAN", "sekretariat DPRD", "secretariat of the council"},
    {3, "INSPEKTORAT", "inspektorat", "inspectorate"},
    {4, "DINAS", "dinas", "department"},
    {5, "BADAN", "badan", "agency"},
    {6, "SATPOL_PP", "Satpol PP", "municipal police"},
    {7, "KECAMATAN", "kecamatan", "sub-district office"},
    {8, "KELURAHAN", "kelurahan", "urban village office"},
    {9, "DESA", "desa", "rural village office"},
    {10, "UPT", "unit pelaksana teknis", "technical unit"},
    {11, "PUSKESMAS", "puskesmas", "health centre"},
    {12, "RSUD", "rumah sakit umum daerah", "regional hospital"},
    {13, "KORWIL_DIKBUD", "koordinator wilayah dikbud",
	"education area coordinator"},
    {14, "SEKOLAH", "sekolah", "school"},
    {15, "BUMD", "badan usaha milik daerah", "regional enterprise"},
};

static const struct catalog_row scopes[] = {
    {1, "unit", "unit", "unit"},
    {2, "kecamatan", "kecamatan", "sub-district"},
    {3, "opd", "perangkat daerah", "regional agency"},
    {4, "region", "wilayah", "region"},
    {5, "act", "jenis perbuatan", "kind of act"},
    {6, "subject", "satu orang", "one person"},
    {7, "node", "simpul", "node"},
    {8, "case", "laporan insiden", "reported incident"},
};

static const struct catalog_row anchors[] = {
    {1, "due", "tenggat", "deadline"},
    {2, "grace_end", "akhir masa tenggang", "end of the grace period"},
};

static const struct catalog_row signs[] = {
    {1, "read", "ikrar sudah dibacakan", "the pledge was read"},
    {2, "head", "kepala unit sudah menandatangani",
	"the head of the unit signed"},
    {3, "share", "bagian pegawai yang menandatangani",
	"the share of staff who signed"},
};

static const struct catalog_row roles[] = {
    {1, "admin", "admin wilayah", "regional admin"},
    {2, "head", "kantor kepala daerah", "office of the head of the region"},
};

static const struct catalog_row term_kinds[] = {
    {1, "DEFINITIF", "definitif", "elected"},
    {2, "PJ", "penjabat (Pj)", "acting head (Pj)"},
    {3, "PJS", "pejabat sementara (Pjs)", "stand-in during leave (Pjs)"},
};

static const struct catalog_row node_kinds[] = {
    {1, "collector", "pengumpul", "collector"},
    {2, "admin", "admin wilayah", "regional admin"},
    {3, "reviewer", "penelaah", "reviewer"},
    {4, "notifier", "pemberitahu", "notifier"},
    {5, "follower", "pengikut", "follower"},
    {6, "auditor", "auditor", "auditor"},
};

static const struct catalog_row phases[] = {
    {1, "BALON", "masa bakal calon", "prospective candidates"},
    {2, "CALON", "calon sudah ditetapkan", "the candidates are set"},
};

static const struct catalog_row severities[] = {
    {1, "info", "pemberitahuan", "information"},
    {2, "warning", "peringatan", "warning"},
    {3, "critical", "genting", "critical"},
};

static const struct catalog_row clocks[] = {
    {1, "calendar", "hari kalender", "calendar days"},
    {2, "working", "hari kerja", "working days"},
};

static const struct catalog_row case_anchors[] = {
    {1, "moved", "sejak terakhir ditangani", "since it was last moved on"},
    {2, "known", "sejak diketahui", "since it was known"},
};

#define TABLE(rows)                                  \
	{                                            \
		rows, sizeof(rows) / sizeof(rows)[0] \
	}

static const struct {
	const struct catalog_row *rows;
	unsigned count;
} catalogs[CATALOG_COUNT] = {
    [CATALOG_ACT] = TABLE(acts_of_pledge),
    [CATALOG_FORM] = TABLE(forms),
    [CATALOG_POINT] = TABLE(points),
    [CATALOG_WITNESS] = TABLE(witnesses),
    [CATALOG_EMPLOYMENT] = TABLE(employments),
    [CATALOG_SOURCE] = TABLE(sources),
    [CATALOG_SUBJECT] = TABLE(subjects),
    [CATALOG_STEP] = TABLE(steps),
    [CATALOG_UNIT_KIND] = TABLE(unit_kinds),
    [CATALOG_SCOPE] = TABLE(scopes),
    [CATALOG_ANCHOR] = TABLE(anchors),
    [CATALOG_SIGNED] = TABLE(signs),
    [CATALOG_ROLE] = TABLE(roles),
    [CATALOG_TERM_KIND] = TABLE(term_kinds),
    [CATALOG_NODE_KIND] = TABLE(node_kinds),
    [CATALOG_PHASE] = TABLE(phases),
    [CATALOG_SEVERITY] = TABLE(severities),
    [CATALOG_CLOCK] = TABLE(clocks),
    [CATALOG_CASE_ANCHOR] = TABLE(case_anchors),
};

/* The annex of the joint decree (SKB) of 22 September 2022, in our codes. The
 * class of a violation is not here: nobody in this system decides it. */
static const struct act_row acts[] = {
    {"APK", 10, "Memasang spanduk/baliho/alat peraga",
	"Putting up banners, billboards or campaign props", "I1"},
    {"SOS", 11, "Sosialisasi/kampanye media sosial/online",
	"Promoting or campaigning on social media or online", "I3"},
    {"PST", 12,
	"Posting, komentar, bagikan, suka, gabung/ikuti grup/akun pemenangan",
	"Posting, commenting, sharing, liking, joining or following a "
	"campaign group or account",
	"I3"},
    {"FTO", 13,
	"Unggah foto bersama calon/timses/alat peraga, simbol keberpihakan",
	"Publishing a photo with a candidate, a campaign team, props or "
	"signs of taking sides",
	"I3"},
    {"DKL", 14, "Hadir deklarasi/kampanye dan memberi dukungan aktif",
	"Attending a declaration or campaign and supporting it actively", "I1"},
    {"KEG", 15, "Ikut kampanye/sosialisasi/pengenalan bakal calon",
	"Joining a campaign or introduction of a prospective candidate", "I1"},
    {"PAS", 16, "Ikut deklarasi/kampanye suami/istri tanpa CLTN",
	"Joining a spouse's declaration or campaign without unpaid leave",
	"I2"},
    {"PDK", 20,
	"Pendekatan ke parpol/masyarakat sebagai bakal calon tanpa CLTN",
	"Approaching parties or the public as a prospective candidate "
	"without unpaid leave",
	"I2"},
    {"PRT", 21, "Menjadi anggota/pengurus partai",
	"Being a member or officer of a party", "I1"},
    {"MBP", 22,
	"Mengadakan kegiatan yang mengarah keberpihakan (pertemuan, ajakan, "
	"imbauan, pemberian barang)",
	"Holding activities that lean to one side (meetings, calls, appeals, "
	"gifts)",
	"I1"},
    {"TIM", 23, "Tim ahli/tim pemenangan/konsultan",
	"Serving as expert, campaign team or consultant", "I1"},
    {"KTP", 24, "Surat dukungan/kumpul fotokopi KTP calon perseorangan",
	"Giving letters of support or collecting identity card copies for "
	"an independent candidate",
	"I1"},
    {"KPT", 25, "Keputusan/tindakan menguntungkan/merugikan",
	"Decisions or actions that favour or harm a candidate", "I2"},
    {"ATR", 30, "Peserta kampanye dengan atribut partai/PNS",
	"Taking part in a campaign with party or civil service attributes",
	"I1"},
    {"KRH", 31, "Peserta kampanye dengan mengerahkan PNS lain",
	"Taking part in a campaign and mobilising other civil servants", "I2"},
    {"FSN", 32, "Memakai fasilitas negara (kendaraan, kantor, anggaran)",
	"Using state facilities (vehicles, offices, budgets)", "I2"},
    {"ITM", 40, "Intimidasi/ancaman pada pegawai atau masyarakat",
	"Intimidating or threatening employees or the public", "I2"},
    {"UNG", 41, "Politik uang/pemberian", "Money politics or gifts", "I4"},
    {"UJR", 42, "Ujaran kebencian", "Hate speech", "I3"},
    {"HOX", 43, "Berita bohong", "False news", "I3"},
    {"MUT", 44, "Mutasi/penggantian jabatan terlarang (Ps 71(2))",
	"Forbidden transfer or replacement of officials (art. 71(2))", "I2"},
    {"LLN", 99, "Lainnya", "Other", ""},
};

static const char withdrawal[] = "withdrawal";
static const char revocation[] = "revocation";
static const char vouching[] = "vouching";
static const char extension[] = "extension";
static const char excuse[] = "excuse";
static const char closing[] = "closing";
static const char silence[] = "silence";

static const struct reason_row reasons[] = {
    {withdrawal, "SALAH_INPUT", "salah input", "entered by mistake"},
    {withdrawal, "GANDA", "tercatat dua kali", "recorded twice"},
    {withdrawal, "DICABUT_PELAPOR", "dicabut pelapor",
	"withdrawn by the reporter"},
    {withdrawal, "BATAL", "kegiatan batal", "the ceremony was cancelled"},
    {revocation, "HILANG", "perangkat hilang", "the device is lost"},
    {revocation, "RUSAK", "perangkat rusak", "the device is broken"},
    {revocation, "GANTI_PETUGAS", "petugas berganti", "the clerk changed"},
    {revocation, "DICURI", "perangkat dicuri", "the device was stolen"},
    {revocation, "PENSIUN", "perangkat tidak dipakai lagi",
	"the device is retired"},
    {vouching, "BERKAS", "berkas bawaan sudah lengkap",
	"the hand-carried bundles are complete"},
    {vouching, "TELEPON", "dipastikan lewat telepon", "confirmed by telephone"},
    {vouching, "SURAT", "dipastikan dengan surat", "confirmed by letter"},
    {extension, "BENCANA", "bencana", "a disaster"},
    {extension, "JARINGAN", "jaringan terputus", "the network was down"},
    {extension, "LIBUR", "tenggat jatuh pada hari libur",
	"the deadline fell on a holiday"},
    {extension, "SURAT", "diperpanjang dengan surat", "extended by letter"},
    {excuse, "DILEBUR", "unit dilebur ke unit lain",
	"the unit was merged into another"},
    {excuse, "KOSONG", "unit tidak berpegawai", "the unit has no staff"},
    {excuse, "BENCANA", "bencana", "a disaster"},
    {excuse, "SURAT", "dikecualikan dengan surat", "excused by letter"},
    {closing, "SELESAI", "sudah ditangani", "dealt with"},
    {closing, "NYATA", "laporan benar adanya", "the reports are real"},
    {closing, "BUATAN", "laporan dibuat-buat", "the reports are made up"},
    {closing, "KELIRU", "peringatan keliru", "the alert is mistaken"},
    {silence, "PEMELIHARAAN", "pemeliharaan", "maintenance"},
    {silence, "DIKETAHUI", "sudah diketahui", "known already"},
    {silence, "LATIHAN", "latihan", "a drill"},
    {silence, "SURAT", "diminta dengan surat", "asked for by letter"},
};

const struct catalog_row *
catalog_rows(enum catalog catalog, unsigned *count)
{
	*count = catalogs[catalog].count;
	return catalogs[catalog].rows;
}

uint32_t
catalog_number(enum catalog catalog, const char *word)
{
	for (unsigned i = 0; i < catalogs[catalog].count; i++)
		if (strcmp(word, catalogs[catalog].rows[i].word) == 0)
			return catalogs[catalog].rows[i].number;
	return 0;
}

const char *
catalog_word(enum catalog catalog, uint32_t number)
{
	if (number == 0 || number > catalogs[catalog].count)
		return NULL;
	return catalogs[catalog].rows[number - 1].word;
}

uint32_t
catalog_max(enum catalog catalog)
{
	return catalogs[catalog].count;
}

const struct act_row *
act_rows(unsigned *count)
{
	*count = sizeof acts / sizeof acts[0];
	return acts;
}

const struct act_row *
act_by_code(const char *code)
{
	for (unsigned i = 0; i < sizeof acts / sizeof acts[0]; i++)
		if (strcmp(code, acts[i].code) == 0)
			return &acts[i];
	return NULL;
}

const struct reason_row *
reason_rows(unsigned *count)
{
	*count = sizeof reasons / sizeof reasons[0];
	return reasons;
}

bool
reason_has_use(const char *reason, const char *use)
{
	for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (strcmp(use, reasons[i].use) == 0 &&
		    strcmp(reason, reasons[i].word) == 0)
			return true;
	return false;
}

const char *
point_text(unsigned point)
{
	CHECK(point >= 1 && point <= sizeof points / sizeof points[0]);
	return points[point - 1].id;
}
