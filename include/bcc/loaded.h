/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_LOADED_H
#define BCC_LOADED_H

/**
 * @file loaded.h
 * What is loaded in the kernel, by whomever: programs, tables and links, where programs are attached, who
 * holds them, and where they are pinned.
 *
 * A list is read once, when it is opened, and belongs to no handle of bcc.h. The kernel's objects come and go
 * meanwhile: what is gone before it could be looked at is not in the list.
 */

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup loaded What is loaded
 * @{
 */

/** A list of what is loaded. */
struct bcc_loaded;

/** What an object of the list is. */
enum bcc_loaded_kind {
	/** A program. */
	BCC_LOADED_PROGRAM,
	/** A table (map). */
	BCC_LOADED_TABLE,
	/** An attachment that is an object of its own (Linux 5.8 lists them). */
	BCC_LOADED_LINK,
};

/** A process that holds an object by descriptors. */
struct bcc_loaded_holder {
	/** The process. */
	int pid;
	/** Its name. */
	char comm[16];
	/** How many descriptors it has of it. */
	uint32_t descriptors;
};

/** A program, table or link. What does not apply to its kind is 0, "" or NULL. */
struct bcc_loaded_object {
	/** enum bcc_loaded_kind. */
	int kind;
	/** The kernel's ID; each kind has its own. */
	uint32_t id;
	/** enum bpf_prog_type, bpf_map_type or bpf_link_type. */
	int type;
	/** The name of the type: "kprobe", "hash"; a number if this library does not know it. */
	const char *type_name;
	/** Its name; of links, that of the program. */
	const char *name;
	/** Bytes of the kernel's memory, as far as it accounts them. */
	uint64_t memory;

	/**
	 * Where it is attached: "kprobe:vfs_read", "xdp:eth0". Of a program those of all its links and perf
	 * events; attachments that are neither, such as those of iproute2, are not seen.
	 */
	const char *const *targets;
	/** How many `targets` has. */
	size_t target_count;
	/** The paths that it is pinned at. */
	const char *const *pins;
	/** How many `pins` has. */
	size_t pin_count;
	/** The processes that hold it, this one left out. */
	const struct bcc_loaded_holder *holders;
	/** How many `holders` has. */
	size_t holder_count;

	/** Of links: the program. */
	uint32_t program_id;

	/** Of programs: when it was loaded, in nanoseconds since the boot. */
	uint64_t loaded_ns;
	/** Of programs: the user who loaded it. */
	uint32_t uid;
	/** Of programs: bytes of its instructions in BPF. */
	uint32_t bytes;
	/** Of programs: bytes of its instructions for the CPU; 0: they are interpreted. */
	uint32_t jited_bytes;
	/** Of programs: how often it ran while the kernel counted that; see bcc_loaded_opts.count_runs. */
	uint64_t runs;
	/** Of programs: how long these took, in nanoseconds. */
	uint64_t run_ns;
	/** Of programs: the IDs of the tables that it uses. */
	const uint32_t *tables;
	/** How many `tables` has. */
	size_t table_count;

	/** Of tables: bytes of a key. */
	uint32_t key_size;
	/** Of tables: bytes of a value. */
	uint32_t value_size;
	/** Of tables: how many entries fit. */
	uint32_t max_entries;
	/** Of tables: the flags it was made with. */
	uint32_t flags;
};

/** Options of bcc_loaded_open(). */
struct bcc_loaded_opts {
	/** sizeof(struct bcc_loaded_opts); BCC_OPTS() sets it. */
	size_t size;
	/** Leave out who holds objects; attachments by perf events are not seen then either. */
	bool no_holders;
	/** Leave out where they are pinned. */
	bool no_pins;
	/**
	 * Have the kernel count how often and how long programs run, until the list is closed (Linux 5.8). It
	 * makes each program slower by some 20 ns a run. What was counted before stays in the numbers: open a
	 * second list later, and subtract.
	 */
	bool count_runs;
};

/**
 * Lists what is loaded.
 *
 * @param opts  Options, or NULL.
 * @param out   Receives the list. On failure it receives one that carries only the error, to be closed too;
 *              NULL if there was no memory for one.
 * @return 0, or a negative errno.
 * @retval -EPERM       This user may not list them: it takes CAP_SYS_ADMIN.
 * @retval -EOPNOTSUPP  `count_runs`, and this kernel cannot.
 */
BCC_API int bcc_loaded_open(const struct bcc_loaded_opts *opts, struct bcc_loaded **out);

/**
 * Frees a list.
 *
 * @param l  The list, or NULL.
 */
BCC_API void bcc_loaded_close(struct bcc_loaded *l);

/**
 * The reason why opening the list failed, as bcc_error().
 *
 * @param l  The list; NULL stands for the one that there was no memory for.
 * @return The message, "" if it has not failed; valid until the list is closed.
 */
BCC_API const char *bcc_loaded_error(const struct bcc_loaded *l);

/**
 * How many objects a list has.
 *
 * @param l  The list.
 * @return Programs, tables and links.
 */
BCC_API size_t bcc_loaded_count(const struct bcc_loaded *l);

/**
 * An object of a list: programs first, then tables, then links, each in the order of their IDs.
 *
 * @param l      The list.
 * @param index  From 0 on.
 * @return The object, valid until the list is closed; NULL past the end.
 */
BCC_API const struct bcc_loaded_object *bcc_loaded_at(const struct bcc_loaded *l, size_t index);

/**
 * An object by its ID.
 *
 * @param l     The list.
 * @param kind  enum bcc_loaded_kind.
 * @param id    The kernel's ID.
 * @return The object, or NULL.
 */
BCC_API const struct bcc_loaded_object *bcc_loaded_find(const struct bcc_loaded *l, int kind, uint32_t id);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
