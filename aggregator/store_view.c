/* SPDX-License-Identifier: Apache-2.0 */
/* The view of a store: a fold of its entries, from the snapshot if there is
 * one that this version can read. */
#include "aggregator/store.h"

#include "core/log.h"

#include <inttypes.h>

static enum err
fold_to(struct store *store, struct view *view, uint64_t size)
{
	struct stored stored;

	for (uint64_t i = view_size(view); i < size; i++) {
		enum err err = store_entry(store, i, &stored);

		if (err != OK)
			return ERR_INVALID;
		view_apply(
		    view, &(struct entry){.index = i,
			      .author = stored.leaf.author,
			      .received_at_ms = stored.leaf.received_at_ms,
			      .event = &stored.event});
	}
	return OK;
}

/* A view of the snapshot, or NULL: then the log must be folded from 0. */
static struct view *
view_of_snapshot(struct store *store)
{
	struct view *view = NULL;
	struct text_buf saved = {0};
	uint64_t entries;

	if (store_snapshot(store, &saved, &entries) == OK &&
	    entries <= store_size(store)) {
		view = view_new();
		if (view_load(view, bytes_of(saved.at, saved.len)) != OK ||
		    view_size(view) != entries) {
			log_info(
			    "snapshot-unreadable entries=%" PRIu64, entries);
			view_free(view);
			view = NULL;
		}
	}
	text_buf_clear(&saved);
	return view;
}

static enum err
finish_view(struct store *store, struct view *made, uint64_t entries,
    struct view **view)
{
	enum err err = fold_to(store, made, entries);

	if (err != OK) {
		view_free(made);
		return err;
	}
	*view = made;
	return OK;
}

enum err
store_view(struct store *store, struct view **view)
{
	struct view *made = view_of_snapshot(store);

	return finish_view(
	    store, made != NULL ? made : view_new(), store_size(store), view);
}

enum err
store_fold(struct store *store, uint64_t entries, struct view **view)
{
	if (entries > store_size(store))
		return ERR_NOTFOUND;
	return finish_view(store, view_new(), entries, view);
}
