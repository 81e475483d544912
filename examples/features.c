/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: asking what the running kernel has, before a text is written for it. Functions whose name matches
 * a regular expression are shown with their arguments, and why they cannot be traced; tracepoints with their
 * fields; and types of tables that the kernel's configuration leaves out.
 *
 *   # ./features '^vfs_(read|fsync)$' '^sched:sched_process_fork$'
 *   ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)
 *   int vfs_fsync(struct file *file, int datasync)
 *     no fentry: ftrace cannot trace it: …
 *   sched:sched_process_fork
 *     char parent_comm[16]
 *     pid_t parent_pid
 */
#include <bcc/kernel_features.h>
#include <stdio.h>
#include <string.h>

/* "struct file *file", "size_t count" */
static void print_declaration(const char *type, const char *name)
{
	size_t length = strlen(type);

	printf("%s%s%s", type, length && type[length - 1] == '*' ? "" : " ", name);
}

static int print_function(void *ctx, const struct bcc_traceable *f)
{
	const char *separator = "";

	print_declaration(f->result, f->name);
	printf("(");
	for (size_t i = 0; i < f->argument_count; i++) {
		printf("%s", separator);
		print_declaration(f->arguments[i].type, f->arguments[i].name);
		separator = ", ";
	}
	printf("%s)\n", f->has_type ? "" : "?");
	if (f->no_kprobe)
		printf("  no kprobe: %s\n", f->no_kprobe);
	if (f->no_fentry)
		printf("  no fentry: %s\n", f->no_fentry);
	return 0;
}

struct tracepoints {
	char names[32][2][128];
	int count;
};

/* The callback may not use the handle: the fields are read afterwards. */
static int keep_tracepoint(void *ctx, const char *category, const char *name)
{
	struct tracepoints *t = ctx;

	snprintf(t->names[t->count][0], sizeof(t->names[0][0]), "%s", category);
	snprintf(t->names[t->count][1], sizeof(t->names[0][1]), "%s", name);
	return ++t->count == 32;
}

static int print_fields(struct bcc_features *f, const char *category, const char *name)
{
	const struct bcc_tracepoint_field *fields;
	int count = bcc_tracepoint_fields(f, category, name, &fields);

	printf("%s:%s\n", category, name);
	for (int i = 0; i < count; i++) {
		printf("  ");
		print_declaration(fields[i].type, fields[i].name);
		if (fields[i].array_elements)
			printf("[%u]", fields[i].array_elements);
		printf("%s\n", fields[i].is_dynamic ? "[]" : "");
	}
	return count < 0 ? count : 0;
}

static int print_missing(void *ctx, const struct bcc_feature *feature)
{
	if (feature->state == BCC_FEATURE_NO)
		printf("no tables of type %s\n", feature->name);
	return 0;
}

int main(int argc, char **argv)
{
	struct tracepoints tracepoints = {.count = 0};
	struct bcc_features *f;
	int ret = bcc_features_open(&f);

	if (argc != 3) {
		fprintf(stderr, "usage: %s FUNCTIONS TRACEPOINTS\n", argv[0]);
		bcc_features_close(f);
		return 2;
	}
	if (!ret)
		ret = bcc_features_functions(f, argv[1], print_function, NULL);
	if (!ret)
		ret = bcc_tracepoints_each(f, argv[2], keep_tracepoint, &tracepoints);
	for (int i = 0; i < tracepoints.count && ret >= 0; i++)
		ret = print_fields(f, tracepoints.names[i][0], tracepoints.names[i][1]);
	if (ret >= 0)
		ret = bcc_features_each(f, BCC_FEATURE_MAP_TYPE, NULL, print_missing, NULL);
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_features_error(f));
	bcc_features_close(f);
	return ret < 0;
}
