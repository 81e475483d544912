/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: the fields of a traced line. What bpf_trace_printk() prints arrives with the time, the CPU, and
 * the task that ran; several programs share one such pipe, so it is for debugging.
 *
 *   # ./hello_fields
 *   TIME(s)            COMM             PID    CPU MESSAGE
 *   24585001.174885999 sshd             1432   1   Hello, clone of 1432!
 *   24585001.195710000 sshd             15780  0   Hello, clone of 15780!
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] =
	"RAW_TRACEPOINT_PROBE(sched_process_fork)\n"
	"{\n"
	"	bpf_trace_printk(\"Hello, clone of %d!\\n\", bpf_get_current_pid_tgid() >> 32);\n"
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
	printf("%-18s %-16s %-6s %-3s %s\n", "TIME(s)", "COMM", "PID", "CPU", "MESSAGE");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0)
		printf("%-18.9f %-16s %-6d %-3d %s\n", fields.timestamp, fields.task, fields.pid, fields.cpu,
			fields.message);
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
