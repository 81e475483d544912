/* SPDX-License-Identifier: Apache-2.0 */
/* What processes have mapped, and the perf maps of JIT compilers. */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/process/perf_map.h"
#include "libbcc/symbols/process/process_maps.h"
#include "abi.h"

/* ---- mapped files ---- */

int bcc_mapping_is_file_backed(const char *mapname)
{
	static const char *const others[] = {
		"//anon", "/dev/zero", "/anon_hugepage", "[stack", "/SYSV", "[heap]", "[vsyscall]", NULL};

	if (!mapname)
		return 0;
	for (const char *const *other = others; *other; other++)
		if (!strncmp(mapname, *other, strlen(*other)))
			return 0;
	return *mapname != '\0';
}

struct each_module {
	bcc_procutils_modulecb callback;
	void *payload;
};

static int abi_processes_pass_on(void *ctx, const struct bcc_process_mapping *mapping)
{
	const struct each_module *each = ctx;
	struct mod_info module = {
		.name = (char *)mapping->path,
		.start_addr = mapping->start,
		.end_addr = mapping->end,
		.file_offset = mapping->offset,
		.dev_major = mapping->device_major,
		.dev_minor = mapping->device_minor,
		.inode = mapping->inode,
	};

	if (mapping->permissions[2] != 'x' || !bcc_mapping_is_file_backed(mapping->path))
		return 0;
	return each->callback(&module, 1, each->payload) < 0;
}

/* Like BCC's: 0 if the callback ended it, -1 at the end of the list. */
int _procfs_maps_each_module(FILE *procmaps, int pid, bcc_procutils_modulecb callback, void *payload)
{
	struct each_module each = {callback, payload};

	if (!procmaps || !callback)
		return -1;
	return bcc_process_maps_each(procmaps, abi_processes_pass_on, &each) > 0 ? 0 : -1;
}

static int pass_perf_map(char *path, int enter_ns, bcc_procutils_modulecb callback, void *payload)
{
	struct mod_info module = {.name = path, .end_addr = UINT64_MAX};

	return callback(&module, enter_ns, payload) < 0;
}

/* Perf maps come last, as modules that cover all addresses: the process's own, then one that was made for
 * it. */
int bcc_procutils_each_module(int pid, bcc_procutils_modulecb callback, void *payload)
{
	bcc_auto_file FILE *maps = NULL;
	char path[PATH_MAX];

	if (!callback)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return -1;
	if (!_procfs_maps_each_module(maps, pid, callback, payload))
		return 0;
	if (bcc_perf_map_path(path, sizeof(path), pid) && pass_perf_map(path, 1, callback, payload))
		return 0;
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", pid);
	pass_perf_map(path, 0, callback, payload);
	return 0;
}

/* Payload of the next function. */
struct mod_search {
	const char *name;
	uint64_t inode, dev_major, dev_minor;
	uint64_t addr;
	uint8_t inode_match_only;
	uint64_t start, file_offset; /* the result */
};

int _bcc_syms_find_module(struct mod_info *info, int enter_ns, void *p)
{
	struct mod_search *search = p;
	bool same;

	if (!info || !search)
		return 0;
	same = search->inode_match_only
		       ? info->inode == search->inode
		       : info->inode == search->inode && info->dev_major == search->dev_major &&
				 info->dev_minor == search->dev_minor;

	if (!same && (!search->name || strcmp(info->name, search->name) != 0))
		return 0;
	if (search->addr < info->file_offset ||
		search->addr - info->file_offset >= info->end_addr - info->start_addr)
		return 0;
	search->start = info->start_addr;
	search->file_offset = info->file_offset;
	return -1;
}

int bcc_resolve_global_addr(
	int pid, const char *module, const uint64_t address, uint8_t inode_match_only, uint64_t *global)
{
	struct mod_search search = {
		.name = module, .inode = UINT64_MAX, .addr = address, .inode_match_only = inode_match_only};
	struct stat st;

	if (module && !stat(module, &st)) {
		search.inode = st.st_ino;
		search.dev_major = major(st.st_dev);
		search.dev_minor = minor(st.st_dev);
	}
	if (!global || bcc_procutils_each_module(pid, _bcc_syms_find_module, &search) || !search.start)
		return -1;
	*global = search.start + address - search.file_offset;
	return 0;
}

struct load_section {
	uint64_t target, found; /* address as given in the file, file offset */
};

int _find_load(uint64_t v_addr, uint64_t mem_sz, uint64_t file_offset, void *payload)
{
	struct load_section *load = payload;

	if (load->target < v_addr || load->target - v_addr >= mem_sz)
		return 0;
	load->found = load->target - v_addr + file_offset;
	return -1;
}

uint64_t __so_calc_global_addr(uint64_t mod_start_addr, uint64_t mod_file_offset, uint64_t elf_sec_start_addr,
	uint64_t elf_sec_file_offset, uint64_t offset)
{
	return offset + (mod_start_addr - mod_file_offset) - (elf_sec_start_addr - elf_sec_file_offset);
}

uint64_t __so_calc_mod_offset(uint64_t mod_start_addr, uint64_t mod_file_offset, uint64_t elf_sec_start_addr,
	uint64_t elf_sec_file_offset, uint64_t global_addr)
{
	return global_addr - (mod_start_addr - mod_file_offset) + (elf_sec_start_addr - elf_sec_file_offset);
}

/* ---- perf maps ---- */

bool bcc_is_perf_map(const char *path)
{
	size_t length = strlen(path);

	return length > 4 && !strcmp(path + length - 4, ".map");
}

bool bcc_is_valid_perf_map(const char *path)
{
	return bcc_is_perf_map(path) && !access(path, R_OK);
}

/* The process's PID in the innermost of its PID namespaces. */
int bcc_perf_map_nstgid(int pid)
{
	char path[64];
	bcc_auto_file FILE *f = NULL;
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && getline(&line, &size, f) > 0)
		if (!strncmp(line, "NStgid:", 7))
			return atoi(strrchr(line, '\t') ? strrchr(line, '\t') : "");
	return -1;
}

bool bcc_perf_map_path(char *map_path, size_t map_len, int pid)
{
	char link[64], root[PATH_MAX];
	int tgid = bcc_perf_map_nstgid(pid);
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%d/root", pid);
	length = tgid < 0 ? -1 : readlink(link, root, sizeof(root) - 1);
	if (length < 0)
		return false;
	root[length] = '\0';
	return snprintf(map_path, map_len, "%s/tmp/perf-%d.map", strcmp(root, "/") ? root : "", tgid) <
	       (int)map_len;
}

int bcc_perf_map_foreach_sym(const char *path, bcc_perf_map_symcb callback, void *payload)
{
	bcc_auto_fd int fd = bcc_open_below(AT_FDCWD, path);
	struct bcc_perf_map map = {0};

	if (fd < 0)
		return -1;
	bcc_perf_map_read(&map, fd);
	for (size_t i = 0; i < map.count; i++)
		callback(map.names + map.entries[i].name, map.entries[i].start,
			map.entries[i].end - map.entries[i].start, payload);
	bcc_perf_map_free(&map);
	return 0;
}
