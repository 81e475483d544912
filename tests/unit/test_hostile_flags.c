/* SPDX-License-Identifier: Apache-2.0 */
/* Flags: every one that clang knows, and strings that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "clang_options.h"
#include "common/array.h"
#include "frontends/clang/clang.h"
#include "survive.h"

#define TEXT                                                                                                 \
	"#ifdef X\n#endif\nstruct s { char a; int b; enum { A } c; }; BPF_HASH(h, struct s);\nint f(void *c) { return 0; }\n"

struct handed {
	size_t count;
	char *last;
};

static int take(void *ctx, const char *flag)
{
	struct handed *handed = ctx;

	free(handed->last);
	handed->last = strdup(flag);
	handed->count++;
	return 0;
}

static int check(const char *const *flags, size_t count, struct handed *handed)
{
	struct bcc_err err = {0};
	int ret = bcc_clang_flags(flags, count, take, handed, &err);

	if (ret) {
		assert_int_equal(ret, -EINVAL);
		assert_non_null(err.text);
	}
	bcc_err_clear(&err);
	return ret;
}

struct counts {
	size_t options, refused, ignored, handed_on;
};

/* Of those that reach the compiler, one of so many is tried there; of others it is enough that they do
 * not. */
#define SAMPLE 7

static char *kept[SURVIVE_CASES]; /* flags of the cases */
static size_t kept_count;

static const char *keep(const char *flag)
{
	assert_true(kept_count < SURVIVE_CASES);
	return kept[kept_count++] = strdup(flag);
}

static void add_case(const char *const *flags, size_t count)
{
	const char *copies[3];
	char name[96];

	snprintf(name, sizeof(name), "%s %s", flags[0], count > 1 ? flags[1] : "");
	for (size_t i = 0; i < count; i++)
		copies[i] = keep(flags[i]);
	survive_add(name, strdup(TEXT), copies, count);
}

static void run_cases(void)
{
	survive_run();
	while (kept_count)
		free(kept[--kept_count]);
}

static void try_flags(struct counts *counts, const char *const *flags, size_t count)
{
	struct handed handed = {0};

	counts->options++;
	if (check(flags, count, &handed)) {
		counts->refused++;
		assert_int_equal(handed.count, 0);
	} else if (!handed.count) {
		counts->ignored++;
	} else {
		if (counts->handed_on++ % SAMPLE == 0)
			add_case(flags, count);
	}
	free(handed.last);
}

static void try_option(void *ctx, const char *spelling, bool joined, bool separate)
{
	static const char *const values[] = {"x", "-1", "99999999999999999999", "/dev/zero", "\n\"\\"};
	struct counts *counts = ctx;
	const char *flags[3] = {spelling, "x", "x"};
	char *whole;

	try_flags(counts, flags, 1);
	for (size_t i = 0; joined && i < ARRAY_SIZE(values); i++) {
		assert_true(asprintf(&whole, "%s%s", spelling, values[i]) > 0);
		flags[0] = whole;
		try_flags(counts, flags, 1);
		free(whole);
	}
	flags[0] = spelling;
	for (size_t i = 0; separate && i < ARRAY_SIZE(values); i++) {
		flags[1] = values[i];
		try_flags(counts, flags, 2);
		flags[2] = values[i];
		try_flags(counts, flags, 3);
	}
}

static void test_every_option(void **state)
{
	struct counts counts = {0};

	(void)state;
	survive_check_compiler();
	clang_options(try_option, &counts);
	printf("%zu spellings: %zu refused, %zu ignored, %zu handed on\n", counts.options, counts.refused,
		counts.ignored, counts.handed_on);
	run_cases();
	assert_true(counts.options > 2000 && counts.refused > 1000 && counts.ignored > 200 &&
		    counts.handed_on > 50);
}

static void expect_refusal(const char *const *flags, size_t count, const char *sentence)
{
	struct bcc_err err = {0};
	struct handed handed = {0};

	assert_int_equal(bcc_clang_flags(flags, count, take, &handed, &err), -EINVAL);
	if (!strstr(err.text, sentence))
		fail_msg("\"%s\" is not in \"%s\"", sentence, err.text);
	assert_int_equal(handed.count, 0);
	bcc_err_clear(&err);
}

#define REFUSE(sentence, ...)                                                                                \
	do {                                                                                                 \
		const char *flags_[] = {__VA_ARGS__};                                                        \
		expect_refusal(flags_, ARRAY_SIZE(flags_), sentence);                                        \
	} while (0)

/* The first flag that is wrong is named, with what is wrong with it. */
static void test_refusals(void **state)
{
	(void)state;
	REFUSE("\"foo\" is not a flag", "foo");
	REFUSE("\"-\" is not a flag", "-");
	REFUSE("\" -DX\" is not a flag", " -DX");
	REFUSE("\"@file\" is not a flag", "@file");
	REFUSE("\"text.c\" is not a flag", "-DX", "text.c", "-DY");
	REFUSE("flag 2 of 3 is NULL", "-DX", NULL, "-DY");
	REFUSE("flag 1 of 1 is an empty string", "");
	REFUSE("flag 2 of 2 is an empty string", "-D", "");
	REFUSE("\"-D\" needs a value", "-D");
	REFUSE("\"-I\" needs a value", "-DX", "-I");
	REFUSE("\"-include\" needs a value", "-include");
	REFUSE("flag \"--no-such-flag\"", "--no-such-flag");
	REFUSE("no flag \"-ffreestandin\"; did you mean \"-ffreestanding\"", "-ffreestandin");
	REFUSE("\"-o\" is refused: it makes the compiler write a file", "-o", "out");
	REFUSE("\"-oout\" is refused", "-oout");
	REFUSE("\"-MF\" is refused", "-MF", "out");
	REFUSE("\"-MD\" is refused", "-MD");
	REFUSE("\"-dependency-file\" is refused", "-dependency-file", "out");
	REFUSE("\"-serialize-diagnostics\" is refused", "-serialize-diagnostics", "out");
	REFUSE("\"-save-temps=obj\" is refused", "-save-temps=obj");
	REFUSE("\"-ftime-trace=out\" is refused", "-ftime-trace=out");
	REFUSE("\"-ftime-report\" is refused: it makes the compiler print", "-ftime-report");
	REFUSE("\"-emit-llvm\" is refused", "-emit-llvm");
	REFUSE("\"-emit-obj\" is refused", "-emit-obj");
	REFUSE("\"-load\" is refused: it loads code", "-load", "x.so");
	REFUSE("\"-fplugin=x.so\" is refused: it loads code", "-fplugin=x.so");
	REFUSE("\"-fpass-plugin=x.so\" is refused: it loads code", "-fpass-plugin=x.so");
	REFUSE("\"-plugin\" is refused: it loads code", "-plugin", "x");
	REFUSE("\"-mllvm\" is refused: it hands flags to another tool", "-mllvm", "-debug-pass=Structure");
	REFUSE("\"-Xclang\" is refused: it hands flags to another tool", "-Xclang", "-load");
	REFUSE("\"-Wp,-MD,out\" is refused", "-Wp,-MD,out");
	REFUSE("\"-Wa,-a\" is refused", "-Wa,-a");
	REFUSE("\"-x\" is refused", "-x", "c++");
	REFUSE("\"-xc++\" is refused", "-xc++");
	REFUSE("\"-target\" is refused: it changes the machine", "-target", "x86_64-linux-gnu");
	REFUSE("\"--target=arm\" is refused: it changes the machine", "--target=arm");
	REFUSE("\"-triple\" is refused: it changes the machine", "-triple", "bpfeb");
	REFUSE("\"-march=native\" is refused: it changes the machine", "-march=native");
	REFUSE("\"-fmodules\" is refused", "-fmodules");
	REFUSE("\"-include-pch\" is refused", "-include-pch", "x");
	REFUSE("\"-fsanitize=address\" is refused: it needs a run-time library", "-fsanitize=address");
	REFUSE("\"-###\" is refused", "-###");
	REFUSE("\"-E\" is refused", "-E");
	REFUSE("\"-H\" is refused", "-H");
	REFUSE("\"--help\" is refused", "--help");
	REFUSE("\"--version\" is refused", "--version");
}

struct joined {
	char text[512];
};

static int join(void *ctx, const char *flag)
{
	struct joined *joined = ctx;
	size_t length = strlen(joined->text);

	snprintf(joined->text + length, sizeof(joined->text) - length, "%s%s", length ? " " : "", flag);
	return 0;
}

#define EXPECT(result, ...)                                                                                  \
	do {                                                                                                 \
		const char *flags_[] = {__VA_ARGS__};                                                        \
		struct joined joined_ = {""};                                                                \
		struct bcc_err err_ = {0};                                                                   \
		int ret_ = bcc_clang_flags(flags_, ARRAY_SIZE(flags_), join, &joined_, &err_);               \
		if (ret_)                                                                                    \
			fail_msg("%s", err_.text);                                                           \
		assert_string_equal(joined_.text, result);                                                   \
	} while (0)

/* What BCC's clients pass comes through; what changes nothing does not. */
static void test_allowed(void **state)
{
	(void)state;
	EXPECT("-D X=1 -U Y -I /a -isystem b -include c -w -Wall -Wno-foo -Werror", "-DX=1", "-UY", "-I/a",
		"-isystem", "b", "-include", "c", "-w", "-Wall", "-Wno-foo", "-Werror");
	EXPECT("-D X -I a", "-D", "X", "-I", "a");
	EXPECT("-std=gnu99 -std=c89 -pedantic", "-std=gnu99", "-ansi", "-pedantic");
	EXPECT("-include x", "--include=x");
	EXPECT("", "-O2", "-O0", "-g", "-g3", "-gdwarf-5", "-fPIC", "-fno-stack-protector",
		"-fcolor-diagnostics", "-c", "-x", "c", "-v", "-pipe", "-nostdinc", "-target", "bpf",
		"-mcpu=v3", "-fomit-frame-pointer");
	EXPECT("-fno-signed-char -fpack-struct=1 -relaxed-aliasing -fwrapv", "-funsigned-char",
		"-fpack-struct", "-fno-strict-aliasing", "-fno-strict-overflow");
	/* the last of two counts */
	EXPECT("", "-fshort-enums", "-fno-short-enums");
	EXPECT("-fshort-enums", "-fno-short-enums", "-fshort-enums");
	EXPECT("", "-funsigned-char", "-fsigned-char");
}

/* Values of the flags that come through. */
static void test_hostile_values(void **state)
{
	static const char *const flags[][2] = {{"-D", "X=1\n#include \"/etc/passwd\""}, {"-D", "=3"},
		{"-D", "X(a,b"}, {"-D", "X Y"}, {"-D", "int=struct gone"}, {"-D", "BPF_HASH(...)="},
		{"-D", "defined"}, {"-D", "__FILE__=1"}, {"-U", "__STDC__"}, {"-U", ""}, {"-U", "__bpf__"},
		{"-D", "\xff"}, {"-D", "-I"}, {"-include", "/dev/zero"}, {"-include", "/etc"},
		{"-include", "/proc/self/mem"}, {"-include", "gone"}, {"-imacros", "/dev/zero"},
		{"-imacros", "bcc/types.h"}, {"-include", "text.c"}, {"-I", "/dev/zero"},
		{"-I", "/proc/self/fd"}, {"-I", "/virtual/include"}, {"-isystem", "\n"}, {"-iquote", "gone"},
		{"-isysroot", "/dev/null"}, {"-std=c++20", "-DX"}, {"-std=", "-DX"}, {"-std=cl2.0", "-DX"},
		{"-std=c2x", "-DX"}, {"-ftrivial-auto-var-init=pattern", "-DX"},
		{"-ftrivial-auto-var-init=x", "-DX"}, {"-fstrict-flex-arrays=99", "-DX"},
		{"-fpack-struct=3", "-DX"}, {"-fpack-struct=0", "-DX"}, {"-fpack-struct=4294967295", "-DX"},
		{"-fno-builtin-", "-DX"}, {"-fno-builtin-memcpy", "-DX"}, {"-W", "-DX"},
		{"-Weverything", "-Werror"}, {"-Wframe-larger-than=0", "-Werror"},
		{"-Wfatal-errors", "-Wall"}, {"--system-header-prefix=", "-DX"}, {"-trigraphs", "-DX"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		add_case(flags[i], 2);
	run_cases();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_hostile_values),
	};

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("SKIP: this kernel has no BTF (/sys/kernel/btf/vmlinux)\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
