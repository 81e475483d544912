/* SPDX-License-Identifier: Apache-2.0 */
#include "diagnostics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/Core.h>

static void diagnostics_add_line(struct diagnostics *d, const char *line)
{
	char *all;

	if (asprintf(&all, "%s%s%s", d->text ? d->text : "", d->text ? "\n" : "", line) < 0)
		return;
	free(d->text);
	d->text = all;
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

	reason = reason ? reason + 3 : name_end;
	if (strstr(reason, "stack limit"))
		reason =
			"its variables need more than the 512 bytes of stack that BPF has; keep large ones in a table "
			"(BPF_PERCPU_ARRAY)";
	snprintf(sentence, sizeof(sentence), "error: in function %.*s: %s", (int)(name_end - name), name,
		reason);
	sentence[strcspn(sentence, "\n")] = '\0';
	if (d->text && strstr(d->text, sentence))
		return;
	snprintf(line, sizeof(line), "%.*s%s%s", place, text, place ? ": " : "", sentence);
	diagnostics_add_line(d, line);
}

void diagnostics_add(struct diagnostics *d, const char *text)
{
	const char *in = strstr(text, ": in function ");

	if (in)
		add_unsupported(d, text, in);
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
