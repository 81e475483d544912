/* SPDX-License-Identifier: Apache-2.0 */
#include "unattached.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/program_kind.h"
#include "common/suggestions.h"
#include "common/text_place.h"
#include "libbcc/load/verifier_log.h"
#include "libbcc/log.h"

#define FUNCTIONS_SHOWN 20

int bcc_fail_unknown_program(struct bcc *b, const char *name)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];
	struct bcc_near_names near;

	if (!b->program_count)
		return bcc_fail(&b->err, -ENOENT,
			"the text has no function \"%s\" that can be attached, nor any other: functions that are static or inline, or "
			"whose first argument is not a context, are not",
			name);
	bcc_near_init(&near, name);
	for (size_t i = 0; i < b->program_count; i++)
		bcc_near_offer(&near, b->programs[i].name);
	bcc_near_text(&near, hint, sizeof(hint));
	if (!*hint)
		snprintf(hint, sizeof(hint), "; it has %.128s%s", b->programs[0].name,
			b->program_count > 1 ? " and others" : "");
	return bcc_fail(
		&b->err, -ENOENT, "the text has no function \"%s\" that can be attached%s", name, hint);
}

/* "NAME:LINE" of where it is defined, "": unknown. */
static void unattached_place(const struct bcc_program *p, char *buf, size_t size)
{
	struct bcc_text_place place;

	if (p->owner->text && bcc_text_find_function(p->owner->text, p->name, &place))
		snprintf(buf, size, "%s:%u", p->owner->name, place.line);
	else
		bcc_program_place(p, 0, buf, size);
}

int bcc_fail_at_program(const struct bcc_program *p, int code)
{
	struct bcc_err *err = &p->owner->err;
	char place[512];

	unattached_place(p, place, sizeof(place));
	if (!*place || !err->text || strstr(err->text, place))
		return code;
	err->code = code;
	return bcc_fail_prefix(err, "%s", place);
}

/* "kprobe_vfs_read" and "kprob__vfs_read" were to be "kprobe__vfs_read". */
static bool unattached_like_prefix(const char *name, const char *prefix, char *buf, size_t size)
{
	size_t length = strlen(prefix) - 2; /* without its underscores */
	const char *underscores = strstr(name, "__");
	struct bcc_near_names near;
	char kind[BCC_NEAR_LENGTH], wanted[BCC_NEAR_LENGTH];

	if (!strncmp(name, prefix, length) && name[length] == '_' && name[length + 1] &&
		name[length + 1] != '_') {
		snprintf(buf, size, "; did you mean %s%s, with two underscores?", prefix, name + length + 1);
		return true;
	}
	if (!underscores || underscores - name >= BCC_NEAR_LENGTH)
		return false;
	snprintf(wanted, sizeof(wanted), "%.*s", (int)(underscores - name), name);
	snprintf(kind, sizeof(kind), "%.*s", (int)length, prefix);
	bcc_near_init(&near, wanted);
	bcc_near_offer(&near, kind);
	if (!near.count)
		return false;
	snprintf(buf, size, "; did you mean %s%s?", prefix, underscores + 2);
	return true;
}

static const char *unattached_name_hint(const char *name, char *buf, size_t size)
{
	for (size_t i = 0; i < BCC_KINDS; i++)
		if (bcc_program_kinds[i].function && bcc_program_kinds[i].automatic &&
			unattached_like_prefix(name, bcc_program_kinds[i].function, buf, size))
			return buf;
	snprintf(buf, size, ", which does not say to what");
	return buf;
}

static void unattached_write(FILE *out, const struct bcc_program *p)
{
	struct bcc_program_section section;
	char place[512], hint[512];

	unattached_place(p, place, sizeof(place));
	fprintf(out, "\n  %s%s%s", place, *place ? ": " : "", p->name);
	if (!strncmp(p->section, ".bpf.fn.", 8))
		fputs(unattached_name_hint(p->name, hint, sizeof(hint)), out);
	else if (*p->section == '?')
		fprintf(out,
			": section \"%s\" begins with '?': it is only attached when it is asked for, with bcc_attach_target()",
			p->section);
	else if (bcc_program_section_parse(p->section, &section) && section.kind->automatic)
		fprintf(out, ": section \"%s\" names no target, as SEC(\"%s/TARGET\") does", p->section,
			section.kind->section);
	else if (bcc_program_section_parse(p->section, &section))
		fprintf(out, ": a program in section \"%s\" is attached by its own call", p->section);
	else
		fprintf(out, ": unknown section \"%s\"%s", p->section,
			bcc_program_section_near(p->section, hint, sizeof(hint)));
}

void bcc_explain_none(struct bcc *b)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	if (!b->program_count)
		fputs("nothing to attach: the text has no function that is a program (those that are static or inline, or whose first "
		      "argument is not a context, are not)",
			out);
	else
		fputs("nothing to attach: no function of the text says by its name or section where it goes (kprobe__FUNCTION, "
		      "kretprobe__FUNCTION, tracepoint__CATEGORY__NAME, raw_tracepoint__NAME, KFUNC_PROBE(FUNCTION, …), "
		      "SEC(\"tp/CATEGORY/NAME\"), …); name it so, or attach it with a call such as bcc_attach_kprobe():",
			out);
	for (size_t i = 0; i < b->program_count && i < FUNCTIONS_SHOWN; i++)
		unattached_write(out, &b->programs[i]);
	if (b->program_count > FUNCTIONS_SHOWN)
		fprintf(out, "\n  and %zu others", b->program_count - FUNCTIONS_SHOWN);
	if (!fclose(out) && text) {
		bcc_fail(&b->err, 0, "%s", text);
		bcc_say(b, BCC_LOG_WARN, "%s\n", text);
	}
	free(text);
}
