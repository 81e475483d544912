/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each section name that libbpf's documentation lists ("Program Types and ELF Sections"), loaded: what the
 * kernel is asked for is compared with the numbers that its own BTF gives to the documented names.
 *
 * Whether this kernel has such programs is found out by loading the same with two instructions and without
 * the library. What it has no name for, or refuses for a documented reason, is listed and left out.
 */
#include "testlib.h"

#include <dlfcn.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "common/array.h"

/* Why a kernel that knows the names may still refuse a row. */
enum needs {
	NEEDS_NOTHING,
	NEEDS_TRAMPOLINES,	    /* a kernel built without them, or without the BPF LSM */
	NEEDS_INFRARED,		    /* built without CONFIG_BPF_LIRC_MODE2 */
	NEEDS_SLEEPABLE_FUNCTION,   /* 6.1 lets no program sleep in the one that is there for tests */
	NEEDS_SLEEPABLE_TRACEPOINTS /* newer than 6.18 */
};

struct row {
	const char *section, *type, *attach_type;
	uint32_t flags;
	int result; /* what the verifier lets such a program return */
	enum needs needs;
	const char *target; /* its name in the kernel's BTF */
};

#define PLAIN(section, type) {section, #type, NULL, 0, 0, NEEDS_NOTHING, NULL}
#define SLEEPABLE(section, type) {section, #type, NULL, BPF_F_SLEEPABLE, 0, NEEDS_NOTHING, NULL}
#define ROW(section, type, attach, flags, result)                                                            \
	{section, #type, #attach, flags, result, NEEDS_NOTHING, NULL}
#define TYPED(section, type, attach, flags, target)                                                          \
	{section, #type, #attach, flags, 0, NEEDS_TRAMPOLINES, target}
#define LATE(section, type, attach, target)                                                                  \
	{section, #type, attach, BPF_F_SLEEPABLE, 0, NEEDS_SLEEPABLE_TRACEPOINTS, target}
#define CGROUP(section, type, attach) ROW(section, type, attach, 0, 1)

static const struct row rows[] = {
	PLAIN("socket", SOCKET_FILTER),
	ROW("sk_reuseport/migrate", SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE, 0, 1),
	ROW("sk_reuseport", SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT, 0, 1),
	PLAIN("kprobe", KPROBE),
	PLAIN("kprobe/vfs_read", KPROBE),
	PLAIN("uprobe", KPROBE),
	PLAIN("uprobe//bin/sh:main", KPROBE),
	SLEEPABLE("uprobe.s", KPROBE),
	PLAIN("kretprobe/vfs_read", KPROBE),
	PLAIN("uretprobe", KPROBE),
	SLEEPABLE("uretprobe.s//bin/sh:main", KPROBE),
	ROW("kprobe.multi/vfs_*", KPROBE, BPF_TRACE_KPROBE_MULTI, 0, 0),
	ROW("kretprobe.multi", KPROBE, BPF_TRACE_KPROBE_MULTI, 0, 0),
	ROW("kprobe.session/vfs_*", KPROBE, BPF_TRACE_KPROBE_SESSION, 0, 0),
	ROW("uprobe.multi//bin/sh:m*", KPROBE, BPF_TRACE_UPROBE_MULTI, 0, 0),
	ROW("uretprobe.multi", KPROBE, BPF_TRACE_UPROBE_MULTI, 0, 0),
	ROW("uprobe.session", KPROBE, BPF_TRACE_UPROBE_SESSION, 0, 0),
	ROW("uprobe.multi.s", KPROBE, BPF_TRACE_UPROBE_MULTI, BPF_F_SLEEPABLE, 0),
	ROW("uretprobe.multi.s", KPROBE, BPF_TRACE_UPROBE_MULTI, BPF_F_SLEEPABLE, 0),
	ROW("uprobe.session.s//bin/sh:m*", KPROBE, BPF_TRACE_UPROBE_SESSION, BPF_F_SLEEPABLE, 0),
	PLAIN("ksyscall/getpgid", KPROBE),
	PLAIN("kretsyscall", KPROBE),
	PLAIN("usdt//bin/sh:provider:probe", KPROBE),
	SLEEPABLE("usdt.s", KPROBE),
	ROW("tc/ingress", SCHED_CLS, BPF_TCX_INGRESS, 0, 0),
	ROW("tc/egress", SCHED_CLS, BPF_TCX_EGRESS, 0, 0),
	ROW("tcx/ingress", SCHED_CLS, BPF_TCX_INGRESS, 0, 0),
	ROW("tcx/egress", SCHED_CLS, BPF_TCX_EGRESS, 0, 0),
	PLAIN("tc", SCHED_CLS),
	PLAIN("classifier", SCHED_CLS),
	PLAIN("action", SCHED_ACT),
	ROW("netkit/primary", SCHED_CLS, BPF_NETKIT_PRIMARY, 0, 0),
	ROW("netkit/peer", SCHED_CLS, BPF_NETKIT_PEER, 0, 0),
	PLAIN("tracepoint/syscalls/sys_enter_getpgid", TRACEPOINT),
	PLAIN("tp", TRACEPOINT),
	LATE("tracepoint.s/syscalls/sys_enter_getpgid", TRACEPOINT, NULL, NULL),
	LATE("tp.s", TRACEPOINT, NULL, NULL),
	PLAIN("raw_tracepoint/sys_enter", RAW_TRACEPOINT),
	PLAIN("raw_tp", RAW_TRACEPOINT),
	LATE("raw_tracepoint.s", RAW_TRACEPOINT, NULL, NULL),
	LATE("raw_tp.s/sys_enter", RAW_TRACEPOINT, NULL, NULL),
	PLAIN("raw_tracepoint.w", RAW_TRACEPOINT_WRITABLE),
	PLAIN("raw_tp.w/sys_enter", RAW_TRACEPOINT_WRITABLE),
	{"tp_btf/sys_enter", "TRACING", "BPF_TRACE_RAW_TP", 0, 0, NEEDS_NOTHING, "btf_trace_sys_enter"},
	LATE("tp_btf.s/sys_enter", TRACING, "BPF_TRACE_RAW_TP", "btf_trace_sys_enter"),
	TYPED("fentry/bpf_fentry_test1", TRACING, BPF_TRACE_FENTRY, 0, "bpf_fentry_test1"),
	{"fentry.s/bpf_fentry_test1", "TRACING", "BPF_TRACE_FENTRY", BPF_F_SLEEPABLE, 0,
		NEEDS_SLEEPABLE_FUNCTION, "bpf_fentry_test1"},
	TYPED("fmod_ret/security_file_open", TRACING, BPF_MODIFY_RETURN, 0, "security_file_open"),
	{"fmod_ret.s/bpf_fentry_test1", "TRACING", "BPF_MODIFY_RETURN", BPF_F_SLEEPABLE, 0,
		NEEDS_SLEEPABLE_FUNCTION, "bpf_fentry_test1"},
	TYPED("fexit/bpf_fentry_test1", TRACING, BPF_TRACE_FEXIT, 0, "bpf_fentry_test1"),
	{"fexit.s/bpf_fentry_test1", "TRACING", "BPF_TRACE_FEXIT", BPF_F_SLEEPABLE, 0,
		NEEDS_SLEEPABLE_FUNCTION, "bpf_fentry_test1"},
	TYPED("fsession/bpf_fentry_test1", TRACING, BPF_TRACE_FSESSION, 0, "bpf_fentry_test1"),
	TYPED("fsession.s/bpf_fentry_test1", TRACING, BPF_TRACE_FSESSION, BPF_F_SLEEPABLE,
		"bpf_fentry_test1"),
	ROW("fentry.multi/vfs_*", TRACING, BPF_TRACE_FENTRY_MULTI, 0, 0),
	ROW("fentry.multi.s", TRACING, BPF_TRACE_FENTRY_MULTI, BPF_F_SLEEPABLE, 0),
	ROW("fexit.multi", TRACING, BPF_TRACE_FEXIT_MULTI, 0, 0),
	ROW("fexit.multi.s/vfs_*", TRACING, BPF_TRACE_FEXIT_MULTI, BPF_F_SLEEPABLE, 0),
	ROW("fsession.multi/vfs_*", TRACING, BPF_TRACE_FSESSION_MULTI, 0, 0),
	ROW("fsession.multi.s", TRACING, BPF_TRACE_FSESSION_MULTI, BPF_F_SLEEPABLE, 0),
	TYPED("lsm/file_open", LSM, BPF_LSM_MAC, 0, "bpf_lsm_file_open"),
	TYPED("lsm.s/file_open", LSM, BPF_LSM_MAC, BPF_F_SLEEPABLE, "bpf_lsm_file_open"),
	{"lsm_cgroup/socket_bind", "LSM", "BPF_LSM_CGROUP", 0, 1, NEEDS_TRAMPOLINES, "bpf_lsm_socket_bind"},
	{"iter/task", "TRACING", "BPF_TRACE_ITER", 0, 0, NEEDS_NOTHING, "bpf_iter_task"},
	{"iter.s/task", "TRACING", "BPF_TRACE_ITER", BPF_F_SLEEPABLE, 0, NEEDS_NOTHING, "bpf_iter_task"},
	SLEEPABLE("syscall", SYSCALL),
	ROW("xdp.frags/devmap", XDP, BPF_XDP_DEVMAP, BPF_F_XDP_HAS_FRAGS, 1),
	ROW("xdp/devmap", XDP, BPF_XDP_DEVMAP, 0, 1),
	ROW("xdp.frags/cpumap", XDP, BPF_XDP_CPUMAP, BPF_F_XDP_HAS_FRAGS, 1),
	ROW("xdp/cpumap", XDP, BPF_XDP_CPUMAP, 0, 1),
	ROW("xdp.frags", XDP, BPF_XDP, BPF_F_XDP_HAS_FRAGS, 1),
	ROW("xdp", XDP, BPF_XDP, 0, 1),
	PLAIN("perf_event", PERF_EVENT),
	PLAIN("lwt_in", LWT_IN),
	PLAIN("lwt_out", LWT_OUT),
	PLAIN("lwt_xmit", LWT_XMIT),
	PLAIN("lwt_seg6local", LWT_SEG6LOCAL),
	ROW("sockops", SOCK_OPS, BPF_CGROUP_SOCK_OPS, 0, 1),
	ROW("sk_skb/stream_parser", SK_SKB, BPF_SK_SKB_STREAM_PARSER, 0, 1),
	ROW("sk_skb/stream_verdict", SK_SKB, BPF_SK_SKB_STREAM_VERDICT, 0, 1),
	ROW("sk_skb/verdict", SK_SKB, BPF_SK_SKB_VERDICT, 0, 1),
	PLAIN("sk_skb", SK_SKB),
	ROW("sk_msg", SK_MSG, BPF_SK_MSG_VERDICT, 0, 1),
	{"lirc_mode2", "LIRC_MODE2", "BPF_LIRC_MODE2", 0, 0, NEEDS_INFRARED, NULL},
	ROW("flow_dissector", FLOW_DISSECTOR, BPF_FLOW_DISSECTOR, 0, 0),
	CGROUP("cgroup_skb/ingress", CGROUP_SKB, BPF_CGROUP_INET_INGRESS),
	CGROUP("cgroup_skb/egress", CGROUP_SKB, BPF_CGROUP_INET_EGRESS),
	PLAIN("cgroup/skb", CGROUP_SKB),
	CGROUP("cgroup/sock_create", CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE),
	CGROUP("cgroup/sock_release", CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE),
	CGROUP("cgroup/sock", CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE),
	CGROUP("cgroup/post_bind4", CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND),
	CGROUP("cgroup/post_bind6", CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND),
	CGROUP("cgroup/bind4", CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND),
	CGROUP("cgroup/bind6", CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND),
	CGROUP("cgroup/connect4", CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT),
	CGROUP("cgroup/connect6", CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT),
	CGROUP("cgroup/connect_unix", CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_CONNECT),
	CGROUP("cgroup/sendmsg4", CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG),
	CGROUP("cgroup/sendmsg6", CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG),
	CGROUP("cgroup/sendmsg_unix", CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_SENDMSG),
	CGROUP("cgroup/recvmsg4", CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_RECVMSG),
	CGROUP("cgroup/recvmsg6", CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_RECVMSG),
	CGROUP("cgroup/recvmsg_unix", CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_RECVMSG),
	CGROUP("cgroup/getpeername4", CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETPEERNAME),
	CGROUP("cgroup/getpeername6", CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETPEERNAME),
	CGROUP("cgroup/getpeername_unix", CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_GETPEERNAME),
	CGROUP("cgroup/getsockname4", CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_GETSOCKNAME),
	CGROUP("cgroup/getsockname6", CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_GETSOCKNAME),
	CGROUP("cgroup/getsockname_unix", CGROUP_SOCK_ADDR, BPF_CGROUP_UNIX_GETSOCKNAME),
	CGROUP("cgroup/sysctl", CGROUP_SYSCTL, BPF_CGROUP_SYSCTL),
	CGROUP("cgroup/getsockopt", CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT),
	CGROUP("cgroup/setsockopt", CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT),
	CGROUP("cgroup/dev", CGROUP_DEVICE, BPF_CGROUP_DEVICE),
	ROW("sk_lookup", SK_LOOKUP, BPF_SK_LOOKUP, 0, 1),
	ROW("netfilter", NETFILTER, BPF_NETFILTER, 0, 1),
	/* those that nothing loads unless it asks for them */
	ROW("?xdp.frags", XDP, BPF_XDP, BPF_F_XDP_HAS_FRAGS, 1),
	PLAIN("?kprobe/vfs_read", KPROBE),
	{"?iter.s/task", "TRACING", "BPF_TRACE_ITER", BPF_F_SLEEPABLE, 0, NEEDS_NOTHING, "bpf_iter_task"},
	CGROUP("?cgroup/dev", CGROUP_DEVICE, BPF_CGROUP_DEVICE),
};

/* ---- what the library asks the kernel for ---- */

static struct {
	int type, attach_type;
	uint32_t flags, target;
} asked;

typedef int load_fn(enum bpf_prog_type, const char *, const char *, const struct bpf_insn *, size_t,
	const struct bpf_prog_load_opts *);

/* In place of libbpf's, for the library too. */
int bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
	const struct bpf_insn *insns, size_t count, const struct bpf_prog_load_opts *opts)
{
	load_fn *load = (load_fn *)dlsym(RTLD_NEXT, "bpf_prog_load");

	asked.type = type;
	asked.attach_type = opts ? (int)opts->expected_attach_type : 0;
	asked.flags = opts ? opts->prog_flags : 0;
	asked.target = opts ? opts->attach_btf_id : 0;
	return load(type, name, license, insns, count, opts);
}

/* ---- what it should ask for ---- */

struct expected {
	int type, attach_type;
	uint32_t target;
};

/* The value of an enumerator of the kernel's, or -1. */
static int number_of(const struct btf *kernel, const char *type, const char *name)
{
	int id = btf__find_by_name_kind(kernel, type, BTF_KIND_ENUM);
	const struct btf_type *t = id > 0 ? btf__type_by_id(kernel, id) : NULL;

	for (int i = 0; t && i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(kernel, btf_enum(t)[i].name_off), name))
			return btf_enum(t)[i].val;
	return -1;
}

/* Returns false if this kernel has no such names. */
static bool expect_of(const struct btf *kernel, const struct row *row, struct expected *expected)
{
	char type[64];

	snprintf(type, sizeof(type), "BPF_PROG_TYPE_%s", row->type);
	*expected = (struct expected){.type = number_of(kernel, "bpf_prog_type", type)};
	if (row->attach_type)
		expected->attach_type = number_of(kernel, "bpf_attach_type", row->attach_type);
	if (expected->type < 0 || expected->attach_type < 0)
		return false;
	if (row->target) {
		int id = btf__find_by_name_kind(kernel, row->target,
			strncmp(row->target, "btf_trace_", 10) ? BTF_KIND_FUNC : BTF_KIND_TYPEDEF);

		if (id < 0)
			return false;
		expected->target = id;
	}
	return true;
}

/* The same without the library. */
static bool kernel_takes(const struct row *row, const struct expected *expected)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = row->result}, {.code = BPF_JMP | BPF_EXIT}};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = expected->attach_type,
		.prog_flags = row->flags, .attach_btf_id = expected->target);
	int fd = bpf_prog_load(expected->type, "two", "GPL", insns, 2, &opts);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* ---- the walk ---- */

static struct bcc *open_rows(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct bcc *b;

	assert_non_null(out);
	fputs("#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
	      "char LICENSE[] SEC(\"license\") = \"GPL\";\n",
		out);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		fprintf(out, "SEC(\"%s\") int program_%zu(void *ctx) { return %d; }\n", rows[i].section, i,
			rows[i].result);
	assert_int_equal(fclose(out), 0);
	b = open_test_text(text, NULL);
	free(text);
	return b;
}

static void load_row(struct bcc *b, size_t i, const struct expected *expected)
{
	const struct row *row = &rows[i];
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	struct bcc_program *p;
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "program_%zu", i);
	p = bcc_program_find(b, name);
	assert_non_null(p);
	assert_string_equal(bcc_program_section(p), row->section);
	memset(&asked, 0, sizeof(asked));
	fd = bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL);
	if (fd < 0)
		fail_msg("%s: %s", row->section, bcc_error(b));
	if (asked.type != expected->type || asked.attach_type != expected->attach_type ||
		asked.flags != row->flags || (row->target && asked.target != expected->target))
		fail_msg("%s: type %d, attach type %d, flags %#x, target %u instead of %d, %d, %#x, %u",
			row->section, asked.type, asked.attach_type, asked.flags, asked.target,
			expected->type, expected->attach_type, row->flags, expected->target);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	assert_int_equal(info.type, expected->type);
	if (row->target)
		assert_int_equal(info.attach_btf_id, expected->target);
}

static void test_all_sections(void **state)
{
	static const char *const reasons[] = {[NEEDS_TRAMPOLINES] = "trampolines",
		[NEEDS_INFRARED] = "programs for infrared receivers",
		[NEEDS_SLEEPABLE_FUNCTION] = "trampolines of sleepable programs there",
		[NEEDS_SLEEPABLE_TRACEPOINTS] = "sleepable tracepoints"};
	struct btf *kernel = btf__load_vmlinux_btf();
	bool is_complete = getenv("BCC_TEST_NO_SKIP"); /* virtual machines have kernels with trampolines */
	size_t loaded = 0;
	struct bcc *b;

	if (!kernel)
		test_missing("this kernel has no BTF");
	b = open_rows();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct expected expected;

		if (!expect_of(kernel, &rows[i], &expected)) {
			printf("%s: this kernel's types do not name %s, %s or %s\n", rows[i].section,
				rows[i].type, rows[i].attach_type ? rows[i].attach_type : "-",
				rows[i].target ? rows[i].target : "-");
			continue;
		}
		if (!kernel_takes(&rows[i], &expected)) {
			if (!reasons[rows[i].needs] || (is_complete && rows[i].needs == NEEDS_TRAMPOLINES))
				fail_msg("%s: the kernel refuses the test's own program: %s", rows[i].section,
					strerror(errno));
			printf("%s: this kernel has no %s\n", rows[i].section, reasons[rows[i].needs]);
			continue;
		}
		load_row(b, i, &expected);
		loaded++;
	}
	printf("%zu of %zu loaded\n", loaded, ARRAY_SIZE(rows));
	assert_true(loaded >= 80);
	bcc_close(b);
	btf__free(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_sections)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
