/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h - compiled objects are kept, so that a text that was compiled before starts at once.
 *
 * An object is used again when its text, flags, the library, LLVM, the kernel and all files and tracepoints that went into it are what they
 * were. It is kept in a directory that belongs to the effective user and that nobody else can write to: $BCC_CACHE_DIR; for
 * root /var/cache/bcc; else $XDG_CACHE_HOME/bcc or ~/.cache/bcc. $BCC_CACHE_SIZE is the most it takes, in megabytes (128):
 * what was not used for the longest time goes first. BCC_CACHE=0 turns it off. Whatever goes wrong with it only costs time.
 */
#ifndef BCC_CACHE_H
#define BCC_CACHE_H

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_cache_info {
	size_t size;	       /* set by the caller */
	const char *directory; /* static for the thread; NULL: there is no cache (BCC_CACHE=0, or no home) */
	size_t objects;	       /* files of the cache in it */
	uint64_t bytes, limit; /* that they have, and may have */
};

/* -EINVAL size is not set; -EPERM the directory is not this user's alone, or an error of reading it, with `directory` set: then nothing
 * is cached. One that is not there yet is empty. */
BCC_API int bcc_cache_info(struct bcc_cache_info *info);

/* Removes all objects; how many, or a negative errno as above. */
BCC_API int bcc_cache_clear(void);

#ifdef __cplusplus
}
#endif

#endif
