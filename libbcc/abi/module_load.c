/* SPDX-License-Identifier: Apache-2.0 */
/* Loading programs: those of a module, and instructions from elsewhere. */
#include "abi.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/kernel/object_name.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/load/verifier_log.h"
#include "program_registry.h"

/* The caller owns the descriptor from here on, and the program can be loaded again, even as another type. */
static int take_fd(struct bcc_program *p)
{
	int fd = p->fd;

	if (p->type == BPF_PROG_TYPE_KPROBE)
		bcc_abi_remember(p, fd);
	p->fd = -1;
	p->type = BCC_PROG_TYPE_AUTO;
	free(p->attach_to);
	p->attach_to = NULL;
	return fd;
}

/* A caller's buffer for the verifier's log. */
struct log_buffer {
	char *text;
	size_t size;
};

static void keep_log(void *ctx, enum bcc_log_level level, const char *text)
{
	struct log_buffer *buffer = ctx;
	const char *log = strchr(text, '\n'); /* behind whose it is, and with a newline more */

	if (level == BCC_LOG_DEBUG && log++)
		snprintf(buffer->text, buffer->size, "%.*s", log[0] ? (int)strlen(log) - 1 : 0, log);
}

static int load_program(
	struct bcc_program *p, int type, int log_level, int attach_type, char *log_buf, unsigned log_buf_size)
{
	struct bcc_load_opts opts = {
		.size = sizeof(opts), .expected_attach_type = attach_type > 0 ? attach_type : 0};
	struct log_buffer buffer = {log_buf, log_buf_size};
	struct bcc *b = p->owner;
	unsigned debug = b->debug;
	bcc_log_fn say = b->log;
	void *say_ctx = b->log_ctx;
	int ret;

	if (log_level > 0) {
		b->debug |= BCC_DEBUG_VERIFIER;
		if (log_buf && log_buf_size) {
			b->log = keep_log;
			b->log_ctx = &buffer;
		}
	}
	ret = bcc_program_load(p, type, &opts);
	b->debug = debug;
	b->log = say;
	b->log_ctx = say_ctx;
	if (ret >= 0)
		return take_fd(p);
	if (log_buf && log_buf_size)
		snprintf(log_buf, log_buf_size, "%s", bcc_error(b));
	return bcc_abi_fail(ret, "%s", bcc_error(b));
}

int bcc_func_load(void *program, int prog_type, const char *name, const struct bpf_insn *insns, int prog_len,
	const char *license, unsigned kern_version, int log_level, char *log_buf, unsigned log_buf_size,
	const char *dev_name, int attach_type)
{
	struct bcc_abi_module *m = program;
	struct bcc_program *p = m ? bcc_program_find(m->b, name) : NULL;

	if (dev_name && *dev_name)
		return bcc_abi_fail(-EOPNOTSUPP,
			"%s: offloading programs to device %s is not available in version %s",
			name ? name : "", dev_name, bcc_version());
	if (p && p->insns == insns && (size_t)prog_len == p->insn_count * sizeof(*insns))
		return load_program(p, prog_type, log_level, attach_type, log_buf, log_buf_size);
	return bcc_prog_load(
		prog_type, name, insns, prog_len, license, kern_version, log_level, log_buf, log_buf_size);
}

int bcc_prog_load(enum bpf_prog_type prog_type, const char *name, const struct bpf_insn *insns, int prog_len,
	const char *license, unsigned kern_version, int log_level, char *log_buf, unsigned log_buf_size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .kern_version = kern_version, .log_level = log_level);

	return bcc_prog_load_xattr(
		prog_type, name, license, insns, &opts, prog_len, log_buf, log_buf_size, true);
}

/* Reports the reason, with the verifier's log. */
static int fail_load(int code, const char *name, const char *log)
{
	struct bcc_err err = {0};

	if (code != -EPERM)
		return bcc_abi_fail(code, "%s cannot be loaded: %s\n%s", name, strerror(-code), log);
	bcc_fail_permission(&err, "%s cannot be loaded", name);
	bcc_abi_fail(code, "%s", err.text ? err.text : strerror(-code));
	bcc_err_clear(&err);
	return bcc_abi_result(code);
}

/* Instructions from elsewhere that are being loaded. */
struct instructions {
	enum bpf_prog_type type;
	const char *name, *license;
	const struct bpf_insn *list;
	size_t count;
	struct bpf_prog_load_opts *opts;
};

static int load_once(const struct instructions *i)
{
	return bpf_prog_load(i->type, i->name, i->license, i->list, i->count, i->opts);
}

static int load_into(void *ctx, char *log, size_t size)
{
	const struct instructions *i = ctx;

	i->opts->log_buf = log;
	i->opts->log_size = size;
	return load_once(i);
}

/* Loads with a log, which goes to stderr: a second time, or at once if requested. */
static int abi_module_load_load_with_log(struct instructions *i)
{
	bcc_auto_free char *own = NULL;
	char *log = i->opts->log_size ? i->opts->log_buf : NULL;
	int fd;

	if (log) {
		log[0] = '\0';
		fd = load_once(i);
	} else {
		fd = bcc_load_with_log(load_into, i, &own);
		log = own;
	}
	if (fd < 0)
		return fail_load(fd, i->name, log ? log : "");
	fputs(log, stderr);
	return fd;
}

int bcc_prog_load_xattr(enum bpf_prog_type prog_type, const char *prog_name, const char *license,
	const struct bpf_insn *insns, struct bpf_prog_load_opts *opts, int prog_len, char *log_buf,
	unsigned log_buf_size, bool allow_rlimit)
{
	LIBBPF_OPTS(bpf_prog_load_opts, own);
	char name[BPF_OBJ_NAME_LEN];
	struct instructions i = {prog_type, name, license, insns, prog_len / sizeof(*insns), &own};
	int fd;

	/* the caller's struct may be of another version of libbpf */
	if (opts)
		memcpy(&own, opts, opts->sz < sizeof(own) ? opts->sz : sizeof(own));
	own.sz = sizeof(own);
	bcc_kernel_name(name, prog_name ? prog_name : "");
	if (!own.log_level) {
		fd = load_once(&i);
		if (fd == -EPERM && allow_rlimit) {
			bcc_abi_lift_memory_limit();
			fd = load_once(&i);
		}
		if (fd >= 0)
			return fd;
		own.log_level = 1;
	}
	own.log_buf = log_buf;
	own.log_size = log_buf ? log_buf_size : 0;
	return abi_module_load_load_with_log(&i);
}
