/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that the kernel takes for others when a probe is there. arch/x86/kernel/uprobes.c looks at the
 * opcode's byte alone and not at the prefix that says which table of opcodes it is from (seen on 6.1 to
 * 6.18): of vpcmpeqb (VEX, 74) it believes that it is "je", and jumps instead of executing it. The program
 * then computes something else, or runs on where it must not. Most other vector instructions are refused.
 */
#ifndef LIBBCC_ATTACH_MISREAD_INSTRUCTION_H
#define LIBBCC_ATTACH_MISREAD_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the kernel would misread the instruction that `code` begins with. `is_64`: of a 64-bit program. */
bool bcc_instruction_is_misread(const uint8_t *code, size_t size, bool is_64);

/* The same for what is at `offset` of an open ELF file, or of the file at `path` (may be NULL). False if it
 * cannot be read: the kernel will say why. */
bool bcc_misread_at(int fd, uint64_t offset);
bool bcc_misread_in(const char *path, uint64_t offset);

#endif
