/* SPDX-License-Identifier: Apache-2.0 */
#include "slow_file_columns.h"

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -8, "when it ended, since the tool attached", .format = COLUMN_SINCE_START,
		.digits = 3),
	COLUMN("COMM", -14, task.comm, "name of the thread", .cut = 14),
	COLUMN("PID", -6, task.pid, "process", .hidden = true),
	COLUMN("TID", -6, task.tid, "thread"),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	COLUMN_BY("D", 1, VALUE_TEXT, slow_file_what, "R: read, W: write", .json = "direction"),
	COLUMN_BY("BYTES", -7, VALUE_UNSIGNED, slow_file_bytes, "that were read or written"),
	COLUMN("OFF_KB", -8, offset, "where in the file it began", .json = "offset_bytes",
		.format = COLUMN_KB, .hidden = true),
	COLUMN_DURATION("LAT(ms)", 7, delay, "time that it took", .format = COLUMN_MS, .digits = 2),
	COLUMN_BY("ERR", 3, VALUE_SIGNED, slow_file_error, "errno; 0 if it worked", .hidden = true,
		.in_json = true),
	COLUMN("FSTYPE", -8, type, "type of file system", .hidden = true),
	COLUMN_BY("FILENAME", 0, VALUE_TEXT, slow_file_name, "name of the file, without its directories"),
	COLUMN_BY("PATH", 0, VALUE_TEXT, slow_file_path, SLOW_FILE_PATH_HELP, .hidden = true),
	{0},
};

static struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, names),
	.wanted = slow_file_wanted,
};

static void fileslower_set_up(void)
{
	static char title[128];

	snprintf(title, sizeof(title), "Tracing sync read/writes slower than %.15g ms",
		(double)least_delay / MILLISECOND);
	view.title = title;
}

static const struct tool_option options[] = {
	OPTION_FLAG('a', "all-files", "sockets, pipes, terminals and so on too", .variable = "all_files"),
	SLOW_FILE_OPTION_MIN,
	SLOW_FILE_OPTION_PATH,
	{0},
};

const struct tool tool = {
	.name = "fileslower",
	.purpose = "Shows reads and writes of files, of any file system, that take long.",
	.details =
		"It sees the system calls of the read(2) and write(2) families, which take as long as the "
		"process has to wait. What io_uring, sendfile(2) and the like do, and accesses to memory that "
		"is mapped, are not among them.",
	.examples = {{"1", "what takes a millisecond or longer"},
		{"-a 100", "what takes 100 ms or longer, also in sockets and pipes"},
		{"-F -- make", "slow reads and writes of a command, with the paths of the files"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = fileslower_set_up,
};
