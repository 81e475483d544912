/* SPDX-License-Identifier: Apache-2.0 */
/* Whether programs may load kernel memory without a helper on this kernel. */
#ifndef FRONTENDS_RDONLY_CAST_H
#define FRONTENDS_RDONLY_CAST_H

#include <stdbool.h>

#include "common/compile_request.h"
#include "common/raw_btf.h"

/* Number of the function bpf_rdonly_cast() in the running kernel's BTF, if `host` (may be NULL) says that
 * programs may call it without a type (kernel 6.17); otherwise 0. */
unsigned bcc_rdonly_cast(const struct bcc_btf_bytes *kernel, const struct bcc_compile_host *host);

/* Whether the environment variable BCC_READS asks for this way: "helper", no loads; "single", one call for
 * each field. */
bool bcc_reads_forced(const char *way);

#endif
