/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/array.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true /* the sanitizer opens, maps and queries more than a filter could list */
#else
#define IS_SANITIZED false
#endif

/* ---- capabilities ---- */

/* Keeps only those that let the caller read what others may not. */
static void drop_capabilities(void)
{
	const uint32_t kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data))
		return;
	data[0].effective &= kept;
	data[0].permitted &= kept;
	data[1].effective = data[1].permitted = 0;
	data[0].inheritable = data[1].inheritable = 0;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_capset, &header, data);
}

/* ---- Landlock ---- */

/* As in linux/landlock.h; older distributions' version lacks the later parts. */
struct landlock_rules {
	uint64_t fs, net, scoped;
};

enum {
	LANDLOCK_VERSION = 1 << 0,
	/* everything that executes, writes, creates or removes files; bits 2 and 3 are for reading */
	LANDLOCK_FS = 0x1fff & ~(1 << 2 | 1 << 3),
	LANDLOCK_FS_REFER = 1 << 13,	 /* since version 2 */
	LANDLOCK_FS_TRUNCATE = 1 << 14,	 /* 3 */
	LANDLOCK_FS_IOCTL_DEV = 1 << 15, /* 5 */
	LANDLOCK_NET_TCP = 3,		 /* 4 */
	LANDLOCK_SCOPED = 3,		 /* 6: other processes' abstract sockets, signals to them */
};

/* Linux 5.13, if it is enabled. */
static void forbid_writing(void)
{
	int version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION), fd;
	struct landlock_rules rules = {.fs = LANDLOCK_FS};
	size_t size = sizeof(rules.fs);

	if (version < 1)
		return;
	rules.fs |= (version >= 2 ? LANDLOCK_FS_REFER : 0) | (version >= 3 ? LANDLOCK_FS_TRUNCATE : 0) |
		    (version >= 5 ? LANDLOCK_FS_IOCTL_DEV : 0);
	if (version >= 4) {
		rules.net = LANDLOCK_NET_TCP;
		size += sizeof(rules.net);
	}
	if (version >= 6) {
		rules.scoped = LANDLOCK_SCOPED;
		size += sizeof(rules.scoped);
	}
	fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return;
	syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

/* ---- system calls ---- */

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#endif

/* Allowed with any arguments: memory, reading open files, looking at files, the clock, the process itself. */
static const uint16_t plain_calls[] = {
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_futex,
	SYS_read,
	SYS_readv,
	SYS_pread64,
	SYS_write,
	SYS_writev,
	SYS_sendto,
	SYS_sendmsg,
	SYS_recvfrom,
	SYS_recvmsg,
	SYS_lseek,
	SYS_close,
	SYS_fstat,
	SYS_fstatfs,
	SYS_statfs,
	SYS_newfstatat,
	SYS_statx,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_readlinkat,
	SYS_getdents64,
	SYS_getcwd,
	SYS_fadvise64,
	SYS_uname,
	SYS_sysinfo,
	SYS_getrandom,
	SYS_getrusage,
	SYS_times,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_gettimeofday,
	SYS_getpid,
	SYS_gettid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_sched_yield,
	SYS_sched_getaffinity,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sigaltstack,
	SYS_restart_syscall,
	SYS_set_robust_list,
	SYS_rseq,
	SYS_exit,
	SYS_exit_group,
#if defined(__x86_64__)
	SYS_stat,
	SYS_lstat,
	SYS_access,
	SYS_readlink,
	SYS_time,
	SYS_arch_prctl,
#endif
};

/* A filter under construction; each entry below starts with the system call's number in the accumulator. */
struct filter {
	struct sock_filter insns[256];
	unsigned short count;
};

static void filter_add(struct filter *f, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
	if (f->count < ARRAY_SIZE(f->insns))
		f->insns[f->count++] = (struct sock_filter)BPF_JUMP(code, k, if_true, if_false);
}

static void filter_load(struct filter *f, size_t offset)
{
	filter_add(f, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* The lower half: both architectures are little-endian, and the values compared have no more bits. */
static void filter_load_argument(struct filter *f, int i)
{
	filter_load(f, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t));
}

static void filter_return(struct filter *f, uint32_t action)
{
	filter_add(f, BPF_RET | BPF_K, action, 0, 0);
}

static void filter_fail(struct filter *f, int error)
{
	filter_return(f, SECCOMP_RET_ERRNO | error);
}

static void filter_allow(struct filter *f, int call)
{
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
	filter_return(f, SECCOMP_RET_ALLOW);
}

/* Allowed if argument `i` has none of the bits or, with `any`, one of them. */
static void filter_allow_bits(struct filter *f, int call, int i, uint32_t bits, bool any, int error)
{
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
	filter_load_argument(f, i);
	filter_add(f, BPF_JMP | BPF_JSET | BPF_K, bits, any ? 0 : 1, any ? 1 : 0);
	filter_return(f, SECCOMP_RET_ALLOW);
	filter_fail(f, error);
}

/* Allowed if argument `i` is one of the values. */
static void filter_allow_values(
	struct filter *f, int call, int i, const uint32_t *values, uint8_t count, int error)
{
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, count + 3);
	filter_load_argument(f, i);
	for (uint8_t v = 0; v < count; v++)
		filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, values[v], count - v, 0);
	filter_fail(f, error);
	filter_return(f, SECCOMP_RET_ALLOW);
}

static void sandbox_write_filter(struct filter *f)
{
	static const uint32_t fcntl_commands[] = {F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC};
	static const uint32_t prctl_options[] = {PR_SET_NAME};
	const uint32_t own[] = {getpid()};
	const uint32_t writing =
		O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);

	filter_load(f, offsetof(struct seccomp_data, arch));
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0);
	filter_return(f, SECCOMP_RET_KILL_PROCESS);
	filter_load(f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(plain_calls); i++)
		filter_allow(f, plain_calls[i]);
	filter_allow_bits(f, SYS_openat, 2, writing, false, EROFS);
#if defined(__x86_64__)
	filter_allow_bits(f, SYS_open, 1, writing, false, EROFS);
#endif
	filter_allow_bits(f, SYS_mmap, 2, PROT_EXEC, false, EPERM);
	filter_allow_bits(f, SYS_mprotect, 2, PROT_EXEC, false, EPERM);
	/* clang continues on a thread with its own stack when texts are deeply nested */
	filter_allow_bits(f, SYS_clone, 0, CLONE_THREAD, true, EPERM);
	filter_allow_values(f, SYS_fcntl, 1, fcntl_commands, ARRAY_SIZE(fcntl_commands), EPERM);
	filter_allow_values(f, SYS_prctl, 0, prctl_options, ARRAY_SIZE(prctl_options), EPERM);
	filter_allow_values(f, SYS_tgkill, 0, own, 1, EPERM); /* abort() */
	/* glibc falls back to clone(), whose flags a filter can see */
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1);
	filter_fail(f, ENOSYS);
	filter_add(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1);
	filter_fail(f, ENOTTY);
	filter_fail(f, EPERM);
}

static void filter_system_calls(void)
{
	struct filter f = {.count = 0};
	struct sock_fprog program = {.filter = f.insns};

	sandbox_write_filter(&f);
	program.len = f.count;
	/* without the flag, older kernels slow the whole process down for it */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program))
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

void bcc_sandbox_enter(void)
{
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	forbid_writing();
	if (!IS_SANITIZED)
		filter_system_calls();
}
