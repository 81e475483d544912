/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <string.h>

#include "c_text.h"
#include "clock.h"
#include "output.h"
#include "trace_view.h"

/* The pipe may be filled faster than it is read. */
enum { MOST_OLD_LINES = 100000, MOST_LINES = 1000 };

static struct writer trace_writer;

static void trace_time(const struct tool_row *row, struct value *value)
{
	(void)row;
	value->kind = VALUE_TIME;
	value->number = clock_now();
}

static const struct tool_column trace_columns[] = {
	COLUMN_BY("TIME", -8, VALUE_TIME, trace_time, ""),
	COLUMN_OF(struct bcc_trace_fields, "PID", 7, pid, ""),
	COLUMN_OF(struct bcc_trace_fields, "COMM", -16, task, ""),
	COLUMN_OF(struct bcc_trace_fields, "CPU", 3, cpu, ""),
	COLUMN_OF(struct bcc_trace_fields, "MESSAGE", 0, message, ""),
	{0},
};

bool trace_view_is_used(const char *source)
{
	static const char *const names[] = {
		"bpf_trace_printk", "bpf_printk", "bpf_trace_vprintk", "bpf_vprintk", NULL};
	struct c_token token;
	bool line_start = true;

	for (; token = c_token_at(source, line_start), token.kind != C_END; source += token.length) {
		line_start = *token.text == '\n' || (line_start && token.kind == C_SPACE);
		for (size_t i = 0; names[i] && token.kind == C_WORD; i++)
			if (strlen(names[i]) == token.length && !strncmp(names[i], token.text, token.length))
				return true;
	}
	return false;
}

static bool trace_view_has_call(const Elf_Data *code)
{
	struct bpf_insn insn;

	for (size_t at = 0; code && code->d_buf && at + sizeof(insn) <= code->d_size; at += sizeof(insn)) {
		memcpy(&insn, (const char *)code->d_buf + at, sizeof(insn));
		if (insn.code == (BPF_LD | BPF_DW | BPF_IMM))
			at += sizeof(insn);
		else if (insn.code == (BPF_JMP | BPF_CALL) && !insn.src_reg &&
			 (insn.imm == BPF_FUNC_trace_printk || insn.imm == BPF_FUNC_trace_vprintk))
			return true;
	}
	return false;
}

bool trace_view_is_used_by_object(const void *object, size_t size)
{
	Elf *elf = NULL;
	Elf_Scn *section = NULL;
	bool is_used = false;
	GElf_Shdr header;

	if (elf_version(EV_CURRENT) != EV_NONE)
		elf = elf_memory((char *)object, size);
	while (elf && !is_used && (section = elf_nextscn(elf, section)))
		is_used = gelf_getshdr(section, &header) && header.sh_flags & SHF_EXECINSTR &&
			  trace_view_has_call(elf_rawdata(section, NULL));
	elf_end(elf);
	return is_used;
}

int trace_view_open(struct bcc *b)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	int ret = 1;

	for (int i = 0; i < MOST_OLD_LINES && ret > 0; i++)
		ret = bcc_trace_fields(b, &fields, 0);
	if (ret < 0)
		return ret;
	writer_init(&trace_writer, output.format, trace_columns, NULL, NULL);
	output_header(&trace_writer);
	return 0;
}

int trace_view_read(struct bcc *b, int timeout)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	int count = 0, ret;

	while (count < MOST_LINES && (ret = bcc_trace_fields(b, &fields, count ? 0 : timeout)) > 0) {
		output_row(&trace_writer, &fields, sizeof(fields));
		count++;
		if (++output.rows == output.most)
			break;
	}
	return ret < 0 && ret != -EINTR ? ret : count;
}

void trace_view_close(void)
{
	writer_free(&trace_writer);
}
