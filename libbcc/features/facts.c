/* SPDX-License-Identifier: Apache-2.0 */
/* What else there is to know of BPF in this kernel: ways to attach, settings, configuration. */
#include "features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/kernel_bpf.h"
#include "libbcc/attach/lsm.h"
#include "libbcc/attach/probe_pmu.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/kernel/tracefs.h"
#include "libbcc/log.h"

struct facts {
	struct bcc_features *f;
	bcc_fact_fn fn;
	void *ctx;
};

static int facts_report(
	const struct facts *s, const char *group, const char *name, int state, const char *value)
{
	return s->fn(s->ctx, &(struct bcc_fact){group, name, state, value});
}

static int facts_state(int yes)
{
	return yes > 0 ? BCC_FEATURE_YES : yes ? BCC_FEATURE_UNTRIED : BCC_FEATURE_NO;
}

/* ---- ways to attach: 1, 0, or -1 if it cannot be found out ---- */

int bcc_features_load(int type, int attach_type, int result, uint32_t target)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = result}, {.code = BPF_JMP | BPF_EXIT}};
	/* kinds that are newer than the headers of libbpf have numbers beyond its enums */
	/* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange) */
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_type, .attach_btf_id = target);

	/* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange) */
	return bpf_prog_load(type, NULL, "GPL", insns, ARRAY_SIZE(insns), &opts);
}

static int facts_kprobe(struct bcc_features *f)
{
	return bcc_probe_pmu_exists("kprobe");
}

static int facts_uprobe(struct bcc_features *f)
{
	return bcc_probe_pmu_exists("uprobe");
}

static int facts_tracepoint(struct bcc_features *f)
{
	bcc_auto_fd int fd = bcc_tracefs_open_file("events/header_page");

	return fd >= 0;
}

/* Older kernels do not look at a type of attachment that they do not know. */
static bool facts_knows_attach_type(struct bcc_features *f, const char *name)
{
	const struct btf *btf = bcc_features_btf(f);
	int id = btf ? btf__find_by_name_kind(btf, "bpf_attach_type", BTF_KIND_ENUM) : -1;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__str_by_offset(btf, btf_enum(type)[i].name_off), name))
			return true;
	return false;
}

/* A kernel that has these links finds no functions in the request, others do not look. */
static int facts_kprobe_multi(struct bcc_features *f)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	bcc_auto_fd int program = -1;
	bcc_auto_fd int link = -1;

	if (!facts_knows_attach_type(f, "BPF_TRACE_KPROBE_MULTI"))
		return f->btf ? 0 : -1;
	program = bcc_features_load(BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, 0, 0);
	link = program < 0 ? -1 : bpf_link_create(program, 0, BPF_TRACE_KPROBE_MULTI, &opts);
	return program >= 0 && link != -EOPNOTSUPP;
}

/* One that has these looks at the file, and refuses a directory. */
static int facts_uprobe_multi(struct bcc_features *f)
{
	const uint64_t offset = 0;
	struct {
		uint32_t program, target, attach_type, flags;
		uint64_t path, offsets, semaphores, cookies;
		uint32_t count, multi_flags, pid, unused;
	} attr = {.attach_type = KERNEL_BPF_TRACE_UPROBE_MULTI,
		.path = (uintptr_t)"/",
		.offsets = (uintptr_t)&offset,
		.count = 1};
	bcc_auto_fd int program =
		bcc_features_load(BPF_PROG_TYPE_KPROBE, KERNEL_BPF_TRACE_UPROBE_MULTI, 0, 0);
	bcc_auto_fd int link = -1;

	if (program < 0)
		return 0;
	attr.program = (uint32_t)program;
	link = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	return link < 0 && errno == EBADF;
}

/* At a function that the kernel has for such tests, and calls for nothing else. */
static int facts_fentry(struct bcc_features *f)
{
	const struct btf *btf = bcc_features_btf(f);
	int id = btf ? btf__find_by_name_kind(btf, "bpf_fentry_test1", BTF_KIND_FUNC) : -1;
	bcc_auto_fd int program = -1;
	bcc_auto_fd int link = -1;

	if (id <= 0)
		return btf ? -1 : 0;
	program = bcc_features_load(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 0, (uint32_t)id);
	link = program < 0 ? -1 : bpf_raw_tracepoint_open(NULL, program);
	return link >= 0;
}

static int facts_lsm(struct bcc_features *f)
{
	return bcc_lsm_is_active();
}

static int facts_query(unsigned attach_type)
{
	struct bcc_hook_query query = {.target = 1 /* the loopback device */, .attach_type = attach_type};
	int ret = bcc_hook_query(&query);

	return ret == -EINVAL ? 0 : ret == -ENODEV ? -1 : 1;
}

static int facts_tcx(struct bcc_features *f)
{
	return facts_query(KERNEL_BPF_TCX_INGRESS);
}

/* The loopback device is none: a kernel that has them says so. */
static int facts_netkit(struct bcc_features *f)
{
	return facts_query(KERNEL_BPF_NETKIT_PRIMARY);
}

static int facts_netfilter(struct bcc_features *f)
{
	bcc_auto_fd int program =
		bcc_features_load(KERNEL_BPF_PROG_TYPE_NETFILTER, KERNEL_BPF_NETFILTER, 1, 0);

	return program >= 0;
}

static int facts_attach(const struct facts *s)
{
	static const struct {
		const char *name;
		int (*find)(struct bcc_features *f);
	} ways[] = {{"kprobe", facts_kprobe}, {"kprobe_multi", facts_kprobe_multi}, {"uprobe", facts_uprobe},
		{"uprobe_multi", facts_uprobe_multi}, {"tracepoint", facts_tracepoint},
		{"fentry", facts_fentry}, {"lsm", facts_lsm}, {"tcx", facts_tcx}, {"netkit", facts_netkit},
		{"netfilter", facts_netfilter}};
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ways) && !ret; i++)
		ret = facts_report(s, "attach", ways[i].name, facts_state(ways[i].find(s->f)), "");
	return ret;
}

/* ---- settings ---- */

/* The first line of a file; false: it cannot be read. */
static bool facts_read_line(const char *path, char *line, size_t size)
{
	bcc_auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, line, size - 1);

	if (length < 0)
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static int facts_setting(const struct facts *s, const char *name, const char *path, const char *off)
{
	char line[128] = "";
	bool read = facts_read_line(path, line, sizeof(line));

	return facts_report(s, "kernel", name,
		!read		    ? BCC_FEATURE_UNTRIED
		: strcmp(line, off) ? BCC_FEATURE_YES
				    : BCC_FEATURE_NO,
		line);
}

/* Unprivileged users may use BPF if the setting that forbids it is 0. */
static int facts_unprivileged(const struct facts *s)
{
	char line[128] = "";
	bool read = facts_read_line("/proc/sys/kernel/unprivileged_bpf_disabled", line, sizeof(line));

	return facts_report(s, "kernel", "unprivileged",
		!read		    ? BCC_FEATURE_UNTRIED
		: strcmp(line, "0") ? BCC_FEATURE_NO
				    : BCC_FEATURE_YES,
		line);
}

static int facts_settings(const struct facts *s)
{
	struct utsname kernel;
	int ret;

	uname(&kernel);
	ret = facts_report(s, "kernel", "release", BCC_FEATURE_YES, kernel.release);
	if (!ret)
		ret = facts_report(s, "kernel", "btf", facts_state(bcc_features_btf(s->f) != NULL), "");
	if (!ret)
		ret = facts_report(s, "kernel", "ring_buffer",
			facts_state(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL)), "");
	if (!ret)
		ret = facts_setting(s, "jit", "/proc/sys/net/core/bpf_jit_enable", "0");
	if (!ret)
		ret = facts_setting(s, "jit_harden", "/proc/sys/net/core/bpf_jit_harden", "0");
	if (!ret)
		ret = facts_unprivileged(s);
	return ret ? ret : facts_setting(s, "counts_runs", "/proc/sys/kernel/bpf_stats_enabled", "0");
}

/* ---- configuration ---- */

static const char *const facts_options[] = {"CONFIG_BPF", "CONFIG_BPF_SYSCALL", "CONFIG_BPF_JIT",
	"CONFIG_BPF_JIT_ALWAYS_ON", "CONFIG_BPF_UNPRIV_DEFAULT_OFF", "CONFIG_BPF_EVENTS", "CONFIG_BPF_LSM",
	"CONFIG_BPF_KPROBE_OVERRIDE", "CONFIG_BPF_STREAM_PARSER", "CONFIG_CGROUP_BPF",
	"CONFIG_DEBUG_INFO_BTF", "CONFIG_DEBUG_INFO_BTF_MODULES", "CONFIG_DYNAMIC_FTRACE", "CONFIG_FPROBE",
	"CONFIG_FTRACE_SYSCALLS", "CONFIG_FUNCTION_ERROR_INJECTION", "CONFIG_FUNCTION_TRACER",
	"CONFIG_IKHEADERS", "CONFIG_KALLSYMS_ALL", "CONFIG_KPROBES", "CONFIG_KPROBE_EVENTS", "CONFIG_NETKIT",
	"CONFIG_NET_ACT_BPF", "CONFIG_NET_CLS_BPF", "CONFIG_PERF_EVENTS", "CONFIG_UPROBES",
	"CONFIG_UPROBE_EVENTS", "CONFIG_XDP_SOCKETS"};

/* zlib reads files that are not compressed as they are. */
static gzFile facts_open_config(void)
{
	struct utsname kernel;
	char path[sizeof(kernel.release) + 64];
	gzFile file = gzopen("/proc/config.gz", "rbe");

	if (file)
		return file;
	uname(&kernel);
	snprintf(path, sizeof(path), "/boot/config-%s", kernel.release);
	file = gzopen(path, "rbe");
	if (file)
		return file;
	snprintf(path, sizeof(path), "/lib/modules/%s/config", kernel.release);
	return gzopen(path, "rbe");
}

static void facts_config_line(char *line, char (*values)[32])
{
	char *equals = strchr(line, '=');

	if (!equals)
		return;
	*equals++ = '\0';
	equals[strcspn(equals, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(facts_options); i++)
		if (!strcmp(line, facts_options[i]))
			snprintf(values[i], sizeof(*values), "%s", equals);
}

static int facts_config(const struct facts *s)
{
	char values[ARRAY_SIZE(facts_options)][32] = {""}, line[4096];
	gzFile file = facts_open_config();
	int ret = 0;

	while (file && gzgets(file, line, sizeof(line)))
		facts_config_line(line, values);
	for (size_t i = 0; i < ARRAY_SIZE(facts_options) && !ret; i++)
		ret = facts_report(s, "config", facts_options[i],
			!file	     ? BCC_FEATURE_UNTRIED
			: *values[i] ? BCC_FEATURE_YES
				     : BCC_FEATURE_NO,
			values[i]);
	if (file)
		gzclose(file);
	return ret;
}

int bcc_features_facts(struct bcc_features *f, bcc_fact_fn fn, void *ctx)
{
	const struct facts s = {f, fn, ctx};
	BCC_LOG_SCOPE(NULL);
	int ret;

	if (!f)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&f->err, -EINVAL, "the function to call for each is missing");
	ret = bcc_features_may_try(f);
	if (!ret)
		ret = facts_settings(&s);
	if (!ret)
		ret = facts_attach(&s);
	return ret ? ret : facts_config(&s);
}
