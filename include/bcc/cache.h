/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_CACHE_H
#define BCC_CACHE_H

/**
 * @file cache.h
 * The cache of compiled objects, with which a text that was compiled before starts at once.
 *
 * An object is used again if its text, flags, the library, LLVM, the kernel, and all files and tracepoints
 * that went into it are what they were. Objects are kept in a directory that belongs to the effective user
 * and that nobody else can write to: $BCC_CACHE_DIR; for root /var/cache/bcc; else $XDG_CACHE_HOME/bcc or
 * ~/.cache/bcc. $BCC_CACHE_SIZE is the most it takes, in megabytes (default 128): what was not used for the
 * longest time goes first. BCC_CACHE=0 turns the cache off. If anything is wrong with it, texts are compiled.
 */

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup cache The cache
 * @{
 */

/** What bcc_cache_info() tells of the cache. */
struct bcc_cache_info {
	/** sizeof(struct bcc_cache_info), set by the caller. */
	size_t size;
	/**
	 * Where it is; NULL: there is no cache (BCC_CACHE=0, or no home directory). Valid until the thread's
	 * next call.
	 */
	const char *directory;
	/** How many objects it has. */
	size_t objects;
	/** Bytes that they take. */
	uint64_t bytes;
	/** Bytes that they may take. */
	uint64_t limit;
};

/**
 * Describes the cache. One that does not exist yet is empty.
 *
 * @param info  Its `size` is set by the caller; receives the rest.
 * @return 0, or a negative errno: that of reading the directory. With `directory` set, nothing is cached
 *         then.
 * @retval -EINVAL  `size` is not set.
 * @retval -EPERM   The directory belongs to another user, or others may write to it.
 */
BCC_API int bcc_cache_info(struct bcc_cache_info *info);

/**
 * Removes all objects.
 *
 * @return How many were removed, or a negative errno: as bcc_cache_info().
 */
BCC_API int bcc_cache_clear(void);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
