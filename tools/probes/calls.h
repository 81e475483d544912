/* SPDX-License-Identifier: Apache-2.0 */
/* The programs of call_programs.bpf.h, and what they know to have missed. */
#ifndef TOOLS_CALLS_H
#define TOOLS_CALLS_H

#include <inttypes.h>

#include "probe_set.h"
#include "tool.h"

/* As probe_set_attach(). */
static inline int calls_attach(struct bcc *b)
{
	static const struct probe_programs programs = {.function = "enter_function",
		.function_return = "leave_function",
		.user = "enter_user",
		.user_return = "leave_user"};

	return probe_set_attach(b, &programs);
}

/* Says at the end how many calls were not timed. Always returns 0. */
static inline int calls_say_missed(struct bcc *b)
{
	struct bcc_variable *variable = bcc_variable_find(b, "returns_missed");
	uint64_t missed = 0;

	if (!bcc_variable_get(variable, &missed, sizeof(missed)) && missed)
		tool_warn("%" PRIu64 " calls are not shown: their returns were missed", missed);
	return 0;
}

#endif
