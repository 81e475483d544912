/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses: of the kernel, of processes, of files by build ID. */
#include "symbols.h"

#include <elf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/symbols.h>

#include "libbcc/symbols/kernel/kernel_symbols.h"
#include "abi.h"

#define KERNEL_ITSELF "kernel" /* BCC's name for what is not in a module */

static struct bcc_symbols_opts abi_symcache_options(const struct bcc_symbol_option *option)
{
	if (!option)
		return BCC_OPTS(struct bcc_symbols_opts, .data = true);
	return BCC_OPTS(struct bcc_symbols_opts, .no_debug_files = !option->use_debug_file,
		.no_crc = !option->check_debug_file_crc, .eager = !option->lazy_symbolize,
		.data = option->use_symbol_type & 1U << STT_OBJECT);
}

/* Succeeds for a process that no longer exists, with an empty cache: clients ask for names after the fact. */
void *bcc_symcache_new(int pid, struct bcc_symbol_option *option)
{
	struct bcc_symbols_opts opts = abi_symcache_options(option);
	struct bcc_symbols *symbols;

	if (pid < 0)
		bcc_symbols_open_kernel(&BCC_OPTS(struct bcc_symbols_opts), &symbols);
	else
		bcc_symbols_open_process(pid, &opts, &symbols);
	return symbols;
}

void bcc_free_symcache(void *symcache, int pid)
{
	bcc_symbols_close(symcache);
}

void bcc_symcache_refresh(void *symcache)
{
	if (symcache)
		bcc_symbols_refresh(symcache);
}

static void abi_symcache_fill(struct bcc_symbol *sym, const struct bcc_symbol_info *info, bool demangle)
{
	sym->name = info->raw_name;
	sym->demangle_name = demangle ? info->name : NULL;
	sym->module = info->module;
	sym->offset = info->offset;
}

int bcc_symcache_resolve(void *symcache, uint64_t addr, struct bcc_symbol *sym)
{
	struct bcc_symbol_info info = {0};
	int ret;

	if (!sym)
		return -1;
	ret = symcache ? bcc_symbols_resolve(symcache, addr, &info) : -1;
	abi_symcache_fill(sym, &info, true);
	return ret ? -1 : 0;
}

int bcc_symcache_resolve_no_demangle(void *symcache, uint64_t addr, struct bcc_symbol *sym)
{
	struct bcc_symbol_info info = {0};
	int ret;

	if (!sym)
		return -1;
	ret = symcache ? bcc_symbols_resolve(symcache, addr, &info) : -1;
	abi_symcache_fill(sym, &info, false);
	return ret ? -1 : 0;
}

/* Demangled names belong to the cache, which has each of them only once. */
void bcc_symbol_free_demangle_name(struct bcc_symbol *sym)
{
	if (sym)
		sym->demangle_name = NULL;
}

int bcc_symcache_resolve_name(void *symcache, const char *module, const char *name, uint64_t *addr)
{
	if (!symcache || bcc_symbols_find(symcache, module && *module ? module : NULL, name, addr))
		return -1;
	return 0;
}

void *bcc_buildsymcache_new(void)
{
	struct bcc_symbols *symbols;

	bcc_symbols_open_build_ids(NULL, &symbols);
	return symbols;
}

void bcc_free_buildsymcache(void *symcache)
{
	bcc_symbols_close(symcache);
}

int bcc_buildsymcache_add_module(void *symcache, const char *module_name)
{
	return symcache ? bcc_abi_result(bcc_symbols_add_file(symcache, module_name)) : -1;
}

int bcc_buildsymcache_resolve(void *symcache, struct bpf_stack_build_id *trace, struct bcc_symbol *sym)
{
	struct bcc_symbol_info info = {0};
	int ret = -1;

	if (!sym)
		return -1;
	if (symcache && trace && trace->status == BPF_STACK_BUILD_ID_VALID)
		ret = bcc_symbols_resolve_build_id(symcache, trace->build_id, trace->offset, &info);
	abi_symcache_fill(sym, &info, true);
	return ret ? -1 : 0;
}

struct each_ksym {
	bcc_procutils_ksymcb callback;
	void *payload;
};

static int abi_symcache_pass_on(void *ctx, const struct bcc_kernel_symbol *symbol)
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

	if (!callback)
		return -1;
	return bcc_kernel_symbols_each(abi_symcache_pass_on, &each) < 0 ? -1 : 0;
}
