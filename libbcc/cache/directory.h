/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory in which objects are kept. Whoever can write there decides what this user loads into the
 * kernel: so the directory and each file must belong to the effective user and be writable by nobody else,
 * and no path's last component may be a symbolic link. Any failure here only costs speed.
 */
#ifndef LIBBCC_CACHE_DIRECTORY_H
#define LIBBCC_CACHE_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/hash.h"

#define BCC_CACHE_NAME_SIZE 35 /* 32 digits, ".o" */

void bcc_cache_name(char *name, struct bcc_hash hash);

/* Its path: $BCC_CACHE_DIR; for root /var/cache/bcc, whatever HOME sudo has kept; $XDG_CACHE_HOME/bcc,
 * ~/.cache/bcc. Returns -ENOENT if BCC_CACHE=0 turns the cache off, or none of these is known. */
int bcc_cache_path(char *path, size_t size);

/* Its maximum size in bytes: $BCC_CACHE_SIZE, in megabytes. */
uint64_t bcc_cache_limit(void);

/* Opens the directory, creating it if `create` is set. Returns a descriptor, -EPERM if others may write to
 * it, or the errors of opening or creating it. */
int bcc_cache_open(const char *path, bool create);

/* Reads a whole file, which the caller frees. Returns -EPERM if others may write to it, -EFBIG, or an error
 * of reading. */
int bcc_cache_read(int directory, const char *name, void **data, size_t *size);

/* Writes a file atomically, and removes the least recently used ones if all together exceed `limit` bytes. */
int bcc_cache_write(int directory, const char *name, const void *data, size_t size, uint64_t limit);

struct bcc_cache_usage {
	size_t files;
	uint64_t bytes;
};

/* Counts the entries. Other files are neither counted nor ever removed. */
int bcc_cache_count(int directory, struct bcc_cache_usage *usage);
/* Removes all entries; returns their number, or the negative errno of the first that could not be removed. */
int bcc_cache_remove_all(int directory);

#endif
