/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the kernel: their arguments, from BTF, and why they cannot be traced, from the kernel's
 * lists. */
#include "features.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/name_index.h"
#include "libbcc/attach/probe_pmu.h"
#include "libbcc/log.h"
#include "libbcc/symbols/kernel/kernel_functions.h"
#include "libbcc/symbols/kernel/kernel_table.h"
#include "prototypes.h"

/* Functions of the kernel or of a module, by name. */
struct typed_functions {
	struct bcc_prototypes prototypes;
	struct bcc_name_index names;
	bool no_memory;
};

struct functions_search {
	struct bcc_features *f;
	bcc_traceable_fn fn;
	void *ctx;
	int ftrace; /* whether its list could be read */
	bool kprobes;
	struct typed_functions kernel, module;
	struct btf *module_btf;
	char *module_name; /* of module_btf */
};

/* ---- types ---- */

static void typed_close(struct typed_functions *t)
{
	bcc_prototypes_close(&t->prototypes);
	bcc_name_index_free(&t->names);
	*t = (struct typed_functions){};
}

/* Functions from type `first` on. */
static int typed_open(struct typed_functions *t, const struct btf *btf, uint32_t first)
{
	if (bcc_prototypes_open(&t->prototypes, btf) < 0 ||
		bcc_name_index_init(&t->names, btf__type_cnt(btf) - first) < 0)
		return -ENOMEM;
	for (uint32_t id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_func(type))
			bcc_name_index_add(&t->names, btf__str_by_offset(btf, type->name_off), id);
	}
	bcc_name_index_sort(&t->names);
	return 0;
}

/* The prototype of a function; NULL: not known. */
static const struct btf_type *typed_prototype(const struct typed_functions *t, const char *name)
{
	const struct btf *btf = t->prototypes.btf;
	const struct bcc_name *found = btf ? bcc_name_index_find(&t->names, name) : NULL;
	const struct btf_type *function = found ? btf__type_by_id(btf, found->index) : NULL;
	const struct btf_type *prototype = function ? btf__type_by_id(btf, function->type) : NULL;

	return prototype && btf_is_func_proto(prototype) ? prototype : NULL;
}

/* Functions come in order of addresses, those of a module together. */
static struct typed_functions *functions_types(struct functions_search *s, const char *module)
{
	const struct btf *kernel = bcc_features_btf(s->f);
	BCC_LOG_SCOPE(NULL);

	if (!*module || !kernel)
		return &s->kernel;
	if (s->module_name && !strcmp(s->module_name, module))
		return &s->module;
	typed_close(&s->module);
	btf__free(s->module_btf);
	free(s->module_name);
	s->module_name = strdup(module);
	s->module_btf = btf__load_module_btf(module, s->f->btf);
	if (s->module_btf && typed_open(&s->module, s->module_btf, btf__type_cnt(kernel)))
		s->module.no_memory = true;
	return &s->module;
}

static int describe_arguments(
	struct typed_functions *t, const struct btf_type *prototype, struct bcc_traceable *function)
{
	struct bcc_prototype described;
	int ret = bcc_prototypes_function(&t->prototypes, prototype, 0, &described);

	if (ret)
		return ret == -EINVAL ? 0 : ret;
	function->has_type = true;
	function->result = described.result;
	function->arguments = described.arguments;
	function->argument_count = described.count;
	return 0;
}

/* ---- reasons ---- */

#define NOT_TRACEABLE                                                                                                     \
	"ftrace cannot trace it: the compiler was told to leave out the place for that at its start (notrace), or it is " \
	"not written in C"
#define SAME_NAME "several functions have its name"

static const char *why_no_kprobe(const struct functions_search *s, const struct bcc_kernel_function *function)
{
	if (!s->kprobes)
		return "this kernel has no kprobes (CONFIG_KPROBES, CONFIG_KPROBE_EVENTS)";
	if (function->can & BCC_FUNCTION_BLACKLISTED)
		return "kprobes themselves need it, or it must not be interrupted: it is in the kernel's blacklist";
	/* CONFIG_KPROBE_EVENTS_ON_NOTRACE would allow it; it is for those who debug kprobes */
	if (!s->ftrace && !(function->can & BCC_FUNCTION_FTRACE))
		return NOT_TRACEABLE;
	return function->same_name ? SAME_NAME ": bcc_attach_kprobes() reaches all of them" : NULL;
}

static const char *why_no_fentry(const struct functions_search *s, const struct bcc_kernel_function *function,
	const struct btf_type *prototype)
{
	if (!s->f->btf)
		return "this kernel does not describe its functions (CONFIG_DEBUG_INFO_BTF)";
	if (!prototype)
		return "the kernel's types do not have it: it is not written in C, or its arguments were optimised";
	if (s->ftrace == -ENOENT || s->ftrace == -EOPNOTSUPP)
		return "this kernel cannot trace functions, or tracefs is not available: there is no "
		       "available_filter_functions (CONFIG_DYNAMIC_FTRACE)";
	if (!s->ftrace && !(function->can & BCC_FUNCTION_FTRACE))
		return NOT_TRACEABLE;
	if (bcc_prototype_takes_more(prototype))
		return "it takes a variable number of arguments";
	return function->same_name ? SAME_NAME ", and the kernel's types do not tell which is which" : NULL;
}

static int functions_report(void *ctx, const struct bcc_kernel_function *function)
{
	struct functions_search *s = ctx;
	struct typed_functions *t = functions_types(s, function->module);
	const struct btf_type *prototype = typed_prototype(t, function->name);
	struct bcc_traceable traceable = {
		.name = function->name,
		.module = function->module,
		.address = function->address,
		.result = "",
		.no_kprobe = why_no_kprobe(s, function),
		.no_fentry = why_no_fentry(s, function, prototype),
	};
	int ret = prototype ? describe_arguments(t, prototype, &traceable) : 0;

	if (ret || t->no_memory)
		return bcc_fail(&s->f->err, -ENOMEM, "out of memory for the kernel's functions");
	return s->fn(s->ctx, &traceable);
}

int bcc_features_functions(struct bcc_features *f, const char *regex, bcc_traceable_fn fn, void *ctx)
{
	struct functions_search s = {.f = f, .fn = fn, .ctx = ctx};
	struct bcc_kernel_table table = {};
	const struct btf *btf;
	int ret;

	if (!f)
		return -EINVAL;
	if (!fn)
		return bcc_fail(&f->err, -EINVAL, "the function to call for each is missing");
	btf = bcc_features_btf(f);
	s.kprobes = bcc_probe_pmu_exists("kprobe");
	ret = bcc_kernel_table_load(&f->err, &table);
	if (!ret && btf && typed_open(&s.kernel, btf, 1))
		ret = bcc_fail(&f->err, -ENOMEM, "out of memory for the kernel's functions");
	if (!ret)
		ret = bcc_kernel_functions_all(&f->err, &table, regex, &s.ftrace, functions_report, &s);
	bcc_kernel_table_free(&table);
	typed_close(&s.kernel);
	typed_close(&s.module);
	btf__free(s.module_btf);
	free(s.module_name);
	return ret;
}
