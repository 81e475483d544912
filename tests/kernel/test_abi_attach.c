/* SPDX-License-Identifier: Apache-2.0 */
/* Attaching with BCC's functions where opening an event is not enough: functions that the kernel has renamed
 * or removed, and returns of many concurrent calls. */
#include <pthread.h>
#include <time.h>

#include <linux/bpf.h>

#include "libbcc/abi/abi.h"
#include "stderr_said.h"
#include "kernel_symbols.h"
#include "testlib.h"

#define CALLS 7

/* What bpf_attach_kprobe() is asked for, and its result. */
static struct {
	int prog, type, maxactive;
	const char *function;
	int link, code;
} ask;

static void attach(void)
{
	errno = 0;
	ask.link = bpf_attach_kprobe(ask.prog, ask.type, "p_test", ask.function, 0, ask.maxactive);
	ask.code = errno;
}

/* A module with one function, which counts the calls of this process; its program goes to `ask`. */
static void *open_counter(void)
{
	static const char text[] = "BPF_ARRAY(calls, u64, 1);\n"
				   "int on_call(struct pt_regs *ctx)\n"
				   "{\n"
				   "	if (bpf_get_current_pid_tgid() >> 32 == PID)\n"
				   "		calls.atomic_increment(0);\n"
				   "	return 0;\n"
				   "}\n";
	char pid[32];
	const char *cflags[] = {pid};
	void *m;

	if (!have_kprobes() || geteuid() != 0)
		test_missing("no kprobes here");
	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	m = bpf_module_create_c_from_string(text, 0, cflags, 1, true, NULL);
	assert_non_null(m);
	ask.prog = bcc_func_load(m, BPF_PROG_TYPE_KPROBE, "on_call", bpf_function_start(m, "on_call"),
		bpf_function_size(m, "on_call"), "GPL", 0, 0, NULL, 0, NULL, -1);
	assert_true(ask.prog >= 0);
	return m;
}

static uint64_t calls_of(void *m)
{
	uint64_t calls = 0;

	assert_int_equal(bpf_lookup_elem(bpf_table_fd(m, "calls"), &(uint32_t){0}, &calls), 0);
	return calls;
}

static char *attach_to(const char *function, int type, int maxactive)
{
	ask.function = function;
	ask.type = type;
	ask.maxactive = maxactive;
	return said(attach);
}

/* The compiler has made a variant of this function, finish_task_switch.isra.0, in the kernels that these
 * tests know: it is found by the name that the source gives it. */
static void test_variant(void **state)
{
	void *m = open_counter();
	char *text_said = attach_to("finish_task_switch", BPF_PROBE_ENTRY, 0);

	assert_true(ask.link >= 0);
	assert_non_null(strstr(text_said, "probing finish_task_switch.isra.0 instead, which"));
	/* on a slow machine a sleep may be over before it begins, without a switch */
	for (int i = 0; i < 10000 && calls_of(m) < CALLS; i++)
		usleep(1000);
	assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
	assert_in_range(calls_of(m), CALLS, UINT32_MAX);
	free(text_said);
	close(ask.prog);
	bpf_module_destroy(m);
}

static void test_no_function(void **state)
{
	void *m = open_counter();
	char *text_said = attach_to("no_function_of_this_name", BPF_PROBE_ENTRY, 0);

	assert_int_equal(ask.link, -1);
	assert_int_equal(ask.code, ENOENT);
	assert_non_null(strstr(text_said, "no_function_of_this_name cannot be probed"));
	free(text_said);
	/* nor did it fail because of a number */
	text_said = attach_to("no_function_of_this_name", BPF_PROBE_RETURN, 1000);
	assert_int_equal(ask.link, -1);
	assert_int_equal(ask.code, ENOENT);
	assert_null(strstr(text_said, "maxactive"));
	free(text_said);
	close(ask.prog);
	bpf_module_destroy(m);
}

/* Where disk requests begin and end: none of these functions can be probed in the kernels that these tests
 * know. */
static void test_requests(void **state)
{
	static const char *const functions[] = {"blk_account_io_start", "blk_account_io_done"};
	void *m = open_counter();

	for (int i = 0; i < 2; i++) {
		char *text_said = attach_to(functions[i], BPF_PROBE_ENTRY, 0);

		assert_true(ask.link >= 0);
		assert_non_null(strstr(text_said, functions[i]));
		assert_non_null(strstr(text_said, "probing "));
		assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
		free(text_said);
	}
	close(ask.prog);
	bpf_module_destroy(m);
}

/* tcp_sendpage() was removed in 6.5: probing it and tcp_sendmsg() still sees everything. */
static void test_gone(void **state)
{
	void *m = open_counter();
	bool gone = kernel_has("splice_to_socket");
	char *text_said = attach_to("tcp_sendpage", BPF_PROBE_RETURN, 0);

	assert_true(ask.link >= 0);
	if (gone)
		assert_non_null(strstr(text_said, "tcp_sendmsg does all of its work"));
	else
		assert_string_equal(text_said, "");
	assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
	assert_int_equal(calls_of(m), 0);
	free(text_said);
	close(ask.prog);
	bpf_module_destroy(m);
}

#define SLEEPERS 64

static pthread_barrier_t all_asleep;

static void *sleep_a_second(void *arg)
{
	struct timespec second = {1, 0};

	pthread_barrier_wait(&all_asleep);
	nanosleep(&second, NULL);
	return NULL;
}

/* Number of threads that are in one kernel function at once. */
static void sleep_together(void)
{
	pthread_t threads[SLEEPERS];

	pthread_barrier_init(&all_asleep, NULL, SLEEPERS);
	for (int i = 0; i < SLEEPERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sleep_a_second, NULL), 0);
	for (int i = 0; i < SLEEPERS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&all_asleep);
}

/* The kernel's own limit is max(10, 2 * CPUs) concurrent calls; with maxactive none of 64 is missed. If the
 * kernel has no fprobes (Debian's 6.1), a line says that maxactive is not available. */
static void test_maxactive(void **state)
{
	void *m = open_counter();
	bool fprobes = kernel_has("register_fprobe_ips");
	char *text_said;

	if (sysconf(_SC_NPROCESSORS_CONF) > SLEEPERS / 4)
		test_too_old("with this many CPUs an ordinary kretprobe follows 64 concurrent calls");
	text_said = attach_to("hrtimer_nanosleep", BPF_PROBE_RETURN, SLEEPERS);
	assert_true(ask.link >= 0);
	sleep_together();
	if (fprobes) {
		assert_string_equal(text_said, "");
		assert_int_equal(calls_of(m), SLEEPERS);
	} else {
		assert_non_null(strstr(text_said, "maxactive 64 is not available"));
		assert_in_range(calls_of(m), 10, SLEEPERS);
	}
	free(text_said);
	/* detached: not seen */
	assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
	assert_int_equal(
		bpf_update_elem(bpf_table_fd(m, "calls"), &(uint32_t){0}, &(uint64_t){0}, BPF_ANY), 0);
	usleep(1000);
	assert_int_equal(calls_of(m), 0);
	/* a number within the kernel's own limit, and a program whose module is closed */
	text_said = attach_to("hrtimer_nanosleep", BPF_PROBE_RETURN, 1);
	assert_true(ask.link >= 0);
	assert_string_equal(text_said, "");
	free(text_said);
	usleep(1000);
	assert_int_equal(calls_of(m), 1);
	assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
	bpf_module_destroy(m);
	text_said = attach_to("hrtimer_nanosleep", BPF_PROBE_RETURN, SLEEPERS);
	assert_true(ask.link >= 0);
	assert_non_null(strstr(text_said, "maxactive 64 is not available"));
	free(text_said);
	assert_int_equal(bpf_close_perf_event_fd(ask.link), 0);
	close(ask.prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variant),
		cmocka_unit_test(test_no_function),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_maxactive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
