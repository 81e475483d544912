/* SPDX-License-Identifier: Apache-2.0 */
/* fentry and fexit: BPF trampolines at a kernel function's entry and return, with its arguments by type. */
#include "attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "common/kernel_errno.h"
#include "probe_pmu.h"

static const char *fentry_alternatives(void)
{
	return bcc_probe_pmu_exists("kprobe") ? "kprobes, tracepoints and raw tracepoints do without"
					      : "tracepoints and raw tracepoints do without";
}

/* What the kernel says when it cannot or will not patch a call to a trampoline into its functions. */
static int fentry_refused(struct bcc *b, const struct bcc_attach_ops *kind, const char *function, int code)
{
	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail(&b->err, -EPERM,
			"%s of %s is not allowed: this kernel refuses BPF trampolines here (by lockdown, "
			"another policy, or for want of CAP_BPF and CAP_PERFMON); %s",
			kind->kind, function, fentry_alternatives());
	case -ENOTSUP:
	case -KERNEL_ENOTSUPP:
	case -ENOSYS:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s of %s: this kernel or architecture has no BPF trampolines; %s", kind->kind,
			function, fentry_alternatives());
	case -EBUSY:
		return bcc_fail(&b->err, code,
			"%s of %s: something else, as a live patch, has changed the function", kind->kind,
			function);
	case -E2BIG:
		return bcc_fail(&b->err, code,
			"%s of %s: as many programs as the kernel allows are attached there already",
			kind->kind, function);
	default:
		return bcc_fail(&b->err, code, "%s of %s cannot be attached: %s", kind->kind, function,
			strerror(-code));
	}
}

static int fentry_attach(struct bcc *b, struct bcc_program *p, const struct bcc_attach_ops *kind,
	const char *function, struct bcc_link **link)
{
	int ret, fd;

	if (!function || !*function)
		return bcc_fail(
			&b->err, -EINVAL, "the name of the kernel function for %s is missing", kind->kind);
	ret = bcc_attach_load(p, kind, function);
	if (ret)
		return ret;
	/* the form that every kernel with trampolines has; the target was named when the program was loaded
	 */
	fd = bpf_raw_tracepoint_open(NULL, p->fd);
	if (fd < 0)
		return fentry_refused(b, kind, function, fd);
	return bcc_link_add(b, kind, p, &fd, 1, link);
}

int bcc_attach_fentry(
	struct bcc *b, const char *prog, const char *function, bool exit, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);

	return p ? fentry_attach(b, p, exit ? &bcc_fexit_kind : &bcc_fentry_kind, function, link)
		 : b->err.code;
}

/* KFUNC_PROBE(f) defines kfunc__vmlinux__f, and of a module's function kfunc__MODULE__f. */
static const char *without_module(const char *target)
{
	const char *end = strstr(target, "__");
	char path[128];

	if (!end || end == target)
		return target;
	snprintf(path, sizeof(path), "/sys/kernel/btf/%.*s", (int)(end - target), target);
	return !strncmp(target, "vmlinux__", 9) || !access(path, F_OK) ? end + 2 : target;
}

static int fentry_by_name(struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link)
{
	return fentry_attach(b, p, &bcc_fentry_kind, without_module(target), link);
}

static int fexit_by_name(struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link)
{
	return fentry_attach(b, p, &bcc_fexit_kind, without_module(target), link);
}

static int fmod_ret_by_name(struct bcc *b, struct bcc_program *p, const char *target, struct bcc_link **link)
{
	return fentry_attach(b, p, &bcc_fmod_ret_kind, without_module(target), link);
}

const struct bcc_attach_ops bcc_fentry_kind = {
	.kind = "fentry",
	.prefix = "kfunc__",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FENTRY,
	.attach_by_name = fentry_by_name,
};

const struct bcc_attach_ops bcc_fexit_kind = {
	.kind = "fexit",
	.prefix = "kretfunc__",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_TRACE_FEXIT,
	.attach_by_name = fexit_by_name,
};

/* In place of a function that allows it (error injection, security hooks): other than 0 is what it then returns. */
const struct bcc_attach_ops bcc_fmod_ret_kind = {
	.kind = "fmod_ret",
	.prefix = "kmod_ret__",
	.prog_type = BPF_PROG_TYPE_TRACING,
	.attach_type = BPF_MODIFY_RETURN,
	.attach_by_name = fmod_ret_by_name,
};
