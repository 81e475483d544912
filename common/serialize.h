/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads values one after another: numbers in memory order, strings preceded by their length. */
#ifndef COMMON_SERIALIZE_H
#define COMMON_SERIALIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bcc_bytes {
	char *data; /* the caller frees it */
	size_t size, room;
	bool failed; /* out of memory: `data` is incomplete */
};

void bcc_bytes_put(struct bcc_bytes *bytes, const void *data, size_t size);
void bcc_bytes_put_number(struct bcc_bytes *bytes, uint64_t number);
void bcc_bytes_put_block(struct bcc_bytes *bytes, const void *data, size_t size);
/* NULL and "" are kept apart. */
void bcc_bytes_put_string(struct bcc_bytes *bytes, const char *string);

struct bcc_reader {
	const char *data;
	size_t left;
	bool failed; /* the data ended early: everything read after that is 0 */
};

void bcc_read(struct bcc_reader *reader, void *to, size_t size);
uint64_t bcc_read_number(struct bcc_reader *reader);
/* Points into the data being read; NULL when the block is incomplete. */
const void *bcc_read_block(struct bcc_reader *reader, size_t *size);
/* The same for a string that was not NULL. */
const char *bcc_read_string(struct bcc_reader *reader);

#endif
