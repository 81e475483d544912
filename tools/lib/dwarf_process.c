/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf_process.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uthash.h>

enum {
	PROCESSES = 1024, /* those that were used last are kept */
	MODULES = 4096,	  /* of a process */
	LOOK_MS = 100,	  /* the least time between looks for addresses that are not known */
	VDSO_SIZE = 1 << 20,
};

/* A file, and where it is mapped. */
struct dwarf_module {
	uint64_t bias;	     /* from addresses of the file to those of the process */
	uint64_t start, end; /* the first mapping that can be executed */
	uint64_t device, inode;
};

struct dwarf_process {
	struct symbol_owner owner;
	char identity[64]; /* of /proc: another process may get the same ID, or the process another program */
	Dwfl *dwfl;
	bool attached;
	struct dwarf_module *modules;
	size_t count;
	uint64_t looked; /* in milliseconds */
	UT_hash_handle hh;
};

/* Those that were used last come last. */
static struct dwarf_process *processes;

static uint64_t dwarf_process_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* ---- modules ---- */

/* All files are reported with their descriptors. Separate files with debug information are looked for by
 * build ID only, in the system's own folder: a path in a file is whatever its author likes. */
static int dwarf_process_find_elf(
	Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, char **file, Elf **elf)
{
	return -1;
}

static Dwfl *dwarf_process_begin(const struct libdw *dw)
{
	static Dwfl_Callbacks callbacks = {.find_elf = dwarf_process_find_elf};

	callbacks.find_debuginfo = dw->dwfl_build_id_find_debuginfo;
	return dw->dwfl_begin(&callbacks);
}

/* The distance from an address of the file to that of the process, where the mapping begins at `offset` of
 * the file. */
static bool dwarf_process_bias(int fd, uint64_t start, uint64_t offset, uint64_t *bias)
{
	uint64_t page = sysconf(_SC_PAGESIZE);
	Elf64_Ehdr header;
	Elf64_Phdr program;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
		memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
		header.e_phentsize != sizeof(program))
		return false;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		if (pread(fd, &program, sizeof(program), (off_t)(header.e_phoff + i * sizeof(program))) !=
			sizeof(program))
			return false;
		if (program.p_type != PT_LOAD || !(program.p_flags & PF_X) ||
			offset < (program.p_offset & -page) || offset >= program.p_offset + program.p_filesz)
			continue;
		*bias = start - offset + program.p_offset - program.p_vaddr;
		return true;
	}
	return false;
}

/* The file of a mapping itself, whatever has become of its path; without the right to that, the file that
 * has its path by now, if it is the same. */
static int dwarf_process_open_file(int proc, const struct dwarf_module *m, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "map_files/%" PRIx64 "-%" PRIx64, m->start, m->end);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 || snprintf(path, sizeof(path), "root%s", name) >= (int)sizeof(path))
		return fd;
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || (!fstat(fd, &st) && st.st_ino == m->inode))
		return fd;
	close(fd);
	return -1;
}

/* The vdso has no file. */
static int dwarf_process_copy_vdso(int proc, const struct dwarf_module *m)
{
	static char copy[VDSO_SIZE];
	size_t size = m->end - m->start;
	int fd, mem = size <= sizeof(copy) ? openat(proc, "mem", O_RDONLY | O_CLOEXEC) : -1;

	if (mem < 0)
		return -1;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd >= 0 && (pread(mem, copy, size, (off_t)m->start) != (ssize_t)size ||
			       write(fd, copy, size) != (ssize_t)size)) {
		close(fd);
		fd = -1;
	}
	close(mem);
	return fd;
}

static bool dwarf_process_is_regular(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

/* Hands a file to libdw, which keeps the descriptor. */
static bool dwarf_process_report(const struct libdw *dw, struct dwarf_process *p, int proc,
	struct dwarf_module *m, uint64_t offset, const char *path)
{
	int fd = strcmp(path, "[vdso]") != 0 ? dwarf_process_open_file(proc, m, path)
					     : dwarf_process_copy_vdso(proc, m);
	char name[32];

	if (fd < 0)
		return false;
	snprintf(name, sizeof(name), "%" PRIx64, m->start);
	if (dwarf_process_is_regular(fd) && dwarf_process_bias(fd, m->start, offset, &m->bias) &&
		dw->dwfl_report_elf(p->dwfl, name, name, fd, m->bias, true))
		return true;
	close(fd);
	return false;
}

/* Whether a file is known where another part of it is mapped; `differs`: something else was there. */
static bool dwarf_process_knows(const struct dwarf_process *p, const struct dwarf_module *m, bool *differs)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct dwarf_module *known = &p->modules[i];

		if (known->start == m->start && known->device == m->device && known->inode == m->inode)
			return true;
		if (m->start < known->end && known->start < m->end)
			*differs = true;
	}
	return false;
}

static void dwarf_process_forget_modules(const struct libdw *dw, struct dwarf_process *p)
{
	dw->dwfl_end(p->dwfl);
	p->dwfl = dwarf_process_begin(dw);
	p->attached = false;
	p->count = 0;
}

/* A line of /proc/PID/maps: the path, if it is of a file's code, else NULL. */
static const char *dwarf_process_parse(char *line, struct dwarf_module *m, uint64_t *offset)
{
	unsigned major, minor;
	char rights[8];
	int path = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %x:%x %" SCNu64 " %n", &m->start, &m->end,
		    rights, offset, &major, &minor, &m->inode, &path) < 7 ||
		!strchr(rights, 'x') || m->end <= m->start)
		return NULL;
	m->device = (uint64_t)major << 32 | minor;
	return m->inode || !strcmp(line + path, "[vdso]") ? line + path : NULL;
}

/* Reports what is new. Returns whether something that was known has gone: then all is to be read anew. */
static bool dwarf_process_read_maps(const struct libdw *dw, struct dwarf_process *p, int proc)
{
	int fd = openat(proc, "maps", O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	bool differs = false;
	size_t room = 0;

	if (!f)
		return false;
	dw->dwfl_report_begin_add(p->dwfl);
	while (!differs && p->count < MODULES && getline(&line, &room, f) > 0) {
		struct dwarf_module m = {0};
		uint64_t offset;
		const char *path = dwarf_process_parse(line, &m, &offset);

		if (!path || dwarf_process_knows(p, &m, &differs) || differs ||
			!dwarf_process_report(dw, p, proc, &m, offset, path))
			continue;
		p->modules[p->count++] = m;
	}
	dw->dwfl_report_end(p->dwfl, NULL, NULL);
	free(line);
	fclose(f);
	return differs;
}

/* ---- processes ---- */

/* When it began, and the program that it runs. */
static bool dwarf_process_identify(int proc, char *identity, size_t size)
{
	int fd = openat(proc, "stat", O_RDONLY | O_CLOEXEC);
	char text[1024], *at;
	struct stat st;
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (length <= 0 || fstatat(proc, "exe", &st, 0))
		return false;
	text[length] = '\0';
	/* the name may hold anything; the beginning is the 20th number after it */
	at = strrchr(text, ')');
	for (int i = 0; at && i < 20; i++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	snprintf(identity, size, "%.*s %ju %ju", (int)strcspn(at + 1, " "), at + 1, (uintmax_t)st.st_dev,
		(uintmax_t)st.st_ino);
	return true;
}

static void dwarf_process_look(const struct libdw *dw, struct dwarf_process *p)
{
	char path[32], identity[sizeof(p->identity)];
	int proc;

	p->looked = dwarf_process_now();
	snprintf(path, sizeof(path), "/proc/%u", p->owner.pid);
	proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return;
	if (dwarf_process_identify(proc, identity, sizeof(identity))) {
		if (!*p->identity)
			strcpy(p->identity, identity);
		if (!strcmp(p->identity, identity) && dwarf_process_read_maps(dw, p, proc)) {
			dwarf_process_forget_modules(dw, p);
			dwarf_process_read_maps(dw, p, proc);
		}
	}
	close(proc);
}

static void dwarf_process_forget(const struct libdw *dw, struct dwarf_process *p)
{
	HASH_DEL(processes, p);
	dw->dwfl_end(p->dwfl);
	free(p->modules);
	free(p);
}

static struct dwarf_process *dwarf_process_new(const struct libdw *dw, const struct symbol_owner *owner)
{
	struct dwarf_process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->owner = *owner;
	p->modules = calloc(MODULES, sizeof(*p->modules));
	p->dwfl = dwarf_process_begin(dw);
	if (p->modules && p->dwfl)
		return p;
	dw->dwfl_end(p->dwfl);
	free(p->modules);
	free(p);
	return NULL;
}

struct dwarf_process *dwarf_process_get(const struct libdw *dw, const struct symbol_owner *owner, bool again)
{
	struct dwarf_process *found;

	HASH_FIND(hh, processes, owner, sizeof(*owner), found);
	if (found)
		HASH_DEL(processes, found);
	else if ((found = dwarf_process_new(dw, owner)))
		again = true;
	if (!found)
		return NULL;
	HASH_ADD(hh, processes, owner, sizeof(found->owner), found);
	if (HASH_COUNT(processes) > PROCESSES)
		dwarf_process_forget(dw, processes);
	if (again)
		dwarf_process_look(dw, found);
	return found;
}

Dwfl_Module *dwarf_process_module(const struct libdw *dw, struct dwarf_process *p, uint64_t address)
{
	Dwfl_Module *module = dw->dwfl_addrmodule(p->dwfl, address);

	if (module || dwarf_process_now() - p->looked < LOOK_MS)
		return module;
	dwarf_process_look(dw, p);
	return dw->dwfl_addrmodule(p->dwfl, address);
}

bool dwarf_process_is_new(const struct libdw *dw, struct dwarf_process *p, uint64_t address)
{
	return !dw->dwfl_addrmodule(p->dwfl, address) && dwarf_process_module(dw, p, address);
}

Dwfl *dwarf_process_attach(
	const struct libdw *dw, struct dwarf_process *p, const Dwfl_Thread_Callbacks *callbacks, void *ctx)
{
	/* it takes the architecture from a file */
	if (!p->attached && p->count)
		p->attached = dw->dwfl_attach_state(p->dwfl, NULL, 1, callbacks, ctx);
	return p->attached ? p->dwfl : NULL;
}
