/* SPDX-License-Identifier: Apache-2.0 */
/* kprobes at all functions that a regular expression matches. */
#include <bcc/symbols.h>

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/load/load.h"
#include "bulk.h"
#include "probe_pmu.h"

/* Functions that match the expression. */
struct functions {
	struct bcc_err *err;
	struct bcc_symbols *kernel;
	const char *regex;
	char **names;
	unsigned long *addresses; /* all 0: hidden by the kernel */
	size_t count, room;
	int program; /* loaded for kprobe_multi */
};

static int kprobe_pattern_take(void *ctx, const struct bcc_kernel_function *function)
{
	struct functions *f = ctx;

	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 1024;
		char **names = realloc(f->names, room * sizeof(*names));
		unsigned long *addresses = NULL;

		if (names)
			f->names = names;
		if (names)
			addresses = realloc(f->addresses, room * sizeof(*addresses));
		if (!addresses)
			return -ENOMEM;
		f->addresses = addresses;
		f->room = room;
	}
	f->names[f->count] = strdup(function->name);
	if (!f->names[f->count])
		return -ENOMEM;
	f->addresses[f->count++] = function->address;
	return 0;
}

static void free_functions(struct functions *f)
{
	while (f->count)
		free(f->names[--f->count]);
	free(f->names);
	free(f->addresses);
	if (f->program >= 0)
		close(f->program);
}

/* ---- all at once ---- */

static int kprobe_pattern_attach_at_once(struct bcc_multi *m, size_t first, size_t count)
{
	const struct functions *f = m->places;

	/* bpf_link_create() of libbpf 1.1 passes addresses on for attach types that it knows: not sessions */
	return bcc_link_create(&(struct bcc_link_create){.prog_fd = (uint32_t)f->program,
		.attach_type = (uint32_t)m->attach_type,
		.kprobe_multi.addresses = (uintptr_t)(f->addresses + first),
		.kprobe_multi.count = (uint32_t)count,
		.kprobe_multi.cookies = m->cookies ? (uintptr_t)(m->cookies + first) : 0,
		.kprobe_multi.flags = m->retprobe ? BPF_F_KPROBE_MULTI_RETURN : 0});
}

static bool has_fprobes(struct bcc_symbols *kernel)
{
	uint64_t address;

	return !bcc_symbols_find(kernel, "kernel", "register_fprobe_ips", &address) && address;
}

static int kprobe_pattern_all_at_once(struct bcc_multi *m)
{
	struct functions *f = m->places;
	int ret;

	if (!has_fprobes(f->kernel))
		return -EOPNOTSUPP;
	ret = bcc_kernel_functions_each(f->kernel, f->regex, BCC_FUNCTION_FTRACE, kprobe_pattern_take, f);
	if (ret || !f->count || !f->addresses[0])
		return ret == -ENOMEM ? ret : -EOPNOTSUPP;
	f->program = bcc_program_load_copy(m->p, BPF_PROG_TYPE_KPROBE, m->attach_type);
	if (f->program < 0)
		return f->program;
	m->count = f->count;
	ret = bcc_multi_cookies(m);
	return ret ? ret : bcc_multi_attach(m, kprobe_pattern_attach_at_once, f->count);
}

static int count_one(void *ctx, const struct bcc_kernel_function *function)
{
	++*(size_t *)ctx;
	return 0;
}

/* How many of the matching functions ftrace does not know. */
static size_t not_ftraced(const struct functions *f)
{
	size_t all = 0;

	return !bcc_kernel_functions_each(f->kernel, f->regex, 0, count_one, &all) && all > f->count
		       ? all - f->count
		       : 0;
}

/* ---- one by one ---- */

static int kprobe_pattern_attach_one(struct bcc_multi *m, size_t first, size_t count)
{
	const struct functions *f = m->places;
	unsigned long address = f->addresses[first];
	/* several functions may have the same name, and the kernel is slow to find one */
	const struct bcc_probe_request request = {.pmu = "kprobe",
		.target = address ? NULL : f->names[first],
		.offset = address,
		.retprobe = m->retprobe};
	int event = bcc_probe_pmu_open(&request);

	return event < 0 ? event : bcc_attach_perf_fd(m->p, event);
}

static int kprobe_pattern_one_by_one(struct bcc_multi *m)
{
	struct functions *f = m->places;
	int ret;

	while (f->count)
		free(f->names[--f->count]);
	if (!bcc_probe_pmu_exists("kprobe"))
		return bcc_fail(f->err, -EOPNOTSUPP,
			"\"%s\": no kprobes in this kernel (CONFIG_KPROBES is off, it is older than 4.17, or /sys is not "
			"mounted)",
			f->regex);
	ret = bcc_kernel_functions_each(f->kernel, f->regex, 0, kprobe_pattern_take, f);
	if (ret)
		return ret == -ENOMEM ? ret : bcc_fail(f->err, ret, "%s", bcc_symbols_error(f->kernel));
	if (!f->count)
		return bcc_fail(f->err, -ENOENT,
			"no function of this kernel that can be probed matches \"%s\"", f->regex);
	ret = bcc_attach_load(m->p, m->retprobe ? BCC_KIND_KRETPROBE : BCC_KIND_KPROBE, NULL);
	if (ret)
		return ret;
	m->count = f->count;
	return bcc_multi_attach(m, kprobe_pattern_attach_one, 1);
}

static int kprobe_pattern_attach(struct bcc *b, struct bcc_program *p, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link)
{
	struct functions functions = {.err = &b->err, .regex = regex, .program = -1};
	struct bcc_multi m = {
		.p = p, .places = &functions, .retprobe = opts->retprobe, .at_once = opts->at_once};
	int ret = bcc_symbols_open_kernel(NULL, &functions.kernel);

	if (ret)
		return bcc_fail(&b->err, ret, "%s", bcc_symbols_error(functions.kernel));
	bcc_multi_choose(&m, BCC_KIND_KPROBE_MULTI, BCC_KIND_KPROBE_SESSION);
	ret = bcc_multi_run(
		&m, 0, opts->one_by_one, kprobe_pattern_all_at_once, kprobe_pattern_one_by_one, regex, link);
	if (opts->left_out && functions.program >= 0)
		m.left_out += not_ftraced(&functions);
	if (opts->left_out)
		*opts->left_out = m.left_out;
	bcc_symbols_close(functions.kernel);
	free_functions(&functions);
	return ret;
}

int bcc_attach_kprobes(struct bcc *b, const char *prog, const char *regex, const struct bcc_multi_opts *opts,
	struct bcc_link **link)
{
	struct bcc_multi_opts known;
	struct bcc_program *p = bcc_multi_begin(b, prog, opts, &known);

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!regex || !*regex)
		return bcc_fail(&b->err, -EINVAL,
			"the regular expression for the functions to probe is missing (\".\" matches all)");
	return kprobe_pattern_attach(b, p, regex, &known, link);
}
