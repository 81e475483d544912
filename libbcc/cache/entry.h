/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One cached object as a file: a header with the checksum of the rest; then the request that it was compiled
 * for, dependencies, messages, and the object. Numbers are in this machine's byte order: the header's check
 * rejects others.
 */
#ifndef LIBBCC_CACHE_ENTRY_H
#define LIBBCC_CACHE_ENTRY_H

#include "common/serialize.h"
#include "compile_output.h"

/* Writes it to `out`, which must be empty; returns false when out of memory. */
bool bcc_entry_write(struct bcc_bytes *out, const void *request, size_t request_size,
	const struct bcc_record *record, const void *object, size_t object_size);

/* Parts of an entry; they point into its data. */
struct bcc_entry {
	const void *request;
	size_t request_size;
	struct bcc_reader dependencies, messages;
	size_t dependency_count, message_count;
	const void *object;
	size_t object_size;
};

/* Returns false unless the data is a complete, undamaged entry of this version. */
bool bcc_entry_read(const void *data, size_t size, struct bcc_entry *entry);

/* Reads the next dependency or message; returns false if it is damaged. */
bool bcc_entry_dependency(struct bcc_entry *entry, struct bcc_dependency *out);
bool bcc_entry_message(struct bcc_entry *entry, int *level, const char **text);

#endif
