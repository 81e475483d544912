/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of earlier compilations: looks for one, and stores a new one. */
#ifndef LIBBCC_CACHE_CACHE_H
#define LIBBCC_CACHE_CACHE_H

#include "common/compile_request.h"
#include "directory.h"
#include "entry.h"

struct bcc_cache {
	bool on;
	char path[4096]; /* of the directory */
	struct bcc_bytes key;
	char name[BCC_CACHE_NAME_SIZE]; /* of the entry */
	struct bcc_record record;	/* of a compilation, for bcc_cache_keep() */
};

/* Prepares for a request to the compiler library at `compiler`. Call bcc_cache_end() in any case. */
void bcc_cache_begin(
	struct bcc_cache *cache, const struct bcc_compile_request *request, const char *compiler);
void bcc_cache_end(struct bcc_cache *cache);

struct bcc_cache_user {
	int (*tracefs)(void *ctx); /* returns a descriptor of its root, or a negative errno */
	void (*say)(void *ctx, int level, const char *text);
	void *ctx;
};

/* Finds the object of an earlier compilation that would give the same result now, and repeats its messages.
 * The caller frees the object. */
bool bcc_cache_find(struct bcc_cache *cache, const struct bcc_cache_user *user, void **object, size_t *size);

/* Stores an object that was compiled with cache->record. Failures are ignored. */
void bcc_cache_keep(struct bcc_cache *cache, const void *object, size_t size);

#endif
