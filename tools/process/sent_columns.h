/* SPDX-License-Identifier: Apache-2.0 */
/* What killsnoop and sigsnoop have in common: options and columns of signals. */
#ifndef TOOLS_SENT_COLUMNS_H
#define TOOLS_SENT_COLUMNS_H

#include <string.h>

#include "common/array.h"
#include "filter.h"
#include "sent.h"
#include "signals.h"
#include "tool.h"

static void sent_signals(const char *argument)
{
	bool unwanted = *argument == '!';
	uint64_t mask = argument_signals(argument + unwanted);

	tool_set_number("signals", unwanted ? ~mask : mask);
	tool_set_number("other_numbers", unwanted);
}

static void sent_targets(const char *argument)
{
	struct filter_numbers targets = {0};

	targets.count = argument_numbers(argument, 1, INT32_MAX, targets.numbers, FILTER_NUMBERS);
	tool_set("targets", &targets, sizeof(targets));
}

static const char *const sent_calls[] = {[KILL] = "kill",
	[TKILL] = "tkill",
	[TGKILL] = "tgkill",
	[SIGQUEUE] = "rt_sigqueueinfo",
	[TGSIGQUEUE] = "rt_tgsigqueueinfo",
	[PIDFD_SEND_SIGNAL] = "pidfd_send_signal",
	[NO_CALL] = NULL};

static bool sent_wanted(const struct tool_row *row)
{
	return ((const struct event *)row->data)->call < ARRAY_SIZE(sent_calls);
}

static void sent_call(const struct tool_row *row, struct value *value)
{
	const char *name = sent_calls[((const struct event *)row->data)->call];

	if (name)
		value_text(value, name, strlen(name));
	else
		value->kind = VALUE_NONE;
}

static void sent_name(const struct tool_row *row, struct value *value)
{
	const char *name = signal_name(((const struct event *)row->data)->signal);

	value_text(value, name, strlen(name));
}

#endif
