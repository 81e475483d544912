/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the file for what people call a program or library ("c", "libssl.so.3", "bash", a path). */
#ifndef LIBBCC_SYMBOLS_ELF_LIBRARY_PATH_H
#define LIBBCC_SYMBOLS_ELF_LIBRARY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct bcc_binary {
	char *path; /* the file, as this process can open it */
	int fd;	    /* open for reading */
	/* of a file in a zip archive, which `path` is then; `fd` is of a copy */
	char *member;	/* its name there; NULL: not in an archive */
	uint64_t start; /* where it begins there */
	int archive;	/* open too, since `path` may lead through it; -1: none */
};

/*
 * A name with a slash is a path: as seen by process `pid` if `pid` is not 0. If it does not exist, it may be
 * that of a file in a zip archive ("app.apk!/lib/libfoo.so"), which must not be compressed. Without a slash,
 * it is a library that `pid` has mapped, then one that the dynamic loader would find (LD_LIBRARY_PATH,
 * ld.so.cache, its directories), then a program in $PATH. Returns -ENOENT (the message says where it was
 * searched), -ESRCH if there is no process `pid`, -EOPNOTSUPP if the file is compressed, or the negative
 * errno of opening the file. On success, free with bcc_binary_close().
 */
int bcc_binary_open(struct bcc_err *err, const char *name, int pid, struct bcc_binary *out);
void bcc_binary_close(struct bcc_binary *binary);

/* Whether file name `file` is library `name`: identical, or for a short name ("ssl", "libssl", "ssl.so.3")
 * "libssl.so…" or "libssl-1.1.so". */
bool bcc_library_matches(const char *file, const char *name);

/* Looks `name` up in the contents of an ld.so.cache; returns the path (in `cache`), or NULL. `accept` (may be
 * NULL) is called for each match until it returns true. */
const char *bcc_ld_cache_find(const char *cache, size_t size, const char *name,
	bool (*accept)(void *ctx, const char *path), void *ctx);

#endif
