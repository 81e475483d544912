/* SPDX-License-Identifier: Apache-2.0 */
#include "mountsnoop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "tool.h"

/* ---- flags by name ---- */

struct flag {
	uint64_t flag;
	const char *name;
};

#define FLAG(prefix, name) {prefix##name, #prefix #name}

static const struct flag mount_flags[] = {FLAG(MS_, RDONLY), FLAG(MS_, NOSUID), FLAG(MS_, NODEV),
	FLAG(MS_, NOEXEC), FLAG(MS_, SYNCHRONOUS), FLAG(MS_, REMOUNT), FLAG(MS_, MANDLOCK),
	FLAG(MS_, DIRSYNC), FLAG(MS_, NOSYMFOLLOW), FLAG(MS_, NOATIME), FLAG(MS_, NODIRATIME),
	FLAG(MS_, BIND), FLAG(MS_, MOVE), FLAG(MS_, REC), FLAG(MS_, SILENT), FLAG(MS_, POSIXACL),
	FLAG(MS_, UNBINDABLE), FLAG(MS_, PRIVATE), FLAG(MS_, SLAVE), FLAG(MS_, SHARED), FLAG(MS_, RELATIME),
	FLAG(MS_, KERNMOUNT), FLAG(MS_, I_VERSION), FLAG(MS_, STRICTATIME), FLAG(MS_, LAZYTIME), {0}};
/* of sys/mount.h, which does not go together with linux/mount.h */
static const struct flag umount_flags[] = {
	{1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"}, {0}};
static const struct flag fsopen_flags[] = {FLAG(FSOPEN_, CLOEXEC), {0}};
static const struct flag fsmount_flags[] = {FLAG(FSMOUNT_, CLOEXEC), {0}};
static const struct flag attribute_flags[] = {FLAG(MOUNT_ATTR_, RDONLY), FLAG(MOUNT_ATTR_, NOSUID),
	FLAG(MOUNT_ATTR_, NODEV), FLAG(MOUNT_ATTR_, NOEXEC), FLAG(MOUNT_ATTR_, NOATIME),
	FLAG(MOUNT_ATTR_, STRICTATIME), FLAG(MOUNT_ATTR_, NODIRATIME), FLAG(MOUNT_ATTR_, IDMAP),
	FLAG(MOUNT_ATTR_, NOSYMFOLLOW), {0}};
static const struct flag move_flags[] = {FLAG(MOVE_MOUNT_, F_SYMLINKS), FLAG(MOVE_MOUNT_, F_AUTOMOUNTS),
	FLAG(MOVE_MOUNT_, F_EMPTY_PATH), FLAG(MOVE_MOUNT_, T_SYMLINKS), FLAG(MOVE_MOUNT_, T_AUTOMOUNTS),
	FLAG(MOVE_MOUNT_, T_EMPTY_PATH), FLAG(MOVE_MOUNT_, SET_GROUP), {0x200, "MOVE_MOUNT_BENEATH"}, {0}};
static const struct flag pick_flags[] = {FLAG(FSPICK_, CLOEXEC), FLAG(FSPICK_, SYMLINK_NOFOLLOW),
	FLAG(FSPICK_, NO_AUTOMOUNT), FLAG(FSPICK_, EMPTY_PATH), {0}};
static const struct flag tree_flags[] = {FLAG(OPEN_TREE_, CLONE), FLAG(OPEN_TREE_, CLOEXEC),
	FLAG(AT_, SYMLINK_NOFOLLOW), FLAG(AT_, NO_AUTOMOUNT), FLAG(AT_, EMPTY_PATH), FLAG(AT_, RECURSIVE),
	{0}};

static const char *const fsconfig_commands[] = {"FSCONFIG_SET_FLAG", "FSCONFIG_SET_STRING",
	"FSCONFIG_SET_BINARY", "FSCONFIG_SET_PATH", "FSCONFIG_SET_PATH_EMPTY", "FSCONFIG_SET_FD",
	"FSCONFIG_CMD_CREATE", "FSCONFIG_CMD_RECONFIGURE", "FSCONFIG_CMD_CREATE_EXCL"};

/* ---- calls ---- */

enum kind { END, STRING, FLAGS, FOLDER, NUMBER, POINTER, COMMAND };

struct argument {
	enum kind kind;
	const struct flag *flags;
};

static const struct {
	const char *name;
	struct argument arguments[ARGUMENTS];
} calls[] = {
	[MOUNT] = {"mount", {{STRING, 0}, {STRING, 0}, {STRING, 0}, {FLAGS, mount_flags}, {STRING, 0}}},
	[UMOUNT] = {"umount", {{STRING, 0}, {FLAGS, umount_flags}}},
	[FSOPEN] = {"fsopen", {{STRING, 0}, {FLAGS, fsopen_flags}}},
	[FSCONFIG] = {"fsconfig", {{NUMBER, 0}, {COMMAND, 0}, {STRING, 0}, {STRING, 0}, {NUMBER, 0}}},
	[FSMOUNT] = {"fsmount", {{NUMBER, 0}, {FLAGS, fsmount_flags}, {FLAGS, attribute_flags}}},
	[MOVE_MOUNT] = {"move_mount",
		{{FOLDER, 0}, {STRING, 0}, {FOLDER, 0}, {STRING, 0}, {FLAGS, move_flags}}},
	[FSPICK] = {"fspick", {{FOLDER, 0}, {STRING, 0}, {FLAGS, pick_flags}}},
	[OPEN_TREE] = {"open_tree", {{FOLDER, 0}, {STRING, 0}, {FLAGS, tree_flags}}},
	[MOUNT_SETATTR] = {"mount_setattr",
		{{FOLDER, 0}, {STRING, 0}, {FLAGS, tree_flags}, {POINTER, 0}, {NUMBER, 0}}},
	[PIVOT_ROOT] = {"pivot_root", {{STRING, 0}, {STRING, 0}}},
};

static void mountsnoop_add_flags(struct buffer *b, const struct flag *flags, uint64_t value)
{
	bool first = true;

	/* scripts of old programs put this where there were no flags */
	if (flags == mount_flags && (value & MS_MGC_MSK) == MS_MGC_VAL) {
		buffer_text(b, "MS_MGC_VAL");
		value &= ~(uint64_t)MS_MGC_MSK;
		first = false;
	}
	for (; flags->name; flags++)
		if (value & flags->flag) {
			buffer_text(b, first ? "" : "|");
			buffer_text(b, flags->name);
			value &= ~flags->flag;
			first = false;
		}
	if (value || first)
		buffer_printf(b, "%s0x%llx", first ? "" : "|", (unsigned long long)value);
}

/* In quotes, those within escaped; the rest is up to the writers. */
static void mountsnoop_add_string(struct buffer *b, const char *text)
{
	buffer_char(b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buffer_char(b, '\\');
		buffer_char(b, *text);
	}
	buffer_char(b, '"');
}

static void mountsnoop_add_argument(struct buffer *b, const struct event *e, unsigned i,
	const struct argument *argument, const char *string)
{
	uint64_t value = e->arguments[i];

	switch (argument->kind) {
	case STRING:
		if (!value)
			buffer_text(b, "NULL");
		else if (string)
			mountsnoop_add_string(b, string);
		else
			buffer_printf(b, "0x%llx", (unsigned long long)value);
		break;
	case FLAGS:
		mountsnoop_add_flags(b, argument->flags, value);
		break;
	case FOLDER:
		if ((int)value == AT_FDCWD)
			buffer_text(b, "AT_FDCWD");
		else
			buffer_signed(b, (int)value);
		break;
	case COMMAND:
		if (value < ARRAY_SIZE(fsconfig_commands))
			buffer_text(b, fsconfig_commands[value]);
		else
			buffer_unsigned(b, value);
		break;
	case POINTER:
		buffer_printf(b, "0x%llx", (unsigned long long)value);
		break;
	case NUMBER:
		buffer_signed(b, (int)value);
		break;
	case END:
		break;
	}
}

/* ---- the tool ---- */

static bool mountsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;
	unsigned strings = 0, ends = 0;

	if (e->call >= ARRAY_SIZE(calls) || row->size - offsetof(struct event, text) < e->size)
		return false;
	for (unsigned i = 0; i < ARGUMENTS; i++)
		strings += e->strings >> i & 1;
	for (uint32_t i = 0; i < e->size; i++)
		ends += !e->text[i];
	return ends == strings;
}

/* The call with its arguments, as strace shows it. */
static void mountsnoop_call(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const struct argument *arguments = calls[e->call].arguments;
	const char *string = e->text, *error;
	static struct buffer b;

	b.size = 0;
	buffer_text(&b, calls[e->call].name);
	buffer_char(&b, '(');
	for (unsigned i = 0; i < ARGUMENTS && arguments[i].kind != END; i++) {
		bool is_string = e->strings >> i & 1;

		buffer_text(&b, i ? ", " : "");
		mountsnoop_add_argument(&b, e, i, &arguments[i], is_string ? string : NULL);
		if (is_string)
			string += strlen(string) + 1;
	}
	buffer_text(&b, ") = ");
	error = e->ret < 0 ? strerrorname_np(-(int)e->ret) : NULL;
	if (error)
		buffer_printf(&b, "-%s", error);
	else
		buffer_signed(&b, e->ret);
	value_text(value, b.data, b.size);
}

static void mountsnoop_name(const struct tool_row *row, struct value *value)
{
	const char *name = calls[((const struct event *)row->data)->call].name;

	value_text(value, name, strlen(name));
}

static const struct tool_option options[] = {
	OPTION_FLAG('P', "parent_process", "columns with name and process ID of the parent",
		.columns = "PCOMM PPID"),
	OPTION_FLAG('t', "timestamp", "column with the time of day", .columns = "TIME"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when the call returned", .hidden = true),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("TID", -7, task.tid, "thread"),
	COLUMN("PCOMM", -16, pcomm, "name of its parent", .hidden = true),
	COLUMN("PPID", -7, task.ppid, "the parent", .hidden = true),
	COLUMN("MNT_NS", -11, mnt_ns, "mount namespace"),
	COLUMN_BY("CALL", 0, VALUE_TEXT, mountsnoop_call, "the call with its arguments and its result"),
	COLUMN_BY("SYSCALL", -13, VALUE_TEXT, mountsnoop_name, "name of the system call", .hidden = true,
		.in_json = true),
	COLUMN("RET", 3, ret, "its result; the negative errno if it failed", .hidden = true, .in_json = true),
	COLUMN_DURATION("LAT(ms)", 10, delay, "how long it took", .format = COLUMN_MS, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, text),
	.wanted = mountsnoop_wanted,
};

const struct tool tool = {
	.name = "mountsnoop",
	.purpose = "Shows system calls that mount and unmount file systems, with their arguments.",
	.examples = {{"-P", "who mounts what, and who started that"},
		{"--filter 'ret < 0'", "what could not be mounted"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
