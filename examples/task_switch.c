/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: reading the kernel's own structures, and a table with a struct as its key. The tracepoint passes
 * pointers to two task_structs; `->` reads from them safely, and needs no kernel headers.
 *
 *   # ./task_switch
 *   task_switch[    0-> 4211]=38
 *   task_switch[ 4211->    0]=37
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <unistd.h>

struct key {
	uint32_t from;
	uint32_t to;
};

static const char text[] = "#include <linux/sched.h>\n"
			   "struct key {\n"
			   "	u32 from;\n"
			   "	u32 to;\n"
			   "};\n"
			   "/* a machine that starts many processes has many pairs */\n"
			   "BPF_HASH(stats, struct key, u64, 65536);\n"
			   "\n"
			   "/* (bool preempt, struct task_struct *prev, struct task_struct *next, …) */\n"
			   "RAW_TRACEPOINT_PROBE(sched_switch)\n"
			   "{\n"
			   "	struct task_struct *prev = (struct task_struct *)ctx->args[1];\n"
			   "	struct task_struct *next = (struct task_struct *)ctx->args[2];\n"
			   "	struct key key = {.from = prev->pid, .to = next->pid};\n"
			   "\n"
			   "	stats.increment(key);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, const void *key, const void *value)
{
	const struct key *k = key;

	printf("task_switch[%5u->%5u]=%llu\n", k->from, k->to, *(const unsigned long long *)value);
	return 0;
}

int main(void)
{
	struct bcc *b;
	int ret = bcc_open_text(text, NULL, &b);

	if (!ret)
		ret = bcc_attach_all(b);
	if (ret >= 0) {
		/* each sleep gives up the CPU and gets it back */
		for (int i = 0; i < 100; i++)
			usleep(10000);
		ret = bcc_table_each(bcc_table_find(b, "stats"), print, NULL);
	}
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
