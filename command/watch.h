/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are looked at for changes. */
#ifndef COMMAND_WATCH_H
#define COMMAND_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct watch {
	int fd; /* readable when something has changed; -1: nothing is watched */
	int *folders;
	const char *const *paths;
	size_t count;
};

/* Watches files, whose folders must be there. Returns 0 or a negative errno. */
int watch_open(struct watch *w, const char *const *paths, size_t count);

/* Reads what has happened: calls `changed` with the index of each file that was written or replaced. */
void watch_read(struct watch *w, void (*changed)(void *ctx, size_t index), void *ctx);

void watch_close(struct watch *w);

#endif
