/* SPDX-License-Identifier: Apache-2.0 */
/* Names, each once, in the order in which they came. */
#ifndef FRONTENDS_COMPILE_NAME_LIST_H
#define FRONTENDS_COMPILE_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct listed_name {
	UT_hash_handle hh;
	char text[];
};

/* Zeroed: empty. */
struct name_list {
	struct listed_name *first;
};

void name_list_free(struct name_list *list);
/* What there is no memory for is not asked for: what is said without it stands. */
void name_list_add(struct name_list *list, const char *text, size_t length);
bool name_list_has(const struct name_list *list, const char *text);
/* The one after; the first is list->first. */
const struct listed_name *name_list_next(const struct listed_name *name);

#endif
