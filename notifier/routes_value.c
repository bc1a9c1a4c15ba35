/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/routes_value.h"

#include <string.h>

static const char none[] = "none";

enum err
routes_want(struct routes_loading *loading, const struct outline *at,
    enum outline_kind kind)
{
	static const char *const id[] = {
	    "satu kata", "daftar [..]", "isian {..}"};
	static const char *const en[] = {
	    "one word", "a list [..]", "fields {..}"};

	if (at->kind == kind)
		return OK;
	return outline_bad(loading->why, at, "%.40s: di sini harus ada %s%.0s",
	    "%.40s: %.0s%s must stand here", at->key != NULL ? at->key : "-",
	    id[kind], en[kind]);
}

enum err
routes_bad_value(
    struct routes_loading *loading, const struct outline *at, const char *form)
{
	return outline_bad(loading->why, at,
	    "%.40s: \"%.40s\" tidak dikenal; tulis seperti %s",
	    "%.40s: \"%.40s\" is not known; write it as %s",
	    at->key != NULL ? at->key : "-", at->word != NULL ? at->word : "..",
	    form);
}

enum err
routes_take_map(struct routes_loading *loading, const struct outline *map,
    const struct routes_field *fields, void *into)
{
	if (routes_want(loading, map, OUTLINE_MAP) != OK)
		return ERR_INVALID;
	for (const struct outline *at = map->first; at != NULL; at = at->next) {
		const struct routes_field *field = fields;

		while (field->name != NULL && strcmp(field->name, at->key) != 0)
			field++;
		if (field->name == NULL)
			return outline_bad(loading->why, at,
			    "isian \"%.40s\" tidak dikenal; lihat man "
			    "ikrar-notifier",
			    "field \"%.40s\" is not known; see man "
			    "ikrar-notifier",
			    at->key);
		if (field->take(loading, at, into) != OK)
			return ERR_INVALID;
	}
	return OK;
}

/* ---- single values */

enum err
routes_take_checked(struct routes_loading *loading, const struct outline *at,
    char *to, bool (*is_valid)(const char *), size_t size)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (!is_valid(at->word) || !text_copy(to, size, at->word))
		return routes_bad_value(loading, at,
		    is_valid == code_is_valid ? "BELUM-IKRAR" : "bupati");
	return OK;
}

enum err
routes_take_seat(
    struct routes_loading *loading, const struct outline *at, char *to)
{
	return routes_take_checked(loading, at, to, word_is_valid, WORD_MAX);
}

enum err
routes_take_span(
    struct routes_loading *loading, const struct outline *at, struct span *span)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	return span_get(span, at->word) == OK
		   ? OK
		   : routes_bad_value(loading, at, "30m, 2h, 4wh, 2wd");
}

enum err
routes_take_ms(
    struct routes_loading *loading, const struct outline *at, uint64_t *ms)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (strcmp(at->word, "0") == 0) {
		*ms = 0;
		return OK;
	}
	return calendar_duration_get(ms, at->word) == OK
		   ? OK
		   : routes_bad_value(loading, at, "30s, 5m, 1h");
}

enum err
routes_take_bool(
    struct routes_loading *loading, const struct outline *at, bool *to)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	*to = strcmp(at->word, "true") == 0;
	return *to || strcmp(at->word, "false") == 0
		   ? OK
		   : routes_bad_value(loading, at, "true, false");
}

bool
routes_is_none(const struct outline *at)
{
	return at->kind == OUTLINE_WORD && strcmp(at->word, none) == 0;
}

enum err
routes_take_minute(
    struct routes_loading *loading, const struct outline *at, uint32_t *minute)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	return work_minute_get(minute, at->word) == OK
		   ? OK
		   : routes_bad_value(loading, at, "\"07:30\"");
}
