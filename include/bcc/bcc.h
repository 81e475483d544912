/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_BCC_H
#define BCC_BCC_H

/**
 * @file bcc.h
 * Compile BPF C text at run time, load it, attach it, and read what it reports.
 *
 * A `struct bcc`, called a handle, is one program text with everything made from it: programs, tables,
 * attachments, event buffers. bcc_close() frees all of that, in the kernel too; so does the end of the
 * process, however it ends.
 *
 * @par Return values
 * An int is 0 or a count on success and a negative errno on failure; bcc_error() then has the reason as a
 * message for people. The library prints nothing by itself. A call lists the errors that have a meaning of
 * their own; beyond those, any call can return -ENOMEM, -EINVAL for an argument that makes no sense, or what
 * a system call returned. Where a call returns a pointer, NULL means "not there" and records no error.
 *
 * @par Ownership
 * A pointer or descriptor that a call returns belongs to the handle and is valid until bcc_close(), unless
 * the call says otherwise. Strings and structs passed in are copied when they are needed longer than the
 * call. All descriptors are close-on-exec.
 *
 * @par Options
 * A struct of options begins with its own size: write &BCC_OPTS(struct bcc_open_opts, .name = "x.c"), or NULL
 * for all defaults. Unless an option says otherwise, 0 is its default. A program built against an older
 * header works with a newer library; a newer program that sets a field the library does not know gets -E2BIG.
 *
 * @par Threads
 * Different handles may be used by different threads at the same time; a handle, with all that belongs to it,
 * is used by one thread at a time.
 *
 * @par Fork
 * After fork() a handle stays the parent's. The child may read and write its tables, and should close its
 * copy: that frees the child's memory and descriptors and changes nothing for the parent. Event buffers are
 * polled by the process that opened them.
 *
 * @par libbpf
 * The library uses libbpf, and from the first text on stops it from printing to stderr in this process. A
 * program that uses libbpf itself calls libbpf_set_print() before opening a text and keeps receiving the
 * messages of its own calls.
 *
 * @par Kernel
 * Linux 5.4 or later; a call or option that needs a later kernel says which.
 *
 * @par Names
 * A call on a handle is bcc_VERB or bcc_VERB_OBJECT: bcc_poll(), bcc_attach_kprobe(). A call on one thing of
 * a handle is bcc_THING_VERB: bcc_table_get() takes a struct bcc_table. The two calls that list things are
 * bcc_THING_count() and bcc_THING_at(). Options of bcc_VERB_OBJECT() are in struct bcc_OBJECT_opts (or share
 * a struct with those of its kin), a callback's type ends in `_fn`, constants begin with `BCC_`. Calls that
 * break this rule say so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks a function that the library exports. */
#define BCC_API __attribute__((visibility("default")))

/**
 * A struct of options with its size filled in; members that are not named are zero.
 *
 * In C it is an lvalue whose address can be passed: &BCC_OPTS(struct bcc_open_opts, .name = "probe.c"). In
 * C++ it is a value: const auto opts = BCC_OPTS(…), with the members named in the order of their declaration.
 */
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
/* without ##, so that options can have options in them */
#define BCC_OPTS(type, ...) ((type){.size = sizeof(type), __VA_ARGS__})
#endif

/** A program text and everything made from it. */
struct bcc;
/** A function of the text that can be loaded into the kernel. */
struct bcc_program;
/** A table, or map, of the text. */
struct bcc_table;
/** An attachment of a program to an event. */
struct bcc_link;

/**
 * @defgroup open Opening and closing
 * @{
 */

/** How important a log message is. */
enum bcc_log_level {
	/** Something that may not be as the user wants it: a compiler warning, a function that is missing. */
	BCC_LOG_WARN,
	/** What the library chose where there was a choice. */
	BCC_LOG_INFO,
	/** Output of debug flags. */
	BCC_LOG_DEBUG,
};

/**
 * Receives what there is to say besides errors: compiler warnings, and the output of debug flags.
 *
 * @param ctx    bcc_open_opts.log_ctx.
 * @param level  The kind of message.
 * @param text   One or more whole lines, NUL-terminated; valid during the call only.
 */
typedef void (*bcc_log_fn)(void *ctx, enum bcc_log_level level, const char *text);

/** Debug flags: what to show while a text is compiled and loaded. */
enum bcc_debug {
	/** The text with everything that was put before it: kernel types, tracepoint structs. */
	BCC_DEBUG_SOURCE = 1 << 0,
	/** LLVM IR before and after the rewriter. */
	BCC_DEBUG_IR = 1 << 1,
	/** BPF assembly with source lines. */
	BCC_DEBUG_ASM = 1 << 2,
	/** The verifier's log of accepted programs too. */
	BCC_DEBUG_VERIFIER = 1 << 3,
	/** libbpf's own messages. */
	BCC_DEBUG_LIBBPF = 1 << 4,
};

/**
 * Where a text is compiled.
 *
 * By default in a process of its own, which the library starts for each text that is not in the cache and
 * which has ended when the call returns: no text can crash the caller or leave memory with it. That process
 * reads files with the caller's rights and can do nothing else. It is a child of the caller: SIGCHLD may be
 * delivered for it, and a thread that waits for any child may be told of it. Neither does any harm, and it
 * does not matter whether SIGCHLD is ignored.
 */
enum bcc_compiler {
	/** What $BCC_COMPILER says ("child" or "inprocess"); else a child. */
	BCC_COMPILER_DEFAULT,
	/** A process of its own. */
	BCC_COMPILER_CHILD,
	/** A thread of the caller, for callers that may not start processes. There are no limits then; and of
	 * texts with relocations by types, BPF_CORE_READ(), only the first can be compiled: LLVM keeps what
	 * belongs to that (-EBUSY). */
	BCC_COMPILER_INPROCESS,
};

/** Which dialect a text is in; docs/language.md describes both. */
enum bcc_dialect {
	/** The one that its words show: libbpf's if the text, or a file that it includes by "", includes
	 * "vmlinux.h" or <bpf/bpf_helpers.h> and there is no table of BCC's. */
	BCC_DIALECT_AUTO,
	/** BCC's: tables with methods, kernel memory is read like one's own. */
	BCC_DIALECT_BCC,
	/** libbpf's: C means what it says, and headers bring the rest. */
	BCC_DIALECT_LIBBPF,
};

/** Options of bcc_open_text(), bcc_open_file() and bcc_open_object(). */
struct bcc_open_opts {
	/** sizeof(struct bcc_open_opts); BCC_OPTS() sets it. */
	size_t size;
	/** What diagnostics call the text. Default: "text.c", or the path of the file. */
	const char *name;
	/**
	 * Compiler flags as for clang, a string each: macros (-D, -U), headers (-I, -include, -isystem, …),
	 * warnings (-W…, -w) and the language (-std=, -funsigned-char, …). Flags that make no difference
	 * here, such as -O2 or -g, are ignored. Those that would write a file, load code, print, or change
	 * the target are refused.
	 */
	const char *const *cflags;
	/** How many elements `cflags` has. */
	size_t cflags_count;
	/** Flags of enum bcc_debug, or'ed. Their output goes to `log`, or to stderr if that is NULL. */
	unsigned debug;
	/**
	 * A configured tree of kernel headers or sources to take types from instead of BTF, such as
	 * /lib/modules/…/build. Default: the tree that $BCC_KERNEL_SOURCE names, else BTF, with the headers
	 * installed for the running kernel as a fallback where there is no BTF or the text needs what BTF
	 * does not hold (macros, inline functions).
	 */
	const char *kernel_source;
	/** Receives messages. Default: only the output of debug flags is shown, on stderr. */
	bcc_log_fn log;
	/** First argument of `log`. */
	void *log_ctx;
	/**
	 * Creates nothing in the kernel yet: variables and the sizes of tables can be set before
	 * bcc_create().
	 */
	bool deferred;
	/** Where the text is compiled: enum bcc_compiler. */
	int compiler;
	/** Milliseconds that compiling may take. Default: 60,000; UINT_MAX: no limit. */
	unsigned time_limit;
	/** Bytes that the compiler may allocate. Default: 1 GB; UINT64_MAX: no limit. */
	uint64_t memory_limit;
	/**
	 * An eventfd (or any descriptor that poll() finds readable after a write) with which another thread
	 * or a signal handler makes calls on the handle fail with -ECANCELED: compiling at once, loading
	 * before the next program. Writing to it is the one thing that others may do while a call on the
	 * handle is under way. It belongs to the caller, who closes it after bcc_close(); when it has been
	 * read, the handle can be used again. Default: none, so that it cannot be descriptor 0.
	 */
	int cancel_fd;
	/**
	 * Tables that the text has as BPF_TABLE_SHARED are those of texts with the same namespace. Default:
	 * "".
	 */
	const char *maps_namespace;
	/** Which dialect the text is in: enum bcc_dialect. */
	int dialect;
	/**
	 * A file with BTF, in the format of /sys/kernel/btf/vmlinux and of BTFHub: relocations by types
	 * (CO-RE) are applied to its types instead of the running kernel's, which may not describe its own.
	 * Whether it is this kernel's is for the caller to know. For objects, and for texts in libbpf's
	 * dialect or with `portable` (-EINVAL for others: nothing in them is relocated). Default: the
	 * running kernel's types, and its modules'.
	 */
	const char *btf_path;
	/**
	 * Compiles the text so that its object is right on other kernels too (bcc_object()): where fields of
	 * the kernel's structs and of tracepoints are is noted in it (CO-RE) and looked up when it is loaded,
	 * here as there. Reading the kernel's memory is slower then. A text in BCC's dialect that cannot be
	 * right on other kernels is an error at its line: one that asks for LINUX_VERSION_CODE or CONFIG_…,
	 * needs kernel headers, sizes of the kernel's structs or enumerators that are not part of its
	 * interface for user space, reads bit fields without BPF_CORE_READ_BITFIELD_PROBED(), or has a
	 * tracepoint whose struct the kernel's types do not tell. Of a field that has another size in the
	 * kernel that loads the object, the program is refused. docs/bpfcc.md has the list. A text in
	 * libbpf's dialect can declare what another defines: its object is to be linked with that one's, as
	 * "bpfcc build" does, and bcc_create() fails.
	 */
	bool portable;
};

/**
 * Compiles a text and creates its tables. Programs are not loaded yet.
 *
 * What the text asks to be pinned stays pinned, even if a later table cannot be created: another process may
 * have opened it meanwhile.
 *
 * @param text  C source, NUL-terminated.
 * @param opts  Options, or NULL.
 * @param out   Receives the handle. On failure it receives a handle that carries only the error, to be closed
 *              too; NULL if there was no memory for one.
 * @return 0, or a negative errno; that of bpf() if a table could not be created.
 * @retval -EINVAL     The text does not compile (bcc_error() has the compiler's diagnostics as
 *                     file:line:column), is empty, or an option is wrong.
 * @retval -E2BIG      An option is set that this version of the library does not know.
 * @retval -ENOENT     There are no kernel types: no BTF and no headers.
 * @retval -EPERM      The caller may not use BPF.
 * @retval -ENOSYS     The kernel has no BPF.
 * @retval -ELIBACC    The compiler could not be found or opened.
 * @retval -ETIMEDOUT  The compiler needed more time than it may have.
 * @retval -ENOMEM     The compiler needed more memory than it may have.
 * @retval -ECANCELED  bcc_open_opts.cancel_fd was written to.
 * @retval -EIO        The compiler crashed or was killed. Text and flags are kept in the directory
 *                     $BCC_CRASH_DIR if that is set.
 */
BCC_API int bcc_open_text(const char *text, const struct bcc_open_opts *opts, struct bcc **out);

/**
 * Like bcc_open_text(), with the text of a file, or like bcc_open_object(), if the file is one.
 *
 * @param path  The file.
 * @param opts  Options, or NULL.
 * @param out   Receives the handle, as in bcc_open_text().
 * @return 0, or a negative errno: as bcc_open_text(), or that of opening or reading the file.
 */
BCC_API int bcc_open_file(const char *path, const struct bcc_open_opts *opts, struct bcc **out);

/**
 * Like bcc_open_text(), with an object that was compiled before: a BPF ELF object as clang 16 or later writes
 * it for libbpf (`clang --target=bpf -O2 -g`). Its relocations by types (CO-RE) are applied to the running
 * kernel's types, so that what it reads is in the right place; whatever in it is not understood is an error.
 * Programs are attached by their sections, as with a text in libbpf's dialect.
 *
 * @param object  The ELF file's bytes, which are copied. They may be damaged or hostile.
 * @param bytes   How many.
 * @param opts    Options, or NULL. Those that are about compiling are not used. The name is by default
 *                "object.bpf.o".
 * @param out     Receives the handle, as in bcc_open_text().
 * @return 0, or a negative errno: as bcc_open_text() for creating tables.
 * @retval -EINVAL  It is not a BPF object, is of the other byte order or damaged, or has relocations or
 *                  sections that are not understood.
 * @retval -ESRCH   It needs a function or variable that this kernel does not have.
 * @retval -ENOENT  It has relocations by types, and this kernel does not describe its types.
 */
BCC_API int bcc_open_object(
	const void *object, size_t bytes, const struct bcc_open_opts *opts, struct bcc **out);

/**
 * Opens a handle without a text: for tables and links that others have made (bcc_table_open_pinned(),
 * bcc_table_open_id(), bcc_open_link()).
 *
 * @param out  Receives the handle; NULL if there was no memory for one.
 * @return 0, or a negative errno.
 */
BCC_API int bcc_open_empty(struct bcc **out);

/**
 * Creates the tables and variables of a handle that was opened with bcc_open_opts.deferred. Loading and
 * attaching do that by themselves; the second time nothing is done.
 *
 * @param b  The handle.
 * @return 0, or a negative errno: -EINVAL if nothing is open, otherwise as bcc_open_text() for creating
 *         tables. After a failure the call returns the same error again.
 */
BCC_API int bcc_create(struct bcc *b);

/**
 * The object that a text was compiled to: an ELF file that bcc_open_object(), libbpf and bpftool load, on
 * this kernel and on others. For a handle that was opened with bcc_open_opts.portable and deferred, until
 * bcc_create().
 *
 * @param b      The handle.
 * @param bytes  Receives the object's size.
 * @return The object; NULL if the handle has none. Valid until bcc_create(), or what does that, or
 *         bcc_close().
 */
BCC_API const void *bcc_object(const struct bcc *b, size_t *bytes);

/**
 * Detaches, unloads and frees everything that belongs to a handle.
 *
 * @param b  The handle, or NULL.
 */
BCC_API void bcc_close(struct bcc *b);

/**
 * The reason why the last call that failed on this handle did; several lines if the compiler or the verifier
 * wrote it.
 *
 * @param b  The handle; NULL stands for the one that bcc_open_text() had no memory for.
 * @return The message, "" if no call has failed; valid until the next call on the handle.
 */
BCC_API const char *bcc_error(const struct bcc *b);

/**
 * Likely mistakes that were accepted on this handle: the compiler's warnings, with the line of the text
 * (the address of a u64 for a table with u32 keys, a format that the kernel does not print, a program that
 * falls off its end), and the library's own, such as what the kernel lacks. A text from the cache has the
 * warnings from when it was compiled. The log callback gets them too (BCC_LOG_WARN), and they are part of
 * the error when the kernel refuses a program.
 *
 * @param b  The handle; NULL: "" is returned.
 * @return Lines, each message once, the oldest first; "" if there are none. Owned by the handle, valid
 * until
 *         the next call on it.
 */
BCC_API const char *bcc_warnings(const struct bcc *b);

/**
 * The version of the library.
 *
 * @return "MAJOR.MINOR.PATCH", static.
 */
BCC_API const char *bcc_version(void);

/**
 * @}
 * @defgroup programs Programs
 *
 * A program is a function of the text that is not static. enum bpf_prog_type and enum bpf_attach_type of
 * <linux/bpf.h> are passed as int, so that this header needs none of the kernel's.
 * @{
 */

/** Values for the `type` of bcc_program_load() besides enum bpf_prog_type. */
enum {
	/** The type that the prefix of the function's name, or its section, stands for. */
	BCC_PROG_TYPE_AUTO = -1
};

/**
 * How many programs the text has.
 *
 * @param b  The handle.
 * @return The number of programs.
 */
BCC_API size_t bcc_program_count(const struct bcc *b);

/**
 * A program by its place in the text.
 *
 * @param b      The handle.
 * @param index  From 0 on, in the order of the text.
 * @return The program; NULL past the end.
 */
BCC_API struct bcc_program *bcc_program_at(struct bcc *b, size_t index);

/**
 * A program by its name.
 *
 * @param b     The handle.
 * @param name  The name of the function in the text.
 * @return The program, or NULL.
 */
BCC_API struct bcc_program *bcc_program_find(struct bcc *b, const char *name);

/**
 * The name of a program: that of the function.
 *
 * @param p  The program.
 * @return The name.
 */
BCC_API const char *bcc_program_name(const struct bcc_program *p);

/**
 * The section of a program, as SEC() of the text says it: "tp/sched/sched_switch", "xdp". It tells what kind
 * of program it is, and bcc_attach_target() reads it.
 *
 * @param p  The program, or NULL.
 * @return The section; "" if the text has the function in none.
 */
BCC_API const char *bcc_program_section(const struct bcc_program *p);

/** Options of bcc_program_load(). */
struct bcc_load_opts {
	/** sizeof(struct bcc_load_opts); BCC_OPTS() sets it. */
	size_t size;
	/** enum bpf_attach_type. Default: that of the program's type. */
	int expected_attach_type;
	/**
	 * The kernel's name of the target, for fentry, fexit, fmod_ret, LSM, iterators and BTF tracepoints.
	 */
	const char *attach_to;
	/** BPF_F_SLEEPABLE and other flags of BPF_PROG_LOAD. */
	unsigned prog_flags;
	/** Index of a network device to offload the program to. */
	unsigned ifindex;
};

/**
 * Loads a program into the kernel. Attaching a program loads it; this call is for types that have no attach
 * call here, and for options.
 *
 * @param p     The program.
 * @param type  enum bpf_prog_type or BCC_PROG_TYPE_AUTO.
 * @param opts  Options, or NULL.
 * @return The descriptor of the program, owned by the handle; the same one if it is loaded with this type
 *         already. Or a negative errno.
 * @retval -EACCES  The verifier rejects the program; bcc_error() has its log with source lines.
 * @retval -EINVAL  The same; or the type is unknown.
 * @retval -E2BIG   The program is too complex for the verifier.
 * @retval -EPERM   This user may not load it; bcc_error() says what would allow it.
 * @retval -ESRCH   `attach_to` is not in the kernel's BTF.
 * @retval -EBUSY   It is already loaded with another type.
 */
BCC_API int bcc_program_load(struct bcc_program *p, int type, const struct bcc_load_opts *opts);

/**
 * The descriptor of a loaded program.
 *
 * @param p  The program.
 * @return The descriptor, owned by the handle.
 * @retval -ENOENT  The program is not loaded.
 */
BCC_API int bcc_program_fd(const struct bcc_program *p);

/**
 * Gives a program a name in a bpf file system, so that it stays loaded after bcc_close() and after the end of
 * the process, until the file is removed with unlink(2). It runs only as long as it is attached:
 * bcc_link_pin().
 *
 * @param p     The program, which is loaded already.
 * @param path  The file to make: "/sys/fs/bpf/my_program".
 * @return 0, or a negative errno.
 * @retval -ENOENT  The program is not loaded, or there is no such folder.
 * @retval -EEXIST  There is such a file.
 * @retval -EPERM   The path is not in a bpf file system, or the name has a dot.
 */
BCC_API int bcc_program_pin(struct bcc_program *p, const char *path);

/**
 * Opens a program that was pinned, by this process or another: to run it on data (bcc_program_test_run()), to
 * put it in the place of an attached one (bcc_link_replace()), or for its descriptor. bcc_program_find() and
 * bcc_program_at() do not return it, and calls that name a program do not find it.
 *
 * @param b        The handle that the program will belong to.
 * @param path     The file.
 * @param program  Receives the program, valid until bcc_close().
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such file.
 * @retval -EINVAL  It is not a pinned program.
 * @retval -EPERM   The caller may not open it.
 */
BCC_API int bcc_open_program(struct bcc *b, const char *path, struct bcc_program **program);

/** What bcc_program_test_run() passes to a program, and what it returns. Members that are 0 are not used. */
struct bcc_test_run {
	/** sizeof(struct bcc_test_run); BCC_OPTS() sets it. */
	size_t size;
	/** The packet. */
	const void *data;
	/** Bytes of the packet. */
	size_t data_size;
	/** Receives the packet as the program leaves it. */
	void *data_out;
	/** In: bytes of `data_out`. Out: bytes of the packet, also if they are more. */
	size_t data_out_size;
	/** The program's context, such as a struct __sk_buff or struct xdp_md. */
	const void *context;
	/** Bytes of `context`. */
	size_t context_size;
	/** Receives the context as the program leaves it. */
	void *context_out;
	/** In: bytes of `context_out`. Out: bytes of the context. */
	size_t context_out_size;
	/** How often to run the program. Default: once. */
	unsigned repeat;
	/** BPF_F_TEST_RUN_ON_CPU, BPF_F_TEST_XDP_LIVE_FRAMES. */
	unsigned flags;
	/** With BPF_F_TEST_RUN_ON_CPU, on which CPU. */
	unsigned cpu;
	/** Out: what the program returned. */
	uint32_t result;
	/** Out: nanoseconds that a run took, on average. */
	uint32_t duration;
};

/**
 * Runs a program on data of the caller's instead of an event. Which types of programs can be run so, and
 * what they take, the kernel says: packets for XDP, tc, socket filters and cgroup_skb; contexts for raw
 * tracepoints and SEC("syscall"). The program is loaded if it is not, as bcc_program_load() with
 * BCC_PROG_TYPE_AUTO.
 *
 * @kernel 5.4; some types later.
 * @param p    The program.
 * @param run  What it gets; receives what it returned.
 * @return 0, or a negative errno.
 * @retval -ENOSPC      `data_out` or `context_out` is too small, and was filled.
 * @retval -EINVAL      The data does not suit the program: a packet has at least 14 bytes.
 * @retval -EOPNOTSUPP  Programs of this type cannot be run so.
 */
BCC_API int bcc_program_test_run(struct bcc_program *p, struct bcc_test_run *run);

/**
 * @}
 * @defgroup attach Attaching programs
 *
 * Each call loads the program if it is not loaded, and attaches it. `prog` is the name of a function of the
 * text. `link` receives the attachment for bcc_detach(); it may be NULL, because bcc_close() detaches
 * everything anyway.
 *
 * Every call can return -ENOENT if the text has no such function, the errors of bcc_program_load(), and
 * -EPERM; bcc_error() says what was tried and what the kernel lacks.
 * @{
 */

/**
 * Sets a value that the program can read with bpf_get_attach_cookie(ctx), to know through which of several
 * attachments it runs. It becomes part of each attachment that is made after this call: set it, attach, set
 * the next, attach. bcc_attach_all() uses it too.
 *
 * Kinds of programs that have cookies, with the first kernel: kprobes, uprobes, tracepoints and perf events
 * (5.15), many functions at once (5.18 for the kernel's, 6.6 for those of programs), fentry, fexit, fmod_ret
 * and LSM hooks (5.19), raw tracepoints (6.10). On older kernels, attaching returns -EOPNOTSUPP. Static
 * probes have cookies unless the text reads probes' arguments, for which the library needs them. Programs of
 * other kinds have none.
 *
 * @kernel 5.15.
 * @param p       The program.
 * @param cookie  The value; 0: none, and bpf_get_attach_cookie() returns 0.
 * @return 0, or -EINVAL without a program.
 */
BCC_API int bcc_program_set_cookie(struct bcc_program *p, uint64_t cookie);

/** Options of bcc_attach_kprobe(). */
struct bcc_kprobe_opts {
	/** sizeof(struct bcc_kprobe_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Bytes into the function; not for retprobes. */
	uint64_t offset;
	/** Whether to run at the function's return instead of its entry. */
	bool retprobe;
	/**
	 * For retprobes, how many calls can be in flight. Default: the kernel's, max(10, 2 × CPUs). More
	 * takes fprobes (Linux 5.18, CONFIG_FPROBE); without them a warning is logged, and returns of calls
	 * beyond the default are missed.
	 */
	int maxactive;
};

/**
 * Attaches a program to a function of the kernel.
 *
 * @param b         The handle.
 * @param prog      The program.
 * @param function  The kernel function; a system call may be given as sys_NAME. One that this kernel has
 *                  under another name, as a compiler's variant (NAME.isra.0) or since a later version, is
 *                  probed there, with a warning that says what differs, unless an offset is given.
 * @param opts      Options, or NULL.
 * @param link      Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT      The kernel has no such function.
 * @retval -EINVAL      It cannot be probed there: it is blacklisted, or the offset is inside an instruction.
 * @retval -EOPNOTSUPP  This kernel has no kprobes.
 */
BCC_API int bcc_attach_kprobe(struct bcc *b, const char *prog, const char *function,
	const struct bcc_kprobe_opts *opts, struct bcc_link **link);

/**
 * The name of the kernel's function for a system call: "__x64_sys_clone" for "clone".
 *
 * @param b     The handle, for the error message.
 * @param name  The system call without a prefix.
 * @param buf   Receives the name.
 * @param size  The size of `buf` in bytes.
 * @return 0, or a negative errno; that of reading /proc/kallsyms.
 * @retval -ENOENT  There is no such system call.
 * @retval -ENOSPC  `buf` is too small.
 */
BCC_API int bcc_syscall_function(struct bcc *b, const char *name, char *buf, size_t size);

/**
 * Attaches a program to a tracepoint.
 *
 * @param b         The handle.
 * @param prog      The program.
 * @param category  The subsystem: "sched".
 * @param name      The tracepoint: "sched_switch".
 * @param link      Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT      There is no such tracepoint.
 * @retval -EEXIST      The program is attached there.
 * @retval -EOPNOTSUPP  tracefs is not mounted and cannot be mounted.
 */
BCC_API int bcc_attach_tracepoint(
	struct bcc *b, const char *prog, const char *category, const char *name, struct bcc_link **link);

/**
 * Attaches a program to a raw tracepoint. A function declared SEC("tp_btf/NAME") BPF_PROG(…) receives typed
 * arguments (Linux 5.5).
 *
 * @param b     The handle.
 * @param prog  The program.
 * @param name  The tracepoint, without a category.
 * @param link  Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such tracepoint.
 * @retval -EEXIST  The program is attached there; kernels before 6.10 allow it once.
 * @retval -ESRCH   For tp_btf, the kernel's BTF has no such tracepoint.
 */
BCC_API int bcc_attach_raw_tracepoint(
	struct bcc *b, const char *prog, const char *name, struct bcc_link **link);

/** Options of bcc_attach_perf_event(). Exactly one of `sample_period` and `sample_freq` is set. */
struct bcc_perf_event_opts {
	/** sizeof(struct bcc_perf_event_opts); BCC_OPTS() sets it. */
	size_t size;
	/** enum perf_type_id of <linux/perf_event.h>. */
	unsigned type;
	/** Which event of that type: enum perf_sw_ids, enum perf_hw_id, … */
	uint64_t config;
	/** One sample every so many events. */
	uint64_t sample_period;
	/** So many samples a second. */
	uint64_t sample_freq;
	/** A process, with all its threads; 0: all processes. */
	int pid;
	/** A CPU; -1: all. Note that 0 is the first CPU here. */
	int cpu;
	/** Whether threads and processes that `pid` creates from now on are sampled too. */
	bool inherit;
};

/**
 * Runs a program at each sample of a performance counter.
 *
 * @param b     The handle.
 * @param prog  The program.
 * @param opts  Which event; required.
 * @param link  Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -EINVAL      Neither or both of period and frequency are set, or the kernel does not know the
 *                      event.
 * @retval -ENOENT      This machine has no such counter.
 * @retval -ENODEV      The same; or there is no such CPU.
 * @retval -EOPNOTSUPP  This machine has no such counter, or it cannot be sampled.
 * @retval -ESRCH       There is no such process.
 */
BCC_API int bcc_attach_perf_event(
	struct bcc *b, const char *prog, const struct bcc_perf_event_opts *opts, struct bcc_link **link);

/** Options of bcc_attach_uprobe(). */
struct bcc_uprobe_opts {
	/** sizeof(struct bcc_uprobe_opts); BCC_OPTS() sets it. */
	size_t size;
	/** A function of the binary; NULL: `address` says where. */
	const char *symbol;
	/** A virtual address as the ELF file has it. */
	uint64_t address;
	/** Bytes after the symbol or address. */
	uint64_t offset;
	/** A process; 0: all processes. */
	int pid;
	/** Whether to run at the function's return instead of its entry. */
	bool retprobe;
	/** File offset of a USDT semaphore that the kernel counts up while attached; 0: none. */
	uint64_t ref_ctr_offset;
};

/**
 * Attaches a program to a function of a program or library.
 *
 * @param b       The handle.
 * @param prog    The program.
 * @param binary  A path; or the short name or file name of a library ("c", "libc", "libc.so.6"), which is
 *                looked up as the dynamic loader does, and with a `pid` among the libraries that the process
 *                has mapped; or a file that is stored in a zip archive ("/data/app.apk!/lib/libfoo.so").
 * @param opts    Where in the binary.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT      There is no such file or symbol.
 * @retval -ENOEXEC     It is not an ELF file of this machine.
 * @retval -EINVAL      The address is not in an executable segment; or the kernel cannot probe the
 *                      instruction there. On x86 this includes vector instructions that kernels (seen up
 *                      to 6.18) take for jumps, calls or returns, so that the program would go wrong.
 * @retval -EOPNOTSUPP  The kernel has no uprobes; or the symbol is an indirect function (IFUNC) of a library
 *                      that is not loaded here, so that it is not known which code the loader chose; or the
 *                      file is compressed in its archive.
 */
BCC_API int bcc_attach_uprobe(struct bcc *b, const char *prog, const char *binary,
	const struct bcc_uprobe_opts *opts, struct bcc_link **link);

/**
 * Says what bpf_get_attach_cookie() returns in calls of one of the functions that bcc_attach_uprobes()
 * attaches to (Linux 5.15). It must not use the handle.
 *
 * @param ctx      The `cookie_ctx` of the options.
 * @param address  The function's address, as the file's symbols have it.
 * @param cookie   Receives the number.
 * @return Whether the function is to be attached to.
 */
typedef bool (*bcc_cookie_fn)(void *ctx, uint64_t address, uint64_t *cookie);

/** Options of bcc_attach_kprobes() and bcc_attach_uprobes(). */
struct bcc_multi_opts {
	/** sizeof(struct bcc_multi_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Whether to run at the functions' returns instead of their entries. */
	bool retprobe;
	/** Whether to use a probe for each function, even where the kernel can attach to all at once. */
	bool one_by_one;
	/** For bcc_attach_uprobes(), a process; 0: all processes. */
	int pid;
	/** Receives how many matching functions cannot be probed; may be NULL. */
	size_t *left_out;
	/**
	 * For bcc_attach_uprobes(): gives each function a number of its own, for bpf_get_attach_cookie();
	 * NULL: all have that of bcc_program_set_cookie().
	 */
	bcc_cookie_fn cookie;
	/** First argument of `cookie`. */
	void *cookie_ctx;
	/** Whether to attach to all at once or not at all: a probe for each function can take minutes. */
	bool at_once;
};

/**
 * Attaches a program to all functions of the kernel and its modules whose name matches.
 *
 * The expression is a POSIX extended regular expression that may match anywhere in the name; anchor it with ^
 * and $. Functions that cannot be probed are left out; if anything else fails, nothing stays attached. With
 * kprobe_multi (Linux 5.18) all functions are attached at once and take one descriptor, before it one after
 * the other, each with a descriptor of its own.
 *
 * @param b      The handle.
 * @param prog   The program.
 * @param regex  The expression.
 * @param opts   Options, or NULL.
 * @param link   Receives one attachment for all functions; may be NULL.
 * @return How many functions are attached, or a negative errno: as bcc_attach_kprobe().
 * @retval -ENOENT      No function matches, or none of those can be probed.
 * @retval -EINVAL      `regex` is not a regular expression.
 * @retval -EMFILE      There are more functions than the process may have descriptors.
 * @retval -EOPNOTSUPP  `at_once` was asked for, and this kernel cannot do that.
 */
BCC_API int bcc_attach_kprobes(struct bcc *b, const char *prog, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link);

/**
 * Like bcc_attach_kprobes(), with all functions of a program or library; all at once with uprobe_multi (Linux
 * 6.6).
 *
 * @param b       The handle.
 * @param prog    The program.
 * @param binary  As in bcc_attach_uprobe().
 * @param regex   As in bcc_attach_kprobes().
 * @param opts    Options, or NULL.
 * @param link    Receives one attachment for all functions; may be NULL.
 * @return How many functions are attached, or a negative errno: as bcc_attach_kprobes() and
 *         bcc_attach_uprobe().
 */
BCC_API int bcc_attach_uprobes(struct bcc *b, const char *prog, const char *binary, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link);

/**
 * Attaches a program to the entry or return of a kernel function by a BPF trampoline, with typed arguments.
 *
 * @kernel 5.5.
 * @param b         The handle.
 * @param prog      The program.
 * @param function  The kernel function.
 * @param exit      false: fentry, true: fexit.
 * @param link      Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ESRCH  The kernel's BTF has no such function.
 */
BCC_API int bcc_attach_fentry(
	struct bcc *b, const char *prog, const char *function, bool exit, struct bcc_link **link);

/**
 * Attaches a program to a hook of the Linux security modules.
 *
 * @kernel 5.7, with "bpf" among the active security modules.
 * @param b     The handle.
 * @param prog  The program.
 * @param hook  The hook: "file_open".
 * @param link  Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ESRCH       There is no such hook.
 * @retval -EOPNOTSUPP  The BPF LSM is not active.
 */
BCC_API int bcc_attach_lsm(struct bcc *b, const char *prog, const char *hook, struct bcc_link **link);

/**
 * Puts a program in the place of a global function of another one that is loaded, as long as it is attached.
 * It is called with the arguments of that function; both need types (BTF).
 *
 * @param b           The handle.
 * @param prog        The program, of type EXT: SEC("freplace/FUNCTION") says so.
 * @param program_fd  Descriptor of the other program: bcc_program_fd(), once it is loaded.
 * @param function    The function; NULL: the section names it.
 * @param link        Receives the attachment; may be NULL.
 * @return 0 or a negative errno.
 * @retval -ESRCH       The other program has no such function.
 * @retval -EINVAL      The verifier rejects the program, or the other one has no types.
 * @retval -EBUSY       Another program has that place.
 * @retval -EOPNOTSUPP  The kernel or architecture has no BPF trampolines.
 * @retval -EPERM       The kernel does not allow this here, or this user may not.
 * @kernel 5.10
 */
BCC_API int bcc_attach_freplace(
	struct bcc *b, const char *prog, int program_fd, const char *function, struct bcc_link **link);

/**
 * Registers a struct of functions that the kernel calls, such as its tcp_congestion_ops: a variable of a text
 * in libbpf's dialect in section ".struct_ops.link" or ".struct_ops", whose functions are programs of section
 * "struct_ops". bcc_attach_all() does that too, except for sections that begin with a '?'.
 *
 * @param b     The handle.
 * @param name  The variable.
 * @param link  Receives the attachment; may be NULL.
 * @return 0 or a negative errno.
 * @retval -ENOENT      The text has no such variable.
 * @retval -ESRCH       This kernel has no such struct, or none that programs may implement.
 * @retval -EEXIST      Another one of that name is registered.
 * @retval -EINVAL      The kernel refuses the struct or one of its programs.
 * @retval -EOPNOTSUPP  The kernel is older, or has no BPF trampolines.
 * @retval -EPERM       This user may not load BPF programs.
 * @kernel 6.4
 */
BCC_API int bcc_attach_struct_ops(struct bcc *b, const char *name, struct bcc_link **link);

/** Options of bcc_open_iter(): at most one of them. */
struct bcc_iter_opts {
	/** sizeof(struct bcc_iter_opts); BCC_OPTS() sets it. */
	size_t size;
	/** A table of the text whose entries to visit; for bpf_map_elem. */
	const char *table;
	/** A process whose objects to visit; for task, task_file, task_vma (Linux 6.1). */
	int pid;
	/** The same for one thread. */
	int tid;
};

/**
 * Opens the output of an iterator, a program that BPF_ITER defines.
 *
 * Reading the descriptor runs the program for each object and returns what it writes with bpf_seq_write() and
 * its like; read() returns 0 after the last object. A descriptor is one pass.
 *
 * @kernel 5.8.
 * @param b     The handle.
 * @param prog  The program.
 * @param opts  Options, or NULL.
 * @return A descriptor, which the caller closes; or a negative errno.
 * @retval -ESRCH   The kernel has no such iterator.
 * @retval -ENOENT  There is no such table.
 * @retval -EINVAL  The iterator does not take this option, or needs one.
 */
BCC_API int bcc_open_iter(struct bcc *b, const char *prog, const struct bcc_iter_opts *opts);

/**
 * Attaches every program whose name or section says where: kprobe__FUNCTION, kretprobe__FUNCTION,
 * tracepoint__CATEGORY__NAME, raw_tracepoint__NAME, what KFUNC_PROBE, KRETFUNC_PROBE, KMOD_RET and
 * LSM_PROBE define, and sections with a target, such as SEC("tp/CATEGORY/NAME"). Other programs are left
 * alone.
 *
 * @param b  The handle.
 * @return How many programs were attached, or a negative errno; after a failure nothing of this call stays
 *         attached. 0 is not a failure, as programs can be meant for other calls; bcc_error() then says
 * what the
 *         name of each program lacks.
 */
BCC_API int bcc_attach_all(struct bcc *b);

/**
 * Attaches a program to a target that is a text: what a user has typed. The text is "KIND:TARGET", or TARGET
 * alone for a program whose section or name says the kind (SEC("xdp"), kprobe__NAME). The kinds are those of
 * sections, docs/language.md has them, with TARGET as sections write it: "kprobe:vfs_read",
 * "kprobe.multi:vfs_*", "uprobe:/bin/bash:readline", "tracepoint:sched:sched_switch" (or with a slash between
 * the two; the name can be a pattern for fnmatch(3), "tracepoint:sched:sched_wak*"), "fentry:vfs_read". For
 * kinds whose sections have no target it is
 *
 * - "profile:HZ" or "profile:hz:HZ", "interval:s:SECONDS", "interval:ms:MILLISECONDS": samples so many
 *   times a second on every CPU, and so often on CPU 0; these are for programs of perf events;
 * - "usdt:PATH:PROVIDER:NAME", a static probe;
 * - the name of a device, for XDP, tc ("tc/egress:eth0"; without a direction what the device receives), and
 *   netkit;
 * - the path of a cgroup, for programs of cgroups;
 * - the path of a network namespace, for sk_lookup and the flow dissector;
 * - the name of a table, for programs of sockmaps.
 *
 * @param b       The handle.
 * @param prog    The program.
 * @param target  The target.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno: as the call for this kind of programs.
 * @retval -EINVAL      Nothing says which kind it is, or the target is not one of this kind.
 * @retval -EOPNOTSUPP  Programs of this kind are not attached to a target.
 */
BCC_API int bcc_attach_target(struct bcc *b, const char *prog, const char *target, struct bcc_link **link);

/**
 * Removes an attachment and frees it. The program stays loaded, and does not run any more when the call
 * returns. The kernel waits for that, about a tenth of a second for a probe; bcc_close() detaches all at the
 * same time, with threads of its own, and is quicker than a call for each. (By the naming rule it would be
 * bcc_link_detach.)
 *
 * @param link  The attachment, or NULL.
 * @return 0.
 */
BCC_API int bcc_detach(struct bcc_link *link);

/**
 * @}
 * @defgroup network Attaching to devices, cgroups and sockets
 *
 * What is said of @ref attach holds here too. These programs decide what becomes of packets, connections and
 * files, so it matters when they go: except where a call says otherwise, they are held by a link, which ends
 * with bcc_detach(), with bcc_close(), and with the process, however it ends. bcc_attach_all() attaches none
 * of them: their names do not tell where.
 *
 * A device is named as in ip(8) and belongs to the network namespace of the calling thread.
 * @{
 */

/** By whom an XDP program is run. */
enum bcc_xdp_mode {
	/** The device's driver; if it cannot, the kernel for it. */
	BCC_XDP_DEFAULT,
	/** The kernel, once it has made a socket buffer of the packet: slower, on any device. */
	BCC_XDP_GENERIC,
	/** The device's driver, before a socket buffer is made. */
	BCC_XDP_DRIVER,
	/** The device itself. */
	BCC_XDP_OFFLOAD,
};

/** Options of bcc_attach_xdp(). */
struct bcc_xdp_opts {
	/** sizeof(struct bcc_xdp_opts); BCC_OPTS() sets it. */
	size_t size;
	/** enum bcc_xdp_mode. */
	int mode;
	/**
	 * Whether the program copes with packets in several buffers (Linux 5.18), which drivers use for large
	 * MTUs; so does SEC("xdp.frags").
	 */
	bool frags;
};

/**
 * Runs a program on each packet that a device receives. A device runs one; bcc_link_replace() gives it
 * another without missing a packet.
 *
 * Programs of devmaps and cpumaps (SEC("xdp/devmap"), SEC("xdp/cpumap")) are not attached to a device:
 * bcc_program_load() them, and write bcc_program_fd() into the map's entry.
 *
 * @kernel 5.9.
 * @param b       The handle.
 * @param prog    The program.
 * @param device  The name of the device.
 * @param opts    Options, or NULL.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENODEV      There is no such device.
 * @retval -EBUSY       It runs a program; bcc_error() names it.
 * @retval -EOPNOTSUPP  The device cannot in this mode, or not with its MTU; or this kernel has no links for
 *                      XDP.
 */
BCC_API int bcc_attach_xdp(struct bcc *b, const char *prog, const char *device,
	const struct bcc_xdp_opts *opts, struct bcc_link **link);

/** A program that is attached, by whomever. */
struct bcc_attached {
	/** sizeof(struct bcc_attached). */
	size_t size;
	/** The kernel's ID of the program. */
	uint32_t program_id;
	/** The name of its function; without BTF its first 15 characters. Valid during the callback only. */
	const char *program;
	/** The kernel's ID of the link that holds it; 0: none does, or the kernel does not tell. */
	uint32_t link_id;
	/** enum bpf_attach_type. */
	int attach_type;
	/** On devices, the index of the device. */
	uint32_t ifindex;
	/** For XDP, who runs it: enum bcc_xdp_mode. */
	int mode;
	/** On cgroups and network namespaces, a descriptor of it; valid during the callback only. */
	int target_fd;
	/** At netfilter, as in struct bcc_netfilter_opts (0.2.0). */
	int netfilter_family;
	/** The same. */
	int netfilter_hook;
	/** The same. */
	int netfilter_priority;
};

/**
 * Receives a program that is attached.
 *
 * @param ctx       The `ctx` of the call.
 * @param attached  The program; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_attached_fn)(void *ctx, const struct bcc_attached *attached);

/**
 * Tells which XDP programs a device runs, whoever attached them.
 *
 * @kernel 5.9 tells links; before, every `link_id` is 0.
 * @param b       The handle.
 * @param device  The name of the device.
 * @param fn      Called for each program.
 * @param ctx     First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -ENODEV  There is no such device.
 */
BCC_API int bcc_query_xdp(struct bcc *b, const char *device, bcc_attached_fn fn, void *ctx);

/**
 * Where among the programs of a hook a program runs: at most one of these. Default: after all others.
 */
struct bcc_order_opts {
	/** sizeof(struct bcc_order_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Before all others. */
	bool first;
	/** Before an attachment to the same hook. */
	const struct bcc_link *before;
	/** After an attachment to the same hook. */
	const struct bcc_link *after;
	/** Before the link with this ID of the kernel's (bcc_attached.link_id). */
	uint32_t before_id;
	/** After the link with this ID of the kernel's. */
	uint32_t after_id;
};

/** Options of bcc_attach_cgroup() and bcc_query_cgroup(). */
struct bcc_cgroup_opts {
	/** sizeof(struct bcc_cgroup_opts); BCC_OPTS() sets it. */
	size_t size;
	/**
	 * The hook, as a section: "cgroup/connect4", "cgroup_skb/egress", "sockops", "lsm_cgroup/socket_bind"
	 * (docs/language.md lists them). Default: the section of the program.
	 */
	const char *hook;
	/** A descriptor of the cgroup's directory, for callers that have no path. */
	int cgroup_fd;
	/** The program's place among those of the cgroup (Linux 6.17). */
	const struct bcc_order_opts *order;
};

/**
 * Runs a program when a process of a cgroup, or of one below it, does something: sends, connects, binds,
 * changes a socket's options, reads a sysctl, opens a device. The text says by SEC("cgroup/…") when.
 *
 * Programs of one hook run one after the other, those of the process's own cgroup before those of the cgroups
 * above it. All of them run, and what one of them forbids is forbidden.
 *
 * @kernel 5.7; single hooks are newer.
 * @param b       The handle.
 * @param prog    The program.
 * @param cgroup  The path of the cgroup's directory, of version 2; NULL: bcc_cgroup_opts.cgroup_fd.
 * @param opts    Options, or NULL.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT      There is no such cgroup, or no program to go before or after.
 * @retval -EINVAL      It is not a cgroup of version 2, or nothing says which hook.
 * @retval -E2BIG       The hook has as many programs as the kernel allows.
 * @retval -EOPNOTSUPP  This kernel does not have the hook, or no order; or for lsm_cgroup, the BPF LSM is not
 *                      active.
 */
BCC_API int bcc_attach_cgroup(struct bcc *b, const char *prog, const char *cgroup,
	const struct bcc_cgroup_opts *opts, struct bcc_link **link);

/**
 * Tells which programs a hook of a cgroup has, whoever attached them; not those of the cgroups above.
 *
 * @kernel 5.7 tells links; before, every `link_id` is 0.
 * @param b       The handle.
 * @param cgroup  As in bcc_attach_cgroup().
 * @param opts    The hook; required.
 * @param fn      Called for each program, in the order in which they run.
 * @param ctx     First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno: as bcc_attach_cgroup().
 */
BCC_API int bcc_query_cgroup(
	struct bcc *b, const char *cgroup, const struct bcc_cgroup_opts *opts, bcc_attached_fn fn, void *ctx);

/** Options of bcc_attach_tc(). */
struct bcc_tc_opts {
	/** sizeof(struct bcc_tc_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Whether to run on what the device sends instead of on what it receives. */
	bool egress;
	/** The program's place among those of the device (tcx only). */
	const struct bcc_order_opts *order;
	/** Whether to use a filter of the clsact queueing discipline even where the kernel has tcx. */
	bool clsact;
	/** The priority of such a filter: lower ones run first, of equal ones the latest. Default: 49152. */
	uint32_t priority;
};

/**
 * Runs a program on each packet that a device receives, after XDP, or sends. Several programs of a device
 * run one after the other until one decides; one that returns TC_ACT_UNSPEC (-1, TCX_NEXT) asks the next.
 *
 * Since Linux 6.6 (tcx) a link holds the program, and nothing stays on the device when the process ends.
 *
 * Older kernels have no such link: the program is then a filter of the clsact queueing discipline, which is
 * added to the device unless it is there. bcc_detach() and bcc_close() remove the filter, when they are
 * called in the device's network namespace. A process that is killed before (SIGKILL) leaves the filter, and
 * it goes on deciding about packets; `tc filter show dev DEVICE ingress` (or egress) shows it. The next
 * attachment of a program of the same name to the same device and direction takes its place; it does so too
 * if the filter is that of a process that still runs, whose attachment then holds nothing. clsact itself is
 * never removed, because others may have come to use it: without filters it does nothing, and `tc qdisc del
 * dev DEVICE clsact` removes it.
 *
 * @param b       The handle.
 * @param prog    The program.
 * @param device  The name of the device.
 * @param opts    Options, or NULL.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENODEV      There is no such device.
 * @retval -ENOENT      There is no program to go before or after.
 * @retval -EEXIST      This handle has attached the program there.
 * @retval -EINVAL      A priority without clsact, or above 65535; or an order with clsact.
 * @retval -EOPNOTSUPP  This kernel has neither tcx nor clsact, or an order is given and it has no tcx.
 */
BCC_API int bcc_attach_tc(struct bcc *b, const char *prog, const char *device, const struct bcc_tc_opts *opts,
	struct bcc_link **link);

/**
 * Tells which programs run on the packets of a device by tcx, whoever attached them. Filters of clsact, by
 * which others attach programs too, are not among them: `tc filter show` has those.
 *
 * @kernel 6.6.
 * @param b       The handle.
 * @param device  The name of the device.
 * @param egress  Whether to tell those for what the device sends.
 * @param fn      Called for each program, in the order in which they run.
 * @param ctx     First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -ENODEV      There is no such device.
 * @retval -EOPNOTSUPP  This kernel has no tcx.
 */
BCC_API int bcc_query_tc(struct bcc *b, const char *device, bool egress, bcc_attached_fn fn, void *ctx);

/** Options of bcc_attach_socket(). */
struct bcc_socket_opts {
	/** sizeof(struct bcc_socket_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Whether the program chooses among the sockets of a port, as SEC("sk_reuseport") says too. */
	bool reuseport;
};

/**
 * Runs a program on each packet that a socket receives: a filter, which says how many bytes of it to keep; or
 * for a group of sockets that share a port (SO_REUSEPORT), one that chooses the socket. It takes the place of
 * one that is there.
 *
 * The socket has the program, not a link. bcc_detach() and bcc_close() take it off if the descriptor is still
 * open and still that socket; otherwise, and when the process is killed, it goes with the socket, which other
 * processes may still have open.
 *
 * @param b       The handle.
 * @param prog    The program.
 * @param socket  A descriptor of the socket, which remains the caller's.
 * @param opts    Options, or NULL.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -EBADF     It is not a descriptor.
 * @retval -ENOTSOCK  It is not a socket.
 * @retval -EINVAL    For reuseport, the socket has no SO_REUSEPORT or is not bound.
 * @retval -EPERM     The socket's filter is locked (SO_LOCK_FILTER).
 */
BCC_API int bcc_attach_socket(struct bcc *b, const char *prog, int socket, const struct bcc_socket_opts *opts,
	struct bcc_link **link);

/**
 * Runs a program on the data of all sockets that are in a sockmap or sockhash (BPF_SOCKHASH) of the text:
 * what they receive (SEC("sk_skb/stream_parser"), SEC("sk_skb/stream_verdict"), SEC("sk_skb/verdict")) or
 * send (SEC("sk_msg")). A table has one program for each section. A socket is subject to the programs that
 * its table has when it is put into it.
 *
 * Since Linux 6.10 a link holds the program. On older kernels the table does; if the table is pinned or
 * shared with another process, the program of a process that is killed stays until the table goes.
 *
 * @param b      The handle.
 * @param prog   The program, whose section says which of these it is.
 * @param table  The name of the table.
 * @param link   Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT      The text has no such table.
 * @retval -EINVAL      The table is not a sockmap, or the program in none of these sections.
 * @retval -EBUSY       The table has such a program; bcc_error() names it.
 * @retval -EOPNOTSUPP  The kernel does not have these programs.
 */
BCC_API int bcc_attach_sockmap(struct bcc *b, const char *prog, const char *table, struct bcc_link **link);

/**
 * Runs a program for a network namespace: for each connection or packet that looks for a socket
 * (SEC("sk_lookup"), Linux 5.9), or to take packets apart (SEC("flow_dissector"), Linux 5.8).
 *
 * @kernel 5.8.
 * @param b      The handle.
 * @param prog   The program, whose section says which of these it is.
 * @param netns  The path of the namespace, such as /run/netns/NAME or /proc/PID/ns/net; NULL: that of the
 *               calling thread.
 * @param link   Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such namespace.
 * @retval -EINVAL  It is not a network namespace, or the program is in none of these sections.
 * @retval -EEXIST  The namespace, or the first one of the machine for all, has a flow dissector.
 * @retval -E2BIG   It has as many programs as the kernel allows.
 */
BCC_API int bcc_attach_netns(struct bcc *b, const char *prog, const char *netns, struct bcc_link **link);

/**
 * Tells which programs a network namespace has, whoever attached them: first the flow dissector, then the
 * programs of sk_lookup in the order in which they run.
 *
 * @kernel 5.9.
 * @param b      The handle.
 * @param netns  As in bcc_attach_netns().
 * @param fn     Called for each program.
 * @param ctx    First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno: as bcc_attach_netns().
 */
BCC_API int bcc_query_netns(struct bcc *b, const char *netns, bcc_attached_fn fn, void *ctx);

/** Options of bcc_attach_netfilter() and bcc_query_netfilter(). */
struct bcc_netfilter_opts {
	/** sizeof(struct bcc_netfilter_opts); BCC_OPTS() sets it. */
	size_t size;
	/** NFPROTO_IPV4 or NFPROTO_IPV6 of <linux/netfilter.h>. */
	int family;
	/**
	 * enum nf_inet_hooks: NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT,
	 * NF_INET_POST_ROUTING.
	 */
	int hook;
	/** Lower ones run first, among chains of nftables too; each program of a hook has its own. */
	int priority;
	/** Whether the program gets whole datagrams instead of fragments (Linux 6.6). */
	bool defrag;
};

/**
 * Runs a program at a hook of netfilter, in the network namespace of the calling thread. It returns NF_DROP
 * or NF_ACCEPT.
 *
 * @kernel 6.4.
 * @param b     The handle.
 * @param prog  The program.
 * @param opts  Which hook; required.
 * @param link  Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -EINVAL      There is no such family or hook.
 * @retval -EBUSY       The hook has a program of this priority.
 * @retval -EOPNOTSUPP  This kernel cannot.
 */
BCC_API int bcc_attach_netfilter(
	struct bcc *b, const char *prog, const struct bcc_netfilter_opts *opts, struct bcc_link **link);

/**
 * Tells which programs are attached to netfilter, whoever attached them. The kernel does not tell to which
 * network namespace they belong: those of all are among them, in the order in which they were attached. What
 * bcc_detach_attached() has detached is among them until its owner closes the link.
 *
 * @kernel 6.4; on older kernels there are none.
 * @param b     The handle.
 * @param opts  Only those of this `family` and `hook`; NULL, or 0 as the family: all. The rest is not used.
 * @param fn    Called for each program.
 * @param ctx   First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL  There is no such family or hook.
 */
BCC_API int bcc_query_netfilter(
	struct bcc *b, const struct bcc_netfilter_opts *opts, bcc_attached_fn fn, void *ctx);

/** Options of bcc_attach_netkit(). */
struct bcc_netkit_opts {
	/** sizeof(struct bcc_netkit_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Whether to run on what the peer sends, as SEC("netkit/peer") says too. */
	bool peer;
	/** The program's place among those of the device. */
	const struct bcc_order_opts *order;
};

/**
 * Runs a tc program on each packet that a netkit device or its peer sends.
 *
 * @kernel 6.7.
 * @param b       The handle.
 * @param prog    The program.
 * @param device  The primary device of the pair, for programs of its peer too.
 * @param opts    Options, or NULL.
 * @param link    Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENODEV      There is no such device.
 * @retval -EINVAL      It is the peer of its pair.
 * @retval -EEXIST      The program is attached there.
 * @retval -EOPNOTSUPP  It is not a netkit device, or this kernel has none.
 */
BCC_API int bcc_attach_netkit(struct bcc *b, const char *prog, const char *device,
	const struct bcc_netkit_opts *opts, struct bcc_link **link);

/**
 * Tells which programs a netkit pair runs, whoever attached them.
 *
 * @kernel 6.7.
 * @param b       The handle.
 * @param device  The primary device of the pair.
 * @param peer    Whether to tell those for what the peer sends.
 * @param fn      Called for each program, in the order in which they run.
 * @param ctx     First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -ENODEV      There is no such device.
 * @retval -EINVAL      It is the peer of its pair.
 * @retval -EOPNOTSUPP  It is not a netkit device, or this kernel has none.
 */
BCC_API int bcc_query_netkit(struct bcc *b, const char *device, bool peer, bcc_attached_fn fn, void *ctx);

/**
 * Detaches a program that a query has found, whoever attached it. A link whose owner still has it holds
 * nothing afterwards.
 *
 * @kernel 5.9 for what a link holds.
 * @param b         The handle.
 * @param attached  What the query's callback received; call this from there.
 * @return 0, or a negative errno.
 * @retval -ENOENT      It is no longer attached.
 * @retval -EOPNOTSUPP  The kernel does not detach links of this kind before their owner does.
 */
BCC_API int bcc_detach_attached(struct bcc *b, const struct bcc_attached *attached);

/**
 * Puts another program in the place of the one that is attached. Each packet or event meets either the old or
 * the new program; the old one stays loaded.
 *
 * @kernel 5.7 for cgroups, 5.8 for network namespaces, 5.9 for XDP, 6.6 for tcx, 6.7 for netkit, 6.10 for
 *         sockmaps.
 * @param link  The attachment, by a link of the network or of cgroups.
 * @param p     The program, of this or of another handle, which is loaded if it is not. The attachment stays
 *              with the handle that made it.
 * @return 0, or a negative errno: as bcc_program_load(), with the reason in bcc_error() of the link's handle.
 * @retval -EOPNOTSUPP  Attachments of this kind keep their program.
 * @retval -ENOLINK     Nothing is attached any more: the device or cgroup is gone, or another process has
 *                      detached the program.
 */
BCC_API int bcc_link_replace(struct bcc_link *link, struct bcc_program *p);

/**
 * How many attachments a handle has.
 *
 * @param b  The handle.
 * @return The number of attachments.
 */
BCC_API size_t bcc_link_count(const struct bcc *b);

/**
 * An attachment by its place: those that bcc_attach_all() has made, too.
 *
 * @param b      The handle.
 * @param index  From 0 on, in the order in which they were made.
 * @return The attachment, valid until bcc_detach() or bcc_close(); NULL past the end.
 */
BCC_API struct bcc_link *bcc_link_at(struct bcc *b, size_t index);

/**
 * The program that an attachment runs.
 *
 * @param link  The attachment.
 * @return The program; NULL if it does not belong to the attachment's handle, as that of bcc_open_link().
 */
BCC_API struct bcc_program *bcc_link_program(const struct bcc_link *link);

/**
 * The descriptor of the kernel's link that holds an attachment.
 *
 * @param link  The attachment.
 * @return The descriptor, owned by the attachment; or a negative errno.
 * @retval -EOPNOTSUPP  It is held by no link, or by several: many kinds of attachments on older kernels, and
 *                      those to many functions.
 */
BCC_API int bcc_link_fd(const struct bcc_link *link);

/**
 * Gives the link a name in a bpf file system, so that it stays attached after bcc_close() and after the end
 * of the process, until the file is removed with unlink(2). bcc_open_link() finds it again.
 *
 * @kernel 5.7; for kprobes, uprobes, tracepoints and perf events 5.15.
 * @param link  The attachment.
 * @param path  The file to make: "/sys/fs/bpf/my_link".
 * @return 0, or a negative errno.
 * @retval -EEXIST      There is such a file.
 * @retval -EPERM       The path is not in a bpf file system.
 * @retval -EOPNOTSUPP  As bcc_link_fd().
 */
BCC_API int bcc_link_pin(struct bcc_link *link, const char *path);

/**
 * Opens a link that was pinned, by this process or another. bcc_detach() and bcc_close() leave the program
 * attached as long as the file is there.
 *
 * @kernel 5.7.
 * @param b     The handle that the attachment will belong to.
 * @param path  The file.
 * @param link  Receives the attachment; may be NULL.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such file.
 * @retval -EINVAL  It is not a pinned link.
 */
BCC_API int bcc_open_link(struct bcc *b, const char *path, struct bcc_link **link);

/** What bcc_link_info() tells. */
struct bcc_link_info {
	/** sizeof(struct bcc_link_info), set by the caller. */
	size_t size;
	/** The kernel's ID of the link. */
	uint32_t id;
	/** enum bpf_link_type. */
	int type;
	/** The kernel's ID of the program. */
	uint32_t program_id;
	/** enum bpf_attach_type; 0 where the kernel does not tell. */
	int attach_type;
	/** For XDP, tcx and netkit, the index of the device; 0: it is gone, or the program detached. */
	uint32_t ifindex;
	/** For cgroups, the ID of the cgroup; 0: it is gone, or the program detached. */
	uint64_t cgroup_id;
	/** For network namespaces, the number of its inode; 0: it is gone, or the program detached. */
	uint32_t netns;
};

/**
 * Tells what holds an attachment, and where it is.
 *
 * @kernel 5.8.
 * @param link  The attachment.
 * @param info  Its `size` is set by the caller; receives the rest.
 * @return 0, or a negative errno.
 * @retval -EINVAL      `size` is not set.
 * @retval -EOPNOTSUPP  As bcc_link_fd().
 */
BCC_API int bcc_link_info(const struct bcc_link *link, struct bcc_link_info *info);

/**
 * How often the kernel left out programs that are attached now: a return probe, when more calls are in flight
 * than it follows (`maxactive`); and any program that would interrupt one of the same kind. The numbers are
 * those of all processes, whatever the programs would have done.
 *
 * @kernel 5.12; for kprobes, fprobes and their returns 6.7: older kernels do not tell.
 * @param b       The handle.
 * @param missed  Receives the number since the programs were attached.
 * @return 0, or a negative errno.
 * @retval -EINVAL  `missed` is NULL.
 */
BCC_API int bcc_missed(struct bcc *b, uint64_t *missed);

/**
 * @}
 * @defgroup tables Tables
 * @{
 */

/**
 * How many tables the text has.
 *
 * @param b  The handle.
 * @return The number of tables.
 */
BCC_API size_t bcc_table_count(const struct bcc *b);

/**
 * A table by its place in the text.
 *
 * @param b      The handle.
 * @param index  From 0 on.
 * @return The table; NULL past the end.
 */
BCC_API struct bcc_table *bcc_table_at(struct bcc *b, size_t index);

/**
 * A table by its name.
 *
 * @param b     The handle.
 * @param name  The name of the table in the text.
 * @return The table, or NULL.
 */
BCC_API struct bcc_table *bcc_table_find(struct bcc *b, const char *name);

/** What bcc_table_info() tells of a table. */
struct bcc_table_info {
	/** sizeof(struct bcc_table_info), set by the caller. */
	size_t size;
	/** Its name in the text. */
	const char *name;
	/** enum bpf_map_type. */
	int type;
	/** Its descriptor, owned by the handle. */
	int fd;
	/** Bytes of a key. */
	uint32_t key_size;
	/** Bytes of one value; bcc_table_value_bytes() has those of a per-CPU table's row. */
	uint32_t value_size;
	/** How many entries fit. */
	uint32_t max_entries;
	/** Flags (BPF_F_NO_PREALLOC and others) that it was created with. */
	uint32_t flags;
	/** Whether it has a value for each CPU. */
	bool percpu;
};

/**
 * Describes a table. (By the naming rule there would be a verb.)
 *
 * @param t     The table.
 * @param info  Its `size` is set by the caller; receives the rest.
 * @return 0, or a negative errno.
 * @retval -EINVAL  `size` is not set.
 */
BCC_API int bcc_table_info(const struct bcc_table *t, struct bcc_table_info *info);

/**
 * The C declaration of the key's type: "u32", "struct key_t { u32 pid; char comm[16]; }".
 *
 * @param t  The table.
 * @return The declaration; "" if the table has no type information.
 */
BCC_API const char *bcc_table_key_type(struct bcc_table *t);

/**
 * The C declaration of the value's type.
 *
 * @param t  The table.
 * @return The declaration; "" if the table has no type information.
 */
BCC_API const char *bcc_table_value_type(struct bcc_table *t);

/** What a field holds; of an array, what its elements hold. */
enum bcc_field_kind {
	/** An unsigned integer: u8, u32, size_t. */
	BCC_FIELD_UNSIGNED = 1,
	/** A signed integer. */
	BCC_FIELD_SIGNED,
	/** bool. */
	BCC_FIELD_BOOL,
	/** Text: char. */
	BCC_FIELD_CHAR,
	/** float, double. */
	BCC_FIELD_FLOAT,
	/** An address. */
	BCC_FIELD_POINTER,
	/** An enum; `is_signed` says how to read it. */
	BCC_FIELD_ENUM,
	/** A struct; bcc_field_members() lists its members. */
	BCC_FIELD_STRUCT,
	/** A union; likewise. */
	BCC_FIELD_UNION,
};

/**
 * A member of a key, value, variable or event, as the program sees it. A scalar or an array has one, with an
 * empty name. Members of an anonymous struct or union count as those of the struct around it, as in C.
 */
struct bcc_field {
	/** Its name. */
	const char *name;
	/** Its type, of one element for arrays: "u32", "char", "struct in6_addr". */
	const char *type;
	/** Bits from the start of the key, value, variable, event or struct that it was listed for. */
	uint32_t bit_offset;
	/** Bits of one element; those of a bit field need not be a multiple of 8. */
	uint32_t bit_size;
	/** How many elements an array has, in all dimensions; 0 if it is no array or has no fixed size. */
	uint32_t array_elements;
	/** Whether it is a signed integer. */
	bool is_signed;
	/** Whether it is text: char or an array of it. */
	bool is_char;
	/** enum bcc_field_kind (0.2.0). */
	uint8_t kind;
	/** Whether it is an array, also one without a fixed size: `char data[]` (0.2.0). */
	bool is_array;
};

/**
 * The members of a field that is a struct or union; of an array of them, those of one element.
 *
 * @param b        The handle.
 * @param field    A field as a call on this handle returned it.
 * @param members  Receives an array, owned by the handle. Offsets are from the start of the field.
 * @return How many members; 0 if the field is neither struct nor union. Or a negative errno.
 * @retval -EINVAL  The field is not one of this handle.
 */
BCC_API int bcc_field_members(struct bcc *b, const struct bcc_field *field, const struct bcc_field **members);

/**
 * The name of an enumerator.
 *
 * @param b      The handle.
 * @param field  A field as a call on this handle returned it.
 * @param value  The field's value; one that is not `is_signed` without sign.
 * @return The name, owned by the handle; NULL if the field's type is no enum, or no enumerator has the value.
 */
BCC_API const char *bcc_field_enumerator(struct bcc *b, const struct bcc_field *field, int64_t value);

/**
 * The members of a table's key.
 *
 * @param t       The table.
 * @param fields  Receives an array, owned by the handle.
 * @return How many members; 0 if the table has no type information. Or a negative errno.
 */
BCC_API int bcc_table_key_fields(struct bcc_table *t, const struct bcc_field **fields);

/**
 * The members of a table's value.
 *
 * @param t       The table.
 * @param fields  Receives an array, owned by the handle.
 * @return How many members; 0 if the table has no type information. Or a negative errno.
 */
BCC_API int bcc_table_value_fields(struct bcc_table *t, const struct bcc_field **fields);

/**
 * How many bytes a value takes in the calls below: the value's size, or for per-CPU tables a row with a value
 * for each possible CPU, each rounded up to 8 bytes.
 *
 * @param t  The table.
 * @return Bytes.
 */
BCC_API size_t bcc_table_value_bytes(const struct bcc_table *t);

/**
 * Reads an entry.
 *
 * @param t           The table.
 * @param key         The key; NULL for queues and stacks.
 * @param key_size    Bytes of `key`, exactly the table's.
 * @param value       Receives the value.
 * @param value_size  Bytes of `value`, at least bcc_table_value_bytes().
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such entry.
 * @retval -EINVAL  A size is wrong.
 */
BCC_API int bcc_table_get(
	struct bcc_table *t, const void *key, size_t key_size, void *value, size_t value_size);

/**
 * Writes an entry.
 *
 * @param t           The table.
 * @param key         The key; NULL for queues and stacks.
 * @param key_size    Bytes of `key`, exactly the table's.
 * @param value       The value.
 * @param value_size  Bytes of `value`, exactly bcc_table_value_bytes().
 * @param flags       BPF_ANY (0), BPF_NOEXIST or BPF_EXIST of <linux/bpf.h>.
 * @return 0, or a negative errno.
 * @retval -EEXIST  BPF_NOEXIST, and the entry is there.
 * @retval -ENOENT  BPF_EXIST, and there is no such entry.
 * @retval -E2BIG   The table is full, or the index is past its end.
 * @retval -EINVAL  A size is wrong.
 */
BCC_API int bcc_table_set(struct bcc_table *t, const void *key, size_t key_size, const void *value,
	size_t value_size, uint64_t flags);

/**
 * Deletes an entry.
 *
 * @param t         The table.
 * @param key       The key.
 * @param key_size  Bytes of `key`, exactly the table's.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such entry.
 * @retval -EINVAL  The size is wrong, or the table is an array, whose elements cannot be deleted.
 */
BCC_API int bcc_table_delete(struct bcc_table *t, const void *key, size_t key_size);

/**
 * The key after a key, in the kernel's order.
 *
 * @param t     The table.
 * @param prev  A key; NULL: return the first one. If it was deleted meanwhile, the first one is returned too.
 * @param next  Receives the next key; may be the same buffer as `prev`.
 * @return 0, or a negative errno.
 * @retval -ENOENT      `prev` is the last key, or the table is empty.
 * @retval -EOPNOTSUPP  Tables of this type have no entries to list: ring buffers, storage of sockets and
 *                      tasks.
 */
BCC_API int bcc_table_next(struct bcc_table *t, const void *prev, void *next);

/**
 * Receives an entry of a table.
 *
 * @param ctx    The `ctx` of bcc_table_each().
 * @param key    The key; valid during the call only.
 * @param value  The value, bcc_table_value_bytes() long; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_entry_fn)(void *ctx, const void *key, const void *value);

/**
 * Calls a function for each entry. Entries are read in batches where the kernel can (Linux 5.6). An entry
 * that is added or deleted meanwhile may or may not be seen. All elements of an array are visited, zero or
 * not.
 *
 * @param t    The table.
 * @param fn   Called for each entry.
 * @param ctx  First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EOPNOTSUPP  As bcc_table_next().
 */
BCC_API int bcc_table_each(struct bcc_table *t, bcc_entry_fn fn, void *ctx);

/**
 * Deletes all entries; the elements of an array are set to zero.
 *
 * @param t  The table.
 * @return 0, or a negative errno.
 * @retval -EOPNOTSUPP  As bcc_table_next().
 */
BCC_API int bcc_table_clear(struct bcc_table *t);

/**
 * Reads many entries, from the start of the table. Like the other calls for many entries it takes one system
 * call where the kernel and the table's type allow it (Linux 5.6), else one for each entry.
 *
 * @param t       The table.
 * @param keys    Receives the keys, one after the other.
 * @param values  Receives the values, each bcc_table_value_bytes() long; may be NULL.
 * @param count   In: how many entries there is room for. Out: how many were read, on failure too.
 * @return 0, or a negative errno.
 * @retval -ENOSPC      There are more entries.
 * @retval -EOPNOTSUPP  As bcc_table_next().
 */
BCC_API int bcc_table_read(struct bcc_table *t, void *keys, void *values, uint32_t *count);

/**
 * Reads many entries and deletes them; the elements of an array are set to zero. Where it takes a call for
 * each entry, an update that a program makes between reading and deleting is lost.
 *
 * @param t       The table.
 * @param keys    Receives the keys, one after the other.
 * @param values  Receives the values, each bcc_table_value_bytes() long; may be NULL.
 * @param count   In: how many entries there is room for. Out: how many were taken, on failure too.
 * @return 0, or a negative errno.
 * @retval -ENOSPC      There are more entries.
 * @retval -EOPNOTSUPP  As bcc_table_next().
 */
BCC_API int bcc_table_take(struct bcc_table *t, void *keys, void *values, uint32_t *count);

/**
 * Writes many entries.
 *
 * @param t       The table.
 * @param keys    The keys, one after the other.
 * @param values  The values, each bcc_table_value_bytes() long.
 * @param count   In: how many entries. Out: how many were written, on failure too.
 * @param flags   As in bcc_table_set().
 * @return 0, or a negative errno: as bcc_table_set().
 */
BCC_API int bcc_table_set_many(
	struct bcc_table *t, const void *keys, const void *values, uint32_t *count, uint64_t flags);

/**
 * Deletes many entries.
 *
 * @param t      The table.
 * @param keys   The keys, one after the other.
 * @param count  In: how many entries. Out: how many were deleted, on failure too.
 * @return 0, or a negative errno: as bcc_table_delete().
 */
BCC_API int bcc_table_delete_many(struct bcc_table *t, const void *keys, uint32_t *count);

/**
 * Sets how many entries a table will have, of ring buffers how many bytes: between bcc_open_text() with
 * bcc_open_opts.deferred and bcc_create().
 *
 * @param t            The table.
 * @param max_entries  The size. Whether the kernel takes it is known in bcc_create().
 * @return 0, or a negative errno.
 * @retval -EBUSY  The table exists already.
 */
BCC_API int bcc_table_set_max_entries(struct bcc_table *t, uint32_t max_entries);

/**
 * Gives a table a name in a bpf file system, so that it stays after bcc_close() and after the end of the
 * process, until the file is removed with unlink(2). A text opens it again with BPF_TABLE_PINNED, and
 * bcc_table_open_pinned() without a text that names it.
 *
 * @param t     The table, which exists already.
 * @param path  The file to make: "/sys/fs/bpf/my_table".
 * @return 0, or a negative errno.
 * @retval -EEXIST  There is such a file.
 * @retval -EPERM   The path is not in a bpf file system.
 */
BCC_API int bcc_table_pin(struct bcc_table *t, const char *path);

/**
 * Opens a table that was pinned, by this process or another: for reading and writing it as one of the handle,
 * although the handle's text does not have it. bcc_table_find() and bcc_table_at() do not return it. Its
 * types are known if its creator gave the kernel any.
 * (By the naming rule it would be bcc_open_table.)
 *
 * @param b      The handle that the table will belong to.
 * @param path   The file.
 * @param table  Receives the table, valid until bcc_close().
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such file.
 * @retval -EINVAL  It is not a pinned table.
 * @retval -EPERM   The caller may not open it.
 */
BCC_API int bcc_table_open_pinned(struct bcc *b, const char *path, struct bcc_table **table);

/**
 * The same for a table that a process or another object of the kernel holds, by the kernel's ID of it.
 *
 * @param b      The handle that the table will belong to.
 * @param id     The ID: bcc_loaded_object.id, or what tables of tables have for values.
 * @param table  Receives the table, valid until bcc_close().
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such table, or not any more.
 * @retval -EPERM   The caller may not open it: it takes CAP_SYS_ADMIN.
 */
BCC_API int bcc_table_open_id(struct bcc *b, uint32_t id, struct bcc_table **table);

/**
 * Forbids all writing to a table by system calls, of this and other processes, for ever; programs still can.
 *
 * @param t  The table, which exists already.
 * @return 0, or a negative errno.
 * @retval -EBUSY       It is frozen, or a process is writing to it.
 * @retval -EOPNOTSUPP  The kernel does not freeze tables of this type.
 */
BCC_API int bcc_table_freeze(struct bcc_table *t);

/**
 * @}
 * @defgroup variables Global variables
 *
 * Variables of the text with static storage. `const volatile` ones are set before bcc_create() and are
 * constants for the verifier, which drops the code behind a condition that is then false: options of a
 * program that need no other text. All others can be read and set at any time.
 * @{
 */

/** A global variable of the text. */
struct bcc_variable;

/**
 * Counts the variables of the text.
 *
 * @param b  The handle, or NULL.
 * @return How many there are.
 */
BCC_API size_t bcc_variable_count(const struct bcc *b);

/**
 * Gets a variable by number.
 *
 * @param b      The handle, or NULL.
 * @param index  Its number, from 0.
 * @return The variable, or NULL past the end.
 */
BCC_API struct bcc_variable *bcc_variable_at(struct bcc *b, size_t index);

/**
 * Finds a variable by its name in the text.
 *
 * @param b     The handle, or NULL.
 * @param name  The name.
 * @return The variable; NULL if the text has none of that name, or never uses it, so that the compiler
 *         dropped it. No error is recorded.
 */
BCC_API struct bcc_variable *bcc_variable_find(struct bcc *b, const char *name);

/** What bcc_variable_info() tells. */
struct bcc_variable_info {
	/** sizeof(struct bcc_variable_info), set by the caller. */
	size_t size;
	/** Its name in the text. */
	const char *name;
	/** The section of the object that it is in: ".rodata", ".data", ".bss", … */
	const char *section;
	/** Its size in bytes. */
	size_t bytes;
	/** Programs cannot write it, and nobody once it is created. */
	bool is_constant;
};

/**
 * Describes a variable.
 *
 * @param v     The variable.
 * @param info  Receives the description; its size is set before.
 * @return 0, or -EINVAL if info->size is not set.
 */
BCC_API int bcc_variable_info(const struct bcc_variable *v, struct bcc_variable_info *info);

/**
 * Tells a variable's type.
 *
 * @param v  The variable, or NULL.
 * @return The C declaration of its type, as of bcc_table_value_type(); "" without memory.
 */
BCC_API const char *bcc_variable_type(struct bcc_variable *v);

/**
 * Lists the members of a variable's struct; of a scalar there is one with an empty name.
 *
 * @param v       The variable.
 * @param fields  Receives an array, which belongs to the handle.
 * @return How many there are, or a negative errno.
 */
BCC_API int bcc_variable_fields(struct bcc_variable *v, const struct bcc_field **fields);

/**
 * Sets a variable. An aligned value of up to 8 bytes is written at once; programs may see a part of a larger
 * one.
 *
 * @param v      The variable.
 * @param value  The value.
 * @param size   Its size in bytes, which is the variable's.
 * @return 0, or a negative errno.
 * @retval -EINVAL      The variable has another size.
 * @retval -EPERM       The variable is const, and created.
 * @retval -EOPNOTSUPP  The variable is created, and this kernel is older than 5.5.
 */
BCC_API int bcc_variable_set(struct bcc_variable *v, const void *value, size_t size);

/**
 * Sets a variable to a value that is a text, as a user has typed it. It is read by the variable's type:
 * numbers as in C ("31", "0x1f", "-1", "0.5"); true, false, yes, no, on, off, 1 and 0 for bool; an
 * enumerator by its name or number; for an array of char the text itself, whose end is filled with zeros;
 * for other arrays their elements separated by commas, the rest of which become zero.
 *
 * @param v     The variable.
 * @param text  The value.
 * @return 0, or a negative errno; bcc_error() then says what the variable takes.
 * @retval -EINVAL      The text is not a value of this type.
 * @retval -ERANGE      The number, or the text, is too large for it.
 * @retval -EOPNOTSUPP  It is a struct or union.
 * @retval -EPERM       As bcc_variable_set().
 */
BCC_API int bcc_variable_set_text(struct bcc_variable *v, const char *text);

/**
 * Reads a variable: what programs made of it, or before bcc_create() what it will be.
 *
 * @param v      The variable.
 * @param value  Receives the value.
 * @param size   The size of the buffer, which is the variable's.
 * @return 0, or a negative errno.
 * @retval -EINVAL  The variable has another size.
 */
BCC_API int bcc_variable_get(struct bcc_variable *v, void *value, size_t size);

/**
 * The memory of a variable, which programs read and write at the same time. That of constants can only be
 * read.
 *
 * @param v  The variable, or NULL.
 * @return Its address, valid until bcc_close(); NULL before bcc_create(), and on kernels before 5.5.
 */
BCC_API void *bcc_variable_memory(struct bcc_variable *v);

/** What bcc_bind() looks up. */
struct bcc_binding {
	/** The name of a variable, table or program of the text; NULL: the end of the list. */
	const char *name;
	/** The pointer to be set: to the memory of a variable, whose type it must have, as
	 * bcc_variable_memory(); a struct bcc_table * or a struct bcc_program *. */
	void *pointer;
};

/**
 * Sets pointers to what a text has, so that a program reaches its variables, tables and programs by members
 * of a struct. Creates the tables and variables if bcc_create() has not.
 *
 *     struct { int *target; struct bcc_table *counts; } text;
 *     bcc_bind(b, (const struct bcc_binding[]){{"target", &text.target}, {"counts", &text.counts}, {0}});
 *
 * @kernel 5.5 for variables.
 * @param b         The handle.
 * @param bindings  The list, whose last element has no name. What it points to is valid until bcc_close().
 * @return 0, or a negative errno; nothing after the failed element is set.
 * @retval -ENOENT      The text has nothing of that name, or what nobody uses was left out.
 * @retval -EOPNOTSUPP  This kernel cannot map variables into memory.
 */
BCC_API int bcc_bind(struct bcc *b, const struct bcc_binding *bindings);

/**
 * @}
 * @defgroup histograms Histograms
 *
 * A histogram is a table of counters (u32 or u64; those of per-CPU tables are added up), whose key is an int,
 * the slot, or a struct of a bucket and an int slot. Output has the format of BCC's tools.
 *
 * By the naming rule these calls would begin with `bcc_table_`.
 * @{
 */

/** Options of bcc_print_log2_hist() and bcc_print_linear_hist(). */
struct bcc_hist_opts {
	/** sizeof(struct bcc_hist_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Heading of the left column. Default: "value". */
	const char *value_type;
	/** Heading before the histogram of each bucket. Default: "Bucket ptr". */
	const char *section;
	/** Writes the name of a bucket to `buf`, which has `size` bytes. Default: the bucket's number. */
	void (*print_bucket)(void *ctx, const void *bucket, char *buf, size_t size);
	/** First argument of `print_bucket`. */
	void *ctx;
	/** Whether to leave out empty rows before the first that is not. */
	bool strip_leading_zero;
	/** For linear histograms, the value of the first slot. */
	unsigned base;
	/** For linear histograms, the width of a slot. Default: 1. */
	unsigned step;
};

/**
 * Prints a histogram whose slots are powers of two. Buckets come in ascending order.
 *
 * @param t     The table.
 * @param out   The file to print to.
 * @param opts  Options, or NULL.
 * @return 0, or a negative errno.
 * @retval -EINVAL  The key or the value of the table is not as described above.
 * @retval -ERANGE  The table counts slots above 64.
 * @retval -EIO     `out` cannot be written.
 */
BCC_API int bcc_print_log2_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts);

/**
 * Prints a histogram whose slots have the same width. Buckets come in ascending order.
 *
 * @param t     The table.
 * @param out   The file to print to.
 * @param opts  Options, or NULL.
 * @return 0, or a negative errno.
 * @retval -EINVAL  The key or the value of the table is not as described above.
 * @retval -ERANGE  The table counts slots above 65535.
 * @retval -EIO     `out` cannot be written.
 */
BCC_API int bcc_print_linear_hist(struct bcc_table *t, FILE *out, const struct bcc_hist_opts *opts);

/**
 * @}
 * @defgroup events Event buffers
 *
 * Programs send events through perf buffers (BPF_PERF_OUTPUT) and ring buffers (BPF_RINGBUF_OUTPUT). A
 * program opens those it wants and then calls bcc_poll() in a loop, which calls back for each event.
 * @{
 */

/**
 * Receives an event. It may use the handle's programs and tables; it must not close the handle, and a call
 * that polls the handle is refused with -EBUSY.
 *
 * @param ctx   The `ctx` of bcc_open_perf() or bcc_open_ring().
 * @param cpu   The CPU that sent it; -1 for ring buffers.
 * @param data  The event, aligned to 8 bytes; valid during the call only.
 * @param size  Bytes of the event. Perf buffers pad it: up to 7 more than were sent.
 * @return 0 to go on. Anything else stops the poll, which then returns it: use a negative number.
 */
typedef int (*bcc_event_fn)(void *ctx, int cpu, const void *data, size_t size);

/**
 * Hears of events that were lost because a perf buffer was full, each once. A loss is known to bcc_poll() and
 * bcc_consume() when the buffer has room for another event; since Linux 6.0 without one: to bcc_consume()
 * at once, to bcc_poll() within a second or so. A last bcc_consume() therefore tells all. Like an event's
 * callback it must neither close nor poll the handle.
 *
 * @param ctx    The `ctx` of bcc_open_perf().
 * @param cpu    The CPU whose buffer was full.
 * @param count  How many events were lost.
 */
typedef void (*bcc_lost_fn)(void *ctx, int cpu, uint64_t count);

/**
 * How many different types the text submits to a perf or ring buffer, as far as the compiler sees: the events
 * in calls of perf_submit(), perf_submit_skb(), ringbuf_output(), ringbuf_submit(), ringbuf_reserve() and of
 * the helpers that these stand for. It does not see the type behind a `void *` or `char *`.
 *
 * @param b      The handle.
 * @param table  The name of the table.
 * @return The number of types; mostly 1.
 */
BCC_API size_t bcc_event_type_count(const struct bcc *b, const char *table);

/**
 * The C declaration of a type that the text submits to a buffer.
 *
 * @param b      The handle.
 * @param table  The name of the table.
 * @param index  Which of the types, from 0, in the order of the text.
 * @param bytes  Receives the size of the type; may be NULL. An event can be shorter or longer, as the program
 *               says how much to submit.
 * @return The declaration, as of bcc_table_value_type(), owned by the handle; "" if there is no such type.
 */
BCC_API const char *bcc_event_type(struct bcc *b, const char *table, size_t index, size_t *bytes);

/**
 * The members of a type that the text submits to a buffer: what `data` of bcc_event_fn holds.
 *
 * @param b       The handle.
 * @param table   The name of the table.
 * @param index   Which of the types, from 0, in the order of the text; see bcc_event_type_count().
 * @param fields  Receives an array, owned by the handle.
 * @return How many members, or a negative errno.
 * @retval -ENOENT  There is no such table, or the compiler saw no such type submitted to it.
 */
BCC_API int bcc_event_fields(struct bcc *b, const char *table, size_t index, const struct bcc_field **fields);

/** What bcc_event_losses() tells. */
struct bcc_event_losses {
	/** sizeof(struct bcc_event_losses), set by the caller. */
	size_t size;
	/** How many events there was no room for, so far. */
	uint64_t count;
	/** Whether these are all; if not, there are at least so many. */
	bool exact;
};

/**
 * Counts the events that were lost because a buffer had no room for them, whoever reads it, and whether or
 * not a callback heard of them.
 *
 * Of a ring buffer, those that programs of this text sent since bcc_create() and that it refused: each
 * ringbuf_output(), and each ringbuf_reserve() whose result the program tests, that failed because the
 * buffer was full or the event larger than it can hold. The programs count them, which costs nothing worth
 * mentioning as long as nothing is refused. The count is not exact if there were refusals in functions that
 * get the buffer as an argument, or that choose between buffers. Of a table of ring buffers, those of all
 * buffers in it together.
 *
 * Of a perf buffer, those that programs of all texts sent to it since bcc_open_perf(). The count is exact
 * since Linux 6.0; before, losses are known when there was room for another event, and when that has been
 * read. What a program sends on a CPU that was not online when the buffer was opened is not counted.
 *
 * @param b       The handle.
 * @param table   The name of the table.
 * @param losses  Its `size` is set by the caller; receives the rest.
 * @return 0, or a negative errno.
 * @retval -ENOENT  There is no such table.
 * @retval -EINVAL  It is not a buffer of events, or `size` is not set.
 * @retval -EBADF   It is a perf buffer that is not open.
 */
BCC_API int bcc_event_losses(struct bcc *b, const char *table, struct bcc_event_losses *losses);

/** Options of bcc_open_perf(). */
struct bcc_perf_opts {
	/** sizeof(struct bcc_perf_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Pages of each CPU's buffer, a power of two. Default: 8. */
	size_t page_count;
	/** How many events to collect before the reader is woken. Default: 1. */
	unsigned wakeup_events;
	/** Called when events were lost; may be NULL. */
	bcc_lost_fn lost;
};

/**
 * Opens the perf buffers of a BPF_PERF_OUTPUT table, on all online CPUs.
 *
 * @param b      The handle.
 * @param table  The name of the table.
 * @param fn     Called for each event.
 * @param ctx    First argument of `fn`, and of bcc_perf_opts.lost.
 * @param opts   Options, or NULL.
 * @return 0, or a negative errno.
 * @retval -EINVAL  `fn` is NULL, `page_count` is not a power of two, or there is no such table.
 * @retval -EBUSY   It is already open.
 * @retval -ENOMEM  The buffers are larger than this user may lock in memory.
 */
BCC_API int bcc_open_perf(
	struct bcc *b, const char *table, bcc_event_fn fn, void *ctx, const struct bcc_perf_opts *opts);

/**
 * Opens the ring buffer of a BPF_RINGBUF_OUTPUT table.
 *
 * @kernel 5.8.
 * @param b      The handle.
 * @param table  The name of the table.
 * @param fn     Called for each event.
 * @param ctx    First argument of `fn`.
 * @return 0, or a negative errno.
 * @retval -EINVAL  `fn` is NULL, or there is no such table.
 * @retval -EBUSY   It is already open.
 */
BCC_API int bcc_open_ring(struct bcc *b, const char *table, bcc_event_fn fn, void *ctx);

/**
 * Waits until any of the open buffers has events, and calls back for them.
 *
 * @param b           The handle.
 * @param timeout_ms  Milliseconds to wait at most; -1: as long as it takes, 0: not at all.
 * @return How many events were delivered, 0 after the timeout, what a callback returned to stop, or a
 *         negative errno.
 * @retval -EINTR   A signal arrived.
 * @retval -ENOENT  No buffer is open.
 * @retval -EBUSY   It was called by a callback of the same handle.
 */
BCC_API int bcc_poll(struct bcc *b, int timeout_ms);

/**
 * Calls back for all events that are in the buffers now, without waiting and regardless of wakeup_events.
 *
 * @param b  The handle.
 * @return How many events were delivered, what a callback returned to stop, or a negative errno: as
 *         bcc_poll().
 */
BCC_API int bcc_consume(struct bcc *b);

/**
 * A descriptor to wait for in an event loop of one's own: it is readable when bcc_poll(b, 0) has work.
 *
 * @param b  The handle.
 * @return The descriptor, owned by the handle; or a negative errno.
 */
BCC_API int bcc_epoll_fd(struct bcc *b);

/**
 * @}
 * @defgroup trace_pipe The trace pipe
 *
 * What programs write with bpf_trace_printk(). There is one pipe for the whole machine: it has the lines of
 * other programs too, each line goes to one reader only, and since Linux 6.6 there can be only one reader at
 * a time.
 *
 * By the naming rule these calls would begin with `bcc_read_trace`.
 * @{
 */

/**
 * Reads a line.
 *
 * @param b           The handle.
 * @param buf         Receives the line without its newline, NUL-terminated; cut if it is too long.
 * @param size        Bytes of `buf`.
 * @param timeout_ms  Milliseconds to wait at most; -1: as long as it takes, 0: not at all.
 * @return The length of the line, 0 after the timeout, or a negative errno.
 * @retval -EOPNOTSUPP  tracefs is not mounted and cannot be mounted.
 * @retval -EBUSY       The pipe has another reader.
 * @retval -EINTR       A signal arrived.
 */
BCC_API int bcc_trace_line(struct bcc *b, char *buf, size_t size, int timeout_ms);

/** A line of the trace pipe in its parts. */
struct bcc_trace_fields {
	/** sizeof(struct bcc_trace_fields), set by the caller. */
	size_t size;
	/** The name of the thread that ran when the line was written. */
	char task[32];
	/** The ID of that thread. */
	int pid;
	/** The CPU. */
	int cpu;
	/** What the kernel says about interrupts and preemption: "d..31". */
	char flags[8];
	/** Seconds since boot. */
	double timestamp;
	/** What the program wrote, cut if it is too long. */
	char message[512];
};

/**
 * Reads the next line that a program wrote, in its parts; other lines are skipped.
 *
 * @param b           The handle.
 * @param fields      Its `size` is set by the caller; receives the rest.
 * @param timeout_ms  Milliseconds to wait at most; -1: as long as it takes, 0: not at all.
 * @return 1, 0 after the timeout, or a negative errno: as bcc_trace_line().
 */
BCC_API int bcc_trace_fields(struct bcc *b, struct bcc_trace_fields *fields, int timeout_ms);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
