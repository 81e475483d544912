/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BCC's C functions, part 1: modules. A module is a text that was compiled, with its functions, tables and
 * events. Functions that fail return -1 or NULL, set errno, and say why on stderr. New programs are better
 * off with bcc.h.
 */
#ifndef BCC_COMMON_H
#define BCC_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_insn;

/* Compiles a text and makes its tables. dev_name: programs offloaded to a device are not available, NULL. */
BCC_API void *bpf_module_create_c(const char *filename, unsigned flags, const char *cflags[], int ncflags,
	bool allow_rlimit, const char *dev_name);
BCC_API void *bpf_module_create_c_from_string(const char *text, unsigned flags, const char *cflags[],
	int ncflags, bool allow_rlimit, const char *dev_name);
/* The same with a namespace for the tables that modules share, which BCC only has in C++. NULL: "". */
BCC_API void *bcc_module_create_in_namespace(const char *text, unsigned flags, const char *cflags[],
	int ncflags, bool allow_rlimit, const char *maps_namespace);
BCC_API bool bpf_module_rw_engine_enabled(void);
BCC_API void bpf_module_destroy(void *program);
BCC_API char *bpf_module_license(void *program);
BCC_API unsigned bpf_module_kern_version(void *program);
BCC_API int bcc_free_memory(void);

/* Functions, by number and by name: their instructions and how many bytes these are */
BCC_API size_t bpf_num_functions(void *program);
BCC_API const char *bpf_function_name(void *program, size_t id);
BCC_API void *bpf_function_start_id(void *program, size_t id);
BCC_API void *bpf_function_start(void *program, const char *name);
BCC_API size_t bpf_function_size_id(void *program, size_t id);
BCC_API size_t bpf_function_size(void *program, const char *name);

/* Loads a function; its descriptor, which is the caller's to close. */
BCC_API int bcc_func_load(void *program, int prog_type, const char *name, const struct bpf_insn *insns,
	int prog_len, const char *license, unsigned kern_version, int log_level, char *log_buf,
	unsigned log_buf_size, const char *dev_name, int attach_type);

/* Tables, by number and by name. Descriptors are the module's. */
BCC_API size_t bpf_num_tables(void *program);
BCC_API size_t bpf_table_id(void *program, const char *table_name);
BCC_API int bpf_table_fd(void *program, const char *table_name);
BCC_API int bpf_table_fd_id(void *program, size_t id);
BCC_API int bpf_table_type(void *program, const char *table_name);
BCC_API int bpf_table_type_id(void *program, size_t id);
BCC_API size_t bpf_table_max_entries(void *program, const char *table_name);
BCC_API size_t bpf_table_max_entries_id(void *program, size_t id);
BCC_API int bpf_table_flags(void *program, const char *table_name);
BCC_API int bpf_table_flags_id(void *program, size_t id);
BCC_API const char *bpf_table_name(void *program, size_t id);
BCC_API size_t bpf_table_key_size(void *program, const char *table_name);
BCC_API size_t bpf_table_key_size_id(void *program, size_t id);
BCC_API size_t bpf_table_leaf_size(void *program, const char *table_name);
BCC_API size_t bpf_table_leaf_size_id(void *program, size_t id);

/* A table of the program's own that texts with BPF_TABLE("extern", …) of that name use, until it is
 * withdrawn: in modules of one namespace (NULL: in all). The descriptor remains the caller's. Both return 0,
 * or -1 with errno set (EEXIST, ENOENT). BCC only has them in C++ (TableStorage). */
BCC_API int bcc_offer_table(const char *maps_namespace, const char *name, int fd);
BCC_API int bcc_withdraw_table(const char *maps_namespace, const char *name);

/* Types as JSON, and values as text: numbers 0x1f, text "abc", arrays [ 0x1 0x2 ], structs { 0x1 "abc" } */
BCC_API const char *bpf_table_key_desc(void *program, const char *table_name);
BCC_API const char *bpf_table_key_desc_id(void *program, size_t id);
BCC_API const char *bpf_table_leaf_desc(void *program, const char *table_name);
BCC_API const char *bpf_table_leaf_desc_id(void *program, size_t id);
BCC_API int bpf_table_key_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *key);
BCC_API int bpf_table_leaf_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *leaf);
BCC_API int bpf_table_key_sscanf(void *program, size_t id, const char *buf, void *key);
BCC_API int bpf_table_leaf_sscanf(void *program, size_t id, const char *buf, void *leaf);

/* The fields of what a text submits to a perf or ring buffer, "name#type" */
BCC_API size_t bpf_perf_event_fields(void *program, const char *event);
BCC_API const char *bpf_perf_event_field(void *program, const char *event, size_t i);

#ifdef __cplusplus
}
#endif

#endif
