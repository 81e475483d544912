/* SPDX-License-Identifier: Apache-2.0 */
#include "sofdsnoop.h"

#include <string.h>

#include "buffer.h"
#include "path.h"
#include "tool.h"

static const char *name;

static bool sofdsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (row->size - offsetof(struct event, text) < e->size || (e->size && e->text[e->size - 1]))
		return false;
	return !name || memmem(e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)), name, strlen(name));
}

static void sofdsnoop_action(const struct tool_row *row, struct value *value)
{
	value_text(value, ((const struct event *)row->data)->action == SEND ? "SEND" : "RECV", 4);
}

static void sofdsnoop_socket(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	buffer_printf(&b, "%d:socket:[%llu]", e->socket, (unsigned long long)e->socket_inode);
	value_text(value, b.data, b.size);
}

/* As the links in /proc/PID/fd. */
static void sofdsnoop_name(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	unsigned long long inode = e->inode;
	int length = e->size ? (int)e->size - 1 : 0;
	static struct buffer b;

	b.size = 0;
	switch (e->kind) {
	case FILE_PATH:
		buffer_text(&b, e->cut ? "..." : "");
		path_text(&b, e->text, e->size);
		if (!b.size)
			buffer_char(&b, '/');
		break;
	case FILE_ANONYMOUS:
		buffer_printf(&b, "anon_inode:%.*s", length, e->text);
		break;
	case FILE_PSEUDO:
		buffer_printf(&b, "/%.*s (deleted)", length, e->text);
		break;
	case FILE_NAMESPACE:
		buffer_printf(&b, "%.*s:[%llu]", length, e->text, inode);
		break;
	case FILE_SOCKET:
		buffer_printf(&b, "socket:[%llu]", inode);
		break;
	case FILE_PIPE:
		buffer_printf(&b, "pipe:[%llu]", inode);
		break;
	case FILE_PIDFD:
		buffer_text(&b, "anon_inode:[pidfd]");
		break;
	default:
		value->kind = VALUE_NONE;
		return;
	}
	if (e->deleted)
		buffer_text(&b, " (deleted)");
	value_text(value, b.data, b.size);
}

/* The program that the others call. */
static int sofdsnoop_attached(struct bcc *b)
{
	struct bcc_program *program = bcc_program_find(b, "report_fds");
	uint32_t first = 0;
	int ret, fd = bcc_program_load(program, BCC_PROG_TYPE_AUTO, NULL);

	ret = fd < 0 ? fd
		     : bcc_table_set(bcc_table_find(b, "next"), &first, sizeof(first), &fd, sizeof(fd), 0);
	if (ret)
		tool_warn("%s", bcc_error(b));
	return ret;
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_TEXT('n', "name", "NAME", "only threads whose name contains this", .value = &name),
	OPTION_LETTER('t', "tid"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when the call returned", .format = COLUMN_SECONDS, .digits = 9,
		.tight = true, .hidden = true),
	COLUMN_BY("ACTION", -6, VALUE_TEXT, sofdsnoop_action, "SEND or RECV"),
	COLUMN("PID", -6, task.pid, "process", .hidden = true, .in_json = true),
	COLUMN("TID", -6, task.tid, "thread"),
	COLUMN("COMM", -16, task.comm, "its name"),
	COLUMN_BY("SOCKET", -25, VALUE_TEXT, sofdsnoop_socket, "the socket: its descriptor and inode"),
	COLUMN("FD", -5, fd, "descriptor, in this process"),
	COLUMN_BY("NAME", 0, VALUE_TEXT, sofdsnoop_name, "what it stands for, as /proc/PID/fd says it"),
	COLUMN("SOCKFD", -6, socket, "descriptor of the socket", .hidden = true, .in_json = true),
	COLUMN("INODE", -10, socket_inode, "inode of the socket", .json = "socket_inode", .hidden = true,
		.in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = sofdsnoop_wanted,
};

const struct tool tool = {
	.name = "sofdsnoop",
	.purpose = "Shows file descriptors that processes send each other over sockets.",
	.examples = {{"-T -n Xorg", "descriptors that a server gets, with the time"},
		{"--filter 'name ~ ^/etc'", "open files of a directory that are passed on"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.attached = sofdsnoop_attached,
};
