/* SPDX-License-Identifier: Apache-2.0 */
/* BTF made by a test as the library reads the kernel's: bcc_btf_bytes_close() frees them. */
#ifndef TESTS_UNIT_BTF_BYTES_H
#define TESTS_UNIT_BTF_BYTES_H

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "common/raw_btf.h"

static struct bcc_btf_bytes btf_bytes_of(const struct btf *btf)
{
	struct bcc_btf_bytes bytes;
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	void *copy = malloc(size);

	assert_true(data && copy);
	assert_int_equal(bcc_btf_bytes_of(&bytes, memcpy(copy, data, size), size), 0);
	return bytes;
}

/* `btf` is freed. */
static inline struct bcc_btf_bytes btf_bytes_take(struct btf *btf)
{
	struct bcc_btf_bytes bytes = btf_bytes_of(btf);

	btf__free(btf);
	return bytes;
}

#endif
