/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_PROG_LOAD, with the type that the caller or the section names; explains what the kernel rejects. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/kernel_errno.h"
#include "common/options.h"
#include "common/program_kind.h"
#include "libbcc/cancel.h"
#include "libbcc/handle.h"
#include "libbcc/kernel/kernel_btf.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/kernel/renamed_functions.h"
#include "libbcc/log.h"
#include "libbcc/object/build.h"
#include "libbcc/object/object.h"
#include "libbcc/object/program_slots.h"
#include "libbcc/object/struct_ops.h"
#include "load.h"
#include "verifier_log.h"

/* A program being loaded. */
struct load {
	struct bcc_program *p;
	int type, attach_type;
	uint32_t flags, ifindex;
	const char *attach_to;
	struct bcc_kernel_type target;
	int in_place; /* for type EXT, descriptor of the program with the function `attach_to`; -1: none */
	unsigned log_level; /* of the kernel's */
	char *log;	    /* the verifier's, once requested */
};

static const char *type_name(int type)
{
	const char *name = libbpf_bpf_prog_type_str(type);

	return name ? name : "unknown";
}

/* `log` NULL: no log. */
static int try_load(const struct load *l, bool with_btf, char *log, size_t log_size)
{
	const struct bcc_program *p = l->p;
	char name[BPF_OBJ_NAME_LEN];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = l->attach_type, .prog_flags = l->flags,
		.prog_ifindex = l->ifindex, .attach_btf_id = l->target.id);

	if (l->type == BPF_PROG_TYPE_STRUCT_OPS)
		opts.expected_attach_type = p->struct_ops_member;

	if (p->owner->object->module_fd_count)
		opts.fd_array = p->owner->object->module_fds;
	if (l->in_place >= 0)
		opts.attach_prog_fd = l->in_place;
	else if (l->target.module_fd >= 0)
		opts.attach_btf_obj_fd = l->target.module_fd;
	if (with_btf && p->owner->btf_fd >= 0) {
		opts.prog_btf_fd = p->owner->btf_fd;
		opts.func_info = p->func_info;
		opts.func_info_cnt = p->func_info_count;
		opts.func_info_rec_size = p->func_info ? p->func_info_rec_size : 0;
		opts.line_info = p->line_info;
		opts.line_info_cnt = p->line_info_count;
		opts.line_info_rec_size = p->line_info ? p->line_info_rec_size : 0;
	}
	if (log) {
		opts.log_level = l->log_level;
		opts.log_buf = log;
		opts.log_size = log_size;
	}
	bcc_kernel_name(name, p->name);
	return bpf_prog_load(l->type, name, p->owner->object->license, p->insns, p->insn_count, &opts);
}

static int try_with_log(void *ctx, char *log, size_t size)
{
	return try_load(ctx, true, log, size);
}

/* Levels of the kernel's log. */
enum {
	LOG_INSTRUCTIONS = 1,
	LOG_RESULT = 4, /* only the reason, and counters (Linux 5.2) */
};

static int load_with_log(struct load *l, unsigned level)
{
	l->log_level = level;
	return bcc_load_with_log(try_with_log, l, &l->log);
}

/* The kernel may have stopped after a million instructions (E2BIG), or with too many branches to remember
 * (EFAULT, E2BIG in newer ones). */
static bool is_too_complex(int code)
{
	return code == -E2BIG || code == -EFAULT;
}

/* A kernel that rejects the program before verification leaves the log empty, or with nothing but counters in
 * it. */
static bool says_why(const char *log)
{
	return log && log[0] && strncmp(log, "processed 0 insns", 17) != 0;
}

#define SHOWN_LOG_MAX (1024 * 1024)

/* The last whole lines of a log that is too long to be read. */
static const char *load_log_end(const char *log, size_t length)
{
	const char *end = log + length - SHOWN_LOG_MAX, *line = strchr(end, '\n');

	return line ? line + 1 : end;
}

/* The reason and its line before all else: a log can have thousands of lines. */
static int load_fail_verified(struct load *l, int code, const char *log)
{
	const struct bcc_program *p = l->p;
	const char *warnings = bcc_warnings(p->owner);
	size_t length = strlen(log);
	struct bcc_verifier_reason reason;

	bcc_verifier_reason(p, log, &reason);
	bcc_fail(&p->owner->err, code,
		"the kernel's verifier rejects %s (as type %s)%s%s%s%s%s: %s.%s%s%s\nWhat it says%s:\n%s",
		p->name, type_name(l->type), reason.place[0] ? " at " : "", reason.place,
		reason.source ? " \"" : "", reason.source ? reason.source : "", reason.source ? "\"" : "",
		reason.sentence ? reason.sentence : strerror(-code), bcc_verifier_hint(log),
		*warnings ? "\nThe compiler had warned:\n" : "", warnings,
		length > SHOWN_LOG_MAX ? " at the end" : "",
		length > SHOWN_LOG_MAX ? load_log_end(log, length) : log);
	bcc_verifier_reason_free(&reason);
	return code;
}

/* Loads a program that was rejected with `code` again, with a log. The instructions take many times longer to
 * write than to verify, so they are left out for programs that are too complex to verify. */
static int write_log(struct load *l, int code)
{
	int ret;

	if (is_too_complex(code)) {
		ret = load_with_log(l, LOG_RESULT);
		if (ret >= 0 || bcc_verifier_gave_up(l->log))
			return ret;
	}
	ret = load_with_log(l, LOG_INSTRUCTIONS);
	if (ret == -ENOSPC && !says_why(l->log))
		ret = load_with_log(l, LOG_RESULT);
	return ret;
}

/* Other ways to read memory need fewer branches, but as many instructions: loading a program that has too
 * many takes seconds each time. */
static bool another_way_may_do(struct load *l, int code)
{
	int fd;

	if (!is_too_complex(code))
		return true;
	if (!says_why(l->log)) {
		fd = load_with_log(l, LOG_RESULT);
		if (fd >= 0)
			close(fd);
	}
	if (bcc_verifier_ran_out(l->log))
		return false;
	free(l->log); /* it is about this way */
	l->log = NULL;
	return true;
}

static int fail_rejected(struct load *l, int code)
{
	struct bcc_err *err = &l->p->owner->err;
	bcc_auto_free char *log = NULL;

	if (says_why(l->log))
		log = bcc_verifier_log_with_places(l->p, l->log);
	if (log && bcc_verifier_gave_up(log))
		return load_fail_verified(l, -E2BIG, log);
	if (log &&
		(code == -EACCES || code == -EINVAL || code == -EPERM || code == -E2BIG || code == -ENOSPC))
		return load_fail_verified(l, code == -ENOSPC ? -EINVAL : code, log);
	if (code == -EPERM && l->target.id)
		return bcc_fail_permission(err,
			"%s cannot be loaded for %s (programs of type %s attach by a BPF trampoline, which modifies kernel code and which "
			"some kernels do not allow; use tracepoints or raw tracepoints instead)",
			l->p->name, l->attach_to ? l->attach_to : "a struct of functions",
			type_name(l->type));
	if (code == -EPERM)
		return bcc_fail_permission(
			err, "%s cannot be loaded as type %s", l->p->name, type_name(l->type));
	if (code == -KERNEL_ENOTSUPP)
		code = -EOPNOTSUPP;
	if (code == -EINVAL)
		return bcc_fail(err, code,
			"%s cannot be loaded: this kernel refuses type %s (%d) with attach type %d and flags %#x, and does not say "
			"why; it may be too old for one of them",
			l->p->name, type_name(l->type), l->type, l->attach_type, l->flags);
	if (code == -E2BIG)
		return bcc_fail(err, code,
			"%s cannot be loaded: %zu instructions are more than the kernel takes from this user",
			l->p->name, l->p->insn_count);
	if (log)
		return bcc_fail(err, code, "%s cannot be loaded as type %s: %s. The kernel says:\n%s",
			l->p->name, type_name(l->type), strerror(-code), log);
	return bcc_fail(err, code, "%s cannot be loaded as type %s: %s", l->p->name, type_name(l->type),
		strerror(-code));
}

/* Writing the log makes loading several times slower, so it is only requested when needed. A log that is too
 * long for any buffer must not keep the program from being loaded. */
static int load_as_asked(struct load *l, bool say_log)
{
	int fd = say_log ? load_with_log(l, LOG_INSTRUCTIONS) : -ENOSPC;

	return fd == -ENOSPC ? try_load(l, true, NULL, 0) : fd;
}

/* Returns a descriptor, or a negative errno with the error recorded. */
static int load(struct load *l)
{
	bool say_log = l->p->owner->debug & BCC_DEBUG_VERIFIER;
	int fd, without, again;

	fd = load_as_asked(l, say_log);
	while (fd < 0 && another_way_may_do(l, fd) && bcc_program_do_without(l->p)) {
		fd = load_as_asked(l, say_log);
		if (fd >= 0)
			bcc_say(l->p->owner, BCC_LOG_INFO,
				"%s reads kernel memory %s: the kernel rejects the faster way\n", l->p->name,
				l->p->optional_count ? "without its types" : "by helper calls");
	}
	if (fd >= 0 && say_log)
		bcc_say(l->p->owner, BCC_LOG_DEBUG, "verifier's log of %s:\n%s\n", l->p->name, l->log);
	if (fd >= 0)
		return fd;
	if (fd == -EINVAL && l->p->owner->btf_fd >= 0) {
		/* the kernel may reject the type information rather than the program */
		without = try_load(l, false, NULL, 0);
		if (without >= 0) {
			bcc_say(l->p->owner, BCC_LOG_WARN,
				"%s is loaded without its types and source lines: the kernel rejects them\n",
				l->p->name);
			return without;
		}
	}
	again = says_why(l->log) ? fd : write_log(l, fd);
	if (again >= 0)
		return again;
	return fail_rejected(l, fd);
}

/* How the kernel's BTF names the targets of a kind of program. */
struct target_kind {
	const char *what;   /* for messages */
	const char *prefix; /* prefix of the name */
	uint32_t btf_kind;
	bool in_modules;
};

static const struct target_kind target_kinds[BCC_TARGETS] = {
	[BCC_TARGET_FUNCTION] = {"function", "", BTF_KIND_FUNC, true},
	[BCC_TARGET_TRACEPOINT] = {"tracepoint", "btf_trace_", BTF_KIND_TYPEDEF, false},
	[BCC_TARGET_HOOK] = {"LSM hook", "bpf_lsm_", BTF_KIND_FUNC, false},
	[BCC_TARGET_ITERATOR] = {"iterator", "bpf_iter_", BTF_KIND_FUNC, false},
};

static int fail_target(struct load *l, const struct target_kind *kind)
{
	struct bcc *b = l->p->owner;
	char near[512];

	bcc_kernel_btf_near(b, kind->prefix, l->attach_to, kind->btf_kind, near, sizeof(near));
	return bcc_fail(&b->err, -ESRCH, "%s: the kernel's BTF has no %s %.128s%s%s", l->p->name, kind->what,
		l->attach_to,
		kind->in_modules
			? ", nor do loaded modules have one (the compiler may have inlined or renamed it)"
			: "",
		near);
}

int bcc_program_find_function(const struct bcc_program *p, int program_fd, const char *function, uint32_t *id)
{
	struct bcc_err *err = &p->owner->err;
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	struct btf *btf;
	int ret = bpf_obj_get_info_by_fd(program_fd, &info, &size);

	if (ret < 0)
		return bcc_fail(err, ret, "%s: descriptor %d is not a program's: %s", p->name, program_fd,
			strerror(-ret));
	btf = info.btf_id ? btf__load_from_kernel_by_id(info.btf_id) : NULL;
	ret = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -ENOENT;
	btf__free(btf);
	if (!btf)
		return bcc_fail(err, -EINVAL,
			"%s: the program that has the function %s was loaded without its types", p->name,
			function);
	if (ret < 0)
		return bcc_fail(err, -ESRCH, "%s: the other program (%.16s) has no function %s", p->name,
			info.name, function);
	*id = ret;
	return 0;
}

/* What does the work of a function that this kernel does not have. The program finds the function's arguments
 * by their numbers and its result behind them, so that these have to be the same. */
static int find_renamed_target(struct load *l, const struct bcc_program_kind *program)
{
	struct bcc_renamed_function found = {0};
	struct bcc *b = l->p->owner;

	while (bcc_renamed_function(l->attach_to, &found)) {
		bool has_result = l->attach_type != BPF_TRACE_FENTRY;

		if (*found.differs || (has_result && found.more_parameters) ||
			bcc_kernel_btf_find(b, found.name, BTF_KIND_FUNC, false, &l->target))
			continue;
		bcc_say(b, BCC_LOG_WARN, "this kernel has no %s for %s: attaching to %s instead\n",
			l->attach_to, program->section, found.name);
		return 0;
	}
	return -ESRCH;
}

/* A program that is in no struct this kernel can have. */
static int fail_struct_ops(const struct load *l)
{
	const struct bcc_object *object = l->p->owner->object;

	for (size_t i = 0; i < object->struct_ops_count; i++)
		if (object->struct_ops[i].refusal)
			return bcc_fail(&l->p->owner->err, -ESRCH, "%s: %s", l->p->name,
				object->struct_ops[i].refusal);
	return bcc_fail(&l->p->owner->err, -EINVAL,
		"%s: no struct in section .struct_ops.link has it as a function", l->p->name);
}

static int find_target(struct load *l)
{
	const struct bcc_program_kind *program = bcc_program_kind_of_type(l->type, l->attach_type);
	const struct target_kind *kind;
	struct bcc *b = l->p->owner;
	char name[256];
	int ret;

	if (!program && (l->type == BPF_PROG_TYPE_TRACING || l->type == BPF_PROG_TYPE_LSM))
		return bcc_fail(&b->err, -EINVAL,
			"%s: type %s needs expected_attach_type, such as BPF_TRACE_FENTRY, BPF_TRACE_FEXIT, BPF_TRACE_ITER",
			l->p->name, type_name(l->type));
	if (l->type == BPF_PROG_TYPE_EXT)
		return l->in_place >= 0
			       ? bcc_program_find_function(l->p, l->in_place, l->attach_to, &l->target.id)
			       : bcc_fail(&b->err, -EINVAL,
					 "%s takes the place of a function of another program: attach it with "
					 "bcc_attach_freplace()",
					 l->p->name);
	if (l->type == BPF_PROG_TYPE_STRUCT_OPS) {
		l->target.id = l->p->struct_ops_type;
		return l->target.id ? 0 : fail_struct_ops(l);
	}
	if (!program || program->target == BCC_TARGET_NONE)
		return 0;
	kind = &target_kinds[program->target];
	if (!l->attach_to || !l->attach_to[0])
		return bcc_fail(&b->err, -EINVAL, "%s: type %s needs attach_to, the name of the %s",
			l->p->name, type_name(l->type), kind->what);
	if (snprintf(name, sizeof(name), "%s%s", kind->prefix, l->attach_to) >= (int)sizeof(name))
		return fail_target(l, kind);
	ret = -ESRCH;
	if (program->target != BCC_TARGET_FUNCTION || !bcc_inline_function(l->attach_to))
		ret = bcc_kernel_btf_find(b, name, kind->btf_kind, kind->in_modules, &l->target);
	if (ret == -ESRCH && program->target == BCC_TARGET_FUNCTION)
		ret = find_renamed_target(l, program);
	return ret == -ESRCH ? fail_target(l, kind) : ret;
}

/* The requested type, completed from the section. */
static int choose_type(struct load *l, const struct bcc_load_opts *opts)
{
	struct bcc_program_section section;
	const struct bcc_program_kind *kind;
	char hint[512];

	bcc_program_section_parse(l->p->section, &section);
	kind = section.kind;
	if (l->type == BCC_PROG_TYPE_AUTO && !kind && strncmp(l->p->section, ".bpf.fn.", 8) != 0)
		return bcc_fail(&l->p->owner->err, -EINVAL,
			"%s: its section \"%s\" does not say what type of program it is%s", l->p->name,
			l->p->section,
			*bcc_program_section_near(l->p->section, hint, sizeof(hint))
				? hint
				: " (kprobe/FUNCTION, tracepoint/CATEGORY/NAME, raw_tp/NAME, fentry/FUNCTION, xdp, tc, … do)");
	if (l->type == BCC_PROG_TYPE_AUTO && !kind)
		return bcc_fail(&l->p->owner->err, -EINVAL,
			"the name %s does not tell the type of the program: pass a type to bcc_program_load(), use an attach call, or "
			"name the function kprobe__FUNCTION, tracepoint__CATEGORY__NAME, raw_tracepoint__NAME, …",
			l->p->name);
	if (l->type == BCC_PROG_TYPE_AUTO)
		l->type = kind->type;
	l->attach_type = opts->expected_attach_type;
	l->attach_to = opts->attach_to;
	l->flags = opts->prog_flags;
	l->ifindex = opts->ifindex;
	if (l->type <= BPF_PROG_TYPE_UNSPEC)
		return bcc_fail(
			&l->p->owner->err, -EINVAL, "%s: unknown program type %d", l->p->name, l->type);
	if (kind && kind->type == l->type && (!l->attach_type || l->attach_type == kind->attach_type)) {
		l->attach_type = kind->attach_type;
		l->flags |= section.prog_flags;
		if (!l->attach_to && kind->target != BCC_TARGET_NONE)
			l->attach_to = section.target;
	}
	if (l->type == BPF_PROG_TYPE_LSM && !l->attach_type)
		l->attach_type = BPF_LSM_MAC;
	return 0;
}

static bool same_target(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static int fail_loaded(struct bcc_program *p)
{
	return bcc_fail(&p->owner->err, -EBUSY, "%s is already loaded as type %s%s%s", p->name,
		type_name(p->type), p->attach_to ? " for " : "", p->attach_to ? p->attach_to : "");
}

static int program_load(struct bcc_program *p, int type, const struct bcc_load_opts *opts, int in_place)
{
	struct load l = {.p = p, .type = type, .target.module_fd = -1, .in_place = in_place};
	struct bcc_load_opts o;
	char *attach_to;
	BCC_LOG_SCOPE(p->owner);
	int ret;

	ret = bcc_opts(&p->owner->err, &o, sizeof(o), opts);
	if (ret == 0 && p->is_opened)
		return type == BCC_PROG_TYPE_AUTO || type == p->type ? p->fd : fail_loaded(p);
	if (ret == 0)
		ret = choose_type(&l, &o);
	if (ret < 0)
		return ret;
	if (p->fd >= 0) {
		if (p->type == l.type && p->expected_attach_type == l.attach_type &&
			same_target(p->attach_to, l.attach_to))
			return p->fd;
		return fail_loaded(p);
	}
	ret = bcc_cancel_check(p->owner->cancel_fd, &p->owner->err);
	if (ret == 0)
		ret = bcc_object_create(p->owner);
	if (ret == 0)
		ret = find_target(&l);
	if (ret < 0)
		return ret;
	attach_to = l.attach_to ? strdup(l.attach_to) : NULL;
	ret = l.attach_to && !attach_to ? bcc_fail(&p->owner->err, -ENOMEM, "out of memory") : load(&l);
	if (l.target.module_fd >= 0)
		close(l.target.module_fd);
	free(l.log);
	if (ret < 0) {
		free(attach_to);
		return ret;
	}
	p->fd = ret;
	p->type = l.type;
	p->expected_attach_type = l.attach_type;
	p->attach_to = attach_to;
	ret = bcc_program_slots_fill(p->owner);
	return ret < 0 ? ret : p->fd;
}

int bcc_program_load(struct bcc_program *p, int type, const struct bcc_load_opts *opts)
{
	return p ? program_load(p, type, opts, -1) : -EINVAL;
}

int bcc_program_load_in_place(struct bcc_program *p, int program_fd, const char *function)
{
	const struct bcc_load_opts opts = BCC_OPTS(struct bcc_load_opts, .attach_to = function);

	if (program_fd < 0)
		return bcc_fail(
			&p->owner->err, -EINVAL, "%s: %d is no descriptor of a program", p->name, program_fd);
	return program_load(p, BPF_PROG_TYPE_EXT, &opts, program_fd);
}

int bcc_program_load_copy(struct bcc_program *p, int type, int attach_type)
{
	struct load l = {
		.p = p, .type = type, .attach_type = attach_type, .target.module_fd = -1, .in_place = -1};
	struct bcc_program_section section;
	BCC_LOG_SCOPE(p->owner);
	int ret = bcc_cancel_check(p->owner->cancel_fd, &p->owner->err);

	if (bcc_program_section_parse(p->section, &section) && section.kind->type == type)
		l.flags = section.prog_flags;
	if (ret == 0)
		ret = load(&l);
	free(l.log);
	return ret;
}
