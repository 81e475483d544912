/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three lists of the kernel tell what can be probed: available_filter_functions of tracefs (what ftrace can
 * trace: functions that the compiler gave a call at their start), kprobes/blacklist of debugfs (what must not
 * be probed, because probes themselves run it), and BTF (functions whose arguments are described).
 */
#include "kernel_functions.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/sorted_search.h"
#include "libbcc/kernel/private_mount.h"
#include "libbcc/kernel/tracefs.h"
#include "kernel_table.h"

/* Marks of table entries, beside BCC_FUNCTION_…. */
enum { CHOSEN = 1 << 5, SAME_NAME = 1 << 6 };

struct search {
	struct bcc_err *err;
	const struct bcc_kernel_table *table;
	unsigned char *marks; /* of entry i */
	size_t *by_name;      /* functions that the pattern matches, sorted by name */
	size_t count;
};

static const char *kernel_functions_name_of(const struct search *s, size_t i)
{
	return bcc_kernel_entry_name(s->table, &s->table->entries[s->by_name[i]]);
}

/* ---- the pattern ---- */

struct pattern {
	regex_t regex;
	char prefix[64]; /* the common prefix of all matches: rules out most names quickly */
	size_t prefix_length;
};

/* "^vfs_r.*" starts with "vfs_r"; with alternatives there is no certain prefix. */
static void find_prefix(struct pattern *p, const char *regex)
{
	size_t length;

	p->prefix_length = 0;
	if (regex[0] != '^' || strchr(regex, '|'))
		return;
	length = strcspn(regex + 1, ".[](){}*+?^$\\");
	/* the last character may match zero times */
	if (length && strchr("*?{", regex[1 + length]) && regex[1 + length])
		length--;
	if (length >= sizeof(p->prefix))
		length = 0;
	memcpy(p->prefix, regex + 1, length);
	p->prefix_length = length;
}

static bool kernel_functions_matches(const struct pattern *p, const char *name)
{
	return !strncmp(name, p->prefix, p->prefix_length) && !regexec(&p->regex, name, 0, NULL, 0);
}

static int kernel_functions_compile(struct bcc_err *err, struct pattern *p, const char *regex)
{
	char why[128];
	int ret = regcomp(&p->regex, regex, REG_EXTENDED | REG_NOSUB);

	if (!ret) {
		find_prefix(p, regex);
		return 0;
	}
	regerror(ret, &p->regex, why, sizeof(why));
	return bcc_fail(err, ret == REG_ESPACE ? -ENOMEM : -EINVAL, "\"%s\" is not a regular expression: %s",
		regex, why);
}

/* ---- the lists ---- */

static int kernel_functions_by_name(const void *a, const void *b, void *ctx)
{
	const struct bcc_kernel_table *table = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(bcc_kernel_entry_name(table, &table->entries[x]),
		bcc_kernel_entry_name(table, &table->entries[y]));

	return order ? order : (x > y) - (x < y);
}

/* Marks all functions named `name` (of `module`, NULL: of any). */
static void kernel_functions_mark(struct search *s, const char *name, const char *module, unsigned char what)
{
	size_t i = bcc_partition_point(at, s->count, strcmp(kernel_functions_name_of(s, at), name) < 0);

	for (; i < s->count && !strcmp(kernel_functions_name_of(s, i), name); i++) {
		const struct bcc_kernel_entry *entry = &s->table->entries[s->by_name[i]];

		if (!module || !strcmp(bcc_kernel_entry_module(s->table, entry), module))
			s->marks[s->by_name[i]] |= what;
	}
}

static FILE *kernel_functions_open_below(int dir, const char *path)
{
	int fd = dir < 0 ? -1 : openat(dir, path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* Lines "NAME" or "NAME [MODULE]". */
static int mark_ftrace(struct search *s)
{
	bcc_auto_fd int tracefs = bcc_tracefs_open(s->err);
	bcc_auto_file FILE *f = kernel_functions_open_below(tracefs, "available_filter_functions");
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	if (tracefs < 0)
		return tracefs;
	if (!f)
		return bcc_fail(s->err, -EOPNOTSUPP,
			"cannot read which functions ftrace can trace: available_filter_functions of tracefs: %s%s",
			strerror(errno), errno == ENOENT ? " (CONFIG_DYNAMIC_FTRACE)" : "");
	while (getline(&line, &size, f) > 0) {
		char *module = strchr(line, '[');
		char *end = line + strcspn(line, " \t\n");

		*end = '\0';
		if (module)
			module[strcspn(module, "]")] = '\0';
		kernel_functions_mark(s, line, module ? module + 1 : "", BCC_FUNCTION_FTRACE);
	}
	return 0;
}

/* Lines "0xSTART-0xEND\tNAME". Without the list, the kernel refuses blacklisted functions when they are
 * attached. */
static void mark_blacklist(struct search *s)
{
	bcc_auto_file FILE *f = fopen("/sys/kernel/debug/kprobes/blacklist", "re");
	bcc_auto_fd int debugfs = f ? -1 : bcc_mount_private("debugfs");
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	if (!f)
		f = kernel_functions_open_below(debugfs, "kprobes/blacklist");
	while (f && getline(&line, &size, f) > 0) {
		char *name = strpbrk(line, " \t");

		if (!name)
			continue;
		name += strspn(name, " \t");
		name[strcspn(name, " \t\n")] = '\0';
		kernel_functions_mark(s, name, NULL, BCC_FUNCTION_BLACKLISTED);
	}
}

static void mark_btf(struct search *s, const struct btf *btf, uint32_t from, const char *module)
{
	for (uint32_t id = from; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_func(t))
			kernel_functions_mark(
				s, btf__str_by_offset(btf, t->name_off), module, BCC_FUNCTION_BTF);
	}
}

static int mark_all_btf(struct search *s)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const char *last = "";

	if (!btf)
		return bcc_fail(s->err, -EOPNOTSUPP,
			"this kernel does not describe its functions: it has no /sys/kernel/btf/vmlinux "
			"(CONFIG_DEBUG_INFO_BTF)");
	mark_btf(s, btf, 1, "");
	for (size_t i = 0; i < s->table->module_count; i++) {
		const char *module = s->table->names + s->table->modules[i];
		struct btf *own = *module && strcmp(module, last) ? btf__load_module_btf(module, btf) : NULL;

		last = module;
		if (own)
			mark_btf(s, own, btf__type_cnt(btf), module);
		btf__free(own);
	}
	btf__free(btf);
	return 0;
}

/* ---- symbols that are not functions ---- */

/* Init code of the kernel is still listed after its memory has been freed. */
static void init_code(const struct bcc_kernel_table *table, uint64_t *start, uint64_t *end)
{
	*start = *end = 0;
	for (size_t i = 0; i < table->count; i++) {
		const struct bcc_kernel_entry *entry = &table->entries[i];
		const char *name = bcc_kernel_entry_name(table, entry);

		if (name[0] != '_' || entry->module)
			continue;
		if (!strcmp(name, "__init_begin") || (!*start && !strcmp(name, "_sinittext")))
			*start = entry->address;
		else if (!strcmp(name, "__init_end") || (!*end && !strcmp(name, "_einittext")))
			*end = entry->address;
	}
}

static bool is_no_function(const char *name, const char *module)
{
	/* padding before a function, type checks, marks in the text; a function's cold part; BPF programs */
	return !strncmp(name, "__pfx_", 6) || !strncmp(name, "__cfi_", 6) || !strncmp(name, "__start_", 8) ||
	       !strncmp(name, "__stop_", 7) || strstr(name, ".cold") || !strcmp(module, "bpf") ||
	       !strncmp(module, "__builtin__", 11);
}

static int kernel_functions_choose(struct search *s, const char *regex)
{
	struct pattern pattern;
	uint64_t init_start, init_end;
	int ret = kernel_functions_compile(s->err, &pattern, regex ? regex : "");

	if (ret)
		return ret;
	init_code(s->table, &init_start, &init_end);
	for (size_t i = 0; i < s->table->count; i++) {
		const struct bcc_kernel_entry *entry = &s->table->entries[i];
		const char *name = bcc_kernel_entry_name(s->table, entry);

		if (!bcc_kernel_entry_is_code(entry) || !kernel_functions_matches(&pattern, name) ||
			is_no_function(name, bcc_kernel_entry_module(s->table, entry)))
			continue;
		if (entry->address && entry->address >= init_start && entry->address < init_end)
			continue;
		s->by_name[s->count++] = i;
	}
	regfree(&pattern.regex);
	/* the C library's sort needs no lock; names are only reached through the table */
	qsort_r(s->by_name, s->count, sizeof(*s->by_name), kernel_functions_by_name, (void *)s->table);
	return 0;
}

/* ---- all of it ---- */

/* Functions with one of `never` are left out; `tell` is what is told of the others. */
static int kernel_functions_report(
	struct search *s, unsigned needs, unsigned never, unsigned tell, bcc_kernel_function_fn fn, void *ctx)
{
	for (size_t i = 0; i < s->count; i++) {
		bool same =
			(i && !strcmp(kernel_functions_name_of(s, i - 1), kernel_functions_name_of(s, i))) ||
			(i + 1 < s->count &&
				!strcmp(kernel_functions_name_of(s, i + 1), kernel_functions_name_of(s, i)));

		s->marks[s->by_name[i]] |= CHOSEN | (same ? SAME_NAME : 0);
	}
	for (size_t i = 0; i < s->table->count; i++) {
		const struct bcc_kernel_entry *entry = &s->table->entries[i];
		struct bcc_kernel_function function = {
			.name = bcc_kernel_entry_name(s->table, entry),
			.module = bcc_kernel_entry_module(s->table, entry),
			.address = entry->address,
			.can = s->marks[i] & tell,
			.same_name = s->marks[i] & SAME_NAME,
		};
		int stop;

		if (!(s->marks[i] & CHOSEN) || s->marks[i] & never || (function.can & needs) != needs)
			continue;
		stop = fn(ctx, &function);
		if (stop)
			return stop;
	}
	return 0;
}

/* Room for the marks of all functions; freed with search_free(). */
static int search_new(struct search *s, struct bcc_err *err, const struct bcc_kernel_table *table)
{
	*s = (struct search){.err = err,
		.table = table,
		.marks = calloc(table->count, 1),
		.by_name = calloc(table->count, sizeof(*s->by_name))};
	return s->marks && s->by_name ? 0
				      : bcc_fail(err, -ENOMEM, "out of memory for the kernel's functions");
}

static void search_free(struct search *s)
{
	free(s->marks);
	free(s->by_name);
}

int bcc_kernel_functions_all(struct bcc_err *err, const struct bcc_kernel_table *table, const char *regex,
	int *ftrace, bcc_kernel_function_fn fn, void *ctx)
{
	__attribute__((cleanup(search_free))) struct search s;
	int ret = search_new(&s, err, table);

	if (!ret)
		ret = kernel_functions_choose(&s, regex);
	if (ret)
		return ret;
	s.err = NULL;
	*ftrace = mark_ftrace(&s);
	mark_blacklist(&s);
	return kernel_functions_report(&s, 0, 0, BCC_FUNCTION_FTRACE | BCC_FUNCTION_BLACKLISTED, fn, ctx);
}

int bcc_kernel_functions(struct bcc_err *err, const struct bcc_kernel_table *table, const char *regex,
	unsigned needs, bcc_kernel_function_fn fn, void *ctx)
{
	__attribute__((cleanup(search_free))) struct search s;
	int ret = search_new(&s, err, table);

	if (ret)
		return ret;
	if (needs & ~(BCC_FUNCTION_FTRACE | BCC_FUNCTION_BTF))
		return bcc_fail(err, -EINVAL, "unknown flags %#x for functions", needs);
	ret = kernel_functions_choose(&s, regex);
	if (!ret && needs & BCC_FUNCTION_FTRACE)
		ret = mark_ftrace(&s);
	if (!ret && needs & BCC_FUNCTION_BTF)
		ret = mark_all_btf(&s);
	if (ret)
		return ret;
	mark_blacklist(&s);
	return kernel_functions_report(
		&s, needs, BCC_FUNCTION_BLACKLISTED, BCC_FUNCTION_FTRACE | BCC_FUNCTION_BTF, fn, ctx);
}
