/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The symbol table of a process. Files are read when an address in them is first looked up. No file of /proc
 * is kept open, because profiling a whole machine takes a table for each of its processes.
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/elf/library_path.h"
#include "libbcc/symbols/elf/zip_member.h"
#include "module_file.h"
#include "process_directory.h"

#define PERF_MAP "/tmp/perf-%d.map"
#define CHECK_MS 100  /* minimum interval between checks for changes */
#define MAX_LOOKS 128 /* checks for unknown addresses within that time */

/* ---- what changes ---- */

static int read_map(struct bcc_process *p, int proc)
{
	int fd = openat(proc, "maps", O_RDONLY | O_CLOEXEC);
	bcc_auto_file FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	bool dropped;
	int ret;

	if (!f) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	ret = bcc_process_map_update(&p->map, f, p->common.opts.data, &dropped);
	if (dropped)
		bcc_demangled_clear(&p->common.demangled);
	return ret;
}

/* The number of pages that the process has mapped: loading and unloading changes it. 0: it has ended. */
static unsigned long mapped_pages(int proc)
{
	bcc_auto_fd int fd = openat(proc, "statm", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtoul(text, NULL, 10);
}

/* `again`: even if nothing seems to have changed */
static int process_update(struct bcc_process *p, bool again)
{
	bcc_auto_fd int proc = bcc_process_open_proc(p);
	unsigned long pages = proc < 0 ? 0 : mapped_pages(proc);
	int ret = 0;

	p->ended = !pages;
	if (pages && (pages != p->pages || again)) {
		ret = read_map(p, proc);
		p->pages = pages;
	}
	return ret;
}

/* Reads the process's own perf map, or one made for it from outside its namespaces. */
static bool read_perf_map(struct bcc_process *p)
{
	static const struct bcc_root own = {.fd = -1};
	char path[sizeof(p->perf_map_path)];
	bool is_new;

	if (!p->pid)
		return false;
	if (!p->has_foreign_map && bcc_perf_map_update(&p->perf_map, &p->root, p->perf_map_path, p->owner))
		return true;
	snprintf(path, sizeof(path), PERF_MAP, p->pid);
	if (!p->has_foreign_map && (p->perf_map.inode || (p->root.fd < 0 && !strcmp(path, p->perf_map_path))))
		return false;
	is_new = bcc_perf_map_update(&p->perf_map, &own, path, p->owner);
	p->has_foreign_map = p->perf_map.inode;
	return is_new;
}

static bool update_perf_map(struct bcc_process *p)
{
	if (!read_perf_map(p))
		return false;
	bcc_demangled_clear(&p->common.demangled);
	return true;
}

/* ---- addresses ---- */

static const struct bcc_elf_table *process_table_of(struct bcc_process *p, struct bcc_process_module *module)
{
	if (!module->tried) {
		module->tried = true;
		module->table = bcc_process_open_module(p, module);
	}
	return module->table;
}

/* A range of a file without symbols may be of a library in an archive: then it becomes the library's. */
static bool process_enter_archive(struct bcc_process *p, const struct bcc_process_range *in)
{
	struct bcc_process_range *range = &p->map.ranges[in - p->map.ranges];
	struct bcc_process_module *member;

	if (range->tried || !range->module->inode)
		return false;
	range->tried = true;
	member = bcc_process_open_member(p, range->module, &range->offset);
	if (member)
		range->module = member;
	return member;
}

static bool in_file(struct bcc_process *p, const struct bcc_process_range *range,
	const struct bcc_elf_table *table, uint64_t address, struct bcc_symbol_info *info)
{
	const struct bcc_elf_entry *entry;
	uint64_t in_file;

	info->module = range->module->path;
	info->offset = address - range->start + range->offset;
	if (!bcc_elf_table_address(table, info->offset, &in_file))
		return false;
	info->offset = in_file;
	entry = bcc_elf_table_at(table, in_file);
	if (!entry)
		return false;
	info->raw_name = bcc_elf_entry_name(table, entry);
	info->offset = in_file - entry->address;
	info->address = address - info->offset;
	info->symbol_size = bcc_elf_entry_size(entry);
	return true;
}

/* Checks from time to time whether what is known still holds. */
static void look_again(struct bcc_process *p)
{
	uint64_t now = bcc_coarse_ms();

	if (now - p->checked < CHECK_MS)
		return;
	p->checked = now;
	p->looks = 0;
	if (!p->ended)
		process_update(p, false);
	if (p->perf_map.count)
		update_perf_map(p);
}

/* An unknown address may belong to something new; but corrupt stacks have thousands of addresses that belong
 * to nothing. */
static bool may_look(struct bcc_process *p)
{
	if (p->looks == MAX_LOOKS)
		return false;
	p->looks++;
	return true;
}

static bool in_perf_map(struct bcc_process *p, uint64_t address, struct bcc_symbol_info *info)
{
	const struct bcc_perf_map_entry *entry = bcc_perf_map_at(&p->perf_map, address);

	if (!entry && may_look(p) && update_perf_map(p))
		entry = bcc_perf_map_at(&p->perf_map, address);
	if (!entry)
		return false;
	info->raw_name = p->perf_map.names + entry->name;
	info->module = p->perf_map_path;
	info->address = entry->start;
	info->offset = address - entry->start;
	info->symbol_size = entry->end - entry->start;
	return true;
}

static const struct bcc_process_range *process_range_at(struct bcc_process *p, uint64_t address)
{
	const struct bcc_process_range *range;

	look_again(p);
	range = bcc_process_map_at(&p->map, address);
	if (range || p->ended || !may_look(p))
		return range;
	process_update(p, p->looks == 1);
	return bcc_process_map_at(&p->map, address);
}

static bool process_is_code(struct bcc_symbols *s, uint64_t address)
{
	const struct bcc_process_range *range = process_range_at((struct bcc_process *)s, address);

	return range && range->executable;
}

static int process_resolve(struct bcc_symbols *s, uint64_t address, struct bcc_symbol_info *info)
{
	struct bcc_process *p = (struct bcc_process *)s;
	const struct bcc_process_range *range = process_range_at(p, address);
	const struct bcc_elf_table *table;

	if (range && range->module) {
		table = process_table_of(p, range->module);
		if (!table && process_enter_archive(p, range))
			table = range->module->table;
		if (table)
			return in_file(p, range, table, address, info) ? 0 : -ENOENT;
	}
	if (in_perf_map(p, address, info))
		return 0;
	if (range && range->module) {
		info->module = range->module->path;
		info->offset = address - range->start + range->offset;
	}
	return -ENOENT;
}

/* ---- names ---- */

static bool process_is_called(const struct bcc_process_module *module, const char *name)
{
	const char *slash = strrchr(module->path, '/');

	return !strcmp(module->path, name) ||
	       (!strchr(name, '/') && bcc_library_matches(slash ? slash + 1 : module->path, name));
}

/* The address of the module's symbol where the range maps it. */
static bool find_in(
	struct bcc_process *p, const struct bcc_process_range *range, const char *name, uint64_t *address)
{
	struct bcc_process_module *module = range->module;
	const struct bcc_elf_table *table = process_table_of(p, module);
	const struct bcc_elf_entry *entry;
	uint64_t start;

	if (!table || !bcc_elf_table_address(table, range->offset, &start))
		return false;
	entry = bcc_elf_table_find(table, name);
	/* its names have been searched: do not repeat that for each of perhaps thousands of mappings */
	module->ruled_out = !entry;
	if (entry)
		*address = entry->address - start + range->start;
	return entry;
}

/* Whether a library called `name` (NULL: any) may be one in the archive that a range is of. */
static bool process_may_be_in_archive(const struct bcc_process_module *archive, const char *name)
{
	size_t length = strlen(archive->path);

	return !name || !strchr(name, '/') ||
	       (!strncmp(name, archive->path, length) &&
		       !strncmp(name + length, BCC_ZIP_SEPARATOR, strlen(BCC_ZIP_SEPARATOR)));
}

/* A file that is not ELF may be an archive: what of it is mapped there is then a module of its own. */
static void process_look_into(
	struct bcc_process *p, const struct bcc_process_range *range, const char *module)
{
	if (process_may_be_in_archive(range->module, module) && !process_table_of(p, range->module) &&
		process_enter_archive(p, range))
		range->module->ruled_out = module && !process_is_called(range->module, module);
}

static int process_find(struct bcc_symbols *s, const char *module, const char *name, uint64_t *address)
{
	struct bcc_process *p = (struct bcc_process *)s;
	const struct bcc_process_module *done = NULL;

	if (!p->ended)
		process_update(p, false);
	for (struct bcc_process_module *m = p->map.modules; m; m = m->next)
		m->ruled_out = module && !process_is_called(m, module);
	for (size_t i = 0; i < p->map.count; i++) {
		const struct bcc_process_range *range = &p->map.ranges[i];

		if (range->module)
			process_look_into(p, range, module);
		if (!range->module || range->module == done)
			continue;
		done = range->module;
		if (!done->ruled_out && find_in(p, range, name, address))
			return 0;
	}
	return bcc_fail(&s->err, -ENOENT, "process %d has no symbol %s%s%s", p->pid, name,
		module ? " in " : "", module ? module : "");
}

/* ---- open and close ---- */

static int process_refresh(struct bcc_symbols *s)
{
	struct bcc_process *p = (struct bcc_process *)s;
	int ret = process_update(p, true);

	if (p->ended)
		return bcc_fail(&s->err, -ESRCH, "process %d has ended", p->pid);
	if (ret)
		return bcc_fail(&s->err, ret, "the memory map of process %d cannot be read: %s", p->pid,
			strerror(-ret));
	update_perf_map(p);
	return 0;
}

static void free_process(struct bcc_symbols *s)
{
	struct bcc_process *p = (struct bcc_process *)s;

	bcc_process_map_free(&p->map);
	bcc_perf_map_free(&p->perf_map);
	bcc_root_close(&p->root);
}

static const struct bcc_symbols_ops process_ops = {
	.free = free_process,
	.resolve = process_resolve,
	.is_code = process_is_code,
	.find = process_find,
	.refresh = process_refresh,
};

/* Its PID in the innermost PID namespace, and its owner. */
static void read_status(struct bcc_process *p, int proc)
{
	int fd = openat(proc, "status", O_RDONLY | O_CLOEXEC), pid = p->pid;
	bcc_auto_file FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *last = strrchr(line, '\t');

		if (!strncmp(line, "NSpid:", 6) && last)
			pid = atoi(last);
		else if (!strncmp(line, "Uid:", 4))
			p->owner = strtoul(line + 4, NULL, 10);
	}
	if (!f && fd >= 0)
		close(fd);
	snprintf(p->perf_map_path, sizeof(p->perf_map_path), PERF_MAP, pid);
}

static int process_open_process(struct bcc_process *p, int pid)
{
	struct bcc_err *err = &p->common.err;
	bcc_auto_fd int proc = -1;
	char path[32];
	int ret;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (pid > 0)
		proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return bcc_fail_process(err, pid, pid <= 0 ? -ESRCH : -errno);
	p->pid = pid;
	errno = 0;
	p->start_time = bcc_process_start_time(proc);
	if (!p->start_time)
		return bcc_fail_process(err, pid, errno ? -errno : -ESRCH);
	ret = bcc_root_open(pid, &p->root);
	if (ret)
		return bcc_fail_process(err, pid, ret);
	p->ended = false;
	read_status(p, proc);
	p->pages = mapped_pages(proc);
	ret = read_map(p, proc);
	p->checked = bcc_coarse_ms();
	if (ret == -ESRCH || ret == -ENOENT || ret == -EMFILE || ret == -ENFILE ||
		(!ret && !p->map.count && bcc_process_is_zombie(pid)))
		return bcc_fail_process(err, pid, ret ? ret : -ESRCH);
	if (ret)
		return bcc_fail(err, ret,
			"the memory map of process %d cannot be read: %s (this needs root, or the process's own user if it "
			"may be debugged)",
			pid, strerror(-ret));
	for (struct bcc_process_module *m = p->map.modules; m && p->common.opts.eager; m = m->next)
		process_table_of(p, m);
	return 0;
}

int bcc_symbols_open_process(int pid, const struct bcc_symbols_opts *opts, struct bcc_symbols **out)
{
	int ret = bcc_symbols_new(&process_ops, sizeof(struct bcc_process), opts, out);
	struct bcc_process *p = out ? (struct bcc_process *)*out : NULL;

	if (!p)
		return ret;
	p->root.fd = -1;
	p->ended = true;
	return ret ? ret : process_open_process(p, pid);
}
