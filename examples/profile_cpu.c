/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: samples instead of events. The kernel interrupts each CPU 99 times a second, and the program
 * counts what was running; the cost does not depend on what the machine does.
 *
 *   # ./profile_cpu 5
 *      SAMPLES COMM
 *          412 cc1
 *           37 ld
 */
#include <bcc/bcc.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "struct key {\n"
			   "	char comm[16];\n"
			   "};\n"
			   "BPF_HASH(samples, struct key);\n"
			   "\n"
			   "int on_sample(struct bpf_perf_event_data *ctx)\n"
			   "{\n"
			   "	struct key key = {};\n"
			   "\n"
			   "	if (!(u32)bpf_get_current_pid_tgid())\n"
			   "		return 0; /* nothing was running */\n"
			   "	bpf_get_current_comm(&key.comm, sizeof(key.comm));\n"
			   "	samples.increment(key);\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, const void *key, const void *value)
{
	printf("%10llu %s\n", *(const unsigned long long *)value, (const char *)key);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_perf_event(b, "on_sample",
		&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 99, .cpu = -1),
		NULL);
	if (ret < 0)
		goto out;
	printf("%10s %s\n", "SAMPLES", "COMM");
	sleep(argc > 1 ? atoi(argv[1]) : 1);
	ret = bcc_table_each(bcc_table_find(b, "samples"), print, NULL);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
