/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools that show slow operations on files have in common. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file_operations.h"
#include "path.h"
#include "slow_file.h"
#include "tool.h"

#define MILLISECOND 1000000

static uint64_t least_delay = 10 * MILLISECOND;

static bool slow_file_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	return e->size && row->size - offsetof(struct event, names) >= e->size && !e->names[e->size - 1] &&
	       e->what < OPERATIONS;
}

static void slow_file_what(const struct tool_row *row, struct value *value)
{
	static const char letters[] = {[OPERATION_READ] = 'R',
		[OPERATION_WRITE] = 'W',
		[OPERATION_OPEN] = 'O',
		[OPERATION_FSYNC] = 'S',
		[OPERATION_GETATTR] = 'G'};

	value_text(value, &letters[((const struct event *)row->data)->what], 1);
}

static void slow_file_bytes(const struct tool_row *row, struct value *value)
{
	int64_t ret = ((const struct event *)row->data)->ret;

	value_unsigned(value, ret > 0 ? ret : 0);
}

static void slow_file_error(const struct tool_row *row, struct value *value)
{
	int64_t ret = ((const struct event *)row->data)->ret;

	value_signed(value, ret < 0 ? -ret : 0);
}

/* Pipes and sockets, which have no names or all the same: as in /proc/PID/fd. */
static bool slow_file_add_special(struct value *value, const struct event *e)
{
	static char text[48];
	const char *kind = !strcmp(e->type, "pipefs") ? "pipe" : !strcmp(e->type, "sockfs") ? "socket" : NULL;

	if (!kind)
		return false;
	value_text(value, text, snprintf(text, sizeof(text), "%s:[%" PRIu64 "]", kind, e->inode));
	return true;
}

static void slow_file_name(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (!slow_file_add_special(value, e))
		value_text(value, e->names, strlen(e->names));
}

static void slow_file_path(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer path;

	if (slow_file_add_special(value, e))
		return;
	path.size = 0;
	buffer_text(&path, e->cut ? "..." : "");
	path_text(&path, e->names, e->size);
	value_text(value, path.data, path.size);
}

#define SLOW_FILE_PATH_HELP                                                                                  \
	"its whole path (with -F); \"...\" before it: as far as it is known, as in a layer of an overlay"

/* Options, and what stands on the command line besides them. */
#define SLOW_FILE_OPTION_PATH                                                                                \
	OPTION_FLAG('F', "full-path", "the whole path of the file", .variable = "full_path",                 \
		.columns = "-FILENAME -FILE PATH")
#define SLOW_FILE_OPTION_MIN                                                                                 \
	OPTION_DURATION('m', "min", "MIN", MILLISECOND,                                                      \
		"only what took at least this long, in milliseconds or with a unit (default: 10)",           \
		.value = &least_delay, .variable = "least_delay")

static const struct tool_option arguments[] = {
	OPTION_DURATION(0, "MIN_MS", NULL, MILLISECOND, "the same as --min", .value = &least_delay,
		.variable = "least_delay"),
	{0},
};
