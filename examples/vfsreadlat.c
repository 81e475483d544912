/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a kprobe and a kretprobe, which can be at nearly any function of the kernel. The programs have
 * names of their own, and the calls that attach them say where to.
 *
 *   # ./vfsreadlat 2 1
 *   Tracing vfs_read()... Ctrl-C to end.
 *
 *        usecs               : count     distribution
 *            0 -> 1          : 204      |****************************************|
 *            2 -> 3          : 27       |*****                                   |
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "BPF_HASH(starts, u32);\n"
			   "BPF_HISTOGRAM(dist);\n"
			   "\n"
			   "int on_entry(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u32 tid = bpf_get_current_pid_tgid();\n"
			   "	u64 now = bpf_ktime_get_ns();\n"
			   "\n"
			   "	starts.update(&tid, &now);\n"
			   "	return 0;\n"
			   "}\n"
			   "\n"
			   "int on_return(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u32 tid = bpf_get_current_pid_tgid();\n"
			   "	u64 *start = starts.lookup(&tid);\n"
			   "\n"
			   "	if (!start)\n"
			   "		return 0; /* the call had begun before this was attached */\n"
			   "	dist.increment(bpf_log2l((bpf_ktime_get_ns() - *start) / 1000));\n"
			   "	starts.delete(&tid);\n"
			   "	return 0;\n"
			   "}\n";

int main(int argc, char **argv)
{
	int interval = argc > 1 ? atoi(argv[1]) : 5, count = argc > 2 ? atoi(argv[2]) : -1;
	struct bcc *b = NULL;
	int ret;

	if (argc > 3 || interval < 1) {
		fprintf(stderr, "usage: %s [INTERVAL [COUNT]]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_kprobe(b, "on_entry", "vfs_read", NULL, NULL);
	if (ret < 0)
		goto out;
	ret = bcc_attach_kprobe(
		b, "on_return", "vfs_read", &BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true), NULL);
	if (ret < 0)
		goto out;
	printf("Tracing vfs_read()... Ctrl-C to end.\n");
	while (ret >= 0 && count--) {
		sleep(interval);
		putchar('\n');
		ret = bcc_print_log2_hist(bcc_table_find(b, "dist"), stdout,
			&BCC_OPTS(struct bcc_hist_opts, .value_type = "usecs"));
		if (ret >= 0)
			ret = bcc_table_clear(bcc_table_find(b, "dist"));
	}
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
