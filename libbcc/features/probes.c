/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of probes, and those that other calls list already: tracepoints, functions, system calls. */
#include "probes.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "common/options.h"

/* Two lists at once need two handles: the second is for fields. */
struct probes_tracepoints {
	const struct bcc_probe_search *s;
	struct bcc_features *fields;
	int ret;
};

bool bcc_probe_wanted(const struct bcc_probe_search *s, const char *place, const char *name)
{
	char full[PATH_MAX + 512];

	if (!s->opts.glob || !fnmatch(s->opts.glob, name, 0))
		return true;
	if (!*place || !strchr(s->opts.glob, ':'))
		return false;
	snprintf(full, sizeof(full), "%s:%s", place, name);
	return !fnmatch(s->opts.glob, full, 0);
}

/* ---- tracepoints and system calls ---- */

#define PROBES_MOST_FIELDS 128

/* An array's type is that of its elements, and C has the number behind the name. */
static size_t probes_fields(
	const struct bcc_tracepoint_field *fields, int count, struct bcc_argument *out, char (*types)[128])
{
	size_t kept = 0;

	for (int i = 0; i < count && kept < PROBES_MOST_FIELDS; i++) {
		const struct bcc_tracepoint_field *field = &fields[i];

		if (field->is_dynamic)
			snprintf(types[kept], sizeof(*types), "__data_loc %s[]", field->type);
		else if (field->array_elements)
			snprintf(types[kept], sizeof(*types), "%s[%u]", field->type, field->array_elements);
		else
			snprintf(types[kept], sizeof(*types), "%s", field->type);
		out[kept] = (struct bcc_argument){.name = field->name, .type = types[kept]};
		kept++;
	}
	return kept;
}

static int probes_tracepoint(void *ctx, const char *category, const char *name)
{
	struct probes_tracepoints *t = ctx;
	const struct bcc_tracepoint_field *fields = NULL;
	struct bcc_argument arguments[PROBES_MOST_FIELDS];
	char types[PROBES_MOST_FIELDS][128];
	struct bcc_probe probe = {
		.kind = t->s->kind, .place = category, .name = name, .result = "", .detail = ""};
	int count;

	if (!bcc_probe_wanted(t->s, category, name))
		return 0;
	/* one that is gone meanwhile has no fields */
	count = bcc_tracepoint_fields(t->fields, category, name, &fields);
	probe.argument_count = probes_fields(fields, count, arguments, types);
	probe.arguments = probe.argument_count ? arguments : NULL;
	return t->s->fn(t->s->ctx, &probe);
}

static int probes_syscall(void *ctx, const char *category, const char *name)
{
	struct probes_tracepoints *t = ctx;
	const struct bcc_tracepoint_field *fields = NULL;
	struct bcc_argument arguments[PROBES_MOST_FIELDS];
	char types[PROBES_MOST_FIELDS][128];
	struct bcc_probe probe = {.kind = t->s->kind,
		.place = "",
		.name = name + strlen("sys_enter_"),
		.result = "long",
		.detail = ""};
	int count, skip;

	if (!bcc_probe_wanted(t->s, "", probe.name))
		return 0;
	count = bcc_tracepoint_fields(t->fields, category, name, &fields);
	/* the first is the number of the call */
	skip = count > 0 && !strcmp(fields[0].name, "__syscall_nr");
	probe.argument_count = probes_fields(fields + skip, count - skip, arguments, types);
	probe.arguments = probe.argument_count ? arguments : NULL;
	return t->s->fn(t->s->ctx, &probe);
}

static int probes_of_tracefs(const struct bcc_probe_search *s, const char *regex, bcc_tracepoint_fn fn)
{
	struct probes_tracepoints t = {.s = s};
	int ret = bcc_features_open(&t.fields);

	ret = ret ? bcc_fail(&s->f->err, ret, "out of memory for the kernel's tracepoints")
		  : bcc_tracepoints_each(s->f, regex, fn, &t);
	bcc_features_close(t.fields);
	return ret;
}

static int probes_tracepoints(const struct bcc_probe_search *s)
{
	return probes_of_tracefs(s, NULL, probes_tracepoint);
}

static int probes_syscalls(const struct bcc_probe_search *s)
{
	return probes_of_tracefs(s, "^syscalls:sys_enter_", probes_syscall);
}

/* ---- functions ---- */

static int probes_function(void *ctx, const struct bcc_traceable *function)
{
	const struct bcc_probe_search *s = ctx;
	const struct bcc_probe probe = {
		.kind = s->kind,
		.place = function->module,
		.name = function->name,
		.result = function->result,
		.arguments = function->arguments,
		.argument_count = function->argument_count,
		.detail = "",
		.obstacle = s->kind == BCC_PROBE_KPROBE ? function->no_kprobe : function->no_fentry,
	};

	return bcc_probe_wanted(s, function->module, function->name) ? s->fn(s->ctx, &probe) : 0;
}

/* The plainest patterns as a regular expression, so that only what is wanted is described; false: others. */
static bool probes_regex(const char *glob, char *regex, size_t size)
{
	size_t length = 0;

	if (!glob || strlen(glob) > size / 2 - 2)
		return false;
	regex[length++] = '^';
	for (; *glob; glob++) {
		if (!isalnum((unsigned char)*glob) && !strchr("_*?", *glob))
			return false;
		if (*glob == '*')
			regex[length++] = '.';
		regex[length++] = *glob == '?' ? '.' : *glob;
	}
	regex[length++] = '$';
	regex[length] = '\0';
	return true;
}

static int probes_functions(const struct bcc_probe_search *s)
{
	char regex[256];

	return bcc_features_functions(s->f, probes_regex(s->opts.glob, regex, sizeof(regex)) ? regex : NULL,
		probes_function, (void *)s);
}

/* ---- the kinds ---- */

static const struct probes_kind {
	const char *name;
	int (*each)(const struct bcc_probe_search *s);
} probes_kinds[] = {
	[BCC_PROBE_TRACEPOINT] = {"tracepoint", probes_tracepoints},
	[BCC_PROBE_RAW_TRACEPOINT] = {"raw_tracepoint", bcc_probes_of_types},
	[BCC_PROBE_KPROBE] = {"kprobe", probes_functions},
	[BCC_PROBE_FENTRY] = {"fentry", probes_functions},
	[BCC_PROBE_SYSCALL] = {"syscall", probes_syscalls},
	[BCC_PROBE_LSM] = {"lsm", bcc_probes_of_types},
	[BCC_PROBE_ITERATOR] = {"iter", bcc_probes_of_types},
	[BCC_PROBE_KFUNC] = {"kfunc", bcc_probes_of_types},
	[BCC_PROBE_STRUCT_OPS] = {"struct_ops", bcc_probes_of_types},
	[BCC_PROBE_HARDWARE] = {"hardware", bcc_probes_perf_events},
	[BCC_PROBE_SOFTWARE] = {"software", bcc_probes_perf_events},
	[BCC_PROBE_CACHE] = {"cache", bcc_probes_perf_events},
	[BCC_PROBE_PMU] = {"pmu", bcc_probes_pmu_events},
	[BCC_PROBE_UPROBE] = {"uprobe", bcc_probes_user_functions},
	[BCC_PROBE_USDT] = {"usdt", bcc_probes_static},
};

const char *bcc_probe_kind_name(int kind)
{
	return kind >= 0 && kind < (int)ARRAY_SIZE(probes_kinds) ? probes_kinds[kind].name : NULL;
}

int bcc_probes_each(
	struct bcc_features *f, int kind, const struct bcc_probes_opts *opts, bcc_probe_fn fn, void *ctx)
{
	struct bcc_probe_search s = {.f = f, .kind = kind, .fn = fn, .ctx = ctx};
	int ret;

	if (!f)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&f->err, -EINVAL, "the function to call for each is missing");
	if (!bcc_probe_kind_name(kind))
		return bcc_fail(&f->err, -EINVAL, "%d is no enum bcc_probe_kind", kind);
	ret = bcc_opts(&f->err, &s.opts, sizeof(s.opts), opts);
	if (ret < 0)
		return ret;
	if ((kind == BCC_PROBE_UPROBE || kind == BCC_PROBE_USDT) && !s.opts.binary && s.opts.pid <= 0)
		return bcc_fail(&f->err, -EINVAL, "%s: the file or process that has them is missing",
			probes_kinds[kind].name);
	return probes_kinds[kind].each(&s);
}
