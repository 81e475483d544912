/* SPDX-License-Identifier: Apache-2.0 */
#include "registers.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/array.h"

enum bcc_usdt_arch bcc_usdt_host_arch(void)
{
#if defined(__x86_64__)
	return BCC_USDT_X86_64;
#elif defined(__aarch64__)
	return BCC_USDT_ARM64;
#else
#error "no table of registers for this architecture"
#endif
}

static bool usdt_registers_is(const char *text, size_t length, const char *what)
{
	return length && strlen(what) == length && !memcmp(text, what, length);
}

/* ---- x86-64: offsets of arch/x86/include/asm/ptrace.h ---- */

struct x86_register {
	const char *name; /* in pt_regs */
	uint16_t pt_regs;
	const char *b8, *b4, *b2, *b1, *high; /* as written */
};

static const struct x86_register x86_registers[] = {
	{"r15", 0, "r15", "r15d", "r15w", "r15b", ""},
	{"r14", 8, "r14", "r14d", "r14w", "r14b", ""},
	{"r13", 16, "r13", "r13d", "r13w", "r13b", ""},
	{"r12", 24, "r12", "r12d", "r12w", "r12b", ""},
	{"bp", 32, "rbp", "ebp", "bp", "bpl", ""},
	{"bx", 40, "rbx", "ebx", "bx", "bl", "bh"},
	{"r11", 48, "r11", "r11d", "r11w", "r11b", ""},
	{"r10", 56, "r10", "r10d", "r10w", "r10b", ""},
	{"r9", 64, "r9", "r9d", "r9w", "r9b", ""},
	{"r8", 72, "r8", "r8d", "r8w", "r8b", ""},
	{"ax", 80, "rax", "eax", "ax", "al", "ah"},
	{"cx", 88, "rcx", "ecx", "cx", "cl", "ch"},
	{"dx", 96, "rdx", "edx", "dx", "dl", "dh"},
	{"si", 104, "rsi", "esi", "si", "sil", ""},
	{"di", 112, "rdi", "edi", "di", "dil", ""},
	{"ip", 128, "rip", "eip", "ip", "", ""},
	{"sp", 152, "rsp", "esp", "sp", "spl", ""},
};

static int x86_find(const char *text, size_t length, struct bcc_usdt_register *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(x86_registers); i++) {
		const struct x86_register *r = &x86_registers[i];

		*out = (struct bcc_usdt_register){.name = r->name, .pt_regs = r->pt_regs};
		if (usdt_registers_is(text, length, r->b8))
			out->bytes = 8;
		else if (usdt_registers_is(text, length, r->b4))
			out->bytes = 4;
		else if (usdt_registers_is(text, length, r->b2))
			out->bytes = 2;
		else if (usdt_registers_is(text, length, r->b1) || usdt_registers_is(text, length, r->high))
			out->bytes = 1;
		else
			continue;
		out->first_byte = usdt_registers_is(text, length, r->high);
		return 0;
	}
	return -ENOENT;
}

/* ---- arm64: struct user_pt_regs of arch/arm64/include/uapi/asm/ptrace.h ---- */

static const char *const arm64_names[] = {"regs[0]", "regs[1]", "regs[2]", "regs[3]", "regs[4]", "regs[5]",
	"regs[6]", "regs[7]", "regs[8]", "regs[9]", "regs[10]", "regs[11]", "regs[12]", "regs[13]",
	"regs[14]", "regs[15]", "regs[16]", "regs[17]", "regs[18]", "regs[19]", "regs[20]", "regs[21]",
	"regs[22]", "regs[23]", "regs[24]", "regs[25]", "regs[26]", "regs[27]", "regs[28]", "regs[29]",
	"regs[30]", "sp", "pc"};
enum { ARM64_FP = 29, ARM64_LR, ARM64_SP, ARM64_PC };

static int arm64_number(const char *text, size_t length)
{
	int number = 0;

	if (usdt_registers_is(text, length, "sp") || usdt_registers_is(text, length, "wsp"))
		return ARM64_SP;
	if (usdt_registers_is(text, length, "fp"))
		return ARM64_FP;
	if (usdt_registers_is(text, length, "lr"))
		return ARM64_LR;
	if (length < 2 || length > 3 || (text[0] != 'x' && text[0] != 'w'))
		return -1;
	for (size_t i = 1; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = 10 * number + text[i] - '0';
	}
	return number <= ARM64_LR ? number : -1;
}

static struct bcc_usdt_register arm64_register(int number, uint8_t bytes)
{
	return (struct bcc_usdt_register){
		.name = arm64_names[number], .pt_regs = (uint16_t)(8 * number), .bytes = bytes};
}

int bcc_usdt_register_find(
	enum bcc_usdt_arch arch, const char *text, size_t length, struct bcc_usdt_register *out)
{
	int number;

	if (arch == BCC_USDT_X86_64)
		return x86_find(text, length, out);
	number = arm64_number(text, length);
	if (number < 0)
		return -ENOENT;
	*out = arm64_register(number, text[0] == 'w' ? 4 : 8);
	return 0;
}

struct bcc_usdt_register bcc_usdt_register_ip(enum bcc_usdt_arch arch)
{
	if (arch == BCC_USDT_ARM64)
		return arm64_register(ARM64_PC, 8);
	return (struct bcc_usdt_register){.name = "ip", .pt_regs = 128, .bytes = 8};
}
