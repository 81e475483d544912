/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: programs of cgroups. The processes of a cgroup cannot connect to a port any more, and each attempt
 * is shown; connect(2) fails with EPERM. When the example ends, they can again. Needs Linux 5.7.
 *
 *   # ./cgroup_connect /sys/fs/cgroup/system.slice 25
 *   PID    COMM             PORT
 *   7312   curl             25
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint32_t pid;
	char comm[16];
};

static const char text[] = "struct event { u32 pid; char comm[16]; };\n"
			   "BPF_RINGBUF_OUTPUT(events, 8);\n"
			   "\n"
			   "SEC(\"cgroup/connect4\")\n"
			   "int filter(struct bpf_sock_addr *ctx)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "\n"
			   "	if (ctx->user_port != bpf_htons(PORT))\n"
			   "		return 1; /* allowed */\n"
			   "	event.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("%-6u %-16s %s\n", event->pid, event->comm, (const char *)ctx);
	return 0;
}

int main(int argc, char **argv)
{
	char port[32];
	const char *cflags[] = {port};
	struct bcc *b;

	if (argc != 3) {
		fprintf(stderr, "usage: %s CGROUP PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(port, sizeof(port), "-DPORT=%s", argv[2]);
	if (!bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = 1), &b) &&
		!bcc_open_ring(b, "events", print, argv[2]) &&
		!bcc_attach_cgroup(b, "filter", argv[1], NULL, NULL)) {
		printf("%-6s %-16s %s\n", "PID", "COMM", "PORT");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
