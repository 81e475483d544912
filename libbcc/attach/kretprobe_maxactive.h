/* SPDX-License-Identifier: Apache-2.0 */
/* Function probes by ftrace (5.18, CONFIG_FPROBE), where the number of calls in flight can be chosen. */
#ifndef LIBBCC_ATTACH_KRETPROBE_MAXACTIVE_H
#define LIBBCC_ATTACH_KRETPROBE_MAXACTIVE_H

#include "attach.h"

/* Whether a program can only be attached this way: it is loaded so, or its section asks for it. */
bool bcc_kprobe_multi_only(const struct bcc_program *p);

/* -EOPNOTSUPP: this kernel cannot. Loads the program for it otherwise, and adds the link. `function` must
 * exist. */
int bcc_kprobe_multi_attach(struct bcc_program *p, const char *function, const struct bcc_kprobe_opts *opts,
	struct bcc_link **link);

/* How many calls in flight an ordinary kretprobe can follow: it takes no number, and this is the kernel's own. */
int bcc_kretprobe_default_maxactive(void);

/* Where the function starts; 0 where this kernel has no fprobes, or hides addresses, or has no such function. */
unsigned long bcc_fprobe_address(const char *function);

/* Runs the program, which is loaded for fprobes, at the start or the return of what is at `address`: the link's descriptor, or
 * a negative errno. */
int bcc_fprobe_link(int prog_fd, unsigned long address, const struct bcc_kprobe_opts *opts);

#endif
