/* SPDX-License-Identifier: Apache-2.0 */
/* Targets as users type them: "uprobe:/bin/bash:readline", "profile:99", "eth0". */
#include <bcc/usdt.h>

#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "attach.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL

/* ---- samples ---- */

/* A number, after "WORD:" if that is there; 0: it is none. */
static uint64_t by_target_number(const char *text, const char *word)
{
	size_t length = strlen(word);
	uint64_t number;
	char *end;

	if (!strncmp(text, word, length) && text[length] == ':')
		text += length + 1;
	if (!isdigit((unsigned char)*text))
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	return errno || *end ? 0 : number;
}

static int by_target_profile(struct bcc_program *p, const char *target, struct bcc_link **link)
{
	struct bcc_perf_event_opts opts = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK, .cpu = -1, .sample_freq = by_target_number(target, "hz"));

	if (!opts.sample_freq)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": profile:%s says no frequency; it is written profile:hz:99", p->name, target);
	return bcc_attach_perf_event(p->owner, p->name, &opts, link);
}

static int by_target_interval(struct bcc_program *p, const char *target, struct bcc_link **link)
{
	struct bcc_perf_event_opts opts = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK, .cpu = 0);
	bool is_ms = !strncmp(target, "ms:", 3);
	uint64_t number = by_target_number(target, is_ms ? "ms" : "s");

	if (!number || number > UINT32_MAX)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": interval:%s says no time; it is written interval:s:1 or interval:ms:100",
			p->name, target);
	opts.sample_period = number * (is_ms ? NS_PER_MS : NS_PER_S);
	return bcc_attach_perf_event(p->owner, p->name, &opts, link);
}

/* ---- static probes ---- */

static int by_target_usdt(struct bcc_program *p, const char *target, struct bcc_link **link)
{
	bcc_auto_free char *path = strdup(target);
	char *name = path ? strrchr(path, ':') : NULL, *provider;

	if (!path)
		return bcc_fail(&p->owner->err, -ENOMEM, "out of memory");
	if (name)
		*name++ = '\0';
	provider = name ? strrchr(path, ':') : NULL;
	if (!provider || provider == path || !*name)
		return bcc_fail(&p->owner->err, -EINVAL,
			"\"%s\": usdt:%s names no static probe; it is written usdt:PATH:PROVIDER:NAME",
			p->name, target);
	*provider++ = '\0';
	return bcc_attach_usdt(p->owner, p->name, path, *provider ? provider : NULL, name, NULL, link);
}

/* ---- devices, cgroups, namespaces, tables ---- */

static int by_target_tc(struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_netkit_opts netkit =
		BCC_OPTS(struct bcc_netkit_opts, .peer = kind == BCC_KIND_NETKIT_PEER);
	const struct bcc_tc_opts tc = BCC_OPTS(
		struct bcc_tc_opts, .egress = kind == BCC_KIND_TC_EGRESS || kind == BCC_KIND_TCX_EGRESS);

	if (kind == BCC_KIND_NETKIT_PRIMARY || kind == BCC_KIND_NETKIT_PEER)
		return bcc_attach_netkit(p->owner, p->name, target, &netkit, link);
	return bcc_attach_tc(p->owner, p->name, target, &tc, link);
}

static int by_target_cgroup(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_cgroup_opts opts =
		BCC_OPTS(struct bcc_cgroup_opts, .hook = bcc_program_kinds[kind].section);

	/* of a section with more than the kind, lsm_cgroup/HOOK, the call reads the rest */
	return bcc_attach_cgroup(p->owner, p->name, target, kind == BCC_KIND_LSM_CGROUP ? NULL : &opts, link);
}

static int by_target_without_function(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	const struct bcc_program_kind *k = &bcc_program_kinds[kind];

	switch (k->type) {
	case BPF_PROG_TYPE_XDP:
		if (k->attach_type != BPF_XDP)
			break;
		return bcc_attach_xdp(p->owner, p->name, target, NULL, link);
	case BPF_PROG_TYPE_SCHED_CLS:
		return by_target_tc(p, kind, target, link);
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case BPF_PROG_TYPE_SK_LOOKUP:
		return bcc_attach_netns(p->owner, p->name, target, link);
	case BPF_PROG_TYPE_SK_MSG:
	case BPF_PROG_TYPE_SK_SKB:
		return bcc_attach_sockmap(p->owner, p->name, target, link);
	case BPF_PROG_TYPE_SOCK_OPS:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_CGROUP_DEVICE:
		return by_target_cgroup(p, kind, target, link);
	default:
		if (kind == BCC_KIND_LSM_CGROUP)
			return by_target_cgroup(p, kind, target, link);
		if (kind == BCC_KIND_USDT)
			return by_target_usdt(p, target, link);
		break;
	}
	return bcc_fail(&p->owner->err, -EOPNOTSUPP,
		"\"%s\": programs of section \"%s\" are not attached to a target", p->name, k->section);
}

/* ---- which kind ---- */

/* The kind that `target` begins with, and what follows its colon; NULL: it begins with none. */
static const struct bcc_program_kind *by_target_kind(const char *target, const char **rest)
{
	size_t length = strcspn(target, ":");

	for (size_t i = 0; i < BCC_KINDS && target[length]; i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[i];

		if (kind->section_length != length || strncmp(kind->section, target, length) != 0)
			continue;
		*rest = target + length + 1;
		return kind;
	}
	return NULL;
}

/* The kind of a program that says by itself what it is; NULL: it does not. */
static const struct bcc_program_kind *by_target_kind_of(const struct bcc_program *p)
{
	struct bcc_program_section section;
	const struct bcc_program_kind *kind;
	const char *rest;

	if (bcc_program_section_parse(p->section, &section))
		return section.kind;
	kind = bcc_program_kind_of_function(p->name, &rest);
	return kind;
}

/* "sched:sched_switch" as in a section, "sched/sched_switch". */
static int by_target_tracepoint(
	struct bcc_program *p, enum bcc_kind kind, const char *target, struct bcc_link **link)
{
	bcc_auto_free char *written = strdup(target);
	char *colon = written ? strchr(written, ':') : NULL;

	if (!written)
		return bcc_fail(&p->owner->err, -ENOMEM, "out of memory");
	if (colon)
		*colon = '/';
	return bcc_attach_functions[kind](p, kind, written, link);
}

int bcc_attach_target(struct bcc *b, const char *prog, const char *target, struct bcc_link **link)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	const struct bcc_program_kind *kind;
	const char *rest = target;
	enum bcc_kind number;

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!target || !*target)
		return bcc_fail(&b->err, -EINVAL, "\"%s\": the target is missing", prog);
	if (!strncmp(target, "profile:", 8))
		return by_target_profile(p, target + 8, link);
	if (!strncmp(target, "interval:", 9))
		return by_target_interval(p, target + 9, link);
	kind = by_target_kind(target, &rest);
	if (!kind)
		kind = by_target_kind_of(p);
	if (!kind)
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\": neither its section nor the target \"%s\" says what kind of program it is; write for example "
			"kprobe:%s",
			prog, target, target);
	if (!*rest)
		return bcc_fail(&b->err, -EINVAL, "\"%s\": the target must follow %s:", prog, kind->section);
	number = kind - bcc_program_kinds;
	if (number == BCC_KIND_TRACEPOINT || number == BCC_KIND_TP)
		return by_target_tracepoint(p, number, rest, link);
	if (number == BCC_KIND_PERF_EVENT)
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\": \"%s\" says no samples; write profile:hz:99 or interval:s:1", prog, target);
	if (bcc_attach_functions[number])
		return bcc_attach_functions[number](p, number, rest, link);
	return by_target_without_function(p, number, rest, link);
}
