/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel's symbol table. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/resolver.h"
#include "kernel_functions.h"
#include "kernel_table.h"

#define KERNEL_ITSELF "kernel" /* module name of symbols outside modules */
#define CHECK_MS 100	       /* minimum interval between checks for changes */

struct kernel {
	struct bcc_symbols common;
	struct bcc_kernel_table table;
	bool loaded;
	uint64_t modules; /* hash of the list of modules and BPF programs at the time of loading */
	uint64_t checked; /* ms */
};

/* ---- what changes ---- */

static uint64_t kernel_resolver_mix(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 1099511628211ULL; /* FNV-1a */
	return hash;
}

/* Hashes names and addresses of modules; changes of their states and use counts do not matter. */
static uint64_t mix_modules(uint64_t hash)
{
	bcc_auto_file FILE *f = fopen("/proc/modules", "re");
	bcc_auto_free char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while (f && (length = getline(&line, &size, f)) > 0) {
		size_t name = strcspn(line, " ");
		const char *address = strrchr(line, ' ');

		for (ssize_t end = length; address && end > 0 && strncmp(address, " 0x", 3);) {
			/* a module that taints the kernel has "(OE)" after its address */
			end = address - line;
			address = memrchr(line, ' ', end);
		}
		hash = kernel_resolver_mix(hash, line, name);
		if (address)
			hash = kernel_resolver_mix(hash, address, strcspn(address + 1, " \n") + 1);
	}
	return hash;
}

/* BPF programs are functions of the kernel too. */
static uint64_t mix_programs(uint64_t hash)
{
	uint32_t id = 0;

	while (!bpf_prog_get_next_id(id, &id))
		hash = kernel_resolver_mix(hash, &id, sizeof(id));
	return hash;
}

static uint64_t what_is_loaded(void)
{
	return mix_programs(mix_modules(14695981039346656037ULL));
}

static int kernel_resolver_load(struct kernel *k)
{
	uint64_t modules = what_is_loaded();
	struct bcc_kernel_table table;
	int ret = bcc_kernel_table_load(&k->common.err, &table);

	if (ret)
		return ret;
	/* the names of the old table are gone */
	bcc_demangled_clear(&k->common.demangled);
	bcc_kernel_table_free(&k->table);
	k->table = table;
	k->modules = modules;
	k->loaded = true;
	k->checked = bcc_coarse_ms();
	return 0;
}

/* Loads the table if it is not loaded or has changed. */
static int kernel_resolver_update(struct kernel *k, bool now)
{
	uint64_t time = bcc_coarse_ms();

	if (!k->loaded)
		return kernel_resolver_load(k);
	if (!now && time - k->checked < CHECK_MS)
		return 0;
	k->checked = time;
	return what_is_loaded() == k->modules ? 0 : kernel_resolver_load(k);
}

/* ---- the table ---- */

static int kernel_resolver_resolve(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info)
{
	struct kernel *k = (struct kernel *)s;
	const struct bcc_kernel_entry *entry, *next;
	int ret = kernel_resolver_update(k, false);

	if (!ret)
		ret = bcc_kernel_table_visible(&s->err, &k->table);
	if (ret)
		return ret;
	entry = bcc_kernel_table_at(&k->table, address, !s->opts.data);
	if (!entry)
		return -ENOENT;
	next = bcc_kernel_table_next(&k->table, entry);
	info->raw_name = bcc_kernel_entry_name(&k->table, entry);
	info->module = entry->module ? bcc_kernel_entry_module(&k->table, entry) : KERNEL_ITSELF;
	info->address = entry->address;
	info->offset = address - entry->address;
	info->symbol_size = next ? next->address - entry->address : 0;
	return 0;
}

static int kernel_resolver_find(
	struct bcc_symbols *s, const char *module, const char *name, uint64_t *address)
{
	struct kernel *k = (struct kernel *)s;
	const struct bcc_kernel_entry *entry;
	int ret = kernel_resolver_update(k, false);

	if (ret)
		return ret;
	if (module && !strcmp(module, KERNEL_ITSELF))
		module = "";
	entry = bcc_kernel_table_find(&k->table, module, name);
	if (!entry)
		return bcc_fail(&s->err, -ENOENT, "the kernel has no symbol %s%s%s", name,
			module ? " in module " : "", module ? module : "");
	ret = bcc_kernel_table_visible(&s->err, &k->table);
	if (!ret)
		*address = entry->address;
	return ret;
}

static int kernel_resolver_refresh(struct bcc_symbols *s)
{
	struct kernel *k = (struct kernel *)s;

	return k->loaded ? kernel_resolver_update(k, true) : 0;
}

static void free_kernel(struct bcc_symbols *s)
{
	bcc_kernel_table_free(&((struct kernel *)s)->table);
}

static int kernel_resolver_each_function(
	struct bcc_symbols *s, const char *regex, unsigned needs, bcc_kernel_function_fn fn, void *ctx)
{
	struct kernel *k = (struct kernel *)s;
	int ret = kernel_resolver_update(k, true);

	return ret ? ret : bcc_kernel_functions(&s->err, &k->table, regex, needs, fn, ctx);
}

static const struct bcc_symbols_ops kernel_resolver_ops = {
	.free = free_kernel,
	.resolve = kernel_resolver_resolve,
	.find = kernel_resolver_find,
	.refresh = kernel_resolver_refresh,
	.each_function = kernel_resolver_each_function,
};

int bcc_symbols_open_kernel(const struct bcc_symbols_opts *opts, struct bcc_symbols **out)
{
	int ret = bcc_symbols_new(&kernel_resolver_ops, sizeof(struct kernel), opts, out);

	return ret || !(*out)->opts.eager ? ret : kernel_resolver_load((struct kernel *)*out);
}
