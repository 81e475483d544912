/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: events rather than lines of text. sync_timing again, but what it found arrives as a number, with
 * the process, in a buffer of its own: nothing has to be parsed, and no other program writes to it.
 *
 *   # ./sync_perf_output
 *   Tracing for quick syncs... Ctrl-C to end.
 *   At time 0.00 s: multiple syncs detected by 4711 (sync), last 95 ms ago
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint64_t time, since;
	uint32_t pid;
	char comm[16];
};

static const char text[] = "struct event {\n"
			   "	u64 time, since;\n"
			   "	u32 pid;\n"
			   "	char comm[16];\n"
			   "};\n"
			   "BPF_ARRAY(last, u64, 1);\n"
			   "BPF_PERF_OUTPUT(events);\n"
			   "\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_sync)\n"
			   "{\n"
			   "	struct event event = {.time = bpf_ktime_get_ns()};\n"
			   "	int key = 0;\n"
			   "	u64 *before = last.lookup(&key);\n"
			   "\n"
			   "	if (!before)\n"
			   "		return 0;\n"
			   "	event.since = event.time - *before;\n"
			   "	if (*before && event.since < 1000000000) {\n"
			   "		event.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "		bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "		events.perf_submit(args, &event, sizeof(event));\n"
			   "	}\n"
			   "	*before = event.time;\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;
	uint64_t *start = ctx;

	if (!*start)
		*start = event->time;
	printf("At time %.2f s: multiple syncs detected by %u (%s), last %llu ms ago\n",
		(event->time - *start) / 1e9, event->pid, event->comm,
		(unsigned long long)event->since / 1000000);
	return 0;
}

int main(void)
{
	uint64_t start = 0;
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_open_perf(b, "events", print, &start, NULL);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Tracing for quick syncs... Ctrl-C to end.\n");
	while ((ret = bcc_poll(b, -1)) >= 0)
		;
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
