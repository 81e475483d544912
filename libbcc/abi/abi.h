/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C functions of BCC's libbcc.so.0 that its clients call, over the same core as bcc.h. Their names and signatures are BCC's;
 * unlike those of bcc.h they say on stderr why they fail, and set errno.
 */
#ifndef LIBBCC_ABI_ABI_H
#define LIBBCC_ABI_ABI_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <bcc/bcc.h>

#include "../handle.h"

/* ---- modules: module.c, module_load.c, module_tables.c, events.c ---- */

BCC_API void *bpf_module_create_c(const char *filename, unsigned flags, const char *cflags[], int ncflags,
	bool allow_rlimit, const char *dev_name);
BCC_API void *bpf_module_create_c_from_string(const char *text, unsigned flags, const char *cflags[],
	int ncflags, bool allow_rlimit, const char *dev_name);
BCC_API bool bpf_module_rw_engine_enabled(void);
BCC_API void bpf_module_destroy(void *program);
BCC_API char *bpf_module_license(void *program);
BCC_API unsigned bpf_module_kern_version(void *program);
BCC_API size_t bpf_num_functions(void *program);
BCC_API const char *bpf_function_name(void *program, size_t id);
BCC_API void *bpf_function_start_id(void *program, size_t id);
BCC_API void *bpf_function_start(void *program, const char *name);
BCC_API size_t bpf_function_size_id(void *program, size_t id);
BCC_API size_t bpf_function_size(void *program, const char *name);
BCC_API int bcc_free_memory(void);

BCC_API int bcc_func_load(void *program, int prog_type, const char *name, const struct bpf_insn *insns,
	int prog_len, const char *license, unsigned kern_version, int log_level, char *log_buf,
	unsigned log_buf_size, const char *dev_name, int attach_type);
BCC_API int bcc_prog_load(enum bpf_prog_type prog_type, const char *name, const struct bpf_insn *insns,
	int prog_len, const char *license, unsigned kern_version, int log_level, char *log_buf,
	unsigned log_buf_size);

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
BCC_API const char *bpf_table_key_desc(void *program, const char *table_name);
BCC_API const char *bpf_table_key_desc_id(void *program, size_t id);
BCC_API const char *bpf_table_leaf_desc(void *program, const char *table_name);
BCC_API const char *bpf_table_leaf_desc_id(void *program, size_t id);
BCC_API size_t bpf_table_key_size(void *program, const char *table_name);
BCC_API size_t bpf_table_key_size_id(void *program, size_t id);
BCC_API size_t bpf_table_leaf_size(void *program, const char *table_name);
BCC_API size_t bpf_table_leaf_size_id(void *program, size_t id);
BCC_API int bpf_table_key_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *key);
BCC_API int bpf_table_leaf_snprintf(void *program, size_t id, char *buf, size_t buflen, const void *leaf);
BCC_API int bpf_table_key_sscanf(void *program, size_t id, const char *buf, void *key);
BCC_API int bpf_table_leaf_sscanf(void *program, size_t id, const char *buf, void *leaf);

BCC_API size_t bpf_perf_event_fields(void *program, const char *event);
BCC_API const char *bpf_perf_event_field(void *program, const char *event, size_t i);

/* ---- maps: maps.c ---- */

BCC_API int bcc_create_map(enum bpf_map_type map_type, const char *name, int key_size, int value_size,
	int max_entries, int map_flags);
BCC_API int bpf_update_elem(int fd, void *key, void *value, unsigned long long flags);
BCC_API int bpf_lookup_elem(int fd, void *key, void *value);
BCC_API int bpf_delete_elem(int fd, void *key);
BCC_API int bpf_get_first_key(int fd, void *key, size_t key_size);
BCC_API int bpf_get_next_key(int fd, void *key, void *next_key);
BCC_API int bpf_lookup_and_delete(int fd, void *key, void *value);
BCC_API int bpf_lookup_batch(
	int fd, uint32_t *in_batch, uint32_t *out_batch, void *keys, void *values, uint32_t *count);
BCC_API int bpf_delete_batch(int fd, void *keys, uint32_t *count);
BCC_API int bpf_update_batch(int fd, void *keys, void *values, uint32_t *count);
BCC_API int bpf_lookup_and_delete_batch(
	int fd, uint32_t *in_batch, uint32_t *out_batch, void *keys, void *values, uint32_t *count);
BCC_API int bpf_obj_get_info(int prog_map_fd, void *info, uint32_t *info_len);

/* ---- attach: attach.c, attach_net.c ---- */

enum bpf_probe_attach_type { BPF_PROBE_ENTRY, BPF_PROBE_RETURN };

BCC_API int bpf_attach_kprobe(int progfd, enum bpf_probe_attach_type attach_type, const char *ev_name,
	const char *fn_name, uint64_t fn_offset, int maxactive);
BCC_API int bpf_detach_kprobe(const char *ev_name);
BCC_API int bpf_attach_uprobe(int progfd, enum bpf_probe_attach_type attach_type, const char *ev_name,
	const char *binary_path, uint64_t offset, pid_t pid, uint32_t ref_ctr_offset);
BCC_API int bpf_detach_uprobe(const char *ev_name);
BCC_API int bpf_attach_tracepoint(int progfd, const char *tp_category, const char *tp_name);
BCC_API int bpf_detach_tracepoint(const char *tp_category, const char *tp_name);
BCC_API int bpf_attach_raw_tracepoint(int progfd, const char *tp_name);
BCC_API int bpf_attach_kfunc(int prog_fd);
BCC_API int bpf_attach_lsm(int prog_fd);
BCC_API int bpf_attach_perf_event_raw(
	int progfd, void *perf_event_attr, pid_t pid, int cpu, int group_fd, unsigned long extra_flags);
BCC_API int bpf_attach_perf_event(int progfd, uint32_t ev_type, uint32_t ev_config, uint64_t sample_period,
	uint64_t sample_freq, pid_t pid, int cpu, int group_fd);
BCC_API int bpf_open_perf_event(uint32_t type, uint64_t config, int pid, int cpu);
BCC_API int bpf_close_perf_event_fd(int fd);
BCC_API int bpf_attach_socket(int sockfd, int progfd);
BCC_API int bpf_open_raw_sock(const char *name);
BCC_API int bpf_attach_xdp(const char *dev_name, int progfd, uint32_t flags);
BCC_API bool bpf_has_kernel_btf(void);
BCC_API int kernel_struct_has_field(const char *struct_name, const char *field_name);

/* ---- buffers: perf_reader.c, ringbuf.c ---- */

typedef void (*perf_reader_raw_cb)(void *cb_cookie, void *raw, int raw_size);
typedef void (*perf_reader_lost_cb)(void *cb_cookie, uint64_t lost);
struct perf_reader;

struct bcc_perf_buffer_opts {
	int pid;
	int cpu;
	int wakeup_events;
};

BCC_API void *bpf_open_perf_buffer(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
	int pid, int cpu, int page_cnt);
BCC_API void *bpf_open_perf_buffer_opts(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb,
	void *cb_cookie, int page_cnt, struct bcc_perf_buffer_opts *opts);
BCC_API struct perf_reader *perf_reader_new(
	perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie, int page_cnt);
BCC_API void perf_reader_free(void *ptr);
BCC_API int perf_reader_mmap(struct perf_reader *reader);
BCC_API void perf_reader_event_read(struct perf_reader *reader);
BCC_API int perf_reader_poll(int num_readers, struct perf_reader **readers, int timeout);
BCC_API int perf_reader_consume(int num_readers, struct perf_reader **readers);
BCC_API int perf_reader_fd(struct perf_reader *reader);
BCC_API void perf_reader_set_fd(struct perf_reader *reader, int fd);

struct ring_buffer;
typedef int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size);
BCC_API void *bpf_new_ringbuf(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx);
BCC_API void bpf_free_ringbuf(struct ring_buffer *rb);
BCC_API int bpf_add_ringbuf(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx);
BCC_API int bpf_poll_ringbuf(struct ring_buffer *rb, int timeout_ms);
BCC_API int bpf_consume_ringbuf(struct ring_buffer *rb);

/* ---- what the files of this folder share ---- */

/* Prints "bpf: …\n" on stderr, sets errno to -code, returns -1: what BCC's functions return when they fail. */
int bcc_abi_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says that a function is not there in this version; -1 with errno ENOSYS. */
int bcc_abi_missing(const char *function);
/* The same return without the line: for calls whose failing is ordinary, as looking up a key. */
int bcc_abi_result(int ret);

/* A module is a handle with what was made for it on the way. */
struct bcc_abi_module {
	struct bcc *b;
	char **descriptions; /* JSON of table i: of the key at 2 * i, of the value behind it; NULL until asked for */
};

/* describe.c: the type as JSON, in the form that BCC's clients read; to be freed, NULL without memory or type. */
char *bcc_abi_describe(const struct btf *btf, uint32_t type);

#endif
