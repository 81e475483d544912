/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "netns.h"
#include "tool.h"

static void netns_set(uint32_t number)
{
	static bool done;

	if (done)
		tool_usage("there can be only one network namespace");
	done = true;
	tool_set_number("only_netns", number);
}

void netns_id_option(const char *argument)
{
	netns_set(argument_number(argument, 1, UINT32_MAX));
}

void netns_process_option(const char *argument)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", (unsigned)argument_number(argument, 1, INT32_MAX));
	if (stat(path, &st))
		tool_usage("%s: %s", path, strerror(errno));
	netns_set(st.st_ino);
}
