/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object depends on besides the request it was compiled for. The compiler names each thing when it
 * looks at it; a cached object is used only while all of them are unchanged.
 */
#ifndef COMMON_DEPENDENCY_H
#define COMMON_DEPENDENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "hash.h"
#include "serialize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The values are stored in files: append new ones, never renumber. */
enum bcc_dependency_kind {
	BCC_DEPENDS_FILE = 1,	  /* a file's contents */
	BCC_DEPENDS_PRESENT = 2,  /* a path exists */
	BCC_DEPENDS_ABSENT = 3,	  /* a path does not exist, or cannot be read */
	BCC_DEPENDS_TRACEFS = 4,  /* the contents of a file below tracefs */
	BCC_DEPENDS_LIBRARY = 5,  /* a file was not replaced: too large to read each time */
	BCC_DEPENDS_RESOLVED = 6, /* where symbolic links lead: `hash` is of the resolved path */
	BCC_DEPENDS_OTHER = 7,	  /* something that cannot be checked: the object must not be cached */
};

/* Two files with the same identity have the same contents. All zero: not to be trusted. */
struct bcc_file_identity {
	uint64_t inode, size;
	int64_t modified, changed; /* nanoseconds */
};

struct bcc_dependency {
	enum bcc_dependency_kind kind;
	const char *name; /* a path; for OTHER: a description */
	struct bcc_file_identity identity;
	struct bcc_hash hash;
};

/* Called for each dependency; `name` is valid during the call only. */
struct bcc_dependencies {
	void (*add)(void *ctx, const struct bcc_dependency *dependency);
	void *ctx;
};

/* `to` may be NULL in the calls below: nothing is recorded. */

/* Identity of a path, to be taken before its contents are read. All zero for a file written just now, which a
 * second write may change without changing its times, and for the kernel's own files, whose times mean
 * nothing. */
struct bcc_file_identity bcc_identity_of(const char *path);

/* Records contents that were read from a path, with the identity that it had before. */
void bcc_depend_contents(const struct bcc_dependencies *to, enum bcc_dependency_kind kind, const char *path,
	struct bcc_file_identity identity, const void *data, size_t size);

/* Reads the path itself: records the file's contents, or that the file is missing. */
void bcc_depend_path(const struct bcc_dependencies *to, const char *path);

/* Records only whether something exists at the path. */
void bcc_depend_presence(const struct bcc_dependencies *to, const char *path, bool present);

void bcc_depend_library(const struct bcc_dependencies *to, const char *path);
/* The same of a file that is open, when `path` may lead to another by now. */
void bcc_depend_open_library(const struct bcc_dependencies *to, const char *path, int fd);
void bcc_depend_resolved(const struct bcc_dependencies *to, const char *path);
void bcc_depend_other(const struct bcc_dependencies *to, const char *what);

/* Serialized form. The reader returns false if it is damaged; the name points into what was read. */
void bcc_put_dependency(struct bcc_bytes *out, const struct bcc_dependency *dependency);
bool bcc_read_dependency(struct bcc_reader *reader, struct bcc_dependency *out);

/* Whether the dependency is unchanged. `tracefs` is called for a descriptor of tracefs' root when one is
 * needed. */
bool bcc_dependency_holds(const struct bcc_dependency *dependency, int (*tracefs)(void *ctx), void *ctx);

#ifdef __cplusplus
}
#endif

#endif
