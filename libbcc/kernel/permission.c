/* SPDX-License-Identifier: Apache-2.0 */
#include "permission.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "private_mount.h"
#include "release.h"

/* The first line of a file without its newline; false if it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool ok = file && fgets(line, size, file);

	if (file)
		fclose(file);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}

static uint64_t status_number(const char *field, int base)
{
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t value = 0;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, field, strlen(field)) == 0)
			value = strtoull(line + strlen(field), NULL, base);
	if (file)
		fclose(file);
	return value;
}

static bool has_capability(uint64_t set, int capability)
{
	return set >> capability & 1;
}

static void say_capabilities(FILE *out)
{
	uint64_t set = status_number("CapEff:", 16);

	if (has_capability(set, CAP_SYS_ADMIN))
		fprintf(out, "\n  this process has CAP_SYS_ADMIN, so another cause is likelier");
	else if (!has_capability(set, CAP_BPF) || !has_capability(set, CAP_PERFMON))
		fprintf(out,
			"\n  this process (user %u) lacks%s%s: run it as root, or give it CAP_BPF and CAP_PERFMON (kernel 5.8), "
			"before that CAP_SYS_ADMIN",
			geteuid(), has_capability(set, CAP_BPF) ? "" : " CAP_BPF",
			has_capability(set, CAP_PERFMON) ? "" : " CAP_PERFMON");
	else
		fprintf(out,
			"\n  this process has CAP_BPF and CAP_PERFMON, but not CAP_SYS_ADMIN (or CAP_NET_ADMIN for network "
			"programs), which some uses need");
}

/* The line of modes, with the active one in brackets. securityfs is often not mounted where a process looks,
 * so as a last resort it is mounted for this call alone. */
static bool read_lockdown(char *line, size_t size)
{
	bcc_auto_fd int root = -1, fd = -1;
	ssize_t n;

	if (read_line("/sys/kernel/security/lockdown", line, size))
		return true;
	root = bcc_mount_private("securityfs");
	if (root >= 0)
		fd = openat(root, "lockdown", O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, line, size - 1) : -1;
	if (n < 0)
		return false;
	line[n] = '\0';
	return true;
}

static void say_kernel(FILE *out)
{
	const char *mode, *end;
	char line[256];

	if (!has_capability(status_number("CapEff:", 16), CAP_SYS_ADMIN) &&
		read_line("/proc/sys/kernel/unprivileged_bpf_disabled", line, sizeof(line)) &&
		strcmp(line, "0") != 0)
		fprintf(out,
			"\n  /proc/sys/kernel/unprivileged_bpf_disabled is %s: BPF is for privileged processes only",
			line);
	if (read_lockdown(line, sizeof(line))) {
		mode = strchr(line, '[');
		end = mode ? strchr(mode, ']') : NULL;
		if (end && strncmp(mode, "[none]", 6) != 0)
			fprintf(out,
				"\n  the kernel is locked down (/sys/kernel/security/lockdown: %.*s): \"integrity\" forbids to "
				"change the kernel, \"confidentiality\" to read its memory too",
				(int)(end - mode - 1), mode + 1);
	}
	if (status_number("Seccomp:", 10) != 0)
		fprintf(out,
			"\n  a seccomp filter is active on this process (a container?): it may forbid bpf()");
}

static void say_memory(FILE *out)
{
	struct rlimit limit;

	/* since 5.11 BPF memory is charged to the memory cgroup; before, libbpf raises the limit if it may */
	if (bcc_kernel_is_at_least(5, 11))
		return;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		fprintf(out,
			"\n  on this kernel BPF's memory counts as locked memory, of which this process may have %" PRIu64
			" bytes (ulimit -l)",
			(uint64_t)limit.rlim_cur);
}

int bcc_fail_permission(struct bcc_err *err, const char *format, ...)
{
	char *reasons = NULL, *what;
	size_t size = 0;
	va_list args;
	FILE *out;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	out = open_memstream(&reasons, &size);
	if (out) {
		say_capabilities(out);
		say_kernel(out);
		say_memory(out);
		fclose(out);
	}
	bcc_fail(err, -EPERM, "%s: the kernel does not permit it. What to look at:", what ? what : "");
	if (err && err->text && reasons)
		bcc_fail(err, -EPERM, "%s%s", err->text, reasons);
	free(what);
	free(reasons);
	return -EPERM;
}
