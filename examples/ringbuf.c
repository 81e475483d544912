/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a ring buffer. The program reserves room in it, fills the record in place, and submits it: nothing
 * is copied, and events of all CPUs arrive in the order in which they happened. Needs Linux 5.8.
 *
 *   # ./ringbuf
 *   PID    COMM             PATH
 *   4211   ls               /etc/ld.so.cache
 *   4211   ls               /lib/x86_64-linux-gnu/libc.so.6
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint32_t pid;
	char comm[16];
	char path[256];
};

static const char text[] = "#include <linux/sched.h>\n"
			   "struct event {\n"
			   "	u32 pid;\n"
			   "	char comm[TASK_COMM_LEN];\n"
			   "	char path[256];\n"
			   "};\n"
			   "BPF_RINGBUF_OUTPUT(buffer, 64);\n"
			   "\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_openat)\n"
			   "{\n"
			   "	struct event *event = buffer.ringbuf_reserve(sizeof(*event));\n"
			   "\n"
			   "	if (!event)\n"
			   "		return 0; /* the buffer is full */\n"
			   "	event->pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	bpf_get_current_comm(&event->comm, sizeof(event->comm));\n"
			   "	bpf_probe_read_user_str(event->path, sizeof(event->path), args->filename);\n"
			   "	buffer.ringbuf_submit(event, 0);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("%-6u %-16s %s\n", event->pid, event->comm, event->path);
	return 0;
}

int main(void)
{
	struct bcc *b;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !bcc_open_ring(b, "buffer", print, NULL) &&
		bcc_attach_all(b) > 0) {
		printf("%-6s %-16s %s\n", "PID", "COMM", "PATH");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
