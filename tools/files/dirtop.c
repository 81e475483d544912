/* SPDX-License-Identifier: Apache-2.0 */
#include "dirtop.h"

#include <glob.h>

#include "file_bytes_columns.h"
#include "settings.h"

static struct dirtop_folders folders;
static char *paths[DIRTOP_FOLDERS];

static void dirtop_add(const char *path)
{
	uint64_t inode = 0, device = 0;
	int ret = file_bytes_folder(path, &inode, &device);

	/* a pattern matches files as well */
	if (ret == -ENOTDIR)
		return;
	if (ret)
		tool_usage("%s: %s", path, strerror(-ret));
	for (unsigned i = 0; i < folders.count; i++)
		if (folders.folders[i].inode == inode && folders.folders[i].device == device)
			return;
	if (folders.count == DIRTOP_FOLDERS)
		tool_usage("more than %d directories", DIRTOP_FOLDERS);
	folders.folders[folders.count].inode = inode;
	folders.folders[folders.count].device = device;
	paths[folders.count++] = strdup(path);
}

static void dirtop_pattern(void *ctx, const char *pattern)
{
	uint64_t before = folders.count;
	glob_t found;

	if (glob(pattern, GLOB_NOCHECK, NULL, &found))
		tool_usage("cannot look for '%s'", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		dirtop_add(found.gl_pathv[i]);
	globfree(&found);
	if (folders.count == before)
		tool_usage("'%s' is not a further directory", pattern);
}

static void dirtop_directories(const char *argument)
{
	argument_list(argument, dirtop_pattern, NULL);
}

static void dirtop_set_up(void)
{
	if (!folders.count && !settings.describe)
		tool_usage("which directories? -d PATH,PATH,...");
	tool_set("folders", &folders, sizeof(folders));
}

static void dirtop_tear_down(void)
{
	for (unsigned i = 0; i < DIRTOP_FOLDERS; i++)
		free(paths[i]);
}

static void dirtop_path(const struct tool_row *row, struct value *value)
{
	uint64_t folder = ((const struct event *)row->data)->folder;
	const char *path = folder < folders.count ? paths[folder] : NULL;

	value->kind = VALUE_NONE;
	if (path)
		value_text(value, path, strlen(path));
}

static void dirtop_all(const struct tool_row *row, struct value *value)
{
	const struct file_bytes *b = &((const struct event *)row->data)->bytes;

	value_unsigned(value, b->calls + b->read_bytes + b->written_bytes);
}

static const struct tool_option options[] = {
	OPTION_CUSTOM('d', "root-directories", "PATHS", dirtop_directories,
		"the directories, separated by commas; they may be patterns, such as '/home/*'"),
	FILE_BYTES_OPTIONS,
	{0},
};

static const struct tool_column columns[] = {
	COLUMN("READS", -6, bytes.reads, "how often files were read"),
	COLUMN("WRITES", -6, bytes.writes, "how often files were written"),
	COLUMN("R_Kb", -8, bytes.read_bytes, "what was read", .json = "read_bytes", .format = COLUMN_KB),
	COLUMN("W_Kb", -8, bytes.written_bytes, "what was written", .json = "written_bytes",
		.format = COLUMN_KB),
	COLUMN_BY("ALL", -7, VALUE_UNSIGNED, dirtop_all, "bytes, reads and writes together", .hidden = true),
	COLUMN_BY("PATH", 0, VALUE_TEXT, dirtop_path, "the directory, as it was given"),
	COLUMN_BY("TIME", -9, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.hidden = true, .in_json = true),
	{0},
};

static const struct tool_view view = {
	FILE_BYTES_VIEW,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, bytes),
};

const struct tool tool = {
	.name = "dirtop",
	.purpose = "Shows how much is read and written below directories.",
	.details =
		"A file counts for the topmost of the directories above it, across mount points. " FILE_BYTES_DETAILS
		"\n\n--sort takes the columns, and all, reads, writes, rbytes and wbytes, which begin with the "
		"greatest number.",
	.examples = {{"-d '/home/*'", "which user's files are used most, each second"},
		{"-C -d /var,/tmp 5 10", "ten outputs, each of five seconds"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.view = &view,
	.set_up = dirtop_set_up,
	.tear_down = dirtop_tear_down,
};
