/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a start and an end that different tasks see. A pointer to the kernel's object is the key: a
 * request is issued by whoever needs the data, and completed in an interrupt.
 *
 *   # ./disksnoop
 *   TIME(s)            T  BYTES    LAT(ms)
 *   16458043.436012    W  4096        3.13
 *   16458043.437326    R  32768       4.44
 */
#include <bcc/bcc.h>
#include <stdio.h>

struct event {
	uint64_t time, latency;
	uint32_t bytes, is_write;
};

static const char text[] =
	"#include <linux/blkdev.h>\n"
	"struct event {\n"
	"	u64 time, latency;\n"
	"	u32 bytes, is_write;\n"
	"};\n"
	"BPF_HASH(starts, struct request *);\n"
	"BPF_PERF_OUTPUT(events);\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(block_rq_issue) /* (struct request *rq), since Linux 5.11 */\n"
	"{\n"
	"	struct request *rq = (struct request *)ctx->args[0];\n"
	"	u64 now = bpf_ktime_get_ns();\n"
	"\n"
	"	starts.update(&rq, &now);\n"
	"	return 0;\n"
	"}\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(block_rq_complete) /* (rq, error, unsigned int bytes) */\n"
	"{\n"
	"	struct request *rq = (struct request *)ctx->args[0];\n"
	"	u64 *start = starts.lookup(&rq);\n"
	"	struct event event = {};\n"
	"\n"
	"	if (!start)\n"
	"		return 0; /* issued before this was attached */\n"
	"	event.time = bpf_ktime_get_ns();\n"
	"	event.latency = event.time - *start;\n"
	"	event.bytes = ctx->args[2];\n"
	"	event.is_write = rq->cmd_flags & 1;\n"
	"	events.perf_submit(ctx, &event, sizeof(event));\n"
	"	starts.delete(&rq);\n"
	"	return 0;\n"
	"}\n";

static int print(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *event = data;

	printf("%-18.6f %-2s %-7u %8.2f\n", event->time / 1e9, event->is_write ? "W" : "R", event->bytes,
		event->latency / 1e6);
	return 0;
}

int main(void)
{
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_open_perf(b, "events", print, NULL, NULL);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("%-18s %-2s %-7s %8s\n", "TIME(s)", "T", "BYTES", "LAT(ms)");
	while ((ret = bcc_poll(b, -1)) >= 0)
		;
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
