/* SPDX-License-Identifier: Apache-2.0 */
/* Writes zip archives (APPNOTE 6.3, sections 4.3.7 to 4.3.16), whose files are stored as they are. */
#ifndef TESTS_UNIT_SMALL_ZIP_H
#define TESTS_UNIT_SMALL_ZIP_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct zip_file {
	const char *name;
	const void *bytes;
	uint32_t size;
	uint16_t method; /* 0: stored; the bytes are written as they are whatever it is */
	uint16_t flags;	 /* 1: encrypted */
	uint32_t offset; /* set to where its bytes are */
};

struct zip_local_header {
	uint32_t signature;
	uint16_t version, flags, method, time, date;
	uint32_t crc, size, full_size;
	uint16_t name_length, extra_length;
} __attribute__((packed));

struct zip_central_header {
	uint32_t signature;
	uint16_t made_by, version, flags, method, time, date;
	uint32_t crc, size, full_size;
	uint16_t name_length, extra_length, comment_length, disk, internal;
	uint32_t external, offset;
} __attribute__((packed));

struct zip_end {
	uint32_t signature;
	uint16_t disk, central_disk, count_here, count;
	uint32_t central_size, central_offset;
	uint16_t comment_length;
} __attribute__((packed));

/* The bytes of each file begin at a multiple of `alignment`, as in Android's packages. */
static inline void write_zip(FILE *out, struct zip_file *files, int count, uint32_t alignment)
{
	static const char zeros[65536];
	uint32_t headers[16];
	struct zip_end end = {
		.signature = 0x06054b50, .count_here = (uint16_t)count, .count = (uint16_t)count};

	for (int i = 0; i < count; i++) {
		struct zip_file *f = &files[i];
		uint16_t length = (uint16_t)strlen(f->name);
		uint32_t at = (uint32_t)ftell(out), bytes = at + sizeof(struct zip_local_header) + length;

		headers[i] = at;
		f->offset = (bytes + alignment - 1) / alignment * alignment;
		fwrite(&(struct zip_local_header){.signature = 0x04034b50,
			       .version = 10,
			       .flags = f->flags,
			       .method = f->method,
			       .size = f->size,
			       .full_size = f->size,
			       .name_length = length,
			       .extra_length = (uint16_t)(f->offset - bytes)},
			sizeof(struct zip_local_header), 1, out);
		fwrite(f->name, length, 1, out);
		fwrite(zeros, f->offset - bytes, 1, out);
		fwrite(f->bytes, f->size, 1, out);
	}
	end.central_offset = (uint32_t)ftell(out);
	for (int i = 0; i < count; i++) {
		const struct zip_file *f = &files[i];
		uint16_t length = (uint16_t)strlen(f->name);

		fwrite(&(struct zip_central_header){.signature = 0x02014b50,
			       .made_by = 10,
			       .version = 10,
			       .flags = f->flags,
			       .method = f->method,
			       .size = f->size,
			       .full_size = f->size,
			       .name_length = length,
			       .offset = headers[i]},
			sizeof(struct zip_central_header), 1, out);
		fwrite(f->name, length, 1, out);
	}
	end.central_size = (uint32_t)ftell(out) - end.central_offset;
	fwrite(&end, sizeof(end), 1, out);
}

#endif
