/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bcc.h - compile BPF C text at run time, load it, attach it, read what it reports.
 *
 * One `struct bcc` is one program text with everything that came of it: programs, tables, attachments,
 * buffers. Closing it frees all of that, in the kernel too; so does the end of the process, however it ends.
 *
 * Conventions of every call:
 *  - An int return is 0 (or a count, where said) on success and a negative errno on failure. The reason, as a
 *    sentence, is then in bcc_error(). Nothing is printed.
 *  - Options structs start with their own size. Initialise with BCC_OPTS(struct …, .field = …); NULL means all
 *    defaults. Fields that a newer library added are then zero in older programs, and unknown non-zero fields
 *    of newer programs are refused with -E2BIG by an older library.
 *  - Pointers returned belong to the handle and live until bcc_close(), unless the call says otherwise.
 *  - Different handles may be used from different threads at once; one handle is used by one thread at a time.
 *  - Every file descriptor is close-on-exec.
 *  - libbpf, which is used below, prints to stderr by default: from the first text on, it does so no more in this process. A program that uses
 *    libbpf too calls libbpf_set_print() before, and goes on hearing what its own calls say.
 *  - After fork() a handle is the parent's. The child may read and write its tables, and close its copy, which frees the child's
 *    memory and descriptors and changes nothing for the parent; buffers are polled in the process that opened them.
 */
#ifndef BCC_BCC_H
#define BCC_BCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BCC_API __attribute__((visibility("default")))

/* An options value with its size filled in: &BCC_OPTS(struct bcc_open_opts, .name = "probe.c"). Fields that are not named are zero.
 * In C++ a value, for const auto opts = BCC_OPTS(…), whose fields are named in the order in which they are declared. */
#ifdef __cplusplus
/* clang-format off */
#define BCC_OPTS(type, ...)                                                   \
	([&]() {                                                              \
		_Pragma("GCC diagnostic push")                                \
		_Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"") \
		type o_ = {.size = sizeof(type), ##__VA_ARGS__};              \
		_Pragma("GCC diagnostic pop")                                 \
		return o_;                                                    \
	}())
/* clang-format on */
#else
#define BCC_OPTS(type, ...) ((type){.size = sizeof(type), ##__VA_ARGS__})
#endif

struct bcc;	    /* a program text and all that came of it */
struct bcc_program; /* one function of the text that can be loaded */
struct bcc_table;   /* one map of the text */
struct bcc_link;    /* one attachment */

/* ---- open and close ---------------------------------------------------------------------------------------- */

enum bcc_log_level { BCC_LOG_WARN, BCC_LOG_INFO, BCC_LOG_DEBUG };

/* Receives what there is to say beside errors: compiler warnings, dumps asked for with debug flags. One call is one
 * or more whole lines, NUL-terminated, valid during the call only. */
typedef void (*bcc_log_fn)(void *ctx, enum bcc_log_level level, const char *text);

enum bcc_debug {
	BCC_DEBUG_SOURCE = 1 << 0, /* the text with all that was put before it (types, tracepoint structs) */
	BCC_DEBUG_IR = 1 << 1,	   /* LLVM IR before and after the rewriter */
	BCC_DEBUG_ASM = 1 << 2,	   /* BPF assembly with source lines */
	BCC_DEBUG_VERIFIER = 1 << 3, /* the verifier's log of accepted programs too */
	BCC_DEBUG_LIBBPF = 1 << 4,   /* libbpf's own messages */
};

struct bcc_open_opts {
	size_t size;
	const char *name;	   /* how diagnostics call the text; default "text.c", or the file's path */
	const char *const *cflags; /* -D, -U, -I, -include, -W… as for clang */
	size_t cflags_count;
	unsigned debug; /* enum bcc_debug flags; their output goes to `log`, or to stderr without one */
	/* A tree of kernel headers or sources to take types from, instead of BTF: /usr/src/linux-headers-…, /lib/modules/…/build, or any
	 * that is configured. NULL: the one that BCC_KERNEL_SOURCE names in the environment; else BTF, and the headers installed
	 * for the running kernel where it has no BTF or the text needs what BTF does not hold (macros, inline functions). */
	const char *kernel_source;
	bcc_log_fn log; /* NULL: only what debug flags ask for is shown */
	void *log_ctx;
};

/*
 * Compiles `text` (NUL-terminated C, copied), creates its tables and loads nothing yet.
 * `*out` is set even on failure (except for -ENOMEM, when it is NULL): to a handle that only carries the error;
 * bcc_close() it too. What the text asks to be pinned stays pinned, also when a later table cannot be created: others may have
 * opened it meanwhile.
 * Errors: -EINVAL the text does not compile (bcc_error: clang's diagnostics, file:line:column in the text), is empty or
 * an option is unknown; -E2BIG options of a newer library; -ENOENT no kernel types (no BTF, no headers); -EPERM the
 * caller may not use BPF; -ENOSYS the kernel has no BPF; -ELIBACC the compiler library could not be loaded;
 * others from the bpf() system call when a table could not be created. Kernel: 5.4 or later.
 */
BCC_API int bcc_open_text(const char *text, const struct bcc_open_opts *opts, struct bcc **out);

/* The same with the text of the file at `path`; -errno of open or read when it cannot be read. */
BCC_API int bcc_open_file(const char *path, const struct bcc_open_opts *opts, struct bcc **out);

/* Detaches, unloads and frees everything of `b`. NULL is allowed. */
BCC_API void bcc_close(struct bcc *b);

/* The sentence for the last failed call on this handle (several lines for compiler and verifier messages), "" when none
 * has failed. Valid until the next call on the handle. NULL stands for a handle that memory was missing for. */
BCC_API const char *bcc_error(const struct bcc *b);

/* "MAJOR.MINOR.PATCH", static. */
BCC_API const char *bcc_version(void);

/* ---- programs ---------------------------------------------------------------------------------------------- */

/* enum bpf_prog_type and enum bpf_attach_type of <linux/bpf.h> are passed as int, so that this header needs no kernel's. */
enum { BCC_PROG_TYPE_AUTO = -1 };

/* Programs in the order of the text; NULL past the end. A program is a function of the text that is not static. */
BCC_API size_t bcc_program_count(const struct bcc *b);
BCC_API struct bcc_program *bcc_program_at(struct bcc *b, size_t index);
/* NULL when there is none of that name (no error is recorded). */
BCC_API struct bcc_program *bcc_program_find(struct bcc *b, const char *name);
BCC_API const char *bcc_program_name(const struct bcc_program *p);

struct bcc_load_opts {
	size_t size;
	int expected_attach_type; /* enum bpf_attach_type; 0 is the default of the type */
	const char *
		attach_to; /* fentry, fexit, fmod_ret, LSM, iterators, BTF tracepoints: the kernel's name of the target */
	unsigned prog_flags; /* BPF_F_SLEEPABLE and others */
	unsigned ifindex;    /* device to offload to */
};

/*
 * Loads a program with type `type` (enum bpf_prog_type, or BCC_PROG_TYPE_AUTO for what its name's prefix says).
 * Attaching loads by itself; this call is for types without an attach call here, and for options. Loading again with the
 * same type returns the same descriptor.
 * Returns the program's file descriptor (owned by the handle). Errors: -EINVAL unknown type, -EACCES or -EINVAL rejected by
 * the verifier (bcc_error: its log with source lines), -EPERM BPF is forbidden to this user (bcc_error: what would
 * allow it), -ESRCH `attach_to` is not in the kernel's BTF, -EBUSY already loaded with another type.
 */
BCC_API int bcc_program_load(struct bcc_program *p, int type, const struct bcc_load_opts *opts);
/* The descriptor of a loaded program, -ENOENT when it is not loaded. */
BCC_API int bcc_program_fd(const struct bcc_program *p);

/* ---- attach ------------------------------------------------------------------------------------------------ */
/*
 * Each call loads the program if it is not, attaches it, and sets `*link` (may be NULL: the handle keeps it anyway).
 * `prog` is the name of a function of the text. Errors of all: -ENOENT no such function in the text; the errors of
 * bcc_program_load(); -EPERM not allowed; bcc_error says what was tried and what the kernel lacks.
 */

struct bcc_kprobe_opts {
	size_t size;
	uint64_t offset; /* bytes into the function; kprobe only */
	bool retprobe;	 /* at the function's return */
	/* retprobe: calls that can be in flight; 0 is the kernel's default, max(10, 2 * CPUs). More takes fprobes (5.18,
	 * CONFIG_FPROBE); without them the log callback is warned and returns of calls beyond the default are missed. */
	int maxactive;
};
/* `function`: a kernel function. -ENOENT the kernel has no such function, -EINVAL it cannot be probed here (blacklist,
 * offset inside an instruction), -EOPNOTSUPP no kprobes in this kernel. A system call may be given as sys_NAME. */
BCC_API int bcc_attach_kprobe(struct bcc *b, const char *prog, const char *function,
	const struct bcc_kprobe_opts *opts, struct bcc_link **link);

/* The kernel's own function name of system call `name` ("clone" → "__x64_sys_clone"), written to buf of `size` bytes. -ENOENT unknown,
 * -ENOSPC buf is too small, or an error of reading /proc/kallsyms. */
BCC_API int bcc_syscall_function(struct bcc *b, const char *name, char *buf, size_t size);

/* -ENOENT no such tracepoint, -EOPNOTSUPP tracefs can be neither found nor mounted. */
BCC_API int bcc_attach_tracepoint(
	struct bcc *b, const char *prog, const char *category, const char *name, struct bcc_link **link);

/* -ENOENT no such tracepoint, -EEXIST the program is there already (kernels before 6.10 run it there once). Kernel: 4.17.
 * A function that is SEC("tp_btf/NAME") BPF_PROG(…) gets typed arguments; -ESRCH the kernel's BTF has no such tracepoint. Kernel: 5.5. */
BCC_API int bcc_attach_raw_tracepoint(
	struct bcc *b, const char *prog, const char *name, struct bcc_link **link);

struct bcc_perf_event_opts {
	size_t size;
	unsigned type;		/* enum perf_type_id of <linux/perf_event.h> */
	uint64_t config;	/* enum perf_sw_ids, perf_hw_id, … */
	uint64_t sample_period; /* one sample each so many events, or */
	uint64_t sample_freq;	/* so many samples a second */
	int pid;		/* 0: all processes, else this process */
	int cpu;		/* -1: all CPUs; only together with no pid is each CPU opened on its own */
	bool inherit;		/* threads and children of pid, from 0 on */
};
/* `opts` is required. -EINVAL neither or both of period and frequency, -ENODEV/-ENOENT/-EOPNOTSUPP the machine has no such
 * counter, -ESRCH no such process. Kernel: 4.9. */
BCC_API int bcc_attach_perf_event(
	struct bcc *b, const char *prog, const struct bcc_perf_event_opts *opts, struct bcc_link **link);

struct bcc_uprobe_opts {
	size_t size;
	const char *symbol; /* a function of the binary, or */
	uint64_t address;   /* its virtual address as the ELF file has it */
	uint64_t offset;    /* bytes past the symbol or address */
	int pid;	    /* 0: all processes */
	bool retprobe;	    /* at the function's return */
	uint64_t
		ref_ctr_offset; /* file offset of a USDT semaphore that the kernel counts up while attached, 0 none */
};
/* `binary`: a path, or a library's short name ("c" for libc.so.6) or file name, looked up as the loader does, for
 * `pid` in the libraries it has mapped. -ENOENT no such file or symbol, -ENOEXEC not an ELF file of this machine,
 * -EINVAL the address is not in an executable segment, -EOPNOTSUPP no uprobes in this kernel, or an indirect function
 * (IFUNC) of a library that is not loaded here, so that nobody can say which code the loader chose. Kernel: 4.17. */
BCC_API int bcc_attach_uprobe(struct bcc *b, const char *prog, const char *binary,
	const struct bcc_uprobe_opts *opts, struct bcc_link **link);

struct bcc_multi_opts {
	size_t size;
	bool retprobe;	  /* at the functions' returns */
	bool one_by_one;  /* a probe each, even where the kernel can do all in one */
	int pid;	  /* bcc_attach_uprobes(): 0: all processes */
	size_t *left_out; /* is set to how many functions that match cannot be probed */
};
/*
 * kprobes at all functions of the kernel and its modules whose name `regex` matches, uprobes at all functions of `binary`: a
 * POSIX extended regular expression, found anywhere in the name as grep does; anchor it with ^ and $. One link for all of
 * them. Where the kernel has links to many functions at once (kprobe_multi, 5.18; uprobe_multi, 6.6) that takes no longer than one
 * probe does; else it is one by one, with a descriptor each. Functions that cannot be probed are left out; when anything else
 * fails, nothing stays attached. Returns how many functions are attached. -ENOENT no function matches that can be probed,
 * -EINVAL not a regular expression, -EMFILE more functions than descriptors; and otherwise as for one probe.
 */
BCC_API int bcc_attach_kprobes(struct bcc *b, const char *prog, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link);
BCC_API int bcc_attach_uprobes(struct bcc *b, const char *prog, const char *binary, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link);

/* fentry or fexit (`exit`) of a kernel function. -ESRCH the kernel's BTF has no such function. Kernel: 5.5. */
BCC_API int bcc_attach_fentry(
	struct bcc *b, const char *prog, const char *function, bool exit, struct bcc_link **link);

/* `hook`: "file_open", … -ESRCH unknown, -EOPNOTSUPP the BPF LSM is not active. Kernel: 5.7. */
BCC_API int bcc_attach_lsm(struct bcc *b, const char *prog, const char *hook, struct bcc_link **link);

struct bcc_iter_opts {
	size_t size;
	const char *table; /* its entries, for bpf_map_elem; or */
	int pid, tid;	   /* this process's or this thread's objects, for task, task_file, task_vma (6.1) */
};
/* Opens the output of a program that BPF_ITER defines: reading the descriptor runs it for each object, and gives what it wrote
 * with bpf_seq_write() and its like; read() returns 0 after the last. Each descriptor is one pass. It is the caller's to close.
 * -ESRCH the kernel has no such iterator, -ENOENT no such table, -EINVAL an option that the iterator does not take, or
 * one missing. Kernel: 5.8. */
BCC_API int bcc_open_iter(struct bcc *b, const char *prog, const struct bcc_iter_opts *opts);

/*
 * Attaches every function whose name says where: kprobe__FUNCTION, kretprobe__FUNCTION, tracepoint__CATEGORY__NAME,
 * raw_tracepoint__NAME, those that KFUNC_PROBE, KRETFUNC_PROBE, KMOD_RET, LSM_PROBE define, and those in a section tp_btf/NAME. Others
 * are left alone. Returns how many were attached; on the first failure nothing of this call stays attached.
 */
BCC_API int bcc_attach_all(struct bcc *b);

/* Detaches and frees `link`; the program stays loaded. NULL is allowed. */
BCC_API int bcc_detach(struct bcc_link *link);

/* ---- tables ------------------------------------------------------------------------------------------------ */

BCC_API size_t bcc_table_count(const struct bcc *b);
BCC_API struct bcc_table *bcc_table_at(struct bcc *b, size_t index);
/* NULL when there is none of that name. */
BCC_API struct bcc_table *bcc_table_find(struct bcc *b, const char *name);

struct bcc_table_info {
	size_t size; /* set by the caller */
	const char *name;
	int type; /* enum bpf_map_type */
	int fd;	  /* owned by the handle */
	uint32_t key_size;
	uint32_t
		value_size; /* of one value; per-CPU tables have one for each possible CPU, each rounded up to 8 bytes */
	uint32_t max_entries;
	uint32_t flags;
	bool percpu;
};
/* -EINVAL info->size is not set. */
BCC_API int bcc_table_info(const struct bcc_table *t, struct bcc_table_info *info);

/* The C declaration of the key's and value's type, as "u32", "struct key_t { u32 pid; char comm[16]; }". "" when the
 * table has none. */
BCC_API const char *bcc_table_key_type(struct bcc_table *t);
BCC_API const char *bcc_table_value_type(struct bcc_table *t);

/* One member of a key or value struct, as the program sees it; of a scalar there is one with an empty name. */
struct bcc_field {
	const char *name;
	const char *type;	 /* "u32", "char", "struct in6_addr" */
	uint32_t bit_offset;	 /* from the start of key or value */
	uint32_t bit_size;	 /* of one element */
	uint32_t array_elements; /* 0 when not an array */
	bool is_signed;
	bool is_char; /* char or an array of it: text */
};
/* Sets `*fields` to an array (owned by the table); returns how many, 0 when the table has no type; -ENOMEM. */
BCC_API int bcc_table_key_fields(struct bcc_table *t, const struct bcc_field **fields);
BCC_API int bcc_table_value_fields(struct bcc_table *t, const struct bcc_field **fields);

/* Bytes that one value takes in the calls below: value_size, or for per-CPU tables the whole row of CPUs. */
BCC_API size_t bcc_table_value_bytes(const struct bcc_table *t);

/* In the following, `key_size` and `value_size` are the sizes of the caller's buffers: -EINVAL when they are not the
 * table's (key_size exactly; value_size at least bcc_table_value_bytes() for get, exactly for set). */
/* -ENOENT no such key. */
BCC_API int bcc_table_get(
	struct bcc_table *t, const void *key, size_t key_size, void *value, size_t value_size);
/* `flags`: BPF_ANY (0), BPF_NOEXIST → -EEXIST, BPF_EXIST → -ENOENT. -E2BIG the table is full. */
BCC_API int bcc_table_set(struct bcc_table *t, const void *key, size_t key_size, const void *value,
	size_t value_size, uint64_t flags);
BCC_API int bcc_table_delete(struct bcc_table *t, const void *key, size_t key_size);
/* `prev` NULL: the first key. -ENOENT: that was the last. `prev` and `next` may be the same buffer. */
BCC_API int bcc_table_next(struct bcc_table *t, const void *prev, void *next);
/* Calls `fn` for each entry, read in batches where the kernel can (5.6). Stops when `fn` returns other than 0 and returns
 * that. Entries added or deleted meanwhile may or may not be seen. Array elements are all visited, zero or not. */
typedef int (*bcc_entry_fn)(void *ctx, const void *key, const void *value);
BCC_API int bcc_table_each(struct bcc_table *t, bcc_entry_fn fn, void *ctx);
/* Deletes every entry; of arrays, sets each to zero. This and the calls that list entries: -EOPNOTSUPP when the table's type has
 * no entries to list (ring buffers, storage of sockets and tasks). */
BCC_API int bcc_table_clear(struct bcc_table *t);

/* Batches; each falls back to single operations where the kernel or the table's type has none. `*count`: room for so many
 * entries (or so many given), on return how many were done. keys and values are packed arrays. */
/* Reads up to *count entries from the start. -ENOSPC there are more. `values` may be NULL. */
BCC_API int bcc_table_read(struct bcc_table *t, void *keys, void *values, uint32_t *count);
/* Reads and deletes (of arrays: sets to zero); -ENOSPC there are more. An entry that a program updates between the two in the fallback may lose that update. */
BCC_API int bcc_table_take(struct bcc_table *t, void *keys, void *values, uint32_t *count);
BCC_API int bcc_table_set_many(
	struct bcc_table *t, const void *keys, const void *values, uint32_t *count, uint64_t flags);
BCC_API int bcc_table_delete_many(struct bcc_table *t, const void *keys, uint32_t *count);

/* ---- histograms -------------------------------------------------------------------------------------------- */

struct bcc_hist_opts {
	size_t size;
	const char *value_type; /* heading of the left column; default "value" */
	const char *
		section; /* heading before each bucket's histogram, when the key is a struct { bucket; slot }; default "Bucket ptr" */
	/* prints a bucket's name into buf; NULL: the number */
	void (*print_bucket)(void *ctx, const void *bucket, char *buf, size_t size);
	void *ctx;
	bool strip_leading_zero; /* leave out empty rows before the first that counts */
	unsigned base;		 /* linear: first slot's value, default 0 */
	unsigned step;		 /* linear: width of a slot, default 1 */
};
/* Prints a table of slots (u32 or u64 values, BPF_HISTOGRAM) in BCC's format. -EINVAL: its key is not an int nor a struct of
 * a bucket and an int slot, or its value is not an integer; -ERANGE: it counts slots that such a histogram does not have (log2: up
 * to 64, linear: up to 65535); -EIO: `out` cannot be written. Per-CPU counts are added up. Buckets come in ascending order. */
BCC_API int bcc_print_log2_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts);
BCC_API int bcc_print_linear_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts);

/* ---- event buffers ----------------------------------------------------------------------------------------- */

/* `cpu` is -1 for ring buffers. `data` is valid during the call only, and aligned to 8 bytes; of perf buffers `size` can be up to 7
 * more than was submitted. Return other than 0 stops the poll, which then returns that value (make it negative). A callback may
 * use tables and programs of its handle; it must not close the handle, and polling the handle from it is refused with -EBUSY. */
typedef int (*bcc_event_fn)(void *ctx, int cpu, const void *data, size_t size);
typedef void (*bcc_lost_fn)(void *ctx, int cpu, uint64_t count);

struct bcc_perf_opts {
	size_t size;
	size_t page_count;	/* of each CPU's buffer, a power of two; default 8 */
	unsigned wakeup_events; /* wake the reader each so many events; default 1 */
	bcc_lost_fn lost;	/* events for which the buffer had no room */
};
/* Opens a BPF_PERF_OUTPUT table's buffers on all online CPUs. -EINVAL fn is NULL, page_count no power of two, or not such a
 * table; -EBUSY already open; -ENOMEM over the locked-memory limit. */
BCC_API int bcc_open_perf(
	struct bcc *b, const char *table, bcc_event_fn fn, void *ctx, const struct bcc_perf_opts *opts);
/* Opens a BPF_RINGBUF_OUTPUT table. -EINVAL fn is NULL or not such a table; -EBUSY already open. Kernel: 5.8. */
BCC_API int bcc_open_ring(struct bcc *b, const char *table, bcc_event_fn fn, void *ctx);

/* Waits at most `timeout_ms` (-1: for ever, 0: not) for any open buffer and calls back for what is there. Returns how many
 * events were delivered, 0 on timeout, -EINTR on a signal, or what a callback returned. -ENOENT no buffer is open. */
BCC_API int bcc_poll(struct bcc *b, int timeout_ms);
/* Calls back for all that is in the buffers now, without waiting and without regard to wakeup_events. */
BCC_API int bcc_consume(struct bcc *b);
/* A descriptor that is readable when bcc_poll(b, 0) has work: for one's own loop. Owned by the handle. */
BCC_API int bcc_epoll_fd(struct bcc *b);

/* ---- trace_pipe: what bpf_trace_printk() says --------------------------------------------------------------- */

/* Reads one line without its newline into buf. Returns its length, 0 on timeout, -EOPNOTSUPP without tracefs, -EINTR.
 * The pipe is one for the whole machine: other programs' lines come too, and each line goes to one reader only; since 6.6 the
 * kernel lets one reader have it (-EBUSY for others). A line that is longer than buf is cut. */
BCC_API int bcc_trace_line(struct bcc *b, char *buf, size_t size, int timeout_ms);

struct bcc_trace_fields {
	size_t size; /* set by the caller */
	char task[32];
	int pid;
	int cpu;
	char flags[8];
	double timestamp; /* seconds since boot */
	char message[512];
};
/* The next line that has these fields; lines that do not are passed over. Returns 1, 0 on timeout, or as above. */
BCC_API int bcc_trace_fields(struct bcc *b, struct bcc_trace_fields *fields, int timeout_ms);

#ifdef __cplusplus
}
#endif
#endif
