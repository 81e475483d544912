/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h - names for the addresses of the kernel and of processes, addresses for names, stacks.
 *
 * A symbol table belongs to no handle of bcc.h: it is opened and closed on its own. One table is used by one
 * thread at a time; different ones may be used from different threads at once, and what tables of several
 * processes know of the same file is kept once. Otherwise the conventions of bcc.h hold; the sentence for a
 * failure is in bcc_symbols_error().
 */
#ifndef BCC_SYMBOLS_H
#define BCC_SYMBOLS_H

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_symbols;

struct bcc_symbols_opts {
	size_t size;
	bool no_demangle; /* C++ and Rust names as the linker has them */
	bool no_debug_files; /* only symbols of the files themselves, not of separate debug files and .gnu_debugdata */
	bool no_crc; /* a debug file that .gnu_debuglink names is taken whatever its checksum */
	bool data;   /* variables too, not just functions */
	bool eager;  /* read all files now; else each at the first address in it */
};

/* Symbols of the running kernel and its modules; read at the first use, again when modules have come or gone. What fails then:
 * -EPERM the kernel hides its addresses (kernel.kptr_restrict), -ENOENT it lists no symbols. `*out` as in the next call. */
BCC_API int bcc_symbols_open_kernel(const struct bcc_symbols_opts *opts, struct bcc_symbols **out);

/*
 * Symbols of process `pid`: of the files it has mapped (symbol tables, separate debug files by build ID or .gnu_debuglink,
 * .gnu_debugdata), its vdso, and /tmp/perf-PID.map, all as it sees them in its own mount and PID namespace. What it loads later
 * is found; after an exec too. When it has ended, what is known stays; another process of the same PID is never taken for it.
 * `*out` is set on failure too (except for -ENOMEM), for bcc_symbols_error(); close it. -ESRCH no such process, -EACCES or
 * -EPERM its memory map may not be read. A table keeps no descriptor open, or
 * one when the process has another root directory than ours.
 */
BCC_API int bcc_symbols_open_process(int pid, const struct bcc_symbols_opts *opts, struct bcc_symbols **out);

/* Symbols of files, by build ID: for stacks of BPF_F_STACK_BUILD_ID. Files under /usr/lib/debug/.build-id are known; others are
 * added with bcc_symbols_add_file(). */
BCC_API int bcc_symbols_open_build_ids(const struct bcc_symbols_opts *opts, struct bcc_symbols **out);
/* -errno of opening it, -ENOEXEC not an ELF program or library, -ENODATA it has no build ID. */
BCC_API int bcc_symbols_add_file(struct bcc_symbols *s, const char *path);

BCC_API void bcc_symbols_close(struct bcc_symbols *s);
/* As bcc_error(). */
BCC_API const char *bcc_symbols_error(const struct bcc_symbols *s);

struct bcc_symbol_info {
	const char *name;     /* demangled, unless the table was opened without; NULL: none */
	const char *raw_name; /* as the linker has it */
	const char *
		module; /* path of the file as the process sees it, "[vdso]"; of the kernel "kernel" or a module */
	uint64_t offset;      /* bytes into the symbol; without one, into the file */
	uint64_t address;     /* where the symbol starts; 0 without one */
	uint64_t symbol_size; /* 0: not known */
};

/*
 * The symbol that `address` is in. -ENOENT there is none; then `info` is all zero, but for module and offset when the
 * file at least is known. The strings are valid until the next call on the table.
 */
BCC_API int bcc_symbols_resolve(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info);
/* The same for a frame of build ID (20 bytes) and offset in the file. */
BCC_API int bcc_symbols_resolve_build_id(
	struct bcc_symbols *s, const uint8_t *build_id, uint64_t offset, struct bcc_symbol_info *info);

enum {
	BCC_SYMBOL_OFFSET = 1 << 0, /* "name+0x1f" */
	BCC_SYMBOL_MODULE = 1 << 1, /* "name [module]", of a path its last part */
};
/* Writes the name, "[unknown]" without one (and, when the module is asked for and known, "[unknown] [module]"). Returns buf. */
BCC_API const char *bcc_symbols_text(
	struct bcc_symbols *s, uint64_t address, unsigned flags, char *buf, size_t size);

/* The address of symbol `name` (as the linker has it). `module`: only there - a kernel module or "kernel", a path or a library's
 * short name ("c"); NULL: the first that has it. Variables are found in tables opened with `data`; of the kernel always.
 * -ENOENT none. */
BCC_API int bcc_symbols_find(struct bcc_symbols *s, const char *module, const char *name, uint64_t *address);

/* Looks now what has changed (mappings, modules, perf map), instead of at the next address that is not known. -ESRCH the process
 * has ended. */
BCC_API int bcc_symbols_refresh(struct bcc_symbols *s);

/* ---- functions of the kernel that can be probed -------------------------------------------------------------- */

enum {
	BCC_FUNCTION_FTRACE = 1 << 0, /* ftrace can trace it: fentry, fexit, kprobe_multi and fast kprobes */
	BCC_FUNCTION_BTF = 1 << 1,    /* BTF has its type: fentry and fexit */
};

struct bcc_kernel_function {
	const char *name, *module; /* module: "" for the kernel itself; valid during the call */
	uint64_t address;	   /* 0 when the kernel hides addresses */
	unsigned can;		   /* BCC_FUNCTION_… of those asked for */
	bool same_name; /* others have the name too: a probe by name is refused or hits one of them */
};
/* Return other than 0 to stop. It must not use the table that the functions come from. */
typedef int (*bcc_kernel_function_fn)(void *ctx, const struct bcc_kernel_function *function);

/*
 * Calls `fn` for each function of the kernel and its modules that a kprobe can be at and whose name `regex` matches (POSIX
 * extended, found anywhere in the name as grep does: anchor with ^ and $; NULL: all), in order of addresses. `needs`:
 * only those that have all of BCC_FUNCTION_…. `kernel` is a table of bcc_symbols_open_kernel().
 * Returns what stopped it or 0; -EINVAL not a regular expression, or not such a table; -EOPNOTSUPP the kernel does not tell
 * what `needs` asks for; -ENOENT the kernel lists no symbols.
 */
BCC_API int bcc_kernel_functions_each(
	struct bcc_symbols *kernel, const char *regex, unsigned needs, bcc_kernel_function_fn fn, void *ctx);

/* ---- stacks ------------------------------------------------------------------------------------------------ */

#define BCC_STACK_DEPTH 127 /* frames that the kernel keeps by default (kernel.perf_event_max_stack) */

/*
 * Reads stack `id` of a BPF_STACK_TRACE table: the addresses, innermost first. Returns how many frames it has (of which
 * at most `room` are written). `id` is what get_stackid() returned: when it is negative, so is the result - -EEXIST the
 * stack was lost because another one has its place (the table is too small), -EFAULT there was no such stack (a kernel
 * thread has no user stack). -ENOENT no stack of that id (it was cleared); -EINVAL not such a table, or one of build IDs.
 */
BCC_API int bcc_stack_read(struct bcc_table *t, int64_t id, uint64_t *addresses, size_t room);

struct bcc_build_id_frame {
	bool has_build_id;
	uint8_t build_id[20];
	uint64_t offset; /* in the file; without a build ID the address */
};
/* The same of a BPF_STACK_TRACE_BUILDID table. */
BCC_API int bcc_stack_read_build_ids(
	struct bcc_table *t, int64_t id, struct bcc_build_id_frame *frames, size_t room);

struct bcc_fold_opts {
	size_t size;
	const char *comm;	    /* first field; NULL: none */
	struct bcc_symbols *kernel; /* NULL: addresses of the kernel's stack stay numbers */
	struct bcc_symbols *
		user; /* the same for the user stack; of a table of build IDs one of bcc_symbols_open_build_ids() */
	int64_t kernel_id, user_id; /* stack ids; one not recorded: -EFAULT */
	bool delimit;		    /* "-" between user and kernel frames */
	bool mark_kernel;	    /* "_[k]" after the kernel's functions */
	bool offsets;		    /* "name+0x1f" */
};
/*
 * One line as flame graphs take it, "comm;outermost;…;innermost": the user's frames, then the kernel's. A stack that was lost
 * by a collision is "[lost]", a frame without a symbol "[unknown]". `buf` is cut when it is too small. Returns
 * the length that the whole line has, without its NUL. -EINVAL not such a table.
 */
BCC_API int bcc_stack_fold(struct bcc_table *t, const struct bcc_fold_opts *opts, char *buf, size_t size);

#ifdef __cplusplus
}
#endif
#endif
