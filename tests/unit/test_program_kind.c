/* SPDX-License-Identifier: Apache-2.0 */
/* What sections and function names say about their programs. */
#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/btf.h>

#include "common/array.h"
#include "common/program_kind.h"
#include "libbcc/kernel/object_name.h"

static void expect(const char *section, int type, int attach_type, uint32_t flags, const char *target)
{
	struct bcc_program_section found;

	assert_true(bcc_program_section_parse(section, &found));
	assert_int_equal(found.kind->type, type);
	assert_int_equal(found.kind->attach_type, attach_type);
	assert_int_equal(found.prog_flags, flags);
	assert_string_equal(found.target, target);
}

static void test_known_sections(void **state)
{
	expect("kprobe/vfs_read", BPF_PROG_TYPE_KPROBE, 0, 0, "vfs_read");
	expect("kprobe", BPF_PROG_TYPE_KPROBE, 0, 0, "");
	expect("?fentry/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 0, "vfs_read");
	expect("kprobe.multi/vfs_*", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0, "vfs_*");
	expect("uprobe.s//bin/sh:main", BPF_PROG_TYPE_KPROBE, 0, BPF_F_SLEEPABLE, "/bin/sh:main");
	expect("uprobe.multi.s//bin/sh:*", BPF_PROG_TYPE_KPROBE, 48, BPF_F_SLEEPABLE, "/bin/sh:*");
	expect("tracepoint/sched/sched_switch", BPF_PROG_TYPE_TRACEPOINT, 0, 0, "sched/sched_switch");
	expect("raw_tp/sys_enter", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, "sys_enter");
	expect("raw_tp.w/sys_enter", BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, 0, 0, "sys_enter");
	expect("tp_btf/sys_enter", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, 0, "sys_enter");
	expect("fentry/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 0, "vfs_read");
	expect("fexit.s/vfs_read", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, BPF_F_SLEEPABLE, "vfs_read");
	expect("lsm/file_open", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 0, "file_open");
	expect("lsm_cgroup/socket_bind", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, 0, "socket_bind");
	expect("iter/task", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, 0, "task");
	expect("syscall", BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE, "");
	expect("xdp", BPF_PROG_TYPE_XDP, BPF_XDP, 0, "");
	expect("xdp/drop", BPF_PROG_TYPE_XDP, BPF_XDP, 0, "drop");
	expect("xdp/devmap", BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, 0, "");
	expect("xdp.frags/cpumap", BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP, BPF_F_XDP_HAS_FRAGS, "");
	expect("tc", BPF_PROG_TYPE_SCHED_CLS, 0, 0, "");
	expect("tcx/ingress", BPF_PROG_TYPE_SCHED_CLS, 46, 0, "");
	expect("cgroup_skb/egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, 0, "");
	expect("cgroup/sock_release", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE, 0, "");
	expect("sk_skb", BPF_PROG_TYPE_SK_SKB, 0, 0, "");
	expect("sk_skb/verdict", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_VERDICT, 0, "");
	expect("netfilter", 32, 45, 0, "");
}

/* As texts from before libbpf 1.0 have them. */
static void test_old_sections(void **state)
{
	expect("xdp_pass", BPF_PROG_TYPE_XDP, BPF_XDP, 0, "");
	expect("?xdp-pass", BPF_PROG_TYPE_XDP, BPF_XDP, 0, "");
	expect("classifier_in", BPF_PROG_TYPE_SCHED_CLS, 0, 0, "");
	expect("tc1", BPF_PROG_TYPE_SCHED_CLS, 0, 0, "");
	expect("action_drop", BPF_PROG_TYPE_SCHED_ACT, 0, 0, "");
	expect("socket1", BPF_PROG_TYPE_SOCKET_FILTER, 0, 0, "");
	expect("socket_filter", BPF_PROG_TYPE_SOCKET_FILTER, 0, 0, "");
	expect("sockops_test", BPF_PROG_TYPE_SOCK_OPS, BPF_CGROUP_SOCK_OPS, 0, "");
}

static void test_other_sections(void **state)
{
	static const char *const sections[] = {"", ".text", ".bpf.fn.main", "xdp.s", "xdp_a/b", "xdpass",
		"tcp_in", "kprobes", "kprobe.", "kprobe.s/f", "tcp", "sockets", "maps", "fentry.",
		"fentry.so/f", "fentrys/f"};
	struct bcc_program_section found;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		assert_false(bcc_program_section_parse(sections[i], &found));
}

/* What libbpf accepts according to its documentation ("Program Types and ELF Sections"), and newer ones. */
static const char *const libbpf_sections[] = {"socket", "sk_reuseport/migrate", "sk_reuseport", "kprobe",
	"uprobe", "uprobe.s", "kretprobe", "uretprobe", "uretprobe.s", "kprobe.multi", "kretprobe.multi",
	"kprobe.session", "uprobe.multi", "uretprobe.multi", "uprobe.session", "uprobe.multi.s",
	"uretprobe.multi.s", "uprobe.session.s", "ksyscall", "kretsyscall", "usdt", "usdt.s", "tc/ingress",
	"tc/egress", "tcx/ingress", "tcx/egress", "tc", "classifier", "action", "netkit/primary",
	"netkit/peer", "tracepoint", "tracepoint.s", "tp", "tp.s", "raw_tracepoint", "raw_tracepoint.s",
	"raw_tp", "raw_tp.s", "raw_tracepoint.w", "raw_tp.w", "tp_btf", "tp_btf.s", "fentry", "fentry.s",
	"fmod_ret", "fmod_ret.s", "fexit", "fexit.s", "fsession", "fsession.s", "fentry.multi",
	"fentry.multi.s", "fexit.multi", "fexit.multi.s", "fsession.multi", "fsession.multi.s", "freplace",
	"lsm", "lsm.s", "lsm_cgroup", "iter", "iter.s", "syscall", "xdp.frags/devmap", "xdp/devmap",
	"xdp.frags/cpumap", "xdp/cpumap", "xdp.frags", "xdp", "perf_event", "lwt_in", "lwt_out", "lwt_xmit",
	"lwt_seg6local", "sockops", "sk_skb/stream_parser", "sk_skb/stream_verdict", "sk_skb/verdict",
	"sk_skb", "sk_msg", "lirc_mode2", "flow_dissector", "cgroup_skb/ingress", "cgroup_skb/egress",
	"cgroup/skb", "cgroup/sock_create", "cgroup/sock_release", "cgroup/sock", "cgroup/post_bind4",
	"cgroup/post_bind6", "cgroup/bind4", "cgroup/bind6", "cgroup/connect4", "cgroup/connect6",
	"cgroup/connect_unix", "cgroup/sendmsg4", "cgroup/sendmsg6", "cgroup/sendmsg_unix", "cgroup/recvmsg4",
	"cgroup/recvmsg6", "cgroup/recvmsg_unix", "cgroup/getpeername4", "cgroup/getpeername6",
	"cgroup/getpeername_unix", "cgroup/getsockname4", "cgroup/getsockname6", "cgroup/getsockname_unix",
	"cgroup/sysctl", "cgroup/getsockopt", "cgroup/setsockopt", "cgroup/dev", "struct_ops", "struct_ops.s",
	"sk_lookup", "netfilter"};

static void test_sections_of_libbpf(void **state)
{
	bool met[BCC_KINDS] = {false};
	struct bcc_program_section found;

	for (size_t i = 0; i < ARRAY_SIZE(libbpf_sections); i++) {
		const char *name = libbpf_sections[i];
		size_t length = strlen(name);

		if (!bcc_program_section_parse(name, &found) || *found.target)
			fail_msg("%s is unknown", name);
		/* the kind's whole name, not a shorter one that is its prefix */
		if (found.kind->section_length != length) {
			assert_int_equal(found.kind->section_length, length - 2);
			assert_string_equal(name + length - 2, ".s");
			assert_true(found.prog_flags & BPF_F_SLEEPABLE);
		}
		assert_true(found.kind->type > BPF_PROG_TYPE_UNSPEC);
		met[found.kind - bcc_program_kinds] = true;
	}
	for (size_t i = 0; i < BCC_KINDS; i++)
		if (!met[i])
			fail_msg("no section leads to the row of %s", bcc_program_kinds[i].section);
}

/* The value of an enumerator in the kernel's BTF; false if there is none of that name. */
static bool enumerator(const struct btf *kernel, const char *type, const char *name, long *value)
{
	int id = btf__find_by_name_kind(kernel, type, BTF_KIND_ENUM);
	const struct btf_type *t = id > 0 ? btf__type_by_id(kernel, id) : NULL;

	for (int i = 0; t && i < btf_vlen(t); i++) {
		if (strcmp(btf__name_by_offset(kernel, btf_enum(t)[i].name_off), name) != 0)
			continue;
		*value = btf_enum(t)[i].val;
		return true;
	}
	return false;
}

/* The numbers of kernel_bpf.h and the others are those of the running kernel. */
static void test_numbers_are_the_kernels(void **state)
{
	static const struct {
		const char *section, *type, *attach_type;
	} rows[] = {
#define KIND(id, section, type, attach_type, ...) {section, "BPF_PROG_TYPE_" #type, #attach_type},
#define AUTO(id, section, type, attach_type, ...) {section, "BPF_PROG_TYPE_" #type, #attach_type},
#include "common/program_kind_list.h"
#undef KIND
#undef AUTO
	};
	struct btf *kernel = btf__load_vmlinux_btf();
	size_t compared = 0;

	if (!kernel) {
		print_message("SKIP: this kernel has no BTF\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *attach = rows[i].attach_type;
		long number;

		if (enumerator(kernel, "bpf_prog_type", rows[i].type, &number))
			assert_int_equal(bcc_program_kinds[i].type, number);
		if (!strncmp(attach, "KERNEL_", 7))
			attach += 7;
		if (!enumerator(kernel, "bpf_attach_type", attach, &number))
			continue;
		assert_int_equal(bcc_program_kinds[i].attach_type, number);
		compared++;
	}
	btf__free(kernel);
	assert_true(compared > 20);
}

/* ---- names of functions ---- */

static bool is_overlay(const char *name, size_t length)
{
	return length == 7 && !memcmp(name, "overlay", 7);
}

static void expect_function(const char *name, enum bcc_kind kind, const char *target)
{
	const char *rest;
	const struct bcc_program_kind *found = bcc_program_kind_of_function(name, &rest);
	char buf[128];

	assert_ptr_equal(found, &bcc_program_kinds[kind]);
	assert_string_equal(bcc_program_kind_target(found, rest, is_overlay, buf, sizeof(buf)), target);
}

static void test_names_of_functions(void **state)
{
	char buf[128];

	expect_function("kprobe__do_exit", BCC_KIND_KPROBE, "do_exit");
	expect_function("kprobe____x64_sys_read", BCC_KIND_KPROBE, "__x64_sys_read");
	expect_function("kretprobe__a__b", BCC_KIND_KRETPROBE, "a__b");
	expect_function("tracepoint__sched__sched_switch", BCC_KIND_TRACEPOINT, "sched/sched_switch");
	expect_function("tracepoint__sched", BCC_KIND_TRACEPOINT, "sched");
	expect_function("raw_tracepoint__sys_enter", BCC_KIND_RAW_TRACEPOINT, "sys_enter");
	expect_function("kfunc__vmlinux__vfs_read", BCC_KIND_FENTRY, "vfs_read");
	expect_function("kfunc__vmlinux__overlay__f", BCC_KIND_FENTRY, "overlay__f");
	expect_function("kfunc__overlay__ovl_open", BCC_KIND_FENTRY, "ovl_open");
	expect_function("kfunc__other__f", BCC_KIND_FENTRY, "other__f");
	expect_function("kfunc____x64_sys_read", BCC_KIND_FENTRY, "__x64_sys_read");
	expect_function("kretfunc__vfs_read", BCC_KIND_FEXIT, "vfs_read");
	expect_function("kmod_ret__vmlinux__f", BCC_KIND_FMOD_RET, "f");
	expect_function("lsm__file_open", BCC_KIND_LSM, "file_open");
	expect_function("bpf_iter__task", BCC_KIND_ITER, "task");
	expect_function("kprobe__", BCC_KIND_KPROBE, "");
	assert_null(bcc_program_kind_of_function("main", &(const char *){NULL}));
	assert_null(bcc_program_kind_of_function("kprobe_f", &(const char *){NULL}));
	/* what does not fit is truncated */
	bcc_program_kind_target(&bcc_program_kinds[BCC_KIND_TRACEPOINT], "sched__switch", NULL, buf, 8);
	assert_string_equal(buf, "sched/s");
}

static void test_contexts(void **state)
{
	assert_int_equal(bcc_program_context_find("pt_regs, x", 7)->type, BPF_PROG_TYPE_KPROBE);
	assert_false(bcc_program_context_find("pt_regs", 7)->translated);
	assert_true(bcc_program_context_find("xdp_md", 6)->translated);
	assert_null(bcc_program_context_find("xdp_md", 5));
	assert_null(bcc_program_context_find("", 0));
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
		cmocka_unit_test(test_old_sections),
		cmocka_unit_test(test_other_sections),
		cmocka_unit_test(test_sections_of_libbpf),
		cmocka_unit_test(test_numbers_are_the_kernels),
		cmocka_unit_test(test_names_of_functions),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_kernel_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
