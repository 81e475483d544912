/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: two texts with one table. What one has as BPF_TABLE_SHARED, the other names as extern: the first
 * counts, the second looks at the counts.
 *
 *   # ./shared_table
 *   process 4711 (make) has forked 10 times
 *   process 4711 (make) has forked 20 times
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] =
	"BPF_TABLE(\"extern\", u32, u64, forks, 10240);\n"
	"\n"
	"/* When a child ends, its parent may have had many. */\n"
	"RAW_TRACEPOINT_PROBE(sched_process_exit)\n"
	"{\n"
	"	u32 parent = ((struct task_struct *)bpf_get_current_task())->real_parent->tgid;\n"
	"	u64 *count = forks.lookup(&parent);\n"
	"\n"
	"	if (count && *count % 10 == 0)\n"
	"		bpf_trace_printk(\"%d %d\\n\", parent, *count);\n"
	"	return 0;\n"
	"}\n";

static const char counting[] = "BPF_TABLE_PUBLIC(\"hash\", u32, u64, forks, 10240);\n"
			       "\n"
			       "RAW_TRACEPOINT_PROBE(sched_process_fork)\n"
			       "{\n"
			       "	forks.increment(bpf_get_current_pid_tgid() >> 32);\n"
			       "	return 0;\n"
			       "}\n";

int main(void)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	struct bcc *first, *b = NULL;
	int ret, pid, count;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(counting, NULL, &first);
	if (ret >= 0)
		ret = bcc_attach_all(first);
	if (ret < 0) {
		fprintf(stderr, "%s\n", bcc_error(first));
		bcc_close(first);
		return 1;
	}
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Tracing... Ctrl-C to end.\n");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0)
		if (sscanf(fields.message, "%d %d", &pid, &count) == 2)
			printf("process %d has forked %d times\n", pid, count);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	bcc_close(first);
	return ret < 0;
}
