/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a table is shared by the program and user space. The program counts calls of sync(); this reads
 * the count once a second, and sets it back to zero when it gets to 10.
 *
 *   # ./sync_count
 *   Counting sync()... Ctrl-C to end.
 *   3 calls
 *   11 calls: starting again
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <unistd.h>

static const char text[] = "BPF_ARRAY(count, u64, 1);\n"
			   "\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_sync)\n"
			   "{\n"
			   "	count.atomic_increment(0);\n"
			   "	return 0;\n"
			   "}\n";

int main(void)
{
	const uint32_t key = 0;
	const uint64_t zero = 0;
	uint64_t count, before = 0;
	struct bcc_table *table;
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	table = bcc_table_find(b, "count");
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Counting sync()... Ctrl-C to end.\n");
	for (;;) {
		ret = bcc_table_get(table, &key, sizeof(key), &count, sizeof(count));
		if (ret < 0)
			goto out;
		if (count != before)
			printf("%llu calls%s\n", (unsigned long long)count,
				count < 10 ? "" : ": starting again");
		if (count >= 10) {
			ret = bcc_table_set(table, &key, sizeof(key), &zero, sizeof(zero), 0);
			if (ret < 0)
				goto out;
			count = 0;
		}
		before = count;
		sleep(1);
	}
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
