/* SPDX-License-Identifier: Apache-2.0 */
#include "demangle.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

typedef char *(*demangle_fn)(const char *name, char *buffer, size_t *length, int *status);

/*
 * C++ names are left to the C++ library's __cxa_demangle() (Itanium C++ ABI, 3.4). It is loaded at the first
 * such name: C programs and what traces them do not need it.
 */
static demangle_fn cxa_demangle;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_cxa_demangle(void)
{
	static const char *const libraries[] = {"libstdc++.so.6", "libc++abi.so.1"};
	void *function = dlsym(RTLD_DEFAULT, "__cxa_demangle");

	for (size_t i = 0; !function && i < ARRAY_SIZE(libraries); i++) {
		void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL);

		function = library ? dlsym(library, "__cxa_demangle") : NULL;
	}
	cxa_demangle = (demangle_fn)function;
}

char *bcc_demangle(const char *name)
{
	char *result;
	int status;

	if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
		return NULL;
	result = bcc_rust_demangle(name);
	if (result || name[1] != 'Z')
		return result;
	pthread_once(&once, find_cxa_demangle);
	return cxa_demangle ? cxa_demangle(name, NULL, NULL, &status) : NULL;
}

static size_t demangle_bucket_of(const struct bcc_demangled *cache, const char *raw)
{
	size_t at = ((uintptr_t)raw * 0x9e3779b97f4a7c15ULL >> 20) & (cache->buckets - 1);

	while (cache->names[at].raw && cache->names[at].raw != raw)
		at = (at + 1) & (cache->buckets - 1);
	return at;
}

static int demangle_grow(struct bcc_demangled *cache)
{
	struct bcc_demangled larger = {.buckets = cache->buckets ? 2 * cache->buckets : 256};

	larger.names = calloc(larger.buckets, sizeof(*larger.names));
	if (!larger.names)
		return -1;
	for (size_t i = 0; i < cache->buckets; i++)
		if (cache->names[i].raw)
			larger.names[demangle_bucket_of(&larger, cache->names[i].raw)] = cache->names[i];
	larger.count = cache->count;
	free(cache->names);
	*cache = larger;
	return 0;
}

const char *bcc_demangled_get(struct bcc_demangled *cache, const char *raw)
{
	struct bcc_demangled_name *entry;

	if (raw[0] != '_' || (raw[1] != 'Z' && raw[1] != 'R'))
		return raw;
	if (2 * cache->count >= cache->buckets && demangle_grow(cache))
		return raw;
	entry = &cache->names[demangle_bucket_of(cache, raw)];
	if (!entry->raw) {
		entry->raw = raw;
		entry->name = bcc_demangle(raw);
		cache->count++;
	}
	return entry->name ? entry->name : raw;
}

void bcc_demangled_clear(struct bcc_demangled *cache)
{
	for (size_t i = 0; i < cache->buckets; i++)
		free(cache->names[i].name);
	free(cache->names);
	*cache = (struct bcc_demangled){0};
}
