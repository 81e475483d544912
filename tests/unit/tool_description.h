/* SPDX-License-Identifier: Apache-2.0 */
/* What the library of the tools expects of a tool. */
#ifndef TESTS_UNIT_TOOL_DESCRIPTION_H
#define TESTS_UNIT_TOOL_DESCRIPTION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/lib/tool.h"

const struct tool tool = {.name = "test"};
const char tool_text[] = "", tool_text_name[] = "";

/* Whether `call` ends the process as a usage error does. */
static inline bool is_usage_error(void (*call)(const char *text), const char *text)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		fclose(stderr);
		call(text);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 2;
}

#endif
