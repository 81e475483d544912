/* SPDX-License-Identifier: Apache-2.0 */
/* Function probes by ftrace (5.18, CONFIG_FPROBE), where the number of calls in flight can be chosen. */
#ifndef LIBBCC_ATTACH_KPROBE_MULTI_H
#define LIBBCC_ATTACH_KPROBE_MULTI_H

#include "attach.h"

/* Whether a program that is loaded can only be attached this way. */
bool bcc_kprobe_multi_only(const struct bcc_program *p);

/* -EOPNOTSUPP: this kernel cannot. Loads the program for it otherwise, and adds the link. `function` must
 * exist. */
int bcc_kprobe_multi_attach(struct bcc_program *p, const char *function, const struct bcc_kprobe_opts *opts,
	struct bcc_link **link);

#endif
