/* SPDX-License-Identifier: Apache-2.0 */
/* opensnoop: which process opens which file, and the result. Options and columns as in BCC's tool of this
 * name. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/array.h"
#include "opensnoop.h"
#include "tool.h"

struct opensnoop {
	struct tool tool;
	bool timestamp, print_uid, failed, extended, full_path;
	long pid, tid, uid; /* -1: all */
	const char *name;
	unsigned duration;
	size_t pages;
	unsigned flags_any;
	bool read_only;
	uint64_t first;
};

static const struct argp_option options[] = {
	{"timestamp", 'T', NULL, 0, "column with the seconds since the first event", 0},
	{"print-uid", 'U', NULL, 0, "column with the user ID", 0},
	{"failed", 'x', NULL, 0, "only opens that failed", 0},
	{"pid", 'p', "PID", 0, "only this process", 0},
	{"tid", 't', "TID", 0, "only this thread", 0},
	{"uid", 'u', "UID", 0, "only this user, by number or name", 0},
	{"duration", 'd', "DURATION", 0, "end after this many seconds", 0},
	{"name", 'n', "NAME", 0, "only processes whose name contains this", 0},
	{"extended_fields", 'e', NULL, 0, "column with the flags, in octal", 0},
	{"flag_filter", 'f', "FLAG", 0,
		"only opens with this flag, such as O_WRONLY; repeat it for any of several", 0},
	{"full-path", 'F', NULL, 0, "prefix relative paths with the directory they start from", 0},
	{"buffer-pages", 'b', "PAGES", 0, "size of each CPU's buffer in pages, a power of two (default 64)",
		0},
	{0},
};

static const struct {
	const char *name;
	unsigned flag;
} open_flags[] = {
	{"O_RDONLY", O_RDONLY},
	{"O_WRONLY", O_WRONLY},
	{"O_RDWR", O_RDWR},
	{"O_CREAT", O_CREAT},
	{"O_EXCL", O_EXCL},
	{"O_NOCTTY", O_NOCTTY},
	{"O_TRUNC", O_TRUNC},
	{"O_APPEND", O_APPEND},
	{"O_NONBLOCK", O_NONBLOCK},
	{"O_NDELAY", O_NDELAY},
	{"O_DSYNC", O_DSYNC},
	{"O_SYNC", O_SYNC},
	{"O_RSYNC", O_RSYNC},
	{"O_ASYNC", O_ASYNC},
	{"O_DIRECT", O_DIRECT},
	/* glibc's is 0 on 64-bit machines, where the kernel adds its own to each open() */
	{"O_LARGEFILE", 0100000},
	{"O_DIRECTORY", O_DIRECTORY},
	{"O_NOFOLLOW", O_NOFOLLOW},
	{"O_NOATIME", O_NOATIME},
	{"O_CLOEXEC", O_CLOEXEC},
	{"O_PATH", O_PATH},
	{"O_TMPFILE", O_TMPFILE & ~O_DIRECTORY},
};

static void opensnoop_add_flag(struct opensnoop *o, struct argp_state *state, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++)
		if (!strcmp(open_flags[i].name, name)) {
			o->flags_any |= open_flags[i].flag;
			o->read_only |= !open_flags[i].flag;
			return;
		}
	argp_error(state, "-f: unknown open(2) flag '%s'", name);
}

static error_t opensnoop_parse(int key, char *arg, struct argp_state *state)
{
	struct opensnoop *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		tool_init_options(state, &o->tool);
		return 0;
	case 'T':
		o->timestamp = true;
		return 0;
	case 'U':
		o->print_uid = true;
		return 0;
	case 'x':
		o->failed = true;
		return 0;
	case 'p':
		o->pid = tool_number(state, "-p", arg, 1, INT_MAX);
		return 0;
	case 't':
		o->tid = tool_number(state, "-t", arg, 1, INT_MAX);
		return 0;
	case 'u':
		o->uid = tool_user(state, "-u", arg);
		return 0;
	case 'd':
		o->duration = tool_number(state, "-d", arg, 1, INT_MAX);
		return 0;
	case 'n':
		o->name = arg;
		return 0;
	case 'e':
		o->extended = true;
		return 0;
	case 'f':
		opensnoop_add_flag(o, state, arg);
		return 0;
	case 'F':
		o->full_path = true;
		return 0;
	case 'b':
		o->pages = tool_number(state, "-b", arg, 1, 1 << 18);
		if (o->pages & (o->pages - 1))
			argp_error(state, "-b: %zu is not a power of two", o->pages);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void opensnoop_set_cflags(struct opensnoop *o)
{
	struct tool *t = &o->tool;

#ifdef SYS_open
	tool_cflag(t, "-DHAVE_OPEN");
#endif
	/* since 5.6; the kernel that has it then rejects the size 0 */
	if (!syscall(SYS_openat2, AT_FDCWD, NULL, NULL, 0) || errno != ENOSYS)
		tool_cflag(t, "-DHAVE_OPENAT2");
	if (o->tid >= 0)
		tool_cflag(t, "-DFILTER_TID=%ld", o->tid);
	else if (o->pid >= 0)
		tool_cflag(t, "-DFILTER_PID=%ld", o->pid);
	if (o->uid >= 0)
		tool_cflag(t, "-DFILTER_UID=%ld", o->uid);
	if (o->failed)
		tool_cflag(t, "-DONLY_FAILED");
	if (o->flags_any)
		tool_cflag(t, "-DFLAGS_ANY=%u", o->flags_any);
	if (o->read_only)
		tool_cflag(t, "-DREAD_ONLY");
	if (o->full_path)
		tool_cflag(t, "-DFULL_PATH");
}

/* The directories come innermost first; a path is written from the root down. */
static void print_folders(const char *text, size_t size)
{
	size_t end = size;

	while (end) {
		size_t start = end - 1; /* at the NUL */

		while (start && text[start - 1])
			start--;
		putchar('/');
		tool_print_text(text + start, end - 1 - start);
		end = start;
	}
	putchar('/');
}

static int opensnoop_print_event(void *ctx, int cpu, const void *data, size_t size)
{
	const struct event *e = data;
	struct opensnoop *o = ctx;

	if (size < offsetof(struct event, text) || size - offsetof(struct event, text) < e->text_size ||
		!e->path_size || e->path_size > e->text_size)
		return 0;
	if (!o->first)
		o->first = e->time;
	if (o->name && !memmem(e->comm, strnlen(e->comm, sizeof(e->comm)), o->name, strlen(o->name)))
		return 0;
	if (o->timestamp)
		printf("%-14.9f", (double)(int64_t)(e->time - o->first) / 1e9);
	if (o->print_uid)
		printf("%-6u", e->uid);
	printf("%-6u %-16.16s %4d %3d ", o->tid >= 0 ? (uint32_t)e->id : (uint32_t)(e->id >> 32), e->comm,
		e->ret >= 0 ? e->ret : -1, e->ret >= 0 ? 0 : -e->ret);
	if (o->extended)
		printf("%08o ", e->flags);
	if (e->has_folders)
		print_folders(e->text + e->path_size, e->text_size - e->path_size);
	tool_print_text(e->text, e->path_size - 1);
	putchar('\n');
	return 0;
}

static void opensnoop_print_header(const struct opensnoop *o)
{
	if (o->timestamp)
		printf("%-14s", "TIME(s)");
	if (o->print_uid)
		printf("%-6s", "UID");
	printf("%-6s %-16s %4s %3s ", o->tid >= 0 ? "TID" : "PID", "COMM", "FD", "ERR");
	if (o->extended)
		printf("%-9s", "FLAGS");
	printf("PATH\n");
}

int main(int argc, char **argv)
{
	struct opensnoop o = {.tool = TOOL("opensnoop"), .pid = -1, .tid = -1, .uid = -1};
	const struct argp argp = {.options = options,
		.parser = opensnoop_parse,
		.doc = "Shows which files processes open.",
		.children = tool_container_options};
	int status = EXIT_FAILURE;

	tool_parse(&argp, argc, argv, &o);
	opensnoop_set_cflags(&o);
	if (!tool_open(&o.tool) && !tool_open_perf(&o.tool, "events", opensnoop_print_event, &o, o.pages) &&
		!tool_start(&o.tool)) {
		opensnoop_print_header(&o);
		status = tool_run(&o.tool, o.duration);
	}
	tool_close(&o.tool);
	return status;
}
