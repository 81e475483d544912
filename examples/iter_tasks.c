/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: an iterator. The program runs once for each thread that exists and writes what it wants to say;
 * user space reads that from a descriptor, like a file of /proc that one wrote oneself.
 *
 *   # ./iter_tasks
 *       PID     TID COMM
 *         1       1 systemd
 *      4711    4711 bash
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <unistd.h>

static const char text[] =
	"#include <linux/sched.h>\n"
	"BPF_ITER(task)\n"
	"{\n"
	"	static const char heading[] = \"    PID     TID COMM\\n\", line[] = \"%7d %7d %s\\n\";\n"
	"	struct task_struct *task = ctx->task;\n"
	"	u64 values[3];\n"
	"\n"
	"	if (!task)\n"
	"		return 0; /* the end */\n"
	"	if (ctx->meta->seq_num == 0)\n"
	"		bpf_seq_write(ctx->meta->seq, heading, sizeof(heading) - 1);\n"
	"	values[0] = task->tgid;\n"
	"	values[1] = task->pid;\n"
	"	values[2] = (u64)task->comm;\n"
	"	bpf_seq_printf(ctx->meta->seq, line, sizeof(line), values, sizeof(values));\n"
	"	return 0;\n"
	"}\n";

int main(void)
{
	char buf[4096];
	struct bcc *b;
	ssize_t n;
	int ret, fd;

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	fd = ret = bcc_open_iter(b, "bpf_iter__task", NULL);
	if (ret < 0)
		goto out;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	close(fd);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
