/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_KERNEL_FEATURES_H
#define BCC_KERNEL_FEATURES_H

/**
 * @file kernel_features.h
 * What the running kernel has: helpers, types of programs, tables and attachments, tracepoints with their
 * fields, functions with their arguments and whether they can be traced, and all else that programs attach
 * to.
 *
 * A handle of features belongs to no handle of bcc.h: it is opened and closed on its own, and used by one
 * thread at a time. The conventions of bcc.h hold otherwise; the message for a failure is in
 * bcc_features_error(). Nothing stays in the kernel of what a call tries out.
 *
 * Where a call takes an expression, that is a POSIX extended regular expression that may match anywhere in
 * the name: anchor it with ^ and $ to ask for one name. NULL: all names.
 */

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup features Features of the kernel
 * @{
 */

/** What is known of the running kernel. */
struct bcc_features;

/**
 * Opens the features of the running kernel. They are read by the calls that ask for them.
 *
 * @param out  Receives the handle; NULL if there was no memory for one.
 * @return 0, or a negative errno.
 */
BCC_API int bcc_features_open(struct bcc_features **out);

/**
 * Frees a handle.
 *
 * @param f  The handle, or NULL.
 */
BCC_API void bcc_features_close(struct bcc_features *f);

/**
 * The reason why the last call that failed on this handle did, as bcc_error().
 *
 * @param f  The handle; NULL stands for the one that there was no memory for.
 * @return The message, "" if no call has failed; valid until the next call on the handle.
 */
BCC_API const char *bcc_features_error(const struct bcc_features *f);

/** What bcc_features_each() lists. */
enum bcc_feature_kind {
	/** Functions that programs call: "bpf_ringbuf_output", enum bpf_func_id. */
	BCC_FEATURE_HELPER,
	/** Types of programs: "kprobe", enum bpf_prog_type. */
	BCC_FEATURE_PROGRAM_TYPE,
	/** Types of tables: "ringbuf", enum bpf_map_type. */
	BCC_FEATURE_MAP_TYPE,
	/** Types of attachments: "trace_fentry", enum bpf_attach_type. */
	BCC_FEATURE_ATTACH_TYPE,
};

/** Whether the kernel can do something that its version knows. */
enum bcc_feature_state {
	/** It refuses it: its configuration leaves that out. */
	BCC_FEATURE_NO,
	/** It was tried out, and works. */
	BCC_FEATURE_YES,
	/** The kernel's types name it; trying it out takes more than the library knows. */
	BCC_FEATURE_UNTRIED,
};

/** A helper or type. */
struct bcc_feature {
	/** The kernel's name in lower case without the prefix of its enum; helpers begin with "bpf_". */
	const char *name;
	/** Its number in the enum. */
	unsigned number;
	/**
	 * enum bcc_feature_state. Helpers and attach types are BCC_FEATURE_UNTRIED: see
	 * bcc_features_helper().
	 */
	int state;
};

/**
 * Receives a helper or type. It must not use the handle.
 *
 * @param ctx      The `ctx` of bcc_features_each().
 * @param feature  The helper or type; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_feature_fn)(void *ctx, const struct bcc_feature *feature);

/**
 * Calls back for each helper or type that the kernel knows, in the order of their numbers. The names are
 * those of the kernel's BTF; without it, of the kernel that the library was built for, of which only what can
 * be tried out and works is listed.
 *
 * @param f      The handle.
 * @param kind   enum bcc_feature_kind.
 * @param regex  Which names; NULL: all.
 * @param fn     Called for each.
 * @param ctx    First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL      `regex` is not a regular expression, or there is no such kind.
 * @retval -EPERM       This user may not use BPF, so that nothing can be tried out.
 * @retval -EOPNOTSUPP  Helpers and attach types of a kernel without BTF, which nothing lists.
 */
BCC_API int bcc_features_each(
	struct bcc_features *f, int kind, const char *regex, bcc_feature_fn fn, void *ctx);

/**
 * Finds out whether programs of a type may call a helper. Of some types only those for certain attach types
 * may; that counts.
 *
 * @param f       The handle.
 * @param helper  Its name: "bpf_get_stackid".
 * @param type    enum bpf_prog_type.
 * @return 1 or 0; or a negative errno.
 * @retval -ENOENT      The kernel has no such helper.
 * @retval -EOPNOTSUPP  It cannot be tried out: programs of this type need a target in the kernel (tracing,
 *                      LSM, struct_ops, extensions), or the library does not know the type or the helper.
 * @retval -EPERM       This user may not use BPF.
 */
BCC_API int bcc_features_helper(struct bcc_features *f, const char *helper, int type);

/** Something that the kernel can or cannot, or how it is set. */
struct bcc_fact {
	/** "attach": ways to attach programs; "kernel": what it has and how it is set; "config": CONFIG_…. */
	const char *group;
	/** Its name in the group: "kprobe_multi", "jit", "CONFIG_BPF_SYSCALL". */
	const char *name;
	/** enum bcc_feature_state; BCC_FEATURE_UNTRIED: it could not be found out. */
	int state;
	/** How it is set ("2", "y"), or why it is not there; "": there is nothing to say. */
	const char *value;
};

/**
 * Receives a fact. It must not use the handle.
 *
 * @param ctx   The `ctx` of bcc_features_facts().
 * @param fact  The fact; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_fact_fn)(void *ctx, const struct bcc_fact *fact);

/**
 * Calls back for each fact about BPF in this kernel that is not a helper or type: ways to attach, which are
 * tried out; BTF, JIT, rights of users without privileges; and its configuration, if it can be read.
 *
 * @param f    The handle.
 * @param fn   Called for each.
 * @param ctx  First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EPERM  This user may not use BPF, so that nothing can be tried out.
 */
BCC_API int bcc_features_facts(struct bcc_features *f, bcc_fact_fn fn, void *ctx);

/**
 * Receives a tracepoint. It must not use the handle.
 *
 * @param ctx       The `ctx` of bcc_tracepoints_each().
 * @param category  The subsystem: "sched"; valid during the call only.
 * @param name      The tracepoint: "sched_switch"; valid during the call only.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_tracepoint_fn)(void *ctx, const char *category, const char *name);

/**
 * Calls back for each tracepoint that bcc_attach_tracepoint() accepts, in alphabetical order. (By the naming
 * rule it would begin with `bcc_features_`.)
 *
 * @param f      The handle.
 * @param regex  Which of "CATEGORY:NAME"; NULL: all.
 * @param fn     Called for each.
 * @param ctx    First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL      `regex` is not a regular expression.
 * @retval -EOPNOTSUPP  tracefs is not mounted and cannot be mounted, or the kernel has no tracepoints.
 */
BCC_API int bcc_tracepoints_each(struct bcc_features *f, const char *regex, bcc_tracepoint_fn fn, void *ctx);

/** A field of a tracepoint. */
struct bcc_tracepoint_field {
	/** Its name. */
	const char *name;
	/** Its C type, that of an element for arrays: "pid_t", "char", "const char *". */
	const char *type;
	/** Bytes from the start of the record. */
	uint32_t offset;
	/** Bytes of the field in the record; those of a dynamic one are 4. */
	uint32_t bytes;
	/** How many elements an array has; 0 if it is none. */
	uint32_t array_elements;
	/** Whether it is a signed integer. */
	bool is_signed;
	/**
	 * Whether its length differs from record to record. The field then holds where it is: offset in the
	 * lower 16 bits, length in the upper.
	 */
	bool is_dynamic;
};

/**
 * The fields of a tracepoint, without those that all tracepoints have. (By the naming rule it would begin
 * with `bcc_features_`.)
 *
 * @param f         The handle.
 * @param category  The subsystem.
 * @param name      The tracepoint.
 * @param fields    Receives an array, owned by the handle and valid until the next call of this function.
 * @return How many fields, or a negative errno.
 * @retval -ENOENT      There is no such tracepoint.
 * @retval -EOPNOTSUPP  tracefs is not mounted and cannot be mounted.
 */
BCC_API int bcc_tracepoint_fields(struct bcc_features *f, const char *category, const char *name,
	const struct bcc_tracepoint_field **fields);

/** An argument of a kernel function. */
struct bcc_argument {
	/** Its name; "" if the kernel's types do not have one. */
	const char *name;
	/** Its C type: "struct file *". */
	const char *type;
};

/** A kernel function, and whether it can be traced. */
struct bcc_traceable {
	/** Its name. */
	const char *name;
	/** The module it is in; "": the kernel itself. */
	const char *module;
	/** Where it starts; 0 if the kernel hides addresses. */
	uint64_t address;
	/** Whether the kernel's types have it: arguments and result are known. */
	bool has_type;
	/** The C type of its result; "" if that is not known. */
	const char *result;
	/** Its arguments, of which more may follow if it takes "..."; NULL: none, or they are not known. */
	const struct bcc_argument *arguments;
	/** How many `arguments` has. */
	size_t argument_count;
	/** Why it cannot have a kprobe by its name; NULL: as far as the kernel's lists tell, it can. */
	const char *no_kprobe;
	/**
	 * Why fentry and fexit cannot trace it; NULL: as far as the kernel's lists tell, they can. That the
	 * kernel's policy forbids all of them is only known when one is attached.
	 */
	const char *no_fentry;
};

/**
 * Receives a kernel function. It must not use the handle.
 *
 * @param ctx       The `ctx` of bcc_features_functions().
 * @param function  The function; valid during the call only, with all that it points to.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_traceable_fn)(void *ctx, const struct bcc_traceable *function);

/**
 * Calls back for each function of the kernel and its modules, in order of addresses; also for those that
 * cannot be traced, unlike bcc_kernel_functions_each(). A function that the compiler has inlined everywhere
 * is none of them.
 *
 * @param f      The handle.
 * @param regex  Which names; NULL: all.
 * @param fn     Called for each.
 * @param ctx    First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL  `regex` is not a regular expression.
 * @retval -ENOENT  The kernel lists no symbols.
 */
BCC_API int bcc_features_functions(struct bcc_features *f, const char *regex, bcc_traceable_fn fn, void *ctx);

/** What bcc_probes_each() lists; bcc_probe_kind_name() has the words in quotes. */
enum bcc_probe_kind {
	/** "tracepoint": of bcc_tracepoints_each(), with its fields. */
	BCC_PROBE_TRACEPOINT,
	/** "raw_tracepoint": tracepoints with the arguments that the kernel passes to them. */
	BCC_PROBE_RAW_TRACEPOINT,
	/** "kprobe": functions of the kernel and its modules, as bcc_features_functions() lists them. */
	BCC_PROBE_KPROBE,
	/** "fentry": the same functions, for fentry and fexit. */
	BCC_PROBE_FENTRY,
	/** "syscall": system calls, with the arguments that user space passes. */
	BCC_PROBE_SYSCALL,
	/** "lsm": security hooks. */
	BCC_PROBE_LSM,
	/** "iter": iterators, with the members of their context. */
	BCC_PROBE_ITERATOR,
	/** "kfunc": functions of the kernel that programs may call (Linux 6.10 tells which). */
	BCC_PROBE_KFUNC,
	/** "struct_ops": structs of functions that programs may implement, with their members. */
	BCC_PROBE_STRUCT_OPS,
	/** "hardware": counters of the CPU that have names everywhere. */
	BCC_PROBE_HARDWARE,
	/** "software": what the kernel counts. */
	BCC_PROBE_SOFTWARE,
	/** "cache": accesses to caches that the CPU counts. */
	BCC_PROBE_CACHE,
	/** "pmu": events of /sys/bus/event_source. */
	BCC_PROBE_PMU,
	/** "uprobe": functions of a program or library. */
	BCC_PROBE_UPROBE,
	/** "usdt": static probes of a program, library or process. */
	BCC_PROBE_USDT,
};

/** Something that programs are attached to, or call. */
struct bcc_probe {
	/** enum bcc_probe_kind. */
	int kind;
	/**
	 * Where it is: a tracepoint's category, a module's name, a PMU, a file; "" in the kernel itself. With
	 * a colon and `name` behind the kind's, that is the name by which people know it:
	 * "tracepoint:sched:sched_switch".
	 */
	const char *place;
	/** Its name; of static probes "PROVIDER:NAME". */
	const char *name;
	/** The C type of its result; "" if it has none or that is not known. */
	const char *result;
	/** Its arguments, fields or members; NULL: none, or they are not known. */
	const struct bcc_argument *arguments;
	/** How many `arguments` has. */
	size_t argument_count;
	/**
	 * What else there is to say, else "": where the arguments of a static probe are ("-4@%edi"), how a
	 * function lies in its file ("offset 0x1120"), the numbers of a perf event ("type=0,config=0x1").
	 */
	const char *detail;
	/** Why programs cannot be attached to it; NULL: as far as the kernel tells, they can. */
	const char *obstacle;
};

/** Options of bcc_probes_each(). */
struct bcc_probes_opts {
	/** sizeof(struct bcc_probes_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Which names, for fnmatch(3): it is matched with NAME and with PLACE:NAME. NULL: all. */
	const char *glob;
	/** Of uprobe and usdt: the file, named as for bcc_attach_uprobe(). */
	const char *binary;
	/** Of uprobe and usdt: the process that sees `binary`, or whose files are meant; 0: none. */
	int pid;
};

/**
 * Receives a probe. It must not use the handle.
 *
 * @param ctx    The `ctx` of bcc_probes_each().
 * @param probe  The probe; valid during the call only, with all that it points to.
 * @return 0 to go on, anything else to stop.
 */
typedef int (*bcc_probe_fn)(void *ctx, const struct bcc_probe *probe);

/**
 * Calls back for each probe of a kind, with those that exist and cannot be used; in the order in which they
 * are in the kernel or the file. (By the naming rule it would begin with `bcc_features_`.)
 *
 * @param f     The handle.
 * @param kind  enum bcc_probe_kind.
 * @param opts  Options, or NULL.
 * @param fn    Called for each.
 * @param ctx   First argument of `fn`.
 * @return 0, what `fn` returned to stop, or a negative errno.
 * @retval -EINVAL      There is no such kind, or a uprobe or usdt has neither file nor process.
 * @retval -EOPNOTSUPP  This kernel does not tell: it has no BTF, or tracefs cannot be mounted.
 * @retval -ENOENT      There is no such file.
 * @retval -ESRCH       There is no such process.
 * @retval -ENOEXEC     The file is not an ELF file of this machine.
 */
BCC_API int bcc_probes_each(
	struct bcc_features *f, int kind, const struct bcc_probes_opts *opts, bcc_probe_fn fn, void *ctx);

/**
 * The name of a kind of probes.
 *
 * @param kind  enum bcc_probe_kind.
 * @return "tracepoint"; NULL past the last kind, or below the first.
 */
BCC_API const char *bcc_probe_kind_name(int kind);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
