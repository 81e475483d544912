/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between machines: an architecture is one struct bcc_arch in a file of this folder, and nothing
 * else asks which one it is.
 */
#ifndef COMMON_ARCH_ARCH_H
#define COMMON_ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BCC_ARGUMENTS_MAX 8 /* of functions, in registers */

/* A register that the kernel saves. */
struct bcc_register {
	const char *name; /* of its member in struct pt_regs, "di" or "regs[0]" */
	uint16_t offset;  /* of that */
	/* As assemblers write its lowest 8, 4, 2 and 1 bytes, and the second byte ("ah"); NULL: in no way. */
	const char *bytes8, *bytes4, *bytes2, *bytes1, *second_byte;
};

/* How assemblers write the operands of instructions, which say where a static probe's arguments are. */
enum bcc_operand_syntax {
	BCC_OPERANDS_ATT,   /* $4, %rdi, -16(%rbp,%rax,8) */
	BCC_OPERANDS_ARM64, /* 4, x0, [sp, 16] */
};

/*
 * An architecture. For a new one:
 *   1. copy arm64.c of this folder to ARCH.c and fill in the struct. Where the numbers come from: struct
 *      pt_regs (what PTRACE_GETREGSET gives) of arch/ARCH/include/uapi/asm/ptrace.h in the kernel's sources,
 *      the calling convention and the manual page syscall(2), arch/ARCH/include/asm/syscall_wrapper.h;
 *   2. add its name to BCC_ARCHES below;
 *   3. if its assembler has operands of another form, read those in libbcc/usdt/argument.c;
 *   4. name clang's targets for it in cmake/OtherTargets.cmake, whose builtins stay in the static compiler.
 */
struct bcc_arch {
	/* arch/DIRECTORY of the kernel's sources; texts see __TARGET_ARCH_DIRECTORY */
	const char *kernel_directory;
	/* The machine as compilers call it, and distributions the folder of its libraries; with the CPU it
	 * compiles the kernel's headers. */
	const char *triple, *cpu;

	uint16_t elf_machine; /* EM_… of its files */
	/* The same of the 32-bit programs that its kernel runs, 0: none; whether their registers have names
	 * of `registers`. */
	uint16_t elf_machine_32;
	bool has_registers_of_32;

	/* The kernel's functions of system calls are PREFIXname (CONFIG_ARCH_HAS_SYSCALL_WRAPPER); "sys_": it
	 * wraps none. */
	const char *system_call_prefix;

	/* What is in struct pt_regs, the context of kprobes and uprobes. All other members are names in this
	 * list. */
	const struct bcc_register *registers;
	size_t register_count;
	const char *instruction_pointer, *stack_pointer, *frame_pointer;
	const char *result;
	/* where a function returns to; if that is on the stack, the register that points there */
	const char *return_address;
	/* Those that carry the arguments of a function and of a system call, the first one first, NULL behind
	 * the last. */
	const char *arguments[BCC_ARGUMENTS_MAX + 1], *system_call_arguments[BCC_ARGUMENTS_MAX + 1];
	enum bcc_operand_syntax operands;

	/* Kernel addresses have their highest bit set and those of users do not, so that bpf_probe_read() can
	 * tell them apart (CONFIG_ARCH_HAS_NON_OVERLAPPING_ADDRESS_SPACE). */
	bool kernel_addresses_are_negative;
	/* The lowest address that may be the kernel's, whatever the size of its page tables. */
	uint64_t kernel_start;
};

#define BCC_ARCHES(ARCH) ARCH(x86_64) ARCH(arm64)

#define BCC_ARCH_DECLARE(name) extern const struct bcc_arch bcc_arch_##name;
BCC_ARCHES(BCC_ARCH_DECLARE)

extern const struct bcc_arch *const bcc_arches[];  /* all, NULL at the end */
extern const struct bcc_arch *const bcc_arch_host; /* that this is compiled for */

/* By the ELF header of a file, 32-bit ones too; NULL: it is unknown. */
const struct bcc_arch *bcc_arch_of_elf(unsigned machine);

/* How many arguments of a function are in registers. */
unsigned bcc_arch_argument_count(const struct bcc_arch *arch);
/* Where in struct pt_regs argument `index` of a function is; `index` < bcc_arch_argument_count(arch). */
unsigned bcc_arch_argument_offset(const struct bcc_arch *arch, unsigned index);
/* The same of the registers with which user space makes a system call. */
unsigned bcc_arch_system_call_offset(const struct bcc_arch *arch, unsigned index);

/* Part of a register, as an assembler names it. */
struct bcc_register_part {
	const char *name;   /* the member of struct pt_regs */
	uint16_t pt_regs;   /* its offset */
	uint8_t bytes;	    /* that are meant */
	uint8_t first_byte; /* 1: %ah and its like */
};

/* Looks up what is written without its % ("edi", "x0"). False: pt_regs has no such register. */
bool bcc_arch_register_find(
	const struct bcc_arch *arch, const char *text, size_t length, struct bcc_register_part *out);

/* Where in struct pt_regs the instruction pointer is. */
unsigned bcc_arch_instruction_pointer_offset(const struct bcc_arch *arch);

/* What follows the prefix that some architecture, or an older kernel, gives the functions of system calls:
 * "read" of "__x64_sys_read" and "sys_read". NULL: there is none. */
const char *bcc_arch_system_call_of(const char *function);

#ifdef __cplusplus
}
#endif

#endif
