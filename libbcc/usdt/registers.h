/* SPDX-License-Identifier: Apache-2.0 */
/* Registers as written by assemblers, and their positions in the kernel's struct pt_regs. */
#ifndef LIBBCC_USDT_REGISTERS_H
#define LIBBCC_USDT_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

enum bcc_usdt_arch { BCC_USDT_X86_64, BCC_USDT_ARM64 };
enum bcc_usdt_arch bcc_usdt_host_arch(void);

struct bcc_usdt_register {
	const char *name;   /* the member of struct pt_regs */
	uint16_t pt_regs;   /* its offset */
	uint8_t bytes;	    /* that the written name refers to */
	uint8_t first_byte; /* 1: %ah and the like */
};

/* Looks up a register name without its % ("edi", "x0"). Returns 0, or -ENOENT if pt_regs has no such
 * register. */
int bcc_usdt_register_find(
	enum bcc_usdt_arch arch, const char *text, size_t length, struct bcc_usdt_register *out);

/* The instruction pointer. */
struct bcc_usdt_register bcc_usdt_register_ip(enum bcc_usdt_arch arch);

#endif
