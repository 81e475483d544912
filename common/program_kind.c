/* SPDX-License-Identifier: Apache-2.0 */
#include "program_kind.h"

#include <ctype.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "kernel_bpf.h"
#include "suggestions.h"

#define BPF_PROG_TYPE_NETFILTER KERNEL_BPF_PROG_TYPE_NETFILTER

const struct bcc_program_kind bcc_program_kinds[BCC_KINDS] = {
#define FUNCTION(prefix) .function = (prefix), .function_length = sizeof(prefix) - 1
#define KIND(id, name, program_type, expected_attach_type, ...)                                              \
	[BCC_KIND_##id] = {.section = (name),                                                                \
		.section_length = sizeof(name) - 1,                                                          \
		.type = BPF_PROG_TYPE_##program_type,                                                        \
		.attach_type = (expected_attach_type),                                                       \
		__VA_ARGS__},
#define AUTO(id, name, program_type, expected_attach_type, attach, ...)                                      \
	KIND(id, name, program_type, expected_attach_type, .automatic = true, __VA_ARGS__)
#include "program_kind_list.h"
#undef FUNCTION
#undef KIND
#undef AUTO
};

/* Type BPF_PROG_TYPE_UNSPEC: structs that several program types share. */
static const struct bcc_program_context contexts[] = {
	{"pt_regs", BPF_PROG_TYPE_KPROBE, false},
	{"bpf_perf_event_data", BPF_PROG_TYPE_PERF_EVENT, false},
	{"__sk_buff", BPF_PROG_TYPE_SCHED_CLS, true},
	{"xdp_md", BPF_PROG_TYPE_XDP, true},
	{"sk_msg_md", BPF_PROG_TYPE_SK_MSG, true},
	{"bpf_sock_ops", BPF_PROG_TYPE_SOCK_OPS, true},
	{"bpf_sock_addr", BPF_PROG_TYPE_UNSPEC, true},
	{"bpf_sock", BPF_PROG_TYPE_UNSPEC, true},
	{"bpf_sysctl", BPF_PROG_TYPE_CGROUP_SYSCTL, true},
	{"bpf_sockopt", BPF_PROG_TYPE_UNSPEC, true},
	{"sk_reuseport_md", BPF_PROG_TYPE_SK_REUSEPORT, true},
	{"bpf_sk_lookup", BPF_PROG_TYPE_SK_LOOKUP, true},
	{"bpf_cgroup_dev_ctx", BPF_PROG_TYPE_CGROUP_DEVICE, true},
	{"bpf_flow_keys", BPF_PROG_TYPE_UNSPEC, true},
	{"bpf_nf_ctx", BPF_PROG_TYPE_NETFILTER, true},
	/* keys and values of the table that is iterated over */
	{"bpf_iter__bpf_map_elem", BPF_PROG_TYPE_UNSPEC, true},
	{"bpf_iter__bpf_sk_storage_map", BPF_PROG_TYPE_UNSPEC, true},
};

/* The rest of the section after the kind's name: "" or "/TARGET"; NULL if the section is of another kind. */
static const char *kind_after_name(const struct bcc_program_kind *kind, const char *section, bool *sleepable)
{
	const char *rest = section + kind->section_length;

	if (strncmp(section, kind->section, kind->section_length) != 0)
		return NULL;
	*sleepable = (kind->traits & BCC_TRAIT_SLEEPABLE) && rest[0] == '.' && rest[1] == 's';
	if (*sleepable)
		rest += 2;
	return *rest == '\0' || *rest == '/' ? rest : NULL;
}

/*
 * Before libbpf 1.0, the section of a program that is attached by a call could go on in any way after its
 * kind: "xdp_pass", "classifier_in", "socket1". Other loaders still take that.
 */
static bool kind_by_beginning(const char *section, struct bcc_program_section *out)
{
	static const enum bcc_kind kinds[] = {BCC_KIND_XDP, BCC_KIND_TC, BCC_KIND_CLASSIFIER, BCC_KIND_ACTION,
		BCC_KIND_SOCKET, BCC_KIND_SOCKOPS, BCC_KIND_PERF_EVENT};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[kinds[i]];
		const char *rest = section + kind->section_length;

		if (strncmp(section, kind->section, kind->section_length) || strchr(rest, '/') ||
			(*rest != '_' && *rest != '-' && !isdigit((unsigned char)*rest)))
			continue;
		*out = (struct bcc_program_section){.kind = kind, .target = ""};
		return true;
	}
	return false;
}

bool bcc_program_section_parse(const char *section, struct bcc_program_section *out)
{
	*out = (struct bcc_program_section){0};
	section += *section == '?';
	for (size_t i = 0; i < BCC_KINDS; i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[i];
		bool sleepable;
		const char *rest = kind_after_name(kind, section, &sleepable);

		if (!rest || (out->kind && out->kind->section_length > kind->section_length))
			continue;
		*out = (struct bcc_program_section){.kind = kind,
			.target = *rest == '/' ? rest + 1 : rest,
			.prog_flags = kind->prog_flags | (sleepable ? BPF_F_SLEEPABLE : 0)};
	}
	return out->kind || kind_by_beginning(section, out);
}

const char *bcc_program_section_near(const char *section, char *buf, size_t size)
{
	struct bcc_near_names near;
	char wanted[BCC_NEAR_LENGTH];

	/* what stands before the target: "kprob" of "kprob/vfs_read" */
	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(section, "/"), section);
	bcc_near_init(&near, wanted);
	for (size_t i = 0; i < BCC_KINDS; i++)
		if (!strchr(bcc_program_kinds[i].section, '/'))
			bcc_near_offer(&near, bcc_program_kinds[i].section);
	return bcc_near_text(&near, buf, size);
}

const struct bcc_program_kind *bcc_program_kind_of_function(const char *name, const char **rest)
{
	for (size_t i = 0; i < BCC_KINDS; i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[i];

		if (!kind->function || strncmp(name, kind->function, kind->function_length) != 0)
			continue;
		*rest = name + kind->function_length;
		return kind;
	}
	return NULL;
}

const char *bcc_program_kind_target(const struct bcc_program_kind *kind, const char *rest,
	bool (*is_module)(const char *name, size_t length), char *buf, size_t size)
{
	const char *separator = strstr(rest, "__");
	size_t length = separator ? (size_t)(separator - rest) : 0;

	if (separator && (kind->traits & BCC_TRAIT_CATEGORY))
		snprintf(buf, size, "%.*s/%s", (int)length, rest, separator + 2);
	else if (length && (kind->traits & BCC_TRAIT_MODULE) &&
		 ((length == strlen("vmlinux") && !memcmp(rest, "vmlinux", length)) ||
			 (is_module && is_module(rest, length))))
		snprintf(buf, size, "%s", separator + 2);
	else
		snprintf(buf, size, "%s", rest);
	return buf;
}

const struct bcc_program_kind *bcc_program_kind_of_type(int type, int attach_type)
{
	for (size_t i = 0; i < BCC_KINDS; i++)
		if (bcc_program_kinds[i].type == type && bcc_program_kinds[i].attach_type == attach_type)
			return &bcc_program_kinds[i];
	return NULL;
}

const struct bcc_program_context *bcc_program_context_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(contexts); i++)
		if (strlen(contexts[i].name) == length && !memcmp(contexts[i].name, name, length))
			return &contexts[i];
	return NULL;
}
