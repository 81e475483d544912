/* SPDX-License-Identifier: Apache-2.0 */
/* BCC's C functions, part 2: maps, programs, attaching and buffers by descriptor. */
#ifndef LIBBPF_H
#define LIBBPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef BCC_API
#define BCC_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_prog_load_opts; /* libbpf's */
struct bpf_test_run_opts;

/* ---- maps ---- */

struct bcc_create_map_attr {
	const char *name;
	enum bpf_map_type map_type;
	__u32 map_flags;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 numa_node;
	__u32 btf_fd;
	__u32 btf_key_type_id;
	__u32 btf_value_type_id;
	__u32 map_ifindex;
	union {
		__u32 inner_map_fd;
		__u32 btf_vmlinux_value_type_id;
	};
};

BCC_API int bcc_create_map(enum bpf_map_type map_type, const char *name, int key_size, int value_size,
	int max_entries, int map_flags);
BCC_API int bcc_create_map_xattr(struct bcc_create_map_attr *attr, bool allow_rlimit);
BCC_API int bpf_update_elem(int fd, void *key, void *value, unsigned long long flags);
BCC_API int bpf_lookup_elem(int fd, void *key, void *value);
BCC_API int bpf_delete_elem(int fd, void *key);
BCC_API int bpf_get_first_key(int fd, void *key, size_t key_size);
BCC_API int bpf_get_next_key(int fd, void *key, void *next_key);
BCC_API int bpf_lookup_and_delete(int fd, void *key, void *value);
BCC_API int bpf_lookup_batch(
	int fd, __u32 *in_batch, __u32 *out_batch, void *keys, void *values, __u32 *count);
BCC_API int bpf_delete_batch(int fd, void *keys, __u32 *count);
BCC_API int bpf_update_batch(int fd, void *keys, void *values, __u32 *count);
BCC_API int bpf_lookup_and_delete_batch(
	int fd, __u32 *in_batch, __u32 *out_batch, void *keys, void *values, __u32 *count);

/* ---- programs ---- */

/* With log_level, or when the kernel refuses, its log is in log_buf and on stderr. */
BCC_API int bcc_prog_load(enum bpf_prog_type prog_type, const char *name, const struct bpf_insn *insns,
	int prog_len, const char *license, unsigned kern_version, int log_level, char *log_buf,
	unsigned log_buf_size);
BCC_API int bcc_prog_load_xattr(enum bpf_prog_type prog_type, const char *prog_name, const char *license,
	const struct bpf_insn *insns, struct bpf_prog_load_opts *opts, int prog_len, char *log_buf,
	unsigned log_buf_size, bool allow_rlimit);
BCC_API int bpf_prog_compute_tag(const struct bpf_insn *insns, int prog_len, unsigned long long *tag);
BCC_API int bpf_prog_get_tag(int fd, unsigned long long *tag);
BCC_API int bpf_prog_attach(int prog_fd, int attachable_fd, enum bpf_attach_type type, unsigned int flags);
BCC_API int bpf_prog_detach2(int prog_fd, int attachable_fd, enum bpf_attach_type type);
BCC_API int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);
BCC_API int bcc_iter_attach(int prog_fd, union bpf_iter_link_info *link_info, __u32 link_info_len);
BCC_API int bcc_iter_create(int link_fd);

/* ---- pinned objects, and objects by number; those without bcc_ are libbpf's ---- */

int bpf_obj_pin(int fd, const char *pathname);
int bpf_obj_get(const char *pathname);
int bpf_prog_get_next_id(__u32 start_id, __u32 *next_id);
int bpf_prog_get_fd_by_id(__u32 id);
int bpf_map_get_fd_by_id(__u32 id);
int bpf_obj_get_info_by_fd(int prog_fd, void *info, __u32 *info_len);
BCC_API int bpf_obj_get_info(int prog_map_fd, void *info, uint32_t *info_len);
BCC_API int bcc_make_parent_dir(const char *path);
BCC_API int bcc_check_bpffs_path(const char *path);

/* ---- attaching: what returns a descriptor detaches when that is closed ---- */

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
BCC_API int bpf_open_raw_sock(const char *name); /* name NULL or "": of all interfaces */
BCC_API int bpf_attach_xdp(const char *dev_name, int progfd, uint32_t flags);

/* ---- what the kernel has: 1, 0, or -1 when that cannot be told ---- */

BCC_API bool bpf_has_kernel_btf(void);
BCC_API int kernel_struct_has_field(const char *struct_name, const char *field_name);
BCC_API int kernel_enum_has_val(const char *enum_name, const char *val_name);

/* ---- buffers ---- */

typedef void (*perf_reader_raw_cb)(void *cb_cookie, void *raw, int raw_size);
typedef void (*perf_reader_lost_cb)(void *cb_cookie, uint64_t lost);

struct bcc_perf_buffer_opts {
	int pid;
	int cpu;
	int wakeup_events;
};

BCC_API void *bpf_open_perf_buffer(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb, void *cb_cookie,
	int pid, int cpu, int page_cnt);
BCC_API void *bpf_open_perf_buffer_opts(perf_reader_raw_cb raw_cb, perf_reader_lost_cb lost_cb,
	void *cb_cookie, int page_cnt, struct bcc_perf_buffer_opts *opts);

struct ring_buffer;
typedef int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size);
BCC_API void *bpf_new_ringbuf(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx);
BCC_API void bpf_free_ringbuf(struct ring_buffer *rb);
BCC_API int bpf_add_ringbuf(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx);
BCC_API int bpf_poll_ringbuf(struct ring_buffer *rb, int timeout_ms);
BCC_API int bpf_consume_ringbuf(struct ring_buffer *rb);

/* ---- instructions, for programs that are written by hand ---- */

#define LOG_BUF_SIZE 65536
#define BPF_FN_PREFIX ".bpf.fn."

#ifndef BPF_PSEUDO_MAP_FD
#define BPF_PSEUDO_MAP_FD 1
#endif

#define BPF_RAW_INSN(CODE, DST, SRC, OFF, IMM)                                                               \
	((struct bpf_insn){                                                                                  \
		(__u8)(CODE), (__u8)((DST) & 0xf), (__u8)((SRC) & 0xf), (__s16)(OFF), (__s32)(IMM)})
#define BPF_ALU64_REG(OP, DST, SRC) BPF_RAW_INSN(BPF_ALU64 | BPF_OP(OP) | BPF_X, DST, SRC, 0, 0)
#define BPF_ALU32_REG(OP, DST, SRC) BPF_RAW_INSN(BPF_ALU | BPF_OP(OP) | BPF_X, DST, SRC, 0, 0)
#define BPF_ALU64_IMM(OP, DST, IMM) BPF_RAW_INSN(BPF_ALU64 | BPF_OP(OP) | BPF_K, DST, 0, 0, IMM)
#define BPF_ALU32_IMM(OP, DST, IMM) BPF_RAW_INSN(BPF_ALU | BPF_OP(OP) | BPF_K, DST, 0, 0, IMM)
#define BPF_MOV64_REG(DST, SRC) BPF_RAW_INSN(BPF_ALU64 | BPF_MOV | BPF_X, DST, SRC, 0, 0)
#define BPF_MOV64_IMM(DST, IMM) BPF_RAW_INSN(BPF_ALU64 | BPF_MOV | BPF_K, DST, 0, 0, IMM)
/* Two instructions: a constant of 64 bits */
#define BPF_LD_IMM64_RAW(DST, SRC, IMM)                                                                      \
	BPF_RAW_INSN(BPF_LD | BPF_DW | BPF_IMM, DST, SRC, 0, (__u32)(IMM)),                                  \
		BPF_RAW_INSN(0, 0, 0, 0, (__u32)((__u64)(IMM) >> 32))
#define BPF_LD_IMM64(DST, IMM) BPF_LD_IMM64_RAW(DST, 0, IMM)
#define BPF_LD_MAP_FD(DST, MAP_FD) BPF_LD_IMM64_RAW(DST, BPF_PSEUDO_MAP_FD, MAP_FD)
#define BPF_LD_ABS(SIZE, IMM) BPF_RAW_INSN(BPF_LD | BPF_SIZE(SIZE) | BPF_ABS, 0, 0, 0, IMM)
#define BPF_LDX_MEM(SIZE, DST, SRC, OFF) BPF_RAW_INSN(BPF_LDX | BPF_SIZE(SIZE) | BPF_MEM, DST, SRC, OFF, 0)
#define BPF_STX_MEM(SIZE, DST, SRC, OFF) BPF_RAW_INSN(BPF_STX | BPF_SIZE(SIZE) | BPF_MEM, DST, SRC, OFF, 0)
#define BPF_ST_MEM(SIZE, DST, OFF, IMM) BPF_RAW_INSN(BPF_ST | BPF_SIZE(SIZE) | BPF_MEM, DST, 0, OFF, IMM)
#define BPF_JMP_REG(OP, DST, SRC, OFF) BPF_RAW_INSN(BPF_JMP | BPF_OP(OP) | BPF_X, DST, SRC, OFF, 0)
#define BPF_JMP_IMM(OP, DST, IMM, OFF) BPF_RAW_INSN(BPF_JMP | BPF_OP(OP) | BPF_K, DST, 0, OFF, IMM)
#define BPF_EXIT_INSN() BPF_RAW_INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#ifdef __cplusplus
}
#endif

#endif
