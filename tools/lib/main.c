/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "command.h"
#include "pinned_set.h"
#include "describe.h"
#include "filter.h"
#include "load.h"
#include "options.h"
#include "progress.h"
#include "report.h"
#include "run.h"
#include "settings.h"
#include "variables.h"

static const struct tool_view *shown;

void tool_show(const struct tool_view *view)
{
	shown = view;
}

static int main_attached(struct bcc *b)
{
	int ret;

	if (!tool.attached)
		return 0;
	progress_begin(0, PROGRESS_AFTER_NS);
	ret = tool.attached(b);
	progress_end();
	return ret;
}

static int main_run(void)
{
	int status = EXIT_FAILURE, ended = filter_watch();
	struct bcc *b = load_open(&tool);

	/* the command waits until all is attached, but its process is there */
	if (b && !run_catch_signals() && !command_prepare(b) && !main_attached(b)) {
		filter_say_missing();
		status = run_view(b, ended);
	}
	bcc_close(b);
	filter_unwatch();
	return status;
}

int main(int argc, char **argv)
{
	int status;

	shown = tool.view;
	options_parse(&tool, argc, argv);
	if (settings.describe) {
		describe_print(&tool);
		return report_output();
	}
	run_choose(shown);
	status = tool.list ? run_list() : main_run();
	command_end();
	if (tool.tear_down)
		tool.tear_down();
	pinned_set_close();
	variables_free();
	load_free();
	free(settings.column_changes);
	return status;
}
