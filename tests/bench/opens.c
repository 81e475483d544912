/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work for tracers of open(2): opens.py runs them beside it.
 *
 *   bench_opens make SECONDS CPU   for each byte of stdin up to a 'g' tries to open a file that is not there;
 *                                  then opens one again and again, and prints NAME=VALUE: opens, its CPU time
 *   bench_opens spin CPU           keeps a CPU busy until it is killed
 *   bench_opens empty              has empty programs at opensnoop's tracepoints, until stdin ends
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bcc/bcc.h>

#define PATH "/etc/hostname"
#define MISSING "/opens-begin"
#define OPENS_A_LOOK 64 /* between two looks at the clock */

static const char text[] = "TRACEPOINT_PROBE(syscalls, sys_enter_openat) { return 0; }\n"
			   "TRACEPOINT_PROBE(syscalls, sys_exit_openat) { return 0; }\n";

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int stay_on(const char *cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(atoi(cpu), &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static int make(double seconds)
{
	double end, used;
	uint64_t opens = 0;
	int c;

	while ((c = getchar()) != 'g' && c != EOF)
		open(MISSING, O_RDONLY | O_CLOEXEC);
	end = seconds_of(CLOCK_MONOTONIC) + seconds;
	used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	while (seconds_of(CLOCK_MONOTONIC) < end) {
		for (int i = 0; i < OPENS_A_LOOK; i++) {
			int fd = open(PATH, O_RDONLY | O_CLOEXEC);

			if (fd < 0) {
				perror("bench_opens: " PATH);
				return EXIT_FAILURE;
			}
			close(fd);
		}
		opens += OPENS_A_LOOK;
	}
	printf("opens=%llu cpu=%f\n", (unsigned long long)opens, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - used);
	return EXIT_SUCCESS;
}

static int empty(void)
{
	struct bcc *b;
	int ret = bcc_open_text(text, NULL, &b);

	if (ret >= 0)
		ret = bcc_attach_all(b);
	if (ret >= 0) {
		puts("ready");
		fflush(stdout);
		while (getchar() != EOF)
			;
	} else {
		fprintf(stderr, "bench_opens: %s\n", bcc_error(b));
	}
	bcc_close(b);
	return ret < 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "make") && !stay_on(argv[3]))
		return make(atof(argv[2]));
	if (argc == 3 && !strcmp(what, "spin") && !stay_on(argv[2]))
		for (volatile uint64_t turns = 0;; turns++)
			;
	if (argc == 2 && !strcmp(what, "empty"))
		return empty();
	fprintf(stderr, "usage: bench_opens make SECONDS CPU | spin CPU | empty\n");
	return 2;
}
