/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: static probes (USDT), which programs contain for tracing. Each time a process hits the probe, this
 * prints the string that one of its arguments points to.
 *
 *   # ./static_probe 24728 http__server__request 6
 *   TIME(s)            COMM             PID    ARGUMENT
 *   0.000000000        node             24728  /index.html
 *   10.780782376       node             24728  /images/welcome.png
 */
#include <bcc/bcc.h>
#include <bcc/usdt.h>
#include <stdio.h>
#include <stdlib.h>

struct event {
	uint64_t time;
	uint32_t pid;
	char comm[16];
	char argument[128];
};

static const char text[] = "struct event {\n"
			   "	u64 time;\n"
			   "	u32 pid;\n"
			   "	char comm[16];\n"
			   "	char argument[128];\n"
			   "};\n"
			   "BPF_PERF_OUTPUT(events);\n"
			   "\n"
			   "int on_probe(struct pt_regs *ctx)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "	char *string;\n"
			   "\n"
			   "	bpf_usdt_readarg(ARGUMENT, ctx, &string);\n"
			   "	bpf_probe_read_user_str(event.argument, sizeof(event.argument), string);\n"
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
	printf("%-18.9f %-16s %-6u %s\n", (event->time - *start) / 1e9, event->comm, event->pid,
		event->argument);
	return 0;
}

int main(int argc, char **argv)
{
	char flag[32];
	const char *flags[] = {flag};
	uint64_t start = 0;
	struct bcc *b;

	if (argc < 3) {
		fprintf(stderr, "usage: %s PID PROBE [ARGUMENT]\n", argv[0]);
		return 2;
	}
	snprintf(flag, sizeof(flag), "-DARGUMENT=%d", argc > 3 ? atoi(argv[3]) : 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b) &&
		!bcc_open_perf(b, "events", print, &start, NULL) &&
		/* no binary, no provider: wherever the process has a probe of that name */
		!bcc_attach_usdt(b, "on_probe", NULL, NULL, argv[2],
			&BCC_OPTS(struct bcc_usdt_opts, .pid = atoi(argv[1])), NULL)) {
		printf("%-18s %-16s %-6s %s\n", "TIME(s)", "COMM", "PID", "ARGUMENT");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
