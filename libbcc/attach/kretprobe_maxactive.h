/* SPDX-License-Identifier: Apache-2.0 */
/* Function probes through ftrace (5.18, CONFIG_FPROBE), where the number of concurrent calls can be
 * chosen. */
#ifndef LIBBCC_ATTACH_KRETPROBE_MAXACTIVE_H
#define LIBBCC_ATTACH_KRETPROBE_MAXACTIVE_H

#include "attach.h"

/* Whether a program can only be attached this way: because it was loaded for it, or its section asks for
 * it. */
bool bcc_kprobe_multi_only(const struct bcc_program *p);

/* Loads the program for a kprobe_multi link and adds the link; `function` must exist. Returns -EOPNOTSUPP,
 * without loading it, if this kernel cannot do it. */
int bcc_kprobe_multi_attach(struct bcc_program *p, const char *function, const struct bcc_kprobe_opts *opts,
	struct bcc_link **link);

/* How many concurrent calls an ordinary kretprobe can follow: it takes no number, this is the kernel's
 * own. */
int bcc_kretprobe_default_maxactive(void);

/* Start of the function; 0 if this kernel has no fprobes, hides addresses, or has no such function. */
unsigned long bcc_fprobe_address(const char *function);

/* Runs the program, which is loaded for fprobes, at the start or the return of the function at `address`.
 * Returns the link's descriptor or a negative errno. */
int bcc_fprobe_link(int prog_fd, unsigned long address, const struct bcc_kprobe_opts *opts, uint64_t cookie);

#endif
