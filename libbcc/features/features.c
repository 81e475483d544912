/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers and types: the enums of the kernel's BTF name them, and most can be tried out. */
#include "features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/kernel_bpf.h"
#include "common/program_kind.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/log.h"

int bcc_features_open(struct bcc_features **out)
{
	if (!out)
		return -EINVAL;
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void bcc_features_close(struct bcc_features *f)
{
	if (!f)
		return;
	bcc_err_clear(&f->err);
	btf__free(f->btf);
	free(f->fields);
	free(f->format);
	free(f);
}

const char *bcc_features_error(const struct bcc_features *f)
{
	if (!f || (f->err.code && !f->err.text))
		return "out of memory";
	return f->err.text ? f->err.text : "";
}

const struct btf *bcc_features_btf(struct bcc_features *f)
{
	BCC_LOG_SCOPE(NULL);

	if (!f->btf_tried)
		f->btf = btf__load_vmlinux_btf();
	f->btf_tried = true;
	return f->btf;
}

int bcc_features_regex(struct bcc_features *f, const char *regex, regex_t *out)
{
	char why[128];
	int ret = regcomp(out, regex ? regex : "", REG_EXTENDED | REG_NOSUB);

	if (!ret)
		return 0;
	regerror(ret, out, why, sizeof(why));
	return bcc_fail(&f->err, ret == REG_ESPACE ? -ENOMEM : -EINVAL,
		"\"%s\" is not a regular expression: %s", regex, why);
}

/* ---- trying out ---- */

/* The kernel refuses those who may not as it refuses what it does not know. Types for packets and types for
 * tracing need different rights. */
int bcc_features_may_try(struct bcc_features *f)
{
	static const enum bpf_prog_type types[] = {BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_XDP};
	const struct bpf_insn insns[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};

	for (size_t i = 0; i < ARRAY_SIZE(types) && !f->may_try; i++) {
		int fd = bpf_prog_load(types[i], NULL, "GPL", insns, ARRAY_SIZE(insns), NULL);

		if (fd == -EPERM)
			return bcc_fail_permission(&f->err, "what this kernel has cannot be tried out");
		if (fd >= 0)
			close(fd);
	}
	f->may_try = true;
	return 0;
}

static int features_answer(int fd)
{
	if (fd < 0)
		return fd == -EPERM ? fd : 0;
	close(fd);
	return 1;
}

/* libbpf's, and what that of the build does not know. */
static int features_try_program_type(unsigned number)
{
	if (number != KERNEL_BPF_PROG_TYPE_NETFILTER)
		return libbpf_probe_bpf_prog_type(number, NULL);
	return features_answer(bcc_features_load(number, KERNEL_BPF_NETFILTER, 1, 0));
}

static int features_try_map_type(unsigned number)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	if (number != KERNEL_BPF_MAP_TYPE_ARENA)
		return libbpf_probe_bpf_map_type(number, NULL);
	/* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange) */
	return features_answer(bpf_map_create(number, NULL, 0, 0, 1, &opts));
}

static int features_state(int kind, unsigned number)
{
	BCC_LOG_SCOPE(NULL);
	int ret = -EOPNOTSUPP;

	if (kind == BCC_FEATURE_PROGRAM_TYPE)
		ret = features_try_program_type(number);
	else if (kind == BCC_FEATURE_MAP_TYPE)
		ret = features_try_map_type(number);
	if (ret < 0)
		return BCC_FEATURE_UNTRIED;
	return ret ? BCC_FEATURE_YES : BCC_FEATURE_NO;
}

/* ---- the enums ---- */

static const char *name_of_program_type(unsigned number)
{
	return libbpf_bpf_prog_type_str(number);
}

static const char *name_of_map_type(unsigned number)
{
	return libbpf_bpf_map_type_str(number);
}

static const struct features_kind {
	const char *type;		      /* the enum */
	const char *prefix;		      /* of the enumerators, left out */
	const char *name_prefix;	      /* in its place */
	const char *(*name)(unsigned number); /* without BTF, may be NULL */
} features_kinds[] = {
	[BCC_FEATURE_HELPER] = {"bpf_func_id", "BPF_FUNC_", "bpf_", NULL},
	[BCC_FEATURE_PROGRAM_TYPE] = {"bpf_prog_type", "BPF_PROG_TYPE_", "", name_of_program_type},
	[BCC_FEATURE_MAP_TYPE] = {"bpf_map_type", "BPF_MAP_TYPE_", "", name_of_map_type},
	[BCC_FEATURE_ATTACH_TYPE] = {"bpf_attach_type", "BPF_", "", NULL},
};

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return length >= end_length && !strcasecmp(name + length - end_length, end);
}

/* Returns false for enumerators that stand for nothing: the first, the number of them, old names. */
static bool features_name(const struct features_kind *kind, const char *enumerator, char *buf, size_t size)
{
	size_t length = strlen(kind->prefix);

	if (strncmp(enumerator, kind->prefix, length) || ends_with(enumerator, "unspec") ||
		ends_with(enumerator, "_deprecated"))
		return false;
	snprintf(buf, size, "%s%s", kind->name_prefix, enumerator + length);
	for (; *buf; buf++)
		*buf = tolower((unsigned char)*buf);
	return true;
}

/* NULL: the kernel has no types, or not this one. */
static const struct btf_type *features_enum(struct bcc_features *f, const struct features_kind *kind)
{
	const struct btf *btf = bcc_features_btf(f);
	int id = btf ? btf__find_by_name_kind(btf, kind->type, BTF_KIND_ENUM) : -ENOENT;

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

struct features_search {
	struct bcc_features *f;
	int kind;
	const regex_t *regex;
	bcc_feature_fn fn;
	void *ctx;
};

static int features_report(const struct features_search *s, const char *name, unsigned number, bool sure)
{
	struct bcc_feature feature = {.name = name, .number = number};

	if (regexec(s->regex, name, 0, NULL, 0))
		return 0;
	feature.state = features_state(s->kind, number);
	return sure && feature.state != BCC_FEATURE_YES ? 0 : s->fn(s->ctx, &feature);
}

static int features_list(const struct features_search *s)
{
	const struct features_kind *kind = &features_kinds[s->kind];
	const struct btf_type *type = features_enum(s->f, kind);
	char name[128];
	int ret = 0;

	for (int i = 0; type && !ret && i < btf_vlen(type); i++) {
		const struct btf_enum *e = &btf_enum(type)[i];

		if (features_name(kind, btf__str_by_offset(s->f->btf, e->name_off), name, sizeof(name)))
			ret = features_report(s, name, e->val, false);
	}
	if (type)
		return ret;
	if (!kind->name)
		return bcc_fail(&s->f->err, -EOPNOTSUPP,
			"this kernel does not describe its types (CONFIG_DEBUG_INFO_BTF), and nothing else lists %s",
			s->kind == BCC_FEATURE_HELPER ? "its helpers" : "what programs can be attached to");
	for (unsigned number = 1; !ret && kind->name(number); number++)
		ret = features_report(s, kind->name(number), number, true);
	return ret;
}

int bcc_features_each(struct bcc_features *f, int kind, const char *regex, bcc_feature_fn fn, void *ctx)
{
	regex_t compiled;
	struct features_search s = {.f = f, .kind = kind, .regex = &compiled, .fn = fn, .ctx = ctx};
	int ret;

	if (!f)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&f->err, -EINVAL, "the function to call for each is missing");
	if (kind < 0 || kind >= (int)ARRAY_SIZE(features_kinds))
		return bcc_fail(&f->err, -EINVAL, "%d is no enum bcc_feature_kind", kind);
	if (kind == BCC_FEATURE_PROGRAM_TYPE || kind == BCC_FEATURE_MAP_TYPE) {
		ret = bcc_features_may_try(f);
		if (ret)
			return ret;
	}
	ret = bcc_features_regex(f, regex, &compiled);
	if (ret)
		return ret;
	ret = features_list(&s);
	regfree(&compiled);
	return ret;
}

/* ---- helpers ---- */

/* Whether programs of these types are loaded for a target, without which nothing can be said. */
static bool needs_target(int type)
{
	return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM || type == BPF_PROG_TYPE_EXT ||
	       type == BPF_PROG_TYPE_STRUCT_OPS;
}

/* Loads a program that only calls the helper. The verifier looks first whether it may be called at all.
 * Returns 1, 0, or a negative errno if this kernel does not load such programs. */
static int features_load_call(unsigned number, int type, int attach_type, uint32_t prog_flags)
{
	static const char *const refusals[] = {"unknown func", "invalid func", "cannot use helper"};
	const struct bpf_insn insns[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = (int)number}, {.code = BPF_JMP | BPF_EXIT}};
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_type, .prog_flags = prog_flags,
		.log_buf = log, .log_size = sizeof(log), .log_level = 1);
	int fd = bpf_prog_load(type, NULL, "GPL", insns, ARRAY_SIZE(insns), &opts);

	if (fd >= 0) {
		close(fd);
		return 1;
	}
	if (!*log)
		return fd;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (strstr(log, refusals[i]))
			return 0;
	return 1; /* it found fault with the arguments */
}

/* Some helpers are for programs of some attach types only: any of them counts. */
static int features_try_helper(struct bcc_features *f, const char *helper, unsigned number, int type)
{
	int best = -EINVAL, ret;
	bool known = false;

	for (size_t i = 0; i < BCC_KINDS && best < 1; i++) {
		const struct bcc_program_kind *kind = &bcc_program_kinds[i];

		if (kind->type != type)
			continue;
		known = true;
		ret = features_load_call(number, type, kind->attach_type, kind->prog_flags);
		best = ret > best ? ret : best;
	}
	if (!known)
		best = features_load_call(number, type, 0, 0);
	if (best < 0)
		return bcc_fail(&f->err, -EOPNOTSUPP,
			"%s cannot be tried out: this kernel refuses to load programs of type %d: %s", helper,
			type, strerror(-best));
	return best;
}

static int find_number(void *ctx, const struct bcc_feature *feature)
{
	*(unsigned *)ctx = feature->number;
	return 1;
}

int bcc_features_helper(struct bcc_features *f, const char *helper, int type)
{
	char regex[128];
	unsigned number;
	int ret;

	if (!f)
		return -EINVAL;
	if (!helper || strspn(helper, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(helper))
		return bcc_fail(&f->err, helper ? -ENOENT : -EINVAL, "no helper has the name \"%s\"",
			helper ? helper : "");
	snprintf(regex, sizeof(regex), "^%s$", helper);
	ret = bcc_features_each(f, BCC_FEATURE_HELPER, regex, find_number, &number);
	if (ret < 0)
		return ret;
	if (!ret)
		return bcc_fail(&f->err, -ENOENT, "this kernel has no helper \"%s\"", helper);
	ret = bcc_features_may_try(f);
	if (ret)
		return ret;
	if (needs_target(type))
		return bcc_fail(&f->err, -EOPNOTSUPP,
			"%s cannot be tried out: what programs of type %d may call depends on their target",
			helper, type);
	return features_try_helper(f, helper, number, type);
}
