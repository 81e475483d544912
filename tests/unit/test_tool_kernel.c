/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel calls things: values of enums, addresses. */
#include "tool_description.h"

#include "tools/lib/kernel_enum.h"
#include "tools/lib/stack.h"

static void test_enums(void **state)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		print_message("SKIP: the kernel has no BTF that can be read\n");
		skip();
	}
	/* twice: what has been looked up is kept */
	for (int i = 0; i < 2; i++) {
		assert_string_equal(kernel_enum_name("bpf_map_type", 2), "BPF_MAP_TYPE_ARRAY");
		assert_null(kernel_enum_name("bpf_map_type", UINT32_MAX));
		assert_null(kernel_enum_name("there is no such enum", 0));
		assert_string_equal(kernel_enum_name("bpf_prog_type", 1), "BPF_PROG_TYPE_SOCKET_FILTER");
	}
	kernel_enum_close();
	assert_string_equal(kernel_enum_name("bpf_map_type", 1), "BPF_MAP_TYPE_HASH");
	kernel_enum_close();
}

static void test_stack(void **state)
{
	static const uint64_t none[] = {0x1234, 1};
	struct value value = {.kind = VALUE_NONE};

	stack_value(&value, none, 0);
	assert_int_equal(value.kind, VALUE_LIST);
	assert_int_equal(value.length, 0);
	/* nothing is at these addresses, and users may not know where anything is */
	stack_value(&value, none, 2);
	assert_int_equal(value.length, sizeof("0x1234\0000x1"));
	assert_memory_equal(value.text, "0x1234\0000x1", value.length);
	stack_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_enums), cmocka_unit_test(test_stack)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
