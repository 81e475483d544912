/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of programs and libraries: functions, and static probes. */
#include "probes.h"

#include <bcc/usdt.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "libbcc/symbols/elf/elf_table.h"
#include "libbcc/symbols/elf/library_path.h"

/* ---- functions ---- */

/* Where the code at `address` is in the file; false: it is not in an executable segment. */
static bool user_function_offset(const struct bcc_elf_table *table, uint64_t address, uint64_t *offset)
{
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct bcc_elf_segment *segment = &table->segments[i];

		if (!segment->executable || address < segment->address ||
			address - segment->address >= segment->file_size)
			continue;
		*offset = address - segment->address + segment->offset;
		return true;
	}
	return false;
}

static int user_function_report(const struct bcc_probe_search *s, const struct bcc_binary *binary,
	const struct bcc_elf_table *table, const struct bcc_elf_entry *entry)
{
	const char *place = s->opts.binary && strchr(s->opts.binary, '/') ? s->opts.binary : binary->path;
	char detail[64];
	const struct bcc_probe probe = {
		.kind = s->kind,
		.place = place,
		.name = bcc_elf_entry_name(table, entry),
		.result = "",
		.detail = detail,
	};
	uint64_t offset;

	if (!bcc_probe_wanted(s, place, probe.name) || !user_function_offset(table, entry->address, &offset))
		return 0;
	snprintf(detail, sizeof(detail), "offset 0x%" PRIx64, binary->start + offset);
	return s->fn(s->ctx, &probe);
}

int bcc_probes_user_functions(const struct bcc_probe_search *s)
{
	const char *name = s->opts.binary;
	const struct bcc_elf_table *table;
	struct bcc_binary binary;
	struct bcc_root root;
	char program[32];
	int ret;

	snprintf(program, sizeof(program), "/proc/%d/exe", s->opts.pid);
	ret = name ? bcc_binary_open(&s->f->err, name, s->opts.pid, &binary)
		   : bcc_binary_open(&s->f->err, program, 0, &binary);
	if (ret)
		return ret;
	ret = bcc_root_open(name ? s->opts.pid : 0, &root);
	if (ret) {
		ret = bcc_fail_process(&s->f->err, s->opts.pid, ret);
	} else {
		ret = bcc_elf_table_get(&s->f->err, binary.fd, name && strchr(name, '/') ? name : binary.path,
			&root, 0, &table);
		bcc_root_close(&root);
		if (!ret) {
			for (size_t i = 0; i < table->count && !ret; i++)
				ret = user_function_report(s, &binary, table, &table->entries[i]);
			bcc_elf_table_put(table);
		}
	}
	bcc_binary_close(&binary);
	return ret;
}

/* ---- static probes ---- */

#define STATIC_PROBE_ARGUMENTS 12

/* "-4@%edi 8@16(%rsp)": signed if negative, and how many bytes; an operand may have blanks in brackets. */
static size_t static_probe_arguments(const char *text, struct bcc_argument *out)
{
	static const struct {
		int bytes;
		const char *type;
	} types[] = {{1, "u8"}, {2, "u16"}, {4, "u32"}, {8, "u64"}, {-1, "s8"}, {-2, "s16"}, {-4, "s32"},
		{-8, "s64"}};
	static const char *const names[STATIC_PROBE_ARGUMENTS] = {"arg1", "arg2", "arg3", "arg4", "arg5",
		"arg6", "arg7", "arg8", "arg9", "arg10", "arg11", "arg12"};
	size_t count = 0;

	while (*text && count < STATIC_PROBE_ARGUMENTS) {
		char *end;
		long bytes = strtol(text, &end, 10);
		int depth = 0;

		out[count] = (struct bcc_argument){.name = names[count], .type = "long"};
		for (size_t i = 0; *end == '@' && end != text && i < ARRAY_SIZE(types); i++)
			if (types[i].bytes == bytes)
				out[count].type = types[i].type;
		if (*end == 'f' && end[1] == '@')
			out[count].type = bytes == 4 ? "float" : "double";
		count++;
		for (; *text && (depth || *text != ' '); text++)
			depth += *text == '[' || *text == '(' ? 1 : *text == ']' || *text == ')' ? -1 : 0;
		text += strspn(text, " ");
	}
	return count;
}

static int static_probe_report(const struct bcc_probe_search *s, const struct bcc_usdt_info *info)
{
	struct bcc_argument arguments[STATIC_PROBE_ARGUMENTS];
	char name[512];
	struct bcc_probe probe = {
		.kind = s->kind,
		.place = info->binary,
		.name = name,
		.result = "",
		.detail = info->arguments,
	};

	snprintf(name, sizeof(name), "%s:%s", info->provider, info->name);
	if (!bcc_probe_wanted(s, info->binary, name))
		return 0;
	probe.argument_count = static_probe_arguments(info->arguments, arguments);
	probe.arguments = probe.argument_count ? arguments : NULL;
	return s->fn(s->ctx, &probe);
}

static bool static_probe_is_same(const struct bcc_usdt_info *a, const struct bcc_usdt_info *b)
{
	return !strcmp(a->binary, b->binary) && !strcmp(a->provider, b->provider) &&
	       !strcmp(a->name, b->name);
}

int bcc_probes_static(const struct bcc_probe_search *s)
{
	struct bcc_usdt_list *list;
	int ret = bcc_usdt_list_open(s->opts.binary, s->opts.pid, &list);

	if (ret)
		ret = bcc_fail(&s->f->err, ret, "%s", bcc_usdt_list_error(list));
	for (size_t i = 0; !ret && i < bcc_usdt_list_count(list); i++) {
		const struct bcc_usdt_info *info = bcc_usdt_list_at(list, i);

		/* the places of a probe are in a row */
		if (!i || !static_probe_is_same(info, bcc_usdt_list_at(list, i - 1)))
			ret = static_probe_report(s, info);
	}
	bcc_usdt_list_close(list);
	return ret;
}
