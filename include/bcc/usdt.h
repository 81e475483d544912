/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usdt.h - static probes of programs and libraries (USDT): what there is, and attaching to them.
 *
 * Their arguments are read in the text with bpf_usdt_readarg(NUMBER, ctx, &variable), from 1 on. Where they are is found
 * out when a program is attached: the same text serves any probe, in any number of places, binaries and processes.
 */
#ifndef BCC_STATIC_PROBES_H
#define BCC_STATIC_PROBES_H

#include <bcc/bcc.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_usdt_list;

/*
 * Reads the static probes of `binary` (named as for bcc_attach_uprobe(), with `pid` as that process sees it), or with NULL those of
 * all files that process `pid` runs code from. `*out` is set on failure too (except for -ENOMEM), for bcc_usdt_list_error(). A list
 * is used by one thread at a time. -ENOENT no such file, -ESRCH no such process, -EACCES or -EPERM its memory map may
 * not be read, -ENOEXEC not an ELF file of this machine.
 */
BCC_API int bcc_usdt_list_open(const char *binary, int pid, struct bcc_usdt_list **out);
BCC_API void bcc_usdt_list_close(struct bcc_usdt_list *list);
/* As bcc_error(). */
BCC_API const char *bcc_usdt_list_error(const struct bcc_usdt_list *list);

/* One place of a probe in the code; a probe that is in several places of a file has several of these, one after the other. */
struct bcc_usdt_info {
	const char *provider, *name;
	const char *binary;	 /* the file as the process sees it */
	const char *arguments;	 /* as the file has them: "-4@%edi 8@16(%rsp)" */
	uint32_t argument_count; /* at most 12 */
	uint32_t
		unknown_arguments; /* bit N - 1: argument N cannot be read (floating point, thread-local, …) */
	uint64_t address;	   /* of the instruction, as the ELF file has it */
	uint64_t offset;	   /* in the file */
	uint64_t semaphore, semaphore_offset; /* the counter of listeners, the same way; 0: none */
};

/* Ordered by file, provider and name; NULL past the end. What it points to is valid until the list is closed. */
BCC_API size_t bcc_usdt_list_count(const struct bcc_usdt_list *list);
BCC_API const struct bcc_usdt_info *bcc_usdt_list_at(const struct bcc_usdt_list *list, size_t index);

struct bcc_usdt_opts {
	size_t size;
	int pid; /* 0: all processes, else this one only */
};

/*
 * Attaches to all places of a static probe. `binary`: as above; NULL with a pid: wherever the process has the probe. `provider`
 * may be NULL: any. A semaphore is counted up by the kernel, in processes that start later too, for as long as the link lasts: down
 * again also when this process is killed (4.20). -ENOENT no such probe (bcc_error: what there is), -ENOSPC the text's
 * programs are attached to too many probes of different arguments (1023), and otherwise as bcc_attach_uprobe().
 */
BCC_API int bcc_attach_usdt(struct bcc *b, const char *prog, const char *binary, const char *provider,
	const char *name, const struct bcc_usdt_opts *opts, struct bcc_link **link);

#ifdef __cplusplus
}
#endif
#endif
