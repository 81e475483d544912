/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's functions on symbols, files and static probes. */
#ifndef LIBBCC_ABI_SYMBOLS_H
#define LIBBCC_ABI_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

/* elf.c */
struct bcc_elf_usdt {
	uint64_t pc;
	uint64_t base_addr;
	uint64_t semaphore;
	const char *provider;
	const char *name;
	const char *arg_fmt;
	uint64_t semaphore_offset;
};
typedef void (*bcc_elf_probecb)(const char *path, const struct bcc_elf_usdt *probe, void *payload);
typedef int (*bcc_elf_symcb)(const char *name, uint64_t start, uint64_t size, void *payload);
typedef int (*bcc_elf_symcb_lazy)(size_t section_idx, size_t str_table_idx, size_t str_len, uint64_t start,
	uint64_t size, int debugfile, void *payload);
typedef int (*bcc_elf_load_sectioncb)(uint64_t v_addr, uint64_t mem_sz, uint64_t file_offset, void *payload);
BCC_API int bcc_elf_foreach_usdt(const char *path, bcc_elf_probecb callback, void *payload);
BCC_API int bcc_elf_foreach_load_section(const char *path, bcc_elf_load_sectioncb callback, void *payload);
BCC_API int bcc_elf_foreach_sym(const char *path, bcc_elf_symcb callback, void *option, void *payload);
BCC_API int bcc_elf_foreach_sym_lazy(
	const char *path, bcc_elf_symcb_lazy callback, void *option, void *payload);
BCC_API int bcc_elf_foreach_vdso_sym(bcc_elf_symcb callback, void *payload);
BCC_API int bcc_elf_get_text_scn_info(const char *path, uint64_t *addr, uint64_t *offset);
BCC_API int bcc_elf_get_type(const char *path);
BCC_API int bcc_elf_is_shared_obj(const char *path);
BCC_API int bcc_elf_is_exe(const char *path);
BCC_API int bcc_elf_is_vdso(const char *name);
BCC_API int bcc_elf_get_buildid(const char *path, char *buildid);
BCC_API int bcc_elf_symbol_str(
	const char *path, size_t section_idx, size_t str_table_idx, char *out, size_t len, int debugfile);

/* processes.c */
typedef struct mod_info {
	char *name;
	uint64_t start_addr;
	uint64_t end_addr;
	long long unsigned int file_offset;
	uint64_t dev_major;
	uint64_t dev_minor;
	uint64_t inode;
} mod_info;
typedef int (*bcc_procutils_modulecb)(mod_info *module, int enter_ns, void *payload);
typedef int (*bcc_perf_map_symcb)(const char *name, uint64_t start, uint64_t size, void *payload);
BCC_API int bcc_mapping_is_file_backed(const char *mapname);
BCC_API int bcc_procutils_each_module(int pid, bcc_procutils_modulecb callback, void *payload);
BCC_API int _procfs_maps_each_module(FILE *procmaps, int pid, bcc_procutils_modulecb callback, void *payload);
BCC_API int _bcc_syms_find_module(struct mod_info *info, int enter_ns, void *p);
BCC_API int bcc_resolve_global_addr(
	int pid, const char *module, uint64_t address, uint8_t inode_match_only, uint64_t *global);
BCC_API int _find_load(uint64_t v_addr, uint64_t mem_sz, uint64_t file_offset, void *payload);
BCC_API uint64_t __so_calc_global_addr(uint64_t mod_start_addr, uint64_t mod_file_offset,
	uint64_t elf_sec_start_addr, uint64_t elf_sec_file_offset, uint64_t offset);
BCC_API uint64_t __so_calc_mod_offset(uint64_t mod_start_addr, uint64_t mod_file_offset,
	uint64_t elf_sec_start_addr, uint64_t elf_sec_file_offset, uint64_t global_addr);
BCC_API bool bcc_is_perf_map(const char *path);
BCC_API bool bcc_is_valid_perf_map(const char *path);
BCC_API int bcc_perf_map_nstgid(int pid);
BCC_API bool bcc_perf_map_path(char *map_path, size_t map_len, int pid);
BCC_API int bcc_perf_map_foreach_sym(const char *path, bcc_perf_map_symcb callback, void *payload);

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
