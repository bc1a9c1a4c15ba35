/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/campaign_file.h"

#include "sheet/yaml_value.h"
#include "model/row.h"

#include <stdlib.h>
#include <string.h>

struct campaign_text {
	char *id, *name, *due, *grace_end, *lock;
};

struct sheet {
	struct yaml_rows campaigns;
};

#define TEXT(member)                                              \
	{                                                         \
		.name = #member, .type = YAML_TEXT,               \
		.offset = offsetof(struct campaign_text, member), \
		.is_required = true                               \
	}

static const struct yaml_field campaign_fields[] = {
    TEXT(id), TEXT(name), TEXT(due), TEXT(grace_end), TEXT(lock), {0}};

static const struct yaml_field sheet_fields[] = {
    {.name = "campaigns",
	.type = YAML_ROWS,
	.offset = offsetof(struct sheet, campaigns),
	.is_required = true,
	.max = CAMPAIGN_FILE_MAX,
	.fields = campaign_fields,
	.row_size = sizeof(struct campaign_text)},
    {0},
};

static enum err
check_order(struct yaml_file *file, const struct campaign_text *text,
    const struct campaign_row *row)
{
	if (row->grace_end_ms < row->due_ms)
		return yaml_file_refuse(file, text->grace_end,
		    "grace_end lebih awal daripada due",
		    "grace_end is before due");
	if (row->lock_ms < row->grace_end_ms)
		return yaml_file_refuse(file, text->lock,
		    "lock lebih awal daripada grace_end",
		    "lock is before grace_end");
	if (campaign_row_check(row) != REJECT_NONE)
		return yaml_file_refuse(file, text->id, "kegiatan %s tidak sah",
		    "the campaign %s is not valid", row->id);
	return OK;
}

static enum err
check_new(struct yaml_file *file, const struct campaign_text *text,
    const struct campaign_file *before, const char *id)
{
	for (uint32_t i = 0; i < before->count; i++)
		if (strcmp(before->rows[i].id, id) == 0)
			return yaml_file_refuse(file, text->id,
			    "kegiatan %s sudah ada di atas",
			    "there is a campaign %s already", id);
	return OK;
}

static enum err
take_campaign(struct yaml_file *file, const struct campaign_text *text,
    int hours, struct campaign_row *row)
{
	const enum err errs[] = {yaml_code(file, text->id, row->id),
	    yaml_name(file, text->name, row->name),
	    yaml_time(file, text->due, hours, &row->due_ms),
	    yaml_time(file, text->grace_end, hours, &row->grace_end_ms),
	    yaml_time(file, text->lock, hours, &row->lock_ms)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	return err == OK ? check_order(file, text, row) : err;
}

enum err
campaign_file_read(struct campaign_file *campaigns, struct yaml_file *file,
    const char *path, int hours)
{
	struct campaign_file made = {0};
	const struct sheet *sheet;
	const void *document;
	enum err err =
	    yaml_file_read(file, path, sheet_fields, sizeof *sheet, &document);

	if (err != OK)
		return err;
	sheet = document;
	made.rows = xcalloc(sheet->campaigns.count + 1, sizeof *made.rows);
	for (uint32_t i = 0; i < sheet->campaigns.count; i++) {
		const struct campaign_text *text =
		    (const struct campaign_text *)sheet->campaigns.at + i;
		struct campaign_row *row = &made.rows[i];

		enum err one = take_campaign(file, text, hours, row);

		if (one == OK)
			one = check_new(file, text, &made, row->id);
		if (one != OK)
			err = one;
		made.count++;
	}
	if (err == OK)
		err = yaml_file_result(file);
	if (err != OK) {
		campaign_file_clear(&made);
		return err;
	}
	*campaigns = made;
	return OK;
}

void
campaign_file_clear(struct campaign_file *campaigns)
{
	free(campaigns->rows);
	*campaigns = (struct campaign_file){0};
}
