/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single values of routes.yaml and maps of them, each taken or refused with the
 * place where it stands and how it is written.
 */
#ifndef NOTIFIER_ROUTES_VALUE_H
#define NOTIFIER_ROUTES_VALUE_H

#include "notifier/routes.h"

struct routes_loading {
	struct routes *routes;
	struct outline_why *why;
};

/* Sets something of `into` from the value of a field. */
typedef enum err (*routes_take_fn)(
    struct routes_loading *loading, const struct outline *at, void *into);
struct routes_field {
	const char *name;
	routes_take_fn take;
};

enum err routes_want(struct routes_loading *loading, const struct outline *at,
    enum outline_kind kind) MUST_CHECK;
/* ERR_INVALID: `form` is how it should be written. */
enum err routes_bad_value(struct routes_loading *loading,
    const struct outline *at, const char *form) MUST_CHECK;
/* Fields that the table does not have are refused. */
enum err routes_take_map(struct routes_loading *loading,
    const struct outline *map, const struct routes_field *fields,
    void *into) MUST_CHECK;
enum err routes_take_checked(struct routes_loading *loading,
    const struct outline *at, char *to, bool (*is_valid)(const char *),
    size_t size) MUST_CHECK;
enum err routes_take_seat(struct routes_loading *loading,
    const struct outline *at, char *to) MUST_CHECK;
enum err routes_take_span(struct routes_loading *loading,
    const struct outline *at, struct span *span) MUST_CHECK;
enum err routes_take_ms(struct routes_loading *loading,
    const struct outline *at, uint64_t *ms) MUST_CHECK;
enum err routes_take_bool(struct routes_loading *loading,
    const struct outline *at, bool *to) MUST_CHECK;
enum err routes_take_minute(struct routes_loading *loading,
    const struct outline *at, uint32_t *minute) MUST_CHECK;
bool routes_is_none(const struct outline *at);

#endif
