/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that a tool has attached to tracepoints, which a test runs with arguments of its own: for events
 * that cannot be made here. */
#ifndef TESTS_KERNEL_TOOL_PROGRAM_H
#define TESTS_KERNEL_TOOL_PROGRAM_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>

#include "tool_run.h"

/* The number of the program of a descriptor that is a link to this raw tracepoint; 0: it is none. */
static inline unsigned tool_program_number(const char *fdinfo, const char *tracepoint)
{
	char line[256], name[128];
	unsigned number = 0;
	bool is_it = false;
	FILE *f = fopen(fdinfo, "re");

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "prog_id: %u", &number);
		is_it |= sscanf(line, "tp_name: %127s", name) == 1 && !strcmp(name, tracepoint);
	}
	fclose(f);
	return is_it ? number : 0;
}

/* The program that the tool has attached to a raw tracepoint, as its descriptors tell: a descriptor of it. */
static inline int tool_program(const struct tool_run *run, const char *tracepoint)
{
	char path[PATH_MAX];
	int program = -1;
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", run->pid);
	d = opendir(path);
	if (!d)
		fail_msg("%s: %s", path, strerror(errno));
	while (d && program < 0 && (e = readdir(d))) {
		unsigned number;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", run->pid, e->d_name);
		number = tool_program_number(path, tracepoint);
		if (number)
			program = bpf_prog_get_fd_by_id(number);
	}
	if (d)
		closedir(d);
	assert_true(program >= 0);
	return program;
}

/* Runs it once, in this process. */
static inline void tool_program_run(int program, const uint64_t *args, size_t bytes)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = bytes);

	assert_int_equal(bpf_prog_test_run_opts(program, &opts), 0);
}

#endif
