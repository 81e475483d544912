/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's functions on symbols, files and static probes. */
#ifndef LIBBCC_ABI_SYMBOLS_H
#define LIBBCC_ABI_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

#include <bcc/bcc.h>

struct bcc_symbol {
	const char *name;
	const char *demangle_name;
	const char *module;
	uint64_t offset;
};

struct bcc_symbol_option {
	int use_debug_file;
	int check_debug_file_crc;
	int lazy_symbolize;
	uint32_t use_symbol_type; /* bits by STT_… */
};

struct bpf_stack_build_id;
typedef int (*SYM_CB)(const char *symname, uint64_t addr);
typedef void (*bcc_procutils_ksymcb)(const char *name, const char *module, uint64_t address, void *payload);

/* symcache.c */
BCC_API void *bcc_symcache_new(int pid, struct bcc_symbol_option *option);
BCC_API void bcc_free_symcache(void *symcache, int pid);
BCC_API void bcc_symbol_free_demangle_name(struct bcc_symbol *sym);
BCC_API int bcc_symcache_resolve(void *symcache, uint64_t addr, struct bcc_symbol *sym);
BCC_API int bcc_symcache_resolve_no_demangle(void *symcache, uint64_t addr, struct bcc_symbol *sym);
BCC_API int bcc_symcache_resolve_name(void *symcache, const char *module, const char *name, uint64_t *addr);
BCC_API void bcc_symcache_refresh(void *symcache);
BCC_API void *bcc_buildsymcache_new(void);
BCC_API void bcc_free_buildsymcache(void *symcache);
BCC_API int bcc_buildsymcache_add_module(void *symcache, const char *module_name);
BCC_API int bcc_buildsymcache_resolve(
	void *symcache, struct bpf_stack_build_id *trace, struct bcc_symbol *sym);
BCC_API int bcc_procutils_each_ksym(bcc_procutils_ksymcb callback, void *payload);

/* binaries.c */
BCC_API int bcc_resolve_symname(const char *module, const char *symname, uint64_t addr, int pid,
	struct bcc_symbol_option *option, struct bcc_symbol *sym);
BCC_API int bcc_foreach_function_symbol(const char *module, SYM_CB cb);
BCC_API char *bcc_procutils_which_so(const char *libname, int pid);
BCC_API char *bcc_procutils_which_so_in_process(const char *libname, int pid);
BCC_API char *bcc_procutils_which(const char *binpath);
BCC_API void bcc_procutils_free(const char *ptr);
BCC_API const char *bcc_procutils_language(int pid);

/* usdt.c */
struct bcc_usdt;
struct bcc_usdt_location;
struct bcc_usdt_argument;
typedef void (*bcc_usdt_cb)(struct bcc_usdt *probe);
typedef void (*bcc_usdt_uprobe_cb)(const char *binary, const char *function, uint64_t address, int pid);
BCC_API void *bcc_usdt_new_frompid(int pid, const char *path);
BCC_API void *bcc_usdt_new_frompath(const char *path);
BCC_API void bcc_usdt_close(void *usdt);
BCC_API int bcc_usdt_enable_probe(void *usdt, const char *probe, const char *function);
BCC_API int bcc_usdt_enable_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function);
BCC_API const char *bcc_usdt_genargs(void **contexts, int count);
BCC_API const char *bcc_usdt_get_probe_argctype(void *usdt, const char *probe, int index);
BCC_API const char *bcc_usdt_get_fully_specified_probe_argctype(
	void *usdt, const char *provider, const char *probe, int index);
BCC_API void bcc_usdt_foreach(void *usdt, bcc_usdt_cb callback);
BCC_API int bcc_usdt_get_location(
	void *usdt, const char *provider, const char *probe, int index, struct bcc_usdt_location *location);
BCC_API int bcc_usdt_get_argument(void *usdt, const char *provider, const char *probe, int location_index,
	int argument_index, struct bcc_usdt_argument *argument);
BCC_API void bcc_usdt_foreach_uprobe(void *usdt, bcc_usdt_uprobe_cb callback);

#endif
