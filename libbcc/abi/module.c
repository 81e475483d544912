/* SPDX-License-Identifier: Apache-2.0 */
/* A module: a compiled text and its functions. */
#include "abi.h"

#include <errno.h>
#include <linux/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "libbcc/object/build.h"
#include "program_registry.h"

/* BCC's name for a text that is not from a file: clients look for it in messages. */
#define TEXT_NAME "/virtual/main.c"

/* The flags of bpf_module_create_…() */
enum { SHOW_IR = 0x1, SHOW_BYTECODE = 0x2, SHOW_SOURCE = 0x4, SHOW_ASM = 0x8, SHOW_REGISTERS = 0x10 };

static unsigned debug_of(unsigned flags)
{
	unsigned debug = 0;

	debug |= flags & SHOW_IR ? BCC_DEBUG_IR : 0;
	debug |= flags & (SHOW_BYTECODE | SHOW_REGISTERS) ? BCC_DEBUG_VERIFIER : 0;
	debug |= flags & SHOW_SOURCE ? BCC_DEBUG_SOURCE : 0;
	debug |= flags & SHOW_ASM ? BCC_DEBUG_ASM : 0;
	return debug;
}

static void print_log(void *ctx, enum bcc_log_level level, const char *text)
{
	fputs(text, stderr);
}

static void *fail_open(struct bcc_abi_module *m, int code)
{
	const char *why = bcc_error(m->b);
	size_t length = strlen(why);

	fprintf(stderr, "%s%s", why, length && why[length - 1] == '\n' ? "" : "\n");
	bpf_module_destroy(m);
	errno = -code;
	return NULL;
}

typedef int (*open_fn)(const char *text_or_path, const struct bcc_open_opts *opts, struct bcc **out);

static void *abi_module_create(
	open_fn open, const char *what, struct bcc_open_opts *opts, bool allow_rlimit, const char *dev_name)
{
	struct bcc_abi_module *m;
	int ret;

	if (dev_name && *dev_name) {
		bcc_abi_fail(-EOPNOTSUPP, "offloading programs to device %s is not available in version %s",
			dev_name, bcc_version());
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	if (allow_rlimit)
		bcc_abi_lift_memory_limit();
	opts->log = print_log;
	ret = open(what, opts, &m->b);
	if (ret < 0)
		return fail_open(m, ret);
	m->descriptions = calloc(2 * bcc_table_count(m->b) + 1, sizeof(*m->descriptions));
	if (!m->descriptions)
		return fail_open(m, -ENOMEM);
	return m;
}

/* Tools create modules without a program, only to ask what this kernel supports. */
static const char *or_comment(const char *text)
{
	return text && !text[strspn(text, " \t\r\n\f\v")] ? "/* nothing */" : text;
}

void *bpf_module_create_c_from_string(const char *text, unsigned flags, const char *cflags[], int ncflags,
	bool allow_rlimit, const char *dev_name)
{
	struct bcc_open_opts opts = {.size = sizeof(opts),
		.name = TEXT_NAME,
		.cflags = cflags,
		.cflags_count = ncflags,
		.debug = debug_of(flags)};

	return abi_module_create(bcc_open_text, or_comment(text), &opts, allow_rlimit, dev_name);
}

void *bcc_module_create_in_namespace(const char *text, unsigned flags, const char *cflags[], int ncflags,
	bool allow_rlimit, const char *maps_namespace)
{
	struct bcc_open_opts opts = {.size = sizeof(opts),
		.name = TEXT_NAME,
		.cflags = cflags,
		.cflags_count = ncflags,
		.debug = debug_of(flags),
		.maps_namespace = maps_namespace};

	return abi_module_create(bcc_open_text, or_comment(text), &opts, allow_rlimit, NULL);
}

void *bpf_module_create_c(const char *filename, unsigned flags, const char *cflags[], int ncflags,
	bool allow_rlimit, const char *dev_name)
{
	struct bcc_open_opts opts = {
		.size = sizeof(opts), .cflags = cflags, .cflags_count = ncflags, .debug = debug_of(flags)};

	return abi_module_create(bcc_open_file, filename, &opts, allow_rlimit, dev_name);
}

void bpf_module_destroy(void *program)
{
	struct bcc_abi_module *m = program;

	if (!m)
		return;
	for (size_t i = 0; m->descriptions && i < 2 * bcc_table_count(m->b); i++)
		free(m->descriptions[i]);
	free(m->descriptions);
	bcc_abi_forget(m->b);
	bcc_close(m->b);
	free(m);
}

/* Values can be printed and parsed (value_text.c), which is what clients use this to find out. */
bool bpf_module_rw_engine_enabled(void)
{
	return true;
}

char *bpf_module_license(void *program)
{
	struct bcc_abi_module *m = program;

	return m ? m->b->object->license : NULL;
}

unsigned bpf_module_kern_version(void *program)
{
	unsigned major, minor, patch = 0;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u.%u", &major, &minor, &patch) < 2)
		return 0;
	return KERNEL_VERSION(major, minor, patch < 255 ? patch : 255);
}

size_t bpf_num_functions(void *program)
{
	struct bcc_abi_module *m = program;

	return m ? bcc_program_count(m->b) : 0;
}

static struct bcc_program *program_at(struct bcc_abi_module *m, size_t id)
{
	return m ? bcc_program_at(m->b, id) : NULL;
}

static struct bcc_program *program_named(struct bcc_abi_module *m, const char *name)
{
	return m ? bcc_program_find(m->b, name) : NULL;
}

static size_t abi_module_size_of(const struct bcc_program *p)
{
	return p ? p->insn_count * sizeof(*p->insns) : 0;
}

const char *bpf_function_name(void *program, size_t id)
{
	struct bcc_program *p = program_at(program, id);

	return p ? p->name : NULL;
}

void *bpf_function_start_id(void *program, size_t id)
{
	struct bcc_program *p = program_at(program, id);

	return p ? p->insns : NULL;
}

void *bpf_function_start(void *program, const char *name)
{
	struct bcc_program *p = program_named(program, name);

	return p ? p->insns : NULL;
}

size_t bpf_function_size_id(void *program, size_t id)
{
	return abi_module_size_of(program_at(program, id));
}

size_t bpf_function_size(void *program, const char *name)
{
	return abi_module_size_of(program_named(program, name));
}

/* The compiler's memory is freed after each compilation; there is nothing to free here. */
int bcc_free_memory(void)
{
	return 0;
}
