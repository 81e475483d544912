/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tools about one type of file system have in common (file_system_operations.bpf.h). Before it is
 * included, FILE_SYSTEM may be defined: which one it is; otherwise the option -t says it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "file_system.h"
#include "file_system_operations.h"
#include "settings.h"
#include "tool.h"

#ifndef FILE_SYSTEM
#define FILE_SYSTEM ""
#endif

static struct file_system file_system_other; /* that has no row: what it does is seen by system calls */
static const struct file_system *file_system;
static bool file_system_getattr;

static void file_system_choose(const char *name)
{
	file_system = file_system_find(name);
	if (file_system)
		return;
	if (strlen(name) > 15)
		tool_usage("there is no file system '%s'", name);
	file_system_other = (struct file_system){.name = name, .label = name, .types = {name}};
	file_system = &file_system_other;
}

#define FILE_SYSTEM_OPTION                                                                                    \
	OPTION_CUSTOM('t', "type", "TYPE", file_system_choose,                                                \
		"which file system: bcachefs, btrfs, ext4, f2fs, fuse, nfs, overlay, xfs, zfs, or any other " \
		"of /proc/filesystems, of which just system calls are seen")

/* Ends the tool if it would show nothing. */
static void file_system_set_up(bool getattr)
{
	struct file_system_types types = {0};

	file_system_getattr = getattr;
	if (*FILE_SYSTEM)
		file_system_choose(FILE_SYSTEM);
	if (!file_system && settings.describe)
		file_system_choose("ext4");
	if (!file_system)
		tool_usage("which file system? -t %s", file_system_names());
	for (unsigned i = 0; i < FILE_SYSTEM_NAMES && file_system->types[i]; i++)
		strncpy((char *)types.names[i], file_system->types[i], sizeof(types.names[i]) - 1);
	tool_set("file_system", &types, sizeof(types));
	if (settings.describe || settings.dump_text || file_system_is_known(file_system))
		return;
	tool_warn("this kernel does not know the file system %s: it is not built in, and its module is not "
		  "loaded",
		file_system->name);
	exit(EXIT_FAILURE);
}

static const char *const file_system_programs[FILE_SYSTEM_FUNCTIONS] = {
	[FILE_SYSTEM_READ] = "read",
	[FILE_SYSTEM_WRITE] = "write",
	[FILE_SYSTEM_OPEN] = "open",
	[FILE_SYSTEM_OPEN_TOO] = "open_too",
	[FILE_SYSTEM_OPEN_BY_NAME] = "open_by_name",
	[FILE_SYSTEM_FSYNC] = "fsync",
	[FILE_SYSTEM_GETATTR] = "getattr",
};

static bool file_system_is_optional(int function)
{
	return function == FILE_SYSTEM_OPEN_TOO || function == FILE_SYSTEM_OPEN_BY_NAME;
}

/* Whether an optional function is there: it may be that of a module that is not loaded. The kernel's symbols
 * are read once, as that takes a tenth of a second. */
static bool file_system_has_function(int function)
{
	static bool looked, found[FILE_SYSTEM_FUNCTIONS];
	char line[512];
	FILE *f = NULL;

	if (!looked)
		f = fopen("/proc/kallsyms", "re");
	looked = true;
	/* "0000000000000000 t nfs4_file_open\t[nfsv4]" */
	while (f && fgets(line, sizeof(line), f)) {
		char *type = strchr(line, ' '), *symbol = type ? strchr(type + 1, ' ') : NULL;

		if (!symbol)
			continue;
		symbol[1 + strcspn(symbol + 1, "\t\n")] = '\0';
		for (int i = 0; i < FILE_SYSTEM_FUNCTIONS; i++)
			if (file_system_is_optional(i) && file_system->functions[i] &&
				!strcmp(symbol + 1, file_system->functions[i]))
				found[i] = true;
	}
	if (f)
		fclose(f);
	return found[function];
}

static const struct {
	const char *program, *attached_as;
} file_system_ways[] = {{"fentry_", "kfunc__"}, {"fexit_", "kretfunc__"}, {"kprobe_", "kprobe__"},
	{"kretprobe_", "kretprobe__"}};

/* What a program stands for; -1: it is one of system calls. */
static int file_system_program(const char *program, const char **attached_as)
{
	for (size_t way = 0; way < ARRAY_SIZE(file_system_ways); way++) {
		size_t length = strlen(file_system_ways[way].program);

		if (strncmp(program, file_system_ways[way].program, length))
			continue;
		*attached_as = file_system_ways[way].attached_as;
		for (int i = 0; i < FILE_SYSTEM_FUNCTIONS; i++)
			if (!strcmp(program + length, file_system_programs[i]))
				return i;
	}
	return -1;
}

static const char *file_system_target(const char *program)
{
	static char target[128];
	const char *way;
	int function = file_system_program(program, &way);

	if (function < 0)
		return NULL;
	snprintf(target, sizeof(target), "%s%s", way, file_system->functions[function]);
	return target;
}

static bool file_system_needs(const char *program)
{
	const char *way;
	int function = file_system_program(program, &way);

	if (function < 0)
		return true;
	if (!file_system->functions[function] || (function == FILE_SYSTEM_GETATTR && !file_system_getattr))
		return false;
	return !file_system_is_optional(function) || file_system_has_function(function);
}

static const struct tool_source file_system_sources[] = {
	{.name = "fentry and fexit of the file system's functions",
		.programs = "fentry_read fexit_read fentry_write fexit_write fentry_open fexit_open "
			    "fentry_open_too fexit_open_too fentry_open_by_name fexit_open_by_name "
			    "fentry_fsync fexit_fsync fentry_getattr fexit_getattr"},
	{.name = "kprobes on the file system's functions",
		.programs = "kprobe_read kretprobe_read kprobe_write kretprobe_write kprobe_open "
			    "kretprobe_open kprobe_open_too kretprobe_open_too kprobe_open_by_name "
			    "kretprobe_open_by_name kprobe_fsync kretprobe_fsync kprobe_getattr "
			    "kretprobe_getattr"},
	{.name = "tracepoints of system calls",
		.programs =
			"enter__read exit__read enter__readv exit__readv enter__pread64 exit__pread64 "
			"enter__preadv exit__preadv enter__preadv2 exit__preadv2 enter__write exit__write "
			"enter__writev exit__writev enter__pwrite64 exit__pwrite64 enter__pwritev "
			"exit__pwritev enter__pwritev2 exit__pwritev2 enter__fsync exit__fsync "
			"enter__fdatasync exit__fdatasync enter__creat exit__creat enter__open exit__open "
			"enter__openat exit__openat enter__openat2 exit__openat2",
		.less = "only reads, writes, opens and fsyncs that are system calls are shown: not those of "
			"io_uring, and of the kernel itself"},
	{0},
};

#define FILE_SYSTEM_DETAILS                                                                                      \
	"Operations are seen in the functions of the file system, or, on kernels that refuse to probe them, in " \
	"system calls (-v says which). What has only been submitted when its function returns, as direct "       \
	"I/O by libaio or io_uring, is not shown, and neither are accesses to memory that is mapped."
