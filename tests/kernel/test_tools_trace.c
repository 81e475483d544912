/* SPDX-License-Identifier: Apache-2.0 */
/* trace prints a row for each call of our function that its condition wants, with the values of that call. */
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lasting_child.h"
#include "static_probe.h"
#include "tool_run.h"

#define TRACE "tools/trace"
#define HEADING "PID     TID     COMM            FUNC             -"

enum { CALLS = 5, YIELDS = 30 };

static char self[PATH_MAX];

__attribute__((noinline, used)) static long bcc_traced_call(long n, const char *text)
{
	__asm__ volatile("" : "+r"(n) : "r"(text));
	return n * 16;
}

/* Debug information knows what they are. */
struct bcc_traced_link {
	struct bcc_traced_link *next;
	int number;
	char letter;
};

enum bcc_traced_kind { TRACED_WARM = 3, TRACED_COLD = -4 };

struct bcc_traced_record {
	struct bcc_traced_link link;
	enum bcc_traced_kind kind;
	const char *text;
	unsigned int low : 3, high : 5;
};

__attribute__((noinline, used)) static int bcc_traced_record(
	const struct bcc_traced_record *record, double unused, short count)
{
	__asm__ volatile("" : "+r"(record) : : "memory");
	return count;
}

/* An operand of 32 bits. */
#ifdef __x86_64__
#define INT(name) "%[" name "]"
#else
#define INT(name) "%w[" name "]"
#endif

static __attribute__((noinline)) void probe(int number)
{
	__asm__ volatile(STATIC_PROBE("bcc", "traced_probe", "0", "-4@" INT("number"))
		:
		: [number] "r"(number));
}

/* Arguments in registers and on the stack. */
static __attribute__((noinline)) void named_probe(int number, const char *text)
{
	struct bcc_traced_link link = {.number = number + 200}, *place = &link;
	volatile int stored = number + 100;
	long twice = 2L * number;

	/* not what the compiler can compute from others */
	__asm__ volatile("" : "+r"(place), "+r"(twice) : : "memory");
	__asm__ volatile(STATIC_PROBE("bcc", "named_probe", "0",
		"-4@" INT("number") " 8@%[text] -8@%[twice] -4@%[stored] 8@%[place]")
		:
		: [number] "r"(number), [text] "r"(text), [twice] "r"(twice), [stored] "m"(stored),
		[place] "r"(place));
}

/* The same probe at two places, which have one of two variables as the same argument. */
#define TWICE_PROBE(first, second)                                                                           \
	__asm__ volatile(STATIC_PROBE(                                                                       \
		"bcc", "twice_probe", "0", "-4@" INT("number") " -4@" INT("one") " -4@" INT("other"))        \
		:                                                                                            \
		: [number] "r"(number), [one] "r"(first), [other] "r"(second))

static __attribute__((noinline)) void twice_one(int number, int one_way, int other_way)
{
	TWICE_PROBE(one_way, other_way);
}

static __attribute__((noinline)) void twice_other(int number, int one_way, int other_way)
{
	TWICE_PROBE(other_way, one_way);
}

static void call_named(void *ctx)
{
	/* not constants of the program */
	const char *volatile text = "twenty-one";
	volatile int number = 21;

	named_probe(number, text);
	twice_one(number + 1, number, number);
	twice_other(number + 2, number, number);
}

static void call_all(void *ctx)
{
	static volatile char texts[CALLS][8] = {"zero", "one", "two", "three", "four"};
	struct bcc_traced_link last = {.number = 12, .letter = 'm'};

	for (int i = 0; i < CALLS; i++) {
		texts[i][7] = 0; /* BPF cannot read pages that have never been touched */
		bcc_traced_call(i, (const char *)texts[i]);
		syscall(SYS_getpriority, 0, 100 + i);
	}
	bcc_traced_record(&(struct bcc_traced_record){.link = {.next = &last, .number = 11, .letter = 'l'},
				  .kind = TRACED_COLD,
				  .text = (const char *)texts[1],
				  .low = 5,
				  .high = 9},
		0.5, 7);
	probe(-7);
}

/* "PROBE" with the program's path for @. */
static char *spec(const char *text)
{
	char *made = malloc(PATH_MAX + strlen(text)), *to = made;

	assert_non_null(made);
	for (; *text; text++)
		if (*text == '@')
			to = stpcpy(to, self);
		else
			*to++ = *text;
	*to = '\0';
	return made;
}

static void add_row(char *expected, int id, const char *function, const char *message)
{
	add(expected, "%-7d %-7d %-15s %-16s %s\n", id, id, "traced", function, message);
}

/* Everything in one start: the function, its return (to three probes), arguments by names of debug
 * information, a static probe, a tracepoint; and,
 * where there are kprobes, the system call, its arguments by name. */
static void test_rows(void **state)
{
	bool kprobes = !access("/sys/bus/event_source/devices/kprobe", F_OK);
	char *entry = spec("@:bcc_traced_call(long n, char *text) (n % 2 == 0) \"%ld=%-5s|\", n, text");
	char *leave = spec(
		"r:@:bcc_traced_call(long n, char *text) (STRCMP(\"three\", $entry(text)) && $latency > 0) "
		"\"%s gives %d, 100%%\", text, retval");
	char *again = spec("r:@:bcc_traced_call(long n) (n == 3) \"%d\", $entry(n)");
	char *third = spec("r:@:bcc_traced_call(long n) (n == 4) \"%U\", 0");
	char *usdt = spec("u:@:traced_probe \"%d\", arg1");
	/* members of a struct that only the program has, under the user's own name; an enumerator */
	char *record = spec(
		"@:bcc_traced_record(struct bcc_traced_record *it, double unused, short count) "
		"(it->high == 9 && it->kind == TRACED_COLD && it->kind != TRACED_WARM) \"%d %s %d %c %d\", count, "
		"it->text, it->low, it->link.next->letter, it->link.next->number");
	char *whole = spec("@:bcc_traced_record \"%S %S\", record->link.next, record->link");
	char pid[16], expected[4096] = HEADING "\n", structs[256];
	unsigned long address;
	const char *at;
	struct workload w;
	struct tool_run run;
	int id;

	workload_new(&w, "traced", call_all, NULL);
	id = w.pid;
	tool_start(&run, TRACE, "-p", number_text(pid, id), entry, leave, again, third, usdt, record, whole,
		"t:syscalls:sys_enter_getpriority \"%d\", args->who",
		kprobes ? "sys_getpriority (who == 104) \"%d %d\", who, arg2"
			: "t:raw_syscalls:sys_enter (args->id == -1)");
	tool_wait_line(&run, HEADING);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	for (int i = 0; i < CALLS; i++) {
		static const char *const texts[] = {"0=zero |", NULL, "2=two  |", NULL, "4=four |"};
		char who[8];

		if (texts[i])
			add_row(expected, id, "bcc_traced_call", texts[i]);
		/* in the order in which the kernel runs the programs of one return */
		if (i == 3 && strstr(run.text, "three gives") < strstr(run.text, "  3\n"))
			add_row(expected, id, "bcc_traced_call", "three gives 48, 100%");
		if (i == 3)
			add_row(expected, id, "bcc_traced_call", "3");
		if (i == 3 && strstr(run.text, "three gives") > strstr(run.text, "  3\n"))
			add_row(expected, id, "bcc_traced_call", "three gives 48, 100%");
		if (i == 4)
			add_row(expected, id, "bcc_traced_call", "[unknown]");
		if (i == 4 && kprobes && strstr(run.text, "104 104\n") < strstr(run.text, "  104\n"))
			add_row(expected, id, "sys_getpriority", "104 104");
		add_row(expected, id, "sys_enter_getpriority", number_text(who, 100 + i));
		if (i == 4 && kprobes && strstr(run.text, "104 104\n") > strstr(run.text, "  104\n"))
			add_row(expected, id, "sys_getpriority", "104 104");
	}
	/* in the order in which the kernel runs them */
	at = strstr(run.text, ".next = (struct bcc_traced_link *)0x");
	if (!at)
		fail_msg("%s%s", run.text, run.errors);
	address = strtoull(strstr(at, "0x"), NULL, 16);
	if (strstr(run.text, "7 one 5 m 12") < at)
		add_row(expected, id, "bcc_traced_record", "7 one 5 m 12");
	sprintf(structs,
		"(struct bcc_traced_link){.number = (int)12,.letter = (char)109,} (struct bcc_traced_link){.next = "
		"(struct bcc_traced_link *)0x%lx,.number = (int)11,.letter = (char)108,}",
		address);
	add_row(expected, id, "bcc_traced_record", structs);
	if (strstr(run.text, "7 one 5 m 12") > at)
		add_row(expected, id, "bcc_traced_record", "7 one 5 m 12");
	add_row(expected, id, "traced_probe", "-7");
	assert_string_equal(run.errors, "");
	assert_string_equal(run.text, expected);
	assert_int_equal(run.status, 0);
	tool_free(&run);
	free(entry);
	free(leave);
	free(again);
	free(third);
	free(usdt);
	free(record);
	free(whole);
}

/* Variables that static probes have as arguments, by their names. */
static void test_static_names(void **state)
{
	char *named = spec("u:@:named_probe (number == 21 && place->number == 221) "
			   "\"%d %s %ld %d\", number, text, twice, stored"),
	     *twice = spec("u:@:twice_probe \"%d\", number"),
	     *wrong = spec("u:@:twice_probe \"%d\", one_way");
	char pid[16], expected[1024] = HEADING "\n";
	struct tool_run run;
	struct workload w;

	workload_new(&w, "traced", call_named, NULL);
	tool_start(&run, TRACE, "-p", number_text(pid, w.pid), named, twice);
	tool_wait_line(&run, HEADING);
	workload_go(&w);
	tool_end(&run, 60);
	add_row(expected, w.pid, "named_probe", "21 twenty-one 42 121");
	add_row(expected, w.pid, "twice_probe", "22");
	add_row(expected, w.pid, "twice_probe", "23");
	assert_string_equal(run.errors, "");
	assert_string_equal(run.text, expected);
	tool_free(&run);
	free(named);
	free(twice);
	/* it is another argument at the other place */
	tool_expect_end(1, "undeclared identifier 'one_way'", TRACE, wrong, NULL);
	free(wrong);
}

/* Stacks, by addresses or by the files that are named; of this process, as names of functions are those of
 * processes that are still there. */
static void test_stacks(void **state)
{
	char *entry = spec("@:bcc_traced_call (arg1 > 1) \"%c\", arg1 < 4 ? 'a' : 'b'"), *frame, *end;
	struct tool_run table, json;
	char pid[16];

	tool_start(&table, TRACE, "-p", number_text(pid, getpid()), "-UKtuC", "-M", "1", entry);
	tool_start(&json, TRACE, "-p", pid, "--json", "-f", "a", "-A", "-U", "-a", "-s", self, entry);
	tool_wait_line(&table, "TIME              CPU " HEADING);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	call_all(NULL);
	tool_end(&table, 60);
	tool_stop(&json, SIGINT);
	assert_string_equal(table.errors, "");
	assert_string_equal(json.errors, "");
	frame = strstr(table.text, "\n        bcc_traced_call+0x");
	assert_non_null(frame);
	assert_non_null(strstr(frame, " [kernel_tools_trace]\n"));
	assert_null(strstr(frame, " a\n"));
	assert_string_equal(table.text + strlen(table.text) - 2, "\n\n");
	frame = strstr(json.text, "\"func\":\"bcc_traced_call\",\"message\":\"a\",\"stack\":[\" ");
	assert_non_null(frame);
	assert_non_null(strstr(frame, " bcc_traced_call+0x0 [kernel_tools_trace]\""));
	end = strstr(frame, "\"],\"count\":2}\n");
	assert_non_null(end);
	assert_null(strchr(end, '{'));
	assert_null(strstr(json.text, "time"));
	tool_free(&table);
	tool_free(&json);
	free(entry);
}

#ifdef SYS_chown
static void change_owners(void)
{
	static char path[] = "/nonexistent/bcc-own";

	path[sizeof(path) - 1] = 0; /* BPF cannot read pages that have never been touched */
	syscall(SYS_chown, path, 1, 2);
	syscall(SYS_fchown, -7, 3, 4);
	syscall(SYS_lchown, path, 5, 6);
}
#endif

static void share_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* Until the CPU has been taken away so many times, by another process on the same one. */
static void yield_often(void *ctx)
{
	pid_t other = fork();
	struct rusage usage;
	long begin;

	getrusage(RUSAGE_SELF, &usage);
	begin = usage.ru_nivcsw;
	share_cpu();
	do {
		sched_yield();
		getrusage(RUSAGE_SELF, &usage);
	} while (!other || usage.ru_nivcsw < begin + YIELDS);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
#ifdef SYS_chown
	change_owners();
#endif
}

/* How often a CPU was taken from a process that waits now. */
static long involuntary_switches(pid_t pid)
{
	char path[64], line[256], state = 0;
	long count = -1;

	sprintf(path, "/proc/%d/status", pid);
	while (state != 'S') {
		FILE *f = fopen(path, "re");

		assert_non_null(f);
		while (fgets(line, sizeof(line), f)) {
			sscanf(line, "State: %c", &state);
			sscanf(line, "nonvoluntary_ctxt_switches: %ld", &count);
		}
		fclose(f);
	}
	return count;
}

/* What BCC's tutorial for users shows: which switches are not voluntary, by a macro of the kernel that BTF
 * does not have; and who changes owners of files. */
static void test_tutorial(void **state)
{
	bool kprobes = !access("/sys/bus/event_source/devices/kprobe", F_OK);
	struct lasting_child child;
	struct tool_run run;
	char pid[16];
	long before, rows = 0;

	lasting_child_new(&child, "traced", yield_often, NULL);
	tool_start(&run, TRACE, "-p", number_text(pid, child.pid),
		/* 256: TASK_REPORT_MAX, by which kernels from 4.14 report one that was preempted */
		"t:sched:sched_switch (args->prev_state == TASK_STATE_MAX || args->prev_state == 0 || "
		"args->prev_state == 256)",
#ifdef SYS_chown
		kprobes ? "p::SyS_chown \"file = %s, to_uid = %d, to_gid = %d, from_uid = %d\", arg1, arg2, arg3, $uid"
			: NULL,
		"p::SyS_fchown \"fd = %d, to_uid = %d, to_gid = %d, from_uid = %d\", arg1, arg2, arg3, $uid",
		"p::SyS_lchown \"file = %s, to_uid = %d, to_gid = %d, from_uid = %d\", arg1, arg2, arg3, $uid",
#endif
		NULL);
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	before = involuntary_switches(child.pid);
	lasting_child_go(&child);
	before = involuntary_switches(child.pid) - before;
	tool_stop(&run, SIGINT);
	lasting_child_end(&child);
	for (const char *at = run.text; (at = strstr(at, " sched_switch ")); at++)
		rows++;
	assert_true(before >= YIELDS);
	tool_assert_count(rows, before);
#ifdef SYS_chown
	if (kprobes) {
		assert_non_null(strstr(run.text,
			" SyS_chown        file = /nonexistent/bcc-own, to_uid = 1, to_gid = 2, from_uid = 0\n"));
		assert_non_null(strstr(
			run.text, " SyS_fchown       fd = -7, to_uid = 3, to_gid = 4, from_uid = 0\n"));
		assert_non_null(strstr(run.text,
			" SyS_lchown       file = /nonexistent/bcc-own, to_uid = 5, to_gid = 6, from_uid = 0\n"));
	}
#endif
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

/* What is wrong is said at its column, by us or by the compiler. */
static void test_errors(void **state)
{
	tool_expect_end(2, "c:open (arg1 = 1), column 14: ", TRACE, "c:open (arg1 = 1)", NULL);
	tool_expect_end(2, "there is room for", TRACE, "-Z4096", "c:open \"%s%s%s%s%s\", 1, 2, 3, 4, 5");
	tool_expect_end(1, "open, column:17:1: error: use of undeclared identifier 'SOME_THING'", TRACE,
		"c:open (arg1 == SOME_THING)", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_static_names),
		cmocka_unit_test(test_stacks), cmocka_unit_test(test_tutorial),
		cmocka_unit_test(test_errors)};

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
