/* SPDX-License-Identifier: Apache-2.0 */
/* Whether types can be written out as C at all: libbpf's dump takes that for granted. */
#ifndef FRONTENDS_BTF_PRINTABLE_H
#define FRONTENDS_BTF_PRINTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct btf;

/* -EINVAL with a sentence when what these types need goes in circles that C cannot, or comes out endless. */
int bcc_btf_check_shape(const struct btf *btf, const uint32_t *ids, size_t count, struct bcc_err *err);

#endif
