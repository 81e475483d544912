/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JIT run times as packaged by the distribution: their stacks are sampled, and must show the name of the
 * function that the program is in.
 */
#include "testlib.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include <bcc/symbols.h>

#define SECONDS 120 /* upper limit until the function is sampled */

static const char text[] = "BPF_STACK_TRACE(stacks, 16384); BPF_HASH(seen, int, u64, 16384);\n"
			   "int sample(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	int id = stacks.get_stackid(&ctx->regs, BPF_F_USER_STACK);\n"
			   "	if (id >= 0)\n"
			   "		seen.increment(id);\n"
			   "	return 0;\n"
			   "}\n";

static pid_t start(const char *directory, char *const arguments[])
{
	pid_t child;

	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir(directory) || !freopen("/dev/null", "r", stdin) || !freopen("output", "w", stdout) ||
		!freopen("output", "a", stderr))
		_exit(127);
	execvp(arguments[0], arguments);
	_exit(127);
}

static bool is_installed(const char *program, const char *package)
{
	char command[128];

	if (getenv("BCC_TEST_NO_SKIP")) {
		printf("SKIP: an emulated machine takes minutes to start %s\n", program);
		return false;
	}
	snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
	if (system(command) == 0)
		return true;
	printf("SKIP: %s is not installed (package %s)\n", program, package);
	return false;
}

struct search {
	struct bcc_table *stacks;
	struct bcc_fold_opts fold;
	const char *function;
	char found[16384];
	size_t lines;
};

static int look(void *ctx, const void *key, const void *value)
{
	struct search *search = ctx;

	search->fold.user_id = *(const int *)key;
	bcc_stack_fold(search->stacks, &search->fold, search->found, sizeof(search->found));
	search->lines++;
	return strstr(search->found, search->function) != NULL;
}

/* Waits until a sampled stack of `pid` has the function, or time is over. `prepare` (may be NULL) is called
 * before each look. */
static void expect_function(pid_t pid, const char *function, void (*prepare)(pid_t pid))
{
	struct bcc_perf_event_opts sampling = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 99, .pid = pid, .cpu = -1,
		.inherit = false);
	static struct search search;
	struct bcc *b = open_test_text(text, NULL);
	time_t end = time(NULL) + SECONDS;
	struct bcc_symbols *s;
	bool found = false;
	int err = bcc_attach_perf_event(b, "sample", &sampling, NULL);

	if (err)
		fail_msg("%s", bcc_error(b));
	assert_int_equal(bcc_symbols_open_process(pid, NULL, &s), 0);
	search = (struct search){.stacks = bcc_table_find(b, "stacks"),
		.fold = BCC_OPTS(struct bcc_fold_opts, .user = s, .kernel_id = -EFAULT),
		.function = function};
	while (!found && time(NULL) < end && kill(pid, 0) == 0) {
		usleep(100000);
		if (prepare)
			prepare(pid);
		found = bcc_table_each(bcc_table_find(b, "seen"), look, &search) == 1;
	}
	if (!found)
		fail_msg("none of %zu stacks is of %s; the last: %s", search.lines, function, search.found);
	bcc_symbols_close(s);
	bcc_close(b);
}

static void write_file(const char *directory, const char *name, const char *content)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(content, f);
	fclose(f);
}

static void end(pid_t pid, const char *directory)
{
	char command[192];

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	snprintf(command, sizeof(command), "rm -rf %s /tmp/perf-%d.map", directory, pid);
	assert_int_equal(system(command), 0);
}

static void test_node(void **state)
{
	char directory[] = "/tmp/node-XXXXXX";
	char *arguments[] = {
		"node", "--perf-basic-prof", "--interpreted-frames-native-stack", "spin.js", NULL};
	pid_t pid;

	if (!is_installed("node", "nodejs"))
		skip();
	assert_non_null(mkdtemp(directory));
	write_file(directory, "spin.js",
		"function knownToSpin(n) { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; }\n"
		"function callsTheOther() { return knownToSpin(1e6) + 1; }\n"
		"for (;;) callsTheOther();\n");
	pid = start(directory, arguments);
	expect_function(pid, "knownToSpin", NULL);
	end(pid, directory);
}

/* Java writes its map when told to. */
static void tell_java(pid_t pid)
{
	char command[96];

	snprintf(command, sizeof(command), "jcmd %d Compiler.perfmap >/dev/null 2>&1", pid);
	if (system(command) != 0)
		usleep(100000); /* it is not running yet */
}

static void test_java(void **state)
{
	char directory[] = "/tmp/java-XXXXXX";
	char *arguments[] = {"java", "-XX:+PreserveFramePointer", "-Xmx128m", "Spin.java", NULL};
	pid_t pid;

	if (!is_installed("jcmd", "openjdk-17-jdk-headless"))
		skip();
	assert_non_null(mkdtemp(directory));
	write_file(directory, "Spin.java",
		"public class Spin {\n"
		"	static long knownToSpin(long n) { long s = 0; for (long i = 0; i < n; i++) s += i % 7; return s; }\n"
		"	public static void main(String[] a) { long s = 0; for (;;) s += knownToSpin(1000000 + s % 2); }\n"
		"}\n");
	pid = start(directory, arguments);
	expect_function(pid, "knownToSpin", tell_java);
	end(pid, directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_java),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
