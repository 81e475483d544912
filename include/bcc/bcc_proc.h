/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 5: processes, and where programs and libraries are. */
#ifndef LIBBCC_PROC_H
#define LIBBCC_PROC_H

#include <stdint.h>
#include <stdio.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

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
typedef void (*bcc_procutils_ksymcb)(const char *name, const char *module, uint64_t address, void *payload);

/* Paths are the caller's, freed with bcc_procutils_free(). */
BCC_API char *bcc_procutils_which_so(const char *libname, int pid);
BCC_API char *bcc_procutils_which_so_in_process(const char *libname, int pid);
BCC_API char *bcc_procutils_which(const char *binpath);
BCC_API void bcc_procutils_free(const char *ptr);
BCC_API const char *bcc_procutils_language(int pid);
BCC_API int bcc_mapping_is_file_backed(const char *mapname);
BCC_API int bcc_procutils_each_module(int pid, bcc_procutils_modulecb callback, void *payload);
BCC_API int _procfs_maps_each_module(FILE *procmap, int pid, bcc_procutils_modulecb callback, void *payload);
BCC_API int bcc_procutils_each_ksym(bcc_procutils_ksymcb callback, void *payload);

#ifdef __cplusplus
}
#endif

#endif
