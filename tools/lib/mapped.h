/* SPDX-License-Identifier: Apache-2.0 */
/* Programs and libraries that processes run, also those of containers, and those that have been replaced on
 * disk since. */
#ifndef TOOLS_LIB_MAPPED_H
#define TOOLS_LIB_MAPPED_H

#include <stdbool.h>
#include <stddef.h>

/* A line of /proc/PID/maps: code of a file? Then its mapping's addresses and the identity and name of the
 * file, without the folder and " (deleted)". For unit tests too. */
struct mapped_line {
	unsigned long start, end, inode;
	unsigned major, minor;
	char name[256];
};
bool mapped_parse(const char *line, struct mapped_line *parsed);

/* Calls `found` once for each file with a name that is wanted, until it returns something else than 0, which
 * is returned. `path` can be opened as long as the process lives; `origin` says for messages where it was
 * found. */
int mapped_each(bool (*wanted)(const char *name),
	int (*found)(void *ctx, const char *path, const char *origin), void *ctx);

#endif
