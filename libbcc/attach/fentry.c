/* SPDX-License-Identifier: Apache-2.0 */
/* fentry and fexit: BPF trampolines at a kernel function's entry and return, with typed arguments. */
#include "attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/kernel_errno.h"
#include "cookie.h"
#include "probe_pmu.h"

static const char *fentry_alternatives(void)
{
	return bcc_probe_pmu_exists("kprobe") ? "use kprobes, tracepoints or raw tracepoints instead"
					      : "use tracepoints or raw tracepoints instead";
}

/* Explains why the kernel cannot or will not patch its function to call a trampoline. */
static int fentry_refused(struct bcc *b, enum bcc_kind kind, const char *function, int code)
{
	const char *name = bcc_program_kinds[kind].section;

	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail(&b->err, -EPERM,
			"%s of %s is not allowed: this kernel refuses BPF trampolines here (by lockdown, "
			"another policy, or missing CAP_BPF and CAP_PERFMON); %s",
			name, function, fentry_alternatives());
	case -ENOTSUP:
	case -KERNEL_ENOTSUPP:
	case -ENOSYS:
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s of %s: this kernel or architecture has no BPF trampolines; %s", name, function,
			fentry_alternatives());
	case -EBUSY:
		return bcc_fail(&b->err, code,
			"%s of %s: something else, such as a live patch, has modified the function", name,
			function);
	case -E2BIG:
		return bcc_fail(&b->err, code,
			"%s of %s: the maximum number of programs is already attached there", name, function);
	default:
		return bcc_fail(
			&b->err, code, "%s of %s cannot be attached: %s", name, function, strerror(-code));
	}
}

static int fentry_attach(struct bcc *b, struct bcc_program *p, enum bcc_kind kind, const char *function,
	struct bcc_link **link)
{
	int ret, fd;

	if (!function || !*function)
		return bcc_fail(&b->err, -EINVAL, "the name of the kernel function for %s is missing",
			bcc_program_kinds[kind].section);
	ret = bcc_attach_load(p, kind, function);
	if (ret)
		return ret;
	fd = bcc_attach_to_target(p);
	if (fd < 0 && bcc_cookie_refused(p, fd, 5, 19))
		return -EOPNOTSUPP;
	if (fd < 0)
		return fentry_refused(b, kind, function, fd);
	return bcc_link_add(p, &fd, 1, link);
}

int bcc_attach_fentry(
	struct bcc *b, const char *prog, const char *function, bool exit, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);

	if (!p)
		return b ? b->err.code : -EINVAL;
	return fentry_attach(b, p, exit ? BCC_KIND_FEXIT : BCC_KIND_FENTRY, function, link);
}

int bcc_fentry_auto(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	return fentry_attach(p->owner, p, kind, target, link);
}
