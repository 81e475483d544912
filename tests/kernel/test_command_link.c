/* SPDX-License-Identifier: Apache-2.0 */
/* "bpfcc build" of several texts, of which one declares what another defines: the programs of what it writes
 * leave values in a table. */
#include "own_events.h"
#include "tool_run.h"

#define BPFCC "command/bpfcc"
#define HEAD                                                                                                 \
	"#include \"vmlinux.h\"\n"                                                                           \
	"#include <bpf/bpf_helpers.h>\n"                                                                     \
	"#include <bpf/bpf_core_read.h>\n"                                                                   \
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n"
#define OUT                                                                                                  \
	"struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, u32);\n"             \
	"	__type(value, u64); } out SEC(\".maps\");\n"

static char folder[] = "/tmp/bcc-link-XXXXXX";

/* Declares a function and a variable, and has the table. */
static const char first[] = HEAD OUT "extern int add(int a, int b);\n"
				     "extern u64 counter;\n"
				     "__weak __noinline int which(int n) { return n + 1; }\n"
				     "SEC(\"syscall\") int run(void *ctx)\n"
				     "{\n"
				     "	u32 slot = 0;\n"
				     "	u64 sum = add(2, 3), other = which(0);\n"
				     "	counter++;\n"
				     "	bpf_map_update_elem(&out, &slot, &sum, BPF_ANY);\n"
				     "	slot = 1;\n"
				     "	bpf_map_update_elem(&out, &slot, &other, BPF_ANY);\n"
				     "	return 0;\n"
				     "}\n";

/* Defines them, declares the table, and relocates a field. */
static const char second[] =
	HEAD "extern " OUT "u64 counter = 41;\n"
	     "__noinline int add(int a, int b) { return a + b; }\n"
	     "__noinline int which(int n) { return n + 2; }\n"
	     "SEC(\"syscall\") int other(void *ctx)\n"
	     "{\n"
	     "	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
	     "	u32 slot = 2;\n"
	     "	u64 pid = BPF_CORE_READ(task, tgid);\n"
	     "	bpf_map_update_elem(&out, &slot, &pid, BPF_ANY);\n"
	     "	return 0;\n"
	     "}\n";

/* Declares what nobody defines. */
static const char third[] = HEAD OUT "extern int no_one(void);\n"
				     "SEC(\"syscall\") int third(void *ctx) { return no_one(); }\n";

/* A section that samples have, from when kernels looked at it. */
static const char with_version[] = HEAD "#include <linux/version.h>\n"
					"SEC(\"syscall\") int run(void *ctx) { return 0; }\n"
					"u32 _version SEC(\"version\") = LINUX_VERSION_CODE;\n";
static const char asks_version[] = HEAD "#include <linux/version.h>\n"
					"u32 _version SEC(\"version\") = 5;\n"
					"u32 other = LINUX_VERSION_CODE;\n"
					"SEC(\"syscall\") int run(void *ctx) { return other; }\n";

/* The path of a file in the folder, of four that are in use at most. */
static const char *in_folder(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static void write_text(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void build(int status, const char *says, const char *a, const char *c, const char *output)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "build", "-o", in_folder(output), in_folder(a), c ? in_folder(c) : NULL);
	tool_end(&run, 120);
	if (run.status != status || !strstr(run.errors, says) || !*run.errors != !*says)
		fail_msg("%s %s: status %d, \"%s\"", a, c ? c : "", run.status, run.errors);
	tool_free(&run);
}

static void test_linked(void **state)
{
	struct bcc_test_run run = {.size = sizeof(run)};
	uint64_t counter = 0;
	struct bcc *b;

	(void)state;
	build(0, "", "first.bpf.c", "second.bpf.c", "all.bpf.o");
	expect_ok(b, bcc_open_file(in_folder("all.bpf.o"), NULL, &b));
	assert_int_equal(bcc_table_count(b), 1);
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "other"), &run));
	assert_int_equal(table_u64(b, "out", 0), 5);
	assert_int_equal(table_u64(b, "out", 1), 2); /* the one that is not weak */
	assert_int_equal(table_u64(b, "out", 2), getpid());
	expect_ok(b, bcc_variable_get(bcc_variable_find(b, "counter"), &counter, sizeof(counter)));
	assert_int_equal(counter, 42);
	bcc_close(b);
}

static void test_failures(void **state)
{
	(void)state;
	build(1, "first.bpf.c:13: add is declared, and not defined", "first.bpf.c", NULL, "none.bpf.o");
	build(1, "second.bpf.c:15: out is declared, and not defined", "second.bpf.c", NULL, "none.bpf.o");
	build(1, "third.bpf.c:8: no_one is declared, and not defined", "second.bpf.c", "third.bpf.c",
		"none.bpf.o");
	build(1, "first.bpf.c cannot be linked with the others", "first.bpf.c", "first.bpf.c", "none.bpf.o");
	build(1, "counter: No such file or directory", "first.bpf.c", "counter", "none.bpf.o");
	assert_int_equal(access(in_folder("none.bpf.o"), F_OK), -1);
}

/* Where the object goes: what is no regular file stays what it is. */
static void test_output(void **state)
{
	struct tool_run run;
	struct stat status;

	(void)state;
	assert_int_equal(symlink("all.bpf.o", in_folder("link")), 0);
	unlink(in_folder("all.bpf.o"));
	build(0, "", "version.bpf.c", NULL, "link");
	assert_int_equal(lstat(in_folder("link"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(lstat(in_folder("all.bpf.o"), &status), 0);
	assert_true(S_ISREG(status.st_mode) && status.st_size > 0);
	unlink(in_folder("link"));
	tool_start(&run, BPFCC, "build", "-o", "-", in_folder("version.bpf.c"));
	tool_end(&run, 120);
	assert_int_equal(run.status, 0);
	assert_true(run.size == (size_t)status.st_size && !memcmp(run.text, "\177ELF", 4));
	tool_free(&run);
}

static void test_version(void **state)
{
	struct bcc_test_run run = {.size = sizeof(run)};
	struct bcc *b;

	(void)state;
	build(0, "", "version.bpf.c", NULL, "all.bpf.o");
	expect_ok(b, bcc_open_file(in_folder("all.bpf.o"), NULL, &b));
	expect_ok(b, bcc_program_test_run(bcc_program_find(b, "run"), &run));
	bcc_close(b);
	build(1, "asks.bpf.c:7:13: error: LINUX_VERSION_CODE is that of this kernel", "asks.bpf.c", NULL,
		"none.bpf.o");
}

/* A handle has the text as it is, and makes nothing of it. */
static void test_part(void **state)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .portable = true, .deferred = true);
	struct bcc *text, *b;
	const void *object;
	size_t size;

	(void)state;
	expect_ok(text, bcc_open_text(first, &opts, &text));
	object = bcc_object(text, &size);
	assert_non_null(object);
	assert_int_equal(bcc_open_object(object, size, NULL, &b), -EINVAL);
	expect_sentence(b, "add is declared, and not defined, nor is it said");
	bcc_close(b);
	assert_non_null(bcc_program_find(text, "run"));
	assert_int_equal(bcc_create(text), -EINVAL);
	expect_sentence(text, "this is a part of an object");
	expect_sentence(text, ":13: add is declared");
	bcc_close(text);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	write_text("first.bpf.c", first);
	write_text("second.bpf.c", second);
	write_text("third.bpf.c", third);
	write_text("version.bpf.c", with_version);
	write_text("asks.bpf.c", asks_version);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++)
		unlink(in_folder((const char *const[]){"first.bpf.c", "second.bpf.c", "third.bpf.c",
			"version.bpf.c", "asks.bpf.c", "all.bpf.o"}[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linked),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_part),
	};

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		fputs("skipped: this kernel has no BTF\n", stderr);
		return 77;
	}
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
