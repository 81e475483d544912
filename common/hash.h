/* SPDX-License-Identifier: Apache-2.0 */
/* Names of cache entries, and checksums: 128 bits of XXH3. Where a collision would matter, the data itself is
 * compared. */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bcc_hash {
	uint64_t low, high;
};

struct bcc_hash bcc_hash(const void *data, size_t size);
bool bcc_hash_equal(struct bcc_hash a, struct bcc_hash b);

/* Hashes what `fd` has from its position to its end. Returns 0, -EFBIG if that is more than 256 MB, or the
 * negative errno of reading. */
int bcc_hash_fd(int fd, struct bcc_hash *out);

#ifdef __cplusplus
}
#endif

#endif
