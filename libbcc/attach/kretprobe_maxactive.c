/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kprobe PMU does not take maxactive: a kretprobe opened through it follows max(10, 2 * CPUs) concurrent
 * calls and misses the others. (kprobe_events of tracefs takes a number, but what is written there outlives
 * the process.) A kprobe_multi link sizes its pool as 2 * CPUs for each address it is given
 * (fprobe_init_rethook() in kernel/trace/fprobe.c), and ftrace treats an address that is given again as the
 * same one; so the address is repeated until the pool is large enough. From 6.14 on, the pool is a stack per
 * task, and an address must be given only once.
 */
#include "kretprobe_maxactive.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/cleanup.h"
#include "libbcc/kernel/release.h"
#include "libbcc/symbols/kernel/kernel_symbols.h"
#include "override_return.h"

bool bcc_kprobe_multi_only(const struct bcc_program *p)
{
	struct bcc_program_section section;

	if (p->fd >= 0)
		return p->expected_attach_type == BPF_TRACE_KPROBE_MULTI;
	return bcc_program_section_parse(p->section, &section) &&
	       section.kind->type == BPF_PROG_TYPE_KPROBE &&
	       section.kind->attach_type == BPF_TRACE_KPROBE_MULTI;
}

struct target {
	const char *function;
	unsigned long address;
	bool kernel_has_fprobe;
};

static int maxactive_look(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct target *t = ctx;

	if (!bcc_kernel_symbol_is_text(symbol))
		return 0;
	if (!t->address && !strcmp(symbol->name, t->function))
		t->address = symbol->address;
	else if (!t->kernel_has_fprobe && !strcmp(symbol->name, "register_fprobe_ips"))
		t->kernel_has_fprobe = true;
	return t->address && t->kernel_has_fprobe;
}

static size_t maxactive_repetitions(int maxactive)
{
	int each = 2 * libbpf_num_possible_cpus();

	/* since 6.14 the pool is a task's */
	if (bcc_kernel_is_at_least(6, 14) || each <= 0 || maxactive <= each)
		return 1;
	return (maxactive + each - 1) / each;
}

int bcc_kretprobe_default_maxactive(void)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus > 5 ? 2 * cpus : 10;
}

unsigned long bcc_fprobe_address(const char *function)
{
	struct target t = {.function = function};

	bcc_kernel_symbols_each(maxactive_look, &t);
	return t.kernel_has_fprobe ? t.address : 0;
}

int bcc_fprobe_link(int prog_fd, unsigned long address, const struct bcc_kprobe_opts *opts, uint64_t cookie)
{
	size_t count = opts->retprobe ? maxactive_repetitions(opts->maxactive) : 1;
	bcc_auto_free unsigned long *addresses = calloc(count, sizeof(*addresses));
	bcc_auto_free uint64_t *cookies = calloc(count, sizeof(*cookies));

	if (!addresses || !cookies)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		addresses[i] = address;
		cookies[i] = cookie;
	}
	LIBBPF_OPTS(bpf_link_create_opts, link_opts, .kprobe_multi.addrs = addresses,
		.kprobe_multi.cnt = count, .kprobe_multi.cookies = cookie ? (const __u64 *)cookies : NULL,
		.kprobe_multi.flags = opts->retprobe ? BPF_F_KPROBE_MULTI_RETURN : 0);
	return bpf_link_create(prog_fd, 0, BPF_TRACE_KPROBE_MULTI, &link_opts);
}

int bcc_kprobe_multi_attach(struct bcc_program *p, const char *function, const struct bcc_kprobe_opts *opts,
	struct bcc_link **link)
{
	struct bcc_err *error = &p->owner->err;
	unsigned long address;
	int ret, fd;

	if (opts->offset)
		return bcc_fail(error, -EINVAL,
			"%s+%#llx: \"%s\" is loaded for fprobes, which can only be at a function's start or return",
			function, (unsigned long long)opts->offset, p->name);
	address = bcc_fprobe_address(function);
	if (!address)
		return bcc_fail(error, -EOPNOTSUPP,
			"%s: this kernel has no fprobes (5.18, CONFIG_FPROBE), or hides addresses", function);
	ret = bcc_attach_load(p, BCC_KIND_KPROBE_MULTI, NULL);
	if (ret)
		return ret;
	fd = bcc_fprobe_link(p->fd, address, opts, p->cookie);
	if (fd < 0)
		return bcc_fail(error, fd,
			"%s cannot be probed with maxactive %d: %s (ftrace must be able to trace the function)%s",
			function, opts->maxactive, strerror(-fd), fd == -EINVAL ? bcc_override_hint(p) : "");
	return bcc_link_add(p, &fd, 1, link);
}
