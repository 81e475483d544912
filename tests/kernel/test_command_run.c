/* SPDX-License-Identifier: Apache-2.0 */
/* "bpfcc run" shows what texts report of calls that a command makes: this program, called with "work". */
#include <sys/syscall.h>

#include "tool_run.h"

#define BPFCC "command/bpfcc"
#define FIRST 0x7f000000 /* arguments of getpgid() that nobody else uses */

static char folder[] = "/tmp/bcc-command-XXXXXX", self[PATH_MAX];
static char events_path[PATH_MAX], results_path[PATH_MAX], watched_path[PATH_MAX];

/* Two types in one buffer, of the calls with the arguments from `first` on. */
static const char events_text[] =
	"enum kind { EVEN, ODD = 7 };\n"
	"struct event { s32 argument; enum kind kind; bool odd; char comm[8]; __be32 addr; u16 list[2];\n"
	"	struct { u8 a; __be16 port; } in; u64 *pointer; };\n"
	"struct note { u64 number; char tail[]; };\n"
	"/* the first argument\n"
	" * that is reported */\n"
	"const volatile u32 first = 0xffffffff;\n"
	"const volatile bool notes = false; // whether there are notes\n"
	"const volatile enum kind wanted = EVEN;\n"
	"BPF_RINGBUF_OUTPUT(events, 8);\n"
	"TRACEPOINT_PROBE(syscalls, sys_enter_getpgid) {\n"
	"	struct event e = {.argument = args->pid - first, .addr = 0x0100007f, .pointer = (void *)0x1234};\n"
	"	struct note n = {.number = e.argument};\n"
	"	if ((u32)args->pid < first || first == 0xffffffff)\n"
	"		return 0;\n"
	"	e.odd = e.argument & 1;\n"
	"	e.kind = e.odd ? wanted : EVEN;\n"
	"	bpf_get_current_comm(e.comm, sizeof(e.comm));\n"
	"	e.list[0] = 1;\n"
	"	e.list[1] = 65535;\n"
	"	e.in.a = 255;\n"
	"	e.in.port = 0x5000;\n"
	"	events.ringbuf_output(&e, sizeof(e), 0);\n"
	"	if (notes)\n"
	"		events.ringbuf_output(&n, sizeof(n), 0);\n"
	"	return 0;\n"
	"}\n";

/* libbpf's dialect: a histogram with slots, and a program that does not say where it goes. */
static const char results_text[] =
	"#include \"vmlinux.h\"\n"
	"#include <bpf/bpf_helpers.h>\n"
	"char LICENSE[] SEC(\"license\") = \"GPL\";\n"
	"const volatile int first = 0;\n"
	"struct hist { u32 slots[8]; };\n"
	"struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct hist); }\n"
	"	hists SEC(\".maps\");\n"
	"struct key { int odd; char name[8]; };\n"
	"struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 16); __type(key, struct key); __type(value, u64); }\n"
	"	counts SEC(\".maps\");\n"
	"SEC(\"tp\")\n"
	"int counted(struct trace_event_raw_sys_enter *ctx)\n"
	"{\n"
	"	int argument = (int)ctx->args[0] - first;\n"
	"	struct key key = {.odd = argument & 1, .name = \"calls\"};\n"
	"	u64 one = 1, *count;\n"
	"	u32 zero = 0;\n"
	"	struct hist *h = bpf_map_lookup_elem(&hists, &zero);\n"
	"	if (!h || argument < 0 || argument > 7)\n"
	"		return 0;\n"
	"	__sync_fetch_and_add(&h->slots[argument], 1);\n"
	"	count = bpf_map_lookup_elem(&counts, &key);\n"
	"	if (count)\n"
	"		++*count;\n"
	"	else\n"
	"		bpf_map_update_elem(&counts, &key, &one, 0);\n"
	"	return 0;\n"
	"}\n";

/* Prints the argument; what it prints first is replaced while it runs. */
static const char watched_text[] = "BPF_HASH(state);\n"
				   "tracepoint:syscalls:sys_enter_getpgid {\n"
				   "	if ((u32)args->pid >= 0x7f000000)\n"
				   "		bpf_trace_printk(\"%s %%d\", args->pid - 0x7f000000);\n"
				   "}\n";

static void write_text(const char *path, const char *format, const char *word)
{
	char temporary[PATH_MAX + 8], text[4096];
	int file, size;

	size = snprintf(text, sizeof(text), format, word);
	assert_true(size > 0 && (size_t)size < sizeof(text));
	/* as editors do */
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, text, size), size);
	assert_int_equal(close(file), 0);
	assert_int_equal(rename(temporary, path), 0);
}

static int set_up(void **state)
{
	if (geteuid() != 0) {
		puts("skipped: BPF needs root here");
		exit(77);
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || !mkdtemp(folder))
		return -1;
	snprintf(events_path, sizeof(events_path), "%s/events.c", folder);
	snprintf(results_path, sizeof(results_path), "%s/results.bpf.c", folder);
	snprintf(watched_path, sizeof(watched_path), "%s/watched.c", folder);
	write_text(events_path, "%s", events_text);
	write_text(results_path, "%s", results_text);
	return 0;
}

static int tear_down(void **state)
{
	return nftw(folder, tool_cache_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int work(void)
{
	prctl(PR_SET_NAME, "worker");
	for (int i = 0; i < 4; i++)
		syscall(SYS_getpgid, FIRST + i);
	return 0;
}

/* In JSON the time comes first: it is checked for its place, and cut off. */
static void cut_json_times(struct tool_run *run)
{
	char *to = run->text;

	for (char *line = run->text, *next; *line; line = next) {
		char *rest = strstr(line, "\"time_ns\":");

		next = strchr(line, '\n') + 1;
		assert_int_equal(strncmp(line, "{\"time\":\"2", 10), 0);
		assert_true(rest && rest < next);
		rest = strchr(rest, ',') + 1;
		memmove(to, rest, next - rest);
		to += next - rest;
	}
	*to = '\0';
}

static void end_well(struct tool_run *run)
{
	tool_end(run, 120);
	if (run->status)
		fail_msg("status %d; stderr:\n%s", run->status, run->errors);
}

static void test_events(void **state)
{
	struct tool_run run;

	(void)state;
	tool_start(
		&run, BPFCC, "run", events_path, "--first", "0x7f000000", "--wanted=ODD", "--", self, "work");
	end_well(&run);
	tool_cut_times(&run, 9);
	tool_assert_output(&run,
		"ARGUMENT KIND         ODD COMM     ADDR            LIST         IN.A IN.PORT POINTER\n"
		"       0 EVEN          no worker   127.0.0.1       1 65535       255 80      0x1234\n"
		"       1 ODD          yes worker   127.0.0.1       1 65535       255 80      0x1234\n"
		"       2 EVEN          no worker   127.0.0.1       1 65535       255 80      0x1234\n"
		"       3 ODD          yes worker   127.0.0.1       1 65535       255 80      0x1234\n");
	tool_free(&run);
}

static void test_two_types_as_json(void **state)
{
	struct tool_run run;

	(void)state;
	tool_start(&run, BPFCC, "run", "-j", "-n", "3", events_path, "--notes", "--first=0x7f000001",
		"--wanted", "5", "--", self, "work");
	end_well(&run);
	cut_json_times(&run);
	tool_assert_output(&run,
		"\"argument\":0,\"kind\":\"EVEN\",\"odd\":false,\"comm\":\"worker\",\"addr\":\"127.0.0.1\",\"list\":[\"1\",\"65535\"],"
		"\"in_a\":255,\"in_port\":80,\"pointer\":\"0x1234\",\"type\":\"event\"}\n"
		"\"number\":0,\"tail\":\"\",\"type\":\"note\"}\n"
		"\"argument\":1,\"kind\":5,\"odd\":true,\"comm\":\"worker\",\"addr\":\"127.0.0.1\",\"list\":[\"1\",\"65535\"],"
		"\"in_a\":255,\"in_port\":80,\"pointer\":\"0x1234\",\"type\":\"event\"}\n");
	tool_free(&run);
}

static void test_tables(void **state)
{
	struct tool_run run;
	char *data;

	(void)state;
	tool_start(&run, BPFCC, "run", "-j", results_path, "--first", "2130706432", "-t", "counts", "-a",
		"counted=tracepoint:syscalls:sys_enter_getpgid", "--", self, "work");
	end_well(&run);
	/* the histogram begins with its time */
	data = strstr(run.text, "\"val_type\"");
	assert_non_null(data);
	memmove(run.text, data, strlen(data) + 1);
	tool_assert_output(&run,
		"\"val_type\":\"hists\",\"data\":[{\"interval-start\":0,\"interval-end\":1,\"count\":1},"
		"{\"interval-start\":2,\"interval-end\":3,\"count\":1},{\"interval-start\":4,\"interval-end\":7,\"count\":1},"
		"{\"interval-start\":8,\"interval-end\":15,\"count\":1}]}\n"
		"{\"odd\":0,\"name\":\"calls\",\"value\":2,\"table\":\"counts\"}\n"
		"{\"odd\":1,\"name\":\"calls\",\"value\":2,\"table\":\"counts\"}\n");
	tool_free(&run);
}

static void test_text_with_counters(void **state)
{
	struct tool_run run;

	(void)state;
	tool_start(&run, BPFCC, "run", "-e",
		"BPF_HASH(calls, u32, u64); tracepoint:syscalls:sys_enter_getpgid { u32 n = args->pid - 0x7f000000;"
		" u64 zero = 0, *c; if (n > 3) return 0; n /= 3; c = calls.lookup_or_try_init(&n, &zero); if (c) ++*c; }",
		"--", self, "work");
	end_well(&run);
	tool_assert_output(
		&run, "\ncalls:\n    KEY        VALUE\n      0            3\n      1            1\n");
	tool_free(&run);
}

static void test_tracepoints_by_pattern(void **state)
{
	struct tool_run run;

	(void)state;
	/* getpgid and getpgrp, where the machine has both: the process makes four calls of the first */
	tool_start(&run, BPFCC, "run", "-e",
		"u64 calls; t:syscalls:sys_enter_getpg* { char comm[16]; bpf_get_current_comm(comm, sizeof(comm));"
		" if (!__builtin_memcmp(comm, \"worker\", 7)) __sync_fetch_and_add(&calls, 1); }",
		"--", self, "work");
	end_well(&run);
	tool_assert_output(&run, "\ncalls:\n       VALUE\n           4\n");
	tool_free(&run);
	tool_start(&run, BPFCC, "run", "-e", "t:sched:nosuch* { }");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "no tracepoint of this kernel matches sched:nosuch*"));
	tool_free(&run);
}

#define VARIABLES                                                                                                             \
	"u64 calls; u64 untouched = 5; u32 by_argument[6]; int options = 1; const volatile int fixed = 3;"                    \
	"struct { u32 n; char who[8]; } one; struct { u64 n, sum; } pairs[2]; enum { RED, BLUE } color;"                      \
	"tracepoint:syscalls:sys_enter_getpgid { u32 n = args->pid - 0x7f000000; if (n > 3) return 0;"                        \
	" __sync_fetch_and_add(&calls, 1); by_argument[n & 3] += n + fixed; one.n = n; __builtin_memcpy(one.who, \"me\", 3);" \
	" pairs[n & 1].n++; pairs[n & 1].sum += n; if (n == 3) color = BLUE; %s }"

static void test_text_with_variables(void **state)
{
	char text[2048];
	struct tool_run run;

	(void)state;
	snprintf(text, sizeof(text), VARIABLES, "");
	tool_start(&run, BPFCC, "run", "-e", text, "--", self, "work");
	end_well(&run);
	tool_assert_output(&run,
		"\ncalls:\n       VALUE\n           4\n"
		"\nby_argument:\n    KEY   VALUE\n      3       6\n      2       5\n"
		"      1       4\n      0       3\n"
		"\none:\n      N WHO\n      3 me\n"
		"\npairs:\n    KEY            N          SUM\n      0            2            2\n"
		"      1            2            4\n"
		"\ncolor:\nVALUE\nBLUE\n");
	tool_free(&run);
}

/* Those of a text with events are its own, unless they are named. */
static void test_named_variables(void **state)
{
	char text[2048];
	struct tool_run run;

	(void)state;
	snprintf(text, sizeof(text), "BPF_PERF_OUTPUT(events); " VARIABLES,
		"if (n == 9) events.perf_submit(args, &n, sizeof(n));");
	tool_start(
		&run, BPFCC, "run", "-j", "-e", text, "-t", "calls", "-t", "untouched", "--", self, "work");
	end_well(&run);
	tool_assert_output(&run, "{\"value\":4,\"table\":\"calls\"}\n");
	tool_free(&run);
	tool_start(&run, BPFCC, "run", "-e", "int x;", "-t", "y");
	tool_end(&run, 60);
	assert_int_equal(run.status, 2);
	assert_non_null(strstr(run.errors, "no text has this table or variable"));
	tool_free(&run);
}

/* Waits for what the tool says on stderr. */
static void wait_errors(struct tool_run *run, const char *wanted)
{
	char text[4096] = "";
	size_t size = 0;
	ssize_t n;

	while (!strstr(text, wanted)) {
		n = read(run->err, text + size, sizeof(text) - 1 - size);
		if (n <= 0)
			fail_msg("stderr lacks '%s':\n%s", wanted, text);
		text[size += n > 0 ? n : 0] = '\0';
	}
}

static void wait_output(struct tool_run *run, const char *wanted)
{
	double end = tool_now() + 60;

	while (!strstr(run->text, wanted)) {
		if (tool_now() > end || !tool_read(run, 500)) {
			tool_end(run, 0);
			fail_msg("no '%s' in:\n%s\nstderr:\n%s", wanted, run->text, run->errors);
		}
	}
}

static void test_watched(void **state)
{
	struct tool_run run;

	(void)state;
	write_text(watched_path, watched_text, "before");
	tool_start(&run, BPFCC, "run", "--watch", watched_path);
	tool_wait_line(&run, "TIME         PID COMM             CPU MESSAGE");
	syscall(SYS_getpgid, FIRST + 5);
	wait_output(&run, "before 5\n");
	/* what does not compile changes nothing */
	write_text(watched_path, "%s", "int f(");
	wait_errors(&run, "runs on as it was");
	syscall(SYS_getpgid, FIRST + 6);
	wait_output(&run, "before 6\n");
	write_text(watched_path, watched_text, "after");
	wait_errors(&run, "has changed and runs");
	syscall(SYS_getpgid, FIRST + 7);
	wait_output(&run, "after 7\n");
	tool_stop(&run, SIGINT);
	tool_free(&run);
}

/* An array without elements at the end of a key has none of the value's bytes; a place in the text is said
 * once. */
static void test_empty_arrays(void **state)
{
	struct tool_run run;

	(void)state;
	tool_start(&run, BPFCC, "run", "-j", "-e",
		"struct key { u32 n; u8 bytes[0]; u16 numbers[0]; };\n"
		"struct value { u32 m; char text[0]; };\n"
		"BPF_HASH(found, struct key, struct value);\n"
		"tracepoint:syscalls:sys_enter_getpgid {\n"
		"	struct key key = {.n = 5};\n	struct value value = {.m = 0x41424344};\n"
		"	if (args->pid == 0x7f000000) found.update(&key, &value);\n}\n",
		"--", self, "work");
	end_well(&run);
	tool_assert_output(&run, "{\"n\":5,\"bytes\":\"\",\"numbers\":[],\"m\":1094861636,\"text\":\"\","
				 "\"table\":\"found\"}\n");
	tool_free(&run);
	tool_start(&run, BPFCC, "run", "-e", "rawtracepoint:no_such_event { }");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_int_equal(strncmp(run.errors, "bpfcc run: text:1: this kernel has no", 37), 0);
	tool_free(&run);
}

/* What only shows once tables and programs are there; tests/unit/test_command_line.c has the rest. */
static void expect_end(int status, const char *says, const char *a, const char *c, const char *d)
{
	struct tool_run run;

	tool_start(&run, BPFCC, "run", a, c, d);
	tool_end(&run, 60);
	if (run.status != status || !strstr(run.errors, says))
		fail_msg("%s %s %s: status %d; stderr:\n%s", a, c ? c : "", d ? d : "", run.status,
			run.errors);
	tool_free(&run);
}

static void test_failures(void **state)
{
	struct tool_run run;

	(void)state;
	tool_expect_end(1, "to attach", BPFCC, "run", results_path);
	tool_start(&run, BPFCC, "run", events_path, "-Eevents=struct other");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_non_null(
		strstr(run.errors, "submits no such type to events, but struct event, struct note\n"));
	tool_free(&run);
	/* names that no text has; those that one of several has are found */
	expect_end(2, "--event no_such=x: no text has this buffer", events_path, results_path, "-Eno_such=x");
	expect_end(2, "--event counts=x: no text has this buffer", events_path, results_path, "-Ecounts=x");
	expect_end(2, "--table no_such: no text has this table or variable", events_path, results_path,
		"-tno_such");
	expect_end(1, "to attach", results_path, events_path, "-tcounts");
	expect_end(2, "standard input can be read once", "-", "-", NULL);
	expect_end(1, "no short form kprob:…; did you mean kprobe", "-ekprob:vfs_read { }", NULL, NULL);
	/* a command that cannot be started is a failure, one that fails is the user's */
	expect_end(1, "cannot start /nonexistent/command", events_path, "--", "/nonexistent/command");
	expect_end(0, "", events_path, "--", "false");
}

/* What is printed and does not arrive is a failure, of help too. */
static void test_full_device(void **state)
{
	static const char *const arguments[] = {"--help", "--version", "run --help", "cache", "list --help"};
	char path[PATH_MAX], command[PATH_MAX + 64], said[256];

	(void)state;
	tool_path(path, sizeof(path), BPFCC);
	for (size_t i = 0; i < sizeof(arguments) / sizeof(*arguments); i++) {
		FILE *errors;

		snprintf(command, sizeof(command), "'%s' %s 2>&1 >/dev/full", path, arguments[i]);
		errors = popen(command, "re");
		assert_non_null(errors);
		said[fread(said, 1, sizeof(said) - 1, errors)] = '\0';
		assert_int_equal(WEXITSTATUS(pclose(errors)), 1);
		if (!strstr(said, "cannot be written: No space left on device\n"))
			fail_msg("bpfcc %s >/dev/full: %s", arguments[i], said);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_two_types_as_json),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_text_with_counters),
		cmocka_unit_test(test_tracepoints_by_pattern),
		cmocka_unit_test(test_text_with_variables),
		cmocka_unit_test(test_named_variables),
		cmocka_unit_test(test_watched),
		cmocka_unit_test(test_empty_arrays),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_full_device),
	};

	if (argc > 1)
		return work();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
