/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: what to trace is in the name of the function. `TRACEPOINT_PROBE(CATEGORY, EVENT)` names a
 * tracepoint (`ls /sys/kernel/tracing/events`), here the one at which the system call sync() begins.
 *
 *   # ./sync_hello
 *   Tracing sync()... Ctrl-C to end.
 *   sync() called by sync
 *   sync() called by systemd-shutdow
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] = "TRACEPOINT_PROBE(syscalls, sys_enter_sync)\n"
			   "{\n"
			   "	bpf_trace_printk(\"sync() called\\n\");\n"
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
	printf("Tracing sync()... Ctrl-C to end.\n");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0)
		printf("%s by %s\n", fields.message, fields.task);
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
