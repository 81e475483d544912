/* SPDX-License-Identifier: Apache-2.0 */
#include "name_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sorted_search.h"

int bcc_name_index_init(struct bcc_name_index *index, size_t most)
{
	*index = (struct bcc_name_index){.names = calloc(most ? most : 1, sizeof(*index->names))};
	return index->names ? 0 : -ENOMEM;
}

void bcc_name_index_add(struct bcc_name_index *index, const char *name, uint32_t number)
{
	index->names[index->count++] = (struct bcc_name){name, number};
}

static int name_index_compare(const void *a, const void *b)
{
	const struct bcc_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

void bcc_name_index_sort(struct bcc_name_index *index)
{
	if (index->count)
		qsort(index->names, index->count, sizeof(*index->names), name_index_compare);
}

const struct bcc_name *bcc_name_index_find(const struct bcc_name_index *index, const char *name)
{
	size_t at = bcc_partition_point(i, index->count, strcmp(index->names[i].name, name) < 0);

	return at < index->count && strcmp(index->names[at].name, name) == 0 ? &index->names[at] : NULL;
}

const struct bcc_name *bcc_name_index_next(const struct bcc_name_index *index, const struct bcc_name *name)
{
	const struct bcc_name *next = name + 1;

	return next < index->names + index->count && strcmp(next->name, name->name) == 0 ? next : NULL;
}

void bcc_name_index_free(struct bcc_name_index *index)
{
	free(index->names);
	*index = (struct bcc_name_index){0};
}
