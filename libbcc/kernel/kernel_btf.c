/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_btf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/btf_layout.h"
#include "common/cleanup.h"
#include "common/suggestions.h"
#include "libbcc/object/build.h"
#include "btf_folder.h"

/* The kernel's types where they are, which Linux 6.16 brought; MAP_FAILED: they cannot be mapped. */
static void *kernel_btf_map(size_t *size)
{
	bcc_auto_fd int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	struct stat file;

	if (fd < 0 || fstat(fd, &file) || !file.st_size)
		return MAP_FAILED;
	*size = file.st_size;
	return mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
}

/* From memory takes half the time of a file, which the kernel gives page by page. */
static struct btf *kernel_btf_load(void)
{
	size_t size;
	void *data = kernel_btf_map(&size);
	struct btf *btf = NULL;

	if (data != MAP_FAILED) {
		btf = btf__new(data, size);
		munmap(data, size);
	}
	return btf ? btf : btf__load_vmlinux_btf();
}

/* Kept with the handle: a text may attach to many functions. */
static struct btf *kernel_btf(struct bcc *b)
{
	if (!b->object->kernel_btf)
		b->object->kernel_btf = kernel_btf_load();
	return b->object->kernel_btf;
}

/* It is not there, or it is and cannot be had by this process. */
static int kernel_btf_missing(struct bcc *b, int code)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		code = -errno;
	else if (fd < 0)
		return bcc_fail(&b->err, -ENOENT,
			"this kernel does not describe its types: it has no /sys/kernel/btf/vmlinux "
			"(CONFIG_DEBUG_INFO_BTF), which this needs");
	if (fd >= 0)
		close(fd);
	if (code >= 0)
		code = -EINVAL;
	return bcc_fail(&b->err, code,
		"the kernel's description of its types, /sys/kernel/btf/vmlinux, cannot be read: %s",
		strerror(-code));
}

static bool kernel_btf_is_module(int fd, uint32_t id)
{
	char name[64] = "";
	struct bpf_btf_info info = {.name = (uint64_t)(uintptr_t)name, .name_len = sizeof(name)};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.kernel_btf &&
	       strcmp(name, "vmlinux") != 0;
}

int bcc_kernel_btf_get(struct bcc *b, const struct btf **out)
{
	*out = kernel_btf(b);
	return *out ? 0 : kernel_btf_missing(b, -errno);
}

int bcc_kernel_btf_bytes(struct bcc *b, struct bcc_btf_bytes *out)
{
	bcc_auto_fd int folder = bcc_btf_folder_open();
	int ret = bcc_btf_bytes_open(out, folder);

	return ret ? kernel_btf_missing(b, ret) : 0;
}

/* A descriptor of the module's BTF if it contains `name`, otherwise -ESRCH. */
static int find_in_module(
	struct btf *base, uint32_t btf_id, const char *name, uint32_t kind, uint32_t *type_id)
{
	int fd = bpf_btf_get_fd_by_id(btf_id), found = -ESRCH;
	struct btf *btf = NULL;

	if (fd < 0)
		return -ESRCH;
	if (kernel_btf_is_module(fd, btf_id))
		btf = btf__load_from_kernel_by_id_split(btf_id, base);
	if (btf)
		found = btf__find_by_name_kind(btf, name, kind);
	btf__free(btf);
	if (found <= 0) {
		close(fd);
		return -ESRCH;
	}
	*type_id = found;
	return fd;
}

/* ---- the kernel's own types, where they are ---- */

/* Where the name is in the strings, 0: it is not there. */
static uint32_t kernel_btf_find_string(const char *strings, size_t size, const char *name)
{
	size_t length = strlen(name) + 1;
	const char *at = strings + 1, *end = strings + size;

	/* a whole string, not the tail of another */
	while (at < end && (at = memmem(at, end - at, name, length)) && at[-1])
		at++;
	return at && at < end ? at - strings : 0;
}

/* The id of the first such type; 0: there is none; negative: this cannot be told here. */
static int kernel_btf_search(const void *data, size_t size, const char *name, uint32_t kind)
{
	const struct btf_header *header = data;
	const char *content, *types;
	uint32_t string, at = 0;

	if (size < sizeof(*header) || header->magic != BTF_MAGIC || header->hdr_len < sizeof(*header) ||
		header->hdr_len > size)
		return -EINVAL;
	content = (const char *)data + header->hdr_len;
	size -= header->hdr_len;
	if ((uint64_t)header->type_off + header->type_len > size || header->type_off % 4 ||
		header->hdr_len % 4 || (uint64_t)header->str_off + header->str_len > size || !header->str_len)
		return -EINVAL;
	string = kernel_btf_find_string(content + header->str_off, header->str_len, name);
	types = content + header->type_off;
	for (int id = 1; string && at + sizeof(struct btf_type) <= header->type_len; id++) {
		const struct btf_type *t = (const struct btf_type *)(types + at);
		size_t length = bcc_btf_type_size(t);

		if (!length || length > header->type_len - at)
			return -EINVAL;
		if (t->name_off == string && btf_kind(t) == kind)
			return id;
		at += length;
	}
	return 0;
}

/* Reading all types takes 7 ms and as many megabytes. */
static int kernel_btf_find_mapped(const char *name, uint32_t kind)
{
	size_t size;
	void *data = kernel_btf_map(&size);
	int ret;

	if (data == MAP_FAILED)
		return -ENOENT;
	ret = kernel_btf_search(data, size, name, kind);
	munmap(data, size);
	return ret;
}

int bcc_kernel_btf_find(
	struct bcc *b, const char *name, uint32_t kind, bool modules, struct bcc_kernel_type *out)
{
	int id = b->object->kernel_btf ? -EINVAL : kernel_btf_find_mapped(name, kind);
	struct btf *btf = NULL;
	uint32_t btf_id = 0;

	*out = (struct bcc_kernel_type){.module_fd = -1};
	if (id < 0 || (id == 0 && modules)) {
		btf = kernel_btf(b);
		if (!btf)
			return kernel_btf_missing(b, -errno);
	}
	if (id < 0)
		id = btf__find_by_name_kind(btf, name, kind);
	out->id = id > 0 ? id : 0;
	if (id > 0)
		return 0;
	while (modules && bpf_btf_get_next_id(btf_id, &btf_id) == 0) {
		out->module_fd = find_in_module(btf, btf_id, name, kind, &out->id);
		if (out->module_fd >= 0)
			return 0;
	}
	out->module_fd = -1;
	return -ESRCH;
}

int bcc_kernel_btf_each_module(struct bcc *b, int (*visit)(void *ctx, struct btf *btf), void *ctx)
{
	uint32_t btf_id = 0;
	int ret = 0;

	while (!ret && bpf_btf_get_next_id(btf_id, &btf_id) == 0) {
		int fd = bpf_btf_get_fd_by_id(btf_id);
		struct btf *btf = NULL;

		if (fd < 0)
			continue;
		/* the kernel's own are only read if there is a module */
		if (kernel_btf_is_module(fd, btf_id) && kernel_btf(b))
			btf = btf__load_from_kernel_by_id_split(btf_id, kernel_btf(b));
		close(fd);
		if (btf)
			ret = visit(ctx, btf);
	}
	return ret;
}

const char *bcc_kernel_btf_near(
	struct bcc *b, const char *prefix, const char *name, uint32_t kind, char *buf, size_t size)
{
	struct btf *btf = kernel_btf(b);
	struct bcc_near_names near;
	size_t length = strlen(prefix);

	bcc_near_init(&near, name);
	for (uint32_t id = 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *other = btf__str_by_offset(btf, t->name_off);

		if (btf_kind(t) == kind && other && strncmp(other, prefix, length) == 0)
			bcc_near_offer(&near, other + length);
	}
	return bcc_near_text(&near, buf, size);
}
