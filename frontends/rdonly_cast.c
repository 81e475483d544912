/* SPDX-License-Identifier: Apache-2.0 */
#include "rdonly_cast.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

bool bcc_reads_forced(const char *way)
{
	const char *forced = secure_getenv("BCC_READS");

	return forced && !strcmp(forced, way);
}

unsigned bcc_rdonly_cast(const struct bcc_btf_bytes *kernel, const struct bcc_compile_host *host)
{
	unsigned id;

	if (!host || !host->takes_cast || bcc_reads_forced("helper") || bcc_reads_forced("single"))
		return 0;
	id = bcc_btf_find_type(kernel, "bpf_rdonly_cast", BTF_KIND_FUNC);
	return id && host->takes_cast(host->ctx, id) ? id : 0;
}
