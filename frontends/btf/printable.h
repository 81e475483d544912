/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that types can be written as C at all, which libbpf's dump assumes. */
#ifndef FRONTENDS_BTF_PRINTABLE_H
#define FRONTENDS_BTF_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct btf;

/* Returns -EINVAL with an error message if what these types need contains a cycle that C does not allow, or
 * would be endless. */
int bcc_btf_check_shape(const struct btf *btf, const uint32_t *ids, size_t count, struct bcc_err *err);

#endif
