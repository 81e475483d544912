/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of kernel headers, in a directory that a test makes for itself. */
#ifndef TESTS_UNIT_SMALL_TREE_H
#define TESTS_UNIT_SMALL_TREE_H

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "common/arch/arch.h"
#include "common/array.h"

static char root[PATH_MAX]; /* resolved path of the test's directory */

static inline const char *in_root(const char *name)
{
	static char path[2][2 * PATH_MAX];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", root, name);
	return path[turn];
}

/* Writes a file below the root, creating its directories. */
static inline void put(const char *tree, const char *name, const char *text)
{
	char path[3 * PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", root, tree, name);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(!mkdir(path, 0700) || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline const char *ptrace_header(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "arch/%s/include/asm/ptrace.h", bcc_arch_host->kernel_directory);
	return name;
}

static inline void put_source(const char *tree)
{
	put(tree, "include/linux/kconfig.h", "");
	put(tree, ptrace_header(), "");
}

static inline void put_build(const char *tree)
{
	put(tree, "include/generated/autoconf.h", "");
}

/* The smallest tree that texts can be compiled against. Its `struct task_struct` is unlike any kernel's. */
static inline void put_small_tree(const char *tree)
{
	static const char *const empty[] = {"linux/stddef.h", "linux/bug.h", "linux/jump_label.h",
		"linux/string.h", "linux/kernel.h", "linux/log2.h", "asm/byteorder.h", "asm/current.h",
		"asm/page.h", "uapi/linux/if_packet.h"};
	char name[PATH_MAX];

	put_source(tree);
	put(tree, "include/generated/autoconf.h", "#define CONFIG_SMALL 1\n#define CONFIG_ANSWER 42\n");
	put(tree, "include/generated/uapi/linux/version.h", "#define LINUX_VERSION_CODE 0x50607\n");
	put(tree, "include/linux/kconfig.h", "#include <generated/autoconf.h>\n");
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		snprintf(name, sizeof(name), "include/%s", empty[i]);
		put(tree, name, "");
	}
	put(tree, "include/linux/types.h",
		"typedef unsigned char __u8, u8; typedef unsigned short __u16, u16, __be16, __le16; typedef unsigned __u32, u32, __be32, __wsum;\n"
		"typedef unsigned long long __u64, u64, __be64; typedef signed char s8; typedef short s16; typedef int s32, __s32;\n"
		"typedef long long s64, __s64; typedef unsigned long size_t; typedef _Bool bool; typedef u16 __sum16;\n");
	put(tree, "include/uapi/linux/bpf.h", "struct bpf_raw_tracepoint_args { __u64 args[0]; };\n");
	put(tree, ptrace_header(), "#pragma once\nstruct pt_regs { long r[16]; long di, si, regs[31]; };\n");
	put(tree, "include/linux/sched.h",
		"struct task_struct { char before[1234]; int pid; } __attribute__((packed));\n"
		"static inline int machine(void) { int x; asm volatile(\"cpuid %0\" : \"=a\"(x) :: \"cc\"); return x; }\n"
		"static inline int jump(int a) { asm goto(\"jmp %l0\" : : : : out); return a; out: return 7; }\n"
		"asm(\".globl nothing\");\n"
		"static inline void barrier(void) { asm volatile(\"\" ::: \"memory\"); }\n");
}

static inline int make_root(void **state)
{
	char template[] = "/tmp/bcc-headers.XXXXXX";

	unsetenv("BCC_KERNEL_SOURCE");
	return !mkdtemp(template) || !realpath(template, root);
}

#endif
