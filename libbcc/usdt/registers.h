/* SPDX-License-Identifier: Apache-2.0 */
/* Registers as assemblers write them, and where the kernel's struct pt_regs has them. */
#ifndef LIBBCC_USDT_REGISTERS_H
#define LIBBCC_USDT_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

enum bcc_usdt_arch { BCC_USDT_X86_64, BCC_USDT_ARM64 };
enum bcc_usdt_arch bcc_usdt_host_arch(void);

struct bcc_usdt_register {
	const char *name;   /* the member of struct pt_regs */
	uint16_t pt_regs;   /* its offset */
	uint8_t bytes;	    /* that the written name means */
	uint8_t first_byte; /* 1: %ah and its like */
};

/* Looks up what is written without its % ("edi", "x0"). 0, or -ENOENT: no register that pt_regs has. */
int bcc_usdt_register_find(
	enum bcc_usdt_arch arch, const char *text, size_t length, struct bcc_usdt_register *out);

/* The instruction pointer. */
struct bcc_usdt_register bcc_usdt_register_ip(enum bcc_usdt_arch arch);

#endif
