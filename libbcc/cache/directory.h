/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory that objects are kept in. Whoever can write there decides what this user loads into the kernel: so the directory
 * and each file must belong to the effective user and be writable by nobody else, and the last part of no path may be a link.
 * All that can go wrong here only costs speed.
 */
#ifndef LIBBCC_CACHE_DIRECTORY_H
#define LIBBCC_CACHE_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/hash.h"

#define BCC_CACHE_NAME_SIZE 35 /* 32 digits, ".o" */

void bcc_cache_name(char *name, struct bcc_hash hash);

/* Where it is: $BCC_CACHE_DIR; root's /var/cache/bcc, whatever HOME sudo has kept; $XDG_CACHE_HOME/bcc, ~/.cache/bcc.
 * -ENOENT BCC_CACHE=0 says that there is none, or nothing says where. */
int bcc_cache_path(char *path, size_t size);

/* The most that it holds, in bytes: $BCC_CACHE_SIZE, in megabytes. */
uint64_t bcc_cache_limit(void);

/* A descriptor of the directory, made when it is not there and `create` is set. -EPERM it is not this user's alone, or the errors of
 * opening or making it. */
int bcc_cache_open(const char *path, bool create);

/* A whole file, to be freed. -EPERM it is not this user's alone, -EFBIG, or an error of reading. */
int bcc_cache_read(int directory, const char *name, void **data, size_t *size);

/* Puts a file there in one step, and removes the least recently used ones if all are more than `limit` bytes then. */
int bcc_cache_write(int directory, const char *name, const void *data, size_t size, uint64_t limit);

struct bcc_cache_usage {
	size_t files;
	uint64_t bytes;
};

/* How many entries there are. Other files than entries are neither counted nor ever removed. */
int bcc_cache_count(int directory, struct bcc_cache_usage *usage);
/* Removes all entries; how many, or -errno of the first that could not be removed. */
int bcc_cache_remove_all(int directory);

#endif
