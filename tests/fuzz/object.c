/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a compiled object, as from a damaged cache: opened, queried for its tables, closed. The kernel
 * is simulated here. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

#include "libbcc/handle.h"
#include "libbcc/object/object.h"
#include "fuzz.h"
#include "no_kernel.h"

int bpf_map_freeze(int fd)
{
	return 0;
}

int bpf_obj_get(const char *path)
{
	return -ENOENT;
}

int bpf_obj_pin(int fd, const char *path)
{
	return 0;
}

static void look_at_events(struct bcc *b, const char *table)
{
	const struct bcc_field *fields, *members;
	size_t bytes;

	for (size_t i = 0; i < bcc_event_type_count(b, table); i++) {
		bcc_event_type(b, table, i, &bytes);
		for (int n = bcc_event_fields(b, table, i, &fields); n > 0; n--)
			bcc_field_members(b, &fields[n - 1], &members);
	}
}

static void look_at_tables(struct bcc *b)
{
	const struct bcc_field *fields;

	for (size_t i = 0; i < b->table_count; i++) {
		bcc_table_key_type(&b->tables[i]);
		bcc_table_value_type(&b->tables[i]);
		bcc_table_key_fields(&b->tables[i], &fields);
		bcc_table_value_fields(&b->tables[i], &fields);
		look_at_events(b, b->tables[i].name);
	}
}

static void look_at_programs(const struct bcc *b)
{
	for (size_t i = 0; i < b->program_count; i++) {
		const struct bcc_program *p = &b->programs[i];

		REQUIRE(p->name && p->section && p->insns && p->insn_count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bcc b = {.btf_fd = -1, .tracefs_fd = -1};
	/* of exactly this size, so that the sanitizer sees each byte read behind it */
	uint8_t *copy = malloc(size ? size : 1);
	int ret;

	libbpf_set_print(NULL);
	memcpy(copy, data, size);
	require_answer(bcc_object_check_origin(copy, size, &b.err), &b.err);
	bcc_err_clear(&b.err);
	ret = bcc_object_read(&b, copy, size);
	if (!ret)
		ret = bcc_object_create(&b);
	free(copy);
	require_answer(ret, &b.err);
	if (ret == 0) {
		look_at_tables(&b);
		look_at_programs(&b);
	}
	bcc_object_close(&b);
	bcc_err_clear(&b.err);
	return 0;
}
