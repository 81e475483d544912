/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers to what a text has, by name. */
#include <errno.h>

#include "object.h"

static int bind_one(struct bcc *b, const struct bcc_binding *binding)
{
	struct bcc_variable *variable = bcc_variable_find(b, binding->name);
	void *found = variable ? bcc_variable_memory(variable) : NULL;

	if (!binding->pointer)
		return bcc_fail(&b->err, -EINVAL, "the pointer to be set to \"%s\" is NULL", binding->name);
	if (variable && !found)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"variable \"%s\" has no memory that can be mapped: this needs Linux 5.5",
			binding->name);
	if (!found)
		found = bcc_table_find(b, binding->name);
	if (!found)
		found = bcc_program_find(b, binding->name);
	if (!found)
		return bcc_fail(
			&b->err, -ENOENT, "the text has no variable, table or program \"%s\"", binding->name);
	*(void **)binding->pointer = found;
	return 0;
}

int bcc_bind(struct bcc *b, const struct bcc_binding *bindings)
{
	int ret;

	if (!b || !bindings)
		return -EINVAL;
	ret = bcc_object_create(b);
	for (; ret == 0 && bindings->name; bindings++)
		ret = bind_one(b, bindings);
	return ret;
}
