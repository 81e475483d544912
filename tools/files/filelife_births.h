/* SPDX-License-Identifier: Apache-2.0 */
/* When files were created, by their paths. */
#ifndef TOOLS_FILELIFE_BIRTHS_H
#define TOOLS_FILELIFE_BIRTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

/* Adds a path without ".", ".." and empty names; nothing is looked up. */
void births_normal_path(struct buffer *b, const char *path);

/* Remembers a time, which is not 0. Of more than 65,536 files those that were added first are forgotten: then
 * it returns true. */
bool births_add(const char *path, uint64_t time);

/* Forgets the path, and returns its time; 0: it is not known. */
uint64_t births_take(const char *path);

void births_free(void);

#endif
