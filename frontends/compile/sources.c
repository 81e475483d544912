/* SPDX-License-Identifier: Apache-2.0 */
/* Where the types of the kernel are taken from, and the flags that go with them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/raw_btf.h"
#include "frontends/dependencies.h"
#include "frontends/kernel_config.h"
#include "job.h"

/* There is nothing to take types from: `btf` is why there is no BTF, `headers` why there are no headers. */
static int compile_no_types(struct job *job, int btf, const char *headers, const char *release)
{
	if (btf != -ENOENT && btf != -ESRCH)
		return bcc_fail(&job->err, btf, "cannot read the kernel's types, /sys/kernel/btf/vmlinux: %s",
			btf == -EINVAL ? "the file is damaged" : strerror(-btf));
	return bcc_fail(&job->err, -ENOENT,
		"no types for this kernel: it has no BTF (CONFIG_DEBUG_INFO_BTF; /sys/kernel/btf/vmlinux: %s), and no "
		"headers: %s (CONFIG_IKHEADERS; modprobe kheaders); install them (Debian, Ubuntu: "
		"linux-headers-%s; Fedora: kernel-devel-%s), or name a tree (kernel_source, BCC_KERNEL_SOURCE)",
		strerror(-btf), headers, release, release);
}

/* Uses the running kernel's BTF or, if it has none, the headers installed for it. */
static int open_running_kernel(struct job *job)
{
	struct bcc_err missing = {0};
	struct utsname name;
	int ret;

	ret = bcc_kernel_types_open(&job->types, job->request->btf_fd);
	if (!ret)
		return 0;
	if (uname(&name))
		return bcc_fail(&job->err, -errno, "uname() failed: %m");
	if (bcc_headers_of_running("/lib/modules", name.release, job->request->host, &job->headers, &missing))
		compile_no_types(job, ret, missing.text ? missing.text : "", name.release);
	bcc_err_clear(&missing);
	return job->err.code;
}

int job_open_kernel(struct job *job)
{
	const char *tree = job->request->kernel_source;

	if (!tree || !*tree)
		tree = secure_getenv("BCC_KERNEL_SOURCE");
	if (tree && *tree) {
		job->tree = tree;
		return bcc_headers_at(tree, &job->headers, &job->err);
	}
	return open_running_kernel(job);
}

int job_open_btf(struct job *job)
{
	return bcc_kernel_types_open(&job->types, job->request->btf_fd);
}

int job_open_installed_headers(struct job *job)
{
	struct utsname name;

	if (job->request->portable)
		return -ENOENT;
	return uname(&name) ? -errno
			    : bcc_headers_of_running(
				      "/lib/modules", name.release, job->request->host, &job->headers, NULL);
}

int job_add_config_flags(struct job *job, const char *text, struct bcc_flags *flags)
{
	struct bcc_err err = {0};
	int ret;

	if (!text || !bcc_config_wanted(text))
		return 0;
	ret = bcc_config_flags(text, job->request->dependencies, flags, &err);
	if (ret && ret != -ENOMEM) {
		job_say(job, BCC_LOG_WARN, "%s: the CONFIG_ names in the text count as not set\n",
			err.text ? err.text : "");
		ret = 0;
	}
	bcc_err_clear(&err);
	return ret;
}

static int add_flag(void *flags, const char *flag)
{
	return bcc_flags_add(flags, "%s", flag);
}

/* What linux/dcache.h asks for: the types tell, not the version, for distributions bring newer types to older
 * kernels. */
static int add_dentry_flag(struct job *job, struct bcc_flags *flags)
{
	const char *text = job->request->text;

	if (!job->types.kernel.data || (!strstr(text, "d_iname") && !strstr(text, "DNAME_INLINE_LEN")))
		return 0;
	return bcc_flags_add(flags, "-D__BCC_DENTRY_SHORTNAME=%d",
		bcc_btf_find_string(&job->types.kernel, "d_shortname") != 0);
}

int job_collect_flags(struct job *job, struct bcc_flags *flags, bool macros_only)
{
	const struct bcc_compile_request *request = job->request;
	int ret = bcc_kernel_flags(flags, job_from_headers(job), &job->err);

	if (!ret && !bcc_kernel_has_helper(&job->types.kernel, "trace_vprintk", 5, 16))
		ret = bcc_flags_add(flags, "-D__BCC_NO_VPRINTK");
	if (!ret)
		ret = add_dentry_flag(job, flags);
	if (ret)
		return ret;
	/* in libbpf's dialect they are variables, __kconfig */
	if (!job_from_headers(job))
		ret = job->libbpf ? 0 : job_add_config_flags(job, job->request->text, flags);
	else if (macros_only)
		ret = bcc_headers_macro_flags(&job->headers, flags);
	else
		ret = bcc_headers_flags(&job->headers, flags);
	if (ret)
		return bcc_fail(&job->err, ret, "out of memory for compiler flags");
	return bcc_clang_flags(request->cflags, request->cflags_count, add_flag, flags, &job->err);
}

void job_tell_dependencies(const struct job *job)
{
	const struct bcc_dependencies *to = job->request->dependencies;

	if (job_from_headers(job))
		bcc_depend_headers(to, job->tree, &job->headers);
	else
		bcc_depend_btf(to);
	bcc_depend_compiler(to, job->request->compiler_is_known);
}
