/* SPDX-License-Identifier: Apache-2.0 */
/* FIPS 180-4: digests of whole messages. */
#ifndef LIBBCC_ABI_SHA_H
#define LIBBCC_ABI_SHA_H

#include <stddef.h>
#include <stdint.h>

void bcc_sha1(const void *data, size_t size, uint8_t digest[20]);
void bcc_sha256(const void *data, size_t size, uint8_t digest[32]);

#endif
