/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64: System V ABI, AMD64 supplement; arch/x86/include/asm/ptrace.h of the kernel. */
#include "arch.h"

#include <elf.h>

#include "common/array.h"

static const struct bcc_register registers[] = {
	{"r15", 0, "r15", "r15d", "r15w", "r15b", NULL},
	{"r14", 8, "r14", "r14d", "r14w", "r14b", NULL},
	{"r13", 16, "r13", "r13d", "r13w", "r13b", NULL},
	{"r12", 24, "r12", "r12d", "r12w", "r12b", NULL},
	{"bp", 32, "rbp", "ebp", "bp", "bpl", NULL},
	{"bx", 40, "rbx", "ebx", "bx", "bl", "bh"},
	{"r11", 48, "r11", "r11d", "r11w", "r11b", NULL},
	{"r10", 56, "r10", "r10d", "r10w", "r10b", NULL},
	{"r9", 64, "r9", "r9d", "r9w", "r9b", NULL},
	{"r8", 72, "r8", "r8d", "r8w", "r8b", NULL},
	{"ax", 80, "rax", "eax", "ax", "al", "ah"},
	{"cx", 88, "rcx", "ecx", "cx", "cl", "ch"},
	{"dx", 96, "rdx", "edx", "dx", "dl", "dh"},
	{"si", 104, "rsi", "esi", "si", "sil", NULL},
	{"di", 112, "rdi", "edi", "di", "dil", NULL},
	{"ip", 128, "rip", "eip", "ip", NULL, NULL},
	{"sp", 152, "rsp", "esp", "sp", "spl", NULL},
};

const struct bcc_arch bcc_arch_x86_64 = {
	.kernel_directory = "x86",
	.triple = "x86_64-linux-gnu",
	.cpu = "x86-64",
	.elf_machine = EM_X86_64,
	.elf_machine_32 = EM_386,
	.has_registers_of_32 = true,
	.system_call_prefix = "__x64_sys_", /* from Linux 4.17 on */
	.registers = registers,
	.register_count = ARRAY_SIZE(registers),
	.instruction_pointer = "ip",
	.stack_pointer = "sp",
	.frame_pointer = "bp",
	.result = "ax",
	.return_address = "sp",
	.arguments = {"di", "si", "dx", "cx", "r8", "r9"},
	/* the instruction "syscall" overwrites cx with the return address: the kernel takes the fourth
	 * argument from r10 */
	.system_call_arguments = {"di", "si", "dx", "r10", "r8", "r9"},
	.operands = BCC_OPERANDS_ATT,
	.kernel_addresses_are_negative = true,
	.kernel_start = 0xffff800000000000, /* Documentation/arch/x86/x86_64/mm.rst */
};

#ifdef __x86_64__
const struct bcc_arch *const bcc_arch_host = &bcc_arch_x86_64;
#endif
