/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: control of devices. The processes of a cgroup cannot open or make a character device any more: it
 * fails with EPERM, and each attempt is shown. When the example ends, they can again. Needs Linux 5.7.
 *
 *   # ./cgroup_device /sys/fs/cgroup/system.slice 1 5         (/dev/zero)
 *   PID    COMM             ACCESS
 *   7312   dd               r
 */
#include <bcc/bcc.h>
#include <linux/bpf.h>
#include <stdio.h>

struct event {
	uint32_t pid, access;
	char comm[16];
};

static const char text[] = "#define CHARACTER 2 /* BPF_DEVCG_DEV_CHAR */\n"
			   "struct event { u32 pid, access; char comm[16]; };\n"
			   "BPF_RINGBUF_OUTPUT(events, 8);\n"
			   "\n"
			   "SEC(\"cgroup/dev\")\n"
			   "int decide(struct bpf_cgroup_dev_ctx *ctx)\n"
			   "{\n"
			   "	/* the type of the device, and above it what is to be done */\n"
			   "	struct event event = {.access = ctx->access_type >> 16};\n"
			   "\n"
			   "	if ((ctx->access_type & 0xffff) != CHARACTER || ctx->major != MAJOR_ ||\n"
			   "		ctx->minor != MINOR_)\n"
			   "		return 1; /* allowed */\n"
			   "	event.pid = bpf_get_current_pid_tgid() >> 32;\n"
			   "	bpf_get_current_comm(&event.comm, sizeof(event.comm));\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("%-6u %-16s %s%s%s\n", event->pid, event->comm, event->access & BPF_DEVCG_ACC_READ ? "r" : "",
		event->access & BPF_DEVCG_ACC_WRITE ? "w" : "",
		event->access & BPF_DEVCG_ACC_MKNOD ? "m" : "");
	return 0;
}

int main(int argc, char **argv)
{
	char major[32], minor[32];
	const char *cflags[] = {major, minor};
	struct bcc *b;

	if (argc != 4) {
		fprintf(stderr, "usage: %s CGROUP MAJOR MINOR\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(major, sizeof(major), "-DMAJOR_=%s", argv[2]);
	snprintf(minor, sizeof(minor), "-DMINOR_=%s", argv[3]);
	if (!bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = 2), &b) &&
		!bcc_open_ring(b, "events", print, NULL) &&
		!bcc_attach_cgroup(b, "decide", argv[1], NULL, NULL)) {
		printf("%-6s %-16s %s\n", "PID", "COMM", "ACCESS");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
