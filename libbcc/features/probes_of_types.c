/* SPDX-License-Identifier: Apache-2.0 */
/* What the types of the kernel and its modules tell of where programs attach, and what they call. */
#include "probes.h"

#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/name_index.h"
#include "libbcc/attach/lsm.h"
#include "libbcc/kernel/btf_folder.h"
#include "libbcc/log.h"
#include "prototypes.h"

/* The types of the kernel or of a module, from number `first` on. */
struct probes_types {
	const struct bcc_probe_search *s;
	const struct btf *btf;
	uint32_t first;
	const char *module;
	const char *obstacle;
	struct bcc_name_index functions;
	struct bcc_prototypes prototypes;
	bool tags; /* something says which functions programs may call */
};

static const char *probes_type_name(const struct probes_types *t, const struct btf_type *type)
{
	return btf__str_by_offset(t->btf, type->name_off);
}

/* What follows the prefix; NULL: it has another, or nothing follows. */
static const char *probes_after(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(name, prefix, length) || !name[length] ? NULL : name + length;
}

static const struct btf_type *probes_prototype(const struct probes_types *t, const struct btf_type *function)
{
	const struct btf_type *prototype = btf__type_by_id(t->btf, function->type);

	return prototype && btf_is_func_proto(prototype) ? prototype : NULL;
}

static int probes_report(struct probes_types *t, const char *name, const struct bcc_prototype *described)
{
	const struct bcc_probe probe = {
		.kind = t->s->kind,
		.place = t->module,
		.name = name,
		.result = described->result ? described->result : "",
		.arguments = described->arguments,
		.argument_count = described->count,
		.detail = "",
		.obstacle = t->obstacle,
	};

	return t->s->fn(t->s->ctx, &probe);
}

static int probes_no_memory(const struct probes_types *t)
{
	return bcc_fail(&t->s->f->err, -ENOMEM, "out of memory for the kernel's types");
}

/* `prototype` may be NULL. */
static int probes_report_function(
	struct probes_types *t, const char *name, const struct btf_type *prototype, size_t skip)
{
	struct bcc_prototype described = {.result = ""};

	if (!bcc_probe_wanted(t->s, t->module, name))
		return 0;
	if (prototype && bcc_prototypes_function(&t->prototypes, prototype, skip, &described) == -ENOMEM)
		return probes_no_memory(t);
	/* what the function returns that calls all listeners is not theirs */
	if (t->s->kind == BCC_PROBE_RAW_TRACEPOINT)
		described.result = "";
	return probes_report(t, name, &described);
}

/* The function PREFIXname; NULL: there is none. */
static const struct btf_type *probes_find_function(
	const struct probes_types *t, const char *prefix, const char *name)
{
	char full[256];
	const struct bcc_name *found;

	snprintf(full, sizeof(full), "%s%s", prefix, name);
	found = bcc_name_index_find(&t->functions, full);
	return found ? btf__type_by_id(t->btf, found->index) : NULL;
}

/* ---- a type each ---- */

/* "btf_trace_NAME" is a pointer to a prototype without names; the function that calls all listeners has them.
 * The first argument is the listener's own. */
static int probes_raw_tracepoint(struct probes_types *t, const struct btf_type *type)
{
	const char *name =
		btf_is_typedef(type) ? probes_after(probes_type_name(t, type), "btf_trace_") : NULL;
	const struct btf_type *caller = name ? probes_find_function(t, "__traceiter_", name) : NULL;
	const struct btf_type *pointer = name ? btf__type_by_id(t->btf, type->type) : NULL;
	const struct btf_type *prototype = caller ? probes_prototype(t, caller) : NULL;

	if (name && !prototype && pointer && btf_is_ptr(pointer))
		prototype = probes_prototype(t, pointer);
	return name ? probes_report_function(t, name, prototype, 1) : 0;
}

static bool probes_takes_iter_meta(const struct probes_types *t, const struct btf_type *prototype)
{
	const struct btf_type *type;

	if (!btf_vlen(prototype))
		return false;
	type = btf__type_by_id(t->btf, btf_params(prototype)->type);
	type = type && btf_is_ptr(type) ? btf__type_by_id(t->btf, type->type) : NULL;
	return type && btf_is_struct(type) && !strcmp(probes_type_name(t, type), "bpf_iter_meta");
}

/* Iterators that programs call have similar names, and other arguments. */
static int probes_iterator(struct probes_types *t, const struct btf_type *type)
{
	const char *name = btf_is_func(type) ? probes_after(probes_type_name(t, type), "bpf_iter_") : NULL;
	const struct btf_type *prototype = name ? probes_prototype(t, type) : NULL;

	return prototype && probes_takes_iter_meta(t, prototype)
		       ? probes_report_function(t, name, prototype, 0)
		       : 0;
}

static int probes_kfunc(struct probes_types *t, const struct btf_type *type)
{
	const struct btf_type *function;

	if (!btf_is_decl_tag(type) || strcmp(probes_type_name(t, type), "bpf_kfunc"))
		return 0;
	t->tags = true;
	function = btf__type_by_id(t->btf, type->type);
	if (!function || !btf_is_func(function))
		return 0;
	return probes_report_function(t, probes_type_name(t, function), probes_prototype(t, function), 0);
}

/* "bpf_struct_ops_NAME" is what the kernel keeps such a struct in: its member "data" is the struct. */
static int probes_struct_ops(struct probes_types *t, const struct btf_type *type)
{
	const char *name =
		btf_is_struct(type) ? probes_after(probes_type_name(t, type), "bpf_struct_ops_") : NULL;
	struct bcc_prototype described = {.result = ""};

	for (int i = 0; name && i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const struct btf_type *data = btf__type_by_id(t->btf, member->type);

		if (!data || !btf_is_struct(data) ||
			strcmp(btf__str_by_offset(t->btf, member->name_off), "data") ||
			strcmp(probes_type_name(t, data), name) || !bcc_probe_wanted(t->s, t->module, name))
			continue;
		if (bcc_prototypes_members(&t->prototypes, data, &described) == -ENOMEM)
			return probes_no_memory(t);
		return probes_report(t, name, &described);
	}
	return 0;
}

/* Hooks are the members of a union; what programs attach to is a function for each. */
static int probes_lsm(struct probes_types *t, const struct btf_type *type)
{
	int ret = 0;

	if (!btf_is_union(type) || strcmp(probes_type_name(t, type), "security_list_options"))
		return 0;
	for (int i = 0; !ret && i < btf_vlen(type); i++) {
		const char *name = btf__str_by_offset(t->btf, btf_members(type)[i].name_off);
		const struct btf_type *function = probes_find_function(t, "bpf_lsm_", name);

		if (function)
			ret = probes_report_function(t, name, probes_prototype(t, function), 0);
	}
	return ret;
}

/* ---- all types ---- */

static int probes_type(struct probes_types *t, const struct btf_type *type)
{
	switch (t->s->kind) {
	case BCC_PROBE_RAW_TRACEPOINT:
		return probes_raw_tracepoint(t, type);
	case BCC_PROBE_ITERATOR:
		return probes_iterator(t, type);
	case BCC_PROBE_KFUNC:
		return probes_kfunc(t, type);
	case BCC_PROBE_STRUCT_OPS:
		return probes_struct_ops(t, type);
	default:
		return probes_lsm(t, type);
	}
}

/* The functions that others are described by. */
static int probes_index(struct probes_types *t)
{
	const char *prefix = t->s->kind == BCC_PROBE_RAW_TRACEPOINT ? "__traceiter_"
			     : t->s->kind == BCC_PROBE_LSM	    ? "bpf_lsm_"
								    : NULL;
	uint32_t count = btf__type_cnt(t->btf);

	if (!prefix)
		return 0;
	if (bcc_name_index_init(&t->functions, count - t->first) < 0)
		return -ENOMEM;
	for (uint32_t id = t->first; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(t->btf, id);

		if (btf_is_func(type) && probes_after(probes_type_name(t, type), prefix))
			bcc_name_index_add(&t->functions, probes_type_name(t, type), id);
	}
	bcc_name_index_sort(&t->functions);
	return 0;
}

static int probes_each_type(struct probes_types *t)
{
	int ret = 0;

	if (bcc_prototypes_open(&t->prototypes, t->btf) < 0 || probes_index(t) < 0)
		ret = probes_no_memory(t);
	for (uint32_t id = t->first; !ret && id < btf__type_cnt(t->btf); id++)
		ret = probes_type(t, btf__type_by_id(t->btf, id));
	bcc_prototypes_close(&t->prototypes);
	bcc_name_index_free(&t->functions);
	return ret;
}

/* A module that is gone meanwhile, or has no types, has no probes. */
static int probes_module(struct probes_types *t, const char *name, struct btf *kernel)
{
	struct btf *btf;
	int ret;
	BCC_LOG_SCOPE(NULL);

	btf = btf__load_module_btf(name, kernel);
	if (!btf)
		return 0;
	t->btf = btf;
	t->first = btf__type_cnt(kernel);
	t->module = name;
	ret = probes_each_type(t);
	btf__free(btf);
	return ret;
}

static int probes_modules(struct probes_types *t, struct btf *kernel)
{
	bcc_auto_fd int folder = bcc_btf_folder_open();
	int fd = folder < 0 ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bcc_auto_dir DIR *modules = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int ret = 0;

	if (!modules) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!ret && (entry = readdir(modules)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux"))
			ret = probes_module(t, entry->d_name, kernel);
	return ret;
}

int bcc_probes_of_types(const struct bcc_probe_search *s)
{
	const struct btf *kernel = bcc_features_btf(s->f);
	struct probes_types t = {.s = s, .btf = kernel, .first = 1, .module = ""};
	int ret;

	if (!kernel)
		return bcc_fail(&s->f->err, -EOPNOTSUPP,
			"%s: this kernel does not describe its types: /sys/kernel/btf/vmlinux is missing "
			"(CONFIG_DEBUG_INFO_BTF) or cannot be read",
			bcc_probe_kind_name(s->kind));
	if (s->kind == BCC_PROBE_LSM && !bcc_lsm_is_active())
		t.obstacle = "the BPF LSM is not active: it needs CONFIG_BPF_LSM and \"bpf\" in the kernel "
			     "parameter lsm=";
	ret = probes_each_type(&t);
	if (!ret && s->kind != BCC_PROBE_LSM)
		ret = probes_modules(&t, s->f->btf);
	if (!ret && s->kind == BCC_PROBE_KFUNC && !t.tags)
		return bcc_fail(&s->f->err, -EOPNOTSUPP,
			"kfunc: this kernel does not tell which of its functions programs may call (Linux 6.10 "
			"does, if it was built with pahole 1.26)");
	return ret;
}
