/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 7: ELF files. */
#ifndef LIBBCC_ELF_H
#define LIBBCC_ELF_H

#include <stddef.h>
#include <stdint.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_elf_usdt {
	uint64_t pc;
	uint64_t base_addr;
	uint64_t semaphore; /* its address */
	const char *provider;
	const char *name;
	const char *arg_fmt;
	uint64_t semaphore_offset; /* its place in the file */
};

typedef void (*bcc_elf_probecb)(const char *path, const struct bcc_elf_usdt *probe, void *payload);
typedef int (*bcc_elf_symcb)(const char *name, uint64_t address, uint64_t size, void *payload);
typedef int (*bcc_elf_symcb_lazy)(size_t section, size_t string_table, size_t string_length, uint64_t address,
	uint64_t size, int debugfile, void *payload);
typedef int (*bcc_elf_load_sectioncb)(uint64_t address, uint64_t size, uint64_t offset, void *payload);

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

#ifdef __cplusplus
}
#endif

#endif
