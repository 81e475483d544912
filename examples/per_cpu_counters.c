/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: counters that need no atomic operation. Each CPU has a value of its own, and user space reads
 * all of them at once; their sum is exact.
 *
 *   # ./per_cpu_counters 5
 *   system calls: 20316 on CPU 0, 18042 on CPU 1; 38358 in all
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "BPF_PERCPU_ARRAY(calls, u64, 1);\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sys_enter)\n"
			   "{\n"
			   "	int key = 0;\n"
			   "	u64 *count = calls.lookup(&key);\n"
			   "\n"
			   "	if (count)\n"
			   "		(*count)++; /* of this CPU: nobody else changes it meanwhile */\n"
			   "	return 0;\n"
			   "}\n";

int main(int argc, char **argv)
{
	const uint32_t key = 0;
	struct bcc_table *table;
	uint64_t *counts = NULL, sum = 0;
	struct bcc *b;
	size_t bytes;
	int ret;

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	sleep(argc > 1 ? atoi(argv[1]) : 1);
	table = bcc_table_find(b, "calls");
	bytes = bcc_table_value_bytes(table); /* of all possible CPUs together */
	counts = malloc(bytes);
	if (!counts) {
		fprintf(stderr, "out of memory\n");
		bcc_close(b);
		return 1;
	}
	ret = bcc_table_get(table, &key, sizeof(key), counts, bytes);
	if (ret < 0)
		goto out;
	printf("system calls:");
	for (size_t cpu = 0; cpu < bytes / sizeof(*counts); cpu++) {
		printf("%s %llu on CPU %zu", cpu ? "," : "", (unsigned long long)counts[cpu], cpu);
		sum += counts[cpu];
	}
	printf("; %llu in all\n", (unsigned long long)sum);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	free(counts);
	bcc_close(b);
	return ret < 0;
}
