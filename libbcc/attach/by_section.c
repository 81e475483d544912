/* SPDX-License-Identifier: Apache-2.0 */
/* Targets as sections write them: SEC("uprobe/PATH:FUNCTION+OFFSET"), SEC("kprobe.multi/GLOB"). */
#include "attach.h"

#include <bcc/usdt.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

/* Cuts "+OFFSET" off `target`. */
static int by_section_offset(struct bcc_program *p, char *target, uint64_t *offset)
{
	char *plus = strrchr(target, '+'), *end;

	*offset = 0;
	if (!plus)
		return 0;
	errno = 0;
	*offset = strtoull(plus + 1, &end, 0);
	if (errno || end == plus + 1 || *end)
		return bcc_fail(
			&p->owner->err, -EINVAL, "\"%s\": \"%s\" is not an offset in bytes", p->name, plus);
	*plus = '\0';
	return 0;
}

/* Cuts `target` at its last colon: a path, and what is in that file. */
static int by_section_path(struct bcc_program *p, char *target, const char **inside)
{
	char *colon = strrchr(target, ':');

	if (!colon || colon == target || !colon[1])
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": its section must name a file and a function, %s/PATH:FUNCTION", p->name,
			p->section[0] ? p->section : "uprobe");
	*colon = '\0';
	*inside = colon + 1;
	return 0;
}

/* "tcp_*" becomes "^tcp_.*$". */
static char *by_section_regex(const char *glob)
{
	char *regex = malloc(2 * strlen(glob) + 3), *to = regex;

	if (!regex)
		return NULL;
	*to++ = '^';
	for (; *glob; glob++) {
		if (*glob == '*')
			*to++ = '.';
		else if (*glob != '?' && strchr(".[]{}()\\^$|+", *glob))
			*to++ = '\\';
		*to++ = *glob == '?' ? '.' : *glob;
	}
	strcpy(to, "$");
	return regex;
}

static int by_section_no_memory(struct bcc_program *p)
{
	return bcc_fail(&p->owner->err, -ENOMEM, "out of memory for the target of \"%s\"", p->name);
}

int bcc_section_kprobe(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	struct bcc_kprobe_opts opts =
		BCC_OPTS(struct bcc_kprobe_opts, .retprobe = kind == BCC_KIND_KRETPROBE);
	bcc_auto_free char *function = strdup(target);
	int ret = function ? by_section_offset(p, function, &opts.offset) : by_section_no_memory(p);

	return ret ? ret : bcc_attach_kprobe(p->owner, p->name, function, &opts, link);
}

int bcc_section_syscall(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_kprobe_opts opts =
		BCC_OPTS(struct bcc_kprobe_opts, .retprobe = kind == BCC_KIND_KRETSYSCALL);
	bcc_auto_free char *function = NULL;

	if (asprintf(&function, "sys_%s", target) < 0) {
		function = NULL;
		return by_section_no_memory(p);
	}
	return bcc_attach_kprobe(p->owner, p->name, function, &opts, link);
}

int bcc_section_uprobe(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	struct bcc_uprobe_opts opts =
		BCC_OPTS(struct bcc_uprobe_opts, .retprobe = kind == BCC_KIND_URETPROBE);
	bcc_auto_free char *path = strdup(target);
	char *end;
	int ret = path ? by_section_path(p, path, &opts.symbol) : by_section_no_memory(p);

	if (!ret)
		ret = by_section_offset(p, (char *)opts.symbol, &opts.offset);
	if (ret)
		return ret;
	opts.address = strtoull(opts.symbol, &end, 0);
	if (end != opts.symbol && !*end)
		opts.symbol = NULL;
	else
		opts.address = 0;
	return bcc_attach_uprobe(p->owner, p->name, path, &opts, link);
}

int bcc_section_kprobes(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_multi_opts opts =
		BCC_OPTS(struct bcc_multi_opts, .retprobe = kind == BCC_KIND_KRETPROBE_MULTI);
	bcc_auto_free char *regex = by_section_regex(target);
	int ret = regex ? bcc_attach_kprobes(p->owner, p->name, regex, &opts, link) : by_section_no_memory(p);

	return ret < 0 ? ret : 0;
}

int bcc_section_uprobes(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_multi_opts opts =
		BCC_OPTS(struct bcc_multi_opts, .retprobe = kind == BCC_KIND_URETPROBE_MULTI);
	bcc_auto_free char *path = strdup(target), *regex = NULL;
	const char *glob;
	int ret = path ? by_section_path(p, path, &glob) : by_section_no_memory(p);

	if (ret)
		return ret;
	regex = by_section_regex(glob);
	ret = regex ? bcc_attach_uprobes(p->owner, p->name, path, regex, &opts, link)
		    : by_section_no_memory(p);
	return ret < 0 ? ret : 0;
}

int bcc_section_usdt(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	bcc_auto_free char *path = strdup(target);
	char *name = path ? strrchr(path, ':') : NULL, *provider = NULL;

	(void)kind;
	if (!path)
		return by_section_no_memory(p);
	if (name) {
		*name++ = '\0';
		provider = strrchr(path, ':');
	}
	if (provider)
		*provider++ = '\0';
	if (!provider || !*path || !*provider || !*name)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": its section must name a file and a static probe, usdt/PATH:PROVIDER:NAME",
			p->name);
	return bcc_attach_usdt(p->owner, p->name, path, provider, name, NULL, link);
}
