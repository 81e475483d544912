/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools about block devices share besides their programs: sources, options, names. */
#ifndef TOOLS_BLOCK_TOOL_H
#define TOOLS_BLOCK_TOOL_H

#include <ctype.h>
#include <string.h>

#include "block.h"
#include "buffer.h"
#include "disk.h"
#include "kernel_enum.h"
#include "tool.h"

/* ---- sources ---- */

static const struct tool_source block_sources[] = {
	{.name = "tracepoint block:block_io_start", .programs = "raw_tracepoint__block_io_start"},
	{.name = "tracepoints block:block_getrq, block:block_rq_insert and block:block_rq_issue",
		.programs = "raw_tracepoint__block_getrq raw_tracepoint__block_rq_insert",
		.variable = "by_bio"},
	{0},
};

/* ---- options ---- */

static inline void block_option_disk(const char *argument)
{
	disk_option("only_disk", argument);
}

#define BLOCK_OPTION_DISK                                                                                    \
	OPTION_CUSTOM('d', "disk", "DISK", block_option_disk,                                                \
		"only this disk or partition: sda, sda1, /dev/mapper/root, 8:0")

/* ---- names ---- */

/* "READ", "WriteZeroes" of REQ_OP_WRITE_ZEROES */
static inline void block_add_operation(struct buffer *b, uint32_t operation)
{
	const char *name = kernel_enum_name("req_op", operation);
	bool is_first = true;

	if (!name)
		name = kernel_enum_name("req_opf", operation); /* before 6.0 */
	if (!name || strncmp(name, "REQ_OP_", strlen("REQ_OP_"))) {
		buffer_text(b, "Unknown");
		return;
	}
	for (name += strlen("REQ_OP_"); *name; name++) {
		if (*name != '_')
			buffer_char(b, is_first ? toupper(*name) : tolower(*name));
		is_first = *name == '_';
	}
}

/* A getter's value: "Sync-Write", in the order of BCC's tools. */
static inline void block_value_flags(struct value *value, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{BLOCK_NOWAIT, "NoWait-"},
		{BLOCK_BACKGROUND, "Background-"},
		{BLOCK_RAHEAD, "ReadAhead-"},
		{BLOCK_IDLE, "Idle-"},
		{BLOCK_NOMERGE, "NoMerge-"},
		{BLOCK_PRIO, "Priority-"},
		{BLOCK_FUA, "ForcedUnitAccess-"},
		{BLOCK_META, "Metadata-"},
		{BLOCK_SYNC, "Sync-"},
	};
	static struct buffer text;

	text.size = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].flag)
			buffer_text(&text, names[i].name);
	block_add_operation(&text, flags & BLOCK_OPERATION);
	value_text(value, text.data, text.size);
}

/* Of the operations in and out of a device, the odd ones are out. */
static inline const char *block_letter(uint32_t flags)
{
	uint32_t operation = flags & BLOCK_OPERATION;

	if (operation == BLOCK_FLUSH)
		return "F";
	if (operation == BLOCK_DISCARD || operation == BLOCK_SECURE_ERASE)
		return "D";
	return operation & 1 ? "W" : "R";
}

#endif
