/* SPDX-License-Identifier: Apache-2.0 */
/* Finds things by name in O(log n), however many programs, tables and symbols a text has. */
#ifndef COMMON_NAME_INDEX_H
#define COMMON_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct bcc_name {
	const char *name;
	uint32_t index; /* the caller's number for the thing named */
};

struct bcc_name_index {
	struct bcc_name *names; /* sorted by name, then by number */
	size_t count;
};

/* Reserves room for `most` names; returns 0 or -ENOMEM. Call bcc_name_index_free() in either case. */
int bcc_name_index_init(struct bcc_name_index *index, size_t most);
/* `name` must outlive the index. Call bcc_name_index_sort() after the last one. */
void bcc_name_index_add(struct bcc_name_index *index, const char *name, uint32_t number);
void bcc_name_index_sort(struct bcc_name_index *index);
/* The first entry with the name, or NULL. Others of the same name follow it: */
const struct bcc_name *bcc_name_index_find(const struct bcc_name_index *index, const char *name);
/* The next entry with the same name, or NULL after the last. */
const struct bcc_name *bcc_name_index_next(const struct bcc_name_index *index, const struct bcc_name *name);
void bcc_name_index_free(struct bcc_name_index *index);

#endif
