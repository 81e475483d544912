/* SPDX-License-Identifier: Apache-2.0 */
/* trace prints a row for each call of our function that its condition wants, with the values of that call. */
#include <sys/syscall.h>

#include "static_probe.h"
#include "tool_run.h"

#define TRACE "tools/trace"
#define HEADING "PID     TID     COMM            FUNC             -"

enum { CALLS = 5 };

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

static __attribute__((noinline)) void probe(int number)
{
#ifdef __x86_64__
	__asm__ volatile(STATIC_PROBE("bcc", "traced_probe", "0", "-4@%[number]") : : [number] "r"(number));
#else
	__asm__ volatile(STATIC_PROBE("bcc", "traced_probe", "0", "-4@%w[number]") : : [number] "r"(number));
#endif
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_stacks), cmocka_unit_test(test_errors)};

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
