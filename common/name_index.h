/* SPDX-License-Identifier: Apache-2.0 */
/* Which of many things have a name: log n a look-up, however many programs, tables and symbols a text has. */
#ifndef COMMON_NAME_INDEX_H
#define COMMON_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct bcc_name {
	const char *name;
	uint32_t index; /* the caller's number of what has it */
};

struct bcc_name_index {
	struct bcc_name *names; /* rising, those of the same name by their numbers */
	size_t count;
};

/* Room for `most` names; -ENOMEM. Call bcc_name_index_free() in any case. */
int bcc_name_index_init(struct bcc_name_index *index, size_t most);
/* `name` has to stay. After the last, bcc_name_index_sort(). */
void bcc_name_index_add(struct bcc_name_index *index, const char *name, uint32_t number);
void bcc_name_index_sort(struct bcc_name_index *index);
/* The first that has the name, NULL: none. The others stand behind it: */
const struct bcc_name *bcc_name_index_find(const struct bcc_name_index *index, const char *name);
/* NULL: that was the last. */
const struct bcc_name *bcc_name_index_next(const struct bcc_name_index *index, const struct bcc_name *name);
void bcc_name_index_free(struct bcc_name_index *index);

#endif
