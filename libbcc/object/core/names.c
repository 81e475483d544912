/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core.h"

/* The flavor begins with the last three underscores that stand between other characters. */
size_t core_name_length(const char *name)
{
	size_t length = strnlen(name, CORE_NAME_MAX + 1);

	if (length > CORE_NAME_MAX)
		return length;
	for (size_t i = length >= 5 ? length - 5 + 1 : 0; i-- > 0;)
		if (name[i] != '_' && !strncmp(name + i + 1, "___", 3) && name[i + 4] != '_')
			return i + 1;
	return length;
}

bool core_same_name(const char *a, const char *b)
{
	size_t length = core_name_length(a);

	return length == core_name_length(b) && !memcmp(a, b, length);
}

const char *core_name(const struct core_types *types, const struct btf_type *t)
{
	return core_string(types, t->name_off);
}
