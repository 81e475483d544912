/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: static probes (USDT) in a program of your own, from <sys/sdt.h>. Where no one traces, such a
 * probe costs one instruction that does nothing; its arguments are recorded in the file.
 *
 *   # ./own_probe
 *   step 1 of 5, "a"
 *   step 2 of 5, "ab"
 */
#include <bcc/usdt.h>
#include <stdio.h>
#include <sys/sdt.h>
#include <unistd.h>

struct event {
	uint32_t step, steps;
	char text[32];
};

static const char text[] = "struct event {\n"
			   "	u32 step, steps;\n"
			   "	char text[32];\n"
			   "};\n"
			   "BPF_RINGBUF_OUTPUT(events, 8);\n"
			   "\n"
			   "int on_step(struct pt_regs *ctx)\n"
			   "{\n"
			   "	struct event event = {};\n"
			   "	char *text = NULL;\n"
			   "\n"
			   "	bpf_usdt_readarg(1, ctx, &event.step);\n"
			   "	bpf_usdt_readarg(2, ctx, &event.steps);\n"
			   "	bpf_usdt_readarg(3, ctx, &text);\n"
			   "	bpf_probe_read_user_str(event.text, sizeof(event.text), text);\n"
			   "	events.ringbuf_output(&event, sizeof(event), 0);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("step %u of %u, \"%s\"\n", event->step, event->steps, event->text);
	return 0;
}

static void work(int steps)
{
	char letters[] = "abcdefghijklmnopqrstuvwxyz";

	for (int i = 1; i <= steps; i++) {
		char end = letters[i];

		letters[i] = 0;
		DTRACE_PROBE3(own_probe, step, i, steps, letters);
		letters[i] = end;
	}
}

int main(void)
{
	struct bcc *b;
	int ret;

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_open_ring(b, "events", print, NULL);
	if (ret < 0)
		goto out;
	ret = bcc_attach_usdt(b, "on_step", "/proc/self/exe", "own_probe", "step",
		&BCC_OPTS(struct bcc_usdt_opts, .pid = getpid()), NULL);
	if (ret < 0)
		goto out;
	work(5);
	ret = bcc_consume(b);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
