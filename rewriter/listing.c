/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reduces LLVM's assembly to code, with each group of instructions below the line of the text that it comes
 * from.
 *
 *   before:  .loc 0 22 68   # probe.c:22:68      after:  ; probe.c:22: bpf_get_current_comm(c, 16);
 *            .Ltmp195:                                           w2 = 16
 *            w2 = 16                                             call 16
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "ir.h"

/* Where a file's text is, if the debug information includes it. */
struct source {
	const char *name, *text;
	unsigned name_length, length;
};

struct listing {
	FILE *out;
	struct source sources[64];
	size_t source_count;
	char place[512]; /* "file:line" last shown */
	bool in_function;
	bool shown; /* whether `place` is shown before the instructions that follow */
};

static void add_source(struct listing *l, LLVMMetadataRef scope)
{
	LLVMMetadataRef file = LLVMDIScopeGetFile(scope);
	struct source s = {0};

	if (!file || l->source_count == ARRAY_SIZE(l->sources))
		return;
	s.name = LLVMDIFileGetFilename(file, &s.name_length);
	s.text = LLVMDIFileGetSource(file, &s.length);
	for (size_t i = 0; i < l->source_count; i++)
		if (l->sources[i].name == s.name)
			return;
	if (s.text && s.length)
		l->sources[l->source_count++] = s;
}

static void find_sources(struct listing *l, LLVMModuleRef module)
{
	LLVMMetadataRef location;

	for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
		IR_LIST instructions = ir_instructions(f);

		for (size_t i = 0; i < instructions.count; i++) {
			location = LLVMInstructionGetDebugLoc(instructions.at[i]);
			if (location)
				add_source(l, LLVMDILocationGetScope(location));
		}
	}
}

static void print_source_line(struct listing *l, const char *name, size_t name_length, unsigned line)
{
	const char *at, *end;

	for (size_t i = 0; i < l->source_count; i++) {
		if (l->sources[i].name_length != name_length || memcmp(l->sources[i].name, name, name_length))
			continue;
		end = l->sources[i].text + l->sources[i].length;
		for (at = l->sources[i].text; at && line > 1; line--) {
			at = memchr(at, '\n', end - at);
			at = at ? at + 1 : NULL;
		}
		for (; at && at < end && (*at == ' ' || *at == '\t'); at++)
			;
		for (; at && at < end && *at != '\n'; at++)
			fputc(*at, l->out);
		return;
	}
}

/* "…# file:line:column" at the end of each .loc directive of verbose assembly. */
static void take_location(struct listing *l, const char *text, size_t length)
{
	const char *comment = memmem(text, length, "# ", 2), *column, *line;
	unsigned number;

	if (!comment)
		return;
	comment += 2;
	column = memrchr(comment, ':', text + length - comment);
	line = column ? memrchr(comment, ':', column - comment) : NULL;
	if (!line || (number = strtoul(line + 1, NULL, 10)) == 0 ||
		column - comment >= (long)sizeof(l->place))
		return;
	if (strlen(l->place) == (size_t)(column - comment) && !memcmp(l->place, comment, column - comment))
		return;
	snprintf(l->place, sizeof(l->place), "%.*s", (int)(column - comment), comment);
	l->shown = false;
}

static void show_place(struct listing *l)
{
	char *line = strrchr(l->place, ':');

	if (l->shown || !line)
		return;
	l->shown = true;
	fprintf(l->out, "; %s: ", l->place);
	print_source_line(l, l->place, line - l->place, strtoul(line + 1, NULL, 10));
	fputc('\n', l->out);
}

static void take_line(struct listing *l, const char *text, size_t length)
{
	static const char begins[] = "# -- Begin function ";
	const char *name = memmem(text, length, begins, strlen(begins));

	if (name) {
		name += strlen(begins);
		fprintf(l->out, "%.*s:\n", (int)(text + length - name), name);
		l->in_function = true;
		l->place[0] = '\0';
	} else if (length > 5 && !memcmp(text, "\t.loc", 5)) {
		take_location(l, text, length);
	} else if (length > 10 && !memcmp(text, ".Lfunc_end", 10)) {
		l->in_function = false;
	} else if (!l->in_function || !length) {
		return;
	} else if (!memcmp(text, "LBB", length < 3 ? length : 3)) {
		fprintf(l->out, "%.*s\n", (int)strcspn(text, " \t\n"), text);
	} else if (length > 2 && text[0] == '\t' && text[1] != '.' && text[1] != '#') {
		show_place(l);
		fprintf(l->out, "%.*s\n", (int)length, text);
	}
}

char *ir_listing(LLVMModuleRef module, const char *assembly)
{
	struct listing l = {0};
	char *text = NULL;
	size_t size, length;

	l.out = open_memstream(&text, &size);
	if (!l.out)
		return NULL;
	find_sources(&l, module);
	for (; *assembly; assembly += length + (assembly[length] == '\n')) {
		length = strcspn(assembly, "\n");
		take_line(&l, assembly, length);
	}
	fclose(l.out);
	return text;
}
