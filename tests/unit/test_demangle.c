/* SPDX-License-Identifier: Apache-2.0 */
/* Names as compilers mangle them, and as people write them; the mangled ones were made by g++ 12 and rustc
 * 1.95 from small programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "libbcc/symbols/demangle/demangle.h"

static const struct {
	const char *mangled, *name;
} names[] = {
	/* Rust's v0 mangling */
	{"_RNvCs6xxl1lAjzDf_1a4main", "a::main"},
	{"_RNvCs6xxl1lAjzDf_1a4main.llvm.123", "a::main"},
	{"_RNCNvCs6xxl1lAjzDf_1a4main0B3_", "a::main::{closure#0}"},
	{"_RINvCs6xxl1lAjzDf_1a3cstKce9_Kb1_Kan5_EB2_", "a::cst::<'é', true, -5>"},
	{"_RINvCs6xxl1lAjzDf_1a3geneEB2_", "a::gen::<str>"},
	{"_RINvCs6xxl1lAjzDf_1a4gen2AAhj3_j2_EB2_", "a::gen2::<[[u8; 3]; 2]>"},
	{"_RINvCs6xxl1lAjzDf_1a4gen2DNtNtNtNtCsgEmfK2I1SDS_4core4iter6traits8iterator8Iteratorp4ItemhNtNtBw_"
	 "6marker4SendEL_EB2_",
		"a::gen2::<dyn core::iter::traits::iterator::Iterator<Item = u8> + core::marker::Send>"},
	{"_RINvCs6xxl1lAjzDf_1a4gen2FKClElEB2_", "a::gen2::<extern \"C\" fn(i32) -> i32>"},
	{"_RINvCs6xxl1lAjzDf_1a4gen2FUEuEB2_", "a::gen2::<unsafe fn()>"},
	{"_RINvCs6xxl1lAjzDf_1a4gen2ThEEB2_", "a::gen2::<(u8,)>"},
	{"_RINvNtCs6xxl1lAjzDf_1au9gre_6ka8iu7ber_goaToReEEB4_", "a::größe::über::<(u128, &str)>"},
	{"_RNCNvMs_Cs6xxl1lAjzDf_1aINtB6_1ShKj2_E3own0B6_", "<a::S<u8, 2>>::own::{closure#0}"},
	{"_RNvXCs6xxl1lAjzDf_1aINtB2_1ShKj2_ENtB2_2Tr2goB2_", "<a::S<u8, 2> as a::Tr>::go"},
	/* the legacy one */
	{"_ZN1a4main17h1854dee5fd9945b4E", "a::main"},
	{"_ZN1a13gr$uf6$$udf$e9_$ufc$ber17hc123b5cdf3b0687fE", "a::größe::über"},
	{"_ZN1a4main28_$u7b$$u7b$closure$u7d$$u7d$17h60444e010735b2ecE", "a::main::{{closure}}"},
	{"_ZN43_$LT$a..S$LT$T$C$_$GT$$u20$as$u20$a..Tr$GT$2go17h33e1b8c3d4b2b7afE",
		"<a::S<T,_> as a::Tr>::go"},
	/* C++, with something that looks like Rust's hash */
	{"_ZNK6target5shape4areaEi", "target::shape::area(int) const"},
	{"_ZN6target5timesIlLi3EEET_S1_", "long target::times<long, 3>(long)"},
	{"_ZN1a17h1854dee5fd9945b4Ev", "a::h1854dee5fd9945b4()"},
	/* not mangled */
	{"main", NULL},
	{"_Z", NULL},
	{"_R", NULL},
	{"_Rest", NULL},
	{"_ZN", NULL},
	{"_RNv", NULL},
	{"_ZN99999999999999999999a17h1854dee5fd9945b4E", NULL},
	{"", NULL},
};

static void test_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *name = bcc_demangle(names[i].mangled);

		if (!names[i].name) {
			if (name)
				fail_msg("%s: %s", names[i].mangled, name);
			continue;
		}
		if (!name)
			fail_msg("%s is left as it is", names[i].mangled);
		assert_string_equal(name, names[i].name);
		free(name);
	}
}

/* Truncated or modified names give some name or none. */
static void test_broken_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t length = strlen(names[i].mangled);
		char *copy = malloc(length + 1);

		assert_non_null(copy);
		for (size_t cut = 0; cut < length; cut++) {
			memcpy(copy, names[i].mangled, length + 1);
			copy[cut] = '\0';
			free(bcc_demangle(copy));
			for (const char *c = "B_E0sz"; *c; c++) {
				memcpy(copy, names[i].mangled, length + 1);
				copy[cut] = *c;
				free(bcc_demangle(copy));
			}
		}
		free(copy);
	}
}

/* A few letters that stand for an enormous name, or for an endless one. */
static void test_bombs(void **state)
{
	char name[4096] = "_RINvC1a1f";
	size_t length = strlen(name);

	/* each pair consists of two of the previous one */
	strcpy(name + length, "TeeE");
	length += 4;
	for (int i = 0; i < 60; i++)
		length += sprintf(name + length, "TB%s_B%s_E", i % 2 ? "8" : "7", i % 2 ? "8" : "7");
	strcpy(name + length, "E");
	free(bcc_demangle(name));
	memset(name, 'R', sizeof(name) - 1);
	memcpy(name, "_RINvC1a1f", 10);
	name[sizeof(name) - 1] = '\0';
	assert_null(bcc_demangle(name)); /* nested too deep */
	assert_null(bcc_demangle("_RNvB_1a"));
	assert_null(bcc_demangle("_RB_"));
	assert_null(bcc_demangle("_RNvB0_1a"));
}

static void test_kept_names(void **state)
{
	struct bcc_demangled kept = {0};
	static char raw[1000][40];
	const char *first;

	for (int i = 0; i < 1000; i++) {
		snprintf(raw[i], sizeof(raw[i]), "_Z%df%dv", i < 10 ? 2 : i < 100 ? 3 : 4, i);
		assert_ptr_not_equal(bcc_demangled_get(&kept, raw[i]), raw[i]);
	}
	first = bcc_demangled_get(&kept, raw[7]);
	assert_string_equal(first, "f7()");
	assert_ptr_equal(first, bcc_demangled_get(&kept, raw[7]));
	assert_string_equal(bcc_demangled_get(&kept, raw[999]), "f999()");
	assert_ptr_equal(bcc_demangled_get(&kept, names[0].name), names[0].name);
	bcc_demangled_clear(&kept);
	assert_string_equal(bcc_demangled_get(&kept, raw[7]), "f7()");
	bcc_demangled_clear(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_broken_names),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_kept_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
