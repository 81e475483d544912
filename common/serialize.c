/* SPDX-License-Identifier: Apache-2.0 */
#include "serialize.h"

#include <stdlib.h>
#include <string.h>

static bool serialize_make_room(struct bcc_bytes *bytes, size_t size)
{
	size_t room = bytes->room ? bytes->room : 4096;
	char *data;

	if (bytes->failed || size > SIZE_MAX / 2 - bytes->size) {
		bytes->failed = true;
		return false;
	}
	while (room < bytes->size + size)
		room *= 2;
	if (room == bytes->room)
		return true;
	data = realloc(bytes->data, room);
	if (!data) {
		bytes->failed = true;
		return false;
	}
	bytes->data = data;
	bytes->room = room;
	return true;
}

void bcc_bytes_put(struct bcc_bytes *bytes, const void *data, size_t size)
{
	if (!size || !serialize_make_room(bytes, size))
		return;
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

void bcc_bytes_put_number(struct bcc_bytes *bytes, uint64_t number)
{
	bcc_bytes_put(bytes, &number, sizeof(number));
}

void bcc_bytes_put_block(struct bcc_bytes *bytes, const void *data, size_t size)
{
	bcc_bytes_put_number(bytes, size);
	bcc_bytes_put(bytes, data, size);
}

void bcc_bytes_put_string(struct bcc_bytes *bytes, const char *string)
{
	/* including the NUL, so that the reader can use the string in place */
	bcc_bytes_put_block(bytes, string, string ? strlen(string) + 1 : 0);
}

void bcc_read(struct bcc_reader *reader, void *to, size_t size)
{
	if (reader->failed || size > reader->left) {
		reader->failed = true;
		memset(to, 0, size);
		return;
	}
	memcpy(to, reader->data, size);
	reader->data += size;
	reader->left -= size;
}

uint64_t bcc_read_number(struct bcc_reader *reader)
{
	uint64_t number;

	bcc_read(reader, &number, sizeof(number));
	return number;
}

const void *bcc_read_block(struct bcc_reader *reader, size_t *size)
{
	uint64_t length = bcc_read_number(reader);
	const char *data = reader->data;

	*size = 0;
	if (reader->failed || length > reader->left) {
		reader->failed = true;
		return NULL;
	}
	reader->data += length;
	reader->left -= length;
	*size = length;
	return data;
}

const char *bcc_read_string(struct bcc_reader *reader)
{
	size_t size;
	const char *string = bcc_read_block(reader, &size);

	if (!string || !size || memchr(string, '\0', size) != string + size - 1) {
		reader->failed = true;
		return NULL;
	}
	return string;
}
