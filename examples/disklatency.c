/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a histogram of times. disksnoop again, but each latency only adds one to a slot in the kernel:
 * what is copied to user space does not grow with the number of requests.
 *
 *   # ./disklatency
 *   Tracing block I/O... Hit Ctrl-C to end.
 *   ^C
 *        usecs               : count     distribution
 *          128 -> 255        : 12       |*****                                   |
 *          256 -> 511        : 91       |****************************************|
 */
#include <bcc/bcc.h>
#include <signal.h>
#include <stdio.h>

static const char text[] =
	"#include <linux/blkdev.h>\n"
	"BPF_HASH(starts, struct request *);\n"
	"BPF_HISTOGRAM(dist);\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(block_rq_issue) /* (struct request *rq), since Linux 5.11 */\n"
	"{\n"
	"	struct request *rq = (struct request *)ctx->args[0];\n"
	"	u64 now = bpf_ktime_get_ns();\n"
	"\n"
	"	starts.update(&rq, &now);\n"
	"	return 0;\n"
	"}\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(block_rq_complete)\n"
	"{\n"
	"	struct request *rq = (struct request *)ctx->args[0];\n"
	"	u64 *start = starts.lookup(&rq);\n"
	"\n"
	"	if (!start)\n"
	"		return 0;\n"
	"	dist.increment(bpf_log2l((bpf_ktime_get_ns() - *start) / 1000));\n"
	"	starts.delete(&rq);\n"
	"	return 0;\n"
	"}\n";

int main(void)
{
	struct bcc *b;
	sigset_t set;
	int signal, ret;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Tracing block I/O... Hit Ctrl-C to end.\n");
	fflush(stdout);
	sigwait(&set, &signal);
	putchar('\n');
	ret = bcc_print_log2_hist(
		bcc_table_find(b, "dist"), stdout, &BCC_OPTS(struct bcc_hist_opts, .value_type = "usecs"));
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
