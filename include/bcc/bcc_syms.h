/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 4: symbols. */
#ifndef LIBBCC_SYMS_H
#define LIBBCC_SYMS_H

#include <linux/bpf.h>
#include <stdint.h>

#include "bcc_proc.h"

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_symbol {
	const char *name;
	const char *demangle_name;
	const char *module;
	uint64_t offset;
};

typedef int (*SYM_CB)(const char *symname, uint64_t addr);

#ifndef STT_GNU_IFUNC
#define STT_GNU_IFUNC 10
#endif

static const uint32_t BCC_SYM_ALL_TYPES = 65535;

struct bcc_symbol_option {
	int use_debug_file;
	int check_debug_file_crc;
	int lazy_symbolize;
	uint32_t use_symbol_type; /* bit n: ELF symbols of type n */
};

/* pid -1: the kernel's */
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

/* The caller frees sym->module with bcc_procutils_free(). */
BCC_API int bcc_resolve_symname(const char *module, const char *symname, uint64_t addr, int pid,
	struct bcc_symbol_option *option, struct bcc_symbol *sym);
BCC_API int bcc_resolve_global_addr(
	int pid, const char *module, uint64_t address, uint8_t inode_match_only, uint64_t *global);
BCC_API int bcc_foreach_function_symbol(const char *module, SYM_CB cb);
BCC_API int _bcc_syms_find_module(struct mod_info *info, int enter_ns, void *p);
BCC_API uint64_t __so_calc_global_addr(uint64_t mod_start_addr, uint64_t mod_file_offset,
	uint64_t elf_sec_start_addr, uint64_t elf_sec_file_offset, uint64_t offset);
BCC_API uint64_t __so_calc_mod_offset(uint64_t mod_start_addr, uint64_t mod_file_offset,
	uint64_t elf_sec_start_addr, uint64_t elf_sec_file_offset, uint64_t global_addr);

#ifdef __cplusplus
}
#endif

#endif
