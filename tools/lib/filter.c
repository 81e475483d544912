/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "tool.h"

/* The first PID namespace: PROC_PID_INIT_INO of the kernel. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

static const char *filter_strip(const char *argument, uint32_t *unwanted)
{
	*unwanted = *argument == '!';
	return argument + *unwanted;
}

static void filter_number_option(const char *variable, const char *argument, uint64_t min)
{
	struct filter_numbers set = {0};

	argument = filter_strip(argument, &set.unwanted);
	set.count = argument_numbers(argument, min, INT_MAX, set.numbers, FILTER_NUMBERS);
	tool_set(variable, &set, sizeof(set));
}

void filter_pid_option(const char *argument)
{
	filter_number_option("filter_pid", argument, 1);
}

void filter_tid_option(const char *argument)
{
	filter_number_option("filter_tid", argument, 1);
}

void filter_ppid_option(const char *argument)
{
	filter_number_option("filter_ppid", argument, 0);
}

static void filter_add_user(void *ctx, const char *text)
{
	struct filter_numbers *set = ctx;

	if (set->count == FILTER_NUMBERS)
		tool_usage("there are more than %d users", FILTER_NUMBERS);
	set->numbers[set->count++] = argument_user(text);
}

void filter_uid_option(const char *argument)
{
	struct filter_numbers set = {0};

	argument_list(filter_strip(argument, &set.unwanted), filter_add_user, &set);
	tool_set("filter_uid", &set, sizeof(set));
}

static void filter_add_name(void *ctx, const char *text)
{
	struct filter_names *set = ctx;

	if (!*text)
		tool_usage("a name is empty");
	if (set->count == FILTER_NAMES)
		tool_usage("there are more than %d names", FILTER_NAMES);
	/* the kernel cuts them too */
	memcpy(set->names[set->count++], text, strnlen(text, FILTER_NAME_SIZE - 1));
}

void filter_comm_option(const char *argument)
{
	struct filter_names set = {0};

	argument_list(filter_strip(argument, &set.unwanted), filter_add_name, &set);
	tool_set("filter_comm", &set, sizeof(set));
}

void filter_set_self(void)
{
	char name[64] = "";

	/* in another PID namespace, the number that the programs see is not known here */
	if (readlink("/proc/self/ns/pid", name, sizeof(name) - 1) > 0 && !strcmp(name, FIRST_PID_NAMESPACE))
		tool_set_number("filter_self", getpid());
}
