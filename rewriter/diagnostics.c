/* SPDX-License-Identifier: Apache-2.0 */
#include "diagnostics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/Core.h>

#include "common/array.h"

static void diagnostics_add_line(struct diagnostics *d, const char *line)
{
	char *all;

	if (asprintf(&all, "%s%s%s", d->text ? d->text : "", d->text ? "\n" : "", line) < 0)
		return;
	free(d->text);
	d->text = all;
}

/* What the back end says, and what it means for the author of a text. */
static const char *diagnostics_plain_reason(const char *reason)
{
	static const struct {
		const char *said, *meant;
	} reasons[] = {
		{"stack limit",
			"its variables need more than the 512 bytes of stack that BPF has; keep large ones in a table "
			"(BPF_PERCPU_ARRAY)"},
		{"built-in function 'memcpy'",
			"memcpy() of more than 1024 bytes, or of a size that is only known at run time; copy "
			"with bpf_probe_read_kernel(to, size, from)"},
		{"built-in function 'memmove'",
			"memmove() of more than 1024 bytes, or of a size that is only known at run time; copy "
			"with bpf_probe_read_kernel(to, size, from)"},
		{"built-in function 'memset'",
			"memset() of more than 1024 bytes, or of a size that is only known at run time; set the "
			"fields that are used, or keep the struct in a BPF_PERCPU_ARRAY, which is zero at first"},
		{"built-in function '__multi3'", "a product of 128 bits; BPF computes with 64"},
		{"built-in function '__udivti3'", "a division of 128 bits; BPF computes with 64"},
		{"built-in function '__divti3'", "a division of 128 bits; BPF computes with 64"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (strstr(reason, reasons[i].said))
			return reasons[i].meant;
	return reason;
}

/*
 * Unsupported code is reported as "file.c:17:91: in function NAME TYPE: reason". This gives it the form of
 * the other errors, and reports it once per function and reason. There is no line for a variable that the
 * compiler made, or for a whole function.
 */
static void add_unsupported(struct diagnostics *d, const char *text, const char *in)
{
	const char *name = in + strlen(": in function "), *name_end = strchrnul(name, ' ');
	const char *reason = strstr(name_end, "): ");
	char sentence[1024], line[2048];
	int place = memmem(text, in - text, ":0:", 3) ? 0 : in - text;

	reason = diagnostics_plain_reason(reason ? reason + 3 : name_end);
	snprintf(sentence, sizeof(sentence), "error: in function %.*s: %s", (int)(name_end - name), name,
		reason);
	sentence[strcspn(sentence, "\n")] = '\0';
	if (d->text && strstr(d->text, sentence))
		return;
	snprintf(line, sizeof(line), "%.*s%s%s", place, text, place ? ": " : "", sentence);
	diagnostics_add_line(d, line);
}

static void diagnostics_add_assembly(struct diagnostics *d, const char *text)
{
	char *line;

	if (asprintf(&line,
		    "error: in asm(), which takes BPF's assembly (\"r1 = r2\"), not this machine's: %s",
		    text) < 0)
		return;
	diagnostics_add_line(d, line);
	free(line);
}

void diagnostics_add(struct diagnostics *d, const char *text)
{
	const char *in = strstr(text, ": in function ");

	if (in)
		add_unsupported(d, text, in);
	else if (!strncmp(text, "<inline asm>", 12))
		diagnostics_add_assembly(d, text);
	else
		diagnostics_add_line(d, text);
}

static void on_diagnostic(LLVMDiagnosticInfoRef info, void *diagnostics)
{
	char *text;

	/* warnings and remarks are about optimisations that LLVM did not make */
	if (LLVMGetDiagInfoSeverity(info) != LLVMDSError)
		return;
	text = LLVMGetDiagInfoDescription(info);
	diagnostics_add(diagnostics, text);
	LLVMDisposeMessage(text);
}

void diagnostics_collect(struct diagnostics *d, LLVMContextRef context)
{
	LLVMContextSetDiagnosticHandler(context, on_diagnostic, d);
}
