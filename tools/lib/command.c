/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "child.h"
#include "command.h"
#include "report.h"
#include "settings.h"
#include "tool.h"

static struct child command_child = {.pid = -1, .go = -1};

/* From here on children of this process are followed. */
static int command_follow(struct bcc *b)
{
	int ret = bcc_attach_raw_tracepoint(b, "filter_follow_fork", "sched_process_fork", NULL);

	if (!ret)
		ret = bcc_attach_raw_tracepoint(b, "filter_follow_free", "sched_process_free", NULL);
	if (ret)
		report_failure(b);
	return ret;
}

int command_prepare(struct bcc *b)
{
	int ret;

	if (!settings.command)
		return 0;
	ret = command_follow(b);
	if (ret)
		return ret;
	ret = child_prepare(&command_child, settings.command, tool.name);
	if (ret)
		tool_warn("cannot start %s: %s", settings.command[0], strerror(-ret));
	return ret;
}

int tool_command_pid(void)
{
	return command_child.pid > 0 ? command_child.pid : 0;
}

void command_start(void)
{
	/* it may have been killed meanwhile; then there is nothing to see */
	if (!child_start(&command_child))
		tool_warn("%s has ended before it began", settings.command[0]);
}

bool command_has_ended(void)
{
	return child_has_ended(&command_child);
}

bool command_has_failed(void)
{
	return command_child.failed;
}

void command_end(void)
{
	child_end(&command_child);
}
