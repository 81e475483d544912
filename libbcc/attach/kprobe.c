/* SPDX-License-Identifier: Apache-2.0 */
/* kprobes and kretprobes: at a kernel function's entry (or an offset into it), and at its return. */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/options.h"
#include "common/suggestions.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/renamed_functions.h"
#include "libbcc/log.h"
#include "libbcc/symbols/kernel/kernel_symbols.h"
#include "kretprobe_maxactive.h"
#include "probe_pmu.h"
#include "syscall_function.h"

#define MAXACTIVE_LIMIT 4096 /* KRETPROBE_MAXACTIVE_MAX in kernel/trace/trace_kprobe.c */

/* What /proc/kallsyms knows about a function. */
struct function {
	const char *name;
	bool found, is_text;
	uint64_t address, size; /* size: distance to the next symbol; 0: unknown */
	struct bcc_near_names near;
};

static int kprobe_look(void *ctx, const struct bcc_kernel_symbol *symbol)
{
	struct function *f = ctx;

	if (f->found && f->is_text && !f->size && symbol->address > f->address)
		f->size = symbol->address - f->address;
	/* __pfx_NAME is the padding before NAME (CONFIG_FUNCTION_PADDING_CFI) */
	if (bcc_kernel_symbol_is_text(symbol) && strncmp(symbol->name, "__pfx_", 6))
		bcc_near_offer(&f->near, symbol->name);
	if (f->is_text || strcmp(symbol->name, f->name))
		return 0;
	f->found = true;
	f->is_text = bcc_kernel_symbol_is_text(symbol);
	f->address = symbol->address;
	return 0;
}

static void look_up(struct function *f, const char *name)
{
	*f = (struct function){.name = name};
	bcc_near_init(&f->near, name);
	bcc_kernel_symbols_each(kprobe_look, f);
}

/* Lines "0xSTART-0xEND NAME". */
static bool is_blacklisted(const char *function)
{
	bcc_auto_file FILE *file = fopen("/sys/kernel/debug/kprobes/blacklist", "re");
	bcc_auto_free char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while (file && (length = getline(&line, &size, file)) > 0) {
		const char *name = strpbrk(line, " \t");

		line[length - 1] = '\0';
		if (name && !strcmp(name + 1, function))
			return true;
	}
	return false;
}

static int no_kprobes(struct bcc *b, const char *function)
{
	return bcc_fail(&b->err, -EOPNOTSUPP,
		"cannot probe %s: no kprobes in this kernel (CONFIG_KPROBES is off, it is older than 4.17, or /sys is not "
		"mounted); use tracepoints, raw tracepoints or, where the kernel allows BPF trampolines, fentry and fexit "
		"instead",
		function);
}

static int kprobe_not_found(struct bcc *b, const char *function)
{
	char hint[3 * BCC_NEAR_LENGTH + 32];
	struct function f;

	look_up(&f, function);
	if (f.found && !f.is_text)
		return bcc_fail(
			&b->err, -ENOENT, "%s is not a function but a variable of the kernel", function);
	if (f.found)
		return bcc_fail(&b->err, -ENOENT,
			"%s is in /proc/kallsyms, but the kernel does not let it be probed by name",
			function);
	return bcc_fail(&b->err, -ENOENT,
		"this kernel has no function %s (it may be inlined, or in a module that is not "
		"loaded)%s",
		function, bcc_near_text(&f.near, hint, sizeof(hint)));
}

static int kprobe_refused(struct bcc *b, const struct bcc_kprobe_opts *opts, const char *function, int code)
{
	const char *at = opts->retprobe ? "the return of " : "";

	switch (code) {
	case -ENOENT:
		return kprobe_not_found(b, function);
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(&b->err, "no permission to probe %s%s", at, function);
	case -EADDRNOTAVAIL:
		return bcc_fail(&b->err, -EINVAL,
			"%s cannot be probed by name: the kernel has several functions with this name",
			function);
	case -EILSEQ:
		return bcc_fail(&b->err, -EINVAL, "%s+%#llx is inside an instruction", function,
			(unsigned long long)opts->offset);
	case -EINVAL:
		if (is_blacklisted(function))
			return bcc_fail(&b->err, code,
				"%s is on the kernel's kprobe blacklist: a probe there could hang it",
				function);
		return bcc_fail(&b->err, code,
			"%s%s cannot be probed: the kernel refuses kprobes there (the function is "
			"blacklisted, not traceable, or not code)",
			at, function);
	default:
		return bcc_fail(&b->err, code, "%s%s cannot be probed: %s", at, function, strerror(-code));
	}
}

static int check_offset(struct bcc *b, const char *function, uint64_t offset)
{
	struct function f;

	look_up(&f, function);
	if (f.found && f.is_text && f.size && offset >= f.size)
		return bcc_fail(&b->err, -EINVAL, "%s has %llu bytes of code: +%#llx is past its end",
			function, (unsigned long long)f.size, (unsigned long long)offset);
	return 0;
}

/* Opens the event of what replaces a function that cannot be probed; `code` if nothing does. */
static int kprobe_open_renamed(struct bcc *b, const struct bcc_kprobe_opts *opts, const char **function,
	char buf[BCC_FUNCTION_NAME_SIZE], int code)
{
	struct bcc_renamed_function found = {0};
	struct bcc_probe_request request = {
		.pmu = "kprobe", .target = found.name, .retprobe = opts->retprobe};

	while (bcc_renamed_function(*function, &found)) {
		int fd = bcc_probe_pmu_open(&request);

		if (fd < 0)
			continue;
		bcc_say(b, BCC_LOG_WARN, "this kernel has no %s to probe: probing %s instead%s\n", *function,
			found.name, found.differs);
		memcpy(buf, found.name, sizeof(found.name));
		*function = buf;
		return fd;
	}
	return code;
}

/* Opens the probe's event. A name that this kernel does not have, but that is that of a system call on some
 * architecture or kernel version, stands for the system call: this kernel's name is then written to `buf`,
 * and `*function` points to it. */
static int open_event(const struct bcc_kprobe_opts *opts, const char **function, char *buf, size_t size)
{
	struct bcc_probe_request request = {
		.pmu = "kprobe", .target = *function, .offset = opts->offset, .retprobe = opts->retprobe};
	const char *syscall = bcc_syscall_strip(*function);
	int fd = bcc_probe_pmu_open(&request);

	if (fd != -ENOENT || !syscall || bcc_syscall_resolve(syscall, buf, size) || !strcmp(buf, *function))
		return fd;
	request.target = buf;
	*function = buf;
	return bcc_probe_pmu_open(&request);
}

/* Follows more concurrent calls than a kretprobe of the PMU can. Where the kernel cannot do this, logs it and
 * leaves the probe to the ordinary kretprobe (-EOPNOTSUPP). */
static int kprobe_attach_wide(struct bcc_program *p, const char *function, const struct bcc_kprobe_opts *opts,
	struct bcc_link **link)
{
	int ret = -EOPNOTSUPP;
	const char *why = "the program is already loaded as an ordinary kprobe";

	if (p->fd < 0 || bcc_kprobe_multi_only(p)) {
		ret = bcc_kprobe_multi_attach(p, function, opts, link);
		why = "this kernel has no fprobes (5.18, CONFIG_FPROBE)";
	}
	if (ret == -EOPNOTSUPP && !bcc_kprobe_multi_only(p))
		bcc_say(p->owner, BCC_LOG_WARN,
			"kretprobe %s: maxactive %d is not available, returns beyond %d concurrent calls are missed: %s\n",
			function, opts->maxactive, bcc_kretprobe_default_maxactive(), why);
	return ret;
}

static int kprobe_check(struct bcc *b, const char *function, const struct bcc_kprobe_opts *opts)
{
	if (!function || !*function)
		return bcc_fail(&b->err, -EINVAL, "the name of the kernel function to probe is missing");
	if (opts->retprobe && opts->offset)
		return bcc_fail(&b->err, -EINVAL, "%s: a return probe cannot have an offset", function);
	if (opts->maxactive < 0 || opts->maxactive > MAXACTIVE_LIMIT)
		return bcc_fail(&b->err, -EINVAL, "%s: maxactive %d is outside 0..%d", function,
			opts->maxactive, MAXACTIVE_LIMIT);
	if (!bcc_probe_pmu_exists("kprobe"))
		return no_kprobes(b, function);
	return 0;
}

static int kprobe_attach(struct bcc *b, struct bcc_program *p, const char *function,
	const struct bcc_kprobe_opts *opts, struct bcc_link **link)
{
	bcc_auto_fd int fd = -1;
	char buf[BCC_FUNCTION_NAME_SIZE];
	int ret = kprobe_check(b, function, opts);
	int event;

	if (ret)
		return ret;
	fd = open_event(opts, &function, buf, sizeof(buf));
	/* -EINVAL: it exists, but was compiled without room for a probe; an offset is one into its code */
	if ((fd == -ENOENT || fd == -EINVAL) && !opts->offset && function != buf)
		fd = kprobe_open_renamed(b, opts, &function, buf, fd);
	ret = opts->offset ? check_offset(b, function, opts->offset) : 0;
	if (ret)
		return ret;
	if (fd < 0)
		return kprobe_refused(b, opts, function, fd);
	if (bcc_kprobe_multi_only(p) ||
		(opts->retprobe && opts->maxactive > bcc_kretprobe_default_maxactive())) {
		ret = kprobe_attach_wide(p, function, opts, link);
		if (ret != -EOPNOTSUPP || bcc_kprobe_multi_only(p))
			return ret;
	}
	event = fd;
	fd = -1;
	return bcc_attach_one(p, opts->retprobe ? BCC_KIND_KRETPROBE : BCC_KIND_KPROBE, event, link);
}

int bcc_attach_kprobe(struct bcc *b, const char *prog, const char *function,
	const struct bcc_kprobe_opts *opts, struct bcc_link **link)
{
	struct bcc_kprobe_opts known;
	struct bcc_program *p = bcc_attach_program(b, prog);
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	return ret ? ret : kprobe_attach(b, p, function, &known, link);
}
