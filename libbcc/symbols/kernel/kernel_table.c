/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/sorted_search.h"
#include "kernel_symbols.h"

#define MAX_MODULES 0xffff

/* ---- load ---- */

/* Appends a copy of `text` to the names; returns its offset, UINT32_MAX when out of memory. */
static uint32_t kernel_table_keep(struct bcc_kernel_table *table, const char *text)
{
	size_t length = strlen(text) + 1, at = table->names_used;

	if (length > table->names_size - at) {
		size_t size = 2 * table->names_size + length + (1 << 20);
		char *names = size < UINT32_MAX ? realloc(table->names, size) : NULL;

		if (!names)
			return UINT32_MAX;
		table->names = names;
		table->names_size = size;
	}
	memcpy(table->names + at, text, length);
	table->names_used += length;
	return at;
}

/* The kernel lists a module's symbols one after another. */
static bool keep_module(struct bcc_kernel_table *table, const char *name, uint16_t *module)
{
	uint32_t *modules;
	uint32_t at;

	*module = 0;
	if (!*name && table->module_count)
		return true;
	if (table->module_count && !strcmp(table->names + table->modules[table->module_count - 1], name)) {
		*module = table->module_count - 1;
		return true;
	}
	if (table->module_count == MAX_MODULES)
		return false;
	at = kernel_table_keep(table, name);
	modules = at == UINT32_MAX ? NULL
				   : reallocarray(table->modules, table->module_count + 1, sizeof(*modules));
	if (!modules)
		return false;
	modules[table->module_count] = at;
	table->modules = modules;
	*module = table->module_count++;
	return true;
}

static int kernel_table_add(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct bcc_kernel_table *table = ctx;
	struct bcc_kernel_entry *entry;

	/* offsets into per-CPU data, and constants */
	if (symbol->type == 'a' || symbol->type == 'A')
		return 0;
	if (table->count == table->room) {
		size_t room = 2 * table->room + 65536;
		struct bcc_kernel_entry *entries = reallocarray(table->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		table->entries = entries;
		table->room = room;
	}
	entry = &table->entries[table->count];
	entry->address = symbol->address;
	entry->type = symbol->type;
	if (!keep_module(table, symbol->module, &entry->module))
		return -ENOMEM;
	entry->name = kernel_table_keep(table, symbol->name);
	if (entry->name == UINT32_MAX)
		return -ENOMEM;
	table->count++;
	return 0;
}

/* Names are stored in the order of the list, so comparing them keeps that order for equal addresses. */
static int kernel_table_compare(const void *a, const void *b)
{
	const struct bcc_kernel_entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* The kernel's own symbols, the majority, come sorted; only those after them have to be sorted. */
static int kernel_table_sort(struct bcc_kernel_table *table)
{
	struct bcc_kernel_entry *entries = table->entries, *tail;
	size_t sorted = 1, count, from, to;

	while (sorted < table->count && kernel_table_compare(&entries[sorted - 1], &entries[sorted]) <= 0)
		sorted++;
	if (sorted >= table->count)
		return 0;
	count = table->count - sorted;
	tail = malloc(count * sizeof(*tail));
	if (!tail)
		return -ENOMEM;
	memcpy(tail, entries + sorted, count * sizeof(*tail));
	qsort(tail, count, sizeof(*tail), kernel_table_compare);
	for (to = table->count, from = sorted; count; to--) {
		bool first = from && kernel_table_compare(&entries[from - 1], &tail[count - 1]) > 0;

		entries[to - 1] = first ? entries[--from] : tail[--count];
	}
	free(tail);
	return 0;
}

int bcc_kernel_table_load(struct bcc_err *err, struct bcc_kernel_table *table)
{
	uint16_t kernel;
	int ret;

	*table = (struct bcc_kernel_table){0};
	ret = keep_module(table, "", &kernel) ? bcc_kernel_symbols_each(kernel_table_add, table) : -ENOMEM;
	if (!ret)
		ret = kernel_table_sort(table);
	if (!ret && !table->count)
		ret = -ENOENT;
	if (ret) {
		bcc_kernel_table_free(table);
		if (ret == -ENOMEM)
			return bcc_fail(err, ret, "out of memory for the kernel's symbols");
		return bcc_fail(err, -ENOENT, "the kernel's symbols cannot be read: /proc/kallsyms: %s",
			ret == -ENOENT ? "it is empty or missing (CONFIG_KALLSYMS)" : strerror(-ret));
	}
	table->hidden = !table->entries[table->count - 1].address;
	return 0;
}

void bcc_kernel_table_free(struct bcc_kernel_table *table)
{
	free(table->entries);
	free(table->names);
	free(table->modules);
	free(table->by_name);
	*table = (struct bcc_kernel_table){0};
}

int bcc_kernel_table_visible(struct bcc_err *err, const struct bcc_kernel_table *table)
{
	bcc_auto_file FILE *f = table->hidden ? fopen("/proc/sys/kernel/kptr_restrict", "re") : NULL;
	int restricted = -1;

	if (!table->hidden)
		return 0;
	if (!f || fscanf(f, "%d", &restricted) != 1)
		restricted = -1;
	if (restricted == 2)
		return bcc_fail(err, -EPERM,
			"the kernel hides its addresses from everybody: kernel.kptr_restrict is 2; as root: sysctl "
			"kernel.kptr_restrict=1");
	return bcc_fail(err, -EPERM,
		"the kernel hides its addresses from this user: run as root with CAP_SYSLOG, or set "
		"kernel.kptr_restrict to 0 (it is %d) and kernel.perf_event_paranoid to 1 or less",
		restricted);
}

/* ---- by address ---- */

/* Ranks symbols at the same address: code first, then global, then by fewest leading underscores. */
static int kernel_table_rank(const struct bcc_kernel_table *table, const struct bcc_kernel_entry *entry)
{
	const char *name = bcc_kernel_entry_name(table, entry);

	return (bcc_kernel_entry_is_code(entry) ? 100 : 0) +
	       (entry->type >= 'A' && entry->type <= 'Z' ? 50 : 0) - (int)strspn(name, "_") -
	       (strncmp(name, "__pfx_", 6) ? 0 : 20);
}

static const struct bcc_kernel_entry *best_of_address(
	const struct bcc_kernel_table *table, const struct bcc_kernel_entry *last)
{
	const struct bcc_kernel_entry *best = last, *entry = last;

	while (entry > table->entries && entry[-1].address == last->address) {
		entry--;
		if (kernel_table_rank(table, entry) >= kernel_table_rank(table, best))
			best = entry;
	}
	return best;
}

const struct bcc_kernel_entry *bcc_kernel_table_at(
	const struct bcc_kernel_table *table, uint64_t address, bool code)
{
	size_t after = bcc_partition_point(i, table->count, table->entries[i].address <= address);
	const struct bcc_kernel_entry *entry;

	/* beyond the last symbol there is nothing of the kernel's, except in the symbol's page */
	if (!after || !table->entries[after - 1].address ||
		(after == table->count && (address ^ table->entries[after - 1].address) >> 12))
		return NULL;
	entry = best_of_address(table, &table->entries[after - 1]);
	return code && !bcc_kernel_entry_is_code(entry) ? NULL : entry;
}

const struct bcc_kernel_entry *bcc_kernel_table_next(
	const struct bcc_kernel_table *table, const struct bcc_kernel_entry *entry)
{
	const struct bcc_kernel_entry *end = table->entries + table->count, *next = entry;

	while (next < end && next->address == entry->address)
		next++;
	return next < end ? next : NULL;
}

/* ---- by name ---- */

static size_t kernel_table_hash(const char *name)
{
	size_t h = 14695981039346656037ULL; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211ULL;
	return h ^ h >> 32;
}

static bool kernel_table_index_names(struct bcc_kernel_table *table)
{
	if (table->by_name)
		return true;
	for (table->buckets = 1024; table->buckets < 2 * table->count;)
		table->buckets *= 2;
	table->by_name = calloc(table->buckets, sizeof(*table->by_name));
	for (size_t i = 0; table->by_name && i < table->count; i++) {
		size_t at = kernel_table_hash(table->names + table->entries[i].name) & (table->buckets - 1);

		while (table->by_name[at])
			at = (at + 1) & (table->buckets - 1);
		table->by_name[at] = i + 1;
	}
	return table->by_name;
}

const struct bcc_kernel_entry *bcc_kernel_table_find(
	struct bcc_kernel_table *table, const char *module, const char *name)
{
	const struct bcc_kernel_entry *found = NULL;

	if (!kernel_table_index_names(table))
		return NULL;
	for (size_t at = kernel_table_hash(name) & (table->buckets - 1); table->by_name[at];
		at = (at + 1) & (table->buckets - 1)) {
		const struct bcc_kernel_entry *entry = &table->entries[table->by_name[at] - 1];

		if (strcmp(bcc_kernel_entry_name(table, entry), name) ||
			(module && strcmp(bcc_kernel_entry_module(table, entry), module)))
			continue;
		if (!found || (bcc_kernel_entry_is_code(entry) && !bcc_kernel_entry_is_code(found)))
			found = entry;
	}
	return found;
}
