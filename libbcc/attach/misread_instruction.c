/* SPDX-License-Identifier: Apache-2.0 */
#include "misread_instruction.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

/* The longest instruction of x86. */
#define INSTRUCTION_SIZE 15

/* Opcodes that the kernel emulates or treats in a way of their own, if they are one byte: jumps (70 to 7f,
 * eb, e9, ea), calls (e8, 9a, ff), returns (c2, c3, ca, cb, cf), nop (90) and popf (9d). */
static bool misread_is_special(uint8_t opcode)
{
	return (opcode & 0xf0) == 0x70 ||
	       (opcode && strchr("\x90\x9a\x9d\xc2\xc3\xca\xcb\xcf\xe8\xe9\xea\xeb\xff", opcode));
}

bool bcc_instruction_is_misread(const uint8_t *code, size_t size, bool is_64)
{
	size_t at = 0, opcode;

#ifndef __x86_64__
	return false;
#endif
	/* segments and the size of addresses; other prefixes cannot be before a vector instruction */
	while (at < size && code[at] && strchr("\x26\x2e\x36\x3e\x64\x65\x67", code[at]))
		at++;
	if (size - at < 2)
		return false;
	switch (code[at]) {
	case 0xc5: /* VEX of two bytes */
		opcode = 2;
		break;
	case 0xc4: /* VEX of three bytes */
		opcode = 3;
		break;
	case 0x62: /* EVEX */
		opcode = 4;
		break;
	case 0x8f: /* XOP, if it is not pop */
		if ((code[at + 1] & 0x1f) < 8)
			return false;
		opcode = 3;
		break;
	default:
		return false;
	}
	/* in 32-bit code these are lds, les and bound, whose operand is in memory */
	if (!is_64 && code[at] != 0x8f && code[at + 1] < 0xc0)
		return false;
	return opcode < size - at && misread_is_special(code[at + opcode]);
}

bool bcc_misread_at(int fd, uint64_t offset)
{
	uint8_t code[INSTRUCTION_SIZE], ident[EI_NIDENT];
	ssize_t size = offset > INT64_MAX ? -1 : pread(fd, code, sizeof(code), (off_t)offset);
	/* the class of a library within an archive is not known: there, programs have 64 bits */
	bool is_32 = pread(fd, ident, sizeof(ident), 0) == sizeof(ident) && !memcmp(ident, ELFMAG, SELFMAG) &&
		     ident[EI_CLASS] == ELFCLASS32;

	return size > 0 && bcc_instruction_is_misread(code, (size_t)size, !is_32);
}

bool bcc_misread_in(const char *path, uint64_t offset)
{
	bcc_auto_fd int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

	return fd >= 0 && bcc_misread_at(fd, offset);
}
