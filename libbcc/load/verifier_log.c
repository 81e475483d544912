/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier prints a source line as "; TEXT" before the instruction it belongs to, "12: (85) call …".
 */
#include "verifier_log.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

#define LOG_SIZE_FIRST (64 * 1024)
#define LOG_SIZE_MAX (16 * 1024 * 1024 - 1) /* kernels before 5.2 reject larger buffers */

int bcc_load_with_log(int (*load)(void *ctx, char *log, size_t size), void *ctx, char **log)
{
	size_t size = LOG_SIZE_FIRST;
	int fd = -ENOMEM;

	for (;;) {
		char *larger = realloc(*log, size);

		if (!larger)
			return fd;
		*log = larger;
		larger[0] = '\0';
		fd = load(ctx, larger, size);
		if (fd != -ENOSPC || size == LOG_SIZE_MAX)
			return fd;
		size = 8 * size < LOG_SIZE_MAX ? 8 * size : LOG_SIZE_MAX;
	}
}

/* The last line record at or before instruction `insn`. */
static bool find_line(const struct bcc_program *p, unsigned long insn, struct bpf_line_info *out)
{
	bool found = false;

	for (size_t i = 0; i < p->line_info_count; i++) {
		struct bpf_line_info line;

		memcpy(&line, (const char *)p->line_info + i * p->line_info_rec_size, sizeof(line));
		if (line.insn_off > insn)
			break;
		*out = line;
		found = true;
	}
	return found;
}

static void write_place(FILE *out, const struct bcc_program *p, const char *next_line)
{
	struct bpf_line_info line;
	const char *file;
	unsigned long insn;
	char *end;

	if (!isdigit((unsigned char)*next_line))
		return;
	insn = strtoul(next_line, &end, 10);
	if (*end != ':' || !find_line(p, insn, &line))
		return;
	file = btf__str_by_offset(p->owner->btf, line.file_name_off);
	if (file)
		fprintf(out, " @ %s:%u", basename(file), BPF_LINE_INFO_LINE_NUM(line.line_col));
}

static bool has_place(const char *line, size_t length)
{
	/* " @ FILE:NUMBER" at the end */
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)line[length - 1 - digits]))
		digits++;
	return digits && digits < length && line[length - 1 - digits] == ':' &&
	       memmem(line, length, " @ ", 3);
}

char *bcc_verifier_log_with_places(const struct bcc_program *p, const char *log)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	while (*log) {
		size_t length = strcspn(log, "\n");
		const char *next = log + length + (log[length] == '\n');

		fwrite(log, 1, length, out);
		if (p->owner->btf && length > 2 && log[0] == ';' && log[1] == ' ' && !has_place(log, length))
			write_place(out, p, next);
		if (log[length] == '\n')
			fputc('\n', out);
		log = next;
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

const char *bcc_verifier_hint(const char *log)
{
	static const struct {
		const char *said, *hint;
	} hints[] = {
		{"invalid mem access 'map_value_or_null'",
			" A lookup returns NULL when the key is not in the table: compare its result with NULL before you use it."},
		{"invalid mem access 'mem_or_null'",
			" Reserving in a ring buffer can fail: compare the result with NULL before you use it."},
		{"invalid mem access 'scalar'",
			" A number is used as a pointer: read kernel memory with bpf_probe_read_kernel()."},
		{"invalid mem access 'inv'",
			" A number is used as a pointer: read kernel memory with bpf_probe_read_kernel()."},
		{"invalid access to packet",
			" Compare each address with the packet's end before you read there."},
		{"invalid indirect read from stack",
			" A variable, or the padding in a struct, was never written: initialise it with = {} or "
			"__builtin_memset()."},
		{"invalid read from stack",
			" A variable, or the padding in a struct, was never written: initialise it with "
			"= {} or __builtin_memset()."},
		{"unbounded memory access",
			" The verifier knows no upper limit of an index or size: compare or mask it first."},
		{"value is outside of the allowed memory range",
			" An index may be past the end: compare it with the size first."},
		{"min value is negative",
			" A size or index may be negative: make it unsigned or compare it with 0 first."},
		{"cannot use helper bpf_override_return",
			" This kernel has no CONFIG_BPF_KPROBE_OVERRIDE, or the program is not a kprobe."},
		{"unknown func bpf_override_return",
			" This kernel has no CONFIG_BPF_KPROBE_OVERRIDE, or the program is not a kprobe."},
		{"is not modifiable",
			" A function's return value can only be changed if it allows error injection or is a security_ function."},
		{"cannot use helper",
			" This kernel does not have that helper, or not for this type of program."},
		{"unknown func", " This kernel does not have that helper, or not for this type of program."},
		{"cannot call GPL-restricted function from non-GPL",
			" The helper is for GPL-compatible programs only: see the license that the text declares."},
		{"back-edge", " Before kernel 5.3 loops must be unrolled: #pragma unroll."},
		{"infinite loop detected", " A loop must have an end that the verifier can see."},
		{"BPF program is too large", " It is too complex: shorten loops, or split it."},
		{"combined stack size",
			" All functions on a path share 512 bytes of stack: keep large structs in a per-CPU array."},
		{"Unreleased reference",
			" What was reserved or acquired must be submitted, discarded or released on every path."},
	};

	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (strstr(log, hints[i].said))
			return hints[i].hint;
	return "";
}
