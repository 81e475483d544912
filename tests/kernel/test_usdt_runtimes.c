/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static probes of run times as packaged by the distribution: as many events as the program that they run
 * makes, with the arguments that it prints.
 */
#include "testlib.h"

#include <bcc/usdt.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

static const char text[] = "BPF_ARRAY(counts, u64, 2); BPF_ARRAY(lines, u64, 1);\n"
			   "int on_call(struct pt_regs *ctx)\n"
			   "{\n"
			   "	char *name, text[11] = {};\n"
			   "	s32 line;\n"
			   "	int zero = 0;\n"
			   "	u64 value;\n"
			   "	bpf_usdt_readarg(NAME, ctx, &name);\n"
			   "	bpf_usdt_readarg(LINE, ctx, &line);\n"
			   "	bpf_probe_read_user_str(text, sizeof(text), name);\n"
			   "	if (__builtin_memcmp(text, \"Bcc_traced\", sizeof(text)))\n"
			   "		return 0;\n"
			   "	value = line;\n"
			   "	counts.atomic_increment(zero);\n"
			   "	lines.update(&zero, &value);\n"
			   "	return 0;\n"
			   "}\n"
			   "int on_collection(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u8 full = 7;\n"
			   "	bpf_usdt_readarg(1, ctx, &full);\n"
			   "	if (full <= 1)\n"
			   "		counts.atomic_increment(full);\n"
			   "	return 0;\n"
			   "}\n";

/* A process that prints "ready" and does its work when told to. */
struct runtime {
	pid_t pid;
	int in, out;
};

static bool is_installed(const char *program, const char *package)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
	if (system(command) == 0)
		return true;
	printf("SKIP: %s is not installed (package %s)\n", program, package);
	return false;
}

static void runtime_start(struct runtime *r, const char *const *arguments)
{
	int in[2], out[2];
	char answer[6] = "";
	size_t n = 0;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fflush(stdout);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (!r->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		setenv("USE_ZEND_DTRACE", "1", 1); /* only then does PHP enable its probes */
		execvp(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	r->in = in[1];
	r->out = out[0];
	while (n < 5) {
		ssize_t got = read(r->out, answer + n, 5 - n);

		assert_true(got > 0);
		n += got;
	}
	assert_string_equal(answer, "ready");
}

static void runtime_go(struct runtime *r)
{
	int status;

	assert_int_equal(write(r->in, "go\n", 3), 3);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_int_equal(status, 0);
	close(r->in);
	close(r->out);
}

static uint64_t value_of(struct bcc *b, const char *table, int slot)
{
	uint64_t value = 0;

	expect_ok(b, bcc_table_get(bcc_table_find(b, table), &slot, sizeof(slot), &value, sizeof(value)));
	return value;
}

/* Runs a program with probe `name` attached. The caller owns the handle. */
static struct bcc *trace(const char *const *arguments, const char *program, const char *provider,
	const char *name, const char *const *flags)
{
	struct runtime runtime;
	struct bcc *b;

	if (bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 2), &b))
		fail_msg("%s", bcc_error(b));
	runtime_start(&runtime, arguments);
	expect_ok(b, bcc_attach_usdt(b, program, NULL, provider, name,
			     &BCC_OPTS(struct bcc_usdt_opts, .pid = runtime.pid), NULL));
	runtime_go(&runtime);
	return b;
}

static void test_ruby(void **state)
{
	/* built-in methods of Ruby do not hit a probe in all ways of calling them; creating objects does */
	static const char program[] = "$stdout.sync = true\n"
				      "print 'ready'; $stdin.gets\n"
				      "class Bcc_traced; end\n"
				      "37.times { Bcc_traced.new }\n";
	const char *const arguments[] = {"ruby", "-e", program, NULL};
	const char *const flags[] = {"-DNAME=1", "-DLINE=3"};
	struct bcc *b;

	if (!is_installed("ruby", "ruby"))
		skip();
	b = trace(arguments, "on_call", "ruby", "object__create", flags);
	assert_int_equal(value_of(b, "counts", 0), 37);
	assert_int_equal(value_of(b, "lines", 0), 4); /* line of the call */
	bcc_close(b);
}

static void test_php(void **state)
{
	static const char program[] = "echo 'ready';\n"
				      "fgets(STDIN);\n"
				      "for ($i = 0; $i < 41; $i++) Bcc_traced($i);\n"
				      "function Bcc_traced($n) { return $n + 1; }\n";
	const char *const arguments[] = {"php", "-r", program, NULL};
	const char *const flags[] = {"-DNAME=1", "-DLINE=3"};
	struct bcc *b;

	if (!is_installed("php", "php-cli"))
		skip();
	b = trace(arguments, "on_call", "php", "function__entry", flags);
	assert_int_equal(value_of(b, "counts", 0), 41);
	assert_int_equal(value_of(b, "lines", 0), 4); /* line of the function */
	bcc_close(b);
}

static void test_java(void **state)
{
	static const char program[] =
		"class Collect { public static void main(String[] a) throws Exception {\n"
		"	System.out.print(\"ready\"); System.out.flush(); System.in.read();\n"
		"	for (int i = 0; i < 13; i++) System.gc();\n"
		"} }\n";
	char directory[] = "/tmp/bcc-java-XXXXXX", path[64];
	const char *const arguments[] = {"java", "-XX:+UseSerialGC", "-Xmx64m", path, NULL};
	const char *const flags[] = {"-DNAME=1", "-DLINE=1"};
	struct bcc *b;
	FILE *f;

	if (getenv("BCC_TEST_NO_SKIP")) {
		printf("SKIP: an emulated machine takes minutes to start java\n");
		skip();
	}
	if (!is_installed("java", "default-jdk-headless"))
		skip();
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/Collect.java", directory);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(program, f);
	fclose(f);
	b = trace(arguments, "on_collection", "hotspot", "gc__begin", flags);
	unlink(path);
	rmdir(directory);
	/* other collections, not full ones, may happen by themselves */
	assert_int_equal(value_of(b, "counts", 1), 13);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ruby),
		cmocka_unit_test(test_php),
		cmocka_unit_test(test_java),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
