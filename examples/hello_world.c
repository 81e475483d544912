/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: the minimum. A text is compiled, attached by the names of its functions, and prints with
 * bpf_trace_printk(), whose output is read back as fields.
 *
 *   # ./hello_world
 *   7312.480177   4211   ls               Hello, World!
 *   7312.912036   4213   date             Hello, World!
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] = "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	bpf_trace_printk(\"Hello, World!\\n\");\n"
			   "	return 0;\n"
			   "}\n";

int main(void)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	struct bcc *b;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && bcc_attach_all(b) > 0)
		while (bcc_trace_fields(b, &fields, -1) > 0)
			printf("%-13.6f %-6d %-16s %s\n", fields.timestamp, fields.pid, fields.task,
				fields.message);
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
