/* SPDX-License-Identifier: Apache-2.0 */
/* How the verbs of bpfcc that take texts compile them: each with the same options. */
#include "tool_run.h"

#define BPFCC "command/bpfcc"

static char folder[] = "/tmp/bcc-compile-XXXXXX", headers[64], prefix[64], text[64];

/* Its table has as many entries as a header says that is found with an option, as a macro says that another
 * file defines, and one more if a macro is defined. */
static const char source[] = "#include \"vmlinux.h\"\n"
			     "#include <bpf/bpf_helpers.h>\n"
			     "#include <found.h>\n"
			     "#ifdef MORE\n#define AND_MORE 1\n#else\n#define AND_MORE 0\n#endif\n"
			     "struct {\n"
			     "	__uint(type, BPF_MAP_TYPE_ARRAY);\n"
			     "	__uint(max_entries, FOUND + PREFIX + AND_MORE);\n"
			     "	__type(key, u32);\n"
			     "	__type(value, u64);\n"
			     "} out SEC(\".maps\");\n"
			     "const volatile u32 entries_are = FOUND + PREFIX + AND_MORE;\n"
			     "SEC(\"syscall\") int run(void *ctx)\n"
			     "{\n"
			     "	u32 key = entries_are;\n"
			     "	return bpf_map_lookup_elem(&out, &key) != NULL;\n"
			     "}\n"
			     "char LICENSE[] SEC(\"license\") = \"GPL\";\n";

static void write_file(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* What "inspect" says with these options. */
static void check(int status, const char *out, const char *err, const char *a, const char *b, const char *c,
	const char *d, const char *e)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "inspect", text, a, b, c, d, e);
	tool_end(&run, 120);
	if (run.status != status || !strstr(run.text, out) || !strstr(run.errors, err))
		fail_msg("status %d, \"%s\", \"%s\"", run.status, run.text, run.errors);
	tool_free(&run);
}

static void test_flags(void **state)
{
	char joined[80];

	check(0, "array, 110 entries", "", "-I", headers, "-include", prefix, NULL);
	check(0, "array, 111 entries", "", "-isystem", headers, "-imacros", prefix, "-DMORE");
	check(0, "array, 110 entries", "", "-idirafter", headers, "-DMORE", "-UMORE", "-DPREFIX=10");
	snprintf(joined, sizeof(joined), "-isystem%s", headers);
	check(0, "array, 103 entries", "", joined, "--define=PREFIX=3", "--undefine=MORE", NULL, NULL);
	/* only for headers in quotes */
	check(1, "", "found.h", "-iquote", headers, "-DPREFIX=1", NULL, NULL);
	check(1, "", "found.h", "-DPREFIX=1", NULL, NULL, NULL, NULL);
	check(2, "", "-include: what follows it is missing", "-include", NULL, NULL, NULL, NULL);
	check(2, "", "invalid option -- 'x'", "-x", NULL, NULL, NULL, NULL);
}

/* Each verb has them. */
static void test_verbs(void **state)
{
	char object[80];
	struct tool_run run;

	snprintf(object, sizeof(object), "%s/object.bpf.o", folder);
	tool_start(&run, BPFCC, "build", "-isystem", headers, "-include", prefix, text, "-o", object);
	tool_end(&run, 120);
	assert_string_equal(run.errors, "");
	assert_int_equal(run.status, 0);
	tool_free(&run);
	tool_start(&run, BPFCC, "inspect", object);
	tool_end(&run, 120);
	assert_non_null(strstr(run.text, "array, 110 entries"));
	tool_free(&run);
	tool_start(&run, BPFCC, "gen", "-isystem", headers, "header", "-include", prefix, text);
	tool_end(&run, 120);
	assert_string_equal(run.errors, "");
	assert_non_null(strstr(run.text, "entries_are"));
	tool_free(&run);
	tool_start(&run, BPFCC, "run", text, "--help", "-isystem", headers, "-include", prefix);
	tool_end(&run, 120);
	assert_string_equal(run.errors, "");
	assert_non_null(strstr(run.text, "--entries_are"));
	assert_non_null(strstr(run.text, "110"));
	tool_free(&run);
	/* it is compiled, and then there is no place for the pins */
	tool_start(&run, BPFCC, "pin", "--root", folder, "-isystem", headers, "-include", prefix, text);
	tool_end(&run, 120);
	assert_non_null(strstr(run.errors, "is not a folder of a bpf file system"));
	assert_int_equal(run.status, 1);
	tool_free(&run);
	tool_start(&run, BPFCC, "pin", "--root", folder, "--btf", prefix, "-I", headers, "-include", prefix,
		text);
	tool_end(&run, 120);
	assert_non_null(strstr(run.errors, "does not hold BTF"));
	assert_int_equal(run.status, 1);
	tool_free(&run);
}

static int set_up(void **state)
{
	char path[80];

	if (!mkdtemp(folder))
		return -1;
	snprintf(headers, sizeof(headers), "%s/headers", folder);
	snprintf(prefix, sizeof(prefix), "%s/prefix.h", folder);
	snprintf(text, sizeof(text), "%s/text.bpf.c", folder);
	if (mkdir(headers, 0700))
		return -1;
	snprintf(path, sizeof(path), "%s/found.h", headers);
	write_file(path, "#define FOUND 100\n");
	write_file(prefix, "#define PREFIX 10\n");
	write_file(text, source);
	return 0;
}

static int tear_down(void **state)
{
	return nftw(folder, tool_cache_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_verbs),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
