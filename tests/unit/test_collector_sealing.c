/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/sealing.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/time.h>

#include "collector/enter.h"
#include "collector/recipients.h"
#include "collector/show.h"
#include "tests/unit/test_collector_place.h"

enum { MEBI = 1024 * 1024, MAPPING_MAX = 256 };

static struct place place;
static char *file;

static void
open_place(void)
{
	place_make(&place);
	place_take_slices(&place);
	file = temp_dir_path(place.dir, "segel.txt");
	temp_dir_write(
	    place.dir, "segel.txt", "uraian: Pertemuan di rumah lurah.\n");
	place_capture(&place, "");
}

static void
close_place(void)
{
	free(file);
	place_remove(&place);
}

TestSuite(sealing, .init = open_place, .fini = close_place);

static struct enter_words
words_of(const char *act, char *sealed)
{
	return (struct enter_words){.home = place.words,
	    .yes = true,
	    .incident = {.unit = word_of("KEL-73.71.04.1008"),
		.act = word_of(act),
		.happened = word_of("2024-09-30"),
		.source = word_of("WARGA"),
		.subject = word_of("PNS"),
		.sealed = sealed}};
}

/* Stored, or refused with this in the sentence. */
static void
enter(const struct enter_words *words, const char *refused)
{
	char *all;

	place_capture(&place, "");
	cr_expect_eq(enter_incident(words), refused == NULL ? 0 : 1);
	all = place_read(&place, "err");
	cr_expect(
	    refused == NULL ? all[0] == '\0' : strstr(all, refused) != NULL,
	    "%s", all);
	free(all);
}

static void
expect_text(const char *text, bool is_there)
{
	char *all = place_read(&place, "out");

	cr_expect_eq(
	    strstr(all, text) != NULL, is_there, "\"%s\" in:\n%s", text, all);
	free(all);
}

static const struct incident *
incident_at(uint64_t seq, struct event *event)
{
	struct spool_row row;

	place_open(&place);
	cr_assert_eq(home_event(&place.home, seq, &row, event), OK);
	place_close(&place);
	return event->kind == EVENT_CORRECTED ? &event->corrected.incident
					      : &event->incident;
}

/* What a recipient reads of row `seq`; the caller frees. */
static char *
open_row(uint64_t seq, uint8_t number)
{
	const uint8_t seed[SEAL_SEED_SIZE] = {number};
	char *text = xcalloc(SEAL_BLOB_MAX + 1, 1);
	const struct incident *incident;
	struct hash commit, blob_hash;
	struct seal_keys keys;
	struct event event;
	struct bytes blob;
	size_t len;

	incident = incident_at(seq, &event);
	seal_keys_make(&keys, seed);
	memcpy(commit.at, incident->commit, sizeof commit.at);
	place_open(&place);
	cr_assert_eq(spool_blob(place.home.spool, seq, &blob), OK);
	blob_hash = seal_blob_hash(blob);
	cr_expect_arr_eq(blob_hash.at, incident->blob_hash, HASH_SIZE);
	cr_expect_eq(blob.len, incident->blob_size);
	cr_assert_eq(
	    seal_open((uint8_t *)text, &len, blob, &commit, &keys), OK);
	spool_row_done(place.home.spool);
	place_close(&place);
	text[len] = '\0';
	return text;
}

static void
expect_sealed(uint64_t seq, const char *wanted)
{
	for (uint8_t number = 11; number <= 12; number++) {
		char *text = open_row(seq, number);

		cr_expect_str_eq(text, wanted);
		free(text);
	}
}

Test(sealing, is_readable_by_each_recipient)
{
	struct enter_words words = words_of("APK", file);

	place_take_recipients(&place);
	enter(&words, NULL);
	expect_sealed(1, "uraian:\nPertemuan di rumah lurah.\n");
}

Test(sealing, shows_before_it_stores_who_can_read_and_never_the_text)
{
	struct enter_words words = words_of("APK", file);

	place_take_recipients(&place);
	enter(&words, NULL);
	expect_text("Bagian tersegel, 34 byte", true);
	expect_text("  nama     -\n", true);
	expect_text("  uraian   ada\n", true);
	expect_text("insp-makassar, insp-sulsel (versi 1)", true);
	expect_text("sidik / fingerprint:", true);
	expect_text("Pertemuan", false);
	expect_text("lurah.", false);
}

Test(sealing, is_shown_afterwards_by_size_and_recipients)
{
	struct enter_words words = words_of("APK", file);
	struct show_words show = {.home = place.words};
	struct event event;
	char size[64];

	place_take_recipients(&place);
	enter(&words, NULL);
	snprintf(
	    size, sizeof size, "%u byte", incident_at(1, &event)->blob_size);
	place_capture(&place, "");
	cr_assert_eq(show_record(&show, "1"), 0);
	expect_text(size, true);
	expect_text("sealed to   insp-makassar, insp-sulsel\n", true);
	place_capture(&place, "");
	cr_assert_eq(show_list(&show), 0);
	expect_text("untuk insp-makassar, insp-sulsel", true);
	expect_text(size, true);
	place_capture(&place, "");
	show.json = true;
	cr_assert_eq(show_list(&show), 0);
	expect_text("\"sealed_to\":\"insp-makassar, insp-sulsel\"", true);
	place_capture(&place, "");
	show.json = false;
	cr_assert_eq(show_status(&show), 0);
	expect_text("versi 1: insp-makassar, insp-sulsel", true);
}

Test(sealing, names_a_key_that_is_no_longer_in_the_set_by_its_id)
{
	struct spool_recipients set = {.count = 1};
	char names[RECIPIENTS_NAMES_MAX];
	struct enter_words words = words_of("APK", file);
	struct bytes blob;

	place_take_recipients(&place);
	enter(&words, NULL);
	set.rows[0] = place_recipient("lama", 11);
	place_open(&place);
	cr_assert_eq(spool_blob(place.home.spool, 1, &blob), OK);
	recipients_of_blob(names, blob, &set);
	cr_expect_eq(strlen(names), strlen("lama, ") + 16, "%s", names);
	cr_expect_eq(strncmp(names, "lama, ", 6), 0);
	recipients_of_blob(names, bytes_of(blob.at, blob.len - 1), &set);
	cr_expect_str_eq(names, "");
	spool_row_done(place.home.spool);
	place_close(&place);
}

Test(sealing, of_an_unnamed_act_needs_a_narrative)
{
	struct enter_words words = words_of("lln", NULL);

	place_take_recipients(&place);
	enter(&words, "LLN (lainnya) perlu diceritakan");
	words.incident.sealed = file;
	temp_dir_write(place.dir, "segel.txt", "nama: A\nuraian:\n");
	enter(&words, "LLN (lainnya) perlu diceritakan");
	temp_dir_write(place.dir, "segel.txt", "uraian: a\n");
	enter(&words, NULL);
	expect_sealed(1, "uraian:\na\n");
}

Test(sealing, waits_for_recipients_and_says_what_to_do)
{
	struct recipients_changed changed = place_recipients();
	struct enter_words words = words_of("APK", file);
	struct enter_words bare = words_of("APK", NULL);
	const uint8_t other[RECIPIENTS_PIN_SIZE] = {1};

	enter(&words, "recipients --confirm SIDIK");
	enter(&bare, NULL);
	place_open(&place);
	cr_assert_eq(spool_pin_recipients(place.home.spool, other), OK);
	place_close(&place);
	enter(&words, "Jalankan penghubung sampai tersambung satu kali");
	place_open(&place);
	cr_expect_not(spool_take_recipients(
	    place.home.spool, place.home.region.origin, &changed));
	place_close(&place);
	enter(&words, "tidak cocok dengan sidik");
}

Test(sealing, goes_on_to_the_former_recipients_and_warns)
{
	struct recipients_changed changed = place_recipients();
	struct show_words show = {.home = place.words};
	struct enter_words words = words_of("APK", file);

	place_take_recipients(&place);
	changed.part.version = 2;
	place_open(&place);
	cr_expect_not(spool_take_recipients(
	    place.home.spool, place.home.region.origin, &changed));
	place_close(&place);
	enter(&words, NULL);
	expect_text(
	    "Daftar penerima versi 2 dari wilayah tidak dipercaya", true);
	expect_text("insp-makassar, insp-sulsel (versi 1)", true);
	expect_sealed(1, "uraian:\nPertemuan di rumah lurah.\n");
	cr_assert_eq(show_status(&show), 0);
	expect_text("versi 2 dari wilayah tidak dipercaya", true);
}

Test(sealing, refuses_a_text_by_its_line_and_stores_nothing)
{
	struct enter_words words = words_of("APK", file);

	place_take_recipients(&place);
	temp_dir_write(place.dir, "segel.txt", "nama: A\nBudi\n");
	enter(&words, "--sealed: baris 2");
	temp_dir_write(place.dir, "segel.txt", "");
	enter(&words, "kosong");
	words.incident.sealed = word_of("/tidak/ada");
	enter(&words, "tidak dapat dibuka");
	words.incident.sealed = word_of("/dev/zero");
	enter(&words, "bukan berkas biasa");
	place_open(&place);
	cr_expect_eq(place.home.status.last_seq, 0);
	place_close(&place);
}

Test(sealing, reads_standard_input_when_nothing_is_to_be_asked)
{
	struct enter_words words = words_of("APK", word_of("-"));
	char *all;

	place_take_recipients(&place);
	place_capture(&place, "uraian: dari pipa\n");
	cr_expect_eq(enter_incident(&words), 0);
	expect_sealed(1, "uraian:\ndari pipa\n");
	words.yes = false;
	place_capture(&place, "uraian: dari pipa\nya\n");
	cr_expect_eq(enter_incident(&words), 1);
	all = place_read(&place, "err");
	cr_expect(strstr(all, "Pakai --yes") != NULL, "%s", all);
	free(all);
}

/* ---- corrections */

static struct enter_words
correction_of(const char *act, char *sealed)
{
	return (struct enter_words){.home = place.words,
	    .yes = true,
	    .pledge = {.act = word_of(act)},
	    .incident = {.sealed = sealed}};
}

Test(sealing, stays_through_a_correction_and_travels_with_it)
{
	struct enter_words words = words_of("APK", file);
	struct enter_words new = correction_of("SOS", NULL);
	struct event first, second;

	place_take_recipients(&place);
	enter(&words, NULL);
	cr_assert_eq(enter_correction(&new, "1"), 0);
	cr_expect_arr_eq(incident_at(1, &first)->blob_hash,
	    incident_at(2, &second)->blob_hash, EVENT_HASH_SIZE);
	expect_sealed(2, "uraian:\nPertemuan di rumah lurah.\n");
	new.pledge.act = word_of("UNG");
	cr_assert_eq(enter_correction(&new, "1"), 0);
	expect_sealed(3, "uraian:\nPertemuan di rumah lurah.\n");
}

Test(sealing, is_replaced_by_a_correction_that_has_another)
{
	struct enter_words words = words_of("LLN", file);
	struct enter_words new = correction_of(NULL, file);

	new.pledge.act = NULL;
	place_take_recipients(&place);
	enter(&words, NULL);
	temp_dir_write(place.dir, "segel.txt", "uraian: lain\n");
	place_capture(&place, "");
	cr_assert_eq(enter_correction(&new, "1"), 0);
	expect_text("Bagian tersegel, 13 byte", true);
	expect_sealed(2, "uraian:\nlain\n");
	temp_dir_write(place.dir, "segel.txt", "nama: A\n");
	cr_expect_eq(enter_correction(&new, "1"), 1, "LLN without a narrative");
}

Test(sealing, is_needed_when_a_correction_makes_the_act_an_unnamed_one)
{
	struct enter_words words = words_of("APK", file);
	struct enter_words new = correction_of("LLN", NULL);

	place_take_recipients(&place);
	enter(&words, NULL);
	cr_expect_eq(enter_correction(&new, "1"), 1);
	new.incident.sealed = file;
	cr_expect_eq(enter_correction(&new, "1"), 0);
	/* From here on the narrative is there. */
	new = correction_of("LLN", NULL);
	new.incident.subject = word_of("PPPK");
	cr_expect_eq(enter_correction(&new, "1"), 0);
	expect_sealed(3, "uraian:\nPertemuan di rumah lurah.\n");
}

Test(sealing, does_not_fit_a_pledge)
{
	char *units[] = {word_of("KEL-73.71.04.1008=pns:12/11,head")};
	struct enter_words words = {.home = place.words,
	    .yes = true,
	    .pledge = {.campaign = word_of("PILKADA2024"),
		.act = word_of("pakta"),
		.form = word_of("APEL"),
		.made = word_of("2024-10-01 08:00"),
		.template = word_of("IKRAR-4-POIN"),
		.units = {units, 1}}};
	struct enter_words new = correction_of("pakta", file);
	char *all;

	place_take_recipients(&place);
	cr_assert_eq(enter_pledge(&words), 0);
	cr_expect_eq(enter_correction(&new, "1"), 1);
	all = place_read(&place, "err");
	cr_expect(strstr(all, "--sealed tidak berlaku di sini") != NULL);
	free(all);
}

/* ---- what is left behind */

/* Not in this program's memory as such: each byte one too high. */
static const char planted[] = "Tbolbsboh!Cbtvlj!2:9614413121122112";

static void
write_planted(void)
{
	char text[sizeof planted + 16] = "nama: ";
	int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);

	for (size_t i = 0; i < sizeof planted - 1; i++)
		text[6 + i] = (char)(planted[i] - 1);
	cr_assert_eq(write(fd, text, 6 + sizeof planted - 1),
	    (ssize_t)(6 + sizeof planted - 1));
	close(fd);
	explicit_bzero(text, sizeof text);
}

static bool
holds_planted(const char *at, size_t len)
{
	for (size_t i = 0; i + sizeof planted - 1 <= len; i++) {
		size_t k = 0;

		while (k < sizeof planted - 1 &&
		       at[i + k] == (char)(planted[k] - 1))
			k++;
		if (k == sizeof planted - 1)
			return true;
	}
	return false;
}

static bool
is_in_mapping(int memory, uint64_t from, uint64_t to)
{
	size_t len = (size_t)(to - from);
	char *copy = xcalloc(len, 1);
	bool found = pread(memory, copy, len, (off_t)from) == (ssize_t)len &&
		     holds_planted(copy, len);

	free(copy);
	return found;
}

/* In all that this process can write to. */
static bool
is_in_memory(void)
{
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	FILE *maps = fopen("/proc/self/maps", "r");
	bool found = false;
	char line[512], rights[8];
	uint64_t from, to;

	cr_assert(memory >= 0 && maps != NULL);
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to,
			rights) == 3 &&
		    rights[0] == 'r' && rights[1] == 'w' &&
		    (to - from) / MEBI <= MAPPING_MAX)
			found = found || is_in_mapping(memory, from, to);
	fclose(maps);
	close(memory);
	return found;
}

static int pipe_ends[2];
static volatile sig_atomic_t was_dumpable = -1;

/* poll: the text was read and more is waited for, until the alarm clock. */
static void
look_while_it_reads(int number)
{
	int left = 1;

	(void)number;
	if (was_dumpable >= 0 || ioctl(pipe_ends[0], FIONREAD, &left) != 0 ||
	    left > 0)
		return;
	was_dumpable = prctl(PR_GET_DUMPABLE);
	close(pipe_ends[1]);
}

/* The limit on cores alone does not bind a system that pipes them to a
 * program. */
Test(sealing, leaves_no_core_to_anyone_while_it_reads, .timeout = 30)
{
	static const char text[] = "uraian: rahasia\n";
	struct sigaction look = {.sa_handler = look_while_it_reads};
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {0};
	struct enter_words words = words_of("APK", word_of("-"));

	place_take_recipients(&place);
	place_capture(&place, "");
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert_geq(dup2(pipe_ends[0], STDIN_FILENO), 0);
	cr_assert_eq(write(pipe_ends[1], text, sizeof text - 1),
	    (ssize_t)sizeof text - 1);
	cr_assert_eq(prctl(PR_GET_DUMPABLE), 1);
	cr_assert_eq(sigaction(SIGALRM, &look, NULL), 0);
	cr_assert_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	cr_expect_eq(enter_incident(&words), 0);
	cr_assert_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	cr_expect_eq(was_dumpable, 0, "it was %d", (int)was_dumpable);
	cr_expect_eq(prctl(PR_GET_DUMPABLE), 1, "afterwards all is as before");
	expect_sealed(1, "uraian:\nrahasia\n");
}

static bool
is_in_file(const char *dir, const char *name)
{
	char *path = temp_dir_path(dir, name);
	struct text_buf text = {0};
	char piece[4096];
	FILE *stream = fopen(path, "r");
	size_t len;
	bool found;

	cr_assert_not_null(stream);
	text_buf_add(&text, "%s", "");
	while ((len = fread(piece, 1, sizeof piece, stream)) > 0)
		text_buf_add_bytes(&text, piece, len);
	fclose(stream);
	found = holds_planted(text.at, text.len);
	text_buf_clear(&text);
	free(path);
	return found;
}

static void
expect_in_no_file(const char *dir)
{
	DIR *stream = opendir(dir);
	const struct dirent *entry;

	cr_assert_not_null(stream);
	while ((entry = readdir(stream)) != NULL)
		if (entry->d_type == DT_REG &&
		    strcmp(entry->d_name, "segel.txt") != 0)
			cr_expect_not(is_in_file(dir, entry->d_name), "%s",
			    entry->d_name);
	closedir(stream);
}

Test(sealing, leaves_no_word_in_memory_or_in_any_file)
{
	struct enter_words words = words_of("APK", file);
	char *spool = temp_dir_path(place.dir, "spool");

	place_take_recipients(&place);
	write_planted();
	enter(&words, NULL);
	cr_expect_not(is_in_memory());
	cr_expect(is_in_file(place.dir, "segel.txt"), "it was planted");
	fflush(NULL);
	expect_in_no_file(place.dir);
	expect_in_no_file(spool);
	free(spool);
}
