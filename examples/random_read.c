/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: the fields of a tracepoint. In TRACEPOINT_PROBE(), `args` has the fields that the event's format
 * file lists (here /sys/kernel/tracing/events/syscalls/sys_enter_getrandom/format).
 *
 *   # ./random_read
 *   TIME(s)            COMM             PID    BYTES
 *   24652832.956994001 openssl          14126  32
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] = "TRACEPOINT_PROBE(syscalls, sys_enter_getrandom)\n"
			   "{\n"
			   "	bpf_trace_printk(\"%d\\n\", args->len); /* \"count\" before Linux 5.19 */\n"
			   "	return 0;\n"
			   "}\n";

int main(void)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("%-18s %-16s %-6s %s\n", "TIME(s)", "COMM", "PID", "BYTES");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0)
		printf("%-18.9f %-16s %-6d %s\n", fields.timestamp, fields.task, fields.pid, fields.message);
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
