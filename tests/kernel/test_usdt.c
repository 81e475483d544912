/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes: what a list says about those of this program, and the arguments that a text reads there, in
 * every form. */
#include <bcc/usdt.h>

#include "two_places.h"

static const char text[] = COUNTING_TEXT
	"struct result { u64 value; s64 returned; };\n"
	"BPF_ARRAY(results, struct result, 16);\n"
	"#define READ(n) { int slot = n; struct result r = {}; r.returned = bpf_usdt_readarg(n, ctx, &r.value); results.update(&slot, &r); }\n"
	"int on_forms(struct pt_regs *ctx)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
	"	READ(1) READ(2) READ(3) READ(4) READ(5) READ(6) READ(7) READ(8) READ(9) READ(10) READ(11) READ(12)\n"
	"	count(0, 1);\n"
	"	return 0;\n"
	"}\n"
	"int on_narrow(struct pt_regs *ctx)\n"
	"{\n"
	"	int slot = 0;\n"
	"	struct result r = {};\n"
	"	u8 b = 0xee; u16 h; s32 w; char big[16]; char *p = 0; char s[8] = {};\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
	"	bpf_usdt_readarg(1, ctx, &b);\n"
	"	bpf_usdt_readarg(1, ctx, &h);\n"
	"	bpf_usdt_readarg(2, ctx, &w);\n"
	"	bpf_usdt_readarg(3, ctx, &p);\n"
	"	count(3, b); count(4, h); count(5, (u64)(s64)w);\n"
	"	r.returned = bpf_usdt_readarg(1, ctx, &big);\n"
	"	r.value = bpf_usdt_readarg_p(3, ctx, s, 4);\n"
	"	results.update(&slot, &r);\n"
	"	slot = 1; r.returned = s[0] << 16 | s[1] << 8 | s[2]; r.value = (u64)p;\n"
	"	results.update(&slot, &r);\n"
	"	return 0;\n"
	"}\n";

struct result {
	uint64_t value;
	int64_t returned;
};

/* ---- the probes ---- */

volatile uint64_t bcc_test_values[4] __attribute__((used, visibility("hidden"), aligned(32))) = {
	0x1122334455667788, 0xffeeddccbbaa9988, 0x8000000000000001, 0x7fffffff80000000};

#if defined(__x86_64__)
static void fire_registers(void)
{
	register uint64_t a __asm__("rax") = 0x1122334455667788;
	register uint64_t b __asm__("rbx") = 0xffeeddccbbaa9988;
	register uint64_t c __asm__("r12") = 0x8000000080008081;

	__asm__ volatile(STATIC_PROBE("bcc_test", "registers", "0",
		"8@%%rax 4@%%eax -2@%%ax 1@%%al 1@%%ah -8@%%rbx -4@%%ebx 4@%%rbx -1@%%bh -4@%%r12d -1@%%r12b -2@%%r12w")
		:
		: "r"(a), "r"(b), "r"(c));
}

static void fire_memory(void)
{
	register volatile uint64_t *base __asm__("rdx") = bcc_test_values;
	register uint64_t index __asm__("rcx") = 2;
	register uint64_t whole __asm__("r10") = (uintptr_t)bcc_test_values / 8;

	__asm__ volatile(STATIC_PROBE("bcc_test", "memory", "0",
		"8@(%%rdx) 4@4(%%rdx) -4@12(%%rdx) 8@-8(%%rdx,%%rcx,8) -2@(%%rdx,%%rcx,4) 1@6(%%rdx,%%rcx) "
		"8@(,%%r10,8) -8@16+8-8(%%rdx) 8@bcc_test_values(%%rip) -4@bcc_test_values+28(%%rip) -1@8+bcc_test_values(%%rip) "
		"8@bcc_test_values")
		:
		: "r"(base), "r"(index), "r"(whole), "m"(bcc_test_values[0]));
}

static void fire_constants(void)
{
	register uint64_t none __asm__("rsi") = 0;

	__asm__ volatile(STATIC_PROBE("bcc_test", "constants", "0",
		"4@$5 -4@$-5 8@$0x7fffffffffffffff 1@$256 8@$bcc_test_values 8@$bcc_test_values+8 8f@%%xmm0 "
		"8@8(%%rsi) 4@bcc_test_no_such(%%rip) -8@$-1 2@$-1")
		:
		: "r"(none));
}

static void fire_narrow(const char *string)
{
	register uint64_t a __asm__("rdi") = 0xfffffffffffff234;
	register const char *s __asm__("rsi") = string;

	__asm__ volatile(STATIC_PROBE("bcc_test", "narrow", "0", "8@%%rdi -2@%%di 8@%%rsi")
		:
		: "r"(a), "r"(s));
}

/* what is written for the same arguments: parts of registers and of constants that only one has */
#define FIFTH_REGISTER 0x77
#define NINTH_REGISTER 0xffffffffffffff99
#define FIFTH_CONSTANT (uintptr_t)bcc_test_values
#define SIXTH_CONSTANT ((uintptr_t)bcc_test_values + 8)
#elif defined(__aarch64__)
static void fire_registers(void)
{
	register uint64_t a __asm__("x9") = 0x1122334455667788;
	register uint64_t b __asm__("x10") = 0xffeeddccbbaa9988;
	register uint64_t c __asm__("x19") = 0x8000000080008081;

	__asm__ volatile(STATIC_PROBE("bcc_test", "registers", "0",
		"8@x9 4@w9 -2@w9 1@w9 1@x9 -8@x10 -4@w10 4@x10 -1@w10 -4@w19 -1@w19 -2@x19")
		:
		: "r"(a), "r"(b), "r"(c));
}

static void fire_memory(void)
{
	register volatile uint64_t *base __asm__("x9") = bcc_test_values;
	register uint64_t index __asm__("x10") = 2;
	register uint64_t before __asm__("x11") = (uintptr_t)bcc_test_values - 16;
	register uint64_t page __asm__("x12") = (uintptr_t)bcc_test_values & ~0xfffUL;

	__asm__ volatile(STATIC_PROBE("bcc_test", "memory", "0",
		"8@[x9] 4@[x9, 4] -4@[x9, #12] 8@[x9, x10, lsl 2] -2@[x9, w10, sxtw 2] 1@[x9, 8] "
		"8@[x11,x10,lsl #3] -8@[x9,16] 8@[x12, #:lo12:bcc_test_values] -4@[x12, :lo12:bcc_test_values+28] "
		"-1@[x12, #:lo12:bcc_test_values+8] 8@[x9, 0]")
		:
		: "r"(base), "r"(index), "r"(before), "r"(page), "m"(bcc_test_values[0]));
}

static void fire_constants(void)
{
	register uint64_t none __asm__("x9") = 0;

	__asm__ volatile(STATIC_PROBE("bcc_test", "constants", "0",
		"4@5 -4@-5 8@0x7fffffffffffffff 1@256 8@xzr 4@#16 8f@d0 8@[x9, 8] 4@[x9, bcc_test_no_such] -8@-1 2@-1")
		:
		: "r"(none));
}

static void fire_narrow(const char *string)
{
	register uint64_t a __asm__("x9") = 0xfffffffffffff234;
	register const char *s __asm__("x10") = string;

	__asm__ volatile(STATIC_PROBE("bcc_test", "narrow", "0", "8@x9 -2@w9 8@x10") : : "r"(a), "r"(s));
}

#define FIFTH_REGISTER 0x88
#define NINTH_REGISTER 0xffffffffffffff88
#define FIFTH_CONSTANT 0
#define SIXTH_CONSTANT 16
#endif

/* ---- tests ---- */

static struct bcc *open_text(void)
{
	return open_probing(text, NULL);
}

static struct bcc_link *attach_own(struct bcc *b, const char *prog, const char *provider, const char *name)
{
	struct bcc_link *link;

	expect_ok(b, bcc_attach_usdt(b, prog, OWN_PROGRAM, provider, name, NULL, &link));
	return link;
}

static struct result result_at(struct bcc *b, uint32_t index)
{
	struct result r;

	expect_ok(b, bcc_table_get(bcc_table_find(b, "results"), &index, sizeof(index), &r, sizeof(r)));
	return r;
}

static void expect_argument(struct bcc *b, uint32_t argument, uint64_t value)
{
	struct result r = result_at(b, argument);

	if (r.returned || r.value != value)
		fail_msg("argument %u is %#llx (returned %lld) instead of %#llx", argument,
			(unsigned long long)r.value, (long long)r.returned, (unsigned long long)value);
}

static void expect_no_argument(struct bcc *b, uint32_t argument)
{
	struct result r = result_at(b, argument);

	if (r.returned != -1 || r.value)
		fail_msg("argument %u is %#llx (returned %lld), but cannot be read", argument,
			(unsigned long long)r.value, (long long)r.returned);
}

static void check_registers(struct bcc *b)
{
	struct bcc_link *link = attach_own(b, "on_forms", "bcc_test", "registers");

	fire_registers();
	assert_int_equal(table_u64(b, "counts", 0), 1);
	expect_argument(b, 1, 0x1122334455667788);
	expect_argument(b, 2, 0x55667788);
	expect_argument(b, 3, 0x7788);
	expect_argument(b, 4, 0x88);
	expect_argument(b, 5, FIFTH_REGISTER);
	expect_argument(b, 6, 0xffeeddccbbaa9988);
	expect_argument(b, 7, 0xffffffffbbaa9988);
	expect_argument(b, 8, 0xbbaa9988);
	expect_argument(b, 9, NINTH_REGISTER);
	expect_argument(b, 10, 0xffffffff80008081);
	expect_argument(b, 11, 0xffffffffffffff81);
	expect_argument(b, 12, 0xffffffffffff8081);
	bcc_detach(link);
	fire_registers();
	assert_int_equal(table_u64(b, "counts", 0), 1);
}

static void test_registers(void **state)
{
	struct bcc *b = open_text();

	check_registers(b);
	bcc_close(b);
}

/* As on kernels without attach cookies. */
static void test_places_by_address(void **state)
{
	struct bcc *b = open_probing(text, "-D__BCC_USDT_BY_ADDRESS");

	check_registers(b);
	set_table_u64(b, "counts", 1, 0);
	expect_ok(b, bcc_attach_usdt(b, "on_any", OWN_PROGRAM, "bcc_test", "twice", NULL, NULL));
	fire_all(FIRED);
	assert_int_equal(table_u64(b, "counts", 1), 2 * FIRED);
	assert_int_equal(table_u64(b, "counts", 2), FIRED * (FIRED + 1) + 1000 * FIRED);
	bcc_close(b);
}

static void test_memory(void **state)
{
	struct bcc *b = open_text();

	attach_own(b, "on_forms", "bcc_test", "memory");
	fire_memory();
	expect_argument(b, 1, 0x1122334455667788);
	expect_argument(b, 2, 0x11223344);
	expect_argument(b, 3, 0xffffffffffeeddcc);
	expect_argument(b, 4, 0xffeeddccbbaa9988);
	expect_argument(b, 5, 0xffffffffffff9988);
	expect_argument(b, 6, 0x88);
	expect_argument(b, 7, 0x1122334455667788);
	expect_argument(b, 8, 0x8000000000000001);
	expect_argument(b, 9, 0x1122334455667788);
	expect_argument(b, 10, 0x7fffffff);
	expect_argument(b, 11, 0xffffffffffffff88);
	expect_argument(b, 12, 0x1122334455667788);
	bcc_close(b);
}

static void test_constants(void **state)
{
	struct bcc *b = open_text();

	attach_own(b, "on_forms", "bcc_test", "constants");
	fire_constants();
	expect_argument(b, 1, 5);
	expect_argument(b, 2, (uint64_t)-5);
	expect_argument(b, 3, 0x7fffffffffffffff);
	expect_argument(b, 4, 0);
	expect_argument(b, 5, FIFTH_CONSTANT);
	expect_argument(b, 6, SIXTH_CONSTANT);
	expect_no_argument(b, 7);
	expect_no_argument(b, 8); /* address 8 */
	expect_no_argument(b, 9);
	expect_argument(b, 10, UINT64_MAX);
	expect_argument(b, 11, 0xffff);
	expect_no_argument(b, 12); /* there are eleven */
	bcc_close(b);
}

/* Into variables of other sizes, and what an argument points to. */
static void test_variables(void **state)
{
	static const char string[] = "abc";
	struct bcc *b = open_text();

	attach_own(b, "on_narrow", NULL, "narrow");
	fire_narrow(string);
	assert_int_equal(table_u64(b, "counts", 3), 0x34);
	assert_int_equal(table_u64(b, "counts", 4), 0xf234);
	assert_int_equal(table_u64(b, "counts", 5), 0xfffffffffffff234);
	assert_int_equal(result_at(b, 0).returned, -1);
	assert_int_equal(result_at(b, 0).value, 0);
	assert_int_equal(result_at(b, 1).returned, 'a' << 16 | 'b' << 8 | 'c');
	assert_int_equal(result_at(b, 1).value, (uintptr_t)string);
	bcc_close(b);
}

/* A probe at two locations, and one of the same name from another provider. */
static void test_places_and_providers(void **state)
{
	struct bcc *b = open_text();
	struct bcc_link *link = attach_own(b, "on_any", "bcc_test", "twice");

	fire_all(FIRED);
	assert_int_equal(table_u64(b, "counts", 1), 2 * FIRED);
	assert_int_equal(table_u64(b, "counts", 2), FIRED * (FIRED + 1) + 1000 * FIRED);
	bcc_detach(link);
	set_table_u64(b, "counts", 1, 0);
	set_table_u64(b, "counts", 2, 0);
	attach_own(b, "on_any", NULL, "twice");
	fire_all(FIRED);
	assert_int_equal(table_u64(b, "counts", 1), 3 * FIRED);
	assert_int_equal(table_u64(b, "counts", 2), FIRED * (FIRED + 1) + 101000 * FIRED);
	bcc_close(b);
}

static void test_list(void **state)
{
	struct bcc_usdt_info twice[3] = {{0}};
	struct bcc_usdt_list *list;
	size_t found = 0;

	assert_int_equal(bcc_usdt_list_open(OWN_PROGRAM, 0, &list), 0);
	assert_int_equal(bcc_usdt_list_count(list), 7);
	for (size_t i = 0; i < bcc_usdt_list_count(list); i++) {
		const struct bcc_usdt_info *info = bcc_usdt_list_at(list, i);

		assert_string_equal(info->binary, OWN_PROGRAM);
		if (found < 3 && !strcmp(info->name, "twice"))
			twice[found++] = *info;
	}
	assert_null(bcc_usdt_list_at(list, bcc_usdt_list_count(list)));
	assert_int_equal(found, 3);
	assert_string_equal(twice[0].provider, "bcc_other");
	assert_string_equal(
		twice[0].arguments, "8@" STATIC_PROBE_NUMBER(100000) " 4@" STATIC_PROBE_NUMBER(1) " 4f@f0");
	assert_int_equal(twice[0].argument_count, 3);
	assert_int_equal(twice[0].unknown_arguments, 1 << 2);
	assert_int_equal(twice[0].semaphore, 0);
	assert_string_equal(twice[1].provider, "bcc_test");
	assert_int_equal(twice[1].argument_count, 1);
	assert_int_equal(twice[1].unknown_arguments, 0);
	assert_true(twice[1].address < twice[2].address);
	assert_true(twice[1].semaphore && twice[1].semaphore == twice[2].semaphore);
	assert_true(twice[1].semaphore_offset != 0);
	/* what the notes say compared with what this process knows about itself */
	assert_in_range(twice[1].address + ((uintptr_t)&bcc_test_semaphore - twice[1].semaphore),
		(uintptr_t)fire_first, (uintptr_t)fire_first + 64);
	bcc_usdt_list_close(list);
}

/* ---- failures ---- */

static void test_errors(void **state)
{
	struct bcc *b = open_text();
	struct bcc_usdt_opts negative = BCC_OPTS(struct bcc_usdt_opts, .pid = -1);
	struct bcc_usdt_opts nobody = BCC_OPTS(struct bcc_usdt_opts, .pid = 0x3fffffff);

	expect_return(b, bcc_attach_usdt(b, "on_any", OWN_PROGRAM, "bcc_test", "twise", NULL, NULL), -ENOENT);
	expect_sentence(b, "twice");
	expect_return(b, bcc_attach_usdt(b, "on_any", OWN_PROGRAM, "nobody", "twice", NULL, NULL), -ENOENT);
	expect_sentence(b, "nobody:twice");
	expect_return(b, bcc_attach_usdt(b, "on_any", "/bin/true", NULL, "twice", NULL, NULL), -ENOENT);
	expect_sentence(b, "nor any other");
	expect_return(b, bcc_attach_usdt(b, "on_any", "/etc/passwd", NULL, "twice", NULL, NULL), -ENOEXEC);
	expect_return(b, bcc_attach_usdt(b, "on_any", "/no/such", NULL, "twice", NULL, NULL), -ENOENT);
	expect_return(b, bcc_attach_usdt(b, "on_any", NULL, NULL, "twice", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_usdt(b, "on_any", NULL, NULL, "twice", &negative, NULL), -EINVAL);
	expect_return(b, bcc_attach_usdt(b, "on_any", NULL, NULL, "twice", &nobody, NULL), -ESRCH);
	expect_return(b, bcc_attach_usdt(b, "on_any", OWN_PROGRAM, NULL, "", NULL, NULL), -EINVAL);
	expect_return(b, bcc_attach_usdt(b, "nobody", OWN_PROGRAM, NULL, "twice", NULL, NULL), -ENOENT);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_places_by_address),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_places_and_providers),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
