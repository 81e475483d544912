/* SPDX-License-Identifier: Apache-2.0 */
/* Names for the kernel's addresses. */
#include "symbols.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../symbols/kernel_symbols.h"
#include "abi.h"

#define KERNEL_ITSELF "kernel" /* how BCC calls what is in no module */

struct entry {
	uint64_t address;
	size_t name, module; /* in the strings */
};

struct symcache {
	struct entry *entries; /* by address */
	size_t count, room;
	char *strings;
	size_t used, size;
};

/* The place of a copy of `text`; SIZE_MAX without memory. */
static size_t keep(struct symcache *cache, const char *text)
{
	size_t length = strlen(text) + 1, at = cache->used;

	if (at + length > cache->size) {
		size_t size = 2 * cache->size + length + 65536;
		char *strings = realloc(cache->strings, size);

		if (!strings)
			return SIZE_MAX;
		cache->strings = strings;
		cache->size = size;
	}
	memcpy(cache->strings + at, text, length);
	cache->used += length;
	return at;
}

/* The kernel lists a module's symbols one after the other. */
static size_t keep_module(struct symcache *cache, const char *module)
{
	const struct entry *last = cache->count ? &cache->entries[cache->count - 1] : NULL;

	module = *module ? module : KERNEL_ITSELF;
	if (last && !strcmp(cache->strings + last->module, module))
		return last->module;
	return keep(cache, module);
}

static int add(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct symcache *cache = ctx;
	struct entry entry = {.address = symbol->address};

	if (!bcc_kernel_symbol_is_text(symbol))
		return 0;
	if (cache->count == cache->room) {
		size_t room = 2 * cache->room + 4096;
		struct entry *entries = reallocarray(cache->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		cache->entries = entries;
		cache->room = room;
	}
	entry.module = keep_module(cache, symbol->module);
	entry.name = keep(cache, symbol->name);
	if (entry.module == SIZE_MAX || entry.name == SIZE_MAX)
		return -ENOMEM;
	cache->entries[cache->count++] = entry;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static void load(struct symcache *cache)
{
	cache->count = cache->used = 0;
	if (bcc_kernel_symbols_each(add, cache) < 0)
		cache->count = 0;
	qsort(cache->entries, cache->count, sizeof(*cache->entries), by_address);
}

void *bcc_symcache_new(int pid, struct bcc_symbol_option *option)
{
	struct symcache *cache;

	if (pid >= 0) {
		bcc_abi_fail(-ENOSYS, "symbols of processes are not available in version %s", bcc_version());
		return NULL;
	}
	cache = calloc(1, sizeof(*cache));
	if (cache)
		load(cache);
	return cache;
}

void bcc_free_symcache(void *symcache, int pid)
{
	struct symcache *cache = symcache;

	if (!cache)
		return;
	free(cache->entries);
	free(cache->strings);
	free(cache);
}

void bcc_symcache_refresh(void *symcache)
{
	if (symcache)
		load(symcache);
}

int bcc_symcache_resolve(void *symcache, uint64_t addr, struct bcc_symbol *sym)
{
	const struct symcache *cache = symcache;
	size_t low = 0, high = cache ? cache->count : 0;

	memset(sym, 0, sizeof(*sym));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cache->entries[middle].address <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	/* address 0: the kernel hides where its symbols are */
	if (!low || !cache->entries[low - 1].address)
		return -1;
	sym->name = cache->strings + cache->entries[low - 1].name;
	sym->demangle_name = sym->name;
	sym->module = cache->strings + cache->entries[low - 1].module;
	sym->offset = addr - cache->entries[low - 1].address;
	return 0;
}

/* The kernel's names are C's. */
int bcc_symcache_resolve_no_demangle(void *symcache, uint64_t addr, struct bcc_symbol *sym)
{
	return bcc_symcache_resolve(symcache, addr, sym);
}

void bcc_symbol_free_demangle_name(struct bcc_symbol *sym)
{
	if (sym && sym->demangle_name != sym->name)
		free((char *)sym->demangle_name);
}

int bcc_symcache_resolve_name(void *symcache, const char *module, const char *name, uint64_t *addr)
{
	const struct symcache *cache = symcache;

	for (size_t i = 0; cache && i < cache->count; i++) {
		const struct entry *entry = &cache->entries[i];

		if (strcmp(cache->strings + entry->name, name) ||
			(module && *module && strcmp(cache->strings + entry->module, module)))
			continue;
		*addr = entry->address;
		return 0;
	}
	return -1;
}

/* Clients make one when they start, whether they need it or not: what is missing is said when it is used. */
void *bcc_buildsymcache_new(void)
{
	return NULL;
}

void bcc_free_buildsymcache(void *symcache)
{
}

int bcc_buildsymcache_add_module(void *symcache, const char *module_name)
{
	return bcc_abi_missing(__func__);
}

int bcc_buildsymcache_resolve(void *symcache, struct bpf_stack_build_id *trace, struct bcc_symbol *sym)
{
	memset(sym, 0, sizeof(*sym));
	return bcc_abi_missing(__func__);
}

struct each_ksym {
	bcc_procutils_ksymcb callback;
	void *payload;
};

static int pass_on(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	const struct each_ksym *each = ctx;

	if (bcc_kernel_symbol_is_text(symbol))
		each->callback(symbol->name, *symbol->module ? symbol->module : KERNEL_ITSELF,
			symbol->address, each->payload);
	return 0;
}

int bcc_procutils_each_ksym(bcc_procutils_ksymcb callback, void *payload)
{
	struct each_ksym each = {callback, payload};

	return bcc_kernel_symbols_each(pass_on, &each) < 0 ? -1 : 0;
}
