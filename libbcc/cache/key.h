/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a compilation is asked for, and in which environment, as bytes: equal bytes give the same object,
 * apart from the files that the compiler reports (common/dependency.h).
 */
#ifndef LIBBCC_CACHE_KEY_H
#define LIBBCC_CACHE_KEY_H

#include "common/compile_request.h"
#include "common/serialize.h"

/* Whether the object may come from a cache: not with debug dumps, nor with flags that name files which the
 * compiler reads by itself. */
bool bcc_key_possible(const struct bcc_compile_request *request);

/* `compiler`: path of the compiler library. Returns false when out of memory. */
bool bcc_key_write(struct bcc_bytes *out, const struct bcc_compile_request *request, const char *compiler);

/* Adds the running kernel's types: release, build, and BTF. */
void bcc_key_put_kernel(struct bcc_bytes *out);

#endif
