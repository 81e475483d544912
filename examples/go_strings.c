/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: functions of Go. Since Go 1.17 it passes arguments in registers of its own choice, and a string
 * takes two: where it is, and its length, as no zero ends it. This shows the string that is the first
 * argument of a function. (Probes at returns crash Go programs: Go moves stacks, and with them the return
 * addresses.)
 *
 *   # ./go_strings ./server main.handle
 *   PID    STRING
 *   7312   GET /index.html
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint32_t pid, length;
	char string[128];
};

static const char text[] =
	"struct event { u32 pid, length; char string[128]; };\n"
	"BPF_RINGBUF_OUTPUT(events, 8);\n"
	"\n"
	"#if defined(__TARGET_ARCH_arm64)\n"
	"#define GO_ARGUMENT_1(ctx) ((ctx)->regs[0])\n"
	"#define GO_ARGUMENT_2(ctx) ((ctx)->regs[1])\n"
	"#else /* x86-64: RAX, RBX, RCX, RDI, RSI, R8, R9, R10, R11 */\n"
	"#define GO_ARGUMENT_1(ctx) ((ctx)->ax)\n"
	"#define GO_ARGUMENT_2(ctx) ((ctx)->bx)\n"
	"#endif\n"
	"\n"
	"int called(struct pt_regs *ctx)\n"
	"{\n"
	"	struct event event = {.pid = bpf_get_current_pid_tgid() >> 32};\n"
	"	u64 length = GO_ARGUMENT_2(ctx);\n"
	"\n"
	"	event.length = length < sizeof(event.string) ? length : sizeof(event.string);\n"
	"	bpf_probe_read_user(event.string, event.length, (void *)GO_ARGUMENT_1(ctx));\n"
	"	events.ringbuf_output(&event, sizeof(event), 0);\n"
	"	return 0;\n"
	"}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("%-6u %.*s\n", event->pid, (int)event->length, event->string);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc_uprobe_opts opts = BCC_OPTS(struct bcc_uprobe_opts, .symbol = argc == 3 ? argv[2] : NULL);
	struct bcc *b;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PROGRAM FUNCTION\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !bcc_open_ring(b, "events", print, NULL) &&
		!bcc_attach_uprobe(b, "called", argv[1], &opts, NULL)) {
		printf("%-6s %s\n", "PID", "STRING");
		while (bcc_poll(b, -1) >= 0)
			;
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
