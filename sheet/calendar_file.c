/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/calendar_file.h"

#include "sheet/yaml_value.h"
#include "model/row.h"

#include <stdlib.h>
#include <string.h>

struct stage_text {
	char *id, *from, *to, *phase, *sensitive;
};

struct sheet {
	struct yaml_texts holidays, collective_leave;
	struct yaml_rows stages;
};

#define TEXT(member, needed)                                   \
	{                                                      \
		.name = #member, .type = YAML_TEXT,            \
		.offset = offsetof(struct stage_text, member), \
		.is_required = (needed)                        \
	}
#define DAYS(member)                                      \
	{                                                 \
		.name = #member, .type = YAML_TEXTS,      \
		.offset = offsetof(struct sheet, member), \
		.max = CALENDAR_FILE_MAX                  \
	}

static const struct yaml_field stage_fields[] = {TEXT(id, true),
    TEXT(from, true), TEXT(to, true), TEXT(phase, true), TEXT(sensitive, false),
    {0}};

static const struct yaml_field sheet_fields[] = {DAYS(holidays),
    DAYS(collective_leave),
    {.name = "stages",
	.type = YAML_ROWS,
	.offset = offsetof(struct sheet, stages),
	.max = CALENDAR_FILE_MAX,
	.fields = stage_fields,
	.row_size = sizeof(struct stage_text)},
    {0}};

/* ---- days */

static enum err
take_day(struct calendar_file *made, struct yaml_file *file, const char *at,
    bool is_collective)
{
	struct calendar_row *row = &made->rows[made->count];

	row->kind = CALENDAR_HOLIDAY;
	row->holiday.collective_leave = is_collective;
	if (yaml_day(file, at, &row->holiday.day) != OK)
		return ERR_INVALID;
	for (uint32_t i = 0; i < made->count; i++)
		if (made->rows[i].holiday.day == row->holiday.day)
			return yaml_file_refuse(file, at,
			    "tanggal %.10s sudah ada di atas; tulis sekali "
			    "saja, di holidays atau di collective_leave",
			    "the day %.10s is there already; write it once, "
			    "under holidays or under collective_leave",
			    at);
	made->count++;
	return OK;
}

static enum err
take_days(struct calendar_file *made, struct yaml_file *file,
    const struct yaml_texts *texts, bool is_collective)
{
	enum err err = OK;

	for (uint32_t i = 0; i < texts->count; i++)
		if (take_day(made, file, texts->at[i], is_collective) != OK)
			err = ERR_INVALID;
	return err;
}

static int
compare_days(const void *a, const void *b)
{
	const struct calendar_row *first = a, *second = b;

	return first->holiday.day < second->holiday.day ? -1 : 1;
}

/* ---- stages */

static enum err
take_sensitive(struct yaml_file *file, const char *at, bool *is_sensitive)
{
	if (at == NULL)
		return OK;
	*is_sensitive = strcmp(at, "true") == 0;
	if (*is_sensitive || strcmp(at, "false") == 0)
		return OK;
	return yaml_file_refuse(file, at, "\"%.40s\": tulis true atau false",
	    "\"%.40s\": write true or false", at);
}

static enum err
check_new(
    const struct calendar_file *before, struct yaml_file *file, const char *at)
{
	for (uint32_t i = 0; i < before->count; i++)
		if (before->rows[i].kind == CALENDAR_STAGE &&
		    strcmp(before->rows[i].stage.id, at) == 0)
			return yaml_file_refuse(file, at,
			    "tahapan %s sudah ada di atas",
			    "there is a stage %s already", at);
	return OK;
}

static enum err
take_stage(struct calendar_file *made, struct yaml_file *file,
    const struct stage_text *text)
{
	struct calendar_row *row = &made->rows[made->count];
	struct calendar_stage *stage = &row->stage;
	const enum err errs[] = {yaml_code(file, text->id, stage->id),
	    yaml_day(file, text->from, &stage->from_day),
	    yaml_day(file, text->to, &stage->to_day),
	    yaml_choice(file, text->phase, CATALOG_PHASE, &stage->phase),
	    take_sensitive(file, text->sensitive, &stage->sensitive)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	row->kind = CALENDAR_STAGE;
	if (err == OK && stage->to_day < stage->from_day)
		err = yaml_file_refuse(file, text->to,
		    "to lebih awal daripada from", "to is before from");
	if (err == OK)
		err = check_new(made, file, text->id);
	if (err == OK && calendar_row_check(row) != REJECT_NONE)
		err = yaml_file_refuse(file, text->id, "tahapan %s tidak sah",
		    "the stage %s is not valid", stage->id);
	made->count++;
	return err;
}

/* ---- all */

static enum err
take_rows(struct calendar_file *made, struct yaml_file *file,
    const struct sheet *sheet)
{
	enum err errs[3] = {take_days(made, file, &sheet->holidays, false),
	    take_days(made, file, &sheet->collective_leave, true)};

	qsort(made->rows, made->count, sizeof *made->rows, compare_days);
	for (uint32_t i = 0; i < sheet->stages.count; i++) {
		const struct stage_text *text =
		    (const struct stage_text *)sheet->stages.at + i;

		if (take_stage(made, file, text) != OK)
			errs[2] = ERR_INVALID;
	}
	return yaml_all(errs, sizeof errs / sizeof *errs);
}

enum err
calendar_file_read(
    struct calendar_file *calendar, struct yaml_file *file, const char *path)
{
	struct calendar_file made = {0};
	const struct sheet *sheet;
	const void *document;
	size_t rows;
	enum err err =
	    yaml_file_read(file, path, sheet_fields, sizeof *sheet, &document);

	if (err != OK)
		return err;
	sheet = document;
	rows = (size_t)sheet->holidays.count + sheet->collective_leave.count +
	       sheet->stages.count;
	if (rows > CALENDAR_FILE_MAX)
		return yaml_file_refuse(file, NULL,
		    "paling banyak %d hari libur dan tahapan bersama-sama",
		    "at most %d days and stages together", CALENDAR_FILE_MAX);
	made.rows = xcalloc(rows + 1, sizeof *made.rows);
	err = take_rows(&made, file, sheet);
	if (err == OK)
		err = yaml_file_result(file);
	if (err != OK) {
		calendar_file_clear(&made);
		return err;
	}
	*calendar = made;
	return OK;
}

void
calendar_file_clear(struct calendar_file *calendar)
{
	free(calendar->rows);
	*calendar = (struct calendar_file){0};
}
