/* SPDX-License-Identifier: Apache-2.0 */
/* Types of file systems, and the functions by which they read, write, open and so on: a new type is a row of
 * file_system.c. */
#ifndef TOOLS_LIB_FILE_SYSTEM_H
#define TOOLS_LIB_FILE_SYSTEM_H

#include <stdbool.h>

enum file_system_function {
	FILE_SYSTEM_READ,
	FILE_SYSTEM_WRITE,
	FILE_SYSTEM_OPEN,
	/* where their module is loaded: that of a newer version of a protocol, and that of names for which a
	 * server is asked */
	FILE_SYSTEM_OPEN_TOO,
	FILE_SYSTEM_OPEN_BY_NAME,
	FILE_SYSTEM_FSYNC,
	FILE_SYSTEM_GETATTR,
	FILE_SYSTEM_FUNCTIONS
};

enum { FILE_SYSTEM_TYPES = 3 };

struct file_system {
	const char *name;  /* as users say it */
	const char *label; /* as BCC's tools write it */
	/* names of the kernel's types that these functions serve; unused ones are NULL */
	const char *types[FILE_SYSTEM_TYPES];
	/*
	 * Their arguments are those of struct file_operations (read_iter, write_iter, open, fsync) and
	 * struct inode_operations (getattr, atomic_open); NULL: it has none.
	 */
	const char *functions[FILE_SYSTEM_FUNCTIONS];
};

/* The row with this name; NULL if there is none. */
const struct file_system *file_system_find(const char *name);

/* The names, for messages and --help: "btrfs, ext4, …". */
const char *file_system_names(void);

/* Whether the running kernel has one of the types: it is built in, or its module is loaded. */
bool file_system_is_known(const struct file_system *fs);

#endif
