/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* A file of tracefs, and what it holds while nothing is traced. */
struct trace_file {
	const char *name;
	const char *quiet;  /* its first line that is no comment; NULL: there is none */
	const char *reset;  /* what is written; "": it is emptied */
	const char *before; /* a file of events that have to be off before; NULL: none */
	bool forced;	    /* with -F only */
};

/* In the order in which they are reset: a tracer may hold what comes later. */
static const struct trace_file files[] = {
	{"current_tracer", "nop", "nop", NULL, true},
	{"set_ftrace_filter", NULL, "", NULL, true},
	{"set_graph_function", NULL, "", NULL, true},
	{"set_ftrace_pid", "no pid", "", NULL, true},
	{"events/enable", "0", "0", NULL, true},
	{"tracing_thresh", "0", "0", NULL, true},
	{"kprobe_events", NULL, "", "events/kprobes/enable", false},
	{"uprobe_events", NULL, "", "events/uprobes/enable", false},
	{"trace", NULL, "", NULL, false},
	{"tracing_on", "1", "1", NULL, true},
};

struct listed {
	char file[32];
	char state[8];
	char found[128];
};

static const char *folder;
static bool force, verbose, quiet;

static const struct tool_column columns[] = {
	COLUMN_OF(struct listed, "FILE", -20, file, "file of tracefs"),
	COLUMN_OF(struct listed, "STATE", -6, state,
		"ok: it is as without tracing; reset: it was made so; left: it is not, and -F resets it"),
	COLUMN_OF(struct listed, "FOUND", 0, found, "the beginning of what was in it"),
	{0},
};

static const struct tool_view view = {
	.columns = columns, .bytes = sizeof(struct listed), .no_headings = true};

static int reset_fail(const char *name, const char *what)
{
	int ret = -errno;

	tool_warn("%s/%s cannot be %s: %s%s", folder, name, what, strerror(-ret),
		ret == -EBUSY ? " (something uses what it lists)" : "");
	return ret;
}

/* The first line that is no comment. Returns 1, 0 if there is none, or a negative errno. */
static int reset_read(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	int ret = 0;

	if (!file)
		return -errno;
	while (!ret && fgets(line, (int)size, file)) {
		bool whole = strchr(line, '\n');

		line[strcspn(line, "\n")] = '\0';
		ret = *line && *line != '#';
		/* the rest of a long one */
		for (int c = 0; !whole && c != EOF && c != '\n';)
			c = fgetc(file);
	}
	if (!ret && ferror(file))
		ret = -errno;
	if (!ret)
		*line = '\0'; /* a comment */
	fclose(file);
	return ret;
}

static int reset_write(const char *name, const char *text)
{
	char path[PATH_MAX];
	size_t length = strlen(text);
	int fd, ret = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	/* opening it so empties it, where that means something */
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return reset_fail(name, "reset");
	if (length && write(fd, text, length) != (ssize_t)length)
		ret = reset_fail(name, "reset");
	close(fd);
	return ret;
}

/* Probes cannot be removed while their events are on. */
static int reset_turn_off(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) ? 0 : reset_write(name, "0");
}

static int reset_file(const struct trace_file *file, struct listed *l)
{
	char path[PATH_MAX];
	int ret;

	*l = (struct listed){0};
	snprintf(l->file, sizeof(l->file), "%s", file->name);
	snprintf(path, sizeof(path), "%s/%s", folder, file->name);
	ret = reset_read(path, l->found, sizeof(l->found));
	/* this kernel cannot do what it is for */
	if (ret == -ENOENT)
		return ret;
	if (ret < 0) {
		errno = -ret;
		return reset_fail(file->name, "read");
	}
	if (ret ? file->quiet && !strcmp(l->found, file->quiet) : !file->quiet || !*file->reset) {
		strcpy(l->state, "ok");
		return 0;
	}
	if (file->forced && !force) {
		strcpy(l->state, "left");
		return 0;
	}
	ret = file->before ? reset_turn_off(file->before) : 0;
	if (!ret)
		ret = reset_write(file->name, file->reset);
	strcpy(l->state, "reset");
	return ret;
}

static int reset_all(int (*row)(const void *data, size_t size))
{
	struct listed l;
	int failed = 0, ret;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		ret = reset_file(&files[i], &l);
		if (ret && ret != -ENOENT)
			failed = ret;
		if (ret)
			continue;
		if (!verbose && (quiet || !strcmp(l.state, "ok")))
			continue;
		ret = row(&l, sizeof(l));
		if (ret)
			return ret;
	}
	return failed;
}

/* The place since Linux 4.1, then the older one. */
static int reset_list(int (*row)(const void *data, size_t size))
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !folder; i++) {
		snprintf(path, sizeof(path), "%s/trace", places[i]);
		if (!access(path, F_OK))
			folder = places[i];
	}
	if (!folder) {
		tool_warn("tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing");
		return -ENOENT;
	}
	snprintf(path, sizeof(path), "%s/trace", folder);
	if (access(path, R_OK | W_OK)) {
		reset_fail("trace", "opened");
		return -EACCES;
	}
	return reset_all(row);
}

static const struct tool_option options[] = {
	OPTION_FLAG('F', "force",
		"also reset what may be set by purpose: tracer, filters, events, tracing_on",
		.value = &force),
	OPTION_FLAG('v', "verbose", "also list what is as it should be", .value = &verbose),
	OPTION_FLAG('q', "quiet", "list nothing, and say only what failed", .value = &quiet),
	OPTION_TEXT(0, "tracefs", "FOLDER", "where tracefs is, if not in its usual places", .value = &folder),
	{0},
};

const struct tool tool = {
	.name = "reset-trace",
	.purpose = "Ends what a tracer that died has left behind in tracefs: probes, and lines of the trace.",
	.details =
		"Probes of kprobe_events and uprobe_events are removed, whoever made them, and the trace is emptied. "
		"Do not use it while others trace by tracefs (trace-cmd, perf probe).",
	.examples = {{"", "remove probes and empty the trace"}, {"-v", "and list all that was looked at"},
		{"-F", "reset the tracer, filters and events too"}},
	.options = options,
	.view = &view,
	.list = reset_list,
};
