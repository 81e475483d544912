/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: stacks and symbols. The program stores each stack once, and counts how often it occurred; user
 * space finds names for the addresses afterwards. Flame graphs are made from such lines.
 *
 *   # ./folded_stacks 4711 5
 *   4711;_start;__libc_start_main;main;read_line;getc 17
 *   4711;_start;__libc_start_main;main;parse;-;asm_exc_page_fault_[k];exc_page_fault_[k]; 3
 */
#include <bcc/symbols.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "struct stacks { int user, kernel; };\n"
			   "BPF_HASH(counts, struct stacks);\n"
			   "BPF_STACK_TRACE(stacks, 16384);\n"
			   "\n"
			   "int sample(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	struct stacks key = {\n"
			   "		.user = stacks.get_stackid(&ctx->regs, BPF_F_USER_STACK),\n"
			   "		.kernel = stacks.get_stackid(&ctx->regs, 0),\n"
			   "	};\n"
			   "	counts.increment(key);\n"
			   "	return 0;\n"
			   "}\n";

struct stacks {
	int user, kernel;
};

struct printer {
	struct bcc_table *table;
	struct bcc_symbols *user, *kernel;
	const char *pid;
};

static int print_line(void *ctx, const void *key, const void *value)
{
	const struct printer *p = ctx;
	const struct stacks *stacks = key;
	char line[16384];

	bcc_stack_fold(p->table,
		&BCC_OPTS(struct bcc_fold_opts, .comm = p->pid, .user = p->user, .kernel = p->kernel,
			.user_id = stacks->user, .kernel_id = stacks->kernel, .delimit = true,
			.mark_kernel = true),
		line, sizeof(line));
	printf("%s %llu\n", line, *(const unsigned long long *)value);
	return 0;
}

/* One sample for every 10 ms of CPU time of the process: the kernel's clock of a task counts nanoseconds. */
static int count_stacks(struct printer *p, int pid, unsigned seconds)
{
	struct bcc *b;
	int ret = bcc_open_text(text, NULL, &b);

	if (!ret)
		ret = bcc_attach_perf_event(b, "sample",
			&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
				.config = PERF_COUNT_SW_TASK_CLOCK, .sample_period = 10000000, .pid = pid,
				.cpu = -1),
			NULL);
	if (!ret) {
		sleep(seconds);
		p->table = bcc_table_find(b, "stacks");
		ret = bcc_table_each(bcc_table_find(b, "counts"), print_line, p);
	}
	if (ret)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret;
}

int main(int argc, char **argv)
{
	struct printer printer = {0};
	int ret, pid;

	if (argc < 2) {
		fprintf(stderr, "usage: folded_stacks PID [SECONDS]\n");
		return 2;
	}
	pid = atoi(argv[1]);
	printer.pid = argv[1];
	/* opened before sampling, so that its files are known even if it ends meanwhile */
	ret = bcc_symbols_open_process(pid, NULL, &printer.user);
	if (ret)
		fprintf(stderr, "%s\n", bcc_symbols_error(printer.user));
	if (!ret)
		ret = bcc_symbols_open_kernel(NULL, &printer.kernel);
	if (!ret)
		ret = count_stacks(&printer, pid, argc > 2 ? (unsigned)atoi(argv[2]) : 5);
	bcc_symbols_close(printer.user);
	bcc_symbols_close(printer.kernel);
	return ret != 0;
}
