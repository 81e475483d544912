/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The differences between architectures: each is one struct bcc_arch in a file of this folder, and no other
 * code asks which architecture it is.
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

/* A register that the kernel saves in struct pt_regs. */
struct bcc_register {
	const char *name; /* of its member in struct pt_regs, "di" or "regs[0]" */
	uint16_t offset;  /* of that member */
	/* Its low 8, 4, 2 and 1 bytes and its second byte ("ah") in assembler syntax; NULL: no such name. */
	const char *bytes8, *bytes4, *bytes2, *bytes1, *second_byte;
};

/* Assembler syntax of operands, which give the locations of a static probe's arguments. */
enum bcc_operand_syntax {
	BCC_OPERANDS_ATT,   /* $4, %rdi, -16(%rbp,%rax,8) */
	BCC_OPERANDS_ARM64, /* 4, x0, [sp, 16] */
};

/*
 * An architecture. To add one:
 *  1. copy arm64.c of this folder to ARCH.c and fill in the struct. Sources of the numbers: struct pt_regs
 *     (as reported by PTRACE_GETREGSET) in arch/ARCH/include/uapi/asm/ptrace.h of the kernel, the calling
 *     convention and the manual page syscall(2), arch/ARCH/include/asm/syscall_wrapper.h;
 *  2. add its name to BCC_ARCHES below;
 *  3. if its assembler has another operand syntax, parse that in libbcc/usdt/argument.c;
 *  4. name its clang targets in cmake/OtherTargets.cmake, so that their builtins stay in the static compiler.
 */
struct bcc_arch {
	/* arch/DIRECTORY in the kernel's sources; texts get it as __TARGET_ARCH_DIRECTORY */
	const char *kernel_directory;
	/* The target triple, which also names the distribution's library directory; with the CPU, it is the
	 * target for parsing the kernel's headers. */
	const char *triple, *cpu;

	uint16_t elf_machine; /* EM_… of its files */
	/* The same for the 32-bit programs that its kernel runs, 0: none; and whether their registers have
	 * names in `registers`. */
	uint16_t elf_machine_32;
	bool has_registers_of_32;

	/* The kernel's functions of system calls are PREFIXname (CONFIG_ARCH_HAS_SYSCALL_WRAPPER); "sys_": no
	 * wrapper. */
	const char *system_call_prefix;

	/* The members of struct pt_regs, the context of kprobes and uprobes. All members below are names in
	 * this list. */
	const struct bcc_register *registers;
	size_t register_count;
	const char *instruction_pointer, *stack_pointer, *frame_pointer;
	const char *result;
	/* where a function returns to; if that is on the stack, the register that points there */
	const char *return_address;
	/* The registers with the arguments of a function and of a system call, in order, NULL-terminated. */
	const char *arguments[BCC_ARGUMENTS_MAX + 1], *system_call_arguments[BCC_ARGUMENTS_MAX + 1];
	enum bcc_operand_syntax operands;

	/* Kernel addresses have their highest bit set and user addresses do not, so that bpf_probe_read() can
	 * tell them apart (CONFIG_ARCH_HAS_NON_OVERLAPPING_ADDRESS_SPACE). */
	bool kernel_addresses_are_negative;
	/* The lowest address that may be the kernel's, with page tables of any size. */
	uint64_t kernel_start;
};

#define BCC_ARCHES(ARCH) ARCH(x86_64) ARCH(arm64)

#define BCC_ARCH_DECLARE(name) extern const struct bcc_arch bcc_arch_##name;
BCC_ARCHES(BCC_ARCH_DECLARE)

extern const struct bcc_arch *const bcc_arches[];  /* all of them, NULL-terminated */
extern const struct bcc_arch *const bcc_arch_host; /* the one that this is compiled for */

/* By the e_machine of an ELF file, including 32-bit ones; NULL: unknown. */
const struct bcc_arch *bcc_arch_of_elf(unsigned machine);

/* How many arguments of a function are passed in registers. */
unsigned bcc_arch_argument_count(const struct bcc_arch *arch);
/* Offset in struct pt_regs of argument `index` of a function, which must be <
 * bcc_arch_argument_count(arch). */
unsigned bcc_arch_argument_offset(const struct bcc_arch *arch, unsigned index);
/* The same for the registers with which user space makes a system call. */
unsigned bcc_arch_system_call_offset(const struct bcc_arch *arch, unsigned index);

/* Part of a register, as named in assembler. */
struct bcc_register_part {
	const char *name;   /* the member of struct pt_regs */
	uint16_t pt_regs;   /* its offset */
	uint8_t bytes;	    /* that the name refers to */
	uint8_t first_byte; /* 1: %ah and the like */
};

/* Looks up a register name without its % ("edi", "x0"). Returns false if pt_regs has no such register. */
bool bcc_arch_register_find(
	const struct bcc_arch *arch, const char *text, size_t length, struct bcc_register_part *out);

/* Offset of the instruction pointer in struct pt_regs. */
unsigned bcc_arch_instruction_pointer_offset(const struct bcc_arch *arch);

/* What follows the prefix that some architecture, or an older kernel, gives to the functions of system calls:
 * "read" for "__x64_sys_read" and "sys_read". NULL if there is no such prefix. */
const char *bcc_arch_system_call_of(const char *function);

#ifdef __cplusplus
}
#endif

#endif
