/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: the CPU's own counters. The program runs at every 1000th reference and every 100th miss of the
 * last level cache. Virtual machines often have no such counters; the error says so then.
 *
 *   # ./cache_misses 5
 *   COMM              REFERENCES     MISSES   HIT%
 *   cc1                  1310000     204300  84.40
 */
#include <bcc/bcc.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct counts {
	uint64_t references, misses;
};

static const char text[] = "struct key {\n"
			   "	char comm[16];\n"
			   "};\n"
			   "struct counts {\n"
			   "	u64 references, misses;\n"
			   "};\n"
			   "BPF_HASH(by_comm, struct key, struct counts);\n"
			   "\n"
			   "static void count(u64 references, u64 misses)\n"
			   "{\n"
			   "	struct counts zero = {}, *counts;\n"
			   "	struct key key = {};\n"
			   "\n"
			   "	bpf_get_current_comm(&key.comm, sizeof(key.comm));\n"
			   "	counts = by_comm.lookup_or_try_init(&key, &zero);\n"
			   "	if (!counts)\n"
			   "		return;\n"
			   "	lock_xadd(&counts->references, references);\n"
			   "	lock_xadd(&counts->misses, misses);\n"
			   "}\n"
			   "\n"
			   "int on_references(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	count(ctx->sample_period, 0);\n"
			   "	return 0;\n"
			   "}\n"
			   "\n"
			   "int on_misses(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	count(0, ctx->sample_period);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, const void *key, const void *value)
{
	const struct counts *counts = value;
	double hits = counts->references > counts->misses ? counts->references - counts->misses : 0;

	printf("%-16s %11llu %10llu %6.2f\n", (const char *)key, (unsigned long long)counts->references,
		(unsigned long long)counts->misses,
		counts->references ? 100 * hits / counts->references : 0.0);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc_perf_event_opts opts = {.size = sizeof(opts), .type = PERF_TYPE_HARDWARE, .cpu = -1};
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	opts.config = PERF_COUNT_HW_CACHE_REFERENCES;
	opts.sample_period = 1000;
	ret = bcc_attach_perf_event(b, "on_references", &opts, NULL);
	if (ret < 0)
		goto out;
	opts.config = PERF_COUNT_HW_CACHE_MISSES;
	opts.sample_period = 100;
	ret = bcc_attach_perf_event(b, "on_misses", &opts, NULL);
	if (ret < 0)
		goto out;
	printf("%-16s %11s %10s %6s\n", "COMM", "REFERENCES", "MISSES", "HIT%");
	sleep(argc > 1 ? atoi(argv[1]) : 1);
	ret = bcc_table_each(bcc_table_find(b, "by_comm"), print, NULL);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
