/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>

#include "sent_columns.h"

static bool by_calls;

/* Either the tracepoint, or the calls that take a process or a thread. */
static bool sigsnoop_needs(const char *program)
{
	return strstr(program, "signal_generate") || (by_calls && !strstr(program, "__pidfd_send_signal"));
}

static void sigsnoop_text(struct value *value, const char *text)
{
	if (*text)
		value_text(value, text, strlen(text));
	else
		value->kind = VALUE_NONE;
}

static void sigsnoop_signal(const struct tool_row *row, struct value *value)
{
	int number = ((const struct event *)row->data)->signal;
	static char text[32];

	if (number > 0 && number <= 64)
		snprintf(text, sizeof(text), "SIG%s", signal_name(number));
	else
		snprintf(text, sizeof(text), "%d", number);
	sigsnoop_text(value, text);
}

static void sigsnoop_tcomm(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	value_text(value, e->tcomm, strnlen(e->tcomm, sizeof(e->tcomm)));
	if (!value->length)
		value->kind = VALUE_NONE;
}

static void sigsnoop_fate(const struct tool_row *row, struct value *value)
{
	static const char *const fates[] = {"delivered", "ignored", "pending", "overflow", "lost-info"};
	int fate = ((const struct event *)row->data)->fate;

	sigsnoop_text(value, fate >= 0 && fate < (int)ARRAY_SIZE(fates) ? fates[fate] : "");
}

static void sigsnoop_code(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;

	if (e->fate < 0)
		value->kind = VALUE_NONE;
	else
		value_signed(value, e->code);
}

static const struct tool_option options[] = {
	OPTION_FLAG('x', "failed", "only signals that could not be sent", .variable = "only_failed"),
	OPTION_FLAG('k', "kill",
		"only signals that kill(), tkill(), tgkill() and sigqueue() send, with those that fail",
		.value = &by_calls, .variable = "by_calls"),
	OPTION_CUSTOM('s', "signal", "SIGNAL", sent_signals,
		"only these signals, by number or name, separated by commas; with '!' before: all others"),
	OPTION_FLAG('n', "name", "show names of signals instead of numbers", .columns = "-SIG SIGNAL"),
	OPTION_CUSTOM('T', "tpid", "PID", sent_targets, "only signals to these, separated by commas"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -8, "when it was sent"),
	COLUMN("PID", -7, task.pid,
		"process that sent it; of a signal of the kernel, such as that of a timer, the one that was running"),
	COLUMN("COMM", -16, task.comm, "name of its thread"),
	COLUMN("SIG", -12, signal, "number of the signal", .in_json = true),
	COLUMN_BY("SIGNAL", -12, VALUE_TEXT, sigsnoop_signal, "its name", .heading = "SIG", .json = "signal",
		.hidden = true),
	COLUMN("TPID", -7, target,
		"to whom: a process, or a thread if it alone was meant; with -k, as the sender said it"),
	COLUMN_BY("TCOMM", -16, VALUE_TEXT, sigsnoop_tcomm, "its name"),
	COLUMN("RESULT", -6, ret, "0, or the negative errno"),
	COLUMN_BY("NAME", -8, VALUE_TEXT, sent_name, "name of the signal, without SIG", .json = "signal_name",
		.hidden = true, .in_json = true),
	COLUMN_BY("FATE", -9, VALUE_TEXT, sigsnoop_fate,
		"delivered, ignored, pending (one is waiting already), overflow (too many are waiting) or "
		"lost-info (delivered without its siginfo)",
		.hidden = true, .in_json = true),
	COLUMN_BY("CODE", -6, VALUE_SIGNED, sigsnoop_code, "si_code: why it was sent", .hidden = true,
		.in_json = true),
	COLUMN_BY("CALL", -17, VALUE_TEXT, sent_call, "the system call, with -k", .hidden = true),
	COLUMN("TID", -7, task.tid, "thread that sent it", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = sent_wanted,
};

const struct tool tool = {
	.name = "sigsnoop",
	.purpose = "Shows signals, those of the kernel too: who sends them to whom.",
	.examples = {{"-n -s '!CHLD'", "all but those that say that a child has ended"},
		{"-k -x", "signals that could not be sent"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.needs = sigsnoop_needs,
};
