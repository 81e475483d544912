/* SPDX-License-Identifier: Apache-2.0 */
#include "vfsstat.h"

#include <string.h>

#include "tool.h"

static uint64_t vfsstat_of(const struct tool_row *row, unsigned kind)
{
	uint64_t count;

	memcpy(&count, &((const struct event *)row->data)->counts[2 * kind], sizeof(count));
	return count;
}

#define GETTERS(name, kind)                                                                                  \
	static void vfsstat_##name(const struct tool_row *row, struct value *value)                          \
	{                                                                                                    \
		value_unsigned(value, vfsstat_of(row, kind));                                                \
	}                                                                                                    \
	static void vfsstat_##name##_rate(const struct tool_row *row, struct value *value)                   \
	{                                                                                                    \
		double seconds = tool_output_seconds();                                                      \
                                                                                                             \
		value_unsigned(value, seconds > 0 ? (uint64_t)(vfsstat_of(row, kind) / seconds + 0.5) : 0);  \
	}

GETTERS(read, VFSSTAT_READ)
GETTERS(write, VFSSTAT_WRITE)
GETTERS(fsync, VFSSTAT_FSYNC)
GETTERS(open, VFSSTAT_OPEN)
GETTERS(create, VFSSTAT_CREATE)
GETTERS(unlink, VFSSTAT_UNLINK)
GETTERS(mkdir, VFSSTAT_MKDIR)
GETTERS(rmdir, VFSSTAT_RMDIR)

#define COLUMNS(name, heading, member, help)                                                                 \
	COLUMN_BY(heading "/s", 8, VALUE_UNSIGNED, vfsstat_##name##_rate, help " in each second",            \
		.not_in_json = true),                                                                        \
		COLUMN_BY(heading "S", 8, VALUE_UNSIGNED, vfsstat_##name, help " in the interval",           \
			.json = member, .hidden = true, .in_json = true)

static const struct tool_column columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, tool_output_time, "when this was printed", .json = "time",
		.after = ":  ", .heading_after = "   "),
	COLUMNS(read, "READ", "reads", "reads"),
	COLUMNS(write, "WRITE", "writes", "writes"),
	COLUMNS(fsync, "FSYNC", "fsyncs", "fsyncs"),
	COLUMNS(open, "OPEN", "opens", "opens"),
	COLUMNS(create, "CREATE", "creates", "files that were created"),
	COLUMNS(unlink, "UNLINK", "unlinks", "files that were deleted"),
	COLUMNS(mkdir, "MKDIR", "mkdirs", "directories that were made"),
	COLUMNS(rmdir, "RMDIR", "rmdirs", "directories that were removed"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.counter_offset = offsetof(struct event, counts),
	.counters = VFSSTAT_KINDS,
	.keep_unchanged = true,
	.headings_once = true,
};

#define FUNCTIONS(prefix)                                                                                    \
	prefix "vfs_read " prefix "vfs_write " prefix "vfs_fsync_range " prefix "vfs_open " prefix           \
	       "vfs_create " prefix "vfs_unlink " prefix "vfs_mkdir " prefix "vfs_rmdir"

static const struct tool_source sources[] = {
	{.name = "fentry on vfs_read and other functions", .programs = FUNCTIONS("kfunc__vmlinux__")},
	{.name = "kprobes on vfs_read and other functions", .programs = FUNCTIONS("kprobe__")},
	{.name = "tracepoints of system calls",
		.programs = "exit__read exit__pread64 exit__write exit__pwrite64 exit__fsync exit__fdatasync "
			    "exit__creat exit__open exit__openat exit__openat2 exit__unlink exit__mkdir "
			    "exit__mkdirat exit__rmdir enter__unlinkat exit__unlinkat",
		.less = "only system calls are counted: not what the kernel does by itself"},
	{0},
};

const struct tool tool = {
	.name = "vfsstat",
	.purpose = "Counts what is done to files: reads, writes, fsyncs, opens, and so on.",
	.details =
		"It counts calls of the kernel's functions vfs_read() and so on, of all file systems, and of "
		"pipes, sockets and terminals too; for CREATE also files that open() has created. Vectors "
		"(readv(2), writev(2)) and io_uring do not lead to vfs_read() and vfs_write(). What is "
		"done to a file system that is stacked upon another one, such as a container's, is counted for "
		"both, unless system calls are counted. Calls that the kernel's compiler has inlined are not seen, "
		"such as those of fdatasync(2) in Debian's 6.1.\n\n"
		"JSON has the counts of each interval, and not those of a second.",
	.examples = {{"", "a row each second"},
		{"5 10 -p 1234", "ten rows, each of five seconds, of a process"}},
	.filters = TOOL_FILTERS,
	.intervals = true,
	.interval = 1,
	.sources = sources,
	.view = &view,
};
