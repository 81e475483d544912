/* SPDX-License-Identifier: Apache-2.0 */
#include "shmsnoop.h"

#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "buffer.h"
#include "common/array.h"
#include "tool.h"

/* What an argument is; the call has as many as there are before NOTHING. */
enum kind { NOTHING, KEY, SIZE, SHMFLG, SHMID, SHMADDR, CMD, BUF };

struct flag {
	uint32_t flag;
	const char *name;
};

#define FLAG(name) {name, #name}

static const struct flag get_flags[] = {
	FLAG(IPC_CREAT), FLAG(IPC_EXCL), FLAG(SHM_HUGETLB), FLAG(SHM_NORESERVE), {0100000, "SHM_EXEC"}, {0}};
static const struct flag at_flags[] = {FLAG(SHM_RDONLY), FLAG(SHM_RND), FLAG(SHM_REMAP), FLAG(SHM_EXEC), {0}};

static const struct {
	const char *name, *sys;
	enum kind arguments[ARGUMENTS];
	const struct flag *flags;
} calls[] = {
	[SHMGET] = {"shmget", "SHMGET", {KEY, SIZE, SHMFLG}, get_flags},
	[SHMAT] = {"shmat", "SHMAT", {SHMID, SHMADDR, SHMFLG}, at_flags},
	[SHMDT] = {"shmdt", "SHMDT", {SHMADDR}, NULL},
	[SHMCTL] = {"shmctl", "SHMCTL", {SHMID, CMD, BUF}, NULL},
};

static const char *name;

/* ---- arguments as text ---- */

/* The size of huge pages, if it is not the usual one: its logarithm, in 6 bits. */
static uint32_t shmsnoop_add_page_size(struct buffer *b, uint32_t flags)
{
	enum { MASK = 0x3f, SHIFT = 26, KB = 10, MB = 20, GB = 30 };
	uint32_t order = flags >> SHIFT & MASK;

	if (!(flags & SHM_HUGETLB) || order < KB || order >= GB + KB)
		return flags;
	if (order < MB)
		buffer_printf(b, "|SHM_HUGE_%uKB", 1U << (order - KB));
	else if (order < GB)
		buffer_printf(b, "|SHM_HUGE_%uMB", 1U << (order - MB));
	else
		buffer_printf(b, "|SHM_HUGE_%uGB", 1U << (order - GB));
	return flags & ~((uint32_t)MASK << SHIFT);
}

/* "0x380 (IPC_CREAT|0600)": the rest are permissions. */
static void shmsnoop_add_flags(struct buffer *b, const struct flag *known, uint32_t flags)
{
	bool first = true;

	buffer_printf(b, "0x%x", flags);
	if (!flags)
		return;
	buffer_text(b, " (");
	for (; known->name; known++) {
		if (!(flags & known->flag))
			continue;
		buffer_text(b, first ? "" : "|");
		buffer_text(b, known->name);
		flags &= ~known->flag;
		first = false;
		if (known->flag == SHM_HUGETLB)
			flags = shmsnoop_add_page_size(b, flags | SHM_HUGETLB) & ~(uint32_t)SHM_HUGETLB;
	}
	if (flags)
		buffer_printf(b, "%s0%o", first ? "" : "|", flags);
	buffer_char(b, ')');
}

static const char *shmsnoop_command(uint32_t command)
{
	static const char *const names[] = {[IPC_RMID] = "IPC_RMID",
		[IPC_SET] = "IPC_SET",
		[IPC_STAT] = "IPC_STAT",
		[3] = "IPC_INFO",
		[SHM_LOCK] = "SHM_LOCK",
		[SHM_UNLOCK] = "SHM_UNLOCK",
		[13] = "SHM_STAT",
		[14] = "SHM_INFO",
		[15] = "SHM_STAT_ANY"};
	enum { IPC_64 = 0x100 }; /* some machines' C libraries add it */

	command &= ~(uint32_t)IPC_64;
	return command < ARRAY_SIZE(names) ? names[command] : NULL;
}

static void shmsnoop_add_argument(struct buffer *b, const struct event *e, unsigned i)
{
	unsigned long long value = e->arguments[i];
	const char *command;

	switch (calls[e->call].arguments[i]) {
	case KEY:
		buffer_printf(b, "key: 0x%x", (uint32_t)value);
		break;
	case SIZE:
		buffer_printf(b, "size: %llu", value);
		break;
	case SHMFLG:
		buffer_text(b, "shmflg: ");
		shmsnoop_add_flags(b, calls[e->call].flags, value);
		break;
	case SHMID:
		buffer_printf(b, "shmid: 0x%x", (uint32_t)value);
		break;
	case SHMADDR:
		buffer_printf(b, "shmaddr: 0x%llx", value);
		break;
	case CMD:
		command = shmsnoop_command(value);
		buffer_printf(b, "cmd: %u", (uint32_t)value);
		if (command)
			buffer_printf(b, " (%s)", command);
		break;
	case BUF:
		buffer_printf(b, "buf: 0x%llx", value);
		break;
	case NOTHING:
		break;
	}
}

static void shmsnoop_arguments(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static struct buffer b;

	b.size = 0;
	for (unsigned i = 0; i < ARGUMENTS && calls[e->call].arguments[i] != NOTHING; i++) {
		buffer_text(&b, i ? ", " : "");
		shmsnoop_add_argument(&b, e, i);
	}
	value_text(value, b.data, b.size);
}

/* ---- each as a value ---- */

static void shmsnoop_find(const struct tool_row *row, struct value *value, enum kind kind)
{
	const struct event *e = row->data;

	value->kind = VALUE_NONE;
	for (unsigned i = 0; i < ARGUMENTS; i++)
		if (calls[e->call].arguments[i] == kind)
			value_unsigned(value, e->arguments[i]);
}

/* of arguments that are an int */
static void shmsnoop_find_int(const struct tool_row *row, struct value *value, enum kind kind)
{
	shmsnoop_find(row, value, kind);
	if (value->kind != VALUE_NONE)
		value_unsigned(value, (uint32_t)value->number);
}

static void shmsnoop_key(const struct tool_row *row, struct value *value)
{
	shmsnoop_find_int(row, value, KEY);
}

static void shmsnoop_size(const struct tool_row *row, struct value *value)
{
	shmsnoop_find(row, value, SIZE);
}

static void shmsnoop_flags(const struct tool_row *row, struct value *value)
{
	shmsnoop_find_int(row, value, SHMFLG);
}

static void shmsnoop_id(const struct tool_row *row, struct value *value)
{
	shmsnoop_find_int(row, value, SHMID);
}

static void shmsnoop_address(const struct tool_row *row, struct value *value)
{
	shmsnoop_find(row, value, SHMADDR);
}

static void shmsnoop_cmd(const struct tool_row *row, struct value *value)
{
	shmsnoop_find_int(row, value, CMD);
}

/* ---- the tool ---- */

static void shmsnoop_sys(const struct tool_row *row, struct value *value)
{
	const char *sys = calls[((const struct event *)row->data)->call].sys;

	value_text(value, sys, strlen(sys));
}

static void shmsnoop_syscall(const struct tool_row *row, struct value *value)
{
	const char *syscall = calls[((const struct event *)row->data)->call].name;

	value_text(value, syscall, strlen(syscall));
}

static bool shmsnoop_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;

	if (e->call >= ARRAY_SIZE(calls))
		return false;
	return !name || memmem(e->task.comm, strnlen(e->task.comm, sizeof(e->task.comm)), name, strlen(name));
}

static const struct tool_option options[] = {
	OPTION_FLAG('T', "timestamp", "column with the seconds since the first event", .columns = "TIME(s)"),
	OPTION_TEXT('n', "name", "NAME", "only processes whose name contains this", .value = &name),
	OPTION_LETTER('t', "tid", .columns = "-PID TID"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME(s)", -14, "when the call returned", .format = COLUMN_SECONDS, .digits = 9,
		.tight = true, .hidden = true),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_BY("SYS", 6, VALUE_TEXT, shmsnoop_sys, "the call"),
	COLUMN("RET", 16, ret,
		"of shmget() the segment's ID, of shmat() the address, else 0; the negative errno if it failed",
		.format = COLUMN_HEX),
	COLUMN_BY("ARGs", 0, VALUE_TEXT, shmsnoop_arguments, "its arguments"),
	COLUMN_BY("SYSCALL", -7, VALUE_TEXT, shmsnoop_syscall, "the call as system calls are named",
		.hidden = true),
	COLUMN_BY("KEY", 10, VALUE_UNSIGNED, shmsnoop_key, "key of the segment: 0 is IPC_PRIVATE",
		.format = COLUMN_HEX, .hidden = true, .in_json = true),
	COLUMN_BY("SIZE", 12, VALUE_UNSIGNED, shmsnoop_size, "its size in bytes", .json = "size_bytes",
		.hidden = true, .in_json = true),
	COLUMN_BY("SHMID", 10, VALUE_UNSIGNED, shmsnoop_id, "its ID, if the call takes it", .hidden = true,
		.in_json = true),
	COLUMN_BY("SHMADDR", 16, VALUE_UNSIGNED, shmsnoop_address, "address, if the call takes one",
		.format = COLUMN_HEX, .hidden = true, .in_json = true),
	COLUMN_BY("SHMFLG", 8, VALUE_UNSIGNED, shmsnoop_flags, "flags", .format = COLUMN_HEX, .hidden = true,
		.in_json = true),
	COLUMN_BY("CMD", 4, VALUE_UNSIGNED, shmsnoop_cmd, "command of shmctl()", .hidden = true,
		.in_json = true),
	COLUMN_DURATION("LAT(ms)", 10, delay, "how long it took", .format = COLUMN_MS, .digits = 3,
		.hidden = true, .in_json = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = shmsnoop_wanted,
};

const struct tool tool = {
	.name = "shmsnoop",
	.purpose = "Shows calls for System V shared memory: shmget(), shmat(), shmdt(), shmctl().",
	.examples = {{"-p 1234", "calls of one process"},
		{"--filter 'ret < 0'", "calls that fail, such as when a segment cannot be made"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
};
