/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "progress.h"
#include "source.h"

size_t source_count(const struct tool_source *sources)
{
	size_t n = 0;

	while (sources && sources[n].name)
		n++;
	return n;
}

/* ---- a program's name says where it is attached ---- */

static int source_tracepoint(struct bcc *b, const char *prog, const char *target)
{
	const char *name = strstr(target, "__");
	char category[64];

	/* "syscalls__sys_enter_open" */
	if (!name || name - target >= (int)sizeof(category))
		return -EINVAL;
	memcpy(category, target, name - target);
	category[name - target] = '\0';
	return bcc_attach_tracepoint(b, prog, category, name + 2, NULL);
}

static int source_raw_tracepoint(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_raw_tracepoint(b, prog, target, NULL);
}

static int source_kprobe(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_kprobe(b, prog, target, NULL, NULL);
}

static int source_kretprobe(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_kprobe(b, prog, target, &BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true), NULL);
}

/* KFUNC_PROBE() puts the kernel before the function. */
static const char *source_function(const char *target)
{
	size_t length = strlen("vmlinux__");

	return strncmp(target, "vmlinux__", length) ? target : target + length;
}

static int source_fentry(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_fentry(b, prog, source_function(target), false, NULL);
}

static int source_fexit(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_fentry(b, prog, source_function(target), true, NULL);
}

static int source_fmod_ret(struct bcc *b, const char *prog, const char *target)
{
	return bcc_attach_target(b, prog, target, NULL);
}

static int source_syscall(struct bcc *b, const char *prog, const char *which, const char *name)
{
	char tracepoint[128];

	snprintf(tracepoint, sizeof(tracepoint), "sys_%s_%s", which, name);
	return bcc_attach_tracepoint(b, prog, "syscalls", tracepoint, NULL);
}

static int source_enter(struct bcc *b, const char *prog, const char *target)
{
	return source_syscall(b, prog, "enter", target);
}

static int source_exit(struct bcc *b, const char *prog, const char *target)
{
	return source_syscall(b, prog, "exit", target);
}

static const struct {
	const char *prefix;
	int (*attach)(struct bcc *b, const char *prog, const char *target);
} kinds[] = {
	{"enter__", source_enter}, /* of syscall.bpf.h */
	{"exit__", source_exit},
	{"tracepoint__", source_tracepoint},
	{"raw_tracepoint__", source_raw_tracepoint},
	{"kprobe__", source_kprobe},
	{"kretprobe__", source_kretprobe},
	{"kfunc__", source_fentry},
	{"kretfunc__", source_fexit},
	{"kmod_ret__", source_fmod_ret},
};

/* 1: attached; 0: its name says nothing; or a negative errno. */
static int source_attach_program(struct bcc *b, const struct tool *t, const char *prog)
{
	const char *name = t->target ? t->target(prog) : NULL;

	if (!name)
		name = prog;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t length = strlen(kinds[i].prefix);
		int ret;

		if (strncmp(name, kinds[i].prefix, length))
			continue;
		ret = kinds[i].attach(b, prog, name + length);
		return ret < 0 ? ret : 1;
	}
	return 0;
}

/* ---- which programs ---- */

static bool source_has(const struct tool_source *source, const char *prog)
{
	size_t length = strlen(prog);

	for (const char *at = source->programs; (at = strstr(at, prog)); at += length)
		if ((at == source->programs || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

/* Whether the program belongs to source `index`, or to none. */
static bool source_is_chosen(const struct tool_source *sources, size_t index, const char *prog)
{
	bool in_any = false;

	for (size_t i = 0; i < source_count(sources); i++) {
		if (!source_has(&sources[i], prog))
			continue;
		if (i == index)
			return true;
		in_any = true;
	}
	return !in_any;
}

static bool source_is_syscall(const char *prog)
{
	return !strncmp(prog, "enter__", strlen("enter__")) || !strncmp(prog, "exit__", strlen("exit__"));
}

/* Whether the text has a program of the source: kernels may differ in that. */
static bool source_is_in_text(struct bcc *b, const struct tool_source *source)
{
	for (size_t i = 0; i < bcc_program_count(b); i++)
		if (source_has(source, bcc_program_name(bcc_program_at(b, i))))
			return true;
	return !*source->programs;
}

struct source_progress {
	size_t attached;
	int missing; /* -ENOENT: system calls or functions that this kernel does not have */
};

/* The programs of the source, or the others. */
static int source_attach_some(
	struct bcc *b, const struct tool *t, size_t index, bool own, struct source_progress *progress)
{
	const struct tool_source *source = index < source_count(t->sources) ? &t->sources[index] : NULL;

	for (size_t i = 0; i < bcc_program_count(b); i++) {
		const char *prog = bcc_program_name(bcc_program_at(b, i));
		int ret;

		if (!source_is_chosen(t->sources, index, prog) || (t->needs && !t->needs(prog)) ||
			(source && source_has(source, prog)) != own)
			continue;
		ret = source_attach_program(b, t, prog);
		progress_step();
		if (ret == -ENOENT && (source_is_syscall(prog) || (t->may_lack && t->may_lack(prog)))) {
			progress->missing = ret;
			continue;
		}
		if (ret < 0)
			return ret;
		progress->attached += ret;
	}
	return 0;
}

/* The source's first: if the kernel does not have it, the others have not been loaded for nothing. */
static int source_attach_all(struct bcc *b, const struct tool *t, size_t index, size_t *attached)
{
	struct source_progress progress = {0};
	int ret;

	if (index < source_count(t->sources) && !source_is_in_text(b, &t->sources[index]))
		return -ENOENT;
	ret = source_attach_some(b, t, index, true, &progress);
	if (!ret)
		ret = source_attach_some(b, t, index, false, &progress);
	*attached = progress.attached;
	if (ret || progress.attached)
		return ret;
	/* of a source whose programs are not needed there is nothing either */
	return !progress.missing && index < source_count(t->sources) && *t->sources[index].programs
		       ? -ENOENT
		       : progress.missing;
}

static size_t source_program_count(struct bcc *b, const struct tool *t, size_t index)
{
	size_t count = 0;

	for (size_t i = 0; i < bcc_program_count(b); i++) {
		const char *prog = bcc_program_name(bcc_program_at(b, i));

		count += source_is_chosen(t->sources, index, prog) && !(t->needs && !t->needs(prog));
	}
	return count;
}

bool source_is_offered(struct bcc *b, const struct tool *t, size_t index)
{
	for (size_t i = 0; i < bcc_program_count(b); i++) {
		const char *prog = bcc_program_name(bcc_program_at(b, i));

		if (source_has(&t->sources[index], prog) && (!t->needs || t->needs(prog)))
			return true;
	}
	return false;
}

int source_attach(struct bcc *b, const struct tool *t, size_t index, size_t *attached)
{
	int ret;

	*attached = 0;
	progress_begin(source_program_count(b, t, index), PROGRESS_AFTER_NS);
	ret = source_attach_all(b, t, index, attached);
	progress_end();
	return ret;
}
