/* SPDX-License-Identifier: Apache-2.0 */
/* From what people call a program or library ("c", "libssl.so.3", "bash", a path) to the file. */
#ifndef LIBBCC_SYMBOLS_ELF_LIBRARY_PATH_H
#define LIBBCC_SYMBOLS_ELF_LIBRARY_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct bcc_binary {
	char *path; /* the file, as this process can open it */
	int fd;	    /* open for reading */
};

/*
 * A name with a slash is a path: as process `pid` sees it when `pid` is not 0. Without one it is a library:
 * one that `pid` has mapped, then one that the loader would find (LD_LIBRARY_PATH, ld.so.cache, its
 * directories), then a program in $PATH. -ENOENT none (the sentence says where it was looked for), -ESRCH no
 * process `pid`, -errno of opening it. Free with bcc_binary_close() on success.
 */
int bcc_binary_open(struct bcc_err *err, const char *name, int pid, struct bcc_binary *out);
void bcc_binary_close(struct bcc_binary *binary);

/* Whether file name `file` is library `name`: the same, or for a short name ("ssl") "libssl.so…" or
 * "libssl-1.1.so". */
bool bcc_library_matches(const char *file, const char *name);

/* Looks `name` up in the contents of an ld.so.cache; the path found (into `cache`), NULL: not there. `accept`
 * (may be NULL) is asked for each match until it says yes. */
const char *bcc_ld_cache_find(const char *cache, size_t size, const char *name,
	bool (*accept)(void *ctx, const char *path), void *ctx);

#endif
