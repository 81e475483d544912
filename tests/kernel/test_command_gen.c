/* SPDX-License-Identifier: Apache-2.0 */
/* bpfcc gen header: what it makes compiles with the compilers of this machine, in C and in C++, and a program
 * around it reaches tables, programs and variables, with the values that the text gives them. */
#include "tool_run.h"

#define BPFCC "command/bpfcc"

/* a library with sanitizers can only be used by a program that has them as well */
#if defined(__SANITIZE_ADDRESS__)
#define AS_THE_LIBRARY " -fsanitize=address,undefined"
#else
#define AS_THE_LIBRARY ""
#endif

/* names that a header cannot have: of bcc.h, of a macro, of C++; a struct that no compiler lays out so by
 * itself */
static const char text[] =
	"#include \"vmlinux.h\"\n"
	"#include <bpf/bpf_helpers.h>\n"
	"struct gen_config { u8 level; u32 limits[3]; struct { char name[8]; bool on; } inner; };\n"
	"struct gen_packed { u8 a; u32 b; } __attribute__((packed));\n"
	"struct gen_event { u32 pid; u64 ns; char comm[16]; };\n"
	"enum gen_mode { GEN_OFF, GEN_ON = 7 };\n"
	"struct {\n"
	"	__uint(type, BPF_MAP_TYPE_ARRAY);\n"
	"	__uint(max_entries, 2);\n"
	"	__type(key, u32);\n"
	"	__type(value, u64);\n"
	"} bcc_table SEC(\".maps\");\n"
	"struct {\n"
	"	__uint(type, BPF_MAP_TYPE_RINGBUF);\n"
	"	__uint(max_entries, 4096);\n"
	"} events SEC(\".maps\");\n"
	"const volatile u64 errno = 5;\n"
	"int target = 10;\n"
	"struct gen_config gen_config = {3, {100, 200, 300}, {\"abc\", true}};\n"
	"struct gen_packed packed = {1, 2};\n"
	"enum gen_mode class = GEN_ON;\n"
	"s16 slots[4] = {-1, 2, -3, 4};\n"
	"SEC(\"syscall\") int run(void *ctx) {\n"
	"	struct gen_event e = {.pid = 7, .ns = 8, .comm = \"nine\"};\n"
	"	u32 zero = 0, one = 1;\n"
	"	u64 sum = target + errno + gen_config.level + gen_config.limits[1] + packed.a + packed.b + class +\n"
	"		  slots[2];\n"
	"	u64 text = gen_config.inner.name[1];\n"
	"	bpf_map_update_elem(&bcc_table, &zero, &sum, 0);\n"
	"	bpf_map_update_elem(&bcc_table, &one, &text, 0);\n"
	"	bpf_ringbuf_output(&events, &e, sizeof(e), 0);\n"
	"	gen_config.inner.on = false;\n"
	"	slots[3] = -40;\n"
	"	return 0;\n"
	"}\n"
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n";

static const char program_text[] =
	"#include <errno.h>\n"
	"#include <stdio.h>\n"
	"#include <string.h>\n"
	"#include \"my-text.h\"\n"
	"static struct my_text_bpf_events_event seen;\n"
	"static int on_event(void *ctx, int cpu, const void *data, size_t size)\n"
	"{\n"
	"	(void)ctx, (void)cpu;\n"
	"	if (size == sizeof(seen))\n"
	"		memcpy(&seen, data, size);\n"
	"	return 0;\n"
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	struct bcc_test_run run = BCC_OPTS(struct bcc_test_run, .repeat = 0);\n"
	"	struct my_text_bpf text;\n"
	"	uint32_t key = 0;\n"
	"	uint64_t sum = 0, letter = 0;\n"
	"	struct bcc *b;\n"
	"	int ret = argc == 2 ? bcc_open_file(argv[1], NULL, &b) : -EINVAL;\n"
	"	if (!ret)\n"
	"		ret = my_text_bpf_bind(b, &text);\n"
	"	if (!ret) {\n"
	"		printf(\"%d %d %d %d %s %d %d %d %d\\n\", (int)*text.errno_, *text.target, (int)text.gen_config->level,\n"
	"			(int)text.gen_config->limits[2], text.gen_config->inner.name, text.gen_config->inner.on,\n"
	"			(int)*text.class_, (*text.slots)[0], ((const char *)text.packed)[1]);\n"
	"		*text.target = 40;\n"
	"		(*text.slots)[2] = 1000;\n"
	"		strcpy(text.gen_config->inner.name, \"xyz\");\n"
	"		ret = bcc_open_ring(b, \"events\", on_event, NULL);\n"
	"	}\n"
	"	if (!ret)\n"
	"		ret = bcc_program_test_run(text.run, &run);\n"
	"	if (!ret)\n"
	"		ret = bcc_table_get(text.bcc_table_, &key, sizeof(key), &sum, sizeof(sum));\n"
	"	key = 1;\n"
	"	if (!ret)\n"
	"		ret = bcc_table_get(text.bcc_table_, &key, sizeof(key), &letter, sizeof(letter));\n"
	"	if (!ret && bcc_consume(b) < 0)\n"
	"		ret = -1;\n"
	"	if (!ret)\n"
	"		printf(\"%d %c %d %d %d %d %s\\n\", (int)sum, (int)letter, text.gen_config->inner.on,\n"
	"			(*text.slots)[3], (int)seen.pid, (int)seen.ns, seen.comm);\n"
	"	if (ret)\n"
	"		fprintf(stderr, \"%s\\n\", bcc_error(b));\n"
	"	bcc_close(b);\n"
	"	return !!ret;\n"
	"}\n";

static char folder[] = "/tmp/bcc-gen-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int set_up(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *name, const char *content)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void make_header(const char *file, const char *header)
{
	char path[128];
	struct tool_run run;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	tool_start(&run, BPFCC, "gen", "header", path);
	tool_end(&run, 300);
	if (run.status)
		fail_msg("%s", run.errors);
	write_file(header, run.text);
	tool_free(&run);
}

/* Runs a shell's command in the folder, whose output and errors are in `out`. Returns its status. */
static int shell(char *out, size_t size, const char *format, ...)
{
	char command[4096];
	size_t used = snprintf(command, sizeof(command), "cd %s && { ", folder);
	va_list args;
	FILE *pipe;

	va_start(args, format);
	used += vsnprintf(command + used, sizeof(command) - used, format, args);
	va_end(args);
	snprintf(command + used, sizeof(command) - used, "; } 2>&1");
	pipe = popen(command, "r");
	assert_non_null(pipe);
	out[fread(out, 1, size - 1, pipe)] = '\0';
	return pclose(pipe);
}

static void test_program(void **state)
{
	char out[8192], library[PATH_MAX];

	if (system("command -v cc >/dev/null")) {
		print_message("SKIP: there is no compiler cc\n");
		skip();
	}
	tool_path(library, sizeof(library), "libbcc");
	write_file("my-text.bpf.c", text);
	write_file("main.c", program_text);
	make_header("my-text.bpf.c", "my-text.h");
	if (shell(out, sizeof(out),
		    "cc -Wall -Wextra -Werror" AS_THE_LIBRARY " -I" INCLUDE
		    " -o main main.c -L%s -lbcc -Wl,-rpath,%s",
		    library, library))
		fail_msg("%s", out);
	if (shell(out, sizeof(out), "./main my-text.bpf.c"))
		fail_msg("%s", out);
	/* 40 + 5 + 3 + 200 + 1 + 2 + 7 + 1000 */
	assert_string_equal(out, "5 10 3 300 abc 1 7 -1 2\n1258 y 0 -40 7 8 nine\n");
	/* twice, and in C++ */
	write_file("main.cpp",
		"#include <cerrno>\n#include \"my-text.h\"\n#include \"my-text.h\"\n"
		"int f(struct bcc *b) { my_text_bpf text; return my_text_bpf_bind(b, &text); }\n");
	if (!system("command -v c++ >/dev/null") &&
		shell(out, sizeof(out), "c++ -Wall -Wextra -Werror -I" INCLUDE " -fsyntax-only main.cpp"))
		fail_msg("%s", out);
}

static void check(int status, const char *errors, const char *a, const char *b, const char *c)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "gen", a, b, c);
	tool_end(&run, 120);
	if (run.status != status || !strstr(run.errors, errors) || *run.text)
		fail_msg("gen %s %s: status %d, \"%s\", \"%s\"; expected %d, \"%s\"", a, b ? b : "",
			run.status, run.text, run.errors, status, errors);
	tool_free(&run);
}

static void test_errors(void **state)
{
	char path[128];

	check(2, "what can be made is a header", "footer", NULL, NULL);
	check(2, "is missing", "header", NULL, NULL);
	check(2, "needs --name", "header", "-", NULL);
	check(1, "/bcc/no/file", "header", "/bcc/no/file", NULL);
	write_file("forms.c", "profile:hz:1 { }\n");
	snprintf(path, sizeof(path), "%s/forms.c", folder);
	check(1, "short forms such as profile:hz:1", "header", path, NULL);
	write_file("nothing.c", "int bcc_gen_unused(void);\n");
	snprintf(path, sizeof(path), "%s/nothing.c", folder);
	check(1, "has neither tables nor programs nor variables", "header", path, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_errors),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
