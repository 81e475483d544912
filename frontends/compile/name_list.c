/* SPDX-License-Identifier: Apache-2.0 */
/* Names, each once. */
#include <stdlib.h>
#include <string.h>

#include "name_list.h"

void name_list_free(struct name_list *list)
{
	struct listed_name *name, *next;

	HASH_ITER(hh, list->first, name, next)
	{
		HASH_DEL(list->first, name);
		free(name);
	}
}

const struct listed_name *name_list_next(const struct listed_name *name)
{
	return name->hh.next;
}

bool name_list_has(const struct name_list *list, const char *text)
{
	struct listed_name *name;

	HASH_FIND_STR(list->first, text, name);
	return name != NULL;
}

void name_list_add(struct name_list *list, const char *text, size_t length)
{
	struct listed_name *name;

	HASH_FIND(hh, list->first, text, length, name);
	if (name)
		return;
	name = calloc(1, sizeof(*name) + length + 1);
	if (!name)
		return;
	memcpy(name->text, text, length);
	HASH_ADD_KEYPTR(hh, list->first, name->text, length, name);
	if (!name->hh.tbl)
		free(name);
}
