/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/yaml_value.h"

#include "model/calendar.h"
#include "model/row.h"

#include <inttypes.h>
#include <string.h>

enum { PERCENT_ALL = 100, BP_OF_PERCENT = 100, CHOICES_MAX = 256 };

static const uint64_t day_ms = 24 * 60 * 60 * 1000;

enum err
yaml_all(const enum err *errs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (errs[i] != OK)
			return errs[i];
	return OK;
}

static enum err
digits(struct yaml_file *file, const char *at)
{
	return yaml_file_refuse(file, at,
	    "ada deret angka mirip NIP atau NIK; hapus",
	    "a run of digits looks like an NIP or NIK: remove it");
}

enum err
yaml_code(struct yaml_file *file, const char *at, char to[CODE_MAX])
{
	enum reject word = code_check(at);

	if (word == REJECT_DIGITS)
		return digits(file, at);
	if (word == REJECT_NONE && text_copy(to, CODE_MAX, at))
		return OK;
	return yaml_file_refuse(file, at,
	    "kode \"%.40s\": tulis 1 sampai 24 huruf besar, angka, titik, "
	    "strip atau garis bawah",
	    "code \"%.40s\": write 1 to 24 capitals, digits, dots, dashes or "
	    "underscores",
	    at);
}

enum err
yaml_word(struct yaml_file *file, const char *at, char to[WORD_MAX])
{
	if (word_is_valid(at) && text_copy(to, WORD_MAX, at))
		return OK;
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis 1 sampai 24 huruf kecil, angka, titik atau strip",
	    "\"%.40s\": write 1 to 24 small letters, digits, dots or dashes",
	    at);
}

enum err
yaml_name(struct yaml_file *file, const char *at, char to[NAME_MAX_BYTES])
{
	enum reject word = name_check(at);

	if (word == REJECT_DIGITS)
		return digits(file, at);
	if (word == REJECT_NONE && text_copy(to, NAME_MAX_BYTES, at))
		return OK;
	return yaml_file_refuse(file, at,
	    "nama: tulis 1 sampai %d byte yang dapat dicetak",
	    "name: write 1 to %d printable bytes", NAME_MAX_BYTES - 1);
}

enum err
yaml_choice(struct yaml_file *file, const char *at, enum catalog catalog,
    uint32_t *number)
{
	return yaml_choice_of(file, at, catalog, catalog_max(catalog), number);
}

enum err
yaml_choice_of(struct yaml_file *file, const char *at, enum catalog catalog,
    uint32_t max, uint32_t *number)
{
	uint32_t found = catalog_number(catalog, at);
	struct text_buf choices = {0};
	unsigned count;
	const struct catalog_row *rows;

	if (found != 0 && found <= max) {
		*number = found;
		return OK;
	}
	rows = catalog_rows(catalog, &count);
	for (unsigned i = 0; i < max && choices.len < CHOICES_MAX; i++)
		text_buf_add(
		    &choices, "%s%s", i == 0 ? "" : ", ", rows[i].word);
	(void)yaml_file_refuse(file, at, "\"%.40s\" tidak dikenal; pilihan: %s",
	    "\"%.40s\" is unknown; choose of: %s", at, choices.at);
	text_buf_clear(&choices);
	return ERR_INVALID;
}

enum err
yaml_wilayah(struct yaml_file *file, const char *at, char to[WILAYAH_MAX])
{
	if (wilayah_is_valid(at) && text_copy(to, WILAYAH_MAX, at))
		return OK;
	return yaml_file_refuse(file, at,
	    "\"%.40s\" bukan kode wilayah; tulis dalam tanda kutip, misalnya "
	    "\"73.04\"",
	    "\"%.40s\" is no code of a wilayah; write it in quotes, such as "
	    "\"73.04\"",
	    at);
}

enum err
yaml_day(struct yaml_file *file, const char *at, uint32_t *day)
{
	uint32_t found;

	if (calendar_day_get(&found, at) == OK && day_is_valid(found)) {
		*day = found;
		return OK;
	}
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis tanggal seperti 2024-11-27",
	    "\"%.40s\": write a date such as 2024-11-27", at);
}

enum err
yaml_number(struct yaml_file *file, const char *at, uint32_t min, uint32_t max,
    uint32_t *number)
{
	uint64_t found;

	if (u64_get(&found, at, min, max) == OK) {
		*number = (uint32_t)found;
		return OK;
	}
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis angka %" PRIu32 " sampai %" PRIu32,
	    "\"%.40s\": write a number from %" PRIu32 " to %" PRIu32, at, min,
	    max);
}

/* Digits, and behind a dot one or two more. */
static bool
read_percent(const char *at, uint64_t *bp)
{
	char whole[12];
	size_t len = strspn(at, "0123456789");
	uint64_t number;

	if (len == 0 || len >= sizeof whole)
		return false;
	memcpy(whole, at, len);
	whole[len] = '\0';
	if (u64_get(&number, whole, 0, UINT32_MAX) != OK)
		return false;
	number *= BP_OF_PERCENT;
	at += len;
	if (*at == '.') {
		uint32_t weight = BP_OF_PERCENT / 10;

		for (at++; *at >= '0' && *at <= '9' && weight > 0; at++) {
			number += (uint64_t)(*at - '0') * weight;
			weight /= 10;
		}
		if (weight == BP_OF_PERCENT / 10)
			return false;
	}
	*bp = number;
	return *at == '\0' || (at[0] == '%' && at[1] == '\0');
}

enum err
yaml_percent(struct yaml_file *file, const char *at, uint32_t *bp)
{
	/* "share 80%": the number stands behind the word. */
	const char *number = strrchr(at, ' ');
	uint64_t found;

	number = number != NULL ? number + 1 : at;
	if (!read_percent(number, &found) || found == 0)
		return yaml_file_refuse(file, at,
		    "\"%.40s\": tulis persen, misalnya 80%% atau 12.5%%",
		    "\"%.40s\": write a percentage such as 80%% or 12.5%%", at);
	if (found > (uint64_t)PERCENT_ALL * BP_OF_PERCENT)
		return yaml_file_refuse(file, at, "\"%.40s\" lebih dari 100%%",
		    "\"%.40s\" is more than 100%%", at);
	*bp = (uint32_t)found;
	return OK;
}

enum err
yaml_duration(
    struct yaml_file *file, const char *at, uint64_t max_ms, uint64_t *ms)
{
	uint64_t found;

	if (calendar_duration_get(&found, at) == OK && found <= max_ms) {
		*ms = found;
		return OK;
	}
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis lamanya, misalnya 90m, 36h atau 3d, paling lama "
	    "%" PRIu64 "d",
	    "\"%.40s\": write a duration such as 90m, 36h or 3d, at most "
	    "%" PRIu64 "d",
	    at, max_ms / day_ms);
}

enum err
yaml_time(struct yaml_file *file, const char *at, int hours, uint64_t *ms)
{
	uint64_t found;

	if (calendar_ms_get(&found, at, hours) == OK && time_is_valid(found)) {
		*ms = found;
		return OK;
	}
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis waktu seperti \"2024-10-04 16:00\"",
	    "\"%.40s\": write a time such as \"2024-10-04 16:00\"", at);
}
