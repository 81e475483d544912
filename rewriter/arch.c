/* SPDX-License-Identifier: Apache-2.0 */
#include "arch.h"

/*
 * Offsets into the kernel's struct pt_regs, the context of kprobes and uprobes: arch/x86/include/asm/ptrace.h
 * (64 bit) and struct user_pt_regs of arch/arm64/include/uapi/asm/ptrace.h; the order is that of the calling
 * convention.
 */
static const unsigned x86_64_arguments[] = {112, 104, 96, 88, 72, 64};	  /* di, si, dx, cx, r8, r9 */
static const unsigned arm64_arguments[] = {0, 8, 16, 24, 32, 40, 48, 56}; /* regs[0] … regs[7] */

/* The instruction "syscall" overwrites cx with the return address: the kernel takes the fourth argument from
 * r10 (entry_SYSCALL_64 of arch/x86/entry/entry_64.S). */
static const unsigned x86_64_system_call[] = {112, 104, 96, 56, 72, 64}; /* di, si, dx, r10, r8, r9 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum bcc_arch bcc_host_arch(void)
{
#if defined(__x86_64__)
	return BCC_ARCH_X86_64;
#elif defined(__aarch64__)
	return BCC_ARCH_ARM64;
#else
#error "no table of argument registers for this architecture"
#endif
}

unsigned bcc_arch_argument_count(enum bcc_arch arch)
{
	return arch == BCC_ARCH_ARM64 ? COUNT(arm64_arguments) : COUNT(x86_64_arguments);
}

unsigned bcc_arch_argument_offset(enum bcc_arch arch, unsigned index)
{
	return arch == BCC_ARCH_ARM64 ? arm64_arguments[index] : x86_64_arguments[index];
}

unsigned bcc_arch_system_call_offset(enum bcc_arch arch, unsigned index)
{
	return arch == BCC_ARCH_ARM64 ? arm64_arguments[index] : x86_64_system_call[index];
}
