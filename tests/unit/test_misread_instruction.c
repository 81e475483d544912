/* SPDX-License-Identifier: Apache-2.0 */
/* Which instructions the kernel would take for others. The bytes are what an assembler makes of the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/attach/misread_instruction.h"

struct sample {
	const char *text;
	uint8_t code[12];
	bool misread;
};

static const struct sample in_64_bits[] = {
	{"vpbroadcastb %esi,%ymm17", {0x62, 0xe2, 0x7d, 0x28, 0x7a, 0xce}, true},
	{"vpcmpeqb %xmm0,%xmm1,%xmm2", {0xc5, 0xf1, 0x74, 0xd0}, true},
	{"vpshufd $1,%xmm8,%xmm1", {0xc4, 0xc1, 0x79, 0x70, 0xc8, 0x01}, true},
	{"vpshufd $1,%fs:(%rdi),%xmm1", {0x64, 0xc5, 0xf9, 0x70, 0x0f, 0x01}, true},
	{"vpcmpeqb (%edi),%xmm1,%xmm2", {0x67, 0xc5, 0xf1, 0x74, 0x17}, true},
	{"vzeroupper", {0xc5, 0xf8, 0x77}, true},
	{"vpor %xmm0,%xmm1,%xmm2", {0xc5, 0xf1, 0xeb, 0xd0}, true},
	{"vpsubsb %xmm0,%xmm1,%xmm2", {0xc5, 0xf1, 0xe8, 0xd0}, true},
	{"vcmpps $1,%xmm0,%xmm1,%xmm2", {0xc5, 0xf0, 0xc2, 0xd0, 0x01}, true},
	{"kmovq %k1,%k2", {0xc4, 0xe1, 0xf8, 0x90, 0xd1}, true},
	{"vpcmpeqd %zmm17,%zmm18,%k1", {0x62, 0xb1, 0x6d, 0x40, 0x76, 0xc9}, true},
	{"kmovd %esi,%k1", {0xc5, 0xfb, 0x92, 0xce}, false},
	{"vpxorq %xmm16,%xmm16,%xmm16", {0x62, 0xa1, 0xfd, 0x00, 0xef, 0xc0}, false},
	{"vpaddd %xmm0,%xmm1,%xmm2", {0xc5, 0xf1, 0xfe, 0xd0}, false},
	/* the same opcodes without the prefix of a vector instruction */
	{"pcmpeqb %xmm0,%xmm1", {0x66, 0x0f, 0x74, 0xc8}, false},
	{"je", {0x74, 0x05}, false},
	{"ret", {0xc3}, false},
	{"push %rbp", {0x55}, false},
	{"endbr64", {0xf3, 0x0f, 0x1e, 0xfa}, false},
	{"pop (%rax)", {0x8f, 0x00}, false},
	{"vprotb %xmm1,%xmm2,%xmm3", {0x8f, 0xe9, 0x70, 0x90, 0xda}, true},
	{"pop 0x74(%rdx,%rax,8), then je", {0x8f, 0x44, 0xc2, 0x74, 0x74}, false},
};

/* In 32-bit code the prefixes are instructions, if an operand in memory follows. */
static const struct sample in_32_bits[] = {
	{"vpcmpeqb %xmm0,%xmm1,%xmm2", {0xc5, 0xf1, 0x74, 0xd0}, true},
	{"vpcmpeqd %zmm1,%zmm2,%k1", {0x62, 0xf1, 0x6d, 0x48, 0x76, 0xc9}, true},
	{"lds 0x74(%eax),%esi", {0xc5, 0x70, 0x74}, false},
	{"les (%esi,%edi,2),%eax; je", {0xc4, 0x04, 0x7e, 0x74}, false},
	{"bound %eax,0x74747474(%ecx)", {0x62, 0x81, 0x74, 0x74, 0x74, 0x74}, false},
};

static void check(const struct sample *samples, size_t count, bool is_64)
{
	for (size_t i = 0; i < count; i++)
		if (bcc_instruction_is_misread(samples[i].code, sizeof(samples[i].code), is_64) !=
			samples[i].misread)
			fail_msg("%s (%d bits)", samples[i].text, is_64 ? 64 : 32);
}

static void test_instructions(void **state)
{
#ifdef __x86_64__
	check(in_64_bits, ARRAY_SIZE(in_64_bits), true);
	check(in_32_bits, ARRAY_SIZE(in_32_bits), false);
#else
	for (size_t i = 0; i < ARRAY_SIZE(in_64_bits); i++)
		assert_false(
			bcc_instruction_is_misread(in_64_bits[i].code, sizeof(in_64_bits[i].code), true));
	(void)in_32_bits;
	(void)check;
#endif
}

/* The end of a file is no instruction. */
static void test_short(void **state)
{
	static const uint8_t code[] = {0x67, 0xc5, 0xf1, 0x74};

	for (size_t size = 0; size < sizeof(code); size++)
		assert_false(bcc_instruction_is_misread(code, size, true));
	assert_false(bcc_misread_in(NULL, 0));
	assert_false(bcc_misread_in("/no/such/file", 0));
	assert_false(bcc_misread_in("/proc/self/exe", UINT64_MAX));
	assert_false(bcc_misread_in("/proc/self/exe", 1ULL << 40));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_instructions),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
