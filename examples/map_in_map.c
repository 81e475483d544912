/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a table of tables. The program looks up which table to count in, so that user space can hand it
 * a new, empty one at any moment and read the old one in peace: no count is lost, and none is read twice.
 *
 *   # ./map_in_map 4711 3
 *   1.5 s: 12 different system calls, 3190 in all
 *   3.0 s: 9 different system calls, 3204 in all
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "BPF_TABLE(\"hash\", u32, u64, first, 512);\n"
			   "BPF_TABLE(\"hash\", u32, u64, second, 512);\n"
			   "BPF_ARRAY_OF_MAPS(current_table, \"first\", 1);\n"
			   "const volatile u32 pid;\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sys_enter)\n"
			   "{\n"
			   "	int key = 0;\n"
			   "	u32 number = ctx->args[1];\n"
			   "	u64 one = 1, *count;\n"
			   "	void *table;\n"
			   "\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 != pid)\n"
			   "		return 0;\n"
			   "	table = current_table.lookup(&key);\n"
			   "	if (!table)\n"
			   "		return 0; /* not given yet */\n"
			   "	count = bpf_map_lookup_elem(table, &number);\n"
			   "	if (count)\n"
			   "		lock_xadd(count, 1);\n"
			   "	else\n"
			   "		bpf_map_update_elem(table, &number, &one, BPF_ANY);\n"
			   "	return 0;\n"
			   "}\n";

struct sum {
	unsigned calls;
	unsigned long long count;
};

static int add(void *ctx, const void *key, const void *value)
{
	struct sum *sum = ctx;

	sum->calls++;
	sum->count += *(const uint64_t *)value;
	return 0;
}

/* Makes the program count in the table `name` from now on. */
static int use(struct bcc *b, const char *name)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	const uint32_t key = 0;
	int ret = bcc_table_info(bcc_table_find(b, name), &info);

	if (ret < 0)
		return ret;
	return bcc_table_set(
		bcc_table_find(b, "current_table"), &key, sizeof(key), &info.fd, sizeof(info.fd), 0);
}

int main(int argc, char **argv)
{
	static const char *const tables[] = {"first", "second"};
	uint32_t pid = argc == 3 ? atoi(argv[1]) : 0;
	double seconds = argc == 3 ? atof(argv[2]) : 0;
	struct bcc *b = NULL;
	int ret;

	if (!pid) {
		fprintf(stderr, "usage: %s PID SECONDS\n", argv[0]);
		return 2;
	}
	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);
	if (ret < 0)
		goto out;
	ret = bcc_variable_set(bcc_variable_find(b, "pid"), &pid, sizeof(pid));
	if (ret < 0)
		goto out;
	ret = bcc_create(b);
	if (ret < 0)
		goto out;
	ret = use(b, tables[0]);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Counting...\n");
	for (int half = 0; half < 2; half++) {
		struct sum sum = {0};

		fflush(stdout);
		usleep(seconds / 2 * 1e6);
		/* the kernel waits until no program uses the old table before this returns */
		ret = use(b, tables[!half]);
		if (ret < 0)
			goto out;
		ret = bcc_table_each(bcc_table_find(b, tables[half]), add, &sum);
		if (ret < 0)
			goto out;
		printf("%.1f s: %u different system calls, %llu in all\n", seconds / 2 * (half + 1),
			sum.calls, sum.count);
	}
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
