/* SPDX-License-Identifier: Apache-2.0 */
/* arm64: Procedure Call Standard for the Arm 64-bit Architecture; struct user_pt_regs in the kernel's
 * arch/arm64/include/uapi/asm/ptrace.h, with which its struct pt_regs begins. */
#include "arch.h"

#include <elf.h>

#include "common/array.h"

static const struct bcc_register registers[] = {
	{"regs[0]", 0, "x0", "w0", NULL, NULL, NULL},
	{"regs[1]", 8, "x1", "w1", NULL, NULL, NULL},
	{"regs[2]", 16, "x2", "w2", NULL, NULL, NULL},
	{"regs[3]", 24, "x3", "w3", NULL, NULL, NULL},
	{"regs[4]", 32, "x4", "w4", NULL, NULL, NULL},
	{"regs[5]", 40, "x5", "w5", NULL, NULL, NULL},
	{"regs[6]", 48, "x6", "w6", NULL, NULL, NULL},
	{"regs[7]", 56, "x7", "w7", NULL, NULL, NULL},
	{"regs[8]", 64, "x8", "w8", NULL, NULL, NULL},
	{"regs[9]", 72, "x9", "w9", NULL, NULL, NULL},
	{"regs[10]", 80, "x10", "w10", NULL, NULL, NULL},
	{"regs[11]", 88, "x11", "w11", NULL, NULL, NULL},
	{"regs[12]", 96, "x12", "w12", NULL, NULL, NULL},
	{"regs[13]", 104, "x13", "w13", NULL, NULL, NULL},
	{"regs[14]", 112, "x14", "w14", NULL, NULL, NULL},
	{"regs[15]", 120, "x15", "w15", NULL, NULL, NULL},
	{"regs[16]", 128, "x16", "w16", NULL, NULL, NULL},
	{"regs[17]", 136, "x17", "w17", NULL, NULL, NULL},
	{"regs[18]", 144, "x18", "w18", NULL, NULL, NULL},
	{"regs[19]", 152, "x19", "w19", NULL, NULL, NULL},
	{"regs[20]", 160, "x20", "w20", NULL, NULL, NULL},
	{"regs[21]", 168, "x21", "w21", NULL, NULL, NULL},
	{"regs[22]", 176, "x22", "w22", NULL, NULL, NULL},
	{"regs[23]", 184, "x23", "w23", NULL, NULL, NULL},
	{"regs[24]", 192, "x24", "w24", NULL, NULL, NULL},
	{"regs[25]", 200, "x25", "w25", NULL, NULL, NULL},
	{"regs[26]", 208, "x26", "w26", NULL, NULL, NULL},
	{"regs[27]", 216, "x27", "w27", NULL, NULL, NULL},
	{"regs[28]", 224, "x28", "w28", NULL, NULL, NULL},
	{"regs[29]", 232, "x29", "w29", NULL, NULL, NULL},
	{"regs[29]", 232, "fp", NULL, NULL, NULL, NULL},
	{"regs[30]", 240, "x30", "w30", NULL, NULL, NULL},
	{"regs[30]", 240, "lr", NULL, NULL, NULL, NULL},
	{"sp", 248, "sp", "wsp", NULL, NULL, NULL},
	{"pc", 256, NULL, NULL, NULL, NULL, NULL},
};

const struct bcc_arch bcc_arch_arm64 = {
	.kernel_directory = "arm64",
	.triple = "aarch64-linux-gnu",
	.cpu = "generic",
	.elf_machine = EM_AARCH64,
	.elf_machine_32 = EM_ARM,
	.has_registers_of_32 = false,
	.system_call_prefix = "__arm64_sys_", /* from Linux 4.19 on */
	.registers = registers,
	.register_count = ARRAY_SIZE(registers),
	.instruction_pointer = "pc",
	.stack_pointer = "sp",
	.frame_pointer = "regs[29]",
	.result = "regs[0]",
	.return_address = "regs[30]",
	.arguments = {"regs[0]", "regs[1]", "regs[2]", "regs[3]", "regs[4]", "regs[5]", "regs[6]", "regs[7]"},
	.system_call_arguments = {"regs[0]", "regs[1]", "regs[2]", "regs[3]", "regs[4]", "regs[5]", "regs[6]",
		"regs[7]"},
	.operands = BCC_OPERANDS_ARM64,
	.kernel_addresses_are_negative = true,
	.kernel_start = 0xffff000000000000, /* Documentation/arch/arm64/memory.rst */
};

#ifdef __aarch64__
const struct bcc_arch *const bcc_arch_host = &bcc_arch_arm64;
#endif
