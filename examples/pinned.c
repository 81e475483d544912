/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a program that outlives its process. The attachment and its table get names in a bpf file system;
 * other processes open them by these names, and removing the names removes what they stand for. Linux 5.7.
 *
 *   # ./pinned /sys/fs/bpf start
 *   # ./pinned /sys/fs/bpf show
 *   PROGRAMS STARTED BY
 *   3        1201
 *   # ./pinned /sys/fs/bpf stop
 */
#include <bcc/bcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char text[] = "#include <linux/sched.h>\n"
			   "BPF_HASH(execs, u32, u64);\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sched_process_exec)\n"
			   "{\n"
			   "	struct task_struct *task = (struct task_struct *)bpf_get_current_task();\n"
			   "\n"
			   "	execs.increment(task->real_parent->tgid);\n"
			   "	return 0;\n"
			   "}\n";

struct paths {
	char table[256], link[256];
};

static int start(struct bcc **b, const struct paths *paths)
{
	struct bcc_link *link;
	int ret = bcc_open_text(text, NULL, b);

	if (!ret)
		ret = bcc_attach_raw_tracepoint(
			*b, "raw_tracepoint__sched_process_exec", "sched_process_exec", &link);
	if (!ret)
		ret = bcc_table_pin(bcc_table_find(*b, "execs"), paths->table);
	return ret ? ret : bcc_link_pin(link, paths->link);
}

static int print(void *ctx, const void *key, const void *value)
{
	printf("%-8llu %u\n", *(const unsigned long long *)value, *(const unsigned *)key);
	return 0;
}

static int show(struct bcc **b, const struct paths *paths)
{
	struct bcc_table *execs;
	int ret = bcc_open_text("/* only opens what others have made */", NULL, b);

	if (!ret)
		ret = bcc_table_open_pinned(*b, paths->table, &execs);
	if (ret)
		return ret;
	printf("%-8s %s\n", "PROGRAMS", "STARTED BY");
	return bcc_table_each(execs, print, NULL);
}

static int stop(const struct paths *paths)
{
	/* both, also if one is not there */
	int ret = unlink(paths->link);

	return unlink(paths->table) || ret ? -errno : 0;
}

int main(int argc, char **argv)
{
	const char *what = argc == 3 ? argv[2] : "";
	struct bcc *b = NULL;
	struct paths paths;
	int ret;

	if (argc == 3) {
		snprintf(paths.table, sizeof(paths.table), "%s/execs", argv[1]);
		snprintf(paths.link, sizeof(paths.link), "%s/execs_link", argv[1]);
	}
	if (!strcmp(what, "start")) {
		ret = start(&b, &paths);
	} else if (!strcmp(what, "show")) {
		ret = show(&b, &paths);
	} else if (!strcmp(what, "stop")) {
		ret = stop(&paths);
	} else {
		fprintf(stderr, "usage: %s FOLDER start|show|stop\n", argv[0]);
		return 2;
	}
	if (ret < 0)
		fprintf(stderr, "%s\n", b ? bcc_error(b) : strerror(-ret));
	bcc_close(b);
	return ret < 0;
}
