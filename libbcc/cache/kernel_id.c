/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identifies the running kernel, for the types that an object takes from it. Hashing its BTF (5 MB) would
 * take milliseconds; the linker's build id stands for it, because BTF is linked into the kernel. Without a
 * build id, or if the file has been replaced (mounted over), BTF is hashed.
 */
#include "key.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/hash.h"

#define NOTES "/sys/kernel/notes"
#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define SAMPLE 4096

static bool is_of_sysfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == SYSFS_MAGIC;
}

static size_t cache_kernel_id_padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* Other notes have nothing to do with the kernel's types, and some change with each boot (addresses). */
static bool find_build_id(const char *notes, size_t size, const char **id, size_t *id_size)
{
	Elf64_Nhdr note;

	while (size >= sizeof(note)) {
		memcpy(&note, notes, sizeof(note));
		notes += sizeof(note);
		size -= sizeof(note);
		if (note.n_namesz > size || note.n_descsz > size ||
			cache_kernel_id_padded(note.n_namesz) + note.n_descsz > size)
			return false;
		*id = notes + cache_kernel_id_padded(note.n_namesz);
		*id_size = note.n_descsz;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
			memcmp(notes, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0)
			return note.n_descsz >= 8;
		if (cache_kernel_id_padded(note.n_namesz) + cache_kernel_id_padded(note.n_descsz) > size)
			return false;
		notes += cache_kernel_id_padded(note.n_namesz) + cache_kernel_id_padded(note.n_descsz);
		size -= cache_kernel_id_padded(note.n_namesz) + cache_kernel_id_padded(note.n_descsz);
	}
	return false;
}

static bool put_build_id(struct bcc_bytes *out)
{
	bcc_auto_fd int fd = open(NOTES, O_RDONLY | O_CLOEXEC);
	char notes[4096];
	const char *id;
	size_t id_size;
	ssize_t n;

	if (fd < 0 || !is_of_sysfs(fd))
		return false;
	n = read(fd, notes, sizeof(notes));
	if (n <= 0 || !find_build_id(notes, n, &id, &id_size))
		return false;
	bcc_bytes_put_block(out, id, id_size);
	return true;
}

static void put_sample(struct bcc_bytes *out, int fd, off_t at)
{
	char sample[SAMPLE];
	ssize_t n = pread(fd, sample, sizeof(sample), at > 0 ? at : 0);
	struct bcc_hash hash = bcc_hash(sample, n > 0 ? n : 0);

	bcc_bytes_put(out, &hash, sizeof(hash));
}

static void put_btf(struct bcc_bytes *out, bool known_build)
{
	bcc_auto_fd int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC);
	struct bcc_hash hash;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		bcc_bytes_put_string(out, "no BTF");
		return;
	}
	bcc_bytes_put_number(out, st.st_size);
	if (known_build && is_of_sysfs(fd)) {
		put_sample(out, fd, 0);
		put_sample(out, fd, st.st_size - SAMPLE);
	} else if (bcc_hash_fd(fd, &hash) == 0) {
		bcc_bytes_put(out, &hash, sizeof(hash));
	} else {
		out->failed = true; /* cannot be identified */
	}
}

void bcc_key_put_kernel(struct bcc_bytes *out)
{
	struct utsname name;

	if (uname(&name)) {
		out->failed = true;
		return;
	}
	bcc_bytes_put_string(out, name.sysname);
	bcc_bytes_put_string(out, name.release);
	bcc_bytes_put_string(out, name.version);
	bcc_bytes_put_string(out, name.machine);
	put_btf(out, put_build_id(out));
}
