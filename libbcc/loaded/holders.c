/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds objects: the descriptors of all processes, as /proc shows them. A perf event holds the program
 * that it runs. */
#include "loaded.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

struct holders_process {
	struct bcc_loaded *l;
	int pid;
	int folder; /* /proc/PID */
	char comm[16];
};

static int holders_add(const struct holders_process *p, int kind, uint32_t id)
{
	struct bcc_loaded_entry *entry = bcc_loaded_entry_find(p->l, kind, id);
	struct bcc_loaded_holder *last, *more;
	size_t count;

	if (!entry)
		return 0;
	count = entry->object.holder_count;
	last = count ? &entry->holders[count - 1] : NULL;
	/* the processes come one after another */
	if (last && last->pid == p->pid) {
		last->descriptors++;
		return 0;
	}
	more = reallocarray(entry->holders, count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	entry->holders = more;
	more[count] = (struct bcc_loaded_holder){.pid = p->pid, .descriptors = 1};
	memcpy(more[count].comm, p->comm, sizeof(p->comm));
	entry->object.holder_count++;
	return 0;
}

/* "prog_id:	12" of /proc/PID/fdinfo/FD. */
static bool holders_number(const struct holders_process *p, int fd, const char *field, uint32_t *id)
{
	char path[32], text[2048], *at;
	bcc_auto_fd int info = -1;
	ssize_t size;

	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	info = openat(p->folder, path, O_RDONLY | O_CLOEXEC);
	size = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	if (size <= 0)
		return false;
	text[size] = '\0';
	at = strstr(text, field);
	if (!at || (at != text && at[-1] != '\n'))
		return false;
	*id = (uint32_t)strtoul(at + strlen(field), NULL, 10);
	return true;
}

/* What the kernel calls it, for probes of BPF_TASK_FD_QUERY. */
static void holders_probe_target(
	char *text, size_t size, uint32_t type, const char *name, uint64_t offset, uint64_t address)
{
	switch (type) {
	case BPF_FD_TYPE_RAW_TRACEPOINT:
		snprintf(text, size, "raw_tracepoint:%s", name);
		break;
	case BPF_FD_TYPE_TRACEPOINT:
		snprintf(text, size, "tracepoint:%s", name);
		break;
	case BPF_FD_TYPE_KPROBE:
	case BPF_FD_TYPE_KRETPROBE:
		text += snprintf(text, size, type == BPF_FD_TYPE_KPROBE ? "kprobe:" : "kretprobe:");
		size -= strlen("kretprobe:");
		if (!*name)
			snprintf(text, size, "0x%" PRIx64, address);
		else
			snprintf(text, size, offset ? "%s+0x%" PRIx64 : "%s", name, offset);
		break;
	default:
		snprintf(text, size, "%s:%s+0x%" PRIx64, type == BPF_FD_TYPE_UPROBE ? "uprobe" : "uretprobe",
			name, offset);
	}
}

static int holders_perf_event(const struct holders_process *p, int fd)
{
	char name[3072] = "", target[4096];
	uint32_t size = sizeof(name), program = 0, type = 0;
	__u64 offset = 0, address = 0;
	struct bcc_loaded_entry *entry;
	int ret = bpf_task_fd_query(p->pid, fd, 0, name, &size, &program, &type, &offset, &address);

	/* most events run no program */
	if (ret)
		return 0;
	name[sizeof(name) - 1] = '\0';
	ret = holders_add(p, BCC_LOADED_PROGRAM, program);
	entry = bcc_loaded_entry_find(p->l, BCC_LOADED_PROGRAM, program);
	if (ret || !entry)
		return ret;
	holders_probe_target(target, sizeof(target), type, name, offset, address);
	return bcc_loaded_add_target(entry, target);
}

static int holders_descriptor(const struct holders_process *p, int fd, const char *what)
{
	uint32_t id;

	if (!strcmp(what, "anon_inode:[perf_event]"))
		return holders_perf_event(p, fd);
	if (!strcmp(what, "anon_inode:bpf-prog") && holders_number(p, fd, "prog_id:", &id))
		return holders_add(p, BCC_LOADED_PROGRAM, id);
	if (!strcmp(what, "anon_inode:bpf-map") && holders_number(p, fd, "map_id:", &id))
		return holders_add(p, BCC_LOADED_TABLE, id);
	if ((!strcmp(what, "anon_inode:bpf_link") || !strcmp(what, "anon_inode:bpf-link")) &&
		holders_number(p, fd, "link_id:", &id))
		return holders_add(p, BCC_LOADED_LINK, id);
	return 0;
}

static DIR *holders_open_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);

	if (!folder && fd >= 0)
		close(fd);
	return folder;
}

static void holders_read_comm(struct holders_process *p)
{
	bcc_auto_fd int fd = openat(p->folder, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, p->comm, sizeof(p->comm) - 1);

	p->comm[size > 0 ? size : 0] = '\0';
	p->comm[strcspn(p->comm, "\n")] = '\0';
}

static int holders_process(struct bcc_loaded *l, DIR *proc, int pid, const char *name)
{
	int at = dirfd(proc);
	bcc_auto_fd int folder = at < 0 ? -1 : openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct holders_process p = {.l = l, .pid = pid, .folder = folder};
	bcc_auto_dir DIR *descriptors = folder < 0 ? NULL : holders_open_folder(folder, "fd");
	struct dirent *entry;
	int ret = 0;

	/* the process is gone, or may not be looked at */
	if (!descriptors)
		return 0;
	holders_read_comm(&p);
	while (!ret && (entry = readdir(descriptors))) {
		char what[64];
		ssize_t length = readlinkat(dirfd(descriptors), entry->d_name, what, sizeof(what) - 1);

		if (length <= 0)
			continue;
		what[length] = '\0';
		if (!strncmp(what, "anon_inode:", 11))
			ret = holders_descriptor(&p, atoi(entry->d_name), what);
	}
	return ret;
}

int bcc_loaded_read_holders(struct bcc_loaded *l)
{
	bcc_auto_dir DIR *proc = opendir("/proc");
	struct dirent *entry;
	int ret = 0;

	while (!ret && proc && (entry = readdir(proc))) {
		int pid = isdigit((unsigned char)*entry->d_name) ? atoi(entry->d_name) : 0;

		if (pid && pid != getpid())
			ret = holders_process(l, proc, pid, entry->d_name);
	}
	return ret;
}
