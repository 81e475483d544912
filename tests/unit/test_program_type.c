/* SPDX-License-Identifier: Apache-2.0 */
/* What sections say about their programs. */
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/load/program_type.h"

static void expect(const char *section, int type, int attach_type, uint32_t flags, const char *target)
{
	const char *found = NULL;
	const struct bcc_program_type *t = bcc_program_type_of(section, &found);

	assert_non_null(t);
	assert_int_equal(t->type, type);
	assert_int_equal(t->attach_type, attach_type);
	assert_int_equal(t->flags, flags);
	assert_string_equal(found, target);
}

static void test_known_sections(void **state)
{
	expect("kprobe/vfs_read", BPF_PROG_TYPE_KPROBE, 0, 0, "vfs_read");
	expect("tracepoint/sched/sched_switch", BPF_PROG_TYPE_TRACEPOINT, 0, 0, "sched/sched_switch");
	expect("raw_tp/sys_enter", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, "sys_enter");
	expect("fentry/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 0, "vfs_read");
	expect("fexit.s/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, BPF_F_SLEEPABLE, "vfs_read");
	expect("lsm/file_open", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 0, "file_open");
	expect("iter/task", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, 0, "task");
	expect("xdp", BPF_PROG_TYPE_XDP, 0, 0, "");
	expect("xdp/drop", BPF_PROG_TYPE_XDP, 0, 0, "drop");
	expect("cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, 0, "");
}

static void test_other_sections(void **state)
{
	static const char *const sections[] = {
		"", ".text", ".bpf.fn.main", "xdp_other", "kprobe", "tcp", "sockets", "maps"};
	const char *target;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		assert_null(bcc_program_type_of(sections[i], &target));
}

static void test_kernel_names(void **state)
{
	char name[BPF_OBJ_NAME_LEN];

	bcc_kernel_name(name, "short");
	assert_string_equal(name, "short");
	bcc_kernel_name(name, "exactly15lettrs");
	assert_string_equal(name, "exactly15lettrs");
	bcc_kernel_name(name, "one_more_than_15");
	assert_string_equal(name, "one_more_than_1");
	bcc_kernel_name(name, ".rodata.str1.1");
	assert_string_equal(name, "_rodata_str1_1");
	bcc_kernel_name(name, "");
	assert_string_equal(name, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_sections),
		cmocka_unit_test(test_other_sections),
		cmocka_unit_test(test_kernel_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
