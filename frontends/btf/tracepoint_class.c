/* SPDX-License-Identifier: Apache-2.0 */
#include "tracepoint_class.h"

#include <bpf/btf.h>
#include <string.h>

static const char tracepoint_class_prefix[] = "trace_event_raw_";

static const char *tracepoint_class_string(const struct bcc_btf_bytes *kernel, uint32_t offset)
{
	return offset < kernel->string_size ? kernel->strings + offset : "";
}

/* Before the members there is the header of all tracepoints, `ent`; behind them, their text, `__data`. */
static bool tracepoint_class_has(const struct bcc_btf_bytes *kernel, const struct btf_type *t,
	const struct bcc_tracepoint_member *members, size_t count)
{
	if (btf_vlen(t) != count + 2)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(tracepoint_class_string(kernel, btf_members(t)[i + 1].name_off),
			    members[i].name) ||
			btf_member_bit_offset(t, i + 1) != members[i].offset * 8)
			return false;
	return true;
}

const char *bcc_btf_tracepoint_class(const struct bcc_btf_bytes *kernel, const char *name,
	const struct bcc_tracepoint_member *members, size_t count)
{
	const size_t length = strlen(tracepoint_class_prefix);
	const char *found = NULL;
	bool several = false;

	for (uint32_t i = 0; i < kernel->named_count; i++) {
		const struct btf_type *t = (const struct btf_type *)(kernel->types + kernel->named[i].place);
		const char *candidate = tracepoint_class_string(kernel, t->name_off);

		if (!btf_is_struct(t) || strncmp(candidate, tracepoint_class_prefix, length) ||
			!tracepoint_class_has(kernel, t, members, count))
			continue;
		if (!strcmp(candidate + length, name))
			return candidate;
		several |= found && strcmp(found, candidate);
		found = candidate;
	}
	return several ? NULL : found;
}
