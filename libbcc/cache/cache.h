/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of earlier compilations: one attempt to find one, and the way to keep a new one. */
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

/* Ready for a request, that the compiler library at `compiler` would be given. bcc_cache_end() in any case. */
void bcc_cache_begin(
	struct bcc_cache *cache, const struct bcc_compile_request *request, const char *compiler);
void bcc_cache_end(struct bcc_cache *cache);

struct bcc_cache_user {
	int (*tracefs)(void *ctx); /* a descriptor of its root, or a negative errno */
	void (*say)(void *ctx, int level, const char *text);
	void *ctx;
};

/* The object (to be freed) of a compilation that would give the same now; its messages are said again. */
bool bcc_cache_find(struct bcc_cache *cache, const struct bcc_cache_user *user, void **object, size_t *size);

/* Keeps an object that was compiled with cache->record. What goes wrong is nobody's business. */
void bcc_cache_keep(struct bcc_cache *cache, const void *object, size_t size);

#endif
