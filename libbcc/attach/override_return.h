/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_OVERRIDE_RETURN_H
#define LIBBCC_ATTACH_OVERRIDE_RETURN_H

#include "libbcc/handle.h"

/* Why the kernel may refuse to attach a program that calls bpf_override_return(), which it does with -EINVAL:
 * to be added to a message; "" for other programs. */
const char *bcc_override_hint(const struct bcc_program *p);

#endif
