/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/link_words.h"

static const struct link_words words[] = {
    [LINK_CLOSED] = {"belum disambungkan.", "not connected yet"},
    [LINK_CONNECTING] = {"sedang menyambung; belum ada jawaban.",
	"connecting; no answer yet"},
    [LINK_REFUSED] =
	{"PORT TERTUTUP: komputer wilayah terjangkau, tetapi programnya tidak "
	 "berjalan, atau alamatnya salah. Tunggu; bila sampai besok masih "
	 "begini, telepon admin wilayah.",
	    "port closed: the region's computer is reached, but its program "
	    "does not run, or the address is wrong"},
    [LINK_DEAD] =
	{"TIDAK ADA JAWABAN: jaringan putus, atau ada yang membuang paket di "
	 "jalan. Periksa kabel, WiFi atau paket data komputer ini.",
	    "no answer: the network is down, or packets are dropped on the "
	    "way; check this computer's cable, WiFi or mobile data"},
    [LINK_WRONG_KEY] =
	{"KUNCI TIDAK COCOK: yang menjawab di alamat itu bukan wilayah ini. "
	 "Tidak ada yang dikirim. Telepon admin wilayah; jangan mengubah apa "
	 "pun dahulu.",
	    "wrong server key: who answers at that address is not this region; "
	    "nothing was sent; phone the regional admin before you change "
	    "anything"},
    [LINK_UNKNOWN] =
	{"TIDAK DIKENAL: wilayah menjawab, tetapi tidak mengenal simpul ini. "
	 "Telepon admin wilayah.",
	    "not admitted: the region answers, but does not know this node; "
	    "phone the regional admin"},
    [LINK_READY] = {"tersambung.", "connected"},
};

const struct link_words *
link_words(enum link_state state)
{
	return &words[state];
}
