/* SPDX-License-Identifier: Apache-2.0 */
#include "static_probe.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/symbols/process/process_root.h"

#define MAX_TABLES 64 /* of one program: the kernel's MAX_USED_MAPS */

/* The last file looked at: clients attach to many functions of one file, one by one. */
static struct {
	pthread_mutex_t lock;
	struct stat file;
	struct bcc_usdt_notes notes;
} last = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_last(const struct stat *st)
{
	const struct stat *l = &last.file;

	return l->st_ino == st->st_ino && l->st_dev == st->st_dev && l->st_size == st->st_size &&
	       l->st_mtim.tv_sec == st->st_mtim.tv_sec && l->st_mtim.tv_nsec == st->st_mtim.tv_nsec &&
	       l->st_ctim.tv_sec == st->st_ctim.tv_sec && l->st_ctim.tv_nsec == st->st_ctim.tv_nsec;
}

/* The notes of the file. The caller has locked `last`. */
static const struct bcc_usdt_notes *notes_of(const char *path)
{
	bcc_auto_fd int fd = -1;
	struct stat st;

	if (!path || stat(path, &st) || !S_ISREG(st.st_mode))
		return NULL;
	if (is_last(&st))
		return &last.notes;
	fd = bcc_open_below(AT_FDCWD, path);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return NULL;
	bcc_usdt_notes_free(&last.notes);
	last.file = st;
	if (bcc_usdt_notes_read(NULL, fd, path, &last.notes))
		bcc_usdt_notes_free(&last.notes);
	return &last.notes;
}

bool bcc_static_probe_at(const char *path, uint64_t offset, struct bcc_static_probe *out)
{
	bcc_auto_fd int fd = -1;
	const struct bcc_usdt_notes *notes;
	bool found = false;

	pthread_mutex_lock(&last.lock);
	notes = notes_of(path);
	for (size_t i = 0; notes && !found && i < notes->count; i++) {
		const struct bcc_usdt_note *note = &notes->list[i];

		found = note->offset == offset;
		if (!found)
			continue;
		out->address = note->address;
		out->semaphore_offset = note->semaphore_offset;
		fd = bcc_open_below(AT_FDCWD, path); /* for symbols that arguments name */
		bcc_usdt_place_set(&out->place, notes->arch, fd, note);
	}
	pthread_mutex_unlock(&last.lock);
	return found;
}

bool bcc_is_semaphore(const char *path, uint64_t offset)
{
	const struct bcc_usdt_notes *notes;
	bool found = false;

	if (!offset)
		return false;
	pthread_mutex_lock(&last.lock);
	notes = notes_of(path);
	for (size_t i = 0; notes && !found && i < notes->count; i++)
		found = notes->list[i].semaphore && notes->list[i].semaphore_offset == offset;
	pthread_mutex_unlock(&last.lock);
	return found;
}

/* The program's table of that name and value size, or -ENOENT. */
static int abi_static_probe_table_of(int progfd, const char *name, uint32_t value_size)
{
	uint32_t ids[MAX_TABLES];
	struct bpf_prog_info info = {.map_ids = (uintptr_t)ids, .nr_map_ids = MAX_TABLES};
	uint32_t length = sizeof(info);

	if (bpf_obj_get_info_by_fd(progfd, &info, &length))
		return -errno;
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAX_TABLES; i++) {
		struct bpf_map_info map = {0};
		int fd = bpf_map_get_fd_by_id(ids[i]);

		length = sizeof(map);
		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &map, &length) && !strcmp(map.name, name) &&
			map.key_size == sizeof(uint32_t) && map.value_size == value_size)
			return fd;
		close(fd);
	}
	return -ENOENT;
}

int bcc_static_probe_cookie(int progfd, const struct bcc_static_probe *probe)
{
	bcc_auto_fd int places =
		abi_static_probe_table_of(progfd, BCC_USDT_PLACES_TABLE, sizeof(struct bcc_usdt_place));
	bcc_auto_fd int addresses = -1;
	int number;

	if (places < 0)
		return places == -ENOENT ? 0 : places;
	number = bcc_usdt_place_number(places, &probe->place);
	if (number < 0)
		return number;
	addresses = abi_static_probe_table_of(progfd, BCC_USDT_ADDRESSES_TABLE, sizeof(uint32_t));
	if (addresses < 0)
		return number;
	return bcc_usdt_place_at(addresses, probe->address, (uint32_t)number);
}
