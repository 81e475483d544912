/* SPDX-License-Identifier: Apache-2.0 */
/* Operands of static probes: each form of both architectures, and malformed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libbcc/usdt/argument.h"

/* What was parsed, in one line. */
static const char *describe(const struct bcc_arch *arch, const char *text)
{
	static char line[1024];
	struct bcc_usdt_operand o;
	size_t n = 0;

	line[0] = '\0';
	while (bcc_usdt_operand_next(arch, &text, &o)) {
		n += snprintf(
			line + n, sizeof(line) - n, "%s%c%u:", n ? " " : "", o.is_signed ? 's' : 'u', o.size);
		if (o.form == BCC_USDT_UNKNOWN) {
			n += snprintf(line + n, sizeof(line) - n, "?");
			continue;
		}
		n += snprintf(line + n, sizeof(line) - n, "%s",
			o.form == BCC_USDT_MEMORY     ? "["
			: o.form == BCC_USDT_REGISTER ? "r"
						      : "=");
		if (o.has_base)
			n += snprintf(line + n, sizeof(line) - n, "%s/%u.%u@%u", o.base.name, o.base.bytes,
				o.base.first_byte, o.base.pt_regs);
		if (o.has_index)
			n += snprintf(line + n, sizeof(line) - n, "+%s/%u@%u%s*%u", o.index.name,
				o.index.bytes, o.index.pt_regs, o.index_is_signed ? "s" : "", o.scale);
		if (o.symbol)
			n += snprintf(line + n, sizeof(line) - n, "+%.*s%s%s", (int)o.symbol_length, o.symbol,
				o.symbol_is_absolute ? "!" : "", o.symbol_low_bits ? "&" : "");
		n += snprintf(line + n, sizeof(line) - n, "%+lld", (long long)o.displacement);
	}
	return line;
}

#define expect_x86(text, result) assert_string_equal(describe(&bcc_arch_x86_64, text), result)
#define expect_arm64(text, result) assert_string_equal(describe(&bcc_arch_arm64, text), result)

static void test_x86_registers(void **state)
{
	expect_x86("8@%rax -4@%ebx 2@%cx -1@%dl",
		"u8:rax/8.0@80+0 s4:rbx/4.0@40+0 u2:rcx/2.0@88+0 s1:rdx/1.0@96+0");
	expect_x86(
		"1@%ah 1@%bh 1@%ch 1@%dh", "u1:rax/1.1@80+0 u1:rbx/1.1@40+0 u1:rcx/1.1@88+0 u1:rdx/1.1@96+0");
	expect_x86("8@%rsi 4@%edi 2@%si 1@%dil",
		"u8:rsi/8.0@104+0 u4:rdi/4.0@112+0 u2:rsi/2.0@104+0 u1:rdi/1.0@112+0");
	expect_x86("8@%rbp 4@%esp 1@%bpl 1@%spl",
		"u8:rbp/8.0@32+0 u4:rsp/4.0@152+0 u1:rbp/1.0@32+0 u1:rsp/1.0@152+0");
	expect_x86("8@%r8 4@%r9d 2@%r10w 1@%r11b",
		"u8:rr8/8.0@72+0 u4:rr9/4.0@64+0 u2:rr10/2.0@56+0 u1:rr11/1.0@48+0");
	expect_x86("-8@%r12 -4@%r13d -2@%r14w -1@%r15b",
		"s8:rr12/8.0@24+0 s4:rr13/4.0@16+0 s2:rr14/2.0@8+0 s1:rr15/1.0@0+0");
	expect_x86("%rdi", "u8:rdi/8.0@112+0");
}

static void test_x86_constants(void **state)
{
	expect_x86("4@$5 -4@$-5 8@$0x10 1@$010", "u4:=+5 s4:=-5 u8:=+16 u1:=+8");
	expect_x86("8@$18446744073709551615", "u8:=-1");
	expect_x86("8@$-9223372036854775808", "u8:=-9223372036854775808");
	expect_x86("8@$18446744073709551616", "u8:?");
	expect_x86("8@$counter 8@$counter+16 8@$-8+counter", "u8:=+counter+0 u8:=+counter+16 u8:=+counter-8");
}

static void test_x86_memory(void **state)
{
	expect_x86("4@(%rax) 4@8(%rbp) -4@-20(%rbp)", "u4:[ax/8.0@80+0 u4:[bp/8.0@32+8 s4:[bp/8.0@32-20");
	expect_x86("8@(%rdx,%rsi) 8@4(%rdx,%rsi,8)", "u8:[dx/8.0@96+si/8@104*1+0 u8:[dx/8.0@96+si/8@104*8+4");
	expect_x86("8@(,%rsi,8) 8@-4(,%rsi,2)", "u8:[+si/8@104*8+0 u8:[+si/8@104*2-4");
	expect_x86("8@8+16(%rsp) 8@-8+0x10(%rsp) 8@8--8(%rsp)",
		"u8:[sp/8.0@152+24 u8:[sp/8.0@152+8 u8:[sp/8.0@152+16");
	expect_x86("4@-4(%r12d)", "u4:[r12/4.0@24-4");
	expect_x86("8@0x1000", "u8:[+4096");
}

static void test_x86_symbols(void **state)
{
	expect_x86("4@counter(%rip) -4@counter+4(%rip) 4@-4+counter(%rip)",
		"u4:[ip/8.0@128+counter+0 s4:[ip/8.0@128+counter+4 u4:[ip/8.0@128+counter-4");
	expect_x86("4@_ZN3foo3barE(%rip) 4@counter.1234(%rip)",
		"u4:[ip/8.0@128+_ZN3foo3barE+0 u4:[ip/8.0@128+counter.1234+0");
	expect_x86("4@counter 4@counter+8", "u4:[+counter+0 u4:[+counter+8");
	expect_x86("4@table(,%rax,4) 4@table(%rdx)", "u4:[+ax/8@80*4+table!+0 u4:[dx/8.0@96+table!+0");
	/* references to the dynamic loader's tables, and sums that are not an address */
	expect_x86("8@counter@GOTPCREL(%rip) 8@%fs:counter@tpoff 8@a+b(%rip) 8@8-a(%rip)",
		"u8:? u8:? u8:? u8:?");
}

static void test_x86_unknown(void **state)
{
	expect_x86("8f@%xmm0 4@%edi", "u8:? u4:rdi/4.0@112+0");
	expect_x86("-8@%xmm0 4@%st(1) 4@%es:(%rdi) 2@%es", "s8:? u4:? u4:? u2:?");
	expect_x86("3@%eax 16@%rax 0@%rax 4@", "u8:? u8:? u8:? u4:?");
	expect_x86("4@(%rax 4@%eax", "u4:?"); /* an unclosed bracket extends to the end */
	expect_x86("4@(%rax,%rbx,3) 4@() 4@8( 4@)", "u4:? u4:? u4:?");
	expect_x86(
		"4@$ 4@% 4@- 4@+ 4@%eaxx 4@%eax, @ @%eax -", "u4:? u4:? u4:? u4:? u4:? u4:? u8:? u8:? u8:?");
	expect_x86("4@$08 4@$0x 4@$5x 4@5 6", "u4:? u4:? u4:? u4:[+5 u8:[+6");
	expect_x86("", "");
	expect_x86(" \t ", "");
}

static void test_arm64(void **state)
{
	expect_arm64("8@x0 -4@w1 8@x30 8@sp 8@x29 8@lr",
		"u8:rregs[0]/8.0@0+0 s4:rregs[1]/4.0@8+0 u8:rregs[30]/8.0@240+0 "
		"u8:rsp/8.0@248+0 u8:rregs[29]/8.0@232+0 u8:rregs[30]/8.0@240+0");
	expect_arm64("4@5 -4@-5 8@#16 8@#-16 8@0x10 8@xzr 4@wzr",
		"u4:=+5 s4:=-5 u8:=+16 u8:=-16 u8:=+16 u8:=+0 u4:=+0");
	expect_arm64("8@[sp] 8@[sp, 16] -4@[x29,-20] 4@[x1, #8] 4@[x1, #-8]",
		"u8:[sp/8.0@248+0 u8:[sp/8.0@248+16 s4:[regs[29]/8.0@232-20 u4:[regs[1]/8.0@8+8 u4:[regs[1]/8.0@8-8");
	expect_arm64("8@[x0, x1] 8@[x0, x1, lsl 3] 8@[x0,x1,lsl #3]",
		"u8:[regs[0]/8.0@0+regs[1]/8@8*1+0 u8:[regs[0]/8.0@0+regs[1]/8@8*8+0 u8:[regs[0]/8.0@0+regs[1]/8@8*8+0");
	expect_arm64("8@[x0, w1, sxtw 3] 8@[x0, w1, uxtw] 8@[x0, w1, sxtw]",
		"u8:[regs[0]/8.0@0+regs[1]/4@8s*8+0 u8:[regs[0]/8.0@0+regs[1]/4@8*1+0 u8:[regs[0]/8.0@0+regs[1]/4@8s*1+0");
	expect_arm64("4@[x0, #:lo12:counter] 4@[x0, :lo12:counter+4]",
		"u4:[regs[0]/8.0@0+counter&+0 u4:[regs[0]/8.0@0+counter&+4");
	expect_arm64(
		"4@x31 4@x 4@w99 4@d0 4@s1 4@v2 8f@d0 4@[x0 4@x0", "u4:? u4:? u4:? u4:? u4:? u4:? u8:? u4:?");
	expect_arm64("4@[x0, x1, lsl 5] 4@[x0, w1] 4@[x0], 4 4@[x0, counter] 4@[5] 4@[x0,]",
		"u4:? u4:? u4:? u8:=+4 u4:? u4:? u4:?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86_registers),
		cmocka_unit_test(test_x86_constants),
		cmocka_unit_test(test_x86_memory),
		cmocka_unit_test(test_x86_symbols),
		cmocka_unit_test(test_x86_unknown),
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
