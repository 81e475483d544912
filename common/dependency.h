/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object depends on beside the request that it was compiled for. The compiler names each thing when it looks at it; a
 * cached object is used only when all of them are as they were.
 */
#ifndef COMMON_DEPENDENCY_H
#define COMMON_DEPENDENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "hash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values are kept in files: new ones get new numbers. */
enum bcc_dependency_kind {
	BCC_DEPENDS_FILE = 1,	  /* a file's contents */
	BCC_DEPENDS_PRESENT = 2,  /* that a path exists */
	BCC_DEPENDS_ABSENT = 3,	  /* that a path does not exist, or cannot be read */
	BCC_DEPENDS_TRACEFS = 4,  /* the contents of a file below tracefs */
	BCC_DEPENDS_LIBRARY = 5,  /* that a file was not replaced: too large to be read each time */
	BCC_DEPENDS_RESOLVED = 6, /* where links lead: `hash` is of the path without them */
	BCC_DEPENDS_OTHER = 7,	  /* something that cannot be checked: the object is not to be kept */
};

/* A file that has the same one is the same, with the same contents; all zero: not to be trusted. */
struct bcc_file_identity {
	uint64_t inode, size;
	int64_t modified, changed; /* nanoseconds */
};

struct bcc_dependency {
	enum bcc_dependency_kind kind;
	const char *name; /* a path; of OTHER: what it is */
	struct bcc_file_identity identity;
	struct bcc_hash hash;
};

/* Receives them; `name` lives during the call only. */
struct bcc_dependencies {
	void (*add)(void *ctx, const struct bcc_dependency *dependency);
	void *ctx;
};

/* The calls below take `to` as NULL when nobody wants to know. */

/* Of a path, to be taken before its contents are read. Files that were written just now have none: a second write could
 * leave it as it is. Neither have those of the kernel, whose times say nothing. */
struct bcc_file_identity bcc_identity_of(const char *path);

/* Contents as they were read, from a path with the identity that it had before. */
void bcc_depend_contents(const struct bcc_dependencies *to, enum bcc_dependency_kind kind, const char *path,
	struct bcc_file_identity identity, const void *data, size_t size);

/* Reads the path itself: a file's contents, or that there is none. */
void bcc_depend_path(const struct bcc_dependencies *to, const char *path);

/* Only whether something is at the path. */
void bcc_depend_presence(const struct bcc_dependencies *to, const char *path, bool present);

void bcc_depend_library(const struct bcc_dependencies *to, const char *path);
void bcc_depend_resolved(const struct bcc_dependencies *to, const char *path);
void bcc_depend_other(const struct bcc_dependencies *to, const char *what);

/* Whether it is still so. `tracefs` is asked for a descriptor of tracefs' root when one is needed. */
bool bcc_dependency_holds(const struct bcc_dependency *dependency, int (*tracefs)(void *ctx), void *ctx);

#ifdef __cplusplus
}
#endif

#endif
