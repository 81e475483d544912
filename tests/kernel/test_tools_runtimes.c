/* SPDX-License-Identifier: Apache-2.0 */
/* The tools for runtimes of languages: this program has their static probes, and fires each as often as the
 * test says. */
#include "runtime_probes.h"
#include "tool_run.h"

#include <pthread.h>
#include <sys/syscall.h>

/* Java's texts have a length, and no end. */
static const char java_class[] = "java/util/ListX", java_method[] = "addY";
enum { CLASS_LENGTH = sizeof(java_class) - 2, METHOD_LENGTH = sizeof(java_method) - 2 };

/* ---- what happens ---- */

static void java_call(int depth)
{
	RUNTIME_PROBE("hotspot", "method__entry", 1, TEXT(java_class), CLASS_LENGTH, TEXT(java_method),
		METHOD_LENGTH);
	if (depth > 1)
		java_call(depth - 1);
	else
		usleep(20000);
	RUNTIME_PROBE("hotspot", "method__return", 1, TEXT(java_class), CLASS_LENGTH, TEXT(java_method),
		METHOD_LENGTH);
}

static void ruby_call(const char *class, const char *method, int times)
{
	for (int i = 0; i < times; i++) {
		RUNTIME_PROBE("ruby", "method__entry", TEXT(class), TEXT(method));
		RUNTIME_PROBE("ruby", "cmethod__entry", TEXT("Kernel"), TEXT("puts"));
		RUNTIME_PROBE("ruby", "cmethod__return", TEXT("Kernel"), TEXT("puts"));
		RUNTIME_PROBE("ruby", "method__return", TEXT(class), TEXT(method));
	}
}

static void call_ruby(void *ctx)
{
	ruby_call("Shop", "buy", 3);
	ruby_call("Shop", "sell", 30);
}

static void call_java(void *ctx)
{
	for (int i = 0; i < 5; i++)
		syscall(SYS_getpriority, 0, 0);
	java_call(3);
}

static void call_tcl(void *ctx)
{
	/* a return of a call that began before */
	RUNTIME_PROBE("tcl", "proc__return", TEXT("main"));
	RUNTIME_PROBE("tcl", "proc__entry", TEXT("first"));
	RUNTIME_PROBE("tcl", "proc__entry", TEXT("other"));
	RUNTIME_PROBE("tcl", "proc__entry", TEXT("fib"));
	RUNTIME_PROBE("tcl", "proc__return", TEXT("fib"));
	RUNTIME_PROBE("tcl", "proc__return", TEXT("other"));
	RUNTIME_PROBE("tcl", "proc__return", TEXT("first"));
}

static void collect(void *ctx)
{
	static const char manager[] = "G1 YoungX", pool[] = "EdenX";

	RUNTIME_PROBE("hotspot", "mem__pool__gc__begin", TEXT(manager), 8, TEXT(pool), 4, 0, 100, 150, 200);
	RUNTIME_PROBE("hotspot", "gc__begin", 1);
	usleep(20000);
	RUNTIME_PROBE("hotspot", "gc__end");
	RUNTIME_PROBE("hotspot", "mem__pool__gc__end", TEXT(manager), 8, TEXT(pool), 4, 0, 60, 150, 200);
	RUNTIME_PROBE("hotspot", "gc__begin", 0);
	RUNTIME_PROBE("hotspot", "gc__end");
	RUNTIME_PROBE("python", "gc__start", 2);
	RUNTIME_PROBE("python", "gc__done", 17);
	RUNTIME_PROBE("node", "gc__start", 1);
	RUNTIME_PROBE("node", "gc__done", 6);
	RUNTIME_PROBE("ruby", "gc__mark__begin", 0);
	RUNTIME_PROBE("ruby", "gc__mark__end", 0);
	RUNTIME_PROBE("ruby", "gc__sweep__begin", 0);
	RUNTIME_PROBE("ruby", "gc__sweep__end", 0);
}

static void allocate(void *ctx)
{
	void *volatile block;

	for (int i = 0; i < 7; i++)
		RUNTIME_PROBE("hotspot", "object__alloc", 1, TEXT(java_class), CLASS_LENGTH, 24);
	RUNTIME_PROBE("ruby", "object__create", TEXT("Shop"), TEXT("shop.rb"), 3);
	for (int i = 0; i < 4; i++)
		RUNTIME_PROBE("ruby", "string__create", 10);
	RUNTIME_PROBE("ruby", "array__create", 2);
	RUNTIME_PROBE("ruby", "hash__create", 1);
	RUNTIME_PROBE("tcl", "obj__create");
	for (int i = 0; i < 9; i++) {
		block = malloc(12345);
		free(block);
	}
}

static void *run_thread(void *ctx)
{
	return NULL;
}

static void make_threads(void *ctx)
{
	static const char name[] = "GC thread#0X";
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_thread, NULL) || pthread_join(thread, NULL))
		_exit(1);
	RUNTIME_PROBE("hotspot", "thread__start", TEXT(name), 11, 21, 4711, 1);
	RUNTIME_PROBE("hotspot", "thread__stop", TEXT(name), 11, 21, 4711, 1);
}

/* ---- the tool and its output ---- */

/* Runs a tool on a process that does this; `last` is its line that says it is attached. */
static void run_on(struct tool_run *run, void (*action)(void *ctx), const char *line, const char *name,
	const char *first, const char *second, const char *third)
{
	char pid[16], text[128];
	struct workload w;

	workload_new(&w, "runtime", action, NULL);
	tool_start(run, name, number_text(pid, w.pid), first, second, third);
	snprintf(text, sizeof(text), line, w.pid);
	tool_wait_line(run, text);
	workload_go(&w);
	/* by itself, with the process */
	tool_end(run, 60);
	assert_int_equal(run->status, 0);
	assert_string_equal(run->errors, "");
	/* what comes after the line and an empty one */
	memmove(run->text, strstr(run->text, text) + strlen(text) + 1,
		strlen(strstr(run->text, text) + strlen(text)));
}

static void expect(void (*action)(void *ctx), const char *line, const char *name, const char *first,
	const char *second, const char *third, const char *expected)
{
	struct tool_run run;

	run_on(&run, action, line, name, first, second, third);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

#define CALLS "Tracing calls in process %d (language: ruby)... Ctrl-C to quit."

static void test_calls(void **state)
{
	expect(call_ruby, CALLS, "tools/ucalls", "-l", "ruby", NULL,
		"\n"
		"METHOD                                              # CALLS\n"
		"Shop.buy                                                  3\n"
		"Shop.sell                                                30\n"
		"Kernel.puts                                              33\n");
	/* the most frequent, last */
	expect(call_ruby, CALLS, "tools/rubycalls", "-T", "1", NULL,
		"\n"
		"METHOD                                              # CALLS\n"
		"Kernel.puts                                              33\n");
}

/* A method that calls itself twice, and waits 20 ms in the innermost call. */
static void test_latency(void **state)
{
	long calls = 0, ns = 0, getpriority = 0;
	struct tool_run run;
	char *at, *row, pid[16];
	struct workload w;

	workload_new(&w, "runtime", call_java, NULL);
	tool_start(&run, "tools/ucalls", number_text(pid, w.pid), "-ljava", "-LS", "--json");
	while (!tool_count_lines(&run))
		assert_true(tool_read(&run, 1000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	at = run.text;
	tool_next_line(&at);
	while (*at) {
		row = tool_next_line(&at);
		if (strstr(row, "\"method\":\"java/util/List.add\"")) {
			assert_int_equal(sscanf(strstr(row, "\"calls\""), "\"calls\":%ld,\"time_ns\":%ld",
						 &calls, &ns),
				2);
		} else if (strstr(row, "\"method\":\"getpriority\"")) {
			assert_int_equal(sscanf(strstr(row, "\"calls\""), "\"calls\":%ld", &getpriority), 1);
		}
	}
	assert_int_equal(calls, 3);
	assert_true(ns >= 60000000);
	assert_int_equal(getpriority, 5);
	tool_free(&run);
}

static void test_flow(void **state)
{
	static const char *const methods[] = {"<- .main", "-> .first", "  -> .other", "    -> .fib",
		"    <- .fib", "  <- .other", "<- .first"};
	static const char *const first_ones[] = {"-> .first", "  -> .fib", "  <- .fib", "<- .first"};
	struct tool_run run;
	char *at;

	run_on(&run, call_tcl, "CPU PID    TID    TIME(s)  METHOD", "tools/uflow", "-l", "tcl", NULL);
	at = run.text;
	for (int i = 0; i < 7; i++) {
		char *line = tool_next_line(&at);
		double seconds;
		int cpu, pid, tid, length = 0;

		assert_int_equal(sscanf(line, "%d %d %d %lf%n", &cpu, &pid, &tid, &seconds, &length), 4);
		assert_true(pid == tid && seconds >= 0 && seconds < 600);
		if (strcmp(line + 27, methods[i]))
			fail_msg("'%s' is not '%s'", line + 27, methods[i]);
	}
	assert_string_equal(at, "");
	tool_free(&run);

	/* those with a beginning: "f" */
	run_on(&run, call_tcl, "CPU PID    TID    TIME(s)  METHOD", "tools/tclflow", "-M", "f", NULL);
	at = run.text;
	for (int i = 0; i < 4; i++)
		assert_string_equal(tool_next_line(&at) + 27, first_ones[i]);
	assert_string_equal(at, "");
	tool_free(&run);
}

/* The descriptions of all collections, one below the other; a time must not be below `least`. */
static void expect_collections(
	const char *name, const char *option, const char *value, double least, const char *expected)
{
	char descriptions[1024] = "";
	struct tool_run run;
	char *at;

	run_on(&run, collect, "START    TIME (us) DESCRIPTION                             ", name, option,
		value, NULL);
	at = run.text;
	while (*at) {
		char *line = tool_next_line(&at), *text;
		double start, took;
		int length = 0;

		assert_int_equal(sscanf(line, "%lf %lf %n", &start, &took, &length), 2);
		assert_true(took >= least && took < 60e6);
		text = line + length;
		while (*text && text[strlen(text) - 1] == ' ')
			text[strlen(text) - 1] = '\0';
		add(descriptions, "%s\n", text);
	}
	assert_string_equal(descriptions, expected);
	tool_free(&run);
}

static void test_collections(void **state)
{
	expect_collections("tools/ugc", "-ljava", NULL, 0,
		"full GC\n"
		"G1 Young Eden used=100->60 max=200->200\n"
		"GC\n");
	expect_collections("tools/ugc", "-ljava", "-M10", 20000,
		"full GC\n"
		"G1 Young Eden used=100->60 max=200->200\n");
	expect_collections(
		"tools/ugc", "-ljava", "-FEden", 20000, "G1 Young Eden used=100->60 max=200->200\n");
	expect_collections("tools/pythongc", NULL, NULL, 0, "gen 2 GC collected 17 objects\n");
	expect_collections("tools/nodegc", NULL, NULL, 0, "GC mark-sweep-compact, GC incremental mark\n");
	expect_collections("tools/rubygc", NULL, NULL, 0, "GC mark stage\nGC sweep stage\n");
}

static void test_objects(void **state)
{
	struct tool_run run;

	expect(allocate, "Tracing allocations in process %d (language: java)... Ctrl-C to quit.",
		"tools/uobjnew", "-ljava", NULL, NULL,
		"\n"
		"NAME/TYPE                      # ALLOCS      # BYTES\n"
		"java/util/List                        7          168\n");
	expect(allocate, "Tracing allocations in process %d (language: ruby)... Ctrl-C to quit.",
		"tools/rubyobjnew", "-C", "2", NULL,
		"\n"
		"NAME/TYPE                      # ALLOCS      # BYTES\n"
		"hash                                  1            1\n"
		"string                                4           40\n");
	expect(allocate, "Tracing allocations in process %d (language: tcl)... Ctrl-C to quit.",
		"tools/uobjnew", "-ltcl", NULL, NULL,
		"\n"
		"NAME/TYPE                      # ALLOCS      # BYTES\n"
		"<ALL>                                 1            0\n");
	run_on(&run, allocate, "Tracing allocations in process %d (language: c)... Ctrl-C to quit.",
		"tools/cobjnew", NULL, NULL, NULL);
	assert_true(tool_has_line(&run, "block size 12345                      9       111105"));
	tool_free(&run);
}

static void test_threads(void **state)
{
	struct tool_run run;
	char *at, text[64];
	double seconds;

	run_on(&run, make_threads, "TIME     ID               TYPE     DESCRIPTION                   ",
		"tools/uthreads", "-ljava", NULL, NULL);
	at = run.text;
	assert_int_equal(sscanf(tool_next_line(&at), "%lf %*d %63[^\n]", &seconds, text), 2);
	assert_memory_equal(text, "pthread  run_thread [kernel_tools_runtimes]", 43);
	assert_string_equal(
		tool_next_line(&at) + 9, "R=21/N=4711      start    GC thread#0                   ");
	assert_string_equal(
		tool_next_line(&at) + 9, "R=21/N=4711      stop     GC thread#0                   ");
	assert_string_equal(at, "");
	tool_free(&run);
}

/* ---- ustat, which finds processes by their programs ---- */

/* What this program does under another name: waits for a byte, and fires probes. */
static int be_a_runtime(void)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) != 1)
		return 1;
	for (int i = 0; i < 4; i++)
		call_tcl(NULL);
	for (int i = 0; i < 5; i++)
		RUNTIME_PROBE("tcl", "obj__create");
	collect(NULL); /* of other languages */
	return read(STDIN_FILENO, &c, 1) != 0;
}

static char folder[] = "/tmp/bcc-runtimes-XXXXXX";

static void start_runtime(struct workload *w)
{
	char command[PATH_MAX + 64], program[64];
	int fds[2];

	assert_non_null(mkdtemp(folder));
	snprintf(program, sizeof(program), "%s/tclsh8.6", folder);
	snprintf(command, sizeof(command), "cp /proc/%d/exe %s", getpid(), program);
	assert_int_equal(system(command), 0);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (!w->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[0], STDIN_FILENO);
		execl(program, program, "script", "name", NULL);
		_exit(127);
	}
	close(fds[0]);
	w->go = fds[1];
}

/* The sum of a member of the process's rows. */
static long sum_of(const char *text, pid_t pid, const char *member)
{
	char process[32], key[32];
	long sum = 0, number;

	snprintf(process, sizeof(process), "\"pid\":%d,", pid);
	snprintf(key, sizeof(key), "\"%s\":", member);
	for (const char *row = text; (row = strstr(row, process)); row++) {
		const char *at = strstr(row, key);

		assert_non_null(at);
		assert_int_equal(sscanf(at + strlen(key), "%ld", &number), 1);
		sum += number;
	}
	return sum;
}

static void test_processes(void **state)
{
	char pid[16], line[128];
	struct workload w;
	struct tool_run run;
	double end = tool_now() + 60;
	int status;

	start_runtime(&w);
	tool_start(&run, "tools/ustat", "-p", number_text(pid, w.pid), "--json", "1");
	snprintf(line, sizeof(line), "\"pid\":%d,\"cmdline\":\"%s/tclsh8.6 script name\"", w.pid, folder);
	while (!strstr(run.text, line) && tool_now() < end)
		assert_true(tool_read(&run, 1000));
	assert_int_equal(write(w.go, "g", 1), 1);
	while (sum_of(run.text, w.pid, "objects") < 5 && tool_now() < end)
		assert_true(tool_read(&run, 1000));
	close(w.go);
	assert_int_equal(waitpid(w.pid, &status, 0), w.pid);
	assert_int_equal(status, 0);
	tool_stop(&run, SIGINT);
	assert_string_equal(run.errors, "");
	assert_int_equal(sum_of(run.text, w.pid, "methods"), 12);
	assert_int_equal(sum_of(run.text, w.pid, "objects"), 5);
	/* two of Java and one of its pools, one each of Python and Node, two stages of Ruby */
	assert_int_equal(sum_of(run.text, w.pid, "gcs"), 7);
	tool_free(&run);
	snprintf(line, sizeof(line), "rm -r %s", folder);
	assert_int_equal(system(line), 0);
}

/* ---- what goes wrong ---- */

static void test_refused(void **state)
{
	char pid[16];

	number_text(pid, getpid());
	tool_expect_end(2, "of which process?", "tools/ucalls", NULL, NULL);
	tool_expect_end(2, "is not a number", "tools/uflow", "0", NULL);
	tool_expect_end(2, "there is no process 2147483647", "tools/ugc", "2147483647", NULL);
	tool_expect_end(2, "there is no language 'cobol' here", "tools/uobjnew", pid, "-lcobol");
	tool_expect_end(2, "runs none of java perl php python ruby tcl", "tools/ucalls", pid, NULL);
	tool_expect_end(2, "-l none goes with -S", "tools/ucalls", pid, "-lnone");
	tool_expect_end(2, "there is no language 'cobol' here", "tools/ustat", "-lcobol", NULL);
	/* this program has some of the probes */
	tool_expect_end(1, "has no static probe sub__entry: Perl has them if", "tools/perlcalls", pid, NULL);
	tool_expect_end(
		1, "has no static probe function__return: PHP has them if", "tools/phpflow", pid, NULL);
}

/* All names are there, and say what they are. */
static void test_names(void **state)
{
	static const char *const names[] = {"javacalls", "perlcalls", "phpcalls", "pythoncalls", "rubycalls",
		"tclcalls", "javaflow", "perlflow", "phpflow", "pythonflow", "rubyflow", "tclflow", "javagc",
		"nodegc", "pythongc", "rubygc", "javaobjnew", "rubyobjnew", "tclobjnew", "cobjnew",
		"javastat", "nodestat", "perlstat", "phpstat", "pythonstat", "rubystat", "tclstat",
		"javathreads"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[64], usage[64];
		struct tool_run run;

		snprintf(path, sizeof(path), "tools/%s", names[i]);
		snprintf(usage, sizeof(usage), "Usage: %s [OPTION...]", names[i]);
		tool_start(&run, path, "--help");
		tool_end(&run, 60);
		assert_memory_equal(run.text, usage, strlen(usage));
		tool_free(&run);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_latency),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_collections),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
	};

	if (argc > 1)
		return be_a_runtime();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
