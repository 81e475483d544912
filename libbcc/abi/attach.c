/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaching by descriptor. The calls return the event's descriptor, and closing it detaches: a probe is
 * created and removed with its event, so that the detach calls, which take names, have nothing left to do.
 */
#include "abi.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "libbcc/attach/attach.h"
#include "libbcc/attach/kretprobe_maxactive.h"
#include "libbcc/attach/probe_pmu.h"
#include "libbcc/attach/tracepoint_id.h"
#include "libbcc/kernel/renamed_functions.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/elf/zip_member.h"
#include "program_registry.h"
#include "static_probe.h"

/* Runs program `progfd` on a perf event; returns the event's descriptor, which is closed on failure. */
static int run_on_event(int progfd, int event, const char *what)
{
	int code;

	if (!ioctl(event, PERF_EVENT_IOC_SET_BPF, progfd) && !ioctl(event, PERF_EVENT_IOC_ENABLE, 0))
		return event;
	code = -errno;
	close(event);
	return bcc_abi_fail(code, "the program cannot be bound to %s: %s", what, strerror(-code));
}

/* Opens the event of what replaces a kernel function that this kernel does not have; `code` if nothing
 * does. */
static int open_renamed(const struct bcc_probe_request *request, int code)
{
	struct bcc_probe_request other = *request;
	struct bcc_renamed_function found = {0};
	int event;

	other.target = found.name;
	while (bcc_renamed_function(request->target, &found)) {
		event = bcc_probe_pmu_open(&other);
		if (event < 0)
			continue;
		fprintf(stderr, "bpf: this kernel has no %s to probe: probing %s instead%s\n",
			request->target, found.name, found.differs);
		return event;
	}
	return code;
}

/* Nothing to probe and nothing to miss: returns a descriptor for the client to close. */
static int pass_over(int progfd, const char *function)
{
	int fd = fcntl(progfd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return bcc_abi_result(-errno);
	fprintf(stderr, "bpf: this kernel has no %s to probe: %s does all of its work\n", function,
		bcc_gone_function(function));
	return fd;
}

static int attach_probe(int progfd, const struct bcc_probe_request *request)
{
	int event = bcc_probe_pmu_open(request);

	/* -EINVAL: it exists, but was compiled without room for a probe */
	if ((event == -ENOENT || event == -EINVAL) && !strcmp(request->pmu, "kprobe"))
		event = open_renamed(request, event);
	if (event == -ENOENT && !strcmp(request->pmu, "kprobe") && bcc_gone_function(request->target))
		return pass_over(progfd, request->target);
	if (event == -ENODEV)
		return bcc_abi_fail(event, "this kernel has no %ss", request->pmu);
	if (event < 0)
		return bcc_abi_fail(event, "%s cannot be probed%s: %s", request->target,
			request->retprobe ? " at its return" : "",
			event == -KERNEL_ENOTSUPP ? "the kernel cannot probe this instruction"
						  : strerror(-event));
	return run_on_event(progfd, event, request->target);
}

/* A return probe that follows more concurrent calls than an ordinary one: returns the link's descriptor or a
 * negative errno. */
static int abi_attach_wide(int progfd, const char *function, int maxactive)
{
	const struct bcc_kprobe_opts opts =
		BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true, .maxactive = maxactive);
	unsigned long address = bcc_fprobe_address(function);
	bcc_auto_fd int again = address ? bcc_abi_load_again(progfd, BPF_TRACE_KPROBE_MULTI) : -EOPNOTSUPP;

	return again < 0 ? again : bcc_fprobe_link(again, address, &opts, 0);
}

static const char *why_not_wide(int code)
{
	if (code == -EOPNOTSUPP)
		return "this kernel has no fprobes (5.18, CONFIG_FPROBE)";
	return code == -ENOENT ? "the program does not belong to an open module" : strerror(-code);
}

int bpf_attach_kprobe(int progfd, enum bpf_probe_attach_type attach_type, const char *ev_name,
	const char *fn_name, uint64_t fn_offset, int maxactive)
{
	const struct bcc_probe_request request = {.pmu = "kprobe",
		.target = fn_name,
		.offset = fn_offset,
		.retprobe = attach_type == BPF_PROBE_RETURN};
	int wide, fd;

	if (!request.retprobe || maxactive <= 0 || maxactive <= bcc_kretprobe_default_maxactive())
		return attach_probe(progfd, &request);
	wide = abi_attach_wide(progfd, fn_name, maxactive);
	if (wide >= 0)
		return wide;
	fd = attach_probe(progfd, &request);
	if (fd >= 0)
		fprintf(stderr,
			"bpf: %s: maxactive %d is not available, returns beyond %d concurrent calls are missed: %s\n",
			fn_name, maxactive, bcc_kretprobe_default_maxactive(), why_not_wide(wide));
	return fd;
}

/* The same with a cookie, which only a link can carry; returns the link's descriptor. */
static int run_with_cookie(int progfd, int event, const char *what, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = cookie);
	int link = bpf_link_create(progfd, event, BPF_PERF_EVENT, &opts);

	if (link >= 0 && ioctl(event, PERF_EVENT_IOC_ENABLE, 0)) {
		int code = -errno;

		close(link);
		link = code;
	}
	close(event);
	return link >= 0 ? link
			 : bcc_abi_fail(link, "the program cannot be bound to %s: %s", what, strerror(-link));
}

/* For a static probe (USDT): maintains its semaphore, and tells the program where its arguments are. */
static int attach_static_probe(
	int progfd, struct bcc_probe_request *request, const struct bcc_static_probe *probe)
{
	int cookie = bcc_static_probe_cookie(progfd, probe);
	int event;

	if (cookie < 0)
		return bcc_abi_fail(cookie,
			"the location of the arguments of a static probe of %s cannot be stored: %s",
			request->target, strerror(-cookie));
	if (!request->ref_ctr_offset)
		request->ref_ctr_offset = probe->semaphore_offset;
	if (!cookie)
		return attach_probe(progfd, request);
	event = bcc_probe_pmu_open(request);
	if (event < 0)
		return bcc_abi_fail(event, "%s cannot be probed: %s", request->target, strerror(-event));
	return run_with_cookie(progfd, event, request->target, (uint64_t)cookie);
}

int bpf_attach_uprobe(int progfd, enum bpf_probe_attach_type attach_type, const char *ev_name,
	const char *binary_path, uint64_t offset, pid_t pid, uint32_t ref_ctr_offset)
{
	struct bcc_probe_request request = {.pmu = "uprobe",
		.target = binary_path,
		.offset = offset,
		/* python3-bpfcc omits this argument, so it is whatever is on the stack, and the kernel would
		 * increment what it points to in every process */
		.ref_ctr_offset = bcc_is_semaphore(binary_path, ref_ctr_offset) ? ref_ctr_offset : 0,
		.retprobe = attach_type == BPF_PROBE_RETURN,
		.pid = pid > 0 ? pid : 0};
	struct bcc_static_probe probe;
	struct bcc_binary member;
	int ret;

	if (binary_path && strstr(binary_path, BCC_ZIP_SEPARATOR) && access(binary_path, F_OK) &&
		!bcc_binary_open(NULL, binary_path, 0, &member)) {
		request.target = member.path;
		request.offset += member.start;
		ret = attach_probe(progfd, &request);
		bcc_binary_close(&member);
		return ret;
	}
	if (!request.retprobe && bcc_static_probe_at(binary_path, offset, &probe))
		return attach_static_probe(progfd, &request, &probe);
	return attach_probe(progfd, &request);
}

int bpf_detach_kprobe(const char *ev_name)
{
	return 0;
}

int bpf_detach_uprobe(const char *ev_name)
{
	return 0;
}

int bpf_attach_tracepoint(int progfd, const char *tp_category, const char *tp_name)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .disabled = 1, .sample_period = 1};
	int64_t id = bcc_tracepoint_id(-1, tp_category, tp_name);
	int event;

	if (id < 0)
		return bcc_abi_fail(
			id, "tracepoint %s:%s cannot be found: %s", tp_category, tp_name, strerror(-id));
	attr.config = id;
	event = bcc_perf_event_open(&attr, -1, 0);
	if (event < 0)
		return bcc_abi_fail(event, "tracepoint %s:%s cannot be opened: %s", tp_category, tp_name,
			strerror(-event));
	return run_on_event(progfd, event, tp_name);
}

int bpf_detach_tracepoint(const char *tp_category, const char *tp_name)
{
	return 0;
}

int bpf_attach_raw_tracepoint(int progfd, const char *tp_name)
{
	int fd = bpf_raw_tracepoint_open(tp_name, progfd);

	if (fd >= 0)
		return fd;
	return bcc_abi_fail(fd, "raw tracepoint %s cannot be attached: %s%s", tp_name, strerror(-fd),
		fd == -EINVAL ? " (the program reads more arguments than it has in this kernel)" : "");
}

/* Their target was given when the program was loaded. */
static int attach_trampoline(int prog_fd, const char *what)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	return fd >= 0 ? fd : bcc_abi_fail(fd, "the %s program cannot be attached: %s", what, strerror(-fd));
}

int bpf_attach_kfunc(int prog_fd)
{
	return attach_trampoline(prog_fd, "fentry or fexit");
}

int bpf_attach_lsm(int prog_fd)
{
	return attach_trampoline(prog_fd, "LSM");
}

int bpf_attach_perf_event_raw(
	int progfd, void *perf_event_attr, pid_t pid, int cpu, int group_fd, unsigned long extra_flags)
{
	long event = syscall(
		SYS_perf_event_open, perf_event_attr, pid, cpu, group_fd, extra_flags | PERF_FLAG_FD_CLOEXEC);

	if (event < 0)
		return bcc_abi_fail(-errno, "perf event of process %d on CPU %d cannot be opened: %s", pid,
			cpu, strerror(errno));
	return run_on_event(progfd, event, "a perf event");
}

int bpf_attach_perf_event(int progfd, uint32_t ev_type, uint32_t ev_config, uint64_t sample_period,
	uint64_t sample_freq, pid_t pid, int cpu, int group_fd)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .type = ev_type, .config = ev_config, .inherit = pid > 0};

	if (!sample_period == !sample_freq)
		return bcc_abi_fail(-EINVAL, "a perf event needs either a sample period or a frequency");
	attr.freq = !!sample_freq;
	if (sample_freq)
		attr.sample_freq = sample_freq;
	else
		attr.sample_period = sample_period;
	return bpf_attach_perf_event_raw(progfd, &attr, pid, cpu, group_fd, 0);
}

int bpf_open_perf_event(uint32_t type, uint64_t config, int pid, int cpu)
{
	struct perf_event_attr attr = {.type = type, .config = config, .sample_period = INT64_MAX};
	int event = bcc_perf_event_open(&attr, pid, cpu);

	if (event < 0)
		return bcc_abi_fail(event, "perf event %u:%llu on CPU %d cannot be opened: %s", type,
			(unsigned long long)config, cpu, strerror(-event));
	if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0)) {
		int code = -errno;

		close(event);
		return bcc_abi_fail(code, "a perf event cannot be enabled: %s", strerror(-code));
	}
	return event;
}

int bpf_close_perf_event_fd(int fd)
{
	/* raw tracepoints and trampolines come here too, and have nothing to disable */
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	return bcc_abi_result(close(fd) ? -errno : 0);
}
