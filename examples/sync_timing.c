/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a table keeps state between events. The program remembers when sync() was last called, and reports
 * calls that follow within a second ("sync; sync; sync" is a habit of some).
 *
 *   # ./sync_timing
 *   Tracing for quick syncs... Ctrl-C to end.
 *   At time 0.00 s: multiple syncs detected, last 95 ms ago
 *   At time 0.10 s: multiple syncs detected, last 96 ms ago
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>

static const char text[] = "BPF_HASH(last);\n"
			   "\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_sync)\n"
			   "{\n"
			   "	u64 now = bpf_ktime_get_ns(), key = 0, *before = last.lookup(&key);\n"
			   "\n"
			   "	if (before && now - *before < 1000000000)\n"
			   "		bpf_trace_printk(\"%d\\n\", (now - *before) / 1000000);\n"
			   "	last.update(&key, &now);\n"
			   "	return 0;\n"
			   "}\n";

int main(void)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	double start = 0;
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Tracing for quick syncs... Ctrl-C to end.\n");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0) {
		if (start == 0)
			start = fields.timestamp;
		printf("At time %.2f s: multiple syncs detected, last %s ms ago\n", fields.timestamp - start,
			fields.message);
	}
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
