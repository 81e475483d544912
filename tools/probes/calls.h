/* SPDX-License-Identifier: Apache-2.0 */
/* The programs of call_programs.bpf.h. */
#ifndef TOOLS_CALLS_H
#define TOOLS_CALLS_H

#include "probe_set.h"
#include "tool.h"

/* As probe_set_attach(). `syscall`: of struct probe_programs. */
static inline int calls_attach(struct bcc *b, const char *syscall)
{
	const struct probe_programs programs = {.function = "enter_function",
		.syscall = syscall,
		.function_return = "leave_function",
		.user = "enter_user",
		.user_return = "leave_user"};

	return probe_set_attach(b, &programs);
}

#endif
