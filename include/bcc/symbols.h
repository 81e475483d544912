/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_SYMBOLS_H
#define BCC_SYMBOLS_H

/**
 * @file symbols.h
 * Names for the addresses of the kernel and of processes, addresses for names, and stacks.
 *
 * A symbol table belongs to no handle of bcc.h: it is opened and closed on its own. A table is used by one
 * thread at a time; different tables may be used by different threads at the same time, and what the tables
 * of several processes know of the same file is kept once. The conventions of bcc.h hold otherwise; the
 * message for a failure is in bcc_symbols_error().
 */

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup symbols Symbols
 * @{
 */

/** A symbol table. */
struct bcc_symbols;

/** Options of the calls that open a symbol table. */
struct bcc_symbols_opts {
	/** sizeof(struct bcc_symbols_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Whether to leave the names of C++ and Rust as the linker has them. */
	bool no_demangle;
	/**
	 * Whether to use only the symbols of the files themselves, not of separate debug files and
	 * .gnu_debugdata.
	 */
	bool no_debug_files;
	/** Whether to take a debug file that .gnu_debuglink names without comparing its checksum. */
	bool no_crc;
	/** Whether to know variables too, not just functions. */
	bool data;
	/** Whether to read all files at once instead of each at the first address in it. */
	bool eager;
};

/**
 * Opens the symbols of the running kernel and its modules. They are read at the first use, and again when
 * modules have come or gone; the errors below are those of that use.
 *
 * @param opts  Options, or NULL.
 * @param out   Receives the table. On failure it receives one that carries only the error, to be closed too;
 *              NULL if there was no memory for one.
 * @return 0, or a negative errno.
 * @retval -EPERM   The kernel hides its addresses (kernel.kptr_restrict).
 * @retval -ENOENT  The kernel lists no symbols.
 */
BCC_API int bcc_symbols_open_kernel(const struct bcc_symbols_opts *opts, struct bcc_symbols **out);

/**
 * Opens the symbols of a process: of the files it has mapped (symbol tables, separate debug files by build ID
 * or .gnu_debuglink, .gnu_debugdata), its vdso, and /tmp/perf-PID.map, all as the process sees them in its
 * own mount and PID namespace.
 *
 * What the process loads later is found, after an exec too. When it has ended, what is known stays; another
 * process with the same PID is never taken for it. A table keeps no descriptor open, or one if the root
 * directory of the process is not the caller's.
 *
 * @param pid   The process.
 * @param opts  Options, or NULL.
 * @param out   Receives the table, as in bcc_symbols_open_kernel().
 * @return 0, or a negative errno.
 * @retval -ESRCH   There is no such process.
 * @retval -EACCES  Its memory map may not be read.
 * @retval -EPERM   The same.
 */
BCC_API int bcc_symbols_open_process(int pid, const struct bcc_symbols_opts *opts, struct bcc_symbols **out);

/**
 * Opens a table of the symbols of files by build ID, for stacks with BPF_F_STACK_BUILD_ID. Files below
 * /usr/lib/debug/.build-id are known (the environment's BCC_DEBUGINFO_ROOT names another folder than
 * /usr/lib/debug); others are added with bcc_symbols_add_file().
 *
 * @param opts  Options, or NULL.
 * @param out   Receives the table, as in bcc_symbols_open_kernel().
 * @return 0, or a negative errno.
 */
BCC_API int bcc_symbols_open_build_ids(const struct bcc_symbols_opts *opts, struct bcc_symbols **out);

/**
 * Adds a file to a table of bcc_symbols_open_build_ids().
 *
 * @param s     The table.
 * @param path  The file.
 * @return 0, or a negative errno: that of opening the file.
 * @retval -ENOEXEC  It is not an ELF program or library.
 * @retval -ENODATA  It has no build ID.
 * @retval -EINVAL   The table is of another kind.
 */
BCC_API int bcc_symbols_add_file(struct bcc_symbols *s, const char *path);

/**
 * Frees a table.
 *
 * @param s  The table, or NULL.
 */
BCC_API void bcc_symbols_close(struct bcc_symbols *s);

/**
 * The reason why the last call that failed on this table did, as bcc_error().
 *
 * @param s  The table; NULL stands for the one that there was no memory for.
 * @return The message, "" if no call has failed; valid until the next call on the table.
 */
BCC_API const char *bcc_symbols_error(const struct bcc_symbols *s);

/** What bcc_symbols_resolve() knows about an address. */
struct bcc_symbol_info {
	/** The name, demangled unless the table was opened without that; NULL: none. */
	const char *name;
	/** The name as the linker has it. */
	const char *raw_name;
	/**
	 * The path of the file as the process sees it, or "[vdso]"; for the kernel "kernel" or the name of a
	 * module.
	 */
	const char *module;
	/** Bytes from the start of the symbol; without a symbol, from the start of the file. */
	uint64_t offset;
	/** Where the symbol starts; 0 without a symbol. */
	uint64_t address;
	/** Bytes that the symbol has; 0: not known. */
	uint64_t symbol_size;
};

/**
 * Finds the symbol that an address is in.
 *
 * @param s        The table.
 * @param address  The address.
 * @param info     Receives what is known. Without a symbol it is all zero, except for `module` and `offset`
 *                 if the file is known. Its strings are valid until the next call on the table.
 * @return 0, or a negative errno.
 * @retval -ENOENT  The address is in no symbol.
 * @retval -EINVAL  The table is one of build IDs.
 */
BCC_API int bcc_symbols_resolve(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info);

/**
 * Finds the symbol of a frame of a stack with build IDs.
 *
 * @param s         A table of bcc_symbols_open_build_ids().
 * @param build_id  The build ID, 20 bytes.
 * @param offset    Bytes from the start of the file.
 * @param info      As in bcc_symbols_resolve().
 * @return 0, or a negative errno.
 * @retval -ENOENT  The frame is in no symbol.
 * @retval -EINVAL  The table is not one of build IDs.
 */
BCC_API int bcc_symbols_resolve_build_id(
	struct bcc_symbols *s, const uint8_t *build_id, uint64_t offset, struct bcc_symbol_info *info);

/** Flags of bcc_symbols_text(). */
enum {
	/** "name+0x1f". */
	BCC_SYMBOL_OFFSET = 1 << 0,
	/** "name [module]", with the last part of a path. */
	BCC_SYMBOL_MODULE = 1 << 1,
};

/**
 * Writes the name of the symbol that an address is in; "[unknown]" if there is none, and "[unknown] [module]"
 * if the module is asked for and known.
 *
 * @param s        The table.
 * @param address  The address.
 * @param flags    BCC_SYMBOL_OFFSET and BCC_SYMBOL_MODULE, or'ed.
 * @param buf      Receives the name, cut if it is too long.
 * @param size     Bytes of `buf`.
 * @return `buf`.
 */
BCC_API const char *bcc_symbols_text(
	struct bcc_symbols *s, uint64_t address, unsigned flags, char *buf, size_t size);

/**
 * Whether there can be code at an address: whether it is in memory that the process may execute. The kernel
 * takes what it finds along a chain of frame pointers for return addresses, and functions built without them
 * end such a chain anywhere: what follows the last frame that is code is none.
 *
 * @param s        The table.
 * @param address  The address.
 * @return Whether there can be; true for tables that are not of a process.
 */
BCC_API bool bcc_symbols_is_code(struct bcc_symbols *s, uint64_t address);

/**
 * Finds the address of a symbol.
 *
 * @param s        The table.
 * @param module   Where to look: "kernel" or a kernel module; a path or the short name of a library ("c"); of
 *                 one that is mapped from an archive, "/app.apk!/lib/libfoo.so". NULL: everywhere, and the
 *                 first symbol counts.
 * @param name     The symbol as the linker has it. Variables of processes are found in tables opened with
 *                 `data`, those of the kernel always.
 * @param address  Receives the address.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such symbol.
 * @retval -EINVAL  The table is one of build IDs.
 */
BCC_API int bcc_symbols_find(struct bcc_symbols *s, const char *module, const char *name, uint64_t *address);

/**
 * Looks for changes (mappings, modules, the perf map) now instead of at the next address that is not known.
 *
 * @param s  The table.
 * @return 0, or a negative errno.
 * @retval -ESRCH  The process has ended.
 */
BCC_API int bcc_symbols_refresh(struct bcc_symbols *s);

/**
 * @}
 * @defgroup kernel_functions Kernel functions
 * @{
 */

/** What can be attached to a kernel function besides kprobes. */
enum {
	/** ftrace can trace it: fentry, fexit, kprobe_multi, and kprobes without a breakpoint. */
	BCC_FUNCTION_FTRACE = 1 << 0,
	/** BTF has its type: fentry and fexit. */
	BCC_FUNCTION_BTF = 1 << 1,
};

/** A function of the kernel. */
struct bcc_kernel_function {
	/** Its name; valid during the call only. */
	const char *name;
	/** The module it is in, "" for the kernel itself; valid during the call only. */
	const char *module;
	/** Where it starts; 0 if the kernel hides addresses. */
	uint64_t address;
	/** BCC_FUNCTION_FTRACE and BCC_FUNCTION_BTF, or'ed; only those that were asked for. */
	unsigned can;
	/** Whether other functions have the same name: a probe by name is refused or reaches one of them. */
	bool same_name;
};

/**
 * Receives a kernel function. It must not use the table that the functions come from.
 *
 * @param ctx       The `ctx` of bcc_kernel_functions_each().
 * @param function  The function; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_kernel_function_fn)(void *ctx, const struct bcc_kernel_function *function);

/**
 * Calls back for each function of the kernel and its modules that can have a kprobe, in order of addresses.
 * (By the naming rule it would begin with `bcc_symbols_`.)
 *
 * @param kernel  A table of bcc_symbols_open_kernel().
 * @param regex   A POSIX extended regular expression that may match anywhere in the name: anchor it with ^
 *                and $. NULL: all functions.
 * @param needs   BCC_FUNCTION_FTRACE and BCC_FUNCTION_BTF, or'ed: only functions that have all of them.
 * @param fn      Called for each function.
 * @param ctx     First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL      `regex` is not a regular expression, or `kernel` is not such a table.
 * @retval -EOPNOTSUPP  The kernel does not tell what `needs` asks for.
 * @retval -ENOENT      The kernel lists no symbols.
 */
BCC_API int bcc_kernel_functions_each(
	struct bcc_symbols *kernel, const char *regex, unsigned needs, bcc_kernel_function_fn fn, void *ctx);

/**
 * @}
 * @defgroup stacks Stacks
 *
 * Stacks that programs record in BPF_STACK_TRACE and BPF_STACK_TRACE_BUILDID tables. By the naming rule these
 * calls would begin with `bcc_table_`.
 * @{
 */

/** How many frames the kernel keeps by default (kernel.perf_event_max_stack). */
#define BCC_STACK_DEPTH 127

/**
 * Reads a stack of a BPF_STACK_TRACE table.
 *
 * @param t          The table.
 * @param id         What get_stackid() returned; if it is negative, so is the result.
 * @param addresses  Receives the addresses, innermost first.
 * @param room       How many addresses there is room for.
 * @return How many frames the stack has, which may be more than `room`; or a negative errno.
 * @retval -EEXIST  The stack was lost because another one has its place: the table is too small.
 * @retval -EFAULT  There was no such stack: a kernel thread has no user stack.
 * @retval -ENOENT  There is no stack with this ID: it was cleared.
 * @retval -EINVAL  The table is not one of stacks, or one of build IDs.
 */
BCC_API int bcc_stack_read(struct bcc_table *t, int64_t id, uint64_t *addresses, size_t room);

/** A frame of a stack with build IDs. */
struct bcc_build_id_frame {
	/** Whether the kernel found the build ID. */
	bool has_build_id;
	/** The build ID of the file. */
	uint8_t build_id[20];
	/** Bytes from the start of the file; without a build ID, the address. */
	uint64_t offset;
};

/**
 * Reads a stack of a BPF_STACK_TRACE_BUILDID table.
 *
 * @param t       The table.
 * @param id      As in bcc_stack_read().
 * @param frames  Receives the frames, innermost first.
 * @param room    How many frames there is room for.
 * @return How many frames the stack has, which may be more than `room`; or a negative errno: as
 *         bcc_stack_read().
 */
BCC_API int bcc_stack_read_build_ids(
	struct bcc_table *t, int64_t id, struct bcc_build_id_frame *frames, size_t room);

/** Options of bcc_stack_fold(). */
struct bcc_fold_opts {
	/** sizeof(struct bcc_fold_opts); BCC_OPTS() sets it. */
	size_t size;
	/** The first field. Default: none. */
	const char *comm;
	/** Names for the kernel's stack. Default: addresses stay numbers. */
	struct bcc_symbols *kernel;
	/**
	 * Names for the user stack; for a table of build IDs, one of bcc_symbols_open_build_ids(). Default:
	 * as above.
	 */
	struct bcc_symbols *user;
	/** ID of the kernel's stack; -EFAULT: none was recorded. Note that 0 is an ID. */
	int64_t kernel_id;
	/** ID of the user stack; -EFAULT: none was recorded. Note that 0 is an ID. */
	int64_t user_id;
	/** Whether to write "-" between the frames of user and kernel. */
	bool delimit;
	/** Whether to write "_[k]" after the kernel's functions. */
	bool mark_kernel;
	/** Whether to write "name+0x1f". */
	bool offsets;
};

/**
 * Writes stacks as one line as flame graphs take it, "comm;outermost;…;innermost": the frames of the user
 * stack, then those of the kernel's. A stack that was lost by a collision is "[lost]", a frame without a
 * symbol "[unknown]".
 *
 * @param t     The table.
 * @param opts  The IDs of the stacks, and options; required.
 * @param buf   Receives the line, cut if it is too long.
 * @param size  Bytes of `buf`.
 * @return The length of the whole line without its NUL, or a negative errno.
 * @retval -EINVAL  The table is not one of stacks.
 */
BCC_API int bcc_stack_fold(struct bcc_table *t, const struct bcc_fold_opts *opts, char *buf, size_t size);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
