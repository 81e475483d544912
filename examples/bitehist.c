/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a histogram. The program counts in the kernel, in power-of-two slots; only the sums are copied to
 * user space.
 *
 *   # ./bitehist
 *   Tracing block I/O... Hit Ctrl-C to end.
 *   ^C
 *        kbytes              : count     distribution
 *            0 -> 1          : 0        |                                        |
 *            2 -> 3          : 0        |                                        |
 *            4 -> 7          : 211      |**********                              |
 *            8 -> 15         : 800      |****************************************|
 */
#include <bcc/bcc.h>
#include <signal.h>
#include <stdio.h>

static const char text[] = "BPF_HISTOGRAM(dist);\n"
			   "\n"
			   "TRACEPOINT_PROBE(block, block_rq_issue)\n"
			   "{\n"
			   "	/* a sector is 512 bytes, whatever the disk's own are */\n"
			   "	dist.increment(bpf_log2l(args->nr_sector / 2));\n"
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
	if (!ret)
		ret = bcc_attach_all(b);
	if (ret >= 0) {
		printf("Tracing block I/O... Hit Ctrl-C to end.\n");
		fflush(stdout);
		sigwait(&set, &signal);
		putchar('\n');
		ret = bcc_print_log2_hist(bcc_table_find(b, "dist"), stdout,
			&BCC_OPTS(struct bcc_hist_opts, .value_type = "kbytes"));
	}
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
