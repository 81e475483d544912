/* SPDX-License-Identifier: Apache-2.0 */
/* What the descriptions of tools about time off the CPU have in common. */
#ifndef TOOLS_OFFCPU_TOOL_H
#define TOOLS_OFFCPU_TOOL_H

#include <stdio.h>

#include "offcpu.h"
#include "pprof.h"
#include "stack_view.h"
#include "tool.h"

static bool only_user, only_kernel;
static uint64_t min_us = 1, max_us = UINT64_MAX / 1000;

static inline void offcpu_state_option(const char *argument)
{
	tool_set_number("state_mask", argument_number(argument, 0, UINT32_MAX));
	tool_set_number("only_state", true);
}

#define OFFCPU_OPTION_TIMES                                                                                  \
	OPTION_NUMBER('m', "min-block-time", "US", 1, UINT64_MAX / 1000,                                     \
		"only times of at least so many microseconds (default 1)", .value = &min_us,                 \
		.variable = "min_time", .unit = 1000),                                                       \
		OPTION_NUMBER('M', "max-block-time", "US", 1, UINT64_MAX / 1000,                             \
			"only times of at most so many microseconds", .value = &max_us,                      \
			.variable = "max_time", .unit = 1000)

/* Of the tools that know where the target was. */
#define OFFCPU_OPTIONS                                                                                       \
	STACK_OPTION_PID, STACK_OPTION_TID('t'),                                                             \
		OPTION_FLAG('u', "user-threads-only", "only threads of programs, not of the kernel",         \
			.value = &only_user, .variable = "only_user_threads"),                               \
		OPTION_FLAG('k', "kernel-threads-only", "only threads of the kernel", .value = &only_kernel, \
			.variable = "only_kernel_threads"),                                                  \
		STACK_OPTION_USER('U', "user-stacks-only"), STACK_OPTION_KERNEL('K', "kernel-stacks-only"),  \
		STACK_OPTION_DELIMITED('d'), STACK_OPTION_OFFSETS('s'), OFFCPU_OPTION_TIMES,                 \
		OPTION_CUSTOM(0, "state", "MASK", offcpu_state_option,                                       \
			"only threads in these states, as bits of linux/sched.h; 0: those that could run on")

#define OFFCPU_COLUMN_TIME                                                                                   \
	{.name = "TIME(us)",                                                                                 \
		.width = 12,                                                                                 \
		.help = "how long, in all",                                                                  \
		.kind = VALUE_DURATION,                                                                      \
		.bytes = 8,                                                                                  \
		.offset = offsetof(struct offcpu_entry, time),                                               \
		.format = COLUMN_US}

static char title[256];

#define OFFCPU_VIEW                                                                                          \
	.kind = TOOL_STACKS, .title = title, .table = "counts", .bytes = sizeof(struct offcpu_entry),        \
	.compare = stack_compare

static inline void offcpu_check(void)
{
	if (only_user && only_kernel)
		tool_usage("-u and -k cannot be combined");
	if (only_kernel && stack_style.no_kernel)
		tool_usage("threads of the kernel have no stacks of programs: -k and -U cannot be combined");
	if (min_us > max_us)
		tool_usage("the least time is greater than the greatest one");
}

static inline const char *offcpu_whom(void)
{
	if (only_user)
		return "user threads";
	return only_kernel ? "kernel threads" : stack_whom();
}

#endif
