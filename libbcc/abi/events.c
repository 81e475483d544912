/* SPDX-License-Identifier: Apache-2.0 */
/* The struct that a text submits to a perf or ring buffer, as recorded by the compiler. */
#include "abi.h"

#include <string.h>

#include "libbcc/object/build.h"

/* The first field of what is submitted to `event`; "" or NULL: unknown. */
static const char *first_field(const struct bcc_abi_module *m, const char *event)
{
	const struct bcc_object *object = m && event ? m->b->object : NULL;
	const char *at = object ? object->events : NULL, *end = at ? at + object->events_size : NULL;
	bool found;

	while (at < end) {
		found = !strcmp(at, event);
		at += strlen(at) + 1;
		if (found && at < end)
			return at;
		while (at < end && *at)
			at += strlen(at) + 1;
		at++;
	}
	return NULL;
}

/* The data ends with an empty string, so that walks over fields end inside it. */
size_t bpf_perf_event_fields(void *program, const char *event)
{
	const char *field = first_field(program, event);
	size_t count = 0;

	for (; field && *field; field += strlen(field) + 1)
		count++;
	return count;
}

const char *bpf_perf_event_field(void *program, const char *event, size_t i)
{
	const char *field = first_field(program, event);

	for (; field && *field; field += strlen(field) + 1)
		if (i-- == 0)
			return field;
	return NULL;
}
