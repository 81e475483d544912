/* SPDX-License-Identifier: Apache-2.0 */
/* killsnoop shows the signals that a process is known to have sent. */
#include <sys/syscall.h>

#include "tool_run.h"

#define KILLSNOOP "tools/killsnoop"

/* The sender sends only to itself, and to a process that does not exist. */
enum { NOBODY = 0x3fffffff };

static int width(void)
{
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	int max, digits;

	assert_int_equal(fscanf(f, "%d%n", &max, &digits), 1);
	fclose(f);
	return digits + 1;
}

static void send_all(void *ctx)
{
	siginfo_t info = {.si_code = SI_QUEUE};
	pid_t self = getpid();

	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	syscall(SYS_kill, self, 0);
	syscall(SYS_kill, self, SIGUSR1);
	syscall(SYS_kill, NOBODY, SIGUSR2);
	syscall(SYS_kill, self, 100);
	syscall(SYS_tkill, self, SIGUSR1);
	syscall(SYS_tgkill, self, self, SIGUSR2);
	syscall(SYS_rt_sigqueueinfo, self, SIGUSR1, &info);
	syscall(SYS_rt_tgsigqueueinfo, self, self, SIGUSR1, &info);
	syscall(SYS_pidfd_send_signal, 77, SIGUSR1, NULL, 0);
}

struct sent {
	int signal, target, result; /* target 0: itself */
	const char *call;
};

static void check(const char *option, const char *value, const struct sent *sent, bool with_calls)
{
	char header[256], expected[4096], pid[16];
	struct tool_run run;
	struct workload w;
	int w_ = width();

	workload_new(&w, "sender", send_all, NULL);
	tool_start(&run, KILLSNOOP, "-p", number_text(pid, w.pid), option, value);
	sprintf(header, "TIME      %-*s %-16s %-4s %-*s RESULT%s", w_, "PID", "COMM", "SIG", w_, "TPID",
		with_calls ? " CALL" : "");
	tool_wait_line(&run, header);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	tool_cut_times(&run, 10);
	sprintf(expected, "%s\n", header + 10);
	for (; sent->call; sent++)
		add(expected, "%-*d %-16s %-4d %-*d %d%s%s\n", w_, w.pid, "sender", sent->signal, w_,
			sent->target ? sent->target : w.pid, sent->result, with_calls ? " " : "",
			with_calls ? sent->call : "");
	tool_assert_output(&run, expected);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_kill(void **state)
{
	check(NULL, NULL,
		(const struct sent[]){{0, 0, 0, "kill"}, {SIGUSR1, 0, 0, "kill"},
			{SIGUSR2, NOBODY, -ESRCH, "kill"}, {100, 0, -EINVAL, "kill"}, {0}},
		false);
}

static void test_failed(void **state)
{
	check("-x", NULL,
		(const struct sent[]){{SIGUSR2, NOBODY, -ESRCH, "kill"}, {100, 0, -EINVAL, "kill"}, {0}},
		false);
}

static void test_signals(void **state)
{
	check("-s", "usr2,SIGTERM,40", (const struct sent[]){{SIGUSR2, NOBODY, -ESRCH, "kill"}, {0}}, false);
}

static void test_other_signals(void **state)
{
	check("-s", "!USR1",
		(const struct sent[]){
			{0, 0, 0, "kill"}, {SIGUSR2, NOBODY, -ESRCH, "kill"}, {100, 0, -EINVAL, "kill"}, {0}},
		false);
}

static void test_target(void **state)
{
	char target[16];

	check("-T", number_text(target, NOBODY),
		(const struct sent[]){{SIGUSR2, NOBODY, -ESRCH, "kill"}, {0}}, false);
}

static void test_all_calls(void **state)
{
	check("--all", NULL,
		(const struct sent[]){{0, 0, 0, "kill"}, {SIGUSR1, 0, 0, "kill"},
			{SIGUSR2, NOBODY, -ESRCH, "kill"}, {100, 0, -EINVAL, "kill"},
			{SIGUSR1, 0, 0, "tkill"}, {SIGUSR2, 0, 0, "tgkill"},
			{SIGUSR1, 0, 0, "rt_sigqueueinfo"}, {SIGUSR1, 0, 0, "rt_tgsigqueueinfo"},
			{SIGUSR1, 77, -EBADF, "pidfd_send_signal"}, {0}},
		true);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"NOPE", "0", "65", "", "KILL,", "!", "!NOPE"};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, KILLSNOOP, "-s", wrong[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_other_signals),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_all_calls),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
