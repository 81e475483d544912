/* SPDX-License-Identifier: Apache-2.0 */
/* The format is described in the kernel's Documentation/bpf/btf.rst, "4.2 .BTF.ext section". */
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "common/section_name.h"
#include "common/sorted_search.h"
#include "btf.h"

struct btf_ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_length;
	uint32_t function_offset, function_length;
	uint32_t line_offset, line_length;
	uint32_t relocation_offset, relocation_length;
};

/* Without relocations, as the first compilers wrote it. */
#define BTF_EXT_HEADER_LEAST offsetof(struct btf_ext_header, relocation_offset)

static int object_btf_ext_damaged(struct bcc_err *err, const char *what)
{
	return bcc_fail(err, -EINVAL, "the compiled object's line information is damaged: %s", what);
}

static uint32_t read_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

uint32_t bcc_btf_ext_offset(
	const struct bcc_btf_ext_info *info, const struct bcc_btf_ext_block *block, uint32_t i)
{
	return read_u32(block->records + (size_t)i * info->record_size);
}

uint32_t bcc_btf_ext_from(
	const struct bcc_btf_ext_info *info, const struct bcc_btf_ext_block *block, uint64_t offset)
{
	return bcc_partition_point(i, block->count, bcc_btf_ext_offset(info, block, i) < offset);
}

const struct bcc_btf_ext_block *bcc_btf_ext_find(const struct bcc_btf_ext_info *info, const char *section)
{
	const struct bcc_name *found = bcc_name_index_find(&info->sections, section);

	return found ? &info->blocks[found->index] : NULL;
}

static int object_btf_ext_add_block(
	struct bcc_btf_ext_info *info, const char *section, const uint8_t *records, uint32_t count)
{
	struct bcc_btf_ext_block *blocks = info->blocks;

	if (!count)
		return 0;
	/* as many as fit into a power of two */
	if (!(info->block_count & (info->block_count - 1)))
		blocks = reallocarray(blocks, info->block_count ? info->block_count * 2 : 1, sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	info->blocks = blocks;
	blocks[info->block_count++] = (struct bcc_btf_ext_block){section, records, count};
	return 0;
}

/* ---- one block for each section, in order ---- */

struct object_btf_ext_record {
	uint32_t section; /* the first block of it */
	uint32_t offset;
	const uint8_t *at;
};

static int object_btf_ext_by_place(const void *a, const void *b)
{
	const struct object_btf_ext_record *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Whether each section has one block, whose offsets ascend: so it is in what compilers write. */
static bool object_btf_ext_is_sorted(const struct bcc_btf_ext_info *info)
{
	for (size_t i = 0; i < info->block_count; i++)
		for (uint32_t j = 1; j < info->blocks[i].count; j++)
			if (bcc_btf_ext_offset(info, &info->blocks[i], j) <
				bcc_btf_ext_offset(info, &info->blocks[i], j - 1))
				return false;
	for (size_t i = 1; i < info->sections.count; i++)
		if (!strcmp(info->sections.names[i].name, info->sections.names[i - 1].name))
			return false;
	return true;
}

static size_t object_btf_ext_list(const struct bcc_btf_ext_info *info, struct object_btf_ext_record *records)
{
	size_t count = 0;

	for (size_t i = 0; i < info->block_count; i++) {
		const struct bcc_btf_ext_block *block = &info->blocks[i];
		uint32_t section = bcc_name_index_find(&info->sections, block->section)->index;

		for (uint32_t j = 0; j < block->count; j++)
			records[count++] =
				(struct object_btf_ext_record){section, bcc_btf_ext_offset(info, block, j),
					block->records + (size_t)j * info->record_size};
	}
	qsort(records, count, sizeof(*records), object_btf_ext_by_place);
	return count;
}

/* Copies the records to `info->sorted`, and makes blocks of them: no more than there were. */
static void object_btf_ext_copy(
	struct bcc_btf_ext_info *info, const struct object_btf_ext_record *records, size_t count)
{
	struct bcc_btf_ext_block *block = NULL;
	size_t blocks = 0;

	for (size_t i = 0; i < count; i++) {
		uint8_t *to = info->sorted + i * info->record_size;

		memcpy(to, records[i].at, info->record_size);
		if (i && records[i].section == records[i - 1].section) {
			block->count++;
			continue;
		}
		/* a section's first block comes before those made of it: the blocks are sorted by that */
		block = &info->blocks[blocks++];
		*block = (struct bcc_btf_ext_block){info->blocks[records[i].section].section, to, 1};
	}
	info->block_count = blocks;
}

static int object_btf_ext_sort(struct bcc_btf_ext_info *info)
{
	struct object_btf_ext_record *records;
	size_t count = 0;

	for (size_t i = 0; i < info->block_count; i++)
		count += info->blocks[i].count;
	if (!count)
		return 0;
	records = calloc(count, sizeof(*records));
	info->sorted = calloc(count, info->record_size);
	if (records && info->sorted)
		object_btf_ext_copy(info, records, object_btf_ext_list(info, records));
	free(records);
	return records && info->sorted ? 0 : -ENOMEM;
}

static int index_sections(struct bcc_btf_ext_info *info, struct bcc_err *err)
{
	if (bcc_name_index_init(&info->sections, info->block_count) < 0)
		return bcc_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < info->block_count; i++)
		bcc_name_index_add(&info->sections, info->blocks[i].section, i);
	bcc_name_index_sort(&info->sections);
	if (object_btf_ext_is_sorted(info))
		return 0;
	if (object_btf_ext_sort(info) < 0)
		return bcc_fail(err, -ENOMEM, "out of memory");
	bcc_name_index_free(&info->sections);
	return index_sections(info, err);
}

/* u32 record size, then for each section: u32 name, u32 count, records. */
static int parse_info(struct bcc_btf_ext_info *info, const uint8_t *data, size_t size, size_t least,
	const struct btf *btf, struct bcc_err *err)
{
	const uint8_t *end = data + size;

	if (size == 0)
		return 0;
	if (size < sizeof(uint32_t))
		return object_btf_ext_damaged(err, "it is cut off");
	info->record_size = read_u32(data);
	if (info->record_size < least || info->record_size % 4 != 0)
		return object_btf_ext_damaged(err, "its records have an impossible size");
	data += sizeof(uint32_t);
	while (data < end) {
		const char *section;
		uint32_t count;

		if (end - data < 8)
			return object_btf_ext_damaged(err, "it is cut off");
		section = btf__str_by_offset(btf, read_u32(data));
		count = read_u32(data + 4);
		data += 8;
		if (!section)
			return object_btf_ext_damaged(err, "it belongs to a section without a name");
		if (count > (size_t)(end - data) / info->record_size)
			return object_btf_ext_damaged(err, "its records are cut off");
		if (object_btf_ext_add_block(info, bcc_section_name(section), data, count) < 0)
			return bcc_fail(err, -ENOMEM, "out of memory");
		data += (size_t)count * info->record_size;
	}
	return index_sections(info, err);
}

int bcc_btf_ext_parse(
	struct bcc_btf_ext *ext, const void *data, size_t size, const struct btf *btf, struct bcc_err *err)
{
	struct btf_ext_header header = {0};
	const uint8_t *body;
	size_t body_size;
	int ret;

	*ext = (struct bcc_btf_ext){0};
	if (size < BTF_EXT_HEADER_LEAST)
		return object_btf_ext_damaged(err, "its header is cut off");
	memcpy(&header, data, BTF_EXT_HEADER_LEAST);
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION)
		return object_btf_ext_damaged(err, "its header is unknown");
	if (header.header_length < BTF_EXT_HEADER_LEAST || header.header_length > size)
		return object_btf_ext_damaged(err, "its header has an impossible size");
	if (header.header_length >= sizeof(header))
		memcpy(&header, data, sizeof(header));
	body = (const uint8_t *)data + header.header_length;
	body_size = size - header.header_length;
	if ((uint64_t)header.function_offset + header.function_length > body_size ||
		(uint64_t)header.line_offset + header.line_length > body_size ||
		(uint64_t)header.relocation_offset + header.relocation_length > body_size)
		return object_btf_ext_damaged(err, "it is cut off");
	ret = parse_info(&ext->functions, body + header.function_offset, header.function_length,
		sizeof(struct bpf_func_info), btf, err);
	if (ret == 0)
		ret = parse_info(&ext->lines, body + header.line_offset, header.line_length,
			sizeof(struct bpf_line_info), btf, err);
	if (ret == 0)
		ret = parse_info(&ext->relocations, body + header.relocation_offset, header.relocation_length,
			sizeof(struct bpf_core_relo), btf, err);
	return ret;
}

static void object_btf_ext_free_info(struct bcc_btf_ext_info *info)
{
	free(info->blocks);
	free(info->sorted);
	bcc_name_index_free(&info->sections);
}

void bcc_btf_ext_free(struct bcc_btf_ext *ext)
{
	object_btf_ext_free_info(&ext->functions);
	object_btf_ext_free_info(&ext->lines);
	object_btf_ext_free_info(&ext->relocations);
	*ext = (struct bcc_btf_ext){0};
}
