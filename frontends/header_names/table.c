/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/sorted_search.h"

enum { VERSION = 1, PART_COUNT = 8 };

struct file_head {
	char magic[8];
	uint32_t version, size;
	struct {
		uint32_t place, count;
	} parts[PART_COUNT];
};

/* Where part `number` is, *count elements of `size` bytes; NULL when it is not in the file whole. */
static const void *table_part(const struct bcc_header_table *table, int number, size_t size, uint32_t *count)
{
	const struct file_head *head = (const struct file_head *)table->data;
	uint64_t place = head->parts[number].place, bytes = (uint64_t)head->parts[number].count * size;

	*count = head->parts[number].count;
	return place % sizeof(uint32_t) || place + bytes > table->size ? NULL : table->data + place;
}

int bcc_header_table_of(struct bcc_header_table *table, const void *data, size_t size)
{
	const struct file_head *head = data;

	*table = (struct bcc_header_table){.data = data, .size = size};
	if (size < sizeof(*head) || memcmp(head->magic, "BCCNAMES", sizeof(head->magic)) ||
		head->version != VERSION || head->size != size)
		return -EBADMSG;
	table->editions = table_part(table, 0, sizeof(*table->editions), &table->edition_count);
	table->headers = table_part(table, 1, sizeof(*table->headers), &table->header_count);
	table->names = table_part(table, 2, sizeof(*table->names), &table->name_count);
	table->definitions = table_part(table, 3, sizeof(*table->definitions), &table->definition_count);
	table->lists = table_part(table, 4, sizeof(*table->lists), &table->list_count);
	table->needs = table_part(table, 5, sizeof(*table->needs), &table->need_count);
	table->includes = table_part(table, 6, sizeof(*table->includes), &table->include_count);
	table->strings = table_part(table, 7, 1, &table->string_size);
	if (!table->editions || !table->headers || !table->names || !table->definitions || !table->lists ||
		!table->needs || !table->includes || !table->strings ||
		table->edition_count > BCC_HEADER_EDITIONS || !table->string_size ||
		table->strings[table->string_size - 1])
		return -EBADMSG;
	return 0;
}

int bcc_header_table_open(struct bcc_header_table *table, const char *path)
{
	bcc_auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *data;
	int ret;

	*table = (struct bcc_header_table){0};
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (st.st_size < (off_t)sizeof(struct file_head) || st.st_size > UINT32_MAX)
		return -EBADMSG;
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	ret = bcc_header_table_of(table, data, st.st_size);
	table->is_mapped = true;
	return ret;
}

void bcc_header_table_close(struct bcc_header_table *table)
{
	if (table->is_mapped)
		munmap((void *)table->data, table->size);
	*table = (struct bcc_header_table){0};
}

const char *bcc_header_table_string(const struct bcc_header_table *table, uint32_t string)
{
	return string < table->string_size ? table->strings + string : "";
}

const struct bcc_header_name *bcc_header_table_find(const struct bcc_header_table *table, const char *name)
{
	size_t at = bcc_partition_point(
		i, table->name_count, strcmp(bcc_header_table_string(table, table->names[i].text), name) < 0);

	return at < table->name_count &&
			       !strcmp(bcc_header_table_string(table, table->names[at].text), name) &&
			       table->names[at].definitions <= BCC_HEADER_MOST_DEFINITIONS
		       ? &table->names[at]
		       : NULL;
}

const struct bcc_header_definition *bcc_header_table_definition(
	const struct bcc_header_table *table, const struct bcc_header_name *name, uint32_t i)
{
	uint64_t at = (uint64_t)name->definition + i;
	const struct bcc_header_definition *d;

	if (i >= name->definitions || at >= table->list_count || table->lists[at] >= table->definition_count)
		return NULL;
	d = &table->definitions[table->lists[at]];
	/* its text ends where it says */
	if ((uint64_t)d->text + d->length >= table->string_size ||
		strnlen(table->strings + d->text, (size_t)d->length + 1) != d->length ||
		d->needs > BCC_HEADER_MOST_NEEDS)
		return NULL;
	return d;
}

const char *bcc_header_table_need(
	const struct bcc_header_table *table, const struct bcc_header_definition *definition, uint32_t i)
{
	uint64_t at = (uint64_t)definition->need + i;

	return i < definition->needs && at < table->need_count
		       ? bcc_header_table_string(table, table->needs[at])
		       : "";
}

const char *bcc_header_table_header(const struct bcc_header_table *table, uint32_t header)
{
	return header < table->header_count ? bcc_header_table_string(table, table->headers[header].path)
					    : "";
}

long bcc_header_table_find_header(const struct bcc_header_table *table, const char *path)
{
	size_t at = bcc_partition_point(
		i, table->header_count, strcmp(bcc_header_table_header(table, i), path) < 0);

	return at < table->header_count && !strcmp(bcc_header_table_header(table, at), path) ? (long)at : -1;
}
