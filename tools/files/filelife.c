/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>

#include "file_gone_paths.h"
#include "filelife_births.h"

static bool full_path;
static uint64_t birth; /* of the file of the current row */

/* The key of a file that is known by its path: the mount namespace and the path. */
static const char *filelife_key(const struct event *e, void (*add)(struct buffer *b, const struct event *e))
{
	static struct buffer path, key;

	path.size = key.size = 0;
	add(&path, e);
	buffer_char(&path, '\0');
	buffer_unsigned(&key, e->mount_namespace);
	births_normal_path(&key, path.data);
	buffer_char(&key, '\0');
	return key.data;
}

static void filelife_remember(const char *key, uint64_t time)
{
	if (births_add(key, time))
		tool_forgot();
}

/* Creations and renamings are only remembered. */
static bool filelife_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (e->action > CREATED || !filegone_is_whole(row))
		return false;
	if (e->action == CREATED) {
		filelife_remember(filelife_key(e, filegone_add_old), e->task.time);
		return false;
	}
	if (e->action == RENAMED) {
		uint64_t time = births_take(filelife_key(e, filegone_add_old));
		const char *key = filelife_key(e, filegone_add_new);

		births_take(key); /* what was there before has gone */
		if (time)
			filelife_remember(key, time);
		return false;
	}
	birth = e->birth ? e->birth : births_take(filelife_key(e, filegone_add_old));
	return birth != 0;
}

static void filelife_age(const struct tool_row *row, struct value *value)
{
	value->kind = VALUE_DURATION;
	value->signed_number = (int64_t)(((const struct event *)row->data)->task.time - birth);
}

static void filelife_file(const struct tool_row *row, struct value *value)
{
	static struct buffer path;
	const char *slash;

	path.size = 0;
	filegone_add_old(&path, row->data);
	slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
	if (full_path || !slash)
		value_text(value, path.size ? path.data : "", path.size);
	else
		value_text(value, slash + 1, path.size - (slash + 1 - path.data));
}

static void filelife_set_up(void)
{
	/* paths are compared */
	tool_set_number("full_path", true);
}

static const struct tool_option options[] = {
	OPTION_FLAG('F', "full-path", "the path of the file, as far as it is known", .value = &full_path),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it was deleted"),
	COLUMN("PID", -7, task.pid, "process that deleted it"),
	COLUMN("COMM", -16, task.comm, "name of its thread"),
	COLUMN_BY("AGE(s)", -7, VALUE_DURATION, filelife_age, "time since it was created",
		.format = COLUMN_SECONDS, .digits = 2),
	COLUMN_BY("FILE", 0, VALUE_TEXT, filelife_file, "name of the file; with -F its path"),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = filelife_wanted,
};

static const struct tool_source sources[] = {
	{.name = "fentry and fexit of vfs_unlink", .programs = "kfunc__vfs_unlink kretfunc__vfs_unlink"},
	{.name = "tracepoints of system calls",
		.programs =
			"enter__unlink exit__unlink enter__unlinkat exit__unlinkat enter__rename exit__rename "
			"enter__renameat exit__renameat enter__renameat2 exit__renameat2",
		.variable = "by_path",
		.less = "files are known by their paths: those in directories that have been renamed, or that "
			"are deleted through a symbolic link to a directory, are not shown"},
	{0},
};

static bool filelife_needs(const char *program)
{
	return !strstr(program, "__rmdir");
}

const struct tool tool = {
	.name = "filelife",
	.purpose = "Shows files that are deleted, and how old they became.",
	.details =
		"Only files that were created since the tool began are shown, by whomever; the filters choose "
		"who deletes them. Of files that are created and not deleted, the last 65,536 are remembered. "
		"It sees files that are created by open(2), and not links and those of mknod(2).",
	.examples = {{"", "files that do not stay"}, {"-F -- make", "temporary files of a command"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = filelife_set_up,
	.needs = filelife_needs,
	.tear_down = births_free,
};
