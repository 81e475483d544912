/* SPDX-License-Identifier: Apache-2.0 */
/* Whether programs may load kernel memory without a helper on this kernel. */
#ifndef FRONTENDS_RDONLY_CAST_H
#define FRONTENDS_RDONLY_CAST_H

#include <stdbool.h>

#include "frontends/btf/raw_btf.h"

/* Number of the function bpf_rdonly_cast() in the running kernel's BTF, a struct bcc_btf_bytes, if a program
 * of this process may call it without a type (kernel 6.17); otherwise 0. Determined once per process, by
 * loading a program that calls it. */
unsigned bcc_rdonly_cast(const void *kernel_btf);

/* Whether the environment variable BCC_READS asks for this way: "helper", no loads; "single", one call for
 * each field. */
bool bcc_reads_forced(const char *way);

#endif
