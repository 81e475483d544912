/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a compilation is asked for, and under which circumstances, as bytes: two with the same bytes give the same object, as far as it
 * does not depend on files that the compiler names (dependency.h).
 */
#ifndef LIBBCC_CACHE_KEY_H
#define LIBBCC_CACHE_KEY_H

#include "common/compile_request.h"
#include "common/serialize.h"

/* Whether the request's object may come from a cache: not with dumps of what goes on inside, nor with flags that name files
 * which the compiler reads by itself. */
bool bcc_key_possible(const struct bcc_compile_request *request);

/* `compiler`: the path of the compiler library. False: no memory. */
bool bcc_key_write(struct bcc_bytes *out, const struct bcc_compile_request *request, const char *compiler);

/* The same for the running kernel's types: release, build, and its BTF. */
void bcc_key_put_kernel(struct bcc_bytes *out);

#endif
