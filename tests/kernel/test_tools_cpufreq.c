/* SPDX-License-Identifier: Apache-2.0 */
/* cpufreq, where no CPU has a frequency that changes: the test runs the tool's program for the tracepoint and
 * says what the frequencies are. Two processes each run on a CPU of their own. */
#include <sched.h>

#include "testlib.h"
#include "tool_program.h"

#define CPUFREQ "tools/cpufreq"
#define TITLE "Sampling CPU freq system-wide & by process. Ctrl-C to end."

static const char *const names[] = {"burn;0", "burn;1"};
static const int slots[] = {1200, 2400}; /* MHz, of these */

static pid_t burners[2];
static int cpus[2];

/* If there is only one CPU, there is one. */
static int start_burners(void)
{
	cpu_set_t all, one;
	int found = 0;

	if (sched_getaffinity(0, sizeof(all), &all))
		return -1;
	for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		cpus[found] = cpu;
		burners[found] = fork();
		if (burners[found] < 0)
			return -1;
		if (!burners[found]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			prctl(PR_SET_NAME, names[found]);
			if (sched_setaffinity(0, sizeof(one), &one))
				_exit(1);
			for (volatile long n = 0;; n++)
				;
		}
		found++;
	}
	return 0;
}

static int stop_burners(void **state)
{
	for (int i = 0; i < 2; i++)
		if (burners[i] > 0) {
			kill(burners[i], SIGKILL);
			waitpid(burners[i], NULL, 0);
		}
	return 0;
}

static void set_frequency(int program, int cpu, uint64_t khz)
{
	uint64_t args[] = {khz, cpu};

	tool_program_run(program, args, sizeof(args));
}

/* What is counted in a section's slots in all outputs: in this one, and in others. */
static long count_slots(const struct tool_run *run, const char *comm, int slot, long *elsewhere)
{
	char heading[96];
	long in_it = 0, low, count;
	const char *at = run->text;

	sprintf(heading, "\ncomm = %s\n     MHz           : count     distribution\n", comm);
	*elsewhere = 0;
	while ((at = strstr(at, heading)))
		for (at += strlen(heading); sscanf(at, "%ld : %ld", &low, &count) == 2;
			at = strchr(at, '\n') + 1)
			*(low == slot ? &in_it : elsewhere) += count;
	return in_it;
}

static void test_frequencies(void **state)
{
	long elsewhere;
	double seconds = tool_now();
	struct tool_run run;
	int program;

	if (!access("/sys/devices/system/cpu/cpu0/cpufreq", F_OK)) {
		print_message("skipped: the frequencies of this machine's CPUs change\n");
		skip();
	}
	tool_start(&run, CPUFREQ, "-f", "199", "1");
	tool_wait_line(&run, TITLE);
	/* not before: the text is compiled by CPUs that have nothing else to do */
	assert_int_equal(start_burners(), 0);
	program = tool_program(&run, "cpu_frequency");
	for (int i = 0; i < 2; i++)
		if (burners[i])
			set_frequency(program, cpus[i], (slots[i] + 77) * 1000);
	close(program);
	for (int i = 0; i < 2; i++) {
		char heading[32];

		sprintf(heading, "comm = %s", names[i]);
		if (burners[i])
			tool_wait_line(&run, heading);
	}
	tool_stop(&run, SIGINT);
	assert_non_null(strstr(run.errors, "does not know the frequencies"));
	seconds = tool_now() - seconds;
	for (int i = 0; i < 2; i++) {
		long count;

		if (!burners[i])
			continue;
		count = count_slots(&run, names[i], slots[i], &elsewhere);
		assert_int_equal(elsewhere, 0);
		/* 199 a second; each sample of the process is one of the machine, whose table is read a bit
		 * earlier at the end */
		assert_in_range(count, 1, 199 * (seconds + 1));
		assert_in_range(
			count_slots(&run, "syswide", slots[i], &elsewhere), count / 2, 199 * (seconds + 1));
	}
	tool_free(&run);
}

static void test_wrong(void **state)
{
	tool_expect_end(2, "", CPUFREQ, "-f", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frequencies),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, stop_burners);
}
