/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What memory.py measures memleak with.
 *
 *   bench_memory work        for each line of its input, a number, allocates and frees so often; prints the
 *                            nanoseconds of CPU time that it took
 *   bench_memory empty PID   attaches programs that do nothing to the functions that are called in PID; says
 *                            "ready", and ends with its input
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bcc/bcc.h>

enum { LIVE = 64, BYTES = 48 };

static void *volatile live[LIVE];

static uint64_t cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int work(void)
{
	unsigned long count;

	while (scanf("%lu", &count) == 1) {
		uint64_t begin = cpu_time();

		for (unsigned long i = 0; i < count; i++) {
			free(live[i % LIVE]);
			live[i % LIVE] = malloc(BYTES);
		}
		printf("%llu\n", (unsigned long long)(cpu_time() - begin));
		fflush(stdout);
	}
	return 0;
}

static int empty(int pid)
{
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "malloc", .pid = pid);
	struct bcc *b;
	int ret = bcc_open_text("int nothing(struct pt_regs *ctx) { return 0; }\n", NULL, &b);

	if (!ret)
		ret = bcc_attach_uprobe(b, "nothing", "c", &opts, NULL);
	opts.retprobe = true;
	if (!ret)
		ret = bcc_attach_uprobe(b, "nothing", "c", &opts, NULL);
	opts.retprobe = false;
	opts.symbol = "free";
	if (!ret)
		ret = bcc_attach_uprobe(b, "nothing", "c", &opts, NULL);
	if (ret)
		fprintf(stderr, "%s\n", bcc_error(b));
	else
		puts("ready");
	fflush(stdout);
	while (!ret && getchar() != EOF)
		;
	bcc_close(b);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "work"))
		return work();
	if (argc == 3 && !strcmp(argv[1], "empty"))
		return empty(atoi(argv[2]));
	fputs("usage: bench_memory work | empty PID\n", stderr);
	return 2;
}
