/* SPDX-License-Identifier: Apache-2.0 */
#include "raw_btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "btf_layout.h"
#include "cleanup.h"
#include "read_file.h"

/* Returns false if the header is inconsistent. */
static bool find_sections(struct bcc_btf_bytes *bytes)
{
	const struct btf_header *header = bytes->data;
	uint64_t content;

	if (bytes->size < sizeof(*header) || header->magic != BTF_MAGIC || header->version != BTF_VERSION ||
		header->hdr_len < sizeof(*header) || header->hdr_len > bytes->size)
		return false;
	content = bytes->size - header->hdr_len;
	if ((uint64_t)header->type_off + header->type_len > content ||
		(header->hdr_len + header->type_off) % 4 ||
		(uint64_t)header->str_off + header->str_len > content || !header->str_len)
		return false;
	bytes->types = (const char *)bytes->data + header->hdr_len + header->type_off;
	bytes->type_size = header->type_len;
	bytes->strings = (const char *)bytes->data + header->hdr_len + header->str_off;
	bytes->string_size = header->str_len;
	return !bytes->strings[0] && !bytes->strings[header->str_len - 1];
}

/* Reserves room for the highest possible number of types; memory that is not written to costs nothing. */
static bool raw_btf_make_room(struct bcc_btf_bytes *bytes)
{
	size_t most = bytes->type_size / sizeof(struct btf_type) + 1;

	bytes->places = malloc((most / BCC_BTF_STRIDE + 1) * sizeof(*bytes->places));
	bytes->named = malloc(most * sizeof(*bytes->named));
	return bytes->places && bytes->named;
}

/* The position of a type depends on all types before it, so this walks over them once and records
 * positions. */
static int find_types(struct bcc_btf_bytes *bytes)
{
	uint32_t at = 0, id = 1;

	if (!raw_btf_make_room(bytes))
		return -ENOMEM;
	for (; at < bytes->type_size; id++) {
		const struct btf_type *t = (const struct btf_type *)(bytes->types + at);
		uint32_t left = bytes->type_size - at;
		size_t size = left < sizeof(*t) ? 0 : bcc_btf_type_size(t);

		if (!size || size > left)
			return -EINVAL;
		if (id % BCC_BTF_STRIDE == 1)
			bytes->places[id / BCC_BTF_STRIDE] = at;
		if (BCC_BTF_NAMED_KINDS >> btf_kind(t) & 1)
			bytes->named[bytes->named_count++] = (struct bcc_btf_place){id, at};
		at += size;
	}
	bytes->type_count = id;
	return 0;
}

static int find_all(struct bcc_btf_bytes *bytes)
{
	return find_sections(bytes) ? find_types(bytes) : -EINVAL;
}

int bcc_btf_bytes_of(struct bcc_btf_bytes *bytes, void *data, size_t size)
{
	*bytes = (struct bcc_btf_bytes){.data = data, .size = size};
	return find_all(bytes);
}

static int raw_btf_read_file(struct bcc_btf_bytes *bytes, int fd)
{
	size_t size;
	char *data;
	int ret = bcc_read_text(fd, &data, &size);

	return ret ? ret : bcc_btf_bytes_of(bytes, data, size);
}

static int raw_btf_open_file(struct bcc_btf_bytes *bytes, int folder)
{
	bcc_auto_fd int fd = openat(folder, "vmlinux", O_RDONLY | O_CLOEXEC);
	struct stat file;
	void *data;

	if (fd < 0 || fstat(fd, &file))
		return -errno;
	if (!file.st_size)
		return -EINVAL;
	/* Linux 6.16 */
	data = mmap(NULL, file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return raw_btf_read_file(bytes, fd);
	*bytes = (struct bcc_btf_bytes){.data = data, .size = file.st_size, .mapped = true};
	return find_all(bytes);
}

/* libbpf knows other locations and file formats. */
static int open_with_libbpf(struct bcc_btf_bytes *bytes)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int ret = libbpf_get_error(btf);
	const void *data;
	uint32_t size;

	if (ret)
		return ret;
	data = btf__raw_data(btf, &size);
	*bytes = (struct bcc_btf_bytes){.data = (void *)data, .size = size, .of_libbpf = btf};
	return data ? find_all(bytes) : -ENOMEM;
}

int bcc_btf_bytes_open(struct bcc_btf_bytes *bytes, int folder)
{
	int ret, other;

	*bytes = (struct bcc_btf_bytes){0};
	ret = folder >= 0 ? raw_btf_open_file(bytes, folder) : -ENOENT;
	if (!ret)
		return 0;
	bcc_btf_bytes_close(bytes);
	other = open_with_libbpf(bytes);
	/* of a file that is there, what keeps it from being read says more */
	return other && ret != -ENOENT ? ret : other;
}

void bcc_btf_bytes_close(struct bcc_btf_bytes *bytes)
{
	if (bytes->of_libbpf)
		btf__free(bytes->of_libbpf);
	else if (bytes->mapped)
		munmap(bytes->data, bytes->size);
	else
		free(bytes->data);
	free(bytes->places);
	free(bytes->named);
	*bytes = (struct bcc_btf_bytes){0};
}

uint32_t bcc_btf_find_string(const struct bcc_btf_bytes *bytes, const char *name)
{
	size_t size = strlen(name) + 1;
	const char *at = bytes->strings, *end = at + bytes->string_size;

	while ((at = memmem(at, end - at, name, size))) {
		/* a whole string, not the tail of another */
		if (at > bytes->strings && !at[-1])
			return at - bytes->strings;
		at++;
	}
	return 0;
}

uint32_t bcc_btf_find_type(const struct bcc_btf_bytes *bytes, const char *name, unsigned kind)
{
	uint32_t string = bcc_btf_find_string(bytes, name), found = 0;
	uint32_t strides = (bytes->type_count - 1 + BCC_BTF_STRIDE - 1) / BCC_BTF_STRIDE;

	while (string && !found && strides--) {
		uint32_t id = strides * BCC_BTF_STRIDE + 1;
		const struct btf_type *t = bcc_btf_type_at(bytes, id);

		for (int i = 0; i < BCC_BTF_STRIDE && id < bytes->type_count; i++, id++) {
			if (t->name_off == string && btf_kind(t) == kind)
				found = id;
			t = bcc_btf_next_type(t);
		}
	}
	return found;
}
