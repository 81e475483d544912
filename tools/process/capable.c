/* SPDX-License-Identifier: Apache-2.0 */
#include "capable.h"

#include <bcc/symbols.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "symbol.h"
#include "tool.h"

/* linux/capability.h, in the order of its numbers */
static const char *const names[] = {"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL",
	"SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN",
	"NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE",
	"SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
	"MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
	"WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"};

static bool kernel_stack, user_stack, by_process, by_cgroup;

static void capable_set_up(void)
{
	tool_set_number("once", by_process || by_cgroup);
	tool_set_number("once_by_cgroup", by_cgroup);
}

/* ---- stacks ---- */

static bool capable_wanted(const struct tool_row *row)
{
	const struct event *e = row->data;
	size_t size = offsetof(struct event, stack);

	if (kernel_stack)
		size = offsetof(struct event, user_stack);
	if (user_stack)
		size = sizeof(*e);
	return row->size >= size && e->frames <= FRAMES && e->user_frames <= FRAMES;
}

static void capable_frames(struct value *value, struct buffer *b, const struct symbol_owner *owner,
	const uint64_t *stack, unsigned frames)
{
	size_t count = symbol_stack_frames(owner, stack, frames);

	b->size = 0;
	for (size_t i = 0; i < count; i++) {
		symbol_add(b, owner, stack[i], BCC_SYMBOL_OFFSET | BCC_SYMBOL_MODULE);
		buffer_char(b, '\0');
	}
	value_text(value, b->size ? b->data : "", b->size);
	value->kind = VALUE_LIST;
}

static void capable_kernel_stack(const struct tool_row *row, struct value *value)
{
	const struct symbol_owner kernel = {.pid = 0};
	const struct event *e = row->data;
	static struct buffer b;

	capable_frames(value, &b, &kernel, e->stack, e->frames);
}

static void capable_user_stack(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	const struct symbol_owner process = {.pid = e->task.pid, .start = e->start};
	static struct buffer b;

	capable_frames(value, &b, &process, e->user_stack, e->user_frames);
}

/* ---- columns ---- */

static void capable_name(const struct tool_row *row, struct value *value)
{
	uint32_t number = ((const struct event *)row->data)->capability;
	static char text[32];

	if (number >= ARRAY_SIZE(names)) {
		value->kind = VALUE_NONE;
		return;
	}
	snprintf(text, sizeof(text), "CAP_%s", names[number]);
	value_text(value, text, strlen(text));
}

static void capable_flag(struct value *value, int32_t flag)
{
	if (flag < 0)
		value->kind = VALUE_NONE;
	else
		value_unsigned(value, flag);
}

static void capable_audit(const struct tool_row *row, struct value *value)
{
	capable_flag(value, ((const struct event *)row->data)->audit);
}

static void capable_insetid(const struct tool_row *row, struct value *value)
{
	capable_flag(value, ((const struct event *)row->data)->insetid);
}

static void capable_verdict(const struct tool_row *row, struct value *value)
{
	const char *verdict = ((const struct event *)row->data)->ret ? "deny" : "allow";

	value_text(value, verdict, strlen(verdict));
}

static const struct tool_option options[] = {
	OPTION_FLAG('v', "verbose", "include checks that are not audited", .variable = "with_unaudited"),
	OPTION_FLAG('K', "kernel-stack", "the kernel's stack below each row", .value = &kernel_stack,
		.variable = "kernel_stack", .columns = "KERNEL_STACK"),
	OPTION_FLAG('U', "user-stack", "the process's stack below each row", .value = &user_stack,
		.variable = "user_stack", .columns = "USER_STACK"),
	OPTION_FLAG('x', "extra", "columns with the thread, and whether the check is made for setuid()",
		.columns = "TID INSETID"),
	OPTION_FLAG(0, "verdict", "column with what came of the check", .columns = "VERDICT"),
	OPTION_FLAG(0, "denied", "only capabilities that were denied", .variable = "only_denied"),
	OPTION_FLAG(0, "unique",
		"the same check, with the same stacks, once for each process; with --cgroupmap, for each cgroup",
		.value = &by_process),
	OPTION_FLAG(0, "unique-cgroup", "the same, once for each control group", .value = &by_cgroup),
	OPTION_LETTER('c', "cgroup"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when it was checked"),
	COLUMN("UID", -6, task.uid, "user"),
	COLUMN("PID", -6, task.pid, "process"),
	COLUMN("TID", -6, task.tid, "thread", .hidden = true, .in_json = true),
	COLUMN("COMM", -16, task.comm, "its name"),
	COLUMN("CAP", -4, capability, "number of the capability"),
	COLUMN_BY("NAME", -20, VALUE_TEXT, capable_name, "its name"),
	COLUMN_BY("AUDIT", -6, VALUE_UNSIGNED, capable_audit, "1 if the check is audited, 0 if not"),
	COLUMN_BY(
		"VERDICT", -7, VALUE_TEXT, capable_verdict, "allow or deny", .hidden = true, .in_json = true),
	COLUMN_BY("INSETID", 0, VALUE_UNSIGNED, capable_insetid,
		"1 if the check is made for a call such as setuid(), 0 if not", .hidden = true,
		.in_json = true),
	COLUMN_BY("KERNEL_STACK", 0, VALUE_LIST, capable_kernel_stack, "the kernel's stack, with -K",
		.below = "        ", .tight = true, .hidden = true),
	COLUMN_BY("USER_STACK", 0, VALUE_LIST, capable_user_stack, "the process's stack, with -U",
		.below = "        ", .tight = true, .hidden = true),
	{0},
};

static const struct tool_source sources[] = {
	{.name = "fexit of cap_capable()", .programs = "kretfunc__vmlinux__cap_capable"},
	{.name = "kprobes of cap_capable()", .programs = "kprobe__cap_capable kretprobe__cap_capable"},
	{.name = "tracepoint capability:cap_capable",
		.programs = "raw_tracepoint__cap_capable",
		.less = "which checks are audited is not known, so that all are shown"},
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = offsetof(struct event, stack),
	.wanted = capable_wanted,
};

const struct tool tool = {
	.name = "capable",
	.purpose =
		"Shows checks of capabilities: what privileges processes need, and whether they have them.",
	.examples = {{"--verdict -p 1234", "what a process needs, and what it is refused"},
		{"--denied -U", "what fails for want of a capability, and where in the program"},
		{"--unique -- ./server", "the capabilities that a command has to have"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.sources = sources,
	.view = &view,
	.set_up = capable_set_up,
	.tear_down = symbol_close,
};
