/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sent_columns.h"

static bool all_calls;

/* kill() only, as scripts expect; what else there is costs something to attach. */
static bool killsnoop_needs(const char *program)
{
	return all_calls || !strcmp(program, "enter__kill") || !strcmp(program, "exit__kill");
}

static const struct tool_option options[] = {
	OPTION_FLAG('x', "failed", "only calls that failed", .variable = "only_failed"),
	OPTION_CUSTOM('T', "tpid", "PID", sent_targets, "only signals to these, separated by commas"),
	OPTION_CUSTOM('s', "signal", "SIGNAL", sent_signals,
		"only these signals, by number or name, separated by commas; with '!' before: all others"),
	OPTION_FLAG(0, "all", "tkill(), tgkill(), sigqueue() and pidfd_send_signal() too",
		.value = &all_calls, .columns = "CALL"),
	{0},
};

static struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when the call returned"),
	COLUMN("PID", -7, task.pid, "process that sent it"),
	COLUMN("COMM", -16, task.comm, "name of its thread"),
	COLUMN("SIG", -4, signal, "number of the signal"),
	COLUMN("TPID", -7, target,
		"to whom, as the sender said it: a process, -1 for all, a group if negative; of tkill() and tgkill() a "
		"thread, of pidfd_send_signal() the descriptor"),
	COLUMN("RESULT", 0, ret, "0, or the negative errno"),
	COLUMN_BY("CALL", 0, VALUE_TEXT, sent_call, "the system call", .hidden = true),
	COLUMN_BY("NAME", -8, VALUE_TEXT, sent_name, "name of the signal", .json = "signal_name",
		.hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread that sent it", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static void killsnoop_set_up(void)
{
	columns[1].width = columns[4].width = -(tool_pid_digits() + 1);
}

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = sent_wanted,
};

const struct tool tool = {
	.name = "killsnoop",
	.purpose = "Shows who sends signals to whom, and whether it works.",
	.examples = {{"-s KILL,TERM", "who ends processes"}, {"-x --all", "signals that could not be sent"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = killsnoop_set_up,
	.needs = killsnoop_needs,
};
