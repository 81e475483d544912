/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and reading values one behind the other: numbers as they are in memory, strings with their length before them. */
#ifndef COMMON_SERIALIZE_H
#define COMMON_SERIALIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bcc_bytes {
	char *data; /* to be freed */
	size_t size, room;
	bool failed; /* memory was missing: what is in `data` is not all */
};

void bcc_bytes_put(struct bcc_bytes *bytes, const void *data, size_t size);
void bcc_bytes_put_number(struct bcc_bytes *bytes, uint64_t number);
void bcc_bytes_put_block(struct bcc_bytes *bytes, const void *data, size_t size);
/* NULL is another string than "". */
void bcc_bytes_put_string(struct bcc_bytes *bytes, const char *string);

struct bcc_reader {
	const char *data;
	size_t left;
	bool failed; /* there was not so much: all that was read after that is 0 */
};

void bcc_read(struct bcc_reader *reader, void *to, size_t size);
uint64_t bcc_read_number(struct bcc_reader *reader);
/* Points into what is read, NULL when it is not there whole. */
const void *bcc_read_block(struct bcc_reader *reader, size_t *size);
/* The same of a string that was not NULL. */
const char *bcc_read_string(struct bcc_reader *reader);

#endif
