/* SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

/* the number changes with every change of what follows the header, too */
#define MAGIC "bccobj\0\1"

struct header {
	char magic[8];
	uint64_t size; /* of the file */
	struct bcc_hash checksum;
};

static void put_dependencies(struct bcc_bytes *out, const struct bcc_record *record)
{
	struct bcc_bytes all = {0};

	for (size_t i = 0; i < record->dependency_count; i++)
		bcc_put_dependency(&all, &record->dependencies[i]);
	bcc_bytes_put_number(out, record->dependency_count);
	bcc_bytes_put_block(out, all.data, all.size);
	out->failed |= all.failed;
	free(all.data);
}

static void put_messages(struct bcc_bytes *out, const struct bcc_record *record)
{
	struct bcc_bytes all = {0};

	for (size_t i = 0; i < record->message_count; i++) {
		bcc_bytes_put_number(&all, record->messages[i].level);
		bcc_bytes_put_string(&all, record->messages[i].text);
	}
	bcc_bytes_put_number(out, record->message_count);
	bcc_bytes_put_block(out, all.data, all.size);
	out->failed |= all.failed;
	free(all.data);
}

bool bcc_entry_write(struct bcc_bytes *out, const void *request, size_t request_size,
	const struct bcc_record *record, const void *object, size_t object_size)
{
	struct header header = {.magic = MAGIC};

	bcc_bytes_put(out, &header, sizeof(header));
	bcc_bytes_put_block(out, request, request_size);
	put_dependencies(out, record);
	put_messages(out, record);
	bcc_bytes_put_block(out, object, object_size);
	if (out->failed)
		return false;
	header.size = out->size;
	header.checksum = bcc_hash(out->data + sizeof(header), out->size - sizeof(header));
	memcpy(out->data, &header, sizeof(header));
	return true;
}

static struct bcc_reader read_reader(struct bcc_reader *reader)
{
	size_t size;
	const void *data = bcc_read_block(reader, &size);

	return (struct bcc_reader){.data = data, .left = size};
}

bool bcc_entry_read(const void *data, size_t size, struct bcc_entry *entry)
{
	struct bcc_reader reader = {.data = data, .left = size};
	struct header header;

	bcc_read(&reader, &header, sizeof(header));
	if (reader.failed || memcmp(header.magic, MAGIC, sizeof(header.magic)) != 0 || header.size != size ||
		!bcc_hash_equal(header.checksum, bcc_hash(reader.data, reader.left)))
		return false;
	entry->request = bcc_read_block(&reader, &entry->request_size);
	entry->dependency_count = bcc_read_number(&reader);
	entry->dependencies = read_reader(&reader);
	entry->message_count = bcc_read_number(&reader);
	entry->messages = read_reader(&reader);
	entry->object = bcc_read_block(&reader, &entry->object_size);
	return !reader.failed && reader.left == 0;
}

bool bcc_entry_dependency(struct bcc_entry *entry, struct bcc_dependency *out)
{
	return bcc_read_dependency(&entry->dependencies, out);
}

bool bcc_entry_message(struct bcc_entry *entry, int *level, const char **text)
{
	*level = bcc_read_number(&entry->messages);
	*text = bcc_read_string(&entry->messages);
	return !entry->messages.failed;
}
