/* SPDX-License-Identifier: Apache-2.0 */
/* uprobes at all functions of a program or library that match a regular expression. */
#include <errno.h>
#include <gelf.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/kernel_bpf.h"
#include "libbcc/kernel/link_create.h"
#include "libbcc/load/load.h"
#include "libbcc/symbols/elf/elf_strings.h"
#include "libbcc/symbols/elf/elf_table.h"
#include "libbcc/symbols/elf/ifunc.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/process/process_root.h"
#include "bulk.h"
#include "misread_instruction.h"
#include "uprobe.h"

/* From <linux/bpf.h> of Linux 6.6, which is newer than the headers of the build. */
#define UPROBE_MULTI_RETURN 1 /* BPF_F_UPROBE_MULTI_RETURN */

struct code {
	struct bcc_err *err;
	struct bcc_binary binary;
	regex_t regex;
	const char
		*name; /* what the regular expression stands for, if that is one name; not NUL-terminated */
	size_t name_length;
	uint64_t *offsets; /* offsets in the file */
	size_t count, room;
	size_t unknown; /* indirect functions whose code is not known */
	size_t misread; /* functions that the kernel must not probe */
	int program;	/* loaded for uprobe_multi */
	const struct bcc_multi_opts *opts;
	uint64_t *cookies; /* of the offsets; NULL: all have the program's */
};

/* "^malloc$": each of the thousands of a library's names is compared in a tenth of the time. */
static void uprobe_pattern_find_name(struct code *c, const char *regex)
{
	size_t length;

	if (*regex++ != '^')
		return;
	length = strspn(regex, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (!length || strcmp(regex + length, "$"))
		return;
	c->name = regex;
	c->name_length = length;
}

static bool uprobe_pattern_matches(const struct code *c, const char *name)
{
	if (c->name)
		return !strncmp(name, c->name, c->name_length) && !name[c->name_length];
	return !regexec(&c->regex, name, 0, NULL, 0);
}

/* Adds the function at `address`, unless it is not in an executable segment. */
static int uprobe_pattern_add(struct code *c, const struct bcc_elf_table *table, uint64_t address)
{
	const struct bcc_elf_segment *segment = table->segments;
	const struct bcc_elf_segment *end = segment + table->segment_count;

	while (segment < end && (!segment->executable || address < segment->address ||
					address - segment->address >= segment->file_size))
		segment++;
	if (segment == end)
		return 0;
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : 1024;
		uint64_t *more = realloc(c->offsets, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->offsets = more;
		c->room = room;
	}
	c->offsets[c->count++] = c->binary.start + address - segment->address + segment->offset;
	return 0;
}

/* The other way round. */
static uint64_t uprobe_pattern_address(
	const struct code *c, const struct bcc_elf_table *table, uint64_t offset)
{
	const struct bcc_elf_segment *segment = table->segments;

	offset -= c->binary.start;
	for (size_t i = 0; i < table->segment_count; i++, segment++)
		if (segment->executable && offset >= segment->offset &&
			offset - segment->offset < segment->file_size)
			return offset - segment->offset + segment->address;
	return 0;
}

/* Asks for the number of each function, and leaves out those that are not wanted. */
static int uprobe_pattern_ask_cookies(struct code *c, const struct bcc_elf_table *table)
{
	size_t kept = 0;

	if (!c->opts->cookie)
		return 0;
	c->cookies = calloc(c->count + 1, sizeof(*c->cookies));
	if (!c->cookies)
		return -ENOMEM;
	for (size_t i = 0; i < c->count; i++) {
		uint64_t address = uprobe_pattern_address(c, table, c->offsets[i]);

		if (c->opts->cookie(c->opts->cookie_ctx, address, &c->cookies[kept]))
			c->offsets[kept++] = c->offsets[i];
	}
	c->count = kept;
	return 0;
}

/* ---- indirect functions: their symbols name code that chooses, which runs before anything is traced ---- */

struct indirect {
	uint64_t *resolvers, *choices;
	size_t count;
};

static int add_indirect(struct indirect *all, struct code *c, const GElf_Sym *symbol, const char *name)
{
	uint64_t *resolvers = realloc(all->resolvers, (all->count + 1) * sizeof(*resolvers)), *choices;

	if (!resolvers)
		return -ENOMEM;
	all->resolvers = resolvers;
	choices = realloc(all->choices, (all->count + 1) * sizeof(*choices));
	if (!choices)
		return -ENOMEM;
	all->choices = choices;
	resolvers[all->count] = symbol->st_value;
	choices[all->count] = 0;
	if (uprobe_pattern_matches(c, name) && !bcc_ifunc_choice(c->binary.fd, name, &choices[all->count]))
		c->unknown++;
	all->count++;
	return 0;
}

static int find_indirect(struct indirect *all, struct code *c)
{
	Elf *elf = elf_begin(c->binary.fd, ELF_C_READ, NULL);
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	GElf_Sym symbol;
	int ret = 0;

	while (!ret && elf && (section = elf_nextscn(elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM ||
			!bcc_elf_strings_end(elf, header.sh_link))
			continue;
		data = elf_getdata(section, NULL);
		for (int i = 1; !ret && data && gelf_getsym(data, i, &symbol); i++) {
			const char *name;

			if (GELF_ST_TYPE(symbol.st_info) != STT_GNU_IFUNC || symbol.st_shndx == SHN_UNDEF)
				continue;
			name = elf_strptr(elf, header.sh_link, symbol.st_name);
			if (name)
				ret = add_indirect(all, c, &symbol, name);
		}
	}
	elf_end(elf);
	return ret;
}

static bool is_resolver(const struct indirect *all, uint64_t address)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->resolvers[i] == address)
			return true;
	return false;
}

/* ---- functions ---- */

static int uprobe_pattern_by_offset(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Keeps each offset once: functions can have several names, and choices are functions too. */
static void uprobe_pattern_sort(struct code *c)
{
	size_t kept = 0;

	if (c->count)
		qsort(c->offsets, c->count, sizeof(*c->offsets), uprobe_pattern_by_offset);
	for (size_t i = 0; i < c->count; i++)
		if (!kept || c->offsets[kept - 1] != c->offsets[i])
			c->offsets[kept++] = c->offsets[i];
	c->count = kept;
}

static void uprobe_pattern_leave_out(struct code *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++)
		if (!bcc_misread_at(c->binary.fd, c->offsets[i]))
			c->offsets[kept++] = c->offsets[i];
	c->misread = c->count - kept;
	c->count = kept;
}

static int add_functions(struct code *c, const struct bcc_elf_table *table)
{
	struct indirect indirect = {0};
	int ret = find_indirect(&indirect, c);

	for (size_t i = 0; i < table->count && !ret; i++) {
		const struct bcc_elf_entry *entry = &table->entries[i];

		if (uprobe_pattern_matches(c, bcc_elf_entry_name(table, entry)) &&
			!is_resolver(&indirect, entry->address))
			ret = uprobe_pattern_add(c, table, entry->address);
	}
	for (size_t i = 0; i < indirect.count && !ret; i++)
		if (indirect.choices[i])
			ret = uprobe_pattern_add(c, table, indirect.choices[i]);
	free(indirect.resolvers);
	free(indirect.choices);
	uprobe_pattern_sort(c);
	uprobe_pattern_leave_out(c);
	return ret ? ret : uprobe_pattern_ask_cookies(c, table);
}

/* The symbols of the file stay with the handle until another file's are needed: to read and sort them takes
 * several milliseconds, and programs of one text mostly go to functions of one library. */
static int find_functions(struct bcc *b, struct code *c, const char *binary, const char *regex, int pid)
{
	const struct bcc_elf_table *table;
	struct bcc_root root;
	int ret = bcc_root_open(pid, &root);

	if (ret)
		return bcc_fail_process(c->err, pid, ret);
	ret = bcc_elf_table_get(
		c->err, c->binary.fd, strchr(binary, '/') ? binary : c->binary.path, &root, 0, &table);
	bcc_root_close(&root);
	if (ret)
		return ret;
	bcc_elf_table_put(b->matched);
	b->matched = table;
	ret = add_functions(c, table);
	if (!ret && !c->count && c->misread)
		ret = bcc_fail(c->err, -ENOENT,
			"%s: all %zu functions that match begin with vector instructions that kernels take for others when "
			"there is a probe",
			regex, c->misread);
	else if (!ret && !c->count)
		ret = bcc_fail(c->err, -ENOENT, "no function of %s matches \"%s\"%s", c->binary.path, regex,
			c->unknown ? " but indirect ones (IFUNC) of a library that is not loaded here" : "");
	return ret;
}

/* ---- all at once ---- */

static int uprobe_pattern_attach_at_once(struct bcc_multi *m, size_t first, size_t count)
{
	const struct code *c = m->places;

	return bcc_link_create(&(struct bcc_link_create){.prog_fd = (uint32_t)c->program,
		.attach_type = (uint32_t)m->attach_type,
		.uprobe_multi.path = (uintptr_t)c->binary.path,
		.uprobe_multi.offsets = (uintptr_t)(c->offsets + first),
		.uprobe_multi.cookies = m->cookies ? (uintptr_t)(m->cookies + first) : 0,
		.uprobe_multi.count = (uint32_t)count,
		.uprobe_multi.flags = m->retprobe ? UPROBE_MULTI_RETURN : 0,
		.uprobe_multi.pid = (uint32_t)m->pid});
}

/* A kernel that knows these links looks at the file, and refuses a directory. */
static bool has_uprobe_multi(const struct bcc_multi *m, int program)
{
	const uint64_t offset = 0;

	return bcc_link_create(&(struct bcc_link_create){.prog_fd = (uint32_t)program,
		       .attach_type = (uint32_t)m->attach_type,
		       .uprobe_multi.path = (uintptr_t)"/",
		       .uprobe_multi.offsets = (uintptr_t)&offset,
		       .uprobe_multi.count = 1}) == -EBADF;
}

static int uprobe_pattern_all_at_once(struct bcc_multi *m)
{
	struct code *c = m->places;
	int ret;

	c->program = bcc_program_load_copy(m->p, BPF_PROG_TYPE_KPROBE, m->attach_type);
	/* refused either way: attaching one by one will tell why */
	if (c->program < 0 || !has_uprobe_multi(m, c->program))
		return -EOPNOTSUPP;
	ret = bcc_multi_cookies(m);
	return ret ? ret : bcc_multi_attach(m, uprobe_pattern_attach_at_once, c->count);
}

/* ---- one by one ---- */

static int uprobe_pattern_attach_one(struct bcc_multi *m, size_t first, size_t count)
{
	const struct code *c = m->places;
	const struct bcc_probe_request request = {.pmu = "uprobe",
		.target = c->binary.path,
		.offset = c->offsets[first],
		.retprobe = m->retprobe,
		.pid = m->pid};
	int event = bcc_uprobe_event(m->p->owner, &request);

	if (event < 0)
		return event;
	return bcc_attach_perf_fd_cookie(m->p, event, m->cookies ? m->cookies[first] : m->p->cookie);
}

static int uprobe_pattern_one_by_one(struct bcc_multi *m)
{
	const struct code *c = m->places;
	int ret;

	if (!bcc_probe_pmu_exists("uprobe"))
		return bcc_fail(c->err, -EOPNOTSUPP,
			"%s cannot be probed: no uprobes in this kernel (CONFIG_UPROBES is off, it is older than 4.17, or /sys "
			"is not mounted)",
			c->binary.path);
	ret = bcc_attach_load(m->p, BCC_KIND_UPROBE, NULL);
	return ret ? ret : bcc_multi_attach(m, uprobe_pattern_attach_one, 1);
}

static int uprobe_pattern_attach(struct bcc *b, struct bcc_program *p, const char *binary, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link)
{
	struct code code = {.err = &b->err, .program = -1, .opts = opts};
	struct bcc_multi m = {.p = p,
		.places = &code,
		.retprobe = opts->retprobe,
		.pid = opts->pid,
		.at_once = opts->at_once};
	int ret = bcc_binary_open(&b->err, binary, opts->pid, &code.binary);
	char why[128];

	if (ret)
		return ret;
	ret = regcomp(&code.regex, regex, REG_EXTENDED | REG_NOSUB);
	if (ret) {
		regerror(ret, &code.regex, why, sizeof(why));
		ret = bcc_fail(&b->err, -EINVAL, "\"%s\" is not a regular expression: %s", regex, why);
	} else {
		uprobe_pattern_find_name(&code, regex);
		ret = find_functions(b, &code, binary, regex, opts->pid);
		regfree(&code.regex);
	}
	bcc_multi_choose(&m, BCC_KIND_UPROBE_MULTI, BCC_KIND_UPROBE_SESSION);
	m.count = code.count;
	m.cookies = code.cookies; /* freed with it */
	ret = bcc_multi_run(&m, ret, opts->one_by_one, uprobe_pattern_all_at_once, uprobe_pattern_one_by_one,
		regex, link);
	if (opts->left_out)
		*opts->left_out = m.left_out + code.unknown + code.misread;
	if (code.program >= 0)
		close(code.program);
	free(code.offsets);
	bcc_binary_close(&code.binary);
	return ret;
}

int bcc_attach_uprobes(struct bcc *b, const char *prog, const char *binary, const char *regex,
	const struct bcc_multi_opts *opts, struct bcc_link **link)
{
	struct bcc_multi_opts known;
	struct bcc_program *p = bcc_multi_begin(b, prog, opts, &known);

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!binary || !*binary || !regex || !*regex)
		return bcc_fail(&b->err, -EINVAL,
			"the program or library, or the regular expression for its functions, is missing (\".\" "
			"matches all)");
	return uprobe_pattern_attach(b, p, binary, regex, &known, link);
}
