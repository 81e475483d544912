/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: events with fields of your own. The program fills a struct and submits it to a perf buffer; a
 * callback gets the same bytes.
 *
 *   # ./hello_perf_output
 *   TIME(s)            COMM             PID    MESSAGE
 *   0.000000000        bash             4211   Hello, perf_output!
 *   0.431859112        make             4213   Hello, perf_output!
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint64_t time;
	uint32_t pid;
	char comm[16];
};

static const char text[] = "#include <linux/sched.h>\n"
			   "struct event {\n"
			   "	u64 time;\n"
			   "	u32 pid;\n"
			   "	char comm[TASK_COMM_LEN];\n"
			   "};\n"
			   "BPF_PERF_OUTPUT(events);\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_fork)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "\n"
			   "	event.time = bpf_ktime_get_ns();\n"
			   "	event.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.perf_submit(ctx, &event, sizeof(event));\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;
	uint64_t *start = ctx;

	if (!*start)
		*start = event->time;
	printf("%-18.9f %-16s %-6u Hello, perf_output!\n", (event->time - *start) / 1e9, event->comm,
		event->pid);
	return 0;
}

int main(void)
{
	uint64_t start = 0;
	struct bcc *b;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !bcc_open_perf(b, "events", print, &start, NULL) &&
		bcc_attach_all(b) > 0) {
		printf("%-18s %-16s %-6s %s\n", "TIME(s)", "COMM", "PID", "MESSAGE");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
