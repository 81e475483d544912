/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BCC_STATIC_PROBES_H
#define BCC_STATIC_PROBES_H

/**
 * @file usdt.h
 * Static probes of programs and libraries (USDT): which there are, and attaching to them.
 *
 * A text reads their arguments with bpf_usdt_readarg(NUMBER, ctx, &variable), from 1 on. Where an argument is
 * kept is found out when a program is attached, so the same text serves any probe, in any number of places,
 * binaries and processes. The conventions of bcc.h hold.
 */

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup usdt Static probes
 * @{
 */

/** A list of static probes. It is used by one thread at a time. */
struct bcc_usdt_list;

/**
 * Lists the static probes of a file, or of all files that a process runs code from.
 *
 * @param binary  Named as for bcc_attach_uprobe(), and with a `pid` as that process sees it; NULL: all files
 *                of the process.
 * @param pid     A process; 0: none.
 * @param out     Receives the list. On failure it receives one that carries only the error, to be closed too;
 *                NULL if there was no memory for one.
 * @return 0, or a negative errno.
 * @retval -ENOENT   There is no such file.
 * @retval -ESRCH    There is no such process.
 * @retval -EACCES   The memory map of the process may not be read.
 * @retval -EPERM    The same.
 * @retval -ENOEXEC  The file is not an ELF file of this machine.
 */
BCC_API int bcc_usdt_list_open(const char *binary, int pid, struct bcc_usdt_list **out);

/**
 * Frees a list.
 *
 * @param list  The list, or NULL.
 */
BCC_API void bcc_usdt_list_close(struct bcc_usdt_list *list);

/**
 * The reason why the call that opened the list failed, as bcc_error().
 *
 * @param list  The list; NULL stands for the one that there was no memory for.
 * @return The message, "" if no call has failed; valid until the list is closed.
 */
BCC_API const char *bcc_usdt_list_error(const struct bcc_usdt_list *list);

/**
 * One place of a probe in the code. A probe that is in several places of a file has several of these in a
 * row.
 */
struct bcc_usdt_info {
	/** Who provides the probe: "libc". */
	const char *provider;
	/** The name of the probe: "setjmp". */
	const char *name;
	/** The file as the process sees it. */
	const char *binary;
	/** The arguments as the file describes them: "-4@%edi 8@16(%rsp)". */
	const char *arguments;
	/** How many arguments there are; at most 12. */
	uint32_t argument_count;
	/** Bit N - 1: argument N cannot be read (floating point, thread-local, …). */
	uint32_t unknown_arguments;
	/** The address of the instruction as the ELF file has it. */
	uint64_t address;
	/** Bytes from the start of the file. */
	uint64_t offset;
	/** The address of the semaphore, a counter of listeners, as the ELF file has it; 0: none. */
	uint64_t semaphore;
	/** Its place in bytes from the start of the file. */
	uint64_t semaphore_offset;
};

/**
 * How many places a list has.
 *
 * @param list  The list.
 * @return The number of places.
 */
BCC_API size_t bcc_usdt_list_count(const struct bcc_usdt_list *list);

/**
 * A place of a list, which is ordered by file, provider and name.
 *
 * @param list   The list.
 * @param index  From 0 on.
 * @return The place, valid until the list is closed; NULL past the end.
 */
BCC_API const struct bcc_usdt_info *bcc_usdt_list_at(const struct bcc_usdt_list *list, size_t index);

/** Options of bcc_attach_usdt(). */
struct bcc_usdt_opts {
	/** sizeof(struct bcc_usdt_opts); BCC_OPTS() sets it. */
	size_t size;
	/** A process; 0: all processes. */
	int pid;
};

/**
 * Attaches a program to all places of a static probe.
 *
 * If the probe has a semaphore, the kernel counts it up for as long as the attachment lasts, also in
 * processes that start later, and down again even if this process is killed.
 *
 * @param b         The handle.
 * @param prog      The program.
 * @param binary    As in bcc_usdt_list_open(); NULL with a `pid`: wherever the process has the probe.
 * @param provider  Who provides the probe; NULL: anyone.
 * @param name      The name of the probe.
 * @param opts      Options, or NULL.
 * @param link      Receives one attachment for all places; may be NULL.
 * @return 0, or a negative errno: as bcc_attach_uprobe().
 * @retval -ENOENT  There is no such probe; bcc_error() says which there are.
 * @retval -ENOSPC  The programs of the text are attached to more than 1023 probes with different arguments.
 */
BCC_API int bcc_attach_usdt(struct bcc *b, const char *prog, const char *binary, const char *provider,
	const char *name, const struct bcc_usdt_opts *opts, struct bcc_link **link);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
