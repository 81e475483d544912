/* SPDX-License-Identifier: Apache-2.0 */
/* ppchcalls: its programs are run with calls that the test makes up, since only POWER has a hypervisor that
 * is called so; and what the tool itself says elsewhere. */
#include <sched.h>

#include "testlib.h"
#include "tool_run.h"

#define PPCHCALLS "tools/ppchcalls"

enum { ENTER = 8, PUT_TCE = 32, FAILS = -4, ENTRIES = 8 };

/* As tools/cpu/ppchcalls.h has them. */
struct entry {
	uint64_t number;
	uint32_t padding, period;
	uint64_t count, time, least, most;
	char comm[16];
};

static struct bcc *b;
static struct entry entries[ENTRIES];
static unsigned entry_count;

/* The tool's text, with a variable set. */
static void load(const char *variable, const char *value)
{
	struct tool_run run;

	tool_start(&run, PPCHCALLS, "--ebpf");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	if (bcc_open_text(run.text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b))
		fail_msg("%s", bcc_error(b));
	if (variable)
		expect_ok(b, bcc_variable_set_text(bcc_variable_find(b, variable), value));
	expect_ok(b, bcc_create(b));
	tool_free(&run);
}

static void run_program(const char *name, uint64_t number, int64_t result)
{
	uint64_t args[3] = {number, result};
	struct bcc_test_run run =
		BCC_OPTS(struct bcc_test_run, .context = args, .context_size = sizeof(args));

	expect_ok(b, bcc_program_test_run(bcc_program_find(b, name), &run));
}

static void call(unsigned times, uint64_t number, int64_t result)
{
	while (times--) {
		run_program("raw_tracepoint__hcall_entry", number, 0);
		run_program("raw_tracepoint__hcall_exit", number, result);
	}
}

static int keep(void *ctx, const void *key, const void *value)
{
	assert_true(entry_count < ENTRIES);
	memcpy(&entries[entry_count], key, offsetof(struct entry, count));
	memcpy(&entries[entry_count].count, value, sizeof(struct entry) - offsetof(struct entry, count));
	entry_count++;
	return 0;
}

static void read_entries(void)
{
	entry_count = 0;
	expect_ok(b, bcc_table_each(bcc_table_find(b, "counts"), keep, NULL));
}

static const struct entry *entry_of(uint64_t number)
{
	for (unsigned i = 0; i < entry_count; i++)
		if (entries[i].number == number)
			return &entries[i];
	fail_msg("nothing is counted for %llu", (unsigned long long)number);
	return NULL;
}

static void make_calls(void)
{
	call(7, ENTER, 0);
	call(5, PUT_TCE, 0);
	call(3, PUT_TCE, FAILS);
	call(2, ENTER, -1);
	read_entries();
}

static void test_counts(void **state)
{
	static const struct {
		const char *variable, *value;
		unsigned of_enter, of_put_tce;
	} cases[] = {{NULL, NULL, 9, 8}, {"only_failed", "true", 2, 3}, {"only_error", "4", 0, 3}};

	for (int i = 0; i < 3; i++) {
		load(cases[i].variable, cases[i].value);
		make_calls();
		assert_int_equal(entry_count, !!cases[i].of_enter + !!cases[i].of_put_tce);
		if (cases[i].of_enter)
			assert_int_equal(entry_of(ENTER)->count, cases[i].of_enter);
		assert_int_equal(entry_of(PUT_TCE)->count, cases[i].of_put_tce);
		assert_int_equal(entry_of(PUT_TCE)->time, 0);
		bcc_close(b);
	}
}

static void test_latency(void **state)
{
	const struct entry *e;

	load("with_latency", "true");
	/* began before the tool did, or is another one */
	run_program("raw_tracepoint__hcall_exit", ENTER, 0);
	make_calls();
	e = entry_of(ENTER);
	assert_int_equal(e->count, 9);
	assert_true(e->least > 0 && e->least <= e->most);
	assert_true(e->time >= 8 * e->least + e->most && e->time <= 8 * e->most + e->least);
	bcc_close(b);
}

static void test_processes(void **state)
{
	char comm[16] = "";
	FILE *f = fopen("/proc/self/comm", "re");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%15s", comm), 1);
	fclose(f);
	load("by_process", "true");
	make_calls();
	assert_int_equal(entry_count, 1);
	assert_int_equal(entry_of(getpid())->count, 17);
	assert_string_equal(entries[0].comm, comm);
	bcc_close(b);
}

static void test_tool(void **state)
{
	struct tool_run run;

	tool_expect_end(
		2, "there is no hypervisor call 'H_NONE'; -l lists them", PPCHCALLS, "--hcall", "H_NONE");
	tool_start(&run, PPCHCALLS, "-l");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.text, "H_ADD_CONN                  H_ADD_LOGICAL_LAN_BUFFER "));
	tool_free(&run);
	if (access("/sys/kernel/tracing/events/powerpc/hcall_entry", F_OK))
		tool_expect_end(1, "this kernel has no raw tracepoint \"hcall_exit\"", PPCHCALLS, "-x", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_latency),
		cmocka_unit_test(test_processes), cmocka_unit_test(test_tool)};

	cpu_set_t here;

	if (geteuid()) {
		fputs("skipped: needs root\n", stderr);
		return 77;
	}
	/* a call begins and ends on one CPU */
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here)) {
		perror("sched_setaffinity");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
