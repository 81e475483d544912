/* SPDX-License-Identifier: Apache-2.0 */
/* sigsnoop shows the signals that a process is known to have sent, and what became of them. */
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define SIGSNOOP "tools/sigsnoop"
#define HEADER "TIME     PID     COMM             SIG          TPID    TCOMM            RESULT"

/* The sender sends to itself, to a process that does not exist, and at its end to this program. */
enum { NOBODY = 0x3fffffff, REAL_TIME = 40 };

static void send_all(void *ctx)
{
	struct rlimit none = {0, 0};
	siginfo_t info = {.si_code = SI_QUEUE};
	pid_t self = getpid();
	sigset_t blocked;

	setrlimit(RLIMIT_SIGPENDING, &none);
	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	syscall(SYS_kill, self, 0);
	syscall(SYS_kill, self, SIGUSR1);
	syscall(SYS_kill, self, SIGUSR2);
	syscall(SYS_tgkill, self, self, SIGUSR1);
	syscall(SYS_kill, self, SIGUSR2);
	syscall(SYS_kill, NOBODY, SIGUSR1);
	syscall(SYS_rt_sigqueueinfo, self, REAL_TIME, &info);
	_exit(0);
}

enum target { SELF, NOONE, PARENT };

struct sent {
	const char *signal;
	enum target target;
	const char *tcomm;
	int result;
};

static void run_sender(struct tool_run *run, struct workload *w, const char *heading, const char *const *args)
{
	char pid[16];

	prctl(PR_SET_NAME, "receiver");
	workload_new(w, "sender", send_all, NULL);
	tool_start(run, SIGSNOOP, "-p", number_text(pid, w->pid), args[0], args[0] ? args[1] : NULL,
		args[0] && args[1] ? args[2] : NULL);
	if (heading)
		tool_wait_line(run, heading);
	else
		while (!strchr(run->text, '\n'))
			assert_true(tool_read(run, 60000));
	workload_go(w);
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL, NULL})

static void check(const char *const *args, const struct sent *sent)
{
	char expected[4096];
	struct tool_run run;
	struct workload w;

	run_sender(&run, &w, HEADER, args);
	tool_cut_times(&run, 9);
	sprintf(expected, "%s\n", HEADER + 9);
	for (; sent->signal; sent++)
		add(expected, "%-7d %-16s %-12s %-7d %-16s %-6d\n", w.pid, "sender", sent->signal,
			sent->target == SELF	? w.pid
			: sent->target == NOONE ? NOBODY
						: getpid(),
			sent->tcomm, sent->result);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_signals(void **state)
{
	check(ARGUMENTS(NULL), (const struct sent[]){{"10", SELF, "sender", 0}, {"12", SELF, "sender", 0},
				       {"10", SELF, "sender", 0}, {"12", SELF, "sender", 0},
				       {"40", SELF, "sender", -EAGAIN}, {"17", PARENT, "receiver", 0}, {0}});
}

static void test_names(void **state)
{
	check(ARGUMENTS("-n", "-s", "!CHLD"),
		(const struct sent[]){{"SIGUSR1", SELF, "sender", 0}, {"SIGUSR2", SELF, "sender", 0},
			{"SIGUSR1", SELF, "sender", 0}, {"SIGUSR2", SELF, "sender", 0},
			{"SIGRTMIN+8", SELF, "sender", -EAGAIN}, {0}});
}

static void test_some(void **state)
{
	check(ARGUMENTS("-s", "12,SIGCHLD"),
		(const struct sent[]){{"12", SELF, "sender", 0}, {"12", SELF, "sender", 0},
			{"17", PARENT, "receiver", 0}, {0}});
}

static void test_failed(void **state)
{
	check(ARGUMENTS("-x"), (const struct sent[]){{"40", SELF, "sender", -EAGAIN}, {0}});
}

static void test_target(void **state)
{
	char self[16];

	check(ARGUMENTS("-T", number_text(self, getpid())),
		(const struct sent[]){{"17", PARENT, "receiver", 0}, {0}});
}

static void test_calls(void **state)
{
	check(ARGUMENTS("--kill"),
		(const struct sent[]){{"0", SELF, "-", 0}, {"10", SELF, "sender", 0},
			{"12", SELF, "sender", 0}, {"10", SELF, "sender", 0}, {"12", SELF, "sender", 0},
			{"10", NOONE, "-", -ESRCH}, {"40", SELF, "sender", -EAGAIN}, {0}});
}

static void test_calls_failed(void **state)
{
	check(ARGUMENTS("-kx", "-s", "!RTMIN+8"), (const struct sent[]){{"10", NOONE, "-", -ESRCH}, {0}});
}

/* What became of the signals, and why they were sent: SI_USER, SI_TKILL, SI_QUEUE, CLD_EXITED. */
static void test_fates(void **state)
{
	struct tool_run run;
	struct workload w;

	run_sender(&run, &w, "NAME     FATE      CODE   CALL             ",
		ARGUMENTS("--columns", "name,fate,code,call"));
	tool_assert_output(&run, "NAME     FATE      CODE   CALL             \n"
				 "USR1     ignored   0      -                \n"
				 "USR2     delivered 0      -                \n"
				 "USR1     ignored   -6     -                \n"
				 "USR2     pending   0      -                \n"
				 "RTMIN+8  overflow  -1     -                \n"
				 "CHLD     ignored   1      -                \n");
	tool_free(&run);
	run_sender(&run, &w, "NAME     FATE      CODE   CALL             ",
		ARGUMENTS("-k", "--columns", "name,fate,code,call"));
	tool_assert_output(&run, "NAME     FATE      CODE   CALL             \n"
				 "0        -         -      kill             \n"
				 "USR1     ignored   0      kill             \n"
				 "USR2     delivered 0      kill             \n"
				 "USR1     ignored   -6     tgkill           \n"
				 "USR2     pending   0      kill             \n"
				 "USR1     -         -      kill             \n"
				 "RTMIN+8  overflow  -1     rt_sigqueueinfo  \n");
	tool_free(&run);
}

static void test_json(void **state)
{
	char expected[512];
	struct tool_run run;
	struct workload w;
	char *row;

	run_sender(&run, &w, NULL, ARGUMENTS("--json", "-x"));
	assert_int_equal(tool_count_lines(&run), 2);
	row = strstr(run.text, "\"pid\":");
	assert_non_null(row);
	sprintf(expected,
		"\"pid\":%d,\"comm\":\"sender\",\"sig\":40,\"tpid\":%d,\"tcomm\":\"sender\",\"result\":-11,"
		"\"signal_name\":\"RTMIN+8\",\"fate\":\"overflow\",\"code\":-1}\n",
		w.pid, w.pid);
	assert_string_equal(row, expected);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"NOPE", "0", "65", "", "!"};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, SIGSNOOP, "-s", wrong[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_some),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_calls_failed),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
